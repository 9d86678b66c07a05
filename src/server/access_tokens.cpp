#include "base/digest.h"
#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

/// The right to a closed resource as a token, and the keys by which anybody checks it.
namespace suki::server {

namespace {

/// As RFC 7517 and RFC 8037 write them.
std::string key_set(const app::SigningKeysView& view) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("keys");
    for (const app::SigningKeyView& key : view.keys) {
        out.begin_object();
        out.field("kty", "OKP");
        out.field("crv", "Ed25519");
        out.field("use", "sig");
        out.field("alg", "EdDSA");
        out.field("kid", key.id);
        out.field("x", key.public_key);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    return body;
}

std::string list_of(const app::SigningKeysView& view) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const app::SigningKeyView& key : view.keys) {
        out.begin_object();
        out.field("id", key.id);
        out.field("status", name_of(key.status));
        write_instant(out, "made_at", key.made_at);
        write_instant(out, "signs_from", key.signs_from);
        write_instant(out, "published_until", key.published_until);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    return body;
}

}  // namespace

void issue_access_token(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const std::string& benefit = call->path_values.at(1);
    const auto token = call->app().access_token(call->caller(), call->programme, named(*id), benefit);
    if (!token) return call->refuse(token.error());
    call->count_guess(true);
    // A door that a person opens in somebody's name is written down before it opens. A site's own server opens it for whoever is
    // signed in there, as often as they come.
    if (call->principal.kind == Principal::Kind::user &&
        !call->app().note(call->caller(), "issue_access_token", {id->text(), benefit}, "done")) {
        return call->refuse(app::refuse(app::CommandRejection::store_unavailable).error);
    }
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("token", token->token);
    out.field("key", token->key);
    out.field("resource", token->resource);
    write_instant(out, "expires_at", token->expires_at);
    out.end_object();
    call->send_json(200, std::move(body));
}

void get_key_set(const CallPointer& call) {
    const auto keys = call->app().signing_keys(call->path_values.at(0));
    if (!keys) return call->refuse(keys.error());
    // The same for an organisation that is not there: whom a server works for is nobody's business.
    if (keys->keys.empty()) return call->refuse(app::refuse(app::AuthRejection::signing_keys_not_found, "/organisation").error);
    std::string body = key_set(*keys);
    const std::string etag = "\"" + to_hex(sha256(body)).substr(0, 32) + "\"";
    net::Response response{.status = 200, .content_type = "application/jwk-set+json"};
    response.headers.emplace_back("ETag", etag);
    response.headers.emplace_back("Cache-Control", "public, max-age=" + std::to_string(app::kKeysKeptSeconds));
    if (call->request().header("If-None-Match").value_or("").find(etag) != std::string_view::npos) {
        response.status = 304;
    } else {
        response.body = std::move(body);
    }
    call->send(std::move(response));
}

void list_signing_keys(const CallPointer& call) {
    const auto keys = call->app().signing_keys(call->organisation);
    if (!keys) return call->refuse(keys.error());
    call->send_json(200, list_of(*keys));
}

void rotate_signing_keys(const CallPointer& call) {
    auto input = read_body<KeyRotationInput>(*call, read_key_rotation);
    if (!input) return;
    const app::RotateSigningKeys command{.how = input->revoke ? app::KeyRotation::revoke : app::KeyRotation::next};
    submit(call, command, [](Call& answered, const app::SigningKeysView& keys) {
        net::Response response = json_response(200, list_of(keys));
        mark_replayed(response, keys.is_repeat);
        answered.send(std::move(response));
    });
}

}  // namespace suki::server
