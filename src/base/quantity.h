#pragma once

#include <compare>
#include <cstdint>

#include "base/names.h"

namespace suki {

/// How goods are counted. Documents may say g or ml; they are read as thousandths of kg or l.
SUKI_ENUM(QuantityUnit, piece, kg, l, m)

/// The largest magnitude of a quantity in thousandths: a billion units.
inline constexpr std::int64_t kQuantityMilliMax = 1'000'000'000'000;

/// Thousandths of a unit: 0.432 kg is {432, kg}; 3 pieces are {3000, piece}.
struct Quantity {
    std::int64_t milli = 0;
    QuantityUnit unit = QuantityUnit::piece;

    friend bool operator==(const Quantity&, const Quantity&) = default;
};

constexpr bool is_whole(Quantity q) { return q.milli % 1000 == 0; }

}  // namespace suki
