#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/state.h"
#include "base/result.h"
#include "engine/context.h"
#include "engine/evaluate.h"
#include "engine/outcome.h"
#include "event/receipt.h"
#include "ledger/ledger.h"

/// From an Outcome to the books and back: postings, advance, and returns (DESIGN.md 8).
namespace suki::engine {

/// What the ledger did for a receipt, kept with it so that a return can undo exactly that.
struct EarnedRecord {
    std::uint32_t unit = 0;
    LotId lot;                             // nil when all of it repaid debt
    std::vector<ledger::Part> parts;       // what is still given, by clause
    friend bool operator==(const EarnedRecord& a, const EarnedRecord& b);
};
struct SpentRecord {
    std::uint32_t unit = 0;
    std::string rule;
    std::string clause;
    std::vector<ledger::Draw> draws;       // what is still spent
    Points uncovered;
    friend bool operator==(const SpentRecord&, const SpentRecord&) = default;
};

/// A committed receipt with all that judging it again needs. Holds no personal data: the owner stands beside it.
struct StoredReceipt {
    event::Receipt receipt;                // as sold
    Context context;
    Outcome decided;                       // when it was committed
    int edition = 0;                       // 0: before the first edition; recorded, earns nothing
    int semantics = 0;
    Instant recorded_at;
    std::vector<EarnedRecord> earned;
    std::vector<SpentRecord> spent;
    std::vector<event::Return> returns;    // accepted so far, in order of acceptance
    Outcome current;                       // decided for what is left after them
    Money refunded;                        // sum of refunds so far
    bool is_history = false;               // imported without points
};
std::string pack(const StoredReceipt& stored);
/// Nothing for a damaged or unknown one.
std::optional<StoredReceipt> unpack_receipt(std::string_view packed);
std::string pack(const Context& context);
std::string pack(const Outcome& outcome);

/// The earn requests of an outcome (one a unit that earned anything), with maturity and expiry by the plan.
struct UnitEarn {
    std::uint32_t unit = 0;
    ledger::EarnRequest request;
};
std::vector<UnitEarn> postings(const programme::Plan& plan, const Context& context, const Outcome& outcome);
/// When points earned on `date` become spendable, and when they expire (nothing: never, or by activity).
Instant matures_at(const programme::Plan& plan, const programme::Unit& unit, Date earned_on);
std::optional<Instant> expires_at(const programme::Plan& plan, const programme::Unit& unit, Date earned_on);

/// Adds (or with `sign` -1 takes off) the outcome's counters on its day. Levels are derived anew by the caller.
void advance(account::State& state, const Outcome& outcome, Date date, int sign = 1);

SUKI_ENUM(ReturnRejection, nothing_returned, line_not_found, line_named_twice, wrong_unit, quantity_must_be_positive,
          returned_more_than_bought, deposit_is_not_divisible)

/// What a return changes. `after` is decided(remaining); the differences are against `stored.current`.
struct ReturnOutcome {
    event::Receipt remaining;              // the receipt less everything returned
    Outcome after;
    Money refund;                          // charged so far - decided(remaining), never below 0
    std::vector<std::vector<ledger::Part>> take_back;  // as Plan::units: points to reverse, by clause (of the first decision)
    std::vector<std::pair<std::uint32_t, Points>> give_back;  // spent points that come back
    std::vector<CounterChange> counters;   // changes to apply to the purchase's day (negative mostly)
    std::vector<PoolDraw> pools;           // amounts to put back into the pools (>= 0)
};
/// Judges a return against what was bought and what came back before. By `plan.returns`: rejudge evaluates the original receipt with
/// the returned quantities removed, in its own Context; keep scales what was given. Pure and independent of the order of pieces.
Result<ReturnOutcome, ReturnRejection> judge_return(const Evaluator& evaluator, const StoredReceipt& stored,
                                                    const event::Return& request);

/// Whether a later receipt relied on an earlier one that is now (partly) returned: judged again with its stored Context less what
/// the return took away, does it decide otherwise? `level_now` is the level that the changed history gives it on its day.
bool relied_on(const Evaluator& evaluator, const StoredReceipt& later, Date returned_day, bool is_wholly_returned,
               const std::vector<CounterChange>& changes, const std::string& level_now, std::optional<Date> last_purchase_now);

}  // namespace suki::engine
