#include <random>

#include "fixture.h"

namespace suki::app {
namespace {

class DebtTest : public AppTest {
protected:
    /// Ana earns 60 points on r1, spends them all on r2, and brings r1 back.
    ReturnAnswer spend_then_return(std::string_view debt) {
        publish(club(debt));
        ana = join("ana");
        EXPECT_TRUE(
            app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{1}, .reason = "x"}));
        bought(ana, receipt("r1", 2000, at(3, 1)));
        now = at(3, 20).us;
        event::Receipt second = receipt("r2", 111, at(3, 20));
        second.points_paid.push_back({.unit = "points", .points = Points{111}});
        EXPECT_TRUE(bought(ana, second).discrepancies.empty());
        EXPECT_EQ(balance(ana).available, Points{0});
        auto back = bring_back("b1", "r1", 2000);
        EXPECT_TRUE(back) << (back ? "" : describe(back.error()));
        return back ? *std::move(back) : ReturnAnswer{};
    }
    MemberName ana;
};

TEST_F(DebtTest, refuse_leaves_the_points_with_the_member) {
    const ReturnAnswer back = spend_then_return("refuse");
    EXPECT_EQ(back.refund, Money{2000});
    ASSERT_EQ(back.left.size(), 1u);
    EXPECT_EQ(back.left[0].points, Points{60});
    EXPECT_TRUE(back.owed.empty());
    EXPECT_EQ(balance(ana).owed, Points{0});
}

TEST_F(DebtTest, below_zero_owes_them) {
    const ReturnAnswer back = spend_then_return("below_zero");
    EXPECT_EQ(back.refund, Money{2000});
    ASSERT_EQ(back.owed.size(), 1u);
    EXPECT_EQ(back.owed[0].points, Points{60});
    EXPECT_TRUE(back.left.empty());
    EXPECT_EQ(balance(ana).owed, Points{60});
    // What is earned next repays first.
    bought(ana, receipt("r3", 2100, at(3, 20)));
    EXPECT_EQ(balance(ana).owed, Points{0});
    EXPECT_EQ(balance(ana).pending, Points{3});
}

TEST_F(DebtTest, from_refund_takes_their_worth_off) {
    const ReturnAnswer back = spend_then_return("from_refund");
    EXPECT_EQ(back.withheld, Money{60});
    EXPECT_EQ(back.refund, Money{1940});
    EXPECT_EQ(balance(ana).owed, Points{0});
}

TEST_F(AppTest, points_that_paid_come_back_with_the_goods) {
    publish(club());
    const MemberName ana = join("ana");
    ASSERT_TRUE(
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{100}, .reason = "x"}));
    event::Receipt sold = receipt("r1", 1000, at(3, 1));
    sold.points_paid.push_back({.unit = "points", .points = Points{100}});
    const ReceiptAnswer paid = bought(ana, sold);
    EXPECT_EQ(paid.outcome.paid, Money{900});
    EXPECT_EQ(paid.outcome.points[0], Points{27});
    const auto half = bring_back("b1", "r1", 1000);
    ASSERT_TRUE(half) << describe(half.error());
    EXPECT_EQ(half->refund, Money{450});
    ASSERT_EQ(half->given_back.size(), 1u);
    EXPECT_EQ(half->given_back[0].points, Points{50});
    expect_sound();
    const auto rest =
        app->run(who(), VoidReceipt{.programme = "club", .what = {.id = "v1", .receipt = "r1", .occurred_at = at(3, 1)}});
    ASSERT_TRUE(rest) << describe(rest.error());
    EXPECT_EQ(rest->refund, Money{450});
    EXPECT_EQ(balance(ana).available, Points{100});
    EXPECT_EQ(balance(ana).pending, Points{50});
    const auto twice =
        app->run(who(), VoidReceipt{.programme = "club", .what = {.id = "v2", .receipt = "r1", .occurred_at = at(3, 1)}});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, "receipt_is_void");
    const auto again =
        app->run(who(), VoidReceipt{.programme = "club", .what = {.id = "v1", .receipt = "r1", .occurred_at = at(3, 1)}});
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_repeat);
    EXPECT_EQ(again->refund, rest->refund);
}

TEST_F(AppTest, points_paid_beyond_what_there_is) {
    publish(club("refuse"));
    const MemberName ana = join("ana");
    ASSERT_TRUE(app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{40}, .reason = "x"}));
    event::Receipt sold = receipt("r1", 1000, at(3, 1));
    sold.points_paid.push_back({.unit = "points", .points = Points{100}});
    const ReceiptAnswer paid = bought(ana, sold);
    ASSERT_EQ(paid.uncovered.size(), 1u);
    EXPECT_EQ(paid.uncovered[0].points, Points{60});
    EXPECT_EQ(paid.discrepancies[0].kind, DiscrepancyKind::points_uncovered);
    EXPECT_EQ(balance(ana).available, Points{0});
    EXPECT_EQ(balance(ana).owed, Points{0});
    // What nothing covered was never spent, so only the 40 come back.
    const auto back = bring_back("b1", "r1", 2000);
    ASSERT_TRUE(back) << describe(back.error());
    EXPECT_EQ(balance(ana).available, Points{40});
    EXPECT_EQ(balance(ana).pending, Points{50});
}

