#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/names.h"

namespace suki {

inline constexpr std::int64_t kSecondUs = 1'000'000;
inline constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Instant {
    std::int64_t us = 0;
    friend auto operator<=>(const Instant&, const Instant&) = default;
};

SUKI_ENUM(Weekday, mon, tue, wed, thu, fri, sat, sun)

/// A civil date of the proleptic Gregorian calendar, as days since 1970-01-01.
struct Date {
    std::int32_t days = 0;
    friend auto operator<=>(const Date&, const Date&) = default;
};

struct YearMonthDay {
    int year = 1970;
    int month = 1;  // 1..12
    int day = 1;    // 1..31
    friend bool operator==(const YearMonthDay&, const YearMonthDay&) = default;
};

/// Years that Suki accepts, first and last. Outside them text does not parse.
inline constexpr int kYearMin = 1900;
inline constexpr int kYearMax = 9999;

YearMonthDay civil(Date date);
/// Nothing when there is no such day (30 February, month 13, year out of range).
std::optional<Date> make_date(int year, int month, int day);
bool is_leap_year(int year);
int days_in_month(int year, int month);
Weekday weekday_of(Date date);

Date add_days(Date date, int days);
/// End-of-month rule: the same day of the target month, or its last day when it is shorter (31 January + 1 month = 28 or 29
/// February). Results beyond the accepted years are clamped to their ends.
Date add_months(Date date, int months);

/// A civil duration of a document: `30 days`, `12 months`. Weeks are read as 7 days and years as 12 months.
struct Period {
    int months = 0;
    int days = 0;
    friend bool operator==(const Period&, const Period&) = default;
    [[nodiscard]] bool is_zero() const { return months == 0 && days == 0; }
};
/// `date` moved by the months first, then the days.
Date add(Date date, Period period);
Date subtract(Date date, Period period);

/// Minutes since midnight, 0..1440; 1440 only as the end of a range.
struct TimeOfDay {
    int minutes = 0;
    friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

/// `[starts_on, ends_on)`.
struct DateRange {
    Date starts_on;
    Date ends_on;
    friend bool operator==(const DateRange&, const DateRange&) = default;
};
constexpr bool contains(DateRange range, Date date) { return range.starts_on <= date && date < range.ends_on; }

/// `2026-12-01`.
std::string date_text(Date date);
std::optional<Date> parse_date(std::string_view text);
/// `08:00`; also `24:00`.
std::string time_of_day_text(TimeOfDay time);
std::optional<TimeOfDay> parse_time_of_day(std::string_view text);

/// RFC 3339 in UTC, with microseconds only where they are not zero: `2026-03-01T09:00:00Z`.
std::string instant_text(Instant instant);

/// An instant as its writer saw it: RFC 3339 with `Z` or an offset; seconds may be missing (`2026-03-01T09:00Z`), a fraction is
/// cut to microseconds. Leap seconds (`:60`) are refused.
struct InstantWithOffset {
    Instant instant;
    int offset_s = 0;
};
std::optional<InstantWithOffset> parse_instant_with_offset(std::string_view text);
std::optional<Instant> parse_instant(std::string_view text);

/// Floor division into days and the rest: the date and µs of the day that a clock shows which is `offset_s` ahead of UTC.
struct CivilTime {
    Date date;
    std::int64_t us_of_day = 0;
    [[nodiscard]] TimeOfDay time_of_day() const { return {static_cast<int>(us_of_day / (60 * kSecondUs))}; }
};
CivilTime civil_time(Instant instant, int offset_s);
/// Midnight UTC of a date.
Instant midnight_utc(Date date);

}  // namespace suki
