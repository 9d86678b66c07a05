#include "engine/settle.h"

#include "programme/expiry.h"

namespace suki::engine {

using namespace programme;

namespace {

Instant start_in(const Plan& plan, Date date) { return plan.zone == nullptr ? midnight_utc(date) : start_of(*plan.zone, date); }

}  // namespace

Instant matures_at(const Plan& plan, const Unit& unit, Date earned_on) { return start_in(plan, add(earned_on, unit.pending)); }

std::optional<Instant> expires_at(const Plan& plan, const Unit& unit, Date earned_on) {
    const auto date = expires_on(unit.expiry, earned_on);
    return date ? std::optional{start_in(plan, *date)} : std::nullopt;
}

std::vector<UnitEarn> postings(const Plan& plan, const Context& context, const Outcome& outcome) {
    std::vector<UnitEarn> earned;
    if (!context.is_member) return earned;
    for (std::uint32_t number = 0; number < plan.units.size(); ++number) {
        const Unit& unit = plan.units[number];
        UnitEarn each{.unit = number,
                      .request = {.kind = ledger::EntryKind::earn,
                                  .parts = {},
                                  .matures_at = matures_at(plan, unit, context.date),
                                  .expires_at = expires_at(plan, unit, context.date)}};
        for (const event::Decision& decision : outcome.decisions) {
            if (decision.verdict != event::Verdict::applied || decision.unit != unit.id || decision.points <= Points{0}) continue;
            each.request.parts.push_back({.offer = decision.offer, .clause = decision.clause, .points = decision.points});
        }
        if (!each.request.parts.empty()) earned.push_back(std::move(each));
    }
    return earned;
}

}  // namespace suki::engine
