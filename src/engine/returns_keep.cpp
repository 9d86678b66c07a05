#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "engine/challenges.h"
#include "engine/conditions.h"
#include "engine/count.h"
#include "engine/returns.h"

namespace suki::engine {

using namespace programme;

namespace {

/// The decided outcome on its way to that of what is left. Positions are those of the original receipt.
struct Scaling {
    const Plan& plan;
    const StoredReceipt& stored;
    const Left& left;
    std::vector<LineOutcome> lines;  // as Receipt::lines; those that are gone all zero
    std::vector<event::Decision> decisions;
    std::map<std::uint32_t, std::size_t> position;  // of a line by its number

    [[nodiscard]] const Quantity& bought(std::size_t line) const { return stored.receipt.lines[line].quantity; }
    [[nodiscard]] bool is_left(std::size_t line) const { return line < left.size() && left[line] > 0; }
};

/// The parts of a line's list price shrink together, so that they still sum to it.
LineOutcome scaled_line(const Scaling& scaling, std::size_t i) {
    const LineOutcome& decided = scaling.stored.decided.lines[i];
    LineOutcome line{.line = decided.line, .points = PointsByUnit(decided.points.size())};
    if (!scaling.is_left(i)) return line;
    line.list_total = Money{share_left(decided.list_total.minor(), scaling.left[i], scaling.bought(i), Rounding::half_up)};
    const std::array<std::int64_t, 4> weights{decided.line_discount.minor(), decided.receipt_discount.minor(),
                                              decided.till_discount.minor(), decided.total.minor()};
    const bool is_any = std::any_of(weights.begin(), weights.end(), [](std::int64_t weight) { return weight > 0; });
    const std::vector<std::int64_t> parts = allocate(is_any ? line.list_total.minor() : 0, weights);
    line.line_discount = Money{parts[0]};
    line.receipt_discount = Money{parts[1]};
    line.till_discount = Money{parts[2]};
    line.total = Money{parts[3]};
    line.paid = line.total;
    return line;
}

/// What all offers together give on a line is shared among them as it was.
void scale_discounts(Scaling& scaling) {
    for (std::size_t i = 0; i < scaling.lines.size(); ++i) {
        std::vector<Money*> shares;
        std::vector<std::int64_t> weights;
        std::int64_t sum = 0;
        for (event::Decision& decision : scaling.decisions) {
            for (event::Share& share : decision.shares) {
                if (share.line != scaling.lines[i].line || share.money.is_zero()) continue;
                shares.push_back(&share.money);
                weights.push_back(share.money.minor());
                sum += share.money.minor();
            }
        }
        const std::int64_t given = scaling.lines[i].line_discount.minor() + scaling.lines[i].receipt_discount.minor();
        const std::vector<std::int64_t> parts = allocate(sum > 0 ? given : 0, weights);
        for (std::size_t k = 0; k < shares.size(); ++k) *shares[k] = Money{parts[k]};
    }
}

/// It stays while anything is left.
bool gives_thing(const Plan& plan, const std::string& id) {
    const Offer* offer = find_offer(plan, id);
    return offer != nullptr && gives_thing(offer->give);
}

bool gives_fixed_points(const Plan& plan, const std::string& id) {
    const Offer* offer = find_offer(plan, id);
    return offer != nullptr && gives_fixed_points(offer->give);
}

/// Fixed points stay while any line that earned them does, and rest on those that are left; others go with their goods, rounded
/// down.
void scale_points(const Scaling& scaling, event::Decision& decision) {
    if (decision.points.is_zero()) return;
    const bool is_fixed = gives_fixed_points(scaling.plan, decision.offer);
    std::vector<std::int64_t> weights;
    std::int64_t sum = 0;
    for (event::Share& share : decision.shares) {
        const auto found = scaling.position.find(share.line);
        const bool is_left = found != scaling.position.end() && scaling.is_left(found->second);
        weights.push_back(is_left ? share.points.minor() : 0);
        sum += weights.back();
        if (is_fixed) continue;
        const std::int64_t points =
            is_left ? share_left(share.points.minor(), scaling.left[found->second], scaling.bought(found->second), Rounding::down)
                    : 0;
        share.points = Points{points};
    }
    if (!is_fixed) return;
    const std::vector<std::int64_t> parts = allocate(sum > 0 ? decision.points.minor() : 0, weights);
    for (std::size_t i = 0; i < parts.size(); ++i) decision.shares[i].points = Points{parts[i]};
}

void scale_decisions(Scaling& scaling) {
    scaling.decisions = scaling.stored.decided.decisions;
    scale_discounts(scaling);
    for (event::Decision& decision : scaling.decisions) {
        if (decision.verdict != event::Verdict::applied) continue;
        scale_points(scaling, decision);
        erase_if(decision.shares, [](const event::Share& share) { return share.money.is_zero() && share.points.is_zero(); });
        std::int64_t money = 0;
        std::int64_t points = 0;
        for (const event::Share& share : decision.shares) {
            money += share.money.minor();
            points += share.points.minor();
        }
        decision.discount = Money{money};
        decision.points = Points{points};
    }
    // What gives nothing any more is no longer there.
    const bool is_any_left = std::any_of(scaling.left.begin(), scaling.left.end(), [](std::int64_t left) { return left > 0; });
    std::erase_if(scaling.decisions, [&](const event::Decision& decision) {
        const bool is_nothing =
            decision.verdict == event::Verdict::applied && decision.discount.is_zero() && decision.points.is_zero();
        return is_nothing && !(is_any_left && gives_thing(scaling.plan, decision.offer));
    });
}

void pay_again(Scaling& scaling, const std::vector<Points>& kept, Outcome& outcome) {
    std::int64_t money = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const PaidPoints& paid = scaling.stored.decided.points_paid[i];
        if (kept[i] <= Points{0}) continue;
        const std::int64_t worth =
            *divide(static_cast<__int128>(paid.money.minor()) * kept[i].minor(), paid.points.minor(), Rounding::down);
        outcome.points_paid.push_back({.unit = paid.unit, .points = kept[i], .money = Money{worth}});
        money += worth;
    }
    std::vector<std::int64_t> weights;
    std::int64_t most = 0;
    for (std::size_t i = 0; i < scaling.lines.size(); ++i) {
        const std::int64_t borne = scaling.stored.decided.lines[i].points_money.minor();
        const std::int64_t share = share_left(borne, scaling.left[i], scaling.bought(i), Rounding::down);
        // The line's total is rounded by itself and can be a minor unit less than what points paid of it.
        weights.push_back(std::min(share, scaling.lines[i].total.minor()));
        most += weights.back();
    }
    const std::vector<std::int64_t> parts = allocate(std::min(money, most), weights);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        LineOutcome& line = scaling.lines[i];
        line.points_money = Money{parts[i]};
        line.paid = Money{line.total.minor() - parts[i]};
    }
}

