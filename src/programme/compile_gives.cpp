#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

namespace {

/// How a scale is taken: all at the highest rate, or each part at its own.
SUKI_ENUM(ScaleAs, whole, slices)

/// Whether two steps give the same kind of thing: money off once and money off each piece are two.
bool is_alike(const StepGive& a, const StepGive& b) {
    const auto* money = std::get_if<DiscountAmount>(&a);
    return a.index() == b.index() && (money == nullptr || money->is_per_item == std::get<DiscountAmount>(b).is_per_item);
}

}  // namespace

void Compiler::compile_give(NodeRef node, Offer& offer) {
    const Fields fields{keys::give, node, findings_, &unit_names_};
    if (node.child_count() != 1) {
        const bool is_empty = node.child_count() == 0;
        findings_.error(node, {is_empty ? DiagnosticCode::empty : DiagnosticCode::several_gives,
                               is_empty ? finding::gives_nothing() : finding::gives_several(),
                               is_empty ? hint::what_to_give() : hint::one_offer_for_each()});
        return;
    }
    if (const auto discount = fields.get("discount")) {
        const auto give = compile_discount(*discount);
        if (give) offer.give = *give;
    } else if (const auto price = fields.get("price")) {
        const auto money = take(*price, parse_money(price->text(), currency_));
        if (money) offer.give = FixedPrice{*money};
    } else if (const auto free = fields.get("free")) {
        const auto items = take(*free, parse_free(free->text()));
        if (items) offer.give = *items;
    } else if (const auto gift = fields.get("gift")) {
        const auto known = index_of_gift(*gift);
        if (known) offer.give = GiveThing{.is_gift = true, .thing = *known};
    } else if (const auto benefit = fields.get("benefit")) {
        const auto known = index_of_benefit(*benefit);
        if (known) offer.give = GiveThing{.is_gift = false, .thing = *known};
    } else if (!fields.others().empty()) {
        const NodeRef points = fields.others().front();
        if (const auto unit = unit_named(points, points.key())) offer.unit = *unit;
        compile_points(points, offer);
    }
}

std::optional<Give> Compiler::compile_discount(NodeRef node) {
    if (node.is_scalar()) return take(node, parse_discount(node.text(), currency_));
    const Fields fields{keys::by_steps, node, findings_};
    const auto scale = fields.get("scale");
    return scale ? compile_scale(*scale, false) : std::nullopt;
}

void Compiler::compile_points(NodeRef node, Offer& offer) {
    if (node.is_scalar()) {
        if (const auto give = take(node, parse_points_give(node.text(), currency_))) offer.give = *give;
        return;
    }
    if (node.child_count() == 0) {
        findings_.error(node, {DiagnosticCode::empty, finding::how_many_points()});
        return;
    }
    for (const NodeRef part : node.children()) {
        if (find_key(keys::both_sides, part.key()) != nullptr) return compile_both_sides(node, offer);
    }
    const Fields fields{keys::by_steps, node, findings_};
    const auto scale = fields.get("scale");
    if (!scale) return;
    if (const auto give = compile_scale(*scale, true)) offer.give = *give;
}

// -- Scales -------------------------------------------------------------------------------------------------------------------

std::optional<Give> Compiler::compile_scale(NodeRef node, bool is_of_points) {
    const Fields fields{keys::scale, node, findings_};
    const auto by = fields.get("by");
    const auto steps = fields.get("steps");
    if (!by || !steps) return std::nullopt;
    const std::span<const std::string_view> known = find_key(keys::scale, "by")->choices;
    if (std::find(known.begin(), known.end(), by->text()) == known.end()) {
        report_choice(*by, known);
        return std::nullopt;
    }
    Scale scale;
    std::optional<QuantityUnit> unit;
    const bool is_by_receipt = by->text() == "receipt";
    const Measure measure = is_by_receipt ? Measure::spend : *from_name<Measure>(by->text());
    const bool are_good = compile_scale_steps(*steps, measure, is_of_points, scale, unit);
    scale.unit = unit.value_or(QuantityUnit::piece);
    const bool is_read = read_scale(fields, measure, scale);
    const bool is_cut = cut_slices(fields, measure, scale);
    return are_good && is_read && is_cut ? std::optional<Give>{std::move(scale)} : std::nullopt;
}

