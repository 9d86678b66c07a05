#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/asking.h"
#include "base/id.h"
#include "base/time.h"
#include "engine/trade_in.h"

/// Commands about what members hand in to be sold again. docs/decisions/0083-trade-in.md.
namespace suki::app {

/// What was done with a thing, and by whom.
struct TradeItemNote {
    Instant at;
    std::string what;    // `handed_in`, or what it then was
    std::string by;      // empty: by itself
    std::string reason;  // may be empty
};
struct TradeItemView {
    std::string id;  // `tri_…`
    MemberId member;
    std::string trade_in;  // the price list, by its id in the document
    std::string department;
    std::string article;
    std::string grade;  // empty until it is offered for; so with the next ones
    engine::TradeItemStatus status = engine::TradeItemStatus::handed_in;
    std::string store;
    std::string note;
    bool is_on_consignment = false;
    Money price;  // of the list: what is credited, or what it is put up for
    std::string unit;
    Points points;                      // offered; on consignment, the member's share once it is sold
    std::optional<Date> offered_until;  // the last day on which the offer can be accepted
    std::string clause;
    Instant handed_in_at;
    std::optional<Instant> accepted_at;
    Points credited;  // ever
    Money paid;       // what that was worth
    std::optional<Instant> sold_at;
    Money sold_for;
    std::string receipt;               // of the sale; may be empty
    std::vector<TradeItemNote> notes;  // oldest first
    bool is_repeat = false;
};
/// Something is left with the shop, to be graded.
struct HandInItem {
    using answer_type = TradeItemView;
    static constexpr std::string_view word = "hand_in_item";
    std::string programme;
    MemberName member;
    std::string trade_in;
    std::string article;
    std::string store;  // may be empty; so with the next
    std::string note;
};
/// What is done with it then. No caller lets an offer lapse: time does.
struct ChangeTradeItem {
    using answer_type = TradeItemView;
    static constexpr std::string_view word = "change_trade_item";
    std::string programme;
    MemberName member;
    std::string item;
    engine::TradeItemStep step = engine::TradeItemStep::offer;
    std::string grade;    // of an offer
    Money price;          // of a sale
    std::string receipt;  // of a sale; may be empty
    std::string reason;   // of writing off and undoing; may be empty otherwise
};

}  // namespace suki::app
