#include <algorithm>
#include <numeric>

#include "base/limits.h"
#include "programme/compiler.h"
#include "programme/expiry.h"

/// What only the whole document can be wrong in.
namespace suki::programme {

void Compiler::check_whole() {
    check_stacks();
    check_multipliers();
    for (std::uint32_t unit = 0; unit < plan_.units.size(); ++unit) {
        if (check_rates_of_unit(unit)) continue;
        findings_.error_at_key(unit_nodes_[unit], {DiagnosticCode::rates_too_fine,
                                                   finding::rates_too_fine(plan_.units[unit].id, limits::rate_denominator_max),
                                                   hint::rounder_rates()});
    }
}

void Compiler::warn_of_short_life(NodeRef at, const Unit& unit) {
    const auto is_too_short = [&](Date earned_on) {
        const auto end = expires_on(unit.expiry, earned_on);
        return end && *end <= add(earned_on, unit.pending);
    };
    // How long a month or a year is depends on where it begins: four years hold every case.
    bool is_ever = false;
    bool is_always = true;
    const Date first = *make_date(2025, 1, 1);
    for (int day = 0; day < 4 * 365 + 1; ++day) {
        const bool is_short = is_too_short(add_days(first, day));
        is_ever = is_ever || is_short;
        is_always = is_always && is_short;
    }
    if (!is_ever) return;
    // What an activity extends may still be spent.
    const bool is_hopeless = is_always && unit.expiry.kind != ExpiryKind::after_activity;
    findings_.warning(at, {DiagnosticCode::expires_while_pending,
                           is_hopeless ? finding::never_spendable(unit.id) : finding::not_always_spendable(unit.id),
                           hint::wait_less_or_live_longer()});
}

void Compiler::check_stacks() {
    std::map<std::string_view, std::vector<std::size_t>> stacks;
    for (std::size_t i = 0; i < plan_.offers.size(); ++i) {
        if (!plan_.offers[i].stack.empty()) stacks[plan_.offers[i].stack].push_back(i);
    }
    for (const auto& [name, members] : stacks) {
        if (members.size() == 1) {
            findings_.warning(offer_nodes_[members.front()],
                              {DiagnosticCode::stack_of_one, finding::stack_of_one(name), hint::spelt_the_same()});
        }
        const Offer& first = plan_.offers[members.front()];
        for (const std::size_t member : members) {
            const Offer& offer = plan_.offers[member];
            if (offer.stage == first.stage) continue;
            findings_.error_at_key(
                offer_nodes_[member],
                {DiagnosticCode::mixed_stages,
                 finding::mixed_stages(offer.id, name_of(offer.stage), first.id, name_of(first.stage)), hint::stages_of_stacks()});
        }
    }
}

void Compiler::check_multipliers() {
    std::vector<bool> has_base(plan_.units.size(), false);
    for (const Offer& offer : plan_.offers) {
        if (gives_base_points(offer.give) && offer.unit < has_base.size()) has_base[offer.unit] = true;
    }
    for (std::size_t i = 0; i < plan_.offers.size(); ++i) {
        const Offer& offer = plan_.offers[i];
        if (!std::holds_alternative<PointsMultiplied>(offer.give) || offer.unit >= has_base.size() || has_base[offer.unit]) {
            continue;
        }
        findings_.error_at_key(offer_nodes_[i], {DiagnosticCode::nothing_multiplied, finding::nothing_multiplied(offer.id),
                                                 hint::write_base_offer(plan_.units[offer.unit].id, plan_.currency)});
    }
}

namespace {

/// Makes `common` a multiple of `denominator`; false when that would pass the limit.
bool widen(std::int64_t& common, __int128 denominator) {
    if (denominator > limits::rate_denominator_max) return false;
    const auto wanted = static_cast<std::int64_t>(denominator);
    const __int128 widened = static_cast<__int128>(common / std::gcd(common, wanted)) * wanted;
    if (widened > limits::rate_denominator_max) return false;
    common = static_cast<std::int64_t>(widened);
    return true;
}

}  // namespace

/// Multipliers act on base points: the unit's common denominator serves each base rate, each rate by quantity, and each product of
/// a base rate and a multiplier.
bool Compiler::check_rates_of_unit(std::uint32_t unit) {
    std::int64_t bases = 1;
    std::int64_t factors = 1;
    std::int64_t common = 1;
    for (const Offer& offer : plan_.offers) {
        if (offer.unit != unit) continue;
        if (const auto* factor = std::get_if<PointsMultiplied>(&offer.give)) {
            if (!widen(factors, reduced(factor->factor).denominator)) return false;
        }
        for (const PointRate& each : point_rates(offer.give)) {
            if (!widen(each.is_base ? bases : common, each.rate.denominator)) return false;
        }
    }
    if (!widen(common, static_cast<__int128>(bases) * factors)) return false;
    plan_.units[unit].denominator = common;
    return true;
}

}  // namespace suki::programme
