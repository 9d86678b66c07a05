#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

bool speaks_of_member(const Condition& condition) {
    switch (kind_of(condition)) {
        case ConditionKind::member: return std::get<MemberCondition>(condition).is_member;
        case ConditionKind::card: {
            // A bearer card, and no card at all, need nobody to be known.
            const auto& card = std::get<CardCondition>(condition);
            return card.categories.empty() &&
                   std::all_of(card.any_of.begin(), card.any_of.end(), [](CardKind kind) { return kind == CardKind::personal; });
        }
        case ConditionKind::birthday:
        case ConditionKind::level:
        case ConditionKind::nth_purchase:
        case ConditionKind::last_purchase:
        case ConditionKind::counter:
        case ConditionKind::attribute:
        case ConditionKind::segment:
        case ConditionKind::membership:
        case ConditionKind::referral: return true;
        case ConditionKind::lines:
        case ConditionKind::amount:
        case ConditionKind::quantity:
        case ConditionKind::store:
        case ConditionKind::region:
        case ConditionKind::channel:
        case ConditionKind::weekday:
        case ConditionKind::time:
        case ConditionKind::dates: return false;
    }
    return false;
}

void Compiler::compile_offer(NodeRef node, std::string_view membership) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::offer, node, findings_};
    Offer offer;
    offer.id = node.key();
    if (membership.empty()) {
        offer_names_.insert(node.key());
    } else {
        offer.id = std::string{membership} + "." + offer.id;
        // It is cited as a whole, wherever an offer is.
        if (offer.id.size() > limits::key_bytes) {
            findings_.error_at_key(
                node, {DiagnosticCode::bad_key, finding::not_a_name(offer.id), hint::form_of_names(limits::key_bytes)});
        }
        offer_names_.insert(offer_names_made_.emplace_back(offer.id));
        offer.conditions.emplace_back(MembershipCondition{{std::string{membership}}});
    }
    offer.line = node.key_line();
    offer.clause = "4." + std::to_string(plan_.offers.size() + 1);
    if (const auto title = fields.get("title")) offer.title = localised(*title);
    if (const auto when = fields.get("when")) compile_when(*when, offer);
    if (const auto give = fields.get("give"))
        compile_give(*give, offer);
    else
        return;
    if (const auto stack = fields.get("stack"); stack && check_word(*stack, stack->text(), false)) offer.stack = stack->text();
    if (const auto targeted = fields.get("targeted")) {
        offer.is_targeted = take(*targeted, parse_yes_no(targeted->text())).value_or(false);
    }
    if (const auto limit = fields.get("limit")) compile_limits(*limit, offer);
    settle_referral(offer, node);
    warn_of_idle_limit(offer, node);
    settle_offer(offer, node);
    plan_.offers.push_back(std::move(offer));
    offer_nodes_.push_back(node);
}

void Compiler::warn_of_idle_limit(const Offer& offer, NodeRef node) {
    if (std::holds_alternative<FreeItems>(offer.give)) return;
    for (const Limit& limit : offer.limits) {
        if (limit.scope != LimitScope::receipt) continue;
        findings_.warning(node, {DiagnosticCode::limit_never_reached, finding::limit_never_reached(), hint::what_can_be_reached()});
    }
}

void Compiler::compile_when(NodeRef node, Offer& offer) {
    const Fields when{keys::when, node, findings_};
    compile_line_conditions(when, offer);
    compile_place_conditions(when, offer);
    compile_time_conditions(when, offer);
    compile_member_conditions(when, offer);
}

void Compiler::compile_line_conditions(const Fields& when, Offer& offer) {
    LineFilter lines;
    take_lines(when, lines);
    const auto all = when.get("lines");
    if (all && all->text() != "all") report_choice(*all, find_key(keys::when, "lines")->choices);
    if (all && !lines.is_all()) {
        findings_.error(*all, {DiagnosticCode::condition_not_allowed, finding::lines_contradict(), hint::keep_one()});
    }
    if (all || !lines.is_all()) offer.lines = std::move(lines);
    if (const auto amount = when.get("amount")) {
        std::optional<QuantityUnit> unit;
        if (const auto bound = take(*amount, parse_bound(amount->text(), value_parser({.measure = Measure::spend}, unit)))) {
            offer.conditions.emplace_back(AmountCondition{*bound});
        }
    }
    const auto quantity = when.get("quantity");
    if (!quantity) return;
    std::optional<QuantityUnit> unit;
    const auto bound = take(*quantity, parse_bound(quantity->text(), value_parser({.measure = Measure::quantity}, unit)));
    if (bound) offer.conditions.emplace_back(QuantityCondition{*bound, unit.value_or(QuantityUnit::piece)});
    const bool names_lines =
        all || when.has("sku") || when.has("category") || when.has("brand") || when.has("batch") || when.has("tag");
    if (!names_lines) {
        findings_.error_at_key(*quantity,
                               {DiagnosticCode::condition_needs_lines, finding::quantity_of_what(), hint::name_lines_or_all()});
    }
}

