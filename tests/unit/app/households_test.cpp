#include <thread>

#include "fixture.h"

/// Households where a story can't look: many who join at once, counters of later editions, what is stored, and the audit log.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class HouseholdsTest : public AppTest {
protected:
    static std::string home(const std::string& offers = {}) {
        std::string document = club();
        document.insert(document.find("offers:"), "household: {people: 4}\ncards: {bearer: gathers}\n");
        document.insert(document.find("spend:\n  at_till"),
                        "  once: {when: {category: jam}, give: {points: 1000}, limit: 1 per member}\n" + offers);
        return document;
    }
    void SetUp() override {
        AppTest::SetUp();
        publish(home());
        for (const std::string name : {"ana", "ben", "cat"}) add(name);
    }
    void TearDown() override {
        const VerifyReport report = app->verify();
        for (const auto& breach : report.breaches) ADD_FAILURE() << breach.what << " " << breach.where << " " << breach.details;
        AppTest::TearDown();
    }
    void add(const std::string& name) {
        const auto made = app->run(
            who(), CreateMember{.programme = "club", .profile = {.name = name, .external_id = name}, .card = "card-" + name});
        ASSERT_TRUE(made) << code_of(made);
    }
    static MemberName named(const std::string& name) { return {.by = NamedBy::external, .value = name}; }
    std::string join(const std::string& name, const std::string& to) {
        return code_of(
            app->run(who(), JoinHousehold{.programme = "club", .member = named(name), .to = named(to), .reason = "a test"}));
    }
    std::string leave(const std::string& name) {
        return code_of(app->run(who(), LeaveHousehold{.programme = "club", .member = named(name), .reason = "a test"}));
    }
    /// The points of the offer that each may use once, and those of a later edition.
    std::int64_t buy(const std::string& name, const std::string& id, const std::string& category = "jam") {
        RecordReceipt sold{.programme = "club"};
        sold.receipt = {.id = id, .store = "s1", .till = "t1", .number = id, .occurred_at = Instant{now.load()}};
        sold.receipt.card = "card-" + name;
        sold.receipt.lines.push_back(
            {.number = 1, .category = category, .quantity = {1000, QuantityUnit::piece}, .amount = Money{100}});
        const auto answer = app->run(who(), sold);
        EXPECT_TRUE(answer) << code_of(answer);
        if (!answer) return -1;
        return answer->outcome.points.empty() ? 0 : answer->outcome.points[0].minor() - 3;
    }
    std::string undo(const std::string& id) {
        const event::Return what{.id = "void-" + id, .receipt = id, .occurred_at = Instant{now.load()}};
        return code_of(app->run(who(), VoidReceipt{.programme = "club", .what = what}));
    }
    std::size_t people(const std::string& name) {
        const auto found = app->household("foods", "club", named(name));
        return found ? found->people.size() : 99;
    }
};

