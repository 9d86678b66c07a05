#include <gtest/gtest.h>

#include "engine/missing.h"
#include "plan_builder.h"
#include "words/words.h"

/// What surrounds a decision: the context, what could be paid with points, what is missing, the document's examples.
namespace suki::engine {
namespace {

Date day(int month, int of_month) { return *make_date(2026, month, of_month); }

TEST(gather, reads_the_programmes_date_and_the_stores_clock) {
    PlanBuilder b;
    b.plan.zone = std::make_shared<Zone>(fixed_zone("Minsk", 3 * 3600));
    event::Receipt receipt;
    receipt.occurred_at = *parse_instant("2026-12-01T22:30:00Z");  // a Tuesday; 01:30 on Wednesday in Minsk
    const Context here = gather(b.plan, receipt, {}, nullptr, nullptr, {});
    EXPECT_EQ(here.date, day(12, 2));
    EXPECT_EQ(here.store_weekday, Weekday::wed);
    EXPECT_EQ(here.store_time.minutes, 90);
    EXPECT_FALSE(here.is_member);
    const Surroundings there{.store_zone = std::make_shared<Zone>(fixed_zone("UTC", 0))};
    const Context away = gather(b.plan, receipt, there, nullptr, nullptr, {});
    EXPECT_EQ(away.date, day(12, 2));
    EXPECT_EQ(away.store_weekday, Weekday::tue);
    EXPECT_EQ(away.store_time.minutes, 22 * 60 + 30);
    EXPECT_EQ(away.programme_time.minutes, 90);
}

TEST(gather, reads_earlier_days_and_its_own_but_no_later_one) {
    PlanBuilder b;
    b.window({.measure = Measure::spend, .key = "spend"}, {WindowKind::rolling, {0, 10}});
    b.window({.measure = Measure::visits, .key = "visits"}, {WindowKind::ever, {}});
    account::State state{.joined_on = day(1, 1)};
    account::add_to_counter(state, "spend", day(3, 1), 1);  // the eleventh day back
    account::add_to_counter(state, "spend", day(3, 2), 10);
    account::add_to_counter(state, "spend", day(3, 11), 100);  // its own day
    account::add_to_counter(state, "spend", day(3, 12), 1000);
    account::add_to_counter(state, "visits", day(3, 2), 3);
    account::add_to_counter(state, "visits", day(3, 11), 1);
    account::add_to_counter(state, "visits", day(3, 12), 1);
    account::add_to_counter(state, "purchases", day(3, 2), 2);
    account::add_to_counter(state, "purchases", day(3, 20), 5);
    state.levels = {{"guest", day(1, 1), day(1, 1), std::nullopt}, {"friend", day(3, 12), day(4, 1), std::nullopt}};
    const account::Facts facts{.segments = {"z", "a"}};
    event::Receipt receipt;
    receipt.occurred_at = *parse_instant("2026-03-11T09:00:00Z");
    const Context context = gather(b.plan, receipt, {.pools = {}}, &state, &facts, {7});
    EXPECT_EQ(context.windows, (std::vector<std::int64_t>{110, 2}));
    EXPECT_EQ(context.purchases_before, 2);
    EXPECT_EQ(context.last_purchase_on, day(3, 2));
    EXPECT_EQ(context.level, "guest");
    EXPECT_EQ(context.available, (std::vector<std::int64_t>{7}));
    EXPECT_EQ(context.facts.segments, (std::vector<std::string>{"a", "z"}));
}

TEST(missing, names_the_next_step_and_the_one_condition_that_is_short) {
    PlanBuilder b;
    b.offer("scale", by_amount({{5000, {2, 100}}, {12000, {4, 100}}}));
    b.offer("over_amount", DiscountAmount{Money{1}}, {AmountCondition{{Op::over, 6000, 0}}});
    b.offer("at_most", DiscountAmount{Money{1}}, {AmountCondition{{Op::at_most, 100, 0}}});
    b.line_offer("two_kilos", DiscountAmount{Money{1}}, category("meat"),
                 {QuantityCondition{{Op::at_least, 2000, 0}, QuantityUnit::kg}});
    b.offer("two_short", DiscountAmount{Money{1}}, {AmountCondition{{Op::over, 6000, 0}}, WeekdayCondition{1}});
    Basket basket;
    basket.add("a", 5500, "meat", kilos(1200));
    const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
    const auto missing = missing_steps(b.evaluator(), basket.context, basket.receipt, outcome, false);
    ASSERT_EQ(missing.size(), 3u);
    EXPECT_EQ(missing[0].offer, "over_amount");
    EXPECT_EQ(missing[0].missing, 501);
    EXPECT_EQ(missing[0].kind, "amount");
    EXPECT_EQ(missing[1].offer, "scale");
    EXPECT_EQ(missing[1].missing, 6500);
    EXPECT_EQ(missing[1].kind, "receipt_step");
    EXPECT_EQ(missing[2].offer, "two_kilos");
    EXPECT_EQ(missing[2].missing, 800);
    EXPECT_EQ(missing[2].kind, "quantity");
}

TEST(examples, say_what_came_out_instead) {
    PlanBuilder b;
    b.plan.levels = {{.id = "guest"}, {.id = "friend"}};
    const std::uint32_t window = b.window({.measure = Measure::spend, .key = "spend"}, {WindowKind::rolling, {0, 90}});
    b.offer("base", PointsPerAmount{{1, 1}});
    b.offer("regular", by_window(window, {{300, {1, 10}}}), {LevelCondition{{1}}, WeekdayCondition{0b100}});
    Example example;
    example.id = "a_wednesday";
    example.line = 12;
    example.date = day(12, 2);
    example.member = Example::Member{};
    example.member->level = 1;
    example.member->figures = {{window, 350}};
    example.basket = {{.category = "meat", .amount = Money{100}}};
    example.expect.discount = Money{10};
    example.expect.total = Money{90};
    example.expect.points = {{0, 90}};
    example.expect.offers = std::vector<std::string>{"regular", "base"};
    b.plan.examples = {example};
    EXPECT_TRUE(failing_examples(b.evaluator()).empty());
    b.plan.examples[0].expect.points = {{0, 91}};
    b.plan.examples[0].expect.offers = std::vector<std::string>{};
    b.plan.examples[0].expect.total = Money{91};
    const Evaluator evaluator = b.evaluator();
    const auto failing = failing_examples(evaluator);
    ASSERT_EQ(failing.size(), 1u);
    EXPECT_EQ(
        words::say_message("en", failing[0].message),
        "example `a_wednesday` came out otherwise: total 0.90 BYN, not 0.91 BYN; points 90, not 91; offers base, regular, not "
        "none");
    EXPECT_EQ(failing[0].line, 12u);

    // What no till could record promises nothing.
    example.basket = {{.amount = Money{kAmountMax}}, {.amount = Money{1}}};
    b.plan.examples = {example};
    const Evaluator other = b.evaluator();
    const auto impossible = failing_examples(other);
    ASSERT_EQ(impossible.size(), 1u);
    EXPECT_EQ(words::say_message("en", impossible[0].message),
              "example `a_wednesday`: no receipt can be so: total_out_of_range at /lines");
}

TEST(Examples, SayWhatTheTillSays) {
    PlanBuilder b;
    Example example;
    example.id = "marked";
    example.date = day(12, 2);
    example.basket = {{.amount = Money{100}, .no_discount = true},
                      {.amount = Money{100}, .till_discount = Money{10}},
                      {.amount = Money{60}, .is_deposit = true}};
    example.expect.total = Money{250};
    b.plan.examples = {example};
    const Evaluator evaluator = b.evaluator();
    for (const programme::Diagnostic& failing : failing_examples(evaluator))
        ADD_FAILURE() << words::say_message("en", failing.message);
}

}  // namespace
}  // namespace suki::engine
