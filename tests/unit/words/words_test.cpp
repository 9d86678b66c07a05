#include "words/words.h"

#include <gtest/gtest.h>
#include <unicode/plurrule.h>

#include <set>

#include <algorithm>

#include "cli/zones.h"
#include "programme/compile.h"

namespace suki::words {
namespace {

// Every condition, give and limit of the vocabulary once.
constexpr const char* kDocument = R"(
suki: 1
id: words
title: {en: Words, ru: Слова}
organisation: {name: Words}
relationship: consumer
goal: retain
languages: [en, ru]
currency: BYN
timezone: Europe/Minsk
effective: 2026-01-01
units:
  points: {worth: 0.01 BYN}
  stars:
    title: {en: Stars, ru: Звёзды}
    counted: {en: {one: star, other: stars}, ru: {one: звезда, few: звезды, many: звёзд}}
  stamps: {title: {en: stamps, ru: марки}}
levels:
  by: spend
  over: 12 months
  steps:
    guest: {from: 0 BYN}
    friend: {from: 600 BYN, title: {en: Friend, ru: Друг}}
cards:
  categories: {silver: {title: {en: the Silver Card, ru: серебряная карта}}, gold: {}}
offers:
  base: {give: {points: 3 per 1 BYN}}
  thirds: {give: {points: 1 per 3 BYN}}
  weighed: {when: {brand: Old, quantity: over 0.5 kg, counter: {spend_on: meat, over: 30 days, at_least: 40 BYN}}, give: {points: 20 per 0.1 kg}}
  fixed: {when: {nth_purchase: 3, store: [a, b], region: west, channel: till}, give: {points: 150}}
  every: {when: {nth_purchase: every 6}, give: {points: 1}}
  double: {title: {en: Busy mornings, ru: Утро}, when: {weekday: [tue, wed], time: 08:00 to 12:00, category: meat}, give: {points: x2}}
  percent: {when: {sku: x, tag: t, batch: b1}, give: {discount: 3%}}
  money: {when: {amount: over 15 BYN, level: friend}, give: {discount: 1.50 BYN}, limit: 1 per member per calendar year}
  item: {when: {sku: y}, give: {discount: 0.20 BYN per item}, limit: {per receipt: 2, budget: 5000 BYN}}
  price: {when: {sku: z}, give: {price: 2.99 BYN}}
  receipt_scale: {give: {discount: {scale: {by: receipt, steps: {50 BYN: 2%, 120 BYN: 4%}}}}}
  window_scale: {give: {discount: {scale: {by: spend, over: 90 days, steps: {300 BYN: 1%, 900 BYN: 3%}}}}}
  kilo_scale: {give: {discount: {scale: {by: quantity, over: calendar month, steps: {3 kg: 10%}}}}}
  often_scale: {give: {discount: {scale: {by: purchases, over: ever, steps: {10: 2.5%}}}}}
  free: {when: {category: meat}, give: {free: 1 per 4 cheapest}}
  free_same: {when: {category: bread}, give: {free: 1 per 3}}
  birthday: {when: {birthday: within 3 days}, give: {points: 100}}
  back: {targeted: yes, when: {last_purchase: over 45 days ago, segment: lapsed}, give: {points: 200}}
  card: {when: {card: bearer}, give: {discount: 3%}}
  golden: {when: {card: [personal, at least silver]}, give: {discount: 5%}}
  dates: {when: {dates: 2026-12-24 to 2026-12-26}, give: {points: 5}}
  attribute: {when: {attribute: {household.children: over 0}}, give: {points: 5}}
  stars: {when: {counter: {points: stars, over: 30 days, at_least: 2}}, give: {stars: 1 per 1 BYN}, limit: {budget: 5000 stars}}
  stamps: {give: {stamps: 2}}
  half: {when: {category: meat, quantity: over 1.5}, give: {points: x1.5}}
  eighth: {give: {discount: 2.5%}}
  weeks: {when: {last_purchase: over 2 days ago}, give: {points: 21}}
)";

programme::PlanPointer plan() {
    auto compiled = programme::compile(kDocument, cli::load_zone);
    if (!compiled) {
        for (const auto& finding : compiled.error()) ADD_FAILURE() << say_diagnostic("en", finding, "words");
        return nullptr;
    }
    return compiled->plan;
}

std::string said(const programme::Plan& plan, std::string_view language, std::string_view id) {
    for (const auto& offer : plan.offers) {
        if (offer.id == id) return say_offer(language, plan, offer);
    }
    return "no such offer";
}

TEST(patterns, every_language_has_the_keys_of_english) {
    ASSERT_GE(languages().size(), 2u);
    EXPECT_EQ(languages().front(), "en");
    for (const std::string& language : languages()) EXPECT_EQ(pattern_keys(language), pattern_keys("en")) << language;
}

TEST(patterns, all_of_them_parse) {
    for (const std::string& language : languages()) {
        for (const std::string& key : pattern_keys(language)) {
            const auto names = pattern_names(language, key);
            ASSERT_TRUE(names) << language << " " << key;
            // A plural wants a number, and a choice a text.
            Arguments numbers, texts;
            for (const std::string& name : *names) {
                numbers.emplace_back(name, std::int64_t{2});
                texts.emplace_back(name, std::string{"other"});
            }
            EXPECT_TRUE(say(language, key, numbers) != key || say(language, key, texts) != key) << language << " " << key;
        }
    }
}

TEST(offers, are_said_from_the_plan) {
    const auto p = plan();
    ASSERT_TRUE(p);
    EXPECT_EQ(said(*p, "en", "base"), "3 points for every BYN\u00a01.00.");
    EXPECT_EQ(said(*p, "en", "thirds"), "1 point for every BYN\u00a03.00.");
    EXPECT_EQ(said(*p, "ru", "base"), "3 балла за каждые 1,00\u00a0BYN.");
    EXPECT_EQ(said(*p, "en", "double"),
              "The points earned on the amount times 2. When: on goods of meat; on Tuesday or Wednesday; from 08:00 to 12:00.");
    EXPECT_EQ(said(*p, "en", "birthday"), "100 points. When: from 3 days before the birthday to 3 days after.");
    EXPECT_EQ(said(*p, "en", "back"),
              "200 points. When: for those of the group lapsed; when the last purchase was over 45 days ago. This is not given to "
              "everyone.");
    EXPECT_NE(said(*p, "ru", "money").find("на участника за календарный год"), std::string::npos) << said(*p, "ru", "money");
}

TEST(offers, each_one_of_the_vocabulary_is_said_in_every_language_without_a_hole) {
    const auto p = plan();
    ASSERT_TRUE(p);
    for (const std::string& language : languages()) {
        for (const auto& offer : p->offers) {
            const std::string text = say_offer(language, *p, offer);
            for (const char* hole : {"{", "}", "give.", "when.", "limit.", "bound.", "window.", "measure."}) {
                EXPECT_EQ(text.find(hole), std::string::npos) << language << " " << offer.id << ": " << text;
            }
        }
    }
}

TEST(points, agree_with_their_number) {
    const auto p = plan();
    ASSERT_TRUE(p);
    struct Row {
        std::int64_t count;
        const char *points, *stars, *stamps;
    };
    for (const Row& row : {Row{1, "1 балл", "1 звезда", "1 (марки)"}, Row{2, "2 балла", "2 звезды", "2 (марки)"},
                           Row{5, "5 баллов", "5 звёзд", "5 (марки)"}, Row{11, "11 баллов", "11 звёзд", "11 (марки)"},
                           Row{21, "21 балл", "21 звезда", "21 (марки)"}, Row{104, "104 балла", "104 звезды", "104 (марки)"},
                           Row{1200, "1\u00a0200 баллов", "1\u00a0200 звёзд", "1\u00a0200 (марки)"}}) {
        EXPECT_EQ(say_points("ru", p.get(), "points", row.count), row.points);
        EXPECT_EQ(say_points("ru", p.get(), "stars", row.count), row.stars);
        EXPECT_EQ(say_points("ru", p.get(), "stamps", row.count), row.stamps);
    }
    EXPECT_EQ(say_points("en", p.get(), "points", 1), "1 point");
    EXPECT_EQ(say_points("en", p.get(), "stars", 1), "1 star");
    EXPECT_EQ(say_points("en", p.get(), "stars", 2), "2 stars");
    EXPECT_EQ(say_points("en", p.get(), "stamps", 2), "2 stamps");
    EXPECT_EQ(say_points("en", p.get(), "stamps", 1), "stamps: 1");
    EXPECT_EQ(say_points("en", nullptr, "points", 5), "5 points");
    EXPECT_EQ(say_points("ru", nullptr, "gold", 5), "5 (gold)");
    EXPECT_EQ(said(*p, "ru", "stars"),
              "1 звезда за каждые 1,00\u00a0BYN. Условия: начислено за последние 30 дней: не меньше чем 2 звезды. Пока не "
              "исчерпан бюджет: 5\u00a0000 звёзд.");
    EXPECT_EQ(said(*p, "ru", "stamps"), "2 (марки).");
    EXPECT_EQ(said(*p, "en", "stamps"), "2 stamps.");
    EXPECT_EQ(said(*p, "ru", "weeks"), "21 балл. Условия: с последней покупки прошло: больше чем 2 дня.");
}

TEST(decimals, are_the_languages_own) {
    const auto p = plan();
    ASSERT_TRUE(p);
    EXPECT_EQ(said(*p, "ru", "half"),
              "Баллы за сумму покупки умножаются на 1,5. Условия: на товары раздела meat; количество: больше чем 1,5\u00a0шт.");
    EXPECT_TRUE(said(*p, "ru", "dates").ends_with("26 декабря 2026\u202fг.")) << said(*p, "ru", "dates");
    EXPECT_NE(said(*p, "en", "half").find("over 1.5 pieces"), std::string::npos) << said(*p, "en", "half");
    EXPECT_EQ(said(*p, "ru", "eighth"), "Скидка 2,5\u00a0%.");
    EXPECT_EQ(say_quantity("en", {1000, QuantityUnit::piece}), "1 piece");
    EXPECT_EQ(say_quantity("en", {1500, QuantityUnit::piece}), "1.5 pieces");
}

// The room that reads documents may not ask ICU; so its own table of plural forms is compared here.
TEST(plural_forms, are_those_of_unicode) {
    for (const char* language :
         {"en", "de", "nl", "fil", "ru", "be", "uk", "pl", "cs", "sk", "hr", "sr", "bs", "ro", "lt", "lv", "he",
          "sl", "ar", "ja", "ko",  "zh", "vi", "th", "id", "ms", "kk", "ka", "tr", "az", "uz", "et", "fi"}) {
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<icu::PluralRules> rules(icu::PluralRules::forLocale(icu::Locale(language), status));
        ASSERT_TRUE(U_SUCCESS(status)) << language;
        std::set<std::string> used;
        for (int n = 0; n <= 1000; ++n) {
            std::string form;
            rules->select(n).toUTF8String(form);
            used.insert(form);
        }
        std::set<std::string> wanted;
        for (const PluralForm form : plural_forms(language)) wanted.emplace(name_of(form));
        EXPECT_EQ(used, wanted) << language;
    }
}

TEST(conditions, are_named_by_their_place) {
    const auto p = plan();
    ASSERT_TRUE(p);
    const programme::Offer* offer = nullptr;
    for (const auto& one : p->offers) {
        if (one.id == "fixed") offer = &one;
    }
    ASSERT_NE(offer, nullptr);
    // A member is asked without being said.
    const std::size_t count = offer->conditions.size() + 1;
    EXPECT_EQ(asked_condition(*offer, 0, count), nullptr);
    EXPECT_EQ(asked_condition(*offer, 1, count), &offer->conditions[0]);
    EXPECT_EQ(asked_condition(*offer, count - 1, count), &offer->conditions.back());
    EXPECT_EQ(say_asked("en", *p, *offer, programme::ConditionKind::member, nullptr), "for members");
    EXPECT_EQ(say_figure("ru", *p, programme::ConditionKind::lines, "3"), "3 строки");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::level, "friend"), "Friend");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::card, "bearer"), "a bearer card");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::card, "silver"), "the Silver Card");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::card, "gold"), "gold");
}

