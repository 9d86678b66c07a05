#include <gtest/gtest.h>

#include "programme/compile.h"
#include "words/words.h"

/// What a challenge promises and how far somebody is, in both languages.
namespace suki::words {
namespace {

constexpr std::string_view kDocument = R"(suki: 1
id: club
title: Club
organisation: {name: Club}
goal: retain
languages: [en, ru]
currency: EUR
timezone: Etc/UTC
effective: 2026-01-01
units: {points: {worth: 0.01 EUR}}
levels: {by: spend, over: 12 months, steps: {guest: {from: 0 EUR}, gold: {from: 100 EUR}}}
offers: {base: {give: {points: 1 per 1 EUR}}}
challenges:
  coffee: {title: {en: Coffee club, ru: Клуб}, collect: {of: {category: coffee}, need: 6}, give: {points: 60}, again: yes}
  money:  {collect: {stamp: per 10 EUR, need: 5}, give: {points: 1}, limit: [1 per member per calendar month, 100 in all]}
  days:   {when: {level: gold}, collect: {stamp: per day, need: 1}, give: {points: 30}, from: 2026-03-01}
  early:  {streak: {of: {time: 07:00 to 09:00}, every: week, at_least: 2, for: 4, forgive: 1}, give: {points: 200}}
  set:    {set: {ham: {category: meat/ham}, any: {amount: over 5 EUR}}, within: 30 days, give: {points: 300}, to: 2026-05-31}
  quest:
    steps: {one: {title: {en: First, ru: Сперва}, of: {sku: a}, need: 2}, two: {stamp: per receipt}}
    in_order: yes
    give: {free: cheapest}
)";

programme::PlanPointer club() {
    std::string source{kDocument};
    source.replace(source.rfind("{free: cheapest}"), 16, "{points: 5}");
    source +=
        "    from: 2026-03-01\n    to: 2026-05-31\n  tea: {collect: {of: {category: tea}, need: 3}, give: {free: cheapest}}\n";
    const auto compiled =
        programme::compile(source, [](const std::string& zone) { return std::make_shared<const Zone>(fixed_zone(zone, 0)); });
    EXPECT_TRUE(compiled.has_value());
    return compiled ? compiled->plan : nullptr;
}

TEST(challenges, say_what_they_ask_and_give) {
    const auto plan = club();
    ASSERT_NE(plan, nullptr);
    const std::vector<std::pair<std::string, std::string>> wanted{
        {"60 points for 6 items (on goods of coffee). When it is done it begins anew.",
         "60 баллов: 6 товаров (на товары раздела coffee). Когда всё собрано, начинается заново."},
        {"1 point for 5 stamps, one for every €10.00 on a receipt. It is done once. Limit: once for a member in the calendar "
         "month; 100 times for everybody together.",
         "1 балл: 5 штампов, по одному за каждые 10,00 € в чеке. Один раз. Ограничение: 1 раз на участника за календарный месяц; "
         "100 раз на всех вместе."},
        {"30 points for purchases on 1 day. When: for the level gold. Purchases from March 1, 2026 on count. It is done once.",
         "30 баллов: покупки в 1 день. Условия: уровень: gold. Считаются покупки с 1 марта 2026 г. Один раз."},
        {"200 points for purchases in 4 weeks in a row, at least 2 in each (from 07:00 to 09:00). One missed week does not end it. "
         "It is done once.",
         "200 баллов: покупки 4 недели подряд, в каждом таком периоде не меньше 2 (с 07:00 до 09:00). Пропуск подряд не дольше 1 "
         "недели не прерывает. Один раз."},
        {"300 points for one of each: ham: on goods of meat/ham; any: for over €5.00. Purchases up to May 31, 2026 count. What was "
         "collected counts for 30 days. It is done once.",
         "300 баллов: по одному из набора: ham: на товары раздела meat/ham; any: сумма: больше чем 5,00 €. Считаются покупки по 31 "
         "мая 2026 г. Собранное действует 30 дней. Один раз."},
        {"5 points for all of this, one after the other: First: 2 items (on article a); two: 1 purchase. Purchases from March 1, "
         "2026 to May 31, 2026 count. It is done once.",
         "5 баллов: всё по порядку: Сперва: 2 товара (на артикул a); two: 1 покупка. Считаются покупки с 1 марта 2026 г. по 31 мая "
         "2026 г. Один раз."},
        {"The cheapest free for 3 items (on goods of tea). It is done once.",
         "Самый дешёвый товар бесплатно: 3 товара (на товары раздела tea). Один раз."},
    };
    ASSERT_EQ(plan->challenges.size(), wanted.size());
    for (std::size_t i = 0; i < plan->challenges.size(); ++i) {
        const programme::Challenge& challenge = plan->challenges[i];
        EXPECT_EQ(say_challenge("en", *plan, challenge), wanted[i].first);
        EXPECT_EQ(say_challenge("ru", *plan, challenge), wanted[i].second);
        EXPECT_EQ(say_offer("en", *plan, plan->offers[challenge.offer]), say_challenge("en", *plan, challenge));
    }
}

TEST(challenges, say_how_far_somebody_is) {
    const auto plan = club();
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(say_progress("en", plan.get(), "coffee", {{"", 4, 6}}, 0), "Coffee club: 4 of 6");
    EXPECT_EQ(say_progress("ru", plan.get(), "coffee", {{"", -2, 6}}, 0), "Клуб: 0 из 6");
    EXPECT_EQ(say_progress("en", plan.get(), "coffee", {{"", 2, 6}}, 2), "Coffee club: done 2 times; begun anew: 2 of 6");
    EXPECT_EQ(say_progress("en", plan.get(), "coffee", {{"", 0, 6}}, 1), "Coffee club: done");
    EXPECT_EQ(say_progress("ru", plan.get(), "coffee", {{"", 1, 6}}, 5), "Клуб: собрано 5 раз; заново: 1 из 6");
    EXPECT_EQ(say_progress("en", plan.get(), "quest", {{"one", 2, 2}, {"two", 0, 1}}, 0), "quest: First 2 of 2, two 0 of 1");
    EXPECT_EQ(say_progress("en", nullptr, "gone", {{"one", 1, 2}}, 0), "gone: one 1 of 2");
}

TEST(challenges, say_what_a_part_asked) {
    const auto plan = club();
    ASSERT_NE(plan, nullptr);
    const programme::Offer& offer = plan->offers[plan->challenges[5].offer];
    const std::uint32_t first = plan->challenges[5].first_part;
    // A member, the goods, the dates, and what it needs.
    const SaidResult needs = say_result("en", *plan, offer, first, 3, 4, programme::ConditionKind::counter, "1");
    EXPECT_EQ(needs.text, "First: 2 items");
    EXPECT_EQ(needs.seen, "1");
    EXPECT_EQ(say_result("en", *plan, offer, first, 1, 4, programme::ConditionKind::lines, "0").text, "on article a");
}

}  // namespace
}  // namespace suki::words
