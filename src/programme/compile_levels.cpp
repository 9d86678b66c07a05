#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_levels(NodeRef node) {
    const Fields fields{keys::levels, node, findings_};
    Ladder ladder;
    if (const auto review = fields.get("review"); review && review->text() != "daily") {
        report_choice(*review, find_key(keys::levels, "review")->choices);
    }
    if (const auto downgrade = fields.get("downgrade")) {
        ladder.downgrade = choice<Downgrade>(*downgrade).value_or(ladder.downgrade);
    }
    Counter counter;
    bool is_counted = true;
    const auto by = fields.get("by");
    if (by) {
        const auto measure = from_name<Measure>(by->text());
        if (measure && *measure != Measure::points && *measure != Measure::uses) {
            counter.measure = *measure;
        } else {
            counter.measure = Measure::points;
            const auto unit = std::find(unit_names_.begin(), unit_names_.end(), by->text());
            is_counted = unit != unit_names_.end();
            if (is_counted) {
                counter.points_unit = static_cast<std::uint32_t>(unit - unit_names_.begin());
            } else {
                std::vector<std::string_view> known{"spend", "visits", "purchases", "quantity"};
                known.insert(known.end(), unit_names_.begin(), unit_names_.end());
                findings_.error(
                    *by, {DiagnosticCode::unknown_unit, finding::not_a_measure(by->text()), did_you_mean(by->text(), known)});
            }
        }
    }
    const auto steps = fields.get("steps");
    if (steps && by && check_entry_count(*steps, limits::levels_per_programme)) {
        if (steps->child_count() == 0) {
            findings_.error(*steps, {DiagnosticCode::empty, finding::no_levels(), hint::name_levels()});
        }
        // The unit of quantity comes from the steps, and is part of the counter's name.
        if (counter.measure == Measure::quantity) {
            for (const NodeRef step : steps->children()) {
                for (const NodeRef value : step.children()) {
                    const auto quantity = parse_quantity(value.text(), true);
                    if (value.key() == "from" && quantity && quantity->milli > 0) counter.unit = quantity->unit;
                }
            }
        }
        compile_level_steps(*steps, is_counted ? &counter : nullptr);
    }
    if (const auto matches = fields.get("match"); matches && check_entry_count(*matches, limits::levels_per_programme)) {
        for (const NodeRef match : matches->children()) compile_level_match(match);
    }
    const auto over = fields.get("over");
    const auto window = over ? take(*over, parse_window(over->text())) : std::nullopt;
    ladder.window = register_window(node, counter, window.value_or(Window{}));
    plan_.ladder = ladder;
}

/// `counter` is null when what counts was refused: then where levels start can't be judged.
void Compiler::compile_level_steps(NodeRef steps, const Counter* counter) {
    std::optional<std::int64_t> previous;
    bool is_first = true;
    for (const NodeRef step : steps.children()) {
        if (!check_word(step, step.key(), true) || !has_right_shape(step, Kind::map, findings_)) continue;
        const Fields fields{keys::level_step, step, findings_};
        Level level;
        level.id = step.key();
        level.clause = "3." + std::to_string(plan_.levels.size() + 1);
        if (const auto title = fields.get("title")) level.title = localised(*title);
        if (const auto keep = fields.get("keep")) level.keep = take(*keep, parse_period(keep->text(), true)).value_or(Period{});
        if (const auto grace = fields.get("grace")) {
            level.grace = take(*grace, parse_period(grace->text(), true)).value_or(Period{});
        }
        compile_criteria(fields, step, level);
        if (const auto track = fields.get("fast_track")) compile_fast_track(*track, counter, level);
        const bool is_lowest = std::exchange(is_first, false);
        const auto from = fields.get("from");
        level.has_from = fields.has("from");
        if (const auto value = from && counter != nullptr ? compile_level_from(*from, *counter) : std::nullopt) {
            level.from = *value;
            if (is_lowest && level.from != 0) {
                findings_.error(
                    *from, {DiagnosticCode::first_level_not_zero, finding::first_level_not_zero(), hint::everybody_has_a_level()});
            } else if (previous && level.from <= *previous) {
                findings_.error(*from,
                                {DiagnosticCode::steps_not_ascending, finding::level_not_ascending(), hint::levels_from_lowest()});
            }
            previous = level.from;
        }
        if (is_lowest && (!level.has_from || !level.criteria.empty() || level.is_invited)) {
            findings_.error(step,
                            {DiagnosticCode::first_level_not_zero, finding::first_level_not_zero(), hint::everybody_has_a_level()});
        } else if (!level.has_from && !fields.has("any") && !fields.has("all") && !level.is_invited) {
            findings_.error(step, {DiagnosticCode::missing_key, finding::missing_key("from"), hint::how_levels_are_reached()});
        }
        level_names_.push_back(step.key());
        plan_.levels.push_back(std::move(level));
    }
}

/// A plain 0 starts a ladder of any measure.
std::optional<std::int64_t> Compiler::compile_level_from(NodeRef node, const Counter& counter) {
    if (node.text() == "0") return 0;
    std::optional<QuantityUnit> unit = counter.unit;
    return take(node, value_parser(counter, unit)(node.text()));
}

void Compiler::compile_criteria(const Fields& step, NodeRef node, Level& level) {
    const auto any = step.get("any");
    const auto all = step.get("all");
    if (any && all) {
        findings_.error(node, {DiagnosticCode::several_gives, finding::any_and_all(), hint::any_or_all()});
    }
    level.is_any = any.has_value();
    const auto criteria = any ? any : all;
    if (criteria && criteria->child_count() == 0) {
        findings_.error(*criteria, {DiagnosticCode::empty, finding::no_criteria()});
    }
    if (criteria && check_entry_count(*criteria, limits::criteria_per_level)) {
        for (const NodeRef one : criteria->children()) {
            if (!has_right_shape(one, Kind::map, findings_)) continue;
            if (const auto compared = compile_compared(one, Fields{keys::level_criterion, one, findings_})) {
                level.criteria.push_back(*compared);
            }
        }
    }
    const auto invitation = step.get("invitation");
    level.is_invited = invitation && take(*invitation, parse_yes_no(invitation->text())).value_or(false);
    if (!level.is_invited) return;
    for (const std::string_view key : {"from", "any", "all", "fast_track", "keep", "grace"}) {
        if (const auto earned = step.get(key)) {
            findings_.error(*earned,
                            {DiagnosticCode::condition_not_allowed, finding::invited_not_earned(key), hint::leave_it_out()});
        }
    }
}

void Compiler::compile_fast_track(NodeRef node, const Counter* counter, Level& level) {
    const Fields fields{keys::fast_track, node, findings_};
    const auto from = fields.get("from");
    const auto within = fields.get("within");
    const auto value = from && counter != nullptr ? compile_level_from(*from, *counter) : std::nullopt;
    const auto period = within ? take(*within, parse_period(within->text(), false)) : std::nullopt;
    if (value && period) level.fast_track = FastTrack{.from = *value, .within = *period};
}

void Compiler::compile_level_match(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::level_match, node, findings_};
    LevelMatch match{.id = std::string{node.key()}};
    if (const auto title = fields.get("title")) match.title = localised(*title);
    const auto level = fields.get("level");
    const auto index = level ? level_named(*level, level->text()) : std::nullopt;
    const auto lasts = fields.get("lasts");
    const auto period = lasts ? take(*lasts, parse_period(lasts->text(), false)) : std::nullopt;
    if (!index || !period) return;
    match.level = *index;
    match.lasts = *period;
    plan_.level_matches.push_back(std::move(match));
}

}  // namespace suki::programme
