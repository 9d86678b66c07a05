#include <gtest/gtest.h>

#include <random>

#include "plan_builder.h"

namespace suki::engine {
namespace {

using account::LevelSpan;

Date day(int month, int of_month, int year = 2026) { return *make_date(year, month, of_month); }

struct Ladders {
    PlanBuilder b;
    explicit Ladders(Window over = {WindowKind::rolling, {0, 30}}, Downgrade downgrade = Downgrade::one_step) {
        const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"}, over);
        b.plan.ladder = Ladder{window, downgrade};
        b.plan.levels = {{.id = "guest", .from = 0},
                         {.id = "friend", .from = 100, .keep = {0, 20}, .grace = {0, 10}},
                         {.id = "family", .from = 200, .keep = {0, 20}, .grace = {0, 10}}};
    }
};

/// The definition, day by day. Independent of the engine: sums anew each day, knows nothing of what can change when.
std::vector<LevelSpan> day_by_day(const account::State& state, const std::vector<LadderEdition>& editions, Date until) {
    std::vector<LevelSpan> spans;
    const Plan* plan = nullptr;
    const Plan* before = nullptr;
    const auto level_of = [](const Plan& p, const std::string& id) {
        for (std::size_t i = 0; i < p.levels.size(); ++i) {
            if (p.levels[i].id == id) return static_cast<int>(i);
        }
        return -1;
    };
    for (Date date = state.joined_on; date <= until; date = add_days(date, 1)) {
        before = plan;
        for (const LadderEdition& edition : editions) {
            if (edition.effective_on <= date) plan = edition.plan.get();
        }
        if (plan == nullptr) continue;
        const bool is_on = !spans.empty() && !spans.back().level.empty();
        if (!plan->ladder) {
            if (is_on) spans.push_back({"", date, date, std::nullopt});
            continue;
        }
        const CounterWindow& over = plan->windows[plan->ladder->window];
        const DateRange dates = dates_of(over.window, date);
        const Counter& counter = plan->counters[over.counter];
        const std::int64_t figure = counter.measure == Measure::visits ? account::days_with(state, counter.key, dates)
                                                                       : account::sum_of(state, counter.key, dates);
        const auto due_for = [&](std::int64_t amount) {
            int level = 0;
            for (std::size_t i = 0; i < plan->levels.size(); ++i) {
                if (plan->levels[i].from <= amount) level = static_cast<int>(i);
            }
            return level;
        };
        const int due = due_for(figure);
        const auto enter = [&](int level) {
            spans.push_back({plan->levels[level].id, date, add(date, plan->levels[level].keep), std::nullopt});
        };
        if (!is_on) {
            enter(due);
            continue;
        }
        int level = level_of(*plan, spans.back().level);
        if (level < 0) {
            level = due_for(before->levels[level_of(*before, spans.back().level)].from);
            spans.push_back({plan->levels[level].id, date, spans.back().keep_until, spans.back().grace_until});
        }
        if (due > level) {
            enter(due);
        } else if (due == level) {
            spans.back().grace_until.reset();
        } else if (date >= spans.back().keep_until) {
            if (!spans.back().grace_until) spans.back().grace_until = add(date, plan->levels[level].grace);
            if (date >= *spans.back().grace_until) {
                const int lower = plan->ladder->downgrade == Downgrade::as_due ? due : level - 1;
                enter(lower);
                if (due < lower && date >= spans.back().keep_until) spans.back().grace_until = add(date, plan->levels[lower].grace);
            }
        }
    }
    return spans;
}

TEST(levels, rise_at_once_are_kept_and_fall_after_grace) {
    Ladders l;
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(1, 10), 100);
    const auto spans = derive_levels(state, {{day(1, 1), l.b.made()}}, day(12, 31));
    ASSERT_EQ(spans.size(), 3u);
    EXPECT_EQ(spans[0].level, "guest");
    EXPECT_EQ(spans[0].since, day(1, 1));
    // Earned until 8 February; kept until 30 January anyway; grace from 9 February.
    EXPECT_EQ(spans[1], (LevelSpan{"friend", day(1, 10), day(1, 30), day(2, 19)}));
    EXPECT_EQ(spans[2].level, "guest");
    EXPECT_EQ(spans[2].since, day(2, 19));
    EXPECT_EQ(level_on(spans, day(2, 18))->level, "friend");
    EXPECT_EQ(level_on(spans, day(2, 19))->level, "guest");
    EXPECT_EQ(level_on(spans, day(12, 31, 2025)), nullptr);
}

TEST(levels, are_held_when_earned_again_in_grace) {
    Ladders l;
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(1, 10), 100);
    account::add_to_counter(state, "spend", day(2, 18), 100);  // on the last day of grace
    const auto spans = derive_levels(state, {{day(1, 1), l.b.made()}}, day(2, 25));
    ASSERT_EQ(spans.size(), 2u);
    EXPECT_EQ(spans[1], (LevelSpan{"friend", day(1, 10), day(1, 30), std::nullopt}));
}

TEST(levels, fall_by_one_step_which_is_kept_in_its_turn_or_to_what_is_due) {
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(1, 10), 200);
    const auto steps = derive_levels(state, {{day(1, 1), Ladders{}.b.made()}}, day(12, 31));
    ASSERT_EQ(steps.size(), 4u);
    EXPECT_EQ(steps[2], (LevelSpan{"friend", day(2, 19), day(3, 11), day(3, 21)}));
    EXPECT_EQ(steps[3].since, day(3, 21));
    const auto at_once =
        derive_levels(state, {{day(1, 1), Ladders({WindowKind::rolling, {0, 30}}, Downgrade::as_due).b.made()}}, day(12, 31));
    ASSERT_EQ(at_once.size(), 3u);
    EXPECT_EQ(at_once[2].level, "guest");
}