/// By what the steps are read: this purchase, or what was bought before it over some time, all of it or of such lines.
bool Compiler::read_scale(const Fields& fields, Measure measure, Scale& scale) {
    const auto by = fields.get("by");
    const auto over = fields.get("over");
    const auto of = fields.get("of");
    if (by && by->text() == "receipt" && over) {
        findings_.error_at_key(*over, {DiagnosticCode::bad_window, finding::over_of_receipt(), hint::leave_it_out()});
        return false;
    }
    const bool is_of_purchase = (by && by->text() == "receipt") || (measure == Measure::quantity && !fields.has("over"));
    if (is_of_purchase) {
        scale.by = measure == Measure::quantity ? ScaleBy::quantity : ScaleBy::amount;
        if (!of) return true;
        findings_.error_at_key(*of, {DiagnosticCode::condition_not_allowed, finding::of_this_purchase(), hint::lines_in_when()});
        return false;
    }
    if (!over) {
        if (!fields.has("over")) {
            findings_.error(fields.node(), {DiagnosticCode::missing_key, finding::missing_key("over"), hint::over_which_time()});
        }
        return false;
    }
    Counter counter{.measure = measure, .unit = scale.unit};
    if (of) {
        if (measure != Measure::spend && measure != Measure::quantity) {
            findings_.error_at_key(*of, {DiagnosticCode::condition_not_allowed, finding::of_visits(), hint::leave_it_out()});
            return false;
        }
        const auto lines = compile_line_filter(*of);
        if (!lines) return false;
        counter.lines = *lines;
    }
    const auto window = take(*over, parse_window(over->text()));
    if (!window) return false;
    scale.by = ScaleBy::window;
    scale.window = register_window(fields.node(), counter, *window);
    return true;
}

/// `as: slices`: only what a purchase can be cut into, and what each part can be given by itself.
bool Compiler::cut_slices(const Fields& fields, Measure measure, Scale& scale) {
    const auto as = fields.get("as");
    if (!as) return true;
    const auto chosen = choice<ScaleAs>(*as);
    if (!chosen) return false;
    if (*chosen == ScaleAs::whole) return true;
    if (measure != Measure::spend && measure != Measure::quantity) {
        findings_.error(*as, {DiagnosticCode::condition_not_allowed, finding::slices_of_visits(), hint::whole_or_spend()});
        return false;
    }
    scale.slices = measure == Measure::spend ? Slices::money : Slices::quantity;
    for (const Scale::Step& step : scale.steps) {
        const auto* amount = std::get_if<DiscountAmount>(&step.give);
        const bool fits = std::holds_alternative<DiscountPercent>(step.give) ||
                          (scale.slices == Slices::money ? std::holds_alternative<PointsPerAmount>(step.give)
                                                         : std::holds_alternative<PointsPerQuantity>(step.give) ||
                                                               (amount != nullptr && amount->is_per_item));
        if (fits) continue;
        findings_.error(*as, {DiagnosticCode::condition_not_allowed, finding::no_part_of_fixed(),
                              scale.slices == Slices::money ? hint::slices_of_money() : hint::slices_of_quantity()});
        return false;
    }
    return true;
}

std::optional<StepGive> Compiler::compile_step(NodeRef step, bool is_of_points) {
    // Below the lowest rate a scale may say outright that there is nothing.
    if (!is_of_points && step.text().ends_with('%')) {
        const auto rate = take(step, parse_percent(step.text()));
        return rate ? std::optional<StepGive>{DiscountPercent{*rate}} : std::nullopt;
    }
    const auto give = take(step, is_of_points ? parse_points_give(step.text(), currency_) : parse_discount(step.text(), currency_));
    if (!give) return std::nullopt;
    return std::visit(
        [&](const auto& one) -> std::optional<StepGive> {
            if constexpr (std::is_constructible_v<StepGive, decltype(one)>) {
                return StepGive{one};
            } else {
                findings_.error(
                    step, {DiagnosticCode::condition_not_allowed, finding::no_multiplier_in_scale(), hint::like_points_by_steps()});
                return std::nullopt;
            }
        },
        *give);
}

