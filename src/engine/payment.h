#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/amount.h"
#include "base/names.h"
#include "programme/plan.h"

/// Paying with points: what the document's `spend:` lets a unit pay for a receipt, beside what the receipt says that it paid. The
/// payment stage of an evaluation finds it (evaluate_payment.cpp); quotes, holds, sales, examples and explanations ask it here.
namespace suki::engine {

/// Why points can't pay. Precedence is the order of the enumerators. A quote is refused for any of them, a hold for the two that
/// need no goods to be known (the least and the step). A sale is a fact and never refused: where it breaks a bound of the rule it
/// gets the discrepancy of the same name, and otherwise `points_uncovered`.
SUKI_ENUM(PaymentRejection, points_need_member, unit_can_not_pay, points_below_minimum, points_not_whole_steps, points_above_share,
          insufficient_points)

/// One unit's rule on one receipt.
struct Payable {
    std::string unit;
    bool is_member = false;
    bool has_rule = false;  // the document says how the unit pays; without it the bounds mean nothing
    std::int64_t at_least = 1;
    std::int64_t step = 1;
    /// Points worth the document's share of what the goods that the unit may pay for still cost, and no more than is left to pay of
    /// them after the units before it. Rounded down at each turn, not yet to whole steps.
    std::int64_t share = 0;
    std::int64_t available = 0;  // with what is held for this very receipt
    std::int64_t stated = 0;     // paid, by what the receipt says

    void set_rule(const programme::PayWithPoints& rule) {
        has_rule = true;
        at_least = rule.at_least;
        step = rule.step;
    }
    friend bool operator==(const Payable&, const Payable&) = default;
};

/// The most of `points` that the rule lets pay: in whole steps, nothing where that is less than the least.
std::int64_t allowed_of(const Payable& payable, std::int64_t points);

/// The first bound that what is stated breaks; nothing where the receipt says nothing of the unit.
std::optional<PaymentRejection> broken_by(const Payable& payable);

/// The bound in the document's own word, with its value in points; nothing for what is no bound.
struct PaymentBound {
    std::string_view name;
    std::int64_t value = 0;
};
std::optional<PaymentBound> bound_of(PaymentRejection rejection, const Payable& payable);

/// What points of the unit are worth, rounded down and at most kAmountMax; 0 of a unit that is worth nothing.
Money worth_of(const programme::Unit& unit, Points points);
/// The most points of the unit, at most kAmountMax, that are worth no more than `money`.
Points points_worth(const programme::Unit& unit, Money money);

/// The rule that the unit pays by; null when it can't pay.
const programme::PayWithPoints* pay_rule(const programme::Plan& plan, std::uint32_t unit);
/// What can be said of a member's payment before any goods are known: the least and the step. Share and balance bound nothing.
Payable payable_without_goods(const programme::Plan& plan, std::string_view unit, std::int64_t stated);

}  // namespace suki::engine
