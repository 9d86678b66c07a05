#pragma once

#include <cstddef>

namespace suki {

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
