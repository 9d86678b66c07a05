#include "app/rebates.h"

#include <algorithm>

#include "engine/settle.h"
#include "ledger/accrual.h"

namespace suki::app {

namespace {

Instant start_in(const programme::Plan& plan, Date date) {
    return plan.zone == nullptr ? midnight_utc(date) : start_of(*plan.zone, date);
}

const Edition* ruler_of(const Programme& programme, DateRange period) {
    return programme.in_force(std::max(period.starts_on, programme.editions.front().view.effective_on));
}

/// When what is accrued now for the period can be spent: with it, or where that was, with the period that is open.
Date spendable_on(const Desk& desk, const Programme& programme, const RuledPeriod& ruled) {
    const Date own = add(ruled.period.ends_on, ruled.rule().after);
    if (start_in(ruled.plan(), own) > desk.recorded_at()) return own;
    const Date today = local_date(*programme.latest().zone, desk.recorded_at());
    for (const RuledPeriod& open : ruled_on(programme, today)) {
        if (open.rule().id == ruled.rule().id) return add(open.period.ends_on, open.rule().after);
    }
    return today;
}

std::optional<Refusal> accrue(Desk& desk, const Programme& programme, const store::OwnerKey& key, const engine::Cause& cause,
                              const RuledPeriod& ruled) {
    const programme::Rebate& rule = ruled.rule();
    const programme::Plan& plan = ruled.plan();
    store::StateRow& row = *desk.edit(key).state;
    const Points wanted = engine::rebate_points(plan, rule, engine::rebate_figures(plan, rule, row.state, ruled.period));
    const std::int64_t change = wanted.minor() - accrued(row.state, ruled).minor();
    if (change == 0) return std::nullopt;
    const programme::Unit& unit = plan.units[rule.unit];
    engine::Cause of_period = cause;
    of_period.id = engine::accrual_cause(rule.id, ruled.period.starts_on, cause.id);
    of_period.edition = ruled.edition->view.edition;
    const ledger::Stamp stamp = engine::stamp_of(of_period, unit.clause);
    const ledger::Part part{.offer = rule.id, .clause = rule.clause, .points = Points{change < 0 ? -change : change}};
    const std::uint32_t wallet = wallet_index(row, unit.id);
    if (change > 0) {
        const Date on = spendable_on(desk, programme, ruled);
        auto earned = ledger::earn(row.wallets[wallet],
                                   {.kind = ledger::EntryKind::earn,
                                    .parts = {part},
                                    .matures_at = start_in(plan, on),
                                    .expires_at = engine::expires_at(plan, unit, on)},
                                   stamp);
        if (!earned) return refuse_as(RefusalKind::unprocessable, earned.error()).error;
        desk.post(key, wallet, std::move(earned->posting));
    } else {
        auto taken = ledger::take_accrued(row.wallets[wallet],
                                          {.part = part,
                                           .period = engine::accrual_cause(rule.id, ruled.period.starts_on),
                                           .rebate = engine::accrual_cause(rule.id)},
                                          stamp);
        if (!taken) return refuse_as(RefusalKind::unprocessable, taken.error()).error;
        desk.post(key, wallet, *std::move(taken));
    }
    account::add_to_counter(desk.stamped(key).state, engine::accrued_key(rule.id), ruled.period.starts_on, change);
    return std::nullopt;
}

/// The periods that what was counted on `days` bears on: also those of the year after, which may grow from them.
std::vector<RuledPeriod> periods_of(const Programme& programme, const std::vector<Date>& days) {
    std::map<std::pair<std::string, Date>, RuledPeriod> periods;
    for (const Date day : days) {
        for (const RuledPeriod& ruled : ruled_on(programme, day)) {
            periods.try_emplace({ruled.rule().id, ruled.period.starts_on}, ruled);
        }
        for (const RuledPeriod& ruled : ruled_on(programme, add_months(day, 12))) {
            if (ruled.rule().by != programme::RebateBy::growth) continue;
            periods.try_emplace({ruled.rule().id, ruled.period.starts_on}, ruled);
        }
    }
    std::vector<RuledPeriod> all;
    for (auto& [name, ruled] : periods) all.push_back(ruled);
    return all;
}

bool has_rebates(const Programme& programme) {
    return std::any_of(programme.editions.begin(), programme.editions.end(),
                       [](const Edition& edition) { return !edition.plan->rebates.empty(); });
}

}  // namespace

std::vector<RuledPeriod> ruled_on(const Programme& programme, Date date) {
    std::vector<RuledPeriod> ruled;
    for (const Edition& edition : programme.editions) {
        for (std::uint32_t i = 0; i < edition.plan->rebates.size(); ++i) {
            const programme::Rebate& rebate = edition.plan->rebates[i];
            const DateRange period = engine::rebate_period(rebate, date);
            // Nobody promised anything for what was over when the programme began; growth reads it all the same.
            if (period.ends_on <= programme.editions.front().view.effective_on) continue;
            if (ruler_of(programme, period) != &edition) continue;
            // Where an edition changed how long its periods are, the one that began first goes on to its end.
            const bool is_there =
                std::any_of(ruled.begin(), ruled.end(), [&](const RuledPeriod& other) { return other.rule().id == rebate.id; });
            if (!is_there) ruled.push_back({.edition = &edition, .rebate = i, .period = period});
        }
    }
    std::sort(ruled.begin(), ruled.end(), [](const RuledPeriod& a, const RuledPeriod& b) { return a.rule().id < b.rule().id; });
    return ruled;
}

Instant spendable_at(const RuledPeriod& ruled) { return start_in(ruled.plan(), add(ruled.period.ends_on, ruled.rule().after)); }

Points accrued(const account::State& state, const RuledPeriod& ruled) {
    const Date start = ruled.period.starts_on;
    return Points{account::sum_of(state, engine::accrued_key(ruled.rule().id), {start, add_days(start, 1)})};
}

std::optional<Refusal> accrue_rebates(Desk& desk, const Programme& programme, const store::OwnerKey& key,
                                      const engine::Cause& cause, const std::vector<Date>& days) {
    if (!has_rebates(programme)) return std::nullopt;
    for (const RuledPeriod& ruled : periods_of(programme, days)) {
        if (auto refusal = accrue(desk, programme, key, cause, ruled)) return refusal;
    }
    return std::nullopt;
}

std::vector<Date> counted_days(const account::State& state) {
    std::vector<Date> days;
    for (const account::Counter& counter : state.counters) {
        for (const account::DayValue& day : counter.days) days.push_back(day.day);
    }
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return days;
}

// -- Verifying ----------------------------------------------------------------------------------------------------------------

void AccruedSums::take(const store::EntryRow& row) {
    const std::string prefix = engine::accrual_cause(row.entry.offer);
    if (row.entry.offer.empty() || !row.entry.cause.starts_with(prefix)) return;
    constexpr std::size_t kDateBytes = 10;
    const auto period = parse_date(std::string_view{row.entry.cause}.substr(prefix.size(), kDateBytes));
    if (!period) return;
    const Points issued = row.entry.legs[static_cast<std::size_t>(ledger::Book::issued)];
    posted_[{row.org, row.account, row.programme, row.entry.offer, *period}] -= issued.minor();
}

void AccruedSums::take(const Programme& programme, const store::StateRow& row, const BreachFound& breach) {
    const auto note = [&](const std::string& rebate, Date period, std::int64_t points) {
        noted_[{row.org, row.account, row.programme, rebate, period}] = points;
    };
    for (const account::Counter& counter : row.state.counters) {
        if (!engine::counts_rebate(counter.key)) continue;
        const std::size_t begin = engine::accrued_key({}).size() - 1;
        const std::string rebate = counter.key.substr(begin, counter.key.size() - begin - 1);
        for (const account::DayValue& day : counter.days) note(rebate, day.day, day.value);
    }
    // An edition for days that are over finds purchases of which it heard nothing: the next one brings them.
    const auto is_late = [&](const Edition& edition) {
        return edition.view.edition > 1 && edition.view.effective_on <= local_date(*edition.plan->zone, edition.view.published_at);
    };
    if (!has_rebates(programme)) return;
    for (const RuledPeriod& ruled : periods_of(programme, counted_days(row.state))) {
        if (is_late(*ruled.edition)) continue;
        const Points wanted = engine::rebate_points(ruled.plan(), ruled.rule(),
                                                    engine::rebate_figures(ruled.plan(), ruled.rule(), row.state, ruled.period));
        if (wanted == accrued(row.state, ruled)) continue;
        breach("rebate_differs_from_rule", row.account.text(),
               ruled.rule().id + " " + date_text(ruled.period.starts_on) + ": " + std::to_string(wanted.minor()));
    }
}

void AccruedSums::finish(const std::map<std::pair<std::string, AccountId>, AccountId>& merged_into, const BreachFound& breach) {
    std::map<Name, std::int64_t> posted;
    for (const auto& [name, points] : posted_) {
        Name there = name;
        AccountId& account = std::get<AccountId>(there);
        for (auto into = merged_into.find({std::get<0>(name), account}); into != merged_into.end();
             into = merged_into.find({std::get<0>(name), account})) {
            account = into->second;
        }
        posted[there] += points;
    }
    std::erase_if(posted, [](const auto& one) { return one.second == 0; });
    std::erase_if(noted_, [](const auto& one) { return one.second == 0; });
    const auto say = [&](const Name& name) {
        breach("rebate_differs_from_journal", std::get<AccountId>(name).text(),
               std::get<3>(name) + " " + date_text(std::get<Date>(name)));
    };
    for (const auto& [name, points] : posted) {
        const auto noted = noted_.find(name);
        if (noted == noted_.end() || noted->second != points) say(name);
    }
    for (const auto& [name, points] : noted_) {
        if (!posted.contains(name)) say(name);
    }
}

}  // namespace suki::app
