#include <algorithm>

#include "base/limits.h"
#include "catalogue/catalogue.h"
#include "programme/compiler.h"

namespace suki::programme {

namespace {

/// What could be mistaken for the key's own punctuation is written as %XX, so that no two filters share a name.
std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string safe;
    for (const char c : text) {
        if (std::string_view{"%|=;()[]"}.find(c) == std::string_view::npos) {
            safe += c;
            continue;
        }
        safe += '%';
        safe += digits[static_cast<unsigned char>(c) >> 4];
        safe += digits[static_cast<unsigned char>(c) & 0xf];
    }
    return safe;
}

void append_filter(std::string& text, std::string_view name, std::vector<std::string> values) {
    if (values.empty()) return;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (!text.empty()) text += ';';
    text += std::string{name} + "=";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : "|") + escaped(values[i]);
}

}  // namespace

std::string counter_key(const Counter& counter) {
    std::string text{name_of(counter.measure)};
    if (counter.measure == Measure::uses) return text + "[" + escaped(counter.offer) + "]";
    if (counter.measure == Measure::quantity) text += "[" + std::string{name_of(counter.unit)} + "]";
    std::string filters;
    append_filter(filters, "sku", counter.lines.skus);
    append_filter(filters, "category", counter.lines.categories);
    append_filter(filters, "brand", counter.lines.brands);
    append_filter(filters, "batch", counter.lines.batches);
    append_filter(filters, "tag", counter.lines.tags);
    return filters.empty() ? text : text + "(" + filters + ")";
}

std::optional<std::uint32_t> Compiler::find_window(Counter counter, const Window& window) const {
    counter.key = counter_key(counter);
    if (counter.measure == Measure::points && counter.points_unit < plan_.units.size()) {
        counter.key += "[" + plan_.units[counter.points_unit].id + "]";
    }
    const auto named = counters_by_key_.find(counter.key);
    if (named == counters_by_key_.end()) return std::nullopt;
    const auto found = windows_by_text_.find({named->second, window_text(window)});
    if (found == windows_by_text_.end()) return std::nullopt;
    return found->second;
}

std::uint32_t Compiler::register_window(NodeRef at, Counter counter, const Window& window) {
    counter.key = counter_key(counter);
    if (counter.measure == Measure::points && counter.points_unit < plan_.units.size()) {
        counter.key += "[" + plan_.units[counter.points_unit].id + "]";
    }
    const auto [named, is_new] = counters_by_key_.try_emplace(counter.key, static_cast<std::uint32_t>(plan_.counters.size()));
    if (is_new) {
        plan_.counters.push_back(std::move(counter));
    }
    const auto [found, is_new_window] =
        windows_by_text_.try_emplace({named->second, window_text(window)}, static_cast<std::uint32_t>(plan_.windows.size()));
    if (!is_new_window) return found->second;
    plan_.windows.push_back({.counter = named->second, .window = window});
    // Uses are bounded by the offers and their limits; only what is read from purchases costs time with every receipt.
    if (plan_.counters[named->second].measure != Measure::uses && ++figures_ == limits::counters_per_programme + 1) {
        findings_.error(
            at, {DiagnosticCode::too_many, finding::too_many_figures(limits::counters_per_programme), hint::what_is_one_figure()});
    }
    return found->second;
}

ValueParser Compiler::value_parser(const Counter& counter, std::optional<QuantityUnit>& unit) const {
    switch (counter.measure) {
        case Measure::spend:
            return [this](std::string_view text) -> Parsed<std::int64_t> {
                const auto money = parse_money(text, currency_);
                if (!money) return Unexpected<Fault>{money.error()};
                return money->minor();
            };
        case Measure::quantity:
            return [&unit](std::string_view text) -> Parsed<std::int64_t> {
                const auto quantity = parse_quantity(text, true);
                if (!quantity) return Unexpected<Fault>{quantity.error()};
                if (unit && *unit != quantity->unit) {
                    return Unexpected<Fault>{
                        Fault{DiagnosticCode::bad_quantity, finding::mixed_units_of_goods(), hint::one_unit_of_goods()}};
                }
                unit = quantity->unit;
                return quantity->milli;
            };
        case Measure::visits:
        case Measure::purchases:
        case Measure::points:
        case Measure::uses: break;
    }
    return [](std::string_view text) { return parse_count(text); };
}

