#include "engine/milestones.h"

#include <gtest/gtest.h>

namespace suki::engine {
namespace {

using programme::Milestone;
using programme::MilestoneKind;

Date day(int year, int month, int of_month) { return *make_date(year, month, of_month); }

TEST(Milestones, FallOnTheFirstDayNotBefore) {
    const LifeDates life{.joined_on = day(2024, 1, 31), .birthday = YearMonthDay{1990, 3, 1}};
    const Milestone once{.kind = MilestoneKind::after_joining, .after = {.months = 1}};
    EXPECT_EQ(milestone_from(once, life, day(2024, 1, 1)), day(2024, 2, 29));
    EXPECT_EQ(milestone_from(once, life, day(2024, 2, 29)), day(2024, 2, 29));
    EXPECT_EQ(milestone_from(once, life, day(2024, 3, 1)), std::nullopt);
    const Milestone yearly{.kind = MilestoneKind::each_year};
    EXPECT_EQ(milestone_from(yearly, life, day(2024, 1, 31)), day(2025, 1, 31));
    EXPECT_EQ(milestone_from(yearly, life, day(2023, 1, 1)), day(2025, 1, 31));
    EXPECT_EQ(milestone_from(yearly, life, day(2026, 1, 31)), day(2026, 1, 31));
    EXPECT_EQ(milestone_from(yearly, life, day(2026, 2, 1)), day(2027, 1, 31));
    const Milestone birthday{.kind = MilestoneKind::birthday};
    EXPECT_EQ(milestone_from(birthday, life, day(2026, 3, 1)), day(2026, 3, 1));
    EXPECT_EQ(milestone_from(birthday, life, day(2026, 3, 2)), day(2027, 3, 1));
    EXPECT_EQ(milestone_from(birthday, {.joined_on = life.joined_on}, day(2026, 3, 2)), std::nullopt);
    EXPECT_EQ(milestone_from({.kind = MilestoneKind::renewed}, life, day(2026, 1, 1)), std::nullopt);
}

// Asked day by day over thirteen years, each day is its own answer exactly where the definition says so.
TEST(Milestones, AreTheSameAskedDayByDay) {
    const LifeDates life{.joined_on = day(2020, 2, 29), .birthday = YearMonthDay{1900, 2, 29}};
    const Milestone yearly{.kind = MilestoneKind::each_year};
    const Milestone birthday{.kind = MilestoneKind::birthday};
    for (Date at = day(2019, 12, 1); at < day(2033, 1, 1); at = add_days(at, 1)) {
        const YearMonthDay civil_day = civil(at);
        const bool is_leap = make_date(civil_day.year, 2, 29).has_value();
        const bool is_end = civil_day.month == 2 && civil_day.day == (is_leap ? 29 : 28);
        EXPECT_EQ(milestone_from(yearly, life, at) == at, is_end && civil_day.year > 2020) << date_text(at);
        EXPECT_EQ(milestone_from(birthday, life, at) == at, is_end) << date_text(at);
    }
}

}  // namespace
}  // namespace suki::engine
