#pragma once

#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

struct HoldRequest {
    std::string unit;
    Points points;
    std::int64_t seconds = kHoldSecondsDefault;
    std::uint64_t ordinal = 0;               // of several holds in one command
    const programme::Plan* rules = nullptr;  // what of them needs no goods is asked; null: a quote has asked them all
};
Answered<HoldAnswer> hold_points(Desk& desk, const Ask& ask, const Programme& programme, const Named& named,
                                 const HoldRequest& request);

}  // namespace suki::app
