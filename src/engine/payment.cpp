#include "engine/payment.h"

#include <algorithm>

#include "base/amount.h"

namespace suki::engine {

using namespace programme;

std::int64_t allowed_of(const Payable& payable, std::int64_t points) {
    if (!payable.is_member || !payable.has_rule) return 0;
    std::int64_t most = std::min(points, payable.share);
    most -= most % payable.step;
    return most < payable.at_least ? 0 : std::max<std::int64_t>(most, 0);
}

std::optional<PaymentRejection> broken_by(const Payable& payable) {
    if (payable.stated == 0) return std::nullopt;
    if (!payable.is_member) return PaymentRejection::points_need_member;
    if (!payable.has_rule) return PaymentRejection::unit_can_not_pay;
    if (payable.stated < payable.at_least) return PaymentRejection::points_below_minimum;
    if (payable.stated % payable.step != 0) return PaymentRejection::points_not_whole_steps;
    if (payable.stated > payable.share) return PaymentRejection::points_above_share;
    if (payable.stated > payable.available) return PaymentRejection::insufficient_points;
    return std::nullopt;
}

std::optional<PaymentBound> bound_of(PaymentRejection rejection, const Payable& payable) {
    switch (rejection) {
        case PaymentRejection::points_need_member:
        case PaymentRejection::unit_can_not_pay: return std::nullopt;
        case PaymentRejection::points_below_minimum: return PaymentBound{"at_least", payable.at_least};
        case PaymentRejection::points_not_whole_steps: return PaymentBound{"step", payable.step};
        case PaymentRejection::points_above_share: return PaymentBound{"up_to", allowed_of(payable, payable.share)};
        case PaymentRejection::insufficient_points: return PaymentBound{"available", payable.available};
    }
    return std::nullopt;
}

Money worth_of(const Unit& unit, Points points) {
    const auto money = divide(static_cast<__int128>(points.minor()) * unit.worth.numerator, unit.worth.denominator, Rounding::down);
    return Money{std::min(money.value_or(kAmountMax), kAmountMax)};
}

Points points_worth(const Unit& unit, Money money) {
    if (unit.worth.numerator <= 0) return Points{kAmountMax};
    const auto points = divide(static_cast<__int128>(money.minor()) * unit.worth.denominator, unit.worth.numerator, Rounding::down);
    return Points{std::min(points.value_or(kAmountMax), kAmountMax)};
}

const PayWithPoints* pay_rule(const Plan& plan, std::uint32_t unit) {
    if (plan.units[unit].worth.numerator <= 0) return nullptr;
    const auto rule = std::find_if(plan.pay.begin(), plan.pay.end(), [&](const PayWithPoints& r) { return r.unit == unit; });
    return rule == plan.pay.end() ? nullptr : &*rule;
}

Payable payable_without_goods(const Plan& plan, std::string_view unit, std::int64_t stated) {
    Payable payable{.unit = std::string{unit}, .is_member = true, .share = kAmountMax, .available = kAmountMax, .stated = stated};
    for (std::uint32_t number = 0; number < plan.units.size(); ++number) {
        const PayWithPoints* rule = plan.units[number].id == unit ? pay_rule(plan, number) : nullptr;
        if (rule != nullptr) payable.set_rule(*rule);
    }
    return payable;
}

}  // namespace suki::engine
