#include "engine/returns.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace suki::engine {

using namespace programme;

namespace {

Left bought(const event::Receipt& receipt) {
    Left left;
    for (const event::Line& line : receipt.lines) left.push_back(line.quantity.milli);
    return left;
}

std::optional<std::size_t> find_line(const event::Receipt& receipt, std::uint32_t number) {
    for (std::size_t i = 0; i < receipt.lines.size(); ++i) {
        if (receipt.lines[i].number == number) return i;
    }
    return std::nullopt;
}

void take_off(Left& left, const event::Receipt& receipt, const event::Return& request) {
    if (request.is_void) return left.assign(left.size(), 0);
    for (const event::ReturnedLine& returned : request.lines) {
        if (const auto line = find_line(receipt, returned.line)) left[*line] -= returned.quantity.milli;
    }
}

bool is_nothing(const Left& left) {
    return std::all_of(left.begin(), left.end(), [](std::int64_t milli) { return milli <= 0; });
}

/// The first rejection, in their order, that any line of the request gives.
std::optional<ReturnRefusal> refusal_of(const event::Receipt& receipt, const Left& left, const event::Return& request) {
    if (request.is_void ? is_nothing(left) : request.lines.empty()) return ReturnRefusal{};
    if (request.is_void) return std::nullopt;
    std::optional<ReturnRefusal> first;
    std::set<std::uint32_t> named;
    for (std::size_t i = 0; i < request.lines.size(); ++i) {
        const event::ReturnedLine& returned = request.lines[i];
        const auto refuse = [&](ReturnRejection why) {
            if (!first || why < first->why) first = ReturnRefusal{.why = why, .line = i};
        };
        const auto index = find_line(receipt, returned.line);
        if (!index) {
            refuse(ReturnRejection::line_not_found);
            continue;
        }
        const event::Line& line = receipt.lines[*index];
        if (!named.insert(returned.line).second) refuse(ReturnRejection::line_named_twice);
        if (returned.quantity.unit != line.quantity.unit) refuse(ReturnRejection::wrong_unit);
        if (returned.quantity.milli <= 0) refuse(ReturnRejection::quantity_must_be_positive);
        if (returned.quantity.milli > left[*index]) refuse(ReturnRejection::returned_more_than_bought);
        const bool is_in_pieces = line.quantity.unit == QuantityUnit::piece;
        if (line.is_deposit && is_in_pieces && !is_whole(returned.quantity)) refuse(ReturnRejection::deposit_is_not_divisible);
    }
    return first;
}

Money money_left(Money money, std::int64_t left, const Quantity& bought) {
    return Money{share_left(money.minor(), left, bought, Rounding::half_up)};
}

/// The receipt as though only what is left had been bought. What the till charged was charged for all of it and says nothing here.
event::Receipt remaining_of(const Plan& plan, const StoredReceipt& stored, const Left& left, const std::vector<Points>& kept) {
    const event::Receipt& sold = stored.receipt;
    event::Receipt receipt = sold;
    receipt.lines.clear();
    receipt.charged.reset();
    receipt.points_paid.clear();
    receipt.tenders.clear();
    std::int64_t till_discount = 0;
    for (std::size_t i = 0; i < sold.lines.size(); ++i) {
        if (left[i] <= 0) continue;
        event::Line line = sold.lines[i];
        line.quantity.milli = left[i];
        line.amount = money_left(line.amount, left[i], sold.lines[i].quantity);
        line.tax = money_left(line.tax, left[i], sold.lines[i].quantity);
        line.till_discount = money_left(line.till_discount, left[i], sold.lines[i].quantity);
        if (line.cost) line.cost = money_left(*line.cost, left[i], sold.lines[i].quantity);
        line.charged.reset();
        receipt.lines.push_back(std::move(line));
        // Of the till's discount on the whole receipt each line bore a recorded part; it comes back with the goods that bore it.
        const std::int64_t borne = i < stored.decided.lines.size() ? stored.decided.lines[i].till_discount.minor() : 0;
        const std::int64_t of_receipt = std::max<std::int64_t>(0, borne - sold.lines[i].till_discount.minor());
        till_discount += share_left(of_receipt, left[i], sold.lines[i].quantity, Rounding::half_up);
    }
    receipt.till_discount = Money{till_discount};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const std::uint32_t unit = stored.decided.points_paid[i].unit;
        if (kept[i] <= Points{0} || unit >= plan.units.size()) continue;
        receipt.points_paid.push_back({.unit = plan.units[unit].id, .points = kept[i], .hold = std::nullopt});
    }
    return receipt;
}

