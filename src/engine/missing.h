#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/evaluate.h"

/// `40.00 more in 90 days for 3%`: what is missing to more.
namespace suki::engine {

/// `receipt_step`, `amount` and `quantity`: what is missing on this receipt, to the next step of a scale by receipt or to the one
/// condition that alone keeps an offer from applying. `scale_step`: what is missing once this receipt is paid, to the next step of
/// a scale over time.
struct Missing {
    std::string offer;
    std::string kind;
    std::int64_t missing = 0;  // minor units, thousandths or a count; of a scale_step by the measure of its counter
    std::uint32_t step = 0;    // receipt_step and scale_step: the step of the scale that it leads to
    friend bool operator==(const Missing&, const Missing&) = default;
};

/// What a receipt leaves missing. `outcome` is what was decided of it.
///
/// A scale over time reads its counter as it stood before the receipt, so nothing on this receipt can reach its next step. What
/// counts is the next purchase: of an offer whose conditions hold on this receipt, the counter's window as of the receipt's day
/// with what this receipt adds to it, against the first step above that. A later day may let older days fall out of the window.
/// `has_visited`: a visit of the receipt's day is counted already, so that this one adds none.
std::vector<Missing> missing_steps(const Evaluator& evaluator, const Context& context, const event::Receipt& receipt,
                                   const Outcome& outcome, bool has_visited);

/// Where a member stands on a scale over time as of the context's day.
struct ScaleOutlook {
    std::string offer;
    std::int64_t figure = 0;               // of the counter
    std::optional<std::uint32_t> reached;  // the step that a purchase now gets
    std::optional<Missing> next;
};
/// Of every scale over time that asks nothing of the member that the member isn't (level, segment, attribute). What offers ask
/// of the purchase itself is not asked. By offer id.
std::vector<ScaleOutlook> scale_outlooks(const programme::Plan& plan, const Context& context);

}  // namespace suki::engine
