#include <algorithm>
#include <memory_resource>

#include "engine/evaluation.h"

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
    return Missing{ready.offer->id, std::string{name_of(alone->kind)}, *missing};
}

/// The next step of a scale by receipt whose conditions hold.
std::optional<Missing> missing_step(const Evaluation& work, const Candidate& candidate) {
    const auto* scale = std::get_if<DiscountScale>(&candidate.offer().give);
    if (scale == nullptr || !scale->by_receipt) return std::nullopt;
    std::int64_t reached = amount_of(work.receipt, candidate.lines);
    if (!candidate.ready->is_line_stage) {
        for (const std::uint32_t line : candidate.lines) reached -= work.lines[line].line_discount;
    }
    for (const DiscountScale::Step& step : scale->steps) {
        if (step.from > reached) return Missing{candidate.offer().id, "receipt_step", step.from - reached};
    }
    return std::nullopt;
}

}  // namespace

std::vector<Missing> missing_steps(const Evaluator& evaluator, const Context& context, const event::Receipt& receipt) {
    const ReadyPlan& ready = evaluator.index_->ready;
    std::pmr::monotonic_buffer_resource arena;
    Evaluation work{.ready = ready, .plan = *ready.plan, .context = context, .receipt = receipt, .memory = &arena};
    read_receipt(work);
    find_candidates(work);
    give_discounts(work);

    std::vector<Missing> missing;
    std::size_t next = 0;
    for (const Possible& possible : possible_offers(work)) {
        std::optional<Missing> found;
        if (next < work.candidates.size() && work.candidates[next].rank == possible.rank) {
            found = missing_step(work, work.candidates[next++]);
        } else {
            const ReadyOffer& offer = ready.offers[possible.rank];
            const std::span<const std::uint32_t> matched = possible.lines();
            if (!matched.empty() && (context.is_member || !offer.needs_member)) found = missing_condition(work, offer, matched);
        }
        if (found) missing.push_back(std::move(*found));
    }
    return missing;
}

std::vector<Points> spendable(const Plan& plan, const Context& context, const event::Receipt& receipt, const Outcome& outcome) {
    std::vector<Points> points(plan.units.size());
    if (!context.is_member) return points;
    for (const PayWithPoints& rule : plan.pay) {
        const Ratio worth = plan.units[rule.unit].worth;
        if (!points[rule.unit].is_zero() || worth.numerator <= 0) continue;
        std::int64_t rest = 0;
        for (std::size_t i = 0; i < outcome.lines.size() && i < receipt.lines.size(); ++i) {
            const event::Line& line = receipt.lines[i];
            const bool is_excepted = rule.has_except && takes(rule.except, line, facts_of(context, i));
            if (!line.is_deposit && !is_excepted) rest += outcome.lines[i].total.minor();
        }
        // Down at each turn: never more than the document allows.
        const auto share = divide(static_cast<__int128>(rest) * rule.up_to.numerator, rule.up_to.denominator, Rounding::down);
        const std::int64_t money = std::min(share.value_or(rest), rest);
        const auto worth_of_it = divide(static_cast<__int128>(money) * worth.denominator, worth.numerator, Rounding::down);
        std::int64_t most = std::min(worth_of_it.value_or(kAmountMax), value_at(context.available, rule.unit));
        most -= most % rule.step;
        if (most >= rule.at_least && most > 0) points[rule.unit] = Points{most};
    }
    return points;
}

}  // namespace suki::engine
