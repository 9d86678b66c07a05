#include <thread>

#include "base/limits.h"
#include "fixture.h"

/// Levels that are granted, where a story can't look: many at once, and their limit.
namespace suki::app {
namespace {

class LevelGrantsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"), "  match: {rival: {level: friend, lasts: 2 months}}\n");
        publish(document);
        ana = join("ana");
    }
    Answered<LevelGrantView> grant(const std::string& level, const std::string& match = {}) {
        return app->run(who(), GrantLevel{.programme = "club", .member = ana, .level = level, .match = match, .reason = "a test"});
    }
    std::string level() {
        const auto found = app->find_member("foods", "club", ana);
        return found && found->level ? found->level->level : "";
    }
    MemberName ana;
};

TEST_F(LevelGrantsTest, a_match_is_given_once_however_many_ask) {
    std::atomic<int> given = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&] {
            const auto answer = grant("", "rival");
            given += answer ? 1 : 0;
            refused += !answer && answer.error().code == "level_match_used" ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(given, 1);
    EXPECT_EQ(refused, 63);
    EXPECT_EQ(level(), "friend");
}

// Grants, ends and sales at once: verify (at the end of every test) finds the account and its records of one mind.
TEST_F(LevelGrantsTest, everything_at_once_adds_up) {
    std::vector<std::thread> threads;
    for (int client = 0; client < 8; ++client) {
        threads.emplace_back([&, client] {
            for (int round = 0; round < 5; ++round) {
                const auto granted = grant("friend");
                (void)buy(ana, receipt("r" + std::to_string(client * 10 + round), 500, at(3, 1)));
                if (!granted || round == 4) continue;
                EXPECT_TRUE(
                    app->run(who(), EndLevelGrant{.programme = "club", .member = ana, .grant = granted->id, .reason = "a test"}));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const auto grants = app->level_grants("foods", "club", ana);
    ASSERT_TRUE(grants);
    EXPECT_EQ(grants->size(), 40u);
    EXPECT_EQ(std::count_if(grants->begin(), grants->end(), [](const LevelGrantView& one) { return one.is_in_force; }), 8);
    EXPECT_EQ(level(), "friend");
}

TEST_F(LevelGrantsTest, nobody_is_granted_levels_without_end) {
    for (std::size_t i = 0; i < limits::level_grants_per_account; ++i) ASSERT_TRUE(grant("friend"));
    const auto more = grant("friend");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, "level_grants_too_many");
}

}  // namespace
}  // namespace suki::app
