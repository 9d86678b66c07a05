#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/names.h"

namespace suki {

/// The largest magnitude of any money or points: 2^53 - 1, exact in JSON numbers of every language.
inline constexpr std::int64_t kAmountMax = (std::int64_t{1} << 53) - 1;

/// `down` is toward zero and `up` away from it; halves likewise. All are symmetric in sign, so that a reversal is an exact
/// negative.
SUKI_ENUM(Rounding, down, up, half_up, half_even)

/// An exact rate. `denominator` > 0 always; not necessarily in lowest terms until `reduced`.
struct Ratio {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;

    friend bool operator==(const Ratio& a, const Ratio& b) {
        return static_cast<__int128>(a.numerator) * b.denominator == static_cast<__int128>(b.numerator) * a.denominator;
    }
    friend std::strong_ordering operator<=>(const Ratio& a, const Ratio& b) {
        const auto left = static_cast<__int128>(a.numerator) * b.denominator;
        const auto right = static_cast<__int128>(b.numerator) * a.denominator;
        return left < right   ? std::strong_ordering::less
               : left > right ? std::strong_ordering::greater
                              : std::strong_ordering::equal;
    }
};

/// Lowest terms.
Ratio reduced(Ratio ratio);

/// `numerator / denominator` rounded once. Nothing when the result does not fit in 64 bits. `denominator` > 0.
std::optional<std::int64_t> divide(__int128 numerator, __int128 denominator, Rounding rounding);

/// A whole number of minor units of one kind. There is no conversion between kinds, no `double` and no product of two: only
/// `scale`, which rounds once and says how. The default is zero.
template <class Unit>
class Amount {
public:
    constexpr Amount() = default;
    explicit constexpr Amount(std::int64_t minor) : minor_(minor) {}

    [[nodiscard]] constexpr std::int64_t minor() const { return minor_; }
    [[nodiscard]] constexpr bool is_zero() const { return minor_ == 0; }
    [[nodiscard]] constexpr Amount negated() const { return Amount{-minor_}; }

    friend constexpr auto operator<=>(Amount, Amount) = default;

private:
    std::int64_t minor_ = 0;
};

struct MoneyUnit {};
struct PointsUnit {};
/// Minor units of the programme's currency (kopecks, cents); the currency itself stands in the plan.
using Money = Amount<MoneyUnit>;
/// Whole points of one unit; the unit's name stands beside it.
using Points = Amount<PointsUnit>;

template <class U>
constexpr bool is_in_range(Amount<U> a) {
    return a.minor() >= -kAmountMax && a.minor() <= kAmountMax;
}

/// The sum, or nothing beyond ±kAmountMax.
template <class U>
[[nodiscard]] constexpr std::optional<Amount<U>> add(Amount<U> a, Amount<U> b) {
    // Both are within ±2^53 by construction, so the 64-bit sum itself can't overflow.
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.minor(), b.minor(), &sum)) return std::nullopt;
    const Amount<U> result{sum};
    if (!is_in_range(result)) return std::nullopt;
    return result;
}

template <class U>
[[nodiscard]] constexpr std::optional<Amount<U>> subtract(Amount<U> a, Amount<U> b) {
    return add(a, b.negated());
}

/// For sums that are known to stay in range, because a check or an invariant has seen to it; one that does not is a bug, and
/// aborts.
template <class U>
[[nodiscard]] constexpr Amount<U> plus(Amount<U> a, Amount<U> b) {
    const auto sum = add(a, b);
    SUKI_CHECK(sum.has_value());
    return *sum;
}
template <class U>
[[nodiscard]] constexpr Amount<U> minus(Amount<U> a, Amount<U> b) {
    return plus(a, b.negated());
}

/// `value` × `ratio`, exact in 128 bits, rounded once. Nothing beyond ±kAmountMax.
template <class U>
[[nodiscard]] std::optional<Amount<U>> scale(Amount<U> value, Ratio ratio, Rounding rounding) {
    const auto scaled = divide(static_cast<__int128>(value.minor()) * ratio.numerator, ratio.denominator, rounding);
    if (!scaled) return std::nullopt;
    const Amount<U> result{*scaled};
    if (!is_in_range(result)) return std::nullopt;
    return result;
}

/// Splits `total` by `weights`: each part the floor of its share (of the magnitude), leftovers one each to the largest
/// remainders, ties to the lower index. The parts always sum to `total`, which may be negative; weights are >= 0. When all
/// weights are 0 (or there are none) nothing can be split: every part is 0 and `total` must be 0.
std::vector<std::int64_t> allocate(std::int64_t total, std::span<const std::int64_t> weights);
/// The same for weights wider than 64 bits (unrounded points over a common denominator).
std::vector<std::int64_t> allocate_wide(std::int64_t total, std::span<const __int128> weights);

}  // namespace suki
