#include <algorithm>
#include <iterator>
#include <map>

#include "engine/payment.h"
#include "engine/sheet.h"

namespace suki::engine {

using namespace programme;

namespace {

using ledger::LedgerRejection;

Points sum_of(const std::vector<ledger::Part>& parts) {
    Points sum;
    for (const ledger::Part& part : parts) sum = plus(sum, part.points);
    return sum;
}

/// Of the parts that are not in `taken`, those worth `points`, in their order.
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

/// How many of the uncovered points the refund pays, and with how much money. Rounded down over all that refunds of this receipt
/// paid for: `kept` of them already, for `before` points. Part of a point's worth is kept too, so that it makes no difference in
/// how many pieces the goods come back; at the end less than one minor unit stays with the member.
struct Withheld {
    Points points;
    Money money;
};
Withheld withhold(const Unit& unit, Points before, Money kept, Points uncovered, Money refund) {
    const Ratio& worth = unit.worth;
    if (worth.numerator <= 0 || refund <= Money{0}) return {};
    const Money wanted = std::max(Money{0}, minus(worth_of(unit, plus(before, uncovered)), kept));
    const Money money = std::min(wanted, refund);
    // The most points in all whose worth, rounded down, is kept now.
    const auto most =
        divide(static_cast<__int128>(kept.minor() + money.minor() + 1) * worth.denominator - 1, worth.numerator, Rounding::down);
    const Points points = most ? std::min(uncovered, minus(Points{*most}, before)) : uncovered;
    return {.points = std::max(points, Points{0}), .money = money};
}

/// One return while it is being settled.
struct Settling {
    const Plan& plan;
    const Holdings& owner;
    const ReturnOutcome& outcome;
    const std::vector<LotFate>& fates;
    const Cause& cause;
    Date bought_on;
    Instant sold_at;  // as it was recorded
    const Keeping& keeping;
    Activities activities;  // without this purchase, where nothing of it remains
    WalletSheet sheet;
    SettledReturn settled;
    // Still to do, as Plan::units.
    std::vector<Points> back;
    std::vector<std::vector<ledger::Part>> parts;
    std::vector<std::vector<ledger::Part>> reopened;

