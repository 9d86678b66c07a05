#include "programme/compile.h"

#include "programme/compiler.h"
#include "support.h"

namespace suki::programme {

namespace {

const Offer& only_offer(const PlanPointer& plan) {
    SUKI_CHECK(plan != nullptr && plan->offers.size() == 1);
    return plan->offers.front();
}

PlanPointer offer_plan(const std::string& offer) { return plan_of("offers:\n  it: " + offer + "\n"); }

Codes offer_codes(const std::string& offer) { return codes_of("offers:\n  it: " + offer + "\n"); }

template <class C>
C only_condition(const std::string& when) {
    const auto plan = offer_plan("{when: {" + when + "}, give: {discount: 1%}}");
    SUKI_CHECK(plan != nullptr && plan->offers.front().conditions.size() == 1);
    return std::get<C>(plan->offers.front().conditions.front());
}

}  // namespace

TEST(Compile, ExamplesOfTheProjectHaveNoFindings) {
    for (const char* name : {"meat-works-till", "cafe", "bookshop", "kiosk", "shoe-shop"}) {
        const auto compiled = compile(file_text(source_path("examples/" + std::string{name} + ".yaml")), plain_zones);
        ASSERT_TRUE(compiled) << texts_of(compiled.error(), name);
        EXPECT_EQ(texts_of(compiled->warnings, name), "");
        EXPECT_FALSE(compiled->plan->examples.empty()) << name;
    }
}

TEST(Compile, TheWholeOfMeatWorksIsOnlyNotYetSupported) {
    const auto path = source_path("../shared/examples/meat-works.yaml");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: the shared examples are not beside this tree";
    const auto compiled = compile(file_text(path), plain_zones);
    ASSERT_FALSE(compiled);
    std::size_t later = 0;
    for (const Diagnostic& finding : compiled.error()) {
        if (finding.severity == Severity::warning) continue;
        EXPECT_EQ(finding.code, DiagnosticCode::not_yet_supported) << words::say_diagnostic("en", finding, "meat-works.yaml");
        ++later;
    }
    EXPECT_GE(later, 10u);
}

TEST(Compile, HeaderAndDefaults) {
    const auto plan = plan_of("");
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(plan->id, "test");
    EXPECT_EQ(plan->exponent, 2);
    EXPECT_EQ(plan->languages, (std::vector<std::string>{"en"}));
    EXPECT_EQ(plan->returns, ReturnsPolicy::rejudge);
    EXPECT_EQ(plan->discount_rounding, Rounding::half_up);
    EXPECT_EQ(plan->document, head());
    EXPECT_EQ(plan->document_hash.size(), 64u);
    EXPECT_EQ(plan->units[0].worth, (Ratio{1, 1}));
    EXPECT_EQ(plan->units[0].clause, "6.1");
    EXPECT_EQ(plan->units[1].denominator, 1);
    const auto other = plan_of(
        "discounts: {round: down}\nreturns: keep\ndebt: refuse\nnotice: 1 month\nrelationship: partner\n"
        "join: {welcome: {points: 50, stars: 1}}\ntarget: {behaviour: visits, from: 2.1, to: 3, within: 1 year}\n");
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(other->discount_rounding, Rounding::down);
    EXPECT_EQ(other->debt, DebtPolicy::refuse);
    EXPECT_EQ(other->welcome.size(), 2u);
    EXPECT_EQ(other->welcome[1].unit, 1u);
    EXPECT_EQ(other->welcome[1].clause, "2.2");
    EXPECT_EQ(other->target, "visits from 2.1 to 3 within 1 year");
}

TEST(Compile, UnitsAreCountedInEveryLanguage) {
    const std::string document =
        "suki: 1\nid: t\ntitle: T\norganisation: {name: T}\ngoal: retain\nlanguages: [en, ru]\ncurrency: EUR\ntimezone: UTC\n"
        "effective: 2026-01-01\nunits:\n  points:\n    title: {en: points, ru: баллы}\n";
    const auto warnings = [](const Result<Compiled, Diagnostics>& compiled) {
        EXPECT_TRUE(compiled);
        std::vector<std::string> said;
        for (const Diagnostic& finding : compiled->warnings)
            said.push_back(in_english(finding.message) + " / " + in_english(finding.hint));
        return said;
    };
    auto compiled = compile(document + "    counted: {ru: {one: балл, few: балла, many: баллов}}\n", plain_zones);
    EXPECT_TRUE(warnings(compiled).empty());
    const CountedText& counted = compiled->plan->units[0].counted;
    ASSERT_NE(counted.in("ru"), nullptr);
    EXPECT_EQ((*counted.in("ru"))[static_cast<std::size_t>(PluralForm::few)], "балла");
    EXPECT_EQ((*counted.in("ru"))[static_cast<std::size_t>(PluralForm::other)], "");
    EXPECT_EQ(counted.in("en"), nullptr);
    // A title alone serves for English; of other languages the missing forms are named.
    const std::string missing = "`points` can't be said with a number in `ru` / write `counted: {ru: {";
    EXPECT_EQ(warnings(compile(document, plain_zones)), (std::vector<std::string>{missing + "one: …, few: …, many: …}}`"}));
    compiled = compile(document + "    counted: {ru: {one: балл}, en: {one: point, other: points}}\n", plain_zones);
    EXPECT_EQ(warnings(compiled), (std::vector<std::string>{missing + "few: …, many: …}}`"}));
}

TEST(Compile, YamlAndJsonAreOneModel) {
    const std::string yaml = head() + "offers: {it: {when: {lines: all, member: yes}, give: {points: 5 per item}, targeted: no}}\n";
    const std::string json =
        R"({"suki":1,"id":"test","title":"Test","currency":"BYN","timezone":"Europe/Minsk","effective":"2026-12-01",
        "units":{"points":{"worth":"0.01 BYN"},"stars":{}},
	"offers":{"it":{"when":{"lines":"all","member":true},"give":{"points":"5 per item"},"targeted":false,"title":"\u0421\ud83d\ude00\/ \\ud83d"}}})";
    const auto a = compile(yaml, plain_zones);
    const auto b = compile(json, plain_zones);
    ASSERT_TRUE(a) << texts_of(a.error(), "yaml");
    ASSERT_TRUE(b) << texts_of(b.error(), "json");
    EXPECT_EQ(b->plan->offers[0].title.any, "С😀/ \\ud83d");
    EXPECT_EQ(a->plan->offers[0].lines, b->plan->offers[0].lines);
    EXPECT_TRUE(std::get<MemberCondition>(b->plan->offers[0].conditions[0]).is_member);
}

