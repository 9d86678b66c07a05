#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suki::cli {

/// One row of a file. `line` is where it starts, from 1; the header is line 1. Fields point into the reader's buffer and live until
/// the next read.
struct CsvRow {
    std::uint64_t line = 0;
    std::vector<std::string_view> fields;
    std::string_view text;  // the row as it stands in the file, for a rejects file
};

/// Reads CSV (RFC 4180: quotes doubled inside quotes, line breaks allowed in them; CRLF or LF; a byte order mark is skipped), plain
/// or gzip, with one row in memory. The separator is the comma, or the semicolon or tab when the header holds more of those.
class CsvReader {
public:
    /// Why reading stopped before the end of the file.
    enum class Problem : std::uint8_t {
        none,
        cannot_open,
        cannot_read,
        no_header,
        row_too_long,
        quote_not_closed,
        duplicate_column
    };

    explicit CsvReader(const std::string& path);
    /// Reads from bytes instead of a file: tests and fuzzing.
    static CsvReader from_bytes(std::string bytes);
    ~CsvReader();
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;

    [[nodiscard]] Problem problem() const;
    [[nodiscard]] const std::vector<std::string>& header() const;
    /// The index of a column by its name, or nothing.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    /// Nothing at the end of the file or when `problem` arose.
    const CsvRow* next();
    /// Bytes of the file (as stored, packed or not) read so far, and all there are: for progress.
    [[nodiscard]] std::uint64_t bytes_read() const;
    [[nodiscard]] std::uint64_t bytes_total() const;

    /// A longer row is a problem, so that a missing quote can't swallow a file.
    static constexpr std::size_t kRowBytesMax = 1 << 20;

private:
    struct Source;
    explicit CsvReader(std::unique_ptr<Source> source);
    void read_header();
    bool read_row(CsvRow& row);

    std::unique_ptr<Source> source_;
    std::vector<std::string> header_;
    CsvRow row_;
    Problem problem_ = Problem::none;
    char separator_ = ',';
    std::uint64_t line_ = 1;
};

std::string_view describe(CsvReader::Problem problem);

}  // namespace suki::cli
