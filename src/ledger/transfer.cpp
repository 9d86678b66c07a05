#include <string>

#include "ledger/draft.h"

namespace suki::ledger {

using detail::Draft;
using detail::part_name;

namespace {

Draft draft_of(Wallet& wallet, EntryKind kind, const TransferRequest& request, const Stamp& stamp) {
    Draft draft(wallet, kind, stamp);
    draft.entry.reason = request.reason;
    draft.entry.author = request.author;
    return draft;
}

}  // namespace

Result<Transferred, LedgerRejection> transfer_out(Wallet wallet, const TransferRequest& request, const Stamp& stamp) {
    if (request.points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
    if (wallet.is_frozen) return Unexpected{LedgerRejection::wallet_is_frozen};
    if (balance(wallet, stamp.recorded_at).available < request.points) return Unexpected{LedgerRejection::insufficient_points};

    // From here on nothing may refuse.
    Transferred transferred;
    Draft draft = draft_of(wallet, EntryKind::transfer_out, request, stamp);
    draft.move(Book::transferred, request.points);
    const std::string part = part_name(wallet, EntryKind::transfer_out, {});
    for (const Draw& draw : draft.take_soonest(request.points, true, stamp.recorded_at)) {
        Lot lot = draw.lot;
        lot.id = LotId{derived_id(stamp.recorded_at, stamp.cause, "lot/" + part, transferred.lots.size())};
        lot.original = lot.remaining = draw.taken;
        transferred.lots.push_back(std::move(lot));
    }
    draft.finish(transferred.posting.entries, stamp.cause, part);
    transferred.posting.wallet = std::move(wallet);
    return transferred;
}

Result<Transferred, LedgerRejection> transfer_all(Wallet wallet, const TransferRequest& request, const Stamp& stamp) {
    if (!wallet.holds.empty()) return Unexpected{LedgerRejection::holds_are_open};

    // From here on nothing may refuse.
    Transferred transferred{.posting = {}, .lots = wallet.lots, .owed = wallet.owed};
    if (!wallet.lots.empty() || !wallet.owed.is_zero()) {
        Draft draft = draft_of(wallet, EntryKind::transfer_out, request, stamp);
        for (Lot& lot : wallet.lots) {
            draft.move(Book::transferred, lot.remaining);
            draft.take(lot, lot.remaining);
        }
        draft.move(Book::transferred, wallet.owed.negated());
        draft.forgive(wallet.owed);
        draft.finish(transferred.posting.entries, stamp.cause, part_name(wallet, EntryKind::transfer_out, {}));
    }
    transferred.posting.wallet = std::move(wallet);
    return transferred;
}

Result<Posting, LedgerRejection> transfer_in(Wallet wallet, const Transferred& what, const TransferRequest& request,
                                             const Stamp& stamp) {
    std::int64_t sum = what.owed.minor();
    for (const Lot& lot : what.lots) sum += lot.remaining.minor();
    if (!detail::has_room_for(wallet, Points{sum})) return Unexpected{LedgerRejection::points_out_of_range};

    // From here on nothing may refuse.
    Posting posting;
    if (sum != 0) {
        Draft draft = draft_of(wallet, EntryKind::transfer_in, request, stamp);
        for (const Lot& lot : what.lots) {
            draft.move(Book::transferred, lot.remaining.negated());
            draft.put(lot, lot.remaining);
        }
        draft.move(Book::transferred, what.owed);
        draft.owe(what.owed);
        draft.repay(stamp.recorded_at);
        const std::string part = part_name(wallet, EntryKind::transfer_in, {});
        draft.finish(posting.entries, stamp.cause, part);
        detail::post_due_at_once(wallet, posting.entries, stamp, part);
    }
    posting.wallet = std::move(wallet);
    return posting;
}

}  // namespace suki::ledger