TEST(Compile, LineBreaksOfAnySystem) {
    const std::string unix = file_text(source_path("examples/meat-works-till.yaml"));
    std::string windows;
    for (const char c : unix) windows += c == '\n' ? std::string{"\r\n"} : std::string{c};
    const auto a = compile(unix, plain_zones);
    const auto b = compile("\xef\xbb\xbf" + windows, plain_zones);
    ASSERT_TRUE(a && b);
    const auto feast = [](const Plan& plan) -> const Offer& {
        return *std::find_if(plan.offers.begin(), plan.offers.end(),
                             [](const Offer& offer) { return offer.id == "for_the_feast"; });
    };
    EXPECT_EQ(feast(*a->plan).line, feast(*b->plan).line);
    EXPECT_EQ(feast(*a->plan).limits.at(0).window, feast(*b->plan).limits.at(0).window);
    EXPECT_EQ(a->plan->because, b->plan->because);
    EXPECT_NE(a->plan->document_hash, b->plan->document_hash);  // the document is the bytes
}

TEST(Compile, StagesAndWhoIsNeeded) {
    const auto settled = [](const std::string& offer) {
        const auto plan = offer_plan(offer);
        const Offer& it = only_offer(plan);
        return std::string{name_of(it.stage)} + (it.needs_member ? " member" : "");
    };
    EXPECT_EQ(settled("{give: {points: 3 per 1 BYN}}"), "points member");
    EXPECT_EQ(settled("{give: {discount: 3%}}"), "receipt");
    EXPECT_EQ(settled("{when: {lines: all}, give: {discount: 3%}}"), "line");
    EXPECT_EQ(settled("{when: {tag: a}, give: {discount: 3%}}"), "line");
    EXPECT_EQ(settled("{when: {amount: over 5 BYN}, give: {discount: 3%}}"), "receipt");
    EXPECT_EQ(settled("{when: {member: no}, give: {discount: 3%}}"), "receipt");
    EXPECT_EQ(settled("{when: {member: yes}, give: {discount: 3%}}"), "receipt member");
    EXPECT_EQ(settled("{when: {card: bearer}, give: {discount: 3%}}"), "receipt");
    EXPECT_EQ(settled("{when: {card: [bearer, personal]}, give: {discount: 3%}}"), "receipt");
    EXPECT_EQ(settled("{when: {card: personal}, give: {discount: 3%}}"), "receipt member");
    EXPECT_EQ(settled("{when: {segment: lapsed}, give: {discount: 3%}}"), "receipt member");
    EXPECT_EQ(settled("{give: {discount: 3%}, limit: 1 per member}"), "receipt member");
    EXPECT_EQ(settled("{give: {discount: 3%}, limit: 1 per receipt}"), "receipt");
    EXPECT_EQ(settled("{give: {discount: {scale: {by: receipt, steps: {5 BYN: 1%}}}}}"), "receipt");
    EXPECT_EQ(settled("{give: {discount: {scale: {by: visits, over: ever, steps: {5: 1%}}}}}"), "receipt member");
}