Context context_of(const StoredReceipt& stored, const Left& left) {
    Context context = stored.context;
    context.lines.clear();
    for (std::size_t i = 0; i < left.size() && i < stored.context.lines.size(); ++i) {
        if (left[i] <= 0) continue;
        LineFacts facts = stored.context.lines[i];
        if (facts.cost) facts.cost = money_left(*facts.cost, left[i], stored.receipt.lines[i].quantity);
        context.lines.push_back(std::move(facts));
    }
    return context;
}

/// What the till took in money.
Money charged_in_money(const StoredReceipt& stored) {
    std::optional<std::int64_t> charged;
    if (stored.receipt.charged) {
        charged = stored.receipt.charged->minor();
    } else {
        std::int64_t sum = 0;
        bool is_stated = !stored.receipt.lines.empty();
        for (const event::Line& line : stored.receipt.lines) {
            is_stated = is_stated && line.charged.has_value();
            sum += line.charged.value_or(Money{0}).minor();
        }
        if (is_stated) charged = std::min(sum, kAmountMax);
    }
    if (!charged) return stored.decided.paid;
    return Money{std::max<std::int64_t>(0, *charged - stored.decided.points_money.minor())};
}

Points given_by(const Outcome& outcome, const ledger::Part& part, std::string_view unit) {
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.verdict == event::Verdict::applied && decision.offer == part.offer && decision.unit == unit)
            return decision.points;
    }
    return Points{0};
}

/// By clause at most what it gave too much, in all at most what all of them gave too much: an offer that lost its stack to one that
/// no longer applies may earn now, and the points that one gave stand in for it.
std::vector<ledger::Part> take_back_of(const std::vector<ledger::Part>& parts, const Outcome& after, std::uint32_t unit,
                                       std::string_view unit_id) {
    std::int64_t given = 0;
    std::vector<std::int64_t> excess;
    for (const ledger::Part& part : parts) {
        given += part.points.minor();
        excess.push_back(std::max<std::int64_t>(0, part.points.minor() - given_by(after, part, unit_id).minor()));
    }
    std::int64_t most = 0;
    for (const std::int64_t each : excess) most += each;
    const std::int64_t still_earned = unit < after.points.size() ? after.points[unit].minor() : 0;
    const std::int64_t total = std::clamp<std::int64_t>(given - still_earned, 0, most);
    std::vector<ledger::Part> taken;
    const std::vector<std::int64_t> shares = allocate(total, excess);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (shares[i] > 0) taken.push_back({.offer = parts[i].offer, .clause = parts[i].clause, .points = Points{shares[i]}});
    }
    return taken;
}

std::vector<CounterChange> counter_changes(const Outcome& before, const Outcome& after) {
    std::map<std::string, std::int64_t> changes;
    for (const CounterChange& counter : after.counters) changes[counter.key] += counter.change;
    for (const CounterChange& counter : before.counters) changes[counter.key] -= counter.change;
    std::vector<CounterChange> list;
    for (const auto& [key, change] : changes) {
        if (change != 0) list.push_back({key, change});
    }
    return list;
}

