#include <algorithm>
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
/// paid for, `before` among them: in how many pieces the goods come back makes no difference, and at the end less than one minor
/// unit stays with the member.
struct Withheld {
    Points points;
    Money money;
};
Withheld withhold(const Unit& unit, Points before, Points uncovered, Money refund) {
    const Ratio& worth = unit.worth;
    if (worth.numerator <= 0 || refund <= Money{0}) return {};
    const Money paid = worth_of(unit, before);
    // The most points in all whose worth, rounded down, the refund can still bring up.
    const auto most =
        divide(static_cast<__int128>(paid.minor() + refund.minor() + 1) * worth.denominator - 1, worth.numerator, Rounding::down);
    const Points points = most ? std::min(uncovered, minus(Points{*most}, before)) : uncovered;
    return {.points = points, .money = minus(worth_of(unit, plus(before, points)), paid)};
}

/// One return while it is being settled.
struct Settling {
    const Plan& plan;
    const Holdings& owner;
    const ReturnOutcome& outcome;
    const std::vector<Points>& lapsed;
    const Cause& cause;
    WalletSheet sheet;
    SettledReturn settled;

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

Result<Done, LedgerRejection> give_back(Settling& all) {
    const Date today = date_of(all.plan, all.cause.recorded_at);
    const auto last_seen = account::last_day_with(all.owner.state, "visits", today);
    for (const auto& [u, points] : all.outcome.give_back) {
        SpentRecord* record = nullptr;
        for (SpentRecord& spent : all.settled.spent) {
            if (spent.unit == u) record = &spent;
        }
        if (record == nullptr) continue;
        Points there = record->uncovered;
        for (const ledger::Draw& draw : record->draws) there = plus(there, draw.taken);
        // Points that nothing covered at the sale were never spent: they come off first.
        const Points back = std::min(points, minus(there, still_paid(all.outcome.after, u)));
        if (back <= Points{0}) continue;
        const Unit& unit = all.plan.units.at(u);
        const bool is_kept = is_kept_by_activity(unit) && last_seen.has_value();
        const EarnedRecord* earned = find_earned(all, u);
        auto restored = ledger::restore_spend(all.sheet.of(unit.id),
                                              {.draws = record->draws,
                                               .points = back,
                                               .uncovered = record->uncovered,
                                               .offer = record->rule,
                                               .clause = record->clause,
                                               .repays_first = earned == nullptr ? LotId{} : earned->lot,
                                               .fresh_expires_at = expires_at(all.plan, unit, today),
                                               .extended_to = is_kept ? expires_at(all.plan, unit, *last_seen) : std::nullopt},
                                              all.stamp(unit));
        if (!restored) return Unexpected{restored.error()};
        record->draws = std::move(restored->draws_left);
        record->uncovered = restored->uncovered_left;
        all.sheet.post(unit.id, std::move(restored->posting));
        all.settled.given_back.push_back({.unit = unit.id, .points = back});
    }
    std::erase_if(all.settled.spent, [](const SpentRecord& record) { return record.draws.empty() && record.uncovered.is_zero(); });
    return Done{};
}

/// Of what must come back, that which expired meanwhile.
std::vector<ledger::Part> lapsed_of(Settling& all, EarnedRecord& earned, const std::vector<ledger::Part>& parts) {
    const auto index = static_cast<std::size_t>(&earned - all.settled.earned.data());
    const Points before = index < all.lapsed.size() ? all.lapsed[index] : Points{};
    const Points left = minus(plus(before, expired_in(all.sheet.postings, earned.lot)), earned.lapsed);
    if (left <= Points{0}) return {};
    std::vector<ledger::Part> lapsed = part_of(parts, {}, left);
    earned.lapsed = plus(earned.lapsed, sum_of(lapsed));
    return lapsed;
}

Result<Done, LedgerRejection> take_back(Settling& all, std::uint32_t u) {
    const std::vector<ledger::Part>& parts = all.outcome.take_back[u];
    if (parts.empty()) return Done{};
    SettledReturn& settled = all.settled;
    EarnedRecord* earned = find_earned(all, u);
    const Unit& unit = all.plan.units[u];
    std::vector<ledger::Part>& taken = settled.taken[u];
    if (earned != nullptr) taken = lapsed_of(all, *earned, parts);
    const std::vector<ledger::Part> wanted = part_of(parts, taken, minus(sum_of(parts), sum_of(taken)));
    if (wanted.empty()) return Done{};
    const bool may_owe = all.plan.debt == DebtPolicy::below_zero;
    auto reversed = ledger::reverse_earn(all.sheet.of(unit.id),
                                         {.lot = earned == nullptr ? LotId{} : earned->lot, .parts = wanted, .may_owe = may_owe},
                                         all.stamp(unit));
    if (!reversed) return Unexpected{reversed.error()};
    add_parts(taken, reversed->taken);
    Points covered = sum_of(reversed->taken);
    if (may_owe) {
        covered = minus(covered, reversed->uncovered);
        if (!reversed->uncovered.is_zero()) settled.owed.push_back({.unit = unit.id, .points = reversed->uncovered});
    } else if (!reversed->uncovered.is_zero()) {
        settled.left.push_back({.unit = unit.id, .points = reversed->uncovered});
        if (all.plan.debt == DebtPolicy::from_refund) {
            const Points before = earned == nullptr ? Points{} : earned->withheld;
            const Withheld kept = withhold(unit, before, reversed->uncovered, settled.refund);
            if (earned != nullptr) earned->withheld = plus(before, kept.points);
            settled.refund = minus(settled.refund, kept.money);
            settled.withheld = plus(settled.withheld, kept.money);
            add_parts(taken, part_of(wanted, reversed->taken, kept.points));
        }
    }
    if (!covered.is_zero()) settled.taken_back.push_back({.unit = unit.id, .points = covered});
    all.sheet.post(unit.id, std::move(reversed->posting));
    return Done{};
}

}  // namespace

Points expired_in(const std::vector<UnitPosting>& postings, LotId lot) {
    Points expired;
    for (const UnitPosting& posted : postings) {
        for (const ledger::Entry& entry : posted.posting.entries) expired = plus(expired, ledger::expired_of(entry, lot));
    }
    return expired;
}

Result<SettledReturn, LedgerRejection> settle_return(const Plan& plan, const Holdings& owner, const StoredReceipt& stored,
                                                     const ReturnOutcome& outcome, const std::vector<Points>& lapsed,
                                                     const Cause& cause) {
    Settling all{.plan = plan,
                 .owner = owner,
                 .outcome = outcome,
                 .lapsed = lapsed,
                 .cause = cause,
                 .sheet = WalletSheet(owner.wallets),
                 .settled = {.spent = stored.spent, .earned = stored.earned, .refund = outcome.refund}};
    all.settled.taken.resize(plan.units.size());
    // In this order, so that points which paid for the goods cover those that the goods earned.
    if (const auto given = give_back(all); !given) return Unexpected{given.error()};
    for (std::uint32_t u = 0; u < plan.units.size() && u < outcome.take_back.size(); ++u) {
        if (const auto taken = take_back(all, u); !taken) return Unexpected{taken.error()};
    }
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
