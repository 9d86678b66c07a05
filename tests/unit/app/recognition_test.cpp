#include <set>
#include <thread>

#include "app/recognition.h"
#include "fixture.h"
#include "house/test_database.h"
#include "store/postgres/open.h"

/// Recognition where a story can't look: what the interface refuses before it is asked, many who give at once, and verify.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class RecognitionTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"),
                        "recognition: {thanks: {allowance: 100 points per calendar month, to_one: 60 per calendar month}}\n");
        publish(document);
        for (int i = 0; i < kMembers; ++i) {
            ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = name_of_member(i)}}));
        }
    }
    static constexpr int kMembers = 9;
    static constexpr std::int64_t kWelcome = 50;  // of the club
    static std::string name_of_member(int i) { return "m" + std::to_string(i); }
    static MemberName member(int i) { return {.by = NamedBy::external, .value = name_of_member(i)}; }
    Answered<RecognitionView> thank(int from, int to, std::int64_t points, const std::string& message = {}) {
        GiveRecognition command{.programme = "club", .member = member(from), .to = member(to), .kind = "thanks"};
        command.points = Points{points};
        command.message = message;
        return app->run(who(), command);
    }
    Answered<RecognitionView> withdraw(int from, const std::string& id) {
        return app->run(who(),
                        WithdrawRecognition{.programme = "club", .member = member(from), .recognition = id, .reason = "a test"});
    }
    /// Points that a member has from colleagues.
    std::int64_t total(int i) {
        const auto found = app->find_member("foods", "club", member(i));
        return found ? found->balances.at(0).available.minor() + found->balances.at(0).pending.minor() - kWelcome : -1;
    }
    std::int64_t left(int i) { return app->recognitions_of("foods", "club", member(i))->left.at(0); }
};

TEST_F(RecognitionTest, numbers_and_texts_have_their_limits) {
    EXPECT_EQ(code_of(thank(0, 1, 0)), "recognition_points_out_of_range");
    EXPECT_EQ(code_of(thank(0, 1, -5)), "recognition_points_out_of_range");
    EXPECT_EQ(code_of(thank(0, 1, 101)), "recognition_points_out_of_range");
    EXPECT_EQ(code_of(thank(0, 1, 1, "a\x01")), "recognition_malformed");
    EXPECT_EQ(code_of(thank(0, 1, 60, "well done")), "ok");
    EXPECT_EQ(code_of(thank(0, 1, 1)), "recognition_to_one_reached");
    EXPECT_EQ(left(0), 40);
    EXPECT_EQ(total(1), 60);
}

// Sixty-four at once, to eight colleagues: the allowance is given, and not a point more.
TEST_F(RecognitionTest, an_allowance_is_never_more_than_it_is) {
    std::atomic<int> given = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&, client] {
            const std::string code = code_of(thank(0, 1 + client % 8, 7));
            given += code == "ok" ? 1 : 0;
            EXPECT_TRUE(code == "ok" || code == "recognition_allowance_used") << code;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(given, 14);
    EXPECT_EQ(left(0), 2);
    std::int64_t received = 0;
    for (int i = 1; i < kMembers; ++i) received += total(i);
    EXPECT_EQ(received, 98);
}