const event::Decision* find_applied(const std::vector<event::Decision>& decisions, std::string_view offer) {
    for (const event::Decision& decision : decisions) {
        if (decision.offer == offer && decision.verdict == event::Verdict::applied) return &decision;
    }
    return nullptr;
}

std::int64_t counted(const Scaling& scaling, const Outcome& outcome, const Counter& counter) {
    std::int64_t sum = 0;
    switch (counter.measure) {
        case Measure::visits:
        case Measure::purchases: return 1;
        case Measure::points: return counter.points_unit < outcome.points.size() ? outcome.points[counter.points_unit].minor() : 0;
        case Measure::uses: {
            const event::Decision* applied = find_applied(scaling.decisions, counter.offer);
            return applied == nullptr ? 0 : uses_of(scaling.plan, applied->uses);
        }
        case Measure::spend:
        case Measure::quantity:
            for (std::size_t i = 0; i < scaling.lines.size(); ++i) {
                const event::Line& line = scaling.stored.receipt.lines[i];
                if (line.is_deposit || !scaling.is_left(i) || !takes(counter.lines, line, facts_of(scaling.stored.context, i)))
                    continue;
                if (counter.measure == Measure::spend) {
                    sum += scaling.lines[i].paid.minor();
                } else if (line.quantity.unit == counter.unit) {
                    sum += scaling.left[i];
                }
            }
            return sum;
    }
    return 0;
}

/// A part of a challenge: stamps of goods that are left, and what was given for while that stays given.
std::int64_t collected(const Scaling& scaling, const Challenge& challenge, const ChallengePart& part,
                       const CounterChange& decided) {
    if (decided.key != stamps_key(part)) {
        const event::Decision* applied = find_applied(scaling.decisions, scaling.plan.offers[challenge.offer].id);
        return applied == nullptr ? 0 : std::min(decided.change, applied->uses * part.need);
    }
    const LineFilter every;
    const LineFilter& lines = part.asked.lines ? *part.asked.lines : every;
    bool is_any = false;
    std::int64_t pieces = 0;
    std::int64_t paid = 0;
    for (std::size_t i = 0; i < scaling.lines.size(); ++i) {
        const event::Line& line = scaling.stored.receipt.lines[i];
        if (line.is_deposit || line.no_points || !scaling.is_left(i) || !takes(lines, line, facts_of(scaling.stored.context, i)))
            continue;
        is_any = true;
        pieces += pieces_of({scaling.left[i], line.quantity.unit});
        paid += scaling.lines[i].paid.minor();
    }
    switch (part.stamping) {
        case Stamping::item: return std::min(decided.change, pieces);
        case Stamping::amount: return std::min(decided.change, paid / part.per);
        case Stamping::receipt:
        case Stamping::day: return is_any ? decided.change : 0;
    }
    return 0;
}

