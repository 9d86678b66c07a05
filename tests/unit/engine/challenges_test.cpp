#include <gtest/gtest.h>

#include "engine/challenges.h"
#include "engine/count.h"
#include "engine/evaluate.h"
#include "engine/settle.h"
#include "programme/compile.h"
#include "programme/periods.h"

/// What is collected, by the state alone.
namespace suki::engine {
namespace {

constexpr std::string_view kHead = R"(suki: 1
id: club
title: Club
organisation: {name: Club}
goal: retain
languages: [en]
currency: EUR
timezone: Etc/UTC
effective: 2026-01-01
units: {points: {worth: 0.01 EUR}}
offers: {base: {give: {points: 1 per 1 EUR}}}
challenges:
)";

programme::PlanPointer plan_with(const std::string& challenges) {
    const auto compiled = programme::compile(
        std::string{kHead} + challenges, [](const std::string& zone) { return std::make_shared<const Zone>(fixed_zone(zone, 0)); });
    EXPECT_TRUE(compiled.has_value());
    return compiled ? compiled->plan : nullptr;
}

event::Receipt basket(const std::vector<std::pair<std::string, int>>& goods) {
    event::Receipt receipt{.id = "r"};
    for (const auto& [category, count] : goods) {
        event::Line line;
        line.number = static_cast<std::uint32_t>(receipt.lines.size() + 1);
        line.category = category;
        line.quantity = {count * 1000, QuantityUnit::piece};
        line.amount = Money{count * 250};
        receipt.lines.push_back(line);
    }
    return receipt;
}

Context context_of(const programme::Plan& plan, const event::Receipt& receipt, const account::State& state, Date date) {
    event::Receipt dated = receipt;
    dated.occurred_at = {midnight_utc(date).us + 8 * 3600 * kSecondUs};
    Surroundings around;
    for (const event::Line& line : receipt.lines) around.lines.push_back({line.category, {}, {}, {}});
    for (const programme::Pool& pool : plan.pools) around.pools.push_back(pool.total);
    return gather(plan, dated, around, &state, nullptr, {});
}

TEST(challenges, periods_follow_each_other) {
    using programme::WindowKind;
    for (const WindowKind every : {WindowKind::calendar_day, WindowKind::calendar_week, WindowKind::calendar_month}) {
        std::int64_t before = programme::period_number(every, *make_date(1968, 12, 30));
        for (Date day = *make_date(1968, 12, 31); day < *make_date(1972, 3, 2); day = add_days(day, 1)) {
            const std::int64_t number = programme::period_number(every, day);
            const bool is_first = programme::period_start(every, number) == day;
            EXPECT_EQ(number, before + (is_first ? 1 : 0)) << date_text(day);
            EXPECT_LE(programme::period_start(every, number), day);
            if (every == WindowKind::calendar_week) EXPECT_EQ(is_first, weekday_of(day) == Weekday::mon);
            before = number;
        }
    }
}

// The index finds what asking everything finds, and what is explained is what was decided.
TEST(challenges, are_the_same_with_and_without_indexes) {
    const auto plan = plan_with(
        "  coffee: {collect: {of: {category: coffee}, need: 6}, give: {points: 60}, again: yes}\n"
        "  free: {collect: {of: {category: tea}, need: 3}, give: {free: cheapest}, again: yes}\n"
        "  money: {collect: {stamp: per 5 EUR, need: 4}, give: {points: 5}, again: yes, limit: 1 per receipt}\n"
        "  set: {set: {ham: {category: ham}, tea: {category: tea}}, within: 10 days, give: {points: 7}, again: yes}\n"
        "  week: {streak: {every: week, for: 2, at_least: 2}, give: {points: 9}, again: yes}\n"
        "  quest: {steps: {one: {of: {category: ham}, need: 3}, two: {of: {category: coffee}}}, in_order: yes, give: {points: "
        "11}}\n");
    ASSERT_NE(plan, nullptr);
    const Evaluator quick{plan};
    const Evaluator plain{plan, {.use_indexes = false}};
    Counted counted;
    counted.add(plan, 1);
    account::State state;
    std::uint64_t chance = 3;
    const auto next = [&](std::uint64_t most) {
        chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<int>((chance >> 33) % most);
    };
    const std::string goods[] = {"coffee", "tea", "ham", "bread"};
    std::int64_t given = 0;
    for (int round = 0; round < 400; ++round) {
        const Date day = add_days(*make_date(2026, 1, 5), round / 2 - next(9));
        const event::Receipt receipt = basket({{goods[next(4)], 1 + next(9)}, {goods[next(4)], 1 + next(3)}});
        const Context context = context_of(*plan, receipt, state, day);
        const Outcome outcome = quick.evaluate(context, receipt);
        ASSERT_EQ(outcome, plain.evaluate(context, receipt));
        const std::vector<Explained> explained = quick.explain(context, receipt);
        ASSERT_EQ(explained, plain.explain(context, receipt));
        for (const Explained& offer : explained) {
            if (offer.decision.verdict == event::Verdict::applied) given += offer.decision.uses;
        }
        StoredReceipt stored{.receipt = receipt, .context = context, .decided = outcome, .edition = 1};
        stored.current = outcome;
        ASSERT_EQ(figures_of(counted, *plan, stored), outcome.counters);
        const auto again = unpack_receipt(pack(stored));
        ASSERT_TRUE(again);
        ASSERT_EQ(again->context, context);
        change_counters(state, day, {}, outcome.counters);
    }
    EXPECT_GT(given, 400);
    for (const ChallengeOutlook& outlook : challenge_outlooks(*plan, state, {}, *make_date(2026, 8, 1))) {
        EXPECT_GT(outlook.times, 0) << outlook.challenge;
    }
}

// Ten thousand that a basket does not concern leave no trace in what is gathered and decided.
TEST(challenges, that_do_not_concern_a_basket_are_not_there) {
    std::string many;
    for (int i = 0; i < 9'000; ++i) {
        const std::string number = std::to_string(i);
        many += "  c" + number + ": {collect: {of: {sku: s" + number + "}, need: 6}, give: {points: 60}, again: yes}\n";
    }
    const auto plan = plan_with(many);
    ASSERT_NE(plan, nullptr);
    const Evaluator evaluator{plan};
    account::State state;
    account::add_to_counter(state, "stamps[c7]", *make_date(2026, 2, 1), 3);
    const event::Receipt receipt = basket({{"bread", 2}});
    const Context context = context_of(*plan, receipt, state, *make_date(2026, 2, 2));
    ASSERT_EQ(context.collected.size(), 1u);
    EXPECT_EQ(context.collected.front().have, 3);
    const Outcome outcome = evaluator.evaluate(context, receipt);
    EXPECT_EQ(outcome.decisions.size(), 1u);
    EXPECT_EQ(outcome.counters.size(), 2u);
}

}  // namespace
}  // namespace suki::engine
