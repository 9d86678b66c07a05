#include <algorithm>
#include <functional>
#include <numeric>

#include "base/currency.h"
#include "base/decimal.h"
#include "words/words.h"

namespace suki::words {

namespace {

using namespace programme;

std::string card_category(const Plan& plan, std::string_view language, std::string_view id) {
    for (const CardCategory& category : plan.cards.categories) {
        if (category.id == id && !category.title.is_empty()) return std::string{category.title.in(language)};
    }
    return std::string{id};
}

/// One offer being said: keeps language and plan at hand.
class Speaker {
public:
    Speaker(std::string_view language, const Plan& plan) : language_(language), plan_(plan) {}

    [[nodiscard]] std::string word(std::string_view key, const Arguments& arguments = {}) const {
        return say(language_, key, arguments);
    }
    [[nodiscard]] std::string money(std::int64_t minor) const {
        return say_money(language_, Money{minor}, plan_.currency, plan_.exponent);
    }
    [[nodiscard]] std::string points(std::uint32_t unit, std::int64_t count) const {
        return say_points(language_, &plan_, plan_.units[unit].id, count);
    }
    [[nodiscard]] std::string join(const std::vector<std::string>& items, std::string_view key) const {
        std::string text;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) text += i + 1 == items.size() || key != "list.or" ? word(key) : word("list.comma");
            text += items[i];
        }
        return text;
    }
    [[nodiscard]] std::string percent(Ratio rate) const {
        // Rates come from decimal text, so a few decimals hold them exactly.
        const auto millionths = divide(static_cast<__int128>(rate.numerator) * 100'000'000, rate.denominator, Rounding::half_even);
        return word("percent", {{"number", say_decimal(language_, decimal_text(millionths.value_or(0), 6))}});
    }
    [[nodiscard]] std::string ratio(Ratio value) const {
        const auto millionths = divide(static_cast<__int128>(value.numerator) * 1'000'000, value.denominator, Rounding::half_even);
        return say_decimal(language_, decimal_text(millionths.value_or(0), 6));
    }
    [[nodiscard]] std::string window(const Window& window) const {
        if (window.kind == WindowKind::rolling) {
            // A document writes one or the other.
            const Period& over = window.period;
            if (over.months != 0) return word("window.rolling.months", {{"count", std::int64_t{over.months}}});
            return word("window.rolling.days", {{"count", std::int64_t{over.days}}});
        }
        return word("window." + std::string{name_of(window.kind)});
    }
    /// Of a window that is still to come.
    [[nodiscard]] std::string within(const Window& window) const {
        if (window.kind != WindowKind::rolling) return word("window." + std::string{name_of(window.kind)});
        const Period& over = window.period;
        return over.months != 0 ? word("within.rolling.months", {{"count", std::int64_t{over.months}}})
                                : word("within.rolling.days", {{"count", std::int64_t{over.days}}});
    }
    [[nodiscard]] std::string bound(const Bound& bound, const std::function<std::string(std::int64_t)>& figure) const {
        return word("bound." + std::string{name_of(bound.op)}, {{"a", figure(bound.value)}, {"b", figure(bound.upper)}});
    }
    [[nodiscard]] std::string figure_of(const Counter& counter, std::int64_t value) const {
        switch (counter.measure) {
            case Measure::spend: return money(value);
            case Measure::quantity: return say_quantity(language_, {value, counter.unit});
            case Measure::points: return points(counter.points_unit, value);
            case Measure::visits: return word("visits", {{"count", value}});
            case Measure::purchases: return word("purchases", {{"count", value}});
            case Measure::uses: return word("times", {{"count", value}});
        }
        return {};
    }
    [[nodiscard]] std::string measured(const Counter& counter) const {
        std::string text = word("measure." + std::string{name_of(counter.measure)});
        if (!counter.lines.is_all()) text += " (" + say_lines(language_, counter.lines) + ")";
        return text;
    }

    // -- Gives ---------------------------------------------------------------------------------------------------------------

