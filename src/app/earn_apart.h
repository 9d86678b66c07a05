#pragma once

#include <string>

#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

/// Points that no receipt earned: recognition, a milestone.
struct EarnedApart {
    std::string id;  // in the document
    std::string clause;
    std::uint32_t unit = 0;  // index into the plan's
    Points points;
    Date day;  // as of which they mature and expire by the unit's rules
    std::string cause;
    std::string author;  // empty: nobody
    std::string reason;
};
/// Posts them as a lot of their own, by the edition; which lot that is.
Result<LotId, Refusal> earn_apart(Desk& desk, const Programme& programme, const Edition& edition, const Named& who,
                                  const EarnedApart& earned);

}  // namespace suki::app
