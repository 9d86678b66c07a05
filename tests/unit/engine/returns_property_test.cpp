#include "returns_shop.h"

namespace suki::engine {
namespace {

using Random = std::mt19937_64;

std::int64_t up_to(Random& random, std::int64_t max) {
    return 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(max));
}

Basket random_basket(Random& random, std::string id) {
    Basket made = basket(std::move(id));
    const std::vector<std::string> categories{"sausages", "cheese", "pates", "bread", "pates"};
    for (std::int64_t i = up_to(random, 5); i > 0; --i) {
        const std::string& category = categories[random() % categories.size()];
        const bool is_weighed = random() % 3 == 0;
        event::Line& line = made.add("sku" + std::to_string(i), up_to(random, 6'000), category,
                                     is_weighed ? kilos(up_to(random, 3'000)) : pieces(up_to(random, 4)));
        line.tax = Money{line.amount.minor() / 6};
        if (random() % 5 == 0) line.till_discount = Money{line.amount.minor() / 7};
        line.is_deposit = random() % 9 == 0 && !is_weighed;
        line.no_points = random() % 9 == 0;
        line.no_discount = random() % 9 == 0;
    }
    if (random() % 4 == 0) made.receipt.till_discount = Money{up_to(random, 100)};
    if (random() % 3 == 0) {
        const std::int64_t points = random() % 2 == 0 ? up_to(random, 300) : up_to(random, 200) * 10;
        made.receipt.points_paid.push_back({.unit = "points", .points = Points{points}, .hold = {}});
    }
    if (random() % 4 == 0) made.receipt.points_paid.push_back({.unit = "stars", .points = Points{up_to(random, 40)}, .hold = {}});
    return made;
}

/// Returns at random until everything is back.
std::vector<event::ReturnedLine> random_piece(Random& random, const event::Receipt& receipt,
                                              std::map<std::uint32_t, std::int64_t>& left) {
    std::vector<event::ReturnedLine> lines;
    for (const event::Line& line : receipt.lines) {
        std::int64_t& milli = left[line.number];
        if (milli == 0 || random() % 2 == 0) continue;
        std::int64_t back = random() % 2 == 0 ? milli : up_to(random, milli);
        if (line.quantity.unit == QuantityUnit::piece) back = std::max<std::int64_t>(1'000, back / 1'000 * 1'000);
        milli -= back;
        lines.push_back({.line = line.number, .quantity = {back, line.quantity.unit}});
    }
    return lines;
}

void expect_sound(const Outcome& outcome, const event::Receipt& receipt) {
    std::int64_t list = 0, paid = 0;
    ASSERT_EQ(outcome.lines.size(), receipt.lines.size());
    for (const LineOutcome& line : outcome.lines) {
        EXPECT_EQ(line.list_total.minor() - line.line_discount.minor() - line.receipt_discount.minor() - line.till_discount.minor(),
                  line.total.minor());
        EXPECT_EQ(line.total.minor() - line.points_money.minor(), line.paid.minor());
        for (const Money money :
             {line.line_discount, line.receipt_discount, line.till_discount, line.total, line.points_money, line.paid}) {
            EXPECT_GE(money, Money{0});
        }
        list += line.list_total.minor();
        paid += line.paid.minor();
    }
    EXPECT_EQ(outcome.list_total.minor(), list);
    EXPECT_EQ(outcome.paid.minor(), paid);
    std::int64_t points = 0;
    for (const event::Decision& decision : outcome.decisions) points += decision.points.minor();
    std::int64_t earned = 0;
    for (const Points of_unit : outcome.points) earned += of_unit.minor();
    EXPECT_EQ(points, earned);
}

/// What a fresh receipt says of everything that is back so far, as one return.
ReturnOutcome at_once(const Shop& shop, const StoredReceipt& fresh, const std::map<std::uint32_t, std::int64_t>& left) {
    event::Return request{.id = "once", .receipt = fresh.receipt.id, .occurred_at = {}, .lines = {}, .reason = {}};
    for (const event::Line& line : fresh.receipt.lines) {
        const std::int64_t back = line.quantity.milli - left.at(line.number);
        if (back > 0) request.lines.push_back({.line = line.number, .quantity = {back, line.quantity.unit}});
    }
    return *judge_return(shop.evaluator, fresh, request);
}

/// The meat plan with a second unit, which is earned by the kilo and pays too, at five for one. The rule of points is often broken:
/// by few, by odd numbers, for more than half, for pates.
PlanBuilder two_units(ReturnsPolicy policy) {
    PlanBuilder builder = meat_plan(policy);
    const std::uint32_t stars = builder.add_unit("stars", {5, 1}, 10);
    Offer& by_kilo = builder.line_offer("kilos", PointsPerQuantity{.points = 2, .per = kilos(100)}, category("cheese"));
    by_kilo.unit = stars;
    Offer& once = builder.line_offer("pate_stars", PointsFixed{3}, category("pates"));
    once.unit = stars;
    builder.plan.pay.push_back({.id = "stars_at_till", .clause = "5.2", .unit = stars, .at_least = 1, .step = 1});
    PayWithPoints& rule = builder.plan.pay.front();
    rule.at_least = 100;
    rule.up_to = {1, 2};
    rule.except = category("pates");
    rule.has_except = true;
    return builder;
}

using ByUnit = std::vector<std::int64_t>;
ByUnit taken_points(const ReturnOutcome& judged) {
    ByUnit points(2);
    for (std::size_t unit = 0; unit < points.size(); ++unit) {
        for (const ledger::Part& part : judged.take_back.at(unit)) points[unit] += part.points.minor();
    }
    return points;
}
ByUnit given_points(const ReturnOutcome& judged) {
    ByUnit points(2);
    for (const auto& [unit, given] : judged.give_back) points.at(unit) += given.minor();
    return points;
}
void raise(ByUnit& most, const ByUnit& seen) {
    for (std::size_t unit = 0; unit < most.size(); ++unit) most[unit] = std::max(most[unit], seen[unit]);
}
void sum_up(ByUnit& sum, const ByUnit& more) {
    for (std::size_t unit = 0; unit < sum.size(); ++unit) sum[unit] += more[unit];
}

/// In how many units what it earned repaid what it paid too much.
int repaid_itself(const StoredReceipt& stored) {
    int units = 0;
    for (const SpentRecord& spent : stored.spent) {
        for (const EarnedRecord& earned : stored.earned) {
            units += !spent.draws.empty() && spent.draws.back().lot.id == earned.lot ? 1 : 0;
        }
    }
    return units;
}

/// How often the histories exercised what they are for.
struct Seen {
    int earned_both = 0, paid_with_both = 0, drew_from_pool = 0, threshold_lost = 0, in_pieces = 0, repaid_itself = 0;
    std::map<PaymentRejection, int> against_rules;
};

void return_everything_in_pieces(std::uint64_t seed, ReturnsPolicy policy, Seen& seen) {
    Random random(seed);
    Shop shop(two_units(policy));
    // With few points it pays with more than there are, and what it earns repays some of that at once.
    const bool has_few = random() % 3 == 0;
    shop.give(has_few ? up_to(random, 60) : 2'000, moment(test_day(-9)), 0, moment(test_day(40)));
    shop.give(has_few ? up_to(random, 4) : 100, moment(test_day(-9)), 1, moment(test_day(50)));
    shop.sweep(moment(test_day(-8)));
    const account::State state_before = shop.state;
    const std::vector<ledger::Wallet> wallets_before = shop.wallets;
    const std::vector<std::int64_t> pools_before = shop.pools;
    Basket bought = random_basket(random, "r1");
    if (random() % 3 == 0) bought.receipt.charged = Money{up_to(random, 20'000)};
    const StoredReceipt fresh = shop.buy(bought, test_day());
    seen.earned_both += fresh.earned.size() == 2 ? 1 : 0;
    seen.paid_with_both += fresh.spent.size() == 2 ? 1 : 0;
    seen.repaid_itself += repaid_itself(fresh);
    seen.drew_from_pool += fresh.decided.pools.empty() ? 0 : 1;
    std::vector<Payable> payables;
    (void)shop.evaluator.evaluate(fresh.context, fresh.receipt, &payables);
    if (const auto broken = broken_by(payables.front())) ++seen.against_rules[*broken];
    const std::int64_t charged =
        fresh.receipt.charged ? std::max<std::int64_t>(0, fresh.receipt.charged->minor() - fresh.decided.points_money.minor())
                              : fresh.decided.paid.minor();
    std::map<std::uint32_t, std::int64_t> left;
    for (const event::Line& line : fresh.receipt.lines) left[line.number] = line.quantity.milli;

    std::int64_t refund_max = 0;
    ByUnit taken_max(2), given_max(2), taken(2), given(2);
    bool is_whole = false;
    for (int round = 0; !is_whole; ++round) {
        std::vector<event::ReturnedLine> piece = random_piece(random, fresh.receipt, left);
        if (piece.empty()) continue;
        if (random() % 2 == 0) std::reverse(piece.begin(), piece.end());
        const auto judged = shop.bring_back("r1", piece, test_day(round));
        ASSERT_TRUE(judged.has_value()) << name_of(judged.error().why);
        is_whole = judged->is_whole;
        if (!is_whole) expect_sound(judged->after, judged->remaining);
        // Whatever the pieces, what is decided of the rest is a function of the rest alone.
        const ReturnOutcome once = at_once(shop, fresh, left);
        EXPECT_EQ(once.after, judged->after);
        if (once.refund.minor() < refund_max) ++seen.threshold_lost;
        if (round > 0 && is_whole) ++seen.in_pieces;
        refund_max = std::max(refund_max, once.refund.minor());
        raise(taken_max, taken_points(once));
        raise(given_max, given_points(once));
        sum_up(taken, taken_points(*judged));
        sum_up(given, given_points(*judged));
        EXPECT_EQ(shop.refunded, refund_max);
        EXPECT_EQ(taken, taken_max);
        EXPECT_EQ(given, given_max);
        // The day's counters are exactly those of the rest.
        account::State expected = state_before;
        change_counters(expected, fresh.context.date, {}, judged->after.counters);
        EXPECT_EQ(shop.state, expected);
    }
    EXPECT_EQ(shop.refunded, charged);
    EXPECT_EQ(shop.state, state_before);
    EXPECT_EQ(shop.pools, pools_before);
    EXPECT_EQ(shop.wallets, wallets_before);
    for (const EarnedRecord& earned : shop.receipts.at("r1").earned) EXPECT_TRUE(earned.parts.empty());
}

TEST(ReturnEverything, InAnyOrderAndPiecesLeavesNoTrace) {
    Seen seen;
    for (const ReturnsPolicy policy : {ReturnsPolicy::rejudge, ReturnsPolicy::keep}) {
        for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
            return_everything_in_pieces(seed, policy, seen);
            if (::testing::Test::HasFailure()) {
                FAIL() << name_of(policy) << " seed " << seed;
            }
        }
    }
    EXPECT_GT(seen.earned_both, 100);
    EXPECT_GT(seen.paid_with_both, 100);
    EXPECT_GT(seen.drew_from_pool, 100);
    EXPECT_GT(seen.threshold_lost, 0);
    EXPECT_GT(seen.in_pieces, 1'000);
    EXPECT_GT(seen.repaid_itself, 100);
    for (const PaymentRejection broken :
         {PaymentRejection::points_below_minimum, PaymentRejection::points_not_whole_steps, PaymentRejection::points_above_share}) {
        EXPECT_GT(seen.against_rules[broken], 50) << name_of(broken);
    }
}

TEST(ReturnEverything, InOneVoidIsTheSameAsInPieces) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Random random(seed);
        Shop shop(meat_plan());
        shop.give(2'000, moment(test_day(-9)));
        const ledger::Wallet before = shop.wallets[0];
        const StoredReceipt stored = shop.buy(random_basket(random, "r1"), test_day());
        const auto judged = shop.bring_back_all("r1");
        EXPECT_TRUE(judged->is_whole);
        EXPECT_EQ(judged->refund, stored.decided.paid);
        EXPECT_EQ(judged->remaining.lines.size(), 0u);
        EXPECT_EQ(shop.wallets[0], before);
        EXPECT_TRUE(shop.state.counters.empty());
    }
}

/// Buys the same history with and without one receipt that is brought back in the end.
struct History {
    Shop shop{meat_plan()};
    std::vector<std::string> relied;
    bool has_spent_since = false;
    bool has_repaid_itself = false;
    bool has_met_debt = false;

    History(std::uint64_t seed, bool is_bought) {
        // With few points, that expire, receipts pay with more than there are and repay it themselves.
        const bool has_few = seed % 2 == 0;
        shop.give(has_few ? 1 + static_cast<std::int64_t>(seed % 50) : 2'000, moment(test_day(-9)), 0, moment(test_day(40)));
        const int day_of_it = static_cast<int>(seed % 4);
        for (int day = 0; day < 6; ++day) {
            Random of_day(seed * 100 + static_cast<std::uint64_t>(day));
            const Basket bought = random_basket(of_day, "r" + std::to_string(day));
            ++shop.commands;
            if (day != day_of_it || is_bought) {
                const bool owes_before = !shop.wallets[0].owed.is_zero();
                const StoredReceipt& stored = shop.buy(bought, test_day(day));
                if (day != day_of_it) continue;
                has_repaid_itself = repaid_itself(stored) > 0;
                has_met_debt = owes_before || !shop.wallets[0].owed.is_zero();
            } else {
                ++shop.commands;  // ids hold the moment: both histories keep the same clock
            }
        }
        if (!is_bought) return;
        const std::string it = "r" + std::to_string(day_of_it);
        EXPECT_TRUE(shop.bring_back_all(it, test_day(9)).has_value());
        for (const auto& [id, later] : shop.receipts) {
            if (id <= it) continue;
            has_spent_since = has_spent_since || !later.spent.empty();
        }
        relied = shop.relied;
    }
};

TEST(ReturnEverything, EqualsNeverHavingBoughtWhereNothingReliedOnIt) {
    int compared = 0;
    int compared_by_lot = 0;
    int repaid_itself = 0;
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        const History with(seed, true);
        const History without(seed, false);
        if (!with.relied.empty()) continue;
        ++compared;
        EXPECT_EQ(with.shop.state, without.shop.state) << seed;
        EXPECT_EQ(with.shop.points(), without.shop.points()) << seed;
        EXPECT_EQ(with.shop.pools, without.shop.pools) << seed;
        // A later spend drew from the lots that there were then, and so did a debt that others repay: the sum is the same, the lots
        // need not be.
        if (with.has_spent_since || with.has_met_debt) continue;
        ++compared_by_lot;
        repaid_itself += with.has_repaid_itself ? 1 : 0;
        std::map<LotId, std::int64_t> lots;
        for (const ledger::Lot& lot : with.shop.wallets[0].lots) lots[lot.id] += lot.remaining.minor();
        for (const ledger::Lot& lot : without.shop.wallets[0].lots) lots[lot.id] -= lot.remaining.minor();
        for (const auto& [lot, difference] : lots) EXPECT_EQ(difference, 0) << seed << " " << lot.text();
    }
    EXPECT_GT(compared, 1'000);
    EXPECT_GT(compared_by_lot, 200);
    EXPECT_GT(repaid_itself, 5);
}

TEST(ReturnEverything, KeepsNoPointsAliveThatExpireAfterActivity) {
    PlanBuilder builder = meat_plan();
    builder.plan.units[0].expiry = {.kind = ExpiryKind::after_activity, .period = {.days = 30}};
    const auto lots = [](const Shop& shop) {
        std::vector<ledger::Lot> kept = shop.wallets[0].lots;
        for (ledger::Lot& lot : kept) lot.id = {};
        return kept;
    };
    int shortened = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        Random random(seed);
        std::vector<int> days(4);
        for (int& day : days) day = static_cast<int>((random() % 25));
        std::sort(days.begin(), days.end());
        const std::size_t it = (random() % 4);
        Shop with(builder);
        Shop without(builder);
        for (std::size_t i = 0; i < days.size(); ++i) {
            Basket bought = basket("r" + std::to_string(i));
            bought.add("a", 1'000 + static_cast<std::int64_t>((random() % 5'000)), "sausages", pieces(2));
            with.buy(bought, test_day(days[i]));
            ++without.commands;
            if (i == it) continue;
            --without.commands;
            without.buy(bought, test_day(days[i]));
        }
        const std::string id = "r" + std::to_string(it);
        const std::vector<ledger::Lot> before = lots(with);
        ASSERT_TRUE(with.bring_back(id, {whole_pieces(1, 1)}, test_day(26)).has_value());
        EXPECT_TRUE(lots(with).empty() || lots(with).back().expires_at == before.back().expires_at) << "the rest was bought";
        ASSERT_TRUE(with.bring_back(id, {whole_pieces(1, 1)}, test_day(26)).has_value());
        if (!with.relied.empty()) continue;
        without.sweep(Instant{moment(test_day(26)).us + with.commands});
        EXPECT_EQ(lots(with), lots(without)) << seed;
        if (it == 3 && days[2] < days[3]) ++shortened;
    }
    EXPECT_GT(shortened, 50);
}

}  // namespace
}  // namespace suki::engine
