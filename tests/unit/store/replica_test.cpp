#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "house/test_database.h"
#include "rows.h"
#include "source_dir.h"
#include "store/postgres/open.h"

/// A standby that is read.
namespace suki::store::testing {

namespace {

/// Two servers of their own for all tests: a copy of the one that other tests use would be large.
class ReplicaTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (house::test_server().empty()) return;
        place = std::filesystem::temp_directory_path() / ("suki-replica-" + std::to_string(getpid()));
        std::filesystem::create_directories(place);
        std::filesystem::permissions(place, std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
        is_up = script("start", primary(), "fsync=off full_page_writes=off") && script("standby", standby(), primary());
    }
    static void TearDownTestSuite() {
        if (place.empty()) return;
        EXPECT_TRUE(script("stop", standby()));
        EXPECT_TRUE(script("stop", primary()));
        std::filesystem::remove_all(place);
    }
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "SUKI_TEST_POSTGRES names no server";
        ASSERT_TRUE(is_up);
        const std::string name = "shop" + std::to_string(++databases);
        house::run_sql(address(primary(), "postgres"), "create database " + name);
        url = address(primary(), name);
        standby_url = address(standby(), name);
        store = open_postgres({.url = url, .now = kNow, .replica_url = standby_url});
        (void)store->change_mark();
    }
    void TearDown() override { store.reset(); }

    static std::string primary() { return (place / "primary").string(); }
    static std::string standby() { return (place / "standby").string(); }
    static std::string address(const std::string& folder, const std::string& name) {
        return "postgresql:///" + name + "?host=" + folder + "&port=5432&user=suki";
    }
    [[nodiscard]] static bool script(const std::string& command, const std::string& folder, const std::string& more = {}) {
        const std::string line = std::string{"bash "} + SUKI_SOURCE_DIR + "/scripts/postgres.sh " + command + " " + folder + " " + more;
        return std::system((line + " > /dev/null").c_str()) == 0;
    }
    bool is_there(std::uint64_t n) {
        bool is = false;
        store->on_replica([&] { is = store->find_account("meat", account_id(n)).has_value(); });
        return is;
    }
    /// Waits for what must come by itself.
    static bool comes(const std::function<bool()>& is_so) {
        for (int i = 0; i < 1'000; ++i) {
            if (is_so()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return false;
    }
    std::uint64_t reads() { return store->replica_figures().reads; }
    std::uint64_t passed_over() { return store->replica_figures().passed_over; }

    inline static std::filesystem::path place;
    inline static bool is_up = false;
    inline static int databases = 0;
    std::string url, standby_url;
    std::unique_ptr<Store> store;
};

}  // namespace

TEST_F(ReplicaTest, ShowsWhatWasCommittedWheneverItIsAsked) {
    EXPECT_TRUE(store->replica_figures().is_configured);
    std::uint64_t n = 0;
    for (int i = 0; i < 100; ++i) {
        store->commit(purchase(++n));
        EXPECT_TRUE(is_there(n)) << n;
    }
    // And it is the replica that says so, as soon as it has caught up.
    const std::uint64_t before = reads();
    EXPECT_TRUE(comes([&] { return is_there(n) && reads() > before; }));
}

TEST_F(ReplicaTest, IsPassedOverWhileItIsBehind) {
    store->commit(purchase(1));
    EXPECT_TRUE(comes([&] { return is_there(1) && reads() > 0; }));
    house::run_sql(standby_url, "select pg_wal_replay_pause()");
    store->commit(purchase(2));
    const std::uint64_t before = passed_over();
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(is_there(2));
    EXPECT_EQ(passed_over(), before + 20);
    house::run_sql(standby_url, "select pg_wal_replay_resume()");
    const std::uint64_t read = reads();
    EXPECT_TRUE(comes([&] { return is_there(2) && reads() > read; }));
    // What another server committed counts from when this one looked round.
    const auto other = open_postgres({.url = url, .now = kNow});
    house::run_sql(standby_url, "select pg_wal_replay_pause()");
    other->commit(purchase(3));
    (void)store->change_mark();
    EXPECT_TRUE(is_there(3));
    house::run_sql(standby_url, "select pg_wal_replay_resume()");
}

TEST_F(ReplicaTest, IsNotMissedWhenItGoes) {
    store->commit(purchase(1));
    EXPECT_TRUE(comes([&] { return is_there(1) && reads() > 0; }));
    ASSERT_TRUE(script("crash", standby()));
    for (std::uint64_t n = 2; n < 20; ++n) {
        store->commit(purchase(n));
        EXPECT_TRUE(is_there(n));
    }
    ASSERT_TRUE(script("resume", standby()));
    const std::uint64_t read = reads();
    EXPECT_TRUE(comes([&] { return is_there(19) && reads() > read; })) << "it is asked again after some seconds";
}

TEST_F(ReplicaTest, ThatIsAPrimaryIsNotRead) {
    store = open_postgres({.url = url, .now = kNow, .replica_url = url});
    (void)store->change_mark();
    store->commit(purchase(1));
    EXPECT_TRUE(is_there(1));
    EXPECT_EQ(reads(), 0u);
}

}  // namespace suki::store::testing
