#include "ledger/accrual.h"

#include "books.h"

/// Taking back what was accrued: from what waits, before anything that can be spent.
namespace suki::ledger {
namespace {

struct Accruals : Books {
    static Stamp stamp_of(const std::string& cause, Instant at) {
        return {.occurred_at = at, .recorded_at = at, .cause = cause, .edition = 1, .expiry_clause = "6.1"};
    }
    void give(const std::string& cause, std::int64_t points, Instant at, Instant matures_at) {
        auto earned = ledger::earn(wallet,
                                   {.kind = EntryKind::earn,
                                    .parts = {{.offer = "volume", .clause = "13.1", .points = Points{points}}},
                                    .matures_at = matures_at,
                                    .expires_at = {}},
                                   stamp_of(cause, at));
        ASSERT_TRUE(earned);
        accept(earned->posting);
    }
    Result<Posting, LedgerRejection> take(std::int64_t points, Instant at) {
        return take_accrued(wallet,
                            {.part = {.offer = "volume", .clause = "13.1", .points = Points{points}},
                             .period = "rbt/volume/1/",
                             .rebate = "rbt/volume/"},
                            stamp_of("rbt/volume/1/back" + std::to_string(++commands), at));
    }
};

TEST(accrual, is_taken_from_its_own_period_first) {
    Accruals books;
    books.give("spent", 100, day(0), day(0));
    books.give("rbt/volume/2/a", 30, day(1), day(90));
    books.give("rbt/volume/1/a", 20, day(2), day(60));
    books.give("rbt/other/1/a", 40, day(3), day(60));
    books.accept(*books.take(15, day(4)));
    EXPECT_EQ(balance(books.wallet, day(5)), (Balance{.pending = Points{75}, .available = Points{100}}));
    EXPECT_EQ(balance(books.wallet, day(61)).available, Points{145}) << "five are left of the period";
    books.accept(*books.take(25, day(5)));
    EXPECT_EQ(balance(books.wallet, day(61)).available, Points{140}) << "twenty came from the other period";
    EXPECT_EQ(balance(books.wallet, day(91)).available, Points{150});
}

TEST(accrual, then_from_what_can_be_spent_and_the_rest_is_owed) {
    Accruals books;
    books.give("spent", 10, day(0), day(0));
    books.give("rbt/volume/1/a", 20, day(1), day(60));
    books.give("rbt/other/1/a", 40, day(1), day(60));
    books.accept(*books.take(33, day(2)));
    EXPECT_EQ(balance(books.wallet, day(3)), (Balance{.pending = Points{40}, .owed = Points{3}}));
    EXPECT_EQ(balance(books.wallet, day(61)), (Balance{.available = Points{37}})) << "another promise repays only as it matures";
}

TEST(accrual, refuses_what_is_nothing_or_too_much) {
    Accruals books;
    EXPECT_EQ(books.take(0, day(1)).error(), LedgerRejection::points_must_be_positive);
    EXPECT_EQ(books.take(kAmountMax + 1, day(1)).error(), LedgerRejection::points_out_of_range);
}

}  // namespace
}  // namespace suki::ledger
