#include <gtest/gtest.h>

#include <map>

#include "plan_builder.h"

/// Stacks, limits and budgets.
namespace suki::engine {
namespace {

TEST(stack, leaves_the_best_for_the_member_and_names_it) {
    PlanBuilder b;
    b.offer("a", DiscountAmount{Money{50}}).stack = "price";
    b.offer("b", DiscountAmount{Money{51}}).stack = "price";
    b.offer("c", DiscountAmount{Money{51}}).stack = "price";
    b.offer("d", DiscountAmount{Money{1}});
    Basket basket;
    basket.add("x", 1000);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(discount(outcome), 52);
    EXPECT_EQ(verdict(outcome, "b"), "applied");  // a tie goes to the smaller id
    EXPECT_EQ(verdict(outcome, "c"), "lost_to_stack");
    EXPECT_EQ(decision(outcome, "a")->winner, "b");
    EXPECT_EQ(decision(outcome, "a")->shares.size(), 0u);
}

TEST(stack, is_not_held_by_an_offer_that_may_not_apply) {
    PlanBuilder b;
    Offer& best = b.offer("a", DiscountAmount{Money{90}});
    best.stack = "price";
    best.budget = b.pool(PoolKind::money);
    b.offer("b", DiscountAmount{Money{50}}).stack = "price";
    Basket basket;
    basket.add("x", 1000);
    basket.context.pools = {89};
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "a"), "lost_to_budget");
    EXPECT_EQ(decision(outcome, "a")->winner, "money");
    EXPECT_EQ(discount(outcome), 50);
    EXPECT_TRUE(outcome.pools.empty());
    basket.context.pools = {90};
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(discount(outcome), 90);
    EXPECT_EQ(outcome.pools, (std::vector<PoolDraw>{{0, 90}}));
}

TEST(stack, compares_points_at_their_worth_unrounded) {
    PlanBuilder b;
    b.unit().denominator = 10;
    b.add_unit("stars", {3, 1});
    b.offer("a", PointsPerAmount{{1, 10}}).stack = "s";  // 10.1 points worth 1 each
    Offer& stars = b.offer("b", PointsFixed{4});         // 4 stars worth 12
    stars.unit = 1;
    stars.stack = "s";
    Basket basket;
    basket.add("x", 101);
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "a"), "lost_to_stack");
    EXPECT_EQ(points(outcome, 1), 4);
    basket.receipt.lines[0].amount = Money{120};  // 12 each: the smaller id; but more points come first
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "a"), "applied");
    basket.receipt.lines[0].amount = Money{119};
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "a"), "lost_to_stack");
}

TEST(stack, compares_points_of_a_unit_that_buys_nothing_by_their_number) {
    PlanBuilder b;
    b.unit().worth = {0, 1};
    b.offer("a", PointsFixed{4}).stack = "s";
    b.offer("b", PointsFixed{5}).stack = "s";
    Basket basket;
    basket.add("x", 100);
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "b"), "applied");
}

TEST(stack, values_a_multiplier_by_the_base_points_that_apply_whatever_it_decides) {
    PlanBuilder b;
    b.offer("base", PointsPerAmount{{1, 1}});
    b.offer("in_stack", PointsPerAmount{{2, 1}}).stack = "s";  // 200
    b.offer("triple", PointsMultiplied{{3, 1}}).stack = "s";   // 200 of `base`; of both it would be 600
    Basket basket;
    basket.add("x", 100);
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "in_stack"), "applied");
    EXPECT_EQ(verdict(outcome, "triple"), "lost_to_stack");
    EXPECT_EQ(points(outcome), 300);
    std::get<PointsMultiplied>(b.plan.offers[2].give).factor = {4, 1};
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "in_stack"), "lost_to_stack");
    EXPECT_EQ(points(outcome), 400);
}

TEST(stack, lets_the_winning_multiplier_act_on_the_winners_of_other_stacks) {
    PlanBuilder b;
    b.offer("base", PointsPerAmount{{1, 1}});
    b.offer("other_a", PointsPerAmount{{2, 1}}).stack = "other";
    b.offer("other_b", PointsPerAmount{{3, 1}}).stack = "other";
    b.offer("x2", PointsMultiplied{{2, 1}}).stack = "times";
    b.offer("x3", PointsMultiplied{{3, 1}}).stack = "times";
    Basket basket;
    basket.add("x", 100);
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(points(outcome), 400 * 3);
    EXPECT_EQ(decision(outcome, "x2")->winner, "x3");
}