bool Compiler::compile_scale_steps(NodeRef steps, Measure measure, bool is_of_points, Scale& scale,
                                   std::optional<QuantityUnit>& unit) {
    if (!check_entry_count(steps, limits::scale_steps)) return false;
    if (steps.child_count() == 0) {
        findings_.error(steps, {DiagnosticCode::empty, finding::no_steps(), hint::like_steps()});
        return false;
    }
    const ValueParser parser = value_parser(Counter{.measure = measure}, unit);
    bool are_good = true;
    const Fields fields{keys::steps, steps, findings_};
    for (const NodeRef step : fields.others()) {
        const auto from = parser(step.key());
        if (!from) findings_.error_at_key(step, from.error());
        const auto give = compile_step(step, is_of_points);
        if (!from || !give) {
            are_good = false;
            continue;
        }
        if (!scale.steps.empty() && *from <= scale.steps.back().from) {
            findings_.error_at_key(step,
                                   {DiagnosticCode::steps_not_ascending, finding::step_not_ascending(), hint::steps_from_lowest()});
            are_good = false;
        }
        if (!scale.steps.empty() && !is_alike(scale.steps.front().give, *give)) {
            findings_.error(step,
                            {DiagnosticCode::condition_not_allowed, finding::steps_of_two_kinds(), hint::one_kind_of_steps()});
            are_good = false;
        }
        scale.steps.push_back({*from, *give});
    }
    return are_good && scale.steps.size() == steps.child_count();
}

void Compiler::compile_limits(NodeRef node, Offer& offer) {
    if (node.is_scalar()) {
        compile_limit_text(node, node.text(), offer);
        return;
    }
    if (node.is_list()) {
        for (const NodeRef each : scalars_of(node)) compile_limit_text(each, each.text(), offer);
        return;
    }
    const Fields fields{keys::limit, node, findings_};
    if (node.child_count() == 0)
        findings_.error(node, {DiagnosticCode::empty, finding::limit_says_nothing(), hint::leave_it_out()});
    for (const NodeRef child : node.children()) {
        const KeySpec* key = find_key(keys::limit, child.key());
        if (child.key() == "budget") {
            if (const auto budget = fields.get("budget")) compile_budget(*budget, offer);
        } else if (key != nullptr || child.key().starts_with("per ") || child.key().starts_with("in ")) {
            if (!child.is_scalar() || child.text().empty()) continue;  // told of by Fields
            compile_limit_text(child, std::string{child.text()} + " " + std::string{child.key()}, offer);
        } else {
            findings_.error_at_key(child, {DiagnosticCode::unknown_key, finding::unknown_key(child.key()), hint::keys_of_limits()});
        }
    }
}

Parsed<Window> parse_limit_window(const std::string& text, const Sentence<>& advice) {
    const bool is_short = split_words(text).size() == 1 && text != "ever";
    auto window = parse_window(is_short ? "calendar " + text : text);
    if (!window && window.error().code == DiagnosticCode::bad_window) {
        return Unexpected<Fault>{Fault{DiagnosticCode::bad_limit, finding::not_a_limit_window(text), advice()}};
    }
    return window;
}

namespace {

std::string rest_of(const std::vector<std::string_view>& words, std::size_t from) {
    std::string text;
    for (std::size_t i = from; i < words.size(); ++i) text += (i > from ? " " : "") + std::string{words[i]};
    return text;
}

}  // namespace

