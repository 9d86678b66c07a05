#include <random>

#include "books.h"

namespace suki {
namespace {

/// A random history of one wallet: every command at a later or equal time, every law checked at every step.
class History {
public:
    explicit History(std::uint64_t seed) : random_(seed) {}

    void step() {
        const Instant earlier = now_;
        now_.us += one_of({0, 0, 1, kDayUs / 2, kDayUs, 3 * kDayUs});
        check_sweeps(earlier);
        books_.sweep_to(now_);
        switch (random_() % 10) {
            case 0:
            case 1:
            case 2: earn(); break;
            case 3:
            case 4: spend(); break;
            case 5: hold(); break;
            case 6: end_hold(); break;
            case 7: reverse(); break;
            case 8: restore(); break;
            case 9:
                switch (random_() % 4) {
                    case 0: extend(); break;
                    case 1: transfer(); break;
                    default: adjust();
                }
                break;
        }
    }
    [[nodiscard]] const Books& books() const { return books_; }

private:
    struct Earned {
        LotId lot;
        std::vector<ledger::Part> parts;
    };

    std::int64_t one_of(std::vector<std::int64_t> choices) { return choices[random_() % choices.size()]; }
    std::int64_t up_to(std::int64_t max) { return 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(max)); }

    void check_sweeps(Instant earlier) {
        const Instant middle{earlier.us +
                             static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(now_.us - earlier.us + 1))};
        const ledger::Posting whole = sweep(books_.wallet, now_, "6.1", 1);
        const ledger::Posting first = sweep(books_.wallet, middle, "6.1", 1);
        const ledger::Posting second = sweep(first.wallet, now_, "6.1", 1);
        std::vector<ledger::Entry> both = first.entries;
        both.insert(both.end(), second.entries.begin(), second.entries.end());
        EXPECT_EQ(both, whole.entries);
        EXPECT_EQ(second.wallet, whole.wallet);
        EXPECT_TRUE(sweep(whole.wallet, now_, "6.1", 1).entries.empty());
        EXPECT_EQ(balance(books_.wallet, now_), balance(whole.wallet, now_));
        for (std::size_t i = 1; i < whole.entries.size(); ++i) {
            EXPECT_LE(whole.entries[i - 1].effective_at, whole.entries[i].effective_at);
        }
    }

    void earn() {
        const Instant matures_at{now_.us + one_of({-kDayUs, 0, 1, kDayUs, 5 * kDayUs})};
        std::optional<Instant> expires_at;
        if (random_() % 4 != 0)
            expires_at = Instant{now_.us + one_of({-kDayUs, 0, 1, kDayUs, 4 * kDayUs, 10 * kDayUs, 30 * kDayUs})};
        ledger::EarnRequest request{.parts = {}, .matures_at = matures_at, .expires_at = expires_at};
        for (std::int64_t i = up_to(3); i > 0; --i) {
            request.parts.push_back({"offer" + std::to_string(i), "4." + std::to_string(i), Points{up_to(200)}});
        }
        const auto earned = ledger::earn(books_.wallet, request, books_.stamp(now_));
        ASSERT_TRUE(earned.has_value());
        books_.accept(earned->posting);
        earned_.push_back({earned->lot.id, request.parts});
        // As a receipt that paid with more than there was: what it repaid may be asked back from its own lot.
        if (!earned->repaid.is_zero() && random_() % 2 == 0) {
            ledger::Spent paid;
            paid.draws.push_back({.lot = earned->lot, .taken = Points{up_to(earned->repaid.minor())}});
            spent_.push_back(std::move(paid));
        }
    }

    void spend() {
        const Points available = balance(books_.wallet, now_).available;
        const Points points{up_to(300)};
        const bool may_owe = random_() % 3 == 0;
        auto spent = ledger::spend(books_.wallet, {.points = points, .offer = "till", .clause = "5.1", .may_owe = may_owe},
                                   books_.stamp(now_));
        EXPECT_EQ(spent.has_value(), may_owe || points <= available);
        if (!spent) return;
        EXPECT_EQ(spent->uncovered, std::max(Points{0}, *subtract(points, available)));
        books_.accept(spent->posting);
        spent_.push_back(*spent);
    }

    void hold() {
        const HoldId id = hold_id(random_());
        const auto posting = place_hold(books_.wallet, id, Points{up_to(150)},
                                        Instant{now_.us + one_of({0, 1, kDayUs, 6 * kDayUs})}, books_.stamp(now_));
        if (posting) books_.accept(*posting);
    }

    void end_hold() {
        if (books_.wallet.holds.empty()) return;
        const ledger::Hold& hold = books_.wallet.holds[random_() % books_.wallet.holds.size()];
        if (random_() % 2 == 0) {
            const auto released = release_hold(books_.wallet, hold.id, books_.stamp(now_));
            ASSERT_TRUE(released.has_value());
            books_.accept(*released);
            return;
        }
        const Points points{up_to(hold.points.minor() + 5)};
        const bool may_owe = random_() % 2 == 0;
        auto spent = confirm_hold(books_.wallet, hold.id, {.points = points, .offer = "till", .clause = "5.1", .may_owe = may_owe},
                                  books_.stamp(now_));
        EXPECT_EQ(spent.has_value(), may_owe || points <= hold.points);
        if (!spent) return;
        books_.accept(spent->posting);
        spent_.push_back(*spent);
    }

