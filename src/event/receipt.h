#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/amount.h"
#include "base/id.h"
#include "base/quantity.h"
#include "base/time.h"

/// What happened outside, as its sender stated it. Nothing here is resolved or judged.
namespace suki::event {

/// One line of goods. Money is minor units of the programme's currency; `amount` is the list total, before any discount. What a
/// line states itself (category, brand, tags) wins over the catalogue; empty means not stated.
struct Line {
    std::uint32_t number = 0;  // 1.. as the till numbers them; unique on the receipt
    std::string sku;
    std::string title;
    std::string category;
    std::string brand;
    std::string batch;
    std::vector<std::string> tags;
    bool has_tags = false;  // `tags: []` stated: no tags, whatever the catalogue says
    Quantity quantity{1000, QuantityUnit::piece};
    bool has_unit = true;  // false: not stated, so the catalogue's, else pieces
    Money amount;
    Money tax;                     // included in `amount`; at most it
    std::optional<Money> cost;     // of the whole line
    Money till_discount;           // the till's own, given on this line
    std::optional<Money> charged;  // what the till charged for the line, all in
    bool is_deposit = false;       // bottles and the like: no discount, no points, no counters
    bool no_discount = false;
    bool no_points = false;
};

/// How it was paid. Points are a tender of their own, see Receipt::points_paid.
struct Tender {
    std::string kind;  // cash, card, gift_card, …: free text of the till
    Money amount;
};

/// Points of one unit handed over as payment. `hold`: confirm this hold instead of spending anew.
struct PointsPayment {
    std::string unit;
    Points points;
    std::optional<HoldId> hold;
};

/// Part of a line of an earlier receipt brought back.
struct ReturnedLine {
    std::uint32_t line = 0;
    Quantity quantity;
    bool has_unit = true;  // false: not stated, so that of what was bought
};

struct Receipt {
    std::string id;  // the caller's, unique per programme
    std::string store;
    std::string till;
    std::string number;
    Instant occurred_at;
    std::optional<int> offset_s;  // of the sender's clock, when it said so
    std::string channel;          // till, web, app, …
    std::string card;             // number, when the member was named by one
    std::vector<Line> lines;
    Money till_discount;           // on the whole receipt
    std::optional<Money> charged;  // what the till charged in all, before points and tenders
    std::vector<PointsPayment> points_paid;
    std::vector<Tender> tenders;
};

/// A return of goods sold on `receipt`, or (for a void) of everything left of it.
struct Return {
    std::string id;  // the caller's, unique per programme
    std::string receipt;
    Instant occurred_at;
    std::vector<ReturnedLine> lines;  // empty with is_void
    bool is_void = false;
    std::string reason;
    std::optional<Money> refunded;  // what the till gave back, when it did so before asking
};

/// Something a member did without buying: came in, opened the app, took part.
struct Activity {
    std::string id;
    std::string kind;  // `visit`, or any other word
    Instant occurred_at;
    std::string store;
};

}  // namespace suki::event
