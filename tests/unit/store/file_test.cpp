#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "folder.h"

/// What a database file goes through: killed processes, two at once, damage, other versions, backups.
namespace suki::store::testing {

namespace {

/// Someone's hand in the file.
void tamper(const std::string& path, const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    EXPECT_GT(sqlite3_total_changes(db) + (sql.rfind("create", 0) == 0 ? 1 : 0), 0) << "nothing was tampered with";
    sqlite3_close(db);
}

std::string fault_of(const std::function<void()>& action) {
    try {
        action();
        return {};
    } catch (const StoreFault& fault) {
        return fault.what();
    }
}

}  // namespace

TEST(File, KeepsWhatWasCommittedBeforeTheProcessVanished) {
    const Folder folder;
    for (std::uint64_t n = 1; n <= 5; ++n) {
        // The process ends without closing anything, as kill -9 leaves it; the log stays beside the file.
        ASSERT_EQ(exit_code(in_child([&] {
                      auto store = open_sqlite(folder.options()).release();
                      store->commit(purchase(n));
                      store->fail_at(12);
                      try {
                          store->commit(purchase(100 + n));
                      } catch (const StoreFault&) {
                          _exit(0);  // and in the middle of the next one
                      }
                      _exit(2);
                  })),
                  0);
        auto store = open_sqlite(folder.options());
        EXPECT_EQ(counts(*store).receipts, static_cast<int>(n));
        EXPECT_EQ(counts(*store).accounts, static_cast<int>(n));
        EXPECT_TRUE(store->check_integrity().empty());
    }
}

TEST(File, CopyTakenMidwayOpensWithEveryCommitOfThatMoment) {
    const Folder folder;
    auto store = open_sqlite(folder.options());
    store->commit(purchase(1));
    store->commit(purchase(2));
    // What a power cut would find on the disk.
    for (const std::string suffix : {"", "-wal"}) {
        std::filesystem::copy_file(folder.file() + suffix, folder.file("copy.db") + suffix);
    }
    store->commit(purchase(3));
    auto copy = open_sqlite(folder.options("copy.db"));
    EXPECT_EQ(counts(*copy).receipts, 2);
    EXPECT_TRUE(copy->check_integrity().empty());
    // A log whose tail was torn off loses whole commits, never parts of one.
    const auto size = std::filesystem::file_size(folder.file() + "-wal");
    std::filesystem::copy_file(folder.file(), folder.file("torn.db"));
    std::filesystem::copy_file(folder.file() + "-wal", folder.file("torn.db-wal"));
    std::filesystem::resize_file(folder.file("torn.db-wal"), size - 100);
    auto torn = open_sqlite(folder.options("torn.db"));
    EXPECT_EQ(counts(*torn).receipts, 2);
    EXPECT_EQ(counts(*torn).entries, 4);
}

TEST(File, TwoProcessesWaitForOneAnother) {
    const Folder folder;
    constexpr int kEach = 40;
    std::vector<pid_t> children;
    for (int process = 0; process < 2; ++process) {
        children.push_back(in_child([&folder, process] {
            auto store = open_sqlite(folder.options());  // both create it, both migrate it
            for (int i = 0; i < kEach; ++i) store->commit(purchase(static_cast<std::uint64_t>(1'000 * process + i)));
        }));
    }
    for (const pid_t child : children) EXPECT_EQ(exit_code(child), 0);
    auto store = open_sqlite(folder.options());
    EXPECT_EQ(counts(*store).receipts, 2 * kEach);
}

TEST(File, OneOfTwoWritersOfTheSameVersionWins) {
    const Folder folder;
    auto here = open_sqlite(folder.options());
    auto there = open_sqlite(folder.options());
    here->commit(purchase(1));
    StateRow next = *there->find_state(owner(1));
    next.version = 2;
    here->commit({.states = {next}});
    EXPECT_THROW(there->commit({.states = {next}}), Conflict);
}

TEST(File, ReadersSeeWholeBatchesWhileAnotherThreadWrites) {
    const Folder folder;
    auto store = open_sqlite(folder.options());
    store->commit(purchase(1));
    std::atomic<bool> is_done = false;
    std::atomic<int> torn = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!is_done) {
                // The state and its wallet are written by one batch: entries counts up with the points.
                const auto loaded = store->load_owner(owner(1));
                torn += !loaded || loaded->state->entries - 2 != loaded->state->wallets[0].lots[0].remaining.minor() - 100;
            }
        });
    }
    for (std::int64_t i = 1; i <= 50; ++i) {
        StateRow next = state_row(1);
        next.version = i + 1;
        next.entries += i;
        next.wallets[0].lots[0].remaining = next.wallets[0].lots[0].original = Points{100 + i};
        store->commit({.states = {next}});
    }
    is_done = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(store->find_state(owner(1))->version, 51);
}

