#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"

namespace suki {

/// A time zone as a value: the wiring loads it from the system's database, pure rooms only read it.
struct Zone {
    struct Transition {
        Instant at;        // from here on …
        int offset_s = 0;  // … local time is this far ahead of UTC
    };
    std::string name;
    int first_offset_s = 0;               // before the first transition
    std::vector<Transition> transitions;  // ascending
};

int offset_at(const Zone& zone, Instant instant);
CivilTime local_time(const Zone& zone, Instant instant);
Date local_date(const Zone& zone, Instant instant);
/// The first instant of `date` in the zone. Where midnight does not exist (a clock put forward over it), the first instant that
/// does; where it comes twice, the earlier.
Instant start_of(const Zone& zone, Date date);
/// The instant at which the zone's clocks show `date` and `time`: the earlier where it comes twice; where it is skipped, the
/// instant of the jump.
Instant instant_of(const Zone& zone, Date date, TimeOfDay time);

/// A zone without transitions.
Zone fixed_zone(std::string name, int offset_s);

using ZonePointer = std::shared_ptr<const Zone>;

}  // namespace suki
