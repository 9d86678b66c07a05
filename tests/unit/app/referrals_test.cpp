#include <gtest/gtest.h>

#include <thread>

#include "app/referrals.h"
#include "base/referral_code.h"
#include "fixture.h"

namespace suki::app {
namespace {

/// Members bring friends: 300 points for each side, for ten friends a year.
class Referrals : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(document());
        ana = join("ana");
    }
    static std::string document(std::string_view debt = "below_zero", std::string_view limit = "10 per member per calendar year") {
        std::string text = club(debt);
        const std::string offer =
            "  friends:\n    when: {referral: first purchase of the friend over 20 BYN}\n"
            "    give: {points: {member: 300, friend: 100}}\n    limit: " +
            std::string{limit} + "\n";
        return text.insert(text.find("spend:\n  at_till"), offer);
    }
    Answered<MemberView> try_join(const std::string& name, const std::string& by, const std::string& phone = {}) {
        CreateMember command{.programme = "club", .profile = {.name = name, .phone = phone, .external_id = name}};
        command.referred_by = by;
        return app->run(who(), command);
    }
    MemberName brought(const std::string& name, const std::string& by) {
        const auto joined = try_join(name, by);
        EXPECT_TRUE(joined) << (joined ? "" : describe(joined.error()));
        return {.by = NamedBy::external, .value = name};
    }
    std::string id_of(const MemberName& member) { return app->find_member("foods", "club", member)->member.text(); }
    std::string code_of(const MemberName& member) {
        const auto given = app->run(who(), GiveReferralCode{.programme = "club", .member = member});
        EXPECT_TRUE(given) << (given ? "" : describe(given.error()));
        return given ? given->code : std::string{};
    }
    MemberReferrals of(const MemberName& member) {
        auto found = app->referrals_of("foods", "club", member);
        EXPECT_TRUE(found);
        return found ? *std::move(found) : MemberReferrals{};
    }
    std::int64_t count(const MemberName& member, ReferralStatus status) {
        return of(member).counts[static_cast<std::size_t>(status)];
    }
    std::int64_t all_points(const MemberName& member) {
        const UnitBalance all = balance(member);
        return all.pending.minor() + all.available.minor() - all.owed.minor();
    }
    Answered<ReferralView> name_later(const MemberName& member, const std::string& by) {
        return app->run(who(),
                        NameReferrer{.programme = "club", .member = member, .referred_by = by, .reason = "she forgot to say it"});
    }
    MemberName ana;
};

TEST_F(Referrals, a_code_is_made_once_and_tells_nothing) {
    const std::string code = code_of(ana);
    EXPECT_EQ(read_referral_code(code), code);
    EXPECT_EQ(code_of(ana), code);
    EXPECT_NE(code_of(join("bob")), code);
    const MemberName cid = brought("cid", code.substr(0, 4) + "-" + code.substr(4));
    ASSERT_TRUE(of(cid).brought_by);
    EXPECT_EQ(of(cid).brought_by->by.text(), id_of(ana));
}

