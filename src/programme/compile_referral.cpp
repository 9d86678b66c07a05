#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

namespace {

/// `first purchase of the friend over 20 BYN` without what every such sentence begins with; nothing where it is none.
std::optional<std::string_view> after_first_purchase(std::string_view text) {
    constexpr std::string_view kFirst = "first purchase";
    constexpr std::string_view kOfFriend = " of the friend";
    if (!text.starts_with(kFirst)) return std::nullopt;
    text.remove_prefix(kFirst.size());
    if (text.starts_with(kOfFriend)) text.remove_prefix(kOfFriend.size());
    if (!text.empty() && text.front() != ' ') return std::nullopt;
    while (text.starts_with(' ')) text.remove_prefix(1);
    return text;
}

/// Whether the offer says its points in parts.
bool gives_map(NodeRef offer) {
    for (const NodeRef part : offer.children()) {
        if (part.key() != "give") continue;
        for (const NodeRef given : part.children()) {
            if (given.is_map()) return true;
        }
    }
    return false;
}

}  // namespace

void Compiler::compile_referral(NodeRef node, Offer& offer) {
    const auto bad = [&] {
        findings_.error(node, {DiagnosticCode::bad_comparison, finding::not_a_referral(node.text()), hint::like_referral()});
    };
    offer.referral.emplace();
    const auto rest = after_first_purchase(node.text());
    if (!rest) return bad();
    ReferralCondition condition{Bound{.op = Op::over, .value = 0}};
    if (!rest->empty()) {
        std::optional<QuantityUnit> unit;
        const auto bound = take(node, parse_bound(*rest, value_parser({.measure = Measure::spend}, unit)));
        if (!bound) return;
        if (bound->op != Op::over && bound->op != Op::at_least) return bad();
        condition.paid = *bound;
    }
    offer.conditions.emplace_back(condition);
}

void Compiler::refuse_referral(NodeRef node, Offer& asked) {
    if (!asked.referral) return;
    asked.referral.reset();
    findings_.error_at_key(node, {DiagnosticCode::condition_not_allowed, finding::referral_of_challenge(), hint::leave_it_out()});
}

void Compiler::compile_both_sides(NodeRef node, Offer& offer) {
    const Fields fields{keys::both_sides, node, findings_};
    if (!offer.referral) {
        findings_.error(node, {DiagnosticCode::condition_not_allowed, finding::both_without_referral(), hint::like_referral()});
        return;
    }
    const auto both = fields.get("both");
    const auto member = fields.get("member");
    const auto own = fields.get("friend");
    const bool is_either = both ? !member && !own : member && own;
    if (!is_either) {
        findings_.error(node, {DiagnosticCode::missing_key, finding::both_or_each(), hint::like_both_sides()});
        return;
    }
    const NodeRef to_member = both ? *both : *member;
    const NodeRef to_friend = both ? *both : *own;
    const auto points = take(to_member, parse_positive_count(to_member.text()));
    const auto of_friend = take(to_friend, parse_positive_count(to_friend.text()));
    if (!points || !of_friend) return;
    offer.referral->points = *points;
    offer.give = PointsFixed{*of_friend};
}

void Compiler::settle_referral(Offer& offer, NodeRef node) {
    if (!offer.referral) return;
    const bool is_one_limit = offer.limits.empty() || (offer.limits.size() == 1 && offer.limits[0].scope == LimitScope::member);
    if (!is_one_limit || offer.budget) {
        findings_.error_at_key(node, {DiagnosticCode::condition_not_allowed, finding::limit_of_referral(), hint::like_limit()});
        return;
    }
    if (offer.referral->points == 0) {
        if (gives_map(node)) return;  // told of already
        findings_.error_at_key(node,
                               {DiagnosticCode::condition_not_allowed, finding::referral_gives_both(), hint::like_both_sides()});
        return;
    }
    if (!offer.limits.empty()) offer.referral->limit = offer.limits[0];
    Limit once{.scope = LimitScope::member, .count = 1};
    once.index = register_window(node, {.measure = Measure::uses, .offer = offer.id}, once.window);
    offer.limits = {once};
    plan_.referrals.push_back(static_cast<std::uint32_t>(plan_.offers.size()));
}

}  // namespace suki::programme
