#include "engine/memberships.h"

#include <gtest/gtest.h>

namespace suki::engine {
namespace {

using namespace programme;

/// One membership under a clock in UTC.
struct Life {
    Membership plan{.id = "grill", .fee = Money{1000}, .period = {.months = 1}};
    Zone zone = fixed_zone("UTC", 0);
    MembershipState state;
    std::vector<MembershipEffect> effects;
    bool is_offered = true;

    static Date on(int month, int day, int year = 2026) { return *make_date(year, month, day); }
    static Instant at(int month, int day, int year = 2026) {
        return {midnight_utc(on(month, day, year)).us + 9 * 3600 * kSecondUs};
    }
    template <class Do>
    void act(Instant now, const Do& deed) {
        MembershipLife life(state, {.plan = is_offered ? &plan : nullptr, .renews = true, .zone = &zone});
        life.advance(now);
        deed(life);
        effects.insert(effects.end(), life.effects.begin(), life.effects.end());
    }
    void join(Instant now, bool has_trial = true) {
        MembershipLife life(state, {.plan = &plan, .renews = true, .zone = &zone});
        life.join(now, has_trial);
        effects = life.effects;
    }
    void pass(Instant now) {
        act(now, [](MembershipLife&) {});
    }
    bool pay(Instant now, std::int64_t request, bool may_revive = true) {
        bool is_taken = false;
        act(now, [&](MembershipLife& life) { is_taken = life.pay(request, plan.fee, may_revive, now); });
        return is_taken;
    }
    [[nodiscard]] std::vector<std::int64_t> owed() const {
        std::vector<std::int64_t> amounts;
        for (const MembershipEffect& one : effects) {
            if (one.deed == MembershipDeed::pay_back) amounts.push_back(one.amount.minor());
        }
        return amounts;
    }
    [[nodiscard]] int asked() const {
        int count = 0;
        for (const MembershipEffect& one : effects) count += one.deed == MembershipDeed::ask ? 1 : 0;
        return count;
    }
};

TEST(Memberships, MonthsAreCountedFromTheAnchor) {
    Life life;
    life.join(Life::at(1, 31));
    EXPECT_EQ(life.state.status, MembershipStatus::awaiting_payment);
    ASSERT_TRUE(life.pay(Life::at(1, 31), 1));
    const Date ends[] = {Life::on(2, 28), Life::on(3, 31), Life::on(4, 30), Life::on(5, 31)};
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(life.state.periods.back().until, ends[i]);
        life.pass({midnight_utc(add_days(ends[i], -1)).us});
        ASSERT_TRUE(life.state.asked);
        ASSERT_TRUE(life.pay({midnight_utc(add_days(ends[i], -1)).us}, i + 2));
    }
    EXPECT_EQ(life.asked(), 5);
}

TEST(Memberships, NothingIsHadBeforeItIsPaid) {
    Life life;
    life.plan.grace = {.days = 5};
    life.join(Life::at(3, 1));
    EXPECT_FALSE(was_had(life.state.had, Life::at(3, 2)));
    life.pass(Life::at(3, 6));
    EXPECT_EQ(life.state.status, MembershipStatus::lapsed);
    EXPECT_TRUE(life.state.had.empty());
    // Later all the same: from that day on.
    ASSERT_TRUE(life.pay(Life::at(3, 10), 1));
    EXPECT_EQ(life.state.periods.back().from, Life::on(3, 10));
    EXPECT_FALSE(life.pay(Life::at(3, 10), 7, false));
    EXPECT_EQ(life.owed(), std::vector<std::int64_t>{1000});
}

TEST(Memberships, GraceIsHadAndThenItLapses) {
    Life life;
    life.plan.trial = {.days = 14};
    life.plan.grace = {.days = 7};
    life.join(Life::at(3, 1));
    life.pass(Life::at(3, 12));
    EXPECT_EQ(life.asked(), 1);
    EXPECT_EQ(life.state.status, MembershipStatus::trial);
    life.pass(Life::at(3, 15));
    EXPECT_EQ(life.state.status, MembershipStatus::grace);
    life.pass(Life::at(3, 22));
    EXPECT_EQ(life.state.status, MembershipStatus::lapsed);
    EXPECT_TRUE(was_had(life.state.had, Life::at(3, 21)));
    EXPECT_FALSE(was_had(life.state.had, Life::at(3, 22)));
    EXPECT_EQ(life.asked(), 1);
}

// However often and in whatever steps time passes, the same comes out.
TEST(Memberships, StepsOfTimeMakeNoDifference) {
    Life small;
    small.plan.trial = {.days = 14};
    small.plan.grace = {.days = 7};
    Life large = small;
    small.join(Life::at(3, 1));
    large.join(Life::at(3, 1));
    for (int day = 1; day <= 31; ++day) small.pass(Life::at(3, day));
    large.pass(Life::at(3, 12));
    large.pass(Life::at(3, 31));
    EXPECT_EQ(small.state, large.state);
    EXPECT_EQ(small.asked(), large.asked());
}

TEST(Memberships, APauseKeepsWhatIsPaid) {
    Life life;
    life.plan.pause = MembershipPause{.up_to = {.days = 30}, .times = {}};
    life.join(Life::at(3, 1));
    ASSERT_TRUE(life.pay(Life::at(3, 1), 1));
    life.act(Life::at(3, 11), [](MembershipLife& each) { each.pause(Life::at(3, 11)); });
    EXPECT_FALSE(was_had(life.state.had, Life::at(3, 12)));
    EXPECT_TRUE(was_had(life.state.had, Life::at(3, 10)));
    ASSERT_EQ(life.state.kept.size(), 1u);
    EXPECT_EQ(life.state.kept[0].days, 21);
    // By itself after thirty days.
    life.pass(Life::at(4, 11));
    EXPECT_EQ(life.state.status, MembershipStatus::active);
    EXPECT_EQ(life.state.periods.back(), (MembershipPeriod{Life::on(4, 10), Life::on(5, 1), 1}));
    // And at once: nothing is won or lost.
    life.act(Life::at(4, 20), [](MembershipLife& each) {
        each.pause(Life::at(4, 20));
        each.resume(Life::at(4, 20));
    });
    EXPECT_EQ(life.state.periods.back(), (MembershipPeriod{Life::on(4, 10), Life::on(5, 1), 1}));
}

TEST(Memberships, WhatIsCutShortIsOwedBackByDays) {
    Life life;
    life.plan.fee = Money{3100};
    life.plan.end = MembershipEnding::at_once;
    life.plan.prorate = Proration::by_day;
    life.join(Life::at(3, 1));
    ASSERT_TRUE(life.pay(Life::at(3, 1), 1));
    life.pass(Life::at(3, 30));
    ASSERT_TRUE(life.pay(Life::at(3, 30), 2));
    life.act(Life::at(3, 30), [](MembershipLife& each) { each.end(Life::at(3, 30)); });
    // One day of the first period, and the second, which had not begun.
    EXPECT_EQ(life.owed(), (std::vector<std::int64_t>{100, 3100}));
    EXPECT_EQ(life.state.periods.size(), 1u);
    EXPECT_FALSE(was_had(life.state.had, Life::at(3, 31)));
}

TEST(Memberships, AnEndCanBeTakenBack) {
    Life life;
    life.join(Life::at(3, 1));
    ASSERT_TRUE(life.pay(Life::at(3, 1), 1));
    life.act(Life::at(3, 5), [](MembershipLife& each) { each.end(Life::at(3, 5)); });
    EXPECT_EQ(life.state.ends_on, Life::on(4, 1));
    EXPECT_EQ(life.state.status, MembershipStatus::active);
    life.act(Life::at(3, 31), [](MembershipLife& each) { each.keep(Life::at(3, 31)); });
    EXPECT_FALSE(life.state.ends_on);
    EXPECT_EQ(life.asked(), 2);
}

TEST(Memberships, WhatIsOfferedNoLongerEndsWithWhatIsPaid) {
    Life life;
    life.plan.grace = {.days = 7};
    life.join(Life::at(3, 1));
    ASSERT_TRUE(life.pay(Life::at(3, 1), 1));
    life.is_offered = false;
    life.pass(Life::at(4, 2));
    EXPECT_EQ(life.state.status, MembershipStatus::ended);
    EXPECT_FALSE(was_had(life.state.had, Life::at(4, 1)));
    EXPECT_EQ(life.asked(), 1);
}

// Shorter than the time to pay: it is not asked for before the one before it begins.
TEST(Memberships, ShortPeriodsAreNotAskedForAllAtOnce) {
    Life life;
    life.plan.period = {.days = 1};
    life.join(Life::at(3, 1));
    ASSERT_TRUE(life.pay(Life::at(3, 1), 1));
    EXPECT_EQ(life.asked(), 2);
    ASSERT_TRUE(life.pay(Life::at(3, 1), 2));
    EXPECT_EQ(life.asked(), 2);
}

TEST(Memberships, AFeeThatIsTakenBackEndsIt) {
    Life life;
    life.join(Life::at(3, 1));
    ASSERT_TRUE(life.pay(Life::at(3, 1), 1));
    life.act(Life::at(3, 9), [](MembershipLife& each) { each.take_back(1, Life::at(3, 9)); });
    EXPECT_EQ(life.state.status, MembershipStatus::ended);
    EXPECT_TRUE(life.owed().empty());
}

// A document may ask for another fee and another length while a request is open: what was asked for is what is bought.
TEST(Memberships, WhatWasAskedForIsWhatIsBought) {
    Life life;
    life.join(Life::at(1, 10));
    life.plan.fee = Money{10'000};
    life.plan.period = {.months = 12};
    life.act(Life::at(1, 11), [](MembershipLife& one) { one.pay(1, Money{1000}, true, Life::at(1, 11)); });
    ASSERT_EQ(life.state.periods.size(), 1u);
    EXPECT_EQ(life.state.periods[0].until, Life::on(2, 11));
}

// A lapsed one is revived by what was asked for last, and by nothing older.
TEST(Memberships, AnOlderRequestRevivesNothing) {
    Life life;
    life.plan.grace = {.days = 7};
    life.join(Life::at(1, 10));
    ASSERT_TRUE(life.pay(Life::at(1, 10), 1));
    life.pass(Life::at(2, 8));
    life.pass(Life::at(3, 20));
    ASSERT_EQ(life.state.status, MembershipStatus::lapsed);
    ASSERT_GE(life.state.requests, 2);
    EXPECT_FALSE(life.pay(Life::at(3, 21), 1));
    EXPECT_EQ(life.owed(), std::vector<std::int64_t>{1000});
    EXPECT_TRUE(life.pay(Life::at(3, 21), life.state.requests));
    EXPECT_EQ(life.state.status, MembershipStatus::active);
}

// Who ends a paused one has what is paid for to its end, as who resumes it first.
TEST(Memberships, APausedOneEndsWithWhatIsPaidFor) {
    Life life;
    life.plan.end = MembershipEnding::at_period_end;
    life.plan.pause = MembershipPause{};
    life.plan.pause->up_to = {.days = 60};
    life.join(Life::at(1, 10));
    ASSERT_TRUE(life.pay(Life::at(1, 10), 1));
    life.act(Life::at(1, 12), [](MembershipLife& one) { one.pause(Life::at(1, 12)); });
    ASSERT_EQ(life.state.status, MembershipStatus::paused);
    life.act(Life::at(2, 1), [](MembershipLife& one) { one.end(Life::at(2, 1)); });
    EXPECT_EQ(life.state.status, MembershipStatus::active);
    EXPECT_EQ(life.state.ends_on, Life::on(3, 2));  // the 29 days that were left on 12 January
    life.pass(Life::at(3, 2));
    EXPECT_EQ(life.state.status, MembershipStatus::ended);
    EXPECT_TRUE(life.owed().empty());
}

}  // namespace
}  // namespace suki::engine
