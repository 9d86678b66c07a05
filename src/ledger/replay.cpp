#include <algorithm>

#include "ledger/draft.h"

namespace suki::ledger {

namespace {

Points leg(const Entry& entry, Book book) { return entry.legs[static_cast<std::size_t>(book)]; }

bool apply_change(Wallet& wallet, const Entry& entry, const LotChange& change) {
    Lot* lot = detail::find_lot(wallet, change.lot);
    if (change.opened) {
        if (lot != nullptr || change.opened->id != change.lot || change.opened->remaining != change.change) return false;
        const auto place = std::upper_bound(wallet.lots.begin(), wallet.lots.end(), *change.opened, comes_before);
        wallet.lots.insert(place, *change.opened);
        return true;
    }
    // Of a hold the lot may be gone: a confirmed draw changes no remainder.
    if (lot == nullptr) return change.change.is_zero() && !change.hold.is_nil();
    if (entry.kind == EntryKind::mature) lot->is_mature = true;
    if (entry.kind == EntryKind::extend) lot->expires_at = change.expires_at;
    const auto remaining = add(lot->remaining, change.change);
    if (!remaining || *remaining < Points{0}) return false;
    lot->remaining = *remaining;
    return true;
}

bool apply_hold(Wallet& wallet, const Entry& entry, const std::vector<Lot>& lots_before) {
    if (entry.lots.empty() || entry.lots.front().hold.is_nil()) return false;
    Hold hold{.id = entry.lots.front().hold,
              .points = leg(entry, Book::held),
              .draws = {},
              .placed_at = entry.recorded_at,
              .expires_at = {},
              .cause = entry.cause};
    for (const LotChange& change : entry.lots) {
        const auto lot =
            std::find_if(lots_before.begin(), lots_before.end(), [&](const Lot& candidate) { return candidate.id == change.lot; });
        if (change.hold != hold.id || !change.expires_at || lot == lots_before.end()) return false;
        hold.expires_at = *change.expires_at;
        hold.draws.push_back({.lot = *lot, .taken = change.change.negated()});
    }
    const auto place =
        std::find_if(wallet.holds.begin(), wallet.holds.end(), [&](const Hold& other) { return hold.id <= other.id; });
    if (place != wallet.holds.end() && place->id == hold.id) return false;
    wallet.holds.insert(place, std::move(hold));
    return true;
}

/// A confirmation uses up the draws from their front; a release ends the hold.
bool apply_to_hold(Wallet& wallet, const Entry& entry) {
    const auto named = std::find_if(entry.lots.begin(), entry.lots.end(), [](const LotChange& c) { return !c.hold.is_nil(); });
    if (named == entry.lots.end()) return false;
    const auto hold = std::find_if(wallet.holds.begin(), wallet.holds.end(), [&](const Hold& h) { return h.id == named->hold; });
    if (hold == wallet.holds.end()) return false;
    Points wanted = leg(entry, Book::held).negated();
    if (wanted > hold->points || wanted < Points{0}) return false;
    if (entry.kind == EntryKind::release) {
        if (wanted != hold->points) return false;
        wallet.holds.erase(hold);
        return true;
    }
    hold->points = minus(hold->points, wanted);
    for (Draw& draw : hold->draws) {
        const Points taken = std::min(draw.taken, wanted);
        draw.taken = minus(draw.taken, taken);
        wanted = minus(wanted, taken);
    }
    std::erase_if(hold->draws, [](const Draw& draw) { return draw.taken.is_zero(); });
    if (hold->draws.empty()) wallet.holds.erase(hold);
    return true;
}

/// Longer, or shorter where the entry names a hold.
void change_held(Wallet& wallet, const LotChange& change, Instant recorded_at) {
    for (Hold& hold : wallet.holds) {
        for (Draw& draw : hold.draws) {
            if (draw.lot.id != change.lot || !draw.lot.expires_at || !change.expires_at) continue;
            const bool is_longer = *draw.lot.expires_at < *change.expires_at;
            // What has expired in a hold stays so.
            if (is_longer ? !detail::is_expired(draw.lot, recorded_at) : !change.hold.is_nil())
                draw.lot.expires_at = change.expires_at;
        }
    }
}

}  // namespace

bool replay(Wallet& wallet, const Entry& entry) {
    if (wallet.unit.empty()) wallet.unit = entry.unit;
    if (wallet.unit != entry.unit) return false;
    const Legs books_before = books_of(wallet);
    std::vector<Lot> lots_before;
    if (entry.kind == EntryKind::hold) lots_before = wallet.lots;

    for (const LotChange& change : entry.lots) {
        if (!apply_change(wallet, entry, change)) return false;
        if (entry.kind == EntryKind::extend) change_held(wallet, change, entry.recorded_at);
    }
    std::erase_if(wallet.lots, [](const Lot& lot) { return lot.remaining.is_zero(); });
    if (entry.kind == EntryKind::extend) std::sort(wallet.lots.begin(), wallet.lots.end(), comes_before);
    if (entry.kind == EntryKind::hold && !apply_hold(wallet, entry, lots_before)) return false;
    const bool ends_hold = entry.kind == EntryKind::release || entry.kind == EntryKind::confirm;
    if (ends_hold && !apply_to_hold(wallet, entry)) return false;
    const auto owed = subtract(wallet.owed, leg(entry, Book::debt));
    if (!owed || *owed < Points{0}) return false;
    wallet.owed = *owed;

    const Legs books_after = books_of(wallet);
    for (const Book book : {Book::pending, Book::available, Book::held, Book::debt}) {
        const auto index = static_cast<std::size_t>(book);
        if (add(books_before[index], entry.legs[index]) != books_after[index]) return false;
    }
    return true;
}

}  // namespace suki::ledger
