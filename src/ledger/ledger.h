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
/// 3. No remainder is negative or larger than what the lot had; a wallet with debt may still hold pending or held points, but no
///    available ones: whatever becomes available repays debt first, in the entry that makes it available.
/// 4. Lots are kept in spending order (expires_at, lot id); empty lots are dropped, a draw remembers enough to bring one back.
/// 5. Every function expects a wallet swept to the moment of the command (`sweep` first), so whether a background sweep ran
///    changes no answer. What a command itself makes due (a late receipt's old points, what expired while it was held or spent) is
///    posted and falls due within the same Posting, dated `recorded_at`.
/// 6. A hold takes its draws out of their lots, where they neither expire nor can be drawn again. Released or timed out, they go
///    back to the very lots, which are brought back where they were dropped; what has expired meanwhile expires at once. A hold
///    that times out at an instant does so before lots mature, and lots mature before others expire, at that same instant.
namespace suki::ledger {

/// The chart of accounts per owner and unit. The first four are the owner's (debt is zero or negative), the others face them. What
/// is transferred sums to zero over all owners.
SUKI_ENUM(Book, pending, available, held, debt, issued, spent, expired, adjusted, transferred)
inline constexpr std::size_t kBooks = count_of<Book>;
using Legs = std::array<Points, kBooks>;

SUKI_ENUM(EntryKind, earn, welcome, mature, expire, spend, hold, release, confirm, return_earn, return_spend, adjust, extend,
          transfer_out, transfer_in)

/// Points that mature and expire together. `earned_by` is the receipt or other cause that gave them.
struct Lot {
    LotId id;
    std::string earned_by;
    Instant earned_at;
    Points original;  // earned with it, also what repaid a debt at once
    Points remaining;
    Instant matures_at;
    std::optional<Instant> expires_at;  // none: never
    bool is_mature = false;             // whether it was moved from pending to available
    friend bool operator==(const Lot&, const Lot&) = default;
};

/// Spending order: what expires soonest first, what never expires last, ties by id.
bool comes_before(const Lot& a, const Lot& b);

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

/// What an entry did to one lot; with the legs all that a replay needs.
struct LotChange {
    LotId lot;
    Points change;                      // of its remainder
    std::optional<Instant> expires_at;  // `extend`: the new expiry; `hold`: when the hold times out
    std::optional<Lot> opened;          // the lot after the entry, where the wallet did not have it before
    HoldId hold;                        // hold, release, confirm: the hold that its points went to or came from; else nil
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
    std::string reason;  // adjustments and transfers: why
    std::string author;  // adjustments and transfers: who
    friend bool operator==(const Entry&, const Entry&) = default;
};

/// Precedence is the order of the enumerators.
SUKI_ENUM(LedgerRejection, points_must_be_positive, wallet_is_frozen, hold_not_found, hold_smaller_than_wanted, too_many_holds,
          insufficient_points, points_out_of_range, holds_are_open)

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
    std::string expiry_clause;  // cited by what falls due within this very command
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
/// that timed out. `clause` is cited by the entries, all of whose instants are the moment of falling due. Sweeping twice is the
/// same as once; sweeping at A then B gives the same entries as sweeping at B.
Posting sweep(Wallet wallet, Instant now, std::string_view clause, int edition);

struct Part {  // points of one clause
    std::string offer;
    std::string clause;
    Points points;  // > 0
    friend bool operator==(const Part&, const Part&) = default;
};
struct EarnRequest {
    EntryKind kind = EntryKind::earn;  // or welcome
    std::vector<Part> parts;
    Instant matures_at;
    std::optional<Instant> expires_at;
};
struct Earned {
    Posting posting;
    Lot lot;        // of all parts, before anything was taken from it; not in the wallet when it expired or all of it repaid debt
    Points repaid;  // of them, what repaid debt
};
/// One entry a part, one lot for all. What is owed is repaid first, even by points that are not mature. A lot that is mature when
/// recorded is available at once; one that has expired (late receipt) is posted and then expires. Refuses points_must_be_positive
/// (no parts, or one that is not), points_out_of_range.
Result<Earned, LedgerRejection> earn(Wallet wallet, const EarnRequest& request, const Stamp& stamp);

struct SpendRequest {
    Points points;
    std::string offer;  // the spend rule's id
    std::string clause;
    bool may_owe = false;  // a completed sale: what is not covered is owed (DESIGN.md 5)
};
struct Spent {
    Posting posting;
    std::vector<Draw> draws;
    Points uncovered;  // owed by this spend
};
/// From the lots that expire soonest. A frozen wallet refuses, but not a completed sale (`may_owe`). Refuses
/// points_must_be_positive, wallet_is_frozen, insufficient_points, points_out_of_range.
Result<Spent, LedgerRejection> spend(Wallet wallet, const SpendRequest& request, const Stamp& stamp);

/// Takes the points out of the lots until confirmed, released or timed out. The caller sees to it that `id` is new. Refuses
/// points_must_be_positive, wallet_is_frozen, too_many_holds (limits::holds_per_account), insufficient_points.
Result<Posting, LedgerRejection> place_hold(Wallet wallet, HoldId id, Points points, Instant expires_at, const Stamp& stamp);
/// Spends `points` of the hold, those that expire soonest, and releases the rest. More than it holds is refused, or with `may_owe`
/// spent from the wallet. Also of a frozen wallet: the points were promised before. Refuses points_must_be_positive,
/// hold_not_found, hold_smaller_than_wanted, points_out_of_range.
Result<Spent, LedgerRejection> confirm_hold(Wallet wallet, HoldId id, const SpendRequest& request, const Stamp& stamp);
Result<Posting, LedgerRejection> release_hold(Wallet wallet, HoldId id, const Stamp& stamp);

struct ReverseEarnRequest {
    LotId lot;                // the lot that the parts were earned into
    std::vector<Part> parts;  // what to take back, by clause
    bool may_owe = false;     // whether what is not covered is owed; otherwise it stays given
    Instant recorded_at;      // when the parts were earned: of what is older, points that are not mature repay only as they mature
};
struct ReversedEarn {
    Posting posting;
    std::vector<Draw> draws;  // what was taken out of lots
    std::vector<Part> taken;  // of the parts, those taken back or owed now: all of them with may_owe
    Points uncovered;         // already spent and not covered by other lots: owed now (may_owe) or left with the member
};
/// Takes points back: from the lot they were earned into, then from other lots in spending order: mature ones before pending, and
/// with may_owe none that were pending before, since what is owed waits for those.
/// Held points are promised and not touched. Refuses points_must_be_positive, points_out_of_range.
Result<ReversedEarn, LedgerRejection> reverse_earn(Wallet wallet, const ReverseEarnRequest& request, const Stamp& stamp);

/// Takes back points that one receipt both earned and paid with, so that they never stood in a lot: nobody's balance changes.
/// Refuses points_must_be_positive, points_out_of_range (no sum of them).
Result<Posting, LedgerRejection> reverse_repaid(Wallet wallet, const std::vector<Part>& parts, const Stamp& stamp);

struct RestoreRequest {
    std::vector<Draw> draws;  // of the spend, in its order
    Points points;     // how many of them come back: from the last draw backwards, so that the rest still equals a smaller spend
    Points uncovered;  // how much of the spend was owed: forgiven first
    std::string offer;
    std::string clause;
    /// Of the lot that is made for owed points which other earnings have repaid: they have no lot to go back to. No expiry: never.
    Instant fresh_matures_at{};
    std::optional<Instant> fresh_expires_at;
};
struct Restored {
    Posting posting;
    std::vector<Draw> draws_left;
    Points uncovered_left;
};
/// Gives spent points back to the very lots they came from, with the expiry that the draws say; what has expired meanwhile is
/// posted and expires. What is still owed for other reasons is repaid from what comes back. Refuses points_must_be_positive,
/// points_out_of_range (also for more than was spent).
Result<Restored, LedgerRejection> restore_spend(Wallet wallet, const RestoreRequest& request, const Stamp& stamp);

struct AdjustRequest {
    Points points;  // positive or negative; not zero
    std::string reason;
    std::string author;
    std::optional<Instant> expires_at;  // of a lot that a positive one makes
    bool may_owe = false;               // a negative one beyond what is there to take
    bool takes_pending = false;         // a negative one: also points that are not mature, after those that are
};
/// A negative one takes points in spending order; frozen wallets too. Refuses points_must_be_positive (0),
/// insufficient_points, points_out_of_range.
Result<Posting, LedgerRejection> adjust(Wallet wallet, const AdjustRequest& request, const Stamp& stamp);

struct UndoRequest {
    Wallet before;   // as it was just before the adjustment, with the expiry that its lots have now
    Entry adjusted;  // what it posted; it took no pending points
    Points expired;  // of what it gave, what has expired since: that is gone already
    std::string reason;
    std::string author;
    /// Of the lot that is made for owed points which later earnings have repaid: they have no lot to go back to. None: never.
    std::optional<Instant> fresh_expires_at;
};
/// Undoes an adjustment: what it gave is taken from that very lot, then from others in spending order, and a debt that it repaid is
/// owed again; what it took goes back into the lots that it came from, with their expiry, and what it owed is forgiven. Frozen
/// wallets too. The caller sees to it that it is undone once. Refuses points_must_be_positive (all of it has expired),
/// insufficient_points, points_out_of_range.
Result<Posting, LedgerRejection> undo_adjustment(Wallet wallet, const UndoRequest& request, const Stamp& stamp);

struct TransferRequest {
    Points points;  // > 0; not used by transfer_all
    std::string reason;
    std::string author;
};
struct Transferred {
    Posting posting;
    std::vector<Lot> lots;  // as they arrive; `remaining` is what is transferred
    Points owed;            // transferred too
};
/// Takes points that can be spent, those that expire soonest, out of a wallet for another one, where they arrive as lots of their
/// own with the same expiry. Refuses points_must_be_positive, wallet_is_frozen, insufficient_points.
Result<Transferred, LedgerRejection> transfer_out(Wallet wallet, const TransferRequest& request, const Stamp& stamp);
/// Takes all lots and the debt out of a wallet. The lots stay the same lots, so that returns find them. Refuses holds_are_open.
Result<Transferred, LedgerRejection> transfer_all(Wallet wallet, const TransferRequest& request, const Stamp& stamp);
/// The other side of either. What is owed there is repaid from what arrives and can be spent. Refuses points_out_of_range.
Result<Posting, LedgerRejection> transfer_in(Wallet wallet, const Transferred& what, const TransferRequest& request,
                                             const Stamp& stamp);

/// Expiry after last activity: every lot that would expire earlier, also the parts of it that are held, lasts until `expires_at`.
/// Never shortens, so that an activity recorded late takes nothing away. No entry when nothing changes.
Posting set_expiry(Wallet wallet, Instant expires_at, const Stamp& stamp);

/// Takes such extensions back where the activity never was: lots, also the parts of them that are held, that last longer than is
/// said here last until then. What would have expired by now expires now. No entry when nothing changes.
struct LotExpiry {
    LotId lot;
    Instant expires_at;
};
Posting withdraw_expiry(Wallet wallet, const std::vector<LotExpiry>& lots, const Stamp& stamp);

/// How much of a debt the entry repaid, if it made none.
Points repaid_by(const Entry& entry);
/// How many points of the lot the entry let expire.
Points expired_of(const Entry& entry, LotId lot);

/// Applies the journal to a wallet: what `verify` replays, starting with an empty wallet (but for is_frozen, which no entry says).
/// Fails on an entry that doesn't fit (false); the wallet is then of no use.
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
