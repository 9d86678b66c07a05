#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_gifts(NodeRef node) {
    // Any of them may stand in for any other, whichever comes first.
    for (const NodeRef gift : node.children()) gift_names_.push_back(gift.key());
    for (const NodeRef child : node.children()) {
        if (!check_word(child, child.key(), true) || !has_right_shape(child, Kind::map, findings_)) continue;
        Gift gift;
        gift.id = child.key();
        gift.clause = "8." + std::to_string(plan_.gifts.size() + 1);
        compile_gift(child, gift);
        plan_.gifts.push_back(std::move(gift));
    }
}

void Compiler::compile_gift(NodeRef node, Gift& gift) {
    const Fields fields{keys::gift, node, findings_};
    if (const auto title = fields.get("title")) gift.title = localised(*title);
    if (const auto value = fields.get("value")) gift.value = take(*value, parse_money(value->text(), currency_));
    if (const auto cost = fields.get("cost")) gift.cost = take(*cost, parse_money(cost->text(), currency_));
    gift.sku = text_or_empty(fields, "sku", limits::key_bytes);
    if (const auto partner = fields.get("partner"); partner && check_word(*partner, partner->text(), false)) {
        gift.partner = partner->text();
    }
    if (const auto stock = fields.get("stock")) compile_gift_stock(*stock, gift);
    if (const auto held = fields.get("held")) gift.held = take(*held, parse_period(held->text(), false)).value_or(gift.held);
    if (const auto instead = fields.get("instead")) {
        for (const NodeRef name : scalars_of(*instead)) {
            if (std::find(gift_names_.begin(), gift_names_.end(), name.text()) == gift_names_.end()) {
                findings_.error(name, {DiagnosticCode::unknown_gift, finding::not_own_gift(name.text()),
                                       did_you_mean(name.text(), gift_names_)});
            } else if (name.text() == gift.id) {
                findings_.error(name, {DiagnosticCode::unknown_gift, finding::gift_instead_of_itself()});
            } else {
                gift.substitutes.emplace_back(name.text());
            }
        }
    }
}

void Compiler::compile_gift_stock(NodeRef node, Gift& gift) {
    if (node.text() == "by store") return;
    if (const auto is_counted = parse_yes_no(node.text())) {
        if (!*is_counted) gift.stocked = GiftStocked::always;
        return;
    }
    const auto count = parse_positive_count(node.text());
    if (!count) {
        findings_.error(node, {DiagnosticCode::bad_number, finding::not_a_stock(node.text()), hint::like_stock()});
        return;
    }
    gift.stocked = GiftStocked::in_all;
    gift.stock = *count;
}

void Compiler::compile_gift_price(const Fields& fields, NodeRef node) {
    for (const std::string_view key : {"at_least", "step", "up_to", "not"}) {
        if (const auto only = fields.get(key)) {
            findings_.error(*only, {DiagnosticCode::mixed_spending, finding::not_of_gifts(key), hint::leave_it_out()});
        }
    }
    GiftPrice price;
    price.id = node.key();
    price.clause = "5." + std::to_string(plan_.pay.size() + plan_.gift_prices.size() + 1);
    const auto gift = index_of_gift(*fields.get("gift"));
    const NodeRef points = fields.others().front();
    const auto unit = unit_named(points, points.key());
    const auto count = take(points, parse_positive_count(points.text()));
    if (const auto money = fields.get("money")) {
        price.money = take(*money, parse_money(money->text(), currency_)).value_or(Money{});
    }
    if (const auto level = fields.get("level")) price.levels = levels_named(*level);
    if (const auto limit = fields.get("limit")) price.limit = compile_gift_limit(*limit);
    if (!gift || !unit || !count) return;
    price.gift = *gift;
    price.unit = *unit;
    price.points = *count;
    plan_.gift_prices.push_back(std::move(price));
}

/// `1 per member`, `2 per member per calendar year`.
std::optional<Allowance> Compiler::compile_gift_limit(NodeRef node) {
    const auto words = split_words(node.text());
    const bool has_window = words.size() >= 5 && words[3] == "per";
    const bool is_of_form = words.size() >= 3 && words[1] == "per" && words[2] == "member" && (words.size() == 3 || has_window);
    const auto count = is_of_form ? parse_positive_count(words[0]) : Parsed<std::int64_t>{Unexpected<Fault>{Fault{}}};
    if (!count) {
        findings_.error(node, {DiagnosticCode::bad_limit, finding::not_a_limit(node.text()), hint::like_gift_limit()});
        return std::nullopt;
    }
    Allowance limit{.count = *count, .window = {}};
    if (!has_window) return limit;
    std::string rest;
    for (std::size_t i = 4; i < words.size(); ++i) rest += (i > 4 ? " " : "") + std::string{words[i]};
    const auto window = take(node, parse_limit_window(rest, hint::like_gift_limit));
    if (!window) return std::nullopt;
    limit.window = *window;
    return limit;
}

std::optional<std::uint32_t> Compiler::index_of_gift(NodeRef node) {
    for (std::uint32_t i = 0; i < plan_.gifts.size(); ++i) {
        if (plan_.gifts[i].id == node.text()) return i;
    }
    findings_.error(node,
                    {DiagnosticCode::unknown_gift, finding::not_own_gift(node.text()), did_you_mean(node.text(), gift_names_)});
    return std::nullopt;
}

std::optional<std::uint32_t> Compiler::index_of_benefit(NodeRef node) {
    std::vector<std::string_view> known;
    for (std::uint32_t i = 0; i < plan_.benefits.size(); ++i) {
        if (plan_.benefits[i].id == node.text()) return i;
        known.emplace_back(plan_.benefits[i].id);
    }
    findings_.error(node,
                    {DiagnosticCode::unknown_benefit, finding::not_own_benefit(node.text()), did_you_mean(node.text(), known)});
    return std::nullopt;
}

}  // namespace suki::programme
