#include "programme/compile.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/currency.h"
#include "base/digest.h"
#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

Result<Compiled, Diagnostics> compile(std::string_view source, const ZoneLoader& zones, int semantics) {
    const ReadDocument read = read_document(source);
    Findings findings;
    for (const Diagnostic& finding : read.findings) findings.add(finding);
    if (!read.is_whole) return Unexpected{findings.in_order()};
    Compiler compiler{zones, semantics, findings};
    compiler.compile_document(read.document.root());
    if (findings.has_errors()) return Unexpected{findings.in_order()};
    Plan& plan = compiler.plan();
    plan.document = source;
    plan.document_hash = to_hex(sha256(source));
    return Compiled{std::make_shared<const Plan>(std::move(plan)), findings.in_order()};
}

void Compiler::compile_document(NodeRef root) {
    if (!root.is_map()) {
        findings_.error(root, {DiagnosticCode::wrong_type, finding::programme_is_a_map(), hint::start_with_version()});
        return;
    }
    const Fields document{keys::document, root, findings_};
    if (const auto version = document.get("suki"); version && version->text() != "1") {
        findings_.error(*version,
                        {DiagnosticCode::unknown_version, finding::unknown_version(version->text()), hint::write_version()});
    }
    compile_place_and_time(document);
    compile_languages(document);
    compile_header(document);
    if (const auto units = document.get("units")) compile_units(*units);
    if (const auto levels = document.get("levels")) compile_levels(*levels);
    if (const auto cards = document.get("cards")) compile_cards(*cards);
    if (const auto household = document.get("household")) compile_household(*household);
    if (const auto benefits = document.get("benefits"); benefits && check_entry_count(*benefits, limits::benefits_per_programme)) {
        for (const NodeRef benefit : benefits->children()) compile_benefit(benefit);
    }
    if (const auto gifts = document.get("gifts"); gifts && check_entry_count(*gifts, limits::gifts_per_programme)) {
        compile_gifts(*gifts);
    }
    if (const auto recognition = document.get("recognition");
        recognition && check_entry_count(*recognition, limits::recognitions_per_programme)) {
        for (const NodeRef one : recognition->children()) compile_recognition(one);
    }
    if (const auto milestones = document.get("milestones");
        milestones && check_entry_count(*milestones, limits::milestones_per_programme)) {
        for (const NodeRef one : milestones->children()) compile_milestone(one);
    }
    if (const auto entries = document.get("trade_in"); entries && check_entry_count(*entries, limits::trade_ins_per_programme)) {
        for (const NodeRef entry : entries->children()) compile_trade_in(entry);
    }
    const auto memberships = document.get("memberships");
    // Offers may ask for any of them.
    if (memberships) {
        for (const NodeRef membership : memberships->children()) membership_names_.push_back(membership.key());
    }
    if (const auto offers = document.get("offers"); offers && check_entry_count(*offers, limits::offers_per_programme)) {
        for (const NodeRef offer : offers->children()) compile_offer(offer);
    }
    if (memberships && check_entry_count(*memberships, limits::memberships_per_programme)) compile_memberships(*memberships);
    if (const auto challenges = document.get("challenges");
        challenges && check_entry_count(*challenges, limits::challenges_per_programme)) {
        for (const NodeRef challenge : challenges->children()) compile_challenge(challenge);
    }
    plan_.parts_by_key.resize(plan_.challenge_parts.size());
    std::iota(plan_.parts_by_key.begin(), plan_.parts_by_key.end(), 0u);
    std::sort(plan_.parts_by_key.begin(), plan_.parts_by_key.end(),
              [&](std::uint32_t a, std::uint32_t b) { return plan_.challenge_parts[a].key < plan_.challenge_parts[b].key; });
    if (const auto spend = document.get("spend"); spend && check_entry_count(*spend, limits::units_per_programme * 10)) {
        for (const NodeRef entry : spend->children()) compile_spending(entry);
    }
    if (const auto join = document.get("join")) compile_join(*join);
    if (const auto rebates = document.get("rebates"); rebates && check_entry_count(*rebates, limits::rebates_per_programme)) {
        compile_rebates(*rebates);
    }
    if (const auto examples = document.get("examples"); examples && check_entry_count(*examples, limits::examples_per_programme)) {
        for (const NodeRef example : examples->children()) compile_example(example);
    }
    check_whole();
}

