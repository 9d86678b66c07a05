#include <algorithm>
#include <string>

#include "base/currency.h"
#include "engine/evaluate.h"
#include "event/check.h"

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

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "none" : text;
}

/// What keeps the points of the example from paying; empty when they may. Whether anybody has them is not asked: an example need
/// not say a balance.
std::string against_rules(const std::vector<Payable>& payables) {
    for (const Payable& payable : payables) {
        const auto broken = broken_by(payable);
        if (!broken || *broken == PaymentRejection::insufficient_points) continue;
        const auto bound = bound_of(*broken, payable);
        const std::string value = bound ? ": " + std::string{bound->name} + " " + std::to_string(bound->value) : "";
        return std::to_string(payable.stated) + " " + payable.unit + " can't pay (" + std::string{name_of(*broken)} + value + ")";
    }
    return {};
}

/// Why no till could record such a receipt; empty when it could.
std::string not_a_receipt(const event::Receipt& receipt) {
    const auto checked = event::check_receipt(receipt);
    if (checked) return {};
    const event::Problem& first = checked.error().front();
    return "no receipt can be so: " + std::string{name_of(first.code)} + " at " + first.pointer;
}

/// What differs, `discount 0.22 EUR, not 0.44 EUR; …`; empty when all is as promised.
std::string differences(const Plan& plan, const Example& example, const Outcome& outcome, const std::vector<Payable>& payables) {
    std::string text = against_rules(payables);
    const auto add = [&](const std::string& what, const std::string& seen, const std::string& wanted) {
        if (seen == wanted) return;
        if (!text.empty()) text += "; ";
        text += what + " " + seen + ", not " + wanted;
    };
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    const auto money = [&](Money amount) { return money_text(amount, plan.exponent) + " " + plan.currency; };
    const Example::Expect& expect = example.expect;
    if (expect.discount) add("discount", money(outcome.discount), money(*expect.discount));
    if (expect.total) add("total", money(outcome.paid), money(*expect.total));
    for (const auto& [unit, points] : expect.points) {
        if (unit < plan.units.size()) add(plan.units[unit].id, number(outcome.points[unit].minor()), number(points));
    }
    if (expect.offers) {
        std::vector<std::string> wanted = *expect.offers;
        std::sort(wanted.begin(), wanted.end());
        add("offers", joined(applied_offers(outcome)), joined(wanted));
    }
    return text;
}

}  // namespace

programme::Diagnostics failing_examples(const Evaluator& evaluator) {
    const Plan& plan = evaluator.plan();
    programme::Diagnostics failing;
    const auto fail = [&](const Example& example, const std::string& what) {
        failing.push_back({.code = DiagnosticCode::example_failed,
                           .line = example.line,
                           .column = example.column,
                           .path = "/examples/" + example.id,
                           .message = "example `" + example.id + "`" + what,
                           .hint = "either the offers or what the example expects is not as meant"});
    };
    for (const Example& example : plan.examples) {
        const event::Receipt receipt = receipt_of(plan, example);
        if (std::string refusal = not_a_receipt(receipt); !refusal.empty()) {
            fail(example, ": " + refusal);
            continue;
        }
        std::vector<Payable> payables;
        const Outcome outcome = evaluator.evaluate(context_of(plan, example), receipt, &payables);
        const std::string difference = differences(plan, example, outcome, payables);
        if (difference.empty()) continue;
        fail(example, " came out otherwise: " + difference);
    }
    return failing;
}

}  // namespace suki::engine
