#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "folder.h"
#include "house/test_database.h"
#include "store/export_file.h"
#include "store/open.h"
#include "store/relational/everything.h"

/// Everything from one database into another: the same content arrives, or nothing does.
namespace suki::store::testing {

namespace {

/// Something in every table, and what is hard to carry: empty texts, nulls, bytes of any value, the largest numbers.
Batch everything() {
    Batch batch = purchase(1);
    batch.organisations = {{.id = "meat", .name = "Meat & Co «Мясо»", .created_at = kNow}};
    batch.programmes = {{.org = "meat", .id = "club", .name = "Club", .created_at = kNow}};
    batch.editions = {{.org = "meat", .programme = "club", .number = 1, .document = "suki: 1\n", .hash = "h"}};
    batch.receipts.push_back(receipt_row(2, "nobody's"));
    batch.receipts.back().account.reset();
    batch.receipts.back().member.reset();
    batch.receipts.back().packed = sealed(std::string("\0\xff\x80 zero", 8));
    batch.receipts.back().paid = Money{9'007'199'254'740'991};
    batch.activities = {{.org = "meat", .account = account_id(1), .programme = "club", .id = "a", .member = member_id(1)}};
    batch.discrepancies = {
        {.org = "meat", .programme = "club", .id = {5, 6}, .receipt = "r", .kind = "charged_differs", .charged = -7}};
    batch.quarantine = {{.key = {.org = "meat", .command_hash = digest("q")}, .command = "record_receipt", .recorded_at = kNow}};
    batch.suspects = {{.key = {.org = "meat", .command_hash = digest("s")}, .command = "record_receipt", .deaths = 1}};
    batch.products = {
        {.org = "meat", .product = {.sku = "4711", .title = {.languages = {{"ru", "Сало"}}}, .category = "food", .tags = {"a"}}}};
    batch.places = {{.org = "meat", .place = {.id = "north", .title = "North"}}};
    batch.api_keys = {{.id = "k1", .org = "meat", .secret_hash = digest("k"), .scopes = {"till"}, .created_at = kNow}};
    batch.console_users = {{.row = {.org = "meat", .name = "olga", .password_hash = "$argon2id$", .role = "admin"}}};
    batch.sessions = {{.token_hash = digest("t"), .org = "meat", .user = "olga", .csrf = "c", .expires_at = later(9)}};
    batch.secrets = {{.name = "quote-1", .value = std::string("\0\x01\xfe", 3), .created_at = kNow}};
    return batch;
}

Contents contents_of(Store& store) {
    ContentDigest digest;
    store.read_everything(digest);
    return digest.contents();
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>{file}, {}};
}
void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream{path, std::ios::binary} << bytes; }

std::string fault_of(const std::function<void()>& action) {
    try {
        action();
        return {};
    } catch (const StoreFault& fault) {
        return fault.what();
    }
}

/// Where a content can go.
class Target {
public:
    explicit Target(bool is_postgres) {
        if (is_postgres) database_ = std::make_unique<house::TestDatabase>();
    }
    [[nodiscard]] OpenOptions options() const {
        return {.db = database_ ? database_->url() : folder_.file("made.db"), .now = kNow};
    }
    [[nodiscard]] bool is_file() const { return !database_; }
    /// Whether nothing came of it: no file, or no rows.
    [[nodiscard]] bool is_untouched() const {
        if (is_file())
            return !std::filesystem::exists(folder_.file("made.db")) && !std::filesystem::exists(folder_.file("made.db.partial"));
        return contents_of(*open_store(options())).rows == 0;
    }

private:
    Folder folder_;
    std::unique_ptr<house::TestDatabase> database_;
};

/// In a file, and with SUKI_TEST_POSTGRES set on the server.
std::vector<bool> targets() { return house::test_server().empty() ? std::vector<bool>{false} : std::vector<bool>{false, true}; }

/// Rows into a sink that come from nowhere.
ContentSource made_up(std::vector<TableShape> shapes, std::vector<std::vector<Value>> rows) {
    return [shapes = std::move(shapes), rows = std::move(rows)](ContentSink& sink) {
        ContentDigest digest;
        ContentFork both{digest, sink};
        both.begin(shapes);
        for (const auto& row : rows) both.row(0, row);
        both.end();
        return digest.contents();
    };
}

const TableShape kPlaces{.name = "place",
                         .columns = {{"org", Kind::text},
                                     {"id", Kind::text},
                                     {"title", Kind::text},
                                     {"region", Kind::text},
                                     {"zone", Kind::text},
                                     {"place", Kind::text}},
                         .rows = 1};
std::vector<Value> texts(const std::vector<std::string_view>& all) {
    std::vector<Value> values;
    for (const std::string_view text : all) values.push_back({.kind = Kind::text, .bytes = text});
    return values;
}

}  // namespace

