#include "engine/outcome.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "engine/challenges.h"
#include "engine/count.h"
#include "engine/evaluation.h"

namespace suki::engine {

using namespace programme;

namespace {

void write_decision(const Evaluation& work, const Candidate& candidate, std::vector<event::Decision>& decisions) {
    const ReadyText& text = work.ready.texts[candidate.rank];
    event::Decision& decision = decisions.emplace_back(text.id, text.clause, candidate.verdict);
    const bool is_points = candidate.ready->is_points();
    if (is_points) decision.unit = work.plan.units[candidate.unit()].id;
    if (!candidate.winner.empty()) decision.winner = candidate.winner;
    if (!candidate.is_applied()) return;
    decision.uses = candidate.uses;
    const std::span<const std::int64_t> shares = is_points ? candidate.point_shares : candidate.shares;
    decision.shares.reserve(shares.size());
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i] == 0) continue;
        event::Share& share = decision.shares.emplace_back();
        share.line = work.receipt.lines[candidate.lines[i]].number;
        if (is_points) {
            share.points = Points{shares[i]};
        } else {
            share.money = Money{shares[i]};
        }
    }
    if (is_points) {
        decision.points = Points{candidate.points};
    } else {
        decision.discount = Money{candidate.money};
    }
}

void add_lines(const Evaluation& work, Outcome& outcome) {
    // Sums of at most limits::lines_per_receipt amounts.
    std::int64_t list = 0, discount = 0, till_discount = 0, total = 0, points_money = 0, paid = 0;
    outcome.lines.resize(work.lines.size(), LineOutcome{.points = PointsByUnit(work.plan.units.size())});
    for (std::size_t i = 0; i < work.lines.size(); ++i) {
        const LineWork& line = work.lines[i];
        LineOutcome& made = outcome.lines[i];
        made.line = work.receipt.lines[i].number;
        made.list_total = Money{line.list};
        made.line_discount = Money{line.line_discount};
        made.receipt_discount = Money{line.receipt_discount};
        made.till_discount = Money{line.till_discount};
        made.total = Money{line.total()};
        made.points_money = Money{line.points_money};
        made.paid = Money{line.paid()};
        list += line.list;
        discount += line.line_discount + line.receipt_discount;
        till_discount += line.till_discount;
        total += line.total();
        points_money += line.points_money;
        paid += line.paid();
    }
    outcome.list_total = Money{list};
    outcome.discount = Money{discount};
    outcome.till_discount = Money{till_discount};
    outcome.total = Money{total};
    outcome.points_money = Money{points_money};
    outcome.paid = Money{paid};
}

std::int64_t counted(const Evaluation& work, std::uint32_t number) {
    const Counter& counter = work.plan.counters[number];
    switch (counter.measure) {
        case Measure::visits:
        case Measure::purchases: return work.lines.empty() ? 0 : 1;
        case Measure::spend: {
            std::int64_t spent = 0;
            for (const std::uint32_t line : work.lines_of(work.ready.counter_filters[number])) spent += work.lines[line].paid();
            return spent;
        }
        case Measure::quantity: return quantity_of(work.receipt, work.lines_of(work.ready.counter_filters[number]), counter.unit);
        case Measure::points: return counter.points_unit < work.unit_points.size() ? work.unit_points[counter.points_unit] : 0;
        case Measure::uses: {
            const auto at =
                std::lower_bound(work.candidates.begin(), work.candidates.end(), counter.offer,
                                 [](const Candidate& candidate, const std::string& id) { return candidate.offer().id < id; });
            return at != work.candidates.end() && at->offer().id == counter.offer && at->is_applied() ? uses_of(work.plan, at->uses)
                                                                                                      : 0;
        }
    }
    return 0;
}

