#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "server/net/request.h"
#include "server/problems.h"

namespace suki::server {

/// Who asks, as far as the server knows.
struct Principal {
    enum class Kind { nobody, key, user };
    Kind kind = Kind::nobody;
    std::string id;            // of the key, or the user's name
    std::string name;          // for people
    std::string organisation;  // empty: a user of every one
    std::string programme;     // the default; may be empty
    std::string store;         // the only one whose receipts and events the key may write; empty: any
    app::KeyScope scope = app::KeyScope::till;
    std::optional<app::SessionView> session;
};

/// The widest of a key's scopes; till when it has none.
app::KeyScope widest(const std::vector<app::KeyScope>& scopes);
/// Whether `held` is enough where `needed` is asked for: each scope includes those before it.
bool covers(app::KeyScope held, app::KeyScope needed);

/// Where all is said by TLS no other host of the same domain can plant one of this name.
constexpr std::string_view session_cookie(bool is_secure) { return is_secure ? "__Host-suki_session" : "suki_session"; }

/// By `Authorization: Bearer`, else by the session's cookie. A write with the cookie must carry the session's token in X-CSRF-Token
/// and, where the browser sends an Origin, come from this very host.
Result<Principal, Problem> authenticate(const app::App& app, const net::Request& request, bool is_write, bool is_secure,
                                        std::optional<std::string_view> host);
/// Whether the Origin, if there is one, is the host that was asked.
bool is_same_origin(const net::Request& request, std::optional<std::string_view> host);

}  // namespace suki::server
