#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/amount.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/names.h"
#include "base/time.h"
#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

/// A thin cover over the C interface: connections, prepared statements that are kept, values bound and read in order.
namespace suki::store::sqlite {

/// Counts operations down for tests: the one on which it comes to zero throws.
class Failure {
public:
    void set(std::int64_t n) { left_ = n; }
    [[nodiscard]] bool is_pending() const { return left_ > 0; }
    void count(const char* operation, bool is_outcome_unknown = false);

private:
    std::atomic<std::int64_t> left_{0};
};

/// Bytes of a text that goes into a blob column.
template <class Text>
struct Bytes {
    Text& text;
};
template <class Text>
Bytes<Text> bytes(Text& text) {
    return {text};
}

class Connection;

/// One execution of a statement. Parameters are bound from 1 on in the order of `bind`; columns are read from the left in the order
/// of `read`. The prepared statement goes back to its connection at the end.
class Statement {
public:
    Statement(Connection& connection, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void bind(std::int64_t value);
    void bind(std::string_view text);
    void bind_blob(std::string_view blob);
    void bind_null();
    void bind(const std::string& text) { bind(std::string_view{text}); }
    void bind(int value) { bind(static_cast<std::int64_t>(value)); }
    void bind(bool value) { bind(std::int64_t{value ? 1 : 0}); }
    void bind(std::size_t value) { bind(static_cast<std::int64_t>(value)); }
    void bind(IdBits bits);
    void bind(Instant instant) { bind(instant.us); }
    void bind(Date date) { bind(std::int64_t{date.days}); }
    void bind(const Digest& digest) { bind_blob({reinterpret_cast<const char*>(digest.data()), digest.size()}); }
    template <class Tag>
    void bind(Id<Tag> id) {
        bind(id.bits);
    }
    template <class Unit>
    void bind(Amount<Unit> amount) {
        bind(amount.minor());
    }
    template <class E>
        requires std::is_enum_v<E>
    void bind(E e) {
        bind(name_of(e));
    }
    template <class Text>
    void bind(Bytes<Text> blob) {
        bind_blob(blob.text);
    }
    template <class T>
    void bind(const std::optional<T>& value) {
        if (value) {
            bind(*value);
        } else {
            bind_null();
        }
    }
    /// What says itself how it becomes columns (columns.h).
    template <class C>
        requires requires(const C& c, Statement& statement) { c.bind_to(statement); }
    void bind(const C& columns) {
        columns.bind_to(*this);
    }
    template <class... T>
    void bind_all(const std::tuple<T...>& values) {
        std::apply([this](const auto&... value) { (this->bind(value), ...); }, values);
    }

    /// Whether there is a row.
    bool step();
    /// Runs a writing statement to its end; how many rows it changed.
    std::int64_t run();

    [[nodiscard]] bool is_null() const;
    void skip() { ++column_; }
    void read(std::int64_t& value);
    void read(int& value);
    void read(bool& value);
    void read(std::string& text);
    void read_blob(std::string& blob);
    void read(IdBits& bits);
    void read(Instant& instant) { read(instant.us); }
    void read(Date& date);
    void read(Digest& digest);
    template <class Tag>
    void read(Id<Tag>& id) {
        read(id.bits);
    }
    template <class Unit>
    void read(Amount<Unit>& amount) {
        std::int64_t minor = 0;
        read(minor);
        amount = Amount<Unit>{minor};
    }
    template <class E>
        requires std::is_enum_v<E>
    void read(E& e) {
        std::string name;
        read(name);
        const auto known = from_name<E>(name);
        if (!known) throw_malformed();
        e = *known;
    }
    void read(Bytes<std::string> blob) { read_blob(blob.text); }
    template <class T>
    void read(std::optional<T>& value) {
        if (is_null()) {
            value.reset();
            skip();
        } else {
            value.emplace();
            read(*value);
        }
    }
    template <class C>
        requires requires(const C& c, Statement& statement) { c.read_from(statement); }
    void read(const C& columns) {
        columns.read_from(*this);
    }
    template <class... T>
    void read_all(std::tuple<T...> values) {
        std::apply([this](auto&&... value) { (this->read(value), ...); }, values);
    }

private:
    [[noreturn]] void throw_malformed() const;

    Connection& connection_;
    const char* sql_;
    sqlite3_stmt* handle_ = nullptr;
    int parameter_ = 1;
    int column_ = 0;
    bool is_cached_ = true;
};

/// Not for two threads at a time.
class Connection {
public:
    struct Options {
        std::string path;  // or :memory:
        bool is_reader = false;
        bool is_backup = false;  // a file to copy into: its pages come from another, settings with them
        bool is_durable = true;
        int busy_timeout_ms = 10'000;
    };
    Connection(const Options& options, Failure& failure);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// A script of any number of statements, not kept.
    void execute(const std::string& sql);
    /// Changes when another connection commits. Not counted as an operation.
    [[nodiscard]] std::int64_t data_version() const;
    [[nodiscard]] bool is_in_transaction() const;
    /// Undoes what is under way; never throws.
    void roll_back() noexcept;
    [[noreturn]] void fail(int code, const char* doing) const;
    [[nodiscard]] sqlite3* handle() const { return handle_; }
    [[nodiscard]] Failure& failure() const { return failure_; }

private:
    void enter_wal(int timeout_ms);
    friend class Statement;
    struct Kept {
        sqlite3_stmt* statement = nullptr;
        bool is_in_use = false;
    };
    sqlite3* handle_ = nullptr;
    Failure& failure_;
    std::unordered_map<const char*, Kept> kept_;  // by the constant's address; never iterated in an order that matters
};

/// A read transaction, so that several statements see one picture. Does nothing within another.
class Snapshot {
public:
    explicit Snapshot(Connection& connection);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Connection& connection_;
    bool is_owner_;
};

}  // namespace suki::store::sqlite
