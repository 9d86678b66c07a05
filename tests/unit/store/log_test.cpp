#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "folder.h"
#include "lossy_disk.h"

/// The log of a database file: written at once, copied into the file beside the writer.
namespace suki::store::testing {

namespace {

constexpr std::uintmax_t kPage = 4096 + 24;  // in the log, with what stands before each

SqliteOptions with_short_log(const Folder& folder, int pages) {
    SqliteOptions options = folder.options();
    options.log_pages = pages;
    return options;
}

std::uintmax_t log_pages(const Folder& folder) { return std::filesystem::file_size(folder.file() + "-wal") / kPage; }

/// Writes until the log is written from its beginning on, and its file grows no longer; `n` is the next purchase.
bool writes_until_begun_anew(Store& store, const Folder& folder, std::uint64_t& n) {
    for (int i = 0; i < 500; ++i) {
        const std::uintmax_t before = log_pages(folder);
        for (int commits = 0; commits < 10; ++commits) store.commit(purchase(n++));
        if (log_pages(folder) == before) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return false;
}

/// A database whose log is copied once, in vain.
class CopiedInVain {
public:
    CopiedInVain() {
        write(*open_sqlite(folder_.options()), 20);
        // Whoever closes it last leaves no log, so the next one begins here: what is copied from it is what may be lost.
        EXPECT_FALSE(has_log());
        std::filesystem::copy_file(folder_.file(), folder_.file("before.db"));
    }

    /// One commit.
    void write(Store& store, int purchases) {
        Batch batch;
        for (int i = 0; i < purchases; ++i) batch.append(purchase(++written_));
        store.commit(batch);
    }
    [[nodiscard]] int written() const { return static_cast<int>(written_); }

    /// With a commit that is to be copied, and was not kept by the disk. `writes_on`: more is added to the log meanwhile.
    std::unique_ptr<Store> lost(bool writes_on = false) {
        const auto meanwhile = [this, writes_on] {
            const std::uint64_t before = written_;
            for (int i = 0; writes_on && i < 10'000 && written_ < before + 2; ++i) sleep(1);
        };
        const LossyDisk disk{folder_.file(), meanwhile};
        SqliteOptions options = with_short_log(folder_, 50);
        options.tell = told;
        auto store = open_sqlite(options);
        write(*store, 30);
        EXPECT_GT(log_pages(folder_), 50U);
        for (int i = 0; i < 10'000 && !disk.has_lost(); ++i) {
            if (writes_on) write(*store, 1);
            sleep(1);
        }
        EXPECT_TRUE(disk.has_lost()) << "nothing was copied";
        return store;
    }
    /// While it is open: none of the pages that were copied came to the disk, and the system reads them from there.
    void forget_what_was_copied() const {
        // Another process does it: to close the file in this one would end SQLite's locks.
        ASSERT_EQ(exit_code(in_child([this] { put_back(); })), 0);
    }
    /// When it is closed: the same.
    void expect_all_in_log() const {
        EXPECT_TRUE(has_log());
        put_back();
        for (const char* opened : {"with its log", "after all of that was copied"}) {
            auto store = open_sqlite(folder_.options());
            EXPECT_EQ(counts(*store).receipts, written()) << opened;
            EXPECT_TRUE(store->check_integrity().empty()) << opened;
            store.reset();
            EXPECT_FALSE(has_log()) << opened;
        }
    }

    std::function<void(const std::string&)> told;

private:
    static void sleep(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds}); }
    void put_back() const {
        std::filesystem::copy_file(folder_.file("before.db"), folder_.file(), std::filesystem::copy_options::overwrite_existing);
    }
    [[nodiscard]] bool has_log() const { return std::filesystem::exists(folder_.file() + "-wal"); }

    Folder folder_;
    std::atomic<std::uint64_t> written_ = 0;
};

}  // namespace

TEST(Log, IsBegunAnewWhileOneWriterGoesOnAndOn) {
    const Folder folder;
    auto store = open_sqlite(with_short_log(folder, 100));
    std::uint64_t n = 1;
    for (int times = 0; times < 3; ++times) EXPECT_TRUE(writes_until_begun_anew(*store, folder, n));
    EXPECT_EQ(counts(*store).receipts, static_cast<int>(n) - 1);
    EXPECT_TRUE(store->check_integrity().empty());
}

TEST(Log, WaitsForAReaderAndIsCopiedAfterIt) {
    const Folder folder;
    auto store = open_sqlite(with_short_log(folder, 50));
    store->commit(purchase(1));
    std::uint64_t n = 2;
    const auto write = [&](int commits) {
        for (int i = 0; i < commits; ++i) store->commit(purchase(n++));
    };
    store->in_one_picture([&] {
        EXPECT_EQ(counts(*store).receipts, 1);
        std::thread{[&] { write(150); }}.join();
        EXPECT_EQ(counts(*store).receipts, 1) << "its picture is of its beginning";
        EXPECT_GT(log_pages(folder), 500U) << "nothing of what it may still read was overwritten";
    });
    // Once nobody reads the beginning any more, what is written goes there, and the file grows no longer.
    EXPECT_TRUE(writes_until_begun_anew(*store, folder, n));
    EXPECT_EQ(counts(*store).receipts, static_cast<int>(n) - 1);
    EXPECT_TRUE(store->check_integrity().empty());
}

TEST(Log, OfABatchThatIsUndoneLeavesNothingBehindForOthersToBeOverwrittenBy) {
    const Folder folder;
    auto here = open_sqlite(folder.options());
    auto there = open_sqlite(folder.options());
    here->commit(purchase(1));
    const auto wide = [](std::uint64_t first, std::uint64_t count) {
        Batch batch;
        for (std::uint64_t n = first; n < first + count; ++n) batch.append(purchase(n));
        for (ReceiptRow& row : batch.receipts) row.packed = sealed(std::string(12'000, 'x'));
        return batch;
    };
    // A little more than the cache of a connection holds, and at its end something that is there already.
    Batch large = wide(10'000, 3'900);
    large.pools.push_back(purchase(1).pools.front());
    EXPECT_THROW(here->commit(large), Conflict);
    for (std::uint64_t part = 0; part < 4; ++part) there->commit(wide(1'000 + 100 * part, 100));
    EXPECT_EQ(counts(*here).receipts, 401);
    here->commit(purchase(2));
    here.reset();
    EXPECT_EQ(counts(*there).receipts, 402);
    EXPECT_TRUE(there->check_integrity().empty());
    there.reset();
    auto again = open_sqlite(folder.options());
    EXPECT_EQ(counts(*again).receipts, 402);
    EXPECT_TRUE(again->check_integrity().empty());
}

TEST(Log, IsKeptWithEveryCommitWhenTheDiskLosesWhatWasCopied) {
    CopiedInVain file;
    std::vector<std::string> told;
    file.told = [&told](const std::string& sentence) { told.push_back(sentence); };
    auto store = file.lost();
    // So long that it would be tried again, and done.
    for (int i = 0; i < 15; ++i) {
        for (int commits = 0; commits < 10; ++commits) file.write(*store, 1);
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    EXPECT_EQ(counts(*store).receipts, file.written());
    store.reset();
    EXPECT_EQ(told.size(), 1U);
    file.expect_all_in_log();
}

TEST(Log, IsKeptWhenTheDiskLosesWhatWasCopiedAfterTheLastCommit) {
    CopiedInVain file;
    auto store = file.lost();
    EXPECT_EQ(counts(*store).receipts, file.written());
    store.reset();
    file.expect_all_in_log();
}

TEST(Log, IsReadWhereTheDiskLostWhatWasCopiedWhileMoreWasWritten) {
    CopiedInVain file;
    auto store = file.lost(true);
    file.forget_what_was_copied();
    EXPECT_EQ(counts(*store).receipts, file.written());
    EXPECT_TRUE(store->check_integrity().empty());
    for (int commits = 0; commits < 10; ++commits) file.write(*store, 1);
    EXPECT_EQ(counts(*store).receipts, file.written());
    store.reset();
    file.expect_all_in_log();
}

TEST(Log, KeepsEveryCommitOfAProcessThatIsKilledWhileItIsCopied) {
    const Folder folder;
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 20; ++round) {
        int ends[2] = {-1, -1};
        ASSERT_EQ(pipe(ends), 0);
        const std::uint64_t first = 1'000 * static_cast<std::uint64_t>(round) + 1;
        const pid_t child = in_child([&] {
            close(ends[0]);
            auto store = open_sqlite(with_short_log(folder, 20));
            for (std::uint64_t n = first; n < first + 1'000; ++n) {
                store->commit(purchase(n));
                if (write(ends[1], "+", 1) != 1) return;
            }
        });
        close(ends[1]);
        // After another number of commits each time, and a little later, which may be anywhere in the next ones.
        char byte = 0;
        for (int i = 0; i < 10 + 7 * round && read(ends[0], &byte, 1) == 1; ++i) ++acknowledged;
        std::this_thread::sleep_for(std::chrono::microseconds{300 * (round % 7)});
        kill(child, SIGKILL);
        while (read(ends[0], &byte, 1) == 1) ++acknowledged;
        close(ends[0]);
        exit_code(child);
        auto store = open_sqlite(folder.options());
        const auto stored = static_cast<std::uint64_t>(counts(*store).receipts);
        EXPECT_GE(stored, acknowledged);
        EXPECT_LE(stored, acknowledged + 1) << "one whose word did not get through";
        EXPECT_TRUE(store->check_integrity().empty());
        acknowledged = stored;
    }
}

}  // namespace suki::store::testing
