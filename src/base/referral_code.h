#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suki {

/// What a member tells a friend: seven signs and a check sign. Signs that are mistaken for another (0 and O, 1 and I and L) are not
/// among them.
inline constexpr std::string_view kReferralSigns = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
inline constexpr std::size_t kReferralLength = 8;

/// The code of a number drawn by chance. It holds nothing of the member. Only the number modulo 31^7 counts.
std::string referral_code(std::uint64_t chance);

/// As it is kept, of what somebody typed: in capitals, without spaces and hyphens. Nothing where it is no such code; one wrong sign
/// or two exchanged ones are always noticed.
std::optional<std::string> read_referral_code(std::string_view typed);

}  // namespace suki
