// What comes back leaves no trace: random histories with and without some purchases, compared wherever no return named anybody who
// relied on them.
#include <algorithm>
#include <map>
#include <set>

#include "app/event_desk.h"
#include "event_stream.h"
#include "fixture.h"

namespace suki::app {
namespace {

/// Few points that soon expire, so that everything meets everything.
constexpr std::string_view kCorner = R"(suki: 1
id: club
title: Club
organisation: {name: Test Foods}
relationship: consumer
goal: retain
languages: [en]
currency: BYN
timezone: Europe/Minsk
effective: 2026-01-01
returns: RETURNS
debt: DEBT
units:
  points: {worth: 0.01 BYN, pending: PENDING, expire: EXPIRE, earned_on: paid}
LEVELS
offers:
  base: {give: {points: 1 per 1 BYN}}
MORE
spend:
  at_till: {points: pay, at_least: 1, step: 1, up_to: 100% of receipt}
)";

constexpr std::string_view kLevels = R"(levels:
  by: spend
  over: 60 days
  review: daily
  downgrade: one_step
  steps:
    guest:  {from: 0 BYN}
    friend: {from: 80 BYN, keep: 20 days, grace: 10 days}
    family: {from: 250 BYN, keep: 30 days, grace: 10 days})";
constexpr std::string_view kOffers = R"(  double: {when: {level: at least friend}, give: {points: x2}}
  regular: {give: {discount: {scale: {by: spend, over: 90 days, steps: {100 BYN: 1%, 400 BYN: 3%}}}}, stack: price}
  often: {when: {counter: {visits: all, over: 30 days, at_least: 3}}, give: {points: 11}}
  pates: {when: {category: meat}, give: {points: 5}, limit: {budget: 20 points per month}}
  monthly: {when: {category: tea}, give: {points: 15}, limit: 1 per member per calendar month}
  back: {when: {last_purchase: over 15 days ago}, give: {points: 20}})";

struct Corner {
    std::string returns;
    std::string debt;
    std::string pending;
    std::string expire;
    bool has_more = false;
    friend std::ostream& operator<<(std::ostream& out, const Corner& corner) {
        return out << corner.returns << ", " << corner.debt << ", pending " << corner.pending << ", " << corner.expire
                   << (corner.has_more ? ", levels" : "");
    }
};

std::string document(const Corner& corner) {
    std::string text{kCorner};
    const auto put = [&](std::string_view name, std::string_view value) { text.replace(text.find(name), name.size(), value); };
    put("RETURNS", corner.returns);
    put("DEBT", corner.debt);
    put("PENDING", corner.pending);
    put("EXPIRE", corner.expire);
    put("LEVELS", corner.has_more ? kLevels : "");
    put("MORE", corner.has_more ? kOffers : "");
    return text;
}

using Happening = std::variant<RecordReceipt, ReturnGoods, RecordActivity, LearnMember>;
struct Step {
    Happening what;
    bool is_gone = false;  // of a purchase that comes back whole, or one of its returns
};
using Story = std::vector<Step>;

const MemberName kAna{.by = NamedBy::external, .value = "ana"};
const MemberName kClock{.by = NamedBy::external, .value = "clock"};

/// One member's history in which some purchases come back in pieces.
class Author {
public:
    explicit Author(std::uint64_t seed) : chance_(seed) {}