void Compiler::compile_place_conditions(const Fields& when, Offer& offer) {
    const auto take_choice = [&](std::string_view key, ConditionKind kind) {
        const auto node = when.get(key);
        if (!node) return;
        auto texts = texts_of(*node, limits::code_bytes);
        if (!texts.empty()) offer.conditions.emplace_back(ChoiceCondition{kind, std::move(texts)});
    };
    take_choice("store", ConditionKind::store);
    take_choice("region", ConditionKind::region);
    take_choice("channel", ConditionKind::channel);
    take_choice("segment", ConditionKind::segment);
}

void Compiler::compile_time_conditions(const Fields& when, Offer& offer) {
    if (const auto node = when.get("weekday")) {
        unsigned days = 0;
        for (const NodeRef day : scalars_of(*node)) days |= take(day, parse_weekdays(day.text())).value_or(std::uint8_t{0});
        if (days != 0) offer.conditions.emplace_back(WeekdayCondition{static_cast<std::uint8_t>(days)});
    }
    if (const auto node = when.get("time")) {
        if (const auto time = take(*node, parse_time_range(node->text()))) offer.conditions.emplace_back(*time);
    }
    if (const auto node = when.get("dates")) {
        DatesCondition dates;
        for (const NodeRef range : scalars_of(*node)) {
            if (const auto parsed = take(range, parse_dates(range.text()))) dates.any_of.push_back(*parsed);
        }
        if (!dates.any_of.empty()) offer.conditions.emplace_back(std::move(dates));
    }
}

void Compiler::compile_member_conditions(const Fields& when, Offer& offer) {
    if (const auto node = when.get("member")) {
        if (const auto is_member = take(*node, parse_yes_no(node->text()))) {
            offer.conditions.emplace_back(MemberCondition{*is_member});
        }
    }
    if (const auto node = when.get("birthday")) {
        if (const auto birthday = take(*node, parse_birthday(node->text()))) offer.conditions.emplace_back(*birthday);
    }
    if (const auto node = when.get("level")) {
        LevelCondition level{levels_named(*node)};
        if (!level.any_of.empty()) offer.conditions.emplace_back(std::move(level));
    }
    if (const auto node = when.get("card")) compile_card_condition(*node, offer);
    if (const auto node = when.get("nth_purchase")) {
        if (const auto nth = take(*node, parse_nth(node->text()))) offer.conditions.emplace_back(*nth);
    }
    if (const auto node = when.get("last_purchase")) {
        std::string_view text = node->text();
        constexpr std::string_view kAgo = " ago";
        if (text.ends_with(kAgo)) text.remove_suffix(kAgo.size());
        if (const auto days = take(*node, parse_bound(text, parse_days))) {
            offer.conditions.emplace_back(LastPurchaseCondition{*days});
        }
    }
    if (const auto node = when.get("counter")) compile_counter_condition(*node, offer);
    if (const auto node = when.get("attribute")) compile_attributes(*node, offer);
    if (const auto node = when.get("membership")) {
        MembershipCondition membership{memberships_named(*node)};
        if (!membership.any_of.empty()) offer.conditions.emplace_back(std::move(membership));
    }
    if (const auto node = when.get("referral")) compile_referral(*node, offer);
}

void Compiler::compile_counter_condition(NodeRef node, Offer& offer) {
    if (const auto compared = compile_compared(node, Fields{keys::counter, node, findings_})) {
        offer.conditions.emplace_back(*compared);
    }
}

std::optional<CounterCondition> Compiler::compile_compared(NodeRef node, const Fields& fields) {
    auto counter = compile_counter(fields);
    Window window;
    if (const auto over = fields.get("over")) window = take(*over, parse_window(over->text())).value_or(Window{});
    std::size_t compared = 0;
    std::optional<Bound> bound;
    for (const std::string_view key : {"at_least", "more_than", "at_most", "under", "is"}) {
        if (!fields.has(key) || !fields.takes(key)) continue;
        ++compared;
        const auto value = fields.get(key);
        if (!value || !counter) continue;
        std::optional<QuantityUnit> unit;
        const ValueParser parser = value_parser(*counter, unit);
        if (key == "is") {
            bound = take(*value, parse_bound(value->text(), parser));
        } else if (const auto number = take(*value, parser(value->text()))) {
            const Op op = key == "at_least"    ? Op::at_least
                          : key == "more_than" ? Op::over
                          : key == "at_most"   ? Op::at_most
                                               : Op::under;
            bound = Bound{.op = op, .value = *number};
        }
        if (unit) counter->unit = *unit;
    }
    if (compared != 1) {
        if (compared == 0 && !fields.takes("is")) return std::nullopt;  // told already what is missing
        findings_.error(node, {compared == 0 ? DiagnosticCode::missing_key : DiagnosticCode::several_gives,
                               finding::compared_once(), hint::one_comparison()});
        return std::nullopt;
    }
    if (!counter || !bound) return std::nullopt;
    return CounterCondition{register_window(node, *counter, window), *bound};
}

