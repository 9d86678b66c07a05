#include <algorithm>
#include <cstdio>
#include <iostream>
#include <vector>

#include "base/json_writer.h"
#include "cli/verbs.h"
#include "cli/zones.h"
#include "engine/evaluate.h"
#include "programme/compile.h"
#include "words/words.h"

namespace suki::cli {

namespace {

/// All findings of one document, with its own examples run.
programme::Diagnostics findings_of(const std::string& source, programme::PlanPointer& plan) {
    auto compiled = programme::compile(source, load_zone);
    if (!compiled) return std::move(compiled).error();
    plan = compiled->plan;
    programme::Diagnostics findings = std::move(compiled->warnings);
    const engine::Evaluator evaluator(plan);
    programme::Diagnostics failing = engine::failing_examples(evaluator);
    findings.insert(findings.end(), std::make_move_iterator(failing.begin()), std::make_move_iterator(failing.end()));
    return findings;
}

void write_finding(JsonWriter& json, const programme::Diagnostic& finding, const std::string& file, const std::string& language) {
    json.begin_object();
    json.field("file", file);
    json.field("line", static_cast<std::int64_t>(finding.line));
    json.field("column", static_cast<std::int64_t>(finding.column));
    json.field("path", finding.path);
    json.field("severity", name_of(finding.severity));
    json.field("code", name_of(finding.code));
    json.field("message", words::say_message(language, finding.message));
    json.field("hint", words::say_message(language, finding.hint));
    json.end_object();
}

}  // namespace

int check(const CheckOptions& options) {
    bool has_errors = false;
    std::string out;
    JsonWriter json(out);
    if (options.as_json) json.begin_array();
    for (const std::string& file : options.files) {
        programme::PlanPointer plan;
        const programme::Diagnostics findings = findings_of(read_file(file), plan);
        bool is_good = plan != nullptr;
        for (const programme::Diagnostic& finding : findings) {
            if (finding.severity == programme::Severity::error) is_good = false;
            if (options.as_json) {
                write_finding(json, finding, file, options.language);
            } else {
                std::cout << words::say_diagnostic(options.language, finding, file) << '\n';
            }
        }
        has_errors = has_errors || !is_good;
        if (!options.as_json && is_good) {
            const auto count = [](const auto& parts) { return static_cast<std::int64_t>(parts.size()); };
            std::cout << words::say(options.language, "check.good",
                                    {{"file", file},
                                     {"offers", count(plan->offers) - count(plan->challenges)},
                                     {"levels", count(plan->levels)},
                                     {"benefits", count(plan->benefits)},
                                     {"gifts", count(plan->gifts)},
                                     {"challenges", count(plan->challenges)},
                                     {"memberships", count(plan->memberships)},
                                     {"examples", count(plan->examples)}})
                      << '\n';
        }
    }
    if (options.as_json) {
        json.end_array();
        std::cout << out << '\n';
    }
    return has_errors ? 1 : 0;
}

int print_schema() {
    std::cout << programme::document_schema() << '\n';
    return 0;
}

namespace {

void write_moves(const app::LevelPreview& preview, const std::vector<app::LevelMove>& moves) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.field("programme", preview.programme);
    json.field("effective_on", date_text(preview.effective_on));
    json.field("members", preview.members);
    json.begin_array("moves");
    for (const app::LevelMove& move : moves) {
        json.begin_object();
        json.field("from", move.from);
        json.field("to", move.to);
        json.field("settled", move.settled);
        json.field("kind", name_of(move.kind));
        json.field("later", name_of(move.later));
        json.field("members", move.members);
        json.begin_array("examples");
        for (const MemberId& member : move.examples) json.value(member.text());
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
    std::cout << out << '\n';
}

/// The same of another page is one move.
void add_moves(std::vector<app::LevelMove>& all, std::vector<app::LevelMove> page) {
    constexpr std::size_t kExamples = 5;
    for (app::LevelMove& move : page) {
        const auto same = std::find_if(all.begin(), all.end(), [&](const app::LevelMove& one) {
            return one.from == move.from && one.to == move.to && one.settled == move.settled;
        });
        if (same == all.end()) {
            all.push_back(std::move(move));
            continue;
        }
        same->members += move.members;
        for (const MemberId& member : move.examples) {
            if (same->examples.size() < kExamples) same->examples.push_back(member);
        }
    }
}

}  // namespace

int preview_levels(const LevelsOptions& options) {
    const std::string document = read_file(options.file);
    Opened opened = open_place(options.place, false);
    app::LevelPreview preview;
    std::vector<app::LevelMove> moves;
    std::int64_t members = 0;
    do {
        auto page = opened.app->preview_levels(caller_of(options.place).organisation, document, {preview.next_cursor, 200});
        if (!page) {
            for (const programme::Diagnostic& finding : page.error().diagnostics) {
                std::cerr << words::say_diagnostic(options.language, finding, options.file) << '\n';
            }
            std::cerr << sentence(page.error()) << '\n';
            return 1;
        }
        members += page->members;
        add_moves(moves, std::move(page->moves));
        preview = *std::move(page);
    } while (!preview.next_cursor.empty());
    preview.members = members;
    std::sort(moves.begin(), moves.end(), [](const auto& a, const auto& b) { return a.members > b.members; });
    if (options.as_json) {
        write_moves(preview, moves);
        return 0;
    }
    std::cout << members << " members, as of " << date_text(preview.effective_on) << ", when they buy nothing until then\n";
    const auto shown = [](const std::string& level) { return level.empty() ? std::string{"-"} : level; };
    for (const app::LevelMove& move : moves) {
        std::cout << move.members << '\t' << shown(move.from) << "\tat once " << name_of(move.kind) << ": " << shown(move.to)
                  << "\tin time " << name_of(move.later) << ": " << shown(move.settled) << '\n';
    }
    return 0;
}

int publish(const PublishOptions& options) {
    app::PublishEdition command;
    command.document = read_file(options.file);
    command.allow_past = options.allow_past;
    if (!options.effective.empty()) {
        command.effective_on = parse_date(options.effective);
        if (!command.effective_on) throw UsageError{"--effective wants a date such as 2026-12-01"};
    }
    Opened opened = open_place(options.place, true);
    const auto answer = opened.app->run(caller_of(options.place), command);
    if (!answer) {
        for (const programme::Diagnostic& finding : answer.error().diagnostics) {
            std::cerr << words::say_diagnostic(options.language, finding, options.file) << '\n';
        }
        std::cerr << "not published: " << sentence(answer.error()) << '\n';
        return 1;
    }
    std::cout << (answer->is_repeat ? "already published: edition " : "published edition ") << answer->edition << " of "
              << answer->programme << ", in force from " << date_text(answer->effective_on) << ", hash " << answer->document_hash
              << '\n';
    return 0;
}

}  // namespace suki::cli
