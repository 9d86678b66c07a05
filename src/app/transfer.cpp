#include "app/transfer.h"

#include "app/announce.h"
#include "app/household.h"

namespace suki::app {

namespace {

Answered<Sides> find_sides(Desk& desk, const Ask& ask, const TransferPoints& command) {
    Sides sides{.programme = desk.world()->programme(ask.caller.organisation, command.programme)};
    if (sides.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto from = find_named(desk, *sides.programme, command.member);
    if (!from) return refuse(from.error(), "/member");
    const auto to = find_named(desk, *sides.programme, command.to);
    if (!to) return refuse(to.error(), "/to");
    if (from->key == to->key) return refuse(TransferRejection::same_account, "/to");
    // Who may not pay with the points gives none away either.
    if (!may_pay(*desk.owner(from->key), from->member)) return refuse(HouseholdRejection::household_owner_pays, "/member");
    sides.from = *from;
    sides.to = *to;
    desk.sweep(sides.from.key, *sides.programme);
    desk.sweep(sides.to.key, *sides.programme);
    sides.request = {.points = {}, .reason = command.reason, .author = *author};
    sides.cause = cause_now(desk, *sides.programme, own_cause(desk, ask, "trf"));
    return sides;
}

/// Entries say whom the points came from or went to.
void name_other(ledger::Posting& posting, MemberId other) {
    for (ledger::Entry& entry : posting.entries) {
        if (entry.kind == ledger::EntryKind::transfer_out || entry.kind == ledger::EntryKind::transfer_in)
            entry.offer = other.text();
    }
}

}  // namespace

std::optional<Refusal> post(Desk& desk, const Sides& sides, const std::string& unit, std::uint32_t wallet,
                            ledger::Transferred taken, const ledger::Stamp& stamp) {
    const std::uint32_t into = wallet_index(*desk.edit(sides.to.key).state, unit);
    auto arrived = ledger::transfer_in(desk.edit(sides.to.key).state->wallets[into], taken, sides.request, stamp);
    if (!arrived) return refuse_as(RefusalKind::unprocessable, arrived.error(), "/points").error;
    name_other(taken.posting, sides.to.member);
    name_other(*arrived, sides.from.member);
    desk.post(sides.from.key, wallet, std::move(taken.posting));
    desk.post(sides.to.key, into, *std::move(arrived));
    return std::nullopt;
}

void announce_both(Desk& desk, const Sides& sides, const std::string& unit, Points points) {
    if (points.is_zero()) return;
    announce_points(desk,
                    {.programme = *sides.programme, .key = sides.from.key, .member = sides.from.member, .cause = sides.cause.id},
                    "points.transferred_out", unit, points);
    announce_points(desk, {.programme = *sides.programme, .key = sides.to.key, .member = sides.to.member, .cause = sides.cause.id},
                    "points.transferred_in", unit, points);
}

Answered<TransferAnswer> decide(Desk& desk, const Ask& ask, const TransferPoints& command) {
    if (command.points <= Points{0} || !is_in_range(command.points)) return refuse(AdjustRejection::points_malformed, "/points");
    auto found = find_sides(desk, ask, command);
    if (!found) return Unexpected<Refusal>{std::move(found).error()};
    Sides& sides = *found;
    const programme::Unit* unit = unit_of(*sides.programme, command.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit");
    sides.request.points = command.points;
    const ledger::Stamp stamp = engine::stamp_of(sides.cause, unit->clause);
    const std::uint32_t wallet = wallet_index(*desk.edit(sides.from.key).state, unit->id);
    auto taken = ledger::transfer_out(desk.edit(sides.from.key).state->wallets[wallet], sides.request, stamp);
    if (!taken) return refuse_as(RefusalKind::unprocessable, taken.error(), "/points");
    if (auto refusal = post(desk, sides, unit->id, wallet, *std::move(taken), stamp))
        return Unexpected<Refusal>{*std::move(refusal)};
    announce_both(desk, sides, unit->id, command.points);
    return TransferAnswer{.transfer = sides.cause.id,
                          .unit = unit->id,
                          .points = command.points,
                          .recorded_at = desk.recorded_at(),
                          .member = sides.from.member,
                          .to = sides.to.member,
                          .balances = balances_of(*sides.programme, desk.owner(sides.from.key)->state, desk.recorded_at()),
                          .balances_of_other = balances_of(*sides.programme, desk.owner(sides.to.key)->state, desk.recorded_at())};
}

}  // namespace suki::app
