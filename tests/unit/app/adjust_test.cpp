#include "fixture.h"

/// What is given and taken by hand, and undone.
namespace suki::app {
namespace {

class AdjustTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(club());
        ana = join("ana");
        // 50 for joining, 300 for the purchase, spendable after a fortnight.
        bought(ana, receipt("r1", 10'000, at(3, 1)));
        now = at(3, 20).us;
    }
    Answered<AdjustAnswer> adjust(std::int64_t points, std::optional<Instant> expires_at = std::nullopt, bool may_owe = false) {
        now += 1'000'000;
        return app->run(who(), Adjust{.programme = "club",
                                      .member = ana,
                                      .unit = "points",
                                      .points = Points{points},
                                      .reason = "by hand",
                                      .expires_at = expires_at,
                                      .may_owe = may_owe});
    }
    Answered<AdjustAnswer> undo(const std::string& id, const std::string& reason = "a mistake") {
        now += 1'000'000;
        return app->run(who(), UndoAdjustment{.programme = "club", .member = ana, .adjustment = id, .reason = reason});
    }
    static std::string code_of(const Answered<AdjustAnswer>& answer) { return answer ? "ok" : answer.error().code; }
    /// `50 until 1800000000000000 earned 1770000000000000`, in spending order.
    std::vector<std::string> lots() {
        const auto statement = app->statement("foods", "club", ana, Page{.limit = 1});
        EXPECT_TRUE(statement);
        std::vector<std::string> found;
        for (const LotView& lot : statement->lots) {
            found.push_back(std::to_string(lot.remaining.minor()) + " until " +
                            (lot.expires_at ? std::to_string(lot.expires_at->us) : "never") + " earned " +
                            std::to_string(lot.earned_at.us));
        }
        return found;
    }

    MemberName ana;
};

TEST_F(AdjustTest, undoing_what_was_given_takes_that_very_lot) {
    const auto before = lots();
    const auto given = adjust(60);
    ASSERT_TRUE(given);
    const auto undone = undo(given->id);
    ASSERT_TRUE(undone) << describe(undone.error());
    EXPECT_EQ(undone->points, Points{-60});
    EXPECT_EQ(lots(), before);
}

TEST_F(AdjustTest, undoing_what_was_taken_fills_the_lots_again_with_their_expiry) {
    const auto before = lots();
    // All of the lot that expires first, which is dropped, and a part of the next.
    const auto taken = adjust(-60);
    ASSERT_TRUE(taken);
    ASSERT_LT(lots().size(), before.size());
    const auto undone = undo(taken->id);
    ASSERT_TRUE(undone) << describe(undone.error());
    EXPECT_EQ(lots(), before);
    EXPECT_EQ(lots().front().find("never"), std::string::npos);
}

TEST_F(AdjustTest, undoing_what_was_owed_forgives_the_debt) {
    const auto before = lots();
    const auto taken = adjust(-1'000, std::nullopt, true);
    ASSERT_TRUE(taken);
    ASSERT_GT(balance(ana).owed, Points{0});
    ASSERT_TRUE(undo(taken->id));
    EXPECT_EQ(balance(ana).owed, Points{0});
    EXPECT_EQ(lots(), before);
}

TEST_F(AdjustTest, a_debt_that_a_gift_repaid_is_owed_again) {
    ASSERT_TRUE(adjust(-1'000, std::nullopt, true));
    const Points owed = balance(ana).owed;
    const auto given = adjust(100);
    ASSERT_TRUE(given);
    ASSERT_TRUE(undo(given->id));
    EXPECT_EQ(balance(ana).owed, owed);
}

TEST_F(AdjustTest, a_gift_that_was_spent_is_taken_from_other_points_or_not_at_all) {
    const std::int64_t held = balance(ana).available.minor();
    const auto given = adjust(60);
    ASSERT_TRUE(given);
    ASSERT_TRUE(adjust(-held));
    ASSERT_EQ(balance(ana).available, Points{60});
    ASSERT_TRUE(adjust(-10));
    EXPECT_EQ(code_of(undo(given->id)), "insufficient_points");
    ASSERT_TRUE(adjust(10));
    EXPECT_EQ(code_of(undo(given->id)), "ok");
    EXPECT_EQ(balance(ana).available, Points{0});
}

TEST_F(AdjustTest, what_has_expired_of_a_gift_stays_expired) {
    const auto given = adjust(60, at(4, 1));
    ASSERT_TRUE(given);
    const Points before = balance(ana).available;
    now = at(4, 2).us;
    ASSERT_EQ(balance(ana).available, *subtract(before, Points{60}));
    EXPECT_EQ(code_of(undo(given->id)), "points_must_be_positive");
    EXPECT_EQ(balance(ana).available, *subtract(before, Points{60}));
}

TEST_F(AdjustTest, it_is_undone_once_and_by_the_one_whose_it_is) {
    const auto given = adjust(60);
    ASSERT_TRUE(given);
    EXPECT_EQ(code_of(undo(given->id, " ")), "reason_missing");
    EXPECT_EQ(code_of(undo("adj_nonsense")), "adjustment_not_found");
    EXPECT_EQ(code_of(undo("r1")), "adjustment_not_found");
    const auto undone = undo(given->id);
    ASSERT_TRUE(undone);
    EXPECT_EQ(code_of(undo(given->id)), "adjustment_already_undone");
    EXPECT_EQ(code_of(undo(undone->id)), "adjustment_not_found");
    ana = join("eva");
    EXPECT_EQ(code_of(undo(given->id)), "adjustment_not_found");
}

TEST_F(AdjustTest, points_expire_later_than_now) {
    now = at(3, 20).us;
    const Instant soon{now.load() + 1'000'000};
    EXPECT_EQ(code_of(adjust(1, Instant{soon.us - 1})), "expires_at_not_ahead");
    now = at(3, 20).us;
    EXPECT_EQ(code_of(adjust(1, soon)), "expires_at_not_ahead");
    EXPECT_EQ(code_of(adjust(1, at(3, 21))), "ok");
}

TEST_F(AdjustTest, a_member_is_found_by_the_whole_id) {
    const auto member = app->find_member("foods", "club", ana);
    ASSERT_TRUE(member);
    const auto found = app->members("foods", "club", member->member.text(), {"", 10});
    ASSERT_TRUE(found);
    ASSERT_EQ(found->members.size(), 1u);
    EXPECT_EQ(found->members.front().member, member->member);
    EXPECT_TRUE(app->members("foods", "club", MemberId{}.text(), {"", 10})->members.empty());
}

TEST_F(AdjustTest, sales_are_what_was_charged_less_what_was_given_back) {
    now = at(3, 21).us;
    EXPECT_EQ(app->overview("foods", "club")->sales_today, Money{0});
    event::Receipt sold = receipt("r2", 1'000, at(3, 21));
    sold.charged = Money{900};
    bought(ana, sold);
    EXPECT_EQ(app->overview("foods", "club")->sales_today, Money{900});
    ASSERT_TRUE(bring_back("ret1", "r2", 1'000));
    EXPECT_EQ(app->overview("foods", "club")->sales_today, Money{500});
    ASSERT_TRUE(bring_back("ret2", "r2", 1'000));
    EXPECT_EQ(app->overview("foods", "club")->sales_today, Money{0});
}

}  // namespace
}  // namespace suki::app