    [[nodiscard]] std::string give(const Offer& offer) const {
        if (offer.referral) {
            const auto* fixed = std::get_if<PointsFixed>(&offer.give);
            return word("give.both_sides", {{"friend", points(offer.unit, fixed == nullptr ? 0 : fixed->points)},
                                            {"member", points(offer.unit, offer.referral->points)}});
        }
        return std::visit([&](const auto& give) { return said(offer, give); }, offer.give);
    }
    /// What one step of its scale gives: `3%`, `EUR 5.00`, `2 points for every EUR 1.00`.
    [[nodiscard]] std::string step(const Offer& offer, const StepGive& give) const {
        if (const auto* share = std::get_if<DiscountPercent>(&give)) return percent(share->rate);
        const auto* amount = std::get_if<DiscountAmount>(&give);
        if (amount == nullptr) return std::visit([&](const auto& one) { return said(offer, one); }, give);
        const std::string money_off = money(amount->amount.minor());
        return amount->is_per_item ? word("give.each", {{"discount", money_off}}) : money_off;
    }
    /// A figure of what the steps of the scale count.
    [[nodiscard]] std::string scale_figure(const Scale& scale, std::int64_t figure) const {
        switch (scale.by) {
            case ScaleBy::amount: return money(figure);
            case ScaleBy::quantity: return say_quantity(language_, {figure, scale.unit});
            case ScaleBy::window: return figure_of(plan_.counters[plan_.windows[scale.window].counter], figure);
        }
        return {};
    }

private:
    [[nodiscard]] std::string said(const Offer& offer, const PointsPerAmount& give) const {
        // The money of the sentence is a whole unit of the currency or a multiple of it: 3 points for 1.00, not 1 for 0.3333.
        std::int64_t whole = 1;
        for (int i = 0; i < plan_.exponent; ++i) whole *= 10;
        const Ratio rate = reduced(give.rate);
        const std::int64_t money_of = std::lcm(rate.denominator, whole);
        const std::int64_t count = rate.numerator * (money_of / rate.denominator);
        return word("give.points_per_amount", {{"points", points(offer.unit, count)}, {"amount", money(money_of)}});
    }
    [[nodiscard]] std::string said(const Offer& offer, const PointsPerQuantity& give) const {
        return word("give.points_per_quantity",
                    {{"points", points(offer.unit, give.points)}, {"quantity", say_quantity(language_, give.per)}});
    }
    [[nodiscard]] std::string said(const Offer& offer, const PointsFixed& give) const { return points(offer.unit, give.points); }
    [[nodiscard]] std::string said(const Offer&, const PointsMultiplied& give) const {
        return word("give.points_multiplied", {{"factor", ratio(give.factor)}});
    }
    [[nodiscard]] std::string said(const Offer&, const DiscountPercent& give) const {
        return word("give.discount", {{"discount", percent(give.rate)}});
    }
    [[nodiscard]] std::string said(const Offer&, const DiscountAmount& give) const {
        return word(give.is_per_item ? "give.discount_per_item" : "give.discount", {{"discount", money(give.amount.minor())}});
    }
    [[nodiscard]] std::string said(const Offer&, const FixedPrice& give) const {
        return word("give.price", {{"price", money(give.price.minor())}});
    }
    [[nodiscard]] std::string said(const Offer& offer, const Scale& give) const {
        std::vector<std::string> steps;
        for (const Scale::Step& at : give.steps) {
            steps.push_back(word("give.step", {{"rate", step(offer, at.give)}, {"from", scale_figure(give, at.from)}}));
        }
        const std::string kind = gives_points(offer.give) ? ".points" : "";
        Arguments arguments{{"steps", join(steps, "list.comma")}};
        if (give.by == ScaleBy::window) {
            const CounterWindow& read = plan_.windows[give.window];
            arguments.emplace_back("measure", measured(plan_.counters[read.counter]));
            arguments.emplace_back("window", window(read.window));
        }
        const std::string text = word("give.scale_by_" + std::string{name_of(give.by)} + kind, arguments);
        return give.slices == Slices::none ? text : word("give.in_slices", {{"scale", text}});
    }
    [[nodiscard]] std::string said(const Offer&, const FreeItems& give) const {
        return word(give.cheapest ? "give.free_cheapest" : "give.free", {{"free", give.free}, {"per", give.per}});
    }

