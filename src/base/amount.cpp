#include "base/amount.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace suki {

Ratio reduced(Ratio ratio) {
    SUKI_CHECK(ratio.denominator > 0);
    const std::int64_t divisor = std::gcd(ratio.numerator, ratio.denominator);
    return divisor <= 1 ? ratio : Ratio{ratio.numerator / divisor, ratio.denominator / divisor};
}

std::optional<std::int64_t> divide(__int128 numerator, __int128 denominator, Rounding rounding) {
    SUKI_CHECK(denominator > 0);
    const bool is_negative = numerator < 0;
    // Work on the magnitude so that every rounding is symmetric in sign.
    const auto magnitude = is_negative ? -static_cast<unsigned __int128>(numerator) : static_cast<unsigned __int128>(numerator);
    const auto divisor = static_cast<unsigned __int128>(denominator);
    unsigned __int128 quotient = magnitude / divisor;
    const unsigned __int128 remainder = magnitude % divisor;
    const unsigned __int128 to_next = divisor - remainder;
    bool is_up = false;
    switch (rounding) {
        case Rounding::down: break;
        case Rounding::up: is_up = remainder != 0; break;
        case Rounding::half_up: is_up = remainder != 0 && remainder >= to_next; break;
        case Rounding::half_even:
            is_up = remainder > to_next || (remainder != 0 && remainder == to_next && (quotient & 1) != 0);
            break;
    }
    if (is_up) ++quotient;
    constexpr auto limit = static_cast<unsigned __int128>(std::numeric_limits<std::int64_t>::max());
    if (quotient > limit) return std::nullopt;
    const auto value = static_cast<std::int64_t>(quotient);
    return is_negative ? -value : value;
}

std::vector<std::int64_t> allocate_wide(std::int64_t total, std::span<const __int128> weights) {
    std::vector<std::int64_t> parts(weights.size(), 0);
    // 128-bit weights times a 64-bit total could overflow; shifting all weights alike keeps the proportions close enough only
    // where exactness is impossible, so such weights are refused instead.
    __int128 sum = 0;
    for (const __int128 weight : weights) {
        SUKI_CHECK(weight >= 0);
        sum += weight;
    }
    if (sum == 0) {
        SUKI_CHECK(total == 0);
        return parts;
    }
    const bool is_negative = total < 0;
    const __int128 magnitude = is_negative ? -static_cast<__int128>(total) : static_cast<__int128>(total);
    // floor(m*w/s) with m*w possibly beyond 128 bits: m*w/s = (m/s)*w + (m%s)*w/s, where the second product needs m%s < 2^63.
    struct Remainder {
        __int128 value;
        std::size_t index;
    };
    std::vector<Remainder> remainders;
    remainders.reserve(weights.size());
    __int128 given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        __int128 product = 0;
        SUKI_CHECK(!__builtin_mul_overflow(magnitude, weights[i], &product));
        const __int128 part = product / sum;
        parts[i] = static_cast<std::int64_t>(part);
        given += part;
        remainders.push_back({product % sum, i});
    }
    auto leftover = static_cast<std::size_t>(magnitude - given);
    std::stable_sort(remainders.begin(), remainders.end(),
                     [](const Remainder& a, const Remainder& b) { return a.value > b.value; });
    for (std::size_t i = 0; leftover > 0; ++i, --leftover) ++parts[remainders[i].index];
    if (is_negative) {
        for (std::int64_t& part : parts) part = -part;
    }
    return parts;
}

std::vector<std::int64_t> allocate(std::int64_t total, std::span<const std::int64_t> weights) {
    const std::vector<__int128> wide(weights.begin(), weights.end());
    return allocate_wide(total, wide);
}

}  // namespace suki
