#include "app/announce.h"
#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

Answered<AdjustAnswer> decide(Desk& desk, const Ask& ask, const Adjust& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const bool is_blank = command.reason.find_first_not_of(" \t\r\n\u00a0") == std::string::npos;
    if (is_blank || !is_good_text(command.reason)) return refuse(AdjustRejection::reason_missing, "/reason");
    const std::string author = author_of(ask.caller);
    if (author.empty()) return refuse(AdjustRejection::author_missing);
    if (command.points.is_zero() || !is_in_range(command.points)) return refuse(AdjustRejection::points_malformed, "/points");
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    const programme::Unit* unit = nullptr;
    for (const programme::Unit& one : programme->latest().units) {
        if (one.id == command.unit) unit = &one;
    }
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit");

    desk.sweep(named->key, *programme);
    const Edition* edition = programme->in_force(local_date(*programme->latest().zone, desk.recorded_at()));
    const std::string cause = own_cause(desk, ask, "adj");
    const std::uint32_t wallet = wallet_index(*desk.edit(named->key).state, unit->id);
    auto posting = ledger::adjust(desk.edit(named->key).state->wallets[wallet],
                                  {.points = command.points,
                                   .reason = command.reason,
                                   .author = author,
                                   .expires_at = command.expires_at,
                                   .may_owe = command.may_owe},
                                  engine::stamp_of({.id = cause,
                                                    .occurred_at = desk.recorded_at(),
                                                    .recorded_at = desk.recorded_at(),
                                                    .edition = edition == nullptr ? 0 : edition->view.edition},
                                                   unit->clause));
    if (!posting) return refuse_as(RefusalKind::unprocessable, posting.error(), "/points");
    desk.post(named->key, wallet, *std::move(posting));
    announce_points(desk, {.programme = *programme, .key = named->key, .member = named->member, .cause = cause}, "points.adjusted",
                    unit->id, command.points);
    return AdjustAnswer{.unit = unit->id,
                        .points = command.points,
                        .recorded_at = desk.recorded_at(),
                        .balances = balances_of(*programme, desk.owner(named->key)->state, desk.recorded_at())};
}

}  // namespace suki::app