void count_again(const Scaling& scaling, Outcome& outcome) {
    if (!scaling.stored.context.is_member) return;
    // `purchases` and `visits` are kept though the document may not ask for them. What counted nothing at the sale may do so now: a
    // line that points paid whole can cost a minor unit when a part of it is left.
    std::map<std::string_view, std::int64_t> figures{{"purchases", 1}, {"visits", 1}};
    for (const Counter& counter : scaling.plan.counters) figures[counter.key] = counted(scaling, outcome, counter);
    for (const CounterChange& decided : scaling.stored.decided.counters) {
        if (const auto done = challenge_done(decided.key)) {
            const event::Decision* applied = find_applied(scaling.decisions, *done);
            figures[decided.key] = applied == nullptr ? 0 : applied->uses;
        }
        const auto part = part_counted(scaling.plan, decided.key);
        if (!part) continue;
        const ChallengePart& asked = scaling.plan.challenge_parts[*part];
        figures[decided.key] = collected(scaling, scaling.plan.challenges[asked.challenge], asked, decided);
    }
    for (const auto& [key, change] : figures) {
        if (change != 0) outcome.counters.push_back({std::string{key}, change});
    }
}

void draw_again(const Scaling& scaling, Outcome& outcome) {
    for (const PoolDraw& draw : scaling.stored.decided.pools) {
        if (draw.pool >= scaling.plan.pools.size()) continue;
        const Pool& pool = scaling.plan.pools[draw.pool];
        if (pool.offer >= scaling.plan.offers.size()) continue;
        const event::Decision* decision = find_applied(scaling.decisions, scaling.plan.offers[pool.offer].id);
        if (decision == nullptr) continue;
        std::int64_t amount = draw.amount;
        if (pool.kind == PoolKind::money) amount = std::min(amount, decision->discount.minor());
        if (pool.kind == PoolKind::points) amount = std::min(amount, decision->points.minor());
        if (amount > 0) outcome.pools.push_back({draw.pool, amount});
    }
}

}  // namespace

Outcome scaled_outcome(const Plan& plan, const StoredReceipt& stored, const Left& left, const std::vector<Points>& kept) {
    Scaling scaling{.plan = plan, .stored = stored, .left = left, .lines = {}, .decisions = {}, .position = {}};
    for (std::size_t i = 0; i < stored.decided.lines.size() && i < left.size(); ++i) {
        scaling.lines.push_back(scaled_line(scaling, i));
        scaling.position[stored.decided.lines[i].line] = i;
    }
    scale_decisions(scaling);
    Outcome outcome;
    pay_again(scaling, kept, outcome);
    outcome.points.resize(stored.decided.points.size());
    for (const event::Decision& decision : scaling.decisions) {
        for (std::uint32_t unit = 0; unit < outcome.points.size() && unit < plan.units.size(); ++unit) {
            if (decision.unit != plan.units[unit].id) continue;
            outcome.points[unit] = Points{outcome.points[unit].minor() + decision.points.minor()};
            for (const event::Share& share : decision.shares) {
                const auto found = scaling.position.find(share.line);
                if (found == scaling.position.end()) continue;
                PointsByUnit& points = scaling.lines[found->second].points;
                if (unit < points.size()) points[unit] = Points{points[unit].minor() + share.points.minor()};
            }
        }
    }
    for (std::size_t i = 0; i < scaling.lines.size(); ++i) {
        if (!scaling.is_left(i)) continue;
        const LineOutcome& line = scaling.lines[i];
        outcome.list_total = Money{outcome.list_total.minor() + line.list_total.minor()};
        outcome.discount = Money{outcome.discount.minor() + line.line_discount.minor() + line.receipt_discount.minor()};
        outcome.till_discount = Money{outcome.till_discount.minor() + line.till_discount.minor()};
        outcome.total = Money{outcome.total.minor() + line.total.minor()};
        outcome.points_money = Money{outcome.points_money.minor() + line.points_money.minor()};
        outcome.paid = Money{outcome.paid.minor() + line.paid.minor()};
        outcome.lines.push_back(line);
    }
    count_again(scaling, outcome);
    draw_again(scaling, outcome);
    outcome.decisions = std::move(scaling.decisions);
    return outcome;
}

}  // namespace suki::engine
