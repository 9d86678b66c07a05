#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "app/event_desk.h"

/// Random streams of events for one programme, the same for the same seed: people of several kinds who buy, pay with points, bring
/// goods back, come in, and tills that send late, twice, and nonsense.
namespace suki::app {

/// 0, but with `--gtest_shuffle`, which plays streams that are others than the usual ones.
inline std::uint64_t seed_of_run() {
    const auto* run = ::testing::UnitTest::GetInstance();
    return GTEST_FLAG_GET(shuffle) ? static_cast<std::uint64_t>(run->random_seed()) : 0;
}

/// splitmix64.
class StreamChance {
public:
    explicit StreamChance(std::uint64_t seed) : state_(seed) {}
    std::int64_t below(std::int64_t bound) {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return static_cast<std::int64_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(bound));
    }
    bool is_one_in(std::int64_t n) { return below(n) == 0; }
    template <class T>
    const T& one_of(const std::vector<T>& list) {
        return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(list.size())))];
    }

private:
    std::uint64_t state_;
};

using StreamEvent = std::variant<RecordReceipt, ReturnGoods, VoidReceipt, RecordActivity, LearnMember>;

class EventStream {
public:
    EventStream(std::uint64_t seed, Instant begins_at) : chance_(seed), now_(begins_at) {}

    StreamEvent next() {
        ++number_;
        now_.us += (1 + chance_.below(chance_.is_one_in(12) ? 40 * 24 * 60 : 24 * 60)) * 60 * kSecondUs;
        const std::int64_t kind = chance_.below(100);
        if (kind < 50 || sent_.empty()) return keep(receipt());
        if (kind < 68) return keep(ReturnGoods{.programme = "club", .what = goods_back(name("b"))});
        if (kind < 73) return keep(VoidReceipt{.programme = "club", .what = voided()});
        if (kind < 82) return again();
        if (kind < 91) return keep(visit());
        return facts();
    }

private:
    template <class C>
    StreamEvent keep(C command) {
        sent_.emplace_back(command);
        return command;
    }
    std::string name(const std::string& prefix) { return prefix + std::to_string(number_); }
    MemberName member() { return {.by = NamedBy::external, .value = "m" + std::to_string(chance_.below(6))}; }
    /// Mostly now, sometimes up to six weeks ago: a till that was cut off.
    Instant moment() {
        if (!chance_.is_one_in(8)) return now_;
        return {now_.us - chance_.below(42 * 24 * 60) * 60 * kSecondUs};
    }