std::vector<PoolDraw> pool_changes(const StoredReceipt& stored, const Outcome& after) {
    std::map<std::uint32_t, std::int64_t> too_much;
    for (const PoolDraw& draw : stored.decided.pools) too_much[draw.pool] += draw.amount;
    for (const PoolDraw& draw : stored.put_back) too_much[draw.pool] -= draw.amount;
    for (const PoolDraw& draw : after.pools) too_much[draw.pool] -= draw.amount;
    std::vector<PoolDraw> list;
    // A return draws nothing more, whatever is decided of the rest: the pool may be empty by now.
    for (const auto& [pool, amount] : too_much) {
        if (amount > 0) list.push_back({pool, amount});
    }
    return list;
}

std::vector<std::pair<std::uint32_t, Points>> give_back_of(const StoredReceipt& stored, const Outcome& after) {
    std::map<std::uint32_t, std::int64_t> too_much;
    for (const SpentRecord& spent : stored.spent) {
        std::int64_t points = spent.uncovered.minor();
        for (const ledger::Draw& draw : spent.draws) points += draw.taken.minor();
        too_much[spent.unit] += points;
    }
    for (const PaidPoints& paid : after.points_paid) too_much[paid.unit] -= paid.points.minor();
    std::vector<std::pair<std::uint32_t, Points>> list;
    for (const auto& [unit, points] : too_much) {
        if (points > 0) list.emplace_back(unit, Points{points});
    }
    return list;
}

}  // namespace

std::int64_t share_left(std::int64_t value, std::int64_t left, const Quantity& bought, Rounding rounding) {
    if (left >= bought.milli) return value;
    if (left <= 0) return 0;
    // Smaller than the value itself, so it fits.
    return *divide(static_cast<__int128>(value) * left, bought.milli, rounding);
}

std::vector<Points> points_still_paid(const Plan& plan, const StoredReceipt& stored, const Left& left) {
    std::int64_t paid = 0;
    std::int64_t still_paid = 0;
    for (std::size_t i = 0; i < stored.decided.lines.size() && i < left.size(); ++i) {
        const std::int64_t money = stored.decided.lines[i].points_money.minor();
        paid += money;
        still_paid += share_left(money, left[i], stored.receipt.lines[i].quantity, Rounding::down);
    }
    std::vector<Points> kept;
    for (const PaidPoints& points_paid : stored.decided.points_paid) {
        if (paid <= 0) {
            kept.emplace_back(0);
            continue;
        }
        std::int64_t points = *divide(static_cast<__int128>(points_paid.points.minor()) * still_paid, paid, Rounding::down);
        // Whole steps stay whole money; all of it stays as it was paid, even if that was no whole step.
        if (still_paid < paid) {
            if (const PayWithPoints* rule = pay_rule(plan, points_paid.unit)) points -= points % rule->step;
        }
        kept.emplace_back(points);
    }
    return kept;
}

std::string pointer_of(const event::Return& request, const ReturnRefusal& refusal) {
    if (!refusal.line) return request.is_void ? "/receipt" : "/lines";
    const std::string line = "/lines/" + std::to_string(*refusal.line);
    switch (refusal.why) {
        case ReturnRejection::line_not_found:
        case ReturnRejection::line_named_twice: return line + "/line";
        case ReturnRejection::wrong_unit: return line + "/unit";
        default: return line + "/quantity";
    }
}

void complete_units(event::Return& request, const event::Receipt& sold) {
    for (event::ReturnedLine& returned : request.lines) {
        const auto line = find_line(sold, returned.line);
        if (!returned.has_unit && line) returned.quantity.unit = sold.lines[*line].quantity.unit;
        returned.has_unit = true;
    }
}