    Story write() {
        const std::int64_t sales = 3 + chance_.below(5);
        story_.push_back({LearnMember{.member = kAna, .occurred_at = at(1, 1)}});
        for (std::int64_t i = 0; i < sales; ++i) {
            wait();
            if (chance_.is_one_in(6)) visit();
            if (chance_.is_one_in(3)) come_back();
            sell(i);
        }
        while (!to_come_.empty()) {
            wait();
            if (chance_.is_one_in(6)) visit();
            come_back();
        }
        if (chance_.is_one_in(2)) {
            wait();
            sell(-1);
        }
        return std::move(story_);
    }

private:
    void wait() {
        now_.us += (1 + chance_.below(chance_.is_one_in(5) ? 50 * 24 * 60 : 9 * 24 * 60)) * 60 * kSecondUs;
        // Somebody else keeps the clock going, so that the moments of recording do not depend on what is left out.
        story_.push_back({LearnMember{.member = kClock, .occurred_at = now_}});
        now_.us += kSecondUs;
    }
    Instant moment() {
        if (!chance_.is_one_in(7)) return now_;
        return {now_.us - chance_.below(30 * 24 * 60) * 60 * kSecondUs};
    }
    void sell(std::int64_t number) {
        RecordReceipt sale{.programme = "club", .is_import = true, .creates_member = true};
        sale.member = kAna;
        sale.receipt = {.id = "r" + std::to_string(number), .store = "s1", .occurred_at = moment(), .channel = "till"};
        const auto lines = static_cast<std::uint32_t>(1 + chance_.below(2));
        for (std::uint32_t i = 1; i <= lines; ++i) {
            event::Line line{.number = i, .sku = "s", .category = chance_.one_of(categories_)};
            line.quantity = {1'000 * (1 + chance_.below(3)), QuantityUnit::piece};
            line.amount = Money{(1 + chance_.below(chance_.is_one_in(4) ? 200 : 20)) * 100};
            sale.receipt.lines.push_back(std::move(line));
        }
        if (chance_.is_one_in(2)) sale.receipt.points_paid.push_back({.unit = "points", .points = Points{1 + chance_.below(25)}});
        const bool is_gone = number >= 0 && chance_.is_one_in(2);
        if (is_gone) take_back(sale.receipt);
        story_.push_back({std::move(sale), is_gone});
        now_.us += kSecondUs;
    }
    /// Whole, in one piece or several.
    void take_back(const event::Receipt& sold) {
        std::vector<event::ReturnedLine> pieces;
        const bool is_whole = chance_.is_one_in(2);
        for (const event::Line& line : sold.lines) {
            for (std::int64_t left = line.quantity.milli; left > 0;) {
                const std::int64_t one = is_whole ? left : 1'000;
                pieces.push_back({.line = line.number, .quantity = {one, QuantityUnit::piece}});
                left -= one;
            }
        }
        while (!pieces.empty()) {
            event::Return back{.id = "b" + std::to_string(++returns_), .receipt = sold.id};
            if (is_whole) {
                back.lines = std::exchange(pieces, {});
            } else {
                back.lines = {pieces.back()};
                pieces.pop_back();
            }
            to_come_.push_back(std::move(back));
        }
    }
    void come_back() {
        if (to_come_.empty()) return;
        const auto index = static_cast<std::size_t>(chance_.below(static_cast<std::int64_t>(to_come_.size())));
        event::Return back = std::move(to_come_[index]);
        to_come_.erase(to_come_.begin() + static_cast<std::ptrdiff_t>(index));
        back.occurred_at = now_;
        story_.push_back({ReturnGoods{.programme = "club", .what = std::move(back)}, true});
        now_.us += kSecondUs;
    }
    void visit() {
        RecordActivity came{.programme = "club", .member = kAna};
        came.activity = {.id = "a" + std::to_string(story_.size()), .kind = "visit", .occurred_at = now_, .store = "s1"};
        story_.push_back({std::move(came)});
        now_.us += kSecondUs;
    }

    StreamChance chance_;
    Instant now_ = at(2, 1);
    Story story_;
    std::int64_t returns_ = 0;
    std::vector<event::Return> to_come_;
    std::vector<std::string> categories_{"meat", "tea", "bread"};
};

/// Lots by what they are, whatever their ids.
std::string text_of(const std::vector<ledger::Wallet>& wallets) {
    std::string text;
    for (const ledger::Wallet& wallet : wallets) {
        std::vector<std::string> lots;
        for (const ledger::Lot& lot : wallet.lots) {
            lots.push_back(lot.earned_by + ":" + std::to_string(lot.remaining.minor()) + "/" +
                           std::to_string(lot.original.minor()) + "@" + (lot.expires_at ? instant_text(*lot.expires_at) : "never") +
                           (lot.is_mature ? "" : "?"));
        }
        std::sort(lots.begin(), lots.end());
        if (!lots.empty() || !wallet.owed.is_zero()) text += wallet.unit + " owed " + std::to_string(wallet.owed.minor());
        for (const std::string& lot : lots) text += " " + lot;
    }
    return text;
}
std::string text_of(const account::State& state) {
    std::string text;
    for (const account::Counter& counter : state.counters) {
        text += counter.key;
        for (const account::DayValue& day : counter.days) text += " " + date_text(day.day) + "=" + std::to_string(day.value);
        text += "\n";
    }
    for (const account::LevelSpan& span : state.levels) {
        text += span.level + " " + date_text(span.since) + " keep " + date_text(span.keep_until) +
                (span.grace_until ? " grace " + date_text(*span.grace_until) : "") + "\n";
    }
    return text;
}

/// A history as it went.
struct Played {
    std::map<std::string, std::string> sales;                // what each was given
    std::map<std::string, std::vector<std::string>> relied;  // by return
    std::string wallets;
    std::string state;
    std::string log;
};

class Player {
public:
    Player(const programme::PlanPointer& plan, bool with_gone) : desk_(plan), with_gone_(with_gone) {}