    [[nodiscard]] std::string said(const Offer&, const GiveThing& give) const {
        const auto named = [&](const auto& thing) {
            return thing.title.is_empty() ? thing.id : std::string{thing.title.in(language_)};
        };
        if (give.is_gift) return word("give.gift", {{"title", named(plan_.gifts[give.thing])}});
        return word("give.benefit", {{"title", named(plan_.benefits[give.thing])}});
    }

    std::string_view language_;
    const Plan& plan_;
};

// -- Conditions ---------------------------------------------------------------------------------------------------------------

struct ConditionWords {
    std::string_view language;
    const Plan& plan;
    const Speaker& speaker;

    std::string operator()(const MemberCondition& c) const { return speaker.word(c.is_member ? "when.member" : "when.no_member"); }
    std::string operator()(const AmountCondition& c) const {
        return speaker.word("when.amount", {{"bound", speaker.bound(c.bound, [&](std::int64_t v) { return speaker.money(v); })}});
    }
    std::string operator()(const QuantityCondition& c) const {
        return speaker.word(
            "when.quantity",
            {{"bound", speaker.bound(c.bound, [&](std::int64_t v) { return say_quantity(language, {v, c.unit}); })}});
    }
    std::string operator()(const ChoiceCondition& c) const {
        return speaker.word("when." + std::string{name_of(c.kind)}, {{"list", speaker.join(c.any_of, "list.or")}});
    }
    std::string operator()(const WeekdayCondition& c) const {
        std::vector<std::string> days;
        for (std::size_t i = 0; i < count_of<Weekday>; ++i) {
            if ((c.days >> i & 1) != 0) days.push_back(speaker.word("weekday." + std::string{all_names<Weekday>()[i]}));
        }
        return speaker.word("when.weekday", {{"list", speaker.join(days, "list.or")}});
    }
    std::string operator()(const TimeCondition& c) const {
        return speaker.word("when.time", {{"from", time_of_day_text(c.from)}, {"to", time_of_day_text(c.to)}});
    }
    std::string operator()(const DatesCondition& c) const {
        std::vector<std::string> ranges;
        for (const DateRange& range : c.any_of) {
            ranges.push_back(speaker.word("dates.range", {{"from", say_date(language, range.starts_on)},
                                                          {"to", say_date(language, add_days(range.ends_on, -1))}}));
        }
        return speaker.word("when.dates", {{"list", speaker.join(ranges, "list.or")}});
    }
    std::string operator()(const BirthdayCondition& c) const {
        if (c.before == 0 && c.after == 0) return speaker.word("when.on_birthday");
        return speaker.word("when.birthday", {{"before", std::int64_t{c.before}}, {"after", std::int64_t{c.after}}});
    }
    std::string operator()(const LevelCondition& c) const {
        std::vector<std::string> levels;
        for (const std::uint32_t index : c.any_of) {
            const Level& level = plan.levels[index];
            levels.emplace_back(level.title.is_empty() ? std::string_view{level.id} : level.title.in(language));
        }
        return speaker.word("when.level", {{"list", speaker.join(levels, "list.or")}});
    }
    std::string operator()(const CardCondition& c) const {
        std::vector<std::string> kinds;
        for (const CardKind kind : c.any_of) kinds.push_back(speaker.word("card." + std::string{name_of(kind)}));
        for (const std::string& category : c.categories) kinds.push_back(card_category(plan, language, category));
        return speaker.word("when.card", {{"list", speaker.join(kinds, "list.or")}});
    }
    std::string operator()(const NthPurchaseCondition& c) const {
        return speaker.word(c.is_every ? "when.every_nth_purchase" : "when.nth_purchase", {{"n", c.n}});
    }
    std::string operator()(const LastPurchaseCondition& c) const {
        const auto days = [&](std::int64_t v) { return speaker.word("period.days", {{"count", v}}); };
        return speaker.word("when.last_purchase", {{"bound", speaker.bound(c.days, days)}});
    }
    std::string operator()(const CounterCondition& c) const {
        const CounterWindow& read = plan.windows[c.window];
        const Counter& counter = plan.counters[read.counter];
        const auto figure = [&](std::int64_t v) { return speaker.figure_of(counter, v); };
        return speaker.word("when.counter", {{"measure", speaker.measured(counter)},
                                             {"window", speaker.window(read.window)},
                                             {"bound", speaker.bound(c.bound, figure)}});
    }
    std::string operator()(const AttributeCondition& c) const {
        const auto number = [this](std::int64_t v) { return say_decimal(language, decimal_text(v, 3)); };
        const std::string wanted = c.bound ? speaker.bound(*c.bound, number) : speaker.join(c.any_of, "list.or");
        return speaker.word("when.attribute", {{"name", c.name}, {"wanted", wanted}});
    }
    std::string operator()(const MembershipCondition& c) const {
        std::vector<std::string> titles;
        for (const std::string& id : c.any_of) titles.push_back(membership_title(language, plan, id));
        return speaker.word("when.membership", {{"list", speaker.join(titles, "list.or")}});
    }
    std::string operator()(const ReferralCondition& c) const {
        return speaker.word("when.referral", {{"bound", speaker.bound(c.paid, [&](std::int64_t v) { return speaker.money(v); })}});
    }
};

