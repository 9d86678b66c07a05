#include "engine/relied.h"

#include <algorithm>
#include <utility>

#include "engine/levels.h"

namespace suki::engine {

using namespace programme;

ChangedPast::ChangedPast(const Counted& counted, account::State state, Date day, std::vector<CounterChange> before,
                         std::vector<CounterChange> after, std::vector<std::string> pools)
    : counted_(&counted),
      state_(std::move(state)),
      day_(day),
      before_(std::move(before)),
      after_(std::move(after)),
      pools_(std::move(pools)) {}

void ChangedPast::forget(Date day, const std::vector<CounterChange>& figures) { change_counters(state_, day, figures, {}); }

Context ChangedPast::context_in(account::State state, const Plan& plan, const StoredReceipt& later) const {
    Context context = later.context;
    // The purchase that is judged may itself be the one with which levels begin.
    state.joined_on = std::min(state.joined_on, context.date);
    state.levels = derive_levels(state, counted_->ladder, context.date);
    read_past(plan, state, context);
    return context;
}

bool ChangedPast::refused(const Plan& plan, const StoredReceipt& later) const {
    const auto is_named = [&](std::uint32_t pool) {
        return pool < plan.pools.size() && std::find(pools_.begin(), pools_.end(), plan.pools[pool].key) != pools_.end();
    };
    for (const event::Decision& decision : later.decided.decisions) {
        if (decision.verdict != event::Verdict::lost_to_budget && decision.verdict != event::Verdict::lost_to_limit) continue;
        const auto offer =
            std::find_if(plan.offers.begin(), plan.offers.end(), [&](const Offer& o) { return o.id == decision.offer; });
        if (offer == plan.offers.end()) continue;
        if (decision.verdict == event::Verdict::lost_to_budget) {
            if (offer->budget && is_named(*offer->budget)) return true;
            continue;
        }
        for (const Limit& limit : offer->limits) {
            if (limit.scope == LimitScope::programme && decision.winner == name_of(limit.scope) && is_named(limit.index))
                return true;
        }
    }
    return false;
}

bool ChangedPast::was_read_by(const Evaluator& evaluator, const StoredReceipt& later) const {
    if (later.edition == 0 || !later.context.is_member || later.context.date < day_ || is_all_back(later)) return false;
    if (refused(evaluator.plan(), later)) return true;
    account::State before = state_;
    change_counters(before, day_, after_, before_);
    const Context was = context_in(std::move(before), evaluator.plan(), later);
    const Context is = context_in(state_, evaluator.plan(), later);
    return was != is && evaluator.evaluate(was, later.receipt) != evaluator.evaluate(is, later.receipt);
}

}  // namespace suki::engine
