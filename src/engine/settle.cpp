#include "engine/settle.h"

#include <algorithm>

#include "engine/levels.h"

namespace suki::engine {

using namespace programme;

namespace {

Date first_of_next(Date date, int months) {
    const YearMonthDay day = civil(date);
    // The calendar's stretches begin with January, so the months since then say where in its stretch the date lies.
    const Date first_of_stretch = *make_date(day.year, day.month - (day.month - 1) % months, 1);
    return add_months(first_of_stretch, months);
}

Instant start_in(const Plan& plan, Date date) { return plan.zone == nullptr ? midnight_utc(date) : start_of(*plan.zone, date); }

}  // namespace

Instant matures_at(const Plan& plan, const Unit& unit, Date earned_on) { return start_in(plan, add(earned_on, unit.pending)); }

std::optional<Instant> expires_at(const Plan& plan, const Unit& unit, Date earned_on) {
    switch (unit.expiry.kind) {
        case ExpiryKind::never: return std::nullopt;
        case ExpiryKind::after_earning:
        case ExpiryKind::after_activity: return start_in(plan, add(earned_on, unit.expiry.period));
        case ExpiryKind::period_end: break;
    }
    switch (unit.expiry.calendar) {
        case WindowKind::calendar_day: return start_in(plan, add_days(earned_on, 1));
        case WindowKind::calendar_week: return start_in(plan, add_days(earned_on, 7 - static_cast<int>(weekday_of(earned_on))));
        case WindowKind::calendar_month: return start_in(plan, first_of_next(earned_on, 1));
        case WindowKind::calendar_quarter: return start_in(plan, first_of_next(earned_on, 3));
        case WindowKind::calendar_year: return start_in(plan, first_of_next(earned_on, 12));
        case WindowKind::rolling:
        case WindowKind::ever: break;
    }
    return std::nullopt;
}

std::vector<UnitEarn> postings(const Plan& plan, const Context& context, const Outcome& outcome) {
    std::vector<UnitEarn> earned;
    if (!context.is_member) return earned;
    for (std::uint32_t number = 0; number < plan.units.size(); ++number) {
        const Unit& unit = plan.units[number];
        UnitEarn each{.unit = number,
                      .request = {.kind = ledger::EntryKind::earn,
                                  .parts = {},
                                  .matures_at = matures_at(plan, unit, context.date),
                                  .expires_at = expires_at(plan, unit, context.date)}};
        for (const event::Decision& decision : outcome.decisions) {
            if (decision.verdict != event::Verdict::applied || decision.unit != unit.id || decision.points <= Points{0}) continue;
            each.request.parts.push_back({.offer = decision.offer, .clause = decision.clause, .points = decision.points});
        }
        if (!each.request.parts.empty()) earned.push_back(std::move(each));
    }
    return earned;
}

namespace {

/// What the later receipt itself counted on its day: it stands in both states, but not in what it read.
std::int64_t own_count(const StoredReceipt& later, std::string_view key) {
    for (const CounterChange& counter : later.current.counters) {
        if (counter.key == key) return counter.change;
    }
    return 0;
}

/// Days with a visit, without the visit that the later receipt is.
std::int64_t visits_without(const account::State& state, const StoredReceipt& later, std::string_view key, DateRange range) {
    const std::int64_t days = account::days_with(state, key, range);
    const Date own_day = later.context.date;
    if (!contains(range, own_day)) return days;
    const std::int64_t on_own_day = account::sum_of(state, key, {own_day, add_days(own_day, 1)});
    const bool is_only_own = on_own_day > 0 && on_own_day - own_count(later, key) <= 0;
    return is_only_own ? days - 1 : days;
}

std::optional<Date> last_purchase_without(const account::State& state, const StoredReceipt& later, std::optional<Date> read,
                                          Date day) {
    // Purchases after the returned one, or none at all, are what they were.
    if (read != day) return read;
    const std::int64_t own = day == later.context.date ? own_count(later, "purchases") : 0;
    if (account::sum_of(state, "purchases", {day, add_days(day, 1)}) - own > 0) return read;
    return account::last_day_with(state, "purchases", add_days(day, -1));
}

/// The later receipt's Context as it would have been.
Context changed_context(const Plan& plan, const StoredReceipt& later, const ChangedPast& past) {
    Context context = later.context;
    for (std::size_t i = 0; i < plan.windows.size() && i < context.windows.size(); ++i) {
        const Counter& counter = plan.counters[plan.windows[i].counter];
        const DateRange range = dates_of(plan.windows[i].window, context.date);
        if (!contains(range, past.day)) continue;
        const auto value_in = [&](const account::State& state) {
            return counter.measure == Measure::visits ? visits_without(state, later, counter.key, range)
                                                      : account::sum_of(state, counter.key, range);
        };
        context.windows[i] += value_in(*past.after) - value_in(*past.before);
    }
    const DateRange ever = dates_of(Window{}, context.date);
    context.purchases_before += account::sum_of(*past.after, "purchases", ever) - account::sum_of(*past.before, "purchases", ever);
    context.last_purchase_on =
        context.purchases_before > 0 ? last_purchase_without(*past.after, later, context.last_purchase_on, past.day) : std::nullopt;
    const account::LevelSpan* before = level_on(past.before->levels, context.date);
    const account::LevelSpan* after = level_on(past.after->levels, context.date);
    const std::string level_before = before != nullptr ? before->level : std::string{};
    const std::string level_after = after != nullptr ? after->level : std::string{};
    // Only what the return changed: the stored level may differ from today's for other reasons.
    if (level_before != level_after) context.level = level_after;
    return context;
}

bool was_refused_by(const Plan& plan, const StoredReceipt& later, const std::vector<std::string>& pools) {
    const auto is_named = [&](std::uint32_t pool) {
        return pool < plan.pools.size() && std::find(pools.begin(), pools.end(), plan.pools[pool].key) != pools.end();
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

}  // namespace

bool relied_on(const Evaluator& evaluator, const StoredReceipt& later, const ChangedPast& past) {
    if (later.edition == 0 || !later.context.is_member || past.before == nullptr || past.after == nullptr) return false;
    if (was_refused_by(evaluator.plan(), later, past.pools)) return true;
    const Context context = changed_context(evaluator.plan(), later, past);
    if (context == later.context) return false;
    return evaluator.evaluate(context, later.receipt) != evaluator.evaluate(later.context, later.receipt);
}

}  // namespace suki::engine
