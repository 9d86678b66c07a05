#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"

/// Everything that a database holds, as a stream of plain values: table by table, each in the order of its key. The same content
/// gives the same stream on every database, which is how it moves from one to another, and how two are compared.
namespace suki::store {

/// The three kinds of columns that there are.
enum class Kind : std::uint8_t { integer, text, blob };

/// One column of a row; `bytes` of a text or a blob live until the next row.
struct Value {
    Kind kind = Kind::integer;
    bool is_null = false;
    std::int64_t integer = 0;
    std::string_view bytes;
};

struct Column {
    std::string name;
    Kind kind = Kind::integer;
    friend bool operator==(const Column&, const Column&) = default;
};
struct TableShape {
    std::string name;
    std::vector<Column> columns;
    std::uint64_t rows = 0;
};

/// Takes the stream: `begin` once, then the rows of the first table, of the second, …, then `end`.
class ContentSink {
public:
    virtual ~ContentSink() = default;
    virtual void begin(const std::vector<TableShape>& tables) = 0;
    /// `table` is an index into those of `begin` and never goes back.
    virtual void row(std::size_t table, std::span<const Value> values) = 0;
    virtual void end() = 0;
};

/// How far a stream is: rows done, of how many.
using ContentProgress = std::function<void(std::uint64_t rows, std::uint64_t total)>;

/// What identifies a content: equal exactly when all tables, columns and values are.
struct Contents {
    std::uint64_t rows = 0;
    Digest digest{};
    friend bool operator==(const Contents&, const Contents&) = default;
};

/// Hashes the stream. The digest is SHA-256 of the tables' digests, and a table's is SHA-256 of its shape and its rows as packed
/// below (docs/guide/export-format.md).
class ContentDigest : public ContentSink {
public:
    void begin(const std::vector<TableShape>& tables) override;
    void row(std::size_t table, std::span<const Value> values) override;
    void end() override;

    /// The same for a row that is packed already.
    void packed_row(std::size_t table, std::string_view bytes);
    /// Of a table whose rows are all in.
    [[nodiscard]] const Digest& table_digest(std::size_t table);
    /// After `end`.
    [[nodiscard]] const Contents& contents() const { return contents_; }

private:
    void finish_up_to(std::size_t table);

    std::vector<Sha256> tables_;
    std::vector<Digest> digests_;  // of those that are finished
    Contents contents_;
};

/// Gives what it takes to two.
class ContentFork final : public ContentSink {
public:
    ContentFork(ContentSink& first, ContentSink& second) : first_(first), second_(second) {}
    void begin(const std::vector<TableShape>& tables) override {
        first_.begin(tables);
        second_.begin(tables);
    }
    void row(std::size_t table, std::span<const Value> values) override {
        first_.row(table, values);
        second_.row(table, values);
    }
    void end() override {
        first_.end();
        second_.end();
    }

private:
    ContentSink& first_;
    ContentSink& second_;
};

void pack_shape(ByteWriter& out, const TableShape& table);
/// False when it is malformed.
bool unpack_shape(ByteReader& in, TableShape& table);
void pack_row(ByteWriter& out, std::span<const Value> values);

}  // namespace suki::store
