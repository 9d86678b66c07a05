#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_trade_in(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::trade_in, node, findings_};
    TradeIn entry;
    entry.id = node.key();
    entry.clause = "12." + std::to_string(plan_.trade_ins.size() + 1);
    entry.department = entry.id;
    if (const auto title = fields.get("title")) entry.title = localised(*title);
    if (const auto department = fields.get("department"); department && check_word(*department, department->text(), false)) {
        entry.department = department->text();
    }
    if (const auto valid = fields.get("offer_valid")) {
        entry.offer_valid = take(*valid, parse_period(valid->text(), false)).value_or(entry.offer_valid);
    }
    // Things handed in are limited as gifts are, and by the same words.
    if (const auto limit = fields.get("limit")) entry.limit = compile_gift_limit(*limit);
    if (const auto consignment = fields.get("consignment")) {
        const Fields terms{keys::consignment, *consignment, findings_};
        if (const auto share = terms.get("share")) {
            entry.share = take(*share, parse_percent(share->text()));
            if (entry.share && entry.share->numerator == 0) {
                findings_.error(*share, {DiagnosticCode::out_of_range, finding::credit_of_nothing()});
            }
        }
    }
    const auto at = fields.get("unit");
    const auto unit = at ? unit_named(*at, at->text()) : std::nullopt;
    if (!unit) return;
    entry.unit = *unit;
    if (plan_.units[*unit].worth.numerator == 0) {
        findings_.error(*at,
                        {DiagnosticCode::missing_key, finding::credit_without_worth(plan_.units[*unit].id), hint::write_worth()});
        return;
    }
    if (const auto prices = fields.get("prices"); prices && check_entry_count(*prices, limits::articles_per_trade_in)) {
        compile_trade_in_prices(*prices, entry);
    }
    plan_.trade_ins.push_back(std::move(entry));
}

void Compiler::compile_trade_in_prices(NodeRef node, TradeIn& entry) {
    const Unit& unit = plan_.units[entry.unit];
    for (const NodeRef article : node.children()) {
        if (!check_word(article, article.key(), true) || !has_right_shape(article, Kind::map, findings_)) continue;
        if (!check_entry_count(article, limits::grades_per_article)) continue;
        const Fields grades{keys::trade_in_grades, article, findings_};
        for (const NodeRef grade : grades.others()) {
            if (!check_word(grade, grade.key(), true)) continue;
            const auto price = take(grade, parse_money(grade.text(), currency_));
            if (!price) continue;
            if (price->is_zero()) {
                findings_.error(grade, {DiagnosticCode::out_of_range, finding::credit_of_nothing()});
                continue;
            }
            const __int128 wanted = static_cast<__int128>(price->minor()) * unit.worth.denominator;
            const __int128 points = wanted / unit.worth.numerator;
            if (wanted % unit.worth.numerator != 0) {
                findings_.error(grade, {DiagnosticCode::points_step_is_not_whole_money,
                                        finding::credit_not_whole(grade.text(), unit.id), hint::whole_credit()});
            } else if (points > kCountMax) {
                findings_.error(grade, {DiagnosticCode::out_of_range, finding::too_much(grade.text())});
            } else {
                entry.prices.push_back({.article = std::string{article.key()},
                                        .grade = std::string{grade.key()},
                                        .price = *price,
                                        .points = static_cast<std::int64_t>(points)});
            }
        }
    }
}

}  // namespace suki::programme
