#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_memberships(NodeRef node) {
    for (const NodeRef child : node.children()) {
        if (!check_word(child, child.key(), true) || !has_right_shape(child, Kind::map, findings_)) continue;
        Membership membership;
        membership.id = child.key();
        membership.clause = "10." + std::to_string(plan_.memberships.size() + 1);
        compile_membership(child, membership);
        plan_.memberships.push_back(std::move(membership));
    }
    if (plan_.offers.size() > limits::offers_per_programme) {
        findings_.error(node, {DiagnosticCode::too_many, finding::too_many_here(static_cast<std::int64_t>(plan_.offers.size())),
                               hint::at_most(limits::offers_per_programme)});
    }
}

void Compiler::compile_membership(NodeRef node, Membership& membership) {
    const Fields fields{keys::membership, node, findings_};
    if (const auto title = fields.get("title")) membership.title = localised(*title);
    if (const auto fee = fields.get("fee")) compile_fee(*fee, membership);
    if (!fields.has("fee")) {
        for (const std::string_view key : {"trial", "grace", "ask_before", "end", "prorate", "round"}) {
            if (const auto only = fields.get(key)) {
                findings_.error(*only,
                                {DiagnosticCode::condition_not_allowed, finding::only_with_a_fee(key), hint::leave_it_out()});
            }
        }
    }
    const auto take_period = [&](std::string_view key, Period& into) {
        if (const auto period = fields.get(key)) into = take(*period, parse_period(period->text(), true)).value_or(into);
    };
    take_period("trial", membership.trial);
    take_period("grace", membership.grace);
    take_period("ask_before", membership.asked);
    if (const auto node_of_pause = fields.get("pause")) {
        const Fields pause{keys::membership_pause, *node_of_pause, findings_};
        const auto up_to = pause.get("up_to");
        const auto period = up_to ? take(*up_to, parse_period(up_to->text(), false)) : std::nullopt;
        const auto times = pause.get("times");
        const auto allowed = times ? take(*times, parse_allowance(times->text())) : std::optional{std::optional{Allowance{}}};
        if (period && allowed && *allowed) membership.pause = MembershipPause{.up_to = *period, .times = **allowed};
    }
    if (const auto end = fields.get("end")) membership.end = choice<MembershipEnding>(*end).value_or(membership.end);
    if (const auto prorate = fields.get("prorate")) membership.prorate = choice<Proration>(*prorate).value_or(membership.prorate);
    if (const auto round = fields.get("round")) membership.rounding = choice<Rounding>(*round).value_or(membership.rounding);
    if (const auto people = fields.get("people"))
        membership.people = take(*people, parse_positive_count(people->text())).value_or(0);
    if (const auto benefits = fields.get("benefits")) compile_membership_benefits(*benefits, membership);
    if (const auto offers = fields.get("offers"); offers && check_entry_count(*offers, limits::offers_per_programme)) {
        for (const NodeRef offer : offers->children()) compile_offer(offer, membership.id);
    }
}

/// `10 EUR per month`, `25 EUR per 3 months`.
void Compiler::compile_fee(NodeRef node, Membership& membership) {
    constexpr std::string_view kPer = " per ";
    const std::string_view text = node.text();
    const std::size_t at = text.find(kPer);
    if (at == std::string_view::npos) {
        findings_.error(node, {DiagnosticCode::bad_money, finding::not_a_fee(text), hint::like_fee()});
        return;
    }
    std::string period{text.substr(at + kPer.size())};
    if (split_words(period).size() == 1) period.insert(0, "1 ");
    const auto fee = take(node, parse_money(text.substr(0, at), currency_));
    const auto each = take(node, parse_period(period, false));
    if (fee && fee->is_zero()) {
        findings_.error(node, {DiagnosticCode::out_of_range, finding::fee_of_nothing(), hint::leave_it_out()});
    }
    if (!fee || !each) return;
    membership.fee = *fee;
    membership.period = *each;
}

void Compiler::compile_membership_benefits(NodeRef node, Membership& membership) {
    std::vector<std::string_view> known;
    for (const Benefit& benefit : plan_.benefits) known.emplace_back(benefit.id);
    for (const NodeRef name : scalars_of(node)) {
        const auto found = std::find(known.begin(), known.end(), name.text());
        if (found == known.end()) {
            findings_.error(
                name, {DiagnosticCode::unknown_benefit, finding::not_own_benefit(name.text()), did_you_mean(name.text(), known)});
        } else {
            membership.benefits.push_back(static_cast<std::uint32_t>(found - known.begin()));
        }
    }
    std::sort(membership.benefits.begin(), membership.benefits.end());
    membership.benefits.erase(std::unique(membership.benefits.begin(), membership.benefits.end()), membership.benefits.end());
}

std::vector<std::string> Compiler::memberships_named(NodeRef node) {
    std::vector<std::string> named;
    for (const NodeRef name : scalars_of(node)) {
        if (std::find(membership_names_.begin(), membership_names_.end(), name.text()) != membership_names_.end()) {
            named.emplace_back(name.text());
        } else {
            findings_.error(name, {DiagnosticCode::unknown_membership, finding::not_own_membership(name.text()),
                                   did_you_mean(name.text(), membership_names_)});
        }
    }
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    return named;
}

}  // namespace suki::programme
