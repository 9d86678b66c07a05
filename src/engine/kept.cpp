#include "engine/kept.h"

#include <algorithm>
#include <utility>

#include "engine/settle.h"
#include "engine/sheet.h"

namespace suki::engine {

using namespace programme;

Activities activities_of(const account::State& state, std::vector<Date> others, Date until) {
    Activities all{.days = std::move(others), .later = {}};
    std::vector<Date>& days = all.days;
    if (const account::Counter* visits = account::find_counter(state, "visits")) {
        for (const account::DayValue& day : visits->days) {
            if (day.value > 0) days.push_back(day.day);
        }
    }
    std::erase_if(days, [until](Date day) { return until < day; });
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return all;
}

void note_first(FirstExpiries& first, const ledger::Entry& entry) {
    for (const ledger::LotChange& change : entry.lots) {
        if (!change.opened || !change.opened->expires_at) continue;
        first.try_emplace(change.lot, FirstExpiry{.kind = entry.kind, .expires_at = *change.opened->expires_at});
    }
}

KeptUnit::KeptUnit(const Plan& plan, const Unit& unit, const Activities& activities, FirstExpiries first)
    : plan_(&plan), unit_(&unit), days_(activities.days), first_(std::move(first)) {
    for (const Activity& activity : activities.later) {
        if (!activity.keeps_points) continue;
        if (const auto until = expires_at(plan, unit, activity.day)) later_.push_back({activity.recorded_at, *until});
    }
}

Instant KeptUnit::keep(Instant kept_until) const {
    // From one to the last that was in time: each keeps at least as long as those before it.
    for (;;) {
        const auto after = std::upper_bound(days_.begin(), days_.end(), date_of(*plan_, Instant{kept_until.us - 1}));
        if (after == days_.begin()) break;
        const auto longer = expires_at(*plan_, *unit_, *std::prev(after));
        if (!longer || *longer <= kept_until) break;
        kept_until = *longer;
    }
    for (const Extension& one : later_) {
        if (one.recorded_at < kept_until) kept_until = std::max(kept_until, one.until);
    }
    return kept_until;
}

std::optional<Instant> KeptUnit::until(const ledger::Lot& lot) const {
    const auto began = first_.find(lot.id);
    if (began == first_.end() || !lot.expires_at) return std::nullopt;
    Instant expires = began->second.expires_at;
    // Points of a late receipt were kept from their beginning by what was known to follow.
    if (began->second.kind == ledger::EntryKind::earn) {
        expires = std::min(expires, *expires_at(*plan_, *unit_, date_of(*plan_, lot.earned_at)));
    }
    return keep(expires);
}

}  // namespace suki::engine
