#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/amount.h"

namespace suki {

/// A decimal number as written: value × 10^-decimals. `12.30` is {1230, 2}.
struct Decimal {
    std::int64_t value = 0;
    int decimals = 0;
};

/// Digits with an optional sign, `_` between digits and one point; no exponent, no other letters. At most 18 digits in all;
/// nothing for everything else.
std::optional<Decimal> parse_decimal(std::string_view text);
/// The same, and `4.44e-16` too (exponents -30..30), as files of others write numbers. At most 36 digits are looked at.
struct WideDecimal {
    __int128 value = 0;
    int decimals = 0;
};
std::optional<WideDecimal> parse_decimal_with_exponent(std::string_view text);

/// `decimal` in units of 10^-decimals. Nothing when it is finer than that, or too large.
std::optional<std::int64_t> at_decimals(Decimal decimal, int decimals);
/// The same, rounded where it is finer.
std::optional<std::int64_t> at_decimals_rounded(WideDecimal decimal, int decimals, Rounding rounding);

/// `0.432` for 432 thousandths; trailing zeros of the fraction are left out.
std::string decimal_text(std::int64_t value, int decimals);

/// A whole number with an optional sign and `_` between digits; nothing beyond 18 digits.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace suki
