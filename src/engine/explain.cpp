#include <algorithm>
#include <string>

#include "base/check.h"
#include "engine/challenges.h"
#include "engine/evaluation.h"
#include "engine/missing.h"

namespace suki::engine {

using namespace programme;

namespace {

bool says_member(const Offer& offer) {
    for (const Condition& condition : offer.conditions) {
        // An offer may want no member and yet give points: then it must say why it never applies.
        if (const auto* member = std::get_if<MemberCondition>(&condition); member != nullptr && member->is_member) return true;
    }
    return false;
}

/// What the offer asks without saying so comes first: a member, and something it is about.
std::vector<ConditionResult> results_of(const Evaluation& work, const ReadyOffer& ready) {
    const Offer& offer = *ready.offer;
    const std::span<const std::uint32_t> matched = work.lines_of(ready.filter);
    const Question question = work.question(matched);
    std::vector<ConditionResult> results;
    if (ready.needs_member && !says_member(offer)) results.push_back(result_of(MemberCondition{true}, question));
    if (offer.lines || matched.empty()) {
        const std::string wanted = ready.filter == kNone ? "any" : filter_text(*offer.lines);
        results.push_back({ConditionKind::lines, !matched.empty(), std::to_string(matched.size()), wanted});
    }
    for (const Condition& condition : offer.conditions) results.push_back(result_of(condition, question));
    return results;
}

/// Of a challenge: what each part asks, and how far it is with this receipt, before anything is given for it.
std::vector<ConditionResult> results_of(const Evaluation& work, const Challenge& challenge, const Outcome& outcome) {
    std::vector<ConditionResult> results;
    for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
        const ChallengePart& part = work.plan.challenge_parts[p];
        std::vector<ConditionResult> asked = results_of(work, work.ready.offers[work.ready.parts_begin + p]);
        const CollectedBefore before = found_before(work.context, p);
        const std::int64_t have = have_after(challenge, part, before, counted_in(outcome, stamps_key(part)));
        asked.push_back({ConditionKind::counter, have >= part.need, std::to_string(have),
                         bound_text({.op = Op::at_least, .value = part.need})});
        for (ConditionResult& result : asked) {
            result.part = p;
            results.push_back(std::move(result));
        }
    }
    return results;
}

std::vector<LimitResult> limits_of(const Evaluation& work, const Offer& offer) {
    std::vector<LimitResult> results;
    for (std::uint32_t i = 0; i < offer.limits.size(); ++i) {
        const Limit& limit = offer.limits[i];
        std::int64_t left = limit.count;
        if (limit.scope == LimitScope::member) left -= value_at(work.context.windows, limit.index);
        if (limit.scope == LimitScope::programme) left = value_at(work.context.pools, limit.index);
        results.push_back({i, std::max<std::int64_t>(left, 0)});
    }
    if (offer.budget) results.push_back({std::nullopt, value_at(work.context.pools, *offer.budget)});
    return results;
}

std::optional<ScaleOutlook> scale_of(const Evaluation& work, const ReadyOffer& ready, const Outcome& outcome) {
    const auto* scale = std::get_if<Scale>(&ready.offer->give);
    if (scale == nullptr) return std::nullopt;
    const std::int64_t figure = scale->by == ScaleBy::window
                                    ? value_at(work.context.windows, scale->window)
                                    : reached_on(work, ready, *scale, work.lines_of(ready.filter), outcome);
    return outlook_of(ready.offer->id, *scale, figure);
}

event::Decision failed(const Plan& plan, const ReadyOffer& ready) {
    event::Decision decision{ready.offer->id, ready.offer->clause, event::Verdict::failed};
    if (ready.is_points()) decision.unit = plan.units[ready.offer->unit].id;
    return decision;
}

}  // namespace

std::vector<Explained> Evaluator::explain(const Context& context, const event::Receipt& receipt,
                                          std::vector<Payable>* payables) const {
    const ReadyPlan& ready = index_->ready;
    Outcome outcome = evaluate(context, receipt, payables);
    Arena arena;
    Evaluation work{.ready = ready, .plan = *ready.plan, .context = context, .receipt = receipt, .memory = &arena};
    read_receipt(work);

    std::vector<Explained> explained;
    explained.reserve(ready.parts_begin);
    std::size_t decided = 0;
    for (std::uint32_t rank = 0; rank < ready.parts_begin; ++rank) {
        const ReadyOffer& offer = ready.offers[rank];
        const std::optional<std::uint32_t> challenge = offer.offer->challenge;
        std::vector<ConditionResult> conditions =
            challenge ? results_of(work, ready.plan->challenges[*challenge], outcome) : results_of(work, offer);
        // The outcome's decisions stand in the same order.
        const bool is_decided = decided < outcome.decisions.size() && outcome.decisions[decided].offer == offer.offer->id;
        event::Decision decision = is_decided ? std::move(outcome.decisions[decided++]) : failed(*ready.plan, offer);
        explained.push_back(
            {std::move(decision), std::move(conditions), limits_of(work, *offer.offer), scale_of(work, offer, outcome)});
    }
    SUKI_CHECK(decided == outcome.decisions.size());
    return explained;
}

}  // namespace suki::engine
