#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_milestone(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::milestone, node, findings_};
    Milestone milestone;
    milestone.id = node.key();
    milestone.clause = "15." + std::to_string(plan_.milestones.size() + 1);
    if (const auto title = fields.get("title")) milestone.title = localised(*title);
    if (const auto when = fields.get("when")) compile_milestone_day(*when, milestone);
    if (const auto give = fields.get("give")) {
        const Fields points{keys::welcome, *give, findings_, &unit_names_};
        if (points.others().size() != 1 && !points.has_refused()) {
            const bool is_empty = points.others().empty();
            findings_.error(*give,
                            {is_empty ? DiagnosticCode::empty : DiagnosticCode::several_gives, finding::milestone_of_one_unit()});
        }
        for (const NodeRef one : points.others()) {
            const auto unit = unit_named(one, one.key());
            const auto count = take(one, parse_positive_count(one.text()));
            if (unit) milestone.unit = *unit;
            if (count) milestone.points = *count;
        }
    }
    plan_.milestones.push_back(std::move(milestone));
}

/// `5 years after joining`, `each year after joining`, `birthday`, `contract_until renewed`.
void Compiler::compile_milestone_day(NodeRef node, Milestone& milestone) {
    const auto words = split_words(node.text());
    const bool is_of_joining = words.size() == 4 && words[2] == "after" && words[3] == "joining";
    if (is_of_joining && words[0] == "each" && words[1] == "year") {
        milestone.kind = MilestoneKind::each_year;
    } else if (is_of_joining) {
        milestone.kind = MilestoneKind::after_joining;
        const std::string length = std::string{words[0]} + " " + std::string{words[1]};
        milestone.after = take(node, parse_period(length, false)).value_or(Period{.months = 12});
    } else if (words.size() == 1 && words[0] == "birthday") {
        milestone.kind = MilestoneKind::birthday;
    } else if (words.size() == 2 && words[1] == "renewed") {
        milestone.kind = MilestoneKind::renewed;
        if (check_word(node, words[0], false)) milestone.attribute = words[0];
    } else {
        findings_.error(node, {DiagnosticCode::bad_period, finding::not_a_milestone(node.text()), hint::like_milestone()});
    }
}

}  // namespace suki::programme
