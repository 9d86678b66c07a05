#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "house/cluster.h"
#include "store/relational/connection.h"
#include "store/relational/sql.h"

/// How a statement finds its databases: by its tag and the bucket that is bound first, as a coordinator's router does.
namespace suki::house {

using store::Kind;
using store::relational::Cursor;
using store::relational::Sql;

/// What is bound to a statement, to be bound again where it goes.
class Bound final : public Cursor {
public:
    void clear() { values_.clear(); }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    /// Binds `count` values from `begin` on.
    void replay(store::relational::Binder& binder, std::size_t begin, std::size_t count) const;
    /// The number bound at that place; throws StoreFault where there is another kind of value.
    [[nodiscard]] std::int64_t number(std::size_t place, const Sql& sql) const;

    void bind_integer(std::int64_t value) override { values_.push_back({.kind = Kind::integer, .number = value}); }
    void bind_text(std::string_view text) override { values_.push_back({.kind = Kind::text, .bytes = std::string{text}}); }
    void bind_blob(std::string_view blob) override { values_.push_back({.kind = Kind::blob, .bytes = std::string{blob}}); }
    void bind_null(Kind kind) override { values_.push_back({.kind = kind, .is_null = true}); }
    bool step() override { return false; }
    std::int64_t run() override { return 0; }
    [[nodiscard]] bool is_null(int) const override { return true; }
    [[nodiscard]] std::int64_t integer(int) const override { return 0; }
    [[nodiscard]] std::string_view text(int) const override { return {}; }
    [[nodiscard]] std::string_view blob(int) const override { return {}; }
    [[nodiscard]] std::string column_name(int) const override { return {}; }
    [[nodiscard]] Kind kind(int) const override { return Kind::blob; }
    void close() noexcept override {}

private:
    struct Value {
        Kind kind{};
        bool is_null = false;
        std::int64_t number = 0;
        std::string bytes;
    };
    std::vector<Value> values_;
};

/// The table that a statement speaks of; of several the first.
std::string table_of(const Sql& sql);

class RoutedCursor;

/// Reads the databases of a cluster as if they were one. Within `begin_reading` each is read as of its own moment, that of the
/// first statement that reached it: nothing binds those moments together.
class RoutedConnection final : public store::relational::Connection {
public:
    RoutedConnection(Cluster& cluster, store::postgres::Failure& failure);
    ~RoutedConnection() override;

    Cursor& open(const Sql& sql) override;
    Cursor* open_many(const Sql& sql) override;
    void start_together(const std::vector<Cursor*>& cursors) override;
    [[nodiscard]] bool is_in_transaction() const override { return is_reading_; }
    void begin_reading() override { is_reading_ = true; }
    void roll_back() noexcept override;
    [[nodiscard]] bool is_usable() const override;

    [[nodiscard]] Cluster& cluster() const { return cluster_; }
    /// The session in one database, in its transaction where one was begun.
    store::postgres::Connection& in(std::size_t database);

private:
    Cursor& free_cursor(const Sql& sql, bool is_many);

    Cluster& cluster_;
    bool is_reading_ = false;
    std::vector<std::unique_ptr<store::postgres::Connection>> parts_;  // null: nothing was asked there yet
    std::vector<std::unique_ptr<RoutedCursor>> cursors_;
};

}  // namespace suki::house
