#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "ledger/ledger.h"

/// What every test of the ledger needs: a wallet with its journal, checked after every step.
namespace suki::ledger {

inline void PrintTo(const Lot& lot, std::ostream* out) {
    *out << lot.id.text() << " " << lot.remaining.minor() << "/" << lot.original.minor() << " earned by " << lot.earned_by
         << " matures " << lot.matures_at.us << " expires " << (lot.expires_at ? std::to_string(lot.expires_at->us) : "never")
         << (lot.is_mature ? " mature" : "");
}
inline void PrintTo(const Entry& entry, std::ostream* out) {
    *out << name_of(entry.kind) << " " << entry.cause << " at " << entry.effective_at.us << " [";
    for (const Points points : entry.legs) *out << " " << points.minor();
    *out << " ]";
}
inline void PrintTo(const Balance& balance, std::ostream* out) {
    *out << "pending " << balance.pending.minor() << " available " << balance.available.minor() << " held " << balance.held.minor()
         << " owed " << balance.owed.minor();
}

}  // namespace suki::ledger

namespace suki {

/// Days since the beginning of the test's time.
inline Instant day(std::int64_t days) { return {1'700'000'000'000'000 + days * kDayUs}; }
inline HoldId hold_id(std::uint64_t n) { return HoldId{IdBits{7, n}}; }

struct Books {
    ledger::Wallet wallet{.unit = "points", .lots = {}, .holds = {}, .owed = {}, .is_frozen = false};
    ledger::Wallet rebuilt;
    std::vector<ledger::Entry> journal;
    std::set<EntryId> ids;
    int commands = 0;

    void accept(const ledger::Posting& posting) {
        for (const ledger::Breach& breach : check_posting(wallet, posting.entries, posting.wallet)) {
            ADD_FAILURE() << name_of(breach.invariant) << ": " << breach.what;
        }
        for (const ledger::Entry& entry : posting.entries) {
            EXPECT_TRUE(ids.insert(entry.id).second) << "an id twice: " << name_of(entry.kind);
            EXPECT_TRUE(replay(rebuilt, entry)) << name_of(entry.kind);
            journal.push_back(entry);
        }
        wallet = posting.wallet;
        rebuilt.unit = wallet.unit;
        rebuilt.is_frozen = wallet.is_frozen;
        EXPECT_EQ(rebuilt, wallet) << "replaying the journal gives another wallet";
    }

    void sweep_to(Instant now) { accept(sweep(wallet, now, "6.1", 1)); }

    ledger::Stamp stamp(Instant now, std::string cause = {}) {
        if (cause.empty()) cause = "command-" + std::to_string(++commands);
        return {.occurred_at = now, .recorded_at = now, .cause = std::move(cause), .edition = 1, .expiry_clause = "6.1"};
    }

    LotId earn(Instant now, std::int64_t points, Instant matures_at, std::optional<Instant> expires_at) {
        sweep_to(now);
        const auto earned = ledger::earn(wallet,
                                         {.kind = ledger::EntryKind::earn,
                                          .parts = {{.offer = "base", .clause = "4.1", .points = Points{points}}},
                                          .matures_at = matures_at,
                                          .expires_at = expires_at},
                                         stamp(now));
        EXPECT_TRUE(earned.has_value());
        accept(earned->posting);
        return earned->lot.id;
    }

    ledger::Spent spend(Instant now, std::int64_t points, bool may_owe = false) {
        sweep_to(now);
        auto spent =
            ledger::spend(wallet, {.points = Points{points}, .offer = "at_till", .clause = "5.1", .may_owe = may_owe}, stamp(now));
        EXPECT_TRUE(spent.has_value()) << name_of(spent.error());
        accept(spent->posting);
        return *spent;
    }

    ledger::Restored restore(Instant now, const ledger::Spent& spent, std::int64_t points) {
        sweep_to(now);
        auto restored = restore_spend(wallet,
                                      {.draws = spent.draws,
                                       .points = Points{points},
                                       .uncovered = spent.uncovered,
                                       .offer = "at_till",
                                       .clause = "5.1",
                                       .fresh_expires_at = day(900)},
                                      stamp(now));
        EXPECT_TRUE(restored.has_value());
        accept(restored->posting);
        return *restored;
    }

    ledger::ReversedEarn reverse(Instant now, LotId lot, std::int64_t points, bool may_owe) {
        sweep_to(now);
        auto reversed = reverse_earn(
            wallet, {.lot = lot, .parts = {{.offer = "base", .clause = "4.1", .points = Points{points}}}, .may_owe = may_owe},
            stamp(now));
        EXPECT_TRUE(reversed.has_value());
        accept(reversed->posting);
        return *reversed;
    }

    void hold(Instant now, HoldId id, std::int64_t points, Instant expires_at) {
        sweep_to(now);
        const auto posting = place_hold(wallet, id, Points{points}, expires_at, stamp(now));
        ASSERT_TRUE(posting.has_value());
        accept(*posting);
    }

    [[nodiscard]] std::string balance_at(Instant now) const {
        const ledger::Balance is = ledger::balance(wallet, now);
        return "p" + std::to_string(is.pending.minor()) + " a" + std::to_string(is.available.minor()) + " h" +
               std::to_string(is.held.minor()) + " o" + std::to_string(is.owed.minor());
    }
};

}  // namespace suki
