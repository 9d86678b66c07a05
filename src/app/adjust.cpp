#include <algorithm>

#include "account/state.h"
#include "app/announce.h"
#include "app/decide.h"
#include "app/resolve.h"
#include "engine/kept.h"
#include "engine/settle.h"

namespace suki::app {

namespace {

constexpr std::string_view kAdjustment = "adj";
constexpr std::string_view kUndoing = "und";

/// What was posted when, and by which unit.
struct Posted {
    const Programme& programme;
    const Named& named;
    const programme::Unit& unit;
    std::string cause;
    Points points;
};

ledger::Stamp stamp_of(const Desk& desk, const Posted& what) {
    return engine::stamp_of(cause_now(desk, what.programme, what.cause), what.unit.clause);
}

AdjustAnswer announce_and_answer(Desk& desk, const Posted& what) {
    announce_points(desk, {.programme = what.programme, .key = what.named.key, .member = what.named.member, .cause = what.cause},
                    "points.adjusted", what.unit.id, what.points);
    return AdjustAnswer{.unit = what.unit.id,
                        .points = what.points,
                        .recorded_at = desk.recorded_at(),
                        .balances = balances_of(what.programme, desk.owner(what.named.key)->state, desk.recorded_at()),
                        .id = what.cause};
}

/// What the adjustment did to its wallet, read from the journal: nothing when there is no such adjustment or it was undone.
Result<ledger::UndoRequest, AdjustRejection> read_adjustment(const std::vector<store::EntryRow>& journal, const std::string& cause,
                                                             const std::string& undoing) {
    ledger::UndoRequest request;
    bool is_found = false;
    for (const store::EntryRow& row : journal) {
        if (row.entry.cause == undoing) return Unexpected{AdjustRejection::adjustment_already_undone};
        if (!is_found && row.entry.cause == cause && row.entry.kind == ledger::EntryKind::adjust) {
            is_found = true;
            request.adjusted = row.entry;
        } else if (!is_found) {
            // A journal that does not fit is what `verify` finds; here what it opened would be unknown.
            if (!ledger::replay(request.before, row.entry)) return Unexpected{AdjustRejection::adjustment_not_found};
        } else {
            for (const ledger::LotChange& change : request.adjusted.lots) {
                if (change.opened) request.expired = plus(request.expired, ledger::expired_of(row.entry, change.lot));
            }
        }
    }
    if (!is_found) return Unexpected{AdjustRejection::adjustment_not_found};
    return request;
}

}  // namespace

Answered<AdjustAnswer> decide(Desk& desk, const Ask& ask, const Adjust& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected{author.error()};
    if (command.points.is_zero() || !is_in_range(command.points)) return refuse(AdjustRejection::points_malformed, "/points");
    if (command.expires_at && *command.expires_at <= desk.recorded_at()) {
        return refuse(AdjustRejection::expires_at_not_ahead, "/expires_at");
    }
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    const programme::Unit* unit = unit_of(*programme, command.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit");

    desk.sweep(named->key, *programme);
    const Posted what{.programme = *programme,
                      .named = *named,
                      .unit = *unit,
                      .cause = own_cause(desk, ask, kAdjustment),
                      .points = command.points};
    const std::uint32_t wallet = wallet_index(*desk.edit(named->key).state, unit->id);
    auto posting = ledger::adjust(desk.edit(named->key).state->wallets[wallet],
                                  {.points = command.points,
                                   .reason = command.reason,
                                   .author = *author,
                                   .expires_at = command.expires_at,
                                   .may_owe = command.may_owe},
                                  stamp_of(desk, what));
    if (!posting) return refuse_as(RefusalKind::unprocessable, posting.error(), "/points");
    desk.post(named->key, wallet, *std::move(posting));
    return announce_and_answer(desk, what);
}

Answered<AdjustAnswer> decide(Desk& desk, const Ask& ask, const UndoAdjustment& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected{author.error()};
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    const auto id = parse_id(kAdjustment, command.adjustment);
    if (!id) return refuse(AdjustRejection::adjustment_not_found, "/adjustment");

    desk.sweep(named->key, *programme);
    store::StateRow& state = *desk.edit(named->key).state;
    for (std::uint32_t wallet = 0; wallet < state.wallets.size(); ++wallet) {
        const programme::Unit* unit = unit_of(*programme, state.wallets[wallet].unit);
        if (unit == nullptr) continue;
        Posted what{.programme = *programme, .named = *named, .unit = *unit, .cause = id_text(kUndoing, *id), .points = {}};
        auto request = read_adjustment(desk.journal(named->key, unit->id), command.adjustment, what.cause);
        if (!request && request.error() == AdjustRejection::adjustment_not_found) continue;
        if (!request) return refuse(request.error(), "/adjustment");
        const Date today = local_date(*programme->latest().zone, desk.recorded_at());
        request->reason = command.reason;
        request->author = *author;
        request->fresh_expires_at = engine::expires_at(programme->latest(), *unit, today);
        if (engine::is_kept_by_activity(*unit)) {
            const engine::KeptUnit kept(programme->latest(), *unit, engine::activities_of(state.state, {}, today));
            for (ledger::Lot& lot : request->before.lots) {
                if (lot.expires_at) lot.expires_at = kept.keep(*lot.expires_at);
            }
        }
        auto posting = ledger::undo_adjustment(state.wallets[wallet], *request, stamp_of(desk, what));
        if (!posting) return refuse_as(RefusalKind::unprocessable, posting.error());
        what.points = posting->entries.front().legs[static_cast<std::size_t>(ledger::Book::adjusted)].negated();
        desk.post(named->key, wallet, *std::move(posting));
        return announce_and_answer(desk, what);
    }
    return refuse(AdjustRejection::adjustment_not_found, "/adjustment");
}

}  // namespace suki::app