std::optional<Counter> Compiler::compile_counter(const Fields& fields) {
    Counter counter;
    std::size_t named = 0;
    bool is_good = true;
    const auto take_filter = [&](NodeRef node, bool takes_category) {
        if (node.is_map()) {
            const auto lines = compile_line_filter(node);
            if (lines)
                counter.lines = *lines;
            else
                is_good = false;
        } else if (takes_category && node.text() != "all") {
            counter.lines.categories = {std::string{node.text()}};
        } else if (node.text() != "all") {
            findings_.error(node,
                            {DiagnosticCode::not_a_choice, finding::not_what_is_counted(node.text()), hint::all_or_which_lines()});
        }
    };
    for (const std::string_view key : {"spend", "spend_on", "quantity_of", "visits", "purchases", "points"}) {
        if (!fields.has(key)) continue;
        ++named;
        const auto node = fields.get(key);
        if (!node) {
            is_good = false;
        } else if (key == "spend") {
            counter.measure = Measure::spend;
            take_filter(*node, false);
        } else if (key == "spend_on") {
            counter.measure = Measure::spend;
            counter.lines.categories = texts_of(*node, limits::text_bytes);
        } else if (key == "quantity_of") {
            counter.measure = Measure::quantity;
            take_filter(*node, true);
        } else if (key == "points") {
            counter.measure = Measure::points;
            const auto unit = unit_named(*node, node->text());
            if (unit)
                counter.points_unit = *unit;
            else
                is_good = false;
        } else {
            counter.measure = key == "visits" ? Measure::visits : Measure::purchases;
            if (node->text() != "all") report_choice(*node, find_key(keys::counter, key)->choices);
        }
    }
    for (const std::string& category : counter.lines.categories) {
        if (catalogue::is_valid_category(category)) continue;
        findings_.error(fields.node(), {DiagnosticCode::bad_category, finding::not_a_category(category), hint::like_category()});
        is_good = false;
    }
    if (named == 1) return is_good ? std::optional{counter} : std::nullopt;
    if (named > 1) {
        findings_.error(fields.node(), {DiagnosticCode::several_gives, finding::counts_several(), hint::keep_one_measure()});
    } else {
        findings_.error(fields.node(), {DiagnosticCode::missing_key, finding::counts_nothing(), hint::one_measure()});
    }
    return std::nullopt;
}

void Compiler::take_lines(const Fields& fields, LineFilter& lines) {
    const auto take_texts = [&](std::string_view key, std::vector<std::string>& into) {
        if (const auto node = fields.get(key)) {
            into = texts_of(*node, key == "category" ? limits::text_bytes : limits::code_bytes);
        }
    };
    take_texts("sku", lines.skus);
    take_texts("brand", lines.brands);
    take_texts("batch", lines.batches);
    take_texts("tag", lines.tags);
    const auto category = fields.get("category");
    if (!category) return;
    for (const NodeRef node : scalars_of(*category)) {
        if (catalogue::is_valid_category(node.text())) {
            lines.categories.emplace_back(node.text());
        } else {
            findings_.error(node, {DiagnosticCode::bad_category, finding::not_a_category(node.text()), hint::like_category()});
        }
    }
}

std::optional<LineFilter> Compiler::compile_line_filter(NodeRef node) {
    const Fields fields{keys::line_filter, node, findings_};
    LineFilter lines;
    take_lines(fields, lines);
    if (lines.is_all()) {
        if (node.child_count() == 0) {
            findings_.error(node, {DiagnosticCode::empty, finding::which_lines(), hint::name_lines()});
        }
        return std::nullopt;
    }
    return lines;
}

