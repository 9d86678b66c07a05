#include <algorithm>
#include <map>

#include "engine/sheet.h"

namespace suki::engine {

using namespace programme;

const ledger::Wallet* find_wallet(const std::vector<ledger::Wallet>& wallets, std::string_view unit) {
    for (const ledger::Wallet& wallet : wallets) {
        if (wallet.unit == unit) return &wallet;
    }
    return nullptr;
}

std::vector<std::int64_t> available_of(const Plan& plan, const std::vector<ledger::Wallet>& wallets,
                                       const std::vector<event::PointsPayment>& payments, Instant at) {
    std::vector<std::int64_t> available(plan.units.size(), 0);
    for (std::size_t u = 0; u < available.size(); ++u) {
        const ledger::Wallet* wallet = find_wallet(wallets, plan.units[u].id);
        if (wallet == nullptr) continue;
        available[u] = ledger::balance(*wallet, at).available.minor();
        for (const ledger::Hold& hold : wallet->holds) {
            const bool is_named = std::any_of(payments.begin(), payments.end(),
                                              [&](const event::PointsPayment& payment) { return payment.hold == hold.id; });
            if (is_named && at < hold.expires_at) available[u] += hold.points.minor();
        }
    }
    return available;
}

ledger::Stamp stamp_of(const Cause& cause, std::string_view expiry_clause) {
    return {.occurred_at = cause.occurred_at,
            .recorded_at = cause.recorded_at,
            .cause = cause.id,
            .edition = cause.edition,
            .expiry_clause = std::string{expiry_clause}};
}

Date period_of(const Pool& pool, Date date) {
    // A pool without end is one, whatever the day.
    return pool.window.kind == WindowKind::ever ? Date{0} : dates_of(pool.window, date).starts_on;
}

namespace {

using ledger::LedgerRejection;

/// One unit's payment while it is being made.
struct UnitPayment {
    WalletSheet& sheet;
    const Unit& unit;
    ledger::Stamp stamp;
    ledger::SpendRequest request;
    Points left;
    SpentRecord record;

