#include <gtest/gtest.h>

#include "plan_builder.h"

namespace suki::engine {
namespace {

using Parts = std::vector<std::int64_t>;

Parts line_points(const Outcome& outcome, std::size_t unit = 0) {
    Parts all;
    for (const LineOutcome& line : outcome.lines) all.push_back(line.points[unit].minor());
    return all;
}

TEST(evaluate_points, earns_per_amount_rounded_once_a_receipt) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("base", PointsPerAmount{{3, 100}});
    Basket basket;
    basket.add("a", 33);  // 0.99 each: three lines make 2.97, not 3 x 0
    basket.add("b", 33);
    basket.add("c", 34);  // 1.02, and 3.00 in all
    EXPECT_EQ(line_points(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{1, 1, 1}));
    basket.receipt.lines[2].amount = Money{33};
    EXPECT_EQ(points(b.evaluator().evaluate(basket.context, basket.receipt)), 2);
    b.unit().rounding = Rounding::up;
    EXPECT_EQ(points(b.evaluator().evaluate(basket.context, basket.receipt)), 3);
}

TEST(evaluate_points, allocates_the_rounded_sum_to_clauses_by_largest_remainder) {
    PlanBuilder b;
    b.unit().denominator = 10;
    b.line_offer("b_seven", PointsPerAmount{{7, 10}}, skus({"a"}));
    b.line_offer("a_six", PointsPerAmount{{6, 10}}, skus({"a"}));
    b.line_offer("c_seven", PointsPerAmount{{7, 10}}, skus({"a"}));
    Basket basket;
    basket.add("a", 1);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), 2);  // 0.6 + 0.7 + 0.7
    EXPECT_EQ(verdict(outcome, "a_six"), "gives_nothing");
    EXPECT_EQ(decision(outcome, "b_seven")->points.minor(), 1);
    EXPECT_EQ(decision(outcome, "c_seven")->points.minor(), 1);
}

TEST(evaluate_points, that_are_whole_stay_whole) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("base", PointsPerAmount{{1, 100}});
    b.offer("gift", PointsFixed{300});
    Basket basket;
    basket.add("a", 99);
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), 300);
    EXPECT_EQ(decision(outcome, "gift")->points.minor(), 300);
    EXPECT_EQ(verdict(outcome, "base"), "gives_nothing");
    // What was decided by the rules of before is decided by them again.
    b.plan.semantics = 1;
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), 300);
    EXPECT_EQ(decision(outcome, "gift")->points.minor(), 299);
    EXPECT_EQ(decision(outcome, "base")->points.minor(), 1);
}

TEST(evaluate_points, of_a_line_stay_whole_too) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("base", PointsPerAmount{{1, 100}});
    Basket basket;
    basket.add("a", 30000);
    basket.add("b", 90);
    EXPECT_EQ(line_points(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{300, 0}));
    b.unit().rounding = Rounding::up;
    EXPECT_EQ(line_points(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{300, 1}));
    b.unit().rounding = Rounding::down;
    b.plan.semantics = 1;
    EXPECT_EQ(line_points(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{299, 1}));
}

TEST(evaluate_points, adds_multipliers_of_base_points) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("base", PointsPerAmount{{3, 100}});
    b.line_offer("double", PointsMultiplied{{2, 1}}, skus({"a"}));
    b.line_offer("triple", PointsMultiplied{{3, 1}}, skus({"a"}));
    b.line_offer("half_more", PointsMultiplied{{3, 2}}, skus({"c"}));
    b.offer("fixed", PointsFixed{7});
    Basket basket;
    basket.add("a", 1000);
    basket.add("b", 1000);
    basket.add("c", 100);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), 30 * 4 + 30 + 3 + 7 + 1);  // x2 and x3 make x4; 1.5 of 3 rounds down
    EXPECT_EQ(decision(outcome, "double")->points.minor(), 30);
    EXPECT_EQ(decision(outcome, "triple")->points.minor(), 60);
    EXPECT_EQ(decision(outcome, "half_more")->points.minor(), 1);
}

