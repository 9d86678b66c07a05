#include "engine/memberships.h"

#include <algorithm>

#include "base/check.h"

namespace suki::engine {

using programme::MembershipEnding;
using programme::Proration;

namespace {

constexpr std::int64_t days_between(Date from, Date until) { return static_cast<std::int64_t>(until.days) - from.days; }

/// Tills tell when something was bought by the second: what is bought in the second of joining is bought with the membership.
constexpr Instant to_the_second(Instant at) { return {at.us - at.us % kSecondUs}; }

}  // namespace

bool was_had(const std::vector<MembershipHad>& had, Instant at) {
    return std::any_of(had.begin(), had.end(),
                       [&](const MembershipHad& one) { return one.from <= at && (!one.until || at < *one.until); });
}

Date MembershipLife::day_of(Instant at) const { return local_date(*terms_.zone, at); }
Instant MembershipLife::start(Date day) const { return start_of(*terms_.zone, day); }

/// Always from the anchor, so that the 31st comes back after a shorter month.
Date MembershipLife::nth(std::int64_t n) const {
    const auto times = static_cast<int>(n);
    return add_days(add_months(state_.anchor, state_.period.months * times), state_.period.days * times);
}

/// Never before the last period that is paid begins: what is shorter than the time to pay would be asked for again and again.
Date MembershipLife::asks_on() const {
    const Period before = terms_.plan == nullptr ? Period{} : terms_.plan->asked;
    return std::max(subtract(paid_until(), before), state_.periods.back().from);
}

/// Who was asked late has as long as who was asked in time.
Date MembershipLife::graced_until() const {
    const Period grace = terms_.plan == nullptr ? Period{} : terms_.plan->grace;
    const Date until = add(paid_until(), grace);
    if (!state_.asked || state_.asked->asked_on < paid_until()) return until;
    return std::max({until, add(state_.asked->asked_on, grace), add_days(state_.asked->asked_on, 1)});
}

std::optional<Instant> MembershipLife::due_at() const {
    switch (state_.status) {
        case MembershipStatus::awaiting_payment:
        case MembershipStatus::grace: return start(*state_.deadline);
        case MembershipStatus::paused: return start(*state_.paused_until);
        case MembershipStatus::trial:
        case MembershipStatus::active: {
            if (is_free()) return std::nullopt;
            if (state_.ends_on) return start(*state_.ends_on);
            const Date next = state_.asked ? paid_until() : asks_on();
            // The trial is over, and what follows it was paid before.
            const bool is_tried = state_.status == MembershipStatus::trial && state_.periods.size() > 1;
            return start(is_tried ? std::min(next, state_.periods.front().until) : next);
        }
        case MembershipStatus::lapsed:
        case MembershipStatus::ended: return std::nullopt;
    }
    return std::nullopt;
}

void MembershipLife::advance(Instant now) {
    for (auto due = due_at(); due && *due <= now; due = due_at()) step(*due, now);
}

void MembershipLife::step(Instant at, Instant now) {
    switch (state_.status) {
        case MembershipStatus::awaiting_payment:
        case MembershipStatus::grace: withdraw(at); return move(MembershipStatus::lapsed, at);
        case MembershipStatus::paused: return resume(at);
        case MembershipStatus::trial:
        case MembershipStatus::active: break;
        case MembershipStatus::lapsed:
        case MembershipStatus::ended: SUKI_CHECK(false);
    }
    if (state_.ends_on) return move(MembershipStatus::ended, at);
    const bool is_tried = state_.status == MembershipStatus::trial && state_.periods.size() > 1;
    if (is_tried && at == start(state_.periods.front().until)) return move(MembershipStatus::active, at);
    if (!state_.asked) {
        if (terms_.plan == nullptr || !terms_.renews || terms_.plan->is_free()) {
            state_.ends_on = paid_until();
            return settle_had(at);
        }
        if (!(state_.period == terms_.plan->period)) {
            state_.period = terms_.plan->period;
            state_.anchor = paid_until();
            state_.count = 0;
        }
        return ask(paid_until(), nth(state_.count + 1), day_of(now), now);
    }
    const Date deadline = graced_until();
    if (deadline <= paid_until()) {
        withdraw(at);
        return move(MembershipStatus::lapsed, at);
    }
    state_.deadline = deadline;
    move(MembershipStatus::grace, at);
}

void MembershipLife::move(MembershipStatus status, Instant at) {
    state_.status = status;
    if (status != MembershipStatus::awaiting_payment && status != MembershipStatus::grace) state_.deadline.reset();
    if (status != MembershipStatus::paused) state_.paused_until.reset();
    settle_had(at);
    effects.push_back({.deed = MembershipDeed::moved, .status = status, .at = at});
}

void MembershipLife::settle_had(Instant exactly) {
    const Instant at = to_the_second(exactly);
    std::vector<MembershipHad>& had = state_.had;
    // What lay ahead when it was paused, and comes otherwise.
    while (!had.empty() && at < had.back().from) had.pop_back();
    if (!is_had(state_.status)) {
        if (!had.empty() && (!had.back().until || at < *had.back().until)) had.back().until = at;
    } else {
        if (had.empty() || (had.back().until && *had.back().until < at)) had.push_back({.from = at});
        had.back().until.reset();
        if (state_.ends_on) {
            had.back().until = start(*state_.ends_on);
        } else if (state_.status == MembershipStatus::grace) {
            had.back().until = start(*state_.deadline);
        } else if (!is_free()) {
            had.back().until = start(graced_until());
        }
    }
    if (state_.status == MembershipStatus::paused) had.push_back(had_after_pause());
    if (!had.empty() && had.back().until && *had.back().until <= had.back().from) had.pop_back();
}

/// What is had when the pause runs out by itself: a sale must see it whether a sweep ran or not.
MembershipHad MembershipLife::had_after_pause() const {
    MembershipHad ahead{.from = start(*state_.paused_until)};
    std::int64_t days = 0;
    for (const MembershipKept& kept : state_.kept) days += kept.days;
    const Period grace = terms_.plan == nullptr ? Period{} : terms_.plan->grace;
    if (state_.ends_on) {
        ahead.until = start(*state_.ends_on);
    } else if (!is_free()) {
        ahead.until = start(add(add_days(*state_.paused_until, static_cast<int>(days)), grace));
    }
    return ahead;
}

void MembershipLife::ask(Date from, Date until, Date today, Instant now) {
    const Money amount = terms_.plan->fee;
    state_.asked = MembershipAsked{.request = ++state_.requests, .asked_on = today, .from = from, .until = until, .amount = amount};
    effects.push_back({.deed = MembershipDeed::ask,
                       .request = state_.requests,
                       .amount = amount,
                       .from = from,
                       .until = until,
                       .status = state_.status,
                       .at = now});
    if (is_had(state_.status)) settle_had(now < start(paid_until()) ? now : start(paid_until()));
}

void MembershipLife::withdraw(Instant at) {
    if (!state_.asked) return;
    effects.push_back({.deed = MembershipDeed::withdraw, .request = state_.asked->request, .status = state_.status, .at = at});
    state_.asked.reset();
}

void MembershipLife::add_period(Date from, Date until, std::int64_t request, Money amount) {
    state_.periods.push_back({.from = from, .until = until, .request = request});
    if (request != 0) state_.payments.push_back({.request = request, .amount = amount, .days = days_between(from, until)});
}

void MembershipLife::join(Instant now, bool has_trial) {
    const programme::Membership& plan = *terms_.plan;
    const Date today = day_of(now);
    state_ = {.joined_on = today, .period = plan.is_free() ? Period{} : plan.period, .anchor = today};
    if (plan.is_free()) return move(MembershipStatus::active, now);
    if (has_trial && !plan.trial.is_zero()) {
        add_period(today, add(today, plan.trial), 0, {});
        state_.anchor = paid_until();
        move(MembershipStatus::trial, now);
        return advance(now);
    }
    state_.deadline = std::max(add(today, plan.grace), add_days(today, 1));
    move(MembershipStatus::awaiting_payment, now);
    ask(today, nth(1), today, now);
}

/// From today on, whenever it was asked for, and for as long as was asked for: `period` is that of the last request.
void MembershipLife::begin_paid(std::int64_t request, Money amount, Instant now) {
    const Date today = day_of(now);
    state_.anchor = std::max(today, state_.periods.empty() ? today : paid_until());
    add_period(state_.anchor, nth(1), request, amount);
    state_.count = 1;
    state_.ends_on.reset();
    move(MembershipStatus::active, now);
}

bool MembershipLife::pay(std::int64_t request, Money amount, bool may_revive, Instant now) {
    if (state_.asked && state_.asked->request == request) {
        const MembershipAsked asked = *state_.asked;
        state_.asked.reset();
        if (state_.status == MembershipStatus::awaiting_payment) {
            begin_paid(request, amount, now);
        } else {
            add_period(asked.from, asked.until, request, amount);
            ++state_.count;
            if (state_.status == MembershipStatus::grace) {
                move(MembershipStatus::active, now);
            } else {
                settle_had(now);
            }
        }
        advance(now);
        return true;
    }
    // An older request may have been of another length.
    if (state_.status == MembershipStatus::lapsed && may_revive && terms_.plan != nullptr && request == state_.requests) {
        begin_paid(request, amount, now);
        advance(now);
        return true;
    }
    effects.push_back({.deed = MembershipDeed::pay_back, .request = request, .amount = amount, .status = state_.status, .at = now});
    return false;
}

/// What has not begun is owed back whole; of what has, by days or nothing.
void MembershipLife::pay_back(std::int64_t request, std::int64_t days_left, Instant at) {
    const auto paid = std::find_if(state_.payments.begin(), state_.payments.end(),
                                   [&](const MembershipPayment& one) { return one.request == request; });
    if (paid == state_.payments.end() || days_left <= 0 || paid->days <= 0) return;
    std::optional<Money> owed{Money{0}};
    if (days_left >= paid->days) {
        owed = paid->amount;
    } else if (terms_.plan != nullptr && terms_.plan->prorate == Proration::by_day) {
        owed = scale(paid->amount, {days_left, paid->days}, terms_.plan->rounding);
    }
    if (!owed || owed->is_zero()) return;
    effects.push_back({.deed = MembershipDeed::pay_back, .request = request, .amount = *owed, .status = state_.status, .at = at});
}

void MembershipLife::end(Instant now) {
    const Date today = day_of(now);
    const bool runs_out = terms_.plan == nullptr || terms_.plan->end == MembershipEnding::at_period_end;
    // What is paid for runs on afterwards, and to its end.
    if (runs_out && state_.status == MembershipStatus::paused && !is_free()) resume(now);
    const bool is_running = state_.status == MembershipStatus::trial || state_.status == MembershipStatus::active;
    if (!runs_out || !is_running || is_free()) return end_at_once(0, now);
    withdraw(now);
    while (state_.periods.back().from > today) {
        const MembershipPeriod later = state_.periods.back();
        state_.periods.pop_back();
        --state_.count;
        pay_back(later.request, days_between(later.from, later.until), now);
    }
    state_.ends_on = paid_until();
    settle_had(now);
}

void MembershipLife::end_at_once(std::int64_t taken_back, Instant now) {
    const Date tomorrow = add_days(day_of(now), 1);
    withdraw(now);
    std::vector<MembershipKept> left = state_.kept;
    const auto add_left = [&](std::int64_t request, std::int64_t days) {
        const auto found =
            std::find_if(left.begin(), left.end(), [&](const MembershipKept& one) { return one.request == request; });
        if (found != left.end()) {
            found->days += days;
        } else {
            left.push_back({.request = request, .days = days});
        }
    };
    for (MembershipPeriod& period : state_.periods) {
        // Today is used, also of a period that began today.
        const Date from = std::max(period.from, tomorrow);
        if (period.until <= from) continue;
        add_left(period.request, days_between(from, period.until));
        period.until = from;
    }
    std::erase_if(state_.periods, [](const MembershipPeriod& period) { return period.until <= period.from; });
    state_.kept.clear();
    for (const MembershipKept& one : left) {
        if (one.request != taken_back) pay_back(one.request, one.days, now);
    }
    state_.ends_on = day_of(now);
    move(MembershipStatus::ended, now);
}

void MembershipLife::take_back(std::int64_t request, Instant now) {
    const Date today = day_of(now);
    const bool runs = std::any_of(state_.periods.begin(), state_.periods.end(), [&](const MembershipPeriod& period) {
        return period.request == request && period.until > today;
    });
    const bool waits =
        std::any_of(state_.kept.begin(), state_.kept.end(), [&](const MembershipKept& kept) { return kept.request == request; });
    if (!is_over(state_.status) && (runs || waits)) end_at_once(request, now);
}

void MembershipLife::keep(Instant now) {
    state_.ends_on.reset();
    settle_had(now);
    advance(now);
}

/// The day on which it is paused is had once more after it.
void MembershipLife::pause(Instant now) {
    const Date today = day_of(now);
    withdraw(now);
    for (MembershipPeriod& period : state_.periods) {
        const Date from = std::max(period.from, today);
        if (period.until <= from) continue;
        state_.kept.push_back({.request = period.request, .days = days_between(from, period.until)});
        period.until = from;
    }
    std::erase_if(state_.periods, [](const MembershipPeriod& period) { return period.until <= period.from; });
    state_.pauses.push_back(today);
    state_.paused_until = add(today, terms_.plan->pause->up_to);
    move(MembershipStatus::paused, now);
}

void MembershipLife::resume(Instant at) {
    Date from = day_of(at);
    for (const MembershipKept& kept : state_.kept) {
        const Date until = add_days(from, static_cast<int>(kept.days));
        // Periods that meet and were paid by one request are one.
        if (!state_.periods.empty() && state_.periods.back().request == kept.request && paid_until() == from) {
            state_.periods.back().until = until;
        } else {
            state_.periods.push_back({.from = from, .until = until, .request = kept.request});
        }
        from = until;
    }
    state_.kept.clear();
    state_.anchor = from;
    state_.count = 0;
    move(MembershipStatus::active, at);
}

}  // namespace suki::engine
