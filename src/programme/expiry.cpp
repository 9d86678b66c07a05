#include "programme/expiry.h"

namespace suki::programme {

namespace {

Date first_of_next(Date date, int months) {
    const YearMonthDay day = civil(date);
    // The calendar's stretches begin with January, so the months since then say where in its stretch the date lies.
    const Date first_of_stretch = *make_date(day.year, day.month - (day.month - 1) % months, 1);
    return add_months(first_of_stretch, months);
}

}  // namespace

std::optional<Date> expires_on(const Expiry& expiry, Date earned_on) {
    switch (expiry.kind) {
        case ExpiryKind::never: return std::nullopt;
        case ExpiryKind::after_earning:
        case ExpiryKind::after_activity: return add(earned_on, expiry.period);
        case ExpiryKind::period_end: break;
    }
    switch (expiry.calendar) {
        case WindowKind::calendar_day: return add_days(earned_on, 1);
        case WindowKind::calendar_week: return add_days(earned_on, 7 - static_cast<int>(weekday_of(earned_on)));
        case WindowKind::calendar_month: return first_of_next(earned_on, 1);
        case WindowKind::calendar_quarter: return first_of_next(earned_on, 3);
        case WindowKind::calendar_year: return first_of_next(earned_on, 12);
        case WindowKind::rolling:
        case WindowKind::ever: break;
    }
    return std::nullopt;
}

}  // namespace suki::programme
