#include "app/portions.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <thread>

#include "fixture.h"
#include "store/postgres/open.h"

/// Pools that several servers draw from at once.
namespace suki::app {
namespace {

const store::PoolKey kName{.org = "foods", .programme = "club", .key = "gift", .period_start = {20'000}};

/// One pool as a store keeps it: what is written must follow the versions that are there.
class Rows {
public:
    [[nodiscard]] std::optional<store::Pool> read() const {
        if (!row_) return std::nullopt;
        store::Pool pool{.row = *row_, .portions = {}};
        for (const auto& [holder, portion] : portions_) pool.portions.push_back(portion);
        return pool;
    }
    bool write(const PoolWrites& writes) {
        if (writes.row && writes.row->version != (row_ ? row_->version : 0) + 1) return false;
        for (const store::PortionChange& change : writes.portions) {
            const auto found = portions_.find(change.row.holder);
            if (change.row.version != (found == portions_.end() ? 0 : found->second.version) + 1) return false;
        }
        if (writes.row) row_ = writes.row;
        for (const store::PortionChange& change : writes.portions) {
            if (change.is_removal) {
                portions_.erase(change.row.holder);
            } else {
                portions_[change.row.holder] = change.row;
            }
        }
        return true;
    }

private:
    std::optional<store::PoolRow> row_;
    std::map<std::string, store::PortionRow> portions_;
};

class Portions : public ::testing::Test {
protected:
    /// As a server does it: decided on `seen`, which may be old.
    bool draw_by(const std::string& holder, std::int64_t by, const std::optional<store::Pool>& seen) {
        const PoolWrites writes = draw(seen, kName, by, total, holder, now);
        EXPECT_EQ(drawn_of(writes.after), (seen ? drawn_of(*seen) : 0) + by);
        const bool is_old = seen != rows.read();
        if (!rows.write(writes)) return false;
        pool_writes += writes.row ? 1 : 0;
        const auto there = rows.read();
        if (!is_old && by != 0) {
            EXPECT_EQ(there, std::optional{writes.after});
        }
        if (!there) return true;
        for (const store::PortionRow& portion : there->portions) EXPECT_GE(portion.undrawn, 0);
        return true;
    }
    [[nodiscard]] std::int64_t drawn() const {
        const auto pool = rows.read();
        return pool ? drawn_of(*pool) : 0;
    }
    [[nodiscard]] std::int64_t left(const std::optional<store::Pool>& seen) const { return total - (seen ? drawn_of(*seen) : 0); }

    Rows rows;
    Instant now{1'000'000'000};
    std::int64_t total = 1'000;
    int pool_writes = 0;
};

TEST_F(Portions, OneProcessKeepsNone) {
    EXPECT_TRUE(draw_by("", 7, rows.read()));
    EXPECT_TRUE(draw_by("", -3, rows.read()));
    EXPECT_EQ(rows.read()->row.drawn, 4);
    EXPECT_TRUE(rows.read()->portions.empty());
    // And takes back what several had left, as after a move from another database.
    EXPECT_TRUE(draw_by("a", 1, rows.read()));
    EXPECT_FALSE(rows.read()->portions.empty());
    EXPECT_TRUE(draw_by("", 1, rows.read()));
    EXPECT_TRUE(rows.read()->portions.empty());
    EXPECT_EQ(rows.read()->row.drawn, 6);
}

TEST_F(Portions, HoldersRarelyMeet) {
    total = 1'000'000;
    for (int i = 0; i < 20'000; ++i) EXPECT_TRUE(draw_by("server " + std::to_string(i % 4), 10, rows.read()));
    EXPECT_EQ(drawn(), 200'000);
    EXPECT_LT(pool_writes, 20);
}

TEST_F(Portions, TheLastOneIsGivenWhoeverHoldsIt) {
    total = 100;
    for (const char* holder : {"a", "b", "c"}) EXPECT_TRUE(draw_by(holder, 1, rows.read()));
    for (int i = 0; i < 97; ++i) EXPECT_TRUE(draw_by("c", 1, rows.read())) << i;
    EXPECT_EQ(drawn(), 100);
    EXPECT_EQ(rows.read()->row.drawn, 100);
}

TEST_F(Portions, WhoeverIsSlowDrawsNothingThatWasRecalled) {
    total = 10;
    EXPECT_TRUE(draw_by("slow", 1, rows.read()));
    EXPECT_TRUE(draw_by("quick", 1, rows.read()));
    const auto seen_by_slow = rows.read();
    ASSERT_GT(seen_by_slow->portions.back().undrawn, 0);
    EXPECT_TRUE(draw_by("quick", 8, rows.read()));
    EXPECT_FALSE(draw_by("slow", 1, seen_by_slow));
    EXPECT_EQ(drawn(), 10);
    // What was promised is given beyond the total, and is seen to be.
    EXPECT_TRUE(draw_by("slow", 1, rows.read()));
    EXPECT_EQ(rows.read()->row.drawn, 11);
}

TEST_F(Portions, WhatIsForgottenIsPutBack) {
    EXPECT_TRUE(draw_by("dead", 100, rows.read()));
    EXPECT_EQ(rows.read()->row.drawn, 100 + 900 / 8);
    now.us += portion_kept_us;
    EXPECT_TRUE(draw_by("alive", 1, rows.read()));
    EXPECT_EQ(rows.read()->portions.size(), 2u);
    now.us += 1;
    EXPECT_TRUE(draw_by("alive", 1, rows.read()));
    EXPECT_EQ(rows.read()->portions.size(), 1u);
    // A look round puts back everybody's, its own too.
    now.us += portion_kept_us + 1;
    EXPECT_TRUE(draw_by("alive", 0, rows.read()));
    EXPECT_TRUE(rows.read()->portions.empty());
    EXPECT_EQ(rows.read()->row.drawn, 102);
    const PoolWrites nothing = draw(rows.read(), kName, 0, total, "alive", now);
    EXPECT_FALSE(nothing.row);
    EXPECT_TRUE(nothing.portions.empty());
}

TEST_F(Portions, ALowerTotalIsKeptByThemTogether) {
    for (const char* holder : {"a", "b"}) EXPECT_TRUE(draw_by(holder, 100, rows.read()));
    total = 220;  // each of them has more than the 20 that are left
    const auto seen = rows.read();
    EXPECT_TRUE(draw_by("a", 20, seen));
    EXPECT_FALSE(draw_by("b", 20, seen));
    EXPECT_EQ(left(rows.read()), 0);
}

TEST_F(Portions, WhatIsTakenBackForALowerTotalIsThereForAll) {
    for (const char* holder : {"a", "b"}) EXPECT_TRUE(draw_by(holder, 100, rows.read()));
    const auto seen = rows.read();
    ASSERT_EQ(seen->portions.front().undrawn, 112);
    total = 350;
    EXPECT_TRUE(draw_by("a", 112, seen)) << "exactly its own";
    EXPECT_EQ(drawn(), 312);
    EXPECT_EQ(rows.read()->row.drawn, 312);
    EXPECT_TRUE(draw_by("b", 38, rows.read()));
    EXPECT_EQ(left(rows.read()), 0);
}

TEST_F(Portions, WhateverTheOrderExactlyWhatThereIsIsGiven) {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        std::mt19937 random{seed};
        rows = {};
        total = static_cast<std::int64_t>(random() % 400);
        const std::size_t servers = 1 + random() % 5;
        std::vector<std::optional<store::Pool>> seen(servers);
        std::int64_t given = 0;
        for (int i = 0; i < 400; ++i) {
            const std::size_t server = random() % servers;
            const std::string holder = "s" + std::to_string(server);
            if (random() % 3 != 0) seen[server] = rows.read();
            const std::int64_t by =
                random() % 4 == 0 ? -static_cast<std::int64_t>(random() % 20) : static_cast<std::int64_t>(random() % 30);
            // An edition may come that has less to give, though not less than was given.
            if (random() % 60 == 0) total = given + static_cast<std::int64_t>(random() % 150);
            if (by < 0 && given + by < 0) continue;
            if (by > left(seen[server])) continue;
            if (random() % 10 == 0) now.us += portion_kept_us / 3;
            if (draw_by(holder, by, seen[server])) given += by;
            ASSERT_EQ(drawn(), given) << seed;
            ASSERT_LE(given, total) << seed;
        }
        // What is left goes to whoever comes, to the last one.
        while (left(rows.read()) > 0) {
            ASSERT_TRUE(draw_by("s" + std::to_string(random() % servers), 1, rows.read())) << seed;
            ++given;
        }
        ASSERT_EQ(given, total) << seed;
    }
}

/// Two servers on one PostgreSQL.
class TwoServers : public AppTest {
protected:
    static constexpr int gifts = 40;

    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "SUKI_TEST_POSTGRES names no server";
        now = at(3, 1).us;
        database.emplace();
        store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        std::string text = club();
        text.replace(text.find("budget: 3 BYN"), 13, "budget: " + std::to_string(gifts) + " BYN");
        publish(text);
        other_store = open();
        other = std::make_unique<App>(*other_store, wiring());
    }
    void TearDown() override {
        other.reset();
        other_store.reset();
        AppTest::TearDown();
        store.reset();
    }
    std::unique_ptr<store::Store> open() const { return store::open_postgres({.url = database->url(), .now = at(1, 1)}); }
    /// How many receipts with tea got the gift of 1.00.
    int sell(App& server, const std::string& prefix, int receipts) const {
        int given = 0;
        for (int i = 0; i < receipts; ++i) {
            const auto sold = server.run(
                who(), RecordReceipt{.programme = "club", .receipt = receipt(prefix + std::to_string(i), 1000, at(3, 1), "tea")});
            EXPECT_TRUE(sold) << (sold ? "" : describe(sold.error()));
            if (sold && sold->outcome.discount == Money{100}) ++given;
        }
        return given;
    }
    [[nodiscard]] store::Pool pool() const {
        const auto rows = store->pools("foods", "club");
        EXPECT_EQ(rows.size(), 1u);
        return *store->find_pool({"foods", "club", rows.at(0).key, rows.at(0).period_start});
    }

    std::optional<house::TestDatabase> database;
    std::unique_ptr<store::Store> other_store;
    std::unique_ptr<App> other;
};

TEST_F(TwoServers, GiveTogetherExactlyWhatThereIs) {
    std::atomic<int> given{0};
    std::vector<std::thread> tills;
    for (int i = 0; i < 8; ++i) {
        tills.emplace_back([&, i] { given += sell(i % 2 == 0 ? *app : *other, "r" + std::to_string(i) + "-", gifts / 4); });
    }
    for (std::thread& till : tills) till.join();
    EXPECT_EQ(given, gifts);
    EXPECT_EQ(drawn_of(pool()), gifts * 100);
    EXPECT_TRUE(app->verify().breaches.empty());
}

TEST_F(TwoServers, WhatADeadOneHeldIsGivenByTheOther) {
    EXPECT_EQ(sell(*other, "a", 1), 1);
    ASSERT_EQ(pool().portions.size(), 1u);
    EXPECT_GT(pool().portions.at(0).undrawn, 0);
    other.reset();
    EXPECT_EQ(sell(*app, "b", gifts + 5), gifts - 1);
    EXPECT_EQ(pool().row.drawn, gifts * 100);
    // What lies there of those that are gone is cleared away.
    now += portion_kept_us + 1;
    ASSERT_TRUE(app->run(who(), Sweep{.accounts_max = 100}));
    EXPECT_TRUE(pool().portions.empty());
    EXPECT_TRUE(app->verify().breaches.empty());
}

TEST_F(TwoServers, AQuoteCountsWhatTheOthersHold) {
    EXPECT_EQ(sell(*other, "a", gifts - 1), gifts - 1);
    const auto quoted = app->quote("foods", {.programme = "club", .receipt = receipt("q", 1000, at(3, 1), "tea")});
    ASSERT_TRUE(quoted);
    EXPECT_EQ(quoted->outcome.discount, Money{100});
    EXPECT_EQ(sell(*other, "b", 1), 1);
    const auto late = app->quote("foods", {.programme = "club", .receipt = receipt("q", 1000, at(3, 1), "tea")});
    ASSERT_TRUE(late);
    EXPECT_EQ(late->outcome.discount, Money{0});
}

}  // namespace
}  // namespace suki::app