std::vector<NodeRef> Compiler::scalars_of(NodeRef node) {
    std::vector<NodeRef> scalars;
    if (node.is_scalar()) {
        scalars.push_back(node);
        return scalars;
    }
    if (node.child_count() == 0) {
        findings_.error(node, {DiagnosticCode::empty, finding::list_is_empty(), hint::write_or_leave_out()});
    }
    if (node.child_count() > limits::values_per_condition) {
        findings_.error(node, {DiagnosticCode::too_many, finding::too_many_values(limits::values_per_condition)});
        return scalars;
    }
    for (const NodeRef child : node.children()) {
        if (has_right_shape(child, Kind::text, findings_)) scalars.push_back(child);
    }
    return scalars;
}

std::optional<std::string> Compiler::text_of(NodeRef node, std::size_t bytes_max) {
    if (node.text().size() > bytes_max) {
        findings_.error(node, {DiagnosticCode::bad_text, finding::text_too_long(static_cast<std::int64_t>(bytes_max))});
        return std::nullopt;
    }
    return std::string{node.text()};
}

std::string Compiler::text_or_empty(const Fields& fields, std::string_view key, std::size_t bytes_max) {
    const auto node = fields.get(key);
    return node ? text_of(*node, bytes_max).value_or(std::string{}) : std::string{};
}

std::vector<std::string> Compiler::texts_of(NodeRef node, std::size_t bytes_max) {
    std::vector<std::string> texts;
    for (const NodeRef scalar : scalars_of(node)) {
        if (const auto text = text_of(scalar, bytes_max)) texts.push_back(*text);
    }
    return texts;
}

bool Compiler::check_language(NodeRef node) {
    // With no language at all the list of them is wrong, and that was said.
    if (languages_.empty() || languages_.contains(node.key())) return true;
    const std::vector<std::string_view> known(languages_.begin(), languages_.end());
    Message advice = did_you_mean(node.key(), known);
    if (advice.is_empty()) advice = hint::list_language();
    findings_.error_at_key(node, {DiagnosticCode::unknown_language, finding::not_own_language(node.key()), std::move(advice)});
    return false;
}

LocalisedText Compiler::localised(NodeRef node) {
    LocalisedText text;
    if (node.is_scalar()) {
        text.any = node.text();
        return text;
    }
    for (const NodeRef child : node.children()) {
        if (!has_right_shape(child, Kind::text, findings_)) continue;
        if (!check_language(child)) continue;
        text.languages.emplace_back(child.key(), child.text());
    }
    std::sort(text.languages.begin(), text.languages.end());
    if (text.languages.empty() && node.child_count() == 0) {
        findings_.error(node, {DiagnosticCode::empty, finding::text_is_empty(), hint::in_each_language()});
        return text;
    }
    for (const std::string& language : plan_.languages) {
        const bool stands_here = [&] {
            for (const NodeRef child : node.children()) {
                if (child.key() == language) return true;
            }
            return false;
        }();
        if (!stands_here) {
            findings_.warning(node, {DiagnosticCode::text_missing, finding::text_missing(language)});
        }
    }
    return text;
}

CountedText Compiler::counted(NodeRef node) {
    CountedText text;
    for (const NodeRef child : node.children()) {
        if (!check_language(child) || !has_right_shape(child, Kind::map, findings_)) continue;
        const Fields fields{keys::counted, child, findings_};
        CountedText::Forms forms;
        for (std::size_t i = 0; i < forms.size(); ++i) {
            if (const auto form = fields.get(all_names<PluralForm>()[i])) forms[i] = form->text();
        }
        text.languages.emplace_back(child.key(), std::move(forms));
    }
    std::sort(text.languages.begin(), text.languages.end());
    return text;
}

