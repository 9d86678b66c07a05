#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/state.h"
#include "engine/levels.h"
#include "engine/settle.h"

/// What a programme keeps count of for its members, and the levels that follow from it. All editions together: so the figures of a
/// counter that a later edition brings follow returns like the others.
namespace suki::engine {

/// What a decision with so many uses counts for in limits: editions of semantics 1 and 2 count the receipt.
inline std::int64_t uses_of(const programme::Plan& plan, std::int64_t uses) { return plan.semantics >= 3 ? uses : 1; }

struct KeptCounter {
    programme::Counter counter;
    std::string points_unit;  // the id of the unit that it counts; empty for other measures
    int since = 1;            // the first edition that names it
};

struct Counted {
    std::vector<KeptCounter> counters;  // one a key, by key
    std::vector<LadderEdition> ladder;

    /// One edition more, by its plan's `effective_on`.
    void add(const programme::PlanPointer& plan, int edition);
};

/// Where several people share an account, what they buy is counted together, and how often each used an offer by itself: "per
/// member" means the person. The name under which the account keeps a counter for `person`; its own where nobody is named.
std::string own_key(std::string_view key, const std::string& person);
/// Whether it counts uses, or what was collected for challenges: what each does by themselves; and the counter's own name,
/// whoever's it is.
bool counts_uses(std::string_view key);
std::string_view shared_key(std::string_view key);

/// What a receipt adds to its owner's counters: of what is left after the returns recorded in `stored`, by key, none zero. For the
/// counters of the receipt's own edition, by whose `plan` it was judged, this equals what evaluation counted. Nothing for a receipt
/// without a member. `person` as in `own_key`.
std::vector<CounterChange> figures_of(const Counted& counted, const programme::Plan& plan, const StoredReceipt& stored,
                                      const std::string& person = {});

/// Every line came back whole.
bool is_all_back(const StoredReceipt& stored);

/// What a visit or another activity adds.
std::vector<CounterChange> figures_of_activity(std::string_view kind);

/// Adds (`after` - `before`), both by key, to one day.
void change_counters(account::State& state, Date day, const std::vector<CounterChange>& before,
                     const std::vector<CounterChange>& after);

}  // namespace suki::engine
