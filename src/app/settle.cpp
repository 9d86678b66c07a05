#include "app/settle.h"

#include <algorithm>

namespace suki::app {

namespace {

Unexpected<Refusal> ledger_refusal(ledger::LedgerRejection rejection) { return refuse_as(RefusalKind::unprocessable, rejection); }

Points plus(Points a, Points b) { return Points{a.minor() + b.minor()}; }
Points minus(Points a, Points b) { return Points{a.minor() - b.minor()}; }

/// One unit's payment while it is being made.
struct UnitPayment {
    Desk& desk;
    const store::OwnerKey& key;
    std::uint32_t wallet;
    ledger::Stamp stamp;
    ledger::SpendRequest request;
    Points left;
    engine::SpentRecord record;

    [[nodiscard]] const ledger::Wallet& wallet_now() const { return desk.edit(key).state->wallets[wallet]; }

    void take(ledger::Spent spent, Points points) {
        desk.post(key, wallet, std::move(spent.posting));
        record.draws.insert(record.draws.end(), std::make_move_iterator(spent.draws.begin()),
                            std::make_move_iterator(spent.draws.end()));
        record.uncovered = plus(record.uncovered, spent.uncovered);
        left = minus(left, points);
    }
};

/// Confirms a hold for as much as is left to pay; false when there is no such hold.
Answered<bool> confirm(UnitPayment& payment, HoldId hold) {
    const auto& holds = payment.wallet_now().holds;
    const auto found = std::find_if(holds.begin(), holds.end(), [&](const ledger::Hold& h) { return h.id == hold; });
    if (found == holds.end()) return false;
    ledger::SpendRequest request = payment.request;
    request.points = std::min(found->points, payment.left);
    request.may_owe = false;
    if (request.points.is_zero()) return true;
    auto spent = ledger::confirm_hold(payment.wallet_now(), hold, request, payment.stamp);
    if (!spent) return ledger_refusal(spent.error());
    payment.take(*std::move(spent), request.points);
    return true;
}

}  // namespace

ledger::Stamp stamp_of(const Desk& desk, const Cause& cause, std::string_view expiry_clause) {
    return {.occurred_at = cause.occurred_at,
            .recorded_at = desk.recorded_at(),
            .cause = cause.id,
            .edition = cause.edition,
            .expiry_clause = std::string{expiry_clause}};
}

Unexpected<Refusal> refuse_payment(engine::PaymentRejection rejection, const engine::Payable& payable, std::string pointer) {
    std::vector<std::pair<std::string, std::string>> arguments{{"unit", payable.unit}, {"stated", std::to_string(payable.stated)}};
    if (const auto bound = engine::bound_of(rejection, payable)) {
        arguments.emplace_back("bound", bound->name);
        arguments.emplace_back("value", std::to_string(bound->value));
    }
    return refuse_as(RefusalKind::unprocessable, rejection, std::move(pointer), std::move(arguments));
}

Answered<Payment> pay_with_points(Desk& desk, const store::OwnerKey& key, const programme::Plan& plan,
                                  const engine::Outcome& outcome, const std::vector<event::PointsPayment>& stated,
                                  const Cause& cause) {
    Payment all;
    const bool may_owe = plan.debt != programme::DebtPolicy::refuse;
    for (const engine::PaidPoints& paid : outcome.points_paid) {
        if (paid.points.is_zero()) continue;
        const programme::Unit& unit = plan.units.at(paid.unit);
        const programme::PayWithPoints* rule = engine::pay_rule(plan, paid.unit);
        UnitPayment payment{.desk = desk,
                            .key = key,
                            .wallet = wallet_index(*desk.edit(key).state, unit.id),
                            .stamp = stamp_of(desk, cause, unit.clause),
                            .request = {.offer = rule == nullptr ? std::string{} : rule->id,
                                        .clause = rule == nullptr ? unit.clause : rule->clause},
                            .left = paid.points,
                            .record = {.unit = paid.unit}};
        payment.record.rule = payment.request.offer;
        payment.record.clause = payment.request.clause;
        for (const event::PointsPayment& one : stated) {
            if (one.unit != unit.id || !one.hold) continue;
            auto confirmed = confirm(payment, *one.hold);
            if (!confirmed) return Unexpected<Refusal>{std::move(confirmed).error()};
            if (!*confirmed) {
                all.discrepancies.push_back(
                    {.kind = DiscrepancyKind::hold_not_found, .stated = one.points.minor(), .what = one.hold->text()});
            }
        }
        const Points available = ledger::balance(payment.wallet_now(), desk.recorded_at()).available;
        payment.request.points = may_owe ? payment.left : std::min(payment.left, std::max(available, Points{0}));
        payment.request.may_owe = may_owe;
        if (payment.request.points > Points{0}) {
            const Points points = payment.request.points;
            auto spent = ledger::spend(payment.wallet_now(), payment.request, payment.stamp);
            if (!spent) return ledger_refusal(spent.error());
            payment.take(*std::move(spent), points);
        }
        const Points uncovered = plus(payment.record.uncovered, payment.left);
        if (!uncovered.is_zero()) {
            all.uncovered.push_back({.unit = unit.id, .points = uncovered});
            all.discrepancies.push_back({.kind = DiscrepancyKind::points_uncovered,
                                         .stated = paid.points.minor(),
                                         .decided = minus(paid.points, uncovered).minor(),
                                         .what = unit.id});
        }
        if (!payment.record.draws.empty() || !payment.record.uncovered.is_zero()) all.spent.push_back(std::move(payment.record));
    }
    return all;
}

Answered<std::vector<engine::EarnedRecord>> earn_points(Desk& desk, const store::OwnerKey& key, const programme::Plan& plan,
                                                        const engine::Context& context, const engine::Outcome& outcome,
                                                        const Cause& cause) {
    std::vector<engine::EarnedRecord> earned;
    for (engine::UnitEarn& unit_earn : engine::postings(plan, context, outcome)) {
        const programme::Unit& unit = plan.units.at(unit_earn.unit);
        const store::StateRow& state = *desk.edit(key).state;
        // Late points were followed by activity that is known already: they last as long as those that came in time.
        const Date until = std::max(context.date, local_date(*plan.zone, desk.recorded_at()));
        if (const auto last_seen = account::last_day_with(state.state, "visits", until)) {
            const auto kept = kept_until(plan, unit, std::max(*last_seen, context.date));
            if (kept && unit_earn.request.expires_at) unit_earn.request.expires_at = std::max(*kept, *unit_earn.request.expires_at);
        }
        const std::uint32_t wallet = wallet_index(*desk.edit(key).state, unit.id);
        auto posting = ledger::earn(desk.edit(key).state->wallets[wallet], unit_earn.request, stamp_of(desk, cause, unit.clause));
        if (!posting) return ledger_refusal(posting.error());
        earned.push_back({.unit = unit_earn.unit, .lot = posting->lot, .parts = std::move(unit_earn.request.parts)});
        desk.post(key, wallet, *std::move(posting));
    }
    return earned;
}

std::optional<Instant> kept_until(const programme::Plan& plan, const programme::Unit& unit, Date date) {
    if (unit.expiry.kind != programme::ExpiryKind::after_activity) return std::nullopt;
    // Counted as expiry after earning is, from the day of the activity.
    programme::Unit counted = unit;
    counted.expiry.kind = programme::ExpiryKind::after_earning;
    return engine::expires_at(plan, counted, date);
}

void extend_expiry(Desk& desk, const store::OwnerKey& key, const programme::Plan& plan, Date date, const Cause& cause) {
    for (const programme::Unit& unit : plan.units) {
        const auto until = kept_until(plan, unit, date);
        if (!until) continue;
        const std::uint32_t wallet = wallet_index(*desk.edit(key).state, unit.id);
        ledger::Posting posting =
            ledger::set_expiry(desk.edit(key).state->wallets[wallet], *until, stamp_of(desk, cause, unit.clause));
        if (!posting.entries.empty()) desk.post(key, wallet, std::move(posting));
    }
}

}  // namespace suki::app