void Compiler::compile_place_and_time(const Fields& document) {
    if (const auto currency = document.get("currency")) {
        if (const auto exponent = currency_exponent(currency->text())) {
            plan_.currency = currency->text();
            plan_.exponent = *exponent;
            currency_ = {plan_.currency, *exponent};
        } else {
            findings_.error(
                *currency, {DiagnosticCode::unknown_currency, finding::not_a_currency(currency->text()), hint::code_of_currency()});
        }
    }
    if (const auto zone = document.get("timezone")) {
        // A name is a path of plain words: nothing else ever reaches the loader.
        const std::string name{zone->text()};
        const bool is_plain =
            name.size() <= limits::key_bytes && name.find("..") == std::string::npos && name.front() != '/' &&
            name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == std::string::npos;
        if (is_plain && zones_) plan_.zone = zones_(name);
        if (!plan_.zone) {
            findings_.error(*zone, {DiagnosticCode::unknown_zone, finding::not_a_zone(name), hint::name_of_zone()});
        }
    }
    if (const auto effective = document.get("effective")) {
        if (const auto date = parse_date(effective->text())) {
            plan_.effective_on = *date;
        } else {
            findings_.error(*effective, {DiagnosticCode::bad_date, finding::not_a_date(effective->text()), hint::like_date()});
        }
    }
    if (const auto notice = document.get("notice")) {
        if (const auto period = take(*notice, parse_period(notice->text(), true))) plan_.notice = *period;
    }
}

void Compiler::compile_languages(const Fields& document) {
    const auto node = document.get("languages");
    if (!node) {
        plan_.languages = {"en"};
        languages_ = {"en"};
        return;
    }
    constexpr std::size_t kLanguagesMax = 50;
    if (!check_entry_count(*node, kLanguagesMax)) return;
    for (const NodeRef language : scalars_of(*node)) {
        const std::string_view code = language.text();
        const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
        if ((code.size() != 2 && code.size() != 3) || !std::all_of(code.begin(), code.end(), is_lower)) {
            findings_.error(language, {DiagnosticCode::unknown_language, finding::not_a_language(code), hint::code_of_language()});
        } else if (!languages_.insert(std::string{code}).second) {
            findings_.error(language, {DiagnosticCode::unknown_language, finding::language_twice(code)});
        } else {
            plan_.languages.emplace_back(code);
        }
    }
}

void Compiler::compile_header(const Fields& document) {
    if (const auto id = document.get("id"); id && check_word(*id, id->text(), false)) plan_.id = id->text();
    if (const auto title = document.get("title")) plan_.title = localised(*title);
    if (const auto node = document.get("organisation")) {
        const Fields organisation{keys::organisation, *node, findings_};
        if (const auto name = organisation.get("name")) plan_.organisation = localised(*name);
        plan_.site = text_or_empty(organisation, "site", limits::text_bytes);
    }
    if (const auto because = document.get("because")) plan_.because = localised(*because);
    if (const auto node = document.get("relationship")) {
        plan_.relationship = choice<Relationship>(*node).value_or(plan_.relationship);
    }
    if (const auto node = document.get("goal")) plan_.goal = choice<Goal>(*node).value_or(plan_.goal);
    if (const auto node = document.get("returns")) plan_.returns = choice<ReturnsPolicy>(*node).value_or(plan_.returns);
    if (const auto node = document.get("debt")) plan_.debt = choice<DebtPolicy>(*node).value_or(plan_.debt);
    if (const auto node = document.get("discounts")) {
        const Fields discounts{keys::discounts, *node, findings_};
        if (const auto round = discounts.get("round")) {
            plan_.discount_rounding = choice<Rounding>(*round).value_or(plan_.discount_rounding);
        }
    }
    if (const auto node = document.get("target")) {
        const Fields target{keys::target, *node, findings_};
        plan_.target = text_or_empty(target, "behaviour", limits::text_bytes);
        for (const std::string_view key : {"from", "to", "within"}) {
            const auto value = target.get(key);
            if (!value) continue;
            if (key == "within")
                (void)take(*value, parse_period(value->text(), false));
            else
                (void)take(*value, parse_thousandths(value->text()));
            plan_.target += " " + std::string{key} + " " + std::string{value->text()};
        }
    }
}

/// Of too many that alone is said: those who use one of them find it.
void Compiler::compile_units(NodeRef node) {
    constexpr std::size_t kReadMost = 1'000;  // a document with more of them is no slip
    (void)check_entry_count(node, limits::units_per_programme);
    std::size_t count = 0;
    for (const NodeRef unit : node.children()) {
        if (++count > kReadMost) return;
        compile_unit(unit);
    }
}

