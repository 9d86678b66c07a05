#pragma once

#include <cstdint>

#include "programme/plan.h"

/// Days, weeks and months of the calendar as numbers that follow each other.
namespace suki::programme {

/// Which one `date` is in: the next one's number is one more. `every` is a calendar day, week or month; weeks start on Monday.
std::int64_t period_number(WindowKind every, Date date);
/// Its first day.
Date period_start(WindowKind every, std::int64_t number);

}  // namespace suki::programme
