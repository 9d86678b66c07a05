#include "engine/conditions.h"

#include <algorithm>
#include <string_view>

#include "base/decimal.h"
#include "catalogue/catalogue.h"

namespace suki::engine {

using namespace programme;

namespace {

bool is_among(const std::vector<std::string>& values, std::string_view wanted) {
    return std::find(values.begin(), values.end(), wanted) != values.end();
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        if (!text.empty()) text += ',';
        text += value;
    }
    return text;
}

const std::string* attribute_of(const account::Facts& facts, std::string_view name) {
    for (const auto& [key, value] : facts.attributes) {
        if (key == name) return &value;
    }
    return nullptr;
}

/// Compares exactly a number of any fineness with a bound in thousandths.
bool holds_decimal(const Bound& bound, Decimal number) {
    __int128 seen = number.value;
    __int128 unit = 1;
    for (int i = number.decimals; i < 3; ++i) seen *= 10;
    for (int i = 3; i < number.decimals; ++i) unit *= 10;
    const __int128 value = bound.value * unit;
    switch (bound.op) {
        case Op::over: return seen > value;
        case Op::at_least: return seen >= value;
        case Op::under: return seen < value;
        case Op::at_most: return seen <= value;
        case Op::between: return seen >= value && seen <= bound.upper * unit;
        case Op::exactly: return seen == value;
    }
    return false;
}

std::string_view choice_seen(ConditionKind kind, const Question& question) {
    switch (kind) {
        case ConditionKind::store: return question.receipt.store;
        case ConditionKind::region: return question.context.region;
        case ConditionKind::channel: return question.receipt.channel;
        default: return {};
    }
}

struct Met {
    const Question& question;
    const Context& context = question.context;

    bool operator()(const MemberCondition& c) const { return context.is_member == c.is_member; }
    bool operator()(const AmountCondition& c) const { return holds(c.bound, amount_of(question.receipt, question.lines)); }
    bool operator()(const QuantityCondition& c) const {
        return holds(c.bound, quantity_of(question.receipt, question.lines, c.unit));
    }
    bool operator()(const ChoiceCondition& c) const {
        if (c.kind != ConditionKind::segment) return is_among(c.any_of, choice_seen(c.kind, question));
        if (!context.is_member) return false;
        return std::any_of(context.facts.segments.begin(), context.facts.segments.end(),
                           [&](const std::string& segment) { return is_among(c.any_of, segment); });
    }
    bool operator()(const WeekdayCondition& c) const { return (c.days >> static_cast<unsigned>(context.store_weekday) & 1) != 0; }
    bool operator()(const TimeCondition& c) const { return is_on_clock(c, context.store_time); }
    bool operator()(const DatesCondition& c) const { return is_in_dates(c, context.date); }
    bool operator()(const BirthdayCondition& c) const { return is_birthday_near(c, context); }
    bool operator()(const LevelCondition& c) const {
        if (!context.is_member || context.level.empty()) return false;
        return std::any_of(c.any_of.begin(), c.any_of.end(), [&](std::uint32_t level) {
            return level < question.plan.levels.size() && question.plan.levels[level].id == context.level;
        });
    }
    bool operator()(const CardCondition& c) const {
        const auto has = [](const auto& list, const auto& one) { return std::find(list.begin(), list.end(), one) != list.end(); };
        return has(c.any_of, context.card.kind) ||
               (context.card.kind == CardKind::category && has(c.categories, context.card.category));
    }
    bool operator()(const NthPurchaseCondition& c) const {
        const std::int64_t nth = context.purchases_before + 1;
        return context.is_member && (c.is_every ? nth % c.n == 0 : nth == c.n);
    }
    bool operator()(const LastPurchaseCondition& c) const {
        return context.is_member && context.last_purchase_on && holds(c.days, context.date.days - context.last_purchase_on->days);
    }
    bool operator()(const CounterCondition& c) const {
        return context.is_member && holds(c.bound, value_at(context.windows, c.window));
    }
    bool operator()(const AttributeCondition& c) const { return context.is_member && has_attribute(c, context.facts); }
    bool operator()(const MembershipCondition& c) const {
        return context.is_member && std::any_of(context.memberships.begin(), context.memberships.end(),
                                                [&](const std::string& membership) { return is_among(c.any_of, membership); });
    }
    // How much of it is paid in money is known later (check_limits); it is never more than the list total.
    bool operator()(const ReferralCondition& c) const {
        return context.is_member && context.is_brought && holds(c.paid, amount_of(question.receipt, question.lines));
    }
};

struct Texts {
    std::string seen;
    std::string wanted;
};

struct Told {
    const Question& question;
    const Context& context = question.context;

