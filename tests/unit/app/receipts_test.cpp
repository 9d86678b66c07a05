#include <thread>

#include "fixture.h"

namespace suki::app {
namespace {

TEST_F(AppTest, a_purchase_earns_points_that_the_statement_explains) {
    publish(club());
    const MemberName ana = join("ana");
    EXPECT_EQ(balance(ana).pending, Points{50});
    const ReceiptAnswer answer = bought(ana, receipt("r1", 1000, at(3, 1)));
    EXPECT_EQ(answer.edition, 1);
    EXPECT_EQ(answer.outcome.total, Money{1000});
    ASSERT_EQ(answer.outcome.points.size(), 1u);
    EXPECT_EQ(answer.outcome.points[0], Points{30});
    EXPECT_EQ(answer.balances[0].pending, Points{80});
    EXPECT_EQ(answer.level, "guest");

    auto statement = app->statement("foods", "club", ana, {});
    ASSERT_TRUE(statement);
    ASSERT_EQ(statement->lines.size(), 2u);
    EXPECT_EQ(statement->lines[0].reason.key, "reason.earn");
    EXPECT_EQ(statement->lines[0].entry.offer, "base");
    EXPECT_EQ(statement->lines[0].change, Points{30});
    EXPECT_EQ(statement->lines[1].reason.key, "reason.welcome");
    ASSERT_EQ(statement->lots.size(), 2u);

    // A fortnight later the points can be spent, whether or not a sweep ran.
    now = at(3, 16).us;
    EXPECT_EQ(balance(ana).available, Points{80});
    const auto later = app->statement("foods", "club", ana, {});
    ASSERT_TRUE(later);
    EXPECT_TRUE(later->lines.front().is_projected);
    auto swept = app->run(who(), Sweep{});
    ASSERT_TRUE(swept);
    EXPECT_EQ(swept->accounts, 1);
    const auto after = app->statement("foods", "club", ana, {});
    ASSERT_TRUE(after);
    EXPECT_FALSE(after->lines.front().is_projected);
    EXPECT_EQ(after->lines.size(), later->lines.size());
    EXPECT_EQ(balance(ana).available, Points{80});
    // And what stood a month ago still does.
    const auto before = app->statement("foods", "club", ana, {}, at(3, 2));
    ASSERT_TRUE(before);
    EXPECT_EQ(before->member.balances[0].pending, Points{80});
}

TEST_F(AppTest, the_same_receipt_is_recorded_once) {
    publish(club());
    const MemberName ana = join("ana");
    const ReceiptAnswer first = bought(ana, receipt("r1", 1000, at(3, 1)));
    EXPECT_FALSE(first.is_repeat);
    now += 1'000'000;
    const ReceiptAnswer again = bought(ana, receipt("r1", 1000, at(3, 1)));
    EXPECT_TRUE(again.is_repeat);
    EXPECT_EQ(again.recorded_at, first.recorded_at);
    EXPECT_EQ(again.outcome, first.outcome);
    EXPECT_EQ(again.balances, first.balances);
    EXPECT_EQ(balance(ana).pending, Points{80});
    const auto other = buy(ana, receipt("r1", 1001, at(3, 1)));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "receipt_already_recorded");
    EXPECT_EQ(other.error().kind, RefusalKind::conflict);
}

TEST_F(AppTest, an_idempotency_key_names_one_command) {
    publish(club());
    const MemberName ana = join("ana");
    const Adjust gift{.programme = "club", .member = ana, .unit = "points", .points = Points{7}, .reason = "sorry"};
    const auto first = app->run(who("k1"), gift);
    ASSERT_TRUE(first) << describe(first.error());
    const auto again = app->run(who("k1"), gift);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_repeat);
    EXPECT_EQ(again->recorded_at, first->recorded_at);
    EXPECT_EQ(balance(ana).available, Points{7});
    Adjust other = gift;
    other.points = Points{8};
    const auto reused = app->run(who("k1"), other);
    ASSERT_FALSE(reused);
    EXPECT_EQ(reused.error().code, "idempotency_key_reused");
    // Without a key each is a command of its own.
    ASSERT_TRUE(app->run(who(), gift));
    ASSERT_TRUE(app->run(who(), gift));
    EXPECT_EQ(balance(ana).available, Points{21});
}

