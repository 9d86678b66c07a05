#pragma once

#include <string>

#include "app/base64.h"
#include "app/core.h"
#include "base/ed25519.h"
#include "base/json_writer.h"

/// A JSON Web Token (RFC 7519) in compact form, signed by Ed25519 (RFC 8037).
namespace suki::app {

template <class Write>
std::string encoded_object(const Write& write) {
    std::string json;
    JsonWriter out{json};
    out.begin_object();
    write(out);
    out.end_object();
    return to_base64(json);
}

/// Of what a token says who issued it.
inline std::string issuer_of(const Wiring& wiring, const std::string& organisation) {
    return wiring.public_url.empty() ? organisation : wiring.public_url + "/v1/organisations/" + organisation;
}

/// `payload`: what it says, an encoded object.
inline std::string signed_token(const Signer& signer, const std::string& payload) {
    std::string token = encoded_object([&](JsonWriter& out) {
        out.field("alg", "EdDSA");
        out.field("typ", "JWT");
        out.field("kid", signer.id);
    });
    token += '.' + payload;
    return token + '.' + to_base64(ed25519_sign(signer.private_key, token));
}

}  // namespace suki::app
