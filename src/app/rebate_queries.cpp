#include <algorithm>

#include "app/core.h"
#include "app/guard.h"
#include "app/rebates.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

RebatePeriodView view_of(const RuledPeriod& ruled, const account::State& state) {
    return {.plan = ruled.edition->plan,
            .edition = ruled.edition->view.edition,
            .outlook = engine::rebate_outlook(ruled.plan(), ruled.rebate, state, ruled.period),
            .accrued = accrued(state, ruled),
            .spendable_at = spendable_at(ruled)};
}

/// Periods that are over and for which something was accrued, newest first.
std::vector<RebatePeriodView> past_periods(const Programme& programme, const account::State& state, Date today) {
    std::vector<RebatePeriodView> past;
    for (const account::Counter& counter : state.counters) {
        if (!engine::counts_rebate(counter.key)) continue;
        for (const account::DayValue& day : counter.days) {
            for (const RuledPeriod& ruled : ruled_on(programme, day.day)) {
                if (engine::accrued_key(ruled.rule().id) != counter.key || contains(ruled.period, today)) continue;
                past.push_back(view_of(ruled, state));
            }
        }
    }
    std::stable_sort(past.begin(), past.end(), [](const RebatePeriodView& a, const RebatePeriodView& b) {
        return a.outlook.period.starts_on > b.outlook.period.starts_on;
    });
    return past;
}

}  // namespace

Answered<MemberRebates> App::rebates(const std::string& organisation, const std::string& programme, const MemberName& name) const {
    return guarded<MemberRebates>(*core_, [&]() -> Answered<MemberRebates> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const Date today = local_date(*found->latest().zone, core_->wiring.now());
        const OwnerPointer owner = desk.owner(named->key);
        const store::StateRow nothing;
        const account::State& state = owner->state ? owner->state->state : nothing.state;
        MemberRebates all{.member = named->member, .periods = {}};
        for (const RuledPeriod& ruled : ruled_on(*found, today)) {
            all.periods.push_back(view_of(ruled, state));
            all.periods.back().is_open = true;
        }
        for (RebatePeriodView& period : past_periods(*found, state, today)) all.periods.push_back(std::move(period));
        return all;
    });
}

}  // namespace suki::app
