#include "cli/import_common.h"

#include <algorithm>

namespace suki::cli {

namespace {

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

/// `2026-03-01`, `20260301` or `01.03.2026` at the start; `rest` gets what follows.
std::optional<Date> leading_date(std::string_view text, std::string_view& rest) {
    if (text.size() >= 10 && text[4] == '-') {
        rest = text.substr(10);
        return parse_date(text.substr(0, 10));
    }
    if (text.size() >= 10 && text[2] == '.' && text[5] == '.') {
        rest = text.substr(10);
        return parse_date(std::string{text.substr(6, 4)} + "-" + std::string{text.substr(3, 2)} + "-" +
                          std::string{text.substr(0, 2)});
    }
    if (text.size() >= 8 && std::all_of(text.begin(), text.begin() + 8, [](char c) { return c >= '0' && c <= '9'; })) {
        rest = text.substr(8);
        return parse_date(std::string{text.substr(0, 4)} + "-" + std::string{text.substr(4, 2)} + "-" +
                          std::string{text.substr(6, 2)});
    }
    return std::nullopt;
}

}  // namespace

Rejects::Rejects(std::string path, const std::vector<std::string>& header) : path_(std::move(path)), header_("line,reason") {
    for (const std::string& column : header) header_ += "," + csv_field(column);
}

void Rejects::add(std::uint64_t line, const std::string& reason, std::string_view row) {
    if (count_++ == 0) {
        file_.open(path_, std::ios::trunc | std::ios::binary);
        if (!file_) throw UsageError{"the rejects can't be written to " + path_};
        file_ << header_ << '\n';
    }
    file_ << line << ',' << csv_field(reason) << ',' << row << '\n';
}

OpenImport open_import(const ImportOptions& options, const std::vector<std::string>& fields,
                       const std::vector<std::string>& required) {
    CsvReader reader(options.file);
    if (reader.problem() != CsvReader::Problem::none)
        throw UsageError{options.file + ": " + std::string{describe(reader.problem())}};
    auto mapping = Mapping::make(fields, options.map, reader);
    if (!mapping) throw UsageError{options.file + ": " + mapping.error()};
    for (const std::string& field : required) {
        if (!mapping->has(field)) throw UsageError{"nothing says where `" + field + "` comes from; add --map " + field + "=COLUMN"};
    }
    std::optional<Rounding> rounding;
    if (!options.round.empty()) {
        rounding = from_name<Rounding>(options.round);
        if (!rounding) throw UsageError{"--round is down, up, half_up or half_even"};
    }
    Rejects rejects(options.rejects.empty() ? options.file + ".rejects.csv" : options.rejects, reader.header());
    return {std::move(reader), std::move(*mapping), std::move(rejects), rounding};
}

void must_be_read(const CsvReader& reader, const std::string& path) {
    if (reader.problem() != CsvReader::Problem::none) throw UsageError{path + ": " + std::string{describe(reader.problem())}};
}

std::optional<Instant> parse_file_time(std::string_view text, const Zone& zone, TimeOfDay time) {
    text = trimmed(text);
    if (const auto instant = parse_instant(text)) return instant;
    std::string_view rest;
    const auto date = leading_date(text, rest);
    if (!date) return std::nullopt;
    if (rest.empty()) return instant_of(zone, *date, time);
    if ((rest[0] != ' ' && rest[0] != 'T') || rest.size() < 6) return std::nullopt;
    const auto clock = parse_time_of_day(rest.substr(1, 5));
    if (!clock || clock->minutes >= 24 * 60) return std::nullopt;
    Instant at = instant_of(zone, *date, *clock);
    if (rest.size() == 6) return at;
    // Seconds, and a fraction that is dropped: no file of receipts needs it.
    if (rest.size() < 9 || rest[6] != ':') return std::nullopt;
    const int tens = rest[7] - '0';
    const int ones = rest[8] - '0';
    if (tens < 0 || tens > 5 || ones < 0 || ones > 9 || (rest.size() > 9 && rest[9] != '.')) return std::nullopt;
    at.us += (tens * 10 + ones) * kSecondUs;
    return at;
}

std::optional<bool> parse_flag(std::string_view text) {
    for (const std::string_view yes : {"1", "yes", "true", "y", "t"}) {
        if (text == yes) return true;
    }
    for (const std::string_view no : {"", "0", "no", "false", "n", "f"}) {
        if (text == no) return false;
    }
    return std::nullopt;
}

}  // namespace suki::cli