const programme::Offer& offer_of(const programme::Plan& plan, std::string_view id) {
    return *std::find_if(plan.offers.begin(), plan.offers.end(), [&](const auto& offer) { return offer.id == id; });
}

TEST(missing, is_said_with_what_it_leads_to) {
    const auto p = plan();
    ASSERT_TRUE(p);
    const auto missing = [&](std::string_view language, std::string_view id, std::string_view kind, std::int64_t figure,
                             std::uint32_t step = 0) { return say_missing(language, *p, offer_of(*p, id), kind, figure, step); };
    EXPECT_EQ(missing("en", "window_scale", "scale_step", 4'000, 1), "BYN\u00a040.00 more in 90 days for 3%");
    EXPECT_TRUE(missing("ru", "window_scale", "scale_step", 4'000, 1).starts_with("Ещё 40,00\u00a0BYN за 90 дней для скидки 3"));
    EXPECT_EQ(missing("en", "kilo_scale", "scale_step", 1'200), "1.2 kg more in the calendar month for 10%");
    EXPECT_EQ(missing("en", "often_scale", "scale_step", 1), "1 purchase more for 2.5%");
    EXPECT_TRUE(missing("ru", "often_scale", "scale_step", 5).starts_with("Ещё 5 покупок для скидки 2"));
    EXPECT_EQ(missing("en", "receipt_scale", "receipt_step", 1'240, 1), "BYN\u00a012.40 more on this purchase for 4%");
    EXPECT_EQ(missing("en", "money", "amount", 500), "BYN\u00a05.00 more for “A discount of BYN\u00a01.50”");
    EXPECT_EQ(missing("en", "weighed", "quantity", 100), "0.1 kg more for “20 points for every 0.1 kg”");
}

TEST(standing, says_what_a_purchase_gets_now) {
    const auto p = plan();
    ASSERT_TRUE(p);
    const programme::Offer& scale = offer_of(*p, "window_scale");
    EXPECT_EQ(say_standing("en", *p, scale, 35'000, 0), "BYN\u00a0350.00 in the last 90 days, which gives 1%");
    EXPECT_EQ(say_standing("en", *p, scale, 100, std::nullopt), "BYN\u00a01.00 in the last 90 days");
}

TEST(scales, are_said_by_what_they_count_and_give) {
    const auto compiled = programme::compile(std::string{R"(
suki: 1
id: words
title: {en: Words, ru: Слова}
organisation: {name: Words}
relationship: consumer
goal: retain
languages: [en, ru]
currency: BYN
timezone: Europe/Minsk
effective: 2026-01-01
units:
  points: {worth: 0.01 BYN}
  stars:
    title: {en: Stars, ru: Звёзды}
    counted: {en: {one: star, other: stars}, ru: {one: звезда, few: звезды, many: звёзд}}
  stamps: {title: {en: stamps, ru: марки}}
levels:
  by: spend
  over: 12 months
  steps:
    guest: {from: 0 BYN}
    friend: {from: 600 BYN, title: {en: Friend, ru: Друг}}
offers:
  wine: {when: {category: wine}, give: {discount: {scale: {by: quantity, as: slices, steps: {6 items: 5%, 12 items: 10%}}}}}
  off: {give: {discount: {scale: {by: receipt, steps: {50 BYN: 5 BYN, 120 BYN: 15 BYN}}}}}
  each: {when: {lines: all}, give: {discount: {scale: {by: quantity, steps: {10 items: 0.20 BYN per item}}}}}
  more: {give: {points: {scale: {by: spend, over: calendar year, of: {category: meat}, as: slices, steps: {0 BYN: 1 per 1 BYN, 500 BYN: 2 per 1 BYN}}}}}
  many: {give: {points: {scale: {by: receipt, steps: {30 BYN: 50, 60 BYN: 200}}}}}
)"},
                                             cli::load_zone);
    ASSERT_TRUE(compiled) << say_diagnostic("en", compiled.error().front(), "words");
    const auto p = compiled->plan;
    const auto said = [&](std::string_view language, std::string_view id) { return say_offer(language, *p, offer_of(*p, id)); };
    EXPECT_EQ(
        said("en", "wine"),
        "A discount by the quantity in the purchase: 5% from 6 pieces, 10% from 12 pieces; each part gets what its own step gives. "
        "When: on goods of wine.");
    EXPECT_EQ(said("en", "off"),
              "A discount by the amount of the purchase: BYN\u00a05.00 from BYN\u00a050.00, BYN\u00a015.00 from BYN\u00a0120.00.");
    EXPECT_EQ(said("en", "each"),
              "A discount by the quantity in the purchase: BYN\u00a00.20 on each from 10 pieces. When: on all goods.");
    EXPECT_EQ(said("en", "more"),
              "Points by money spent (on goods of meat) in the calendar year: 1 point for every BYN\u00a01.00 from BYN\u00a00.00, "
              "2 points for every "
              "BYN\u00a01.00 from BYN\u00a0500.00; each part gets what its own step gives.");
    EXPECT_EQ(said("ru", "more"),
              "Баллы по показателю «сумма покупок (на товары раздела meat)» за календарный год: 0,00\u00a0BYN и больше – 1 балл за "
              "каждые "
              "1,00\u00a0BYN, 500,00\u00a0BYN и больше – 2 балла за каждые 1,00\u00a0BYN; каждая часть получает то, что даёт её "
              "ступень.");
    EXPECT_EQ(said("en", "many"),
              "Points by the amount of the purchase: 50 points from BYN\u00a030.00, 200 points from BYN\u00a060.00.");
    EXPECT_EQ(say_missing("en", *p, offer_of(*p, "many"), "receipt_step", 1'000, 1),
              "BYN\u00a010.00 more on this purchase for 200 points");
    EXPECT_EQ(say_missing("ru", *p, offer_of(*p, "more"), "scale_step", 1'000, 1),
              "Ещё 10,00\u00a0BYN за календарный год, и будет начислено: 2 балла за каждые 1,00\u00a0BYN");
    EXPECT_EQ(say_missing("en", *p, offer_of(*p, "wine"), "receipt_step", 2'000, 0), "2 pieces more on this purchase for 5%");
    EXPECT_EQ(say_standing("en", *p, offer_of(*p, "each"), 12'000, 0),
              "12 pieces on this receipt, which gives BYN\u00a00.20 on each");
    EXPECT_EQ(say_standing("ru", *p, offer_of(*p, "more"), 60'000, 1),
              "600,00\u00a0BYN за календарный год, начисляется: 2 балла за каждые 1,00\u00a0BYN");
}

TEST(language, is_chosen_by_weight) {
    EXPECT_EQ(choose_language("ru"), "ru");
    EXPECT_EQ(choose_language("de, ru;q=0.8, en;q=0.5"), "ru");
    EXPECT_EQ(choose_language("ru-RU;q=0.3,en-GB"), "en");
    EXPECT_EQ(choose_language("xx"), "en");
    EXPECT_EQ(choose_language(""), "en");
    EXPECT_EQ(choose_language("ru;q=0"), "en");
}

TEST(reasons, put_in_what_the_offer_promises) {
    const auto p = plan();
    ASSERT_TRUE(p);
    EXPECT_EQ(say_reason("en", p.get(), "reason.earn", {{"offer", "base"}, {"clause", "4.1"}, {"cause", "r1"}, {"points", "65"}}),
              "3 points for every BYN\u00a01.00 (clause 4.1, receipt r1)");
    EXPECT_EQ(say_reason("en", nullptr, "reason.earn", {{"offer", "gone"}, {"cause", "r1"}, {"points", "65"}}),
              "65 points for receipt r1");
    EXPECT_EQ(say_reason("ru", p.get(), "reason.earn", {{"unit", "stars"}, {"offer", "gone"}, {"cause", "r1"}, {"points", "3"}}),
              "3 звезды за чек r1");
    // A title says what it is called; what it gives follows.
    EXPECT_EQ(say_reason("en", p.get(), "reason.earn", {{"offer", "double"}, {"clause", "4.6"}, {"cause", "r1"}, {"points", "6"}}),
              "Busy mornings: the points earned on the amount times 2 (clause 4.6, receipt r1)");
    EXPECT_EQ(say_reason("ru", p.get(), "reason.mature", {{"unit", "points"}, {"points", "41"}}),
              "Теперь можно потратить: 41 балл");
    EXPECT_EQ(say_reason("en", p.get(), "reason.expire", {{"unit", "points"}, {"points", "-218"}}), "Ran out: 218 points");
    EXPECT_EQ(say_reason("en", nullptr, "reason.earn.trade_in", {{"offer", "shoes"}, {"clause", "12.1"}, {"points", "800"}}),
              "For what was handed in: shoes (clause 12.1): 800 points");
    EXPECT_EQ(say_reason("ru", p.get(), "reason.return_earn.trade_in", {{"offer", "shoes"}, {"clause", "12.1"}}),
              "Зачислено за принятую вещь по ошибке и списано: shoes (пункт 12.1)");
    EXPECT_EQ(continued("Ёлка"), "ёлка");
    EXPECT_EQ(continued(""), "");
}

TEST(figures, are_said_in_the_unit_of_the_condition_that_asked) {
    const auto p = plan();
    ASSERT_TRUE(p);
    for (const auto& offer : p->offers) {
        if (offer.id != "weighed") continue;
        for (const auto& condition : offer.conditions) {
            const auto kind = programme::kind_of(condition);
            if (kind == programme::ConditionKind::quantity) {
                EXPECT_EQ(say_figure("en", *p, kind, "0.432 kg", &condition), "0.432 kg");
            }
            if (kind == programme::ConditionKind::counter) {
                EXPECT_EQ(say_figure("en", *p, kind, "1250", &condition), "BYN\u00a012.50");
            }
        }
    }
    EXPECT_EQ(say_figure("ru", *p, programme::ConditionKind::member, "no"), "нет");
    EXPECT_EQ(say_figure("ru", *p, programme::ConditionKind::birthday, "07-02"), "2 июля");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::birthday, "02-29"), "February 29");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::birthday, ""), "");
    EXPECT_EQ(say_figure("en", *p, programme::ConditionKind::segment, "lapsed,regular"), "lapsed, regular");
}

TEST(dates_and_money, are_the_languages_own) {
    EXPECT_EQ(say_date("en", *parse_date("2026-12-01")), "December 1, 2026");
    EXPECT_EQ(say_date("ru", *parse_date("2026-12-01")), "1 декабря 2026\u202fг.");
    EXPECT_EQ(say_money("ru", Money{123456}, "BYN", 2), "1\u00a0234,56\u00a0BYN");
    EXPECT_EQ(say_quantity("ru", {432, QuantityUnit::kg}), "0,432\u00a0кг");
}

}  // namespace
}  // namespace suki::words
