#include "engine/rebates.h"

#include <algorithm>

#include "engine/scale.h"

namespace suki::engine {

using namespace programme;

namespace {

constexpr std::string_view kAccrued = "accrued[";
constexpr std::string_view kCause = "rbt/";
/// Steps of growth are written in these.
constexpr std::int64_t kGrowthParts = 1'000'000;

Ratio rate_of(const Scale::Step& step) { return std::get<DiscountPercent>(step.give).rate; }

/// A rate in millionths, which are whole: see kPercentParts.
__int128 parts_of(const Scale::Step& step) {
    const Ratio rate = rate_of(step);
    return static_cast<__int128>(rate.numerator) * (kPercentParts / rate.denominator);
}

/// The first day of the period after the one that `date` is in.
Date next_period(WindowKind kind, Date start) {
    const int months = kind == WindowKind::calendar_month ? 1 : kind == WindowKind::calendar_quarter ? 3 : 12;
    return add_months(start, months);
}

/// The least that must be bought for growth over `before` to reach `from`: rounded up.
std::int64_t bought_for_growth(std::int64_t before, std::int64_t from) {
    const __int128 wanted = static_cast<__int128>(before) * (kGrowthParts + from);
    return divide(wanted, kGrowthParts, Rounding::up).value_or(kAmountMax);
}

}  // namespace

DateRange rebate_period(const Rebate& rebate, Date date) {
    const Date start = dates_of({.kind = rebate.per}, date).starts_on;
    return {start, next_period(rebate.per, start)};
}

DateRange year_before(DateRange period) { return {add_months(period.starts_on, -12), add_months(period.ends_on, -12)}; }
DateRange year_after(DateRange period) { return {add_months(period.starts_on, 12), add_months(period.ends_on, 12)}; }

RebateFigures rebate_figures(const Plan& plan, const Rebate& rebate, const account::State& state, DateRange period) {
    const auto sum = [&](std::uint32_t counter, DateRange range) {
        return std::max<std::int64_t>(account::sum_of(state, plan.counters[counter].key, range), 0);
    };
    RebateFigures figures;
    if (rebate.by == RebateBy::mix) {
        for (const std::uint32_t counter : rebate.counters) {
            figures.groups.push_back(sum(counter, period));
            figures.bought = std::min(figures.bought + figures.groups.back(), kAmountMax);
        }
        return figures;
    }
    figures.bought = sum(rebate.counters.front(), period);
    if (rebate.by == RebateBy::growth) figures.before = sum(rebate.counters.front(), year_before(period));
    return figures;
}

std::optional<std::int64_t> reached(const Rebate& rebate, const RebateFigures& figures) {
    switch (rebate.by) {
        case RebateBy::spend: return figures.bought;
        case RebateBy::growth: {
            if (figures.before <= 0) return std::nullopt;
            const __int128 more = static_cast<__int128>(figures.bought) - figures.before;
            // What has shrunk reaches no step, not even one from 0%.
            if (more < 0) return std::nullopt;
            return divide(more * kGrowthParts, figures.before, Rounding::down).value_or(kAmountMax);
        }
        case RebateBy::mix:
            return std::count_if(figures.groups.begin(), figures.groups.end(),
                                 [&](std::int64_t group) { return group > 0 && group >= rebate.at_least.minor(); });
    }
    return std::nullopt;
}

Points rebate_points(const Plan& plan, const Rebate& rebate, const RebateFigures& figures) {
    const auto at = reached(rebate, figures);
    if (!at) return Points{};
    __int128 money = 0;  // millionths of minor units
    if (rebate.scale.slices == Slices::money) {
        Slicer{rebate.scale, 0}.take(figures.bought,
                                     [&](const Scale::Step& step, std::int64_t part) { money += parts_of(step) * part; });
    } else if (const Scale::Step* step = step_at(rebate.scale, *at)) {
        money = parts_of(*step) * figures.bought;
    }
    // Money stays below 2^53 and rates below 1, so the product with a worth's denominator fits.
    const Ratio worth = plan.units[rebate.unit].worth;
    const auto points = divide(money * worth.denominator, static_cast<__int128>(kPercentParts) * worth.numerator, Rounding::down);
    return Points{std::clamp<std::int64_t>(points.value_or(kAmountMax), 0, kAmountMax)};
}

RebateOutlook rebate_outlook(const Plan& plan, std::uint32_t number, const account::State& state, DateRange period) {
    const Rebate& rebate = plan.rebates[number];
    RebateOutlook outlook{.rebate = number,
                          .period = period,
                          .figures = rebate_figures(plan, rebate, state, period),
                          .points = {},
                          .rate = {},
                          .next = {}};
    outlook.points = rebate_points(plan, rebate, outlook.figures);
    const auto at = reached(rebate, outlook.figures);
    const Scale::Step* step = at ? step_at(rebate.scale, *at) : nullptr;
    if (step != nullptr) outlook.rate = rate_of(*step);
    if (rebate.by == RebateBy::growth && outlook.figures.before <= 0) return outlook;
    const auto& steps = rebate.scale.steps;
    const auto next = step == nullptr ? steps.begin() : steps.begin() + (step - steps.data()) + 1;
    if (next == steps.end()) return outlook;
    RebateFigures there = outlook.figures;
    RebateOutlook::Next further{.rate = rate_of(*next), .from = next->from, .missing = 0, .points = {}};
    if (rebate.by == RebateBy::mix) {
        // More groups with nothing more than it takes: what they cost is the buyer's to know.
        further.missing = next->from - at.value_or(0);
        std::int64_t wanted = further.missing;
        for (std::int64_t& group : there.groups) {
            const std::int64_t least = std::max<std::int64_t>(rebate.at_least.minor(), 1);
            if (wanted == 0 || group >= least) continue;
            there.bought = std::min(there.bought + least - group, kAmountMax);
            group = least;
            --wanted;
        }
        // Of three groups nobody reaches a fourth.
        if (wanted > 0) return outlook;
    } else {
        there.bought = rebate.by == RebateBy::growth ? bought_for_growth(there.before, next->from) : next->from;
        further.missing = std::max<std::int64_t>(there.bought - outlook.figures.bought, 0);
    }
    further.points = rebate_points(plan, rebate, there);
    outlook.next = further;
    return outlook;
}

std::string accrued_key(std::string_view rebate) { return std::string{kAccrued}.append(rebate).append("]"); }
bool counts_rebate(std::string_view key) { return key.starts_with(kAccrued); }

std::string accrual_cause(std::string_view rebate) { return std::string{kCause}.append(rebate).append("/"); }
std::string accrual_cause(std::string_view rebate, Date period_start) {
    return accrual_cause(rebate) + date_text(period_start) + "/";
}
std::string accrual_cause(std::string_view rebate, Date period_start, std::string_view event) {
    return accrual_cause(rebate, period_start).append(event);
}

std::optional<std::string> accrued_by(std::string_view rebate, std::string_view cause) {
    const std::string prefix = accrual_cause(rebate);
    const std::size_t date_bytes = date_text(Date{}).size() + 1;  // and the stroke after it
    if (rebate.empty() || !cause.starts_with(prefix) || cause.size() < prefix.size() + date_bytes) return std::nullopt;
    return std::string{cause.substr(prefix.size() + date_bytes)};
}

}  // namespace suki::engine
