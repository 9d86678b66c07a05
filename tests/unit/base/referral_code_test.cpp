#include "base/referral_code.h"

#include <gtest/gtest.h>

#include <utility>

namespace suki {
namespace {

TEST(ReferralCode, IsReadAsPeopleTypeIt) {
    const std::string code = referral_code(123'456'789'012);
    ASSERT_EQ(code.size(), kReferralLength);
    EXPECT_EQ(read_referral_code(code), code);
    std::string typed = code.substr(0, 4) + "-" + code.substr(4) + " ";
    for (char& c : typed) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    EXPECT_EQ(read_referral_code(typed), code);
}

TEST(ReferralCode, NoticesEveryWrongSignAndEveryExchange) {
    for (std::uint64_t chance = 1; chance < 27'000'000'000; chance += 271'828'182) {
        const std::string code = referral_code(chance);
        for (std::size_t at = 0; at < code.size(); ++at) {
            for (const char sign : kReferralSigns) {
                std::string wrong = code;
                wrong[at] = sign;
                EXPECT_EQ(read_referral_code(wrong).has_value(), wrong == code) << wrong;
            }
            for (std::size_t other = at + 1; other < code.size(); ++other) {
                std::string wrong = code;
                std::swap(wrong[at], wrong[other]);
                EXPECT_EQ(read_referral_code(wrong).has_value(), wrong == code) << wrong;
            }
        }
    }
}

TEST(ReferralCode, RefusesWhatIsNone) {
    const std::string code = referral_code(0);
    for (const std::string& typed : {std::string{}, code + "2", code.substr(1), std::string("ABCD0EFG"), std::string("ABCDЖEFG")}) {
        EXPECT_FALSE(read_referral_code(typed)) << typed;
    }
}

}  // namespace
}  // namespace suki