void Compiler::compile_unit(NodeRef node) {
    if (!check_word(node, node.key(), true)) return;
    if (find_key(keys::give, node.key()) != nullptr || find_key(keys::pay, node.key()) != nullptr ||
        find_key(keys::expect, node.key()) != nullptr) {
        findings_.error_at_key(node, {DiagnosticCode::bad_key, finding::unit_name_taken(node.key())});
        return;
    }
    Unit unit;
    unit.id = node.key();
    unit.clause = "6." + std::to_string(plan_.units.size() + 1);
    // `units: {points: {}}` is a unit with nothing to say of itself.
    if (has_right_shape(node, Kind::map, findings_)) {
        const Fields fields{keys::unit, node, findings_};
        if (const auto title = fields.get("title")) unit.title = localised(*title);
        if (const auto forms = fields.get("counted")) unit.counted = counted(*forms);
        check_counted(fields.get("counted").value_or(fields.get("title").value_or(node)), unit);
        if (const auto worth = fields.get("worth")) {
            unit.worth = take(*worth, parse_fine_money(worth->text(), currency_)).value_or(Ratio{});
        }
        if (const auto pending = fields.get("pending")) {
            unit.pending = take(*pending, parse_period(pending->text(), true)).value_or(Period{});
        }
        if (const auto expire = fields.get("expire")) {
            unit.expiry = take(*expire, parse_expiry(expire->text())).value_or(Expiry{});
            warn_of_short_life(*expire, unit);
        }
        if (const auto round = fields.get("round")) unit.rounding = choice<Rounding>(*round).value_or(unit.rounding);
        if (const auto earned = fields.get("earned_on")) unit.earned_on = choice<EarnedOn>(*earned).value_or(unit.earned_on);
        if (const auto tax = fields.get("tax")) {
            if (tax->text() == "excluded")
                unit.is_tax_excluded = true;
            else if (tax->text() != "included")
                report_choice(*tax, find_key(keys::unit, "tax")->choices);
        }
    }
    plan_.units.push_back(std::move(unit));
    unit_nodes_.push_back(node);
    unit_names_.push_back(node.key());
}

void Compiler::compile_join(NodeRef node) {
    const Fields join{keys::join, node, findings_};
    const auto welcome_node = join.get("welcome");
    if (!welcome_node) return;
    const Fields welcome{keys::welcome, *welcome_node, findings_, &unit_names_};
    for (const NodeRef points : welcome.others()) {
        const auto unit = unit_named(points, points.key());
        const auto count = take(points, parse_positive_count(points.text()));
        if (unit && count) {
            plan_.welcome.push_back({.unit = *unit, .points = *count, .clause = "2." + std::to_string(plan_.welcome.size() + 1)});
        }
    }
}

void Compiler::compile_spending(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::pay, node, findings_, &unit_names_};
    if (fields.has("ticket")) return;
    if (fields.others().size() != 1) {
        if (!fields.has_refused()) {
            findings_.error(node, {fields.others().empty() ? DiagnosticCode::missing_key : DiagnosticCode::several_gives,
                                   finding::which_points(), hint::write_pay_under_unit()});
        }
        return;
    }
    if (fields.has("gift")) return compile_gift_price(fields, node);
    for (const std::string_view key : {"money", "limit", "level"}) {
        if (const auto only = fields.get(key)) {
            findings_.error(*only, {DiagnosticCode::mixed_spending, finding::only_of_gifts(key), hint::leave_it_out()});
        }
    }
    const NodeRef what = fields.others().front();
    if (what.text() != "pay") {
        findings_.error(what, {DiagnosticCode::not_a_choice, finding::not_a_way_to_spend(what.text()), hint::write_pay()});
    }
    PayWithPoints pay;
    pay.id = node.key();
    pay.clause = "5." + std::to_string(plan_.pay.size() + plan_.gift_prices.size() + 1);
    const auto unit = unit_named(what, what.key());
    if (!unit) return;
    pay.unit = *unit;
    compile_pay(fields, pay);
    const Unit& paid = plan_.units[*unit];
    if (paid.worth.numerator == 0) {
        findings_.error(what, {DiagnosticCode::missing_key, finding::no_worth(paid.id), hint::write_worth()});
    } else if (static_cast<__int128>(pay.step) * paid.worth.numerator % paid.worth.denominator != 0) {
        const auto at = fields.get("step");
        findings_.error(at ? *at : node, {DiagnosticCode::points_step_is_not_whole_money, finding::step_not_whole(pay.step),
                                          hint::step_would_be(paid.worth.denominator)});
    }
    for (const PayWithPoints& other : plan_.pay) {
        if (other.unit != pay.unit) continue;
        findings_.error(what, {DiagnosticCode::several_gives, finding::paying_twice(paid.id), hint::keep_one()});
    }
    plan_.pay.push_back(std::move(pay));
}

void Compiler::compile_pay(const Fields& fields, PayWithPoints& pay) {
    if (const auto at_least = fields.get("at_least")) {
        pay.at_least = take(*at_least, parse_positive_count(at_least->text())).value_or(1);
    }
    if (const auto step = fields.get("step")) pay.step = take(*step, parse_positive_count(step->text())).value_or(1);
    if (const auto up_to = fields.get("up_to")) {
        std::string_view text = up_to->text();
        constexpr std::string_view kOf = " of receipt";
        if (text.ends_with(kOf)) text.remove_suffix(kOf.size());
        const auto share = take(*up_to, parse_percent(text));
        if (share && share->numerator == 0) findings_.error(*up_to, {DiagnosticCode::out_of_range, finding::share_of_nothing()});
        if (share) pay.up_to = *share;
    }
    if (const auto excluded = fields.get("not")) {
        if (const auto lines = compile_line_filter(*excluded)) {
            pay.except = *lines;
            pay.has_except = true;
        }
    }
}

}  // namespace suki::programme
