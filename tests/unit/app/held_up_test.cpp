#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "choosy_store.h"
#include "fixture.h"

/// A store that goes on working but for some rows: other servers hold them locked, or what would be written fails. On a database
/// file, whichever database the tests run for: what another server's lock makes of a commit is thrown by hand.
namespace suki::app {
namespace {

class HeldUp : public AppTest {
protected:
    void SetUp() override {
        now = at(3, 1).us;
        folder = std::filesystem::temp_directory_path() / ("suki-held-up-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        auto made = std::make_unique<ChoosyStore>(
            store::SqliteOptions{.path = (folder / "suki.db").string(), .now = at(1, 1), .is_durable = false});
        choosy = made.get();
        store = std::move(made);
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(club());
    }
    void TearDown() override {
        AppTest::TearDown();
        store.reset();
        std::filesystem::remove_all(folder);
    }
    /// From now on whatever changes what that member has waits for a lock, in vain.
    void hold(const MemberName& member) {
        const auto found = app->find_member("foods", "club", member);
        ASSERT_TRUE(found);
        app.reset();
        is_held = true;
        choosy->before_commit = [this, account = found->account](const store::Batch& batch) {
            const bool is_touched = std::any_of(batch.states.begin(), batch.states.end(),
                                                [&](const store::StateRow& row) { return row.account == account; });
            if (!is_held || !is_touched) return;
            ++attempts;
            if (when_held) when_held();
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
            throw_held();
        };
    }
    [[noreturn]] static void throw_held() {
        store::Conflict conflict{"state", "canceling statement due to lock timeout"};
        conflict.state = "55P03";
        throw conflict;
    }
    void start_halving_for(std::chrono::milliseconds time) {
        Wiring wired = wiring();
        wired.halved_within_ms = time.count();
        app.reset();
        app = std::make_unique<App>(*store, std::move(wired));
    }
    static Command sale(const MemberName& member, const std::string& id) {
        return RecordReceipt{.programme = "club", .member = member, .receipt = receipt(id, 1000, at(3, 1))};
    }
    /// As many members, each with a receipt.
    void buy_milk(int members) {
        std::vector<Command> history;
        for (int i = 0; i < members; ++i) {
            history.emplace_back(RecordReceipt{.programme = "club",
                                               .member = {NamedBy::external, "m" + std::to_string(i)},
                                               .receipt = receipt("h" + std::to_string(i), 2000, at(2, 1), "milk"),
                                               .is_import = true,
                                               .creates_member = true});
        }
        for (const auto& answer : app->run_many(who(), std::move(history))) ASSERT_TRUE(answer) << describe(answer.error());
    }
    void run_sql(const std::string& statement) const {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open((folder / "suki.db").c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
        sqlite3_close(db);
    }
    static bool comes(const std::function<bool()>& is_there) {
        for (int i = 0; i < 1'000 && !is_there(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        return is_there();
    }

    std::filesystem::path folder;
    ChoosyStore* choosy = nullptr;
    std::atomic<bool> is_held{false};
    std::atomic<int> attempts{0};     // to write what is held
    std::function<void()> when_held;  // at each of them
};

TEST_F(HeldUp, a_batch_whose_rows_others_hold_is_not_halved_while_those_behind_it_wait) {
    constexpr int kTogether = 64;
    const MemberName ana = join("ana");
    const MemberName bob = join("bob");
    hold(ana);
    std::atomic<bool> is_bob_done{false};
    when_held = [&] {
        if (attempts > 1) return;
        app->submit(who(), sale(bob, "b"), [&](const Answered<Answer>& answer) { is_bob_done = answer.has_value(); });
    };
    start_halving_for(std::chrono::milliseconds{100});
    std::vector<Command> commands;
    for (int i = 0; i < kTogether; ++i) commands.push_back(sale(ana, "a" + std::to_string(i)));
    for (const auto& answer : app->run_many(who(), std::move(commands))) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, "store_unavailable");
    }
    // Six of the whole take most of that time, and six of a half the rest: what is left is tried as it lies. Halved to the end it
    // would be twice as many parts as there are commands.
    EXPECT_LT(attempts, kTogether);
    EXPECT_TRUE(comes([&] { return is_bob_done.load(); })) << "he had to wait for nothing";
    EXPECT_TRUE(app->is_ready());
    EXPECT_TRUE(app->quarantined("foods").empty());

