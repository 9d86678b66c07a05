#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/base64.h"
#include "base/ed25519.h"

/// Access tokens as a door reads them.
namespace suki::house {

/// Of a set of published keys (RFC 8037).
struct PublishedKey {
    std::string id;
    std::string x;
};

/// `fault` is empty where a published key signed it and the header is what was promised.
struct OpenedToken {
    std::string fault;           // `malformed`, `unknown_key`, `not_signed`
    std::string header, claims;  // as JSON
    std::string key, issuer, audience, subject, id, programme, benefit, level;
    std::int64_t issued_at_s = 0;
    std::int64_t not_before_s = 0;
    std::int64_t expires_at_s = 0;
};

/// What stands under a name of a flat object in which nothing is escaped; empty where the name is not there.
inline std::string field_of(std::string_view json, std::string_view name) {
    const std::string quoted = "\"" + std::string{name} + "\":";
    const std::size_t at = json.find(quoted);
    if (at == std::string_view::npos) return {};
    std::string_view rest = json.substr(at + quoted.size());
    if (!rest.starts_with('"')) return std::string{rest.substr(0, rest.find_first_of(",}"))};
    rest.remove_prefix(1);
    return std::string{rest.substr(0, rest.find('"'))};
}

inline OpenedToken open_token(const std::string& token, const std::vector<PublishedKey>& keys) {
    OpenedToken opened{.fault = "malformed"};
    const std::size_t first = token.find('.');
    const std::size_t second = token.find('.', first + 1);
    if (first == std::string::npos || second == std::string::npos) return opened;
    const auto header = app::from_base64(token.substr(0, first));
    const auto claims = app::from_base64(token.substr(first + 1, second - first - 1));
    const auto signature = app::from_base64(token.substr(second + 1));
    if (!header || !claims || !signature) return opened;
    opened.header = *header;
    opened.claims = *claims;
    if (field_of(*header, "alg") != "EdDSA" || field_of(*header, "typ") != "JWT") return opened;
    opened.key = field_of(*header, "kid");
    opened.issuer = field_of(*claims, "iss");
    opened.audience = field_of(*claims, "aud");
    opened.subject = field_of(*claims, "sub");
    opened.id = field_of(*claims, "jti");
    opened.programme = field_of(*claims, "programme");
    opened.benefit = field_of(*claims, "benefit");
    opened.level = field_of(*claims, "level");
    opened.issued_at_s = std::atoll(field_of(*claims, "iat").c_str());
    opened.not_before_s = std::atoll(field_of(*claims, "nbf").c_str());
    opened.expires_at_s = std::atoll(field_of(*claims, "exp").c_str());
    opened.fault = "unknown_key";
    for (const PublishedKey& key : keys) {
        if (key.id != opened.key) continue;
        const auto x = app::from_base64(key.x);
        opened.fault = x && is_signed_by_ed25519(*x, token.substr(0, second), *signature) ? "" : "not_signed";
    }
    return opened;
}

}  // namespace suki::house
