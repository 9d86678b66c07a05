#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/desk.h"
#include "app/refusal.h"
#include "app/verify_records.h"
#include "app/world.h"
#include "engine/rebates.h"

/// Rebates are accrued with every purchase and return: what was accrued for a period is brought to what its rule says of everything
/// known (docs/decisions/0086-rebates.md).
///
/// 1. A period is judged by the edition in force on its first day; that in which the programme begins, by the first edition.
/// 2. What is accrued for a period stands in the account's counters, on its first day (engine::accrued_key). It equals the sum of
///    the entries that cite the period, and what the rule gives for the account's other counters.
/// 3. It is pending until the period is over and its wait has passed. What is known later is accrued with what is open then.
namespace suki::app {

struct RuledPeriod {
    const Edition* edition = nullptr;
    std::uint32_t rebate = 0;  // index into the plan's rebates
    DateRange period;

    [[nodiscard]] const programme::Plan& plan() const { return *edition->plan; }
    [[nodiscard]] const programme::Rebate& rule() const { return edition->plan->rebates[rebate]; }
};
/// The periods that `date` is in, one a rebate, by its name.
std::vector<RuledPeriod> ruled_on(const Programme& programme, Date date);
/// When the points of a period can be spent.
Instant spendable_at(const RuledPeriod& ruled);
/// What was accrued for a period.
Points accrued(const account::State& state, const RuledPeriod& ruled);

/// Brings what is accrued for the periods of `days` to what their rules give, after the owner's counters changed on those days.
std::optional<Refusal> accrue_rebates(Desk& desk, const Programme& programme, const store::OwnerKey& key,
                                      const engine::Cause& cause, const std::vector<Date>& days);
/// Every day on which something is counted.
std::vector<Date> counted_days(const account::State& state);

/// For `verify`: the entries of every period, what was noted as accrued, and what the rules give.
class AccruedSums {
public:
    void take(const store::EntryRow& row);
    /// Of an account that was not merged into another.
    void take(const Programme& programme, const store::StateRow& row, const BreachFound& breach);
    /// `merged_into`: by organisation and account.
    void finish(const std::map<std::pair<std::string, AccountId>, AccountId>& merged_into, const BreachFound& breach);

private:
    using Name = std::tuple<std::string, AccountId, std::string, std::string, Date>;  // organisation, …, programme, rebate, period
    std::map<Name, std::int64_t> posted_;
    std::map<Name, std::int64_t> noted_;
};

}  // namespace suki::app
