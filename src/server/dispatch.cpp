#include "server/dispatch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>

#include "server/files.h"
#include "server/rates.h"
#include "server/routes.h"

namespace suki::server {

namespace {

bool is_write(const Route& route) { return route.method != "GET"; }

/// The access that a scope gives; `session` and `anyone` ask for none.
bool may_enter(const Principal& principal, Access access) {
    switch (access) {
        case Access::anyone: return true;
        case Access::session: return principal.kind == Principal::Kind::user;
        case Access::till: return covers(principal.scope, app::KeyScope::till);
        case Access::service: return covers(principal.scope, app::KeyScope::service);
        case Access::admin: return covers(principal.scope, app::KeyScope::admin);
    }
    return false;
}

/// A session in use goes on. Not here, on a thread of the network, where nobody may wait for a commit.
void keep_session(Call& call) {
    if (!call.principal.session || !call.principal.session->is_to_prolong) return;
    const auto secret = call.request().cookie(session_cookie(call.is_secure()));
    if (!secret) return;
    (void)call.shared().workers.try_post([secret = std::string{*secret}, &app = call.app()] { app.prolong(secret); });
}

/// False: the call has been refused. So with all checks here.
bool check_access(Call& call, const Route& route) {
    if (route.access == Access::anyone) return check_address_rate(call, route.operation);
    auto principal = authenticate(call.app(), call.request(), is_write(route), call.is_secure(), call.host());
    if (!principal) {
        if (!check_address_rate(call, route.operation)) return false;
        note_refused_entry(call, route.operation, principal.error().code);
        call.refuse(std::move(principal).error());
        return false;
    }
    call.principal = *std::move(principal);
    if (!check_caller_rate(call)) return false;
    keep_session(call);
    if (may_enter(call.principal, route.access)) return true;
    note_refused_entry(call, route.operation, name_of(ServerRejection::forbidden));
    if (route.access == Access::session) {
        call.refuse(401, name_of(ServerRejection::unauthenticated), "only a browser that signed in has a session");
        return false;
    }
    call.refuse(Problem{
        .status = 403,
        .code = std::string{name_of(ServerRejection::forbidden)},
        .detail = "the scope of this key does not reach so far",
        .arguments = {{"scope", std::string{name_of(call.principal.scope)}}, {"needed", std::string{name_of(route.access)}}}});
    return false;
}

bool has_organisation(const app::App& app, const std::string& id) {
    const std::vector<std::string> all = app.organisations();
    return std::find(all.begin(), all.end(), id) != all.end();
}

/// Empty when there are several, or none.
std::string only_organisation(const app::App& app) {
    std::vector<std::string> all = app.organisations();
    return all.size() == 1 ? std::move(all.front()) : std::string{};
}

bool check_organisation(Call& call, const Route& route) {
    if (route.access == Access::anyone || route.access == Access::session) return true;
    const auto asked = call.request().query_value("organisation");
    if (!call.principal.organisation.empty()) {
        if (asked && *asked != call.principal.organisation) {
            note_refused_entry(call, route.operation, name_of(ServerRejection::forbidden));
            call.refuse(403, name_of(ServerRejection::forbidden), "this key belongs to another organisation");
            return false;
        }
        call.organisation = call.principal.organisation;
        return true;
    }
    if (asked) {
        call.organisation = *asked;
        if (has_organisation(call.app(), call.organisation)) return true;
        call.refuse(404, name_of(app::CommandRejection::organisation_not_found), {});
        return false;
    }
    call.organisation = only_organisation(call.app());
    if (!call.organisation.empty()) return true;
    call.refuse(Problem{.status = 400,
                        .code = std::string{name_of(ServerRejection::organisation_required)},
                        .detail = "the query parameter `organisation` must name one",
                        .pointer = "query/organisation"});
    return false;
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::size_t space = words.find(' ');
        if (words.substr(0, space) == word) return true;
        words = space == std::string_view::npos ? std::string_view{} : words.substr(space + 1);
    }
    return false;
}

bool is_language(std::string_view text) {
    return (text.size() == 2 || text.size() == 3) &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The first language of the header that looks like one; whether its texts exist is seen when they are said.
std::string first_language(std::string_view header) {
    const std::string_view code = header.substr(0, std::min(header.find_first_of("-,; "), header.size()));
    return is_language(code) ? std::string{code} : std::string{};
}

bool read_page(Call& call, std::string_view name, std::string_view value) {
    if (name == "cursor") {
        call.page.cursor = value;
        if (!value.empty() && value.size() <= 512) return true;
        call.refuse_parameter("query/cursor", json::MistakeCode::bad_text, "must have 1 to 512 bytes");
        return false;
    }
    std::size_t limit = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), limit);
    if (parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size() && limit >= 1 && limit <= limits::page_rows_max) {
        call.page.limit = limit;
        return true;
    }
    call.refuse_parameter("query/limit", json::MistakeCode::out_of_range,
                          "a whole number from 1 to " + std::to_string(limits::page_rows_max));
    return false;
}