TEST(Export, KnowsEveryTableAndColumnThatTheDatabaseHas) {
    const Folder folder;
    open_sqlite(folder.options());
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder.file().c_str(), &db), SQLITE_OK);
    std::set<std::string> there;
    const auto add = [](void* to, int, char** values, char**) {
        static_cast<std::set<std::string>*>(to)->insert(std::string{values[0]} + "." + values[1]);
        return 0;
    };
    ASSERT_EQ(
        sqlite3_exec(db,
                     "select t.name, c.name from sqlite_schema t, pragma_table_info(t.name) c where t.type = 'table' and t.name "
                     "not in ('migration') and t.name not like 'sqlite_%'",
                     add, &there, nullptr),
        SQLITE_OK);
    sqlite3_close(db);
    std::set<std::string> known;
    for (const relational::Table& table : relational::tables()) {
        for (const std::string& column : table.columns) known.insert(table.name + "." + column);
    }
    EXPECT_EQ(known, there) << "a new table belongs into the list of everything.cpp";
}

TEST(Export, ReadsEachTableInTheOrderOfAnIndex) {
    const Folder folder;
    open_sqlite(folder.options());
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder.file().c_str(), &db), SQLITE_OK);
    const auto add = [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += values[3];
        return 0;
    };
    for (const relational::Sql* sql : relational::whole_statements()) {
        std::string plan;
        EXPECT_EQ(sqlite3_exec(db, (std::string{"explain query plan "} + sql->text).c_str(), add, &plan, nullptr), SQLITE_OK);
        EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << sql->text << " sorts all rows in memory: " << plan;
    }
    sqlite3_close(db);
}

TEST(Export, GoesFromDatabaseToDatabaseAndComesBackTheSame) {
    const Folder folder;
    const auto first = in_memory();
    first->commit(everything());
    const Contents wanted = contents_of(*first);
    EXPECT_EQ(write_export(*first, {.path = folder.file("1"), .now = kNow}), wanted);
    std::string from = folder.file("1");
    int number = 1;
    // To each kind, and from it to a file again.
    for (const bool is_postgres : {false, true, false}) {
        if (is_postgres && house::test_server().empty()) continue;
        const Target target{is_postgres};
        ExportHead head;
        std::uint64_t told = 0;
        EXPECT_EQ(
            restore_store(target.options(),
                          read_export(
                              from, [&](std::uint64_t rows, std::uint64_t total) { told = rows * (total == wanted.rows ? 1 : 0); },
                              [&](const ExportHead& found) { head = found; })),
            wanted);
        EXPECT_EQ(told, wanted.rows);
        EXPECT_EQ(head.made_at, kNow);
        const auto store = open_store(target.options());
        EXPECT_EQ(contents_of(*store), wanted);
        EXPECT_EQ(counts(*store), counts(*first));
        EXPECT_EQ(store->find_receipt("meat", "club", std::nullopt, "nobody's"), everything().receipts[1]);
        EXPECT_EQ(store->find_secret("quote-1"), everything().secrets[0]);
        EXPECT_EQ(store->find_state(owner(1)), everything().states[0]);
        store->commit(purchase(2));  // and it can be gone on with
        const std::string next = folder.file(std::to_string(++number));
        EXPECT_NE(write_export(*store, {.path = folder.file("with-2-" + std::to_string(number)), .now = kNow}), wanted);
        EXPECT_EQ(restore_store({.db = folder.file("again-" + std::to_string(number)), .now = kNow}, read_export(from)), wanted);
        const auto again = open_store({.db = folder.file("again-" + std::to_string(number)), .now = kNow});
        write_export(*again, {.path = next, .now = kNow});
        EXPECT_EQ(bytes_of(next), bytes_of(folder.file("1"))) << "the same content of the same moment is the same file";
        from = next;
    }
}

