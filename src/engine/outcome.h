#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/amount.h"
#include "base/inline_array.h"
#include "base/limits.h"
#include "event/decision.h"
#include "event/receipt.h"

namespace suki::engine {

/// As Plan::units.
using PointsByUnit = InlineArray<Points, limits::units_per_programme>;

/// One line through the calculation (DESIGN.md 6): list_total - line_discount - receipt_discount - till_discount = total;
/// total - points_money = paid. All >= 0.
struct LineOutcome {
    std::uint32_t line = 0;
    Money list_total;
    Money line_discount;     // of line offers
    Money receipt_discount;  // the line's part of receipt offers
    Money till_discount;     // given on the line, and its part of what was given on the receipt
    Money total;
    Money points_money;  // the line's part of what points paid
    Money paid;
    PointsByUnit points;  // earned
    friend bool operator==(const LineOutcome&, const LineOutcome&) = default;
};

struct PaidPoints {
    std::uint32_t unit = 0;
    Points points;
    Money money;
    friend bool operator==(const PaidPoints&, const PaidPoints&) = default;
};

/// Added to the purchase's civil day; taken off again by a return.
struct CounterChange {
    std::string key;
    std::int64_t change = 0;
    friend bool operator==(const CounterChange&, const CounterChange&) = default;
};

struct PoolDraw {
    std::uint32_t pool = 0;
    std::int64_t amount = 0;
    friend bool operator==(const PoolDraw&, const PoolDraw&) = default;
};

/// What the engine wants done about a receipt. Deterministic to the byte (see packing.h).
struct Outcome {
    std::vector<LineOutcome> lines;          // as Receipt::lines
    std::vector<event::Decision> decisions;  // applied, or met their conditions and lost; by offer id
    Money list_total, discount, till_discount, total, points_money, paid;
    PointsByUnit points;  // earned
    std::vector<PaidPoints> points_paid;
    std::vector<CounterChange> counters;  // by key
    std::vector<PoolDraw> pools;          // by pool
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

}  // namespace suki::engine
