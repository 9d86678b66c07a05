#include "server/problems.h"

#include "base/json_writer.h"
#include "words/words.h"

namespace suki::server {

namespace {

/// The bare fact in English, `receipt already recorded`; `detail` says more where there is more to say.
std::string title_of(std::string_view code) {
    std::string title = words::say_refusal("en", code);
    if (!title.empty() && title != code) return title;
    title = code;
    for (char& c : title) {
        if (c == '_') c = ' ';
    }
    return title;
}

}  // namespace

int status_of(app::RefusalKind kind) {
    switch (kind) {
        case app::RefusalKind::invalid: return 400;
        case app::RefusalKind::unauthorised: return 401;
        case app::RefusalKind::forbidden: return 403;
        case app::RefusalKind::not_found: return 404;
        case app::RefusalKind::conflict: return 409;
        case app::RefusalKind::unprocessable: return 422;
        case app::RefusalKind::too_many: return 429;
        case app::RefusalKind::unavailable: return 503;
        case app::RefusalKind::internal: return 500;
    }
    return 500;
}

Problem problem_of(const app::Refusal& refusal) {
    Problem problem{.status = status_of(refusal.kind),
                    .code = refusal.code,
                    .pointer = refusal.pointer,
                    .arguments = refusal.arguments,
                    .diagnostics = refusal.diagnostics};
    for (const event::Problem& one : refusal.problems) {
        problem.errors.push_back(
            {.pointer = one.pointer, .code = std::string{name_of(one.code)}, .message = title_of(name_of(one.code))});
    }
    // What If-Match asked for is a precondition, whatever it is to the application.
    if (refusal.code == name_of(app::MemberRejection::version_changed)) problem.status = 412;
    for (const auto& [name, value] : refusal.arguments) {
        if (problem.status == 429 && name == "seconds") problem.headers.emplace_back("Retry-After", value);
    }
    if (problem.status == 503) problem.headers.emplace_back("Retry-After", "1");
    return problem;
}

Problem problem_of(const std::vector<json::Mistake>& mistakes) {
    const bool is_json = mistakes.size() != 1 || mistakes.front().code != json::MistakeCode::not_json;
    Problem problem{.status = 400,
                    .code = std::string{name_of(is_json ? ServerRejection::invalid_request : ServerRejection::malformed_request)}};
    if (!mistakes.empty()) problem.detail = mistakes.front().message;
    for (const json::Mistake& mistake : mistakes) {
        problem.errors.push_back(
            {.pointer = mistake.pointer, .code = std::string{name_of(mistake.code)}, .message = mistake.message});
    }
    return problem;
}

void write_diagnostics(JsonWriter& out, const programme::Diagnostics& diagnostics, std::string_view language) {
    out.begin_array("diagnostics");
    for (const programme::Diagnostic& diagnostic : diagnostics) {
        out.begin_object();
        out.field("severity", name_of(diagnostic.severity));
        out.field("code", name_of(diagnostic.code));
        out.field("line", diagnostic.line);
        out.field("column", diagnostic.column);
        out.field("path", diagnostic.path);
        out.field("message", words::say_message(language, diagnostic.message));
        if (diagnostic.hint.is_empty()) {
            out.field_null("hint");
        } else {
            out.field("hint", words::say_message(language, diagnostic.hint));
        }
        out.end_object();
    }
    out.end_array();
}

net::Response problem_response(const Problem& problem, std::string_view request_id, std::string_view language) {
    net::Response response{.status = problem.status, .headers = problem.headers, .content_type = "application/problem+json"};
    JsonWriter out{response.body};
    out.begin_object();
    out.field("type", "urn:suki:problem:" + problem.code);
    out.field("title", title_of(problem.code));
    out.field("status", problem.status);
    out.field("code", problem.code);
    if (!problem.detail.empty()) out.field("detail", problem.detail);
    if (!problem.pointer.empty()) out.field("pointer", problem.pointer);
    if (!problem.arguments.empty()) {
        out.begin_object("arguments");
        for (const auto& [name, value] : problem.arguments) out.field(name, value);
        out.end_object();
    }
    if (!problem.errors.empty()) {
        out.begin_array("errors");
        for (const Flaw& flaw : problem.errors) {
            out.begin_object();
            out.field("pointer", flaw.pointer);
            out.field("code", flaw.code);
            out.field("message", flaw.message);
            out.end_object();
        }
        out.end_array();
    }
    if (!problem.diagnostics.empty()) write_diagnostics(out, problem.diagnostics, language);
    out.field("request_id", request_id);
    out.end_object();
    return response;
}

}  // namespace suki::server
