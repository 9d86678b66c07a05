#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

namespace {

/// Growth is read in millionths: documents write percents with four decimals at most.
constexpr std::int64_t kGrowthParts = 1'000'000;

bool is_period_of_rebates(WindowKind kind) {
    return kind == WindowKind::calendar_month || kind == WindowKind::calendar_quarter || kind == WindowKind::calendar_year;
}

}  // namespace

void Compiler::compile_rebates(NodeRef node) {
    for (const NodeRef child : node.children()) {
        if (check_word(child, child.key(), true) && has_right_shape(child, Kind::map, findings_)) compile_rebate(child);
    }
}

void Compiler::compile_rebate(NodeRef node) {
    const Fields fields{keys::rebate, node, findings_};
    // An entry of the journal cites either by its id.
    if (!offer_names_.insert(node.key()).second) {
        findings_.error_at_key(node, {DiagnosticCode::bad_key, finding::named_like_an_offer(node.key()), hint::name_another()});
    }
    Rebate rebate;
    rebate.id = node.key();
    rebate.clause = "13." + std::to_string(plan_.rebates.size() + 1);
    if (const auto title = fields.get("title")) rebate.title = localised(*title);
    if (const auto by = fields.get("by")) {
        if (by->text() == "payment") {
            findings_.error(*by, {DiagnosticCode::not_yet_supported, finding::not_yet_supported(by->text())});
            return;
        }
        rebate.by = choice<RebateBy>(*by).value_or(rebate.by);
    }
    const auto unit_node = fields.get("unit");
    const auto unit = unit_node ? unit_named(*unit_node, unit_node->text()) : std::nullopt;
    if (unit) rebate.unit = *unit;
    if (unit && plan_.units[*unit].worth.numerator == 0) {
        findings_.error(*unit_node, {DiagnosticCode::missing_key, finding::no_worth(plan_.units[*unit].id), hint::write_worth()});
    }
    const auto per = fields.get("per");
    const auto window = per ? take(*per, parse_window(per->text())) : std::nullopt;
    if (window && !is_period_of_rebates(window->kind)) {
        findings_.error(*per, {DiagnosticCode::bad_window, finding::not_a_rebate_period(per->text()), hint::periods_of_rebates()});
        return;
    }
    if (window) rebate.per = window->kind;
    if (const auto after = fields.get("after")) {
        rebate.after = take(*after, parse_period(after->text(), true)).value_or(Period{});
    }
    const auto steps = fields.get("steps");
    const bool are_good = steps && compile_rebate_steps(*steps, rebate);
    if (const auto as = fields.get("as"); as && as->text() != "whole") {
        if (as->text() != "slices") {
            report_choice(*as, find_key(keys::rebate, "as")->choices);
        } else if (rebate.by != RebateBy::spend) {
            findings_.error(*as, {DiagnosticCode::condition_not_allowed, finding::not_of_this_rebate("as"), hint::leave_it_out()});
        } else {
            rebate.scale.slices = Slices::money;
        }
    }
    compile_rebate_goods(fields, rebate);
    if (unit && window && are_good) plan_.rebates.push_back(std::move(rebate));
}

/// One counter of all that counts, or one for each group.
void Compiler::compile_rebate_goods(const Fields& fields, Rebate& rebate) {
    if (const auto of = fields.get("of")) {
        if (const auto lines = compile_line_filter(*of)) rebate.lines = *lines;
    }
    std::vector<std::string>& groups = rebate.lines.categories;
    std::vector<LineFilter> counted{rebate.lines};
    if (rebate.by == RebateBy::mix) {
        std::sort(groups.begin(), groups.end());
        groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
        if (groups.size() < 2) {
            findings_.error(fields.node(), {DiagnosticCode::out_of_range, finding::mix_of_one(), hint::two_groups()});
            return;
        }
        counted.assign(groups.size(), rebate.lines);
        for (std::size_t i = 0; i < groups.size(); ++i) counted[i].categories = {groups[i]};
        if (const auto at_least = fields.get("at_least")) {
            rebate.at_least = take(*at_least, parse_money(at_least->text(), currency_)).value_or(Money{});
        }
    } else if (const auto at_least = fields.get("at_least")) {
        findings_.error(*at_least,
                        {DiagnosticCode::condition_not_allowed, finding::not_of_this_rebate("at_least"), hint::leave_it_out()});
    }
    for (LineFilter& lines : counted) {
        const std::uint32_t window =
            register_window(fields.node(), {.measure = Measure::spend, .lines = std::move(lines)}, {.kind = rebate.per});
        rebate.counters.push_back(plan_.windows[window].counter);
    }
}

/// Percents by money, by a percent of growth, or by a number of groups.
bool Compiler::compile_rebate_steps(NodeRef steps, Rebate& rebate) {
    if (!check_entry_count(steps, limits::scale_steps)) return false;
    if (steps.child_count() == 0) {
        findings_.error(steps, {DiagnosticCode::empty, finding::no_steps(), hint::like_steps()});
        return false;
    }
    const auto from_of = [&](std::string_view text) -> Parsed<std::int64_t> {
        if (rebate.by == RebateBy::mix) return parse_positive_count(text);
        if (rebate.by == RebateBy::growth) {
            const auto percent = parse_percent(text);
            if (!percent) return Unexpected<Fault>{percent.error()};
            return percent->numerator * (kGrowthParts / percent->denominator);
        }
        const auto money = parse_money(text, currency_);
        if (!money) return Unexpected<Fault>{money.error()};
        return money->minor();
    };
    const Fields fields{keys::steps, steps, findings_};
    std::vector<Scale::Step>& all = rebate.scale.steps;
    bool are_good = true;
    for (const NodeRef step : fields.others()) {
        const auto from = from_of(step.key());
        if (!from) findings_.error_at_key(step, from.error());
        const auto rate = take(step, parse_percent(step.text()));
        if (!from || !rate) {
            are_good = false;
            continue;
        }
        if (!all.empty() && *from <= all.back().from) {
            findings_.error_at_key(step,
                                   {DiagnosticCode::steps_not_ascending, finding::step_not_ascending(), hint::steps_from_lowest()});
            are_good = false;
        }
        all.push_back({*from, DiscountPercent{*rate}});
    }
    return are_good && all.size() == steps.child_count();
}

}  // namespace suki::programme
