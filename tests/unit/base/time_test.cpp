#include "base/time.h"

#include <gtest/gtest.h>

#include "base/zone.h"
#include "cli/zones.h"

namespace suki {
namespace {

Date day(const char* text) { return parse_date(text).value(); }
Instant at(const char* text) { return parse_instant(text).value(); }

TEST(date, round_trips_over_all_accepted_years) {
    for (int days = make_date(kYearMin, 1, 1)->days; days <= make_date(kYearMax, 12, 31)->days; days += 97) {
        const YearMonthDay d = civil(Date{days});
        EXPECT_EQ(make_date(d.year, d.month, d.day), Date{days});
    }
}

TEST(date, knows_leap_days) {
    EXPECT_TRUE(make_date(2024, 2, 29));
    EXPECT_TRUE(make_date(2000, 2, 29));
    EXPECT_FALSE(make_date(1900, 2, 29));
    EXPECT_FALSE(make_date(2023, 2, 29));
    EXPECT_FALSE(make_date(2023, 4, 31));
    EXPECT_FALSE(make_date(10000, 1, 1));
}

TEST(date, weekday_is_the_calendars) {
    EXPECT_EQ(weekday_of(day("1970-01-01")), Weekday::thu);
    EXPECT_EQ(weekday_of(day("2026-12-02")), Weekday::wed);
    EXPECT_EQ(weekday_of(day("1969-12-31")), Weekday::wed);
    EXPECT_EQ(weekday_of(day("1900-01-01")), Weekday::mon);
}

TEST(add_months, keeps_the_day_or_takes_the_last_of_the_month) {
    EXPECT_EQ(date_text(add_months(day("2026-01-31"), 1)), "2026-02-28");
    EXPECT_EQ(date_text(add_months(day("2024-01-31"), 1)), "2024-02-29");
    EXPECT_EQ(date_text(add_months(day("2024-02-29"), 12)), "2025-02-28");
    EXPECT_EQ(date_text(add_months(day("2024-02-29"), -12)), "2023-02-28");
    EXPECT_EQ(date_text(add_months(day("2026-03-15"), -15)), "2024-12-15");
    EXPECT_EQ(date_text(add_months(day("9999-12-01"), 5)), "9999-12-31");
}

TEST(parse_instant, reads_what_tills_write) {
    EXPECT_EQ(instant_text(at("2026-03-01T09:00Z")), "2026-03-01T09:00:00Z");
    EXPECT_EQ(instant_text(at("2026-03-01T09:00:00+03:00")), "2026-03-01T06:00:00Z");
    EXPECT_EQ(instant_text(at("2026-03-01T00:30:00.25-01:00")), "2026-03-01T01:30:00.250000Z");
    EXPECT_EQ(instant_text(at("1969-12-31T23:59:59.999999Z")), "1969-12-31T23:59:59.999999Z");
    for (const char* bad :
         {"2026-03-01", "2026-03-01T24:00Z", "2026-03-01T09:60Z", "2026-03-01T09:00:60Z", "2026-03-01T09:00", "2026-02-30T09:00Z",
          "10000-01-01T00:00Z", "2026-03-01T09:00:00.Z", "2026-03-01T09:00:00+3:00", "", "T"}) {
        EXPECT_FALSE(parse_instant(bad)) << bad;
    }
}

TEST(zone, follows_the_system_database) {
    const ZonePointer minsk = cli::load_zone("Europe/Minsk");
    ASSERT_TRUE(minsk);
    EXPECT_EQ(offset_at(*minsk, at("2026-07-01T00:00Z")), 3 * 3600);
    EXPECT_EQ(date_text(local_date(*minsk, at("2026-12-01T21:00Z"))), "2026-12-02");
    EXPECT_EQ(date_text(local_date(*minsk, at("2026-12-01T20:59:59Z"))), "2026-12-01");
    EXPECT_FALSE(cli::load_zone("Europe/Atlantis"));
    EXPECT_FALSE(cli::load_zone("../etc/passwd"));
}

TEST(zone, a_day_may_have_23_or_25_hours) {
    const ZonePointer vilnius = cli::load_zone("Europe/Vilnius");
    ASSERT_TRUE(vilnius);
    EXPECT_EQ(start_of(*vilnius, day("2026-03-30")).us - start_of(*vilnius, day("2026-03-29")).us, 23 * 3600 * kSecondUs);
    EXPECT_EQ(start_of(*vilnius, day("2026-10-26")).us - start_of(*vilnius, day("2026-10-25")).us, 25 * 3600 * kSecondUs);
    // 03:30 is skipped in spring: the instant of the jump; it comes twice in autumn: the earlier.
    EXPECT_EQ(instant_text(instant_of(*vilnius, day("2026-03-29"), TimeOfDay{3 * 60 + 30})), "2026-03-29T01:00:00Z");
    EXPECT_EQ(instant_text(instant_of(*vilnius, day("2026-10-25"), TimeOfDay{3 * 60 + 30})), "2026-10-25T00:30:00Z");
}

TEST(zone, midnight_that_does_not_exist_is_the_first_instant_of_the_day) {
    const ZonePointer beirut = cli::load_zone("Asia/Beirut");  // clocks go forward at midnight
    ASSERT_TRUE(beirut);
    const Instant start = start_of(*beirut, day("2026-03-29"));
    EXPECT_EQ(instant_text(start), "2026-03-28T22:00:00Z");
    EXPECT_EQ(date_text(local_date(*beirut, start)), "2026-03-29");
    EXPECT_EQ(date_text(local_date(*beirut, Instant{start.us - 1})), "2026-03-28");
}

}  // namespace
}  // namespace suki