TEST_F(Referrals, both_get_points_once_and_give_them_back) {
    const MemberName bob = brought("bob", id_of(ana));
    const std::int64_t before = all_points(ana);
    bought(bob, receipt("small", 20'00, at(3, 1)));
    EXPECT_EQ(all_points(ana), before);
    bought(bob, receipt("first", 30'00, at(3, 1)));
    EXPECT_EQ(all_points(ana), before + 300);
    EXPECT_EQ(count(ana, ReferralStatus::rewarded), 1);
    bought(bob, receipt("second", 30'00, at(3, 1)));
    EXPECT_EQ(all_points(ana), before + 300);
    // The rest, 15.00, would not have proved it.
    ASSERT_TRUE(bring_back("back", "first", 1000));
    EXPECT_EQ(all_points(ana), before);
    EXPECT_EQ(count(ana, ReferralStatus::taken_back), 1);
    ASSERT_TRUE(bring_back("rest", "first", 1000));
    EXPECT_EQ(all_points(ana), before);
    bought(bob, receipt("third", 30'00, at(3, 1)));
    EXPECT_EQ(all_points(ana), before + 300);
    EXPECT_EQ(count(ana, ReferralStatus::rewarded), 1);
}

TEST_F(Referrals, points_that_were_spent_already_are_owed) {
    const MemberName bob = brought("bob", id_of(ana));
    bought(bob, receipt("first", 30'00, at(3, 1)));
    now = at(3, 20).us;
    ASSERT_TRUE(app->run(
        who(),
        Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{-340}, .reason = "a purchase elsewhere"}));
    ASSERT_TRUE(bring_back("back", "first", 2000));
    EXPECT_EQ(balance(ana).owed, Points{290});
}

TEST_F(Referrals, the_limit_is_of_who_brings_and_the_friend_has_theirs) {
    std::string stricter = document("below_zero", "2 per member per calendar year");
    publish(stricter.replace(stricter.find("2026-01-01"), 10, "2026-04-01"));
    now = at(4, 10).us;
    const std::int64_t before = all_points(ana);
    for (const std::string name : {"bob", "cid", "dan"}) {
        bought(brought(name, id_of(ana)), receipt("of " + name, 30'00, at(4, 10)));
    }
    EXPECT_EQ(all_points(ana), before + 600);
    EXPECT_EQ(count(ana, ReferralStatus::rewarded), 2);
    EXPECT_EQ(count(ana, ReferralStatus::limited), 1);
    // What came back is nobody's use of the limit; who was limited stays so.
    ASSERT_TRUE(bring_back("back", "of bob", 2000));
    bought({.by = NamedBy::external, .value = "bob"}, receipt("again", 30'00, at(4, 10)));
    EXPECT_EQ(all_points(ana), before + 600);
}

TEST_F(Referrals, what_is_refused) {
    const auto refusal = [](const auto& answer) { return answer ? std::string{"ok"} : answer.error().code; };
    EXPECT_EQ(refusal(try_join("x", "nobody")), "referrer_not_found");
    EXPECT_EQ(refusal(try_join("x", "mem_00000000000000000000000001")), "referrer_not_found");
    const MemberName bob = brought("bob", id_of(ana));
    EXPECT_EQ(refusal(name_later(bob, id_of(ana))), "friend_already_brought");
    EXPECT_EQ(refusal(name_later(ana, id_of(ana))), "friend_is_oneself");
    EXPECT_EQ(refusal(name_later(ana, id_of(bob))), "friend_in_ring");
    const MemberName cid = brought("cid", id_of(bob));
    EXPECT_EQ(refusal(name_later(ana, id_of(cid))), "friend_in_ring");
    const MemberName dan = join("dan");
    bought(dan, receipt("d1", 5'00, at(3, 1)));
    EXPECT_EQ(refusal(name_later(dan, id_of(ana))), "friend_has_bought");
    const MemberName eve = join("eve");
    const MemberName flo = join("flo");
    now = at(3, 15).us;
    EXPECT_EQ(refusal(name_later(eve, id_of(ana))), "ok");
    now = at(3, 16).us;
    EXPECT_EQ(refusal(name_later(flo, id_of(ana))), "friend_joined_long_ago");
}

TEST_F(Referrals, nobody_brings_themselves_by_another_name) {
    ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.email = "kim@mail.example", .external_id = "kim"}}));
    const std::string kim = id_of({.by = NamedBy::external, .value = "kim"});
    CreateMember again{.programme = "club", .profile = {.email = "kim+2@mail.example", .external_id = "kim2"}};
    again.referred_by = kim;
    const auto joined = app->run(who(), again);
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, "friend_is_oneself");
}

TEST_F(Referrals, two_accounts_of_one_person_end_what_waits) {
    const MemberName bob = brought("bob", id_of(ana));
    const MemberName old = join("old");
    const std::int64_t before = all_points(ana);
    ASSERT_TRUE(app->run(who(), MergeMembers{.programme = "club", .member = bob, .to = old, .reason = "the same"}));
    EXPECT_EQ(count(ana, ReferralStatus::ended), 1);
    bought(old, receipt("first", 30'00, at(3, 1)));
    EXPECT_EQ(all_points(ana), before);
}

TEST_F(Referrals, who_brought_somebody_may_be_merged_before_and_after) {
    const MemberName bob = brought("bob", id_of(ana));
    const MemberName eva = join("eva");
    ASSERT_TRUE(app->run(who(), MergeMembers{.programme = "club", .member = ana, .to = eva, .reason = "the same"}));
    const std::int64_t before = all_points(eva);
    bought(bob, receipt("first", 30'00, at(3, 1)));
    EXPECT_EQ(all_points(eva), before + 300);
    const MemberName ida = join("ida");
    const std::int64_t own = all_points(ida);
    ASSERT_TRUE(app->run(who(), MergeMembers{.programme = "club", .member = eva, .to = ida, .reason = "the same"}));
    EXPECT_EQ(all_points(ida), before + 300 + own);
    EXPECT_EQ(count(ida, ReferralStatus::rewarded), 1);
    ASSERT_TRUE(bring_back("back", "first", 2000));
    EXPECT_EQ(all_points(ida), before + own);
}

TEST_F(Referrals, many_friends_in_a_day_are_looked_at) {
    for (int i = 0; i < 6; ++i) {
        const std::string name = "f" + std::to_string(i);
        const ReceiptAnswer answer = bought(brought(name, id_of(ana)), receipt("of " + name, 30'00, at(3, 1)));
        const bool is_told = std::any_of(answer.discrepancies.begin(), answer.discrepancies.end(),
                                         [](const Discrepancy& one) { return one.kind == DiscrepancyKind::many_friends; });
        EXPECT_EQ(is_told, i >= kFriendsADay - 1) << i;
    }
    EXPECT_EQ(count(ana, ReferralStatus::rewarded), 6);
}

/// Asks all at once and waits for every answer.
template <class Ask>
void race(int asking, const Ask& ask) {
    std::vector<std::thread> clients;
    for (int i = 0; i < asking; ++i) clients.emplace_back([&ask, i] { ask(i); });
    for (std::thread& client : clients) client.join();
}

TEST_F(Referrals, sixty_four_receipts_of_one_friend_give_once) {
    const MemberName bob = brought("bob", id_of(ana));
    const std::int64_t before = all_points(ana);
    race(64, [&](int i) { EXPECT_TRUE(buy(bob, receipt("r" + std::to_string(i), 30'00, at(3, 1)))); });
    EXPECT_EQ(all_points(ana), before + 300);
    EXPECT_EQ(count(ana, ReferralStatus::rewarded), 1);
    EXPECT_EQ(all_points(bob), 50 + 64 * 90 + 100);
}

TEST_F(Referrals, sixty_four_friends_at_once_are_as_many_as_the_limit) {
    std::vector<MemberName> friends;
    for (int i = 0; i < 64; ++i) friends.push_back(brought("f" + std::to_string(i), id_of(ana)));
    const std::int64_t before = all_points(ana);
    race(64, [&](int i) {
        const auto at_once = static_cast<std::size_t>(i);
        EXPECT_TRUE(buy(friends[at_once], receipt("r" + std::to_string(i), 30'00, at(3, 1))));
    });
    EXPECT_EQ(all_points(ana), before + 3'000);
    EXPECT_EQ(count(ana, ReferralStatus::rewarded), 10);
    EXPECT_EQ(count(ana, ReferralStatus::limited), 54);
}

TEST_F(Referrals, a_purchase_from_before_joining_proves_nothing) {
    const MemberName bob = brought("bob", id_of(ana));
    const std::int64_t before = all_points(ana);
    bought(bob, receipt("late", 30'00, at(2, 28)));
    EXPECT_EQ(all_points(ana), before);
    bought(bob, receipt("later", 30'00, at(3, 1)));
    EXPECT_EQ(all_points(ana), before + 300);
}

}  // namespace
}  // namespace suki::app
