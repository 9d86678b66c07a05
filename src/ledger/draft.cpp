#include "ledger/draft.h"

#include <algorithm>

namespace suki::ledger {

bool comes_before(const Lot& a, const Lot& b) {
    if (a.expires_at == b.expires_at) return a.id < b.id;
    return a.expires_at && (!b.expires_at || *a.expires_at < *b.expires_at);
}

}  // namespace suki::ledger

namespace suki::ledger::detail {

namespace {
Book book_of(const Lot& lot) { return lot.is_mature ? Book::available : Book::pending; }
}  // namespace

Lot* find_lot(Wallet& wallet, LotId id) {
    for (Lot& lot : wallet.lots) {
        if (lot.id == id) return &lot;
    }
    return nullptr;
}

bool has_room_for(const Wallet& wallet, Points points) {
    // All of it is within the range of amounts by the same check, so the sum can't leave 64 bits.
    std::int64_t sum = wallet.owed.minor();
    for (const Lot& lot : wallet.lots) sum += lot.remaining.minor();
    for (const Hold& hold : wallet.holds) sum += hold.points.minor();
    return points.minor() <= kAmountMax - sum;
}

std::string part_name(const Wallet& wallet, EntryKind kind, std::string_view offer) {
    std::string part = wallet.unit;
    part += '/';
    part += name_of(kind);
    part += '/';
    part += offer;
    return part;
}

Draft::Draft(Wallet& wallet, EntryKind kind, const Stamp& stamp) : wallet_(wallet) {
    entry.unit = wallet.unit;
    entry.kind = kind;
    entry.occurred_at = stamp.occurred_at;
    entry.recorded_at = stamp.recorded_at;
    entry.effective_at = stamp.recorded_at;
    entry.cause = stamp.cause;
    entry.edition = stamp.edition;
}

Draft::Draft(Wallet& wallet, EntryKind kind, Instant at, int edition) : wallet_(wallet) {
    entry.unit = wallet.unit;
    entry.kind = kind;
    entry.occurred_at = entry.recorded_at = entry.effective_at = at;
    entry.edition = edition;
}

LotChange& Draft::change_of(LotId id) {
    for (LotChange& change : entry.lots) {
        if (change.lot == id) return change;
    }
    entry.lots.push_back({.lot = id});
    return entry.lots.back();
}

void Draft::put(const Lot& shape, Points points, HoldId hold) {
    LotChange& change = change_of(shape.id);
    Lot* lot = find_lot(wallet_, shape.id);
    if (lot == nullptr) {
        Lot opened = shape;
        opened.remaining = Points{0};
        change.opened = opened;  // completed by `finish`
        lot = &*wallet_.lots.insert(std::upper_bound(wallet_.lots.begin(), wallet_.lots.end(), opened, comes_before), opened);
    }
    if (!hold.is_nil()) change.hold = hold;
    change.change = plus(change.change, points);
    lot->remaining = plus(lot->remaining, points);
    move(book_of(*lot), points);
}

void Draft::take(Lot& lot, Points points, HoldId hold) {
    SUKI_CHECK(points <= lot.remaining);
    LotChange& change = change_of(lot.id);
    if (!hold.is_nil()) change.hold = hold;
    change.change = minus(change.change, points);
    lot.remaining = minus(lot.remaining, points);
    move(book_of(lot), points.negated());
}

std::vector<Draw> Draft::take_soonest(Points wanted, bool is_mature, Instant now, HoldId hold) {
    return take_where(wanted, [&](const Lot& lot) { return lot.is_mature == is_mature && !is_expired(lot, now); }, hold);
}

std::vector<Draw> Draft::take_pending(Points wanted, Instant since, Instant now) {
    // Ids of lots begin with the millisecond in which they were made (derived_id).
    const auto made_in = [](const Lot& lot) { return static_cast<std::int64_t>(lot.id.bits.high >> 16); };
    return take_where(
        wanted, [&](const Lot& lot) { return !lot.is_mature && !is_expired(lot, now) && since.us / 1000 <= made_in(lot); }, {});
}

template <class Which>
std::vector<Draw> Draft::take_where(Points wanted, const Which& which, HoldId hold) {
    std::vector<Draw> draws;
    for (Lot& lot : wallet_.lots) {
        if (wanted <= Points{0}) break;
        if (!which(lot)) continue;
        const Points taken = std::min(lot.remaining, wanted);
        if (taken <= Points{0}) continue;
        draws.push_back({.lot = lot, .taken = taken});
        take(lot, taken, hold);
        wanted = minus(wanted, taken);
    }
    return draws;
}

void Draft::owe(Points points) {
    wallet_.owed = plus(wallet_.owed, points);
    move(Book::debt, points.negated());
}

void Draft::forgive(Points points) {
    SUKI_CHECK(points <= wallet_.owed);
    wallet_.owed = minus(wallet_.owed, points);
    move(Book::debt, points);
}

void Draft::repay(Instant now) {
    if (wallet_.owed <= Points{0}) return;
    for (const Draw& draw : take_soonest(wallet_.owed, true, now)) forgive(draw.taken);
}

void Draft::finish(std::vector<Entry>& entries, std::string_view cause, std::string_view part, std::uint64_t ordinal) {
    std::erase_if(wallet_.lots, [](const Lot& lot) { return lot.remaining.is_zero(); });
    std::erase_if(entry.lots, [this](LotChange& change) {
        if (!change.opened) return false;
        const Lot* lot = find_lot(wallet_, change.lot);
        if (lot != nullptr) {
            change.opened = *lot;
            return false;
        }
        // Brought back and emptied within the entry (a debt was repaid): as though it had never been there.
        change.opened.reset();
        return change.hold.is_nil();
    });
    entry.id = EntryId{derived_id(entry.recorded_at, cause, part, ordinal)};
    entries.push_back(std::move(entry));
}

}  // namespace suki::ledger::detail