/// Of a sentence that closes with an abbreviation (`1,5 шт.`, `2026 г.`) the full stop is already there.
std::string ended(std::string sentence) {
    if (sentence.ends_with("..")) sentence.pop_back();
    return sentence;
}

std::string limit_words(const Speaker& speaker, const Limit& limit) {
    const std::string key = "limit." + std::string{name_of(limit.scope)};
    Arguments arguments{{"count", limit.count}};
    if (limit.scope == LimitScope::receipt) return speaker.word(key, arguments);
    if (limit.window.kind == WindowKind::ever) return speaker.word(key + ".ever", arguments);
    arguments.emplace_back("window", speaker.window(limit.window));
    return speaker.word(key, arguments);
}

/// For how many friends a member has it.
std::string referral_limit_words(const Speaker& speaker, const Limit& limit) {
    if (limit.window.kind == WindowKind::ever) return speaker.word("limit.referral.ever", {{"count", limit.count}});
    return speaker.word("limit.referral", {{"count", limit.count}, {"window", speaker.window(limit.window)}});
}

std::string budget_figure(const Speaker& speaker, const Plan& plan, const Offer& offer, std::int64_t value) {
    return plan.pools[*offer.budget].kind == PoolKind::money ? speaker.money(value) : speaker.points(offer.unit, value);
}

}  // namespace

std::string say_limit(std::string_view language, const Plan& plan, const Offer& offer, std::optional<std::uint32_t> limit) {
    const Speaker speaker(language, plan);
    if (limit && offer.referral) return speaker.word("limit.friend");
    if (limit) return *limit < offer.limits.size() ? limit_words(speaker, offer.limits[*limit]) : std::string{};
    if (!offer.budget) return {};
    return speaker.word("limit.budget", {{"total", budget_figure(speaker, plan, offer, plan.pools[*offer.budget].total)}});
}

std::string say_level(std::string_view language, const Plan& plan, const Level& level) {
    const Speaker speaker(language, plan);
    if (level.is_invited) return speaker.word("level.invited");
    const auto counted = [&](std::string_view key, std::uint32_t window, std::int64_t value) {
        const CounterWindow& read = plan.windows.at(window);
        const Counter& counter = plan.counters.at(read.counter);
        return speaker.word(key, {{"figure", speaker.figure_of(counter, value)},
                                  {"measure", speaker.measured(counter)},
                                  {"window", speaker.window(read.window)}});
    };
    std::vector<std::string> asked;
    if (level.has_from && plan.ladder) asked.push_back(counted("level.from", plan.ladder->window, level.from));
    for (const CounterCondition& one : level.criteria) asked.push_back(counted("level.from", one.window, one.bound.value));
    std::string text = speaker.join(asked, level.is_any ? "list.or" : "list.and");
    if (level.fast_track && plan.ladder) {
        const Counter& counter = plan.counters.at(plan.windows.at(plan.ladder->window).counter);
        const Period& within = level.fast_track->within;
        text = speaker.word(within.months != 0 ? "level.fast_track.months" : "level.fast_track.days",
                            {{"asked", text},
                             {"figure", speaker.figure_of(counter, level.fast_track->from)},
                             {"count", std::int64_t{within.months != 0 ? within.months : within.days}}});
    }
    return text;
}