TEST_F(AppTest, returns_are_refused_by_name) {
    publish(club());
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1)));
    EXPECT_EQ(bring_back("b1", "nothing", 1000).error().code, "receipt_of_return_not_found");
    EXPECT_EQ(bring_back("b1", "r1", 2001).error().code, "returned_more_than_bought");
    ASSERT_TRUE(bring_back("b1", "r1", 1000));
    EXPECT_EQ(bring_back("b1", "r1", 500).error().code, "return_already_recorded");
    EXPECT_EQ(bring_back("b2", "r1", 1500).error().code, "returned_more_than_bought");
    EXPECT_TRUE(bring_back("b2", "r1", 1000));
}

TEST_F(AppTest, an_exchange_is_one_commit) {
    publish(club());
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1)));
    RecordReceipt exchange{.programme = "club", .member = ana, .receipt = receipt("r2", 500, at(3, 1))};
    exchange.returns.push_back({.id = "b1", .receipt = "r1", .occurred_at = at(3, 1), .lines = {{1, {2000, QuantityUnit::piece}}}});
    const auto answer = app->run(who(), exchange);
    ASSERT_TRUE(answer) << describe(answer.error());
    ASSERT_EQ(answer->returns.size(), 1u);
    EXPECT_EQ(answer->returns[0].refund, Money{1000});
    EXPECT_EQ(balance(ana).pending, Points{65});
    // One that can't be done leaves nothing behind.
    exchange.receipt = receipt("r3", 500, at(3, 1));
    exchange.returns[0].id = "b2";
    const auto refused = app->run(who(), exchange);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().pointer.substr(0, 10), "/returns/0");
    EXPECT_FALSE(app->receipt("foods", "club", "r3"));
    EXPECT_EQ(balance(ana).pending, Points{65});
}

TEST_F(AppTest, a_budget_is_never_overdrawn_and_returns_fill_it_again) {
    publish(club());
    const MemberName ana = join("ana");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(bought(ana, receipt("t" + std::to_string(i), 500, at(3, 1), "tea")).outcome.total, Money{400});
    }
    EXPECT_EQ(bought(ana, receipt("t3", 500, at(3, 1), "tea")).outcome.total, Money{500});
    expect_sound();
    const auto back = bring_back("b1", "t0", 2000);
    ASSERT_TRUE(back) << describe(back.error());
    // The one that was refused relied on what is there now.
    EXPECT_EQ(back->relied_on, std::vector<std::string>{"t3"});
    EXPECT_EQ(bought(ana, receipt("t4", 500, at(3, 1), "tea")).outcome.total, Money{400});
    EXPECT_EQ(bought(ana, receipt("t5", 500, at(3, 1), "tea")).outcome.total, Money{500});
}

TEST_F(AppTest, random_histories_stay_sound) {
    publish(club());
    std::vector<MemberName> members{join("a"), join("b"), {}};
    for (const int seed_of_history : {1, 2, 3}) {
        std::mt19937 random(static_cast<unsigned>(seed_of_history));
        std::vector<std::string> receipts;
        for (int step = 0; step < 60; ++step) {
            now += static_cast<std::int64_t>(random() % 6) * 86'400 * kSecondUs / 2;
            const std::string id = std::to_string(seed_of_history) + "-" + std::to_string(step);
            const MemberName& member = members[random() % members.size()];
            switch (random() % 6) {
                case 0:
                case 1:
                case 2: {
                    const Instant when{now.load() - static_cast<std::int64_t>(random() % 20) * 86'400 * kSecondUs};
                    event::Receipt sold = receipt("r" + id, 1 + static_cast<std::int64_t>(random() % 15'000), when,
                                                  random() % 4 == 0 ? "tea" : "bread");
                    if (random() % 3 == 0)
                        sold.points_paid.push_back(
                            {.unit = "points", .points = Points{1 + static_cast<std::int64_t>(random() % 90)}});
                    bought(member, sold);
                    receipts.push_back("r" + id);
                    break;
                }
                case 3:
                    if (!receipts.empty())
                        (void)bring_back("b" + id, receipts[random() % receipts.size()], 1000 + 1000 * (random() % 2));
                    break;
                case 4:
                    if (member.by != NamedBy::nobody) {
                        (void)app->run(who(), PlaceHold{.programme = "club",
                                                        .member = member,
                                                        .unit = "points",
                                                        .points = Points{1 + static_cast<std::int64_t>(random() % 50)},
                                                        .seconds = 3600});
                    }
                    break;
                default: ASSERT_TRUE(app->run(who(), Sweep{}));
            }
            expect_sound();
            if (HasFailure()) FAIL() << "seed " << seed_of_history << " step " << step;
        }
    }
}

TEST_F(AppTest, buying_and_bringing_back_leaves_no_trace) {
    publish(club());
    const MemberName ana = join("ana");
    bought(ana, receipt("r0", 5000, at(3, 1)));
    const auto before = app->find_member("foods", "club", ana);
    ASSERT_TRUE(before);
    bought(ana, receipt("r1", 20001, at(3, 2)));
    EXPECT_NE(app->find_member("foods", "club", ana)->balances, before->balances);
    ASSERT_TRUE(bring_back("b1", "r1", 1000));
    ASSERT_TRUE(bring_back("b2", "r1", 1000));
    const auto after = app->find_member("foods", "club", ana);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->balances, before->balances);
    EXPECT_EQ(after->level->level, before->level->level);
    EXPECT_EQ(after->level->figure, before->level->figure);
}

}  // namespace
}  // namespace suki::app
