#include "cli/zones.h"

#include <date/tz.h>

#include <exception>

namespace suki::cli {

namespace {
constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2200;

date::sys_seconds start_of_year(int year) { return date::sys_days{date::year{year} / 1 / 1}; }
Instant instant_of_seconds(date::sys_seconds at) { return {at.time_since_epoch().count() * kSecondUs}; }
}  // namespace

ZonePointer load_zone(const std::string& name) {
    if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return nullptr;
    try {
        const date::time_zone* found = date::locate_zone(name);
        auto zone = std::make_shared<Zone>();
        zone->name = name;
        date::sys_seconds at = start_of_year(kFirstYear);
        date::sys_info info = found->get_info(at);
        zone->first_offset_s = static_cast<int>(info.offset.count());
        int offset_s = zone->first_offset_s;
        while (info.end < start_of_year(kLastYear) && info.end > at) {
            at = info.end;
            info = found->get_info(at);
            const auto next = static_cast<int>(info.offset.count());
            if (next != offset_s) zone->transitions.push_back({instant_of_seconds(at), next});
            offset_s = next;
        }
        return zone;
    } catch (const std::exception&) {
        // The database throws for a name that it doesn't have.
        return nullptr;
    }
}

}  // namespace suki::cli
