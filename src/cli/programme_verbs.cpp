#include <cstdio>
#include <iostream>

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