    [[nodiscard]] ledger::Stamp stamp(const Unit& unit) const { return stamp_of(cause, unit.clause); }
};

EarnedRecord* find_earned(Settling& all, std::uint32_t unit) {
    for (EarnedRecord& record : all.settled.earned) {
        if (record.unit == unit) return &record;
    }
    return nullptr;
}

Points still_paid(const Outcome& outcome, std::uint32_t unit) {
    for (const PaidPoints& paid : outcome.points_paid) {
        if (paid.unit == unit) return paid.points;
    }
    return {};
}

SpentRecord* find_spent(Settling& all, std::uint32_t unit) {
    for (SpentRecord& record : all.settled.spent) {
        if (record.unit == unit) return &record;
    }
    return nullptr;
}

void add_points(std::vector<UnitPoints>& all, const std::string& unit, Points points) {
    if (points.is_zero()) return;
    for (UnitPoints& there : all) {
        if (there.unit == unit) {
            there.points = plus(there.points, points);
            return;
        }
    }
    all.push_back({.unit = unit, .points = points});
}

/// Others' points were taken.
void note_stood_in(Settling& all, const std::vector<ledger::Draw>& draws, LotId own) {
    for (const ledger::Draw& draw : draws) {
        if (draw.lot.id != own) all.settled.moved.stood_in.push_back(draw.lot.earned_by);
    }
}

/// What is to be given back and taken. Points that nothing covered at the sale were never spent: they come off first.
void read_wanted(Settling& all) {
    all.back.resize(all.plan.units.size());
    all.parts = all.outcome.take_back;
    all.parts.resize(all.plan.units.size());
    all.reopened.resize(all.plan.units.size());
    for (const auto& [u, points] : all.outcome.give_back) {
        const SpentRecord* record = find_spent(all, u);
        if (record == nullptr) continue;
        Points there = record->uncovered;
        for (const ledger::Draw& draw : record->draws) there = plus(there, draw.taken);
        all.back[u] = std::max(Points{0}, std::min(points, minus(there, still_paid(all.outcome.after, u))));
    }
}

/// What the receipt's own points repaid of what it paid too much (SpentRecord's last draw). Had only the rest been bought, both
/// that debt and those points would be less: the points that go on either side vanish without having stood in any lot.
Result<Done, LedgerRejection> shrink_repaid(Settling& all, std::uint32_t u) {
    SpentRecord* spent = find_spent(all, u);
    const EarnedRecord* earned = find_earned(all, u);
    if (spent == nullptr || earned == nullptr) return Done{};
    const auto found = std::find_if(spent->draws.begin(), spent->draws.end(),
                                    [&](const ledger::Draw& draw) { return draw.lot.id == earned->lot; });
    if (found == spent->draws.end()) return Done{};
    ledger::Draw& own = *found;
    const Points taken = sum_of(all.parts[u]);
    // What was covered behind them was owed too, until a return took it elsewhere.
    Points owed = plus(spent->uncovered, own.taken);
    for (auto draw = found + 1; draw != spent->draws.end(); ++draw) owed = plus(owed, draw->taken);
    const Points owed_after = std::max(Points{0}, minus(owed, all.back[u]));
    const Points earned_after = minus(sum_of(earned->parts), taken);
    const Points repaid_after = std::max(Points{0}, std::min(owed_after, earned_after));
    const Points less = std::min(std::max(Points{0}, minus(own.taken, repaid_after)), taken);
    if (less.is_zero()) return Done{};
    const Unit& unit = all.plan.units[u];
    const Points both = std::min(less, all.back[u]);
    const std::vector<ledger::Part> vanished = part_of(all.parts[u], {}, both);
    if (!both.is_zero()) {
        auto posting = ledger::reverse_repaid(all.sheet.of(unit.id), vanished, all.stamp(unit));
        if (!posting) return Unexpected{posting.error()};
        all.sheet.post(unit.id, *std::move(posting));
    }
    all.reopened[u] = part_of(all.parts[u], vanished, minus(less, both));
    std::vector<ledger::Part> gone = vanished;
    add_parts(gone, all.reopened[u]);
    all.parts[u] = part_of(all.parts[u], gone, minus(taken, less));
    all.back[u] = minus(all.back[u], both);
    add_points(all.settled.given_back, unit.id, both);
    add_points(all.settled.taken_back, unit.id, less);
    add_parts(all.settled.taken[u], gone);
    own.taken = minus(own.taken, less);
    if (own.taken.is_zero()) spent->draws.erase(found);
    return Done{};
}

/// The payment stands, and the points that repaid it are gone: others stand in, and beyond them it is owed as at the sale.
Result<Done, LedgerRejection> reopen(Settling& all, std::uint32_t u) {
    if (all.reopened[u].empty()) return Done{};
    const Unit& unit = all.plan.units[u];
    auto reversed = ledger::reverse_earn(
        all.sheet.of(unit.id), {.lot = {}, .parts = all.reopened[u], .may_owe = true, .recorded_at = all.sold_at}, all.stamp(unit));
    if (!reversed) return Unexpected{reversed.error()};
    SpentRecord& spent = *find_spent(all, u);
    note_stood_in(all, reversed->draws, {});
    std::move(reversed->draws.begin(), reversed->draws.end(), std::back_inserter(spent.draws));
    spent.uncovered = plus(spent.uncovered, reversed->uncovered);
    add_points(all.settled.owed, unit.id, reversed->uncovered);
    all.sheet.post(unit.id, std::move(reversed->posting));
    return Done{};
}

KeptUnit kept_unit(const Settling& all, const Unit& unit) { return {all.plan, unit, all.activities, all.keeping.first}; }

/// A draw remembers what kept its lot at the time, perhaps a purchase that has come back since, and knows nothing of what was done
/// later.
void recount_draws(const Settling& all, const Unit& unit, std::vector<ledger::Draw>& draws) {
    if (!is_kept_by_activity(unit)) return;
    const KeptUnit kept = kept_unit(all, unit);
    for (ledger::Draw& draw : draws) {
        if (!draw.lot.expires_at) continue;
        const auto until = all.keeping.has_one_expiry ? kept.until(draw.lot) : std::nullopt;
        draw.lot.expires_at = until ? *until : kept.keep(*draw.lot.expires_at);
    }
}

Result<Done, LedgerRejection> give_back(Settling& all, std::uint32_t u) {
    SpentRecord* record = find_spent(all, u);
    const Points back = all.back[u];
    if (record == nullptr || back <= Points{0}) return Done{};
    const Unit& unit = all.plan.units.at(u);
    std::optional<Instant> fresh_expires_at = expires_at(all.plan, unit, all.bought_on);
    if (is_kept_by_activity(unit) && fresh_expires_at) fresh_expires_at = kept_unit(all, unit).keep(*fresh_expires_at);
    recount_draws(all, unit, record->draws);
    if (!record->uncovered.is_zero()) all.settled.moved.debts.push_back(unit.id);
    auto restored = ledger::restore_spend(all.sheet.of(unit.id),
                                          {.draws = record->draws,
                                           .points = back,
                                           .uncovered = record->uncovered,
                                           .offer = record->rule,
                                           .clause = record->clause,
                                           .fresh_matures_at = matures_at(all.plan, unit, all.bought_on),
                                           .fresh_expires_at = fresh_expires_at},
                                          all.stamp(unit));
    if (!restored) return Unexpected{restored.error()};
    for (std::size_t i = 0; i < record->draws.size(); ++i) {
        const bool is_left = i < restored->draws_left.size() && restored->draws_left[i].taken == record->draws[i].taken;
        if (!is_left) all.settled.moved.came_back.push_back({unit.id, record->draws[i].lot, is_kept_by_activity(unit)});
    }
    record->draws = std::move(restored->draws_left);
    record->uncovered = restored->uncovered_left;
    all.sheet.post(unit.id, std::move(restored->posting));
    add_points(all.settled.given_back, unit.id, back);
    return Done{};
}

LotFate fate_of(const Settling& all, const EarnedRecord& earned) {
    const auto index = static_cast<std::size_t>(&earned - all.settled.earned.data());
    return index < all.fates.size() ? all.fates[index] : LotFate{};
}

/// Of what must come back, that which expired meanwhile.
std::vector<ledger::Part> lapsed_of(Settling& all, EarnedRecord& earned, const std::vector<ledger::Part>& parts) {
    const Points left = minus(plus(fate_of(all, earned).expired, expired_in(all.sheet.postings, earned.lot)), earned.lapsed);
    if (left <= Points{0}) return {};
    std::vector<ledger::Part> lapsed = part_of(parts, {}, left);
    earned.lapsed = plus(earned.lapsed, sum_of(lapsed));
    return lapsed;
}

Result<Done, LedgerRejection> take_back(Settling& all, std::uint32_t u) {
    const std::vector<ledger::Part>& parts = all.parts[u];
    if (parts.empty()) return Done{};
    SettledReturn& settled = all.settled;
    EarnedRecord* earned = find_earned(all, u);
    const Unit& unit = all.plan.units[u];
    std::vector<ledger::Part> lapsed;
    if (earned != nullptr) lapsed = lapsed_of(all, *earned, parts);
    add_parts(settled.taken[u], lapsed);
    const std::vector<ledger::Part> wanted = part_of(parts, lapsed, minus(sum_of(parts), sum_of(lapsed)));
    if (wanted.empty()) return Done{};
    const bool may_owe = all.plan.debt == DebtPolicy::below_zero;
    auto reversed = ledger::reverse_earn(
        all.sheet.of(unit.id),
        {.lot = earned == nullptr ? LotId{} : earned->lot, .parts = wanted, .may_owe = may_owe, .recorded_at = all.sold_at},
        all.stamp(unit));
    if (!reversed) return Unexpected{reversed.error()};
    add_parts(settled.taken[u], reversed->taken);
    if (earned != nullptr) {
        note_stood_in(all, reversed->draws, earned->lot);
        const bool is_short = std::any_of(reversed->draws.begin(), reversed->draws.end(),
                                          [&](const ledger::Draw& draw) { return draw.lot.id != earned->lot; });
        if (is_short || !reversed->uncovered.is_zero()) settled.moved.short_of.push_back(earned->lot);
    }
    Points covered = sum_of(reversed->taken);
    if (may_owe) {
        covered = minus(covered, reversed->uncovered);
        add_points(settled.owed, unit.id, reversed->uncovered);
    } else if (!reversed->uncovered.is_zero()) {
        settled.left.push_back({.unit = unit.id, .points = reversed->uncovered});
        if (all.plan.debt == DebtPolicy::from_refund) {
            const Points before = earned == nullptr ? Points{} : earned->withheld;
            // Receipts from before parts of points were kept know only whole ones.
            const Money kept_before = earned == nullptr ? Money{} : std::max(earned->kept, worth_of(unit, before));
            const Withheld kept = withhold(unit, before, kept_before, reversed->uncovered, settled.refund);
            if (earned != nullptr) {
                earned->withheld = plus(before, kept.points);
                earned->kept = plus(kept_before, kept.money);
            }
            settled.refund = minus(settled.refund, kept.money);
            settled.withheld = plus(settled.withheld, kept.money);
            add_parts(settled.taken[u], part_of(wanted, reversed->taken, kept.points));
        }
    }
    add_points(settled.taken_back, unit.id, covered);
    all.sheet.post(unit.id, std::move(reversed->posting));
    return Done{};
}

/// A purchase of which nothing remains kept no points: they last for what there was beside it.
Result<Done, LedgerRejection> withdraw_activity(Settling& all, std::uint32_t u) {
    const Unit& unit = all.plan.units[u];
    if (!all.outcome.is_whole || !is_kept_by_activity(unit) || !all.keeping.has_one_expiry) return Done{};
    const KeptUnit& kept = all.settled.moved.kept.emplace_back(kept_unit(all, unit));
    const ledger::Wallet wallet = all.sheet.of(unit.id);
    std::vector<ledger::LotExpiry> lots;
    const auto note = [&](const ledger::Lot& lot) {
        const auto until = kept.until(lot);
        if (until && *until < *lot.expires_at) lots.push_back({.lot = lot.id, .expires_at = *until});
    };
    std::for_each(wallet.lots.begin(), wallet.lots.end(), note);
    for (const ledger::Hold& hold : wallet.holds) {
        for (const ledger::Draw& draw : hold.draws) note(draw.lot);
    }
    all.sheet.post(unit.id, ledger::withdraw_expiry(wallet, lots, all.stamp(unit)));
    return Done{};
}

/// What its points had repaid and no longer do, since this return or an earlier one: with each that takes some, those that would
/// have repaid it are looked for from the first on.
Result<Done, LedgerRejection> note_missed(Settling& all, std::uint32_t u) {
    const EarnedRecord* earned = find_earned(all, u);
    const Points taken = sum_of(all.settled.taken[u]);
    if (earned == nullptr || taken.is_zero()) return Done{};
    const Points left = minus(sum_of(earned->parts), taken);
    const Points repaid = plus(earned->repaid, fate_of(all, *earned).repaid);
    if (left < repaid) all.settled.moved.missed.push_back({all.plan.units[u].id, minus(repaid, left)});
    return Done{};
}

/// What the owner did up to now, beside the purchase that comes back whole.
Activities activities_beside(const Plan& plan, const Holdings& owner, const StoredReceipt& stored, const ReturnOutcome& outcome,
                             const Keeping& keeping, const Cause& cause) {
    const Date until = std::max(date_of(plan, cause.recorded_at), stored.context.date);
    account::State state = owner.state;
    if (outcome.is_whole) account::add_to_counter(state, "visits", stored.context.date, -1);
    // What was heard of later may have kept nothing any more.
    for (const Activity& activity : keeping.later) {
        if (activity.is_visit) account::add_to_counter(state, "visits", activity.day, -1);
    }
    Activities all = activities_of(state, keeping.others, until);
    all.later = keeping.later;
    return all;
}

}  // namespace

LotFate fate_in(const ledger::Entry& entry, LotId lot) {
    LotFate fate{.expired = ledger::expired_of(entry, lot), .repaid = {}};
    const bool has_matured =
        entry.kind == ledger::EntryKind::mature &&
        std::any_of(entry.lots.begin(), entry.lots.end(), [lot](const ledger::LotChange& change) { return change.lot == lot; });
    if (has_matured) fate.repaid = ledger::repaid_by(entry);
    return fate;
}

Points expired_in(const std::vector<UnitPosting>& postings, LotId lot) {
    Points expired;
    for (const UnitPosting& posted : postings) {
        for (const ledger::Entry& entry : posted.posting.entries) expired = plus(expired, ledger::expired_of(entry, lot));
    }
    return expired;
}

Result<SettledReturn, LedgerRejection> settle_return(const Plan& plan, const Holdings& owner, const StoredReceipt& stored,
                                                     const ReturnOutcome& outcome, const std::vector<LotFate>& fates,
                                                     const Keeping& keeping, const Cause& cause) {
    Settling all{.plan = plan,
                 .owner = owner,
                 .outcome = outcome,
                 .fates = fates,
                 .cause = cause,
                 .bought_on = stored.context.date,
                 .sold_at = stored.recorded_at,
                 .keeping = keeping,
                 .activities = activities_beside(plan, owner, stored, outcome, keeping, cause),
                 .sheet = WalletSheet(owner.wallets),
                 .settled = {.spent = stored.spent, .earned = stored.earned, .refund = outcome.refund},
                 .back = {},
                 .parts = {},
                 .reopened = {}};
    all.settled.taken.resize(plan.units.size());
    read_wanted(all);
    const auto units = static_cast<std::uint32_t>(plan.units.size());
    // In this order, so that points which paid for the goods cover those that the goods earned.
    for (auto step : {shrink_repaid, give_back, take_back, reopen, withdraw_activity, note_missed}) {
        for (std::uint32_t u = 0; u < units; ++u) {
            if (const auto done = step(all, u); !done) return Unexpected{done.error()};
        }
    }
    std::erase_if(all.settled.spent, [](const SpentRecord& record) { return record.draws.empty() && record.uncovered.is_zero(); });
    all.settled.postings = std::move(all.sheet.postings);
    return std::move(all.settled);
}

void record_return(StoredReceipt& stored, event::Return request, const ReturnOutcome& outcome, SettledReturn settled) {
    stored.returns.push_back(std::move(request));
    stored.current = outcome.after;
    stored.refunded = plus(stored.refunded, outcome.refund);
    stored.spent = std::move(settled.spent);
    stored.earned = std::move(settled.earned);
    for (EarnedRecord& earned : stored.earned) {
        if (earned.unit >= settled.taken.size()) continue;
        for (const ledger::Part& gone : settled.taken[earned.unit]) {
            for (ledger::Part& part : earned.parts) {
                if (part.offer != gone.offer || part.clause != gone.clause) continue;
                SUKI_CHECK(gone.points <= part.points);
                part.points = minus(part.points, gone.points);
                break;
            }
        }
        std::erase_if(earned.parts, [](const ledger::Part& part) { return part.points.is_zero(); });
    }
    std::map<std::uint32_t, std::int64_t> put_back;
    for (const PoolDraw& draw : stored.put_back) put_back[draw.pool] += draw.amount;
    for (const PoolDraw& draw : outcome.pools) put_back[draw.pool] += draw.amount;
    stored.put_back.clear();
    for (const auto& [pool, amount] : put_back) stored.put_back.push_back({pool, amount});
}

}  // namespace suki::engine
