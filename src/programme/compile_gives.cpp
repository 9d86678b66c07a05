#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

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
    } else if (!fields.others().empty()) {
        const NodeRef points = fields.others().front();
        if (const auto unit = unit_named(points, points.key())) offer.unit = *unit;
        if (points.is_scalar()) {
            if (const auto give = take(points, parse_points_give(points.text(), currency_))) offer.give = *give;
            return;
        }
        for (const NodeRef part : points.children()) {
            const bool is_later = part.key() == "both";
            findings_.error_at_key(part, {is_later ? DiagnosticCode::not_yet_supported : DiagnosticCode::unknown_key,
                                          is_later ? finding::not_yet_supported(part.key()) : finding::unknown_key(part.key())});
        }
        if (points.child_count() == 0) findings_.error(points, {DiagnosticCode::empty, finding::how_many_points()});
    }
}

std::optional<Give> Compiler::compile_discount(NodeRef node) {
    if (node.is_scalar()) return take(node, parse_discount(node.text(), currency_));
    const Fields fields{keys::discount, node, findings_};
    const auto scale = fields.get("scale");
    return scale ? compile_scale(*scale) : std::nullopt;
}

std::optional<Give> Compiler::compile_scale(NodeRef node) {
    const Fields fields{keys::scale, node, findings_};
    const auto by = fields.get("by");
    const auto steps = fields.get("steps");
    const auto over = fields.get("over");
    if (!by || !steps) return std::nullopt;
    const std::span<const std::string_view> known = find_key(keys::scale, "by")->choices;
    if (std::find(known.begin(), known.end(), by->text()) == known.end()) {
        report_choice(*by, known);
        return std::nullopt;
    }
    DiscountScale scale;
    scale.by_receipt = by->text() == "receipt";
    std::optional<QuantityUnit> unit;
    const bool are_good = compile_scale_steps(*steps, by->text(), scale, unit);
    if (scale.by_receipt) {
        if (over) {
            findings_.error_at_key(*over, {DiagnosticCode::bad_window, finding::over_of_receipt(), hint::leave_it_out()});
        }
        return are_good ? std::optional<Give>{scale} : std::nullopt;
    }
    if (!over) {
        if (!fields.has("over")) {
            findings_.error(node, {DiagnosticCode::missing_key, finding::missing_key("over"), hint::over_which_time()});
        }
        return std::nullopt;
    }
    const auto window = take(*over, parse_window(over->text()));
    if (!window || !are_good) return std::nullopt;
    const Counter counter{.measure = *from_name<Measure>(by->text()), .unit = unit.value_or(QuantityUnit::piece)};
    scale.window = register_window(node, counter, *window);
    return scale;
}

bool Compiler::compile_scale_steps(NodeRef steps, std::string_view by, DiscountScale& scale, std::optional<QuantityUnit>& unit) {
    if (!check_entry_count(steps, limits::scale_steps)) return false;
    if (steps.child_count() == 0) {
        findings_.error(steps, {DiagnosticCode::empty, finding::no_steps(), hint::like_steps()});
        return false;
    }
    const Counter counter{.measure = by == "receipt" ? Measure::spend : *from_name<Measure>(by)};
    const ValueParser parser = value_parser(counter, unit);
    bool are_good = true;
    const Fields fields{keys::steps, steps, findings_};
    for (const NodeRef step : fields.others()) {
        const auto from = parser(step.key());
        if (!from) findings_.error_at_key(step, from.error());
        const auto rate = take(step, parse_percent(step.text()));
        if (!from || !rate) {
            are_good = false;
            continue;
        }
        if (!scale.steps.empty() && *from <= scale.steps.back().from) {
            findings_.error_at_key(step,
                                   {DiagnosticCode::steps_not_ascending, finding::step_not_ascending(), hint::steps_from_lowest()});
            are_good = false;
        }
        scale.steps.push_back({*from, *rate});
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

namespace {

/// `day` is the calendar day, `calendar year` says so, `6 months` rolls; all but the last start anew for everybody at once.
Parsed<Window> parse_limit_window(const std::string& text, const Sentence<>& advice) {
    const bool is_short = split_words(text).size() == 1 && text != "ever";
    auto window = parse_window(is_short ? "calendar " + text : text);
    if (!window && window.error().code == DiagnosticCode::bad_window) {
        return Unexpected<Fault>{Fault{DiagnosticCode::bad_limit, finding::not_a_limit_window(text), advice()}};
    }
    return window;
}

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
    if (words.size() != 2 && (words.size() < 4 || words[2] != "per")) return bad(finding::not_a_budget(node.text()));
    Pool pool{.offer = static_cast<std::uint32_t>(plan_.offers.size())};
    if (words.size() > 2) {
        const auto window = take(node, parse_limit_window(rest_of(words, 3), hint::like_budget));
        if (!window) return;
        if (window->kind == WindowKind::rolling) return bad(finding::budget_rolls());
        pool.window = *window;
    }
    const Give& give = offer.give;
    const bool gives_points = std::holds_alternative<PointsPerAmount>(give) || std::holds_alternative<PointsPerQuantity>(give) ||
                              std::holds_alternative<PointsFixed>(give) || std::holds_alternative<PointsMultiplied>(give);
    const bool names_unit = std::find(unit_names_.begin(), unit_names_.end(), words[1]) != unit_names_.end();
    if (names_unit) {
        if (!gives_points || plan_.units[offer.unit].id != words[1]) return bad(finding::budget_of_other_unit(words[1]));
        const auto count = take(node, parse_positive_count(words[0]));
        if (!count) return;
        pool.kind = PoolKind::points;
        pool.total = *count;
    } else {
        const auto money = take(node, parse_money(std::string{words[0]} + " " + std::string{words[1]}, currency_));
        if (!money) return;
        if (gives_points) return bad(finding::budget_is_money());
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
