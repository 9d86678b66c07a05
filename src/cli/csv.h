#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suki::cli {

/// What is wrong with one row. The reading goes on behind it.
enum class RowFlaw : std::uint8_t { none, quote_not_closed, line_too_long };
std::string_view describe(RowFlaw flaw);

/// One row of a file. `line` is where it starts, from 1; the header is line 1. Everything points into the reader's buffer and lives
/// until the next read.
struct CsvRow {
    std::uint64_t line = 0;
    RowFlaw flaw = RowFlaw::none;
    std::vector<std::string_view> fields;  // none of a flawed row
    /// The row as it stands in the file, for a rejects file; of a line that is too long its beginning.
    std::string_view text;
};

/// Reads CSV (RFC 4180: quotes doubled inside quotes, line breaks allowed in them; a byte order mark is skipped), plain or gzip
/// (also several members), with at most one row in memory.
///
/// 1. The separator is the comma, or the semicolon or tab when the header holds more of those. Lines end with LF or CRLF; with CR
///    alone where the beginning of the file has no LF at all.
/// 2. A quote opens only at the start of a field; anywhere else it is a character like any other.
/// 3. A quote is taken as forgotten when it is closed by nothing: not before the end of the file, within kRowLinesMax lines or
///    kRowBytesMax bytes, or when the quote that would close it on a later line is not followed by the end of a field. Then the
///    line on which its row begins is flawed, and the next line is read as a row of its own: a forgotten quote costs one line.
/// 4. A line longer than kRowBytesMax is flawed and passed over without being kept.
class CsvReader {
public:
    /// Why nothing can be read, or nothing more.
    enum class Problem : std::uint8_t { none, cannot_open, cannot_read, no_header, header_flawed, not_utf8, duplicate_column };

    explicit CsvReader(const std::string& path);
    /// Reads from bytes instead of a file: tests and fuzzing.
    static CsvReader from_bytes(std::string bytes);
    ~CsvReader();
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;

    [[nodiscard]] Problem problem() const;
    /// A sentence for the user.
    [[nodiscard]] std::string problem_text() const;
    [[nodiscard]] const std::vector<std::string>& header() const;
    [[nodiscard]] char separator() const { return separator_; }
    /// The index of a column by its name, or nothing.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    /// Flawed rows too. Nothing at the end of the file or when `problem` arose.
    const CsvRow* next();
    /// Bytes of the file (as stored, packed or not) read so far, and all there are: for progress.
    [[nodiscard]] std::uint64_t bytes_read() const;
    [[nodiscard]] std::uint64_t bytes_total() const;

    static constexpr std::size_t kRowBytesMax = 1 << 20;
    /// What follows a forgotten quote is read again from the next line on; this bounds how often.
    static constexpr std::size_t kRowLinesMax = 100;

private:
    struct Source;
    struct Extent;
    explicit CsvReader(std::unique_ptr<Source> source);
    void read_header();
    Extent find_end();
    void split(std::string_view text);
    bool read_row();

    std::unique_ptr<Source> source_;
    std::vector<std::string> header_;
    CsvRow row_;
    Problem problem_ = Problem::none;
    char separator_ = ',';
    char line_end_ = '\n';
    std::uint64_t line_ = 1;
};

}  // namespace suki::cli