TEST(limit, per_member_reads_the_window_before_this_receipt) {
    PlanBuilder b;
    Counter uses{.measure = Measure::uses, .offer = "once", .key = "uses:once"};
    const std::uint32_t window = b.window(uses, {WindowKind::calendar_year, {}});
    b.offer("once", DiscountAmount{Money{5}})
        .limits.push_back({.scope = LimitScope::member, .count = 2, .window = {}, .index = window});
    Basket basket;
    basket.add("x", 100);
    basket.context.windows = {1};
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "once"), "applied");
    EXPECT_EQ(outcome.counters.back(), (CounterChange{"visits", 1}));
    EXPECT_EQ(outcome.counters[1], (CounterChange{"uses:once", 1}));
    basket.context.windows = {2};
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "once"), "lost_to_limit");
    EXPECT_EQ(decision(outcome, "once")->winner, "member");
    EXPECT_EQ(outcome.counters.size(), 2u);
    basket.context.is_member = false;
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "once"), "none");
}

TEST(limit, of_the_programme_draws_one_use) {
    PlanBuilder b;
    const std::uint32_t pool = b.pool(PoolKind::uses);
    b.offer("first_ten", DiscountAmount{Money{5}})
        .limits.push_back({.scope = LimitScope::programme, .count = 10, .window = {}, .index = pool});
    Basket basket;
    basket.add("x", 100);
    basket.context.pools = {1};
    EXPECT_EQ(b.evaluator().evaluate(basket.context, basket.receipt).pools, (std::vector<PoolDraw>{{0, 1}}));
    basket.context.pools = {0};
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "first_ten"), "lost_to_limit");
    EXPECT_EQ(decision(outcome, "first_ten")->winner, "programme");
}

TEST(budget, of_points_never_gives_more_than_it_has) {
    PlanBuilder b;
    b.unit().denominator = 10;
    Offer& tenth = b.offer("a", PointsPerAmount{{6, 10}});  // 0.6 of a point: 0 alone, 1 of the sum of 1.1
    tenth.budget = b.pool(PoolKind::points);
    b.offer("b", PointsPerAmount{{5, 10}});
    Basket basket;
    basket.add("x", 1);
    basket.context.pools = {1};
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(decision(outcome, "a")->points.minor(), 1);
    EXPECT_EQ(outcome.pools, (std::vector<PoolDraw>{{0, 1}}));
    basket.context.pools = {0};
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "a"), "lost_to_budget");
    EXPECT_EQ(decision(outcome, "a")->winner, "points");
    EXPECT_EQ(points(outcome), 0);  // half a point is left
}

TEST(budget, that_drops_an_offer_lets_its_stack_decide_again) {
    PlanBuilder b;
    b.unit().denominator = 10;
    Offer& first = b.offer("a", PointsPerAmount{{6, 10}});
    first.budget = b.pool(PoolKind::points);
    first.stack = "s";
    b.offer("b", PointsPerAmount{{5, 10}});
    b.offer("c", PointsPerAmount{{5, 10}}).stack = "s";
    Basket basket;
    basket.add("x", 1);
    basket.context.pools = {0};
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "a"), "lost_to_budget");
    EXPECT_EQ(verdict(outcome, "b"), "applied");  // 0.5 + 0.5, the tie to the smaller id
    EXPECT_EQ(points(outcome), 1);
}

TEST(budget, of_a_multiplier_is_asked_by_all_base_points) {
    PlanBuilder b;
    b.offer("base", PointsPerAmount{{1, 1}});
    b.offer("more_base", PointsPerAmount{{1, 1}}).stack = "bases";
    b.offer("weak_times", PointsMultiplied{{11, 10}}).stack = "bases";
    Offer& twice = b.offer("twice", PointsMultiplied{{2, 1}});
    twice.stack = "times";
    twice.budget = b.pool(PoolKind::points);
    b.offer("a_little", PointsFixed{1}).stack = "times";
    Basket basket;
    basket.add("x", 100);
    basket.context.pools = {199};  // enough for the 100 that it is valued by, not for the 200 that it would give
    Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "twice"), "lost_to_budget");
    EXPECT_EQ(verdict(outcome, "a_little"), "applied");
    EXPECT_EQ(points(outcome), 201);
    basket.context.pools = {200};
    outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(verdict(outcome, "twice"), "applied");
    EXPECT_EQ(points(outcome), 400);
}

