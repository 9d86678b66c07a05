#include "store/sqlite/database.h"

#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/check.h"

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

void Failure::count(const char* operation, bool is_outcome_unknown) {
    if (left_ > 0 && --left_ == 0) throw StoreFault{std::string{"made to fail at: "} + operation, true, is_outcome_unknown};
}

Connection::Connection(const Options& options, Failure& failure) : failure_(failure) {
    // SQLite counts its memory under one lock for all connections; nobody asks for the count. Refused once SQLite is in use.
    static const int without_count = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(without_count);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.is_reader ? 0 : SQLITE_OPEN_CREATE);
    const int code = sqlite3_open_v2(options.path.c_str(), &handle_, flags, nullptr);
    try {
        if (code != SQLITE_OK) fail(code, "open the database");
        sqlite3_extended_result_codes(handle_, 1);
        sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
        if (options.is_backup) return;
        execute("pragma foreign_keys = on; pragma trusted_schema = off; pragma temp_store = memory;");
        if (options.path == ":memory:") {
            execute("pragma journal_mode = memory; pragma synchronous = off;");
        } else {
            // A batch touches pages all over the file, as buckets scatter owners: a longer log is checkpointed less often, and each
            // page then written once for many batches.
            enter_wal(options.busy_timeout_ms);
            execute("pragma wal_autocheckpoint = 16000; pragma journal_size_limit = 67108864;");
            execute(options.is_durable ? "pragma synchronous = full;" : "pragma synchronous = off;");
        }
        execute(options.is_reader ? "pragma query_only = on; pragma cache_size = -16384;" : "pragma cache_size = -65536;");
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Connection::~Connection() {
    for (auto& [sql, kept] : kept_) sqlite3_finalize(kept.statement);
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
    failure_.count(sql.c_str());
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

Statement::Statement(Connection& connection, const char* sql) : connection_(connection), sql_(sql) {
    connection_.failure_.count(sql);
    Connection::Kept& kept = connection_.kept_[sql];
    if (kept.statement != nullptr && !kept.is_in_use) {
        handle_ = kept.statement;
        kept.is_in_use = true;
        return;
    }
    const int code = sqlite3_prepare_v3(connection_.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) connection_.fail(code, sql);
    if (kept.statement == nullptr) {
        kept = {handle_, true};
    } else {
        is_cached_ = false;  // the same statement is under way further out: a callback reads while its rows are being read
    }
}

Statement::~Statement() {
    if (is_cached_) {
        sqlite3_reset(handle_);
        sqlite3_clear_bindings(handle_);
        connection_.kept_[sql_].is_in_use = false;
    } else {
        sqlite3_finalize(handle_);
    }
}

void Statement::bind(std::int64_t value) {
    const int code = sqlite3_bind_int64(handle_, parameter_++, value);
    if (code != SQLITE_OK) connection_.fail(code, sql_);
}

void Statement::bind(std::string_view text) {
    // A null pointer would bind NULL, not the empty text.
    const int code = sqlite3_bind_text64(handle_, parameter_++, text.data() == nullptr ? "" : text.data(), text.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) connection_.fail(code, sql_);
}

void Statement::bind_blob(std::string_view blob) {
    const int code =
        sqlite3_bind_blob64(handle_, parameter_++, blob.data() == nullptr ? "" : blob.data(), blob.size(), SQLITE_TRANSIENT);
    if (code != SQLITE_OK) connection_.fail(code, sql_);
}

void Statement::bind_null() {
    const int code = sqlite3_bind_null(handle_, parameter_++);
    if (code != SQLITE_OK) connection_.fail(code, sql_);
}

void Statement::bind(IdBits bits) {
    std::array<char, 16> text{};
    for (std::size_t i = 0; i < 16; ++i) {
        const std::uint64_t word = i < 8 ? bits.high : bits.low;
        text[i] = static_cast<char>(word >> (56 - 8 * (i % 8)));
    }
    bind_blob({text.data(), text.size()});
}

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    column_ = 0;
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) connection_.fail(code, sql_);
    return false;
}

std::int64_t Statement::run() {
    while (step()) {}
    return sqlite3_changes64(connection_.handle_);
}

bool Statement::is_null() const { return sqlite3_column_type(handle_, column_) == SQLITE_NULL; }

void Statement::read(std::int64_t& value) { value = sqlite3_column_int64(handle_, column_++); }

void Statement::read(int& value) {
    std::int64_t wide = 0;
    read(wide);
    value = static_cast<int>(wide);
}

void Statement::read(bool& value) {
    std::int64_t wide = 0;
    read(wide);
    value = wide != 0;
}

void Statement::read(std::string& text) {
    const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column_));
    const int size = sqlite3_column_bytes(handle_, column_++);
    text.assign(start == nullptr ? "" : start, static_cast<std::size_t>(size));
}

void Statement::read_blob(std::string& blob) {
    const auto* start = static_cast<const char*>(sqlite3_column_blob(handle_, column_));
    const int size = sqlite3_column_bytes(handle_, column_++);
    blob.assign(start == nullptr ? "" : start, static_cast<std::size_t>(size));
}

void Statement::read(IdBits& bits) {
    std::string blob;
    read_blob(blob);
    if (blob.size() != 16) throw_malformed();
    bits = {};
    for (std::size_t i = 0; i < 16; ++i) {
        std::uint64_t& word = i < 8 ? bits.high : bits.low;
        word = (word << 8) | static_cast<unsigned char>(blob[i]);
    }
}

void Statement::read(Date& date) {
    std::int64_t days = 0;
    read(days);
    date = Date{static_cast<std::int32_t>(days)};
}

void Statement::read(Digest& digest) {
    std::string blob;
    read_blob(blob);
    if (blob.size() != digest.size()) throw_malformed();
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(blob[i]);
}

void Statement::throw_malformed() const {
    throw StoreFault{std::string{"damaged value in column "} + sqlite3_column_name(handle_, column_ - 1) + " read by: " + sql_,
                     false};
}

Snapshot::Snapshot(Connection& connection) : connection_(connection), is_owner_(!connection.is_in_transaction()) {
    if (is_owner_) connection_.execute("begin");
}

Snapshot::~Snapshot() {
    if (is_owner_) connection_.roll_back();
}

}  // namespace suki::store::sqlite
