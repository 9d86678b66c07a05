#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/names.h"

/// The numbers of a programme's own cards: a prefix, digits that tell one card from another, and perhaps a check digit.
namespace suki::programme {

SUKI_ENUM(CheckDigit, gs1, luhn, none)

struct CardNumbers {
    std::string prefix;  // digits, or empty
    int digits = 0;      // of the whole number, with prefix and check digit
    CheckDigit check = CheckDigit::gs1;
    friend bool operator==(const CardNumbers&, const CardNumbers&) = default;
};

inline constexpr int kCardDigitsMin = 6;
inline constexpr int kCardDigitsMax = 19;  // ISO/IEC 7812-1
/// Fewer would soon be used up, and are guessed by trying.
inline constexpr int kCardFreeDigitsMin = 5;
/// So that a serial number is an int64_t.
inline constexpr int kCardFreeDigitsMax = 18;

/// The digits between prefix and check digit.
int free_digits(const CardNumbers& numbers);
/// How many numbers there are: 10 to the power of the free digits.
std::int64_t numbers_possible(const CardNumbers& numbers);
/// The number with this serial, which is from 0 and below `numbers_possible`.
std::string card_number(const CardNumbers& numbers, std::int64_t serial);

/// Why a number is none of these; the first that holds.
SUKI_ENUM(CardNumberFault, not_of_form, wrong_check_digit)
std::optional<CardNumberFault> fault_of(const CardNumbers& numbers, std::string_view number);

}  // namespace suki::programme
