#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/evaluate.h"

/// `40.00 more in 90 days for 3%`: what is missing to more.
namespace suki::engine {

/// What a receipt leaves missing. `outcome` is what was decided of it.
///
/// A scale over time reads its counter as it stood before the receipt, so nothing on this receipt can reach its next step. What
/// counts is the next purchase: of an offer whose conditions hold on this receipt, the counter's window as of the receipt's day
/// with what this receipt adds to it, against the first step above that. A later day may let older days fall out of the window.
/// `has_visited`: a visit of the receipt's day is counted already, so that this one adds none.
std::vector<Missing> missing_steps(const Evaluator& evaluator, const Context& context, const event::Receipt& receipt,
                                   const Outcome& outcome, bool has_visited);

ScaleOutlook outlook_of(const std::string& offer, const programme::Scale& scale, std::int64_t figure);
/// Where a member stands on every scale over time that asks nothing of the member that the member isn't (level, segment,
/// attribute). What offers ask of the purchase itself is not asked. As of the context's day; by offer id.
std::vector<ScaleOutlook> scale_outlooks(const programme::Plan& plan, const Context& context);

}  // namespace suki::engine
