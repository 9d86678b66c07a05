#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_cards(NodeRef node) {
    const Fields fields{keys::cards, node, findings_};
    if (const auto number = fields.get("number")) compile_card_numbers(*number);
    if (const auto bearer = fields.get("bearer")) plan_.cards.bearer = choice<BearerCards>(*bearer).value_or(plan_.cards.bearer);
    const auto categories = fields.get("categories");
    if (!categories || !check_entry_count(*categories, limits::card_categories_per_programme)) return;
    for (const NodeRef category : categories->children()) {
        if (!check_word(category, category.key(), true) || !has_right_shape(category, Kind::map, findings_)) continue;
        if (from_name<CardKind>(category.key())) {
            findings_.error_at_key(category, {DiagnosticCode::bad_key, finding::card_name_taken(category.key())});
            continue;
        }
        const Fields said{keys::card_category, category, findings_};
        CardCategory made{.id = std::string{category.key()}, .title = {}};
        if (const auto title = said.get("title")) made.title = localised(*title);
        plan_.cards.categories.push_back(std::move(made));
    }
}

void Compiler::compile_card_numbers(NodeRef node) {
    const Fields fields{keys::card_number, node, findings_};
    CardNumbers numbers;
    bool is_good = true;
    if (const auto check = fields.get("check")) numbers.check = choice<CheckDigit>(*check).value_or(numbers.check);
    if (const auto prefix = fields.get("prefix")) {
        numbers.prefix = prefix->text();
        is_good = std::all_of(numbers.prefix.begin(), numbers.prefix.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!is_good) {
            findings_.error(*prefix, {DiagnosticCode::bad_number, finding::not_digits(prefix->text()), hint::digits_only()});
        }
    }
    const auto digits = fields.get("digits");
    const auto count = digits ? take(*digits, parse_count(digits->text())) : std::nullopt;
    if (!count) return;
    if (*count < kCardDigitsMin || *count > kCardDigitsMax) {
        findings_.error(*digits, {DiagnosticCode::out_of_range, finding::card_digits(kCardDigitsMin, kCardDigitsMax)});
        return;
    }
    numbers.digits = static_cast<int>(*count);
    if (!is_good) return;
    const int free = free_digits(numbers);
    if (free < kCardFreeDigitsMin || free > kCardFreeDigitsMax) {
        findings_.error(
            *digits, {DiagnosticCode::out_of_range,
                      finding::card_digits_free(std::max(free, 0), kCardFreeDigitsMin, kCardFreeDigitsMax), hint::what_is_free()});
        return;
    }
    plan_.cards.numbers = std::move(numbers);
}

std::optional<CardShown> Compiler::card_named(NodeRef at, std::string_view name) {
    if (const auto kind = from_name<CardKind>(name)) return CardShown{.kind = *kind, .category = {}};
    for (const CardCategory& category : plan_.cards.categories) {
        if (category.id == name) return CardShown{.kind = CardKind::category, .category = category.id};
    }
    std::vector<std::string_view> known(all_names<CardKind>().begin(), all_names<CardKind>().end());
    for (const CardCategory& category : plan_.cards.categories) known.emplace_back(category.id);
    report_choice(at, known);
    return std::nullopt;
}

void Compiler::compile_card_condition(NodeRef node, Offer& offer) {
    CardCondition card;
    const std::vector<CardCategory>& ranks = plan_.cards.categories;
    std::vector<bool> is_named(ranks.size());
    for (const NodeRef name : scalars_of(node)) {
        constexpr std::string_view kAtLeast = "at least ";
        const bool is_at_least = name.text().starts_with(kAtLeast);
        const auto shown = card_named(name, is_at_least ? name.text().substr(kAtLeast.size()) : name.text());
        if (!shown) continue;
        if (shown->category.empty()) {
            if (is_at_least) {
                findings_.error(name, {DiagnosticCode::bad_comparison, finding::kinds_have_no_order(name_of(shown->kind))});
            } else {
                card.any_of.push_back(shown->kind);
            }
            continue;
        }
        const auto first = std::find_if(ranks.begin(), ranks.end(), [&](const CardCategory& r) { return r.id == shown->category; });
        const auto index = static_cast<std::size_t>(first - ranks.begin());
        for (std::size_t each = index; each < (is_at_least ? ranks.size() : index + 1); ++each) is_named[each] = true;
    }
    const bool is_any_category = std::find(card.any_of.begin(), card.any_of.end(), CardKind::category) != card.any_of.end();
    for (std::size_t each = 0; each < ranks.size(); ++each) {
        if (is_named[each] && !is_any_category) card.categories.push_back(ranks[each].id);
    }
    if (!card.any_of.empty() || !card.categories.empty()) offer.conditions.emplace_back(std::move(card));
}

}  // namespace suki::programme
