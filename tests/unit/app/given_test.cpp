#include <thread>

#include "fixture.h"

/// What offers give beside points and discounts, where a story can't look: many at once, the same again, goods that come back while
/// the gift is handed over.
namespace suki::app {
namespace {

class GivenTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"),
                        "gifts: {cup: {stock: no}, medal: {stock: 5}}\n"
                        "benefits: {tasting: {kind: access, members: no, lasts: 2 months}}\n");
        document.insert(document.find("  base:\n"),
                        "  cups: {when: {category: cups}, give: {gift: cup}, limit: 3 per member}\n"
                        "  medals: {when: {category: medals}, give: {gift: medal}}\n"
                        "  tastings: {when: {category: medals}, give: {benefit: tasting}}\n");
        publish(document);
        ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = "ana"}}));
    }
    static MemberName ana() { return {.by = NamedBy::external, .value = "ana"}; }
    Answered<ReceiptAnswer> sell(const std::string& id, const std::string& category) {
        return buy(ana(), receipt(id, 1'000, at(3, 1), category));
    }
    std::vector<GiftOrderView> orders() {
        auto all = app->gift_orders_of("foods", "club", ana());
        return all ? std::move(all->orders) : std::vector<GiftOrderView>{};
    }
    Answered<GiftOrderView> hand_over(const std::string& order) {
        return app->run(who(), EndGiftOrder{.programme = "club", .member = ana(), .order = order, .end = GiftOrderEnd::hand_over});
    }
};

// Whatever number of tills sells to her at once, three cups are promised, and each once.
TEST_F(GivenTest, a_limit_holds_however_many_ask_at_once) {
    std::atomic<int> promised = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&, client] {
            const auto answer = sell("r" + std::to_string(client / 2), "cups");  // every receipt twice
            if (answer && !answer->is_repeat) promised += static_cast<int>(answer->things.size());
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(promised, 3);
    EXPECT_EQ(orders().size(), 3u);
}

TEST_F(GivenTest, the_same_receipt_is_answered_again_and_gives_nothing_more) {
    const auto first = sell("r1", "medals");
    const auto again = sell("r1", "medals");
    ASSERT_TRUE(first && again);
    EXPECT_TRUE(again->is_repeat);
    ASSERT_EQ(first->things.size(), 2u);
    EXPECT_EQ(first->things, again->things);
    EXPECT_EQ(orders().size(), 1u);
    const auto back = bring_back("b1", "r1", 2'000);
    const auto back_again = bring_back("b1", "r1", 2'000);
    ASSERT_TRUE(back && back_again);
    ASSERT_EQ(back->things.size(), 2u);
    EXPECT_EQ(back->things, back_again->things);
    EXPECT_EQ(orders().at(0).status, GiftOrderStatus::withdrawn);
}

// Either she has it and owes it back, or it was withdrawn before; and no medal is drawn for one that nobody has.
TEST_F(GivenTest, goods_that_come_back_while_the_gift_is_handed_over) {
    int handed_over = 0;
    for (int round = 0; round < 5; ++round) {
        const std::string id = std::to_string(round);
        const auto sold = sell("r" + id, "medals");
        ASSERT_TRUE(sold);
        std::atomic<bool> is_handed_over = false;
        std::thread desk{[&] { is_handed_over = hand_over(sold->things.at(0).id).has_value(); }};
        const auto back = bring_back("b" + id, "r" + id, 2'000);
        desk.join();
        ASSERT_TRUE(back);
        const GiftOrderView order = orders().at(0);
        EXPECT_EQ(order.id, sold->things.at(0).id);
        EXPECT_EQ(order.status, is_handed_over ? GiftOrderStatus::handed_over : GiftOrderStatus::withdrawn);
        EXPECT_EQ(order.is_owed_back, is_handed_over);
        EXPECT_EQ(back->things.at(0).is_kept, is_handed_over);
        handed_over += is_handed_over ? 1 : 0;
    }
    const auto catalogue = app->gifts("foods", "club", "s1", {});
    ASSERT_TRUE(catalogue);
    for (const GiftOffered& one : catalogue->gifts) {
        if (catalogue->plan->gifts[one.gift].id == "medal") {
            EXPECT_EQ(one.left, 5 - handed_over);
        }
    }
}

}  // namespace
}  // namespace suki::app
