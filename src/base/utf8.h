#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace suki {

/// How many of the 8 bytes at `at` stand in a JSON text as they are and are ASCII, up to the first that does not: a quote,
/// backslash, control character (DEL among them) or a longer sequence.
inline std::size_t plain_json_bytes(const char* at) {
    static_assert(std::endian::native == std::endian::little, "eight bytes are looked at as one little-endian number");
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x8080808080808080;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    const std::uint64_t quotes = bytes ^ (ones * '"');
    const std::uint64_t backslashes = bytes ^ (ones * '\\');
    // Adding one carries DEL, and nothing else below 0x80, into the high bit.
    const std::uint64_t deletes = (bytes & ~highs) + ones;
    // The classic test for a zero byte marks falsely only bytes after a true one, and only the first mark is used.
    const std::uint64_t marks =
        (((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes) | ((bytes - ones * 0x20) & ~bytes) | deletes | bytes) &
        highs;
    return marks == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

/// How many bytes the well-formed UTF-8 sequence at `at` takes; 0 when there is none: a stray or missing continuation byte, an
/// overlong form, a surrogate, or a point beyond Unicode. `at` < `end`.
inline std::size_t utf8_length(const char* at, const char* end) {
    const auto byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
    const auto is_continuation = [&byte](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const auto left = static_cast<std::size_t>(end - at);
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    if (lead < 0xe0) return left >= 2 && is_continuation(1) ? 2 : 0;
    if (lead < 0xf0) {
        if (left < 3 || !is_continuation(1) || !is_continuation(2)) return 0;
        if (lead == 0xe0 && byte(1) < 0xa0) return 0;
        if (lead == 0xed && byte(1) >= 0xa0) return 0;
        return 3;
    }
    if (left < 4 || !is_continuation(1) || !is_continuation(2) || !is_continuation(3)) return 0;
    if (lead == 0xf0 && byte(1) < 0x90) return 0;
    if (lead == 0xf4 && byte(1) >= 0x90) return 0;
    return 4;
}

}  // namespace suki
