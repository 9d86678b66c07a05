#include "server/principal.h"

#include <utility>

#include "base/digest.h"

namespace suki::server {

namespace {

Unexpected<Problem> unauthenticated(std::string detail) {
    return {Problem{.status = 401, .code = "unauthenticated", .detail = std::move(detail)}};
}

Result<Principal, Problem> key_of(const app::App& app, std::string_view authorization) {
    constexpr std::string_view kBearer = "bearer ";
    if (authorization.size() <= kBearer.size() || !net::equals_ignoring_case(authorization.substr(0, kBearer.size()), kBearer)) {
        return unauthenticated("Authorization must be `Bearer suki_…`");
    }
    std::string_view secret = authorization.substr(kBearer.size());
    while (!secret.empty() && secret.front() == ' ') secret.remove_prefix(1);
    const auto key = app.authenticate(secret);
    if (!key) return unauthenticated("this key is not known, or was revoked");
    return Principal{.kind = Principal::Kind::key,
                     .id = key->id,
                     .name = key->name,
                     .organisation = key->organisation,
                     .programme = key->programme,
                     .store = key->store,
                     .scope = widest(key->scopes)};
}

}  // namespace

app::KeyScope widest(const std::vector<app::KeyScope>& scopes) {
    app::KeyScope result = app::KeyScope::till;
    for (const app::KeyScope scope : scopes) {
        if (covers(scope, result)) result = scope;
    }
    return result;
}

bool covers(app::KeyScope held, app::KeyScope needed) { return static_cast<int>(held) >= static_cast<int>(needed); }

bool is_same_origin(const net::Request& request, std::optional<std::string_view> host) {
    const auto origin = request.header("Origin");
    if (!origin) return true;
    const std::size_t scheme_end = origin->find("://");
    if (!host || scheme_end == std::string_view::npos) return false;  // also `null`, of a sandboxed page
    return net::equals_ignoring_case(origin->substr(scheme_end + 3), *host);
}

Result<Principal, Problem> authenticate(const app::App& app, const net::Request& request, bool is_write, bool is_secure,
                                        std::optional<std::string_view> host) {
    if (const auto authorization = request.header("Authorization")) return key_of(app, *authorization);

    const auto cookie = request.cookie(session_cookie(is_secure));
    if (!cookie) return unauthenticated("an API key or a session is needed");
    auto session = app.session(*cookie);
    if (!session) return unauthenticated("the session has ended");
    if (is_write) {
        if (!is_same_origin(request, host)) {
            return Unexpected{Problem{.status = 403, .code = "origin_not_allowed", .detail = "the page comes from another site"}};
        }
        const auto token = request.header("X-CSRF-Token");
        if (!token || !is_equal_constant_time(*token, session->csrf_token)) {
            return Unexpected{
                Problem{.status = 403, .code = "csrf_token_invalid", .detail = "X-CSRF-Token must hold the session's token"}};
        }
    }
    Principal principal{.kind = Principal::Kind::user,
                        .id = session->user,
                        .name = session->user,
                        .organisation = session->organisation,
                        .scope = app::KeyScope::admin};
    principal.session = std::move(session);
    return principal;
}

}  // namespace suki::server
