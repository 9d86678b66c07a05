#include "base/time.h"

#include <algorithm>
#include <cstdio>

namespace suki {

namespace {

// Days from civil and back: the era arithmetic of a 400-year cycle of 146,097 days, with years starting in March so that the
// leap day comes last.
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

/// Reads exactly `count` digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

YearMonthDay civil(Date date) {
    const std::int64_t shifted = static_cast<std::int64_t>(date.days) + 719'468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const std::int64_t day_of_era = shifted - era * 146'097;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const auto day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    const auto month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

bool is_leap_year(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
    static constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : lengths[month - 1];
}

std::optional<Date> make_date(int year, int month, int day) {
    if (year < kYearMin || year > kYearMax || month < 1 || month > 12 || day < 1) return std::nullopt;
    if (day > days_in_month(year, month)) return std::nullopt;
    return Date{static_cast<std::int32_t>(days_from_civil(year, month, day))};
}

Weekday weekday_of(Date date) {
    // 1970-01-01 was a Thursday.
    const int index = ((date.days % 7) + 7 + 3) % 7;
    return static_cast<Weekday>(index);
}

Date add_days(Date date, int days) { return {date.days + days}; }

Date add_months(Date date, int months) {
    const YearMonthDay from = civil(date);
    const int index = from.year * 12 + (from.month - 1) + months;
    const int year = index >= 0 ? index / 12 : (index - 11) / 12;
    const int month = index - year * 12 + 1;
    if (year < kYearMin) return *make_date(kYearMin, 1, 1);
    if (year > kYearMax) return *make_date(kYearMax, 12, 31);
    return *make_date(year, month, std::min(from.day, days_in_month(year, month)));
}

Date add(Date date, Period period) { return add_days(period.months == 0 ? date : add_months(date, period.months), period.days); }

Date subtract(Date date, Period period) {
    return add_days(period.months == 0 ? date : add_months(date, -period.months), -period.days);
}

std::string date_text(Date date) {
    const YearMonthDay d = civil(date);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    return text;
}

std::optional<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    return make_date(*year, *month, *day);
}

std::string time_of_day_text(TimeOfDay time) {
    char text[24];
    std::snprintf(text, sizeof text, "%02d:%02d", time.minutes / 60, time.minutes % 60);
    return text;
}

std::optional<TimeOfDay> parse_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = digits(text, 0, 2);
    const auto minute = digits(text, 3, 2);
    if (!hour || !minute || *minute > 59) return std::nullopt;
    const int minutes = *hour * 60 + *minute;
    if (minutes > 24 * 60) return std::nullopt;
    return TimeOfDay{minutes};
}

CivilTime civil_time(Instant instant, int offset_s) {
    const std::int64_t local = instant.us + offset_s * kSecondUs;
    std::int64_t days = local / kDayUs;
    std::int64_t rest = local % kDayUs;
    if (rest < 0) {
        rest += kDayUs;
        --days;
    }
    return {Date{static_cast<std::int32_t>(days)}, rest};
}

Instant midnight_utc(Date date) { return {static_cast<std::int64_t>(date.days) * kDayUs}; }

std::string instant_text(Instant instant) {
    const CivilTime local = civil_time(instant, 0);
    const YearMonthDay d = civil(local.date);
    const auto seconds = static_cast<int>(local.us_of_day / kSecondUs);
    const auto micros = static_cast<int>(local.us_of_day % kSecondUs);
    char text[64];
    int size = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day, seconds / 3600,
                             seconds / 60 % 60, seconds % 60);
    if (micros != 0) size += std::snprintf(text + size, sizeof text - static_cast<std::size_t>(size), ".%06d", micros);
    return std::string(text, static_cast<std::size_t>(size)) + "Z";
}

std::optional<InstantWithOffset> parse_instant_with_offset(std::string_view text) {
    if (text.size() < 17 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
    const auto date = parse_date(text.substr(0, 10));
    const auto time = parse_time_of_day(text.substr(11, 5));
    if (!date || !time || time->minutes >= 24 * 60) return std::nullopt;
    std::size_t at = 16;
    std::int64_t us = static_cast<std::int64_t>(time->minutes) * 60 * kSecondUs;
    if (at < text.size() && text[at] == ':') {
        const auto second = digits(text, at + 1, 2);
        if (!second || *second > 59) return std::nullopt;
        us += *second * kSecondUs;
        at += 3;
        if (at < text.size() && text[at] == '.') {
            std::int64_t unit = kSecondUs / 10;
            std::size_t count = 0;
            // What is finer than a microsecond is cut off.
            for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count, unit /= 10) {
                us += (text[at] - '0') * unit;
            }
            if (count == 0) return std::nullopt;
        }
    }
    int offset_s = 0;
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        offset_s = 0;
    } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
        const auto hours = digits(text, at + 1, 2);
        const auto minutes = digits(text, at + 4, 2);
        if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
        offset_s = (*hours * 60 + *minutes) * 60 * (text[at] == '-' ? -1 : 1);
    } else {
        return std::nullopt;
    }
    return InstantWithOffset{{midnight_utc(*date).us + us - offset_s * kSecondUs}, offset_s};
}

std::optional<Instant> parse_instant(std::string_view text) {
    const auto parsed = parse_instant_with_offset(text);
    if (!parsed) return std::nullopt;
    return parsed->instant;
}

}  // namespace suki
