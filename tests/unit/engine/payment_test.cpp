#include "engine/payment.h"

#include <gtest/gtest.h>

#include "plan_builder.h"

/// Paying with points: what the document lets pay, and what a sale takes whatever the document lets pay.
namespace suki::engine {
namespace {

/// Points of a cent each: at least 100, in tens, up to half, no alcohol.
PlanBuilder shop() {
    PlanBuilder b;
    b.plan.pay.push_back(
        {.id = "pay", .unit = 0, .at_least = 100, .step = 10, .up_to = {1, 2}, .except = category("alcohol"), .has_except = true});
    return b;
}
Basket goods() {
    Basket basket;
    basket.add("a", 419, "food");
    basket.add("wine", 1000, "alcohol");
    basket.add("bottle", 50, "food").is_deposit = true;
    basket.context.available = {1'000};
    return basket;
}
struct Paid {
    Outcome outcome;
    std::vector<Payable> payables;
    std::optional<PaymentRejection> broken;
};
Paid pay(const PlanBuilder& b, Basket basket, std::vector<std::int64_t> points, const std::string& unit = "points") {
    for (const std::int64_t each : points) basket.receipt.points_paid.push_back({unit, Points{each}, std::nullopt});
    Paid paid;
    paid.outcome = b.evaluator().evaluate(basket.context, basket.receipt, &paid.payables);
    paid.broken = broken_by(paid.payables.at(0));
    // Asking changes nothing, and neither do the indexes.
    EXPECT_EQ(paid.outcome, b.evaluator().evaluate(basket.context, basket.receipt));
    std::vector<Payable> plainly;
    EXPECT_EQ(paid.outcome, b.evaluator(false).evaluate(basket.context, basket.receipt, &plainly));
    EXPECT_EQ(paid.payables, plainly);
    return paid;
}
std::int64_t most(const PlanBuilder& b, Basket basket, std::int64_t available) {
    basket.context.available = {available};
    const Payable payable = pay(b, basket, {}).payables.at(0);
    return allowed_of(payable, payable.available);
}

TEST(payment, most_is_bound_by_the_rule_the_balance_and_the_receipt) {
    const PlanBuilder b = shop();
    Basket basket = goods();
    EXPECT_EQ(most(b, basket, 1000), 200);  // half of 419 is 209; whole steps
    EXPECT_EQ(most(b, basket, 159), 150);
    EXPECT_EQ(most(b, basket, 100), 100);
    EXPECT_EQ(most(b, basket, 99), 0);  // fewer than the least
    basket.context.is_member = false;
    EXPECT_EQ(most(b, basket, 1000), 0);
}

TEST(payment, breaks_the_first_bound_in_their_order) {
    using enum PaymentRejection;
    const PlanBuilder b = shop();
    EXPECT_EQ(pay(b, goods(), {}).broken, std::nullopt);
    EXPECT_EQ(pay(b, goods(), {100}).broken, std::nullopt);
    EXPECT_EQ(pay(b, goods(), {200}).broken, std::nullopt);
    EXPECT_EQ(pay(b, goods(), {99}).broken, points_below_minimum);
    EXPECT_EQ(pay(b, goods(), {101}).broken, points_not_whole_steps);
    EXPECT_EQ(pay(b, goods(), {205}).broken, points_not_whole_steps);
    EXPECT_EQ(pay(b, goods(), {210}).broken, points_above_share);
    Basket poor = goods();
    poor.context.available = {190};
    EXPECT_EQ(pay(b, poor, {200}).broken, insufficient_points);
    EXPECT_EQ(pay(b, poor, {210}).broken, points_above_share);
    Basket nobody = goods();
    nobody.context.is_member = false;
    EXPECT_EQ(pay(b, nobody, {99}).broken, points_need_member);
    EXPECT_EQ(pay(PlanBuilder{}, goods(), {99}).broken, unit_can_not_pay);
    PlanBuilder worthless = shop();
    worthless.unit().worth = {0, 1};
    EXPECT_EQ(pay(worthless, goods(), {100}).broken, unit_can_not_pay);
}

TEST(payment, several_payments_of_a_unit_are_one) {
    const PlanBuilder b = shop();
    EXPECT_EQ(pay(b, goods(), {55, 45}).broken, std::nullopt);
    EXPECT_EQ(pay(b, goods(), {kAmountMax, kAmountMax}).payables.at(0).stated, kAmountMax);
}

TEST(payment, bounds_are_said_with_their_values) {
    const PlanBuilder b = shop();
    const auto bound = [&](std::int64_t points) {
        const Paid paid = pay(b, goods(), {points});
        const auto found = bound_of(*paid.broken, paid.payables.at(0));
        return std::string{found->name} + " " + std::to_string(found->value) + " of " +
               std::to_string(allowed_of(paid.payables.at(0), points));
    };
    EXPECT_EQ(bound(99), "at_least 100 of 0");
    EXPECT_EQ(bound(117), "step 10 of 110");
    EXPECT_EQ(bound(5'000), "up_to 200 of 200");
}

TEST(payment, a_share_smaller_than_the_least_lets_nothing_pay) {
    Basket basket;
    basket.add("a", 199, "food");
    basket.context.available = {1'000};
    const Paid paid = pay(shop(), basket, {100});
    EXPECT_EQ(paid.broken, PaymentRejection::points_above_share);
    EXPECT_EQ(bound_of(*paid.broken, paid.payables.at(0))->value, 0);
}

TEST(payment, is_taken_as_the_till_says) {
    const PlanBuilder b = shop();
    const Paid few = pay(b, goods(), {7});
    EXPECT_EQ(few.outcome.points_money, Money{7});
    EXPECT_EQ(few.outcome.lines[0].points_money, Money{7});
    // Goods that points may pay for first, then wine and bottle.
    const Paid all = pay(b, goods(), {5'000});
    EXPECT_EQ(all.outcome.points_paid.at(0).points, Points{1'469});
    EXPECT_EQ(all.outcome.paid, Money{0});
    const Paid some = pay(b, goods(), {524});
    EXPECT_EQ(some.outcome.lines[0].points_money, Money{419});
    EXPECT_EQ(some.outcome.lines[1].points_money, Money{100});
    EXPECT_EQ(some.outcome.lines[2].points_money, Money{5});
}

TEST(payment, editions_of_semantics_1_take_nothing_for_other_goods) {
    PlanBuilder b = shop();
    b.plan.semantics = 1;
    EXPECT_EQ(pay(b, goods(), {5'000}).outcome.points_paid.at(0).points, Points{419});
}

TEST(payment, a_unit_may_pay_what_those_before_it_left) {
    PlanBuilder b = shop();
    const std::uint32_t stars = b.add_unit("stars", {5, 1});
    b.plan.pay.push_back({.id = "stars", .unit = stars});
    Basket basket;
    basket.add("a", 400, "food");
    basket.context.available = {1'000, 1'000};
    EXPECT_EQ(pay(b, basket, {}).payables.at(1).share, 80);
    EXPECT_EQ(pay(b, basket, {200}).payables.at(1).share, 40);
}

TEST(payment, before_any_goods_the_least_and_the_step_are_known) {
    const PlanBuilder b = shop();
    EXPECT_EQ(broken_by(payable_without_goods(b.plan, "points", 90)), PaymentRejection::points_below_minimum);
    EXPECT_EQ(broken_by(payable_without_goods(b.plan, "points", 105)), PaymentRejection::points_not_whole_steps);
    EXPECT_EQ(broken_by(payable_without_goods(b.plan, "points", 1'000'000)), std::nullopt);
    EXPECT_EQ(broken_by(payable_without_goods(b.plan, "stars", 100)), PaymentRejection::unit_can_not_pay);
}

}  // namespace
}  // namespace suki::engine
