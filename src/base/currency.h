#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/amount.h"

namespace suki {

/// How many decimals the minor unit of an ISO 4217 currency has (JPY 0, BYN 2, BHD 3); nothing for an unknown code.
std::optional<int> currency_exponent(std::string_view code);

/// `12.30` for 1230 minor units of exponent 2; a leading `-` for negatives.
std::string money_text(Money money, int exponent);

}  // namespace suki