/// What was collected for challenges, and what was given for.
void add_collected(const Evaluation& work, Outcome& outcome) {
    for (const Stamped& stamped : work.stamped) {
        outcome.counters.push_back({stamps_key(work.plan.challenge_parts[stamped.part]), stamped.stamps});
    }
    for (const std::uint32_t number : work.done) {
        const Challenge& challenge = work.plan.challenges[number];
        const std::uint32_t rank = work.ready.reward_ranks[number];
        const auto given =
            std::lower_bound(work.candidates.begin(), work.candidates.end(), rank,
                             [](const Candidate& candidate, std::uint32_t wanted) { return candidate.rank < wanted; });
        if (given == work.candidates.end() || given->rank != rank || !given->is_applied()) continue;
        outcome.counters.push_back({done_key(work.ready.texts[rank].id), given->uses});
        for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
            const ChallengePart& part = work.plan.challenge_parts[p];
            outcome.counters.push_back({taken_key(part), given->uses * part.need});
        }
    }
    std::sort(outcome.counters.begin(), outcome.counters.end(),
              [](const CounterChange& a, const CounterChange& b) { return a.key < b.key; });
}

/// By key, each once; nothing that stays as it was. A receipt without a member counts for nobody.
void add_counters(const Evaluation& work, Outcome& outcome) {
    if (!work.context.is_member || work.lines.empty()) return;
    // `purchases` and `visits` are kept for every member, whether or not this edition asks for them.
    constexpr std::string_view always[] = {"purchases", "visits"};
    std::size_t next = 0;
    const auto add = [&](std::string_view key, std::int64_t change) {
        if (change == 0 || (!outcome.counters.empty() && outcome.counters.back().key == key)) return;
        outcome.counters.push_back({std::string{key}, change});
    };
    for (const std::uint32_t number : work.ready.counter_order) {
        const std::string_view key = work.plan.counters[number].key;
        while (next < 2 && always[next] <= key) add(always[next++], 1);
        add(key, counted(work, number));
    }
    while (next < 2) add(always[next++], 1);
    if (!work.stamped.empty() || !work.done.empty()) add_collected(work, outcome);
}

void add_pools(const Evaluation& work, Outcome& outcome) {
    std::pmr::vector<PoolDraw> draws{work.memory};
    for (const Candidate& candidate : work.candidates) {
        if (!candidate.is_applied() || !candidate.ready->is_bounded) continue;
        const Offer& offer = candidate.offer();
        for (const Limit& limit : offer.limits) {
            if (limit.scope == LimitScope::programme) draws.push_back({limit.index, uses_of(work.plan, candidate.uses)});
        }
        if (offer.budget) draws.push_back({*offer.budget, candidate.ready->is_points() ? candidate.points : candidate.money});
    }
    std::stable_sort(draws.begin(), draws.end(), [](const PoolDraw& a, const PoolDraw& b) { return a.pool < b.pool; });
    for (const PoolDraw& draw : draws) {
        if (!outcome.pools.empty() && outcome.pools.back().pool == draw.pool) {
            outcome.pools.back().amount += draw.amount;
        } else {
            outcome.pools.push_back(draw);
        }
    }
}

}  // namespace

Outcome outcome_of(const Evaluation& work) {
    Outcome outcome;
    add_lines(work, outcome);
    outcome.decisions.reserve(work.candidates.size());
    for (const Candidate& candidate : work.candidates) {
        write_decision(work, candidate, outcome.decisions);
        if (!candidate.is_applied() || !candidate.ready->is_points()) continue;
        for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
            Points& points = outcome.lines[candidate.lines[i]].points[candidate.unit()];
            points = Points{points.minor() + candidate.point_shares[i]};
        }
    }
    for (const std::int64_t points : work.unit_points) outcome.points.push_back(Points{points});
    for (const PaidWork& paid : work.paid) outcome.points_paid.push_back({paid.unit, Points{paid.points}, Money{paid.money}});
    add_counters(work, outcome);
    add_pools(work, outcome);
    return outcome;
}

}  // namespace suki::engine
