#include "house/sim_workload.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "house/app_stage.h"
#include "house/sim_model.h"

namespace suki::house {

namespace {

constexpr int kMembers = 6;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;

/// A hold that the workload placed: by which id the application knows it, and how the model does.
struct PlacedHold {
    std::string name;
    HoldId id;
    int member = 0;
};

struct Shop {
    model::Programme model;
    std::vector<std::string> receipts;
    std::map<std::string, app::RecordReceipt> sent;  // as recorded, to be sent again
    std::vector<PlacedHold> holds;
};

class Workload {
public:
    Workload(std::uint64_t seed, std::int64_t commands, const std::string& address, Cluster* cluster)
        : seed_(seed), commands_(commands), chance_(seed), world_(address, cluster) {
        world_.set_now(*parse_instant("2020-06-01T08:00Z"));
    }
    Tally run();

private:
    void open_shops();
    void one_command();
    void step_time(std::int64_t us);
    void compare_all(std::int64_t ahead_us);

    void buy(Shop& shop);
    void buy_again(Shop& shop);
    void return_goods(Shop& shop);
    void return_too_much(Shop& shop, const std::string& id);
    void place_hold(Shop& shop);
    void end_hold(Shop& shop);
    void adjust(Shop& shop);

    [[nodiscard]] app::Caller caller(const std::string& key = {}) const { return {"main", "sim", key, "sim"}; }
    [[nodiscard]] app::MemberName name(const Shop& shop, int member) const {
        if (member < 0) return {};
        return {app::NamedBy::external, shop.model.rules().id + "-" + std::to_string(member)};
    }
    [[nodiscard]] std::int64_t now() const { return world_.now().us; }

    void differ(const std::string& what, const std::string& suki, const std::string& model);
    void same(const std::string& what, std::int64_t suki, std::int64_t model) {
        if (suki != model) differ(what, std::to_string(suki), std::to_string(model));
    }
    /// False when the application refused; then the model must have refused for the same reason.
    template <class A>
    bool same_outcome(const app::Answered<A>& answer, const std::string& expected) {
        const std::string code = answer ? "ok" : answer.error().code;
        if (code != expected) differ("outcome", code, expected);
        return answer.has_value();
    }
    void same_balance(const std::string& what, const std::vector<app::UnitBalance>& suki, const model::Balance& model);
    void compare_member(Shop& shop, int member, std::int64_t ahead_us);