TEST(evaluate_points, gives_no_multiple_of_nothing) {
    PlanBuilder b;
    b.offer("fixed", PointsFixed{7});
    b.offer("double", PointsMultiplied{{2, 1}});
    Basket basket;
    basket.add("a", 1000);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "double"), "gives_nothing");
    EXPECT_EQ(points(outcome), 7);
}

TEST(evaluate_points, multiplies_only_points_of_its_own_unit) {
    PlanBuilder b;
    b.add_unit("stars", {});
    b.offer("base", PointsPerAmount{{1, 1}});
    b.offer("stars", PointsPerAmount{{2, 1}}).unit = 1;
    b.offer("double_stars", PointsMultiplied{{2, 1}}).unit = 1;
    Basket basket;
    basket.add("a", 10);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome, 0), 10);
    EXPECT_EQ(points(outcome, 1), 40);
    EXPECT_EQ(decision(outcome, "double_stars")->unit, "stars");
}

TEST(evaluate_points, counts_quantity_in_the_units_of_the_offer_only) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("by_weight", PointsPerQuantity{20, kilos(100)});
    b.offer("by_item", PointsPerQuantity{5, pieces(1)});
    Basket basket;
    basket.add("a", 1000, "", kilos(432));  // 86.4
    basket.add("b", 1000, "", pieces(3));   // 15
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(decision(outcome, "by_weight")->points.minor(), 86);
    EXPECT_EQ(decision(outcome, "by_item")->points.minor(), 15);
}

TEST(evaluate_points, earns_on_what_the_unit_names) {
    PlanBuilder b;
    b.plan.pay.push_back({.id = "pay", .unit = 0});
    b.line_offer("tenth_off", DiscountPercent{{1, 10}});
    b.offer("base", PointsPerAmount{{1, 1}});
    Basket basket;
    basket.add("a", 1000).tax = Money{200};
    basket.receipt.points_paid.push_back({"points", Points{300}, std::nullopt});
    const auto earned = [&](EarnedOn on, bool is_tax_excluded) {
        b.unit().earned_on = on;
        b.unit().is_tax_excluded = is_tax_excluded;
        return points(b.evaluator().evaluate(basket.context, basket.receipt));
    };
    EXPECT_EQ(earned(EarnedOn::paid, false), 600);
    EXPECT_EQ(earned(EarnedOn::discounted, false), 900);
    EXPECT_EQ(earned(EarnedOn::list, false), 1000);
    EXPECT_EQ(earned(EarnedOn::paid, true), 480);  // a fifth is tax, of whatever is left
    EXPECT_EQ(earned(EarnedOn::list, true), 800);
}

TEST(evaluate_points, rounds_the_tax_of_a_cheaper_line_half_to_even) {
    PlanBuilder b;
    b.unit().is_tax_excluded = true;
    b.line_offer("half", DiscountPercent{{1, 2}});
    b.offer("base", PointsPerAmount{{1, 1}});
    Basket basket;
    basket.add("a", 100).tax = Money{17};  // 8.5 of 50
    EXPECT_EQ(points(b.evaluator().evaluate(basket.context, basket.receipt)), 42);
    basket.receipt.lines[0].tax = Money{19};  // 9.5
    EXPECT_EQ(points(b.evaluator().evaluate(basket.context, basket.receipt)), 40);
}

TEST(evaluate_points, are_only_for_members) {
    PlanBuilder b;
    b.offer("base", PointsFixed{1}).needs_member = false;
    b.offer("off", DiscountAmount{Money{1}});
    Basket basket;
    basket.add("a", 1000);
    basket.context.is_member = false;
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "base"), "none");
    EXPECT_EQ(verdict(outcome, "off"), "applied");
    EXPECT_TRUE(outcome.counters.empty());
}

