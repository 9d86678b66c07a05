#include "app/announce.h"
#include "app/benefits.h"
#include "app/decide.h"
#include "app/gifts.h"
#include "app/memberships.h"
#include "app/milestones.h"
#include "app/occasions.h"
#include "app/portions.h"
#include "app/resolve.h"
#include "app/trade_in.h"

namespace suki::app {

namespace {

/// Whether it was written down. What nobody can read or repay is left for others to look at, and keeps no other from its turn.
bool fall(Desk& desk, const store::RecordRow& row) {
    const ProgrammePointer programme = desk.world()->programme(row.org, row.programme);
    if (programme == nullptr) return false;
    try {
        if (row.kind == store::RecordKind::benefit_use) return fall_due(desk, *programme, row);
        if (row.kind == store::RecordKind::gift_order) return lapse(desk, *programme, row);
        if (row.kind == store::RecordKind::trade_in) return lapse_offer(desk, *programme, row);
        if (row.kind == store::RecordKind::occasion) return close_occasion(desk, programme, row);
        if (row.kind == store::RecordKind::milestone_roll) return walk_milestones(desk, *programme, row);
        if (row.kind == store::RecordKind::membership) return run_on(desk, *programme, row);
    } catch (const store::StoreFault& fault) {
        if (fault.retryable) throw;
    }
    return false;
}

void sweep_records(Desk& desk, std::size_t most, SweepAnswer& answer) {
    const auto due = desk.source().store().records_due_before({desk.recorded_at().us + 1}, most);
    std::size_t fallen = 0;
    for (const store::RecordRow& row : due) {
        // As this batch and the one before it left it: somebody may just have cancelled it.
        const auto now = desk.record({.org = row.org, .account = row.account, .id = row.id});
        if (!now || !now->due_at || *now->due_at > desk.recorded_at() || !fall(desk, *now)) continue;
        ++fallen;
        // What is done page by page.
        const auto after = desk.record({.org = row.org, .account = row.account, .id = row.id});
        if (after && after->due_at && *after->due_at <= desk.recorded_at()) answer.is_done = false;
    }
    answer.is_done = answer.is_done && (due.size() < most || fallen == 0);
}

}  // namespace

Answered<SweepAnswer> decide(Desk& desk, const Ask&, const Sweep& command) {
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, command.accounts_max));
    const auto due = desk.source().store().owners_due_before(desk.recorded_at(), std::nullopt, most);
    SweepAnswer answer{.is_done = due.size() < most};
    for (const store::DueOwner& one : due) {
        const ProgrammePointer programme = desk.world()->programme(one.owner.org, one.owner.programme);
        const OwnerPointer owner = programme == nullptr ? nullptr : desk.owner(one.owner);
        if (owner == nullptr || !owner->state) continue;
        desk.sweep(one.owner, *programme);
        account::State& state = desk.edit(one.owner).state->state;
        const Date today = local_date(*programme->latest().zone, desk.recorded_at());
        const std::string level_before = level_text(state, today);
        derive_levels(*programme, state, today);
        std::optional<MemberId> member;
        if (const store::MemberRow* person = first_person(*owner)) member = person->id;
        announce_level(desk, {.programme = *programme, .key = one.owner, .member = member}, level_before, level_text(state, today));
        ++answer.accounts;
    }
    sweep_records(desk, most, answer);
    const Instant forgotten{desk.recorded_at().us - portion_kept_us};
    for (const store::PortionRow& row : desk.source().store().portions_touched_before(forgotten, most)) {
        desk.put_back_portions({row.org, row.programme, row.key, row.period_start});
    }
    return answer;
}

}  // namespace suki::app