// Everybody to one, both ways, and withdrawn at once: what each has is what stands, and verify agrees after every test.
TEST_F(RecognitionTest, everything_at_once_adds_up) {
    std::atomic<std::int64_t> balance = 0;
    std::vector<std::thread> threads;
    for (int client = 1; client < kMembers; ++client) {
        threads.emplace_back([&, client] {
            for (int round = 0; round < 6; ++round) {
                const auto one = thank(client, 0, 9);
                (void)thank(0, client, 3);
                if (one) balance += 9;
                if (!one || round % 2 == 0) continue;
                EXPECT_EQ(code_of(withdraw(0, one->id)), "ok");
                balance -= 9;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(total(0), balance);
    EXPECT_EQ(left(0) % 3, 1);
}

TEST_F(RecognitionTest, withdrawn_at_once_by_many_it_is_taken_back_once) {
    const auto one = thank(0, 1, 40);
    ASSERT_TRUE(one);
    ASSERT_TRUE(thank(2, 1, 40));
    std::atomic<int> done = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 16; ++client) {
        threads.emplace_back([&] { done += withdraw(1, one->id) ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, 1);
    EXPECT_EQ(total(1), 40);
    EXPECT_EQ(left(0), 100);
}

// What either side's record says is held to the other's and to the journal.
TEST_F(RecognitionTest, verify_compares_both_sides_with_each_other_and_with_the_journal) {
    const auto one = thank(0, 1, 40);
    ASSERT_TRUE(one);
    const auto found = app->find_member("foods", "club", member(1));
    ASSERT_TRUE(found);
    const store::RecordKey key{.org = "foods", .account = found->account, .id = *parse_id(kRecognitionPrefix, one->id)};
    const auto whole = unpack_record<RecognitionBody>(*store->find_record(key));
    using Breaches = std::set<std::string>;
    const auto breaches_of = [&](const RecognitionBody& body) {
        store::RecordRow row = *store->find_record(key);
        row.packed = pack_record(body);
        ++row.version;
        store::Batch batch;
        batch.records.push_back(row);
        store->commit(batch);
        Breaches breaches;
        for (const VerifyBreach& breach : app->verify().breaches) breaches.insert(breach.what);
        return breaches;
    };
    RecognitionBody wrong = whole;
    wrong.points = Points{41};
    EXPECT_EQ(breaches_of(wrong), (Breaches{"recognition_differs_from_journal", "recognition_of_nobody", "recognition_by_nobody"}));
    wrong = whole;
    wrong.other = found->member;
    EXPECT_EQ(breaches_of(wrong), (Breaches{"recognition_of_nobody", "recognition_by_nobody"}));
    EXPECT_EQ(breaches_of(whole), Breaches{});
}

/// Two servers on one PostgreSQL.
class RecognitionOfServers : public AppTest {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "no PostgreSQL";
        now = at(3, 1).us;
        database_.emplace();
        store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        std::string document = club();
        document.insert(document.find("offers:"),
                        "recognition: {thanks: {allowance: 100 points per calendar month, not_back: 7 days}}\n");
        publish(document);
        for (const char* name : {"ana", "ben", "eve"}) join(name);
        other_store_ = open();
        other_ = std::make_unique<App>(*other_store_, wiring());
    }
    void TearDown() override {
        other_.reset();
        other_store_.reset();
        AppTest::TearDown();
        store.reset();
    }
    std::unique_ptr<store::Store> open() const { return store::open_postgres({.url = database_->url(), .now = at(1, 1)}); }
    static std::string thank(App& server, const std::string& from, const std::string& to, std::int64_t points) {
        GiveRecognition command{.programme = "club",
                                .member = {.by = NamedBy::external, .value = from},
                                .to = {.by = NamedBy::external, .value = to},
                                .kind = "thanks"};
        command.points = Points{points};
        return code_of(server.run(who(), command));
    }
    std::optional<house::TestDatabase> database_;
    std::unique_ptr<store::Store> other_store_;
    std::unique_ptr<App> other_;
};

TEST_F(RecognitionOfServers, an_allowance_is_one_on_all_of_them) {
    std::atomic<int> given = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&, client] {
            const std::string code = thank(client % 2 == 0 ? *app : *other_, "ana", client % 3 == 0 ? "ben" : "eve", 9);
            given += code == "ok" ? 1 : 0;
            EXPECT_TRUE(code == "ok" || code == "recognition_allowance_used") << code;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(given, 11);
}

// Of two who thank each other at once on two servers one was first, and the other may not give back yet.
TEST_F(RecognitionOfServers, nobody_gives_back_at_the_same_moment) {
    std::atomic<int> given = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 2; ++client) {
        threads.emplace_back([&, client] {
            const bool is_ana = client == 0;
            const std::string code = thank(is_ana ? *app : *other_, is_ana ? "ana" : "ben", is_ana ? "ben" : "ana", 5);
            given += code == "ok" ? 1 : 0;
            EXPECT_TRUE(code == "ok" || code == "recognition_not_back_yet") << code;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(given, 1);
}

}  // namespace
}  // namespace suki::app