    Texts operator()(const MemberCondition& c) const { return {context.is_member ? "yes" : "no", c.is_member ? "yes" : "no"}; }
    Texts operator()(const AmountCondition& c) const {
        return {std::to_string(amount_of(question.receipt, question.lines)), bound_text(c.bound)};
    }
    Texts operator()(const QuantityCondition& c) const {
        const std::string unit = " " + std::string{name_of(c.unit)};
        return {decimal_text(quantity_of(question.receipt, question.lines, c.unit), 3) + unit, bound_text(c.bound, 3) + unit};
    }
    Texts operator()(const ChoiceCondition& c) const {
        if (c.kind == ConditionKind::segment) return {joined(context.facts.segments), joined(c.any_of)};
        return {std::string{choice_seen(c.kind, question)}, joined(c.any_of)};
    }
    Texts operator()(const WeekdayCondition& c) const {
        std::vector<std::string> days;
        for (std::size_t i = 0; i < count_of<Weekday>; ++i) {
            if ((c.days >> i & 1) != 0) days.emplace_back(name_of(static_cast<Weekday>(i)));
        }
        return {std::string{name_of(context.store_weekday)}, joined(days)};
    }
    Texts operator()(const TimeCondition& c) const {
        return {time_of_day_text(context.store_time), time_of_day_text(c.from) + "/" + time_of_day_text(c.to)};
    }
    Texts operator()(const DatesCondition& c) const {
        std::vector<std::string> ranges;
        for (const DateRange& range : c.any_of) ranges.push_back(date_text(range.starts_on) + "/" + date_text(range.ends_on));
        return {date_text(context.date), joined(ranges)};
    }
    Texts operator()(const BirthdayCondition& c) const {
        std::string seen;
        if (context.facts.birthday) {
            // Without the year: the age of a member is nobody's business at a till.
            const YearMonthDay& day = *context.facts.birthday;
            const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
            seen = two(day.month) + "-" + two(day.day);
        }
        return {seen, "before " + std::to_string(c.before) + " after " + std::to_string(c.after)};
    }
    Texts operator()(const LevelCondition& c) const {
        std::vector<std::string> levels;
        for (const std::uint32_t level : c.any_of) {
            if (level < question.plan.levels.size()) levels.push_back(question.plan.levels[level].id);
        }
        return {context.level, joined(levels)};
    }
    Texts operator()(const CardCondition& c) const {
        std::vector<std::string> kinds;
        for (const CardKind kind : c.any_of) kinds.emplace_back(name_of(kind));
        kinds.insert(kinds.end(), c.categories.begin(), c.categories.end());
        const CardShown& card = context.card;
        return {card.category.empty() ? std::string{name_of(card.kind)} : card.category, joined(kinds)};
    }
    Texts operator()(const NthPurchaseCondition& c) const {
        return {context.is_member ? std::to_string(context.purchases_before + 1) : "",
                (c.is_every ? "every " : "") + std::to_string(c.n)};
    }
    Texts operator()(const LastPurchaseCondition& c) const {
        const bool is_known = context.is_member && context.last_purchase_on;
        return {is_known ? std::to_string(context.date.days - context.last_purchase_on->days) : "", bound_text(c.days)};
    }
    Texts operator()(const CounterCondition& c) const {
        return {context.is_member ? std::to_string(value_at(context.windows, c.window)) : "", bound_text(c.bound)};
    }
    Texts operator()(const AttributeCondition& c) const {
        const std::string* value = attribute_of(context.facts, c.name);
        return {value == nullptr ? "" : *value, c.bound ? bound_text(*c.bound) : joined(c.any_of)};
    }
    Texts operator()(const MembershipCondition& c) const { return {joined(context.memberships), joined(c.any_of)}; }
    Texts operator()(const ReferralCondition& c) const {
        if (!context.is_brought) return {"no", bound_text(c.paid)};
        return {std::to_string(amount_of(question.receipt, question.lines)), bound_text(c.paid)};
    }
};

}  // namespace

