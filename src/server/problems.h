#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/refusal.h"
#include "base/names.h"
#include "programme/diagnostic.h"
#include "server/json/decode.h"
#include "server/net/response.h"

namespace suki {
class JsonWriter;
}

namespace suki::server {

/// What the server itself refuses, before or beside the application. `net` gives some of them without a route.
SUKI_ENUM(ServerRejection, malformed_request, invalid_request, unauthenticated, forbidden, csrf_token_invalid, origin_not_allowed,
          route_not_found, method_not_allowed, unsupported_media_type, organisation_required, idempotency_key_required,
          precondition_required, currency_differs, product_not_found, store_not_found, barcode_not_possible, not_ready, too_busy,
          too_many_requests, too_many_attempts, internal_error)
/// Those of `net`, written down there as words.
SUKI_ENUM(WireRejection, malformed_target, incomplete_request, request_timeout, target_too_long, header_too_large, body_too_large,
          expectation_failed, http_version_not_supported, transfer_encoding_not_supported, too_many_connections, malformed_response)

/// One mistake in what was sent; `code` is a word of json::MistakeCode or event::ProblemCode.
struct Flaw {
    std::string pointer;
    std::string code;
    std::string message;
};

/// A refusal as it is answered: RFC 9457 problem details.
struct Problem {
    int status = 400;
    std::string code;
    std::string detail;
    std::string pointer;
    std::vector<std::pair<std::string, std::string>> arguments;
    std::vector<Flaw> errors;
    programme::Diagnostics diagnostics;
    std::vector<std::pair<std::string, std::string>> headers;  // Retry-After, Allow, …
};

/// The one place where a refusal becomes an HTTP status.
int status_of(app::RefusalKind kind);
Problem problem_of(const app::Refusal& refusal);
/// All mistakes of a body: `malformed_request` when it is no JSON at all, else `invalid_request`.
Problem problem_of(const std::vector<json::Mistake>& mistakes);

/// `language` is that of the diagnostics; the rest is for programs.
net::Response problem_response(const Problem& problem, std::string_view request_id, std::string_view language);
void write_diagnostics(JsonWriter& out, const programme::Diagnostics& diagnostics, std::string_view language);

}  // namespace suki::server
