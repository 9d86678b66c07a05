#include "programme/periods.h"

#include "base/check.h"

namespace suki::programme {

namespace {

/// 1970-01-01, day 0, was a Thursday.
constexpr int kDaysSinceMonday = 3;

std::int64_t floor_of(std::int64_t number, std::int64_t by) { return number >= 0 ? number / by : -((by - 1 - number) / by); }

}  // namespace

std::int64_t period_number(WindowKind every, Date date) {
    if (every == WindowKind::calendar_day) return date.days;
    if (every == WindowKind::calendar_week) return floor_of(std::int64_t{date.days} + kDaysSinceMonday, 7);
    SUKI_CHECK(every == WindowKind::calendar_month);
    const YearMonthDay day = civil(date);
    return std::int64_t{day.year} * 12 + day.month - 1;
}

Date period_start(WindowKind every, std::int64_t number) {
    if (every == WindowKind::calendar_day) return Date{static_cast<std::int32_t>(number)};
    if (every == WindowKind::calendar_week) return Date{static_cast<std::int32_t>(number * 7 - kDaysSinceMonday)};
    SUKI_CHECK(every == WindowKind::calendar_month);
    const std::int64_t year = floor_of(number, 12);
    return make_date(static_cast<int>(year), static_cast<int>(number - year * 12) + 1, 1).value_or(Date{});
}

}  // namespace suki::programme