std::string say_more(std::string_view language, const Plan& plan, std::uint32_t window, std::int64_t more) {
    const Speaker speaker(language, plan);
    const CounterWindow& read = plan.windows.at(window);
    const Counter& counter = plan.counters.at(read.counter);
    return speaker.word("level.more", {{"figure", speaker.figure_of(counter, more)},
                                       {"measure", speaker.measured(counter)},
                                       {"window", speaker.window(read.window)}});
}

std::string say_allowance(std::string_view language, const Plan& plan, const std::optional<Allowance>& allowance) {
    if (!allowance) return say(language, "allowance.none");
    if (!allowance->count) return say(language, "allowance.standing");
    const bool is_ever = allowance->window.kind == WindowKind::ever;
    return say(language, is_ever ? "allowance.times.ever" : "allowance.times",
               {{"count", *allowance->count}, {"window", Speaker(language, plan).window(allowance->window)}});
}

namespace {
/// `12 months`, `30 days`; whole years as such.
std::string time_of(std::string_view language, const Period& period) {
    const bool is_years = period.months != 0 && period.months % 12 == 0 && period.days == 0;
    if (is_years) return say(language, "time.years", {{"count", std::int64_t{period.months / 12}}});
    const bool is_months = period.months != 0;
    return say(language, is_months ? "membership.time.months" : "membership.time.days",
               {{"count", std::int64_t{is_months ? period.months : period.days}}});
}
}  // namespace

std::string milestone_title(std::string_view language, const Plan& plan, std::string_view id) {
    for (const Milestone& one : plan.milestones) {
        if (one.id == id && !one.title.is_empty()) return std::string{one.title.in(language)};
    }
    return std::string{id};
}

std::string say_milestone(std::string_view language, const Plan& plan, const Milestone& milestone) {
    Arguments arguments{{"points", say_points(language, &plan, plan.units[milestone.unit].id, milestone.points)}};
    if (milestone.kind == MilestoneKind::renewed) arguments.emplace_back("attribute", milestone.attribute);
    if (milestone.kind == MilestoneKind::after_joining) arguments.emplace_back("time", time_of(language, milestone.after));
    return say(language, "milestone." + std::string{name_of(milestone.kind)}, arguments);
}

std::string recognition_title(std::string_view language, const Plan& plan, std::string_view id) {
    for (const Recognition& one : plan.recognitions) {
        if (one.id == id && !one.title.is_empty()) return std::string{one.title.in(language)};
    }
    return std::string{id};
}

std::string say_recognition(std::string_view language, const Plan& plan, const Recognition& recognition) {
    const Speaker speaker(language, plan);
    const std::string& unit = plan.units[recognition.unit].id;
    const auto points = [&](std::int64_t count) { return say_points(language, &plan, unit, count); };
    std::string text = say(language, "recognition.allowance",
                           {{"points", points(*recognition.allowance.count)},
                            {"window", speaker.window(recognition.allowance.window)},
                            {"most", points(recognition.at_most)}});
    if (recognition.to_one) {
        text += " " + say(language, "recognition.to_one",
                          {{"points", points(*recognition.to_one->count)}, {"window", speaker.window(recognition.to_one->window)}});
    }
    if (!recognition.not_back.is_zero()) {
        text += " " + say(language, "recognition.not_back", {{"time", time_of(language, recognition.not_back)}});
    }
    return text;
}

std::string say_left(std::string_view language, const Plan& plan, const Offer& offer, std::optional<std::uint32_t> limit,
                     std::int64_t left) {
    const Speaker speaker(language, plan);
    if (!limit && !offer.budget) return {};
    const std::string figure = limit ? speaker.word("times", {{"count", left}}) : budget_figure(speaker, plan, offer, left);
    return speaker.word("limit.left", {{"figure", figure}});
}

