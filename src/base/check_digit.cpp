#include "base/check_digit.h"

namespace suki {

namespace {

/// `weighed` says what a digit adds, and whether it stands at an odd place counted from the right, beginning with 1.
template <class Weighed>
std::optional<char> up_to_ten(std::string_view digits, const Weighed& weighed) {
    if (digits.empty()) return std::nullopt;
    int sum = 0;
    bool is_odd = true;
    for (std::size_t i = digits.size(); i-- > 0; is_odd = !is_odd) {
        const char c = digits[i];
        if (c < '0' || c > '9') return std::nullopt;
        sum = (sum + weighed(c - '0', is_odd)) % 10;
    }
    return static_cast<char>('0' + (10 - sum) % 10);
}

}  // namespace

std::optional<char> gs1_check_digit(std::string_view digits) {
    return up_to_ten(digits, [](int digit, bool is_odd) { return is_odd ? 3 * digit : digit; });
}

std::optional<char> luhn_check_digit(std::string_view digits) {
    return up_to_ten(digits, [](int digit, bool is_odd) {
        if (!is_odd) return digit;
        return digit > 4 ? 2 * digit - 9 : 2 * digit;
    });
}

}  // namespace suki
