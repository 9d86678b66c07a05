#include <gtest/gtest.h>

#include "words/words.h"

namespace suki::words {
namespace {

using namespace programme;

Plan programme_with(Rebate rebate, std::vector<Scale::Step> steps) {
    Plan plan;
    plan.currency = "EUR";
    Unit credit{.id = "credit"};
    credit.worth = {1, 1};
    plan.units = {credit};
    rebate.id = "volume";
    rebate.scale.steps = std::move(steps);
    plan.rebates = {std::move(rebate)};
    return plan;
}

TEST(WordsOfRebates, SayAllThatTheDocumentDoes) {
    Rebate rebate{.lines = {.categories = {"tools"}}, .after = {.days = 14}};
    const Plan plan = programme_with(rebate, {{1'000'000, DiscountPercent{{1, 100}}}, {5'000'000, DiscountPercent{{25, 1'000}}}});
    EXPECT_EQ(say_rebate("en", plan, plan.rebates[0]),
              "Percents of what is bought in a calendar quarter (on goods of tools): 1% from \u20ac10,000.00, 2.5% from "
              "\u20ac50,000.00. The highest rate that is reached is for all of it. It is given in the unit credit, rounded down "
              "once for the period. It can be spent 14 days after the period is over.");
}

TEST(WordsOfRebates, SayGrowthAndMix) {
    Rebate growth{.by = RebateBy::growth, .per = WindowKind::calendar_year};
    Plan plan = programme_with(growth, {{50'000, DiscountPercent{{5, 1'000}}}});
    EXPECT_EQ(say_rebate("en", plan, plan.rebates[0]),
              "Percents of what is bought in a calendar year (all goods), by how much more that is than in the same calendar year "
              "of the year before: 0.5% from 5%. Without purchases in the year before there is none. The highest rate that is "
              "reached is for all of it. It is given in the unit credit, rounded down once for the period. It can be spent when "
              "the period is over.");
    Rebate mix{.by = RebateBy::mix, .lines = {.categories = {"paint", "tools"}}, .at_least = Money{50'000}};
    plan = programme_with(mix, {{2, DiscountPercent{{1, 100}}}});
    EXPECT_NE(say_rebate("en", plan, plan.rebates[0]).find("1% from 2 groups. A group counts from \u20ac500.00."),
              std::string::npos);
}

TEST(WordsOfRebates, SayHowFarItIs) {
    const Plan plan = programme_with({}, {{1'000'000, DiscountPercent{{1, 100}}}});
    RebateProgress progress{.bought = Money{900'000}, .points = 0, .next_rate = Ratio{1, 100}, .missing = 100'000};
    progress.next_points = 10'000;
    const std::string said = say_rebate_progress("en", plan, plan.rebates[0], progress);
    EXPECT_EQ(said.substr(0, said.find(", which")), "Bought so far: \u20ac9,000.00");
    EXPECT_NE(said.find("\u20ac1,000.00 more for 1%"), std::string::npos);
    progress.next_rate.reset();
    EXPECT_EQ(say_rebate_progress("en", plan, plan.rebates[0], progress).find("more for"), std::string::npos);
    EXPECT_EQ(say_rebate_progress("en", plan, plan.rebates[0], {.bought = {}, .next_rate = {}, .has_base = false}),
              "Nothing was bought in the year before, and so there is nothing to grow from.");
}

}  // namespace
}  // namespace suki::words
