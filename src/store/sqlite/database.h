#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/relational/connection.h"
#include "store/relational/writer.h"

struct sqlite3;
struct sqlite3_stmt;

/// A thin cover over SQLite's C interface.
namespace suki::store::sqlite {

using relational::Cursor;
using relational::Failure;
using relational::Kind;
using relational::Snapshot;
using relational::Sql;
using relational::Statement;

class SqliteCursor;

class Connection final : public relational::Connection {
public:
    struct Options {
        std::string path;  // or :memory:
        bool is_reader = false;
        bool is_backup = false;        // a file to copy into: its pages come from another, settings with them
        bool is_checkpointer = false;  // only copies the log into the file
        bool is_durable = true;
        int busy_timeout_ms = 10'000;
    };
    Connection(const Options& options, Failure& failure);
    ~Connection() override;

    Cursor& open(const Sql& sql) override;
    [[nodiscard]] bool is_in_transaction() const override;
    void begin_reading() override { execute("begin"); }
    void roll_back() noexcept override;

    /// A script of any number of statements, not kept.
    void execute(const std::string& sql);
    /// The same, not counted as an operation.
    void run(const std::string& sql);
    /// Changes when another connection commits. Not counted as an operation.
    [[nodiscard]] std::int64_t data_version() const;
    [[noreturn]] void fail(int code, const char* doing) const;
    [[nodiscard]] sqlite3* handle() const { return handle_; }

private:
    void enter_wal(int timeout_ms);

    sqlite3* handle_ = nullptr;
    // By the text's address; never iterated in an order that matters. More than one of a text where a callback reads while its rows
    // are being read.
    std::unordered_map<const char*, std::vector<std::unique_ptr<SqliteCursor>>> kept_;
};

/// Executes each write as it comes.
class DirectWriter final : public relational::Writer {
public:
    explicit DirectWriter(Connection& connection) : connection_(connection) {}

private:
    Cursor& begin(const Sql& sql) override;
    void end(const Sql& sql, const char* table, const std::function<std::string()>& why) override;

    Connection& connection_;
    Cursor* cursor_ = nullptr;
};

}  // namespace suki::store::sqlite
