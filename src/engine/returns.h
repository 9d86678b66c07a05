#pragma once

#include <cstdint>
#include <vector>

#include "engine/settle.h"

/// Parts of judging returns. Internal to the engine.
namespace suki::engine {

/// What is left of each line after returns, in thousandths, as Receipt::lines.
using Left = std::vector<std::int64_t>;

/// The share of a whole line's value that its remaining quantity has. All of it when nothing came back.
std::int64_t share_left(std::int64_t value, std::int64_t left, const Quantity& bought, Rounding rounding);

/// Of each of decided.points_paid the points that stay paid (rule 3 of judge_return).
std::vector<Points> points_still_paid(const programme::Plan& plan, const StoredReceipt& stored, const Left& left);

/// `returns: keep`: what was decided, scaled line by line to what is left. `kept` as decided.points_paid. Something is left.
Outcome scaled_outcome(const programme::Plan& plan, const StoredReceipt& stored, const Left& left, const std::vector<Points>& kept);

}  // namespace suki::engine
