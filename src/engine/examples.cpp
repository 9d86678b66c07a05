#include <algorithm>
#include <string>

#include "engine/evaluate.h"

namespace suki::engine {

using namespace programme;

namespace {

event::Receipt receipt_of(const Plan& plan, const Example& example) {
    event::Receipt receipt;
    receipt.id = example.id;
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

/// What differs, `discount 22, not 44; …`, in the minor units of the document; empty when all is as promised.
std::string differences(const Plan& plan, const Example& example, const Outcome& outcome, const std::vector<Payable>& payables) {
    std::string text = against_rules(payables);
    const auto add = [&](const std::string& what, const std::string& seen, const std::string& wanted) {
        if (seen == wanted) return;
        if (!text.empty()) text += "; ";
        text += what + " " + seen + ", not " + wanted;
    };
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    const Example::Expect& expect = example.expect;
    if (expect.discount) add("discount", number(outcome.discount.minor()), number(expect.discount->minor()));
    if (expect.total) add("total", number(outcome.paid.minor()), number(expect.total->minor()));
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

std::vector<std::string> failing_examples(const Evaluator& evaluator, std::vector<std::size_t>* lines) {
    const Plan& plan = evaluator.plan();
    std::vector<std::string> failing;
    for (const Example& example : plan.examples) {
        std::vector<Payable> payables;
        const Outcome outcome = evaluator.evaluate(context_of(plan, example), receipt_of(plan, example), &payables);
        const std::string difference = differences(plan, example, outcome, payables);
        if (difference.empty()) continue;
        failing.push_back("example `" + example.id + "` came out otherwise: " + difference);
        if (lines != nullptr) lines->push_back(example.line);
    }
    return failing;
}

}  // namespace suki::engine
