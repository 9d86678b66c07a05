#include "engine/milestones.h"

#include <algorithm>

#include "engine/conditions.h"

namespace suki::engine {

using programme::MilestoneKind;

namespace {

std::optional<Date> year_of_joining_from(Date joined_on, Date from) {
    const int years = std::max(1, civil(from).year - civil(joined_on).year);
    for (const int year : {years, years + 1}) {
        const Date day = add_months(joined_on, 12 * year);
        if (from <= day) return day;
    }
    return std::nullopt;
}

std::optional<Date> birthday_from(const YearMonthDay& birthday, Date from) {
    const int year = civil(from).year;
    for (const int one : {year, year + 1}) {
        const auto day = birthday_in(one, birthday);
        if (day && from <= *day) return day;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Date> milestone_from(const programme::Milestone& milestone, const LifeDates& life, Date from) {
    switch (milestone.kind) {
        case MilestoneKind::after_joining: {
            const Date day = add(life.joined_on, milestone.after);
            return from <= day ? std::optional{day} : std::nullopt;
        }
        case MilestoneKind::each_year: return year_of_joining_from(life.joined_on, from);
        case MilestoneKind::birthday: return life.birthday ? birthday_from(*life.birthday, from) : std::nullopt;
        case MilestoneKind::renewed: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace suki::engine
