#include "programme/plan.h"

namespace suki::programme {

DateRange dates_of(const Window& window, Date as_of) {
    const Date end = add_days(as_of, 1);
    const YearMonthDay day = civil(as_of);
    const auto first_of = [&](int month) { return DateRange{*make_date(day.year, month, 1), end}; };
    switch (window.kind) {
        case WindowKind::rolling:
            // Months first: the day after the same day of an earlier month; then back by days.
            return {add_days(add_months(as_of, -window.period.months), 1 - window.period.days), end};
        case WindowKind::calendar_day: return {as_of, end};
        case WindowKind::calendar_week: return {add_days(as_of, -static_cast<int>(weekday_of(as_of))), end};
        case WindowKind::calendar_month: return first_of(day.month);
        case WindowKind::calendar_quarter: return first_of((day.month - 1) / 3 * 3 + 1);
        case WindowKind::calendar_year: return first_of(1);
        case WindowKind::ever: return {*make_date(kYearMin, 1, 1), end};
    }
    return {as_of, end};
}

ConditionKind kind_of(const Condition& condition) {
    struct Kinds {
        ConditionKind operator()(const MemberCondition&) const { return ConditionKind::member; }
        ConditionKind operator()(const AmountCondition&) const { return ConditionKind::amount; }
        ConditionKind operator()(const QuantityCondition&) const { return ConditionKind::quantity; }
        ConditionKind operator()(const ChoiceCondition& choice) const { return choice.kind; }
        ConditionKind operator()(const WeekdayCondition&) const { return ConditionKind::weekday; }
        ConditionKind operator()(const TimeCondition&) const { return ConditionKind::time; }
        ConditionKind operator()(const DatesCondition&) const { return ConditionKind::dates; }
        ConditionKind operator()(const BirthdayCondition&) const { return ConditionKind::birthday; }
        ConditionKind operator()(const LevelCondition&) const { return ConditionKind::level; }
        ConditionKind operator()(const CardCondition&) const { return ConditionKind::card; }
        ConditionKind operator()(const NthPurchaseCondition&) const { return ConditionKind::nth_purchase; }
        ConditionKind operator()(const LastPurchaseCondition&) const { return ConditionKind::last_purchase; }
        ConditionKind operator()(const CounterCondition&) const { return ConditionKind::counter; }
        ConditionKind operator()(const AttributeCondition&) const { return ConditionKind::attribute; }
        ConditionKind operator()(const MembershipCondition&) const { return ConditionKind::membership; }
        ConditionKind operator()(const ReferralCondition&) const { return ConditionKind::referral; }
    };
    return std::visit(Kinds{}, condition);
}

}  // namespace suki::programme
