#include "store/sqlite/database.h"

#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "store/sqlite/file_systems.h"

namespace suki::store::sqlite {

namespace {

/// What may go away by itself, or is the machine's fault and no command's: a full disk, too many open files, a file that an
/// operator moves or makes read-only. The operator mends it and the till's retry succeeds.
bool is_retryable(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_PROTOCOL:
        case SQLITE_INTERRUPT: return true;
        default: return false;
    }
}

}  // namespace

class SqliteCursor final : public Cursor {
public:
    SqliteCursor(Connection& connection, const Sql& sql) : connection_(connection), sql_(sql) {
        const int code = sqlite3_prepare_v3(connection.handle(), sql.text, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
        if (code != SQLITE_OK) connection.fail(code, sql.text);
    }
    ~SqliteCursor() override { sqlite3_finalize(handle_); }
    SqliteCursor(const SqliteCursor&) = delete;
    SqliteCursor& operator=(const SqliteCursor&) = delete;

    void bind_integer(std::int64_t value) override { check(sqlite3_bind_int64(handle_, parameter_++, value)); }
    void bind_text(std::string_view text) override {
        // A null pointer would bind NULL, not the empty text.
        check(sqlite3_bind_text64(handle_, parameter_++, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                                  SQLITE_UTF8));
    }
    void bind_blob(std::string_view blob) override {
        check(sqlite3_bind_blob64(handle_, parameter_++, blob.data() == nullptr ? "" : blob.data(), blob.size(), SQLITE_TRANSIENT));
    }
    void bind_null(Kind) override { check(sqlite3_bind_null(handle_, parameter_++)); }

    bool step() override {
        const int code = sqlite3_step(handle_);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) connection_.fail(code, sql_.text);
        return false;
    }
    std::int64_t run() override {
        while (step()) {}
        return sqlite3_changes64(connection_.handle());
    }

