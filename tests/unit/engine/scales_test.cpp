#include <gtest/gtest.h>

#include <random>

#include "engine/missing.h"
#include "plan_builder.h"

/// Scales, whole and in slices, at both sides of each step; and against a count of every minor unit by itself.
namespace suki::engine {
namespace {

Scale sliced(Scale scale, Slices by) {
    scale.slices = by;
    return scale;
}

Scale points_by_amount(const PercentSteps& steps) {
    Scale scale;
    for (const auto& [from, rate] : steps) scale.steps.push_back({from, PointsPerAmount{rate}});
    return scale;
}

Outcome of(const PlanBuilder& b, const Basket& basket) { return b.evaluator().evaluate(basket.context, basket.receipt); }

TEST(scales, whole_by_quantity_of_this_purchase) {
    PlanBuilder b;
    Scale scale = by_amount({{6'000, {5, 100}}, {12'000, {10, 100}}});
    scale.by = ScaleBy::quantity;
    b.line_offer("wine", scale, category("wine"));
    const auto given = [&](std::int64_t bottles) {
        Basket basket;
        basket.add("red", bottles * 1'000, "wine", pieces(bottles));
        basket.add("bread", 10'000, "bread", pieces(50));
        return discount(of(b, basket));
    };
    EXPECT_EQ(given(5), 0) << "bread is none of them";
    EXPECT_EQ(given(6), 300);
    EXPECT_EQ(given(11), 550);
    EXPECT_EQ(given(12), 1'200);
}

TEST(scales, money_off_by_steps_is_given_once) {
    PlanBuilder b;
    Scale scale;
    scale.steps = {{5'000, DiscountAmount{Money{500}}}, {12'000, DiscountAmount{Money{1'500}}}};
    b.offer("off", scale);
    const auto given = [&](std::int64_t amount) {
        Basket basket;
        basket.add("a", amount);
        return discount(of(b, basket));
    };
    EXPECT_EQ(given(4'999), 0);
    EXPECT_EQ(given(5'000), 500);
    EXPECT_EQ(given(11'999), 500);
    EXPECT_EQ(given(12'000), 1'500);
}

TEST(scales, slices_of_money_give_each_part_its_own_rate) {
    PlanBuilder b;
    b.offer("basket", sliced(by_amount({{5'000, {2, 100}}, {12'000, {4, 100}}}), Slices::money));
    const auto given = [&](std::vector<std::int64_t> amounts) {
        Basket basket;
        for (const std::int64_t amount : amounts) basket.add("a", amount);
        return discount(of(b, basket));
    };
    EXPECT_EQ(given({5'000}), 0);
    EXPECT_EQ(given({5'050}), 1);
    EXPECT_EQ(given({12'000}), 140);
    EXPECT_EQ(given({12'025}), 141);
    EXPECT_EQ(given({12'024}), 141) << "0.96 more, rounded once with the rest";
    EXPECT_EQ(given({4'000, 8'000}), 140) << "in however many lines";
    EXPECT_EQ(given({20'000}), 140 + 320);
}

TEST(scales, slices_over_time_begin_where_the_member_stands) {
    PlanBuilder b;
    const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"});
    b.unit().denominator = 100;
    Scale discounts = sliced(by_window(window, {{10'000, {1, 100}}, {20'000, {5, 100}}}), Slices::money);
    b.line_offer("regular", discounts);
    Scale points = sliced(points_by_amount({{0, {1, 100}}, {10'000, {2, 100}}}), Slices::money);
    points.by = ScaleBy::window;
    points.window = window;
    b.offer("more", points);
    const auto at = [&](std::int64_t before, std::int64_t amount) {
        Basket basket;
        basket.add("a", amount);
        basket.context.windows = {before};
        const Outcome outcome = of(b, basket);
        return std::pair{discount(outcome), engine::points(outcome)};
    };
    EXPECT_EQ(at(0, 10'000), std::pair(std::int64_t{0}, std::int64_t{100}));
    // 5,000 below the first step of the discount and 5,000 in it; points of what is paid: 50 for what is below 100.00, 2 each
    // beyond.
    EXPECT_EQ(at(5'000, 10'000), std::pair(std::int64_t{50}, std::int64_t{50 + 99}));
    EXPECT_EQ(at(19'999, 2), std::pair(std::int64_t{0}, std::int64_t{0}));
    EXPECT_EQ(at(19'000, 2'000), std::pair(std::int64_t{10 + 50}, std::int64_t{38}));
    EXPECT_EQ(at(20'000, 1'000), std::pair(std::int64_t{50}, std::int64_t{19}));
}

TEST(scales, slices_of_quantity_fill_the_steps_in_the_order_of_the_lines) {
    PlanBuilder b;
    Scale percents = sliced(by_amount({{2'000, {50, 100}}}), Slices::quantity);
    percents.by = ScaleBy::quantity;
    b.line_offer("half", percents);
    Basket basket;
    basket.add("a", 300, "", pieces(3));
    basket.add("w", 5'000, "", kilos(9'000));
    basket.add("b", 1'000, "", pieces(2));
    const Outcome outcome = of(b, basket);
    ASSERT_EQ(outcome.lines.size(), 3u);
    EXPECT_EQ(outcome.lines[0].line_discount.minor(), 50) << "one of three";
    EXPECT_EQ(outcome.lines[1].line_discount.minor(), 0) << "kilograms are no pieces";
    EXPECT_EQ(outcome.lines[2].line_discount.minor(), 500);

    PlanBuilder each;
    Scale money;
    money.by = ScaleBy::quantity;
    money.slices = Slices::quantity;
    money.steps = {{2'000, DiscountAmount{Money{10}, true}}, {4'000, DiscountAmount{Money{25}, true}}};
    each.line_offer("each", money);
    const Outcome off = of(each, basket);
    EXPECT_EQ(off.lines[0].line_discount.minor(), 10);
    EXPECT_EQ(off.lines[2].line_discount.minor(), 10 + 25);
}

TEST(scales, points_by_quantity_and_fixed_points) {
    PlanBuilder b;
    Scale slices;
    slices.by = ScaleBy::quantity;
    slices.slices = Slices::quantity;
    slices.steps = {{0, PointsPerQuantity{1, pieces(1)}}, {10'000, PointsPerQuantity{3, pieces(1)}}};
    b.line_offer("bottles", slices, category("wine"));
    Scale fixed;
    fixed.steps = {{3'000, PointsFixed{50}}, {6'000, PointsFixed{200}}};
    b.offer("spent", fixed);
    const auto given = [&](std::int64_t bottles) {
        Basket basket;
        basket.add("red", bottles * 500, "wine", pieces(bottles));
        const Outcome outcome = of(b, basket);
        const event::Decision* spent = decision(outcome, "spent");
        return std::pair{points(outcome), spent == nullptr ? 0 : spent->points.minor()};
    };
    EXPECT_EQ(given(5), std::pair(std::int64_t{5}, std::int64_t{0}));
    EXPECT_EQ(given(6), std::pair(std::int64_t{56}, std::int64_t{50}));
    EXPECT_EQ(given(10), std::pair(std::int64_t{60}, std::int64_t{50}));
    EXPECT_EQ(given(12), std::pair(std::int64_t{10 + 6 + 200}, std::int64_t{200}));
}

TEST(scales, of_points_by_the_amount_are_multiplied) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("base", sliced(points_by_amount({{0, {1, 100}}, {10'000, {2, 100}}}), Slices::money));
    b.line_offer("double", PointsMultiplied{{2, 1}}, category("meat"));
    Basket basket;
    basket.add("bread", 9'000, "bread");
    basket.add("ham", 3'000, "meat");
    // 90 for bread; ham: 10 up to 100.00, then 20 at two each, and all of that once more.
    EXPECT_EQ(points(of(b, basket)), 90 + 2 * (10 + 40));
}

TEST(scales, whole_points_by_what_is_paid) {
    PlanBuilder b;
    b.unit().denominator = 100;
    b.offer("base", points_by_amount({{1'000, {1, 100}}, {5'000, {3, 100}}}));
    b.line_offer("off", DiscountPercent{{10, 100}}, category("sale"));
    const auto given = [&](std::int64_t amount, std::string group) {
        Basket basket;
        basket.add("a", amount, std::move(group));
        return points(of(b, basket));
    };
    EXPECT_EQ(given(999, ""), 0);
    EXPECT_EQ(given(1'000, ""), 10);
    EXPECT_EQ(given(4'999, ""), 49);
    EXPECT_EQ(given(5'000, ""), 150);
    EXPECT_EQ(given(5'000, "sale"), 45) << "45.00 are paid, and the second step is not reached";
}

/// Each minor unit, or each thousandth, by itself, at the step in which it lies.
__int128 counted_one_by_one(const Scale& scale, std::int64_t begin, std::int64_t length, std::int64_t (*worth)(const StepGive&)) {
    __int128 sum = 0;
    for (std::int64_t at = begin; at < begin + length; ++at) {
        const Scale::Step* in = nullptr;
        for (const Scale::Step& step : scale.steps) {
            if (step.from <= at) in = &step;
        }
        if (in != nullptr) sum += worth(in->give);
    }
    return sum;
}

TEST(scales, slices_agree_with_a_count_of_every_unit) {
    std::mt19937_64 random(20261128);
    const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n)); };
    for (int round = 0; round < 400; ++round) {
        PlanBuilder b;
        const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"});
        Scale scale;
        scale.by = below(2) == 0 ? ScaleBy::amount : ScaleBy::window;
        scale.window = window;
        scale.slices = Slices::money;
        const bool is_points = below(2) == 0;
        for (std::int64_t from = below(300); scale.steps.size() < 4; from += 1 + below(400)) {
            if (is_points) {
                scale.steps.push_back({from, PointsPerAmount{{below(5), 10}}});
            } else {
                scale.steps.push_back({from, DiscountPercent{{below(101), 100}}});
            }
        }
        b.unit().denominator = 10;
        b.plan.discount_rounding = Rounding::half_up;
        if (below(2) == 0) {
            b.offer("o", scale);
        } else {
            b.line_offer("o", scale);
        }
        Basket basket;
        std::int64_t sum = 0;
        for (std::int64_t lines = 1 + below(4); lines > 0; --lines) {
            const std::int64_t amount = below(500);
            basket.add("a", amount);
            sum += amount;
        }
        const std::int64_t before = below(1'200);
        basket.context.windows = {before};
        const std::int64_t begin = scale.by == ScaleBy::window ? before : 0;
        const Outcome outcome = of(b, basket);
        if (is_points) {
            const __int128 tenths = counted_one_by_one(
                scale, begin, sum, [](const StepGive& give) { return std::get<PointsPerAmount>(give).rate.numerator; });
            EXPECT_EQ(points(outcome), static_cast<std::int64_t>(tenths / 10)) << round;
            continue;
        }
        const __int128 hundredths = counted_one_by_one(
            scale, begin, sum, [](const StepGive& give) { return std::get<DiscountPercent>(give).rate.numerator; });
        EXPECT_EQ(discount(outcome), static_cast<std::int64_t>((hundredths + 50) / 100)) << round;
        for (const LineOutcome& line : outcome.lines)
            EXPECT_LE(line.line_discount.minor() + line.receipt_discount.minor(), line.list_total.minor());
    }
}

TEST(scales, of_the_largest_amounts_stay_whole) {
    PlanBuilder b;
    b.line_offer("all", sliced(by_amount({{0, {1, 1}}}), Slices::money));
    Basket basket;
    for (int i = 0; i < 1'000; ++i) basket.add("a", kAmountMax / 1'000);
    const Outcome outcome = of(b, basket);
    EXPECT_EQ(discount(outcome), kAmountMax / 1'000 * 1'000);
}

TEST(missing, is_told_by_what_the_scale_counts) {
    PlanBuilder b;
    Scale bottles = by_amount({{6'000, {5, 100}}});
    bottles.by = ScaleBy::quantity;
    b.line_offer("wine", bottles, category("wine"));
    b.offer("points", points_by_amount({{5'000, {3, 100}}}));
    b.line_offer("off", DiscountPercent{{10, 100}}, category("wine"));
    b.unit().denominator = 100;
    Basket basket;
    basket.add("red", 4'000, "wine", pieces(4));
    const Evaluator evaluator = b.evaluator();
    const Outcome outcome = evaluator.evaluate(basket.context, basket.receipt);
    const auto missing = missing_steps(evaluator, basket.context, basket.receipt, outcome, false);
    EXPECT_EQ(missing, (std::vector<Missing>{{"points", "receipt_step", 1'400, 0}, {"wine", "receipt_step", 2'000, 0}}))
        << "36.00 are paid";
}

}  // namespace
}  // namespace suki::engine
