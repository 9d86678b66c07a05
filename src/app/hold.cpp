#include <algorithm>

#include "app/announce.h"
#include "app/decide.h"
#include "app/hold.h"
#include "app/household.h"
#include "app/resolve.h"
#include "app/sale.h"

namespace suki::app {

namespace {

/// A hold where it stands: whose, and in which wallet.
struct Found {
    Named named;
    std::uint32_t wallet = 0;
    ledger::Hold hold;
    std::string unit;
};
Answered<Found> find_hold(Desk& desk, const Programme& programme, HoldId hold) {
    const auto claim = desk.claim(
        {.org = programme.organisation, .kind = store::ClaimKind::hold, .programme = programme.id, .value = hold.text()});
    if (!claim || !claim->account || !claim->member) return refuse(HoldRejection::hold_unknown, "/hold");
    Found found{.named = {.key = {.org = programme.organisation, .account = *claim->account, .programme = programme.id},
                          .member = *claim->member}};
    desk.sweep(found.named.key, programme);
    const store::StateRow& state = *desk.edit(found.named.key).state;
    for (std::uint32_t w = 0; w < state.wallets.size(); ++w) {
        for (const ledger::Hold& there : state.wallets[w].holds) {
            if (there.id != hold) continue;
            found.wallet = w;
            found.hold = there;
            found.unit = state.wallets[w].unit;
            return found;
        }
    }
    // It was confirmed, released or timed out.
    return refuse_as(RefusalKind::conflict, ledger::LedgerRejection::hold_not_found, "/hold");
}

/// A hold is a payment under way: one that no receipt could be paid with within the rules is not placed. Several holds may pay for
/// one receipt, each by itself within them. What the goods bound (the share) is asked by the quote and told by the sale. Of a unit
/// that can't pay at the till the document says nothing: it may be held for something else.
std::optional<Refusal> against_rules(const programme::Plan& plan, const HoldRequest& request) {
    const engine::Payable payable = engine::payable_without_goods(plan, request.unit, request.points.minor());
    const auto broken = engine::broken_by(payable);
    if (!broken || !payable.has_rule) return std::nullopt;
    return refuse_payment(*broken, payable, "/points").error;
}

HoldAnswer answer_of(const Desk& desk, const Programme& programme, const Found& found, Points points) {
    return {.hold = found.hold.id,
            .unit = found.unit,
            .points = points,
            .expires_at = found.hold.expires_at,
            .member = found.named.member,
            .balances = balances_of(programme, desk.owner(found.named.key)->state, desk.recorded_at())};
}

}  // namespace

Answered<HoldAnswer> hold_points(Desk& desk, const Ask& ask, const Programme& programme, const Named& named,
                                 const HoldRequest& request) {
    const programme::Unit* unit = unit_of(programme, request.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit");
    if (request.points <= Points{0} || !is_in_range(request.points)) return refuse(HoldRejection::hold_points_malformed, "/points");
    if (request.seconds < 1 || request.seconds > kHoldSecondsMax)
        return refuse(HoldRejection::hold_timeout_out_of_range, "/seconds");
    if (request.rules != nullptr) {
        if (auto refusal = against_rules(*request.rules, request)) return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (!may_pay(*desk.owner(named.key), named.member)) return refuse(HouseholdRejection::household_owner_pays, "/member");
    desk.sweep(named.key, programme);
    const HoldId id{derived_id(desk.recorded_at(), to_hex(ask.command_hash), request.unit,
                               static_cast<std::uint64_t>(desk.recorded_at().us) * 64 + request.ordinal)};
    const Instant expires_at{desk.recorded_at().us + request.seconds * kSecondUs};
    const std::uint32_t wallet = wallet_index(*desk.edit(named.key).state, unit->id);
    auto posting = ledger::place_hold(desk.edit(named.key).state->wallets[wallet], id, request.points, expires_at,
                                      engine::stamp_of(cause_now(desk, programme, id.text()), unit->clause));
    if (!posting) return refuse_as(RefusalKind::unprocessable, posting.error(), "/points");
    desk.post(named.key, wallet, *std::move(posting));
    desk.add_claim(
        {.key = {.org = programme.organisation, .kind = store::ClaimKind::hold, .programme = programme.id, .value = id.text()},
         .account = named.key.account,
         .member = named.member});
    const std::string cause = id.text();
    announce_points(desk, {.programme = programme, .key = named.key, .member = named.member, .cause = cause}, "points.held",
                    unit->id, request.points);
    return HoldAnswer{.hold = id,
                      .unit = unit->id,
                      .points = request.points,
                      .expires_at = expires_at,
                      .member = named.member,
                      .balances = balances_of(programme, desk.owner(named.key)->state, desk.recorded_at())};
}

Answered<HoldAnswer> decide(Desk& desk, const Ask& ask, const PlaceHold& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    const Edition* in_force = programme->in_force(local_date(*programme->latest().zone, desk.recorded_at()));
    const programme::Plan& rules = in_force == nullptr ? programme->latest() : *in_force->plan;
    return hold_points(desk, ask, *programme, *named,
                       {.unit = command.unit, .points = command.points, .seconds = command.seconds, .rules = &rules});
}

Answered<HoldAnswer> decide(Desk& desk, const Ask& ask, const ConfirmHold& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto found = find_hold(desk, *programme, command.hold);
    if (!found) return Unexpected<Refusal>{std::move(found).error()};
    const programme::Plan& plan = programme->latest();
    const programme::Unit* unit = unit_of(*programme, found->unit);
    ledger::SpendRequest request{.points = command.points.value_or(found->hold.points),
                                 .clause = unit == nullptr ? std::string{} : unit->clause};
    for (const programme::PayWithPoints& rule : plan.pay) {
        if (plan.units[rule.unit].id != found->unit) continue;
        request.offer = rule.id;
        request.clause = rule.clause;
        break;
    }
    const Points points = request.points;
    auto spent = ledger::confirm_hold(
        desk.edit(found->named.key).state->wallets[found->wallet], command.hold, request,
        engine::stamp_of(cause_now(desk, *programme, command.hold.text()), unit == nullptr ? "" : unit->clause));
    if (!spent) return refuse_as(RefusalKind::unprocessable, spent.error(), "/points");
    desk.post(found->named.key, found->wallet, std::move(spent->posting));
    const std::string cause = command.hold.text();
    announce_points(desk, {.programme = *programme, .key = found->named.key, .member = found->named.member, .cause = cause},
                    "points.spent", found->unit, points);
    return answer_of(desk, *programme, *found, points);
}

Answered<HoldAnswer> decide(Desk& desk, const Ask& ask, const ReleaseHold& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto found = find_hold(desk, *programme, command.hold);
    if (!found) return Unexpected<Refusal>{std::move(found).error()};
    const programme::Unit* unit = unit_of(*programme, found->unit);
    auto posting = ledger::release_hold(
        desk.edit(found->named.key).state->wallets[found->wallet], command.hold,
        engine::stamp_of(cause_now(desk, *programme, command.hold.text()), unit == nullptr ? "" : unit->clause));
    if (!posting) return refuse_as(RefusalKind::unprocessable, posting.error(), "/hold");
    desk.post(found->named.key, found->wallet, *std::move(posting));
    const std::string cause = command.hold.text();
    announce_points(desk, {.programme = *programme, .key = found->named.key, .member = found->named.member, .cause = cause},
                    "points.released", found->unit, found->hold.points);
    return answer_of(desk, *programme, *found, found->hold.points);
}

}  // namespace suki::app
