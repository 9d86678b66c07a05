#include "store/contents.h"

#include "base/check.h"

namespace suki::store {

namespace {

char letter_of(Kind kind) { return kind == Kind::integer ? 'i' : kind == Kind::text ? 't' : 'b'; }

std::optional<Kind> kind_of(std::string_view letter) {
    for (const Kind kind : {Kind::integer, Kind::text, Kind::blob}) {
        if (letter.size() == 1 && letter.front() == letter_of(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace

void pack_shape(ByteWriter& out, const TableShape& table) {
    out.put_text(table.name);
    out.put_unsigned(table.columns.size());
    for (const Column& column : table.columns) {
        const char letter = letter_of(column.kind);
        out.put_text(column.name);
        out.put_text({&letter, 1});
    }
}

bool unpack_shape(ByteReader& in, TableShape& table) {
    table = {.name = in.get_text()};
    for (std::size_t left = in.get_count(); left > 0 && in.is_ok(); --left) {
        Column column{.name = in.get_text()};
        const auto kind = kind_of(in.get_text());
        if (!kind) return false;
        column.kind = *kind;
        table.columns.push_back(std::move(column));
    }
    return in.is_ok() && !table.name.empty() && !table.columns.empty();
}

void pack_row(ByteWriter& out, std::span<const Value> values) {
    for (const Value& value : values) {
        out.put_bool(!value.is_null);
        if (value.is_null) continue;
        if (value.kind == Kind::integer) {
            out.put(value.integer);
        } else {
            out.put_text(value.bytes);
        }
    }
}

void ContentDigest::begin(const std::vector<TableShape>& tables) {
    for (const TableShape& table : tables) {
        ByteWriter shape;
        pack_shape(shape, table);
        tables_.emplace_back().add(shape.bytes());
    }
}

void ContentDigest::row(std::size_t table, std::span<const Value> values) {
    ByteWriter out;
    pack_row(out, values);
    packed_row(table, out.bytes());
}

void ContentDigest::packed_row(std::size_t table, std::string_view bytes) {
    SUKI_CHECK(table < tables_.size() && table >= digests_.size());
    tables_[table].add(bytes);
    ++contents_.rows;
}

void ContentDigest::finish_up_to(std::size_t table) {
    while (digests_.size() < table) digests_.push_back(tables_[digests_.size()].digest());
}

const Digest& ContentDigest::table_digest(std::size_t table) {
    finish_up_to(table + 1);
    return digests_[table];
}

void ContentDigest::end() {
    finish_up_to(tables_.size());
    Sha256 whole;
    for (const Digest& digest : digests_) whole.add(view_of(digest));
    contents_.digest = whole.digest();
}

}  // namespace suki::store