/// A unit with a name of its own can be named beside a number only where the forms of the plural are known; in languages that need
/// no more than two, the title serves for all numbers but 1.
void Compiler::check_counted(NodeRef node, const Unit& unit) {
    if (unit.title.is_empty()) return;
    for (const std::string& language : plan_.languages) {
        const CountedText::Forms* forms = unit.counted.in(language);
        const std::vector<PluralForm> wanted = plural_forms(language);
        if (forms == nullptr && wanted.size() <= 2) continue;
        std::string missing;
        for (const PluralForm form : wanted) {
            if (forms != nullptr && !(*forms)[static_cast<std::size_t>(form)].empty()) continue;
            missing += (missing.empty() ? "" : ", ") + std::string{name_of(form)} + ": …";
        }
        if (missing.empty()) continue;
        findings_.warning(node, {DiagnosticCode::text_missing, finding::unit_not_counted(unit.id, language),
                                 hint::write_counted(language, missing)});
    }
}

std::optional<std::uint32_t> Compiler::unit_named(NodeRef at, std::string_view name) {
    for (std::size_t i = 0; i < plan_.units.size(); ++i) {
        if (plan_.units[i].id == name) return static_cast<std::uint32_t>(i);
    }
    findings_.error(at, {DiagnosticCode::unknown_unit, finding::not_own_unit(name), did_you_mean(name, unit_names_)});
    return std::nullopt;
}

std::optional<std::uint32_t> Compiler::level_named(NodeRef at, std::string_view name) {
    for (std::size_t i = 0; i < plan_.levels.size(); ++i) {
        if (plan_.levels[i].id == name) return static_cast<std::uint32_t>(i);
    }
    std::vector<std::string_view> known;
    for (const Level& level : plan_.levels) known.emplace_back(level.id);
    findings_.error(at, {DiagnosticCode::unknown_level, finding::not_own_level(name), did_you_mean(name, known)});
    return std::nullopt;
}

std::vector<std::uint32_t> Compiler::levels_named(NodeRef node) {
    constexpr std::string_view kAtLeast = "at least ";
    std::vector<bool> is_named(plan_.levels.size());
    for (const NodeRef name : scalars_of(node)) {
        const bool is_at_least = name.text().starts_with(kAtLeast);
        const auto index = level_named(name, is_at_least ? name.text().substr(kAtLeast.size()) : name.text());
        if (!index) continue;
        const std::size_t last = is_at_least ? plan_.levels.size() : *index + 1;
        for (std::size_t each = *index; each < last; ++each) is_named[each] = true;
    }
    std::vector<std::uint32_t> levels;
    for (std::uint32_t each = 0; each < is_named.size(); ++each) {
        if (is_named[each]) levels.push_back(each);
    }
    return levels;
}

bool Compiler::check_word(NodeRef at, std::string_view word, bool is_key) {
    if (is_word(word)) return true;
    Fault fault{DiagnosticCode::bad_key, finding::not_a_name(word), hint::form_of_names(limits::key_bytes)};
    if (is_key)
        findings_.error_at_key(at, std::move(fault));
    else
        findings_.error(at, std::move(fault));
    return false;
}

bool Compiler::check_entry_count(NodeRef node, std::size_t most) {
    if (node.child_count() <= most) return true;
    findings_.error(node, {DiagnosticCode::too_many, finding::too_many_here(static_cast<std::int64_t>(node.child_count())),
                           hint::at_most(static_cast<std::int64_t>(most))});
    return false;
}

void Compiler::report_choice(NodeRef node, std::span<const std::string_view> known) {
    Message advice = did_you_mean(node.text(), {known.begin(), known.end()});
    if (advice.is_empty()) {
        std::vector<std::string> choices;
        for (const std::string_view one : known) choices.push_back(in_quotes(one));
        advice = hint::one_of(std::move(choices));
    }
    findings_.error(node, {DiagnosticCode::not_a_choice, finding::not_a_choice(node.text()), std::move(advice)});
}

}  // namespace suki::programme
