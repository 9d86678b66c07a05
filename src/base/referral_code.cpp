#include "base/referral_code.h"

namespace suki {
namespace {

/// The number of signs is prime and every place has a weight of its own, so no one change and no one exchange keeps the sum.
char check_sign(std::string_view signs) {
    std::size_t sum = 0;
    for (std::size_t at = 0; at < signs.size(); ++at) sum += (at + 2) * kReferralSigns.find(signs[at]);
    return kReferralSigns[(kReferralSigns.size() - sum % kReferralSigns.size()) % kReferralSigns.size()];
}

}  // namespace

std::string referral_code(std::uint64_t chance) {
    std::string code;
    while (code.size() + 1 < kReferralLength) {
        code += kReferralSigns[chance % kReferralSigns.size()];
        chance /= kReferralSigns.size();
    }
    code += check_sign(code);
    return code;
}

std::optional<std::string> read_referral_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (c == ' ' || c == '-') continue;
        const char sign = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (kReferralSigns.find(sign) == std::string_view::npos || code.size() == kReferralLength) return std::nullopt;
        code += sign;
    }
    if (code.size() != kReferralLength) return std::nullopt;
    if (check_sign(std::string_view(code).substr(0, kReferralLength - 1)) != code.back()) return std::nullopt;
    return code;
}

}  // namespace suki
