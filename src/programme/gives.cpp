#include <algorithm>

#include "programme/plan.h"

/// What can be told of an offer by what it gives.
namespace suki::programme {

namespace {

/// The give as a step would hold it, where a step can.
std::optional<StepGive> as_step(const Give& give) {
    return std::visit(
        [](const auto& one) -> std::optional<StepGive> {
            if constexpr (std::is_constructible_v<StepGive, decltype(one)>) {
                return StepGive{one};
            } else {
                return std::nullopt;
            }
        },
        give);
}

bool gives_points(const StepGive& step) {
    return !std::holds_alternative<DiscountPercent>(step) && !std::holds_alternative<DiscountAmount>(step);
}

}  // namespace

bool gives_points(const Give& give) {
    if (const auto* scale = std::get_if<Scale>(&give)) return gives_points(scale->steps.front().give);
    const auto step = as_step(give);
    return std::holds_alternative<PointsMultiplied>(give) || (step && gives_points(*step));
}

const Offer* find_offer(const Plan& plan, std::string_view id) {
    const auto found = std::find_if(plan.offers.begin(), plan.offers.end(), [&](const Offer& offer) { return offer.id == id; });
    return found == plan.offers.end() ? nullptr : &*found;
}

namespace {
/// The first part whose key is not before it; nothing where all are.
const ChallengePart* part_from(const Plan& plan, std::string_view key) {
    const auto at =
        std::lower_bound(plan.parts_by_key.begin(), plan.parts_by_key.end(), key,
                         [&](std::uint32_t part, std::string_view wanted) { return plan.challenge_parts[part].key < wanted; });
    return at == plan.parts_by_key.end() ? nullptr : &plan.challenge_parts[*at];
}
}  // namespace

std::optional<std::uint32_t> find_part(const Plan& plan, std::string_view key) {
    const ChallengePart* part = part_from(plan, key);
    if (part == nullptr || part->key != key) return std::nullopt;
    return static_cast<std::uint32_t>(part - plan.challenge_parts.data());
}

std::optional<std::uint32_t> find_challenge(const Plan& plan, std::string_view id) {
    // One part is called as its challenge is, several `challenge/part`.
    for (const std::string& key : {std::string{id}, std::string{id} + "/"}) {
        const ChallengePart* part = part_from(plan, key);
        if (part != nullptr && plan.offers[plan.challenges[part->challenge].offer].id == id) return part->challenge;
    }
    return std::nullopt;
}

bool gives_thing(const Give& give) { return std::holds_alternative<GiveThing>(give); }

bool gives_base_points(const Give& give) {
    const auto* scale = std::get_if<Scale>(&give);
    return std::holds_alternative<PointsPerAmount>(give) ||
           (scale != nullptr && std::holds_alternative<PointsPerAmount>(scale->steps.front().give));
}

bool is_about_lines(const Give& give) {
    if (const auto* scale = std::get_if<Scale>(&give)) {
        const auto* money = std::get_if<DiscountAmount>(&scale->steps.front().give);
        return (money != nullptr && money->is_per_item) || (scale->slices == Slices::quantity && !gives_points(give));
    }
    const auto* money = std::get_if<DiscountAmount>(&give);
    return std::holds_alternative<FixedPrice>(give) || std::holds_alternative<FreeItems>(give) ||
           (money != nullptr && money->is_per_item);
}

bool gives_fixed_points(const Give& give) {
    const auto* scale = std::get_if<Scale>(&give);
    return std::holds_alternative<PointsFixed>(give) ||
           (scale != nullptr && std::holds_alternative<PointsFixed>(scale->steps.front().give));
}

bool gives_by_quantity(const Give& give) {
    const auto* scale = std::get_if<Scale>(&give);
    return std::holds_alternative<PointsPerQuantity>(give) ||
           (scale != nullptr && std::holds_alternative<PointsPerQuantity>(scale->steps.front().give));
}

std::optional<PointRate> point_rate(const StepGive& step) {
    if (const auto* amount = std::get_if<PointsPerAmount>(&step)) return PointRate{reduced(amount->rate), true};
    if (const auto* quantity = std::get_if<PointsPerQuantity>(&step)) {
        return PointRate{reduced(Ratio{quantity->points, quantity->per.milli}), false};
    }
    return std::nullopt;
}

std::vector<PointRate> point_rates(const Give& give) {
    std::vector<PointRate> rates;
    const auto add = [&](const StepGive& step) {
        if (const auto rate = point_rate(step)) rates.push_back(*rate);
    };
    if (const auto* scale = std::get_if<Scale>(&give)) {
        for (const Scale::Step& step : scale->steps) add(step.give);
    } else if (const auto step = as_step(give)) {
        add(*step);
    }
    return rates;
}

}  // namespace suki::programme
