#include <gtest/gtest.h>

#include <algorithm>

#include "plan_builder.h"

namespace suki::engine {
namespace {

/// One offer under one condition, asked with indexes, without, and by `explain`: all three must agree.
struct Asked {
    PlanBuilder plan;
    Basket basket;

    Asked() {
        plan.plan.levels = {{.id = "guest"}, {.id = "friend"}, {.id = "family"}};
        plan.plan.cards.categories = {{.id = "silver", .title = {}}, {.id = "gold", .title = {}}};
        basket.add("a", 1500, "food/meat/sausages", kilos(500));
        basket.add("b", 500, "bread");
        basket.add("bottle", 50).is_deposit = true;
        basket.context.region = "minsk";
        basket.context.level = "friend";
        basket.context.card.kind = CardKind::bearer;
    }
    bool operator()(Condition condition, std::optional<LineFilter> lines = std::nullopt) {
        plan.plan.offers.clear();
        Offer& offer = plan.offer("o", DiscountAmount{Money{1}}, {condition});
        if (lines) {
            offer.lines = lines;
            offer.stage = Stage::line;
        }
        const bool applied = verdict(plan.evaluator().evaluate(basket.context, basket.receipt), "o") == "applied";
        const bool applied_plainly = verdict(plan.evaluator(false).evaluate(basket.context, basket.receipt), "o") == "applied";
        EXPECT_EQ(applied, applied_plainly);
        const Explained explained = plan.evaluator().explain(basket.context, basket.receipt).at(0);
        const bool all_met =
            std::all_of(explained.conditions.begin(), explained.conditions.end(), [](const auto& c) { return c.is_met; });
        EXPECT_EQ(applied, all_met);
        last = explained.conditions.back();
        return applied;
    }
    ConditionResult last;
};

constexpr Bound over(std::int64_t value) { return {Op::over, value, 0}; }
constexpr Bound at_least(std::int64_t value) { return {Op::at_least, value, 0}; }

TEST(condition, bounds_hold_on_their_own_side_only) {
    EXPECT_TRUE(holds({Op::over, 5, 0}, 6));
    EXPECT_FALSE(holds({Op::over, 5, 0}, 5));
    EXPECT_TRUE(holds({Op::at_least, 5, 0}, 5));
    EXPECT_FALSE(holds({Op::at_least, 5, 0}, 4));
    EXPECT_TRUE(holds({Op::under, 5, 0}, 4));
    EXPECT_FALSE(holds({Op::under, 5, 0}, 5));
    EXPECT_TRUE(holds({Op::at_most, 5, 0}, 5));
    EXPECT_FALSE(holds({Op::at_most, 5, 0}, 6));
    EXPECT_TRUE(holds({Op::between, 5, 7}, 5) && holds({Op::between, 5, 7}, 7));
    EXPECT_FALSE(holds({Op::between, 5, 7}, 4) || holds({Op::between, 5, 7}, 8));
    EXPECT_TRUE(holds({Op::exactly, 5, 0}, 5));
    EXPECT_FALSE(holds({Op::exactly, 5, 0}, 6));
}

TEST(condition, amount_is_of_the_matched_lines_without_deposits) {
    Asked asked;
    EXPECT_TRUE(asked(AmountCondition{at_least(2000)}));
    EXPECT_EQ(asked.last, (ConditionResult{ConditionKind::amount, true, "2000", "at_least 2000"}));
    EXPECT_FALSE(asked(AmountCondition{over(2000)}));
    EXPECT_TRUE(asked(AmountCondition{at_least(1500)}, category("meat")));
    EXPECT_FALSE(asked(AmountCondition{at_least(1501)}, category("meat")));
}

TEST(condition, quantity_is_counted_in_its_own_unit) {
    Asked asked;
    EXPECT_TRUE(asked(QuantityCondition{at_least(500), QuantityUnit::kg}));
    EXPECT_FALSE(asked(QuantityCondition{over(500), QuantityUnit::kg}));
    EXPECT_TRUE(asked(QuantityCondition{{Op::exactly, 1000, 0}, QuantityUnit::piece}));
    EXPECT_FALSE(asked(QuantityCondition{at_least(1), QuantityUnit::piece}, category("meat")));
}

TEST(condition, lines_must_be_there) {
    Asked asked;
    EXPECT_TRUE(asked(MemberCondition{}, skus({"b", "z"})));
    EXPECT_FALSE(asked(MemberCondition{}, skus({"z"})));
    EXPECT_FALSE(asked(MemberCondition{}, skus({"bottle"})));
    EXPECT_TRUE(asked(MemberCondition{}, category("meat/sausages")));
    EXPECT_FALSE(asked(MemberCondition{}, category("meat/pates")));
    EXPECT_FALSE(asked(MemberCondition{}, category("mea")));
    LineFilter both = skus({"a", "b"});
    both.categories = {"meat"};
    both.tags = {"hot"};
    EXPECT_FALSE(asked(MemberCondition{}, both));
    asked.basket.context.lines[0].tags = {"cold", "hot"};
    EXPECT_TRUE(asked(MemberCondition{}, both));
    both.brands = {"Old Smokehouse"};
    EXPECT_FALSE(asked(MemberCondition{}, both));
    asked.basket.context.lines[0].brand = "Old Smokehouse";
    EXPECT_TRUE(asked(MemberCondition{}, both));
    both.batches = {"B1"};
    EXPECT_FALSE(asked(MemberCondition{}, both));
    asked.basket.receipt.lines[0].batch = "B1";
    EXPECT_TRUE(asked(MemberCondition{}, both));
}

TEST(condition, places_and_channels_are_any_of_theirs) {
    Asked asked;
    EXPECT_TRUE(asked(ChoiceCondition{ConditionKind::store, {"minsk_0", "minsk_1"}}));
    EXPECT_FALSE(asked(ChoiceCondition{ConditionKind::store, {"minsk_2"}}));
    EXPECT_TRUE(asked(ChoiceCondition{ConditionKind::region, {"minsk"}}));
    EXPECT_FALSE(asked(ChoiceCondition{ConditionKind::region, {"brest"}}));
    EXPECT_TRUE(asked(ChoiceCondition{ConditionKind::channel, {"till"}}));
    EXPECT_FALSE(asked(ChoiceCondition{ConditionKind::channel, {"web"}}));
}

TEST(condition, weekday_and_time_are_read_each_by_itself_on_the_stores_clock) {
    Asked asked;
    EXPECT_TRUE(asked(WeekdayCondition{1 << 2}));
    EXPECT_FALSE(asked(WeekdayCondition{0x7f & ~(1 << 2)}));
    const auto at = [&](int minutes, TimeCondition range) {
        asked.basket.context.store_time = {minutes};
        return asked(range);
    };
    EXPECT_TRUE(at(480, {{480}, {720}}));
    EXPECT_TRUE(at(719, {{480}, {720}}));
    EXPECT_FALSE(at(720, {{480}, {720}}));
    EXPECT_FALSE(at(479, {{480}, {720}}));
    EXPECT_TRUE(at(1439, {{0}, {1440}}));
    // Over midnight: the weekday stays the one that the clock shows.
    EXPECT_TRUE(at(1320, {{1320}, {120}}));
    EXPECT_TRUE(at(119, {{1320}, {120}}));
    EXPECT_FALSE(at(120, {{1320}, {120}}));
    EXPECT_FALSE(at(1319, {{1320}, {120}}));
    EXPECT_TRUE(at(600, {{600}, {600}}));
}

TEST(condition, dates_are_half_open) {
    Asked asked;
    const Date day = asked.basket.context.date;
    EXPECT_TRUE(asked(DatesCondition{{{day, add_days(day, 1)}}}));
    EXPECT_FALSE(asked(DatesCondition{{{add_days(day, -1), day}}}));
    EXPECT_FALSE(asked(DatesCondition{{{add_days(day, 1), add_days(day, 9)}}}));
    EXPECT_TRUE(asked(DatesCondition{{{add_days(day, 1), add_days(day, 9)}, {day, add_days(day, 1)}}}));
}

TEST(condition, birthday_reaches_around_on_both_sides_and_over_new_year) {
    Asked asked;
    const auto on = [&](int year, int month, int day, YearMonthDay birthday) {
        asked.basket.context.date = *make_date(year, month, day);
        asked.basket.context.facts.birthday = birthday;
        return asked(BirthdayCondition{3, 2});
    };
    EXPECT_TRUE(on(2026, 12, 2, {1980, 12, 5}));
    EXPECT_FALSE(on(2026, 12, 1, {1980, 12, 5}));
    EXPECT_TRUE(on(2026, 12, 7, {1980, 12, 5}));
    EXPECT_FALSE(on(2026, 12, 8, {1980, 12, 5}));
    EXPECT_TRUE(on(2026, 12, 30, {1980, 1, 1}));
    EXPECT_TRUE(on(2027, 1, 2, {1980, 12, 31}));
    EXPECT_TRUE(on(2027, 2, 25, {1980, 2, 29}));  // kept on the 28th
    EXPECT_FALSE(on(2027, 3, 3, {1980, 2, 29}));
    EXPECT_TRUE(on(2028, 3, 2, {1980, 2, 29}));
    EXPECT_EQ(asked.last.seen, "02-29");
    asked.basket.context.facts.birthday.reset();
    EXPECT_FALSE(asked(BirthdayCondition{200, 200}));
}

TEST(condition, level_and_card_are_any_of_theirs) {
    Asked asked;
    EXPECT_TRUE(asked(LevelCondition{{1, 2}}));
    EXPECT_FALSE(asked(LevelCondition{{0, 2}}));
    EXPECT_EQ(asked.last, (ConditionResult{ConditionKind::level, false, "friend", "guest,family"}));
    asked.basket.context.level = "gone";
    EXPECT_FALSE(asked(LevelCondition{{0, 1, 2}}));
    EXPECT_TRUE(asked(CardCondition{{CardKind::bearer}}));
    EXPECT_FALSE(asked(CardCondition{{CardKind::personal, CardKind::none}}));
}

TEST(condition, category_cards_are_any_of_their_categories) {
    Asked asked;
    EXPECT_FALSE(asked(CardCondition{{}, {"silver", "gold"}}));
    asked.basket.context.card = {.kind = CardKind::category, .category = "gold"};
    EXPECT_TRUE(asked(CardCondition{{}, {"silver", "gold"}}));
    EXPECT_FALSE(asked(CardCondition{{}, {"silver"}}));
    EXPECT_EQ(asked.last, (ConditionResult{ConditionKind::card, false, "gold", "silver"}));
    EXPECT_TRUE(asked(CardCondition{{CardKind::bearer}, {"gold"}}));
    EXPECT_TRUE(asked(CardCondition{{CardKind::category}, {}}));
    // A card from before there were categories, or of one that the edition has no more.
    asked.basket.context.card.category = "";
    EXPECT_FALSE(asked(CardCondition{{}, {"silver", "gold"}}));
    EXPECT_TRUE(asked(CardCondition{{CardKind::category}, {}}));
    asked.basket.context.card.category = "copper";
    EXPECT_FALSE(asked(CardCondition{{CardKind::bearer}, {"silver", "gold"}}));
    EXPECT_TRUE(asked(CardCondition{{CardKind::category}, {}}));
}

TEST(condition, purchases_are_counted_with_this_one) {
    Asked asked;
    asked.basket.context.purchases_before = 2;
    EXPECT_TRUE(asked(NthPurchaseCondition{3, false}));
    EXPECT_FALSE(asked(NthPurchaseCondition{2, false}));
    EXPECT_TRUE(asked(NthPurchaseCondition{3, true}));
    asked.basket.context.purchases_before = 5;
    EXPECT_FALSE(asked(NthPurchaseCondition{3, false}));
    EXPECT_TRUE(asked(NthPurchaseCondition{3, true}));
    EXPECT_FALSE(asked(NthPurchaseCondition{4, true}));
}

TEST(condition, days_since_the_last_purchase_need_one) {
    Asked asked;
    EXPECT_FALSE(asked(LastPurchaseCondition{at_least(0)}));
    asked.basket.context.last_purchase_on = add_days(asked.basket.context.date, -45);
    EXPECT_FALSE(asked(LastPurchaseCondition{over(45)}));
    EXPECT_TRUE(asked(LastPurchaseCondition{at_least(45)}));
    EXPECT_EQ(asked.last.seen, "45");
}

TEST(condition, counter_reads_its_window) {
    Asked asked;
    const std::uint32_t window = asked.plan.window({.measure = Measure::spend, .key = "spend"});
    asked.basket.context.windows = {4000};
    EXPECT_TRUE(asked(CounterCondition{window, at_least(4000)}));
    EXPECT_FALSE(asked(CounterCondition{window, over(4000)}));
}

TEST(condition, attribute_is_a_number_or_one_of_some_texts) {
    Asked asked;
    auto& attributes = asked.basket.context.facts.attributes;
    attributes = {{"household.children", "2"}, {"score", "1.2345"}, {"tea", "green"}};
    EXPECT_TRUE(asked(AttributeCondition{"household.children", over(1999), {}}));
    EXPECT_FALSE(asked(AttributeCondition{"household.children", over(2000), {}}));
    EXPECT_TRUE(asked(AttributeCondition{"score", over(1234), {}}));  // exactly, however fine
    EXPECT_FALSE(asked(AttributeCondition{"score", at_least(1235), {}}));
    EXPECT_TRUE(asked(AttributeCondition{"tea", std::nullopt, {"black", "green"}}));
    EXPECT_FALSE(asked(AttributeCondition{"tea", std::nullopt, {"black"}}));
    EXPECT_FALSE(asked(AttributeCondition{"tea", at_least(0), {}}));
    EXPECT_FALSE(asked(AttributeCondition{"coffee", std::nullopt, {"black"}}));
}

TEST(condition, segment_is_any_of_the_members) {
    Asked asked;
    asked.basket.context.facts.segments = {"lapsed", "young"};
    EXPECT_TRUE(asked(ChoiceCondition{ConditionKind::segment, {"lapsed", "new"}}));
    EXPECT_FALSE(asked(ChoiceCondition{ConditionKind::segment, {"new"}}));
}

TEST(condition, referral_is_of_whom_a_member_brought) {
    Asked asked;
    const ReferralCondition any{Bound{.op = Op::over, .value = 0}};
    EXPECT_FALSE(asked(any));
    asked.basket.context.is_brought = true;
    EXPECT_TRUE(asked(any));
    EXPECT_FALSE(asked(ReferralCondition{Bound{.op = Op::over, .value = 1'000'000'000}}));
}

TEST(condition, membership_is_any_that_the_member_has) {
    Asked asked;
    asked.basket.context.memberships = {"grill", "wine"};
    EXPECT_TRUE(asked(MembershipCondition{{"beer", "wine"}}));
    EXPECT_FALSE(asked(MembershipCondition{{"beer"}}));
    asked.basket.context.memberships.clear();
    EXPECT_FALSE(asked(MembershipCondition{{"wine"}}));
}

TEST(condition, that_speaks_of_the_member_fails_without_one) {
    Asked asked;
    const std::uint32_t window = asked.plan.window({.measure = Measure::spend, .key = "spend"});
    asked.basket.context.facts = {YearMonthDay{1980, 12, 2}, {{"tea", "green"}}, {"lapsed"}};
    asked.basket.context.last_purchase_on = asked.basket.context.date;
    asked.basket.context.windows = {0};
    asked.basket.context.memberships = {"grill"};
    const std::vector<Condition> all = {MemberCondition{},
                                        BirthdayCondition{},
                                        LevelCondition{{0, 1, 2}},
                                        NthPurchaseCondition{1, true},
                                        LastPurchaseCondition{at_least(0)},
                                        CounterCondition{window, {Op::under, 5, 0}},
                                        AttributeCondition{"tea", std::nullopt, {"green"}},
                                        ChoiceCondition{ConditionKind::segment, {"lapsed"}},
                                        MembershipCondition{{"grill"}}};
    for (const Condition& condition : all) EXPECT_TRUE(asked(condition)) << name_of(kind_of(condition));
    asked.basket.context.is_member = false;
    for (const Condition& condition : all) EXPECT_FALSE(asked(condition)) << name_of(kind_of(condition));
    EXPECT_TRUE(asked(MemberCondition{false}));
    EXPECT_TRUE(asked(CardCondition{{CardKind::bearer}}));
}

TEST(explain, says_every_condition_of_every_offer) {
    PlanBuilder b;
    b.line_offer("b_points", PointsFixed{5}, category("meat"), {ChoiceCondition{ConditionKind::store, {"brest_1"}}});
    b.offer("a_off", DiscountAmount{Money{3}}, {WeekdayCondition{0b111}, AmountCondition{over(100)}});
    Basket basket;
    basket.add("x", 101);
    basket.context.is_member = false;
    const auto all = b.evaluator().explain(basket.context, basket.receipt);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].decision, *decision(b.evaluator().evaluate(basket.context, basket.receipt), "a_off"));
    EXPECT_EQ(all[0].conditions, (std::vector<ConditionResult>{{ConditionKind::weekday, true, "wed", "mon,tue,wed"},
                                                               {ConditionKind::amount, true, "101", "over 100"}}));
    EXPECT_EQ(all[1].decision.verdict, event::Verdict::failed);
    EXPECT_EQ(all[1].decision.unit, "points");
    EXPECT_EQ(all[1].conditions, (std::vector<ConditionResult>{{ConditionKind::member, false, "no", "yes"},
                                                               {ConditionKind::lines, false, "0", "category=meat"},
                                                               {ConditionKind::store, false, "minsk_1", "brest_1"}}));
}

}  // namespace
}  // namespace suki::engine
