#include <algorithm>
#include <optional>
#include <string>

#include "base/currency.h"
#include "engine/evaluate.h"
#include "event/check.h"
#include "programme/sentences.h"

namespace suki::engine {

using namespace programme;

namespace {

event::Receipt receipt_of(const Plan& plan, const Example& example) {
    event::Receipt receipt;
    receipt.id = example.id;
    receipt.occurred_at = {midnight_utc(example.date).us + example.time.minutes * 60 * kSecondUs};
    receipt.store = example.store;
    receipt.channel = example.channel;
    for (const Example::Line& line : example.basket) {
        event::Line made;
        made.number = static_cast<std::uint32_t>(receipt.lines.size() + 1);
        made.sku = line.sku;
        made.category = line.category;
        made.brand = line.brand;
        made.batch = line.batch;
        made.tags = line.tags;
        made.has_tags = true;
        made.quantity = line.quantity;
        made.amount = line.amount;
        made.till_discount = line.till_discount;
        made.is_deposit = line.is_deposit;
        made.no_discount = line.no_discount;
        made.no_points = line.no_points;
        receipt.lines.push_back(std::move(made));
    }
    if (example.pay_points > 0 && !plan.pay.empty()) {
        receipt.points_paid.push_back({plan.units[plan.pay.front().unit].id, Points{example.pay_points}, std::nullopt});
    }
    return receipt;
}

/// The day, time and place of the example; nothing was used up of any limit or budget, but what its figures say.
Context context_of(const Plan& plan, const Example& example) {
    Context context;
    context.date = example.date;
    context.programme_time = example.time;
    context.store_weekday = weekday_of(example.date);
    context.store_time = example.time;
    context.region = example.region;
    for (const Example::Line& line : example.basket) context.lines.push_back({line.category, line.brand, line.tags, std::nullopt});
    context.windows.assign(plan.windows.size(), 0);
    for (const Pool& pool : plan.pools) context.pools.push_back(pool.total);
    context.available.assign(plan.units.size(), 0);
    context.card = example.card;
    if (!example.member) return context;

    const Example::Member& member = *example.member;
    context.is_member = true;
    if (!plan.levels.empty())
        context.level = plan.levels[std::min<std::size_t>(member.level.value_or(0), plan.levels.size() - 1)].id;
    context.facts = {member.birthday, member.attributes, member.segments};
    std::sort(context.facts.segments.begin(), context.facts.segments.end());
    context.memberships = member.memberships;
    context.purchases_before = member.purchases;
    if (member.last_purchase_days) context.last_purchase_on = add_days(example.date, -static_cast<int>(*member.last_purchase_days));
    for (const Example::Figure& figure : member.figures) {
        if (figure.window < context.windows.size()) context.windows[figure.window] = figure.value;
    }
    for (std::size_t i = 0; i < member.balances.size() && i < context.available.size(); ++i)
        context.available[i] = member.balances[i];
    return context;
}

std::vector<std::string> applied_offers(const Outcome& outcome) {
    std::vector<std::string> offers;
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.verdict == event::Verdict::applied) offers.push_back(decision.offer);
    }
    return offers;  // decisions are by id already
}

/// What keeps the points of the example from paying; nothing when they may. Whether anybody has them is not asked: an example need
/// not say a balance.
std::optional<Message> against_rules(const std::vector<Payable>& payables) {
    for (const Payable& payable : payables) {
        const auto broken = broken_by(payable);
        if (!broken) continue;
        const auto bound = bound_of(*broken, payable);
        const std::int64_t value = bound ? bound->value : 0;
        switch (*broken) {
            case PaymentRejection::points_need_member: return difference::points_need_member(payable.stated, payable.unit);
            case PaymentRejection::unit_can_not_pay: return difference::unit_can_not_pay(payable.stated, payable.unit);
            case PaymentRejection::points_below_minimum:
                return difference::points_below_minimum(payable.stated, payable.unit, value);
            case PaymentRejection::points_not_whole_steps:
                return difference::points_not_whole_steps(payable.stated, payable.unit, value);
            case PaymentRejection::points_above_share: return difference::points_above_share(payable.stated, payable.unit, value);
            case PaymentRejection::insufficient_points: break;
        }
    }
    return std::nullopt;
}

/// What differs, `discount 0.22 EUR, not 0.44 EUR`, and so on; nothing when all is as promised.
std::vector<Message> differences(const Plan& plan, const Example& example, const Outcome& outcome,
                                 const std::vector<Payable>& payables) {
    std::vector<Message> found;
    if (auto broken = against_rules(payables)) found.push_back(*std::move(broken));
    const auto money = [&](Money amount) { return money_text(amount, plan.exponent) + " " + plan.currency; };
    const Example::Expect& expect = example.expect;
    if (expect.discount && outcome.discount != *expect.discount) {
        found.push_back(difference::discount(money(outcome.discount), money(*expect.discount)));
    }
    if (expect.total && outcome.paid != *expect.total) {
        found.push_back(difference::total(money(outcome.paid), money(*expect.total)));
    }
    for (const auto& [unit, points] : expect.points) {
        if (unit >= plan.units.size() || outcome.points[unit].minor() == points) continue;
        found.push_back(difference::points(plan.units[unit].id, outcome.points[unit].minor(), points));
    }
    if (expect.offers) {
        std::vector<std::string> wanted = *expect.offers;
        std::sort(wanted.begin(), wanted.end());
        const std::vector<std::string> seen = applied_offers(outcome);
        if (seen != wanted) found.push_back(difference::offers(seen, wanted));
    }
    return found;
}

}  // namespace

programme::Diagnostics failing_examples(const Evaluator& evaluator) {
    const Plan& plan = evaluator.plan();
    programme::Diagnostics failing;
    const auto fail = [&](const Example& example, Message message) {
        failing.push_back({.code = DiagnosticCode::example_failed,
                           .line = example.line,
                           .column = example.column,
                           .path = "/examples/" + example.id,
                           .message = std::move(message),
                           .hint = hint::offers_or_example()});
    };
    for (const Example& example : plan.examples) {
        const event::Receipt receipt = receipt_of(plan, example);
        // What no till could record promises nothing.
        if (const auto checked = event::check_receipt(receipt); !checked) {
            const event::Problem& first = checked.error().front();
            fail(example, finding::example_is_no_receipt(example.id, name_of(first.code), first.pointer));
            continue;
        }
        std::vector<Payable> payables;
        const Outcome outcome = evaluator.evaluate(context_of(plan, example), receipt, &payables);
        std::vector<Message> found = differences(plan, example, outcome, payables);
        if (!found.empty()) fail(example, finding::example_differs(example.id, std::move(found)));
    }
    return failing;
}

}  // namespace suki::engine
