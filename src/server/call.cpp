#include "server/call.h"

#include <fmt/format.h>

#include <atomic>
#include <random>

#include "server/routes.h"
#include "server/trace.h"

namespace suki::server {

namespace {

/// Unique enough to find a request in a log: a part drawn once a process, and a count.
std::string make_request_id() {
    static const std::string prefix = [] {
        std::random_device device;
        return fmt::format("{:08x}", device());
    }();
    static std::atomic<std::uint64_t> count{0};
    return fmt::format("{}-{:08x}", prefix, count.fetch_add(1, std::memory_order_relaxed));
}

bool is_request_id(std::string_view text) {
    if (text.empty() || text.size() > 64) return false;
    for (const char c : text) {
        const bool is_good =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
        if (!is_good) return false;
    }
    return true;
}

bool has_header(const net::Response& response, std::string_view name) {
    for (const auto& header : response.headers) {
        if (net::equals_ignoring_case(header.first, name)) return true;
    }
    return false;
}

/// A method is any token, and a token can be a telephone number.
std::string_view known_method(std::string_view method) {
    for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        if (method == known) return known;
    }
    return "other";
}

LogLevel level_of(int status) {
    if (status < 500) return status == 429 ? LogLevel::warning : LogLevel::info;
    return status == 503 ? LogLevel::warning : LogLevel::error;
}

}  // namespace

Call::Call(Shared& shared, net::Responder responder, const Route* route, std::size_t route_index)
    : shared_(shared),
      responder_(std::move(responder)),
      route_(route),
      route_index_(route_index),
      started_at_(std::chrono::steady_clock::now()) {
    const auto given = request().header("X-Request-Id");
    request_id_ = given && is_request_id(*given) ? std::string{*given} : make_request_id();
    const auto parent = request().header("traceparent");
    if (parent && read_traceparent(*parent)) traceparent_ = *parent;
    shared_.metrics.enter();
}

Call::~Call() {
    if (is_open()) refuse(500, "internal_error", "the request was not answered");
    shared_.metrics.leave();
}

bool Call::is_secure() const {
    if (shared_.is_secure || request().is_tls) return true;
    const auto protocol = net::forwarded(request(), shared_.trusted_proxies, "X-Forwarded-Proto");
    return protocol && net::equals_ignoring_case(*protocol, "https");
}

std::string Call::client_address() const { return net::client_address(request(), shared_.trusted_proxies); }

std::optional<std::string_view> Call::host() const {
    const auto forwarded = net::forwarded(request(), shared_.trusted_proxies, "X-Forwarded-Host");
    return forwarded ? forwarded : request().header("Host");
}

std::string Call::language_for(const programme::Plan* plan) const {
    if (!language.empty()) return language;
    return plan != nullptr && !plan->languages.empty() ? plan->languages.front() : std::string{"en"};
}

app::Caller Call::caller() const {
    const bool is_user = principal.kind == Principal::Kind::user;
    return {.organisation = organisation,
            .api_key = is_user ? "console:" + principal.id : principal.id,
            .idempotency_key = idempotency_key,
            .author = principal.name,
            .store = principal.store,
            .request = request_id_,
            .traceparent = traceparent_};
}

void Call::send(net::Response response) {
    if (!is_open()) return;
    response.headers.emplace_back("X-Request-Id", request_id_);
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    if (is_secure()) response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    // What is no page of ours is none of anybody's: it loads nothing, and stands in no frame.
    if (!has_header(response, "Content-Security-Policy")) {
        response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    }
    if (!has_header(response, "Cache-Control")) response.headers.emplace_back("Cache-Control", "no-store");

    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started_at_).count();
    shared_.metrics.count_request(route_index_, response.status, us);
    log_request(response, us);
    responder_.send(std::move(response));
}

/// Neither the path nor the query: card numbers and telephones stand there.
void Call::log_request(const net::Response& response, std::int64_t us) const {
    const LogLevel level = level_of(response.status);
    if (!shared_.log.takes(level)) return;
    const auto trace = read_traceparent(traceparent_);
    const bool is_key = principal.kind == Principal::Kind::key;
    shared_.log.say(level, "request",
                    {{"request_id", request_id_},
                     {"trace_id", trace ? trace->trace_id : std::string_view{}},
                     {"span_id", trace ? trace->span_id : std::string_view{}},
                     {"method", known_method(request().method)},
                     {"route", route_ != nullptr ? route_->operation : "none"},
                     {"status", std::int64_t{response.status}},
                     {"us", us},
                     {"bytes", static_cast<std::int64_t>(response.body.size())},
                     {"key", is_key ? std::string_view{principal.id} : std::string_view{}}});
}

