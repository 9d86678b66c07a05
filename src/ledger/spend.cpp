#include <algorithm>
#include <string>

#include "base/limits.h"
#include "ledger/draft.h"

namespace suki::ledger {

using detail::Draft;
using detail::part_name;

namespace {

std::vector<Hold>::iterator find_hold(Wallet& wallet, HoldId id) {
    return std::find_if(wallet.holds.begin(), wallet.holds.end(), [id](const Hold& hold) { return hold.id == id; });
}

Points available_at(const Wallet& wallet, Instant now) {
    Points sum;
    for (const Lot& lot : wallet.lots) {
        if (lot.is_mature && !detail::is_expired(lot, now)) sum = plus(sum, lot.remaining);
    }
    return sum;
}

/// One entry that spends what there is and owes the rest.
void post_spend(Wallet& wallet, Spent& spent, const SpendRequest& request, Points points, const Stamp& stamp) {
    Draft draft(wallet, EntryKind::spend, stamp);
    draft.entry.offer = request.offer;
    draft.entry.clause = request.clause;
    draft.move(Book::spent, points);
    Points wanted = points;
    for (Draw& draw : draft.take_soonest(wanted, true, stamp.recorded_at)) {
        wanted = minus(wanted, draw.taken);
        spent.draws.push_back(std::move(draw));
    }
    draft.owe(wanted);
    spent.uncovered = plus(spent.uncovered, wanted);
    draft.finish(spent.posting.entries, stamp.cause, part_name(wallet, EntryKind::spend, request.offer));
}

}  // namespace

Result<Spent, LedgerRejection> spend(Wallet wallet, const SpendRequest& request, const Stamp& stamp) {
    if (request.points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
    if (wallet.is_frozen && !request.may_owe) return Unexpected{LedgerRejection::wallet_is_frozen};
    const Points available = available_at(wallet, stamp.recorded_at);
    if (available < request.points) {
        if (!request.may_owe) return Unexpected{LedgerRejection::insufficient_points};
        if (!is_in_range(request.points) || !detail::has_room_for(wallet, request.points)) {
            return Unexpected{LedgerRejection::points_out_of_range};
        }
    }

    // From here on nothing may refuse.
    Spent spent;
    post_spend(wallet, spent, request, request.points, stamp);
    spent.posting.wallet = std::move(wallet);
    return spent;
}

Result<Posting, LedgerRejection> place_hold(Wallet wallet, HoldId id, Points points, Instant expires_at, const Stamp& stamp) {
    if (points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
    if (wallet.is_frozen) return Unexpected{LedgerRejection::wallet_is_frozen};
    if (wallet.holds.size() >= limits::holds_per_account) return Unexpected{LedgerRejection::too_many_holds};
    if (available_at(wallet, stamp.recorded_at) < points) return Unexpected{LedgerRejection::insufficient_points};

    // From here on nothing may refuse.
    Posting posting;
    Draft draft(wallet, EntryKind::hold, stamp);
    draft.move(Book::held, points);
    Hold hold{.id = id,
              .points = points,
              .draws = draft.take_soonest(points, true, stamp.recorded_at, id),
              .placed_at = stamp.recorded_at,
              .expires_at = expires_at,
              .cause = stamp.cause};
    for (LotChange& change : draft.entry.lots) change.expires_at = expires_at;
    const auto place = std::find_if(wallet.holds.begin(), wallet.holds.end(), [id](const Hold& other) { return id < other.id; });
    wallet.holds.insert(place, std::move(hold));
    draft.finish(posting.entries, stamp.cause, part_name(wallet, EntryKind::hold, id.text()));
    detail::post_due_at_once(wallet, posting.entries, stamp, part_name(wallet, EntryKind::hold, id.text()));
    posting.wallet = std::move(wallet);
    return posting;
}

Result<Spent, LedgerRejection> confirm_hold(Wallet wallet, HoldId id, const SpendRequest& request, const Stamp& stamp) {
    if (request.points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
    const auto hold = find_hold(wallet, id);
    if (hold == wallet.holds.end()) return Unexpected{LedgerRejection::hold_not_found};
    // The request may be out of range yet; of two positive numbers the difference always fits.
    const Points beyond{std::max<std::int64_t>(0, request.points.minor() - hold->points.minor())};
    if (!beyond.is_zero()) {
        if (!request.may_owe) return Unexpected{LedgerRejection::hold_smaller_than_wanted};
        if (!is_in_range(request.points) || !detail::has_room_for(wallet, beyond)) {
            return Unexpected{LedgerRejection::points_out_of_range};
        }
    }

    // From here on nothing may refuse.
    Spent spent;
    const Points confirmed = minus(request.points, beyond);
    Draft draft(wallet, EntryKind::confirm, stamp);
    draft.entry.offer = request.offer;
    draft.entry.clause = request.clause;
    draft.move(Book::held, confirmed.negated());
    draft.move(Book::spent, confirmed);
    Points wanted = confirmed;
    std::vector<Draw> rest;
    for (const Draw& draw : hold->draws) {
        const Points taken = std::min(draw.taken, wanted);
        wanted = minus(wanted, taken);
        if (!taken.is_zero()) {
            draft.change_of(draw.lot.id).hold = id;
            spent.draws.push_back({.lot = draw.lot, .taken = taken});
        }
        if (taken < draw.taken) rest.push_back({.lot = draw.lot, .taken = minus(draw.taken, taken)});
    }
    hold->points = minus(hold->points, confirmed);
    hold->draws = std::move(rest);
    draft.finish(spent.posting.entries, stamp.cause, part_name(wallet, EntryKind::confirm, id.text()));
    if (hold->draws.empty()) {
        wallet.holds.erase(hold);
    } else {
        detail::post_release(wallet, spent.posting.entries, static_cast<std::size_t>(hold - wallet.holds.begin()),
                             Draft(wallet, EntryKind::release, stamp), stamp.cause);
    }
    if (!beyond.is_zero()) post_spend(wallet, spent, request, beyond, stamp);
    detail::post_due_at_once(wallet, spent.posting.entries, stamp, part_name(wallet, EntryKind::confirm, id.text()));
    spent.posting.wallet = std::move(wallet);
    return spent;
}

Result<Posting, LedgerRejection> release_hold(Wallet wallet, HoldId id, const Stamp& stamp) {
    const auto hold = find_hold(wallet, id);
    if (hold == wallet.holds.end()) return Unexpected{LedgerRejection::hold_not_found};

    // From here on nothing may refuse.
    Posting posting;
    detail::post_release(wallet, posting.entries, static_cast<std::size_t>(hold - wallet.holds.begin()),
                         Draft(wallet, EntryKind::release, stamp), stamp.cause);
    detail::post_due_at_once(wallet, posting.entries, stamp, part_name(wallet, EntryKind::release, id.text()));
    posting.wallet = std::move(wallet);
    return posting;
}

Result<Restored, LedgerRejection> restore_spend(Wallet wallet, const RestoreRequest& request, const Stamp& stamp) {
    if (request.points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
    std::int64_t spent = request.uncovered.minor();
    for (const Draw& draw : request.draws) spent += draw.taken.minor();
    // What is forgiven of a debt needs no room.
    const Points forgiven = std::min(request.points, request.uncovered);
    const Points still_owed = std::min(forgiven, wallet.owed);
    if (request.points.minor() > spent || !detail::has_room_for(wallet, minus(request.points, still_owed))) {
        return Unexpected{LedgerRejection::points_out_of_range};
    }

    Restored restored{.posting = {}, .draws_left = request.draws, .uncovered_left = request.uncovered};
    Draft draft(wallet, EntryKind::return_spend, stamp);
    draft.entry.offer = request.offer;
    draft.entry.clause = request.clause;
    draft.move(Book::spent, request.points.negated());

    restored.uncovered_left = minus(request.uncovered, forgiven);
    draft.forgive(still_owed);
    const Points repaid_since = minus(forgiven, still_owed);
    if (!repaid_since.is_zero()) {
        // Later earnings repaid the debt and have no lot of their own to go back to.
        const std::string part = "lot/" + part_name(wallet, EntryKind::return_spend, request.offer);
        draft.put({.id = LotId{derived_id(stamp.recorded_at, stamp.cause, part, 0)},
                   .earned_by = stamp.cause,
                   .earned_at = stamp.occurred_at,
                   .original = repaid_since,
                   .matures_at = request.fresh_matures_at,
                   .expires_at = request.fresh_expires_at,
                   .is_mature = request.fresh_matures_at <= stamp.recorded_at},
                  repaid_since);
    }

    Points wanted = minus(request.points, forgiven);
    while (!wanted.is_zero()) {
        Draw& last = restored.draws_left.back();
        const Points given = std::min(last.taken, wanted);
        draft.put(last.lot, given);
        const Lot* lot = detail::find_lot(wallet, last.lot.id);
        // More than the lot ever had can only be asked for by restoring a spend twice.
        if (lot->remaining > lot->original) return Unexpected{LedgerRejection::points_out_of_range};
        wanted = minus(wanted, given);
        last.taken = minus(last.taken, given);
        if (last.taken.is_zero()) restored.draws_left.pop_back();
    }
    // What has expired meanwhile repays nothing; it expires.
    draft.repay(stamp.recorded_at);
    const std::string part = part_name(wallet, EntryKind::return_spend, request.offer);
    draft.finish(restored.posting.entries, stamp.cause, part);
    detail::post_due_at_once(wallet, restored.posting.entries, stamp, part);
    restored.posting.wallet = std::move(wallet);
    return restored;
}

}  // namespace suki::ledger
