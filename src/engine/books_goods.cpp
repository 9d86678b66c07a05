#include <algorithm>

#include "engine/payment.h"
#include "engine/sheet.h"

namespace suki::engine {

using namespace programme;

namespace {

/// What the offers that ask nothing give for this money: the points that the goods must have earned at least, since nobody knows
/// what else they did.
Points points_for(const Plan& plan, std::uint32_t unit, Money amount) {
    __int128 numerator = 0;
    const std::int64_t denominator = plan.units[unit].denominator;
    for (const Offer& offer : plan.offers) {
        const auto* give = std::get_if<PointsPerAmount>(&offer.give);
        if (give == nullptr || offer.unit != unit || offer.lines || !offer.conditions.empty() || !offer.limits.empty()) continue;
        if (give->rate.denominator <= 0 || denominator % give->rate.denominator != 0) continue;
        numerator += static_cast<__int128>(amount.minor()) * give->rate.numerator * (denominator / give->rate.denominator);
    }
    return Points{std::min(divide(numerator, denominator, Rounding::down).value_or(0), kAmountMax)};
}

Money money_of(const std::vector<event::Line>& lines) {
    Money sum;
    for (const event::Line& line : lines) {
        if (line.is_deposit || line.no_points) continue;
        sum = add(sum, line.amount).value_or(Money{kAmountMax});
    }
    return sum;
}

}  // namespace

Result<SettledGoods, ledger::LedgerRejection> settle_goods(const Plan& plan, const std::vector<ledger::Wallet>& wallets,
                                                           const std::vector<event::Line>& goods, const Cause& cause) {
    const Money money = money_of(goods);
    const bool may_owe = plan.debt == DebtPolicy::below_zero;
    WalletSheet sheet(wallets);
    SettledGoods settled;
    for (std::uint32_t u = 0; u < plan.units.size(); ++u) {
        const Unit& unit = plan.units[u];
        const Points wanted = points_for(plan, u, money);
        if (wanted <= Points{0}) continue;
        settled.wanted.push_back({.unit = unit.id, .points = wanted});
        const ledger::Balance balance = ledger::balance(sheet.of(unit.id), cause.recorded_at);
        const Points covered = std::min(wanted, plus(balance.available, balance.pending));
        const Points taken = may_owe ? wanted : covered;
        if (taken > Points{0}) {
            auto posting = ledger::adjust(sheet.of(unit.id),
                                          {.points = taken.negated(),
                                           .reason = std::string{kWithoutReceipt},
                                           .author = std::string{kOwnAuthor},
                                           .may_owe = may_owe,
                                           .takes_pending = true},
                                          stamp_of(cause, unit.clause));
            if (!posting) return Unexpected{posting.error()};
            sheet.post(unit.id, *std::move(posting));
            settled.taken_back.push_back({.unit = unit.id, .points = taken});
        }
        const Points missing = minus(wanted, covered);
        if (missing <= Points{0}) continue;
        (may_owe ? settled.owed : settled.left).push_back({.unit = unit.id, .points = missing});
        // Rounded down, since it is the member's money.
        if (plan.debt == DebtPolicy::from_refund)
            settled.withheld = std::min(money, plus(settled.withheld, worth_of(unit, missing)));
    }
    settled.postings = std::move(sheet.postings);
    return settled;
}

}  // namespace suki::engine
