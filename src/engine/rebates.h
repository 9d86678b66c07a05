#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/state.h"
#include "base/amount.h"
#include "base/time.h"
#include "programme/plan.h"

/// Rebates: what the goods of a calendar period bring, all of them taken together (docs/decisions/0086-rebates.md). Everything is
/// read from the account's counters, so it is true of whatever is known, however late it came. Pure.
namespace suki::engine {

/// What the rule of a rebate reads of a period. Minor units of money.
struct RebateFigures {
    std::int64_t bought = 0;           // of a mix in all its groups
    std::int64_t before = 0;           // by growth: in the same period of the year before
    std::vector<std::int64_t> groups;  // of a mix, as Rebate::counters
    friend bool operator==(const RebateFigures&, const RebateFigures&) = default;
};

/// The period of the rebate that `date` is in.
DateRange rebate_period(const programme::Rebate& rebate, Date date);
/// The same period of the year before, or after.
DateRange year_before(DateRange period);
DateRange year_after(DateRange period);

RebateFigures rebate_figures(const programme::Plan& plan, const programme::Rebate& rebate, const account::State& state,
                             DateRange period);

/// Where the figures stand on the steps: minor units, millionths of growth, groups. Nothing for growth over a year without
/// purchases: there is nothing to grow from.
std::optional<std::int64_t> reached(const programme::Rebate& rebate, const RebateFigures& figures);

/// What the rule gives for them, in points of the rebate's unit: money by the steps, divided by the worth of a point, rounded down
/// once. Never below 0.
Points rebate_points(const programme::Plan& plan, const programme::Rebate& rebate, const RebateFigures& figures);

/// How a period stands.
struct RebateOutlook {
    std::uint32_t rebate = 0;  // index into Plan::rebates
    DateRange period;
    RebateFigures figures;
    Points points;              // what the rule gives by now
    std::optional<Ratio> rate;  // of the step that is reached
    struct Next {
        Ratio rate;
        std::int64_t from = 0;     // on the steps
        std::int64_t missing = 0;  // minor units of money; of a mix groups
        Points points;             // what the rule would give there
        friend bool operator==(const Next&, const Next&) = default;
    };
    std::optional<Next> next;  // none at the highest step, and without anything to grow from
    friend bool operator==(const RebateOutlook&, const RebateOutlook&) = default;
};
RebateOutlook rebate_outlook(const programme::Plan& plan, std::uint32_t rebate, const account::State& state, DateRange period);

/// What was accrued stands in the account's counters too, on the first day of its period.
std::string accrued_key(std::string_view rebate);
/// Whether a counter is one of those.
bool counts_rebate(std::string_view key);

/// The cause of the entries of a period, `rbt/volume/2026-04-01/R-1` for a receipt `R-1`; and what it begins with for any receipt,
/// or any period.
std::string accrual_cause(std::string_view rebate, Date period_start, std::string_view event);
std::string accrual_cause(std::string_view rebate, Date period_start);
std::string accrual_cause(std::string_view rebate);
/// The event that such a cause ends with; nothing where it is no cause of the rebate.
std::optional<std::string> accrued_by(std::string_view rebate, std::string_view cause);

}  // namespace suki::engine