TEST_F(AppTest, fifty_at_once_are_committed_once) {
    publish(club());
    const MemberName ana = join("ana");
    const event::Receipt sold = receipt("r1", 1000, at(3, 1));
    std::vector<std::optional<Answered<ReceiptAnswer>>> answers(50);
    std::vector<std::thread> tills;
    for (auto& answer : answers) tills.emplace_back([&] { answer = buy(ana, sold); });
    for (std::thread& till : tills) till.join();
    int first = 0;
    for (auto& answer : answers) {
        ASSERT_TRUE(*answer);
        if (!(*answer)->is_repeat) ++first;
        EXPECT_EQ((*answer)->recorded_at, (*answers[0])->recorded_at);
        EXPECT_EQ((*answer)->balances, (*answers[0])->balances);
        EXPECT_EQ((*answer)->outcome, (*answers[0])->outcome);
    }
    EXPECT_EQ(first, 1);
    EXPECT_EQ(balance(ana).pending, Points{80});
}

TEST_F(AppTest, two_tills_spend_the_last_points_once) {
    publish(club("refuse"));
    const MemberName ana = join("ana");
    ASSERT_TRUE(
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{100}, .reason = "x"}));
    const PlaceHold hold{.programme = "club", .member = ana, .unit = "points", .points = Points{100}};
    std::optional<Answered<HoldAnswer>> one;
    std::optional<Answered<HoldAnswer>> two;
    std::thread a{[&] { one = app->run(who("a"), hold); }};
    std::thread b{[&] { two = app->run(who("b"), hold); }};
    a.join();
    b.join();
    EXPECT_NE(one->has_value(), two->has_value());
    const auto& lost = one->has_value() ? *two : *one;
    EXPECT_EQ(lost.error().code, "insufficient_points");
    // The one that has them pays with them.
    const HoldAnswer held = one->has_value() ? **one : **two;
    event::Receipt sold = receipt("r1", 300, at(3, 1));
    sold.points_paid.push_back({.unit = "points", .points = Points{100}, .hold = held.hold});
    const ReceiptAnswer paid = bought(ana, sold);
    EXPECT_TRUE(paid.uncovered.empty());
    EXPECT_EQ(paid.outcome.paid, Money{200});
    EXPECT_EQ(balance(ana).available, Points{0});
    EXPECT_EQ(balance(ana).held, Points{0});
}

TEST_F(AppTest, holds_time_out_by_themselves) {
    publish(club());
    const MemberName ana = join("ana");
    ASSERT_TRUE(
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{100}, .reason = "x"}));
    const auto hold =
        app->run(who(), PlaceHold{.programme = "club", .member = ana, .unit = "points", .points = Points{60}, .seconds = 60});
    ASSERT_TRUE(hold);
    EXPECT_EQ(balance(ana).available, Points{40});
    now = hold->expires_at.us - 1;
    EXPECT_EQ(balance(ana).held, Points{60});
    now = hold->expires_at.us;
    EXPECT_EQ(balance(ana).available, Points{100});
    const auto late = app->run(who(), ConfirmHold{.programme = "club", .hold = hold->hold});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "hold_not_found");
    event::Receipt sold = receipt("r1", 300, at(3, 1));
    sold.points_paid.push_back({.unit = "points", .points = Points{60}, .hold = hold->hold});
    const ReceiptAnswer paid = bought(ana, sold);
    ASSERT_EQ(paid.discrepancies.size(), 1u);
    EXPECT_EQ(paid.discrepancies[0].kind, DiscrepancyKind::hold_not_found);
    EXPECT_EQ(balance(ana).available, Points{40});
}

TEST_F(AppTest, a_sale_to_an_unknown_card_is_still_a_sale) {
    publish(club());
    const ReceiptAnswer answer = bought({.by = NamedBy::card, .value = "9000"}, receipt("r1", 1000, at(3, 1)));
    EXPECT_FALSE(answer.member);
    ASSERT_EQ(answer.discrepancies.size(), 1u);
    EXPECT_EQ(answer.discrepancies[0].kind, DiscrepancyKind::member_not_found);
    EXPECT_TRUE(answer.outcome.points.empty() || answer.outcome.points[0].is_zero());
    // A bearer's card is known and nobody's.
    ASSERT_TRUE(app->run(who(), IssueCard{.programme = "club", .number = "500", .kind = programme::CardKind::bearer}));
    EXPECT_TRUE(bought({.by = NamedBy::card, .value = "500"}, receipt("r2", 1000, at(3, 1))).discrepancies.empty());
    ASSERT_TRUE(app->run(who(), BlockCard{.programme = "club", .number = "500"}));
    EXPECT_EQ(bought({.by = NamedBy::card, .value = "500"}, receipt("r5", 1000, at(3, 1))).discrepancies.at(0).kind,
              DiscrepancyKind::card_blocked);
    // And a member's names the member.
    const MemberName ana = join("ana");
    ASSERT_TRUE(app->run(who(), IssueCard{.programme = "club", .number = "700", .member = ana}));
    EXPECT_TRUE(bought({.by = NamedBy::card, .value = "700"}, receipt("r3", 1000, at(3, 1))).member);
    ASSERT_TRUE(app->run(who(), BlockCard{.programme = "club", .number = "700"}));
    const ReceiptAnswer blocked = bought({.by = NamedBy::card, .value = "700"}, receipt("r4", 1000, at(3, 1)));
    EXPECT_FALSE(blocked.member);
    EXPECT_EQ(blocked.discrepancies[0].kind, DiscrepancyKind::card_blocked);
}

