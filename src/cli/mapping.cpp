#include "cli/mapping.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/decimal.h"

namespace suki::cli {

namespace {

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string_view value_of(std::string_view raw, std::string_view suffix) {
    std::string_view value = trimmed(raw);
    if (!suffix.empty() && value.size() >= suffix.size() && value.substr(value.size() - suffix.size()) == suffix) {
        value.remove_suffix(suffix.size());
    }
    return value;
}

std::string_view field_at(const CsvRow& row, std::size_t column) {
    return column < row.fields.size() ? row.fields[column] : std::string_view{};
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string shown(std::string_view text) {
    std::size_t end = std::min<std::size_t>(text.size(), 40);
    // Not within a character of several bytes.
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return "`" + std::string{text.substr(0, end)} + (end < text.size() ? "…`" : "`");
}

Result<Mapping::Piece, std::string> Mapping::column_piece(std::string_view text, const CsvReader& reader) {
    Piece piece;
    piece.kind = Piece::Kind::column;
    if (const std::size_t bar = text.find('|'); bar != std::string_view::npos) {
        const std::string_view action = text.substr(bar + 1);
        if (action.substr(0, 6) != "strip:" || action.size() == 6) {
            return Unexpected{"`" + std::string{action} + "` is not understood; after | only strip:SUFFIX can stand"};
        }
        piece.suffix = action.substr(6);
        text = text.substr(0, bar);
    }
    const auto column = reader.column(text);
    if (!column) return Unexpected{"the file has no column `" + std::string{text} + "`; it has " + join(reader.header())};
    piece.column = *column;
    return piece;
}

Result<Mapping::Source, std::string> Mapping::parse(const Field& field, std::string_view source, const CsvReader& reader) {
    Source made{field.name, false, {}};
    if (!source.empty() && source.front() == '=') {
        made.pieces.push_back({Piece::Kind::literal, std::string{source.substr(1)}, 0, {}, false});
        return made;
    }
    if (source.find('{') == std::string_view::npos) {
        // A column whose own name holds a plus or minus goes first.
        if (reader.column(source.substr(0, source.find('|')))) {
            auto piece = column_piece(source, reader);
            if (!piece) return Unexpected{piece.error()};
            made.pieces.push_back(*piece);
            return made;
        }
        if (!field.is_number && source.find_first_of("+-") != std::string_view::npos) {
            return Unexpected{"the file has no column `" + std::string{source} + "`, and `" + field.name +
                              "` is no number that could be a sum; a template is {a}-{b}"};
        }
        made.is_sum = true;
        bool is_negative = false;
        for (std::size_t at = 0; at <= source.size();) {
            const std::size_t end = std::min(source.find_first_of("+-", at), source.size());
            auto piece = column_piece(trimmed(source.substr(at, end - at)), reader);
            if (!piece) return Unexpected{piece.error()};
            piece->is_negative = is_negative;
            made.pieces.push_back(*piece);
            if (end == source.size()) break;
            is_negative = source[end] == '-';
            at = end + 1;
        }
        return made;
    }
    for (std::size_t at = 0; at < source.size();) {
        const std::size_t open = std::min(source.find('{', at), source.size());
        if (open > at) made.pieces.push_back({Piece::Kind::literal, std::string{source.substr(at, open - at)}, 0, {}, false});
        if (open == source.size()) break;
        const std::size_t close = source.find('}', open);
        if (close == std::string_view::npos) return Unexpected{std::string{"a { has no } in `"} + std::string{source} + "`"};
        const std::string_view inside = source.substr(open + 1, close - open - 1);
        if (inside == "#") {
            made.pieces.push_back({Piece::Kind::row_number, {}, 0, {}, false});
        } else {
            auto piece = column_piece(inside, reader);
            if (!piece) return Unexpected{piece.error()};
            made.pieces.push_back(*piece);
        }
        at = close + 1;
    }
    return made;
}

Result<Mapping, std::string> Mapping::make(const std::vector<Field>& fields, const std::vector<std::string>& assignments,
                                           const CsvReader& reader) {
    Mapping mapping;
    for (const std::string& assignment : assignments) {
        const std::size_t equals = assignment.find('=');
        if (equals == std::string::npos) return Unexpected{"`" + assignment + "` is not of the form field=source"};
        const std::string name = assignment.substr(0, equals);
        const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
        if (field == fields.end()) {
            std::vector<std::string> names;
            for (const Field& known : fields) names.push_back(known.name);
            return Unexpected{"there is no field `" + name + "`; there are " + join(names)};
        }
        if (mapping.has(name)) return Unexpected{"the field `" + name + "` is mapped twice"};
        const std::string_view text = std::string_view{assignment}.substr(equals + 1);
        if (!is_valid_text(text)) return Unexpected{"the mapping of `" + name + "` is not UTF-8 text"};
        auto source = parse(*field, text, reader);
        if (!source) return Unexpected{source.error()};
        mapping.sources_.push_back(*source);
    }
    for (const Field& field : fields) {
        if (!mapping.has(field.name) && reader.column(field.name)) {
            auto piece = column_piece(field.name, reader);
            if (!piece) return Unexpected{piece.error()};
            mapping.sources_.push_back({field.name, false, {*piece}});
        }
    }
    return mapping;
}

const Mapping::Source* Mapping::find(std::string_view field) const {
    for (const Source& source : sources_) {
        if (source.field == field) return &source;
    }
    return nullptr;
}

bool Mapping::has(std::string_view field) const { return find(field) != nullptr; }

std::string Mapping::piece_text(const Piece& piece, const CsvRow& row, std::uint64_t row_number) {
    switch (piece.kind) {
        case Piece::Kind::literal: return piece.text;
        case Piece::Kind::column: return std::string{value_of(field_at(row, piece.column), piece.suffix)};
        case Piece::Kind::row_number: return std::to_string(row_number);
    }
    return {};
}

std::string Mapping::text(std::string_view field, const CsvRow& row, std::uint64_t row_number) const {
    std::string text;
    const Source* source = find(field);
    if (source == nullptr) return text;
    for (const Piece& piece : source->pieces) text += piece_text(piece, row, row_number);
    return text;
}

Result<std::optional<std::int64_t>, std::string> Mapping::number(std::string_view field, const CsvRow& row,
                                                                 std::uint64_t row_number, int decimals,
                                                                 std::optional<Rounding> rounding) const {
    const Source* source = find(field);
    if (source == nullptr) return std::optional<std::int64_t>{};
    std::vector<std::pair<std::string, bool>> terms;  // and whether it is taken off
    if (source->is_sum) {
        for (const Piece& piece : source->pieces) terms.emplace_back(piece_text(piece, row, row_number), piece.is_negative);
    } else {
        terms.emplace_back(text(field, row, row_number), false);
    }
    std::optional<std::int64_t> sum;
    for (const auto& [raw, is_negative] : terms) {
        if (raw.empty()) continue;
        const auto wide = parse_decimal_with_exponent(raw);
        const std::string said = std::string{field} + " " + shown(raw);
        if (!wide) return Unexpected{said + " is not a number"};
        std::optional<std::int64_t> value;
        if (rounding) {
            value = at_decimals_rounded(*wide, decimals, *rounding);
            if (!value) return Unexpected{said + " is too large"};
        } else {
            const auto exact = parse_decimal(raw);
            if (!exact) {
                // More digits than rounding could mend.
                if (!at_decimals_rounded(*wide, decimals, Rounding::down)) return Unexpected{said + " is too large"};
                return Unexpected{said + " is written with an exponent or too many digits; --round says how to round it"};
            }
            value = at_decimals(*exact, decimals);
            if (!value)
                return Unexpected{said + " has more than " + std::to_string(decimals) + " decimals; --round says how to round it"};
        }
        if (*value > kAmountMax || *value < -kAmountMax) return Unexpected{said + " is too large"};
        sum = sum.value_or(0) + (is_negative ? -*value : *value);
        if (*sum > kAmountMax || *sum < -kAmountMax) return Unexpected{said + " makes the sum too large"};
    }
    return sum;
}

}  // namespace suki::cli