/// A misspelt parameter would be passed over in silence, and `programe=` would book to another programme.
bool check_query(Call& call, const Route& route) {
    call.programme = call.principal.programme;
    if (const auto header = call.request().header("Accept-Language")) call.language = first_language(*header);
    std::vector<std::string_view> seen;
    for (const auto& [name, value] : call.request().query) {
        const std::string pointer = "query/" + std::string{name};
        const bool is_organisation = name == "organisation" && route.access != Access::anyone;
        if (!has_word(route.parameters, name) && !is_organisation) {
            call.refuse_parameter(pointer, json::MistakeCode::unknown_field, "there is no such parameter here");
            return false;
        }
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
            call.refuse_parameter(pointer, json::MistakeCode::duplicate_field, "stands more than once");
            return false;
        }
        seen.push_back(name);
        if (name == "programme" || name == "unit") {
            if (value.empty() || value.size() > limits::key_bytes) {
                call.refuse_parameter(pointer, json::MistakeCode::bad_text, "must have 1 to 64 bytes");
                return false;
            }
            if (name == "programme") call.programme = value;
        } else if (name == "lang") {
            if (!is_language(value)) {
                call.refuse_parameter(pointer, json::MistakeCode::bad_text, "a language's code of two or three small letters");
                return false;
            }
            call.language = value;
        } else if (name == "cursor" || name == "limit") {
            if (!read_page(call, name, value)) return false;
        }
    }
    return true;
}

bool check_path(Call& call, const std::vector<std::string_view>& values) {
    for (const std::string_view value : values) {
        if (value.size() > limits::code_bytes || value.front() == ' ' || value.back() == ' ') {
            call.refuse_parameter("path/id", json::MistakeCode::bad_text, "at most 128 bytes, without spaces at the ends");
            return false;
        }
        call.path_values.emplace_back(value);
    }
    return true;
}

bool check_idempotency_key(Call& call, const Route& route) {
    if (route.key == KeyRule::none) return true;
    const auto key = call.request().header("Idempotency-Key");
    if (!key) {
        if (route.key == KeyRule::with_hold) return true;
        call.refuse(400, name_of(ServerRejection::idempotency_key_required), "every write needs an Idempotency-Key");
        return false;
    }
    const bool is_good = !key->empty() && key->size() <= limits::code_bytes &&
                         std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!is_good) {
        call.refuse(400, name_of(app::CommandRejection::idempotency_key_invalid), "1 to 128 visible ASCII characters");
        return false;
    }
    call.idempotency_key = *key;
    return true;
}

bool check_member_of_path(Call& call, const Route& route) {
    if (route.path.starts_with("/v1/members/{id}")) return check_member_rate(call, app::NamedBy::member, call.path_values.front());
    if (route.path.starts_with("/v1/cards/{number}")) return check_member_rate(call, app::NamedBy::card, call.path_values.front());
    return true;
}

bool check_content_type(Call& call, const Route& route) {
    if (route.schema.empty()) return true;
    std::string_view type = call.request().header("Content-Type").value_or("");
    type = type.substr(0, std::min(type.find(';'), type.size()));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    const std::string_view coding = call.request().header("Content-Encoding").value_or("identity");
    if (!net::equals_ignoring_case(coding, "identity")) {
        call.refuse(415, name_of(ServerRejection::unsupported_media_type),
                    "Content-Encoding must be absent: bodies are taken as they are");
        return false;
    }
    if (net::equals_ignoring_case(type, "application/json")) return true;
    call.refuse(415, name_of(ServerRejection::unsupported_media_type), "Content-Type must be application/json");
    return false;
}

void handle(const Route& route, const CallPointer& call) {
    try {
        route.handle(call);
    } catch (const std::exception&) {
        // Nothing was promised yet; the cause is in the log of the store, never in the answer.
        if (call->is_open()) call->refuse(500, name_of(ServerRejection::internal_error), "the request could not be handled");
    }
}

void serve_page(Call& call) {
    const net::Request& request = call.request();
    if (request.method != "GET" && request.method != "HEAD") {
        call.refuse(Problem{
            .status = 405, .code = std::string{name_of(ServerRejection::method_not_allowed)}, .headers = {{"Allow", "GET"}}});
        return;
    }
    const File* file = find_page(call.shared().files, request);
    if (file == nullptr) return call.refuse(404, name_of(ServerRejection::route_not_found), "there is no such file");
    call.send(file_response(request, *file));
}

}  // namespace

void dispatch(Shared& shared, const net::Request& request, net::Responder responder) {
    const RouteMatch match = find_route(request.method, request.segments);
    const std::size_t none = routes().size();
    const auto call =
        std::make_shared<Call>(shared, std::move(responder), match.route, match.route != nullptr ? match.index : none);
    if (match.route == nullptr) {
        if (!match.allow.empty()) {
            return call->refuse(Problem{.status = 405,
                                        .code = std::string{name_of(ServerRejection::method_not_allowed)},
                                        .headers = {{"Allow", match.allow}}});
        }
        const bool is_interface = !request.segments.empty() && request.segments.front() == "v1";
        if (!is_interface) return serve_page(*call);
        if (!check_address_rate(*call, {})) return;
        return call->refuse(404, name_of(ServerRejection::route_not_found), "the interface has no such path");
    }
    const Route& route = *match.route;
    if (!check_access(*call, route) || !check_guesses(*call, route.operation) || !check_query(*call, route) ||
        !check_organisation(*call, route) || !check_path(*call, match.values) || !check_member_of_path(*call, route) ||
        !check_idempotency_key(*call, route) || !check_content_type(*call, route)) {
        return;
    }
    if (route.is_quick) return handle(route, call);
    if (!shared.workers.try_post([&route, call] { handle(route, call); })) {
        call->refuse(503, name_of(ServerRejection::too_busy), "too many requests wait");
    }
}

}  // namespace suki::server
