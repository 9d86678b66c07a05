#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace suki {

namespace {

/// Looked up once: by its name OpenSSL looks it up anew for each digest, which takes longer than hashing a short text.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // kept for ever
    SUKI_CHECK(fetched != nullptr);
    return fetched;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.digest();
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    SUKI_CHECK(context_ && EVP_DigestInit_ex2(static_cast<EVP_MD_CTX*>(context_.get()), algorithm(), nullptr) == 1);
}

void Sha256::Free::operator()(void* context) const noexcept { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context)); }

void Sha256::add(std::string_view bytes) {
    SUKI_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_.get()), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::digest() {
    Digest digest{};
    SUKI_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_.get()), digest.data(), nullptr) == 1);
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest digest{};
    unsigned int size = 0;
    const unsigned char* made = HMAC(algorithm(), key.data(), static_cast<int>(key.size()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size);
    SUKI_CHECK(made != nullptr && size == digest.size());
    return digest;
}

std::string to_hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string to_hex(const Digest& digest) { return to_hex(view_of(digest)); }

bool is_equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::uint64_t stable_hash(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3ULL;
    }
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdULL;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53ULL;
    hash ^= hash >> 33;
    return hash;
}

}  // namespace suki