Result<ReturnOutcome, ReturnRefusal> judge_return(const Evaluator& evaluator, const StoredReceipt& stored,
                                                  const event::Return& request) {
    const Plan& plan = evaluator.plan();
    Left left = bought(stored.receipt);
    for (const event::Return& earlier : stored.returns) take_off(left, stored.receipt, earlier);
    if (const auto refusal = refusal_of(stored.receipt, left, request)) return Unexpected{*refusal};

    // From here on nothing may refuse.
    take_off(left, stored.receipt, request);
    ReturnOutcome judged;
    judged.is_whole = is_nothing(left);
    const std::vector<Points> kept = points_still_paid(plan, stored, left);
    judged.remaining = remaining_of(plan, stored, left, kept);
    // What was sold before the first edition, or imported as history, was decided by no document: nothing to judge it by again.
    const bool is_judged_again = plan.returns == ReturnsPolicy::rejudge && stored.edition != 0 && !stored.is_history;
    if (judged.is_whole) {
        judged.after.points.resize(stored.decided.points.size());
    } else if (is_judged_again) {
        judged.after = evaluator.evaluate(context_of(stored, left), judged.remaining);
    } else {
        judged.after = scaled_outcome(plan, stored, left, kept);
    }

    const std::int64_t refund = charged_in_money(stored).minor() - stored.refunded.minor() - judged.after.paid.minor();
    judged.refund = Money{std::max<std::int64_t>(0, refund)};
    judged.take_back.resize(plan.units.size());
    for (const EarnedRecord& earned : stored.earned) {
        if (earned.unit >= plan.units.size()) continue;
        for (ledger::Part& part : take_back_of(earned.parts, judged.after, earned.unit, plan.units[earned.unit].id)) {
            judged.take_back[earned.unit].push_back(std::move(part));
        }
    }
    judged.give_back = give_back_of(stored, judged.after);
    judged.counters = counter_changes(stored.current, judged.after);
    judged.pools = pool_changes(stored, judged.after);
    return judged;
}

namespace {

bool is_before(const event::Decision& decision, std::string_view offer) { return decision.offer < offer; }

}  // namespace

void stay(const Plan& plan, const StoredReceipt& stored, const std::vector<std::string>& offers, ReturnOutcome& judged) {
    for (const std::string& id : offers) {
        const auto given = std::lower_bound(stored.current.decisions.begin(), stored.current.decisions.end(), id, is_before);
        if (given == stored.current.decisions.end() || given->offer != id) continue;
        auto& decisions = judged.after.decisions;
        const auto at = std::lower_bound(decisions.begin(), decisions.end(), id, is_before);
        if (at != decisions.end() && at->offer == id) {
            *at = *given;
        } else {
            decisions.insert(at, *given);
        }
        for (const PoolDraw& draw : stored.current.pools) {
            if (plan.offers.at(plan.pools.at(draw.pool).offer).id == id) judged.after.pools.push_back(draw);
        }
    }
    auto& pools = judged.after.pools;
    std::sort(pools.begin(), pools.end(), [](const PoolDraw& a, const PoolDraw& b) { return a.pool < b.pool; });
    judged.counters = counter_changes(stored.current, judged.after);
    judged.pools = pool_changes(stored, judged.after);
}

std::vector<PoolDraw> let_go(const Plan& plan, StoredReceipt& stored, std::string_view id) {
    Outcome& current = stored.current;
    std::erase_if(current.decisions, [&](const event::Decision& decision) { return decision.offer == id; });
    std::vector<PoolDraw> back;
    for (const PoolDraw& draw : current.pools) {
        if (plan.offers.at(plan.pools.at(draw.pool).offer).id == id) back.push_back(draw);
    }
    std::erase_if(current.pools, [&](const PoolDraw& draw) { return std::find(back.begin(), back.end(), draw) != back.end(); });
    for (const PoolDraw& draw : back) {
        const auto there = std::find_if(stored.put_back.begin(), stored.put_back.end(),
                                        [&](const PoolDraw& one) { return one.pool == draw.pool; });
        if (there != stored.put_back.end()) {
            there->amount += draw.amount;
        } else {
            stored.put_back.push_back(draw);
        }
    }
    std::sort(stored.put_back.begin(), stored.put_back.end(), [](const PoolDraw& a, const PoolDraw& b) { return a.pool < b.pool; });
    return back;
}

Money paid_in_money(const StoredReceipt& stored) {
    return Money{std::max<std::int64_t>(0, charged_in_money(stored).minor() - stored.refunded.minor())};
}

}  // namespace suki::engine
