#include "base/ed25519.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace suki {
namespace {

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
    return bytes;
}

struct Vector {
    std::string_view private_key, public_key, message, signature;
};
/// RFC 8032, 7.1.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a1"
     "0"
     "0b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0"
     "c"
     "00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec"
     "4"
     "0a"},
};

TEST(Ed25519, SignsAsTheStandardSays) {
    for (const Vector& vector : kVectors) {
        const std::string key = bytes_of(vector.private_key);
        EXPECT_EQ(to_hex(ed25519_public_key(key)), vector.public_key);
        EXPECT_EQ(to_hex(ed25519_sign(key, bytes_of(vector.message))), vector.signature);
        EXPECT_TRUE(is_signed_by_ed25519(bytes_of(vector.public_key), bytes_of(vector.message), bytes_of(vector.signature)));
    }
}

TEST(Ed25519, NothingElseIsSigned) {
    const std::string key = bytes_of(kVectors[1].public_key);
    const std::string signature = bytes_of(kVectors[1].signature);
    EXPECT_FALSE(is_signed_by_ed25519(key, "s", signature));
    EXPECT_FALSE(is_signed_by_ed25519(bytes_of(kVectors[2].public_key), "r", signature));
    EXPECT_FALSE(is_signed_by_ed25519(key, "r", signature.substr(1)));
    EXPECT_FALSE(is_signed_by_ed25519(key, "r", ""));
    EXPECT_FALSE(is_signed_by_ed25519("", "r", signature));
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        std::string changed = signature;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(is_signed_by_ed25519(key, "r", changed)) << bit;
    }
}

}  // namespace
}  // namespace suki
