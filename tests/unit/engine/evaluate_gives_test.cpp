#include <gtest/gtest.h>

#include "plan_builder.h"

namespace suki::engine {
namespace {

std::vector<std::int64_t> line_discounts(const Outcome& outcome) {
    std::vector<std::int64_t> all;
    for (const LineOutcome& line : outcome.lines) all.push_back(line.line_discount.minor() + line.receipt_discount.minor());
    return all;
}
using Parts = std::vector<std::int64_t>;

TEST(evaluate, gives_a_percentage_of_each_line_rounded_by_the_plan) {
    PlanBuilder b;
    b.line_offer("ten", DiscountPercent{{1, 10}}, category("meat"));
    Basket basket;
    basket.add("a", 1005, "food/meat/sausages");  // 100.5
    basket.add("b", 1004, "meat");                // 100.4
    basket.add("c", 1000, "meatballs");
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{101, 100, 0}));
    b.plan.discount_rounding = Rounding::down;
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{100, 100, 0}));
}

TEST(evaluate, allocates_an_amount_off_once_over_the_matched_lines) {
    PlanBuilder b;
    b.line_offer("off", DiscountAmount{Money{100}}, skus({"a", "b"}));
    Basket basket;
    basket.add("a", 200);
    basket.add("b", 100);
    basket.add("c", 900);
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{67, 33, 0}));
    basket.receipt.lines[0].amount = Money{40};
    basket.receipt.lines[1].amount = Money{50};
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{40, 50, 0}));
}

TEST(evaluate, takes_an_amount_off_each_piece_or_kilogram_but_at_most_the_line) {
    PlanBuilder b;
    b.line_offer("off", DiscountAmount{Money{150}, true});
    Basket basket;
    basket.add("a", 1000, "", pieces(3));
    basket.add("b", 400, "", pieces(3));    // 450 wanted
    basket.add("c", 1000, "", kilos(433));  // 64.95
    basket.add("d", 1000, "", kilos(430));  // 64.5
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{450, 400, 65, 65}));
}

TEST(evaluate, sells_at_a_fixed_price_only_what_is_dearer) {
    PlanBuilder b;
    b.line_offer("fixed", FixedPrice{Money{299}});
    Basket basket;
    basket.add("a", 1200, "", pieces(3));  // 897 instead
    basket.add("b", 299);
    basket.add("c", 298);
    basket.add("d", 200, "", kilos(432));  // 129.168 instead: 70.832 off
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{303, 0, 0, 71}));
}

TEST(evaluate, gives_the_cheapest_pieces_free) {
    PlanBuilder b;
    b.line_offer("four_for_three", FreeItems{1, 4, true});
    Basket basket;
    basket.add("a", 1000, "", pieces(3));  // 334 333 333
    basket.add("b", 500);
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(line_discounts(outcome), (Parts{333, 0}));
    EXPECT_EQ(decision(outcome, "four_for_three")->uses, 1);
    basket.add("c", 800, "", pieces(4));  // 200 each: two free of eight
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(line_discounts(outcome), (Parts{0, 0, 400}));
    EXPECT_EQ(decision(outcome, "four_for_three")->uses, 2);
    basket.receipt.lines.resize(1);
    basket.context.lines.resize(1);
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "four_for_three"), "gives_nothing");
}

TEST(evaluate, counts_each_sku_by_itself_unless_the_cheapest_are_free) {
    PlanBuilder b;
    Offer& offer = b.line_offer("second_free", FreeItems{1, 2, false});
    Basket basket;
    basket.add("a", 300);
    basket.add("b", 1000, "", pieces(5));
    basket.add("a", 200);
    basket.add("c", 700, "", kilos(1500));  // one piece
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(line_discounts(outcome), (Parts{0, 400, 200, 0}));
    EXPECT_EQ(decision(outcome, "second_free")->uses, 3);
    offer.limits.push_back({.scope = LimitScope::receipt, .count = 2});
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(line_discounts(outcome), (Parts{0, 200, 200, 0}));  // of equal worth: as they stand on the receipt
    EXPECT_EQ(decision(outcome, "second_free")->uses, 2);
}