TEST(Compile, ConditionsOfLines) {
    const auto plan = offer_plan(
        "{when: {sku: [a, b], category: meat/smoked, brand: Old Smokehouse, batch: b7, tag: [x]}, give: {price: 2.99 BYN}}");
    const Offer& it = only_offer(plan);
    ASSERT_TRUE(it.lines);
    EXPECT_EQ(it.lines->skus, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(it.lines->categories, (std::vector<std::string>{"meat/smoked"}));
    EXPECT_EQ(it.lines->brands, (std::vector<std::string>{"Old Smokehouse"}));
    EXPECT_EQ(it.lines->batches, (std::vector<std::string>{"b7"}));
    EXPECT_EQ(it.lines->tags, (std::vector<std::string>{"x"}));
    EXPECT_EQ(std::get<FixedPrice>(it.give).price.minor(), 299);
    const auto all = offer_plan("{when: {lines: all, quantity: 2 to 3 kg}, give: {price: 2.99 BYN}}");
    ASSERT_TRUE(only_offer(all).lines);
    EXPECT_TRUE(only_offer(all).lines->is_all());
    const auto quantity = std::get<QuantityCondition>(only_offer(all).conditions[0]);
    EXPECT_EQ(quantity.unit, QuantityUnit::kg);
    EXPECT_EQ(quantity.bound, (Bound{Op::between, 2000, 3000}));
    EXPECT_EQ(only_condition<AmountCondition>("amount: over 15 BYN").bound, (Bound{Op::over, 1500, 0}));
    EXPECT_EQ(offer_codes("{when: {lines: all, sku: a}, give: {discount: 1%}}"), Codes{"condition_not_allowed"});
    EXPECT_EQ(offer_codes("{when: {lines: some}, give: {discount: 1%}}"), Codes{"not_a_choice"});
    EXPECT_EQ(offer_codes("{when: {quantity: over 2}, give: {discount: 1%}}"), Codes{"condition_needs_lines"});
    EXPECT_EQ(offer_codes("{when: {category: a//b}, give: {discount: 1%}}"), Codes{"bad_category"});
    EXPECT_EQ(offer_codes("{when: {sku: []}, give: {discount: 1%}}"), Codes{"empty"});
    EXPECT_EQ(offer_codes("{when: {tag: a, quantity: 2 kg to 3 l}, give: {discount: 1%}}"), Codes{"bad_quantity"});
}

TEST(Compile, ConditionsOfPlaceAndTime) {
    EXPECT_EQ(only_condition<ChoiceCondition>("store: [minsk_1, minsk_2]").any_of.size(), 2u);
    EXPECT_EQ(only_condition<ChoiceCondition>("region: minsk").kind, ConditionKind::region);
    EXPECT_EQ(kind_of(only_condition<ChoiceCondition>("channel: web")), ConditionKind::channel);
    EXPECT_EQ(only_condition<ChoiceCondition>("segment: lapsed").kind, ConditionKind::segment);
    EXPECT_EQ(only_condition<WeekdayCondition>("weekday: [tue, wed]").days, 0b110);
    EXPECT_EQ(only_condition<WeekdayCondition>("weekday: mon to fri").days, 0b11111);
    EXPECT_EQ(only_condition<TimeCondition>("time: 08:00 to 12:00").to.minutes, 720);
    EXPECT_EQ(only_condition<DatesCondition>("dates: [2026-12-24 to 2026-12-26, 2027-01-07]").any_of.size(), 2u);
    EXPECT_EQ(offer_codes("{when: {dates: 2026-11-01 to 2026-11-30}, give: {discount: 1%}}"), Codes{"offer_never_applies"});
    EXPECT_EQ(offer_codes("{when: {dates: 2026-11-01 to 2026-12-01}, give: {discount: 1%}}"), Codes{});
    // 24 December 2026 is a Thursday.
    EXPECT_EQ(offer_codes("{when: {dates: 2026-12-24, weekday: wed}, give: {discount: 1%}}"), Codes{"offer_never_applies"});
    EXPECT_EQ(offer_codes("{when: {dates: 2026-12-24, weekday: thu}, give: {discount: 1%}}"), Codes{});
    EXPECT_EQ(offer_codes("{when: {amount: under 0 BYN}, give: {discount: 1%}}"), Codes{"offer_never_applies"});
}

TEST(Compile, ConditionsOfMembers) {
    const std::string levels =
        "levels: {by: spend, over: 12 months, steps: {guest: {from: 0}, friend: {from: 600 BYN}, family: {from: 2000 BYN}}}\n";
    const auto of_level = [&](const std::string& text) {
        const auto plan = plan_of(levels + "offers: {it: {when: {level: " + text + "}, give: {discount: 1%}}}\n");
        return std::get<LevelCondition>(only_offer(plan).conditions[0]).any_of;
    };
    EXPECT_EQ(of_level("friend"), (std::vector<std::uint32_t>{1}));
    EXPECT_EQ(of_level("[family, guest, guest]"), (std::vector<std::uint32_t>{0, 2}));
    EXPECT_EQ(of_level("at least friend"), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(codes_of(levels + "offers: {it: {when: {level: freind}, give: {discount: 1%}}}\n"), Codes{"unknown_level"});
    EXPECT_EQ(offer_codes("{when: {level: friend}, give: {discount: 1%}}"), Codes{"unknown_level"});
    EXPECT_TRUE(only_condition<NthPurchaseCondition>("nth_purchase: every 6").is_every);
    EXPECT_EQ(only_condition<LastPurchaseCondition>("last_purchase: over 45 days ago").days, (Bound{Op::over, 45, 0}));
    EXPECT_EQ(only_condition<LastPurchaseCondition>("last_purchase: 45 to 90 days ago").days, (Bound{Op::between, 45, 90}));
    EXPECT_EQ(only_condition<BirthdayCondition>("birthday: within 3 days").after, 3);
    EXPECT_EQ(only_condition<CardCondition>("card: none").any_of, (std::vector<CardKind>{CardKind::none}));
    const std::string cards = "cards: {categories: {silver: {}, gold: {title: Gold}, platinum: {}}}\n";
    const auto of_card = [&](const std::string& text) {
        const auto plan = plan_of(cards + "offers: {it: {when: {card: " + text + "}, give: {discount: 1%}}}\n");
        return std::get<CardCondition>(only_offer(plan).conditions[0]);
    };
    EXPECT_EQ(of_card("at least gold").categories, (std::vector<std::string>{"gold", "platinum"}));
    EXPECT_EQ(of_card("[platinum, bearer, silver, silver]").categories, (std::vector<std::string>{"silver", "platinum"}));
    EXPECT_EQ(of_card("[platinum, bearer]").any_of, (std::vector<CardKind>{CardKind::bearer}));
    // Any category card is any of the categories.
    EXPECT_EQ(of_card("[category, gold]").categories, std::vector<std::string>{});
    const auto children = only_condition<AttributeCondition>("attribute: {household.children: over 0}");
    EXPECT_EQ(children.name, "household.children");
    EXPECT_EQ(*children.bound, (Bound{Op::over, 0, 0}));
    EXPECT_EQ(only_condition<AttributeCondition>("attribute: {owns_car: yes}").any_of, (std::vector<std::string>{"true"}));
    EXPECT_EQ(only_condition<AttributeCondition>("attribute: {town: [Minsk, Brest]}").any_of.size(), 2u);
    EXPECT_EQ(only_condition<AttributeCondition>("attribute: {shoe: 42.5}").bound->value, 42'500);
    EXPECT_EQ(offer_codes("{when: {attribute: {Town: Minsk}}, give: {discount: 1%}}"), Codes{"bad_key"});
    EXPECT_EQ(offer_codes("{when: {attribute: {}}, give: {discount: 1%}}"), Codes{"empty"});
    EXPECT_EQ(offer_codes("{when: {member: no, segment: a}, give: {discount: 1%}}"), Codes{"condition_not_allowed"});
    EXPECT_EQ(offer_codes("{when: {member: no}, give: {points: 5}}"), Codes{"condition_not_allowed"});
}

TEST(Compile, CountersAreNamedByWhatTheyCount) {
    const auto key = [](const std::string& counter) {
        const auto plan = offer_plan("{when: {counter: {" + counter + "}}, give: {discount: 1%}}");
        SUKI_CHECK(plan != nullptr && plan->counters.size() == 1 && plan->windows.size() == 1);
        const auto condition = std::get<CounterCondition>(plan->offers[0].conditions[0]);
        return plan->counters[0].key + " " + window_text(plan->windows[0].window) + " " + std::string{name_of(condition.bound.op)} +
               " " + std::to_string(condition.bound.value);
    };
    EXPECT_EQ(key("spend: all, over: 30 days, at_least: 40 BYN"), "spend 30 days at_least 4000");
    EXPECT_EQ(key("spend_on: meat/smoked, over: 30 days, more_than: 40 BYN"), "spend(category=meat/smoked) 30 days over 4000");
    EXPECT_EQ(key("spend_on: [b, a, b], under: 1 BYN"), "spend(category=a|b) ever under 100");
    EXPECT_EQ(key("spend: {tag: 'a|b;c', sku: x}, at_most: 1 BYN"), "spend(sku=x;tag=a%7Cb%3Bc) ever at_most 100");
    EXPECT_EQ(key("quantity_of: meat, over: calendar month, at_least: 2 kg"),
              "quantity[kg](category=meat) calendar month at_least 2000");
    EXPECT_EQ(key("quantity_of: all, is: 2 to 3"), "quantity[piece] ever between 2000");
    EXPECT_EQ(key("visits: all, over: 30 days, at_least: 4"), "visits 30 days at_least 4");
    EXPECT_EQ(key("purchases: all, is: 0"), "purchases ever exactly 0");
    EXPECT_EQ(key("points: stars, over: 1 year, at_least: 10"), "points[stars] 12 months at_least 10");
    EXPECT_EQ(offer_codes("{when: {counter: {spend: all, visits: all, is: 1}}, give: {discount: 1%}}"), Codes{"several_gives"});
    EXPECT_EQ(offer_codes("{when: {counter: {is: 1}}, give: {discount: 1%}}"), Codes{"missing_key"});
    EXPECT_EQ(offer_codes("{when: {counter: {visits: all}}, give: {discount: 1%}}"), Codes{"missing_key"});
    EXPECT_EQ(offer_codes("{when: {counter: {visits: all, is: 1, under: 3}}, give: {discount: 1%}}"), Codes{"several_gives"});
    EXPECT_EQ(offer_codes("{when: {counter: {points: star, is: 1}}, give: {discount: 1%}}"), Codes{"unknown_unit"});
    EXPECT_EQ(offer_codes("{when: {counter: {visits: some, is: 1}}, give: {discount: 1%}}"), Codes{"not_a_choice"});
    EXPECT_EQ(offer_codes("{when: {counter: {visits: all, is: 1 BYN}}, give: {discount: 1%}}"), Codes{"bad_number"});
}

TEST(Compile, CountersAndWindowsAreListedOnce) {
    const auto plan = plan_of(
        "levels: {by: spend, over: 90 days, steps: {guest: {from: 0 BYN}}}\n"
        "offers:\n"
        "  a: {give: {discount: {scale: {by: spend, over: 90 days, steps: {1 BYN: 1%}}}}}\n"
        "  b: {when: {counter: {spend: all, over: 90 days, at_least: 1 BYN}}, give: {discount: 1%}}\n"
        "  c: {when: {counter: {spend: all, over: 30 days, at_least: 1 BYN}}, give: {discount: 1%}, limit: [1 per member, 1 per "
        "member per day]}\n");
    ASSERT_NE(plan, nullptr);
    ASSERT_EQ(plan->counters.size(), 2u);
    EXPECT_EQ(plan->counters[0].key, "spend");
    EXPECT_EQ(plan->counters[1].key, "uses[c]");
    ASSERT_EQ(plan->windows.size(), 4u);
    EXPECT_EQ(plan->ladder->window, 0u);
    EXPECT_EQ(std::get<Scale>(plan->offers[0].give).window, 0u);
    EXPECT_EQ(plan->offers[2].limits[1].index, 3u);
}

TEST(Compile, Limits) {
    const auto limits = [](const std::string& limit) {
        const auto plan = offer_plan("{when: {lines: all}, give: {free: 1 per 2}, limit: " + limit + "}");
        std::string text;
        for (const Limit& each : only_offer(plan).limits) {
            text += std::string{name_of(each.scope)} + " " + std::to_string(each.count) + " " + window_text(each.window) + ";";
            if (each.scope == LimitScope::programme) text += plan->pools[each.index].key + ";";
        }
        if (const auto budget = only_offer(plan).budget) {
            text += plan->pools[*budget].key + "=" + std::to_string(plan->pools[*budget].total);
        }
        return text;
    };
    EXPECT_EQ(limits("1 per member per calendar year"), "member 1 calendar year;");
    EXPECT_EQ(limits("2 per receipt"), "receipt 2 ever;");
    EXPECT_EQ(limits("10 per member per day"), "member 10 calendar day;");
    EXPECT_EQ(limits("1 per member per 6 months"), "member 1 6 months;");
    EXPECT_EQ(limits("1 per member"), "member 1 ever;");
    EXPECT_EQ(limits("1000 in all"), "programme 1000 ever;it:uses:ever;");
    EXPECT_EQ(limits("500 per calendar month"), "programme 500 calendar month;it:uses:calendar month;");
    EXPECT_EQ(limits("500 per month"), "programme 500 calendar month;it:uses:calendar month;");
    EXPECT_EQ(limits("{per receipt: 2, per member per calendar year: 3, in all: 7, budget: 5000 BYN}"),
              "receipt 2 ever;member 3 calendar year;programme 7 ever;it:uses:ever;it:money:ever=500000");
    EXPECT_EQ(limits("{budget: 5000 BYN per month}"), "it:money:calendar month=500000");
    const auto refused = [](const std::string& limit) { return offer_codes("{give: {discount: 1%}, limit: " + limit + "}"); };
    EXPECT_EQ(refused("often"), Codes{"bad_limit"});
    EXPECT_EQ(refused("0 per receipt"), Codes{"out_of_range"});
    EXPECT_EQ(refused("1 per customer"), Codes{"bad_limit"});
    EXPECT_EQ(refused("1 per member each day"), Codes{"bad_limit"});
    EXPECT_EQ(refused("500 per 6 months"), Codes{"bad_limit"});
    EXPECT_EQ(refused("[1 per receipt, 2 per receipt]"), (Codes{"limit_never_reached", "bad_limit"}));
    EXPECT_EQ(refused("{per recipt: 2}"), Codes{"bad_limit"});
    EXPECT_EQ(refused("{often: 2}"), Codes{"unknown_key"});
    EXPECT_EQ(refused("{budget: 5000}"), Codes{"bad_limit"});
    EXPECT_EQ(refused("{budget: 0 BYN}"), Codes{"out_of_range"});
    EXPECT_EQ(refused("{budget: 10 points}"), Codes{"bad_limit"});
    EXPECT_EQ(refused("{budget: 10 BYN per 30 days}"), Codes{"bad_limit"});
    EXPECT_EQ(offer_codes("{give: {points: 5}, limit: {budget: 10 BYN}}"), Codes{"bad_limit"});
    EXPECT_EQ(offer_codes("{give: {points: 5}, limit: {budget: 10 stars}}"), Codes{"bad_limit"});
    EXPECT_EQ(offer_codes("{give: {points: 5}, limit: {budget: 10 points}}"), Codes{});
}

TEST(Compile, Gives) {
    EXPECT_EQ(offer_codes("{give: {}}"), Codes{"empty"});
    EXPECT_EQ(offer_codes("{give: {discount: 1%, points: 5}}"), Codes{"several_gives"});
    EXPECT_EQ(offer_codes("{give: {pionts: 5}}"), Codes{"unknown_key"});
    EXPECT_EQ(offer_codes("{give: {ticket: tombola}}"), Codes{"not_yet_supported"});
    EXPECT_EQ(offer_codes("{give: {points: {both: 300}}}"), Codes{"condition_not_allowed"});
    EXPECT_EQ(offer_codes("{when: {referral: first purchase}, give: {points: {both: 300}}}"), Codes{});
    EXPECT_EQ(
        offer_codes("{when: {referral: first purchase of the friend at least 20 BYN}, give: {points: {member: 3, friend: 1}}}"),
        Codes{});
    EXPECT_EQ(offer_codes("{give: {price: 2.99 BYN}}"), Codes{"give_needs_lines"});
    EXPECT_EQ(offer_codes("{give: {free: 1 per 4}}"), Codes{"give_needs_lines"});
    EXPECT_EQ(offer_codes("{give: {points: 5 per item}}"), Codes{"give_needs_lines"});
    EXPECT_EQ(offer_codes("{give: {discount: 0.20 BYN per item}}"), Codes{"give_needs_lines"});
    EXPECT_EQ(offer_codes("{when: {category: a//b}, give: {free: 1 per 4}}"), Codes{"bad_category"});
    EXPECT_EQ(offer_codes("{give: {points: x2}}"), Codes{"nothing_multiplied"});
    EXPECT_EQ(codes_of("offers: {a: {give: {stars: 1 per 1 BYN}}, b: {give: {points: x2}}}\n"), Codes{"nothing_multiplied"});
    EXPECT_EQ(codes_of("offers: {a: {give: {points: 1 per 1 BYN}}, b: {give: {points: x2}}}\n"), Codes{});
    EXPECT_EQ(offer_codes("{when: {lines: all}}"), Codes{"missing_key"});
}

TEST(Compile, Scales) {
    const auto scale = [](const std::string& text) { return offer_codes("{give: {discount: {scale: {" + text + "}}}}"); };
    EXPECT_EQ(scale("by: receipt, steps: {50 BYN: 2%, 120 BYN: 4%}"), Codes{});
    EXPECT_EQ(scale("by: receipt, steps: {0 BYN: 0%, 120 BYN: 4%}"), Codes{});
    EXPECT_EQ(scale("by: receipt, steps: {120 BYN: 2%, 50 BYN: 4%}"), Codes{"steps_not_ascending"});
    EXPECT_EQ(scale("by: receipt, steps: {50 BYN: 2%, 50.00 BYN: 4%}"), Codes{"steps_not_ascending"});
    EXPECT_EQ(scale("by: receipt, steps: {}"), Codes{"empty"});
    EXPECT_EQ(scale("by: receipt, steps: {50 EUR: 2%}"), Codes{"other_currency"});
    EXPECT_EQ(scale("by: receipt, over: 90 days, steps: {50 BYN: 2%}"), Codes{"bad_window"});
    EXPECT_EQ(scale("by: spend, steps: {50 BYN: 2%}"), Codes{"missing_key"});
    EXPECT_EQ(scale("by: weight, steps: {50 BYN: 2%}"), Codes{"not_a_choice"});
    EXPECT_EQ(scale("by: visits, over: 90 days, steps: {3: 2%, 10: 3%}"), Codes{});
    EXPECT_EQ(scale("by: quantity, over: 90 days, steps: {3 kg: 2%, 10 kg: 3%}"), Codes{});
    EXPECT_EQ(scale("by: quantity, over: 90 days, steps: {3 kg: 2%, 10 l: 3%}"), Codes{"bad_quantity"});
    const auto steps = [](int count) {
        std::string text = "by: receipt, steps: {";
        for (int i = 1; i <= count; ++i) text += std::to_string(i) + " BYN: 1%, ";
        return text + "}";
    };
    EXPECT_EQ(scale(steps(100)), Codes{});
    EXPECT_EQ(scale(steps(101)), Codes{"too_many"});
}

TEST(Compile, RatesHaveACommonDenominator) {
    const auto denominator = [](const std::string& offers) {
        const auto plan = plan_of("offers: {" + offers + "}\n");
        return plan == nullptr ? -1 : plan->units[0].denominator;
    };
    EXPECT_EQ(denominator("a: {give: {points: 3 per 1 BYN}}"), 100);
    EXPECT_EQ(denominator("a: {give: {points: 3 per 1 BYN}}, b: {give: {points: x1.5}}"), 200);
    EXPECT_EQ(denominator("a: {give: {points: 1 per 0.03 BYN}}, b: {give: {points: 1 per 0.07 BYN}}, c: {give: {points: x1.1}}"),
              210);
    EXPECT_EQ(denominator("a: {when: {lines: all}, give: {points: 20 per 0.1 kg}}"), 5);
    EXPECT_EQ(denominator("a: {give: {points: 150}}"), 1);
    EXPECT_EQ(denominator("a: {give: {points: 1 per 10000000000.00 BYN}}"), 1'000'000'000'000);
    EXPECT_EQ(codes_of("offers: {a: {give: {points: 1 per 10000000000.01 BYN}}}\n"), Codes{"rates_too_fine"});
    EXPECT_EQ(codes_of("offers: {a: {give: {points: 1 per 9999991 BYN}}, b: {give: {points: 1 per 9999973 BYN}}}\n"),
              Codes{"rates_too_fine"});
}

TEST(Compile, Stacks) {
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}, stack: s}, b: {give: {discount: 2%}, stack: s}}\n"), Codes{});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}, stack: s}}\n"), Codes{"stack_of_one"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}, stack: s}, b: {when: {lines: all}, give: {discount: 2%}, stack: s}}\n"),
              Codes{"mixed_stages"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}, stack: s}, b: {give: {points: 5}, stack: s}}\n"), Codes{"mixed_stages"});
}

