#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

Parsed<std::optional<Allowance>> parse_allowance(std::string_view text) {
    if (const auto is_had = parse_yes_no(text)) return *is_had ? std::optional{Allowance{}} : std::optional<Allowance>{};
    const auto words = split_words(text);
    const auto count = words.empty() ? Parsed<std::int64_t>{Unexpected<Fault>{Fault{}}} : parse_positive_count(words[0]);
    const bool is_of_form = count && (words.size() == 1 || (words.size() >= 3 && words[1] == "per"));
    if (!is_of_form) {
        return Unexpected<Fault>{Fault{DiagnosticCode::bad_limit, finding::not_an_allowance(text), hint::like_allowance()}};
    }
    Allowance allowance{.count = *count, .window = {}};
    if (words.size() == 1) return std::optional{allowance};
    std::string rest;
    for (std::size_t i = 2; i < words.size(); ++i) rest += (i > 2 ? " " : "") + std::string{words[i]};
    const auto window = parse_limit_window(rest, hint::like_allowance);
    if (!window) return Unexpected<Fault>{window.error()};
    allowance.window = *window;
    return std::optional{allowance};
}

void Compiler::compile_resource(const Fields& fields, Benefit& benefit) {
    const auto resource = fields.get("resource");
    if (resource) benefit.resource = take(*resource, parse_link(resource->text())).value_or("");
    if (const auto lives = fields.get("token_lives")) {
        benefit.token_seconds = take(*lives, parse_lifetime(lives->text())).value_or(benefit.token_seconds);
        if (!fields.has("resource"))
            findings_.error(*lives, {DiagnosticCode::missing_key, finding::token_for_nothing(), hint::name_the_resource()});
    }
    if (resource && fields.has("kind") && benefit.kind != BenefitKind::access) {
        findings_.error(*resource, {DiagnosticCode::condition_not_allowed, finding::resource_of_no_access(), hint::access_opens()});
    }
}

void Compiler::compile_benefit(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::benefit, node, findings_, &level_names_};
    Benefit benefit;
    benefit.id = node.key();
    benefit.clause = "7." + std::to_string(plan_.benefits.size() + 1);
    if (const auto kind = fields.get("kind")) benefit.kind = choice<BenefitKind>(*kind).value_or(benefit.kind);
    benefit.is_material = is_material(benefit.kind);
    if (const auto material = fields.get("material")) {
        benefit.is_material = take(*material, parse_yes_no(material->text())).value_or(benefit.is_material);
    }
    if (const auto title = fields.get("title")) benefit.title = localised(*title);
    if (const auto cost = fields.get("cost")) benefit.cost = take(*cost, parse_money(cost->text(), currency_));
    if (const auto partner = fields.get("partner"); partner && check_word(*partner, partner->text(), false)) {
        benefit.partner = partner->text();
    }
    if (benefit.kind == BenefitKind::partner && !fields.has("partner")) {
        findings_.error(node, {DiagnosticCode::missing_key, finding::no_partner_named(), hint::name_the_partner()});
    }
    if (const auto lasts = fields.get("lasts")) benefit.lasts = take(*lasts, parse_period(lasts->text(), false));
    if (const auto book = fields.get("book")) benefit.is_booked = take(*book, parse_yes_no(book->text())).value_or(false);
    if (const auto keeps = fields.get("keeps")) benefit.keeps = take(*keeps, parse_period(keeps->text(), false));
    compile_resource(fields, benefit);
    if (const auto members = fields.get("members")) {
        benefit.everybody = take(*members, parse_allowance(members->text())).value_or(std::nullopt);
    }
    benefit.by_level.assign(plan_.levels.size(), benefit.everybody);
    for (const NodeRef level : fields.others()) {
        const auto index = level_named(level, level.key());
        const auto allowance = take(level, parse_allowance(level.text()));
        if (index && allowance) benefit.by_level[*index] = *allowance;
    }
    // What nobody has of it by right may still be granted by hand, or given by an offer; but then the document says so.
    if (!fields.has("members") && fields.others().empty() && !fields.has_refused()) {
        findings_.error(node, {DiagnosticCode::missing_key, finding::benefit_for_nobody(), hint::name_who_has_it()});
    }
    plan_.benefits.push_back(std::move(benefit));
}

}  // namespace suki::programme
