#pragma once

#include <string>
#include <vector>

#include "account/state.h"
#include "engine/count.h"
#include "engine/evaluate.h"
#include "engine/settle.h"

/// Which later receipts had read what a return takes away. Their decisions stand (DESIGN.md 8); whoever asked is told of them.
namespace suki::engine {

/// The account's past as those who were recorded after the returned purchase would find it now. Walk from the last recorded to the
/// first: `forget` what one counts, then ask whether it relied on the return, so that each finds what stood before it and no more.
class ChangedPast {
public:
    /// `state` after the return; `before` and `after` are figures_of the purchase, of the day `day`; `pools` the keys of those that
    /// got something back. `counted` must outlive it.
    ChangedPast(const Counted& counted, account::State state, Date day, const std::vector<CounterChange>& before,
                const std::vector<CounterChange>& after, std::vector<std::string> pools);

    /// A receipt (figures_of what is left of it now) or an activity that the next one asked about could not know.
    void forget(Date day, const std::vector<CounterChange>& figures);
    /// Is the receipt decided otherwise now than before this return, both with all earlier returns in mind? Not one of which
    /// nothing is left. A pool is relied on only by a receipt that it refused. `evaluator` is of the receipt's own edition.
    [[nodiscard]] bool was_read_by(const Evaluator& evaluator, const StoredReceipt& later);
    /// For that many receipts levels are derived one by one, each costing the account's whole life. Those before them are asked by
    /// the level of the evening before, from one more derivation.
    static constexpr int levels_derived_max = 200;

private:
    [[nodiscard]] Context context_in(const account::State& state, const programme::Plan& plan, const StoredReceipt& later) const;
    void read_levels(const programme::Plan& plan, Context& was, Context& is);
    [[nodiscard]] std::vector<account::LevelSpan> levels_in(account::State state, Date date) const;
    [[nodiscard]] bool refused(const programme::Plan& plan, const StoredReceipt& later) const;

    const Counted* counted_;
    account::State after_;   // without what was forgotten
    account::State before_;  // the same, had nothing come back
    Date day_;
    std::vector<std::string> pools_;
    int levels_derived_ = 0;
    std::vector<account::LevelSpan> levels_before_;  // as of the receipt with which deriving one by one ended
    std::vector<account::LevelSpan> levels_after_;
};

}  // namespace suki::engine