TEST(Export, IsForItsOwnersEyesOnlyAndReplacesNothing) {
    const Folder folder;
    const mode_t before = umask(022);
    const auto store = in_memory();
    write_export(*store, {.path = folder.file("x"), .now = kNow});
    restore_store({.db = folder.file("made.db"), .now = kNow}, read_export(folder.file("x")));
    umask(before);
    for (const char* name : {"x", "made.db"}) {
        struct stat status{};
        ASSERT_EQ(stat(folder.file(name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
    }
    const std::string kept = bytes_of(folder.file("x"));
    EXPECT_NE(fault_of([&] { write_export(*store, {.path = folder.file("x"), .now = kNow}); }).find("is there already"),
              std::string::npos);
    EXPECT_EQ(bytes_of(folder.file("x")), kept);
    // One that is under way, or was killed.
    write_bytes(folder.file("y.partial"), "half");
    EXPECT_NE(fault_of([&] { write_export(*store, {.path = folder.file("y"), .now = kNow}); }).find("remove"), std::string::npos);
    EXPECT_EQ(bytes_of(folder.file("y.partial")), "half");
    EXPECT_FALSE(std::filesystem::exists(folder.file("y")));
}

TEST(Export, IsOfOneMomentWhileOthersWrite) {
    const Folder folder;
    const auto store = open_sqlite(folder.options());
    store->commit(purchase(0));
    std::atomic<bool> is_done = false;
    std::jthread writer{[&] {
        for (std::uint64_t n = 1; !is_done; ++n) store->commit(purchase(n));
    }};
    struct Stop {
        std::atomic<bool>& is_done;
        ~Stop() { is_done = true; }
    } const stop{is_done};
    for (int i = 0; i < 3; ++i) {
        const std::string name = std::to_string(i);
        const Contents contents = write_export(*store, {.path = folder.file(name), .now = kNow});
        EXPECT_EQ(restore_store({.db = folder.file(name + ".db"), .now = kNow}, read_export(folder.file(name))), contents);
        const Counts seen = counts(*open_sqlite(folder.options(name + ".db")));
        EXPECT_GE(seen.receipts, 1);
        EXPECT_EQ(seen.entries, 2 * seen.receipts) << "whole batches only";
        EXPECT_EQ(seen.claims, 2 * seen.receipts);
    }
}

namespace {

/// What is said of a file when it is read alone, without a database: of every byte. Of some, databases are made from it too; one of
/// PostgreSQL takes a third of a second to be made.
std::string reading_fault(const std::string& path) {
    ContentDigest nowhere;
    return fault_of([&] { read_export(path)(nowhere); });
}

}  // namespace

TEST(Export, CutOffAnywhereIsRefusedAndLeavesNothing) {
    const Folder folder;
    const auto store = in_memory();
    store->commit(everything());
    write_export(*store, {.path = folder.file("whole"), .now = kNow});
    const std::string whole = bytes_of(folder.file("whole"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_bytes(folder.file("cut"), whole.substr(0, size));
        const std::string fault = reading_fault(folder.file("cut"));
        const std::string wanted = size < 14 ? "export" : "is cut off after byte " + std::to_string(size);
        ASSERT_NE(fault.find(wanted), std::string::npos) << size << ": " << fault;
    }
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        for (std::size_t size = 0; size < whole.size(); size += is_postgres ? 1'511 : 151) {
            write_bytes(folder.file("cut"), whole.substr(0, size));
            ASSERT_NE(fault_of([&] { restore_store(target.options(), read_export(folder.file("cut"))); }), "") << size;
            ASSERT_TRUE(target.is_untouched()) << size;
        }
    }
}

TEST(Export, WithAFlippedByteAnywhereIsRefusedAndLeavesNothing) {
    const Folder folder;
    const auto store = in_memory();
    store->commit(everything());
    write_export(*store, {.path = folder.file("whole"), .now = kNow});
    const std::string whole = bytes_of(folder.file("whole"));
    const auto flip = [&](std::size_t at, char bits) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ bits);
        write_bytes(folder.file("flipped"), bytes);
    };
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char bits : {'\x01', '\x80'}) {
            flip(at, bits);
            const std::string fault = reading_fault(folder.file("flipped"));
            ASSERT_TRUE(fault.find("damaged in the block at byte") != std::string::npos ||
                        fault.find("cut off") != std::string::npos || (at < 14 && fault.find("export") != std::string::npos))
                << at << ": " << fault;
        }
    }
    write_bytes(folder.file("longer"), whole + "x");
    EXPECT_NE(reading_fault(folder.file("longer")).find("goes on after its end"), std::string::npos);
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        for (std::size_t at = 0; at < whole.size(); at += is_postgres ? 1'499 : 149) {
            flip(at, '\x10');
            ASSERT_NE(fault_of([&] { restore_store(target.options(), read_export(folder.file("flipped"))); }), "") << at;
            ASSERT_TRUE(target.is_untouched()) << at;
        }
    }
}