TEST(File, BackupWhileWriting) {
    const Folder folder;
    auto store = open_sqlite(folder.options());
    store->commit(purchase(0));
    std::atomic<bool> is_done = false;
    std::thread writer{[&] {
        for (std::uint64_t n = 1; !is_done; ++n) store->commit(purchase(n));
    }};
    for (int i = 0; i < 3; ++i) {
        const std::string name = "backup-" + std::to_string(i);
        store->backup(folder.file(name));
        EXPECT_FALSE(std::filesystem::exists(folder.file(name) + ".partial"));
        auto copy = open_sqlite(folder.options(name));
        const Counts seen = counts(*copy);
        EXPECT_GE(seen.receipts, 1);
        EXPECT_EQ(seen.entries, 2 * seen.receipts) << "whole batches only";
        EXPECT_EQ(seen.claims, 2 * seen.receipts);
        EXPECT_TRUE(copy->check_integrity().empty());
    }
    is_done = true;
    writer.join();
    EXPECT_NE(fault_of([&] { store->backup(folder.file("backup-0")); }), "") << "a backup overwrites nothing";
    EXPECT_NE(fault_of([&] { store->backup(folder.file("no/such/folder")); }), "");
}

TEST(File, BackupOfMemory) {
    const Folder folder;
    auto store = in_memory();
    store->commit(purchase(1));
    store->backup(folder.file());
    EXPECT_EQ(counts(*open_sqlite(folder.options())).receipts, 1);
}

TEST(File, DamagedRowsAreReportedNotUsed) {
    struct Damage {
        std::string sql;
        std::string names;
        std::function<void(Store&)> read;
    };
    const std::vector<Damage> damages = {
        {"update account_state set packed = cast(substr(packed, 1, 30) || x'00' || substr(packed, 32) as blob)", "account_state",
         [](Store& s) { s.find_state(owner(1)); }},
        {"update account_state set entries = entries + 1", "account_state", [](Store& s) { s.load_owner(owner(1)); }},
        {"update entry set available = available + 1 where sequence = 1", "entry 1",
         [](Store& s) { s.list_entries({.org = "meat", .account = account_id(1), .programme = "club"}); }},
        {"update entry set kind = 'gift' where sequence = 0", "entry 0",
         [](Store& s) { s.list_entries({.org = "meat", .account = account_id(1), .programme = "club"}); }},
        {"update receipt set paid = 0", "receipt receipt-1",
         [](Store& s) { s.find_receipt("meat", "club", account_id(1), "receipt-1"); }},
        {"update receipt set packed = x'0102'", "receipt receipt-1",
         [](Store& s) { s.list_receipts({.org = "meat", .programme = "club"}); }},
        {"update member set facts = x'01'", "member", [](Store& s) { s.load_owner(owner(1)); }},
    };
    for (const Damage& damage : damages) {
        const Folder folder;
        open_sqlite(folder.options())->commit(purchase(1));
        tamper(folder.file(), damage.sql);
        auto store = open_sqlite(folder.options());
        const std::string fault = fault_of([&] { damage.read(*store); });
        EXPECT_NE(fault.find("damaged row: " + damage.names), std::string::npos) << damage.sql << " gave: " << fault;

        std::vector<std::string> told;
        int entries = 0;
        Visitor visitor;
        visitor.member = [](const MemberRow&) { return true; };
        visitor.state = [](const StateRow&) { return true; };
        visitor.entry = [&](const EntryRow&) { return ++entries > 0; };
        visitor.receipt = [](const ReceiptRow&) { return true; };
        EXPECT_NE(fault_of([&] { store->visit(visitor); }), "") << "without a listener the first one is thrown";
        entries = 0;
        visitor.damaged = [&](const StoreFault& found) { told.emplace_back(found.what()); };
        store->visit(visitor);
        ASSERT_EQ(told.size(), 1u) << damage.sql;
        EXPECT_EQ(entries, damage.names.rfind("entry", 0) == 0 ? 1 : 2) << "the sound ones are read all the same";
    }
}

