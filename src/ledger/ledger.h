#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/amount.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/names.h"
#include "base/result.h"
#include "base/time.h"

/// Double entry of points. Everything here is pure: a wallet and a request come in, a rejection or the complete Posting (entries
/// and the wallet after them) comes out.
///
/// 1. The legs of an entry sum to zero.
/// 2. A wallet's books equal its lots: pending and available are the remainders of unmatured and matured lots, held is the sum of
///    the holds' draws, debt is minus what is owed.
/// 3. No remainder is negative or larger than what the lot had; a wallet with debt may still hold pending or held points.
/// 4. Lots are kept in spending order (expires_at, lot id); empty lots are dropped, a draw remembers enough to bring one back.
/// 5. Every function expects a wallet swept to the moment of the command (`sweep` first), so whether a background sweep ran
///    changes no answer.
namespace suki::ledger {

/// The chart of accounts per owner and unit. The first four are the owner's (debt is zero or negative), the others face them.
SUKI_ENUM(Book, pending, available, held, debt, issued, spent, expired, adjusted)
inline constexpr std::size_t kBooks = count_of<Book>;
using Legs = std::array<Points, kBooks>;

SUKI_ENUM(EntryKind, earn, welcome, mature, expire, spend, hold, release, confirm, return_earn, return_spend, adjust, extend)

/// Points that mature and expire together. `earned_by` is the receipt or other cause that gave them.
struct Lot {
    LotId id;
    std::string earned_by;
    Instant earned_at;
    Points original;
    Points remaining;
    Instant matures_at;
    std::optional<Instant> expires_at;  // none: never
    bool is_mature = false;             // whether it was moved from pending to available
    friend bool operator==(const Lot&, const Lot&) = default;
};

/// What was taken from a lot, with all that is needed to put it back after the lot was emptied and dropped.
struct Draw {
    Lot lot;  // as it was before this draw
    Points taken;
    friend bool operator==(const Draw&, const Draw&) = default;
};

struct Hold {
    HoldId id;
    Points points;
    std::vector<Draw> draws;
    Instant placed_at;
    Instant expires_at;
    std::string cause;
    friend bool operator==(const Hold&, const Hold&) = default;
};

/// The wallet of one owner, programme and unit.
struct Wallet {
    std::string unit;
    std::vector<Lot> lots;    // in spending order, none empty
    std::vector<Hold> holds;  // by id
    Points owed;              // >= 0
    bool is_frozen = false;
    friend bool operator==(const Wallet&, const Wallet&) = default;
};

struct LotChange {
    LotId lot;
    Points change;  // of its remainder
    std::optional<Instant> expires_at;  // only `extend`: the new expiry
    friend bool operator==(const LotChange&, const LotChange&) = default;
};

struct Entry {
    EntryId id;
    std::string unit;
    EntryKind kind = EntryKind::earn;
    Instant occurred_at;   // when the cause happened
    Instant recorded_at;   // when Suki accepted it; books close by this
    Instant effective_at;  // when it counts: the due time of what a sweep writes down, else recorded_at
    std::string cause;     // receipt, return, hold or adjustment id
    std::string offer;     // empty when no offer gave it
    std::string clause;    // of the edition below; `6.1` also for expiry and the like
    int edition = 0;
    Legs legs{};
    std::vector<LotChange> lots;
    std::string reason;    // adjustments: why
    std::string author;    // adjustments: who
    friend bool operator==(const Entry&, const Entry&) = default;
};

/// Precedence is the order of the enumerators.
SUKI_ENUM(LedgerRejection, points_must_be_positive, wallet_is_frozen, hold_not_found, hold_smaller_than_wanted, too_many_holds,
          insufficient_points, points_out_of_range)

struct Posting {
    std::vector<Entry> entries;
    Wallet wallet;
};

/// What is the same for all entries of one command; ids derive from it and the entry's ordinal.
struct Stamp {
    Instant occurred_at;
    Instant recorded_at;
    std::string cause;
    int edition = 0;
};

struct Balance {
    Points pending;
    Points available;  // what can be spent now
    Points held;
    Points owed;
    friend bool operator==(const Balance&, const Balance&) = default;
};
/// As of `now`, as though everything due by then had been written down.
Balance balance(const Wallet& wallet, Instant now);

/// Writes down what fell due by `now`, in the order in which it did: maturities, expiries (also of a lot that never matured), holds
/// that timed out. `clause` is cited by the entries. Sweeping twice is the same as once; sweeping at A then B the same as at B.
Posting sweep(Wallet wallet, Instant now, std::string_view clause, int edition);

struct Part {  // points of one clause
    std::string offer;
    std::string clause;
    Points points;  // > 0
};
struct EarnRequest {
    EntryKind kind = EntryKind::earn;  // or welcome
    std::vector<Part> parts;
    Instant matures_at;
    std::optional<Instant> expires_at;
};
/// One entry a part, one lot for all (none when all of it repays debt). What is owed is repaid first. A lot that is already expired
/// or mature when recorded (late receipt) is posted and then swept.
Result<Posting, LedgerRejection> earn(Wallet wallet, const EarnRequest& request, const Stamp& stamp);

struct SpendRequest {
    Points points;
    std::string offer;   // the spend rule's id
    std::string clause;
    bool may_owe = false;  // a completed sale: what is not covered is owed (DESIGN.md 5)
};
struct Spent {
    Posting posting;
    std::vector<Draw> draws;
    Points uncovered;  // owed by this spend
};
/// From the lots that expire soonest.
Result<Spent, LedgerRejection> spend(Wallet wallet, const SpendRequest& request, const Stamp& stamp);

/// Takes the points out of the lots until confirmed, released or timed out.
Result<Posting, LedgerRejection> place_hold(Wallet wallet, HoldId id, Points points, Instant expires_at, const Stamp& stamp);
/// Spends `points` of the hold (at most what it holds) and releases the rest.
Result<Spent, LedgerRejection> confirm_hold(Wallet wallet, HoldId id, const SpendRequest& request, const Stamp& stamp);
Result<Posting, LedgerRejection> release_hold(Wallet wallet, HoldId id, const Stamp& stamp);

struct ReverseEarnRequest {
    LotId lot;                  // the lot that the parts were earned into (nil when it all repaid debt)
    std::vector<Part> parts;    // what to take back, by clause
    bool may_owe = false;       // whether what is not covered is owed; otherwise it stays given
};
struct ReversedEarn {
    Posting posting;
    Points uncovered;  // already spent and not covered by other lots: owed now (may_owe) or left with the member
};
/// Takes points back: from the lot they were earned into, then from other lots in spending order (mature ones before pending).
Result<ReversedEarn, LedgerRejection> reverse_earn(Wallet wallet, const ReverseEarnRequest& request, const Stamp& stamp);

struct RestoreRequest {
    std::vector<Draw> draws;  // of the spend, in its order
    Points points;            // how many of them come back: from the last draw backwards, so that the rest still equals a smaller spend
    Points uncovered;         // how much of the spend was owed: forgiven first
    std::string offer;
    std::string clause;
};
struct Restored {
    Posting posting;
    std::vector<Draw> draws_left;
    Points uncovered_left;
};
/// Gives spent points back to the very lots they came from, with their expiry; what has expired meanwhile is posted and expires.
Result<Restored, LedgerRejection> restore_spend(Wallet wallet, const RestoreRequest& request, const Stamp& stamp);

struct AdjustRequest {
    Points points;  // positive or negative; not zero
    std::string reason;
    std::string author;
    std::optional<Instant> expires_at;  // of a lot that a positive one makes
    bool may_owe = false;               // a negative one beyond what is available
};
Result<Posting, LedgerRejection> adjust(Wallet wallet, const AdjustRequest& request, const Stamp& stamp);

/// Expiry after last activity: every lot not yet expired gets `expires_at`.
Posting set_expiry(Wallet wallet, Instant expires_at, const Stamp& stamp);

/// Applies the journal to a wallet: what `verify` replays. Fails on an entry that doesn't fit (false).
bool replay(Wallet& wallet, const Entry& entry);

// -- Invariants: independent of the code above -----------------------------------------------------------------------------

SUKI_ENUM(Invariant, legs_sum_to_zero, books_equal_lots, lots_within_bounds, lots_in_spending_order, holds_equal_draws,
          debt_not_positive, kinds_touch_their_books, change_equals_legs)
struct Breach {
    Invariant invariant{};
    std::string what;
};
/// Every breach in going from `before` to `after` by `entries`; all checkers run. Empty when all is well.
std::vector<Breach> check_posting(const Wallet& before, const std::vector<Entry>& entries, const Wallet& after);
/// The books of a wallet as its lots and holds say (first four of Legs; the others zero).
Legs books_of(const Wallet& wallet);

void pack(ByteWriter& out, const Wallet& wallet);
Wallet unpack_wallet(ByteReader& in);
void pack(ByteWriter& out, const Draw& draw);
Draw unpack_draw(ByteReader& in);
void pack(ByteWriter& out, const std::vector<LotChange>& lots);
std::vector<LotChange> unpack_lot_changes(ByteReader& in);

}  // namespace suki::ledger
