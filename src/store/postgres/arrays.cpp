#include "store/postgres/arrays.h"

#include <algorithm>
#include <array>

namespace suki::store::postgres {

namespace {

void put_number(std::string& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

/// Dimensions, whether nulls are in it, the type of its elements, their number, the first index.
void put_head(std::string& out, Kind kind, bool has_null, std::size_t count) {
    constexpr std::uint32_t kBigint = 20, kText = 25, kBytea = 17;
    put_number(out, 1);
    put_number(out, has_null ? 1 : 0);
    put_number(out, kind == Kind::integer ? kBigint : kind == Kind::text ? kText : kBytea);
    put_number(out, static_cast<std::uint32_t>(count));
    put_number(out, 1);
}

}  // namespace

void BoundRow::add(Kind kind, std::string_view value) {
    values.push_back({kind, false, bytes.size(), value.size()});
    bytes.append(value);
}

void BoundRow::add_integer(std::int64_t value) {
    std::array<char, 8> number{};
    for (std::size_t i = 0; i < 8; ++i) number[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
    add(Kind::integer, {number.data(), number.size()});
}

void BoundRow::add_null(Kind kind) {
    add(kind, {});
    values.back().is_null = true;
}

std::string BoundRow::letters() const {
    std::string letters;
    for (const Value& value : values) letters += value.kind == Kind::integer ? 'i' : value.kind == Kind::text ? 't' : 'b';
    return letters;
}

std::string BoundRow::key(std::size_t count) const {
    std::string key;
    for (std::size_t i = 0; i < count && i < values.size(); ++i) {
        put_number(key, static_cast<std::uint32_t>(values[i].size));
        key.append(bytes, values[i].begin, values[i].size);
    }
    return key;
}

void add_arrays(Parameters& out, const std::vector<BoundRow>& rows) {
    std::string array;
    for (std::size_t c = 0; c < rows.front().values.size(); ++c) {
        const Kind kind = rows.front().values[c].kind;
        array.clear();
        put_head(array, kind, std::any_of(rows.begin(), rows.end(), [c](const BoundRow& r) { return r.values[c].is_null; }),
                 rows.size());
        for (const BoundRow& row : rows) {
            const BoundRow::Value& value = row.values[c];
            put_number(array, value.is_null ? UINT32_MAX : static_cast<std::uint32_t>(value.size));
            if (!value.is_null) array.append(row.bytes, value.begin, value.size);
        }
        out.add(kind, array);
    }
}

}  // namespace suki::store::postgres
