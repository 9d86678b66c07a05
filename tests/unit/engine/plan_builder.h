#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "engine/evaluate.h"
#include "engine/levels.h"
#include "programme/plan.h"

/// Plans, receipts and contexts by hand, as short as the tests need them. Money is minor units, quantities are thousandths.
namespace suki::engine {

using namespace programme;

/// Percents by steps.
using PercentSteps = std::vector<std::pair<std::int64_t, Ratio>>;
inline Scale percents(const PercentSteps& steps) {
    Scale scale;
    for (const auto& [from, rate] : steps) scale.steps.push_back({from, DiscountPercent{rate}});
    return scale;
}
inline Scale by_amount(const PercentSteps& steps) { return percents(steps); }
inline Scale by_window(std::uint32_t window, const PercentSteps& steps) {
    Scale scale = percents(steps);
    scale.by = ScaleBy::window;
    scale.window = window;
    return scale;
}

struct PlanBuilder {
    Plan plan;

    PlanBuilder() {
        plan.id = "test";
        plan.currency = "BYN";
        plan.zone = std::make_shared<Zone>(fixed_zone("UTC", 0));
        add_unit("points", {1, 1});
    }
    std::uint32_t add_unit(std::string id, Ratio worth, std::int64_t denominator = 1) {
        Unit unit;
        unit.id = std::move(id);
        unit.worth = worth;
        unit.denominator = denominator;
        plan.units.push_back(unit);
        return static_cast<std::uint32_t>(plan.units.size() - 1);
    }
    Unit& unit(std::size_t i = 0) { return plan.units[i]; }

    /// Stage by the give: points, line when it has lines, else receipt.
    Offer& offer(std::string id, Give give, std::vector<Condition> when = {}) {
        Offer offer;
        offer.id = std::move(id);
        offer.clause = "4." + std::to_string(plan.offers.size() + 1);
        offer.give = std::move(give);
        offer.conditions = std::move(when);
        const bool is_points = gives_points(offer.give);
        offer.stage = is_points ? Stage::points : Stage::receipt;
        offer.needs_member = is_points;
        plan.offers.push_back(std::move(offer));
        return plan.offers.back();
    }
    Offer& line_offer(std::string id, Give give, LineFilter lines = {}, std::vector<Condition> when = {}) {
        Offer& made = offer(std::move(id), std::move(give), std::move(when));
        made.lines = std::move(lines);
        if (made.stage == Stage::receipt) made.stage = Stage::line;
        return made;
    }
    std::uint32_t window(Counter counter, Window over = {}) {
        plan.counters.push_back(std::move(counter));
        plan.windows.push_back({static_cast<std::uint32_t>(plan.counters.size() - 1), over});
        return static_cast<std::uint32_t>(plan.windows.size() - 1);
    }
    std::uint32_t pool(PoolKind kind, std::int64_t total = 0) {
        plan.pools.push_back({.kind = kind, .total = total, .key = "pool" + std::to_string(plan.pools.size())});
        return static_cast<std::uint32_t>(plan.pools.size() - 1);
    }
    [[nodiscard]] PlanPointer made() const { return std::make_shared<const Plan>(plan); }
    [[nodiscard]] Evaluator evaluator(bool use_indexes = true) const { return Evaluator{made(), {use_indexes}}; }
};

struct Basket {
    event::Receipt receipt;
    Context context;

    Basket() {
        receipt.id = "r1";
        receipt.store = "minsk_1";
        receipt.channel = "till";
        context.is_member = true;
        context.date = *make_date(2026, 12, 2);
        context.store_weekday = Weekday::wed;
        context.store_time = {9 * 60 + 30};
    }
    /// A piece of that sku in that category.
    event::Line& add(std::string sku, std::int64_t amount, std::string category = {},
                     Quantity quantity = {1000, QuantityUnit::piece}) {
        event::Line line;
        line.number = static_cast<std::uint32_t>(receipt.lines.size() + 1);
        line.sku = std::move(sku);
        line.amount = Money{amount};
        line.quantity = quantity;
        receipt.lines.push_back(line);
        context.lines.push_back({.category = std::move(category)});
        return receipt.lines.back();
    }
};

inline LineFilter skus(std::vector<std::string> ids) { return {.skus = std::move(ids)}; }
inline LineFilter category(std::string path) { return {.categories = {std::move(path)}}; }
inline Quantity pieces(std::int64_t count) { return {count * 1000, QuantityUnit::piece}; }
inline Quantity kilos(std::int64_t milli) { return {milli, QuantityUnit::kg}; }

inline const event::Decision* decision(const Outcome& outcome, std::string_view offer) {
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.offer == offer) return &decision;
    }
    return nullptr;
}
/// `applied`, `lost_to_stack`, …; `none` when the outcome does not mention the offer.
inline std::string verdict(const Outcome& outcome, std::string_view offer) {
    const event::Decision* found = decision(outcome, offer);
    return found == nullptr ? "none" : std::string{name_of(found->verdict)};
}
inline std::int64_t discount(const Outcome& outcome) { return outcome.discount.minor(); }
inline std::int64_t points(const Outcome& outcome, std::size_t unit = 0) { return outcome.points[unit].minor(); }

}  // namespace suki::engine
