#pragma once

#include <optional>

#include "programme/plan.h"

namespace suki::programme {

/// The day of the programme's zone at whose start points earned on `earned_on` expire, unless something extends them; nothing when
/// they never do. Earned on 1 March for 12 months they expire as 1 March begins.
std::optional<Date> expires_on(const Expiry& expiry, Date earned_on);

}  // namespace suki::programme