TEST(budget, is_drawn_by_what_the_caps_left) {
    PlanBuilder b;
    b.line_offer("a", DiscountPercent{{1, 1}}).budget = b.pool(PoolKind::money);
    b.line_offer("b", DiscountPercent{{1, 1}});
    Basket basket;
    basket.add("x", 100);
    basket.context.pools = {100};
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(outcome.pools, (std::vector<PoolDraw>{{0, 50}}));
    EXPECT_EQ(outcome.total.minor(), 0);
}

TEST(limit, say_what_each_had_left) {
    PlanBuilder b;
    const auto window = b.window({.measure = Measure::uses, .offer = "a"}, {});
    const auto uses = b.pool(PoolKind::uses);
    const auto money = b.pool(PoolKind::money);
    Offer& offer = b.offer("a", DiscountAmount{Money{50}});
    offer.limits = {{.scope = LimitScope::receipt, .count = 3},
                    {.scope = LimitScope::member, .count = 2, .index = window},
                    {.scope = LimitScope::programme, .count = 10, .index = uses}};
    offer.budget = money;
    offer.needs_member = true;
    Basket basket;
    basket.add("x", 1000);
    basket.context.is_member = true;
    basket.context.windows = {5};
    basket.context.pools = {4, 49};
    const Explained explained = b.evaluator().explain(basket.context, basket.receipt).at(0);
    EXPECT_EQ(explained.decision.verdict, event::Verdict::lost_to_limit);
    EXPECT_EQ(explained.limits, (std::vector<LimitResult>{{0, 3}, {1, 0}, {2, 4}, {std::nullopt, 49}}));
}

TEST(scale, says_what_it_read_and_what_its_next_step_wants) {
    PlanBuilder b;
    b.line_offer("tenth", DiscountPercent{{1, 10}});
    b.offer("basket", by_amount({{1'000, {2, 100}}, {5'000, {4, 100}}}));
    const auto window = b.window({.measure = Measure::spend, .key = "spend"}, {});
    Offer& regular = b.offer("regular", by_window(window, {{30'000, {3, 100}}}));
    regular.needs_member = true;
    Basket basket;
    basket.add("x", 1'500);
    basket.context.is_member = true;
    basket.context.windows = {29'999};
    const std::vector<Explained> explained = b.evaluator().explain(basket.context, basket.receipt);
    std::map<std::string, Explained> of;
    for (const Explained& each : explained) of[each.decision.offer] = each;
    EXPECT_EQ(of.at("tenth").scale, std::nullopt);
    // After what was taken off the lines.
    EXPECT_EQ(of.at("basket").scale, (ScaleOutlook{"basket", 1'350, 0, Missing{"basket", "receipt_step", 3'650, 1}}));
    EXPECT_EQ(of.at("regular").decision.verdict, event::Verdict::gives_nothing);
    EXPECT_EQ(of.at("regular").scale, (ScaleOutlook{"regular", 29'999, {}, Missing{"regular", "scale_step", 1, 0}}));
}

TEST(limit, count_every_group_of_free_goods_and_leave_what_is_there) {
    PlanBuilder b;
    const auto uses = b.pool(PoolKind::uses);
    Offer& offer = b.offer("a", FreeItems{1, 2, true});
    offer.lines = LineFilter{};
    offer.stage = Stage::line;
    offer.limits = {{.scope = LimitScope::programme, .count = 10, .index = uses}};
    Basket basket;
    basket.add("x", 1000, {}, pieces(10));
    basket.context.pools = {3};
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(discount(outcome), 300);
    EXPECT_EQ(decision(outcome, "a")->uses, 3);
    EXPECT_EQ(outcome.pools, (std::vector<PoolDraw>{{uses, 3}}));
    // Older editions counted the receipt.
    b.plan.semantics = 2;
    const Outcome older = b.evaluator().evaluate(basket.context, basket.receipt);
    EXPECT_EQ(discount(older), 500);
    EXPECT_EQ(older.pools, (std::vector<PoolDraw>{{uses, 1}}));
}

}  // namespace
}  // namespace suki::engine
