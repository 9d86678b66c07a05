#include "app/earn_apart.h"

#include "app/announce.h"
#include "engine/settle.h"

namespace suki::app {

Result<LotId, Refusal> earn_apart(Desk& desk, const Programme& programme, const Edition& edition, const Named& who,
                                  const EarnedApart& earned) {
    const programme::Plan& plan = *edition.plan;
    const programme::Unit& unit = plan.units[earned.unit];
    desk.sweep(who.key, programme);
    store::StateRow& state = *desk.edit(who.key).state;
    const std::uint32_t wallet = wallet_index(state, unit.id);
    const ZonePointer& zone = programme.latest().zone;
    const bool is_today = local_date(*zone, desk.recorded_at()) <= earned.day;
    const engine::Cause cause{.id = earned.cause,
                              .occurred_at = is_today ? desk.recorded_at() : start_of(*zone, earned.day),
                              .recorded_at = desk.recorded_at(),
                              .edition = edition.view.edition};
    auto posted = ledger::earn(state.wallets[wallet],
                               {.parts = {{.offer = earned.id, .clause = earned.clause, .points = earned.points}},
                                .matures_at = engine::matures_at(plan, unit, earned.day),
                                .expires_at = engine::expires_at(plan, unit, earned.day)},
                               engine::stamp_of(cause, unit.clause));
    if (!posted) return refuse_as(RefusalKind::unprocessable, posted.error(), "/points");
    for (ledger::Entry& entry : posted->posting.entries) {
        if (entry.kind != ledger::EntryKind::earn) continue;
        entry.author = earned.author;
        entry.reason = earned.reason;
    }
    const LotId lot = posted->lot.id;
    desk.post(who.key, wallet, std::move(posted->posting));
    announce_points(desk, {.programme = programme, .key = who.key, .member = who.member, .cause = earned.cause}, "points.earned",
                    unit.id, earned.points);
    return lot;
}

}  // namespace suki::app