std::string say_lines(std::string_view language, const LineFilter& lines) {
    std::string text;
    const auto part = [&](std::string_view key, const std::vector<std::string>& values) {
        if (values.empty()) return;
        std::string list;
        // A filter may name thousands of goods; a sentence names a few and counts the rest.
        constexpr std::size_t shown = 5;
        for (std::size_t i = 0; i < std::min(values.size(), shown); ++i) list += (i > 0 ? ", " : "") + values[i];
        if (values.size() > shown)
            list += say(language, "list.more", {{"count", static_cast<std::int64_t>(values.size() - shown)}});
        text += (text.empty() ? "" : ", ") + say(language, key, {{"list", list}});
    };
    part("lines.sku", lines.skus);
    part("lines.category", lines.categories);
    part("lines.brand", lines.brands);
    part("lines.batch", lines.batches);
    part("lines.tag", lines.tags);
    return text.empty() ? say(language, "lines.all") : text;
}

std::string say_condition(std::string_view language, const Plan& plan, const Condition& condition) {
    const Speaker speaker(language, plan);
    return std::visit(ConditionWords{language, plan, speaker}, condition);
}

const Condition* asked_condition(const Offer& offer, std::size_t index, std::size_t count) {
    const std::size_t unsaid = count - std::min(count, offer.conditions.size());
    return index < unsaid || index - unsaid >= offer.conditions.size() ? nullptr : &offer.conditions[index - unsaid];
}

std::string say_asked(std::string_view language, const Plan& plan, const Offer& offer, ConditionKind kind, const Condition* asked) {
    if (asked != nullptr) return say_condition(language, plan, *asked);
    if (kind == ConditionKind::lines) return say_lines(language, offer.lines.value_or(LineFilter{}));
    return say(language, "when.member");
}

std::string say_offer(std::string_view language, const Plan& plan, const Offer& offer) {
    if (offer.challenge && *offer.challenge < plan.challenges.size()) {
        return say_challenge(language, plan, plan.challenges[*offer.challenge]);
    }
    const Speaker speaker(language, plan);
    std::vector<std::string> conditions;
    if (offer.lines) conditions.push_back(say_lines(language, *offer.lines));
    for (const Condition& condition : offer.conditions) conditions.push_back(say_condition(language, plan, condition));
    std::vector<std::string> limits;
    if (offer.referral) {
        limits.push_back(speaker.word("limit.friend"));
        if (offer.referral->limit) limits.push_back(referral_limit_words(speaker, *offer.referral->limit));
    } else {
        for (const Limit& limit : offer.limits) limits.push_back(limit_words(speaker, limit));
    }
    std::string text = ended(speaker.give(offer) + ".");
    if (!conditions.empty()) {
        text += " " + ended(speaker.word("offer.when", {{"list", speaker.join(conditions, "list.semicolon")}}));
    }
    if (!limits.empty()) text += " " + ended(speaker.word("offer.limit", {{"list", speaker.join(limits, "list.semicolon")}}));
    if (offer.budget) {
        text += " " + ended(speaker.word("offer.budget",
                                         {{"total", budget_figure(speaker, plan, offer, plan.pools[*offer.budget].total)}}));
    }
    if (offer.is_targeted) text += " " + speaker.word("offer.targeted");
    return text;
}

