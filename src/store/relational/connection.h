#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/amount.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/names.h"
#include "base/time.h"
#include "store/relational/sql.h"
#include "store/store.h"

/// What every relational database is to this room: connections, prepared statements that are kept, values bound and read in order.
namespace suki::store::relational {

/// Counts operations down for tests: the one on which it comes to zero throws.
class Failure {
public:
    void set(std::int64_t n) { left_ = n; }
    [[nodiscard]] bool is_pending() const { return left_ > 0; }
    void count(const char* operation, bool is_outcome_unknown = false) {
        if (left_ > 0 && --left_ == 0) throw StoreFault{std::string{"made to fail at: "} + operation, true, is_outcome_unknown};
    }

private:
    std::atomic<std::int64_t> left_{0};
};

using store::Kind;

/// A prepared statement of one connection, under way. Parameters are bound from the first on; columns are read by number, from 0.
/// What `text` and `blob` give lives until the next step.
class Cursor {
public:
    virtual ~Cursor() = default;
    virtual void bind_integer(std::int64_t value) = 0;
    virtual void bind_text(std::string_view text) = 0;
    virtual void bind_blob(std::string_view blob) = 0;
    virtual void bind_null(Kind kind) = 0;
    /// Whether there is a row.
    virtual bool step() = 0;
    /// Runs a writing statement to its end; how many rows it changed.
    virtual std::int64_t run() = 0;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual std::string_view text(int column) const = 0;
    [[nodiscard]] virtual std::string_view blob(int column) const = 0;
    [[nodiscard]] virtual std::string column_name(int column) const = 0;
    /// As the table declares it; known after the first step, row or none.
    [[nodiscard]] virtual Kind kind(int column) const = 0;
    /// Gives it back to its connection, to be used again.
    virtual void close() noexcept = 0;
};

/// Not for two threads at a time.
class Connection {
public:
    explicit Connection(Failure& failure) : failure_(failure) {}
    virtual ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Counted as an operation by `failure`.
    virtual Cursor& open(const Sql& sql) = 0;
    /// The same statement for many keys at once: bound one key after the other, its rows in no order between them. Null where the
    /// database has no such thing.
    virtual Cursor* open_many(const Sql&) { return nullptr; }
    /// What was opened, and all of it is bound, is asked for in one round trip. What is not started so starts with its first step.
    virtual void start_together(const std::vector<Cursor*>&) {}
    [[nodiscard]] virtual bool is_in_transaction() const = 0;
    /// All statements until `roll_back` see one picture, of the moment of the first.
    virtual void begin_reading() = 0;
    /// Undoes what is under way; never throws.
    virtual void roll_back() noexcept = 0;
    /// False once the connection is lost: it is not to be used again.
    [[nodiscard]] virtual bool is_usable() const { return true; }
    [[nodiscard]] Failure& failure() const { return failure_; }

private:
    Failure& failure_;
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

/// Binds values of Suki's types, one after the other.
class Binder {
public:
    explicit Binder(Cursor& cursor) : cursor_(cursor) {}

    void bind(std::int64_t value) { cursor_.bind_integer(value); }
    void bind(std::string_view text) { cursor_.bind_text(text); }
    void bind_blob(std::string_view blob) { cursor_.bind_blob(blob); }
    void bind_null(Kind kind) { cursor_.bind_null(kind); }
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
            cursor_.bind_null(null_kind(static_cast<const T*>(nullptr)));
        }
    }
    /// What says itself how it becomes columns (columns.h).
    template <class C>
        requires requires(const C& c, Binder& binder) { c.bind_to(binder); }
    void bind(const C& columns) {
        columns.bind_to(*this);
    }
    template <class... T>
    void bind_all(const std::tuple<T...>& values) {
        std::apply([this](const auto&... value) { (this->bind(value), ...); }, values);
    }

private:
    /// Of which kind the column is that an absent value leaves empty.
    template <class Tag>
    static Kind null_kind(const Id<Tag>*) {
        return Kind::blob;
    }
    static Kind null_kind(const Instant*) { return Kind::integer; }
    static Kind null_kind(const std::int64_t*) { return Kind::integer; }
    template <class Unit>
    static Kind null_kind(const Amount<Unit>*) {
        return Kind::integer;
    }

    Cursor& cursor_;
};

/// One execution of a statement: binds, steps, and reads columns from the left in the order of `read`.
class Statement : public Binder {
public:
    Statement(Connection& connection, const Sql& sql) : Statement(connection.open(sql), sql) {}
    Statement(Cursor& cursor, const Sql& sql) : Binder(cursor), cursor_(cursor), sql_(sql) {}
    ~Statement() { cursor_.close(); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    bool step() {
        column_ = 0;
        return cursor_.step();
    }
    std::int64_t run() { return cursor_.run(); }

    [[nodiscard]] bool is_null() const { return cursor_.is_null(column_); }
    void skip() { ++column_; }
    void read(std::int64_t& value) { value = cursor_.integer(column_++); }
    void read(int& value) { value = static_cast<int>(cursor_.integer(column_++)); }
    void read(bool& value) { value = cursor_.integer(column_++) != 0; }
    void read(std::string& text) { text.assign(cursor_.text(column_++)); }
    void read_blob(std::string& blob) { blob.assign(cursor_.blob(column_++)); }
    void read(IdBits& bits);
    void read(Instant& instant) { read(instant.us); }
    void read(Date& date) { date = Date{static_cast<std::int32_t>(cursor_.integer(column_++))}; }
    void read(Digest& digest);
    template <class Tag>
    void read(Id<Tag>& id) {
        read(id.bits);
    }
    template <class Unit>
    void read(Amount<Unit>& amount) {
        amount = Amount<Unit>{cursor_.integer(column_++)};
    }
    template <class E>
        requires std::is_enum_v<E>
    void read(E& e) {
        const auto known = from_name<E>(cursor_.text(column_++));
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

    Cursor& cursor_;
    const Sql& sql_;
    int column_ = 0;
};

/// A read transaction, so that several statements see one picture. Does nothing within another.
class Snapshot {
public:
    explicit Snapshot(Connection& connection) : connection_(connection), is_owner_(!connection.is_in_transaction()) {
        if (is_owner_) connection_.begin_reading();
    }
    ~Snapshot() {
        if (is_owner_) connection_.roll_back();
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Connection& connection_;
    bool is_owner_;
};

}  // namespace suki::store::relational
