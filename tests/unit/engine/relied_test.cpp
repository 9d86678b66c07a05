#include "returns_shop.h"

namespace suki::engine {
namespace {

/// Buys `first`, then `second`, brings the first back and asks whether the second relied on it.
struct Question {
    Shop shop;
    int second_on = 1;

    explicit Question(const PlanBuilder& builder) : shop(builder) {}

    bool asks(std::int64_t first, std::int64_t second, std::vector<event::ReturnedLine> lines = {}) {
        buy("r1", first, 0);
        buy("r2", second, second_on);
        const auto judged = lines.empty() ? shop.bring_back_all("r1") : shop.bring_back("r1", std::move(lines));
        EXPECT_TRUE(judged.has_value());
        return shop.relied == std::vector<std::string>{"r2"};
    }
    void buy(const std::string& id, std::int64_t amount, int day) {
        Basket bought = basket(id);
        bought.add("a", amount, "sausages", pieces(2));
        shop.buy(bought, test_day(day));
    }
};

PlanBuilder cumulative() {
    PlanBuilder builder;
    builder.window({.measure = Measure::spend, .key = "spend"}, {.kind = WindowKind::rolling, .period = {.days = 90}});
    builder.offer("regular", by_window(0, {{10'000, {1, 100}}})).needs_member = true;
    return builder;
}

TEST(ReliedOn, AScaleReadTheSpendingThatIsGone) {
    EXPECT_TRUE(Question(cumulative()).asks(10'000, 5'000));
    EXPECT_FALSE(Question(cumulative()).asks(9'999, 5'000)) << "the step was not reached anyway";
    EXPECT_TRUE(Question(cumulative()).asks(10'000, 5'000, {whole_pieces(1, 1)})) << "a part is enough";
    EXPECT_FALSE(Question(cumulative()).asks(20'000, 5'000, {whole_pieces(1, 1)})) << "what is left still reaches it";
}

TEST(ReliedOn, OnlyInsideTheWindow) {
    Question inside(cumulative());
    inside.second_on = 89;
    EXPECT_TRUE(inside.asks(10'000, 5'000));
    Question outside(cumulative());
    outside.second_on = 90;
    EXPECT_FALSE(outside.asks(10'000, 5'000));
}

TEST(ReliedOn, CountsPurchasesAndTheTimeSinceTheLast) {
    PlanBuilder second;
    second.offer("second", PointsFixed{150}, {NthPurchaseCondition{.n = 2}});
    EXPECT_TRUE(Question(second).asks(1'000, 1'000));
    EXPECT_FALSE(Question(second).asks(1'000, 1'000, {whole_pieces(1, 1)})) << "it is a purchase still";
    PlanBuilder third;
    third.offer("third", PointsFixed{150}, {NthPurchaseCondition{.n = 3}});
    EXPECT_FALSE(Question(third).asks(1'000, 1'000));
    PlanBuilder recent;
    recent.offer("recent", PointsFixed{150}, {LastPurchaseCondition{{Op::at_most, 10, 0}}}).needs_member = true;
    EXPECT_TRUE(Question(recent).asks(1'000, 1'000));
    {
        Question other(recent);
        other.buy("r0", 500, 0);
        EXPECT_FALSE(other.asks(1'000, 1'000)) << "another purchase of the day remains";
    }
    {
        Question same_day(recent);
        same_day.second_on = 0;
        EXPECT_TRUE(same_day.asks(1'000, 1'000)) << "its own purchase is not its last one";
    }
}

TEST(ReliedOn, VisitsAreDays) {
    PlanBuilder builder;
    const std::uint32_t visits = builder.window({.measure = Measure::visits, .key = "visits"});
    builder.offer("visitor", PointsFixed{10}, {CounterCondition{visits, {Op::at_least, 1, 0}}}).needs_member = true;
    EXPECT_TRUE(Question(builder).asks(1'000, 1'000));
    Question same_day(builder);
    same_day.second_on = 0;
    EXPECT_TRUE(same_day.asks(1'000, 1'000));
    Question twice(builder);
    twice.buy("r0", 500, 0);
    EXPECT_FALSE(twice.asks(1'000, 1'000));
}

TEST(ReliedOn, ALimitThatItUsedUp) {
    PlanBuilder builder;
    const std::uint32_t uses = builder.window({.measure = Measure::uses, .offer = "once", .key = "uses:once"});
    builder.offer("once", PointsFixed{10}).limits = {{.scope = LimitScope::member, .count = 1, .window = {}, .index = uses}};
    EXPECT_TRUE(Question(builder).asks(1'000, 1'000)) << "the second would have got it";
    EXPECT_FALSE(Question(builder).asks(1'000, 1'000, {whole_pieces(1, 1)})) << "the first keeps it";
}

TEST(ReliedOn, APoolOnlyWhenItRefused) {
    const auto with_pool = [](std::int64_t total) {
        PlanBuilder builder;
        builder.plan.pools.push_back({.offer = 0, .kind = PoolKind::uses, .total = total, .window = {}, .key = "first:uses:ever"});
        builder.offer("first", PointsFixed{10}).limits = {
            {.scope = LimitScope::programme, .count = total, .window = {}, .index = 0}};
        return builder;
    };
    EXPECT_TRUE(Question(with_pool(1)).asks(1'000, 1'000));
    EXPECT_FALSE(Question(with_pool(2)).asks(1'000, 1'000));
}

PlanBuilder with_levels() {
    PlanBuilder builder;
    const std::uint32_t spend = builder.window({.measure = Measure::spend, .key = "spend"});
    builder.plan.levels = {{.id = "guest", .from = 0}, {.id = "friend", .from = 10'000}};
    builder.plan.ladder = Ladder{.window = spend};
    builder.plan.effective_on = test_day(-100);
    builder.offer("friends", PointsFixed{10}, {LevelCondition{{1}}}).needs_member = true;
    return builder;
}

TEST(ReliedOn, ALevelThatIsGone) {
    EXPECT_TRUE(Question(with_levels()).asks(10'000, 1'000));
    EXPECT_FALSE(Question(with_levels()).asks(9'999, 1'000)) << "it was a guest's anyway";
    EXPECT_TRUE(Question(with_levels()).asks(10'000, 20'000)) << "the level that it reached itself is not what it had read";
    Question kept(with_levels());
    kept.buy("r0", 10'000, 0);
    EXPECT_FALSE(kept.asks(10'000, 1'000)) << "the other purchase reaches it too";
    Question later(with_levels());
    later.buy("r1", 10'000, 0);
    later.buy("r2", 1'000, 1);
    later.buy("r3", 50'000, 1);
    ASSERT_TRUE(later.shop.bring_back_all("r1").has_value());
    EXPECT_EQ(later.shop.relied, (std::vector<std::string>{"r2", "r3"})) << "neither could know what r3 reaches";
}

TEST(ReliedOn, ReturnsCountTogether) {
    PlanBuilder builder;
    builder.window({.measure = Measure::spend, .key = "spend"});
    builder.offer("regular", by_window(0, {{15'000, {1, 10}}})).needs_member = true;
    Question question(builder);
    question.buy("r1", 20'000, 0);
    question.buy("r2", 20'000, 0);
    question.buy("x", 1'000, 1);
    ASSERT_TRUE(question.shop.bring_back_all("r1").has_value());
    EXPECT_EQ(question.shop.relied, std::vector<std::string>{"r2"}) << "r2 still holds the step for x";
    ASSERT_TRUE(question.shop.bring_back_all("r2").has_value());
    EXPECT_EQ(question.shop.relied, std::vector<std::string>{"x"});
}

TEST(ReliedOn, HalvesOfOneReceiptCountTogether) {
    Question question(cumulative());
    question.buy("r1", 15'000, 0);
    question.buy("x", 5'000, 1);
    ASSERT_TRUE(question.shop.bring_back("r1", {whole_pieces(1, 1)}).has_value());
    EXPECT_EQ(question.shop.relied, std::vector<std::string>{"x"});
    ASSERT_TRUE(question.shop.bring_back("r1", {whole_pieces(1, 1)}).has_value());
    EXPECT_TRUE(question.shop.relied.empty()) << "it had lost the step already";
}

TEST(ReliedOn, NothingReliesThatCameBackItself) {
    Question question(cumulative());
    question.buy("r1", 10'000, 0);
    question.buy("x", 5'000, 1);
    ASSERT_TRUE(question.shop.bring_back_all("x").has_value());
    ASSERT_TRUE(question.shop.bring_back_all("r1").has_value());
    EXPECT_TRUE(question.shop.relied.empty());
}

}  // namespace
}  // namespace suki::engine
