#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/amount.h"
#include "base/result.h"
#include "cli/csv.h"

namespace suki::cli {

/// A field that columns can be mapped to.
struct Field {
    std::string name;
    bool is_number = false;
};

/// How the columns of somebody's file become the fields of ours. One assignment a field, `field=source`:
///
///     sku=product_id                 a column
///     sku=product_id|strip:.0        without a suffix, where it is there
///     store==main                    the constant `main`
///     receipt={customer}/{date}-{#}  a template; {#} is the row's number in the file (the first row after the header is 1)
///     amount=paid+discount-coupon    a sum of columns (number fields only)
///
/// A field without an assignment is read from the column of its own name, when there is one.
class Mapping {
public:
    /// `fields` are all that may be assigned; the texts are `--map` arguments. The error is a sentence for the user.
    static Result<Mapping, std::string> make(const std::vector<Field>& fields, const std::vector<std::string>& assignments,
                                             const CsvReader& reader);

    /// Whether the field has a source.
    [[nodiscard]] bool has(std::string_view field) const;
    /// The field's text in a row, trimmed of spaces; empty when it has no source. `row_number` is what {#} gives.
    [[nodiscard]] std::string text(std::string_view field, const CsvRow& row, std::uint64_t row_number) const;
    /// The sum of the field's columns in units of 10^-decimals. Each column is rounded by itself, before anything else; without a
    /// rounding a value finer than that, or written with an exponent, is an error, said as a sentence. Empty columns count as 0;
    /// all empty: nothing.
    [[nodiscard]] Result<std::optional<std::int64_t>, std::string> number(std::string_view field, const CsvRow& row,
                                                                          std::uint64_t row_number, int decimals,
                                                                          std::optional<Rounding> rounding) const;

private:
    struct Piece {
        enum class Kind : std::uint8_t { literal, column, row_number };
        Kind kind = Kind::literal;
        std::string text;  // literal
        std::size_t column = 0;
        std::string suffix;        // to strip
        bool is_negative = false;  // in a sum
    };
    struct Source {
        std::string field;
        bool is_sum = false;
        std::vector<Piece> pieces;
    };
    static Result<Piece, std::string> column_piece(std::string_view text, const CsvReader& reader);
    static Result<Source, std::string> parse(const Field& field, std::string_view source, const CsvReader& reader);
    [[nodiscard]] static std::string piece_text(const Piece& piece, const CsvRow& row, std::uint64_t row_number);
    [[nodiscard]] const Source* find(std::string_view field) const;

    std::vector<Source> sources_;
};

std::string_view trimmed(std::string_view text);

/// The beginning of a text from a file, between backquotes, for a sentence.
std::string shown(std::string_view text);

}  // namespace suki::cli
