#include "app/milestones.h"

#include <thread>

#include "fixture.h"

/// Milestones where a story can't look: walks of many pages, by several at once, over days that no server saw; and verify.
namespace suki::app {
namespace {

class MilestonesTest : public AppTest {
protected:
    static std::string with(const std::string& milestones) {
        std::string document = club();
        document.insert(document.find("offers:"), milestones);
        return document;
    }
    static std::string birthdays() { return with("milestones: {birthday: {when: birthday, give: {points: 10}}}\n"); }
    void join(int i, YearMonthDay birthday) {
        ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club",
                                                 .profile = {.external_id = name_of_member(i),
                                                             .facts = {.birthday = birthday, .attributes = {}, .segments = {}}}}));
    }
    static std::string name_of_member(int i) { return "m" + std::to_string(i); }
    MemberMilestones milestones(int i) {
        return app->milestones_of("foods", "club", {.by = NamedBy::external, .value = name_of_member(i)}).value();
    }
    void sweep_until_done() {
        const Caller sweeper{.api_key = "sweep"};
        for (int round = 0; round < 100; ++round) {
            const auto answer = app->run(sweeper, Sweep{});
            ASSERT_TRUE(answer);
            if (answer->is_done) return;
        }
        FAIL() << "a sweep without an end";
    }
};

// More members than a page holds, swept by four at once: each has their day's points once.
TEST_F(MilestonesTest, each_of_many_has_their_day_once) {
    publish(birthdays());
    constexpr int kMembers = 450;
    for (int i = 0; i < kMembers; ++i) join(i, {1990, 3, i % 2 == 0 ? 5 : 6});
    now = at(3, 5, 0).us;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { sweep_until_done(); });
    for (std::thread& thread : threads) thread.join();
    for (int i = 0; i < kMembers; ++i) {
        const MemberMilestones found = milestones(i);
        ASSERT_EQ(found.given.size(), i % 2 == 0 ? 1u : 0u) << i;
        EXPECT_EQ(found.to_come.at(0).day, i % 2 == 0 ? make_date(2027, 3, 5) : make_date(2026, 3, 6));
    }
    sweep_until_done();
    EXPECT_EQ(milestones(0).given.size(), 1u);
}

// A week without a server: its days come one after the other, each dated and lasting as of itself.
TEST_F(MilestonesTest, days_that_nobody_saw_come_later) {
    publish(birthdays());
    for (int i = 0; i < 7; ++i) join(i, {1990, 3, 2 + i});
    now = at(3, 9).us;
    sweep_until_done();
    for (int i = 0; i < 7; ++i) {
        const MemberMilestones found = milestones(i);
        ASSERT_EQ(found.given.size(), 1u) << i;
        EXPECT_EQ(found.given[0].day, make_date(2026, 3, 2 + i));
    }
}

// An edition without any lets the roll rest; the next one with them takes it up again on its own first day.
TEST_F(MilestonesTest, an_edition_without_them_lets_the_roll_rest) {
    publish(birthdays());
    join(0, {1990, 3, 5});
    join(1, {1990, 3, 15});
    const auto publish_for = [&](const std::string& document, Date day) {
        const auto answer = app->run(who(), PublishEdition{.document = document, .effective_on = day});
        EXPECT_TRUE(answer) << (answer ? "" : answer.error().code);
    };
    publish_for(club(), *make_date(2026, 3, 4));
    now = at(3, 6).us;
    sweep_until_done();
    EXPECT_TRUE(milestones(0).given.empty());
    publish_for(birthdays(), *make_date(2026, 3, 10));
    now = at(3, 20).us;
    sweep_until_done();
    EXPECT_TRUE(milestones(0).given.empty());
    ASSERT_EQ(milestones(1).given.size(), 1u);
}

TEST_F(MilestonesTest, verify_compares_them_with_the_journal) {
    publish(birthdays());
    join(0, {1990, 3, 5});
    now = at(3, 5).us;
    sweep_until_done();
    const auto found = app->find_member("foods", "club", {.by = NamedBy::external, .value = name_of_member(0)});
    ASSERT_TRUE(found);
    const store::RecordKey key{
        .org = "foods", .account = found->account, .id = *parse_id(kMilestonePrefix, milestones(0).given.at(0).id)};
    const auto put = [&](Points points) {
        store::RecordRow row = *store->find_record(key);
        auto body = unpack_record<MilestoneBody>(row);
        body.points = points;
        row.packed = pack_record(body);
        ++row.version;
        store::Batch batch;
        batch.records.push_back(row);
        store->commit(batch);
    };
    put(Points{11});
    const VerifyReport report = app->verify();
    ASSERT_EQ(report.breaches.size(), 1u);
    EXPECT_EQ(report.breaches[0].what, "milestone_differs_from_journal");
    put(Points{10});
}

}  // namespace
}  // namespace suki::app
