#include "words/words.h"

/// What a rebate promises and how far it is, said from the plan.
namespace suki::words {

using namespace programme;

namespace {

/// `2.5%`, as the language writes it. Documents write four decimals at most.
std::string percent_of(std::string_view language, Ratio rate) {
    const std::int64_t parts = rate.numerator * (1'000'000 / rate.denominator);  // of a percent ten-thousandths
    std::string text = std::to_string(parts / 10'000);
    std::string decimals = std::to_string(10'000 + parts % 10'000).substr(1);
    while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
    if (!decimals.empty()) text += "." + decimals;
    return say_decimal(language, text) + "%";
}

Ratio rate_of(const Scale::Step& step) { return std::get<DiscountPercent>(step.give).rate; }

std::string period_word(WindowKind kind) {
    return kind == WindowKind::calendar_month ? "month" : kind == WindowKind::calendar_quarter ? "quarter" : "year";
}

std::string threshold(std::string_view language, const Plan& plan, const Rebate& rebate, std::int64_t from) {
    switch (rebate.by) {
        case RebateBy::spend: return say_money(language, Money{from}, plan.currency, plan.exponent);
        case RebateBy::growth: return percent_of(language, {from, 1'000'000});
        case RebateBy::mix: return say(language, "rebate.groups", {{"count", from}});
    }
    return {};
}

std::string unit_title(std::string_view language, const Unit& unit) {
    return unit.title.is_empty() ? unit.id : std::string{unit.title.in(language)};
}

}  // namespace

std::string rebate_title(std::string_view language, const Plan& plan, std::string_view id) {
    for (const Rebate& rebate : plan.rebates) {
        if (rebate.id == id && !rebate.title.is_empty()) return std::string{rebate.title.in(language)};
    }
    return std::string{id};
}

std::string say_rebate(std::string_view language, const Plan& plan, const Rebate& rebate) {
    std::string steps;
    for (const Scale::Step& step : rebate.scale.steps) {
        if (!steps.empty()) steps += say(language, "list.comma");
        steps += say(language, "rebate.step",
                     {{"rate", percent_of(language, rate_of(step))}, {"from", threshold(language, plan, rebate, step.from)}});
    }
    const std::string goods = rebate.lines.is_all() ? say(language, "rebate.all_goods") : say_lines(language, rebate.lines);
    std::string text = say(language, "rebate." + std::string{name_of(rebate.by)},
                           {{"per", say(language, "rebate.per." + period_word(rebate.per))}, {"goods", goods}, {"steps", steps}});
    const auto add = [&](std::string_view key, const Arguments& arguments = {}) { text += " " + say(language, key, arguments); };
    if (rebate.by == RebateBy::mix && rebate.at_least > Money{0}) {
        add("rebate.at_least", {{"money", say_money(language, rebate.at_least, plan.currency, plan.exponent)}});
    }
    if (rebate.by == RebateBy::growth) add("rebate.no_base");
    add(rebate.scale.slices == Slices::money ? "rebate.slices" : "rebate.whole");
    add("rebate.given", {{"unit", unit_title(language, plan.units[rebate.unit])}});
    if (rebate.after.is_zero()) {
        add("rebate.spendable");
    } else {
        const bool is_months = rebate.after.months != 0;
        add("rebate.spendable_after",
            {{"time", say(language, is_months ? "membership.time.months" : "membership.time.days",
                          {{"count", std::int64_t{is_months ? rebate.after.months : rebate.after.days}}})}});
    }
    return text;
}

std::string say_rebate_progress(std::string_view language, const Plan& plan, const Rebate& rebate, const RebateProgress& progress) {
    const std::string& unit = plan.units[rebate.unit].id;
    if (!progress.has_base) return say(language, "rebate.nothing_to_grow_from");
    std::string text = say(language, "rebate.so_far",
                           {{"bought", say_money(language, progress.bought, plan.currency, plan.exponent)},
                            {"points", say_points(language, &plan, unit, progress.points)}});
    if (!progress.next_rate) return text;
    const std::string missing = rebate.by == RebateBy::mix
                                    ? say(language, "rebate.groups", {{"count", progress.missing}})
                                    : say_money(language, Money{progress.missing}, plan.currency, plan.exponent);
    return text + " " +
           say(language, "rebate.next",
               {{"missing", missing},
                {"rate", percent_of(language, *progress.next_rate)},
                {"points", say_points(language, &plan, unit, progress.next_points)}});
}

}  // namespace suki::words
