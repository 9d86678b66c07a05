#include "engine/missing.h"

#include <gtest/gtest.h>

#include "plan_builder.h"

/// What is missing to the next step of a scale over time.
namespace suki::engine {
namespace {

struct Scales {
    PlanBuilder b;
    Basket basket;

    /// 1% from 300.00, 3% from 900.00 in 90 days.
    Scales() {
        const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"}, {WindowKind::rolling, {0, 90}});
        b.offer("regular", by_window(window, {{30'000, {1, 100}}, {90'000, {3, 100}}})).needs_member = true;
        basket.context.windows = {0};
    }
    std::uint32_t scale(std::string id, Counter counter, std::vector<std::pair<std::int64_t, Ratio>> steps) {
        const std::uint32_t window = b.window(std::move(counter));
        b.offer(std::move(id), by_window(window, std::move(steps))).needs_member = true;
        basket.context.windows.push_back(0);
        return window;
    }
    std::vector<Missing> missing(bool has_visited = false) {
        const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
        return missing_steps(b.evaluator(), basket.context, basket.receipt, outcome, has_visited);
    }
};

TEST(missing_over_time, is_what_the_next_purchase_lacks_once_this_one_is_paid) {
    Scales s;
    s.basket.add("a", 10'000);
    EXPECT_EQ(s.missing(), (std::vector<Missing>{{"regular", "scale_step", 20'000, 0}}));
    // This receipt reaches the step, though it gets nothing of it: the next one will.
    s.basket.context.windows = {20'000};
    EXPECT_EQ(s.missing(), (std::vector<Missing>{{"regular", "scale_step", 60'000, 1}}));
    s.basket.context.windows = {19'999};
    EXPECT_EQ(s.missing(), (std::vector<Missing>{{"regular", "scale_step", 1, 0}}));
    // What is counted is what is paid: 100.00 less the 1% of this receipt.
    s.basket.context.windows = {30'000};
    EXPECT_EQ(s.missing(), (std::vector<Missing>{{"regular", "scale_step", 50'100, 1}}));
    s.basket.context.windows = {90'000};
    EXPECT_TRUE(s.missing().empty());
}

TEST(missing_over_time, counts_what_points_paid_as_the_counter_does) {
    Scales s;
    s.b.plan.pay.push_back({.id = "pay", .unit = 0});
    s.basket.add("a", 10'000);
    s.basket.receipt.points_paid.push_back({"points", Points{1'000}, std::nullopt});
    EXPECT_EQ(s.missing().at(0).missing, 21'000);
}

TEST(missing_over_time, speaks_of_offers_whose_conditions_hold) {
    Scales s;
    s.b.plan.offers[0].conditions = {ChoiceCondition{ConditionKind::channel, {"web"}}};
    s.basket.add("a", 10'000);
    EXPECT_TRUE(s.missing().empty());
    s.basket.receipt.channel = "web";
    EXPECT_EQ(s.missing().size(), 1u);
    s.basket.context.is_member = false;
    EXPECT_TRUE(s.missing().empty());
}

TEST(missing_over_time, counts_goods_receipts_and_days) {
    Scales s;
    const std::uint32_t kilos_at =
        s.scale("kilos", {.measure = Measure::quantity, .unit = QuantityUnit::kg, .key = "kg"}, {{3'000, {1, 10}}});
    const std::uint32_t visits_at = s.scale("visits", {.measure = Measure::visits, .key = "visits"}, {{4, {1, 10}}});
    const std::uint32_t purchases_at = s.scale("often", {.measure = Measure::purchases, .key = "purchases"}, {{4, {1, 10}}});
    s.basket.add("a", 100, "", kilos(1'200));
    s.basket.context.windows[kilos_at] = 500;
    s.basket.context.windows[visits_at] = 2;
    s.basket.context.windows[purchases_at] = 2;
    const auto of = [&](std::string_view offer, bool has_visited) {
        for (const Missing& one : s.missing(has_visited)) {
            if (one.offer == offer) return one.missing;
        }
        return std::int64_t{-1};
    };
    EXPECT_EQ(of("kilos", false), 1'300);
    EXPECT_EQ(of("often", false), 1);
    EXPECT_EQ(of("often", true), 1);
    EXPECT_EQ(of("visits", false), 1);
    // A second visit on one day is none.
    EXPECT_EQ(of("visits", true), 2);
}

TEST(scale_outlooks, say_where_a_member_stands) {
    Scales s;
    s.basket.context.windows = {35'000};
    const auto standing = [&] { return scale_outlooks(s.b.plan, s.basket.context); };
    ASSERT_EQ(standing().size(), 1u);
    EXPECT_EQ(standing()[0].figure, 35'000);
    EXPECT_EQ(standing()[0].reached, 0u);
    EXPECT_EQ(standing()[0].next, (Missing{"regular", "scale_step", 55'000, 1}));
    s.basket.context.windows = {0};
    EXPECT_EQ(standing()[0].reached, std::nullopt);
    s.basket.context.windows = {90'000};
    EXPECT_EQ(standing()[0].reached, 1u);
    EXPECT_EQ(standing()[0].next, std::nullopt);
    // What is asked of the purchase is not asked; what is asked of the member is.
    s.b.plan.offers[0].conditions = {ChoiceCondition{ConditionKind::channel, {"web"}}};
    EXPECT_EQ(standing().size(), 1u);
    s.b.plan.offers[0].conditions = {ChoiceCondition{ConditionKind::segment, {"staff"}}};
    EXPECT_TRUE(standing().empty());
    s.basket.context.facts.segments = {"staff"};
    EXPECT_EQ(standing().size(), 1u);
    s.basket.context.is_member = false;
    EXPECT_TRUE(standing().empty());
}

}  // namespace
}  // namespace suki::engine
