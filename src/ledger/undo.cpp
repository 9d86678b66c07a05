#include <algorithm>
#include <string>

#include "ledger/draft.h"

namespace suki::ledger {

using detail::Draft;
using detail::part_name;

namespace {

Points leg(const Entry& entry, Book book) { return entry.legs[static_cast<std::size_t>(book)]; }

/// Why not, if not. The adjustment gave `given`, of which `repaid` went to a debt.
std::optional<LedgerRejection> take_back(Wallet& wallet, Draft& draft, const UndoRequest& request, Points given, Instant now) {
    const Points repaid = leg(request.adjusted, Book::debt);
    const Points size = minus(given, request.expired);
    if (size <= Points{0}) return LedgerRejection::points_must_be_positive;
    Points wanted = minus(size, repaid);
    for (const LotChange& change : request.adjusted.lots) {
        Lot* own = detail::find_lot(wallet, change.lot);
        if (own == nullptr || detail::is_expired(*own, now)) continue;
        const Points taken = std::min(own->remaining, wanted);
        if (!taken.is_zero()) draft.take(*own, taken);
        wanted = minus(wanted, taken);
    }
    // Points are alike: what the member has stands in for what was spent.
    for (const Draw& draw : draft.take_soonest(wanted, true, now)) wanted = minus(wanted, draw.taken);
    if (!wanted.is_zero()) return LedgerRejection::insufficient_points;
    if (!detail::has_room_for(wallet, repaid)) return LedgerRejection::points_out_of_range;
    draft.owe(repaid);
    draft.move(Book::adjusted, size);
    return std::nullopt;
}

/// The adjustment took `taken`, of which a part was owed.
std::optional<LedgerRejection> give_back(Wallet& wallet, Draft& draft, const UndoRequest& request, Points taken,
                                         const Stamp& stamp) {
    if (!detail::has_room_for(wallet, taken)) return LedgerRejection::points_out_of_range;
    const Points owed = leg(request.adjusted, Book::debt).negated();
    const Points forgiven = std::min(owed, wallet.owed);
    draft.forgive(forgiven);
    if (const Points repaid_since = minus(owed, forgiven); !repaid_since.is_zero()) {
        const std::string part = "lot/" + part_name(wallet, EntryKind::adjust, {});
        draft.put({.id = LotId{derived_id(stamp.recorded_at, stamp.cause, part, 0)},
                   .earned_by = stamp.cause,
                   .earned_at = stamp.occurred_at,
                   .original = repaid_since,
                   .matures_at = stamp.recorded_at,
                   .expires_at = request.fresh_expires_at,
                   .is_mature = true},
                  repaid_since);
    }
    for (const LotChange& change : request.adjusted.lots) {
        const auto shape = std::find_if(request.before.lots.begin(), request.before.lots.end(),
                                        [&](const Lot& lot) { return lot.id == change.lot; });
        SUKI_CHECK(shape != request.before.lots.end());
        draft.put(*shape, change.change.negated());
        const Lot* lot = detail::find_lot(wallet, change.lot);
        if (lot->remaining > lot->original) return LedgerRejection::points_out_of_range;
    }
    draft.move(Book::adjusted, taken.negated());
    return std::nullopt;
}

}  // namespace

Result<Posting, LedgerRejection> undo_adjustment(Wallet wallet, const UndoRequest& request, const Stamp& stamp) {
    const Points adjusted = leg(request.adjusted, Book::adjusted);
    Draft draft(wallet, EntryKind::adjust, stamp);
    draft.entry.reason = request.reason;
    draft.entry.author = request.author;
    const auto refused = adjusted < Points{0} ? take_back(wallet, draft, request, adjusted.negated(), stamp.recorded_at)
                                              : give_back(wallet, draft, request, adjusted, stamp);
    if (refused) return Unexpected{*refused};
    // Nobody holds available points beside a debt; what has expired meanwhile repays nothing.
    draft.repay(stamp.recorded_at);

    std::vector<Entry> entries;
    const std::string part = part_name(wallet, EntryKind::adjust, {});
    draft.finish(entries, stamp.cause, part);
    detail::post_due_at_once(wallet, entries, stamp, part);
    return Posting{.entries = std::move(entries), .wallet = std::move(wallet)};
}

}  // namespace suki::ledger
