#include "engine/rebates.h"

#include <gtest/gtest.h>

#include <random>

#include "plan_builder.h"

/// Rebates at both sides of each step, and on random histories against a definition of their own: every minor unit by itself.
namespace suki::engine {
namespace {

const Date kJanuary = *make_date(2026, 1, 15);

struct Programme : PlanBuilder {
    explicit Programme(RebateBy by, const PercentSteps& steps, Ratio worth = {1, 1}) {
        unit().worth = worth;
        Rebate rebate{.id = "r", .by = by};
        rebate.scale = percents(steps);
        const std::size_t count = by == RebateBy::mix ? 3 : 1;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t index = window({.measure = Measure::spend, .key = "spend" + std::to_string(i)});
            rebate.counters.push_back(plan.windows[index].counter);
        }
        plan.rebates.push_back(rebate);
    }
    Rebate& rebate() { return plan.rebates.front(); }
    [[nodiscard]] std::int64_t of(RebateFigures figures) const {
        return rebate_points(plan, plan.rebates.front(), figures).minor();
    }
    [[nodiscard]] RebateOutlook outlook(const account::State& state, Date date = kJanuary) const {
        return rebate_outlook(plan, 0, state, rebate_period(plan.rebates.front(), date));
    }
};

TEST(rebates, the_step_that_is_reached_is_for_all_of_it) {
    const Programme p{RebateBy::spend, {{100'000, {1, 100}}, {500'000, {25, 1'000}}}};
    EXPECT_EQ(p.of({.bought = 99'999}), 0);
    EXPECT_EQ(p.of({.bought = 100'000}), 1'000);
    EXPECT_EQ(p.of({.bought = 499'999}), 4'999) << "rounded down";
    EXPECT_EQ(p.of({.bought = 500'000}), 12'500);
}

TEST(rebates, slices_give_each_part_its_own_rate) {
    Programme p{RebateBy::spend, {{10'000, {1, 100}}, {20'000, {3, 100}}}};
    p.rebate().scale.slices = Slices::money;
    EXPECT_EQ(p.of({.bought = 10'000}), 0);
    EXPECT_EQ(p.of({.bought = 20'000}), 100);
    EXPECT_EQ(p.of({.bought = 30'000}), 400);
}

TEST(rebates, points_are_money_by_their_worth_rounded_down_once) {
    const Programme p{RebateBy::spend, {{0, {1, 100}}}, {5, 2}};
    EXPECT_EQ(p.of({.bought = 1'000}), 4) << "10 minor units at 2.5 each";
    EXPECT_EQ(p.of({.bought = 1'249}), 4);
    EXPECT_EQ(p.of({.bought = 1'250}), 5);
}

TEST(rebates, growth_is_over_the_same_period_of_the_year_before) {
    const Programme p{RebateBy::growth, {{50'000, {5, 1'000}}, {150'000, {1, 100}}}};
    EXPECT_EQ(p.of({.bought = 1'000'000, .before = 0}), 0) << "nothing to grow from";
    EXPECT_EQ(p.of({.bought = 104'999, .before = 100'000}), 0);
    EXPECT_EQ(p.of({.bought = 105'000, .before = 100'000}), 525);
    EXPECT_EQ(p.of({.bought = 115'000, .before = 100'000}), 1'150);
    EXPECT_EQ(p.of({.bought = 90'000, .before = 100'000}), 0);
}

TEST(rebates, a_mix_counts_groups_with_enough_in_each) {
    Programme p{RebateBy::mix, {{2, {5, 1'000}}, {3, {1, 100}}}};
    p.rebate().at_least = Money{500};
    EXPECT_EQ(p.of({.bought = 9'000, .groups = {8'501, 499, 0}}), 0);
    EXPECT_EQ(p.of({.bought = 9'000, .groups = {8'500, 500, 0}}), 45);
    EXPECT_EQ(p.of({.bought = 9'000, .groups = {8'000, 500, 500}}), 90);
}

TEST(rebates, periods_are_of_the_calendar) {
    Rebate rebate;
    const auto begins = [&](WindowKind per, Date date) {
        rebate.per = per;
        return rebate_period(rebate, date);
    };
    const DateRange quarter = begins(WindowKind::calendar_quarter, *make_date(2026, 12, 31));
    EXPECT_EQ(quarter.starts_on, *make_date(2026, 10, 1));
    EXPECT_EQ(quarter.ends_on, *make_date(2027, 1, 1));
    EXPECT_EQ(begins(WindowKind::calendar_month, *make_date(2028, 2, 29)).ends_on, *make_date(2028, 3, 1));
    EXPECT_EQ(begins(WindowKind::calendar_year, *make_date(2026, 6, 1)).starts_on, *make_date(2026, 1, 1));
    EXPECT_EQ(year_before(quarter).starts_on, *make_date(2025, 10, 1));
    EXPECT_EQ(year_after(quarter).ends_on, *make_date(2028, 1, 1));
}

TEST(rebates, the_next_step_is_what_is_missing_and_what_it_brings) {
    const Programme p{RebateBy::spend, {{100'000, {1, 100}}, {500'000, {25, 1'000}}}};
    account::State state;
    EXPECT_EQ(p.outlook(state).next->missing, 100'000);
    EXPECT_EQ(p.outlook(state).rate, std::nullopt);
    account::add_to_counter(state, "spend0", kJanuary, 499'999);
    EXPECT_EQ(p.outlook(state).next->missing, 1);
    EXPECT_EQ(p.outlook(state).next->points, Points{12'500});
    account::add_to_counter(state, "spend0", kJanuary, 1);
    EXPECT_EQ(p.outlook(state).next, std::nullopt);
    EXPECT_EQ(p.outlook(state).points, Points{12'500});
}

/// Buying exactly what is said to be missing reaches the step, and one less does not.
TEST(rebates, what_is_missing_is_exact) {
    std::mt19937_64 chance{7};
    const auto below = [&](std::uint64_t most) { return static_cast<std::int64_t>(chance() % most); };
    for (int round = 0; round < 2'000; ++round) {
        const RebateBy by = round % 2 == 0 ? RebateBy::spend : RebateBy::growth;
        const Programme p{by, {{1 + below(100'000), {1, 100}}, {200'000 + below(300'000), {3, 100}}}};
        account::State state;
        account::add_to_counter(state, "spend0", kJanuary, 1 + below(400'000));
        account::add_to_counter(state, "spend0", add_months(kJanuary, -12), 1 + below(300'000));
        const RebateOutlook before = p.outlook(state);
        if (!before.next) continue;
        account::add_to_counter(state, "spend0", kJanuary, before.next->missing - 1);
        ASSERT_EQ(p.outlook(state).rate, before.rate);
        account::add_to_counter(state, "spend0", kJanuary, 1);
        ASSERT_EQ(p.outlook(state).rate, before.next->rate);
        ASSERT_EQ(p.outlook(state).points, before.next->points);
    }
}

/// Of each minor unit what its step gives, added up in millionths and divided at the end.
std::int64_t by_definition(const Rebate& rebate, std::int64_t bought, bool is_sliced) {
    std::int64_t millionths = 0;
    for (std::int64_t unit = 0; unit < bought; ++unit) {
        const std::int64_t stands = is_sliced ? unit : bought;
        std::int64_t rate = 0;
        for (const Scale::Step& step : rebate.scale.steps) {
            const Ratio percent = std::get<DiscountPercent>(step.give).rate;
            if (step.from <= stands) rate = percent.numerator * 1'000'000 / percent.denominator;
        }
        millionths += rate;
    }
    return millionths / 1'000'000;
}

TEST(rebates, are_what_each_minor_unit_gives) {
    std::mt19937_64 chance{11};
    const auto below = [&](std::uint64_t most) { return static_cast<std::int64_t>(chance() % most); };
    for (int round = 0; round < 300; ++round) {
        Programme p{RebateBy::spend,
                    {{below(500), {below(200), 1'000}}, {500 + below(500), {below(400), 1'000}}, {1'200, {below(900), 10'000}}}};
        const bool is_sliced = round % 2 == 0;
        if (is_sliced) p.rebate().scale.slices = Slices::money;
        account::State state;
        // Invoices and returns of many days, late ones too; days outside the quarter are none of it.
        std::int64_t bought = 0;
        for (int invoice = 0; invoice < 20; ++invoice) {
            const Date day = add_days(*make_date(2025, 12, 1), static_cast<int>(below(150)));
            const std::int64_t amount = below(150);
            account::add_to_counter(state, "spend0", day, amount);
            const bool is_inside = day >= *make_date(2026, 1, 1) && day < *make_date(2026, 4, 1);
            const std::int64_t back = below(static_cast<std::uint64_t>(amount) + 1);
            account::add_to_counter(state, "spend0", day, -back);
            if (is_inside) bought += amount - back;
        }
        ASSERT_EQ(p.outlook(state).figures.bought, bought);
        ASSERT_EQ(p.outlook(state).points.minor(), by_definition(p.rebate(), bought, is_sliced));
    }
}

}  // namespace
}  // namespace suki::engine