void Call::send_json(int status, std::string body) { send(json_response(status, std::move(body))); }

namespace {

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

/// What stands in the path, `id` in `/v1/members/{id}/merge`; empty when nothing does.
std::string_view placeholder_of(const Route& route) {
    const std::size_t begin = route.path.find('{');
    if (begin == std::string_view::npos) return {};
    return route.path.substr(begin + 1, route.path.find('}', begin) - begin - 1);
}

/// Of what the path speaks: `member` in `/v1/members/{id}/merge`.
std::string noun_of(const Route& route) {
    constexpr std::string_view kRoot = "/v1/";
    std::string noun{route.path.substr(std::min(kRoot.size(), route.path.size()))};
    noun.resize(std::min(noun.find('/'), noun.size()));
    if (noun.ends_with("ies")) return noun.substr(0, noun.size() - 3) + "y";
    return noun.ends_with('s') ? noun.substr(0, noun.size() - 1) : noun;
}

/// The application names what a command holds; here some of that stood in the path or the query, or under another name.
std::string pointer_in(const Route* route, std::string pointer) {
    if (route == nullptr || pointer.size() < 2 || pointer.find('/', 1) != std::string::npos) return pointer;
    const std::string name = pointer.substr(1);
    if (route->operation == "quoteReceipt" && name == "occurred_at") return "/at";
    // The rest of a publishing's places lie within the document.
    if (route->operation == "publishEdition" && name != "effective_on" && name != "allow_past") return "/document";
    if (has_word(route->parameters, name)) return "query/" + name;
    const std::string_view placeholder = placeholder_of(*route);
    if (placeholder.empty()) return pointer;
    // The body of others has an id of its own.
    const bool is_in_path = name == placeholder && (route->schema.empty() || route->method == "PUT");
    // Whoever names a card asks for its member.
    const bool is_of_card = placeholder == "number" && name == "member";
    if (is_in_path || is_of_card || name == noun_of(*route)) return "path/" + std::string{placeholder};
    return pointer;
}

}  // namespace

namespace {
/// Refusals that tell whether somebody is there.
bool tells_who_is_there(std::string_view code) {
    return code == name_of(app::ReferralRejection::referrer_not_found) ||
           code == name_of(app::ReferenceRejection::card_not_found) || code == name_of(app::ReferenceRejection::member_not_found) ||
           code == name_of(app::ReferenceRejection::account_not_found) ||
           code == name_of(app::MemberRejection::account_already_in_programme) ||
           code == name_of(app::CardRejection::card_already_issued) || code == name_of(app::MemberRejection::phone_already_used) ||
           code == name_of(app::MemberRejection::email_already_used) ||
           code == name_of(app::MemberRejection::external_id_already_used);
}
}  // namespace

void Call::count_guess(bool is_there) {
    if (principal.kind != Principal::Kind::key || principal.scope != app::KeyScope::till) return;
    if (is_there) return shared_.guesses.on_find(principal.id, steady_seconds());
    if (!shared_.guesses.on_miss(principal.id, steady_seconds())) return;
    shared_.workers.post([caller = caller(), key = principal.id, &app = shared_.app] {
        app.note(caller, "guess_members", {key}, name_of(ServerRejection::too_many_attempts));
    });
}

void Call::refuse(const app::Refusal& refusal) {
    if (tells_who_is_there(refusal.code)) count_guess(false);
    Problem problem = problem_of(refusal);
    problem.pointer = pointer_in(route_, std::move(problem.pointer));
    for (Flaw& flaw : problem.errors) flaw.pointer = pointer_in(route_, std::move(flaw.pointer));
    refuse(std::move(problem));
}

void Call::refuse(Problem problem) {
    if (problem.status == 401) problem.headers.emplace_back("WWW-Authenticate", "Bearer");
    send(problem_response(problem, request_id_, language_for(nullptr)));
}

void Call::refuse_parameter(std::string pointer, json::MistakeCode code, std::string message) {
    refuse(problem_of({json::Mistake{.pointer = std::move(pointer), .code = code, .message = std::move(message)}}));
}

void mark_replayed(net::Response& response, bool is_repeat) {
    if (is_repeat) response.headers.emplace_back("Idempotency-Replayed", "true");
}

net::Response json_response(int status, std::string body) {
    return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

}  // namespace suki::server