TEST(Export, OfANewerSukiIsRefusedByName) {
    const Folder folder;
    const auto store = in_memory();
    write_export(*store, {.path = folder.file("whole"), .now = kNow});
    std::string bytes = bytes_of(folder.file("whole"));
    bytes.replace(0, 13, "Suki export 2");
    write_bytes(folder.file("newer"), bytes);
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        const auto refusal = [&](const ContentSource& source) {
            return fault_of([&] { restore_store(target.options(), source); });
        };
        EXPECT_NE(refusal(read_export(folder.file("newer"))).find("newer form than this Suki reads (1): Suki export 2"),
                  std::string::npos);
        TableShape unknown = kPlaces;
        unknown.name = "photograph";
        EXPECT_NE(refusal(made_up({unknown}, {})).find("newer version of Suki: it has the table photograph"), std::string::npos);
        TableShape wider = kPlaces;
        wider.columns.push_back({"colour", Kind::text});
        EXPECT_NE(refusal(made_up({wider}, {})).find("its table place has the column colour"), std::string::npos);
        TableShape without_key = kPlaces;
        without_key.columns.erase(without_key.columns.begin());
        EXPECT_NE(refusal(made_up({without_key}, {})).find("lacks its key"), std::string::npos);
        EXPECT_TRUE(target.is_untouched());
    }
}

TEST(Export, OfAnOlderSukiLeavesWhatItDidNotKnowAtItsDefault) {
    // A column that a later migration added: SQLite has such ones.
    const TableShape older{.name = "account_state",
                           .columns = {{"bucket", Kind::integer},
                                       {"org", Kind::text},
                                       {"account", Kind::blob},
                                       {"programme", Kind::text},
                                       {"entries", Kind::integer},
                                       {"version", Kind::integer},
                                       {"packed", Kind::blob}},
                           .rows = 1};
    const Target target{false};
    const std::string id(16, '\1');
    const std::vector<Value> row{{.integer = 7},
                                 {.kind = Kind::text, .bytes = "meat"},
                                 {.kind = Kind::blob, .bytes = id},
                                 {.kind = Kind::text, .bytes = "club"},
                                 {.integer = 0},
                                 {.integer = 1},
                                 {.kind = Kind::blob, .bytes = "x"}};
    EXPECT_EQ(restore_store(target.options(), made_up({older}, {row})).rows, 1u);
    EXPECT_EQ(contents_of(*open_store(target.options())).rows, 1u);
}

TEST(Export, ThatFailsMidwayLeavesNothing) {
    const auto full = in_memory();
    full->commit(everything());
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        // The same row twice; texts that a column can't hold; what does not arrive as it was sent.
        EXPECT_NE(fault_of([&] {
                      restore_store(target.options(),
                                    made_up({kPlaces}, {texts({"o", "p", "", "", "", ""}), texts({"o", "p", "", "", "", ""})}));
                  }).find("place"),
                  std::string::npos);
        EXPECT_TRUE(target.is_untouched());
        for (const std::uint64_t rows : {1, 10, 30}) {
            EXPECT_NE(fault_of([&] {
                          restore_store(target.options(), [&](ContentSink& sink) -> Contents {
                              std::uint64_t left = rows;
                              full->read_everything(sink, [&](std::uint64_t, std::uint64_t) {
                                  if (--left == 0) throw StoreFault{"the machine failed", false};
                              });
                              return {};
                          });
                      }),
                      "");
            EXPECT_TRUE(target.is_untouched()) << rows;
        }
        EXPECT_NE(fault_of([&] {
                      restore_store(target.options(), [&](ContentSink& sink) -> Contents {
                          full->read_everything(sink);
                          return {};
                      });
                  }).find("what was loaded is not what was read"),
                  std::string::npos);
        EXPECT_TRUE(target.is_untouched());
    }
}