    void reverse() {
        if (earned_.empty()) return;
        const std::size_t index = random_() % earned_.size();
        const Earned earned = earned_[index];
        earned_.erase(earned_.begin() + static_cast<std::ptrdiff_t>(index));
        std::vector<ledger::Part> parts = earned.parts;
        Points total;
        for (ledger::Part& part : parts) {
            part.points = Points{up_to(part.points.minor())};
            total = *add(total, part.points);
        }
        const bool may_owe = random_() % 2 == 0;
        const ledger::Balance before = balance(books_.wallet, now_);
        const auto reversed =
            reverse_earn(books_.wallet, {.lot = earned.lot, .parts = parts, .may_owe = may_owe}, books_.stamp(now_));
        ASSERT_TRUE(reversed.has_value());
        const Points free = *add(before.pending, before.available);
        EXPECT_EQ(reversed->uncovered, std::max(Points{0}, *subtract(total, free)));
        books_.accept(reversed->posting);
    }

    void restore() {
        if (spent_.empty()) return;
        ledger::Spent& spent = spent_[random_() % spent_.size()];
        std::int64_t left = spent.uncovered.minor();
        for (const ledger::Draw& draw : spent.draws) left += draw.taken.minor();
        if (left == 0) return;
        const auto restored = restore_spend(books_.wallet,
                                            {.draws = spent.draws,
                                             .points = Points{up_to(left)},
                                             .uncovered = spent.uncovered,
                                             .offer = "till",
                                             .clause = "5.1",
                                             .fresh_expires_at = Instant{now_.us + kDayUs}},
                                            books_.stamp(now_));
        ASSERT_TRUE(restored.has_value());
        books_.accept(restored->posting);
        spent.draws = restored->draws_left;
        spent.uncovered = restored->uncovered_left;
    }

    void adjust() {
        std::int64_t points = up_to(100) - 50;
        if (points == 0) points = 1;
        std::optional<Instant> expires_at;
        if (random_() % 2 == 0) expires_at = Instant{now_.us + one_of({0, 1, kDayUs})};
        const auto posting = ledger::adjust(
            books_.wallet,
            {.points = Points{points}, .reason = "r", .author = "a", .expires_at = expires_at, .may_owe = random_() % 2 == 0},
            books_.stamp(now_));
        if (posting) books_.accept(*posting);
    }

    /// Out of this wallet into another and, sometimes, home again.
    void transfer() {
        const ledger::TransferRequest request{.points = Points{up_to(200)}, .reason = "r", .author = "a"};
        const bool is_all = random_() % 8 == 0;
        const Points available = balance(books_.wallet, now_).available;
        const auto taken = is_all ? transfer_all(books_.wallet, request, books_.stamp(now_))
                                  : transfer_out(books_.wallet, request, books_.stamp(now_));
        EXPECT_EQ(taken.has_value(), is_all ? books_.wallet.holds.empty() : request.points <= available);
        if (!taken) return;
        books_.accept(taken->posting);
        other_.sweep_to(now_);
        const auto arrived = transfer_in(other_.wallet, *taken, request, books_.stamp(now_));
        ASSERT_TRUE(arrived.has_value());
        other_.accept(*arrived);
        std::int64_t sum = 0;
        for (const Books* books : {&books_, &other_}) {
            for (const ledger::Entry& entry : books->journal) sum += entry.legs[std::size_t(ledger::Book::transferred)].minor();
        }
        EXPECT_EQ(sum, 0);
        if (random_() % 3 != 0) return;
        const auto back = transfer_all(other_.wallet, request, other_.stamp(now_));
        other_.accept(back->posting);
        const auto home = transfer_in(books_.wallet, *back, request, other_.stamp(now_));
        ASSERT_TRUE(home.has_value());
        books_.accept(*home);
    }

    void extend() { books_.accept(set_expiry(books_.wallet, Instant{now_.us + 7 * kDayUs}, books_.stamp(now_))); }

    std::mt19937_64 random_;
    Books books_;
    Books other_;
    Instant now_ = day(0);
    std::vector<Earned> earned_;
    std::vector<ledger::Spent> spent_;
};

TEST(RandomHistories, KeepEveryLaw) {
    std::size_t kinds_seen[count_of<ledger::EntryKind>] = {};
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        History history(seed);
        for (int i = 0; i < 250; ++i) {
            history.step();
            if (::testing::Test::HasFailure()) {
                FAIL() << "step " << i;
            }
        }
        for (const ledger::Entry& entry : history.books().journal) ++kinds_seen[static_cast<std::size_t>(entry.kind)];
    }
    // A law that is never exercised proves nothing.
    for (std::size_t i = 0; i < count_of<ledger::EntryKind>; ++i) {
        if (static_cast<ledger::EntryKind>(i) == ledger::EntryKind::welcome) continue;
        EXPECT_GT(kinds_seen[i], 50u) << name_of(static_cast<ledger::EntryKind>(i));
    }
}

TEST(RandomHistories, AreTheSameToTheByteWhenRepeated) {
    History a(7);
    History b(7);
    for (int i = 0; i < 200; ++i) {
        a.step();
        b.step();
    }
    EXPECT_EQ(a.books().journal, b.books().journal);
}

}  // namespace
}  // namespace suki
