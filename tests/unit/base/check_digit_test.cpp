#include "base/check_digit.h"

#include <gtest/gtest.h>

#include <string>

namespace suki {
namespace {

TEST(CheckDigit, Gs1OfPublishedNumbers) {
    // GS1 General Specifications, 7.9.1: 376104250021234569 of SSCC; and three EAN-13 in everybody's kitchen.
    EXPECT_EQ(gs1_check_digit("37610425002123456"), '9');
    EXPECT_EQ(gs1_check_digit("400638133393"), '1');
    EXPECT_EQ(gs1_check_digit("590123412345"), '7');
    EXPECT_EQ(gs1_check_digit("9638507"), '4');
}

TEST(CheckDigit, LuhnOfPublishedNumbers) {
    EXPECT_EQ(luhn_check_digit("7992739871"), '3');
    EXPECT_EQ(luhn_check_digit("411111111111111"), '1');
    EXPECT_EQ(luhn_check_digit("37828224631000"), '5');
}

TEST(CheckDigit, OnlyOfDigits) {
    for (const char* text : {"", "12a4", " 1", "-1", "\xD9\xA1"}) {
        EXPECT_EQ(gs1_check_digit(text), std::nullopt) << text;
        EXPECT_EQ(luhn_check_digit(text), std::nullopt) << text;
    }
    EXPECT_EQ(gs1_check_digit("0"), '0');
    EXPECT_EQ(luhn_check_digit("0"), '0');
}

/// Every wrong digit is found, and every exchange of neighbours but those that the header names.
TEST(CheckDigit, FindsSlips) {
    const std::string digits = "2900481726354";
    const std::string twelve = digits.substr(0, 12);
    for (std::size_t i = 0; i < twelve.size(); ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            if (c == twelve[i]) continue;
            std::string wrong = twelve;
            wrong[i] = c;
            EXPECT_NE(gs1_check_digit(wrong), gs1_check_digit(twelve));
            EXPECT_NE(luhn_check_digit(wrong), luhn_check_digit(twelve));
        }
    }
    for (char a = '0'; a <= '9'; ++a) {
        for (char b = '0'; b <= '9'; ++b) {
            const std::string here = std::string("12") + a + b + "7";
            const std::string there = std::string("12") + b + a + "7";
            if (a == b) continue;
            const bool is_blind_gs1 = a - b == 5 || b - a == 5;
            EXPECT_EQ(gs1_check_digit(here) == gs1_check_digit(there), is_blind_gs1) << here;
            const bool is_blind_luhn = (a == '0' && b == '9') || (a == '9' && b == '0');
            EXPECT_EQ(luhn_check_digit(here) == luhn_check_digit(there), is_blind_luhn) << here;
        }
    }
}

}  // namespace
}  // namespace suki
