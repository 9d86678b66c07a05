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
        account::State before = shop.state;
        const auto judged = lines.empty() ? shop.bring_back_all("r1") : shop.bring_back("r1", std::move(lines));
        EXPECT_TRUE(judged.has_value());
        ChangedPast past{.day = test_day(), .before = &before, .after = &shop.state, .pools = {}};
        for (const PoolDraw& draw : judged->pools) past.pools.push_back(shop.plan().pools[draw.pool].key);
        return relied_on(shop.evaluator, shop.receipts.at("r2"), past);
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
    builder.offer("regular", DiscountScale{.by_receipt = false, .window = 0, .steps = {{10'000, {1, 100}}}}).needs_member = true;
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

TEST(ReliedOn, ALevelThatIsGone) {
    PlanBuilder builder;
    builder.plan.levels = {{.id = "guest", .from = 0}, {.id = "friend", .from = 10'000}};
    builder.offer("friends", PointsFixed{10}, {LevelCondition{{1}}}).needs_member = true;
    Shop shop(builder);
    const account::LevelSpan guest{.level = "guest", .since = test_day(), .keep_until = test_day()};
    const account::LevelSpan promoted{.level = "friend", .since = test_day(), .keep_until = test_day(365)};
    shop.state.levels = {promoted};
    Basket bought = basket("r2");
    bought.add("a", 1'000);
    const StoredReceipt later = shop.buy(bought, test_day(1));
    ASSERT_EQ(later.decided.points.at(0), Points{10});
    account::State before = shop.state;
    account::State after = shop.state;
    EXPECT_FALSE(relied_on(shop.evaluator, later, {.day = test_day(), .before = &before, .after = &after, .pools = {}}));
    after.levels = {guest};
    EXPECT_TRUE(relied_on(shop.evaluator, later, {.day = test_day(), .before = &before, .after = &after, .pools = {}}));
}

}  // namespace
}  // namespace suki::engine
