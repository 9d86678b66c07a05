#include "app/guard.h"
#include "app/hold.h"
#include "app/judge.h"
#include "app/token.h"
#include "base/limits.h"
#include "event/check.h"

namespace suki::app {

namespace {

std::optional<Refusal> refused(const Quote& quote) {
    // What identifies the purchase may still be missing when prices are asked for.
    event::Receipt receipt = quote.receipt;
    if (receipt.id.empty()) receipt.id = "quote";
    if (auto checked = event::check_receipt(receipt); !checked) return refuse_malformed(std::move(checked).error(), {}).error;
    return std::nullopt;
}

std::optional<engine::LevelOutlook> outlook(const Desk& desk, const Programme& programme, const Named& named, Date date) {
    const Edition* edition = programme.in_force(date);
    const OwnerPointer owner = desk.owner(named.key);
    if (edition == nullptr || owner == nullptr || !owner->state) return std::nullopt;
    account::State state = owner->state->state;
    derive_levels(programme, state, date);
    return engine::level_outlook(*edition->plan, state, date);
}

}  // namespace

Answered<QuoteAnswer> answer_quote(const Desk& desk, const Quote& quote, const std::string& organisation, Instant now) {
    const WorldPointer world = desk.world();
    const ProgrammePointer programme = world->programme(organisation, quote.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    if (auto refusal = refused(quote)) return Unexpected<Refusal>{*std::move(refusal)};
    const Buyer buyer = find_buyer(desk, *programme, quote.member, quote.receipt.card);
    const Question question{.programme = *programme, .receipt = quote.receipt, .buyer = buyer, .now = now};
    Judged judged = judge(desk, question);
    const programme::Plan& plan = judged.evaluator().plan();

    QuoteAnswer answer{.edition = judged.edition,
                       .currency = plan.currency,
                       .judged_at = quote.receipt.occurred_at,
                       .units = unit_names(plan),
                       .discrepancies = buyer.discrepancies};
    const std::vector<Points> spendable = engine::spendable(plan, judged.context, quote.receipt, judged.outcome);
    for (std::size_t u = 0; u < spendable.size() && u < answer.units.size(); ++u) {
        answer.spendable.push_back({.unit = answer.units[u], .points = buyer.named ? spendable[u] : Points{}});
    }
    answer.missing = engine::missing_steps(judged.evaluator(), judged.context, quote.receipt);
    Promise promise{.organisation = organisation,
                    .programme = programme->id,
                    .edition = judged.edition,
                    .semantics = plan.semantics,
                    .basket = basket_hash(quote.receipt),
                    .quoted_at = now,
                    .prices = price_digest(judged.outcome),
                    .context = judged.context};
    if (buyer.named) {
        answer.member = buyer.named->member;
        promise.account = buyer.named->key.account;
        answer.balances = balances_of(*programme, desk.owner(buyer.named->key)->state, now);
        answer.level = outlook(desk, *programme, *buyer.named, judged.context.date);
    }
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
    const Buyer buyer = find_buyer(desk, *programme, command.member, command.receipt.card);
    for (std::size_t i = 0; i < command.receipt.points_paid.size(); ++i) {
        const event::PointsPayment& payment = command.receipt.points_paid[i];
        if (payment.hold) continue;
        const std::string pointer = "/points_paid/" + std::to_string(i);
        if (!buyer.named) return refuse(ReferenceRejection::member_not_found, "/member");
        for (const UnitPoints& most : answer->spendable) {
            if (most.unit == payment.unit && payment.points > most.points) {
                return refuse_as(RefusalKind::unprocessable, ledger::LedgerRejection::insufficient_points, pointer + "/points");
            }
        }
        auto hold =
            hold_points(desk, ask, *programme, *buyer.named, {.unit = payment.unit, .points = payment.points, .ordinal = i});
        if (!hold) {
            Refusal refusal = std::move(hold).error();
            refusal.pointer = pointer + refusal.pointer;
            return Unexpected<Refusal>{std::move(refusal)};
        }
        answer->balances = hold->balances;
        answer->holds.push_back(*std::move(hold));
    }
    return answer;
}

Answered<QuoteAnswer> App::quote(const std::string& organisation, const Quote& quote) const {
    return guarded<QuoteAnswer>(*core_, [&] {
        const Desk desk{core_->source};
        return answer_quote(desk, quote, organisation, core_->wiring.now());
    });
}

}  // namespace suki::app
