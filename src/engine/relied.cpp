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
    return context;
}

std::vector<account::LevelSpan> ChangedPast::levels_in(account::State state, Date date) const {
    // The purchase that is judged may itself be the one with which levels begin.
    state.joined_on = std::min(state.joined_on, date);
    return derive_levels(state, counted_->ladder, date);
}

void ChangedPast::read_levels(const Plan& plan, Context& was, Context& is) {
    was.level.clear();
    is.level.clear();
    if (!asks_for_level(plan)) return;
    const bool is_one_by_one = levels_derived_ < levels_derived_max;
    if (is_one_by_one || levels_derived_ == levels_derived_max) {
        levels_before_ = levels_in(before_, was.date);
        levels_after_ = levels_in(after_, is.date);
        ++levels_derived_;
    }
    const Date date = is_one_by_one ? was.date : add_days(was.date, -1);
    if (const account::LevelSpan* span = level_on(levels_before_, date)) was.level = span->level;
    if (const account::LevelSpan* span = level_on(levels_after_, date)) is.level = span->level;
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

bool ChangedPast::was_read_by(const Evaluator& evaluator, const StoredReceipt& later) {
    if (later.edition == 0 || !later.context.is_member || later.context.date < day_ || is_all_back(later)) return false;
    if (refused(evaluator.plan(), later)) return true;
    Context was = context_in(before_, evaluator.plan(), later);
    Context is = context_in(after_, evaluator.plan(), later);
    read_levels(evaluator.plan(), was, is);
    return was != is && evaluator.evaluate(was, later.receipt) != evaluator.evaluate(is, later.receipt);
}

}  // namespace suki::engine
