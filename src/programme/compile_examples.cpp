#include <algorithm>

#include "base/limits.h"
#include "catalogue/catalogue.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_example(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::example, node, findings_};
    Example example;
    example.id = node.key();
    example.line = node.key_line();
    example.column = node.key_column();
    if (const auto at = fields.get("at")) {
        const auto words = split_words(at->text());
        const auto date = words.size() == 2 ? parse_date(words[0]) : std::nullopt;
        const auto time = words.size() == 2 ? parse_time_of_day(words[1]) : std::nullopt;
        if (!date || !time || time->minutes == 24 * 60) {
            findings_.error(*at,
                            {DiagnosticCode::bad_time, finding::not_a_date_with_time(at->text()), hint::like_date_with_time()});
        } else {
            example.date = *date;
            example.time = *time;
            if (*date < plan_.effective_on) {
                findings_.error(*at, {DiagnosticCode::bad_range, finding::before_effect()});
            }
        }
    }
    example.store = text_or_empty(fields, "store", limits::code_bytes);
    example.region = text_or_empty(fields, "region", limits::code_bytes);
    example.channel = text_or_empty(fields, "channel", limits::code_bytes);
    if (const auto member = fields.get("member")) example.member = compile_example_member(*member);
    if (const auto card = fields.get("card")) {
        example.card = card_named(*card, card->text()).value_or(CardShown{});
        if (example.member) example.member->card = example.card;
    } else if (example.member) {
        example.card = example.member->card;
    }
    if (const auto basket = fields.get("basket")) {
        if (basket->child_count() == 0) findings_.error(*basket, {DiagnosticCode::empty, finding::basket_is_empty()});
        if (check_entry_count(*basket, limits::lines_per_receipt)) {
            for (const NodeRef line : basket->children()) compile_basket_line(line, example);
        }
    }
    if (const auto points = fields.get("pay_points")) {
        example.pay_points = take(*points, parse_count(points->text())).value_or(0);
        if (example.pay_points > 0 && !example.member && !fields.has("member")) {
            findings_.error_at_key(*points, {DiagnosticCode::condition_not_allowed, finding::nobody_pays(), hint::write_member()});
        }
        if (example.pay_points > 0 && plan_.pay.empty()) {
            findings_.error_at_key(*points, {DiagnosticCode::condition_not_allowed, finding::no_way_to_pay(), hint::write_spend()});
        }
    }
    if (const auto expect = fields.get("expect")) compile_expect(*expect, example);
    plan_.examples.push_back(std::move(example));
}

std::optional<Example::Member> Compiler::compile_example_member(NodeRef node) {
    Example::Member member;
    member.balances.assign(plan_.units.size(), 0);
    if (node.is_scalar()) {
        const auto is_member = take(node, parse_yes_no(node.text()));
        return is_member.value_or(false) ? std::optional{member} : std::nullopt;
    }
    const Fields fields{keys::example_member, node, findings_};
    if (const auto level = fields.get("level")) member.level = level_named(*level, level->text());
    if (const auto birthday = fields.get("birthday")) {
        if (const auto date = parse_date(birthday->text())) {
            member.birthday = civil(*date);
        } else {
            findings_.error(*birthday, {DiagnosticCode::bad_date, finding::not_a_date(birthday->text()), hint::like_birthday()});
        }
    }
    compile_example_facts(fields, member);
    compile_example_figures(fields, member);
    if (const auto balance = fields.get("balance")) {
        const Fields balances{keys::welcome, *balance, findings_, &unit_names_};
        for (const NodeRef points : balances.others()) {
            const auto unit = unit_named(points, points.key());
            const auto count = take(points, parse_count(points.text()));
            if (unit && count) member.balances[*unit] = *count;
        }
    }
    return member;
}

void Compiler::compile_example_facts(const Fields& fields, Example::Member& member) {
    if (const auto membership = fields.get("membership")) member.memberships = memberships_named(*membership);
    if (const auto segments = fields.get("segments")) member.segments = texts_of(*segments, limits::code_bytes);
    if (const auto card = fields.get("card")) member.card = card_named(*card, card->text()).value_or(CardShown{});
    if (const auto last = fields.get("last_purchase")) {
        std::string_view text = last->text();
        constexpr std::string_view kAgo = " ago";
        if (text.ends_with(kAgo)) text.remove_suffix(kAgo.size());
        member.last_purchase_days = take(*last, parse_days(text));
    }
    if (const auto attributes = fields.get("attributes")) {
        const Fields facts{keys::attribute, *attributes, findings_};
        if (!check_entry_count(*attributes, limits::attributes_per_member)) return;
        for (const NodeRef fact : facts.others()) {
            if (!is_fact_name(fact.key()) || !fact.is_scalar()) {
                findings_.error_at_key(fact, {DiagnosticCode::bad_key, finding::not_a_fact(fact.key()), hint::name_and_value()});
                continue;
            }
            const std::string_view text = fact.text();
            member.attributes.emplace_back(fact.key(), text == "yes" ? "true" : text == "no" ? "false" : text);
        }
    }
}

void Compiler::compile_example_figures(const Fields& fields, Example::Member& member) {
    if (const auto purchases = fields.get("purchases")) {
        if (purchases->is_scalar())
            member.purchases = take(*purchases, parse_count(purchases->text())).value_or(0);
        else
            compile_figure(*purchases, "purchases", member);
    }
    for (const std::string_view measure : {"spend", "visits", "quantity", "points", "counters"}) {
        const auto node = fields.get(measure);
        if (!node) continue;
        const std::string_view named = measure == "counters" ? std::string_view{} : measure;
        if (node->is_map()) {
            compile_figure(*node, named, member);
            continue;
        }
        for (const NodeRef each : node->children()) {
            if (has_right_shape(each, Kind::map, findings_)) compile_figure(each, named, member);
        }
    }
}

