#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/amount.h"
#include "base/names.h"
#include "base/short_list.h"

/// Why something was or was not given: the types that many rooms speak of.
namespace suki::event {

/// applied: it gave something. lost_…: its conditions held, yet it gave nothing. failed: a condition did not hold (only `explain`
/// lists those).
SUKI_ENUM(Verdict, applied, lost_to_stack, lost_to_limit, lost_to_budget, lost_to_cap, gives_nothing, failed)

/// Decision::winner of an offer whose points were cut because the receipt earned more than limits::points_per_receipt.
inline constexpr std::string_view kPointsPerReceipt = "points_per_receipt";

/// What an offer gave on one line.
struct Share {
    std::uint32_t line = 0;  // Line::number
    Money money;
    Points points;
    friend bool operator==(const Share&, const Share&) = default;
};

/// The decision on one offer. `discount` and `points` are the sums of the shares.
struct Decision {
    Decision() {}  // not defaulted: there are many on a receipt, and each would be cleared before it is filled
    Decision(std::string_view of_offer, std::string_view its_clause, Verdict so)
        : offer(of_offer), clause(its_clause), verdict(so) {}

    std::string offer;
    std::string clause;
    Verdict verdict = Verdict::applied;
    Money discount;
    std::string unit;  // of the points; empty when it gives money
    Points points;
    std::int64_t uses = 0;  // how often it applied on this receipt
    /// lost_to_stack: the offer that won; lost_to_limit/budget: which limit (`member`, `programme`, …); applied, lost_to_cap:
    /// kPointsPerReceipt where that cut it.
    std::string winner;
    ShortList<Share, 1> shares;  // most offers are about one line of a receipt
    friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace suki::event
