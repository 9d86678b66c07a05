#include "engine/relied.h"

#include <algorithm>
#include <utility>

#include "engine/books.h"
#include "engine/levels.h"

namespace suki::engine {

using namespace programme;

namespace {

bool asks_for_level(const Plan& plan) {
    return std::any_of(plan.offers.begin(), plan.offers.end(), [](const Offer& offer) {
        return std::any_of(offer.conditions.begin(), offer.conditions.end(),
                           [](const Condition& condition) { return std::holds_alternative<LevelCondition>(condition); });
    });
}

}  // namespace

ChangedPast::ChangedPast(const Counted& counted, account::State state, Date day, const std::vector<CounterChange>& before,
                         const std::vector<CounterChange>& after, std::vector<std::string> pools)
    : counted_(&counted), after_(std::move(state)), before_(after_), day_(day), pools_(std::move(pools)) {
    change_counters(before_, day_, after, before);
}

void ChangedPast::forget(Date day, const std::vector<CounterChange>& figures) {
    change_counters(after_, day, figures, {});
    change_counters(before_, day, figures, {});
}

Context ChangedPast::context_in(const account::State& state, const Plan& plan, const StoredReceipt& later) const {
    Context context = later.context;
    read_past(plan, state, context);
    // Levels are derived for whoever asks for them: they cost more than everything else.
    context.level.clear();
    if (!asks_for_level(plan)) return context;
    account::State derived = state;
    // The purchase that is judged may itself be the one with which levels begin.
    derived.joined_on = std::min(derived.joined_on, context.date);
    derived.levels = derive_levels(derived, counted_->ladder, context.date);
    if (const account::LevelSpan* span = level_on(derived.levels, context.date)) context.level = span->level;
    return context;
}

bool ChangedPast::refused(const Plan& plan, const StoredReceipt& later) const {
    const auto is_named = [&](std::uint32_t pool) {
        if (pool >= plan.pools.size()) return false;
        // What comes back goes into the pool of the purchase's period.
        const Pool& named = plan.pools[pool];
        return period_of(named, later.context.date) == period_of(named, day_) &&
               std::find(pools_.begin(), pools_.end(), named.key) != pools_.end();
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
    const Context was = context_in(before_, evaluator.plan(), later);
    const Context is = context_in(after_, evaluator.plan(), later);
    return was != is && evaluator.evaluate(was, later.receipt) != evaluator.evaluate(is, later.receipt);
}

}  // namespace suki::engine
