#include "engine/relied.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "engine/books.h"

namespace suki::engine {

using namespace programme;

namespace {

bool asks_for_level(const Plan& plan) {
    return std::any_of(plan.offers.begin(), plan.offers.end(), [](const Offer& offer) {
        return std::any_of(offer.conditions.begin(), offer.conditions.end(),
                           [](const Condition& condition) { return std::holds_alternative<LevelCondition>(condition); });
    });
}

}  // namespace

/// What is back now would have been spent first, had it been there.
bool ThoseThatRelied::wanted_what_came_back(const std::string& unit, const SpentRecord& spent, const StoredReceipt& later) const {
    // What its own points repaid at once was owed.
    const auto was_owed = [&](LotId lot) {
        return std::any_of(later.earned.begin(), later.earned.end(), [lot](const EarnedRecord& own) { return own.lot == lot; });
    };
    return std::any_of(moved_.came_back.begin(), moved_.came_back.end(), [&](const MovedPoints::CameBack& back) {
        if (back.unit != unit || (back.lot.expires_at && *back.lot.expires_at <= later.recorded_at)) return false;
        return !spent.uncovered.is_zero() || std::any_of(spent.draws.begin(), spent.draws.end(), [&](const ledger::Draw& draw) {
            if (was_owed(draw.lot.id)) return true;
            // All that activity keeps expires together, and goes by who came first.
            return back.is_kept ? back.lot.id < draw.lot.id : ledger::comes_before(back.lot, draw.lot);
        });
    });
}

/// Paid with points that only the purchase kept until then.
bool ThoseThatRelied::paid_with_expired(const std::string& unit, const ledger::Draw& draw, Instant at) const {
    return std::any_of(moved_.kept.begin(), moved_.kept.end(), [&](const KeptUnit& kept) {
        if (kept.name() != unit) return false;
        const auto until = kept.until(draw.lot);
        return until && *until <= at;
    });
}

/// The first that earned had to repay what the purchase no longer repays.
bool ThoseThatRelied::would_have_repaid(const std::string& unit, const EarnedRecord& earned) {
    bool would = false;
    for (MovedPoints::Missed& missed : moved_.missed) {
        if (missed.unit != unit || missed.points <= Points{0}) continue;
        would = true;
        for (const ledger::Part& part : earned.parts) missed.points = minus(missed.points, part.points);
    }
    return would;
}

/// Did the receipt pay with points that are missed or without those that are back, or repay what nobody owed?
bool ThoseThatRelied::has_used(const Plan& plan, const StoredReceipt& later) {
    if (is_all_back(later)) return false;
    bool has = false;
    for (const SpentRecord& spent : later.spent) {
        const std::string& unit = plan.units.at(spent.unit).id;
        has = has || wanted_what_came_back(unit, spent, later);
        for (const ledger::Draw& draw : spent.draws) {
            has = has || paid_with_expired(unit, draw, later.recorded_at) ||
                  std::find(moved_.short_of.begin(), moved_.short_of.end(), draw.lot.id) != moved_.short_of.end();
        }
    }
    for (const EarnedRecord& earned : later.earned) {
        const std::string& unit = plan.units.at(earned.unit).id;
        has = would_have_repaid(unit, earned) || has;
        if (earned.repaid.is_zero()) continue;
        has = has || std::find(moved_.debts.begin(), moved_.debts.end(), unit) != moved_.debts.end();
    }
    return has;
}

void ThoseThatRelied::add(std::vector<One>& all, const std::string& id, Instant occurred_at) {
    const bool is_there = std::any_of(all.begin(), all.end(), [&](const One& one) { return one.id == id; });
    if (!is_there) all.push_back({occurred_at, id});
}

void ThoseThatRelied::note_matured(const std::string& unit, bool has_repaid, const std::string& id, Instant occurred_at) {
    const bool repaid_it = has_repaid && std::find(moved_.debts.begin(), moved_.debts.end(), unit) != moved_.debts.end();
    const bool would_have = std::any_of(moved_.missed.begin(), moved_.missed.end(),
                                        [&](const MovedPoints::Missed& missed) { return missed.unit == unit; });
    if (repaid_it || would_have) add(found_, id, occurred_at);
}

void ThoseThatRelied::ask(const Plan& plan, const StoredReceipt& later, Instant occurred_at, bool has_read) {
    const bool has_used_points = has_used(plan, later);
    were_points_used_ = were_points_used_ || has_used_points;
    if (has_used_points || has_read) {
        add(found_, later.receipt.id, occurred_at);
    } else if (std::find(moved_.stood_in.begin(), moved_.stood_in.end(), later.receipt.id) != moved_.stood_in.end()) {
        add(stood_in_, later.receipt.id, occurred_at);
    }
}

std::vector<std::string> ThoseThatRelied::ids() && {
    if (!were_points_used_) std::move(stood_in_.begin(), stood_in_.end(), std::back_inserter(found_));
    std::sort(found_.begin(), found_.end(),
              [](const One& a, const One& b) { return std::tie(a.occurred_at, a.id) < std::tie(b.occurred_at, b.id); });
    std::vector<std::string> ids;
    for (One& each : found_) ids.push_back(std::move(each.id));
    return ids;
}

void ChangedPast::Past::change(Date day, const std::vector<CounterChange>& before, const std::vector<CounterChange>& after) {
    change_counters(state, day, before, after);
    levels.forget(day);
}

Context ChangedPast::Past::seen_by(const Plan& plan, const StoredReceipt& later, const std::string& person) {
    Context context = later.context;
    read_past(plan, state, person, context);
    context.level.clear();
    if (asks_for_level(plan)) context.level = levels.read(state, context.date);
    return context;
}

ChangedPast::ChangedPast(const Counted& counted, account::State state, Date day, const std::vector<CounterChange>& before,
                         const std::vector<CounterChange>& after, std::vector<std::string> pools)
    : after_{std::move(state), LevelReader{counted.ladder}}, before_(after_), day_(day), pools_(std::move(pools)) {
    before_.change(day_, after, before);
}

void ChangedPast::forget(Date day, const std::vector<CounterChange>& figures) {
    after_.change(day, figures, {});
    before_.change(day, figures, {});
}

void ChangedPast::learn(Date day, const std::vector<CounterChange>& figures) {
    after_.change(day, {}, figures);
    before_.change(day, {}, figures);
}

bool ChangedPast::refused(const Plan& plan, const StoredReceipt& later) const {
    const auto is_named = [&](std::uint32_t pool) {
        if (pool >= plan.pools.size()) return false;
        // What comes back goes into the pool of the purchase's period.
        const Pool& named = plan.pools[pool];
        return period_of(named, later.context.date) == period_of(named, day_) &&
               std::find(pools_.begin(), pools_.end(), named.key) != pools_.end();
    };
    for (const event::Decision& decision : later.decided.decisions) {
        if (decision.verdict != event::Verdict::lost_to_budget && decision.verdict != event::Verdict::lost_to_limit) continue;
        const Offer* offer = find_offer(plan, decision.offer);
        if (offer == nullptr) continue;
        if (decision.verdict == event::Verdict::lost_to_budget) {
            if (offer->budget && is_named(*offer->budget)) return true;
            continue;
        }
        for (const Limit& limit : offer->limits) {
            if (limit.scope == LimitScope::programme && decision.winner == name_of(limit.scope) && is_named(limit.index))
                return true;
        }
    }
    return false;
}

bool ChangedPast::was_read_by(const Evaluator& evaluator, const StoredReceipt& later, const std::string& person) {
    if (later.edition == 0 || !later.context.is_member || is_all_back(later)) return false;
    if (refused(evaluator.plan(), later)) return true;
    // Challenges count a purchase whenever it was recorded; nothing else reads a later day.
    if (later.context.date < day_ && evaluator.plan().challenges.empty()) return false;
    const Context was = before_.seen_by(evaluator.plan(), later, person);
    const Context is = after_.seen_by(evaluator.plan(), later, person);
    return was != is && evaluator.evaluate(was, later.receipt) != evaluator.evaluate(is, later.receipt);
}

}  // namespace suki::engine