TEST(File, MigrationsAreCheckedAndOnlyGoForward) {
    const Folder folder;
    open_sqlite(folder.options())->commit(purchase(1));
    EXPECT_EQ(counts(*open_sqlite(folder.options())).receipts, 1) << "a second start goes on";

    tamper(folder.file(),
           "insert into migration (number, name, checksum, applied_at) values (9999, '9999_later_breaks_older.sql', 'x', 0)");
    EXPECT_NE(fault_of([&] { open_sqlite(folder.options()); }).find("newer version"), std::string::npos);
    tamper(folder.file(), "delete from migration where number = 9999");
    tamper(folder.file(), "update migration set checksum = 'x' where number = 1");
    EXPECT_NE(fault_of([&] { open_sqlite(folder.options()); }).find("0001_first.sql"), std::string::npos);
}

TEST(File, AnotherProgramsDatabaseIsRefusedUntouched) {
    const Folder folder;
    tamper(folder.file(), "create table photograph (id integer)");
    EXPECT_NE(fault_of([&] { open_sqlite(folder.options()); }).find("another program"), std::string::npos);
    tamper(folder.file(), "insert into photograph values (1)");
    std::ofstream{folder.file("text.db")}
        << "This is no database at all, but a text that is long enough to have a header of its own. " << std::string(200, 'x');
    EXPECT_NE(fault_of([&] { open_sqlite(folder.options("text.db")); }), "");
    EXPECT_NE(fault_of([&] { open_sqlite(folder.options("no/such/folder/suki.db")); }), "");
}

namespace {

/// Permissions of a database and all that stands beside it, by suffix.
std::map<std::string, int> permissions(const std::string& path) {
    std::map<std::string, int> all;
    for (const std::string suffix : {"", "-wal", "-shm", "-journal"}) {
        struct stat status{};
        if (stat((path + suffix).c_str(), &status) == 0) all[suffix] = status.st_mode & 0777;
    }
    return all;
}

/// As most machines have it, for as long as it lives.
class Umask {
public:
    Umask() : before_(umask(022)) {}
    ~Umask() { umask(before_); }

private:
    mode_t before_;
};

}  // namespace

TEST(File, IsForItsOwnersEyesOnly) {
    const Folder folder;
    const Umask open_handed;
    std::vector<std::string> told;
    SqliteOptions options = folder.options();
    options.tell = [&](const std::string& what) { told.push_back(what); };
    {
        auto store = open_sqlite(options);
        store->commit(purchase(1));
        EXPECT_EQ(permissions(folder.file()), (std::map<std::string, int>{{"", 0600}, {"-wal", 0600}, {"-shm", 0600}}));
        store->backup(folder.file("copy.db"));
        EXPECT_EQ(permissions(folder.file("copy.db")), (std::map<std::string, int>{{"", 0600}}));
        store = open_sqlite(options);
    }
    EXPECT_EQ(told, std::vector<std::string>{}) << "there is nothing to tell";

    // One that others could read so far, with the log of a process that was killed.
    ASSERT_EQ(exit_code(in_child([&] {
                  open_sqlite(folder.options()).release()->commit(purchase(2));
                  _exit(0);
              })),
              0);
    for (const std::string suffix : {"", "-wal", "-shm"}) ASSERT_EQ(chmod((folder.file() + suffix).c_str(), 0664), 0);
    auto store = open_sqlite(options);
    EXPECT_EQ(permissions(folder.file()), (std::map<std::string, int>{{"", 0600}, {"-wal", 0600}, {"-shm", 0600}}));
    ASSERT_EQ(told.size(), 3u);
    EXPECT_NE(told[0].find("could be read by others"), std::string::npos) << told[0];
    EXPECT_EQ(counts(*store).receipts, 2);
}

