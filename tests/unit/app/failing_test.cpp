#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

#include "app/decide.h"
#include "fixture.h"
#include "store/sqlite/open.h"

/// A store that does not come back, or only after a while; and another process that always writes first.
namespace suki::app {
namespace {

/// Holds the database's write lock, as a process that hangs in a transaction does.
class Blocker {
public:
    explicit Blocker(const std::string& path) {
        EXPECT_EQ(sqlite3_open(path.c_str(), &db_), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db_, "begin immediate", nullptr, nullptr, nullptr), SQLITE_OK);
    }
    ~Blocker() { sqlite3_close(db_); }

private:
    sqlite3* db_ = nullptr;
};

class Failing : public AppTest {
protected:
    void SetUp() override {
        now = at(3, 1).us;
        folder = std::filesystem::temp_directory_path() / ("suki-failing-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(club());
        ana = join("ana");
        bob = join("bob");
    }
    void TearDown() override {
        AppTest::TearDown();
        store.reset();
        std::filesystem::remove_all(folder);
    }
    std::string path() const { return (folder / "suki.db").string(); }
    std::unique_ptr<store::Store> open() const {
        return store::open_sqlite({.path = path(), .now = at(1, 1), .busy_timeout_ms = 1, .is_durable = false});
    }
    Command sale(const MemberName& member, const std::string& id) const {
        return RecordReceipt{.programme = "club", .member = member, .receipt = receipt(id, 1000, at(3, 1))};
    }
    static bool comes(const std::function<bool()>& is_there) {
        for (int i = 0; i < 1'000 && !is_there(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return is_there();
    }

    std::filesystem::path folder;
    MemberName ana, bob;
};

TEST_F(Failing, readiness_returns_by_itself) {
    {
        const Blocker blocker{path()};
        const auto refused = app->run_any(who(), sale(ana, "r1"));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, "store_unavailable");
        EXPECT_FALSE(app->is_ready());
        // What is answered without writing says nothing of it.
        EXPECT_EQ(app->run(who(), ReleaseHold{.programme = "club", .hold = HoldId{}}).error().code, "hold_unknown");
        EXPECT_FALSE(app->is_ready());
        // It asks the store and not the time.
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        EXPECT_FALSE(app->is_ready());
    }
    EXPECT_TRUE(comes([&] { return app->is_ready(); })) << "though nobody was sent here meanwhile";
    EXPECT_TRUE(app->run_any(who(), sale(ana, "r1")));
    EXPECT_TRUE(app->quarantined("foods").empty());
}

TEST_F(Failing, stopping_does_not_wait_for_a_store_that_does_not_come_back) {
    Wiring one_by_one = wiring();
    one_by_one.commands_per_commit = 1;
    app.reset();
    app = std::make_unique<App>(*store, std::move(one_by_one));
    constexpr int kCommands = 200;
    std::atomic<int> unavailable{0};
    {
        const Blocker blocker{path()};
        for (int i = 0; i < kCommands; ++i) {
            app->submit(who(), sale(ana, "r" + std::to_string(i)), [&](const Answered<Answer>& answer) {
                if (!answer && answer.error().code == "store_unavailable") ++unavailable;
            });
        }
        const auto begun_at = app->figures().store_faults;
        app->stop();
        EXPECT_EQ(unavailable, kCommands) << "each is answered";
        EXPECT_LT(app->figures().store_faults - begun_at, 20u) << "and few are tried";
    }
    start();
    EXPECT_TRUE(app->run_any(who(), sale(ana, "r1")));
}

TEST_F(Failing, a_member_whom_another_process_always_writes_takes_no_others_hostage) {
    const auto other_store = open();
    const auto other = std::make_unique<App>(*other_store, wiring());
    int written = 0;
    Wiring late = wiring();
    // Whenever a sale of bob's is decided, the other process has just recorded one of ana's.
    late.before_deciding = [&](const Command& command) {
        if (const auto* sold = std::get_if<RecordReceipt>(&command); sold != nullptr && sold->member.value == bob.value) {
            while (!other->run_any(who(), sale(ana, "other" + std::to_string(written)))) {}
            ++written;
        }
    };
    app.reset();
    app = std::make_unique<App>(*store, std::move(late));
    std::vector<Command> commands;
    for (int i = 0; i < 4; ++i) {
        commands.push_back(sale(ana, "a" + std::to_string(i)));
        commands.push_back(sale(bob, "b" + std::to_string(i)));
    }
    for (const auto& answer : app->run_many(who(), commands)) EXPECT_TRUE(answer) << describe(answer.error());
    EXPECT_TRUE(app->is_ready());
    EXPECT_TRUE(comes([&] { return balance(ana).pending == Points{50 + (4 + written) * 30}; }));
}

TEST_F(Failing, a_suspect_that_is_known_of_only_when_its_batch_is_split_is_decided_all_the_same) {
    const auto other_store = open();
    const auto other = std::make_unique<App>(*other_store, wiring());
    int written = 0;
    Wiring late = wiring();
    late.others_seen_within_ms = 3'600'000;
    late.before_deciding = [&](const Command& command) {
        if (const auto* sold = std::get_if<RecordReceipt>(&command); sold != nullptr && sold->receipt.id == "b") {
            while (!other->run_any(who(), sale(ana, "other" + std::to_string(written)))) {}
            ++written;
        }
    };
    app.reset();
    app = std::make_unique<App>(*store, std::move(late));
    // Another process wrote it down; this one looks only when the batch is made.
    const store::CommandKey suspect = in_flight("foods", sale(ana, "a")).key;
    other_store->commit({.suspects = {{.key = suspect, .command = "record_receipt", .subject = "a", .deaths = 1}}});
    for (const auto& answer : app->run_many(who(), {sale(ana, "a"), sale(bob, "b")})) {
        EXPECT_TRUE(answer) << describe(answer.error());
    }
    EXPECT_GE(written, 2) << "the batch was not split";
    EXPECT_EQ(app->figures().suspects, 0u);
    EXPECT_TRUE(store->suspects().empty());
}

}  // namespace
}  // namespace suki::app
