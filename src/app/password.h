#pragma once

#include <optional>
#include <string_view>

#include "app/refusal.h"

namespace suki::app {

constexpr std::size_t kPasswordMin = 10;     // symbols
constexpr std::size_t kPasswordMax = 1'024;  // bytes

/// What is wrong with a password that a person thought of for `name`, in place of `old_password`.
std::optional<AuthRejection> weakness(std::string_view password, std::string_view name, std::string_view old_password);

}  // namespace suki::app