    std::uint64_t seed_;
    std::int64_t commands_;
    Chance chance_;
    World world_;
    std::vector<Shop> shops_;
    std::string doing_;
    std::int64_t number_ = 0;
    std::int64_t names_ = 0;
    bool is_bad_ = false;
};

std::string words(const model::Balance& b) {
    return "pending " + std::to_string(b.pending) + " available " + std::to_string(b.available) + " held " +
           std::to_string(b.held) + " owed " + std::to_string(b.owed);
}

void Workload::differ(const std::string& what, const std::string& suki, const std::string& model) {
    std::printf("seed %llu, command %lld at %s: %s\n  %s\n    suki:  %s\n    model: %s\n", static_cast<unsigned long long>(seed_),
                static_cast<long long>(number_), instant_text(world_.now()).c_str(), doing_.c_str(), what.c_str(), suki.c_str(),
                model.c_str());
    is_bad_ = true;
}

void Workload::same_balance(const std::string& what, const std::vector<app::UnitBalance>& suki, const model::Balance& model) {
    model::Balance seen;
    for (const app::UnitBalance& one : suki)
        seen = {one.pending.minor(), one.available.minor(), one.held.minor(), one.owed.minor()};
    if (!(seen == model)) differ(what, words(seen), words(model));
}

/// A member's balance and lots as of now, or as they will be.
void Workload::compare_member(Shop& shop, int member, std::int64_t ahead_us) {
    if (member < 0) return;
    const Instant at{now() + ahead_us};
    const auto statement =
        world_.app().statement("main", shop.model.rules().id, name(shop, member), {.cursor = {}, .limit = 1}, at);
    const std::string who = name(shop, member).value + " as of " + instant_text(at);
    if (!statement) return differ(who, statement.error().code, "a statement");
    same_balance("balance of " + who, statement->member.balances, shop.model.balance_at(member, at.us));
    std::string lots;
    for (const app::LotView& lot : statement->lots) {
        lots += std::to_string(lot.remaining.minor()) + "@" + (lot.expires_at ? instant_text(*lot.expires_at) : "never") +
                (lot.is_mature ? " " : "! ");
    }
    const std::string expected = shop.model.lots_at(member, at.us);
    if (lots != expected) differ("lots of " + who, lots, expected);
}

void Workload::compare_all(std::int64_t ahead_us) {
    for (Shop& shop : shops_) {
        for (int member = 0; member < kMembers && !is_bad_; ++member) compare_member(shop, member, ahead_us);
    }
}

void Workload::open_shops() {
    doing_ = "opening";
    for (const model::Rules& rules :
         {model::Rules{"owes", 0, model::Debt::below_zero, 60}, model::Rules{"waits", 14, model::Debt::from_refund, 40},
          model::Rules{"gives", 3, model::Debt::refuse, 1'000'000}}) {
        (void)same_outcome(world_.app().run(caller(), app::PublishEdition{.document = rules.document()}), "ok");
        shops_.push_back({.model = model::Programme{rules, kMembers}});
        for (int member = 0; member < kMembers; ++member) {
            app::CreateMember command{.programme = rules.id};
            command.profile.external_id = name(shops_.back(), member).value;
            (void)same_outcome(world_.app().run(caller(), command), "ok");
        }
    }
}

void Workload::buy(Shop& shop) {
    const std::string id = "r" + std::to_string(++names_);
    // One in six has no member.
    const int member = chance_.is_one_in(6) ? -1 : static_cast<int>(chance_.between(0, kMembers - 1));
    const bool is_late = chance_.is_one_in(5);
    const Instant at{now() - (is_late ? chance_.between(1, 20 * 24) * kHourUs : 0)};
    std::vector<model::Line> lines;
    // Shares of a price over several lines are not this model's business, so what points pay for is one line.
    std::int64_t points_paid = 0;
    std::string hold;
    const PlacedHold* placed = nullptr;
    const model::Balance balance = member < 0 ? model::Balance{} : shop.model.balance_at(member, now());
    const auto new_line = [this] {
        const std::int64_t quantity = chance_.between(1, 6);
        return model::Line{chance_.between(1, 4'000), quantity, quantity};
    };
    lines.push_back(new_line());
    if (member >= 0 && chance_.is_one_in(3)) {
        points_paid = std::min(balance.available, chance_.between(1, 400));
        // A till that was offline takes points that are no longer there; what then is owed only one of the rules says plainly.
        if (shop.model.rules().debt == model::Debt::below_zero && chance_.is_one_in(3)) points_paid = chance_.between(1, 600);
        for (const PlacedHold& one : shop.holds) {
            if (one.member != member || !chance_.is_one_in(2)) continue;
            model::Wallet wallet = shop.model.wallet(member);
            wallet.sweep(now());
            if (wallet.hold(one.name) == nullptr) continue;
            placed = &one;
            hold = one.name;
            points_paid =
                chance_.is_one_in(2) ? wallet.hold(one.name)->points() : chance_.between(1, wallet.hold(one.name)->points());
        }
        const std::int64_t total = shop.model.total_of(lines);
        if (points_paid > total) points_paid = 0, placed = nullptr, hold.clear();
    } else {
        for (std::int64_t more = chance_.between(0, 2); more > 0; --more) lines.push_back(new_line());
    }

    app::RecordReceipt command{.programme = shop.model.rules().id, .member = name(shop, member)};
    command.receipt.id = command.receipt.number = id;
    command.receipt.till = "1";
    command.receipt.occurred_at = at;
    for (const model::Line& line : lines) {
        event::Line one;
        one.number = static_cast<std::uint32_t>(command.receipt.lines.size() + 1);
        one.quantity = {line.quantity * 1000, QuantityUnit::piece};
        one.amount = Money{line.price * line.quantity};
        command.receipt.lines.push_back(one);
    }
    if (points_paid > 0) {
        command.receipt.points_paid.push_back(
            {"points", Points{points_paid}, placed == nullptr ? std::nullopt : std::optional{placed->id}});
    }
    doing_ = shop.model.rules().id + ": buy " + id + " by " + std::to_string(member) + " at " + instant_text(at) + " paying " +
             std::to_string(points_paid) + " points" + (hold.empty() ? "" : " of hold " + hold);
    for (const model::Line& line : lines) doing_ += " {" + std::to_string(line.quantity) + " x " + std::to_string(line.price) + "}";

    const auto answer = world_.app().run(caller(), command);
    if (!same_outcome(answer, "ok")) return;
    const model::Bought bought = shop.model.buy(id, member, civil_time(at, 0).date, lines, points_paid, hold, now());
    same("discount", answer->outcome.discount.minor(), bought.discount);
    same("total", answer->outcome.total.minor(), bought.total);
    same("paid", answer->outcome.paid.minor(), bought.paid);
    same("points", answer->outcome.points.empty() ? 0 : answer->outcome.points.front().minor(), bought.points);
    same("uncovered", answer->uncovered.empty() ? 0 : answer->uncovered.front().points.minor(), bought.uncovered);
    same("repeat", answer->is_repeat ? 1 : 0, 0);
    if (member >= 0) same_balance("balance in the answer", answer->balances, shop.model.balance_at(member, now()));
    shop.receipts.push_back(id);
    shop.sent.emplace(id, std::move(command));
    compare_member(shop, member, 0);
}

/// A receipt that was recorded comes again, as it was or with another price.
void Workload::buy_again(Shop& shop) {
    if (shop.receipts.empty()) return;
    const std::string id =
        shop.receipts[static_cast<std::size_t>(chance_.between(0, static_cast<std::int64_t>(shop.receipts.size()) - 1))];
    app::RecordReceipt command = shop.sent.at(id);
    const bool is_changed = chance_.is_one_in(2);
    if (is_changed) command.receipt.lines.front().amount = Money{command.receipt.lines.front().amount.minor() + 1};
    doing_ = shop.model.rules().id + ": send " + id + " again" + (is_changed ? " with another price" : "");
    const auto answer = world_.app().run(caller(), command);
    if (!same_outcome(answer, is_changed ? "receipt_already_recorded" : "ok")) {
        compare_member(shop, shop.model.receipts().at(id).member, 0);
        return;
    }
    same("repeat", answer->is_repeat ? 1 : 0, 1);
    compare_member(shop, shop.model.receipts().at(id).member, 0);
}

void Workload::return_too_much(Shop& shop, const std::string& id) {
    const model::Receipt& receipt = shop.model.receipts().at(id);
    app::ReturnGoods command{.programme = shop.model.rules().id};
    command.what = {.id = "b" + std::to_string(++names_),
                    .receipt = id,
                    .occurred_at = world_.now(),
                    .lines = {{1, {(receipt.lines.front().left + 1) * 1000, QuantityUnit::piece}}}};
    doing_ = shop.model.rules().id + ": return more of " + id + " than there is";
    (void)same_outcome(world_.app().run(caller(), command), receipt.is_void ? "receipt_is_void" : "returned_more_than_bought");
    compare_member(shop, receipt.member, 0);
}

void Workload::return_goods(Shop& shop) {
    if (shop.receipts.empty()) return;
    // Mostly recent ones.
    const auto count = static_cast<std::int64_t>(shop.receipts.size());
    const std::int64_t first = chance_.is_one_in(3) ? 0 : std::max<std::int64_t>(0, count - 20);
    const std::string id = shop.receipts[static_cast<std::size_t>(chance_.between(first, count - 1))];
    const model::Receipt& receipt = shop.model.receipts().at(id);
    std::vector<std::int64_t> pieces;
    app::ReturnGoods command{.programme = shop.model.rules().id};
    command.what = {.id = "b" + std::to_string(++names_), .receipt = id, .occurred_at = world_.now()};
    std::string what;
    for (const model::Line& line : receipt.lines) {
        pieces.push_back(chance_.is_one_in(2) ? chance_.between(0, line.left) : line.left);
        if (pieces.back() == 0) continue;
        command.what.lines.push_back({static_cast<std::uint32_t>(pieces.size()), {pieces.back() * 1000, QuantityUnit::piece}});
        what += " " + std::to_string(pieces.back()) + " of line " + std::to_string(pieces.size());
    }
    if (receipt.is_void || command.what.lines.empty()) return return_too_much(shop, id);
    const bool is_void = chance_.is_one_in(6);
    if (is_void) pieces.clear();
    doing_ = shop.model.rules().id + ": return of " + id + (is_void ? " as a whole" : what);
    const auto answer = is_void ? world_.app().run(caller(), app::VoidReceipt{command.programme, command.what})
                                : world_.app().run(caller(), command);
    if (!same_outcome(answer, "ok")) return;
    const model::GivenBack back = shop.model.give_back(id, pieces, now());
    const auto first_of = [](const std::vector<app::UnitPoints>& points) {
        return points.empty() ? 0 : points.front().points.minor();
    };
    same("refund", answer->refund.minor(), back.refund);
    same("withheld", answer->withheld.minor(), back.withheld);
    same("taken back", first_of(answer->taken_back), back.taken);
    same("left", first_of(answer->left), back.left);
    same("owed", first_of(answer->owed), back.owed);
    same("given back", first_of(answer->given_back), back.given);
    compare_member(shop, receipt.member, 0);
}

void Workload::place_hold(Shop& shop) {
    const int member = static_cast<int>(chance_.between(0, kMembers - 1));
    const std::int64_t available = shop.model.balance_at(member, now()).available;
    const std::int64_t points = chance_.between(1, std::max<std::int64_t>(1, available + available / 10));
    const std::int64_t seconds = chance_.is_one_in(2) ? chance_.between(1, 900) : chance_.between(900, app::kHoldSecondsMax);
    const std::string hold = "h" + std::to_string(++names_);
    doing_ = shop.model.rules().id + ": hold " + hold + " of " + std::to_string(points) + " points of " + std::to_string(member) +
             " for " + std::to_string(seconds) + " s";
    const auto answer =
        world_.app().run(caller(), app::PlaceHold{shop.model.rules().id, name(shop, member), "points", Points{points}, seconds});
    if (!same_outcome(answer, points > available ? "insufficient_points" : "ok")) return compare_member(shop, member, 0);
    model::Wallet& wallet = shop.model.wallet(member);
    wallet.sweep(now());
    wallet.place_hold(hold, points, now() + seconds * kSecondUs, now());
    shop.holds.push_back({hold, answer->hold, member});
    same_balance("balance in the answer", answer->balances, shop.model.balance_at(member, now()));
    compare_member(shop, member, 0);
}

/// Confirms or releases a hold; one that is over already is refused.
void Workload::end_hold(Shop& shop) {
    if (shop.holds.empty()) return place_hold(shop);
    const std::int64_t last = static_cast<std::int64_t>(shop.holds.size()) - 1;
    const PlacedHold placed = shop.holds[static_cast<std::size_t>(chance_.between(std::max<std::int64_t>(0, last - 5), last))];
    model::Wallet& wallet = shop.model.wallet(placed.member);
    wallet.sweep(now());
    const model::Hold* there = wallet.hold(placed.name);
    const bool is_confirmed = chance_.is_one_in(2);
    const std::int64_t held = there == nullptr ? 1 : there->points();
    const std::int64_t points = chance_.is_one_in(5) ? held + 1 : chance_.between(1, held);
    std::string expected = "ok";
    if (there == nullptr)
        expected = "hold_not_found";
    else if (is_confirmed && points > held)
        expected = "hold_smaller_than_wanted";
    doing_ = shop.model.rules().id + (is_confirmed ? ": confirm " + std::to_string(points) + " of " : ": release ") + placed.name;
    const auto answer = is_confirmed
                            ? world_.app().run(caller(), app::ConfirmHold{shop.model.rules().id, placed.id, Points{points}, "sim"})
                            : world_.app().run(caller(), app::ReleaseHold{shop.model.rules().id, placed.id});
    if (!same_outcome(answer, expected)) return compare_member(shop, placed.member, 0);
    if (expected != "ok") return;
    if (is_confirmed)
        (void)wallet.confirm(placed.name, points, now());
    else
        wallet.release(placed.name, now());
    same("points", answer->points.minor(), is_confirmed ? points : held);
    same_balance("balance in the answer", answer->balances, shop.model.balance_at(placed.member, now()));
    compare_member(shop, placed.member, 0);
}

void Workload::adjust(Shop& shop) {
    const int member = static_cast<int>(chance_.between(0, kMembers - 1));
    const bool is_positive = chance_.is_one_in(2);
    const bool may_owe = chance_.is_one_in(2);
    const std::int64_t points = chance_.between(1, 150);
    app::Adjust command{
        shop.model.rules().id, name(shop, member), "points", Points{is_positive ? points : -points}, "sim", std::nullopt, may_owe};
    std::int64_t expires_us = model::kNever;
    if (is_positive && !chance_.is_one_in(4)) {
        expires_us = now() + chance_.between(1, 100 * 24) * kHourUs;
        command.expires_at = Instant{expires_us};
    }
    const std::string key = "a" + std::to_string(++names_);
    doing_ = shop.model.rules().id + ": adjust " + std::to_string(member) + " by " + std::to_string(command.points.minor()) +
             (may_owe ? " may owe" : "") + (expires_us == model::kNever ? "" : " until " + instant_text({expires_us}));
    const bool is_refused = !is_positive && !may_owe && shop.model.balance_at(member, now()).available < points;
    const auto answer = world_.app().run(caller(key), command);
    if (!same_outcome(answer, is_refused ? "insufficient_points" : "ok")) return compare_member(shop, member, 0);
    if (is_refused) return;
    model::Wallet& wallet = shop.model.wallet(member);
    wallet.sweep(now());
    if (is_positive)
        (void)wallet.add(points, now(), expires_us, now());
    else
        (void)wallet.spend(points, now());
    same_balance("balance in the answer", answer->balances, shop.model.balance_at(member, now()));
    if (chance_.is_one_in(3)) {
        doing_ += ", twice under one key";
        const auto again = world_.app().run(caller(key), command);
        if (same_outcome(again, "ok")) same("repeat", again->is_repeat ? 1 : 0, 1);
    }
    compare_member(shop, member, 0);
}

void Workload::step_time(std::int64_t us) {
    world_.set_now({now() + us});
    doing_ = "time goes by";
    compare_all(0);
}

void Workload::one_command() {
    // Commands never share an instant, so that "older" is plain.
    world_.set_now({now() + chance_.between(1, 120) * kSecondUs});
    Shop& shop = shops_[static_cast<std::size_t>(chance_.between(0, static_cast<std::int64_t>(shops_.size()) - 1))];
    const std::int64_t what = chance_.between(1, 100);
    if (what <= 34) return buy(shop);
    if (what <= 38) return buy_again(shop);
    if (what <= 58) return return_goods(shop);
    if (what <= 70) return place_hold(shop);
    if (what <= 80) return end_hold(shop);
    if (what <= 88) return adjust(shop);
    if (what <= 92) return step_time(chance_.between(1, 600) * kMinuteUs);
    if (what <= 95) return step_time(chance_.between(1, 20) * kDayUs);
    if (what == 96) return step_time(chance_.between(20, 200) * kDayUs);
    if (what == 97) {
        doing_ = "the application starts again";
        world_.restart_app();
        return compare_all(0);
    }
    if (what == 98) {
        doing_ = "the future is asked for";
        return compare_all(chance_.between(1, 400) * kDayUs);
    }
    doing_ = "a sweep";
    (void)same_outcome(world_.app().run(caller(), app::Sweep{}), "ok");
    compare_all(0);
}

Tally Workload::run() {
    Tally tally;
    open_shops();
    for (number_ = 1; number_ <= commands_ && !is_bad_; ++number_) {
        one_command();
        if (!is_bad_ && number_ % 100 == 0) {
            if (const std::string broken = world_.check(); !broken.empty()) differ("verify", broken, "nothing broken");
        }
        if (!is_bad_) ++tally.passed;
    }
    if (is_bad_) ++tally.failed;
    return tally;
}

}  // namespace

Tally run_workload(std::uint64_t seed, std::int64_t commands, const std::string& address, Cluster* cluster) {
    return Workload{seed, commands, address, cluster}.run();
}

}  // namespace suki::house