    void take(ledger::Spent spent, Points points) {
        sheet.post(unit.id, std::move(spent.posting));
        record.draws.insert(record.draws.end(), std::make_move_iterator(spent.draws.begin()),
                            std::make_move_iterator(spent.draws.end()));
        record.uncovered = plus(record.uncovered, spent.uncovered);
        left = minus(left, points);
    }
};

/// Confirms a hold for as much as is left to pay; false when there is no such hold.
Result<bool, LedgerRejection> confirm(UnitPayment& payment, HoldId hold) {
    const ledger::Wallet wallet = payment.sheet.of(payment.unit.id);
    const auto found = std::find_if(wallet.holds.begin(), wallet.holds.end(), [&](const ledger::Hold& h) { return h.id == hold; });
    if (found == wallet.holds.end()) return false;
    ledger::SpendRequest request = payment.request;
    request.points = std::min(found->points, payment.left);
    request.may_owe = false;
    if (request.points.is_zero()) return true;
    auto spent = ledger::confirm_hold(wallet, hold, request, payment.stamp);
    if (!spent) return Unexpected{spent.error()};
    payment.take(*std::move(spent), request.points);
    return true;
}

/// What is left of the payment after the holds.
Result<Done, LedgerRejection> spend_rest(UnitPayment& payment) {
    ledger::Wallet wallet = payment.sheet.of(payment.unit.id);
    payment.request.points = payment.left;
    if (!payment.request.may_owe) {
        const Points available = ledger::balance(wallet, payment.stamp.recorded_at).available;
        payment.request.points = std::min(payment.left, std::max(available, Points{0}));
    }
    const Points points = payment.request.points;
    if (points <= Points{0}) return Done{};
    auto spent = ledger::spend(std::move(wallet), payment.request, payment.stamp);
    if (!spent) return Unexpected{spent.error()};
    payment.take(*std::move(spent), points);
    return Done{};
}

Result<Done, LedgerRejection> pay(const Plan& plan, const StoredReceipt& sale, const Cause& cause, WalletSheet& sheet,
                                  SettledSale& settled) {
    for (const PaidPoints& paid : sale.decided.points_paid) {
        if (paid.points.is_zero()) continue;
        const Unit& unit = plan.units.at(paid.unit);
        const PayWithPoints* rule = pay_rule(plan, paid.unit);
        UnitPayment payment{.sheet = sheet,
                            .unit = unit,
                            .stamp = stamp_of(cause, unit.clause),
                            .request = {.offer = rule == nullptr ? std::string{} : rule->id,
                                        .clause = rule == nullptr ? unit.clause : rule->clause,
                                        .may_owe = plan.debt != DebtPolicy::refuse},
                            .left = paid.points,
                            .record = {.unit = paid.unit}};
        payment.record.rule = payment.request.offer;
        payment.record.clause = payment.request.clause;
        for (const event::PointsPayment& one : sale.receipt.points_paid) {
            if (one.unit != unit.id || !one.hold) continue;
            const auto confirmed = confirm(payment, *one.hold);
            if (!confirmed) return Unexpected{confirmed.error()};
            if (!*confirmed) settled.faults.push_back({.unit = unit.id, .hold = one.hold, .stated = one.points});
        }
        if (const auto rest = spend_rest(payment); !rest) return rest;
        const Points uncovered = plus(payment.record.uncovered, payment.left);
        if (!uncovered.is_zero()) {
            settled.faults.push_back({.unit = unit.id, .stated = paid.points, .taken = minus(paid.points, uncovered)});
        }
        if (payment.record.draws.empty() && payment.record.uncovered.is_zero()) continue;
        settled.spent.push_back(std::move(payment.record));
    }
    return Done{};
}

/// What the receipt owed and its own points repaid at once was paid from their lot: there it goes back to when goods come back.
/// Returns how much that is.
Points cover(std::uint32_t unit, const ledger::Earned& earned, SettledSale& settled) {
    Points all;
    for (SpentRecord& spent : settled.spent) {
        if (spent.unit != unit) continue;
        const Points covered = std::min(spent.uncovered, earned.repaid);
        if (covered.is_zero()) continue;
        spent.uncovered = minus(spent.uncovered, covered);
        spent.draws.push_back({.lot = earned.lot, .taken = covered});
        all = plus(all, covered);
    }
    return all;
}

Result<Done, LedgerRejection> earn(const Plan& plan, const Holdings& owner, const StoredReceipt& sale, const Cause& cause,
                                   WalletSheet& sheet, SettledSale& settled) {
    for (UnitEarn& unit_earn : postings(plan, sale.context, sale.decided)) {
        const Unit& unit = plan.units.at(unit_earn.unit);
        // Late points were followed by activity that is known already: they last as long as those that came in time.
        if (is_kept_by_activity(unit) && unit_earn.request.expires_at) {
            const Date until = std::max(sale.context.date, date_of(plan, cause.recorded_at));
            const KeptUnit kept(plan, unit, activities_of(owner.state, {}, until));
            unit_earn.request.expires_at = kept.keep(*unit_earn.request.expires_at);
        }
        auto earned = ledger::earn(sheet.of(unit.id), unit_earn.request, stamp_of(cause, unit.clause));
        if (!earned) return Unexpected{earned.error()};
        settled.earned.push_back({.unit = unit_earn.unit, .lot = earned->lot.id, .parts = std::move(unit_earn.request.parts)});
        settled.earned.back().repaid = minus(earned->repaid, cover(unit_earn.unit, *earned, settled));
        sheet.post(unit.id, std::move(earned->posting));
    }
    return Done{};
}

void extend(const Plan& plan, Date date, const Cause& cause, WalletSheet& sheet) {
    for (const Unit& unit : plan.units) {
        if (!is_kept_by_activity(unit)) continue;
        if (const auto until = expires_at(plan, unit, date)) {
            sheet.post(unit.id, ledger::set_expiry(sheet.of(unit.id), *until, stamp_of(cause, unit.clause)));
        }
    }
}

/// Whether the unit pays with nothing but whole holds. Their least and their step were asked when they were placed, and an edition
/// since then takes nothing of it away.
bool is_held(const std::vector<ledger::Wallet>& wallets, const event::Receipt& receipt, const std::string& unit) {
    const ledger::Wallet* wallet = find_wallet(wallets, unit);
    if (wallet == nullptr) return false;
    return std::all_of(receipt.points_paid.begin(), receipt.points_paid.end(), [&](const event::PointsPayment& payment) {
        return payment.unit != unit || std::any_of(wallet->holds.begin(), wallet->holds.end(), [&](const ledger::Hold& hold) {
                   return hold.id == payment.hold && hold.points == payment.points;
               });
    });
}

/// The till took points as the document does not let them pay. They are taken all the same.
void find_points_against_rules(const Holdings& owner, const StoredReceipt& sale, const std::vector<Payable>& payables,
                               std::vector<PaymentFault>& faults) {
    for (Payable payable : payables) {
        if (payable.stated != 0 && is_held(owner.wallets, sale.receipt, payable.unit)) payable.at_least = payable.step = 1;
        const auto broken = broken_by(payable);
        if (!broken) continue;
        faults.push_back({.unit = payable.unit,
                          .broken = broken,
                          .stated = Points{payable.stated},
                          .taken = Points{allowed_of(payable, payable.stated)}});
    }
}

/// The till took points where they can't be taken: without a member, of a unit that can't pay, beyond the price.
void find_points_not_taken(const Plan& plan, const StoredReceipt& sale, bool has_points, std::vector<PaymentFault>& faults) {
    std::map<std::string, std::int64_t> stated;
    for (const event::PointsPayment& payment : sale.receipt.points_paid) stated[payment.unit] += payment.points.minor();
    for (const auto& [unit, points] : stated) {
        std::int64_t taken = 0;
        for (const PaidPoints& paid : sale.decided.points_paid) {
            if (has_points && plan.units.at(paid.unit).id == unit) taken = paid.points.minor();
        }
        if (points > taken) faults.push_back({.unit = unit, .stated = Points{points}, .taken = Points{taken}});
    }
}

}  // namespace

Result<SettledSale, LedgerRejection> settle_sale(const Plan& plan, const Holdings& owner, const StoredReceipt& sale,
                                                 const std::vector<Payable>& payables) {
    SettledSale settled;
    if (sale.is_history) return settled;
    const bool has_points = sale.context.is_member && sale.edition != 0;
    if (has_points) find_points_against_rules(owner, sale, payables, settled.faults);
    find_points_not_taken(plan, sale, has_points, settled.faults);
    if (!has_points) return settled;
    const Cause cause{
        .id = sale.receipt.id, .occurred_at = sale.receipt.occurred_at, .recorded_at = sale.recorded_at, .edition = sale.edition};
    WalletSheet sheet(owner.wallets);
    if (const auto paid = pay(plan, sale, cause, sheet, settled); !paid) return Unexpected{paid.error()};
    if (const auto earned = earn(plan, owner, sale, cause, sheet, settled); !earned) return Unexpected{earned.error()};
    extend(plan, sale.context.date, cause, sheet);
    settled.postings = std::move(sheet.postings);
    return settled;
}

std::vector<UnitPosting> extend_expiry(const Plan& plan, const std::vector<ledger::Wallet>& wallets, Date date,
                                       const Cause& cause) {
    WalletSheet sheet(wallets);
    extend(plan, date, cause, sheet);
    return std::move(sheet.postings);
}

Result<std::vector<UnitPosting>, LedgerRejection> welcome(const Plan& plan, const std::vector<ledger::Wallet>& wallets, Date date,
                                                          const Cause& cause) {
    WalletSheet sheet(wallets);
    for (const Welcome& gift : plan.welcome) {
        if (gift.points <= 0) continue;
        const Unit& unit = plan.units.at(gift.unit);
        auto earned = ledger::earn(sheet.of(unit.id),
                                   {.kind = ledger::EntryKind::welcome,
                                    .parts = {{.offer = "welcome", .clause = gift.clause, .points = Points{gift.points}}},
                                    .matures_at = matures_at(plan, unit, date),
                                    .expires_at = expires_at(plan, unit, date)},
                                   stamp_of(cause, unit.clause));
        if (!earned) return Unexpected{earned.error()};
        sheet.post(unit.id, std::move(earned->posting));
    }
    return std::move(sheet.postings);
}

}  // namespace suki::engine
