#include "fixture.h"

namespace suki::app {
namespace {

std::string with(std::string document, std::string_view what, std::string_view by) {
    return document.replace(document.find(what), what.size(), by);
}

TEST_F(AppTest, activity_keeps_points_alive) {
    publish(with(club(), "12 months after earning", "3 months after last activity"));
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1)));
    now = at(5, 20).us;
    RecordActivity visit{.programme = "club", .member = ana, .activity = {.id = "v1", .kind = "visit", .occurred_at = at(5, 20)}};
    ASSERT_TRUE(app->run(who(), visit));
    now = at(8, 19).us;
    EXPECT_EQ(balance(ana).available, Points{80});
    now = at(8, 25).us;
    EXPECT_EQ(balance(ana).available, Points{0});
    // One recorded late takes nothing away and brings nothing back that was written down as expired.
    ASSERT_TRUE(app->run(who(), Sweep{}));
    bought(ana, receipt("r2", 1000, at(4, 1)));
    EXPECT_EQ(balance(ana).available, Points{0});
}

TEST_F(AppTest, a_unit_that_a_later_edition_brings) {
    // A second unit that the next edition brings stands beside the first, in the order of the names.
    publish(club());
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1)));
    const std::string more =
        with(with(club(), "units:\n", "units:\n  hearts:\n    expire: never\n    round: down\n    earned_on: paid\n"), "  big:\n",
             "  love:\n    give: {hearts: 1 per 10 BYN}\n  big:\n");
    const auto edition = app->run(who(), PublishEdition{.document = more, .effective_on = make_date(2026, 3, 2)});
    ASSERT_TRUE(edition) << describe(edition.error());
    now = at(3, 2).us;
    bought(ana, receipt("r2", 2000, at(3, 2)));
    const auto member = app->find_member("foods", "club", ana);
    ASSERT_TRUE(member);
    ASSERT_EQ(member->balances.size(), 2u);
    EXPECT_EQ(member->balances[0].unit, "hearts");
    EXPECT_EQ(member->balances[0].available, Points{2});
    EXPECT_EQ(member->balances[1].pending, Points{140});
    ASSERT_TRUE(bring_back("b1", "r1", 2000));
    EXPECT_EQ(balance(ana).available, Points{2});
}

TEST_F(AppTest, a_level_falls_by_itself_and_is_told_once) {
    publish(with(club(), "keep: 12 months, grace: 30 days", "keep: 1 months, grace: 10 days"));
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 20000, at(3, 1)));
    EXPECT_EQ(app->find_member("foods", "club", ana)->level->level, "friend");
    now = Instant{at(3, 1).us + 366 * kDayUs + 45 * kDayUs}.us;
    EXPECT_EQ(app->find_member("foods", "club", ana)->level->level, "guest");
    const auto told = [&] {
        int count = 0;
        for (const store::OutboxRow& row : store->read_outbox(1'000)) count += row.topic == "level.changed" ? 1 : 0;
        return count;
    };
    EXPECT_EQ(told(), 1);
    ASSERT_TRUE(app->run(who(), Sweep{}));
    EXPECT_EQ(told(), 2);
    ASSERT_TRUE(app->run(who(), Sweep{}));
    EXPECT_EQ(told(), 2);
}

}  // namespace
}  // namespace suki::app
