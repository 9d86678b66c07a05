#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/postgres/arrays.h"
#include "store/postgres/database.h"
#include "store/relational/writer.h"

/// Rows that follow one another with the same statement go to the server together, as arrays; all statements of a batch go there
/// without waiting for answers in between.
namespace suki::store::postgres {

/// 1. A group holds rows of one statement that differ in their keys; a row that comes again begins the next group, so that an
///    update never meets a row twice.
/// 2. Rows of a group are sent in the order of their keys: two servers that write the same ones wait for each other instead of
///    ending in a deadlock.
/// 3. After `finish` every group was executed and had changed as many rows as it had to; nothing is committed.
class BulkWriter final : public relational::Writer, private Cursor {
public:
    explicit BulkWriter(Connection& connection, bool is_pipelined, std::size_t rows_per_statement)
        : connection_(connection), is_pipelined_(is_pipelined), rows_most_(rows_per_statement) {}
    ~BulkWriter() override;

    void start();
    /// Throws Conflict where a group changed fewer rows than it had to, and the first fault of the server.
    void finish();

private:
    /// What is known of a statement once for all.
    struct Form {
        std::string text;
        std::size_t keys = 0;
    };
    /// A statement under way to the server.
    struct Sent {
        const Sql* sql = nullptr;
        std::string text;
        const char* table = nullptr;  // null: it does not matter how many rows change
        std::int64_t rows = 0;
        bool is_prepare = false;
    };

    Cursor& begin(const Sql& sql) override;
    void end(const Sql& sql, const char* table, const std::function<std::string()>& why) override;
    void flush();
    void send(const Sql& sql, const std::string& text, Parameters& arrays, std::int64_t rows);
    void take(const Sent& sent, const pg_result* result);
    void receive();

    // What a row is bound to. It is never executed by itself.
    void bind_integer(std::int64_t value) override { row_.add_integer(value); }
    void bind_text(std::string_view text) override { row_.add(Kind::text, text); }
    void bind_blob(std::string_view blob) override { row_.add(Kind::blob, blob); }
    void bind_null(Kind kind) override { row_.add_null(kind); }
    bool step() override;
    std::int64_t run() override;
    [[nodiscard]] bool is_null(int) const override { return true; }
    [[nodiscard]] std::int64_t integer(int) const override { return 0; }
    [[nodiscard]] std::string_view text(int) const override { return {}; }
    [[nodiscard]] std::string_view blob(int) const override { return {}; }
    [[nodiscard]] std::string column_name(int) const override { return {}; }
    [[nodiscard]] Kind kind(int) const override { return Kind::blob; }
    void close() noexcept override {}

    Connection& connection_;
    const bool is_pipelined_;
    const std::size_t rows_most_;
    bool is_started_ = false;

    BoundRow row_;  // being bound
    const Sql* sql_ = nullptr;
    const char* table_ = nullptr;
    std::map<std::string, BoundRow> group_;  // by key
    std::vector<Sent> sent_;
    std::unordered_map<const char*, Form> forms_;  // by the text's address; never iterated
};

}  // namespace suki::store::postgres
