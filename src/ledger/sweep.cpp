#include <algorithm>
#include <limits>
#include <string>

#include "ledger/draft.h"

namespace suki::ledger {

namespace {

// At one instant holds time out first, so that what they give back takes part in that instant; then lots mature, then expire.
enum class Rank : std::uint8_t { release, mature, expire };
struct NextDue {
    Instant at;
    Rank rank = Rank::release;
    std::size_t index = 0;
};

void consider(std::optional<NextDue>& next, NextDue candidate) {
    if (!next || candidate.at < next->at || (candidate.at == next->at && candidate.rank < next->rank)) next = candidate;
}

/// What falls due first; ties by the order of holds and lots in the wallet.
std::optional<NextDue> next_due(const Wallet& wallet, Instant floor) {
    std::optional<NextDue> next;
    for (std::size_t i = 0; i < wallet.holds.size(); ++i) {
        consider(next, {std::max(wallet.holds[i].expires_at, floor), Rank::release, i});
    }
    for (std::size_t i = 0; i < wallet.lots.size(); ++i) {
        const Lot& lot = wallet.lots[i];
        const Instant matures_at = std::max(lot.matures_at, floor);
        if (!lot.is_mature && !detail::is_expired(lot, matures_at)) {
            consider(next, {matures_at, Rank::mature, i});
        } else if (lot.expires_at) {
            consider(next, {std::max(*lot.expires_at, floor), Rank::expire, i});
        }
    }
    return next;
}

constexpr Instant kBeginning{std::numeric_limits<std::int64_t>::min()};

}  // namespace

namespace detail {

void post_release(Wallet& wallet, std::vector<Entry>& entries, std::size_t hold, Draft draft, std::string_view cause) {
    const Hold released = std::move(wallet.holds[hold]);
    wallet.holds.erase(wallet.holds.begin() + static_cast<std::ptrdiff_t>(hold));
    draft.move(Book::held, released.points.negated());
    for (const Draw& draw : released.draws) draft.put(draw.lot, draw.taken, released.id);
    // Points that expired while they were held repay nothing.
    draft.repay(draft.entry.effective_at);
    draft.finish(entries, cause, part_name(wallet, EntryKind::release, released.id.text()));
}

void post_due(Wallet& wallet, std::vector<Entry>& entries, const Due& due) {
    Instant floor = due.floor;
    while (const auto next = next_due(wallet, floor)) {
        if (next->at > due.until) break;
        // Later entries never date before earlier ones, whatever the lots that a hold gave back say.
        floor = next->at;
        const auto draft_of = [&](EntryKind kind) {
            Draft draft = due.stamp != nullptr ? Draft(wallet, kind, *due.stamp) : Draft(wallet, kind, next->at, due.edition);
            draft.entry.clause = due.clause;
            return draft;
        };
        if (next->rank == Rank::release) {
            Draft draft = draft_of(EntryKind::release);
            draft.entry.cause = wallet.holds[next->index].cause;
            post_release(wallet, entries, next->index, std::move(draft), due.stamp != nullptr ? due.stamp->cause : std::string{});
            continue;
        }
        const bool is_maturity = next->rank == Rank::mature;
        const EntryKind kind = is_maturity ? EntryKind::mature : EntryKind::expire;
        Lot& lot = wallet.lots[next->index];
        Draft draft = draft_of(kind);
        draft.entry.cause = lot.earned_by;
        // Ids know only the millisecond, and a lot that holds give back can expire several times within one.
        const std::string part = part_name(wallet, kind, due.part) + "/" + lot.id.text() + "/" + std::to_string(next->at.us);
        if (is_maturity) {
            draft.change_of(lot.id);
            draft.move(Book::pending, lot.remaining.negated());
            draft.move(Book::available, lot.remaining);
            lot.is_mature = true;
            draft.repay(next->at);
        } else {
            draft.move(Book::expired, lot.remaining);
            draft.take(lot, lot.remaining);
        }
        draft.finish(entries, due.stamp != nullptr ? due.stamp->cause : std::string{}, part);
    }
}

void post_due_at_once(Wallet& wallet, std::vector<Entry>& entries, const Stamp& stamp, std::string part) {
    post_due(wallet, entries,
             {.until = stamp.recorded_at,
              .floor = stamp.recorded_at,
              .clause = stamp.expiry_clause,
              .edition = stamp.edition,
              .stamp = &stamp,
              .part = std::move(part)});
}

}  // namespace detail

Posting sweep(Wallet wallet, Instant now, std::string_view clause, int edition) {
    std::vector<Entry> entries;
    detail::post_due(wallet, entries,
                     {.until = now, .floor = kBeginning, .clause = clause, .edition = edition, .stamp = nullptr, .part = {}});
    return {.entries = std::move(entries), .wallet = std::move(wallet)};
}

Balance balance(const Wallet& wallet, Instant now) {
    const auto next = next_due(wallet, kBeginning);
    if (next && next->at <= now) return balance(sweep(wallet, now, {}, 0).wallet, now);
    const Legs books = books_of(wallet);
    const auto in = [&](Book book) { return books[static_cast<std::size_t>(book)]; };
    return {.pending = in(Book::pending), .available = in(Book::available), .held = in(Book::held), .owed = wallet.owed};
}

Points repaid_by(const Entry& entry) { return std::max(Points{0}, entry.legs[static_cast<std::size_t>(Book::debt)]); }

Points expired_of(const Entry& entry, LotId lot) {
    Points expired;
    if (entry.kind != EntryKind::expire) return expired;
    for (const LotChange& change : entry.lots) {
        if (change.lot == lot) expired = minus(expired, change.change);
    }
    return expired;
}

Posting set_expiry(Wallet wallet, Instant expires_at, const Stamp& stamp) {
    std::vector<Entry> entries;
    detail::Draft draft(wallet, EntryKind::extend, stamp);
    const auto extend = [&](Lot& lot, HoldId hold) {
        if (!lot.expires_at || *lot.expires_at >= expires_at) return;
        lot.expires_at = expires_at;
        LotChange& change = draft.change_of(lot.id);
        change.expires_at = expires_at;
        if (!hold.is_nil()) change.hold = hold;
    };
    for (Lot& lot : wallet.lots) extend(lot, {});
    // What is held goes back to its lots; it must not expire earlier than they do. What has expired in a hold stays so.
    for (Hold& hold : wallet.holds) {
        for (Draw& draw : hold.draws) {
            if (!detail::is_expired(draw.lot, stamp.recorded_at)) extend(draw.lot, hold.id);
        }
    }
    std::sort(wallet.lots.begin(), wallet.lots.end(), comes_before);
    if (!draft.entry.lots.empty()) {
        draft.finish(entries, stamp.cause, detail::part_name(wallet, EntryKind::extend, {}));
    }
    return {.entries = std::move(entries), .wallet = std::move(wallet)};
}

Posting withdraw_expiry(Wallet wallet, const std::vector<LotExpiry>& lots, const Stamp& stamp) {
    std::vector<Entry> entries;
    detail::Draft draft(wallet, EntryKind::extend, stamp);
    const auto withdraw = [&](Lot& lot, const LotExpiry& wanted, HoldId hold) {
        if (lot.id != wanted.lot || !lot.expires_at || *lot.expires_at <= wanted.expires_at) return;
        lot.expires_at = wanted.expires_at;
        LotChange& change = draft.change_of(lot.id);
        change.expires_at = wanted.expires_at;
        if (!hold.is_nil()) change.hold = hold;
    };
    for (const LotExpiry& wanted : lots) {
        for (Lot& lot : wallet.lots) withdraw(lot, wanted, {});
        for (Hold& hold : wallet.holds) {
            for (Draw& draw : hold.draws) withdraw(draw.lot, wanted, hold.id);
        }
    }
    std::sort(wallet.lots.begin(), wallet.lots.end(), comes_before);
    if (!draft.entry.lots.empty()) {
        const std::string part = detail::part_name(wallet, EntryKind::extend, {});
        draft.finish(entries, stamp.cause, part);
        // What would have expired by now does so now: the past is written already.
        detail::post_due_at_once(wallet, entries, stamp, part);
    }
    return {.entries = std::move(entries), .wallet = std::move(wallet)};
}

}  // namespace suki::ledger
