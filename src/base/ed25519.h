#pragma once

#include <string>
#include <string_view>

/// Signatures by Ed25519 (RFC 8032, without a context). Nothing here makes a key by chance: its 32 bytes are an argument.
namespace suki {

inline constexpr std::size_t kEd25519KeyBytes = 32;  // of either half
inline constexpr std::size_t kEd25519SignatureBytes = 64;

/// The public half. `private_key` has kEd25519KeyBytes, here and below.
std::string ed25519_public_key(std::string_view private_key);
/// The same bytes each time.
std::string ed25519_sign(std::string_view private_key, std::string_view message);
/// False also for a key or a signature of another length, or a key that is no point of the curve.
bool is_signed_by_ed25519(std::string_view public_key, std::string_view message, std::string_view signature);

}  // namespace suki