std::string say_figure(std::string_view language, const Plan& plan, ConditionKind kind, std::string_view figure,
                       const Condition* condition) {
    // A quantity carries its unit behind the number: `0.5 kg`.
    const std::string_view bare = figure.substr(0, figure.find(' '));
    const auto number = parse_integer(bare);
    if (const auto* asked = condition == nullptr ? nullptr : std::get_if<QuantityCondition>(condition)) {
        const auto decimal = parse_decimal(bare);
        const auto milli = decimal ? at_decimals(*decimal, 3) : std::nullopt;
        if (milli) return say_quantity(language, {*milli, asked->unit});
    }
    if (number && condition != nullptr) {
        if (const auto* asked = std::get_if<CounterCondition>(condition)) {
            return Speaker(language, plan).figure_of(plan.counters[plan.windows[asked->window].counter], *number);
        }
    }
    switch (kind) {
        case ConditionKind::amount:
            return number ? say_money(language, Money{*number}, plan.currency, plan.exponent) : std::string{figure};
        case ConditionKind::birthday: {  // `07-02`
            const auto month = parse_integer(figure.substr(0, figure.find('-')));
            const auto day = figure.size() == 5 ? parse_integer(figure.substr(3)) : std::nullopt;
            if (month && day) return say_day_of_year(language, static_cast<int>(*month), static_cast<int>(*day));
            break;
        }
        case ConditionKind::dates: {
            const auto date = parse_date(figure);
            return date ? say_date(language, *date) : std::string{figure};
        }
        case ConditionKind::weekday: {
            const auto day = from_name<Weekday>(figure);
            return day ? say(language, "weekday." + std::string{figure}) : std::string{figure};
        }
        case ConditionKind::last_purchase: return number ? say(language, "period.days", {{"count", *number}}) : std::string{figure};
        case ConditionKind::member:
            if (figure == "yes" || figure == "no") return say(language, "answer." + std::string{figure});
            break;
        case ConditionKind::lines: return number ? say(language, "lines.seen", {{"count", *number}}) : std::string{figure};
        case ConditionKind::level:
            for (const Level& level : plan.levels) {
                if (level.id == figure && !level.title.is_empty()) return std::string{level.title.in(language)};
            }
            break;
        case ConditionKind::card:
            return from_name<CardKind>(figure) ? say(language, "card." + std::string{figure})
                                               : card_category(plan, language, figure);
        case ConditionKind::quantity:
        case ConditionKind::store:
        case ConditionKind::region:
        case ConditionKind::channel:
        case ConditionKind::time:
        case ConditionKind::nth_purchase:
        case ConditionKind::counter:
        case ConditionKind::attribute: break;
        case ConditionKind::referral:
            if (figure == "no") return say(language, "answer.no");
            return number ? say_money(language, Money{*number}, plan.currency, plan.exponent) : std::string{figure};
        case ConditionKind::membership: {  // `grill,wine`
            std::string titles;
            for (std::size_t at = 0; !figure.empty() && at != std::string_view::npos;) {
                const std::size_t end = figure.find(',', at);
                titles += (at == 0 ? "" : ", ") + membership_title(language, plan, figure.substr(at, end - at));
                at = end == std::string_view::npos ? end : end + 1;
            }
            return titles;
        }
        case ConditionKind::segment: {  // `lapsed,regular`
            std::string names;
            for (const char c : figure) names += c == ',' ? std::string{", "} : std::string(1, c);
            return names;
        }
    }
    return std::string{figure};
}

namespace {

/// Of the gift that is bought by the spending `id`, which stands for itself where the plan has none of that name.
std::string gift_title(std::string_view language, const Plan* plan, const std::string& id) {
    if (plan == nullptr) return id;
    for (const GiftPrice& price : plan->gift_prices) {
        if (price.id != id) continue;
        const Gift& gift = plan->gifts[price.gift];
        return gift.title.is_empty() ? gift.id : std::string{gift.title.in(language)};
    }
    return id;
}

/// Of the price list `id`, which stands for itself where the plan has none of that name.
std::string trade_in_title(std::string_view language, const Plan* plan, const std::string& id) {
    if (plan == nullptr) return id;
    for (const TradeIn& list : plan->trade_ins) {
        if (list.id == id && !list.title.is_empty()) return std::string{list.title.in(language)};
    }
    return id;
}

}  // namespace

std::string say_reason(std::string_view language, const Plan* plan, std::string_view key,
                       const std::vector<std::pair<std::string, std::string>>& arguments) {
    const auto unit = std::find_if(arguments.begin(), arguments.end(), [](const auto& one) { return one.first == "unit"; });
    Arguments said;
    for (const auto& [name, value] : arguments) {
        if (const auto number = parse_integer(value); number && name == "points") {
            // The sentence says whether they came or went.
            const std::string_view id = unit == arguments.end() ? std::string_view{"points"} : unit->second;
            said.emplace_back(name, say_points(language, plan, id, *number < 0 ? -*number : *number));
        } else {
            said.emplace_back(name, value);
        }
        if (name != "offer") continue;
        said.emplace_back("gift", gift_title(language, plan, value));
        said.emplace_back("milestone", plan == nullptr ? value : milestone_title(language, *plan, value));
        said.emplace_back("recognition", plan == nullptr ? value : recognition_title(language, *plan, value));
        said.emplace_back("trade_in", trade_in_title(language, plan, value));
        said.emplace_back("rebate", plan == nullptr ? value : rebate_title(language, *plan, value));
        if (plan == nullptr) continue;
        for (const Offer& offer : plan->offers) {
            if (offer.id != value) continue;
            if (offer.title.is_empty()) {
                std::string promise = say_offer(language, *plan, offer);
                promise.pop_back();  // the full stop: the sentence goes on behind the promise
                said.emplace_back("promise", promise);
            } else {
                // What it is called, and what it gives; when it does is in the rules.
                const std::string title{offer.title.in(language)};
                said.emplace_back("promise", title + ": " + continued(Speaker(language, *plan).give(offer)));
            }
        }
    }
    const bool has_promise =
        !said.empty() && std::any_of(said.begin(), said.end(), [](const auto& a) { return a.first == "promise"; });
    if (has_promise && has_pattern(language, std::string{key} + ".promise"))
        return say(language, std::string{key} + ".promise", said);
    return say(language, key, said);
}