TEST(Compile, PointsThatExpireBeforeTheyCanBeSpent) {
    const auto life = [](const std::string& text) {
        const auto found = compile(head().replace(head().find("stars: {}"), 9, "stars: {" + text + "}"), plain_zones);
        std::string said;
        for (const Diagnostic& warning : found->warnings) {
            EXPECT_EQ(warning.code, DiagnosticCode::expires_while_pending);
            EXPECT_EQ(warning.path, "/units/stars/expire");
            said += in_english(warning.message).substr(0, 4);
        }
        return said;
    };
    constexpr auto kNever = "no p";
    constexpr auto kNotAlways = "some";
    EXPECT_EQ(life("pending: 14 days, expire: 1 week after earning"), kNever);
    EXPECT_EQ(life("pending: 14 days, expire: 14 days after earning"), kNever);
    EXPECT_EQ(life("pending: 14 days, expire: 15 days after earning"), "");
    EXPECT_EQ(life("expire: 1 day after earning"), "");
    // A February has 28 days, and two months one after the other have at most 62.
    EXPECT_EQ(life("pending: 27 days, expire: 1 month after earning"), "");
    EXPECT_EQ(life("pending: 28 days, expire: 1 month after earning"), kNotAlways);
    EXPECT_EQ(life("pending: 31 days, expire: 1 month after earning"), kNever);
    EXPECT_EQ(life("pending: 14 days, expire: at the end of the month"), kNotAlways);
    EXPECT_EQ(life("pending: 31 days, expire: at the end of the month"), kNever);
    EXPECT_EQ(life("pending: 1 day, expire: at the end of the year"), kNotAlways);
    EXPECT_EQ(life("pending: 365 days, expire: at the end of the year"), kNotAlways);
    EXPECT_EQ(life("pending: 366 days, expire: at the end of the year"), kNever);
    // A later activity may keep them until they can be spent.
    EXPECT_EQ(life("pending: 14 days, expire: 1 week after last activity"), kNotAlways);
    EXPECT_EQ(life("pending: 14 days, expire: 3 weeks after last activity"), "");
    EXPECT_EQ(life("pending: 14 days, expire: never"), "");
}

