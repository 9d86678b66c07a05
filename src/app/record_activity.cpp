#include <algorithm>

#include "app/announce.h"
#include "app/decide.h"
#include "app/resolve.h"
#include "base/limits.h"
#include "event/check.h"

namespace suki::app {

namespace {

/// What the offers that ask nothing give for this money: the points that goods brought back without their receipt must have earned
/// at least, since nobody knows what else they did.
std::int64_t points_for(const programme::Plan& plan, std::uint32_t unit, Money amount) {
    __int128 numerator = 0;
    const std::int64_t denominator = plan.units[unit].denominator;
    for (const programme::Offer& offer : plan.offers) {
        const auto* give = std::get_if<programme::PointsPerAmount>(&offer.give);
        if (give == nullptr || offer.unit != unit || offer.lines || !offer.conditions.empty() || !offer.limits.empty()) continue;
        if (give->rate.denominator <= 0 || denominator % give->rate.denominator != 0) continue;
        numerator += static_cast<__int128>(amount.minor()) * give->rate.numerator * (denominator / give->rate.denominator);
    }
    return divide(numerator, denominator, Rounding::down).value_or(0);
}

Money money_of(const std::vector<event::Line>& lines) {
    Money sum;
    for (const event::Line& line : lines) {
        if (line.is_deposit || line.no_points) continue;
        sum = add(sum, line.amount).value_or(Money{kAmountMax});
    }
    return sum;
}

/// What is worth of the points that could not be taken: rounded down, since it is the member's money.
Money worth_of(const programme::Unit& unit, Points points) {
    const __int128 money = static_cast<__int128>(points.minor()) * unit.worth.numerator;
    return Money{divide(money, unit.worth.denominator, Rounding::down).value_or(0)};
}

/// Takes back by the document's `debt` what the goods must have earned at least: points that can be spent and, after them, pending
/// ones, which wait for just this.
std::optional<Refusal> take_points(Desk& desk, const Named& named, const Edition& edition, const RecordActivity& command,
                                   const engine::Cause& cause, ActivityAnswer& answer) {
    const programme::Plan& plan = *edition.plan;
    const Money money = money_of(command.without_receipt);
    const bool may_owe = plan.debt == programme::DebtPolicy::below_zero;
    for (std::uint32_t u = 0; u < plan.units.size(); ++u) {
        const programme::Unit& unit = plan.units[u];
        const Points wanted{std::min(points_for(plan, u, money), kAmountMax)};
        if (wanted <= Points{0}) continue;
        const std::uint32_t wallet = wallet_index(*desk.edit(named.key).state, unit.id);
        const ledger::Wallet& now = desk.edit(named.key).state->wallets[wallet];
        const ledger::Balance balance = ledger::balance(now, desk.recorded_at());
        const Points covered = std::min(wanted, plus(balance.available, balance.pending));
        const Points taken = may_owe ? wanted : covered;
        if (taken > Points{0}) {
            auto posting = ledger::adjust(now,
                                          {.points = taken.negated(),
                                           .reason = "return_without_receipt",
                                           .author = "suki",
                                           .may_owe = may_owe,
                                           .takes_pending = true},
                                          engine::stamp_of(cause, unit.clause));
            if (!posting) return refuse_as(RefusalKind::unprocessable, posting.error()).error;
            desk.post(named.key, wallet, *std::move(posting));
            answer.taken_back.push_back({.unit = unit.id, .points = taken});
        }
        if (const Points missing = minus(wanted, covered); missing > Points{0}) {
            (may_owe ? answer.owed : answer.left).push_back({.unit = unit.id, .points = missing});
            if (plan.debt == programme::DebtPolicy::from_refund) {
                answer.withheld = std::min(money, Money{answer.withheld.minor() + worth_of(unit, missing).minor()});
            }
        }
        answer.discrepancies.push_back(
            {.kind = DiscrepancyKind::return_without_receipt, .stated = wanted.minor(), .decided = taken.minor(), .what = unit.id});
    }
    if (answer.discrepancies.empty() || answer.discrepancies.back().kind != DiscrepancyKind::return_without_receipt) {
        answer.discrepancies.push_back({.kind = DiscrepancyKind::return_without_receipt});
    }
    return std::nullopt;
}

std::optional<Refusal> refused(const RecordActivity& command) {
    if (auto checked = event::check_activity(command.activity); !checked) {
        return refuse_malformed(std::move(checked).error(), {}).error;
    }
    if (command.without_receipt.empty()) return std::nullopt;
    event::Receipt goods{.id = command.activity.id, .occurred_at = command.activity.occurred_at, .lines = command.without_receipt};
    if (auto checked = event::check_receipt(goods); !checked) {
        return refuse_malformed(std::move(checked).error(), "/without_receipt").error;
    }
    return std::nullopt;
}

}  // namespace

Answered<ActivityAnswer> decide(Desk& desk, const Ask& ask, const RecordActivity& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    if (auto refusal = refused(command)) return Unexpected<Refusal>{*std::move(refusal)};
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");

    ActivityAnswer answer{.activity = command.activity.id, .recorded_at = desk.recorded_at(), .member = named->member};
    Instant occurred_at = command.activity.occurred_at;
    if (occurred_at.us - desk.recorded_at().us > limits::clock_ahead_max_us) {
        answer.discrepancies.push_back(
            {.kind = DiscrepancyKind::clock_ahead, .stated = occurred_at.us, .decided = desk.recorded_at().us});
        occurred_at = desk.recorded_at();
    }
    const Date date = local_date(*programme->latest().zone, occurred_at);
    const Date today = local_date(*programme->latest().zone, desk.recorded_at());
    desk.sweep(named->key, *programme);
    account::State& state = desk.edit(named->key).state->state;
    const std::string level_before = level_text(state, today);
    engine::change_counters(state, date, {}, engine::figures_of_activity(command.activity.kind));
    derive_levels(*programme, state, std::max(today, date));
    answer.level = level_text(state, today);

    if (const Edition* edition = programme->in_force(date)) {
        const engine::Cause cause{.id = command.activity.id,
                                  .occurred_at = occurred_at,
                                  .recorded_at = desk.recorded_at(),
                                  .edition = edition->view.edition};
        if (!command.without_receipt.empty()) {
            if (auto refusal = take_points(desk, *named, *edition, command, cause, answer)) {
                return Unexpected<Refusal>{*std::move(refusal)};
            }
        } else {
            const auto& wallets = desk.edit(named->key).state->wallets;
            desk.post(named->key, engine::extend_expiry(*edition->plan, wallets, date, cause));
        }
    }
    desk.rows.activities.push_back({.org = programme->organisation,
                                    .account = named->key.account,
                                    .programme = programme->id,
                                    .id = command.activity.id,
                                    .member = named->member,
                                    .kind = command.activity.kind,
                                    .store = command.activity.store,
                                    .occurred_at = occurred_at,
                                    .recorded_at = desk.recorded_at(),
                                    .date = date});
    for (const Discrepancy& found : answer.discrepancies) {
        desk.discrepancy(programme->organisation, programme->id, command.activity.id, named->key.account, found);
    }
    desk.add_claim({.key = programme_claim(*programme, store::ClaimKind::activity, command.activity.id),
                    .account = named->key.account,
                    .member = named->member,
                    .other = ask.remembered(answer)});
    const Subject subject{.programme = *programme, .key = named->key, .member = named->member, .cause = command.activity.id};
    announce_plain(desk, subject, "activity.recorded");
    announce_level(desk, subject, level_before, answer.level);
    return answer;
}

}  // namespace suki::app
