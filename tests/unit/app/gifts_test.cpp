#include <thread>

#include "base/limits.h"
#include "fixture.h"

/// Gifts where a story can't look: what the interface refuses before it is asked, many who ask at once, and what verify would say.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class GiftsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"), "gifts: {cup: {}, medal: {stock: 7}}\n");
        document.insert(document.find("spend:\n") + 7, "  cup: {points: 1, gift: cup}\n  medal: {points: 1, gift: medal}\n");
        publish(document);
        for (int i = 0; i < kMembers; ++i) {
            ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = name_of_member(i)}}));
            Adjust points{.programme = "club", .member = member(i), .unit = "points", .points = Points{20}};
            points.reason = "a test";
            ASSERT_TRUE(app->run(who(), points));
        }
    }
    static constexpr int kMembers = 8;
    static std::string name_of_member(int i) { return "m" + std::to_string(i); }
    static MemberName member(int i) { return {.by = NamedBy::external, .value = name_of_member(i)}; }
    Answered<GiftStockView> deliver(std::int64_t count, StockMove move = StockMove::received) {
        MoveGiftStock stock{.programme = "club", .gift = "cup", .store = "s1", .move = move, .count = count};
        stock.reason = "a test";
        return app->run(who(), stock);
    }
    Answered<GiftOrderView> order(int i, const std::string& gift, std::int64_t count = 1, const std::string& note = {}) {
        OrderGift command{.programme = "club", .member = member(i), .gift = gift};
        command.count = count;
        command.store = "s1";
        command.note = note;
        return app->run(who(), command);
    }
    /// Points that a member has, whether they can be spent yet or not.
    std::int64_t total(int i) {
        const auto found = app->find_member("foods", "club", member(i));
        return found ? found->balances.at(0).available.minor() + found->balances.at(0).pending.minor() : -1;
    }
    std::int64_t left(const std::string& gift) {
        const auto catalogue = app->gifts("foods", "club", "s1", {});
        if (!catalogue) return -1;
        for (const GiftOffered& one : catalogue->gifts) {
            if (catalogue->plan->gifts[one.gift].id == gift) return one.left.value_or(-1);
        }
        return -1;
    }
    /// Sixty-four clients, eight at a time of each member; how many were served.
    int race(const std::string& gift) {
        std::atomic<int> served = 0;
        std::atomic<int> refused = 0;
        std::vector<std::thread> threads;
        for (int client = 0; client < 64; ++client) {
            threads.emplace_back([&, client] {
                const std::string code = code_of(order(client % kMembers, gift));
                served += code == "ok" ? 1 : 0;
                refused += code == "gift_out_of_stock" ? 1 : 0;
            });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(served + refused, 64);
        return served;
    }
};

TEST_F(GiftsTest, numbers_and_texts_have_their_limits) {
    EXPECT_EQ(code_of(deliver(0)), "gift_count_out_of_range");
    EXPECT_EQ(code_of(deliver(limits::gifts_per_delivery + 1)), "gift_count_out_of_range");
    EXPECT_EQ(code_of(deliver(limits::gifts_per_delivery)), "ok");
    EXPECT_EQ(code_of(order(0, "cup", 0)), "gift_count_out_of_range");
    EXPECT_EQ(code_of(order(0, "cup", limits::gifts_per_order + 1)), "gift_count_out_of_range");
    EXPECT_EQ(code_of(order(0, "cup", 1, "a\nb")), "gift_malformed");
    EXPECT_EQ(left("cup"), limits::gifts_per_delivery);
    EXPECT_EQ(code_of(order(0, "cup", 20)), "ok");
    EXPECT_EQ(code_of(order(0, "cup", 1)), "insufficient_points");
    EXPECT_EQ(left("cup"), limits::gifts_per_delivery - 20);
}

// Exactly as many are served as there were, by store and in all; what is written off meanwhile is nobody's.
TEST_F(GiftsTest, the_last_ones_go_to_as_many_as_there_are) {
    ASSERT_TRUE(deliver(13));
    ASSERT_TRUE(deliver(2, StockMove::written_off));
    EXPECT_EQ(race("cup"), 11);
    EXPECT_EQ(left("cup"), 0);
    EXPECT_EQ(race("medal"), 7);
    EXPECT_EQ(left("medal"), 0);
}

// Orders, cancellations, deliveries and losses at once: what is left fits, and verify (at the end of every test) agrees.
TEST_F(GiftsTest, everything_at_once_adds_up) {
    ASSERT_TRUE(deliver(5));
    std::atomic<std::int64_t> balance = 5;
    std::vector<std::thread> threads;
    for (int client = 0; client < kMembers; ++client) {
        threads.emplace_back([&, client] {
            for (int round = 0; round < 12; ++round) {
                const auto one = order(client, "cup");
                if (one) balance -= 1;
                if (round % 3 == 0 && deliver(1)) balance += 1;
                if (round % 4 == 1 && deliver(1, StockMove::written_off)) balance -= 1;
                if (!one || round % 2 == 0) continue;
                EndGiftOrder end{.programme = "club", .member = member(client), .order = one->id, .end = GiftOrderEnd::cancel};
                if (app->run(who(), end)) balance += 1;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(left("cup"), balance);
}

// Points that find no room in the wallet wait for the next sweep, and keep nobody else from their turn.
TEST_F(GiftsTest, what_can_not_be_given_back_now_is_given_back_later) {
    ASSERT_TRUE(deliver(2));
    ASSERT_TRUE(order(0, "cup"));
    ASSERT_TRUE(order(1, "cup"));
    Adjust full{.programme = "club", .member = member(0), .unit = "points", .points = Points{kAmountMax - total(0)}};
    full.reason = "a test";
    ASSERT_TRUE(app->run(who(), full));
    now += 20LL * 86'400 * kSecondUs;
    ASSERT_TRUE(app->run({}, Sweep{}));
    const auto status_of = [&](int i) { return app->gift_orders_of("foods", "club", member(i))->orders.at(0).status; };
    EXPECT_EQ(status_of(0), GiftOrderStatus::reserved);
    EXPECT_EQ(status_of(1), GiftOrderStatus::lapsed);
    EXPECT_EQ(left("cup"), 1);
    full.points = Points{-100};
    ASSERT_TRUE(app->run(who(), full));
    ASSERT_TRUE(app->run({}, Sweep{}));
    EXPECT_EQ(status_of(0), GiftOrderStatus::lapsed);
    EXPECT_EQ(left("cup"), 2);
}

// Swept and cancelled at the same moments, an order gives its points and its gift back once.
TEST_F(GiftsTest, lapsing_and_cancelling_at_once_is_one_of_them) {
    ASSERT_TRUE(deliver(kMembers));
    const std::int64_t before = total(0);
    std::vector<std::string> orders;
    for (int i = 0; i < kMembers; ++i) orders.push_back(order(i, "cup")->id);
    now += 20LL * 86'400 * kSecondUs;
    std::vector<std::thread> threads;
    for (int i = 0; i < kMembers; ++i) {
        threads.emplace_back([&, i] {
            const EndGiftOrder end{.programme = "club", .member = member(i), .order = orders[i], .end = GiftOrderEnd::cancel};
            const std::string code = code_of(app->run(who(), end));
            EXPECT_TRUE(code == "ok" || code == "gift_order_ended") << code;
        });
        threads.emplace_back([&] { EXPECT_TRUE(app->run({}, Sweep{})); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(left("cup"), kMembers);
    for (int i = 0; i < kMembers; ++i) {
        EXPECT_EQ(total(i), before);
    }
}

}  // namespace
}  // namespace suki::app