    Played play(const Story& story) {
        for (const Step& step : story) {
            if (step.is_gone && !with_gone_) continue;
            std::visit([&](const auto& what) { happen(what); }, step.what);
        }
        const EventDesk::Remembered ana = desk_.remembered(kAna);
        played_.wallets = text_of(ana.wallets);
        played_.state = text_of(ana.state);
        return std::move(played_);
    }

private:
    void note(const std::string& what) { played_.log += what + " | " + text_of(desk_.remembered(kAna).wallets) + "\n"; }
    void happen(const RecordReceipt& sale) {
        const auto answer = desk_.decide(sale);
        ASSERT_TRUE(answer) << answer.error().code;
        std::string given = std::to_string(answer->outcome.paid.minor()) + " earned";
        for (const Points& points : answer->outcome.points) given += " " + std::to_string(points.minor());
        for (const UnitPoints& points : answer->uncovered) given += " uncovered " + std::to_string(points.points.minor());
        played_.sales[sale.receipt.id] = given;
        std::string paying;
        for (const auto& payment : sale.receipt.points_paid) paying += " pays " + std::to_string(payment.points.minor());
        note(instant_text(sale.receipt.occurred_at) + " " + sale.receipt.id + paying + ": " + given);
    }
    void happen(const ReturnGoods& back) {
        const auto answer = desk_.decide(back);
        ASSERT_TRUE(answer) << answer.error().code;
        played_.relied[back.what.id] = answer->relied_on;
        std::string relied;
        for (const std::string& one : answer->relied_on) relied += " " + one;
        note(instant_text(back.what.occurred_at) + " back of " + back.what.receipt + ", relied:" + relied);
    }
    void happen(const RecordActivity& came) {
        ASSERT_TRUE(desk_.decide(came));
        note(instant_text(came.activity.occurred_at) + " visit");
    }
    void happen(const LearnMember& learned) { ASSERT_TRUE(desk_.decide(learned)); }

    EventDesk desk_;
    bool with_gone_;
    Played played_;
};

class NeverBought : public AppTest, public ::testing::WithParamInterface<Corner> {};

/// `--gtest_shuffle --gtest_repeat=N` plays others than the usual histories.
TEST_P(NeverBought, LeavesNoTraceWhereNobodyRelied) {
    const auto compiled = programme::compile(document(GetParam()), wiring().zones);
    ASSERT_TRUE(compiled) << words::say_diagnostic("en", compiled.error().front(), "club.yaml");
    const std::uint64_t other = seed_of_run();
    int alone = 0;
    int relied = 0;
    int failures = 0;
    for (std::uint64_t number = 0; number < 400 && failures < 3; ++number) {
        const Story story = Author{other * 1'000'000 + number}.write();
        const Played with = Player{compiled->plan, true}.play(story);
        const bool has_relied =
            std::any_of(with.relied.begin(), with.relied.end(), [](const auto& one) { return !one.second.empty(); });
        if (has_relied) {
            ++relied;
            continue;
        }
        ++alone;
        const Played without = Player{compiled->plan, false}.play(story);
        bool are_alike = with.wallets == without.wallets && with.state == without.state;
        for (const auto& [id, given] : without.sales) are_alike = are_alike && with.sales.at(id) == given;
        if (are_alike) continue;
        ++failures;
        ADD_FAILURE() << "seed " << number << "\n"
                      << with.log << with.wallets << "\n-- never bought:\n"
                      << without.log << without.wallets
                      << (with.state == without.state ? "" : "\n" + with.state + "--\n" + without.state);
    }
    EXPECT_GT(alone, 60);
    EXPECT_GT(relied, 60);
}
INSTANTIATE_TEST_SUITE_P(Corners, NeverBought,
                         ::testing::Values(Corner{"rejudge", "below_zero", "0 days", "never"},
                                           Corner{"rejudge", "below_zero", "0 days", "50 days after earning"},
                                           Corner{"rejudge", "below_zero", "5 days", "50 days after earning"},
                                           Corner{"rejudge", "below_zero", "0 days", "40 days after last activity"},
                                           Corner{"keep", "below_zero", "3 days", "40 days after last activity"},
                                           Corner{"rejudge", "below_zero", "0 days", "40 days after last activity", true},
                                           Corner{"keep", "below_zero", "5 days", "50 days after earning", true}));

}  // namespace
}  // namespace suki::app
