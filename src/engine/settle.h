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

/// What is kept of a decision, and how goods that come back are judged (DESIGN.md 8). Posting it is books.h.
namespace suki::engine {

/// What the ledger did for a receipt, kept with it so that a return can undo exactly that.
struct EarnedRecord {
    std::uint32_t unit = 0;
    LotId lot;
    std::vector<ledger::Part> parts;  // what is still given, by clause
    Points lapsed;                    // of what returns took: had expired by then, so that nobody had to give it back
    Points withheld;                  // of what returns took: paid for by refunds
    Money kept;                       // of refunds, for those and for a part of the next one
    Points repaid;                    // of a debt that the receipt found
    friend bool operator==(const EarnedRecord&, const EarnedRecord&) = default;
};
struct SpentRecord {
    std::uint32_t unit = 0;
    std::string rule;
    std::string clause;
    std::vector<ledger::Draw> draws;  // what is still spent; behind those of the sale what its own points covered
    Points uncovered;                 // owed when the receipt was settled
    friend bool operator==(const SpentRecord&, const SpentRecord&) = default;
};

/// A committed receipt with all that judging it again needs. Holds no personal data: the owner stands beside it.
struct StoredReceipt {
    event::Receipt receipt;  // as sold
    Context context;
    Outcome decided;  // when it was committed
    int edition = 0;  // 0: before the first edition; recorded, earns nothing
    int semantics = 0;
    Instant recorded_at;
    std::vector<EarnedRecord> earned;
    std::vector<SpentRecord> spent;
    std::vector<event::Return> returns;  // accepted so far, in order of acceptance
    Outcome current;                     // decided for what is left after them
    Money refunded;                      // sum of refunds so far
    std::vector<PoolDraw> put_back;      // into the pools so far, by pool
    bool is_history = false;             // imported without points
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
/// None without a member.
std::vector<UnitEarn> postings(const programme::Plan& plan, const Context& context, const Outcome& outcome);
/// When points earned on `earned_on` become spendable, and when they expire (nothing: never): at the start of a civil day of the
/// programme's zone. Earned on 1 March for 12 months they expire at 00:00 on 1 March. By activity: earning is one; a later one
/// extends by ledger::set_expiry to what this says of its own day.
Instant matures_at(const programme::Plan& plan, const programme::Unit& unit, Date earned_on);
std::optional<Instant> expires_at(const programme::Plan& plan, const programme::Unit& unit, Date earned_on);

/// Precedence is the order of the enumerators. A deposit in pieces comes back in whole ones.
SUKI_ENUM(ReturnRejection, nothing_returned, line_not_found, line_named_twice, wrong_unit, quantity_must_be_positive,
          returned_more_than_bought, deposit_is_not_divisible)
/// A rejection, and which of the return's lines it is about, where it is about one.
struct ReturnRefusal {
    ReturnRejection why = ReturnRejection::nothing_returned;
    std::optional<std::size_t> line;
};
/// JSON pointer into the return: `/lines/0/quantity`; of a void, which names no lines, the receipt.
std::string pointer_of(const event::Return& request, const ReturnRefusal& refusal);

/// Units that the request leaves out are those of the lines that were bought.
void complete_units(event::Return& request, const event::Receipt& sold);

/// What a return changes: the difference between decided(remaining) and what still stands. `give_back` is posted before
/// `take_back`, so that points which paid for the goods cover those that the goods earned.
struct ReturnOutcome {
    event::Receipt remaining;  // the receipt less everything returned
    Outcome after;             // decided(remaining); all zero when nothing remains
    Money refund;
    std::vector<std::vector<ledger::Part>> take_back;  // as Plan::units: points to reverse, by clause (of the first decision)
    std::vector<std::pair<std::uint32_t, Points>> give_back;  // spent points that come back, by unit
    std::vector<CounterChange> counters;                      // changes to apply to the purchase's day (negative mostly), by key
    std::vector<PoolDraw> pools;                              // amounts to put back into the pools (> 0), by pool
    bool is_whole = false;                                    // nothing remains
};
/// Judges a return against what was bought and what came back before.
///
/// 1. decided(remaining) is a function of what remains alone, not of the order of the pieces. `returns: rejudge` evaluates the
///    original receipt with the returned quantities removed, in its own Context; `keep`, and a receipt before the first edition or
///    imported as history, scales what was given on each line, with thresholds as first decided; fixed points stay while a line
///    that earned them does. A wholly returned receipt decides nothing.
/// 2. Of a line, amount, tax, cost and discounts of what remains are the shares of its remaining quantity, rounded half up.
/// 3. Paid with points remains: of each line the share of its points' money, rounded down; of their sum each unit's share, rounded
///    down to whole steps of its rule. The rest of the points comes back.
/// 4. refund = charged - refunded before - decided(remaining).paid, where charged is what the till stated (less what points paid),
///    else what was decided; never below 0. Where returning goods raises the price of the rest (a threshold is lost), the
///    refund is 0 and the next one is smaller by as much; so over any pieces the refunds sum to the largest that any state on the
///    way entitled to, which for goods that all come back is everything.
/// 5. Points are taken back by clause: at most what the clause still gives more than decided(remaining), and in all what all of
///    them give more. A return never gives points: where what remains earns more (by another clause of the stack, say), nothing is
///    taken and nothing added.
Result<ReturnOutcome, ReturnRefusal> judge_return(const Evaluator& evaluator, const StoredReceipt& stored,
                                                  const event::Return& request);

/// What an offer gave and a return can't take: a gift that was handed over, a benefit that was used. It stays given, with its uses
/// and its places in the pools, so that nobody has one more for goods that came back.
void stay(const programme::Plan& plan, const StoredReceipt& stored, const std::vector<std::string>& offers, ReturnOutcome& judged);
/// It was brought back after all: what it drew from the pools, to be put back.
std::vector<PoolDraw> let_go(const programme::Plan& plan, StoredReceipt& stored, std::string_view offer);

/// What customers paid in money and did not get back: what the till charged less what points paid, else what was decided, less the
/// refunds; never below 0.
Money paid_in_money(const StoredReceipt& stored);

}  // namespace suki::engine
