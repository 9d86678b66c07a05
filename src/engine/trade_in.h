#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/amount.h"
#include "base/names.h"
#include "base/time.h"
#include "programme/plan.h"

/// The life of one thing that a member hands in, what is credited for it, and whether a department pays for itself by such things.
/// It knows no store and no wallet. docs/decisions/0083-trade-in.md.
namespace suki::engine {

/// `accepted` is the shop's and credited, `consigned` is still the member's. `given_back` was never the shop's; `undone` was, by
/// mistake.
SUKI_ENUM(TradeItemStatus, handed_in, offered, accepted, consigned, refused, lapsed, sold, written_off, given_back, undone)
SUKI_ENUM(TradeItemStep, offer, accept, refuse, lapse, sell, write_off, give_back, undo)

/// What the step makes of a thing; nothing where it can't be done to it.
std::optional<TradeItemStatus> after(TradeItemStatus status, TradeItemStep step, bool is_on_consignment);

/// Null where the list has no price for it.
const programme::TradeInPrice* price_of(const programme::TradeIn& entry, std::string_view article, std::string_view grade);
/// The member's share of what it was sold for: whole points of the unit, rounded once as the unit says. Nothing out of range.
std::optional<Points> share_of(const programme::TradeIn& entry, const programme::Unit& unit, Money sold_for);
/// A price in points of the unit's worth, rounded as the unit rounds; nothing where it has none, or that is beyond what there can
/// be.
std::optional<Points> points_for(const programme::Unit& unit, Money price);

/// What the report needs of one thing. Money is what its credit was worth when it was given.
struct TradedItem {
    std::string department;
    std::optional<Date> bought_on;  // accepted; none: only ever on consignment
    Money paid;                     // for it, or the member's share
    std::optional<Date> sold_on;
    Money sold_for;
    std::optional<Date> written_off_on;
};
/// A month of a department. What is on consignment is no stock of the shop's: it is paid for when it is sold.
struct TradeInMonth {
    std::string department;
    Date month;  // its first day
    std::int64_t bought = 0;
    Money paid;
    std::int64_t sold = 0;
    Money sold_for;
    Money cost_of_sold;
    std::int64_t written_off = 0;
    Money cost_of_written_off;
    std::int64_t left = 0;  // when the month ended
    Money cost_of_left;
    Money margin;  // sold_for - cost_of_sold - cost_of_written_off
    friend bool operator==(const TradeInMonth&, const TradeInMonth&) = default;
};
/// By department and month, every month from the first in which something happened there to the last. Nothing where a sum is out
/// of range. What was accepted by mistake and undone is left out by the caller.
std::optional<std::vector<TradeInMonth>> trade_in_report(const std::vector<TradedItem>& items);

}  // namespace suki::engine