TEST(evaluate, counts_a_billion_pieces_without_listing_them) {
    PlanBuilder b;
    b.line_offer("free", FreeItems{1, 2, true});
    Basket basket;
    basket.add("a", 3'000'000'001, "", {kQuantityMilliMax, QuantityUnit::piece});
    EXPECT_EQ(line_discounts(b.evaluator().evaluate(basket.context, basket.receipt)), (Parts{1'500'000'000}));
}

TEST(evaluate, reads_a_scale_by_the_receipt_at_both_sides_of_a_step) {
    PlanBuilder b;
    b.offer("basket", by_amount({{5000, {2, 100}}, {12000, {4, 100}}}));
    const auto given = [&](std::int64_t amount) {
        Basket basket;
        basket.add("a", amount);
        return discount(b.evaluator().evaluate(basket.context, basket.receipt));
    };
    EXPECT_EQ(given(4999), 0);
    EXPECT_EQ(given(5000), 100);
    EXPECT_EQ(given(11999), 240);  // 239.98
    EXPECT_EQ(given(12000), 480);
}

TEST(evaluate, reads_a_scale_by_a_window_as_it_stood_before) {
    PlanBuilder b;
    const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"});
    b.offer("regular", by_window(window, {{30000, {1, 100}}}));
    Basket basket;
    basket.add("a", 100000);
    basket.context.windows = {29999};
    EXPECT_EQ(discount(b.evaluator().evaluate(basket.context, basket.receipt)), 0);
    basket.context.windows = {30000};
    EXPECT_EQ(discount(b.evaluator().evaluate(basket.context, basket.receipt)), 1000);
}

TEST(evaluate, takes_receipt_offers_from_what_the_line_offers_left_and_rounds_each_once) {
    PlanBuilder b;
    b.line_offer("half", DiscountPercent{{1, 2}}, skus({"a"}));
    b.offer("one", DiscountPercent{{3, 100}});
    b.offer("two", DiscountAmount{Money{10}});
    Basket basket;
    basket.add("a", 1000);
    basket.add("b", 550);
    basket.add("c", 77).no_discount = true;
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(decision(outcome, "one")->discount.minor(), 32);  // 3% of 1050 is 31.5
    EXPECT_EQ(decision(outcome, "two")->discount.minor(), 10);
    EXPECT_EQ(outcome.lines[0].receipt_discount.minor(), 20);  // 42 over 500 and 550
    EXPECT_EQ(outcome.lines[1].receipt_discount.minor(), 22);
    EXPECT_EQ(outcome.lines[2].receipt_discount.minor(), 0);
    EXPECT_EQ(discount(outcome), 542);
    EXPECT_EQ(outcome.total.minor(), 1627 - 542);
}

TEST(evaluate, caps_a_line_at_its_price_and_names_who_lost_all) {
    PlanBuilder b;
    b.line_offer("a_most", DiscountPercent{{9, 10}});
    b.line_offer("b_some", DiscountPercent{{3, 10}});
    b.line_offer("c_little", DiscountAmount{Money{1}});
    Basket basket;
    basket.add("a", 10);  // 9 + 3 + 1 wanted of 10: 6.92, 2.31, 0.77
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(discount(outcome), 10);
    EXPECT_EQ(decision(outcome, "a_most")->discount.minor(), 7);
    EXPECT_EQ(decision(outcome, "b_some")->discount.minor(), 2);
    EXPECT_EQ(decision(outcome, "c_little")->discount.minor(), 1);
    basket.receipt.lines[0].amount = Money{1};  // 1 + 0 + 1 wanted of 1: a tie, to the smaller id
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "a_most"), "applied");
    EXPECT_EQ(verdict(outcome, "b_some"), "gives_nothing");
    EXPECT_EQ(verdict(outcome, "c_little"), "lost_to_cap");
}

TEST(evaluate, caps_receipt_offers_at_what_remains) {
    PlanBuilder b;
    b.offer("a", DiscountAmount{Money{70}});
    b.offer("b", DiscountAmount{Money{70}});
    Basket basket;
    basket.add("x", 60);
    basket.add("y", 41);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(outcome.total.minor(), 0);
    EXPECT_EQ(decision(outcome, "a")->discount.minor(), 51);
    EXPECT_EQ(decision(outcome, "b")->discount.minor(), 50);
    EXPECT_EQ(line_discounts(outcome), (Parts{60, 41}));
}

TEST(evaluate, leaves_deposits_and_excluded_lines_alone) {
    PlanBuilder b;
    b.line_offer("half", DiscountPercent{{1, 2}});
    b.offer("base", PointsPerAmount{{1, 10}});
    b.unit().denominator = 10;
    b.offer("fixed", PointsFixed{5});
    Basket basket;
    basket.add("bottle", 100).is_deposit = true;
    EXPECT_TRUE(b.evaluator().evaluate(basket.context, basket.receipt).decisions.empty());
    basket.add("a", 200).no_discount = true;
    basket.add("b", 400).no_points = true;
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(line_discounts(outcome), (Parts{0, 0, 200}));
    EXPECT_EQ(decision(outcome, "base")->points.minor(), 20);
    EXPECT_EQ(decision(outcome, "fixed")->shares, (ShortList<event::Share, 1>{{2, Money{}, Points{5}}}));
    EXPECT_EQ(outcome.total.minor(), 500);
    EXPECT_EQ(outcome.list_total.minor(), 700);
}

TEST(evaluate, takes_the_tills_own_discounts_as_given_but_never_below_zero) {
    PlanBuilder b;
    b.line_offer("half", DiscountPercent{{1, 2}}, skus({"a"}));
    Basket basket;
    basket.add("a", 200).till_discount = Money{150};
    basket.add("b", 300);
    basket.add("bottle", 50).is_deposit = true;
    basket.receipt.till_discount = Money{100};
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(outcome.lines[0].till_discount.minor(), 100);
    EXPECT_EQ(outcome.lines[1].till_discount.minor(), 100);
    EXPECT_EQ(outcome.total.minor(), 250);
    basket.receipt.till_discount = Money{1000};
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(outcome.total.minor(), 50);
}

}  // namespace
}  // namespace suki::engine
