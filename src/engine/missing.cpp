#include <algorithm>

#include "engine/evaluation.h"
#include "engine/missing.h"
#include "engine/scale.h"

namespace suki::engine {

using namespace programme;

namespace {

/// How much more makes the bound hold; nothing when more does not help.
std::optional<std::int64_t> missing_to(const Bound& bound, std::int64_t seen) {
    const std::int64_t wanted = bound.op == Op::over ? bound.value + 1 : bound.value;
    const bool is_upward = bound.op == Op::over || bound.op == Op::at_least || bound.op == Op::between || bound.op == Op::exactly;
    if (!is_upward || seen >= wanted) return std::nullopt;
    return wanted - seen;
}

std::optional<Missing> missing_condition(const Evaluation& work, const ReadyOffer& ready, std::span<const std::uint32_t> matched) {
    const Check* alone = nullptr;
    for (std::uint32_t i = ready.checks.begin; i < ready.checks.end; ++i) {
        const Check& check = work.ready.checks[i];
        if (is_met(work, check, matched)) continue;
        const bool can_grow = check.kind == ConditionKind::amount || check.kind == ConditionKind::quantity;
        if (!can_grow || alone != nullptr) return std::nullopt;
        alone = &check;
    }
    if (alone == nullptr) return std::nullopt;
    const bool is_amount = alone->kind == ConditionKind::amount;
    const std::int64_t seen = is_amount ? amount_of(work.receipt, matched)
                                        : quantity_of(work.receipt, matched, static_cast<QuantityUnit>(alone->words.begin));
    const auto missing = missing_to(alone->bound(), seen);
    if (!missing) return std::nullopt;
    return Missing{ready.offer->id, std::string{name_of(alone->kind)}, *missing, 0};
}

std::optional<Missing> next_step(const std::string& offer, const Scale& scale, std::int64_t reached) {
    for (std::uint32_t step = 0; step < scale.steps.size(); ++step) {
        const std::int64_t missing = scale.steps[step].from - reached;
        if (missing > 0) return Missing{offer, scale.by == ScaleBy::window ? "scale_step" : "receipt_step", missing, step};
    }
    return std::nullopt;
}

std::int64_t figure_after(const Evaluation& work, const Outcome& outcome, std::uint32_t window, bool has_visited) {
    const std::int64_t before = value_at(work.context.windows, window);
    const Counter& counter = work.plan.counters[work.plan.windows[window].counter];
    // Visits are days: the second on one day is none.
    if (counter.measure == Measure::visits && has_visited) return before;
    for (const CounterChange& change : outcome.counters) {
        if (change.key == counter.key) return before + change.change;
    }
    return before;
}

/// The next step of a scale whose conditions hold.
std::optional<Missing> missing_step(const Evaluation& work, const Candidate& candidate, const Outcome& outcome, bool has_visited) {
    const auto* scale = std::get_if<Scale>(&candidate.offer().give);
    if (scale == nullptr) return std::nullopt;
    const std::int64_t reached = scale->by == ScaleBy::window
                                     ? figure_after(work, outcome, scale->window, has_visited)
                                     : reached_on(work, *candidate.ready, *scale, candidate.lines, outcome);
    return next_step(candidate.offer().id, *scale, reached);
}

/// Conditions about who buys; all others are about the purchase.
bool is_about_member(ConditionKind kind) {
    return kind == ConditionKind::member || kind == ConditionKind::level || kind == ConditionKind::segment ||
           kind == ConditionKind::attribute || kind == ConditionKind::membership;
}

}  // namespace

std::vector<Missing> missing_steps(const Evaluator& evaluator, const Context& context, const event::Receipt& receipt,
                                   const Outcome& outcome, bool has_visited) {
    const ReadyPlan& ready = evaluator.index_->ready;
    Arena arena;
    Evaluation work{.ready = ready, .plan = *ready.plan, .context = context, .receipt = receipt, .memory = &arena};
    read_receipt(work);
    find_candidates(work);
    give_discounts(work);

    std::vector<Missing> missing;
    std::size_t next = 0;
    for (const Possible& possible : possible_offers(work)) {
        if (possible.rank >= ready.parts_begin) break;  // of challenges challenge_moves tells
        std::optional<Missing> found;
        if (next < work.candidates.size() && work.candidates[next].rank == possible.rank) {
            found = missing_step(work, work.candidates[next++], outcome, has_visited);
        } else {
            const ReadyOffer& offer = ready.offers[possible.rank];
            const std::span<const std::uint32_t> matched = possible.lines();
            if (!matched.empty() && (context.is_member || !offer.needs_member)) found = missing_condition(work, offer, matched);
        }
        if (found) missing.push_back(std::move(*found));
    }
    return missing;
}

std::int64_t reached_on(const Evaluation& work, const ReadyOffer& ready, const Scale& scale, std::span<const std::uint32_t> matched,
                        const Outcome& outcome) {
    std::int64_t reached = 0;
    for (const std::uint32_t line : matched) {
        const event::Line& stated = work.receipt.lines[line];
        const LineOutcome& came = outcome.lines[line];
        if (ready.is_points() && !work.lines[line].earns) continue;
        if (scale.by == ScaleBy::quantity) {
            reached += stated.quantity.unit == scale.unit ? stated.quantity.milli : 0;
        } else if (ready.is_points()) {
            reached += earning_amount(work.plan.units[ready.unit], came.list_total.minor(), came.total.minor(), came.paid.minor(),
                                      stated.tax.minor());
        } else {
            reached += stated.amount.minor() - (ready.is_line_stage ? 0 : came.line_discount.minor());
        }
    }
    return reached;
}

ScaleOutlook outlook_of(const std::string& offer, const Scale& scale, std::int64_t figure) {
    ScaleOutlook outlook{.offer = offer, .figure = figure, .reached = {}, .next = next_step(offer, scale, figure)};
    for (std::uint32_t step = 0; step < scale.steps.size() && scale.steps[step].from <= figure; ++step) outlook.reached = step;
    return outlook;
}

std::vector<ScaleOutlook> scale_outlooks(const Plan& plan, const Context& context) {
    std::vector<ScaleOutlook> outlooks;
    if (!context.is_member) return outlooks;
    const event::Receipt nothing;
    const Question question{.plan = plan, .context = context, .receipt = nothing, .lines = {}};
    for (const Offer& offer : plan.offers) {
        const auto* scale = std::get_if<Scale>(&offer.give);
        if (scale == nullptr || scale->by != ScaleBy::window) continue;
        const bool is_for_member = std::all_of(offer.conditions.begin(), offer.conditions.end(), [&](const Condition& condition) {
            return !is_about_member(kind_of(condition)) || is_met(condition, question);
        });
        if (!is_for_member) continue;
        outlooks.push_back(outlook_of(offer.id, *scale, value_at(context.windows, scale->window)));
    }
    std::sort(outlooks.begin(), outlooks.end(), [](const ScaleOutlook& a, const ScaleOutlook& b) { return a.offer < b.offer; });
    return outlooks;
}

}  // namespace suki::engine
