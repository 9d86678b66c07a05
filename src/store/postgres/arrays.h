#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/postgres/database.h"

/// Rows of bound values, and how they become one array a column.
namespace suki::store::postgres {

struct BoundRow {
    struct Value {
        Kind kind{};
        bool is_null = false;
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    std::vector<Value> values;
    std::string bytes;

    void add(Kind kind, std::string_view value);
    void add_integer(std::int64_t value);
    void add_null(Kind kind);
    /// One letter a value, as many_form wants them.
    [[nodiscard]] std::string letters() const;
    /// The first `count` values, each with its length, so that no two keys read alike.
    [[nodiscard]] std::string key(std::size_t count) const;
};

/// In PostgreSQL's binary form. At least one row; all have the same columns.
void add_arrays(Parameters& out, const std::vector<BoundRow>& rows);

}  // namespace suki::store::postgres
