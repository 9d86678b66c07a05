#include "engine/benefits.h"

#include <algorithm>
#include <tuple>

namespace suki::engine {

using namespace programme;

namespace {

bool can_be_used(const GrantedBenefit& grant, std::string_view benefit, Date date) {
    return grant.benefit == benefit && grant.left > 0 && grant.from <= date && (!grant.until || date <= *grant.until);
}

/// The day on which the calendar window after that of `date` begins; none for windows that roll or never end.
std::optional<Date> next_window(const Window& window, Date date) {
    const YearMonthDay day = civil(date);
    const auto month_from = [&](int month) { return make_date(day.year + (month - 1) / 12, (month - 1) % 12 + 1, 1); };
    switch (window.kind) {
        case WindowKind::calendar_day: return add_days(date, 1);
        case WindowKind::calendar_week: return add_days(date, 7 - static_cast<int>(weekday_of(date)));
        case WindowKind::calendar_month: return month_from(day.month + 1);
        case WindowKind::calendar_quarter: return month_from((day.month - 1) / 3 * 3 + 4);
        case WindowKind::calendar_year: return make_date(day.year + 1, 1, 1);
        case WindowKind::rolling:
        case WindowKind::ever: break;
    }
    return std::nullopt;
}

const std::optional<Allowance>& allowance_of(const Plan& plan, const Benefit& benefit, std::string_view level) {
    for (std::size_t i = 0; i < plan.levels.size() && i < benefit.by_level.size(); ++i) {
        if (plan.levels[i].id == level) return benefit.by_level[i];
    }
    return benefit.everybody;
}

bool comes_with(const Plan& plan, std::uint32_t benefit, std::span<const std::string> memberships) {
    return std::any_of(plan.memberships.begin(), plan.memberships.end(), [&](const Membership& membership) {
        return std::find(memberships.begin(), memberships.end(), membership.id) != memberships.end() &&
               std::binary_search(membership.benefits.begin(), membership.benefits.end(), benefit);
    });
}

/// What is booked for a day to come is used of the window that it lies in; where the window rolls, of today's as well, so that
/// nobody books more than they have.
std::int64_t count_used(std::span<const UsedBenefit> used, const std::string& benefit, DateRange begun, std::optional<Date> next) {
    return std::count_if(used.begin(), used.end(), [&](const UsedBenefit& use) {
        return use.benefit == benefit && begun.starts_on <= use.date && (!next || use.date < *next);
    });
}

}  // namespace

const GrantedBenefit* first_grant(std::span<const GrantedBenefit> granted, std::string_view benefit, Date date) {
    const GrantedBenefit* first = nullptr;
    const auto order = [](const GrantedBenefit& grant) { return std::tuple{!grant.until, grant.until.value_or(Date{}), grant.id}; };
    for (const GrantedBenefit& grant : granted) {
        if (!can_be_used(grant, benefit, date)) continue;
        if (first == nullptr || order(grant) < order(*first)) first = &grant;
    }
    return first;
}

std::vector<std::uint32_t> showing_order(const Plan& plan) {
    std::vector<std::uint32_t> order(plan.benefits.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const auto rank = [&](std::uint32_t i) {
            return std::pair{plan.benefits[i].is_material, !plan.benefits[i].partner.empty()};
        };
        return rank(a) < rank(b);
    });
    return order;
}

std::vector<Entitlement> entitlements(const Plan& plan, std::string_view level, Date date, std::span<const UsedBenefit> used,
                                      std::span<const GrantedBenefit> granted, std::span<const std::string> memberships) {
    std::vector<Entitlement> all;
    for (const std::uint32_t index : showing_order(plan)) {
        const Benefit& benefit = plan.benefits[index];
        const std::optional<Allowance> allowance =
            comes_with(plan, index, memberships) ? std::optional{Allowance{}} : allowance_of(plan, benefit, level);
        Entitlement entitlement{.benefit = index};
        bool is_had = allowance.has_value();
        for (const GrantedBenefit& grant : granted) {
            is_had = is_had || grant.benefit == benefit.id;
            if (can_be_used(grant, benefit.id, date)) entitlement.granted += grant.left;
        }
        if (!is_had) continue;
        if (allowance) {
            entitlement.is_standing = !allowance->count;
            entitlement.allowed = allowance->count.value_or(0);
            entitlement.renews_on = next_window(allowance->window, date);
            entitlement.used = count_used(used, benefit.id, dates_of(allowance->window, date), entitlement.renews_on);
        }
        all.push_back(entitlement);
    }
    return all;
}

}  // namespace suki::engine
