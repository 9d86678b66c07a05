#include "cli/import_common.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "base/bytes.h"

namespace suki::cli {

namespace {

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

Rejects::Rejects(std::string path, const CsvReader& reader) : path_(std::move(path)), separator_(reader.separator()) {
    header_ = std::string{"line"} + separator_ + "reason";
    for (const std::string& column : reader.header()) header_ += separator_ + field(column);
}

std::string Rejects::field(std::string_view text) const {
    constexpr std::string_view special = "\"\r\n";
    if (text.find_first_of(special) == std::string_view::npos && text.find(separator_) == std::string_view::npos) {
        return std::string{text};
    }
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

void Rejects::add(const CsvRow& row, const std::string& reason) {
    const bool is_sound = row.flaw == RowFlaw::none && is_valid_text(row.text);
    write(row.line, reason, is_sound ? std::string{row.text} : field(row.text));
}

void Rejects::write(std::uint64_t line, const std::string& reason, std::string_view row) {
    if (count_++ == 0) {
        file_.open(path_, std::ios::trunc | std::ios::binary);
        file_ << header_ << '\n';
    }
    file_ << line << separator_ << field(reason) << separator_ << row << '\n';
    must_be_good();
}

void Rejects::finish() {
    if (count_ == 0) return;
    file_.flush();
    must_be_good();
}

void Rejects::must_be_good() const {
    if (!file_) throw UsageError{"the rejects can't be written to " + path_};
}

namespace {

std::string rejects_path(const ImportOptions& options) {
    std::string path = options.rejects.empty() ? options.file + ".rejects.csv" : options.rejects;
    for (const std::string& other : {options.file, options.place.db}) {
        std::error_code ignored;  // one that does not exist is no other
        if (std::filesystem::equivalent(path, other, ignored)) throw UsageError{"the rejects would overwrite " + other};
    }
    return path;
}

}  // namespace

OpenImport open_import(const ImportOptions& options, const std::vector<Field>& fields, const std::vector<std::string>& required) {
    CsvReader reader(options.file);
    if (reader.problem() != CsvReader::Problem::none) throw UsageError{options.file + ": " + reader.problem_text()};
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
    Rejects rejects(rejects_path(options), reader);
    return {std::move(reader), std::move(*mapping), std::move(rejects), rounding};
}

std::vector<app::Answered<app::Answer>> Sender::send(std::size_t count, const std::function<app::Command(std::size_t)>& command) {
    using Clock = std::chrono::steady_clock;
    constexpr auto pause = std::chrono::milliseconds{100};
    constexpr auto slow = std::chrono::seconds{2};  // a thousand receipts that nobody disturbs take half of it
    constexpr int failures_max = 300;
    int failures = 0;
    std::vector<std::optional<app::Answered<app::Answer>>> answers(count);
    std::vector<std::size_t> waiting(count);
    std::iota(waiting.begin(), waiting.end(), std::size_t{0});
    while (!waiting.empty()) {
        const std::size_t size = std::min(pace_, waiting.size());
        std::vector<app::Command> piece;
        for (std::size_t i = 0; i < size; ++i) piece.push_back(command(waiting[i]));
        const auto begun_at = Clock::now();
        auto given = app_.run_many(caller_, std::move(piece));
        const bool is_slow = Clock::now() - begun_at > slow;
        const auto is_unwritten = [&](std::size_t i) {
            return !given[i] && given[i].error().code == name_of(app::CommandRejection::store_unavailable);
        };
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < size; ++i) {
            if (is_unwritten(i)) {
                left.push_back(waiting[i]);
            } else {
                answers[waiting[i]] = std::move(given[i]);
            }
        }
        if (left.size() < size) {
            failures = 0;
        } else if (size == 1) {
            if (++failures == failures_max) {
                throw std::runtime_error("the database can't be written now; start the import again, it goes on where it ended");
            }
            std::this_thread::sleep_for(pause);
        }
        const bool is_disturbed = is_slow || !left.empty();
        pace_ = is_disturbed ? std::max<std::size_t>(size / 4, 1) : std::min(pace_ + pace_ / 4 + 1, kAtOnce);
        left.insert(left.end(), waiting.begin() + static_cast<std::ptrdiff_t>(size), waiting.end());
        waiting = std::move(left);
    }
    std::vector<app::Answered<app::Answer>> all;
    all.reserve(count);
    for (auto& answer : answers) all.push_back(*std::move(answer));
    return all;
}

std::string flaw_of(const CsvRow& row, const CsvReader& reader) {
    if (row.flaw != RowFlaw::none) return std::string{describe(row.flaw)};
    if (row.text.find('\0') != std::string::npos) return "the row holds a NUL byte";
    if (!is_valid_text(row.text)) return "the row is not UTF-8 text";
    if (row.fields.size() != reader.header().size()) {
        return "the row has " + std::to_string(row.fields.size()) + " fields, the header " + std::to_string(reader.header().size());
    }
    return {};
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
    if (tens < 0 || tens > 5 || ones < 0 || ones > 9) return std::nullopt;
    if (rest.size() > 9) {
        const std::string_view fraction = rest.substr(10);
        const bool is_fraction = std::all_of(fraction.begin(), fraction.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (rest[9] != '.' || fraction.empty() || !is_fraction) return std::nullopt;
    }
    at.us += (tens * 10 + ones) * kSecondUs;
    return at;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        if (const auto word = trimmed(std::string_view{text}.substr(begin, end - begin)); !word.empty()) parts.emplace_back(word);
        begin = end + 1;
    }
    return parts;
}

std::string category_path(std::string text) {
    std::replace(text.begin(), text.end(), '>', '/');
    std::string path;
    for (const std::string& level : split(text, '/')) path += (path.empty() ? "" : "/") + level;
    return path;
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
