#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "engine/evaluation.h"
#include "engine/payment.h"

/// The payment stage: after every discount, before points are earned. What the receipt says was paid is taken as paid, also against
/// the document's rule: a sale is a fact, and what the member gave up must be what a return gives back. The rule is told beside it.
namespace suki::engine {

using namespace programme;

namespace {

/// Money that `points` of the unit buy, and how many of them are taken when at most `rest` can be paid: as stated, or else as many
/// as are worth no more than the rest.
PaidWork payment(std::uint32_t number, const Unit& unit, std::int64_t points, std::int64_t rest) {
    points = std::min(points, points_worth(unit, Money{rest}).minor());
    return {number, points, worth_of(unit, Points{points}).minor()};
}

std::int64_t stated_of(const event::Receipt& receipt, const std::string& unit) {
    __int128 stated = 0;
    for (const event::PointsPayment& payment : receipt.points_paid) {
        if (payment.unit == unit) stated += std::max<std::int64_t>(payment.points.minor(), 0);
    }
    return static_cast<std::int64_t>(std::min<__int128>(stated, kAmountMax));
}

std::int64_t sum_of(std::span<const std::int64_t> values) { return std::accumulate(values.begin(), values.end(), std::int64_t{0}); }

/// What is left to pay of each line, as Receipt::lines: of the goods that the unit may pay for, and of the others and deposits.
struct Rest {
    std::span<std::int64_t> of_payable;
    std::span<std::int64_t> of_others;
    std::int64_t price = 0;  // of the payable goods after discounts, whatever points paid of them already
};

Rest rest_of(Evaluation& work, const PayWithPoints& rule) {
    Rest rest{.of_payable = work.make<std::int64_t>(work.lines.size()), .of_others = work.make<std::int64_t>(work.lines.size())};
    for (std::size_t i = 0; i < work.lines.size(); ++i) {
        const LineWork& line = work.lines[i];
        (line.takes_part ? rest.of_payable : rest.of_others)[i] = line.paid();
        if (line.takes_part) rest.price += line.total();
    }
    // An exception without any list takes every line, like any other filter.
    if (rule.has_except) {
        const auto number = static_cast<std::size_t>(&rule - work.plan.pay.data());
        for (const std::uint32_t line : work.lines_of(work.ready.except_filters[number])) {
            std::swap(rest.of_payable[line], rest.of_others[line]);
            rest.price -= work.lines[line].total();
        }
    }
    return rest;
}

/// Rounded down at each turn: never more than the document allows.
std::int64_t share_of(const PayWithPoints& rule, const Unit& unit, const Rest& rest) {
    const auto share = divide(static_cast<__int128>(rest.price) * rule.up_to.numerator, rule.up_to.denominator, Rounding::down);
    const std::int64_t money = std::min(share.value_or(kAmountMax), sum_of(rest.of_payable));
    return points_worth(unit, Money{money}).minor();
}

void bear(Evaluation& work, std::int64_t money, std::span<const std::int64_t> rest) {
    const auto parts = work.make<std::int64_t>(rest.size());
    share_out(work.memory, money, rest, parts);
    for (std::size_t i = 0; i < parts.size(); ++i) work.lines[i].points_money += parts[i];
}

/// Goods that the unit may pay for bear the payment first. The others bear what a till took for them all the same; editions of
/// semantics 1 took nothing for those, so that a return paid out in money what points had paid.
void take(Evaluation& work, std::uint32_t number, std::int64_t stated, const Rest& rest) {
    const std::int64_t payable = sum_of(rest.of_payable);
    const std::int64_t others = work.plan.semantics >= 2 ? sum_of(rest.of_others) : 0;
    const PaidWork paid = payment(number, work.plan.units[number], stated, payable + others);
    if (paid.points == 0) return;
    const std::int64_t by_payable = std::min(paid.money, payable);
    bear(work, by_payable, rest.of_payable);
    bear(work, paid.money - by_payable, rest.of_others);
    work.paid.push_back(paid);
}

}  // namespace

void pay_with_points(Evaluation& work) {
    const bool is_asked = work.payables != nullptr;
    if (!is_asked && (!work.context.is_member || work.receipt.points_paid.empty())) return;
    for (std::uint32_t number = 0; number < work.plan.units.size(); ++number) {
        const std::int64_t stated = stated_of(work.receipt, work.plan.units[number].id);
        const PayWithPoints* rule = pay_rule(work.plan, number);
        if (is_asked) {
            work.payables->push_back({.unit = work.plan.units[number].id,
                                      .is_member = work.context.is_member,
                                      .available = value_at(work.context.available, number),
                                      .stated = stated});
        }
        if (!work.context.is_member || rule == nullptr || (stated == 0 && !is_asked)) continue;
        const Rest rest = rest_of(work, *rule);
        if (is_asked) {
            work.payables->back().set_rule(*rule);
            work.payables->back().share = share_of(*rule, work.plan.units[number], rest);
        }
        take(work, number, stated, rest);
    }
}

}  // namespace suki::engine
