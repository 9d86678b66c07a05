#include <gtest/gtest.h>

#include "words/words.h"

namespace suki::words {
namespace {

using namespace programme;

TEST(WordsOfMilestones, SayWhichDayAndHowMuch) {
    Plan plan;
    plan.units = {Unit{.id = "points"}};
    Milestone one{.id = "loyal", .kind = MilestoneKind::after_joining, .after = {.months = 60}, .points = 300};
    plan.milestones = {one};
    EXPECT_EQ(say_milestone("en", plan, one), "5 years after joining: 300 points.");
    EXPECT_EQ(say_milestone("ru", plan, one), "5 лет с вступления: 300 баллов.");
    one.after = {.months = 6};
    EXPECT_EQ(say_milestone("en", plan, one), "6 months after joining: 300 points.");
    one.after = {.days = 90};
    EXPECT_EQ(say_milestone("en", plan, one), "90 days after joining: 300 points.");
    one.kind = MilestoneKind::each_year;
    EXPECT_EQ(say_milestone("en", plan, one), "Each year on the day of joining: 300 points.");
    one.kind = MilestoneKind::birthday;
    EXPECT_EQ(say_milestone("en", plan, one), "On the birthday: 300 points.");
    one.kind = MilestoneKind::renewed;
    one.attribute = "contract_until";
    EXPECT_EQ(say_milestone("en", plan, one), "When `contract_until` moves to a later day: 300 points.");
    EXPECT_EQ(milestone_title("en", plan, "loyal"), "loyal");
    plan.milestones[0].title.any = "Loyal";
    EXPECT_EQ(milestone_title("en", plan, "loyal"), "Loyal");
}

}  // namespace
}  // namespace suki::words
