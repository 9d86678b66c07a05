#pragma once

#include <string>

#include "base/zone.h"

namespace suki::cli {

/// The zone of an IANA name from the system's time zone database, or null when it has none of that name. Transitions from 1900 on,
/// as far as the database lists them one by one (2037); after that the last offset stays.
ZonePointer load_zone(const std::string& name);

}  // namespace suki::cli