    is_held = false;
    EXPECT_TRUE(app->run_any(who(), sale(ana, "a0")));
    EXPECT_EQ(balance(ana).pending, Points{50 + 30});
}

TEST_F(HeldUp, the_one_whose_rows_others_hold_is_refused_alone_while_there_is_time_to_find_it) {
    constexpr int kTogether = 8;
    std::vector<MemberName> members;
    for (int i = 0; i < kTogether; ++i) members.push_back(join("m" + std::to_string(i)));
    const std::size_t held = 5;
    hold(members[held]);
    start_halving_for(std::chrono::hours{1});
    std::vector<Command> commands;
    for (const MemberName& member : members) commands.push_back(sale(member, "of " + member.value));
    const auto answers = app->run_many(who(), std::move(commands));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(answers[i] ? "ok" : answers[i].error().code, i == held ? "store_unavailable" : "ok") << i;
    }
    // The first time behind the committer's back; then six of eight, of four, of two and of it alone.
    EXPECT_LE(attempts, 1 + 4 * 6);
    EXPECT_GE(attempts, 1 + 4);
    EXPECT_TRUE(app->is_ready());
    EXPECT_TRUE(app->quarantined("foods").empty());

    is_held = false;
    EXPECT_TRUE(app->run_any(who(), sale(members[held], "of " + members[held].value)));
}

TEST_F(HeldUp, no_account_is_passed_over_where_filling_its_counter_fails) {
    constexpr int kMembers = 350;
    buy_milk(kMembers);
    const auto behind = [&] { return store->accounts_counted_below("foods", "club", 2, std::nullopt, kMembers).size(); };
    ASSERT_EQ(behind(), kMembers);
    app.reset();
    constexpr int kOfHundred = 2, kHeld = 4, kOfOne = 34;
    std::atomic<int> fillings{0};
    choosy->before_commit = [&](const store::Batch& batch) {
        if (batch.states.empty()) return;
        const int filling = ++fillings;
        if (filling == kOfHundred) throw store::StoreFault{"the disk is full", true};
        // One of the next hundred is held, so they are written one by one; and in the middle of those it fails again.
        if (filling == kHeld) throw_held();
        if (filling == kOfOne) throw store::StoreFault{"the disk is full", true};
    };
    start();
    ASSERT_TRUE(app->run(who(), PublishEdition{.document = club_with_counter("milk"), .allow_past = true}));
    EXPECT_TRUE(comes([&] { return behind() == 0; })) << behind() << " are left";
    EXPECT_GT(fillings, kOfOne);
    int filled = 0;
    store::Visitor each;
    each.state = [&](const store::StateRow& row) {
        EXPECT_EQ(row.counted_to, 2);
        return ++filled > 0;
    };
    store->visit(each);
    EXPECT_EQ(filled, kMembers);
}

TEST_F(HeldUp, an_account_that_can_not_be_read_keeps_no_others_from_being_filled) {
    constexpr int kMembers = 250;
    buy_milk(kMembers);
    app.reset();
    const std::string third = " where account = (select account from account_state order by account limit 1 offset 2)";
    run_sql("create table aside as select * from account_state" + third);
    run_sql("update account_state set packed = substr(packed, 1, 5)" + third);
    start();
    ASSERT_TRUE(app->run(who(), PublishEdition{.document = club_with_counter("milk"), .allow_past = true}));
    const auto behind = [&] { return store->accounts_counted_below("foods", "club", 2, std::nullopt, kMembers).size(); };
    EXPECT_TRUE(comes([&] { return behind() == 1; })) << behind() << " are left";
    app.reset();
    run_sql("update account_state set packed = (select packed from aside)" + third);
    run_sql("drop table aside");
    start();
}

}  // namespace
}  // namespace suki::app
