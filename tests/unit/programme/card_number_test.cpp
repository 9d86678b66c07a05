#include "programme/card_number.h"

#include <gtest/gtest.h>

#include <set>

namespace suki::programme {
namespace {

TEST(CardNumber, HasPrefixSerialAndCheckDigit) {
    const CardNumbers ean{.prefix = "29", .digits = 13, .check = CheckDigit::gs1};
    EXPECT_EQ(numbers_possible(ean), 10'000'000'000);
    EXPECT_EQ(card_number(ean, 0), "2900000000001");
    EXPECT_EQ(card_number(ean, 1), "2900000000018");
    EXPECT_EQ(card_number(ean, 9'999'999'999).substr(0, 12), "299999999999");
    const CardNumbers bank{.prefix = "", .digits = 16, .check = CheckDigit::luhn};
    EXPECT_EQ(card_number(bank, 411'111'111'111'111), "4111111111111111");
    const CardNumbers bare{.prefix = "7", .digits = 6, .check = CheckDigit::none};
    EXPECT_EQ(card_number(bare, 42), "700042");
    EXPECT_EQ(free_digits(bare), 5);
}

TEST(CardNumber, ItsOwnAreFaultless) {
    for (const CheckDigit check : {CheckDigit::gs1, CheckDigit::luhn, CheckDigit::none}) {
        const CardNumbers numbers{.prefix = "40", .digits = 10, .check = check};
        std::set<std::string> seen;
        for (std::int64_t serial = 0; serial < numbers_possible(numbers); serial += 997) {
            const std::string number = card_number(numbers, serial);
            EXPECT_EQ(fault_of(numbers, number), std::nullopt) << number;
            EXPECT_TRUE(seen.insert(number).second) << number;
        }
    }
}

TEST(CardNumber, SaysWhatIsWrong) {
    const CardNumbers numbers{.prefix = "29", .digits = 13, .check = CheckDigit::gs1};
    EXPECT_EQ(fault_of(numbers, "2900000000018"), std::nullopt);
    EXPECT_EQ(fault_of(numbers, "2900000000019"), CardNumberFault::wrong_check_digit);
    for (const char* text : {"", "290000000001", "29000000000180", "2800000000011", "290000000001x", "+290000000018"}) {
        EXPECT_EQ(fault_of(numbers, text), CardNumberFault::not_of_form) << text;
    }
}

}  // namespace
}  // namespace suki::programme
