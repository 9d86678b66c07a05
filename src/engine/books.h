#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/state.h"
#include "engine/kept.h"
#include "engine/relied.h"
#include "engine/settle.h"
#include "ledger/ledger.h"

/// From a decision to the wallets of its owner and back: paying, earning, giving back, taking back. What the application posts in a
/// database, `suki evaluate` posts in memory, by the same functions.
///
/// 1. Pure: what comes in is not changed. Out comes a rejection, or everything that must be posted.
/// 2. Postings stand in their order; each begins with the wallet that the one before it left.
/// 3. Wallets must be swept to the moment of recording (ledger::sweep).
namespace suki::engine {

/// What an owner has, as settling reads it. A unit without a wallet has an empty one.
struct Holdings {
    const std::vector<ledger::Wallet>& wallets;
    const account::State& state;
};
const ledger::Wallet* find_wallet(const std::vector<ledger::Wallet>& wallets, std::string_view unit);
/// What could be spent of each unit, as Plan::units: with the holds that the payments name, which are set aside for this very
/// receipt.
std::vector<std::int64_t> available_of(const programme::Plan& plan, const std::vector<ledger::Wallet>& wallets,
                                       const std::vector<event::PointsPayment>& payments, Instant at);

struct UnitPosting {
    std::string unit;
    ledger::Posting posting;
};
struct UnitPoints {
    std::string unit;
    Points points;
    friend bool operator==(const UnitPoints&, const UnitPoints&) = default;
};

/// What is posted about: a receipt, return, visit or joining.
struct Cause {
    std::string id;
    Instant occurred_at;
    Instant recorded_at;
    int edition = 0;
};
ledger::Stamp stamp_of(const Cause& cause, std::string_view expiry_clause);

// -- Sales ------------------------------------------------------------------------------------------------------------------

/// What is wrong with how the till says that points paid. `broken`: against a bound of the document's rule, yet taken; `taken` is
/// what the rule lets pay. `hold`: there was none of that name, and the wallet was asked instead. Otherwise nobody gave the
/// difference: it is beyond what is held, available, owed or could pay at all.
struct PaymentFault {
    std::string unit;
    std::optional<PaymentRejection> broken;
    std::optional<HoldId> hold;
    Points stated;
    Points taken;
};
struct SettledSale {
    std::vector<UnitPosting> postings;
    std::vector<SpentRecord> spent;
    std::vector<EarnedRecord> earned;
    std::vector<PaymentFault> faults;
};
/// Of `sale` it reads receipt, context, decided, edition, recorded_at and is_history; `payables` are what its evaluation found.
/// Holds are spent first, then the wallet; what neither covers follows the document's debt rule. Then come the points earned, and
/// units that expire after the last activity last longer. Points are moved only where a member buys under an edition and not as
/// history.
Result<SettledSale, ledger::LedgerRejection> settle_sale(const programme::Plan& plan, const Holdings& owner,
                                                         const StoredReceipt& sale, const std::vector<Payable>& payables);

/// Activity on `date` keeps the points of units that expire after the last one.
std::vector<UnitPosting> extend_expiry(const programme::Plan& plan, const std::vector<ledger::Wallet>& wallets, Date date,
                                       const Cause& cause);

/// Points for joining on `date`.
Result<std::vector<UnitPosting>, ledger::LedgerRejection> welcome(const programme::Plan& plan,
                                                                  const std::vector<ledger::Wallet>& wallets, Date date,
                                                                  const Cause& cause);

// -- Returns ----------------------------------------------------------------------------------------------------------------

struct SettledReturn {
    std::vector<UnitPosting> postings;
    std::vector<SpentRecord> spent;    // of the receipt, after it
    std::vector<EarnedRecord> earned;  // with what had lapsed; parts are record_return's
    /// As Plan::units: what was really taken back, had lapsed, is owed, or was paid from the refund.
    std::vector<std::vector<ledger::Part>> taken;
    Money refund;    // what the till gives back, `withheld` already taken off
    Money withheld;  // for points already spent (debt: from_refund)
    std::vector<UnitPoints> taken_back;
    std::vector<UnitPoints> left;        // spent already and left with the member (debt: refuse) or paid by `withheld`
    std::vector<UnitPoints> owed;        // spent already and owed now (debt: below_zero)
    std::vector<UnitPoints> given_back;  // points that had paid for it
    MovedPoints moved;
};
/// What keeps an owner's points that expire after the last activity, beside purchases.
struct Keeping {
    std::vector<Date> others;     // days of activities that are no purchases and were recorded before this one
    std::vector<Activity> later;  // recorded after it, in that order; not what came back whole
    FirstExpiries first;          // a lot that is not here keeps what it has
    bool has_one_expiry = true;   // no edition says otherwise than the purchase's own
};
/// What became of a lot's points by themselves: nobody has those any more that expired, and taking them from other points would
/// charge them twice.
struct LotFate {
    Points expired;
    Points repaid;  // of a debt, when they matured
    void add(const LotFate& other) {
        expired = plus(expired, other.expired);
        repaid = plus(repaid, other.repaid);
    }
};
LotFate fate_in(const ledger::Entry& entry, LotId lot);
/// Gives back the points that paid for the goods, then takes back those that the goods earned. `fates`: as StoredReceipt::earned;
/// what had expired counts for one return only. Where nothing of the purchase remains, points that expire after the last
/// activity last only for what there was beside it, and never less than they were given with.
Result<SettledReturn, ledger::LedgerRejection> settle_return(const programme::Plan& plan, const Holdings& owner,
                                                             const StoredReceipt& stored, const ReturnOutcome& outcome,
                                                             const std::vector<LotFate>& fates, const Keeping& keeping,
                                                             const Cause& cause);
/// Writes an accepted return into the receipt. `settled` is none's for a receipt that nobody owns. What was left given is asked for
/// again by a later return.
void record_return(StoredReceipt& stored, event::Return request, const ReturnOutcome& outcome, SettledReturn settled);
/// Reason and author of entries that take points for goods without their receipt: nobody of the staff wrote them.
inline constexpr std::string_view kWithoutReceipt = "return_without_receipt";
inline constexpr std::string_view kOwnAuthor = "suki";

struct SettledGoods {
    std::vector<UnitPosting> postings;
    std::vector<UnitPoints> wanted;      // what the goods must have earned at least
    std::vector<UnitPoints> taken_back;  // of that, also what is owed now
    std::vector<UnitPoints> owed;        // not covered (debt: below_zero)
    std::vector<UnitPoints> left;        // not covered and left with the member, or paid by `withheld`
    Money withheld;                      // to keep of what the till gives back (debt: from_refund)
};
/// Goods brought back without their receipt: takes by the document's `debt` what they must have earned at least, from points that
/// can be spent and, after them, pending ones, which wait for just this.
Result<SettledGoods, ledger::LedgerRejection> settle_goods(const programme::Plan& plan, const std::vector<ledger::Wallet>& wallets,
                                                           const std::vector<event::Line>& goods, const Cause& cause);

/// How many points of the lot the postings let expire.
Points expired_in(const std::vector<UnitPosting>& postings, LotId lot);

// -- Pools ------------------------------------------------------------------------------------------------------------------

/// The first day of the pool's period with that day. A pool without end has one period.
Date period_of(const programme::Pool& pool, Date date);

}  // namespace suki::engine
