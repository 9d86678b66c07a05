#pragma once

#include <functional>
#include <string>

#include "app/desk.h"

namespace suki::app {

using BreachFound = std::function<void(std::string what, std::string where, std::string details)>;

/// What `suki verify` asks of a record: that it says what its kind says, and that what it speaks of is there. Throws a
/// store::StoreFault where it is damaged.
void check_record(const Desk& desk, const store::RecordRow& row, const BreachFound& breach);

}  // namespace suki::app