TEST(levels, that_vanish_become_the_highest_that_asks_no_more) {
    Ladders old_ladder;
    Ladders new_ladder;
    new_ladder.b.plan.levels = {{.id = "one", .from = 0}, {.id = "two", .from = 150, .keep = {0, 5}}, {.id = "three", .from = 201}};
    Ladders none;
    none.b.plan.ladder.reset();
    none.b.plan.levels.clear();
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(1, 10), 200);
    const auto spans = derive_levels(
        state, {{day(1, 1), old_ladder.b.made()}, {day(1, 15), new_ladder.b.made()}, {day(1, 20), none.b.made()}}, day(2, 1));
    ASSERT_EQ(spans.size(), 4u);
    EXPECT_EQ(spans[2], (LevelSpan{"two", day(1, 15), day(1, 30), std::nullopt}));  // with what was promised for `family`
    EXPECT_EQ(level_on(spans, day(1, 19))->level, "two");
    EXPECT_EQ(level_on(spans, day(1, 20)), nullptr);
    EXPECT_TRUE(derive_levels(state, {}, day(2, 1)).empty());
}

TEST(levels, equal_the_definition_day_by_day) {
    std::mt19937_64 bits{7};
    const auto below = [&](int n) { return static_cast<int>(bits() % static_cast<std::uint64_t>(n)); };
    std::size_t spans_seen = 0;
    for (int round = 0; round < 400; ++round) {
        const auto random_ladder = [&] {
            const Window windows[] = {{WindowKind::rolling, {0, 1 + below(60)}},
                                      {WindowKind::rolling, {1 + below(3), 0}},
                                      {WindowKind::calendar_month, {}},
                                      {WindowKind::calendar_quarter, {}},
                                      {WindowKind::calendar_year, {}},
                                      {WindowKind::calendar_week, {}},
                                      {WindowKind::calendar_day, {}},
                                      {WindowKind::ever, {}}};
            Ladders l{windows[below(8)], below(2) == 0 ? Downgrade::one_step : Downgrade::as_due};
            if (below(4) == 0) l.b.plan.counters[0].measure = Measure::visits;
            l.b.plan.levels.clear();
            const int levels = 1 + below(4);
            const std::int64_t scale = l.b.plan.counters[0].measure == Measure::visits ? 2 : 80;
            for (int i = 0; i < levels; ++i) {
                l.b.plan.levels.push_back({.id = "l" + std::to_string(i * (1 + below(2))),
                                           .from = i * scale,
                                           .keep = {0, below(3) * below(20)},
                                           .grace = {0, below(3) * below(15)}});
            }
            for (int i = 1; i < levels; ++i) l.b.plan.levels[static_cast<std::size_t>(i)].id += std::to_string(i);
            if (below(8) == 0) {
                l.b.plan.ladder.reset();
                l.b.plan.levels.clear();
            }
            return l.b.made();
        };
        account::State state{.joined_on = add_days(day(1, 1), below(60))};
        for (int i = below(30); i > 0; --i) {
            account::add_to_counter(state, "spend", add_days(day(1, 1), below(400)), below(10) == 0 ? -below(50) : 1 + below(120));
        }
        std::vector<LadderEdition> editions;
        Date effective = add_days(day(1, 1), below(90));
        for (int i = 1 + below(3); i > 0; --i) {
            editions.push_back({effective, random_ladder()});
            effective = add_days(effective, 1 + below(150));
        }
        const Date until = add_days(day(1, 1), 450);
        const auto spans = derive_levels(state, editions, until);
        ASSERT_EQ(spans, day_by_day(state, editions, until)) << "round " << round;
        spans_seen += spans.size();
        // Read here and there while the past changes.
        LevelReader reader(editions);
        for (int i = 0; i < 12; ++i) {
            if (below(2) == 0) {
                const Date changed = add_days(day(1, 1), below(400));
                account::add_to_counter(state, "spend", changed, 1 + below(120));
                reader.forget(changed);
            }
            const Date asked = add_days(day(1, 1), below(450));
            account::State by_then = state;
            by_then.joined_on = std::min(state.joined_on, asked);
            const auto derived = derive_levels(by_then, editions, asked);
            const LevelSpan* span = level_on(derived, asked);
            ASSERT_EQ(reader.read(state, asked), span == nullptr ? "" : span->level) << "round " << round << ", reading " << i;
        }
    }
    EXPECT_GT(spans_seen, 1500u);
}

TEST(levels, show_a_member_what_is_missing) {
    Ladders l;
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(1, 10), 130);
    EXPECT_FALSE(level_outlook(l.b.plan, state, day(1, 10)).has_value());  // not derived yet
    state.levels = derive_levels(state, {{day(1, 1), l.b.made()}}, day(1, 10));
    const auto outlook = level_outlook(l.b.plan, state, day(1, 10));
    ASSERT_TRUE(outlook.has_value());
    EXPECT_EQ(outlook->level, "friend");
    EXPECT_EQ(outlook->figure, 130);
    EXPECT_EQ(outlook->next, "family");
    EXPECT_EQ(outlook->missing, 70);
    account::add_to_counter(state, "spend", day(1, 10), 70);
    state.levels = derive_levels(state, {{day(1, 1), l.b.made()}}, day(1, 10));
    EXPECT_EQ(level_outlook(l.b.plan, state, day(1, 10))->next, std::nullopt);
}

}  // namespace
}  // namespace suki::engine