TEST(File, ThatCanNotGrowIsWholeAndGoesOnWhenThereIsRoom) {
    const Folder folder;
    ASSERT_EQ(exit_code(in_child([&] {
                  auto store = open_sqlite(folder.options());
                  store->commit(purchase(1));
                  // As a disk that is full: beyond this size nothing can be written.
                  signal(SIGXFSZ, SIG_IGN);
                  rlimit limit{};
                  getrlimit(RLIMIT_FSIZE, &limit);
                  const rlim_t before = limit.rlim_cur;
                  limit.rlim_cur = std::filesystem::file_size(folder.file() + "-wal") + 200'000;
                  setrlimit(RLIMIT_FSIZE, &limit);
                  std::uint64_t n = 2;
                  try {
                      while (n < 10'000) {
                          store->commit(purchase(n));
                          ++n;
                      }
                      throw std::runtime_error("it was never full");
                  } catch (const StoreFault& fault) {
                      if (!fault.retryable) throw;
                  }
                  if (counts(*store).receipts != static_cast<int>(n) - 1) throw std::runtime_error("not whole batches");
                  limit.rlim_cur = before;
                  setrlimit(RLIMIT_FSIZE, &limit);
                  store->commit(purchase(n));
                  if (!store->check_integrity().empty()) throw std::runtime_error("damaged");
                  _exit(counts(*store).receipts == static_cast<int>(n) ? 0 : 2);
              })),
              0);
}

TEST(File, OfAMachineThatFailsBlamesNoCommand) {
    const Folder folder;
    auto store = open_sqlite(folder.options());
    store->commit(purchase(1));
    // A reader of its own for a thread that never read: with no file to be had it can't be opened.
    std::filesystem::rename(folder.file(), folder.file("moved.db"));
    std::thread{[&] {
        try {
            store->find_organisation("meat");
            ADD_FAILURE() << "read from a file that is gone";
        } catch (const StoreFault& fault) {
            EXPECT_TRUE(fault.retryable) << fault.what();
        }
    }}.join();
    std::filesystem::rename(folder.file("moved.db"), folder.file());
    EXPECT_NO_THROW(store->find_organisation("meat"));
}

TEST(File, FailureInTheMiddleOfTheFirstStartIsMadeGoodByTheNext) {
    const Folder folder;
    // A process that vanishes while it migrates.
    ASSERT_EQ(exit_code(in_child([&] {
                  sqlite3* db = nullptr;
                  sqlite3_open(folder.file().c_str(), &db);
                  sqlite3_exec(db,
                               "pragma journal_mode = wal; begin immediate; create table migration (number integer); create table "
                               "receipt (id integer)",
                               nullptr, nullptr, nullptr);
                  _exit(0);
              })),
              0);
    auto store = open_sqlite(folder.options());
    store->commit(purchase(1));
    EXPECT_EQ(counts(*store).receipts, 1);
}

TEST(TwoStores, SeeTheCommitsOfOneAnotherInTheMarkAndNotTheirOwn) {
    const Folder folder;
    SqliteOptions options = folder.options();
    options.is_durable = false;
    const auto store = open_sqlite(options);
    const auto other = open_sqlite(options);
    const auto commit = [](Store& to, int i) {
        to.commit({.organisations = {{.id = "o" + std::to_string(i), .name = std::string(40'000, 'x'), .created_at = kNow}}});
    };
    commit(*store, 0);
    const std::int64_t mark = store->change_mark();
    // Enough for the log to be copied into the file, and begun anew.
    for (int i = 1; i < 600; ++i) {
        commit(*store, i);
        (void)store->find_organisation("o0");
    }
    EXPECT_EQ(store->change_mark(), mark);
    commit(*other, 1'000);
    const std::int64_t next = store->change_mark();
    EXPECT_NE(next, mark);
    EXPECT_EQ(store->change_mark(), next);
    commit(*store, 1'001);
    EXPECT_EQ(store->change_mark(), next);
    EXPECT_EQ(open_sqlite({.now = kNow})->change_mark(), 0);
}

TEST(TwoStores, ShowOnePictureWhileTheOtherWrites) {
    const Folder folder;
    const auto store = open_sqlite(folder.options());
    const auto other = open_sqlite(folder.options());
    store->in_one_picture([&] {
        EXPECT_EQ(store->organisations().size(), 0u);
        other->commit({.organisations = {{.id = "a", .name = "A", .created_at = kNow}}});
        store->in_one_picture([&] { EXPECT_FALSE(store->find_organisation("a")); });
        EXPECT_EQ(store->organisations().size(), 0u);
        // Another thread, and another store, see what there is.
        std::thread{[&] { EXPECT_TRUE(store->find_organisation("a")); }}.join();
        EXPECT_TRUE(other->find_organisation("a"));
    });
    EXPECT_TRUE(store->find_organisation("a"));
}

}  // namespace suki::store::testing
