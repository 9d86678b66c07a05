#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace suki {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4).
Digest sha256(std::string_view bytes);
/// The same of bytes that come in pieces.
class Sha256 {
public:
    Sha256();
    void add(std::string_view bytes);
    /// Of all that was added. Nothing may be added after it.
    [[nodiscard]] Digest digest();

private:
    struct Free {
        void operator()(void* context) const noexcept;
    };
    std::unique_ptr<void, Free> context_;
};
/// HMAC-SHA-256 (RFC 2104).
Digest hmac_sha256(std::string_view key, std::string_view bytes);
/// Its 32 bytes.
inline std::string_view view_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }
/// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
std::string to_hex(const Digest& digest);
/// Compares without telling by its duration where the difference lies.
bool is_equal_constant_time(std::string_view a, std::string_view b);
/// A 64-bit hash that never changes between builds (FNV-1a with a final mix): buckets, checksums, shard choice; not secret.
std::uint64_t stable_hash(std::string_view bytes);

}  // namespace suki
