#include <algorithm>

#include "app/announce.h"
#include "app/count.h"
#include "app/decide.h"
#include "app/judge.h"
#include "app/settle.h"
#include "base/limits.h"
#include "event/check.h"

namespace suki::app {

namespace {

Points plus(Points a, Points b) { return Points{a.minor() + b.minor()}; }
Points minus(Points a, Points b) { return Points{a.minor() - b.minor()}; }

Points sum_of(const std::vector<ledger::Part>& parts) {
    Points sum;
    for (const ledger::Part& part : parts) sum = plus(sum, part.points);
    return sum;
}

/// One return on its way through the desk.
struct Taking {
    Desk& desk;
    const Ask& ask;
    ProgrammePointer programme;
    event::Return what;
    store::ReceiptRow row;
    engine::StoredReceipt stored;
    engine::ReturnOutcome outcome;
    std::vector<std::vector<ledger::Part>> taken;  // as Plan::units: really taken back, owed or paid from the refund
    account::State before;
    std::string level_written;  // the last that anybody was told of
    ReturnAnswer answer;

    [[nodiscard]] const engine::Evaluator& evaluator() const { return programme->evaluator(stored.edition, stored.is_history); }
    [[nodiscard]] const programme::Plan& plan() const { return evaluator().plan(); }
    [[nodiscard]] store::OwnerKey key() const {
        return {.org = programme->organisation, .account = *row.account, .programme = programme->id};
    }
    [[nodiscard]] Cause cause() const { return {.id = what.id, .occurred_at = what.occurred_at, .edition = stored.edition}; }
    [[nodiscard]] Date today() const { return local_date(*programme->latest().zone, desk.recorded_at()); }
    [[nodiscard]] Date until() const { return std::max(today(), stored.context.date); }
};

std::optional<Refusal> find_receipt(Taking& taking) {
    if (auto checked = event::check_return(taking.what); !checked) return refuse_malformed(std::move(checked).error(), {}).error;
    if (taking.desk.claim(programme_claim(*taking.programme, store::ClaimKind::return_, taking.what.id))) {
        return refuse(ReturnCommandRejection::return_already_recorded, "/id").error;
    }
    const auto claim = taking.desk.claim(programme_claim(*taking.programme, store::ClaimKind::receipt, taking.what.receipt));
    if (!claim) return refuse(ReturnCommandRejection::receipt_of_return_not_found, "/receipt").error;
    auto row = taking.desk.receipt(taking.programme->organisation, taking.programme->id, claim->account, taking.what.receipt);
    if (!row) return refuse(ReturnCommandRejection::receipt_of_return_not_found, "/receipt").error;
    auto stored = engine::unpack_receipt(row->packed);
    if (!stored) return refuse(CommandRejection::internal_inconsistency, {}, {{"what", "the packed receipt is damaged"}}).error;
    taking.row = *std::move(row);
    taking.stored = *std::move(stored);
    const auto& returns = taking.stored.returns;
    if (std::any_of(returns.begin(), returns.end(), [](const event::Return& back) { return back.is_void; })) {
        return refuse(ReturnCommandRejection::receipt_is_void, "/receipt").error;
    }
    return std::nullopt;
}

/// A return that happened is a fact, whatever its date: one that can't be right is a discrepancy, and the nearest instant that can
/// be is taken instead.
void date_return(Taking& taking) {
    Instant& occurred_at = taking.what.occurred_at;
    const Instant stated = occurred_at;
    std::optional<DiscrepancyKind> wrong;
    if (stated.us - taking.desk.recorded_at().us > limits::clock_ahead_max_us) {
        wrong = DiscrepancyKind::clock_ahead;
        occurred_at = taking.desk.recorded_at();
    }
    if (occurred_at < taking.row.occurred_at) {
        // The purchase may itself be a few minutes ahead of now, within what is allowed to a clock: that is no second mistake.
        if (!wrong) wrong = DiscrepancyKind::return_before_purchase;
        occurred_at = taking.row.occurred_at;
    }
    if (wrong) taking.answer.discrepancies.push_back({.kind = *wrong, .stated = stated.us, .decided = occurred_at.us});
}

/// Of the parts that could not be covered, those worth `points`, taken in their order.
std::vector<ledger::Part> part_of(const std::vector<ledger::Part>& all, const std::vector<ledger::Part>& taken, Points points) {
    std::vector<ledger::Part> more;
    for (const ledger::Part& part : all) {
        Points left = part.points;
        for (const ledger::Part& there : taken) {
            if (there.offer == part.offer && there.clause == part.clause) left = minus(left, there.points);
        }
        left = std::min(left, points);
        if (left <= Points{0}) continue;
        points = minus(points, left);
        more.push_back({.offer = part.offer, .clause = part.clause, .points = left});
    }
    return more;
}

/// How many of the uncovered points the refund pays, and with how much money. Rounded down: what a part of a minor unit is worth
/// stays with the member.
struct Withheld {
    Points points;
    Money money;
};
Withheld withhold(const programme::Unit& unit, Points uncovered, Money refund) {
    if (unit.worth.numerator <= 0 || refund <= Money{0}) return {};
    Points points = uncovered;
    const auto whole =
        divide(static_cast<__int128>(uncovered.minor()) * unit.worth.numerator, unit.worth.denominator, Rounding::down);
    if (!whole || *whole > refund.minor()) {
        const auto paid =
            divide(static_cast<__int128>(refund.minor()) * unit.worth.denominator, unit.worth.numerator, Rounding::down);
        points = std::min(uncovered, Points{paid.value_or(0)});
    }
    const auto money = divide(static_cast<__int128>(points.minor()) * unit.worth.numerator, unit.worth.denominator, Rounding::down);
    return {.points = points, .money = std::min(Money{money.value_or(0)}, refund)};
}

void add_parts(std::vector<ledger::Part>& all, const std::vector<ledger::Part>& more) {
    for (const ledger::Part& part : more) {
        const auto there = std::find_if(all.begin(), all.end(), [&](const ledger::Part& other) {
            return other.offer == part.offer && other.clause == part.clause;
        });
        if (there == all.end())
            all.push_back(part);
        else
            there->points = plus(there->points, part.points);
    }
}

/// Of what must come back, that which expired meanwhile: nobody has it any more, and taking it from other points would charge it
/// twice. Each expired point counts for one return only.
std::vector<ledger::Part> lapsed_of(Taking& taking, engine::EarnedRecord* earned, const std::vector<ledger::Part>& parts) {
    if (earned == nullptr || earned->lot.is_nil()) return {};
    const Points expired = taking.desk.expired_of(taking.key(), earned->lot, taking.row.id);
    const Points left = minus(expired, earned->lapsed);
    if (left <= Points{0}) return {};
    std::vector<ledger::Part> lapsed = part_of(parts, {}, left);
    earned->lapsed = plus(earned->lapsed, sum_of(lapsed));
    return lapsed;
}

std::optional<Refusal> reverse_points(Taking& taking) {
    const programme::Plan& plan = taking.plan();
    taking.taken.resize(plan.units.size());
    for (std::uint32_t u = 0; u < plan.units.size() && u < taking.outcome.take_back.size(); ++u) {
        const std::vector<ledger::Part>& parts = taking.outcome.take_back[u];
        if (parts.empty()) continue;
        engine::EarnedRecord* earned = nullptr;
        for (engine::EarnedRecord& record : taking.stored.earned) {
            if (record.unit == u) earned = &record;
        }
        const LotId lot = earned == nullptr ? LotId{} : earned->lot;
        const programme::Unit& unit = plan.units[u];
        const std::vector<ledger::Part> lapsed = lapsed_of(taking, earned, parts);
        taking.taken[u] = lapsed;
        const std::vector<ledger::Part> wanted = part_of(parts, lapsed, minus(sum_of(parts), sum_of(lapsed)));
        if (wanted.empty()) continue;
        const bool may_owe = plan.debt == programme::DebtPolicy::below_zero;
        const std::uint32_t wallet = wallet_index(*taking.desk.edit(taking.key()).state, unit.id);
        auto reversed = ledger::reverse_earn(taking.desk.edit(taking.key()).state->wallets[wallet],
                                             {.lot = lot, .parts = wanted, .may_owe = may_owe},
                                             stamp_of(taking.desk, taking.cause(), unit.clause));
        if (!reversed) return refuse_as(RefusalKind::unprocessable, reversed.error()).error;
        add_parts(taking.taken[u], reversed->taken);
        Points covered = sum_of(reversed->taken);
        if (may_owe) {
            covered = minus(covered, reversed->uncovered);
            if (!reversed->uncovered.is_zero()) taking.answer.owed.push_back({.unit = unit.id, .points = reversed->uncovered});
        } else if (!reversed->uncovered.is_zero()) {
            taking.answer.left.push_back({.unit = unit.id, .points = reversed->uncovered});
            if (plan.debt == programme::DebtPolicy::from_refund) {
                const Withheld kept = withhold(unit, reversed->uncovered, taking.answer.refund);
                taking.answer.refund = Money{taking.answer.refund.minor() - kept.money.minor()};
                taking.answer.withheld = Money{taking.answer.withheld.minor() + kept.money.minor()};
                add_parts(taking.taken[u], part_of(wanted, reversed->taken, kept.points));
            }
        }
        if (!covered.is_zero()) taking.answer.taken_back.push_back({.unit = unit.id, .points = covered});
        if (!reversed->posting.entries.empty()) taking.desk.post(taking.key(), wallet, std::move(reversed->posting));
    }
    return std::nullopt;
}

Points still_paid(const engine::Outcome& outcome, std::uint32_t unit) {
    for (const engine::PaidPoints& paid : outcome.points_paid) {
        if (paid.unit == unit) return paid.points;
    }
    return {};
}

std::optional<Refusal> restore_points(Taking& taking) {
    const programme::Plan& plan = taking.plan();
    for (const auto& [u, points] : taking.outcome.give_back) {
        engine::SpentRecord* record = nullptr;
        for (engine::SpentRecord& spent : taking.stored.spent) {
            if (spent.unit == u) record = &spent;
        }
        if (record == nullptr) continue;
        Points there = record->uncovered;
        for (const ledger::Draw& draw : record->draws) there = plus(there, draw.taken);
        // Points that nothing covered at the sale were never spent: they come off first.
        const Points back = std::min(points, minus(there, still_paid(taking.outcome.after, u)));
        if (back <= Points{0}) continue;
        const programme::Unit& unit = plan.units.at(u);
        const std::uint32_t wallet = wallet_index(*taking.desk.edit(taking.key()).state, unit.id);
        const store::StateRow& state = *taking.desk.edit(taking.key()).state;
        const auto last_seen = account::last_day_with(state.state, "visits", taking.today());
        auto restored = ledger::restore_spend(state.wallets[wallet],
                                              {.draws = record->draws,
                                               .points = back,
                                               .uncovered = record->uncovered,
                                               .offer = record->rule,
                                               .clause = record->clause,
                                               .fresh_expires_at = engine::expires_at(plan, unit, taking.today()),
                                               .extended_to = last_seen ? kept_until(plan, unit, *last_seen) : std::nullopt},
                                              stamp_of(taking.desk, taking.cause(), unit.clause));
        if (!restored) return refuse_as(RefusalKind::unprocessable, restored.error()).error;
        record->draws = std::move(restored->draws_left);
        record->uncovered = restored->uncovered_left;
        taking.desk.post(taking.key(), wallet, std::move(restored->posting));
        taking.answer.given_back.push_back({.unit = unit.id, .points = back});
    }
    std::erase_if(taking.stored.spent,
                  [](const engine::SpentRecord& record) { return record.draws.empty() && record.uncovered.is_zero(); });
    return std::nullopt;
}

/// Later receipts of the account that would have been decided otherwise. Their decisions stand (DESIGN.md 8).
std::vector<std::string> those_that_relied(const Taking& taking, const std::vector<std::string>& pools) {
    std::vector<std::string> found;
    const account::State after = taking.desk.owner(taking.key())->state->state;
    const engine::ChangedPast past{.day = taking.stored.context.date, .before = &taking.before, .after = &after, .pools = pools};
    const Instant since = start_of(*taking.programme->latest().zone, past.day);
    for (const store::ReceiptRow& row : taking.desk.receipts_since(taking.key(), since)) {
        if (row.id == taking.row.id || row.recorded_at <= taking.row.recorded_at || row.date < past.day) continue;
        const auto later = engine::unpack_receipt(row.packed);
        if (!later) continue;
        if (engine::relied_on(taking.programme->evaluator(later->edition, later->is_history), *later, past))
            found.push_back(row.id);
    }
    return found;
}

std::optional<Refusal> change_account(Taking& taking) {
    if (!taking.row.account) {
        engine::record_return(taking.stored, taking.what, taking.outcome, taking.taken);
        return std::nullopt;
    }
    taking.desk.sweep(taking.key(), *taking.programme);
    taking.level_written = level_text(taking.desk.edit(taking.key()).state->state, taking.today());
    derive_levels(*taking.programme, taking.desk.edit(taking.key()).state->state, taking.until());
    taking.before = taking.desk.edit(taking.key()).state->state;
    // In this order, so that points which paid for the goods cover those that the goods earned.
    if (auto refusal = restore_points(taking)) return refusal;
    if (auto refusal = reverse_points(taking)) return refusal;
    const auto figures = figures_of(*taking.programme, taking.stored);
    engine::record_return(taking.stored, taking.what, taking.outcome, taking.taken);
    account::State& state = taking.desk.edit(taking.key()).state->state;
    change_counters(state, taking.stored.context.date, figures, figures_of(*taking.programme, taking.stored));
    derive_levels(*taking.programme, state, taking.until());
    return std::nullopt;
}

void write_down(Taking& taking) {
    Desk& desk = taking.desk;
    ReturnAnswer& answer = taking.answer;
    std::vector<std::string> pools;
    for (const engine::PoolDraw& back : taking.outcome.pools) {
        const programme::Pool& pool = taking.plan().pools.at(back.pool);
        desk.change_pool(pool_name(*taking.programme, pool, taking.stored.context.date), -back.amount);
        pools.push_back(pool.key);
    }
    taking.row.packed = engine::pack(taking.stored);
    taking.row.is_returned = true;
    ++taking.row.version;
    desk.put_receipt(taking.row);

    std::optional<store::OwnerKey> key;
    if (taking.row.account) {
        key = taking.key();
        const OwnerPointer owner = desk.owner(*key);
        answer.balances = balances_of(*taking.programme, owner->state, desk.recorded_at());
        answer.level = level_text(owner->state->state, taking.today());
        answer.relied_on = those_that_relied(taking, pools);
    }
    if (taking.what.refunded && *taking.what.refunded != answer.refund) {
        answer.discrepancies.push_back(
            {.kind = DiscrepancyKind::refund_differs, .stated = taking.what.refunded->minor(), .decided = answer.refund.minor()});
    }
    for (const Discrepancy& found : answer.discrepancies) {
        desk.discrepancy(taking.programme->organisation, taking.programme->id, taking.what.id, taking.row.account, found);
    }
    desk.add_claim({.key = programme_claim(*taking.programme, store::ClaimKind::return_, taking.what.id),
                    .account = taking.row.account,
                    .member = taking.row.member,
                    .other = taking.ask.remembered(answer)});
    const Subject subject{.programme = *taking.programme, .key = key, .member = taking.row.member, .cause = taking.what.id};
    announce_return(desk, subject, answer.receipt, answer.refund, taking.plan().currency);
    for (const UnitPoints& back : answer.taken_back) announce_points(desk, subject, "points.taken_back", back.unit, back.points);
    for (const UnitPoints& back : answer.given_back) announce_points(desk, subject, "points.given_back", back.unit, back.points);
    announce_level(desk, subject, taking.level_written, answer.level);
}

}  // namespace

Answered<ReturnAnswer> take_back(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const event::Return& what) {
    Taking taking{.desk = desk, .ask = ask, .programme = programme, .what = what};
    if (auto refusal = find_receipt(taking)) return Unexpected<Refusal>{*std::move(refusal)};
    ReturnAnswer& answer = taking.answer;
    answer.return_id = what.id;
    answer.receipt = what.receipt;
    answer.recorded_at = desk.recorded_at();
    date_return(taking);
    auto outcome = engine::judge_return(taking.evaluator(), taking.stored, taking.what);
    if (!outcome) return refuse_as(RefusalKind::unprocessable, outcome.error(), "/lines");
    taking.outcome = *std::move(outcome);
    answer.refund = taking.outcome.refund;
    if (auto refusal = change_account(taking)) return Unexpected<Refusal>{*std::move(refusal)};
    write_down(taking);
    return std::move(taking.answer);
}

Answered<ReturnAnswer> decide(Desk& desk, const Ask& ask, const ReturnGoods& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    return take_back(desk, ask, programme, command.what);
}

Answered<ReturnAnswer> decide(Desk& desk, const Ask& ask, const VoidReceipt& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    event::Return what = command.what;
    what.is_void = true;
    what.lines.clear();
    return take_back(desk, ask, programme, what);
}

}  // namespace suki::app
