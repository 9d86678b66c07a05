#include "base/limits.h"
#include "books.h"

namespace suki {
namespace {

using ledger::EntryKind;
using ledger::LedgerRejection;

TEST(Edges, AreHalfOpenForEveryMaturityAndExpiry) {
    for (int matures = 0; matures <= 4; ++matures) {
        for (int expires = 1; expires <= 6; ++expires) {  // 6: never
            Books books;
            books.earn(day(0), 100, day(matures), expires == 6 ? std::nullopt : std::optional{day(expires)});
            for (int asked = 0; asked <= 5; ++asked) {
                for (const std::int64_t off : {-1, 0, 1}) {
                    const Instant now{day(asked).us + off};
                    if (now < day(0)) continue;
                    const bool is_expired = expires != 6 && now >= day(expires);
                    const bool is_mature = now >= day(matures);
                    EXPECT_EQ(books.balance_at(now), is_expired  ? "p0 a0 h0 o0"
                                                     : is_mature ? "p0 a100 h0 o0"
                                                                 : "p100 a0 h0 o0")
                        << matures << " " << expires << " " << asked << " " << off;
                    Books swept = books;
                    swept.sweep_to(now);
                    EXPECT_EQ(swept.balance_at(now), books.balance_at(now));
                }
            }
        }
    }
}

TEST(Sweep, DatesEntriesWhenTheyFellDue) {
    Books books;
    books.earn(day(0), 100, day(14), day(365));
    books.sweep_to(day(400));
    ASSERT_EQ(books.journal.size(), 3u);
    EXPECT_EQ(books.journal[1].kind, EntryKind::mature);
    EXPECT_EQ(books.journal[1].effective_at, day(14));
    EXPECT_EQ(books.journal[1].recorded_at, day(14));
    EXPECT_EQ(books.journal[2].kind, EntryKind::expire);
    EXPECT_EQ(books.journal[2].effective_at, day(365));
    EXPECT_EQ(books.journal[2].clause, "6.1");
}

TEST(Sweep, ReleasesAHoldBeforeWhatItGivesBackExpiresAtTheSameInstant) {
    Books books;
    books.earn(day(0), 100, day(0), day(10));
    books.hold(day(1), hold_id(1), 60, day(10));
    books.sweep_to(Instant{day(10).us - 1});
    EXPECT_EQ(books.balance_at(Instant{day(10).us - 1}), "p0 a40 h60 o0");
    books.sweep_to(day(10));
    EXPECT_EQ(books.balance_at(day(10)), "p0 a0 h0 o0");
    // Released into the lot that was still there, which then expires as one.
    ASSERT_EQ(books.journal.size(), 4u);
    EXPECT_EQ(books.journal[2].kind, EntryKind::release);
    EXPECT_EQ(books.journal[3].kind, EntryKind::expire);
    EXPECT_EQ(books.journal[3].legs[static_cast<std::size_t>(ledger::Book::expired)], Points{100});
}

TEST(Spend, TakesWhatExpiresSoonestAndWhatNeverExpiresLast) {
    Books books;
    const LotId never = books.earn(day(0), 10, day(0), std::nullopt);
    const LotId late = books.earn(day(1), 20, day(0), day(90));
    const LotId soon = books.earn(day(2), 30, day(0), day(60));
    const ledger::Spent spent = books.spend(day(3), 55);
    ASSERT_EQ(spent.draws.size(), 3u);
    EXPECT_EQ(spent.draws[0].lot.id, soon);
    EXPECT_EQ(spent.draws[0].taken, Points{30});
    EXPECT_EQ(spent.draws[1].lot.id, late);
    EXPECT_EQ(spent.draws[1].taken, Points{20});
    EXPECT_EQ(spent.draws[2].lot.id, never);
    EXPECT_EQ(spent.draws[2].taken, Points{5});
    EXPECT_EQ(books.balance_at(day(3)), "p0 a5 h0 o0");
}

TEST(Spend, RefusesOnBothSidesOfWhatIsAvailable) {
    Books books;
    books.earn(day(0), 100, day(0), std::nullopt);
    books.earn(day(0), 50, day(30), std::nullopt);
    const auto ask = [&](std::int64_t points) {
        return spend(books.wallet, {.points = Points{points}, .offer = {}, .clause = {}}, books.stamp(day(1)));
    };
    EXPECT_TRUE(ask(100).has_value());
    ASSERT_FALSE(ask(101).has_value());
    EXPECT_EQ(ask(101).error(), LedgerRejection::insufficient_points);
    EXPECT_EQ(ask(0).error(), LedgerRejection::points_must_be_positive);
    EXPECT_EQ(ask(-1).error(), LedgerRejection::points_must_be_positive);
    EXPECT_EQ(ask(INT64_MAX).error(), LedgerRejection::insufficient_points);
    for (const std::int64_t points : {kAmountMax - 149, kAmountMax + 1, INT64_MAX}) {
        EXPECT_EQ(spend(books.wallet, {.points = Points{points}, .offer = {}, .clause = {}, .may_owe = true}, books.stamp(day(1)))
                      .error(),
                  LedgerRejection::points_out_of_range);
    }
    books.wallet.is_frozen = true;
    EXPECT_EQ(ask(101).error(), LedgerRejection::wallet_is_frozen);
    EXPECT_EQ(place_hold(books.wallet, hold_id(1), Points{1}, day(9), books.stamp(day(1))).error(),
              LedgerRejection::wallet_is_frozen);
    // A completed sale is a fact, also for a frozen wallet.
    EXPECT_TRUE(
        spend(books.wallet, {.points = Points{101}, .offer = {}, .clause = {}, .may_owe = true}, books.stamp(day(1))).has_value());
}

TEST(Spend, OfACompletedSaleOwesWhatIsNotCovered) {
    Books books;
    books.earn(day(0), 100, day(0), std::nullopt);
    books.earn(day(0), 40, day(5), std::nullopt);
    const ledger::Spent spent = books.spend(day(1), 130, true);
    EXPECT_EQ(spent.uncovered, Points{30});
    EXPECT_EQ(books.balance_at(day(1)), "p40 a0 h0 o30");
    // What matures repays first.
    EXPECT_EQ(books.balance_at(day(5)), "p0 a10 h0 o0");
    books.sweep_to(day(5));
    EXPECT_EQ(books.balance_at(day(5)), "p0 a10 h0 o0");
}

TEST(Earn, RepaysDebtFirstAndMakesNoLotWhenNothingIsLeft) {
    Books books;
    books.spend(day(0), 100, true);
    books.earn(day(1), 100, day(15), day(400));
    EXPECT_EQ(books.balance_at(day(1)), "p0 a0 h0 o0");
    EXPECT_TRUE(books.wallet.lots.empty());
    books.spend(day(2), 30, true);
    books.earn(day(3), 100, day(17), day(400));
    EXPECT_EQ(books.balance_at(day(3)), "p70 a0 h0 o0");
    EXPECT_EQ(books.wallet.lots.at(0).original, Points{100});
}

TEST(Earn, SaysHowMuchRepaidDebtSoThatItCanComeBackIntoTheSameLot) {
    Books books;
    books.spend(day(0), 100, true);
    const auto earned = ledger::earn(
        books.wallet, {.parts = {{"base", "4.1", Points{60}}}, .matures_at = day(15), .expires_at = day(400)}, books.stamp(day(1)));
    ASSERT_TRUE(earned.has_value());
    books.accept(earned->posting);
    EXPECT_EQ(earned->repaid, Points{60});
    EXPECT_TRUE(books.wallet.lots.empty());
    ledger::Spent paid;
    paid.draws.push_back({.lot = earned->lot, .taken = earned->repaid});
    // Not mature yet: beside the 40 still owed.
    books.restore(day(2), paid, 60);
    EXPECT_EQ(books.balance_at(day(2)), "p60 a0 h0 o40");
    EXPECT_EQ(books.wallet.lots.at(0).id, earned->lot.id);
    EXPECT_EQ(books.wallet.lots.at(0).expires_at, day(400));
    // Mature meanwhile: it repays what is owed, and the rest can be spent.
    Books later;
    later.spend(day(0), 100, true);
    later.accept(earned->posting);
    later.restore(day(20), paid, 60);
    EXPECT_EQ(later.balance_at(day(20)), "p0 a20 h0 o0");
}

TEST(Earn, WritesOneEntryForEachClauseAndOneLot) {
    Books books;
    books.spend(day(0), 15, true);
    const auto earned = ledger::earn(
        books.wallet, {.parts = {{"base", "4.1", Points{10}}, {"quiet_days", "4.2", Points{20}}}, .matures_at = day(1)},
        books.stamp(day(0)));
    ASSERT_TRUE(earned.has_value());
    books.accept(earned->posting);
    ASSERT_EQ(earned->posting.entries.size(), 2u);
    EXPECT_EQ(earned->posting.entries[0].clause, "4.1");
    EXPECT_TRUE(earned->posting.entries[0].lots.empty());  // all of it repaid the debt
    EXPECT_EQ(earned->posting.entries[1].clause, "4.2");
    ASSERT_EQ(books.wallet.lots.size(), 1u);
    EXPECT_EQ(books.wallet.lots[0].remaining, Points{15});
}

TEST(Earn, OfALateReceiptMaturesAndExpiresAtOnce) {
    Books books;
    books.earn(day(100), 10, day(50), day(101));
    EXPECT_EQ(books.balance_at(day(100)), "p0 a10 h0 o0");
    EXPECT_EQ(books.journal.size(), 1u);
    books.earn(day(100), 10, day(50), day(100));
    EXPECT_EQ(books.balance_at(day(100)), "p0 a10 h0 o0");
    ASSERT_EQ(books.journal.size(), 3u);
    EXPECT_EQ(books.journal[2].kind, EntryKind::expire);
    EXPECT_EQ(books.journal[2].effective_at, day(100));
    EXPECT_EQ(books.journal[2].clause, "6.1");
    // Expired points repay nothing.
    books.spend(day(100), 15, true);
    books.earn(day(100), 10, day(50), day(99));
    EXPECT_EQ(books.balance_at(day(100)), "p0 a0 h0 o5");
}

TEST(Earn, RefusesWhatIsOutOfRange) {
    Books books;
    const auto ask = [&](std::int64_t points) {
        return ledger::earn(books.wallet, {.parts = {{"base", "4.1", Points{points}}}, .matures_at = day(0)}, books.stamp(day(0)));
    };
    EXPECT_EQ(ask(0).error(), LedgerRejection::points_must_be_positive);
    EXPECT_EQ(ledger::earn(books.wallet, {}, books.stamp(day(0))).error(), LedgerRejection::points_must_be_positive);
    books.accept(ask(kAmountMax - 5)->posting);
    EXPECT_TRUE(ask(5).has_value());
    EXPECT_EQ(ask(6).error(), LedgerRejection::points_out_of_range);
    EXPECT_EQ(ask(kAmountMax).error(), LedgerRejection::points_out_of_range);
}

TEST(Hold, TakesPointsOutUntilReleased) {
    Books books;
    books.earn(day(0), 100, day(0), day(50));
    books.earn(day(1), 100, day(0), day(60));
    books.hold(day(2), hold_id(1), 150, day(3));
    EXPECT_EQ(books.balance_at(day(2)), "p0 a50 h150 o0");
    EXPECT_EQ(spend(books.wallet, {.points = Points{51}, .offer = {}, .clause = {}}, books.stamp(day(2))).error(),
              LedgerRejection::insufficient_points);
    const ledger::Wallet before = books.wallet;
    const auto released = release_hold(books.wallet, hold_id(1), books.stamp(day(2)));
    ASSERT_TRUE(released.has_value());
    books.accept(*released);
    EXPECT_EQ(books.balance_at(day(2)), "p0 a200 h0 o0");
    EXPECT_EQ(release_hold(books.wallet, hold_id(1), books.stamp(day(2))).error(), LedgerRejection::hold_not_found);
}

TEST(Hold, TimesOutAtItsInstantAndNotBefore) {
    Books books;
    books.earn(day(0), 100, day(0), std::nullopt);
    books.hold(day(0), hold_id(1), 100, day(3));
    EXPECT_EQ(books.balance_at(Instant{day(3).us - 1}), "p0 a0 h100 o0");
    EXPECT_EQ(books.balance_at(day(3)), "p0 a100 h0 o0");
    books.sweep_to(day(3));
    EXPECT_EQ(books.journal.back().effective_at, day(3));
}

TEST(Hold, KeepsPointsFromExpiringAndLetsThemExpireWhenReleased) {
    Books books;
    books.earn(day(0), 100, day(0), day(5));
    books.hold(day(1), hold_id(1), 60, day(20));
    EXPECT_EQ(books.balance_at(day(6)), "p0 a0 h60 o0");
    Books confirmed = books;
    confirmed.sweep_to(day(6));
    const auto spent =
        confirm_hold(confirmed.wallet, hold_id(1), {.points = Points{60}, .offer = "o", .clause = "5.1"}, confirmed.stamp(day(6)));
    ASSERT_TRUE(spent.has_value());
    confirmed.accept(spent->posting);
    EXPECT_EQ(confirmed.balance_at(day(6)), "p0 a0 h0 o0");
    books.sweep_to(day(6));
    books.accept(*release_hold(books.wallet, hold_id(1), books.stamp(day(6))));
    EXPECT_EQ(books.balance_at(day(6)), "p0 a0 h0 o0");
    EXPECT_EQ(books.journal.back().kind, EntryKind::expire);
}

TEST(Hold, ConfirmedInPartSpendsWhatExpiresSoonestAndReleasesTheRest) {
    Books books;
    const LotId soon = books.earn(day(0), 100, day(0), day(50));
    const LotId late = books.earn(day(1), 100, day(0), day(60));
    books.hold(day(2), hold_id(1), 150, day(3));
    const auto ask = [&](std::int64_t points, bool may_owe) {
        return confirm_hold(books.wallet, hold_id(1), {.points = Points{points}, .offer = "o", .clause = "c", .may_owe = may_owe},
                            books.stamp(day(2)));
    };
    EXPECT_EQ(ask(0, false).error(), LedgerRejection::points_must_be_positive);
    EXPECT_EQ(ask(151, false).error(), LedgerRejection::hold_smaller_than_wanted);
    EXPECT_EQ(ask(INT64_MAX, false).error(), LedgerRejection::hold_smaller_than_wanted);
    EXPECT_EQ(ask(INT64_MAX, true).error(), LedgerRejection::points_out_of_range);
    EXPECT_EQ(ask(kAmountMax, true).error(), LedgerRejection::points_out_of_range);
    EXPECT_TRUE(ask(150, false).has_value());
    {
        Books more = books;
        const auto beyond = confirm_hold(more.wallet, hold_id(1),
                                         {.points = Points{220}, .offer = "o", .clause = "c", .may_owe = true}, more.stamp(day(2)));
        ASSERT_TRUE(beyond.has_value());
        EXPECT_EQ(beyond->uncovered, Points{20});
        more.accept(beyond->posting);
        EXPECT_EQ(more.balance_at(day(2)), "p0 a0 h0 o20");
    }
    const auto spent = ask(120, false);
    ASSERT_TRUE(spent.has_value());
    books.accept(spent->posting);
    ASSERT_EQ(spent->draws.size(), 2u);
    EXPECT_EQ(spent->draws[0].lot.id, soon);
    EXPECT_EQ(spent->draws[0].taken, Points{100});
    EXPECT_EQ(spent->draws[1].lot.id, late);
    EXPECT_EQ(spent->draws[1].taken, Points{20});
    EXPECT_EQ(books.balance_at(day(2)), "p0 a80 h0 o0");
    EXPECT_TRUE(books.wallet.holds.empty());
}

TEST(Hold, AreLimitedPerWallet) {
    Books books;
    books.earn(day(0), 1'000, day(0), std::nullopt);
    for (std::uint64_t i = 0; i < limits::holds_per_account; ++i) books.hold(day(0), hold_id(i + 1), 1, day(9));
    EXPECT_EQ(place_hold(books.wallet, hold_id(5'000), Points{1}, day(9), books.stamp(day(0))).error(),
              LedgerRejection::too_many_holds);
}

TEST(Hold, ReleasedBesideADebtRepaysIt) {
    Books books;
    books.earn(day(0), 100, day(0), std::nullopt);
    books.hold(day(0), hold_id(1), 100, day(9));
    books.spend(day(1), 30, true);
    EXPECT_EQ(books.balance_at(day(1)), "p0 a0 h100 o30");
    EXPECT_EQ(books.balance_at(day(9)), "p0 a70 h0 o0");
    books.accept(*release_hold(books.wallet, hold_id(1), books.stamp(day(1))));
    EXPECT_EQ(books.balance_at(day(1)), "p0 a70 h0 o0");
}

TEST(Restore, GivesBackToTheVeryLotsFromTheLastDrawBackwards) {
    Books books;
    const LotId soon = books.earn(day(0), 100, day(0), day(50));
    const LotId late = books.earn(day(1), 100, day(0), day(60));
    const ledger::Wallet before = books.wallet;
    const ledger::Spent spent = books.spend(day(2), 150);
    const ledger::Restored first = books.restore(day(3), spent, 70);
    ASSERT_EQ(first.draws_left.size(), 1u);
    EXPECT_EQ(first.draws_left[0].lot.id, soon);
    EXPECT_EQ(first.draws_left[0].taken, Points{80});
    ASSERT_EQ(books.wallet.lots.size(), 2u);
    EXPECT_EQ(books.wallet.lots[0].id, soon);
    EXPECT_EQ(books.wallet.lots[0].remaining, Points{20});
    EXPECT_EQ(books.wallet.lots[1].id, late);
    books.restore(day(3), {.posting = {}, .draws = first.draws_left, .uncovered = {}}, 80);
    EXPECT_EQ(books.wallet, before);
    // Restoring it again is more than the lots ever had.
    EXPECT_EQ(restore_spend(books.wallet, {.draws = spent.draws, .points = Points{150}, .uncovered = {}, .offer = {}, .clause = {}},
                            books.stamp(day(3)))
                  .error(),
              LedgerRejection::points_out_of_range);
}

TEST(Restore, ToALotThatWasDroppedAndHasExpiredMeanwhile) {
    Books books;
    books.earn(day(0), 100, day(0), day(50));
    const ledger::Spent spent = books.spend(day(2), 100);
    EXPECT_TRUE(books.wallet.lots.empty());
    {
        Books just_before = books;
        just_before.restore(Instant{day(50).us - 1}, spent, 100);
        EXPECT_EQ(just_before.balance_at(Instant{day(50).us - 1}), "p0 a100 h0 o0");
    }
    {
        Books extended = books;
        ledger::Spent kept = spent;
        kept.draws.front().lot.expires_at = day(70);
        extended.restore(day(50), kept, 100);
        EXPECT_EQ(extended.balance_at(day(69)), "p0 a100 h0 o0");
        EXPECT_EQ(extended.balance_at(day(70)), "p0 a0 h0 o0");
    }
    books.restore(day(50), spent, 100);
    EXPECT_EQ(books.balance_at(day(50)), "p0 a0 h0 o0");
    EXPECT_EQ(books.journal.back().kind, EntryKind::expire);
}

TEST(Restore, ForgivesWhatWasOwedFirst) {
    Books books;
    books.earn(day(0), 100, day(0), std::nullopt);
    const ledger::Spent spent = books.spend(day(1), 130, true);
    const ledger::Restored restored = books.restore(day(2), spent, 50);
    EXPECT_EQ(restored.uncovered_left, Points{0});
    EXPECT_EQ(books.balance_at(day(2)), "p0 a20 h0 o0");
}

TEST(Restore, OfADebtThatWasRepaidSinceMakesAFreshLot) {
    Books books;
    const ledger::Spent spent = books.spend(day(1), 30, true);
    books.earn(day(2), 20, day(2), day(400));
    EXPECT_EQ(books.balance_at(day(2)), "p0 a0 h0 o10");
    books.restore(day(3), spent, 30);
    EXPECT_EQ(books.balance_at(day(3)), "p0 a20 h0 o0");
    EXPECT_EQ(books.balance_at(day(900)), "p0 a0 h0 o0");
}

TEST(Restore, ThenReverseLeavesNothing) {
    Books books;
    const LotId lot = books.earn(day(0), 100, day(0), day(300));
    const ledger::Spent spent = books.spend(day(1), 100);
    // Earned and spent, then the goods that earned them come back: owed; then what they bought comes back too.
    EXPECT_EQ(books.reverse(day(2), lot, 100, true).uncovered, Points{100});
    EXPECT_EQ(books.balance_at(day(2)), "p0 a0 h0 o100");
    books.restore(day(3), spent, 100);
    EXPECT_EQ(books.balance_at(day(3)), "p0 a0 h0 o0");
    EXPECT_TRUE(books.wallet.lots.empty());
}

TEST(ReverseEarn, TakesItsOwnLotThenOthersThenOwes) {
    Books books;
    const LotId own = books.earn(day(0), 100, day(20), day(300));
    const LotId pending = books.earn(day(0), 10, day(30), day(200));
    const LotId mature = books.earn(day(0), 10, day(0), day(400));
    books.spend(day(21), 70);
    Books left = books;
    const ledger::ReversedEarn kept = left.reverse(day(22), own, 100, false);
    EXPECT_EQ(kept.uncovered, Points{50});
    ASSERT_EQ(kept.taken.size(), 1u);
    EXPECT_EQ(kept.taken[0].points, Points{50});
    EXPECT_EQ(left.balance_at(day(22)), "p0 a0 h0 o0");
    const ledger::ReversedEarn part = books.reverse(day(22), own, 35, false);
    EXPECT_EQ(part.uncovered, Points{0});
    ASSERT_EQ(books.wallet.lots.size(), 2u);
    EXPECT_EQ(books.wallet.lots[0].id, pending);
    EXPECT_EQ(books.wallet.lots[1].id, mature);
    EXPECT_EQ(books.wallet.lots[1].remaining, Points{5});
    EXPECT_EQ(books.reverse(day(22), own, 65, true).uncovered, Points{50});
    EXPECT_EQ(books.balance_at(day(22)), "p0 a0 h0 o50");
}

TEST(Adjust, BothWays) {
    Books books;
    const auto adjust_by = [&](std::int64_t points, bool may_owe) {
        return adjust(books.wallet,
                      {.points = Points{points}, .reason = "goodwill", .author = "olga", .expires_at = day(9), .may_owe = may_owe},
                      books.stamp(day(0)));
    };
    EXPECT_EQ(adjust_by(0, false).error(), LedgerRejection::points_must_be_positive);
    EXPECT_EQ(adjust_by(-1, false).error(), LedgerRejection::insufficient_points);
    EXPECT_EQ(adjust_by(INT64_MIN, true).error(), LedgerRejection::points_out_of_range);
    EXPECT_EQ(adjust_by(INT64_MAX, true).error(), LedgerRejection::points_out_of_range);
    books.accept(*adjust_by(-5, true));
    EXPECT_EQ(books.balance_at(day(0)), "p0 a0 h0 o5");
    books.accept(*adjust_by(12, false));
    EXPECT_EQ(books.balance_at(day(0)), "p0 a7 h0 o0");
    EXPECT_EQ(books.journal.back().author, "olga");
    EXPECT_EQ(adjust_by(-8, false).error(), LedgerRejection::insufficient_points);
    books.accept(*adjust_by(-7, false));
    EXPECT_EQ(books.balance_at(day(0)), "p0 a0 h0 o0");
}

TEST(SetExpiry, ExtendsLotsAndWhatIsHeldButNeverShortens) {
    Books books;
    books.earn(day(0), 100, day(0), day(10));
    books.earn(day(0), 50, day(0), day(40));
    books.earn(day(0), 7, day(0), std::nullopt);
    books.hold(day(1), hold_id(1), 30, day(20));
    books.sweep_to(day(2));
    books.accept(set_expiry(books.wallet, day(25), books.stamp(day(2))));
    EXPECT_EQ(books.balance_at(day(20)), "p0 a157 h0 o0");
    EXPECT_EQ(books.balance_at(day(25)), "p0 a57 h0 o0");
    EXPECT_EQ(books.balance_at(day(40)), "p0 a7 h0 o0");
    EXPECT_TRUE(set_expiry(books.wallet, day(25), books.stamp(day(2))).entries.empty());
}

TEST(Packing, BringsEverythingBack) {
    Books books;
    books.earn(day(0), 100, day(0), day(10));
    books.earn(day(0), 50, day(20), std::nullopt);
    books.hold(day(1), hold_id(1), 100, day(20));
    books.spend(day(1), 3, true);
    ByteWriter out;
    pack(out, books.wallet);
    for (const ledger::Entry& entry : books.journal) pack(out, entry.lots);
    ByteReader in(out.bytes());
    EXPECT_EQ(ledger::unpack_wallet(in), books.wallet);
    for (const ledger::Entry& entry : books.journal) EXPECT_EQ(ledger::unpack_lot_changes(in), entry.lots);
    EXPECT_TRUE(in.is_at_end());
    // Cut short anywhere it is malformed, never a crash.
    for (std::size_t size = 0; size < out.bytes().size(); ++size) {
        ByteReader cut(std::string_view{out.bytes()}.substr(0, size));
        ledger::unpack_wallet(cut);
        for (const ledger::Entry& entry : books.journal) EXPECT_LE(ledger::unpack_lot_changes(cut).size(), entry.lots.size() + 1);
        EXPECT_FALSE(cut.is_at_end());
    }
}

}  // namespace
}  // namespace suki
