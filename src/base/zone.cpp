#include "base/zone.h"

#include <algorithm>

namespace suki {

int offset_at(const Zone& zone, Instant instant) {
    const auto after = std::upper_bound(zone.transitions.begin(), zone.transitions.end(), instant,
                                        [](Instant i, const Zone::Transition& t) { return i < t.at; });
    return after == zone.transitions.begin() ? zone.first_offset_s : std::prev(after)->offset_s;
}

CivilTime local_time(const Zone& zone, Instant instant) { return civil_time(instant, offset_at(zone, instant)); }

Date local_date(const Zone& zone, Instant instant) { return local_time(zone, instant).date; }

Instant instant_of(const Zone& zone, Date date, TimeOfDay time) {
    const std::int64_t wall = midnight_utc(date).us + static_cast<std::int64_t>(time.minutes) * 60 * kSecondUs;
    // Candidate offsets are those in force within a day of the wall time: the true instant lies there whatever the offset.
    std::int64_t best = 0;
    bool is_found = false;
    const int early = offset_at(zone, {wall - kDayUs});
    const int late = offset_at(zone, {wall + kDayUs});
    for (const int offset : {early, late}) {
        const Instant candidate{wall - offset * kSecondUs};
        if (offset_at(zone, candidate) != offset) continue;
        if (!is_found || candidate.us < best) best = candidate.us;
        is_found = true;
    }
    if (is_found) return {best};
    // Skipped: the clocks jump over this wall time at the transition in between.
    const Instant low{wall - kDayUs};
    const auto jump = std::upper_bound(zone.transitions.begin(), zone.transitions.end(), low,
                                       [](Instant i, const Zone::Transition& t) { return i < t.at; });
    return jump == zone.transitions.end() ? Instant{wall - late * kSecondUs} : jump->at;
}

Instant start_of(const Zone& zone, Date date) { return instant_of(zone, date, TimeOfDay{0}); }

Zone fixed_zone(std::string name, int offset_s) { return {std::move(name), offset_s, {}}; }

}  // namespace suki