/// A figure under the name of its measure (`spend: {over: …, is: …}`), or one that names it itself, under `counters`.
void Compiler::compile_figure(NodeRef node, std::string_view measure, Example::Member& member) {
    const Fields fields{keys::figure, node, findings_};
    std::optional<Counter> counter;
    if (measure.empty()) {
        counter = compile_counter(fields);
    } else {
        counter = Counter{.measure = *from_name<Measure>(measure)};
        if (counter->measure == Measure::points && plan_.units.empty()) return;
        for (const std::string_view key : {"spend", "spend_on", "quantity_of", "visits", "purchases", "points"}) {
            if (!fields.has(key)) continue;
            findings_.error(node,
                            {DiagnosticCode::condition_not_allowed, finding::counted_already(measure), hint::under_counters()});
            return;
        }
    }
    Window window;
    if (const auto over = fields.get("over")) {
        const auto parsed = take(*over, parse_window(over->text()));
        if (!parsed) return;
        window = *parsed;
    }
    const auto is = fields.get("is");
    if (!counter || !is) return;
    std::optional<QuantityUnit> unit;
    const auto value = take(*is, value_parser(*counter, unit)(is->text()));
    if (!value) return;
    if (unit) counter->unit = *unit;
    if (const auto index = find_window(*counter, window)) {
        member.figures.push_back({*index, *value});
    } else {
        findings_.error(node, {DiagnosticCode::bad_window, finding::figure_not_read(), hint::which_figures_are_read()});
    }
}

void Compiler::compile_basket_line(NodeRef node, Example& example) {
    if (!has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::basket_line, node, findings_};
    Example::Line line;
    line.sku = text_or_empty(fields, "sku", limits::code_bytes);
    line.brand = text_or_empty(fields, "brand", limits::code_bytes);
    line.batch = text_or_empty(fields, "batch", limits::code_bytes);
    if (const auto category = fields.get("category")) {
        line.category = category->text();
        if (!catalogue::is_valid_category(line.category)) {
            findings_.error(*category,
                            {DiagnosticCode::bad_category, finding::not_a_category(category->text()), hint::like_category()});
        }
    }
    if (const auto tags = fields.get("tag")) line.tags = texts_of(*tags, limits::code_bytes);
    if (const auto quantity = fields.get("quantity")) {
        line.quantity = take(*quantity, parse_quantity(quantity->text())).value_or(line.quantity);
    }
    if (const auto off = fields.get("till_discount")) {
        line.till_discount = take(*off, parse_money(off->text(), currency_)).value_or(Money{});
    }
    const auto is_said = [&](std::string_view key) {
        const auto said = fields.get(key);
        return said && take(*said, parse_yes_no(said->text())).value_or(false);
    };
    line.is_deposit = is_said("deposit");
    line.no_discount = is_said("no_discount");
    line.no_points = is_said("no_points");
    const auto price = fields.get("price");
    const auto amount = fields.get("amount");
    if (!fields.has("price") && !fields.has("amount") && fields.has_refused()) return;
    if (fields.has("price") == fields.has("amount")) {
        findings_.error(node, {fields.has("price") ? DiagnosticCode::several_gives : DiagnosticCode::missing_key,
                               finding::price_or_amount(), hint::price_and_amount()});
        return;
    }
    const auto money = price    ? take(*price, parse_money(price->text(), currency_))
                       : amount ? take(*amount, parse_money(amount->text(), currency_))
                                : std::nullopt;
    if (!money) return;
    line.amount = *money;
    if (price) {
        const __int128 total = static_cast<__int128>(money->minor()) * line.quantity.milli;
        if (total % 1000 != 0) {
            findings_.error(*price, {DiagnosticCode::bad_money, finding::price_not_whole(), hint::write_amount()});
            return;
        }
        if (total / 1000 > kAmountMax) {
            findings_.error(*price, {DiagnosticCode::out_of_range, finding::price_too_much()});
            return;
        }
        line.amount = Money{static_cast<std::int64_t>(total / 1000)};
    }
    example.basket.push_back(std::move(line));
}

void Compiler::compile_expect(NodeRef node, Example& example) {
    const Fields fields{keys::expect, node, findings_, &unit_names_};
    if (node.child_count() == 0) {
        findings_.error(node, {DiagnosticCode::empty, finding::nothing_expected(), hint::write_expected()});
    }
    const auto money_of = [&](std::string_view key) {
        const auto value = fields.get(key);
        return value ? take(*value, parse_money(value->text(), currency_)) : std::optional<Money>{};
    };
    example.expect.discount = money_of("discount");
    example.expect.total = money_of("total");
    if (const auto offers = fields.get("offers")) {
        std::vector<std::string> ids;
        if (offers->is_scalar() || offers->child_count() > 0) {
            for (const NodeRef offer : scalars_of(*offers)) {
                if (offer_names_.contains(offer.text())) {
                    ids.emplace_back(offer.text());
                } else if (!findings_.is_full()) {
                    const std::vector<std::string_view> known(offer_names_.begin(), offer_names_.end());
                    findings_.error(offer, {DiagnosticCode::not_a_choice, finding::not_an_offer(offer.text()),
                                            did_you_mean(offer.text(), known)});
                }
            }
        }
        example.expect.offers = std::move(ids);
    }
    for (const NodeRef points : fields.others()) {
        const auto unit = unit_named(points, points.key());
        const auto count = take(points, parse_count(points.text()));
        if (unit && count) example.expect.points.emplace_back(*unit, *count);
    }
}

}  // namespace suki::programme
