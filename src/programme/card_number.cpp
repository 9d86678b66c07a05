#include "programme/card_number.h"

#include <algorithm>

#include "base/check.h"
#include "base/check_digit.h"

namespace suki::programme {

namespace {

std::optional<char> check_digit(CheckDigit check, std::string_view digits) {
    switch (check) {
        case CheckDigit::gs1: return gs1_check_digit(digits);
        case CheckDigit::luhn: return luhn_check_digit(digits);
        case CheckDigit::none: break;
    }
    return std::nullopt;
}

}  // namespace

int free_digits(const CardNumbers& numbers) {
    return numbers.digits - static_cast<int>(numbers.prefix.size()) - (numbers.check == CheckDigit::none ? 0 : 1);
}

std::int64_t numbers_possible(const CardNumbers& numbers) {
    const int free = free_digits(numbers);
    SUKI_CHECK(free >= 0 && free <= kCardFreeDigitsMax);
    std::int64_t count = 1;
    for (int i = 0; i < free; ++i) count *= 10;
    return count;
}

std::string card_number(const CardNumbers& numbers, std::int64_t serial) {
    SUKI_CHECK(serial >= 0 && serial < numbers_possible(numbers));
    const std::string digits = std::to_string(serial);
    std::string number = numbers.prefix;
    number.append(static_cast<std::size_t>(free_digits(numbers)) - digits.size(), '0');
    number += digits;
    if (const auto check = check_digit(numbers.check, number)) number += *check;
    return number;
}

std::optional<CardNumberFault> fault_of(const CardNumbers& numbers, std::string_view number) {
    const bool is_digits = std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_digits || number.size() != static_cast<std::size_t>(numbers.digits) || !number.starts_with(numbers.prefix)) {
        return CardNumberFault::not_of_form;
    }
    if (numbers.check == CheckDigit::none) return std::nullopt;
    const auto check = check_digit(numbers.check, number.substr(0, number.size() - 1));
    return check == number.back() ? std::nullopt : std::optional{CardNumberFault::wrong_check_digit};
}

}  // namespace suki::programme
