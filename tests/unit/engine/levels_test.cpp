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
        const auto figure = [&](std::uint32_t window, std::optional<DateRange> range = {}) {
            const CounterWindow& over = plan->windows[window];
            const DateRange dates = range.value_or(dates_of(over.window, date));
            const Counter& counter = plan->counters[over.counter];
            return counter.measure == Measure::visits ? account::days_with(state, counter.key, dates)
                                                      : account::sum_of(state, counter.key, dates);
        };
        const auto due_for = [&](std::int64_t amount) {
            int level = 0;
            for (std::size_t i = 1; i < plan->levels.size(); ++i) {
                if (plan->levels[i].has_from && plan->levels[i].from <= amount) level = static_cast<int>(i);
            }
            return level;
        };
        const auto is_met = [&](const Level& level) {
            if (level.is_invited) return false;
            if (level.fast_track && date < add(state.joined_on, level.fast_track->within) &&
                figure(plan->ladder->window, DateRange{state.joined_on, add_days(date, 1)}) >= level.fast_track->from) {
                return true;
            }
            std::vector<bool> met;
            if (level.has_from) met.push_back(figure(plan->ladder->window) >= level.from);
            for (const CounterCondition& one : level.criteria) met.push_back(figure(one.window) >= one.bound.value);
            const auto wanted = static_cast<std::ptrdiff_t>(level.is_any ? 1 : met.size());
            return std::count(met.begin(), met.end(), true) >= wanted;
        };
        int due = 0;
        for (std::size_t i = 1; i < plan->levels.size(); ++i) {
            if (is_met(plan->levels[i])) due = static_cast<int>(i);
        }
        const auto enter = [&](int level) {
            spans.push_back({plan->levels[level].id, date, add(date, plan->levels[level].keep), std::nullopt});
        };
        if (!is_on) {
            enter(due);
            continue;
        }
        int level = level_of(*plan, spans.back().level);
        if (level < 0) {
            const int rank = level_of(*before, spans.back().level);
            level = due_for(before->levels[rank].from);
            if (!before->levels[rank].has_from) {
                level = std::min(rank, static_cast<int>(plan->levels.size()) - 1);
                while (level > 0 && plan->levels[level].is_invited) --level;
            }
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

template <class Below>
void grant_some(account::State& state, const std::vector<LadderEdition>& editions, const Below& below) {
    for (int i = below(3); i >= 0; --i) {
        const Plan& plan = *editions[static_cast<std::size_t>(below(static_cast<int>(editions.size())))].plan;
        if (plan.levels.empty()) continue;
        const Date from = add_days(state.joined_on, below(300));
        account::LevelGrant grant{.id = {.high = 1, .low = static_cast<std::uint64_t>(i)}, .level = {}, .from = from, .until = {}};
        grant.level = plan.levels[static_cast<std::size_t>(below(static_cast<int>(plan.levels.size())))].id;
        if (below(3) != 0) grant.until = add_days(from, below(100));
        state.grants.push_back(grant);
    }
}

/// Each day the higher of what is earned and what is granted, by the ladder of that day.
void expect_granted_over_earned(const account::State& state, const std::vector<LadderEdition>& editions,
                                const std::vector<LevelSpan>& earned, Date until) {
    const auto spans = derive_levels(state, editions, until);
    for (Date date = editions.front().effective_on; date <= until; date = add_days(date, 1)) {
        const LevelSpan* beneath = level_on(earned, date);
        std::string wanted = beneath == nullptr ? "" : beneath->level;
        const Plan* plan = nullptr;
        for (const LadderEdition& edition : editions) {
            if (edition.effective_on <= date) plan = edition.plan.get();
        }
        // From the top down to what is earned.
        for (std::size_t i = plan->levels.size(); beneath != nullptr && i-- > 0 && plan->levels[i].id != beneath->level;) {
            const bool is_granted = std::any_of(state.grants.begin(), state.grants.end(), [&](const account::LevelGrant& grant) {
                return grant.level == plan->levels[i].id && grant.from <= date && (!grant.until || date < *grant.until);
            });
            if (!is_granted) continue;
            wanted = plan->levels[i].id;
            break;
        }
        const LevelSpan* span = level_on(spans, date);
        ASSERT_EQ(span == nullptr ? "" : span->level, wanted) << date_text(date);
    }
    for (std::size_t i = 1; i < spans.size(); ++i) ASSERT_LE(spans[i - 1].since, spans[i].since);
}

TEST(levels, equal_the_definition_day_by_day) {
    std::mt19937_64 bits{7};
    const auto below = [&](int n) { return static_cast<int>(bits() % static_cast<std::uint64_t>(n)); };
    std::size_t spans_seen = 0;
    for (int round = 0; round < 500; ++round) {
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
            for (int i = 1; i < levels; ++i) {
                Level& level = l.b.plan.levels[static_cast<std::size_t>(i)];
                level.id += std::to_string(i);
                if (below(3) == 0) {
                    const std::uint32_t tea = l.b.window({.measure = Measure::spend, .key = "tea"}, windows[below(8)]);
                    level.criteria.push_back({tea, Bound{.op = Op::at_least, .value = 1 + below(100)}});
                    level.is_any = below(2) == 0;
                    level.has_from = below(3) != 0;
                }
                if (below(4) == 0) level.fast_track = FastTrack{.from = below(100), .within = {0, 1 + below(40)}};
                if (below(8) == 0) level.is_invited = true;
            }
            if (below(8) == 0) {
                l.b.plan.ladder.reset();
                l.b.plan.levels.clear();
            }
            return l.b.made();
        };
        account::State state{.joined_on = add_days(day(1, 1), below(60))};
        for (int i = below(30); i > 0; --i) {
            account::add_to_counter(state, below(3) == 0 ? "tea" : "spend", add_days(day(1, 1), below(400)),
                                    below(10) == 0 ? -below(50) : 1 + below(120));
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
        if (below(2) == 0) grant_some(state, editions, below);
        ASSERT_NO_FATAL_FAILURE(expect_granted_over_earned(state, editions, spans, until)) << "round " << round;
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

// "Stay with 70 more by the day before it falls."
TEST(levels, show_a_member_how_to_stay) {
    Ladders l;
    const std::vector<LadderEdition> editions{{day(1, 1), l.b.made()}};
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(1, 10), 130);
    account::add_to_counter(state, "spend", day(2, 1), 30);
    state.levels = derive_levels(state, editions, day(2, 1));
    const auto stay = level_stay(editions, state, day(2, 1));
    ASSERT_TRUE(stay.has_value());
    // The 130 leave on 9 February, grace ends on the 19th; the 30 are still there then.
    EXPECT_EQ(stay->by, day(2, 18));
    EXPECT_EQ(stay->needs, (std::vector<LevelNeed>{{.window = 0, .at_least = 100, .figure = 30}}));
    account::State helped = state;
    account::add_to_counter(helped, "spend", stay->by, 70);
    EXPECT_EQ(level_on(derive_levels(helped, editions, day(2, 25)), day(2, 25))->level, "friend");
    account::State short_of_it = state;
    account::add_to_counter(short_of_it, "spend", stay->by, 69);
    EXPECT_EQ(level_on(derive_levels(short_of_it, editions, day(2, 25)), day(2, 25))->level, "guest");
    // The lowest never falls.
    const account::State nothing{
        .joined_on = day(1, 1), .counters = {}, .levels = derive_levels({.joined_on = day(1, 1)}, editions, day(2, 1))};
    EXPECT_FALSE(level_stay(editions, nothing, day(2, 1)).has_value());
}

}  // namespace
}  // namespace suki::engine
