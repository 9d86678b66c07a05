#include "base/ed25519.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"

namespace suki {

namespace {

struct Free {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Key private_half(std::string_view bytes) {
    SUKI_CHECK(bytes.size() == kEd25519KeyBytes);
    Key key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size())};
    SUKI_CHECK(key != nullptr);
    return key;
}

}  // namespace

std::string ed25519_public_key(std::string_view private_key) {
    const Key key = private_half(private_key);
    std::string half(kEd25519KeyBytes, '\0');
    std::size_t size = half.size();
    SUKI_CHECK(EVP_PKEY_get_raw_public_key(key.get(), bytes_of(half), &size) == 1 && size == half.size());
    return half;
}

std::string ed25519_sign(std::string_view private_key, std::string_view message) {
    const Key key = private_half(private_key);
    const Context context{EVP_MD_CTX_new()};
    SUKI_CHECK(context != nullptr && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    std::string signature(kEd25519SignatureBytes, '\0');
    std::size_t size = signature.size();
    SUKI_CHECK(EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message), message.size()) == 1);
    SUKI_CHECK(size == signature.size());
    return signature;
}

bool is_signed_by_ed25519(std::string_view public_key, std::string_view message, std::string_view signature) {
    if (public_key.size() != kEd25519KeyBytes || signature.size() != kEd25519SignatureBytes) return false;
    const Key key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size())};
    const Context context{EVP_MD_CTX_new()};
    if (key == nullptr || context == nullptr) return false;
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
    return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

}  // namespace suki
