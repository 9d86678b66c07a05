#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/amount.h"
#include "base/names.h"
#include "base/time.h"
#include "base/zone.h"
#include "programme/plan.h"

/// The life of one membership: what it is on a day, what is to be paid when, and what is owed back. It knows no store: what must be
/// asked of whoever takes the money comes out as effects. Days are those of the programme's zone.
namespace suki::engine {

/// Had are `trial`, `active` and `grace`. `lapsed` ended because nobody paid, `ended` because somebody wanted it.
SUKI_ENUM(MembershipStatus, awaiting_payment, trial, active, grace, paused, lapsed, ended)
constexpr bool is_had(MembershipStatus status) {
    return status == MembershipStatus::trial || status == MembershipStatus::active || status == MembershipStatus::grace;
}
constexpr bool is_over(MembershipStatus status) { return status == MembershipStatus::lapsed || status == MembershipStatus::ended; }

/// `[from, until)`. `request`: by its number, the request for payment that paid for it; 0: nobody, it is the trial.
struct MembershipPeriod {
    Date from;
    Date until;
    std::int64_t request = 0;
    friend bool operator==(const MembershipPeriod&, const MembershipPeriod&) = default;
};
/// The one period that is asked for and not paid.
struct MembershipAsked {
    std::int64_t request = 0;
    Date asked_on;
    Date from;
    Date until;
    Money amount;
    friend bool operator==(const MembershipAsked&, const MembershipAsked&) = default;
};
/// What a request paid for, whole, however its days were laid since.
struct MembershipPayment {
    std::int64_t request = 0;
    Money amount;
    std::int64_t days = 0;
    friend bool operator==(const MembershipPayment&, const MembershipPayment&) = default;
};
/// Paid days that wait for the end of a pause.
struct MembershipKept {
    std::int64_t request = 0;
    std::int64_t days = 0;
    friend bool operator==(const MembershipKept&, const MembershipKept&) = default;
};
/// It was had, or as it stands now will be; without `until` for ever.
struct MembershipHad {
    Instant from;
    std::optional<Instant> until;
    friend bool operator==(const MembershipHad&, const MembershipHad&) = default;
};

/// 1. Periods ascend and never overlap; each but the trial was paid by one request, and there is at most one open request.
/// 2. The next period to be asked for is the `count`th from `anchor` (by months: the anchor's day of the month, or its last), and
///    begins where the last one ends.
/// 3. `had` ascends; only its last may reach beyond the instant at which the state was brought up to date.
struct MembershipState {
    MembershipStatus status = MembershipStatus::awaiting_payment;
    Date joined_on;
    Period period;  // for which `anchor` and `count` stand
    std::vector<MembershipPeriod> periods;
    Date anchor;
    std::int64_t count = 0;
    std::int64_t requests = 0;  // how many were ever made
    std::optional<MembershipAsked> asked;
    std::vector<MembershipPayment> payments;
    std::vector<MembershipKept> kept;  // paused
    std::vector<Date> pauses;          // the day on which each began
    std::optional<Date> paused_until;  // paused
    std::optional<Date> ends_on;       // the first day on which it is not had any more
    std::optional<Date> deadline;      // awaiting payment, grace: lapses on this day
    std::vector<MembershipHad> had;
    friend bool operator==(const MembershipState&, const MembershipState&) = default;
};
bool was_had(const std::vector<MembershipHad>& had, Instant at);

/// `ask`: payment of the amount for the period; `withdraw`: no longer; `pay_back`: the amount of what was paid; `moved`: into the
/// state's status as it was then.
SUKI_ENUM(MembershipDeed, ask, withdraw, pay_back, moved)
struct MembershipEffect {
    MembershipDeed deed{};
    std::int64_t request = 0;
    Money amount;
    Date from;
    Date until;
    MembershipStatus status{};
    Instant at;  // when it fell due
    friend bool operator==(const MembershipEffect&, const MembershipEffect&) = default;
};

/// By which a membership goes on: those of the edition in force today.
struct MembershipTerms {
    const programme::Membership* plan = nullptr;  // null: it is offered no longer
    bool renews = true;                           // false: this one ends with what is paid for
    const Zone* zone = nullptr;
};

/// One membership while it changes. Each deed but `join` and `advance` takes for granted that `advance` was called as of the same
/// instant, and that the status allows it (`can_…`).
class MembershipLife {
public:
    MembershipLife(MembershipState& state, const MembershipTerms& terms) : state_(state), terms_(terms) {}

    /// Does everything that fell due by `now`, each thing once and dated by when it fell due; only what asks for money is dated by
    /// `now`, since nobody can pay yesterday.
    void advance(Instant now);
    /// When there is something to do next; nothing where nothing will happen by itself.
    [[nodiscard]] std::optional<Instant> due_at() const;

    /// With `has_trial` the plan's trial comes first. The plan must be there.
    void join(Instant now, bool has_trial);
    /// The request was paid. True where it is for the open one, or revives what lapsed (where it `may_revive`); false where all of
    /// it is owed back.
    bool pay(std::int64_t request, Money amount, bool may_revive, Instant now);
    /// What was paid with the request was taken back by whoever paid.
    void take_back(std::int64_t request, Instant now);
    [[nodiscard]] bool can_end() const { return !is_over(state_.status) && !state_.ends_on; }
    void end(Instant now);
    [[nodiscard]] bool can_keep() const { return state_.ends_on && !is_over(state_.status) && terms_.plan != nullptr; }
    void keep(Instant now);
    [[nodiscard]] bool can_pause() const { return state_.status == MembershipStatus::active && !state_.ends_on; }
    void pause(Instant now);
    [[nodiscard]] bool can_resume() const { return state_.status == MembershipStatus::paused; }
    void resume(Instant at);

    std::vector<MembershipEffect> effects;

private:
    [[nodiscard]] Date day_of(Instant at) const;
    [[nodiscard]] Instant start(Date day) const;
    [[nodiscard]] bool is_free() const { return state_.period.is_zero(); }
    [[nodiscard]] Date nth(std::int64_t n) const;
    [[nodiscard]] Date paid_until() const { return state_.periods.back().until; }
    [[nodiscard]] Date asks_on() const;
    [[nodiscard]] Date graced_until() const;
    void step(Instant at, Instant now);
    void move(MembershipStatus status, Instant at);
    [[nodiscard]] MembershipHad had_after_pause() const;
    void settle_had(Instant exactly);
    void ask(Date from, Date until, Date today, Instant now);
    void withdraw(Instant at);
    void add_period(Date from, Date until, std::int64_t request, Money amount);
    void pay_back(std::int64_t request, std::int64_t days_left, Instant at);
    void begin_paid(std::int64_t request, Money amount, Instant now);
    void end_at_once(std::int64_t taken_back, Instant now);

    MembershipState& state_;
    MembershipTerms terms_;
};

}  // namespace suki::engine
