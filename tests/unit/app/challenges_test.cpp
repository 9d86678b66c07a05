#include <thread>

#include "fixture.h"

/// Challenges where a story can't look: many receipts at once, in any order, with returns; verify looks at the end of every test.
namespace suki::app {
namespace {

class ChallengesTest : public AppTest {
protected:
    static std::string document(const std::string& more = {}) {
        std::string text = club();
        const std::string challenges =
            "challenges:\n  coffee:\n    collect: {of: {category: coffee}, need: 3}\n"
            "    give: {points: 30}\n    again: yes\n" +
            more;
        return text.insert(text.find("offers:"), challenges);
    }
    void add_member(const std::string& name) {
        ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = name}}));
    }
    static MemberName member(const std::string& name) { return {.by = NamedBy::external, .value = name}; }
    Answered<ReceiptAnswer> buy(const std::string& name, const std::string& id, std::int64_t cups, int day = 1) {
        RecordReceipt command{.programme = "club", .member = member(name)};
        command.receipt.id = id;
        command.receipt.occurred_at = at(2, day);
        event::Line line;
        line.number = 1;
        line.sku = "cup";
        line.category = "coffee";
        line.quantity = {cups * 1000, QuantityUnit::piece};
        line.amount = Money{cups * 100};
        command.receipt.lines.push_back(line);
        return app->run(who(), command);
    }
    Answered<ReturnAnswer> give_back(const std::string& id, std::int64_t cups) {
        event::Return what{.id = "back-" + id, .receipt = id, .occurred_at = at(3, 1)};
        what.lines.push_back({.line = 1, .quantity = {cups * 1000, QuantityUnit::piece}});
        return app->run(who(), ReturnGoods{"club", what});
    }
    engine::ChallengeOutlook coffee(const std::string& name) {
        const auto found = app->challenges("foods", "club", member(name));
        EXPECT_TRUE(found && found->challenges.size() == 1);
        return found && !found->challenges.empty() ? found->challenges.front() : engine::ChallengeOutlook{};
    }
};

// Sixty-four receipts of one member at once, of one cup each: as many rewards as there are threes.
TEST_F(ChallengesTest, every_third_cup_of_many_at_once_is_given_for) {
    publish(document());
    add_member("ana");
    std::atomic<std::int64_t> given = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&, client] {
            const auto answer = buy("ana", "r" + std::to_string(client), 1, 1 + client % 20);
            ASSERT_TRUE(answer);
            for (const engine::ChallengeMove& move : answer->challenges) given += move.times;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(given, 21);
    EXPECT_EQ(coffee("ana").times, 21);
    EXPECT_EQ(coffee("ana").parts.front().have, 1);
}

// The last of what is given in all go to as many members as there are of them; nobody else loses what was collected.
TEST_F(ChallengesTest, a_limit_in_all_is_never_passed) {
    publish(document("    limit: 7 in all\n"));
    for (int i = 0; i < 16; ++i) add_member("m" + std::to_string(i));
    std::atomic<std::int64_t> given = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&, client] {
            const auto answer = buy("m" + std::to_string(client % 16), "r" + std::to_string(client), 1);
            ASSERT_TRUE(answer);
            for (const engine::ChallengeMove& move : answer->challenges) given += move.times;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(given, 7);
    std::int64_t cups = 0;
    for (int i = 0; i < 16; ++i) {
        const engine::ChallengeOutlook outlook = coffee("m" + std::to_string(i));
        cups += outlook.times * 3 + outlook.parts.front().have;
    }
    EXPECT_EQ(cups, 64);
}

// In any order and with returns: stamps less three for each reward are what is on the card.
TEST_F(ChallengesTest, what_is_on_the_card_is_what_was_not_given_for) {
    publish(document());
    add_member("ana");
    std::uint64_t chance = 11;
    const auto next = [&](std::uint64_t most) {
        chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::int64_t>((chance >> 33) % most);
    };
    std::int64_t cups = 0;
    for (int round = 0; round < 60; ++round) {
        const std::string id = "r" + std::to_string(round);
        const std::int64_t bought = 1 + next(7);
        ASSERT_TRUE(buy("ana", id, bought, 1 + static_cast<int>(next(27))));
        cups += bought;
        if (next(3) == 0) {
            const std::int64_t back = 1 + next(static_cast<std::uint64_t>(bought));
            ASSERT_TRUE(give_back(id, back));
            cups -= back;
        }
        const engine::ChallengeOutlook outlook = coffee("ana");
        const std::int64_t left = cups - outlook.times * 3;
        ASSERT_EQ(outlook.parts.front().have, std::max<std::int64_t>(left, 0));
        ASSERT_EQ(outlook.parts.front().missing, std::max<std::int64_t>(3 - left, 0));
    }
    // Every cup back: nothing is left, and no point.
    for (int round = 0; round < 60; ++round) {
        event::Return what{.id = "void-" + std::to_string(round), .receipt = "r" + std::to_string(round), .occurred_at = at(3, 1)};
        what.is_void = true;
        (void)app->run(who(), VoidReceipt{"club", what});  // some are back already
    }
    EXPECT_EQ(coffee("ana").times, 0);
    EXPECT_EQ(coffee("ana").parts.front().have, 0);
    const auto found = app->find_member("foods", "club", member("ana"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->balances.at(0).available.minor() + found->balances.at(0).pending.minor(), 50);
}

}  // namespace
}  // namespace suki::app