TEST_F(AppTest, a_clock_that_is_ahead_is_judged_as_of_now) {
    publish(club());
    const MemberName ana = join("ana");
    const Instant edge{now.load() + 10 * 60 * kSecondUs};
    EXPECT_TRUE(bought(ana, receipt("r1", 1000, edge)).discrepancies.empty());
    const ReceiptAnswer ahead = bought(ana, receipt("r2", 1000, Instant{now.load() + 10 * 60 * kSecondUs + kSecondUs}));
    ASSERT_EQ(ahead.discrepancies.size(), 1u);
    EXPECT_EQ(ahead.discrepancies[0].kind, DiscrepancyKind::clock_ahead);
    EXPECT_EQ(ahead.judged_at, ahead.recorded_at);
}

TEST_F(AppTest, what_was_charged_is_compared_with_what_is_decided) {
    publish(club());
    const MemberName ana = join("ana");
    event::Receipt sold = receipt("r1", 20000, at(3, 1));
    sold.charged = Money{20000};
    const ReceiptAnswer answer = bought(ana, sold);
    EXPECT_EQ(answer.outcome.total, Money{19200});
    ASSERT_EQ(answer.discrepancies.size(), 1u);
    EXPECT_EQ(answer.discrepancies[0].kind, DiscrepancyKind::charged_differs);
    EXPECT_EQ(answer.discrepancies[0].decided, 19200);
    const auto listed = app->discrepancies("foods", "club", {});
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->discrepancies.size(), 1u);
}

TEST_F(AppTest, a_late_receipt_is_judged_by_the_edition_of_its_day) {
    publish(club());
    std::string second = club();
    second.replace(second.find("3 per 1 BYN"), 11, "5 per 1 BYN");
    second.replace(second.find("2026-01-01"), 10, "2026-04-01");
    EXPECT_EQ(publish(second).edition, 2);
    const MemberName ana = join("ana");
    now = at(4, 5).us;
    EXPECT_EQ(bought(ana, receipt("r1", 1000, at(4, 1))).outcome.points[0], Points{50});
    const ReceiptAnswer late = bought(ana, receipt("r2", 1000, at(3, 31, 23)));
    EXPECT_EQ(late.edition, 1);
    EXPECT_EQ(late.outcome.points[0], Points{30});
    const ReceiptAnswer before = bought(ana, event::Receipt{receipt("r3", 1000, Instant{at(1, 1).us - 10 * 3600 * kSecondUs})});
    EXPECT_EQ(before.edition, 0);
    EXPECT_EQ(before.discrepancies[0].kind, DiscrepancyKind::before_first_edition);
    EXPECT_TRUE(before.outcome.points[0].is_zero());
}

TEST_F(AppTest, levels_follow_what_was_bought) {
    publish(club());
    const MemberName ana = join("ana");
    const ReceiptAnswer answer = bought(ana, receipt("r1", 20000, at(3, 1)));
    EXPECT_EQ(answer.level_before, "guest");
    EXPECT_EQ(answer.level, "friend");
    const auto back = bring_back("b1", "r1", 2000);
    ASSERT_TRUE(back) << describe(back.error());
    EXPECT_EQ(back->level, "guest");
    EXPECT_EQ(back->refund, Money{19200});
}

TEST_F(AppTest, a_restart_gives_the_same_answers) {
    publish(club());
    const MemberName ana = join("ana");
    const ReceiptAnswer first = bought(ana, receipt("r1", 1000, at(3, 1)));
    const UnitBalance before = balance(ana);
    start();
    EXPECT_EQ(balance(ana), before);
    const ReceiptAnswer again = bought(ana, receipt("r1", 1000, at(3, 1)));
    EXPECT_TRUE(again.is_repeat);
    EXPECT_EQ(again.outcome, first.outcome);
    EXPECT_EQ(again.balances, first.balances);
    EXPECT_EQ(bought(ana, receipt("r2", 1000, at(3, 1))).balances[0].pending, Points{110});
}

}  // namespace
}  // namespace suki::app