TEST(evaluate_points, paying_with_points_is_taken_as_stated_up_to_what_remains) {
    PlanBuilder b;
    b.unit().worth = {10, 1};
    b.plan.pay.push_back({.id = "pay", .unit = 0, .except = category("alcohol"), .has_except = true});
    Basket basket;
    basket.add("a", 105, "food");
    basket.add("wine", 500, "alcohol");
    basket.add("bottle", 50).is_deposit = true;
    basket.receipt.points_paid.push_back({"points", Points{10}, std::nullopt});
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(outcome.points_paid, (std::vector<PaidPoints>{{0, Points{10}, Money{100}}}));
    EXPECT_EQ(outcome.lines[0].paid.minor(), 5);
    basket.receipt.points_paid[0].points = Points{66};  // 660 of 655: the last point would buy only a half
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(outcome.points_paid, (std::vector<PaidPoints>{{0, Points{65}, Money{650}}}));
    EXPECT_EQ(outcome.paid.minor(), 5);
    EXPECT_EQ(outcome.total.minor(), 655);
    basket.receipt.points_paid[0].unit = "other";
    EXPECT_TRUE(b.evaluator().evaluate(basket.context, basket.receipt).points_paid.empty());
}

TEST(evaluate_points, are_cut_at_the_most_that_one_receipt_earns) {
    PlanBuilder b;
    b.unit().denominator = limits::rate_denominator_max;
    b.offer("a", PointsPerAmount{{kAmountMax, 1}});
    b.offer("b", PointsFixed{1});
    b.offer("c", PointsMultiplied{{kAmountMax, 1}});
    Basket basket;
    for (int i = 0; i < 1000; ++i) basket.add("a", kAmountMax);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), 1'000'000'000'000);
    EXPECT_EQ(verdict(outcome, "b"), "lost_to_cap");
    EXPECT_EQ(decision(outcome, "a")->points.minor() + decision(outcome, "c")->points.minor(), 1'000'000'000'000);
    for (const char* offer : {"a", "b", "c"}) EXPECT_EQ(decision(outcome, offer)->winner, event::kPointsPerReceipt) << offer;
}

TEST(evaluate_points, are_cut_above_the_limit_and_not_at_it) {
    PlanBuilder b;
    b.offer("most", PointsFixed{limits::points_per_receipt - 1});
    b.offer("rest", PointsPerQuantity{1, pieces(1)});
    Basket basket;
    basket.add("a", 100);
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), limits::points_per_receipt);
    EXPECT_EQ(decision(outcome, "most")->winner, "");
    basket.receipt.lines.front().quantity.milli = 2000;
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), limits::points_per_receipt);
    EXPECT_EQ(verdict(outcome, "most"), "applied");
    EXPECT_EQ(decision(outcome, "most")->winner, event::kPointsPerReceipt);

    PlanBuilder alone;
    alone.offer("fixed", PointsFixed{limits::points_per_receipt + 5});
    outcome = alone.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), limits::points_per_receipt);
    EXPECT_EQ(decision(outcome, "fixed")->winner, event::kPointsPerReceipt);
}

TEST(evaluate_points, of_a_receipt_without_prices_are_shared_alike) {
    PlanBuilder b;
    b.offer("fixed", PointsFixed{3});
    Basket basket;
    basket.add("a", 0);
    basket.add("b", 0);
    EXPECT_EQ(line_points(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{2, 1}));
}

TEST(evaluate, says_what_the_programme_example_promises) {
    // 1% of 22.00; 3 per BYN on 21.78, doubled on 19.80, rounded down once.
    PlanBuilder b;
    b.unit().denominator = 100;
    const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"});
    b.offer("base", PointsPerAmount{{3, 100}});
    b.line_offer("quiet_days", PointsMultiplied{{2, 1}}, category("meat/sausages"),
                 {WeekdayCondition{0b110}, TimeCondition{{8 * 60}, {12 * 60}}});
    b.offer("regular", by_window(window, {{30000, {1, 100}}, {90000, {3, 100}}})).stack = "price";
    b.offer("basket", by_amount({{5000, {2, 100}}})).stack = "price";
    Basket basket;
    basket.add("", 2000, "meat/sausages");
    basket.add("", 200, "bread");
    basket.context.windows = {35000};
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(discount(outcome), 22);
    EXPECT_EQ(points(outcome), 124);
    EXPECT_EQ(outcome.counters, (std::vector<CounterChange>{{"purchases", 1}, {"spend", 2178}, {"visits", 1}}));
}

}  // namespace
}  // namespace suki::engine