    event::Line line(std::uint32_t number) {
        event::Line made{.number = number, .sku = "s" + std::to_string(chance_.below(9))};
        made.category = chance_.one_of(categories_);
        if (chance_.is_one_in(3)) made.brand = "Best";
        if (chance_.is_one_in(3)) made.tags = {"sale"};
        const bool is_weighed = chance_.is_one_in(3);
        made.quantity = is_weighed ? Quantity{100 + chance_.below(2'000), QuantityUnit::kg}
                                   : Quantity{1'000 * (1 + chance_.below(6)), QuantityUnit::piece};
        made.amount = Money{1 + chance_.below(chance_.is_one_in(5) ? 20'000 : 3'000)};
        if (chance_.is_one_in(9)) made.till_discount = Money{chance_.below(made.amount.minor() + 1)};
        if (chance_.is_one_in(9)) made.charged = made.amount;
        made.is_deposit = chance_.is_one_in(15);
        made.no_points = chance_.is_one_in(15);
        made.no_discount = chance_.is_one_in(15);
        return made;
    }

    RecordReceipt receipt() {
        RecordReceipt made{.programme = "club", .is_import = true, .creates_member = true};
        made.receipt = {.id = name("r"), .store = chance_.is_one_in(2) ? "s1" : "s2", .occurred_at = moment(), .channel = "till"};
        if (!chance_.is_one_in(9)) made.member = member();
        const auto lines = static_cast<std::uint32_t>(1 + chance_.below(4));
        for (std::uint32_t i = 1; i <= lines; ++i) made.receipt.lines.push_back(line(i));
        if (chance_.is_one_in(3)) pay_with_points(made.receipt);
        if (chance_.is_one_in(9)) made.receipt.charged = Money{chance_.below(5'000)};
        if (chance_.is_one_in(40)) made.quote_token = "no such promise";
        if (chance_.is_one_in(12)) {
            const std::int64_t count = 1 + chance_.below(2);
            for (std::int64_t i = 0; i < count; ++i) {
                made.returns.push_back(goods_back(name("x") + "-" + std::to_string(chance_.is_one_in(9) ? 0 : i)));
                made.returns.back().occurred_at = made.receipt.occurred_at;
            }
        }
        if (chance_.is_one_in(20)) spoil(made.receipt);
        return made;
    }
    void pay_with_points(event::Receipt& receipt) {
        event::PointsPayment payment{.unit = chance_.is_one_in(4) ? "stars" : "points", .points = Points{1 + chance_.below(400)}};
        if (chance_.is_one_in(30)) payment.unit = "shells";  // there are none
        if (chance_.is_one_in(10)) payment.hold = HoldId{{7, static_cast<std::uint64_t>(number_)}};
        receipt.points_paid.push_back(std::move(payment));
    }
    void spoil(event::Receipt& receipt) {
        switch (chance_.below(6)) {
            case 0: receipt.lines.clear(); return;
            case 1: receipt.lines.front().quantity.milli = 0; return;
            case 2: receipt.lines.back().amount = Money{-1}; return;
            case 3: receipt.lines.push_back(receipt.lines.front()); return;
            case 4: receipt.lines.front().category = "//"; return;
            default: receipt.id = std::string(200, 'r'); return;
        }
    }

    /// Of a receipt that was sent before, if it was ever recorded, or of none.
    const event::Receipt* some_receipt() {
        for (int attempt = 0; attempt < 20; ++attempt) {
            // Rather of late, so that things come back more than once.
            const auto back = static_cast<std::size_t>(chance_.below(chance_.is_one_in(3) ? 200 : 25));
            if (back >= sent_.size()) continue;
            if (const auto* sale = std::get_if<RecordReceipt>(&sent_[sent_.size() - 1 - back])) return &sale->receipt;
        }
        return nullptr;
    }
    event::Return goods_back(std::string id) {
        event::Return made{.id = std::move(id), .receipt = "nobody's", .occurred_at = moment()};
        const event::Receipt* sold = chance_.is_one_in(25) ? nullptr : some_receipt();
        if (sold == nullptr || sold->lines.empty()) {
            made.lines.push_back({.line = 1, .quantity = {1'000, QuantityUnit::piece}});
            return made;
        }
        made.receipt = sold->id;
        for (const event::Line& line : sold->lines) {
            if (!made.lines.empty() && chance_.is_one_in(2)) continue;
            Quantity quantity = line.quantity;
            if (chance_.is_one_in(3) && quantity.milli > 1'000) quantity.milli = 1'000;
            made.lines.push_back({.line = line.number, .quantity = quantity});
        }
        if (chance_.is_one_in(8)) made.refunded = Money{chance_.below(3'000)};
        if (chance_.is_one_in(15)) spoil(made);
        return made;
    }
    void spoil(event::Return& what) {
        switch (chance_.below(6)) {
            case 0: what.lines.front().line = 99; return;
            case 1: what.lines.push_back(what.lines.front()); return;
            case 2: what.lines.front().quantity.unit = QuantityUnit::l; return;
            case 3: what.lines.front().quantity.milli = -5; return;
            case 4: what.lines.clear(); return;
            default: what.lines.front().quantity.milli += 50'000; return;
        }
    }
    event::Return voided() {
        event::Return made = goods_back(name("v"));
        made.lines.clear();
        made.is_void = true;
        return made;
    }

    /// Something sent before: the very same, or another thing by the same name.
    StreamEvent again() {
        StreamEvent event = chance_.one_of(sent_);
        if (!chance_.is_one_in(3)) return event;
        if (auto* sale = std::get_if<RecordReceipt>(&event)) sale->receipt.lines.push_back(line(77));
        if (auto* back = std::get_if<ReturnGoods>(&event)) back->what.reason = "another";
        if (auto* whole = std::get_if<VoidReceipt>(&event)) whole->what.reason = "another";
        if (auto* came = std::get_if<RecordActivity>(&event)) came->activity.store = "s9";
        return event;
    }
    RecordActivity visit() {
        RecordActivity made{.programme = "club", .member = member()};
        made.activity = {
            .id = name("a"), .kind = chance_.is_one_in(5) ? "answered" : "visit", .occurred_at = moment(), .store = "s1"};
        if (chance_.is_one_in(20)) made.activity.kind.clear();
        return made;
    }
    LearnMember facts() {
        LearnMember made{.member = member(), .occurred_at = now_};
        if (chance_.is_one_in(2))
            made.facts.birthday = YearMonthDay{chance_.is_one_in(12) ? 2090 : 1990, 1 + static_cast<int>(chance_.below(12)), 15};
        if (chance_.is_one_in(2)) made.facts.segments = std::vector<std::string>{"lapsed", chance_.is_one_in(2) ? "lapsed" : "new"};
        if (chance_.is_one_in(2)) made.facts.attributes.emplace_back("town", chance_.is_one_in(2) ? "minsk" : "brest");
        if (chance_.is_one_in(6)) made.facts.attributes.emplace_back("town", std::nullopt);
        if (chance_.is_one_in(15)) made.facts.attributes.emplace_back("", "nothing");
        if (chance_.is_one_in(3))
            made.card =
                programme::CardShown{chance_.is_one_in(2) ? programme::CardKind::personal : programme::CardKind::category, {}};
        return made;
    }

    StreamChance chance_;
    Instant now_;
    std::int64_t number_ = 0;
    std::vector<StreamEvent> sent_;
    std::vector<std::string> categories_{"meat/sausages", "meat/pates", "wine", "gifts", "tea", "bread"};
};

}  // namespace suki::app
