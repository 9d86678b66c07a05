#include <algorithm>

#include "engine/challenges.h"
#include "engine/context.h"
#include "engine/count.h"
#include "engine/levels.h"

namespace suki::engine {

using namespace programme;

namespace {

CivilTime clock_of(const ZonePointer& zone, Instant instant) {
    return zone == nullptr ? civil_time(instant, 0) : local_time(*zone, instant);
}

}  // namespace

void read_past(const Plan& plan, const account::State& state, const std::string& person, Context& context) {
    const account::LevelSpan* span = level_on(state.levels, context.date);
    context.level = span == nullptr ? std::string{} : span->level;
    // A receipt that arrives late reads the days before its own and what was recorded of its own, never a later day.
    context.windows.assign(plan.windows.size(), 0);
    for (std::size_t i = 0; i < plan.windows.size(); ++i) {
        const Counter& counter = plan.counters[plan.windows[i].counter];
        const DateRange dates = dates_of(plan.windows[i].window, context.date);
        const bool is_own = counter.measure == Measure::uses && !person.empty();
        context.windows[i] = counter.measure == Measure::visits ? account::days_with(state, counter.key, dates)
                             : is_own                           ? account::sum_of(state, own_key(counter.key, person), dates)
                                                                : account::sum_of(state, counter.key, dates);
    }
    context.purchases_before = account::sum_of(state, "purchases", dates_of(Window{}, context.date));
    context.last_purchase_on = account::last_day_with(state, "purchases", context.date);
    context.collected = collected_before(plan, state, person, context.date);
}

Context gather(const Plan& plan, const event::Receipt& receipt, const Surroundings& around, const account::State* state,
               const account::Facts* facts, std::vector<std::int64_t> available) {
    const CivilTime programme_clock = clock_of(plan.zone, receipt.occurred_at);
    const CivilTime store_clock = clock_of(around.store_zone != nullptr ? around.store_zone : plan.zone, receipt.occurred_at);
    Context context;
    context.date = programme_clock.date;
    context.programme_time = programme_clock.time_of_day();
    context.store_weekday = weekday_of(store_clock.date);
    context.store_time = store_clock.time_of_day();
    context.region = around.region;
    context.lines = around.lines;
    context.card = around.card;
    context.pools = around.pools;
    context.pools.resize(plan.pools.size(), 0);
    context.available = std::move(available);
    context.available.resize(plan.units.size(), 0);
    context.windows.assign(plan.windows.size(), 0);
    context.is_member = state != nullptr;
    if (state == nullptr) return context;

    if (facts != nullptr) context.facts = *facts;
    std::sort(context.facts.segments.begin(), context.facts.segments.end());
    read_past(plan, *state, around.person, context);
    return context;
}

}  // namespace suki::engine
