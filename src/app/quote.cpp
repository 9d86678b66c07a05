#include <algorithm>

#include "app/decide.h"
#include "app/guard.h"
#include "app/hold.h"
#include "app/household.h"
#include "app/judge.h"
#include "app/prefetch.h"
#include "app/sale.h"
#include "app/token.h"
#include "base/limits.h"
#include "event/check.h"

namespace suki::app {

namespace {

std::optional<Refusal> refused(const event::Receipt& receipt) {
    auto checked = event::check_receipt(receipt);
    if (checked) return std::nullopt;
    return refuse_malformed(std::move(checked).error(), {}).error;
}

std::optional<engine::LevelOutlook> outlook(const Desk& desk, const Programme& programme, const Named& named, Date date) {
    const Edition* edition = programme.in_force(date);
    const OwnerPointer owner = desk.owner(named.key);
    if (edition == nullptr || owner == nullptr || !owner->state) return std::nullopt;
    account::State state = owner->state->state;
    derive_levels(programme, state, date);
    return engine::level_outlook(*edition->plan, state, date);
}

/// Where the last payment of the unit stands: with it the bound was broken.
std::string payment_pointer(const event::Receipt& receipt, const std::string& unit) {
    std::size_t last = 0;
    for (std::size_t i = 0; i < receipt.points_paid.size(); ++i) {
        if (receipt.points_paid[i].unit == unit) last = i;
    }
    return "/points_paid/" + std::to_string(last) + "/points";
}

/// A quote is asked before anybody pays, so points that can't pay are refused here, by the first bound that any unit breaks.
std::optional<Refusal> refused_payment(const Programme& programme, const event::Receipt& receipt, const Judged& judged) {
    const auto& units = programme.latest().units;
    for (std::size_t i = 0; i < receipt.points_paid.size(); ++i) {
        const std::string& unit = receipt.points_paid[i].unit;
        if (std::any_of(units.begin(), units.end(), [&](const programme::Unit& u) { return u.id == unit; })) continue;
        return refuse(ReferenceRejection::unit_not_found, "/points_paid/" + std::to_string(i) + "/unit").error;
    }
    std::optional<engine::PaymentRejection> first;
    engine::Payable of_first;
    const auto note = [&](const engine::Payable& payable) {
        const auto broken = engine::broken_by(payable);
        if (!broken || (first && *first <= *broken)) return;
        first = broken;
        of_first = payable;
    };
    for (const engine::Payable& payable : judged.payables) note(payable);
    for (const event::PointsPayment& payment : receipt.points_paid) {
        // A unit that only another edition has: this one lets nobody pay with it.
        const bool is_judged = std::any_of(judged.payables.begin(), judged.payables.end(),
                                           [&](const engine::Payable& payable) { return payable.unit == payment.unit; });
        if (!is_judged) note({.unit = payment.unit, .is_member = judged.context.is_member, .stated = payment.points.minor()});
    }
    if (!first) return std::nullopt;
    return refuse_payment(*first, of_first, payment_pointer(receipt, of_first.unit)).error;
}

/// Visits are days: whether this purchase would be another one.
bool has_visited(const Desk& desk, const Buyer& buyer, Date date) {
    if (!buyer.named) return false;
    const OwnerPointer owner = desk.owner(buyer.named->key);
    return owner->state && account::sum_of(owner->state->state, "visits", {date, add_days(date, 1)}) > 0;
}

}  // namespace

Answered<QuoteAnswer> answer_quote(const Desk& desk, const Quote& quote, const std::string& organisation, Instant now) {
    const WorldPointer world = desk.world();
    const ProgrammePointer programme = world->programme(organisation, quote.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    event::Receipt receipt = quote.receipt;
    // What identifies the purchase may still be missing when prices are asked for.
    if (receipt.id.empty()) receipt.id = "quote";
    if (auto refusal = refused(receipt)) return Unexpected<Refusal>{*std::move(refusal)};
    const Buyer buyer =
        find_buyer(desk, *programme, quote.member, quote.receipt.card, local_date(*programme->latest().zone, receipt.occurred_at));
    complete_units(desk, organisation, receipt.lines);
    // Of a day to come: what will be mature, and what will have run out by then. A till whose clock is a little ahead means now.
    const bool is_to_come = receipt.occurred_at.us - now.us > limits::clock_ahead_max_us;
    const Instant as_of = is_to_come ? receipt.occurred_at : now;
    const Question question{.programme = *programme, .receipt = receipt, .buyer = buyer, .now = as_of};
    Judged judged = judge(desk, question);
    if (auto refusal = refused_payment(*programme, receipt, judged)) return Unexpected<Refusal>{*std::move(refusal)};
    const bool is_payer = !buyer.named || may_pay(*desk.owner(buyer.named->key), buyer.named->member);
    if (!is_payer && !receipt.points_paid.empty()) {
        return refuse(HouseholdRejection::household_owner_pays, "/points_paid/0");
    }
    const programme::Plan& plan = judged.evaluator().plan();

    QuoteAnswer answer{.edition = judged.edition,
                       .currency = plan.currency,
                       .judged_at = quote.receipt.occurred_at,
                       .units = unit_names(plan),
                       .discrepancies = buyer.discrepancies};
    for (const engine::Payable& payable : judged.payables) {
        const std::int64_t allowed = is_payer ? engine::allowed_of(payable, payable.available) : 0;
        answer.spendable.push_back({.unit = payable.unit, .points = Points{allowed}});
    }
    answer.missing = engine::missing_steps(judged.evaluator(), judged.context, receipt, judged.outcome,
                                           has_visited(desk, buyer, judged.context.date));
    Promise promise{.organisation = organisation,
                    .programme = programme->id,
                    .edition = judged.edition,
                    .semantics = plan.semantics,
                    .basket = basket_hash(receipt),
                    .quoted_at = now,
                    .prices = price_digest(judged.outcome),
                    .context = judged.context};
    if (buyer.named) {
        answer.member = buyer.named->member;
        promise.account = buyer.named->key.account;
        answer.balances = balances_of(*programme, desk.owner(buyer.named->key)->state, as_of);
        answer.level = outlook(desk, *programme, *buyer.named, judged.context.date);
    }
    answer.challenges = engine::challenge_moves(plan, judged.context, judged.outcome);
    answer.outcome = std::move(judged.outcome);
    answer.token = sign(*world, promise);
    answer.token_expires_at = {now.us + kTokenSeconds * kSecondUs};
    return answer;
}

/// With holds: everything is quoted first, then held; one hold that is refused refuses the quote.
Answered<QuoteAnswer> decide(Desk& desk, const Ask& ask, const Quote& command) {
    auto answer = answer_quote(desk, command, ask.caller.organisation, desk.recorded_at());
    if (!answer || !command.with_hold) return answer;
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    const Buyer buyer = find_buyer(desk, *programme, command.member, command.receipt.card,
                                   local_date(*programme->latest().zone, command.receipt.occurred_at));
    for (std::size_t i = 0; i < command.receipt.points_paid.size(); ++i) {
        const event::PointsPayment& payment = command.receipt.points_paid[i];
        if (payment.hold) continue;
        auto hold =
            hold_points(desk, ask, *programme, *buyer.named, {.unit = payment.unit, .points = payment.points, .ordinal = i});
        if (!hold) {
            Refusal refusal = std::move(hold).error();
            refusal.pointer = "/points_paid/" + std::to_string(i) + refusal.pointer;
            return Unexpected<Refusal>{std::move(refusal)};
        }
        answer->balances = hold->balances;
        answer->holds.push_back(*std::move(hold));
    }
    return answer;
}

Answered<QuoteAnswer> App::quote(const std::string& organisation, const Quote& quote) const {
    App::Core& core = *core_;
    store::InFlight::Mark mark;
    std::unique_lock<std::mutex> alone{core.suspects_mutex, std::defer_lock};
    store::InFlightCommand known_as;
    if (core.wiring.in_flight != nullptr || core.source.quarantine().quarantined() > 0) {
        // A basket that kills the process is mostly quoted before it is sold.
        known_as = in_flight(organisation, quote);
        const Standing standing = core.source.quarantine().standing(known_as.key);
        if (standing == Standing::quarantined) return refuse(CommandRejection::quarantined);
        if (standing == Standing::suspect) alone.lock();
        if (core.wiring.in_flight != nullptr) mark = core.wiring.in_flight->mark_one(known_as);
    }
    if (core.wiring.before_deciding) core.wiring.before_deciding(quote);
    auto answer = guarded<QuoteAnswer>(core, [&] {
        if (!core.store.is_shared()) return answer_quote(Desk{core.source}, quote, organisation, core.wiring.now());
        // Before the picture: what is read in one may be old by the time at which everybody's cache would take it.
        std::vector<std::string> skus;
        for (const event::Line& line : quote.receipt.lines) skus.push_back(line.sku);
        const std::vector<ProductPointer> products = core.source.products(organisation, skus);
        std::optional<Answered<QuoteAnswer>> quoted;
        core.store.in_one_picture([&] {
            Prefetched prefetched = prefetch(core.source, organisation, quote);
            for (std::size_t i = 0; i < skus.size(); ++i) prefetched.products.emplace(skus[i], products[i]);
            quoted = answer_quote(Desk{core.source, &prefetched}, quote, organisation, core.wiring.now());
        });
        return *std::move(quoted);
    });
    if (alone.owns_lock()) core.clear_suspect(known_as.key);
    return answer;
}

}  // namespace suki::app