    [[nodiscard]] bool is_null(int column) const override { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
    [[nodiscard]] std::int64_t integer(int column) const override { return sqlite3_column_int64(handle_, column); }
    [[nodiscard]] std::string_view text(int column) const override {
        const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
        return {start == nullptr ? "" : start, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
    }
    [[nodiscard]] std::string_view blob(int column) const override {
        const auto* start = static_cast<const char*>(sqlite3_column_blob(handle_, column));
        return {start == nullptr ? "" : start, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
    }
    [[nodiscard]] std::string column_name(int column) const override { return sqlite3_column_name(handle_, column); }
    [[nodiscard]] Kind kind(int column) const override {
        const char* type = sqlite3_column_decltype(handle_, column);
        if (type != nullptr && sqlite3_stricmp(type, "integer") == 0) return Kind::integer;
        if (type != nullptr && sqlite3_stricmp(type, "text") == 0) return Kind::text;
        SUKI_CHECK(type != nullptr && sqlite3_stricmp(type, "blob") == 0);
        return Kind::blob;
    }

    void close() noexcept override {
        sqlite3_reset(handle_);
        sqlite3_clear_bindings(handle_);
        parameter_ = 1;
        is_in_use = false;
    }

    bool is_in_use = false;

private:
    void check(int code) const {
        if (code != SQLITE_OK) connection_.fail(code, sql_.text);
    }

    Connection& connection_;
    const Sql& sql_;
    sqlite3_stmt* handle_ = nullptr;
    int parameter_ = 1;
};

namespace {

/// Null: SQLite's own.
const char* file_system(const Connection::Options& options) {
    if (!options.is_durable || options.is_reader || options.is_backup) return nullptr;
    return options.is_checkpointer ? paced_pages() : held_log();
}

}  // namespace

Connection::Connection(const Options& options, Failure& failure) : relational::Connection(failure) {
    // SQLite counts its memory under one lock for all connections; nobody asks for the count. Refused once SQLite is in use.
    static const int without_count = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(without_count);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.is_reader ? 0 : SQLITE_OPEN_CREATE);
    const int code = sqlite3_open_v2(options.path.c_str(), &handle_, flags, file_system(options));
    try {
        if (code != SQLITE_OK) fail(code, "open the database");
        sqlite3_extended_result_codes(handle_, 1);
        sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
        if (options.is_backup) return;
        execute("pragma foreign_keys = on; pragma trusted_schema = off; pragma temp_store = memory;");
        if (options.path == ":memory:") {
            execute("pragma journal_mode = memory; pragma synchronous = off;");
        } else {
            enter_wal(options.busy_timeout_ms);
            // Whoever writes copies the log by a thread of its own (checkpointer.h). The log's file is cut only where a reader had
            // let it grow far beyond the length at which that begins: to grow again costs more than room.
            execute("pragma wal_autocheckpoint = 0; pragma journal_size_limit = 268435456;");
            execute(options.is_durable ? "pragma synchronous = full;" : "pragma synchronous = off;");
        }
        // What a transaction changes is written when it commits and no sooner (file_systems.h).
        execute(options.is_reader ? "pragma query_only = on; pragma cache_size = -16384;"
                                  : "pragma cache_size = -65536; pragma cache_spill = off;");
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Connection::~Connection() {
    kept_.clear();
    sqlite3_close_v2(handle_);
}

void Connection::enter_wal(int timeout_ms) {
    // Two processes that make a database at once: this switch is refused at once where others wait (SQLite calls no busy handler
    // for it), so it is tried again here.
    constexpr int kPauseMs = 5;
    for (int waited_ms = 0;; waited_ms += kPauseMs) {
        const int code = sqlite3_exec(handle_, "pragma journal_mode = wal;", nullptr, nullptr, nullptr);
        if (code == SQLITE_OK) return;
        if ((code & 0xff) != SQLITE_BUSY || waited_ms >= timeout_ms) fail(code, "write ahead");
        std::this_thread::sleep_for(std::chrono::milliseconds(kPauseMs));
    }
}

void Connection::execute(const std::string& sql) {
    failure().count(sql.c_str());
    run(sql);
}

void Connection::run(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, sql.size() < 200 ? sql.c_str() : "run a script");
}

std::int64_t Connection::data_version() const {
    std::int64_t version = 0;
    const auto read = [](void* to, int, char** values, char**) {
        *static_cast<std::int64_t*>(to) = std::strtoll(values[0], nullptr, 10);
        return 0;
    };
    const int code = sqlite3_exec(handle_, "pragma data_version", read, &version, nullptr);
    if (code != SQLITE_OK) fail(code, "look for changes");
    return version;
}

bool Connection::is_in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Connection::roll_back() noexcept {
    // SQLite may have rolled back by itself already (disk full); what is left to do cannot fail in a way that matters: a
    // connection that stays inside a transaction refuses the next BEGIN.
    if (is_in_transaction()) sqlite3_exec(handle_, "rollback", nullptr, nullptr, nullptr);
}

void Connection::fail(int code, const char* doing) const {
    throw StoreFault{std::string{handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code)} + ", when about to: " + doing,
                     is_retryable(code)};
}

Cursor& Connection::open(const Sql& sql) {
    failure().count(sql.text);
    auto& kept = kept_[sql.text];
    for (const auto& cursor : kept) {
        if (cursor->is_in_use) continue;
        cursor->is_in_use = true;
        return *cursor;
    }
    kept.push_back(std::make_unique<SqliteCursor>(*this, sql));
    kept.back()->is_in_use = true;
    return *kept.back();
}

Cursor& DirectWriter::begin(const Sql& sql) { return *(cursor_ = &connection_.open(sql)); }

void DirectWriter::end(const Sql&, const char* table, const std::function<std::string()>& why) {
    std::int64_t changed = 0;
    try {
        changed = cursor_->run();
    } catch (...) {
        cursor_->close();
        throw;
    }
    cursor_->close();
    if (table != nullptr && changed == 0) throw Conflict{table, why()};
}

}  // namespace suki::store::sqlite