void Compiler::compile_attributes(NodeRef node, Offer& offer) {
    const Fields fields{keys::attribute, node, findings_};
    if (node.child_count() == 0) {
        findings_.error(node, {DiagnosticCode::empty, finding::which_fact(), hint::like_fact()});
    }
    if (!check_entry_count(node, limits::attributes_per_member)) return;
    for (const NodeRef fact : fields.others()) compile_attribute(fact, offer);
}

void Compiler::compile_attribute(NodeRef node, Offer& offer) {
    if (!is_fact_name(node.key())) {
        findings_.error_at_key(node, {DiagnosticCode::bad_key, finding::not_a_fact_name(node.key()), hint::form_of_fact_names()});
        return;
    }
    AttributeCondition attribute{.name = std::string{node.key()}};
    if (node.is_scalar() && is_comparison(node.text())) {
        attribute.bound = take(node, parse_bound(node.text(), parse_thousandths));
        if (attribute.bound) offer.conditions.emplace_back(std::move(attribute));
        return;
    }
    for (std::string& text : texts_of(node, limits::text_bytes)) {
        attribute.any_of.push_back(text == "yes" ? "true" : text == "no" ? "false" : std::move(text));
    }
    if (!attribute.any_of.empty()) offer.conditions.emplace_back(std::move(attribute));
}

/// What follows from the whole offer: its stage, and whether it needs a member.
void Compiler::settle_offer(Offer& offer, NodeRef node) {
    const Give& give = offer.give;
    const bool is_of_points = gives_points(give);
    const bool is_thing = gives_thing(give);
    offer.stage = is_of_points ? Stage::points : is_thing ? Stage::things : offer.lines ? Stage::line : Stage::receipt;
    const auto* scale = std::get_if<Scale>(&give);
    const bool limits_member =
        std::any_of(offer.limits.begin(), offer.limits.end(), [](const Limit& limit) { return limit.scope == LimitScope::member; });
    offer.needs_member = is_of_points || is_thing || limits_member || (scale != nullptr && scale->by == ScaleBy::window) ||
                         std::any_of(offer.conditions.begin(), offer.conditions.end(), speaks_of_member);
    const bool needs_lines = gives_by_quantity(give) || is_about_lines(give);
    if (needs_lines && !offer.lines && node.is_map()) {
        const auto names_lines = [&] {
            // A choice of lines that was refused has been told of already.
            for (const NodeRef part : node.children()) {
                if (part.key() != "when") continue;
                for (const NodeRef condition : part.children()) {
                    if (find_key(keys::line_filter, condition.key()) != nullptr || condition.key() == "lines") return true;
                }
            }
            return false;
        };
        if (!names_lines()) {
            findings_.error_at_key(node,
                                   {DiagnosticCode::give_needs_lines, finding::gives_by_item(offer.id), hint::name_lines_or_all()});
        }
    }
    for (const Condition& condition : offer.conditions) {
        const auto* member = std::get_if<MemberCondition>(&condition);
        if (member != nullptr && !member->is_member && offer.needs_member) {
            findings_.error_at_key(
                node, {DiagnosticCode::condition_not_allowed, finding::nobody_and_member(offer.id), hint::what_needs_a_member()});
        }
    }
    check_offer_can_apply(offer, node);
}

namespace {

bool can_hold(const Bound& bound) {
    // Figures of receipts and members are never negative.
    return !(bound.op == Op::under && bound.value <= 0);
}

/// Whether some date in the condition lies on or after `first` and on one of `days`.
bool has_date(const DatesCondition& dates, Date first, std::uint8_t days) {
    for (const DateRange& range : dates.any_of) {
        const Date start = std::max(range.starts_on, first);
        // Seven days hold every weekday.
        for (Date date = start; date < range.ends_on && date.days < start.days + 7; date = Date{date.days + 1}) {
            if ((days >> static_cast<unsigned>(weekday_of(date))) & 1u) return true;
        }
    }
    return false;
}

}  // namespace

void Compiler::check_offer_can_apply(const Offer& offer, NodeRef node) {
    std::uint8_t days = 0x7f;
    const DatesCondition* dates = nullptr;
    bool is_possible = true;
    for (const Condition& condition : offer.conditions) {
        if (const auto* weekday = std::get_if<WeekdayCondition>(&condition)) days = weekday->days;
        if (const auto* range = std::get_if<DatesCondition>(&condition)) dates = range;
        if (const auto* amount = std::get_if<AmountCondition>(&condition)) is_possible = is_possible && can_hold(amount->bound);
        if (const auto* quantity = std::get_if<QuantityCondition>(&condition)) {
            is_possible = is_possible && can_hold(quantity->bound);
        }
        if (const auto* last = std::get_if<LastPurchaseCondition>(&condition)) is_possible = is_possible && can_hold(last->days);
        if (const auto* counter = std::get_if<CounterCondition>(&condition)) {
            is_possible = is_possible && can_hold(counter->bound);
        }
    }
    if (dates != nullptr && !has_date(*dates, plan_.effective_on, days)) is_possible = false;
    if (is_possible) return;
    findings_.warning(node, {DiagnosticCode::offer_never_applies, finding::never_applies(offer.id), hint::why_never()});
}

}  // namespace suki::programme