void Compiler::compile_limit_text(NodeRef at, std::string_view text, Offer& offer) {
    const auto words = split_words(text);
    const auto bad = [&] { findings_.error(at, {DiagnosticCode::bad_limit, finding::not_a_limit(text), hint::like_limit()}); };
    if (words.size() < 3) return bad();
    const auto count = take(at, parse_positive_count(words[0]));
    if (!count) return;
    Limit limit{.count = *count};
    const bool is_per = words[1] == "per";
    if (words.size() == 3 && is_per && words[2] == "receipt") {
        limit.scope = LimitScope::receipt;
    } else if (is_per && words[2] == "member") {
        limit.scope = LimitScope::member;
        if (words.size() > 3) {
            if (words[3] != "per" || words.size() < 5) return bad();
            const auto window = take(at, parse_limit_window(rest_of(words, 4), hint::like_limit));
            if (!window) return;
            limit.window = *window;
        }
        limit.index = register_window(at, {.measure = Measure::uses, .offer = offer.id}, limit.window);
    } else {
        limit.scope = LimitScope::programme;
        if (!(words.size() == 3 && words[1] == "in" && words[2] == "all")) {
            if (!is_per) return bad();
            const auto window = take(at, parse_limit_window(rest_of(words, 2), hint::like_limit));
            if (!window) return;
            if (window->kind == WindowKind::rolling) {
                findings_.error(at, {DiagnosticCode::bad_limit, finding::limit_rolls(), hint::count_by_calendar()});
                return;
            }
            limit.window = *window;
        }
        limit.index = static_cast<std::uint32_t>(plan_.pools.size());
        plan_.pools.push_back({.offer = static_cast<std::uint32_t>(plan_.offers.size()),
                               .kind = PoolKind::uses,
                               .total = *count,
                               .window = limit.window,
                               .key = offer.id + ":uses:" + window_text(limit.window)});
    }
    constexpr std::size_t kLimitsMax = 10;
    if (offer.limits.size() == kLimitsMax) {
        findings_.error(at, {DiagnosticCode::too_many, finding::too_many_limits(kLimitsMax)});
        return;
    }
    for (const Limit& other : offer.limits) {
        if (other.scope != limit.scope || !(other.window == limit.window)) continue;
        findings_.error(at, {DiagnosticCode::bad_limit, finding::limit_twice(), hint::keep_one()});
        return;
    }
    offer.limits.push_back(limit);
}

void Compiler::compile_budget(NodeRef node, Offer& offer) {
    const auto words = split_words(node.text());
    const auto bad = [&](Message message) {
        findings_.error(node, {DiagnosticCode::bad_limit, std::move(message), hint::like_budget()});
    };
    if (gives_thing(offer.give)) return bad(finding::budget_of_things());
    if (words.size() != 2 && (words.size() < 4 || words[2] != "per")) return bad(finding::not_a_budget(node.text()));
    Pool pool{.offer = static_cast<std::uint32_t>(plan_.offers.size())};
    if (words.size() > 2) {
        const auto window = take(node, parse_limit_window(rest_of(words, 3), hint::like_budget));
        if (!window) return;
        if (window->kind == WindowKind::rolling) return bad(finding::budget_rolls());
        pool.window = *window;
    }
    const bool is_of_points = gives_points(offer.give);
    const bool names_unit = std::find(unit_names_.begin(), unit_names_.end(), words[1]) != unit_names_.end();
    if (names_unit) {
        if (!is_of_points || plan_.units[offer.unit].id != words[1]) return bad(finding::budget_of_other_unit(words[1]));
        const auto count = take(node, parse_positive_count(words[0]));
        if (!count) return;
        pool.kind = PoolKind::points;
        pool.total = *count;
    } else {
        const auto money = take(node, parse_money(std::string{words[0]} + " " + std::string{words[1]}, currency_));
        if (!money) return;
        if (is_of_points) return bad(finding::budget_is_money());
        if (money->is_zero()) {
            findings_.error(node, {DiagnosticCode::out_of_range, finding::budget_of_zero()});
            return;
        }
        pool.kind = PoolKind::money;
        pool.total = money->minor();
    }
    pool.key = offer.id + ":" + std::string{name_of(pool.kind)} + ":" + window_text(pool.window);
    offer.budget = static_cast<std::uint32_t>(plan_.pools.size());
    plan_.pools.push_back(std::move(pool));
}

}  // namespace suki::programme
