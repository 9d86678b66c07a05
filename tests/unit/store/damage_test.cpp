#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>

#include "folder.h"
#include "house/test_database.h"
#include "store/open.h"
#include "store/relational/everything.h"

/// A value that changed by itself, in each column of what is sealed, in both databases: the row is named, and never used.
namespace suki::store::testing {

namespace {

struct Cell {
    Column column;
    bool is_null = false;
    std::string bytes;  // of a blob
};

/// The columns of a table, with the values of its first row.
class FirstRow final : public ContentSink {
public:
    explicit FirstRow(std::string table) : table_(std::move(table)) {}
    void begin(const std::vector<TableShape>& tables) override { tables_ = tables; }
    void row(std::size_t table, std::span<const Value> values) override {
        if (tables_[table].name != table_ || !cells.empty()) return;
        for (std::size_t i = 0; i < values.size(); ++i) {
            cells.push_back(
                {.column = tables_[table].columns[i], .is_null = values[i].is_null, .bytes = std::string{values[i].bytes}});
        }
    }
    void end() override {}
    std::vector<Cell> cells;

private:
    std::string table_;
    std::vector<TableShape> tables_;
};

/// A database with one purchase, and a hand in it.
class Tampered {
public:
    explicit Tampered(bool is_postgres) {
        if (is_postgres) database_ = std::make_unique<house::TestDatabase>();
        open()->commit(purchase(1));
    }
    [[nodiscard]] std::unique_ptr<Store> open() const {
        return open_store({.db = database_ ? database_->url() : folder_.file(), .now = kNow});
    }
    [[nodiscard]] std::string blob(const std::string& bytes) const {
        return database_ ? "'\\x" + to_hex(bytes) + "'" : "x'" + to_hex(bytes) + "'";
    }
    void set(const std::string& table, const std::string& column, const std::string& value) const {
        const std::string text = "update " + std::string{database_ ? "suki." : ""} + table + " set " + column + " = " + value +
                                 (table == "entry" ? " where sequence = 0" : "");
        if (database_) {
            // A damaged disk asks no foreign key.
            house::run_sql(database_->url(), "set session_replication_role = replica; " + text);
            return;
        }
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(folder_.file().c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db) << ": " << text;
        sqlite3_close(db);
    }

private:
    Folder folder_;
    std::unique_ptr<house::TestDatabase> database_;
};

/// What is told of damaged rows.
std::vector<std::string> told_by(Store& store) {
    std::vector<std::string> told;
    Visitor visitor;
    visitor.account = [](const AccountRow&) { return true; };
    visitor.member = [](const MemberRow&) { return true; };
    visitor.card = [](const CardRow&) { return true; };
    visitor.claim = [](const ClaimRow&) { return true; };
    visitor.state = [](const StateRow&) { return true; };
    visitor.wallet = [](const WalletRow&) { return true; };
    visitor.entry = [](const EntryRow&) { return true; };
    visitor.receipt = [](const ReceiptRow&) { return true; };
    visitor.record = [](const RecordRow&) { return true; };
    visitor.pool = [](const PoolRow&) { return true; };
    visitor.damaged = [&](const StoreFault& found) { told.emplace_back(found.what()); };
    store.visit(visitor);
    return told;
}

std::vector<bool> databases() { return house::test_server().empty() ? std::vector<bool>{false} : std::vector<bool>{false, true}; }

/// Everything that a column may have turned into: another number, a longer text, a blob with one bit the other way round.
std::vector<std::string> changes(const Tampered& database, const Cell& cell) {
    const std::string& name = cell.column.name;
    if (cell.is_null) return {};
    // Yes or no is read from it: the other one is the only other value.
    if (name == "is_returned") return {"1 - is_returned"};
    if (cell.column.kind == Kind::integer) return {name + " + 2"};
    if (cell.column.kind == Kind::text) return {name + " || 'x'"};
    std::vector<std::string> all;
    for (const std::size_t at : {std::size_t{0}, cell.bytes.size() / 2, cell.bytes.size() - 1}) {
        std::string bytes = cell.bytes;
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        all.push_back(database.blob(bytes));
    }
    all.push_back(database.blob(cell.bytes.substr(1)));
    return all;
}

}  // namespace

TEST(Damage, InAnyColumnOfWhatIsSealedIsNoticed) {
    for (const bool is_postgres : databases()) {
        int tried = 0;
        for (const std::string table : {"entry", "receipt", "account_state", "record"}) {
            const Tampered database{is_postgres};
            FirstRow first{table};
            database.open()->read_everything(first);
            ASSERT_GT(first.cells.size(), 5u);
            for (const Cell& cell : first.cells) {
                // How far counters were filled is compared with the editions and the counters by `suki verify`, and when an account
                // was last changed with its journal.
                if (cell.column.name == "counted_to" || (table == "account_state" && cell.column.name == "recorded_at")) continue;
                for (const std::string& change : changes(database, cell)) {
                    const Tampered damaged{is_postgres};
                    damaged.set(table, cell.column.name, change);
                    const std::vector<std::string> told = told_by(*damaged.open());
                    ++tried;
                    EXPECT_EQ(told.size(), 1u) << table << "." << cell.column.name << " = " << change;
                    EXPECT_TRUE(told.empty() || told[0].find("damaged row: " + table) != std::string::npos) << told[0];
                }
            }
        }
        EXPECT_GT(tried, 50);
    }
}

TEST(Damage, ThatMovesARowToAnotherBucketIsNoticed) {
    for (const bool is_postgres : databases()) {
        for (const std::string table :
             {"account", "member", "card", "claim", "account_state", "wallet", "entry", "receipt", "record", "pool"}) {
            const Tampered damaged{is_postgres};
            damaged.set(table, "bucket", "bucket + 1");
            const std::vector<std::string> told = told_by(*damaged.open());
            ASSERT_FALSE(told.empty()) << table;
            EXPECT_NE(told[0].find("stands in another bucket"), std::string::npos) << told[0];
        }
    }
}

TEST(Damage, OfWhatIsAskedForIsAFaultAndNoAnswer) {
    const std::map<std::string, std::function<void(Store&)>> reads = {
        {"account_state", [](Store& s) { s.load_owner(owner(1)); }},
        {"entry", [](Store& s) { s.list_entries({.org = "meat", .account = account_id(1), .programme = "club"}); }},
        {"receipt", [](Store& s) { s.find_receipt("meat", "club", account_id(1), "receipt-1"); }}};
    for (const bool is_postgres : databases()) {
        for (const auto& [table, read] : reads) {
            const Tampered damaged{is_postgres};
            damaged.set(table, table == "entry" ? "available" : table == "receipt" ? "paid" : "entries", "7");
            const auto store = damaged.open();
            EXPECT_THROW(read(*store), StoreFault) << table;
        }
    }
}

}  // namespace suki::store::testing