// Of sixty-four who want the last places at once, exactly as many join as there are.
TEST_F(HouseholdsTest, the_last_place_is_taken_once) {
    for (int i = 0; i < 64; ++i) add("p" + std::to_string(i));
    ASSERT_EQ(join("ben", "ana"), "ok");
    std::atomic<int> joined = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 64; ++i) {
        threads.emplace_back([&, i] {
            const std::string code = join("p" + std::to_string(i), "ana");
            joined += code == "ok" ? 1 : 0;
            refused += code == "household_full" ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(joined, 2);
    EXPECT_EQ(refused, 62);
    EXPECT_EQ(people("ana"), 4u);
}

// Two who ask each other at once make one household, and everybody is in one at most.
TEST_F(HouseholdsTest, who_joins_whom_is_decided_once) {
    std::vector<std::thread> threads;
    std::atomic<int> joined = 0;
    for (const auto& [name, to] :
         {std::pair{"ana", "ben"}, std::pair{"ben", "ana"}, std::pair{"cat", "ana"}, std::pair{"cat", "ben"}}) {
        threads.emplace_back(
            [&, member = std::string{name}, other = std::string{to}] { joined += join(member, other) == "ok" ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(joined, 2);
    EXPECT_EQ(people("cat"), 3u);
}

TEST_F(HouseholdsTest, each_uses_an_offer_by_themselves) {
    EXPECT_EQ(buy("ana", "r1"), 1000);
    EXPECT_EQ(buy("ben", "r2"), 1000);
    ASSERT_EQ(join("ben", "ana"), "ok");
    ASSERT_EQ(join("cat", "ana"), "ok");
    EXPECT_EQ(buy("ana", "r3"), 0);
    EXPECT_EQ(buy("ben", "r4"), 0);
    EXPECT_EQ(buy("cat", "r5"), 1000);
    ASSERT_EQ(leave("ben"), "ok");
    EXPECT_EQ(buy("ben", "r6"), 0);
    // Bought before ben joined, brought back after they left: it may be used again.
    EXPECT_EQ(undo("r2"), "ok");
    EXPECT_EQ(buy("ben", "r7"), 1000);
    EXPECT_EQ(undo("r5"), "ok");
    EXPECT_EQ(buy("cat", "r8"), 1000);
    EXPECT_EQ(buy("ana", "r9"), 0);
    ASSERT_EQ(join("ben", "ana"), "ok");
    EXPECT_EQ(buy("ben", "r10"), 0);
    EXPECT_EQ(undo("r7"), "ok");
    EXPECT_EQ(buy("ben", "r11"), 1000);
}

// A counter of a later edition is filled as if it had always been kept: of all for the household, of uses for each.
TEST_F(HouseholdsTest, a_later_edition_finds_what_each_used) {
    buy("ana", "r1", "tea");
    buy("ben", "r2", "jam");
    ASSERT_EQ(join("ben", "ana"), "ok");
    ASSERT_EQ(join("cat", "ana"), "ok");
    buy("cat", "r3", "jam");
    buy("ben", "r4", "tea");
    ASSERT_EQ(leave("ben"), "ok");
    std::string document =
        home("  often: {when: {category: tea, counter: {purchases: all, over: 12 months, at_least: 3}}, give: {points: 77}}\n");
    document.replace(document.find("limit: 1 per member"), 19, "limit: 1 per member per year");
    const auto edition =
        app->run(who(), PublishEdition{.document = document, .effective_on = *make_date(2026, 3, 2), .allow_past = true});
    ASSERT_TRUE(edition) << describe(edition.error());
    now += 86'400LL * kSecondUs;
    EXPECT_EQ(buy("ben", "r5"), 0);
    EXPECT_EQ(buy("cat", "r6"), 0);
    EXPECT_EQ(buy("ana", "r7"), 1000);
}

TEST_F(HouseholdsTest, who_joins_is_found_by_all_their_names) {
    const auto before = app->find_member("foods", "club", named("ben"));
    ASSERT_TRUE(before);
    ASSERT_EQ(join("ben", "ana"), "ok");
    const auto find = [&](const MemberName& name) {
        const auto found = app->find_member("foods", "club", name);
        return found ? found->profile.name : found.error().code;
    };
    EXPECT_EQ(find({NamedBy::member, before->member.text()}), "ben");
    EXPECT_EQ(find({NamedBy::card, "card-ben"}), "ben");
    EXPECT_EQ(find({NamedBy::card, "card-ana"}), "ana");
    const auto search = [&](const std::string& text) {
        std::string names;
        const auto list = app->members("foods", "club", text, {"", 50});
        if (!list) return list.error().code;
        for (const MemberView& one : list->members) names += one.profile.name + " ";
        return names;
    };
    EXPECT_EQ(search("ben"), "ben ");
    EXPECT_EQ(search("card-ben"), "ben ");
    EXPECT_EQ(search(""), "cat ben ana ");
    const auto ana = app->find_member("foods", "club", named("ana"));
    ASSERT_TRUE(ana);
    ASSERT_EQ(ana->cards.size(), 1u);
    EXPECT_EQ(ana->cards[0].number, "card-ana");
    ASSERT_EQ(leave("ben"), "ok");
    EXPECT_EQ(find({NamedBy::card, "card-ben"}), "ben");
    EXPECT_EQ(search("card-ben"), "ben ");
    EXPECT_EQ(search(""), "cat ben ana ");
    const auto after = app->find_member("foods", "club", {NamedBy::card, "card-ben"});
    ASSERT_TRUE(after);
    EXPECT_EQ(after->member, before->member);
    EXPECT_NE(after->account, ana->account);
    ASSERT_EQ(after->cards.size(), 1u);
    EXPECT_EQ(after->cards[0].member, before->member);
    EXPECT_EQ(app->overview("foods", "club")->members, 3);
}

TEST_F(HouseholdsTest, names_of_others_in_it_are_taken) {
    ASSERT_EQ(join("ben", "ana"), "ok");
    const auto ana = app->find_member("foods", "club", named("ana"));
    ASSERT_TRUE(ana);
    PatchMember patch{.programme = "club", .member = ana->member};
    patch.external_id = "ben";
    EXPECT_EQ(code_of(app->run(who(), patch)), "external_id_already_used");
}

// Whoever holds a card is nobody who could join, and a card that gathered becomes the person's whose it becomes.
TEST_F(HouseholdsTest, a_card_that_gathered) {
    ASSERT_TRUE(app->run(who(), IssueCard{.programme = "club", .number = "card-x", .kind = programme::CardKind::bearer}));
    EXPECT_EQ(buy("x", "r1"), 1000);
    const auto holder = app->find_member("foods", "club", {NamedBy::card, "card-x"});
    ASSERT_TRUE(holder);
    const MemberName held{.by = NamedBy::member, .value = holder->member.text()};
    EXPECT_EQ(code_of(app->run(who(), JoinHousehold{.programme = "club", .member = held, .to = named("ana"), .reason = "a test"})),
              "household_member_not_active");
    ASSERT_EQ(join("ben", "ana"), "ok");
    ASSERT_EQ(join("cat", "ana"), "ok");
    ASSERT_TRUE(app->run(who(), IssueCard{.programme = "club", .number = "card-x", .member = named("cat")}));
    const auto found = app->find_member("foods", "club", {NamedBy::card, "card-x"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->profile.name, "cat");
    EXPECT_EQ(found->cards.size(), 2u);
    // What was used with it was used by cat.
    EXPECT_EQ(buy("cat", "r2"), 0);
    EXPECT_EQ(buy("ben", "r3"), 1000);
    ASSERT_EQ(leave("cat"), "ok");
    EXPECT_EQ(buy("x", "r4"), 0);
    EXPECT_EQ(app->find_member("foods", "club", {NamedBy::card, "card-x"})->profile.name, "cat");
    EXPECT_EQ(undo("r1"), "ok");
    EXPECT_EQ(buy("x", "r5"), 1000);
}

TEST_F(HouseholdsTest, all_is_there_after_a_restart_and_in_the_log) {
    ASSERT_EQ(join("ben", "ana"), "ok");
    now += kSecondUs;
    ASSERT_TRUE(app->run(
        who(), SetHousehold{.programme = "club", .member = named("ana"), .pays = HouseholdPays::owner, .reason = "a test"}));
    start();
    now += kSecondUs;
    const auto household = app->household("foods", "club", named("ben"));
    ASSERT_TRUE(household);
    EXPECT_EQ(household->pays, HouseholdPays::owner);
    ASSERT_EQ(household->people.size(), 2u);
    EXPECT_EQ(household->people[0].name, "ana");
    ASSERT_EQ(leave("ben"), "ok");
    start();
    EXPECT_EQ(people("ana"), 0u);
    std::string log;
    const auto rows = app->audit("foods", {}, {"", 50});
    ASSERT_TRUE(rows);
    for (const AuditView& row : rows->rows) {
        if (row.action.find("household") != std::string::npos) log += row.action + ":" + std::to_string(row.subjects.size()) + " ";
    }
    EXPECT_EQ(log, "leave_household:1 set_household:2 join_household:2 ");
}

}  // namespace
}  // namespace suki::app