namespace {

/// How much is missing, as the kind counts it.
std::string missing_figure(const Speaker& speaker, std::string_view language, const Offer& offer, std::string_view kind,
                           std::int64_t missing) {
    for (const Condition& condition : offer.conditions) {
        const auto* quantity = std::get_if<QuantityCondition>(&condition);
        if (quantity != nullptr && kind == "quantity") return say_quantity(language, {missing, quantity->unit});
    }
    return speaker.money(missing);
}

}  // namespace

std::string say_missing(std::string_view language, const Plan& plan, const Offer& offer, std::string_view kind,
                        std::int64_t missing, std::uint32_t step) {
    const Speaker speaker(language, plan);
    const std::string key = "missing." + std::string{kind};
    const auto* scale = std::get_if<Scale>(&offer.give);
    if (scale == nullptr || step >= scale->steps.size() || !kind.ends_with("_step")) {
        const std::string title{offer.title.in(language)};
        return speaker.word(key, {{"what", missing_figure(speaker, language, offer, kind, missing)},
                                  {"promise", title.empty() ? speaker.give(offer) : title}});
    }
    const std::string points = gives_points(offer.give) ? ".points" : "";
    const std::string rate = speaker.step(offer, scale->steps[step].give);
    const std::string what = speaker.scale_figure(*scale, missing);
    if (scale->by != ScaleBy::window) return speaker.word(key + points, {{"what", what}, {"rate", rate}});
    const CounterWindow& read = plan.windows[scale->window];
    if (read.window.kind == WindowKind::ever) return speaker.word(key + ".ever" + points, {{"what", what}, {"rate", rate}});
    return speaker.word(key + points, {{"what", what}, {"within", speaker.within(read.window)}, {"rate", rate}});
}

std::string say_standing(std::string_view language, const Plan& plan, const Offer& offer, std::int64_t figure,
                         std::optional<std::uint32_t> reached) {
    const auto* scale = std::get_if<Scale>(&offer.give);
    if (scale == nullptr) return {};
    const Speaker speaker(language, plan);
    const std::string points = reached && gives_points(offer.give) ? ".points" : "";
    const std::string rate = reached ? speaker.step(offer, scale->steps.at(*reached).give) : std::string{};
    const std::string what = speaker.scale_figure(*scale, figure);
    if (scale->by != ScaleBy::window) {
        return speaker.word((reached ? "standing.receipt.reached" : "standing.receipt.none") + points,
                            {{"what", what}, {"rate", rate}});
    }
    const CounterWindow& read = plan.windows[scale->window];
    return speaker.word((reached ? "standing.reached" : "standing.none") + points,
                        {{"what", what}, {"window", speaker.window(read.window)}, {"rate", rate}});
}

std::string say_step(std::string_view language, const Plan& plan, const Offer& offer, std::uint32_t step) {
    const auto* scale = std::get_if<Scale>(&offer.give);
    return scale == nullptr || step >= scale->steps.size() ? std::string{}
                                                           : Speaker(language, plan).step(offer, scale->steps[step].give);
}

std::string say_payment(std::string_view language, std::string_view broken, std::int64_t value) {
    return say(language, "payment." + std::string{broken.empty() ? "within_rules" : broken}, {{"value", value}});
}

std::string say_refusal(std::string_view language, std::string_view code) {
    const std::string key = "refusal." + std::string{code};
    return has_pattern(language, key) || has_pattern("en", key) ? say(language, key) : std::string{code};
}

}  // namespace suki::words
