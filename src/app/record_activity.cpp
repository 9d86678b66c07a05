#include <algorithm>

#include "app/announce.h"
#include "app/decide.h"
#include "app/judge.h"
#include "app/resolve.h"
#include "base/limits.h"
#include "event/check.h"

namespace suki::app {

namespace {

/// Takes back what goods brought back without their receipt must have earned at least.
std::optional<Refusal> take_points(Desk& desk, const Named& named, const Edition& edition, const RecordActivity& command,
                                   const engine::Cause& cause, ActivityAnswer& answer) {
    std::vector<event::Line> goods = command.without_receipt;
    complete_units(desk, named.key.org, goods);
    auto settled = engine::settle_goods(*edition.plan, desk.edit(named.key).state->wallets, goods, cause);
    if (!settled) return refuse_as(RefusalKind::unprocessable, settled.error()).error;
    desk.post(named.key, std::move(settled->postings));
    for (const engine::UnitPoints& wanted : settled->wanted) {
        Discrepancy found{
            .kind = DiscrepancyKind::return_without_receipt, .stated = wanted.points.minor(), .decided = 0, .what = wanted.unit};
        for (const engine::UnitPoints& taken : settled->taken_back) {
            if (taken.unit == wanted.unit) found.decided = taken.points.minor();
        }
        answer.discrepancies.push_back(std::move(found));
    }
    if (settled->wanted.empty()) answer.discrepancies.push_back({.kind = DiscrepancyKind::return_without_receipt});
    answer.taken_back = std::move(settled->taken_back);
    answer.owed = std::move(settled->owed);
    answer.left = std::move(settled->left);
    answer.withheld = settled->withheld;
    return std::nullopt;
}

std::optional<Refusal> refused(const RecordActivity& command) {
    if (auto checked = event::check_activity(command.activity); !checked) {
        return refuse_malformed(std::move(checked).error(), {}).error;
    }
    if (command.without_receipt.empty()) return std::nullopt;
    event::Receipt goods{.id = command.activity.id, .occurred_at = command.activity.occurred_at, .lines = command.without_receipt};
    if (auto checked = event::check_receipt(goods); !checked) {
        return refuse_malformed(std::move(checked).error(), "/without_receipt").error;
    }
    return std::nullopt;
}

}  // namespace

Answered<ActivityAnswer> decide(Desk& desk, const Ask& ask, const RecordActivity& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    if (auto refusal = refused(command)) return Unexpected<Refusal>{*std::move(refusal)};
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");

    ActivityAnswer answer{.activity = command.activity.id, .recorded_at = desk.recorded_at(), .member = named->member};
    Instant occurred_at = command.activity.occurred_at;
    if (occurred_at.us - desk.recorded_at().us > limits::clock_ahead_max_us) {
        answer.discrepancies.push_back(
            {.kind = DiscrepancyKind::clock_ahead, .stated = occurred_at.us, .decided = desk.recorded_at().us});
        occurred_at = desk.recorded_at();
    }
    const Date date = local_date(*programme->latest().zone, occurred_at);
    const Date today = local_date(*programme->latest().zone, desk.recorded_at());
    desk.sweep(named->key, *programme);
    account::State& state = desk.stamped(named->key).state;
    const std::string level_before = level_text(state, today);
    engine::change_counters(state, date, {}, engine::figures_of_activity(command.activity.kind));
    derive_levels(*programme, state, std::max(today, date));
    answer.level = level_text(state, today);

    if (const Edition* edition = programme->in_force(date)) {
        const engine::Cause cause{.id = command.activity.id,
                                  .occurred_at = occurred_at,
                                  .recorded_at = desk.recorded_at(),
                                  .edition = edition->view.edition};
        if (!command.without_receipt.empty()) {
            if (auto refusal = take_points(desk, *named, *edition, command, cause, answer)) {
                return Unexpected<Refusal>{*std::move(refusal)};
            }
        } else {
            const auto& wallets = desk.edit(named->key).state->wallets;
            desk.post(named->key, engine::extend_expiry(*edition->plan, wallets, date, cause));
        }
    }
    desk.rows.activities.push_back({.org = programme->organisation,
                                    .account = named->key.account,
                                    .programme = programme->id,
                                    .id = command.activity.id,
                                    .member = named->member,
                                    .kind = command.activity.kind,
                                    .store = command.activity.store,
                                    .occurred_at = occurred_at,
                                    .recorded_at = desk.recorded_at(),
                                    .date = date});
    for (const Discrepancy& found : answer.discrepancies) {
        desk.discrepancy(programme->organisation, programme->id, command.activity.id, named->key.account, found);
    }
    desk.add_claim({.key = programme_claim(*programme, store::ClaimKind::activity, command.activity.id),
                    .account = named->key.account,
                    .member = named->member,
                    .other = ask.remembered(answer)});
    const Subject subject{.programme = *programme, .key = named->key, .member = named->member, .cause = command.activity.id};
    announce_plain(desk, subject, "activity.recorded");
    announce_level(desk, subject, level_before, answer.level);
    return answer;
}

}  // namespace suki::app
