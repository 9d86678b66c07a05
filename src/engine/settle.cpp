#include "engine/settle.h"

namespace suki::engine {

using namespace programme;

namespace {

Date first_of_next(Date date, int months) {
    const YearMonthDay day = civil(date);
    // The calendar's stretches begin with January, so the months since then say where in its stretch the date lies.
    const Date first_of_stretch = *make_date(day.year, day.month - (day.month - 1) % months, 1);
    return add_months(first_of_stretch, months);
}

Instant start_in(const Plan& plan, Date date) { return plan.zone == nullptr ? midnight_utc(date) : start_of(*plan.zone, date); }

}  // namespace

Instant matures_at(const Plan& plan, const Unit& unit, Date earned_on) { return start_in(plan, add(earned_on, unit.pending)); }

std::optional<Instant> expires_at(const Plan& plan, const Unit& unit, Date earned_on) {
    switch (unit.expiry.kind) {
        case ExpiryKind::never: return std::nullopt;
        case ExpiryKind::after_earning:
        case ExpiryKind::after_activity: return start_in(plan, add(earned_on, unit.expiry.period));
        case ExpiryKind::period_end: break;
    }
    switch (unit.expiry.calendar) {
        case WindowKind::calendar_day: return start_in(plan, add_days(earned_on, 1));
        case WindowKind::calendar_week: return start_in(plan, add_days(earned_on, 7 - static_cast<int>(weekday_of(earned_on))));
        case WindowKind::calendar_month: return start_in(plan, first_of_next(earned_on, 1));
        case WindowKind::calendar_quarter: return start_in(plan, first_of_next(earned_on, 3));
        case WindowKind::calendar_year: return start_in(plan, first_of_next(earned_on, 12));
        case WindowKind::rolling:
        case WindowKind::ever: break;
    }
    return std::nullopt;
}

std::vector<UnitEarn> postings(const Plan& plan, const Context& context, const Outcome& outcome) {
    std::vector<UnitEarn> earned;
    if (!context.is_member) return earned;
    for (std::uint32_t number = 0; number < plan.units.size(); ++number) {
        const Unit& unit = plan.units[number];
        UnitEarn each{.unit = number,
                      .request = {.kind = ledger::EntryKind::earn,
                                  .parts = {},
                                  .matures_at = matures_at(plan, unit, context.date),
                                  .expires_at = expires_at(plan, unit, context.date)}};
        for (const event::Decision& decision : outcome.decisions) {
            if (decision.verdict != event::Verdict::applied || decision.unit != unit.id || decision.points <= Points{0}) continue;
            each.request.parts.push_back({.offer = decision.offer, .clause = decision.clause, .points = decision.points});
        }
        if (!each.request.parts.empty()) earned.push_back(std::move(each));
    }
    return earned;
}

}  // namespace suki::engine
