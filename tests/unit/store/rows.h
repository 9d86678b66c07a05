#pragma once

#include <string>

#include "base/bytes.h"
#include "house/test_database.h"
#include "store/sqlite/open.h"
#include "store/store.h"

/// Rows with something in every field, for the tests of the store.
namespace suki::store::testing {

inline AccountId account_id(std::uint64_t n) { return {{n * 0x9e3779b97f4a7c15ULL, n}}; }
inline MemberId member_id(std::uint64_t n) { return {{n, 7}}; }
inline LotId lot_id(std::uint64_t n) { return {{n, 9}}; }
inline Digest digest(std::string_view text) { return sha256(text); }
inline constexpr Instant kNow{1'770'000'000'000'000};
inline Instant later(std::int64_t us) { return {kNow.us + us}; }

inline AccountRow account_row(std::uint64_t n) {
    return {.org = "meat", .id = account_id(n), .kind = AccountKind::household, .created_at = kNow};
}

inline MemberRow member_row(std::uint64_t n, const std::string& name = "Ana Petrova") {
    MemberRow row{.org = "meat",
                  .account = account_id(n),
                  .id = member_id(n),
                  .programme = "club",
                  .external_id = "crm-" + std::to_string(n),
                  .name = name,
                  .phone = "+375 29 " + std::to_string(1'000'000 + n),
                  .email = "Ana" + std::to_string(n) + "@example.org",
                  .language = "ru",
                  .status = MemberStatus::blocked,
                  .joined_on = {20'000},
                  .created_at = kNow};
    row.facts.birthday = YearMonthDay{1980, 2, 29};
    row.facts.attributes = {{"children", "2"}};
    row.facts.segments = {"loyal"};
    return row;
}

inline ledger::Wallet wallet(std::int64_t mature, std::int64_t pending, Instant expires_at) {
    ledger::Wallet wallet{.unit = "points"};
    if (mature > 0) {
        wallet.lots.push_back({.id = lot_id(1),
                               .earned_by = "r1",
                               .earned_at = kNow,
                               .original = Points{mature},
                               .remaining = Points{mature},
                               .matures_at = kNow,
                               .expires_at = expires_at,
                               .is_mature = true});
    }
    if (pending > 0) {
        wallet.lots.push_back({.id = lot_id(2),
                               .earned_by = "r2",
                               .earned_at = kNow,
                               .original = Points{pending},
                               .remaining = Points{pending},
                               .matures_at = later(kDayUs)});
    }
    return wallet;
}

inline StateRow state_row(std::uint64_t n) {
    StateRow row{.org = "meat", .account = account_id(n), .programme = "club", .entries = 2, .counted_to = 3};
    row.state.joined_on = {20'000};
    row.state.counters = {{"spend", {{{20'001}, 500}, {{20'003}, 700}}}};
    row.state.levels = {{.level = "silver", .since = {20'001}, .keep_until = {20'400}}};
    row.wallets = {wallet(100, 40, later(30 * kDayUs))};
    return row;
}

inline EntryRow entry_row(std::uint64_t n, std::int64_t sequence) {
    EntryRow row{.org = "meat", .account = account_id(n), .programme = "club", .sequence = sequence};
    row.entry = {.id = {{n, static_cast<std::uint64_t>(sequence)}},
                 .unit = "points",
                 .kind = ledger::EntryKind::adjust,
                 .occurred_at = kNow,
                 .recorded_at = later(1),
                 .effective_at = later(2),
                 .cause = "adj-1",
                 .offer = "offer",
                 .clause = "4.2",
                 .edition = 3,
                 .reason = "sorry",
                 .author = "olga"};
    for (std::size_t i = 0; i < ledger::kBooks; ++i) row.entry.legs[i] = Points{static_cast<std::int64_t>(i) * 3 - 10};
    row.entry.lots = {{.lot = lot_id(1), .change = Points{-5}, .expires_at = later(9)}};
    return row;
}

inline std::string sealed(std::string_view text) {
    ByteWriter out;
    out.put_text(text);
    return out.sealed();
}

inline ReceiptRow receipt_row(std::uint64_t n, const std::string& id, Instant occurred_at = kNow) {
    return {.org = "meat",
            .programme = "club",
            .id = id,
            .account = account_id(n),
            .member = member_id(n),
            .store = "north",
            .occurred_at = occurred_at,
            .recorded_at = later(5),
            .date = {20'500},
            .edition = 2,
            .list_total = Money{1'000},
            .total = Money{900},
            .paid = Money{850},
            .is_returned = true,
            .packed = sealed("receipt " + id)};
}

inline IdempotencyRow idempotency_row(const std::string& key) {
    return {.org = "meat",
            .api_key = "till-1",
            .key = key,
            .command_hash = digest(key),
            .hash_version = 1,
            .status = 201,
            .response = "{\"ok\":true}",
            .account = account_id(1),
            .recorded_at = kNow};
}

inline ClaimRow claim_row(ClaimKind kind, const std::string& value, std::uint64_t n) {
    return {.key = {.org = "meat", .kind = kind, .programme = "club", .value = value},
            .account = account_id(n),
            .member = member_id(n),
            .other = "x"};
}

inline RecordRow record_row(std::uint64_t n, std::optional<AccountId> account = std::nullopt) {
    ByteWriter body;
    body.put_text("what it is");
    RecordRow row{.org = "meat",
                  .id = {n, 3},
                  .programme = "club",
                  .kind = RecordKind::card_batch,
                  .account = account,
                  .subject = "bearer",
                  .place = "north",
                  .status = "made",
                  .created_at = later(static_cast<std::int64_t>(n)),
                  .packed = body.sealed()};
    if (account) row.member = member_id(n);
    return row;
}

/// One purchase with everything that it writes.
inline Batch purchase(std::uint64_t n) {
    const std::string id = "receipt-" + std::to_string(n);
    Batch batch;
    batch.accounts = {account_row(n)};
    batch.members = {member_row(n)};
    batch.states = {state_row(n)};
    batch.entries = {entry_row(n, 0), entry_row(n, 1)};
    batch.receipts = {receipt_row(n, id)};
    batch.claims = {{claim_row(ClaimKind::receipt, id, n)}, {claim_row(ClaimKind::card, "card-" + std::to_string(n), n)}};
    batch.cards = {{.org = "meat",
                    .number = "card-" + std::to_string(n),
                    .account = account_id(n),
                    .member = member_id(n),
                    .programme = "club",
                    .kind = programme::CardKind::category,
                    .issued_at = kNow,
                    .category = "gold",
                    .batch = "cbt_1"}};
    batch.records = {record_row(n, account_id(n))};
    batch.idempotency = {idempotency_row("key-" + std::to_string(n))};
    batch.outbox = {
        {.org = "meat", .account = account_id(n), .id = {n, 1}, .topic = "earned", .payload = "{}", .created_at = kNow}};
    batch.pools = {
        {.org = "meat", .programme = "club", .key = "budget-" + std::to_string(n), .period_start = {20'000}, .drawn = 5}};
    return batch;
}

inline OwnerKey owner(std::uint64_t n) { return {"meat", account_id(n), "club"}; }

/// In memory, or on the test server when the tests run for PostgreSQL.
inline std::unique_ptr<Store> in_memory() { return house::test_store(kNow); }

/// The number of rows of each kind, for "nothing was written" and "all was written".
struct Counts {
    int accounts = 0, members = 0, cards = 0, claims = 0, states = 0, wallets = 0, entries = 0, receipts = 0, pools = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};
inline Counts counts(Store& store) {
    Counts counts;
    Visitor visitor;
    visitor.account = [&](const AccountRow&) { return ++counts.accounts > 0; };
    visitor.member = [&](const MemberRow&) { return ++counts.members > 0; };
    visitor.card = [&](const CardRow&) { return ++counts.cards > 0; };
    visitor.claim = [&](const ClaimRow&) { return ++counts.claims > 0; };
    visitor.state = [&](const StateRow&) { return ++counts.states > 0; };
    visitor.wallet = [&](const WalletRow&) { return ++counts.wallets > 0; };
    visitor.entry = [&](const EntryRow&) { return ++counts.entries > 0; };
    visitor.receipt = [&](const ReceiptRow&) { return ++counts.receipts > 0; };
    visitor.pool = [&](const PoolRow&) { return ++counts.pools > 0; };
    store.visit(visitor);
    return counts;
}

}  // namespace suki::store::testing
