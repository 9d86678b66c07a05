#pragma once

/// Aborts in every build when `cond` is false. Only for bugs of Suki's own (corrupt plan or memory), never for input:
/// what the world sends is refused by a value.
#define SUKI_CHECK(cond)                                     \
    do {                                                     \
        if (!(cond)) [[unlikely]]                            \
            ::suki::check_failed(#cond, __FILE__, __LINE__); \
    } while (false)

namespace suki {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace suki
