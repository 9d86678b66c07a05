#include "ledger/accrual.h"

#include <algorithm>

#include "ledger/draft.h"

namespace suki::ledger {

using detail::Draft;
using detail::part_name;

Result<Posting, LedgerRejection> take_accrued(Wallet wallet, const TakeAccruedRequest& request, const Stamp& stamp) {
    const Part& part = request.part;
    if (part.points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
    if (!detail::has_room_for(wallet, part.points)) return Unexpected{LedgerRejection::points_out_of_range};

    // From here on nothing may refuse.
    Draft draft(wallet, EntryKind::return_earn, stamp);
    draft.entry.offer = part.offer;
    draft.entry.clause = part.clause;
    draft.move(Book::issued, part.points);
    Points wanted = part.points;
    for (const std::string& prefix : {request.period, request.rebate}) {
        for (Lot& lot : wallet.lots) {
            if (lot.is_mature || detail::is_expired(lot, stamp.recorded_at) || !lot.earned_by.starts_with(prefix)) continue;
            const Points taken = std::min(lot.remaining, wanted);
            if (taken.is_zero()) continue;
            draft.take(lot, taken);
            wanted = minus(wanted, taken);
        }
    }
    for (const Draw& draw : draft.take_soonest(wanted, true, stamp.recorded_at)) wanted = minus(wanted, draw.taken);
    draft.owe(wanted);
    std::vector<Entry> entries;
    draft.finish(entries, stamp.cause, part_name(wallet, EntryKind::return_earn, part.offer));
    return Posting{.entries = std::move(entries), .wallet = std::move(wallet)};
}

}  // namespace suki::ledger
