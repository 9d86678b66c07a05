#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "rows.h"

/// Prints how long durable batches take. Nothing is asserted about time.
namespace suki::store::testing {

namespace {

/// What a till's receipt of a known member writes.
Batch next_purchase(std::uint64_t member, std::int64_t version) {
    const std::string id = std::to_string(member) + "/" + std::to_string(version);
    Batch batch;
    StateRow state = state_row(member);
    state.version = version;
    batch.states = {state};
    batch.entries = {entry_row(member, version + 10)};
    batch.receipts = {receipt_row(member, id)};
    batch.receipts[0].packed = sealed(std::string(1'500, 'p'));
    batch.claims = {{claim_row(ClaimKind::receipt, id, member)}};
    batch.idempotency = {idempotency_row(id)};
    batch.outbox = {{.org = "meat",
                     .account = account_id(member),
                     .id = {member, static_cast<std::uint64_t>(version)},
                     .topic = "earned",
                     .payload = "{}",
                     .created_at = kNow}};
    return batch;
}

}  // namespace

TEST(Bench, BatchesOfPurchases) {
    std::string pattern = (std::filesystem::temp_directory_path() / "suki-bench-XXXXXX").string();
    const std::filesystem::path folder = mkdtemp(pattern.data());
    {
        auto store = open_sqlite({.path = (folder / "suki.db").string(), .now = kNow});
        std::uint64_t n = 0;
        for (const std::uint64_t size : {1u, 10u, 100u, 500u}) {
            const std::uint64_t batches = 2'000 / size > 40 ? 40 : 2'000 / size;
            std::chrono::nanoseconds spent{0};
            for (std::uint64_t i = 0; i < batches; ++i) {
                Batch batch;
                for (std::uint64_t k = 0; k < size; ++k) {
                    Batch one = purchase(n++);
                    one.receipts[0].packed = sealed(std::string(1'500, 'p'));
                    batch.append(std::move(one));
                }
                const auto start = std::chrono::steady_clock::now();
                store->commit(batch);
                spent += std::chrono::steady_clock::now() - start;
            }
            const double seconds = std::chrono::duration<double>(spent).count();
            std::printf("[  bench   ] new members' purchases, %3d a batch: %8.0f a second, %6.2f ms a commit\n",
                        static_cast<int>(size), static_cast<double>(batches * size) / seconds,
                        seconds * 1000 / static_cast<double>(batches));
        }
        EXPECT_EQ(counts(*store).receipts, static_cast<int>(n));
        std::chrono::nanoseconds spent{0};
        for (std::int64_t round = 2; round < 12; ++round) {
            Batch batch;
            for (std::uint64_t member = 0; member < 500; ++member) batch.append(next_purchase(member, round));
            const auto start = std::chrono::steady_clock::now();
            store->commit(batch);
            spent += std::chrono::steady_clock::now() - start;
        }
        const double seconds = std::chrono::duration<double>(spent).count();
        std::printf("[  bench   ] known members' purchases, 500 a batch: %6.0f a second, %6.2f ms a commit\n", 5'000 / seconds,
                    seconds * 1000 / 10);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace suki::store::testing