TEST(Export, IsNotLoadedIntoWhatHoldsAnything) {
    const Folder folder;
    const auto store = in_memory();
    store->commit(everything());
    write_export(*store, {.path = folder.file("whole"), .now = kNow});
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        open_store(target.options())->commit({.organisations = {{.id = "other", .name = "Other", .created_at = kNow}}});
        const Contents before = contents_of(*open_store(target.options()));
        const std::string fault = fault_of([&] { restore_store(target.options(), read_export(folder.file("whole"))); });
        EXPECT_NE(fault.find(is_postgres ? "the database is not empty: it has rows in suki.organisation" : "is there already"),
                  std::string::npos)
            << fault;
        EXPECT_EQ(contents_of(*open_store(target.options())), before);
    }
}

TEST(Export, KilledWhileItIsLoadedIsNoDatabase) {
    const Folder folder;
    const auto store = open_sqlite(folder.options());
    for (std::uint64_t n = 1; n <= 20; ++n) store->commit(purchase(n));
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        const pid_t child = in_child([&] {
            // A child has no use for its parent's connections.
            const auto own = open_sqlite(folder.options());
            restore_store(target.options(), [&](ContentSink& sink) -> Contents {
                own->read_everything(sink, [](std::uint64_t rows, std::uint64_t) {
                    if (rows == 100) raise(SIGKILL);
                });
                return {};
            });
        });
        EXPECT_EQ(exit_code(child), -1);
        if (target.is_file()) {
            EXPECT_FALSE(std::filesystem::exists(target.options().db));
            EXPECT_TRUE(std::filesystem::exists(target.options().db + ".partial"));
            EXPECT_NE(fault_of([&] { restore_store(target.options(), made_up({}, {})); }).find("if none is under way, remove"),
                      std::string::npos);
        } else {
            EXPECT_TRUE(target.is_untouched());
        }
    }
}

TEST(Export, OfManyRowsComesInBlocksAndIsWhole) {
    const Folder folder;
    const auto store = open_sqlite(folder.options());
    std::uint64_t seed = 1;
    Batch batch;
    for (std::uint64_t n = 0; n < 3'000; ++n) {
        ReceiptRow row = receipt_row(1, "r" + std::to_string(n));
        std::string noise;
        while (noise.size() < 1'000) noise += static_cast<char>((seed = seed * 6364136223846793005ULL + 1) >> 56);
        row.packed = sealed(noise);
        batch.receipts.push_back(row);
    }
    store->commit(batch);
    const Contents contents = write_export(*store, {.path = folder.file("x"), .now = kNow});
    EXPECT_EQ(contents.rows, 3'000u);
    EXPECT_GT(std::filesystem::file_size(folder.file("x")), std::uintmax_t{2} << 20) << "several blocks";
    for (const bool is_postgres : targets()) {
        const Target target{is_postgres};
        EXPECT_EQ(restore_store(target.options(), read_export(folder.file("x"))), contents);
    }
    // Whole blocks that change places, or are left out, are noticed by the chain.
    const std::string bytes = bytes_of(folder.file("x"));
    std::vector<std::pair<std::size_t, std::size_t>> blocks;
    for (std::size_t at = 14; at < bytes.size();) {
        std::size_t packed = 0;
        for (std::size_t i = 0; i < 4; ++i)
            packed |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
        blocks.emplace_back(at, 8 + packed + 32);
        at += blocks.back().second;
    }
    for (std::size_t i = 1; i + 1 < blocks.size(); ++i) {
        const auto [at, size] = blocks[i];
        write_bytes(folder.file("less"), bytes.substr(0, at) + bytes.substr(at + size));
        EXPECT_NE(fault_of([&] { restore_store({.db = folder.file("less.db"), .now = kNow}, read_export(folder.file("less"))); }),
                  "");
        const auto [next, next_size] = blocks[i + 1];
        write_bytes(folder.file("moved"),
                    bytes.substr(0, at) + bytes.substr(next, next_size) + bytes.substr(at, size) + bytes.substr(next + next_size));
        EXPECT_NE(fault_of([&] { restore_store({.db = folder.file("less.db"), .now = kNow}, read_export(folder.file("moved"))); }),
                  "");
    }
}

}  // namespace suki::store::testing