TEST(Compile, OfTooManyUnitsThatAloneIsSaid) {
    const auto units = [](int count, const std::string& rest) {
        std::string text = head();
        text = text.substr(0, text.find("units:")) + "units:\n  points: {worth: 0.01 BYN}\n";
        for (int i = 2; i <= count; ++i) text += "  u" + std::to_string(i) + ": {}\n";
        return codes_of_document(text + rest);
    };
    EXPECT_EQ(units(8, "offers: {a: {give: {points: 1}}, b: {give: {u8: 1}}}\n"), Codes{});
    const std::string users =
        "offers: {a: {give: {points: 1}, limit: {budget: 5 points}}, b: {give: {u9: 1 per 1 BYN}, limit: {budget: 5 u9}}}\n"
        "levels: {by: u10, over: 12 months, steps: {a: {from: 0}, b: {from: 5}}}\n"
        "join: {welcome: {u9: 5}}\nspend: {at_till: {points: pay}}\n";
    EXPECT_EQ(units(10, users), Codes{"too_many"});
    EXPECT_EQ(units(3'000, users), Codes{"too_many"});
}

TEST(Compile, Levels) {
    const auto levels = [](const std::string& text) { return codes_of("levels: {" + text + "}\n"); };
    EXPECT_EQ(levels("by: spend, over: 12 months, steps: {a: {from: 0 BYN}, b: {from: 1 BYN}}"), Codes{});
    EXPECT_EQ(levels("by: spend, over: 12 months, steps: {a: {from: 1 BYN}}"), Codes{"first_level_not_zero"});
    EXPECT_EQ(levels("by: visits, over: 12 months, steps: {a: {from: 0}, b: {from: 5}, c: {from: 5}}"),
              Codes{"steps_not_ascending"});
    EXPECT_EQ(levels("by: stars, over: calendar year, steps: {a: {from: 0}, b: {from: 5}}"), Codes{});
    EXPECT_EQ(levels("by: sparks, over: calendar year, steps: {a: {from: 0}}"), Codes{"unknown_unit"});
    EXPECT_EQ(levels("by: quantity, over: ever, steps: {a: {from: 0}, b: {from: 5 kg}, c: {from: 9 l}}"), Codes{"bad_quantity"});
    EXPECT_EQ(levels("by: spend, over: 12 months, steps: {}"), Codes{"empty"});
    EXPECT_EQ(levels("by: spend, over: 12 months, review: monthly, steps: {a: {from: 0}}"), Codes{"not_a_choice"});
    EXPECT_EQ(levels("by: spend, steps: {a: {from: 0}}"), Codes{"missing_key"});
    const auto plan = plan_of(
        "levels: {by: quantity, over: ever, downgrade: as_due, steps: {a: {from: 0}, b: {from: 5 kg, keep: 12 months, grace: 30 "
        "days}}}\n");
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(plan->counters[0].key, "quantity[kg]");
    EXPECT_EQ(plan->levels[1].from, 5000);
    EXPECT_EQ(plan->levels[1].keep.months, 12);
    EXPECT_EQ(plan->levels[1].clause, "3.2");
    EXPECT_EQ(plan->ladder->downgrade, Downgrade::as_due);
}

TEST(Compile, TradeIn) {
    const auto plan = plan_of(
        "trade_in:\n  shoes: {department: children, unit: points, offer_valid: 7 days, limit: 4 per member per calendar month,\n"
        "    prices: {boots: {like_new: 12 BYN, worn: 0.01 BYN}, trainers: {good: 6 BYN}}}\n"
        "  prams: {unit: points, prices: {prams: {good: 50 BYN}}, consignment: {share: 60%}}\n");
    ASSERT_NE(plan, nullptr);
    ASSERT_EQ(plan->trade_ins.size(), 2u);
    const TradeIn& shoes = plan->trade_ins[0];
    EXPECT_EQ(shoes.clause, "12.1");
    EXPECT_EQ(shoes.department, "children");
    EXPECT_EQ(shoes.offer_valid.days, 7);
    ASSERT_TRUE(shoes.limit.has_value());
    EXPECT_EQ(shoes.limit->count, 4);
    EXPECT_EQ(shoes.limit->window.kind, WindowKind::calendar_month);
    EXPECT_FALSE(shoes.share.has_value());
    ASSERT_EQ(shoes.prices.size(), 3u);
    EXPECT_EQ(shoes.prices[0].points, 1200);
    EXPECT_EQ(shoes.prices[1].points, 1);
    EXPECT_EQ(shoes.prices[2].article, "trainers");
    EXPECT_EQ(plan->trade_ins[1].department, "prams");
    EXPECT_EQ(plan->trade_ins[1].share, (Ratio{60, 100}));
    const auto price = [](const std::string& text) {
        return codes_of("trade_in: {shoes: {unit: points, prices: {boots: {good: " + text + "}}}}\n");
    };
    EXPECT_EQ(price("10000000 BYN"), Codes{});  // the most points that a document may name
    EXPECT_EQ(price("10000000.01 BYN"), Codes{"out_of_range"});
}

TEST(Compile, Spending) {
    const auto spend = [](const std::string& text) { return codes_of("spend: {at_till: {" + text + "}}\n"); };
    EXPECT_EQ(spend("points: pay, at_least: 100, step: 10, up_to: 50% of receipt, not: {category: alcohol}"), Codes{});
    EXPECT_EQ(spend("points: give"), Codes{"not_a_choice"});
    EXPECT_EQ(spend("at_least: 100"), Codes{"missing_key"});
    EXPECT_EQ(spend("stars: pay"), Codes{"missing_key"});  // stars have no worth
    EXPECT_EQ(spend("points: pay, up_to: 0%"), Codes{"out_of_range"});
    EXPECT_EQ(spend("points: pay, not: {}"), Codes{"empty"});
    EXPECT_EQ(spend("points: 3500, gift: knife"), Codes{"unknown_gift"});
    EXPECT_EQ(codes_of("spend: {a: {points: pay}, b: {points: pay}}\n"), Codes{"several_gives"});
    const std::string fine =
        "suki: 1\nid: t\ntitle: T\ncurrency: BYN\ntimezone: UTC\neffective: 2026-12-01\nunits: {p: {worth: 0.004 BYN}}\n";
    EXPECT_EQ(codes_of_document(fine + "spend: {a: {p: pay, step: 5}}\n"), Codes{});
    EXPECT_EQ(codes_of_document(fine + "spend: {a: {p: pay, step: 4}}\n"), Codes{"points_step_is_not_whole_money"});
    EXPECT_EQ(codes_of_document(fine + "spend: {a: {p: pay}}\n"), Codes{"points_step_is_not_whole_money"});
    const auto plan =
        plan_of("spend: {at_till: {points: pay, at_least: 100, step: 10, up_to: 50% of receipt, not: {category: alcohol}}}\n");
    ASSERT_NE(plan, nullptr);
    EXPECT_EQ(plan->pay[0].up_to, (Ratio{1, 2}));
    EXPECT_TRUE(plan->pay[0].has_except);
    EXPECT_EQ(plan->pay[0].clause, "5.1");
}

TEST(Compile, Examples) {
    const std::string offers =
        "offers: {a: {give: {discount: {scale: {by: spend, over: 90 days, steps: {1 BYN: 1%}}}}}}\nspend: {till: {points: "
        "pay}}\n";
    const auto example = [&](const std::string& text) {
        return codes_of(offers + "examples: {it: {at: 2026-12-02 09:30, " + text + "}}\n");
    };
    EXPECT_EQ(example("basket: [{price: 1 BYN}], expect: {discount: 0}"), Codes{});
    EXPECT_EQ(example("basket: [], expect: {discount: 0}"), Codes{"empty"});
    EXPECT_EQ(example("basket: [{price: 1 BYN, amount: 1 BYN}], expect: {discount: 0}"), Codes{"several_gives"});
    EXPECT_EQ(example("basket: [{sku: a}], expect: {discount: 0}"), Codes{"missing_key"});
    EXPECT_EQ(example("basket: [{price: 1.99 BYN, quantity: 0.432 kg}], expect: {discount: 0}"), Codes{"bad_money"});
    EXPECT_EQ(example("basket: [{amount: 0.86 BYN, quantity: 0.432 kg}], expect: {discount: 0}"), Codes{});
    EXPECT_EQ(example("basket: [{price: 1 BYN}], expect: {}"), Codes{"empty"});
    EXPECT_EQ(example("basket: [{price: 1 BYN}], expect: {sparks: 1}"), Codes{"unknown_key"});
    EXPECT_EQ(example("basket: [{price: 1 BYN}], expect: {offers: [b]}"), Codes{"not_a_choice"});
    EXPECT_EQ(example("basket: [{price: 1 BYN}], expect: {offers: []}"), Codes{});
    EXPECT_EQ(example("basket: [{price: 1 BYN}], pay_points: 5, expect: {discount: 0}"), Codes{"condition_not_allowed"});
    EXPECT_EQ(example("member: {spend: {over: 30 days, is: 1 BYN}}, basket: [{price: 1 BYN}], expect: {discount: 0}"),
              Codes{"bad_window"});
    EXPECT_EQ(example("member: {level: a}, basket: [{price: 1 BYN}], expect: {discount: 0}"), Codes{"unknown_level"});
    EXPECT_EQ(codes_of("examples: {it: {at: 2026-11-30 23:59, basket: [{price: 1 BYN}], expect: {discount: 0}}}\n"),
              Codes{"bad_range"});
    EXPECT_EQ(codes_of("examples: {it: {at: 2026-12-02, basket: [{price: 1 BYN}], expect: {discount: 0}}}\n"), Codes{"bad_time"});
    const auto plan = plan_of(
        offers +
        "examples:\n  it:\n    at: 2026-12-02 09:30\n    store: s\n    region: r\n    channel: web\n    card: bearer\n"
        "    member: {birthday: 1990-05-17, attributes: {car: yes}, segments: [x], purchases: 3, last_purchase: 50 days ago,\n"
        "             spend: {over: 90 days, is: 350 BYN}, balance: {stars: 7}}\n"
        "    basket: [{sku: a, category: b, brand: c, batch: d, tag: [e, f], quantity: 2, price: 1.50 BYN}]\n"
        "    pay_points: 100\n    expect: {discount: 0.03 BYN, total: 2 BYN, points: 5, offers: [a]}\n");
    ASSERT_NE(plan, nullptr);
    const Example& it = plan->examples.at(0);
    EXPECT_EQ(it.card.kind, CardKind::bearer);
    EXPECT_EQ(it.member->card.kind, CardKind::bearer);
    EXPECT_EQ(it.time.minutes, 570);
    EXPECT_EQ(it.basket[0].amount.minor(), 300);
    EXPECT_EQ(it.basket[0].tags.size(), 2u);
    EXPECT_EQ(it.member->balances, (std::vector<std::int64_t>{0, 7}));
    EXPECT_EQ(it.member->figures[0].value, 35'000);
    EXPECT_EQ(it.member->last_purchase_days, 50);
    EXPECT_EQ(it.member->attributes[0].second, "true");
    EXPECT_EQ(it.expect.total->minor(), 200);
    EXPECT_EQ(it.expect.points[0].second, 5);
    EXPECT_EQ(it.expect.offers->at(0), "a");
}

TEST(Compile, LimitsOfADocumentHoldOnBothSides) {
    const auto offers = [](int count) {
        std::string text = "offers:\n";
        for (int i = 0; i < count; ++i) text += "  o" + std::to_string(i) + ": {give: {discount: 1%}, limit: 1 per member}\n";
        return text;
    };
    EXPECT_EQ(codes_of(offers(10'000)), Codes{});
    EXPECT_EQ(codes_of(offers(10'001)), Codes{"too_many"});
    const auto counters = [](int count) {
        std::string text = "offers:\n";
        for (int i = 1; i <= count; ++i) {
            text += "  o" + std::to_string(i) + ": {when: {counter: {visits: all, over: " + std::to_string(i) +
                    " days, is: 1}}, give: {discount: 1%}}\n";
        }
        return text;
    };
    EXPECT_EQ(codes_of(counters(500)), Codes{});
    EXPECT_EQ(codes_of(counters(501)), Codes{"too_many"});
    const auto values = [](int count) {
        std::string text = "offers: {a: {when: {sku: [";
        for (int i = 0; i < count; ++i) text += "s" + std::to_string(i) + ",";
        return text + "]}, give: {discount: 1%}}}\n";
    };
    EXPECT_EQ(codes_of(values(10'000)), Codes{});
    EXPECT_EQ(codes_of(values(10'001)), Codes{"too_many"});
    EXPECT_EQ(codes_of("because: " + std::string(4096, 'a') + "\n"), Codes{});
    EXPECT_EQ(codes_of("because: " + std::string(4097, 'a') + "\n"), Codes{"bad_text"});
}

}  // namespace suki::programme
