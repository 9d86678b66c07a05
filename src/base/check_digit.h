#pragma once

#include <optional>
#include <string_view>

/// The last digit of a number that people read, type and scan: by it a slip is found.
namespace suki {

/// The digit that belongs behind `digits`; none where they are empty or not all digits.
/// GS1: weights 3 and 1 from the right, up to the next ten (GS1 General Specifications, 7.9). Finds each wrong digit, and all
/// exchanges of neighbours but those that differ by 5.
std::optional<char> gs1_check_digit(std::string_view digits);
/// Luhn: every other digit from the right doubled, less 9 where it has two digits (ISO/IEC 7812-1, annex B). Finds each wrong
/// digit, and all exchanges of neighbours but 09 with 90.
std::optional<char> luhn_check_digit(std::string_view digits);

}  // namespace suki
