#include "books.h"

namespace suki {
namespace {

using ledger::Book;
using ledger::Invariant;

/// A sound posting that earns, holds and matures, to be spoilt in one place at a time.
struct Sound {
    ledger::Wallet before;
    std::vector<ledger::Entry> entries;
    ledger::Wallet after;

    Sound() {
        Books books;
        books.earn(day(0), 100, day(0), day(50));
        books.earn(day(0), 100, day(0), day(60));
        before = books.wallet;
        const std::size_t known = books.journal.size();
        books.hold(day(1), hold_id(1), 30, day(9));
        books.hold(day(1), hold_id(2), 10, day(9));
        entries.assign(books.journal.begin() + static_cast<std::ptrdiff_t>(known), books.journal.end());
        after = books.wallet;
    }
    [[nodiscard]] bool breaks(Invariant invariant) const {
        for (const ledger::Breach& breach : check_posting(before, entries, after)) {
            if (breach.invariant == invariant) return true;
        }
        return false;
    }
};

TEST(Invariants, HoldForASoundPosting) {
    const Sound sound;
    EXPECT_TRUE(check_posting(sound.before, sound.entries, sound.after).empty());
}

TEST(Invariants, EachNoticesItsBreach) {
    {
        Sound spoilt;
        spoilt.entries[0].legs[static_cast<std::size_t>(Book::spent)] = Points{1};
        EXPECT_TRUE(spoilt.breaks(Invariant::legs_sum_to_zero));
        EXPECT_TRUE(spoilt.breaks(Invariant::kinds_touch_their_books));
    }
    {
        Sound spoilt;
        spoilt.after.lots[0].remaining = Points{69};
        EXPECT_TRUE(spoilt.breaks(Invariant::books_equal_lots));
        EXPECT_TRUE(spoilt.breaks(Invariant::change_equals_legs));
    }
    {
        Sound spoilt;
        spoilt.after.lots[0].is_mature = false;
        EXPECT_TRUE(spoilt.breaks(Invariant::books_equal_lots));
    }
    for (const std::int64_t remaining : {-1, 0, 101}) {
        Sound spoilt;
        spoilt.after.lots[0].remaining = Points{remaining};
        EXPECT_TRUE(spoilt.breaks(Invariant::lots_within_bounds)) << remaining;
    }
    {
        Sound spoilt;
        std::swap(spoilt.after.lots[0], spoilt.after.lots[1]);
        EXPECT_TRUE(spoilt.breaks(Invariant::lots_in_spending_order));
    }
    {
        Sound spoilt;
        spoilt.after.lots[0].expires_at.reset();
        EXPECT_TRUE(spoilt.breaks(Invariant::lots_in_spending_order));
    }
    {
        Sound spoilt;
        spoilt.after.holds[0].points = Points{29};
        EXPECT_TRUE(spoilt.breaks(Invariant::holds_equal_draws));
    }
    {
        Sound spoilt;
        spoilt.after.holds[1].id = spoilt.after.holds[0].id;
        EXPECT_TRUE(spoilt.breaks(Invariant::holds_equal_draws));
    }
    for (const std::int64_t owed : {-1, 1}) {
        Sound spoilt;
        spoilt.after.owed = Points{owed};
        EXPECT_TRUE(spoilt.breaks(Invariant::debt_not_positive)) << owed;
        EXPECT_TRUE(spoilt.breaks(Invariant::books_equal_lots)) << owed;
    }
    {
        Sound spoilt;
        spoilt.entries[0].lots[0].change = Points{-29};
        EXPECT_TRUE(spoilt.breaks(Invariant::change_equals_legs));
    }
    {
        Sound spoilt;
        spoilt.entries.pop_back();
        EXPECT_TRUE(spoilt.breaks(Invariant::books_equal_lots));
    }
}

TEST(Replay, RefusesAnEntryThatDoesNotFit) {
    const Sound sound;
    const auto fits = [&](const ledger::Entry& entry) {
        ledger::Wallet wallet = sound.before;
        return replay(wallet, entry);
    };
    ASSERT_TRUE(fits(sound.entries[0]));
    ledger::Entry other_unit = sound.entries[0];
    other_unit.unit = "stars";
    EXPECT_FALSE(fits(other_unit));
    ledger::Entry too_much = sound.entries[0];
    too_much.lots[0].change = Points{-101};
    EXPECT_FALSE(fits(too_much));
    ledger::Entry no_such_lot = sound.entries[0];
    no_such_lot.lots[0].lot = LotId{IdBits{1, 1}};
    EXPECT_FALSE(fits(no_such_lot));
    ledger::Entry other_legs = sound.entries[0];
    other_legs.legs[static_cast<std::size_t>(Book::held)] = Points{31};
    EXPECT_FALSE(fits(other_legs));
    ledger::Wallet wallet = sound.before;
    ASSERT_TRUE(replay(wallet, sound.entries[0]));
    EXPECT_FALSE(replay(wallet, sound.entries[0])) << "the same hold twice";
}

}  // namespace
}  // namespace suki
