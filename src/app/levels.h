#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"

/// Levels that are given by hand. What matters for deriving a level stands with the counters (account::LevelGrant); who gave it and
/// why in a record of the account.
namespace suki::app {

inline constexpr std::string_view kLevelGrantPrefix = "lgr";

struct LevelGrantRecord {
    std::string match;  // what elsewhere was matched; may be empty
    Date from;
    std::optional<Date> until;  // as it was granted: the first day without it
    std::string author;
    std::string reason;
    std::optional<Date> ended_on;
    std::string ended_by;
    std::string ended_because;
};
template <class C>
void fields(C& c, LevelGrantRecord& v) {
    each(c, v.match, v.from, v.until, v.author, v.reason, v.ended_on, v.ended_by, v.ended_because);
}

/// The last day on which it is there is the one before.
std::optional<Date> end_of(const LevelGrantRecord& grant);

/// Whether the state of an account and the records of it tell of the same grants.
void check_level_grants(const Desk& desk, const store::StateRow& row, const std::function<void(const std::string&)>& breach);

}  // namespace suki::app
