#include "base/decimal.h"

#include <limits>

namespace suki {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

__int128 power_of_ten(int exponent) {
    __int128 power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

/// Sign, digits and point; at most `digits_max` digits. Stops at the first other character, whose place `end` gets.
std::optional<WideDecimal> parse_mantissa(std::string_view text, int digits_max, std::size_t& end) {
    std::size_t at = 0;
    bool is_negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) is_negative = text[at++] == '-';
    WideDecimal decimal;
    int digits = 0;
    bool has_point = false;
    bool was_digit = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (is_digit(c)) {
            if (++digits > digits_max) return std::nullopt;
            decimal.value = decimal.value * 10 + (c - '0');
            if (has_point) ++decimal.decimals;
            was_digit = true;
        } else if (c == '.' && !has_point && was_digit) {
            has_point = true;
            was_digit = false;
        } else if (c == '_' && was_digit && at + 1 < text.size() && is_digit(text[at + 1])) {
            was_digit = false;
        } else {
            break;
        }
    }
    if (!was_digit) return std::nullopt;
    if (is_negative) decimal.value = -decimal.value;
    end = at;
    return decimal;
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
    std::size_t end = 0;
    const auto parsed = parse_mantissa(text, 18, end);
    if (!parsed || end != text.size()) return std::nullopt;
    return Decimal{static_cast<std::int64_t>(parsed->value), parsed->decimals};
}

std::optional<WideDecimal> parse_decimal_with_exponent(std::string_view text) {
    std::size_t end = 0;
    auto parsed = parse_mantissa(text, 36, end);
    if (!parsed) return std::nullopt;
    if (end == text.size()) return parsed;
    if (text[end] != 'e' && text[end] != 'E') return std::nullopt;
    const auto exponent = parse_integer(text.substr(end + 1));
    if (!exponent || *exponent < -30 || *exponent > 30) return std::nullopt;
    parsed->decimals -= static_cast<int>(*exponent);
    return parsed;
}

std::optional<std::int64_t> at_decimals(Decimal decimal, int decimals) {
    __int128 value = decimal.value;
    if (decimal.decimals <= decimals) {
        value *= power_of_ten(decimals - decimal.decimals);
    } else {
        const __int128 divisor = power_of_ten(decimal.decimals - decimals);
        if (value % divisor != 0) return std::nullopt;
        value /= divisor;
    }
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> at_decimals_rounded(WideDecimal decimal, int decimals, Rounding rounding) {
    const int missing = decimals - decimal.decimals;
    if (decimal.value == 0) return 0;
    if (missing >= 0) {
        __int128 value = decimal.value;
        for (int i = 0; i < missing; ++i) {
            if (__builtin_mul_overflow(value, static_cast<__int128>(10), &value)) return std::nullopt;
        }
        return divide(value, 1, Rounding::down);
    }
    // A divisor of 10^37 exceeds every mantissa of 36 digits many times over: any longer one rounds alike.
    return divide(decimal.value, power_of_ten(-missing > 37 ? 37 : -missing), rounding);
}

std::string decimal_text(std::int64_t value, int decimals) {
    const bool is_negative = value < 0;
    std::string digits = std::to_string(is_negative ? -value : value);
    const auto places = static_cast<std::size_t>(decimals);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    std::string fraction = digits.substr(digits.size() - places);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    std::string text = digits.substr(0, digits.size() - places);
    if (!fraction.empty()) text += "." + fraction;
    return is_negative ? "-" + text : text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    const auto decimal = parse_decimal(text);
    if (!decimal || decimal->decimals != 0 || text.find('.') != std::string_view::npos) return std::nullopt;
    return decimal->value;
}

}  // namespace suki