std::optional<Date> birthday_in(int year, const YearMonthDay& birthday) {
    if (const auto date = make_date(year, birthday.month, birthday.day)) return date;
    if (birthday.month == 2 && birthday.day == 29) return make_date(year, 2, 28);
    return std::nullopt;
}

bool is_met(const Condition& condition, const Question& question) { return std::visit(Met{question}, condition); }

ConditionResult result_of(const Condition& condition, const Question& question) {
    Texts texts = std::visit(Told{question}, condition);
    return {kind_of(condition), is_met(condition, question), std::move(texts.seen), std::move(texts.wanted)};
}

bool takes(const LineFilter& filter, const event::Line& line, const LineFacts& facts) {
    if (!filter.skus.empty() && !is_among(filter.skus, line.sku)) return false;
    if (!filter.batches.empty() && !is_among(filter.batches, line.batch)) return false;
    if (!filter.brands.empty() && !is_among(filter.brands, facts.brand)) return false;
    const auto is_in = [&](const std::string& category) { return catalogue::is_in_category(facts.category, category); };
    if (!filter.categories.empty() && std::none_of(filter.categories.begin(), filter.categories.end(), is_in)) return false;
    const auto is_tagged = [&](const std::string& tag) { return is_among(filter.tags, tag); };
    return filter.tags.empty() || std::any_of(facts.tags.begin(), facts.tags.end(), is_tagged);
}

std::int64_t amount_of(const event::Receipt& receipt, std::span<const std::uint32_t> lines) {
    std::int64_t sum = 0;
    for (const std::uint32_t line : lines) sum += receipt.lines[line].amount.minor();
    return sum;
}

std::int64_t quantity_of(const event::Receipt& receipt, std::span<const std::uint32_t> lines, QuantityUnit unit) {
    std::int64_t sum = 0;
    for (const std::uint32_t line : lines) {
        const Quantity& quantity = receipt.lines[line].quantity;
        if (quantity.unit == unit) sum += quantity.milli;
    }
    return sum;
}

std::string bound_text(const Bound& bound, int decimals) {
    std::string text = std::string{name_of(bound.op)} + " " + decimal_text(bound.value, decimals);
    if (bound.op == Op::between) text += " " + decimal_text(bound.upper, decimals);
    return text;
}

std::string filter_text(const LineFilter& filter) {
    std::string text;
    const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
        if (values.empty()) return;
        if (!text.empty()) text += ' ';
        text += std::string{name} + "=" + joined(values);
    };
    add("sku", filter.skus);
    add("category", filter.categories);
    add("brand", filter.brands);
    add("batch", filter.batches);
    add("tag", filter.tags);
    return text;
}

bool is_birthday_near(const BirthdayCondition& condition, const Context& context) {
    if (!context.is_member || !context.facts.birthday) return false;
    const int year = civil(context.date).year;
    // The days around may reach over New Year on either side.
    for (const int around : {year - 1, year, year + 1}) {
        const auto birthday = birthday_in(around, *context.facts.birthday);
        if (!birthday) continue;
        const std::int64_t distance = static_cast<std::int64_t>(context.date.days) - birthday->days;
        if (-condition.before <= distance && distance <= condition.after) return true;
    }
    return false;
}

bool is_on_clock(const TimeCondition& condition, TimeOfDay time) {
    if (condition.from < condition.to) return condition.from <= time && time < condition.to;
    return condition.from <= time || time < condition.to;
}

bool is_in_dates(const DatesCondition& condition, Date date) {
    return std::any_of(condition.any_of.begin(), condition.any_of.end(), [&](DateRange range) { return contains(range, date); });
}

bool has_attribute(const AttributeCondition& condition, const account::Facts& facts) {
    const std::string* value = attribute_of(facts, condition.name);
    if (value == nullptr) return false;
    // People write yes and no; the plan holds true and false.
    if (!condition.bound && (*value == "yes" || *value == "no")) {
        return is_among(condition.any_of, *value == "yes" ? "true" : "false") || is_among(condition.any_of, *value);
    }
    if (!condition.bound) return is_among(condition.any_of, *value);
    const auto number = parse_decimal(*value);
    return number && holds_decimal(*condition.bound, *number);
}

}  // namespace suki::engine
