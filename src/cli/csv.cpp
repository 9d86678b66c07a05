#include "cli/csv.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>

#include "base/bytes.h"

namespace suki::cli {

/// A window over the file: bytes [begin, end) of `buffer` are read and not yet consumed. gzread serves plain files as they are.
struct CsvReader::Source {
    gzFile file = nullptr;
    std::string buffer;
    std::size_t begin = 0;
    std::uint64_t total = 0;
    bool is_at_end = false;
    bool is_broken = false;
    std::vector<std::string> unquoted;  // keeps fields whose quotes had to be taken off
    std::string beginning;              // of a line that is too long to be kept

    ~Source() {
        if (file != nullptr) gzclose(file);
    }

    /// Reads more behind what is there; false at the end.
    bool fill() {
        if (is_at_end || file == nullptr) return false;
        if (begin > 0) {
            buffer.erase(0, begin);
            begin = 0;
        }
        constexpr std::size_t chunk = 1 << 18;
        const std::size_t old = buffer.size();
        buffer.resize(old + chunk);
        const int count = gzread(file, buffer.data() + old, chunk);
        buffer.resize(old + static_cast<std::size_t>(std::max(count, 0)));
        if (count <= 0) {
            is_at_end = true;
            int error = Z_OK;
            gzerror(file, &error);
            is_broken = count < 0 || (error != Z_OK && error != Z_STREAM_END);
        }
        return count > 0;
    }

    /// Drops everything up to and with the next line break.
    void pass_over(char line_end) {
        do {
            const std::size_t found = buffer.find(line_end, begin);
            if (found != std::string::npos) {
                begin = found + 1;
                return;
            }
            begin = buffer.size();
        } while (fill());
    }
};

namespace {

/// A name that two columns have, or nothing.
std::string twice_named(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (!names[i].empty() && names[i] == names[i - 1]) return names[i];
    }
    return {};
}

}  // namespace

CsvReader::CsvReader(const std::string& path) : source_(std::make_unique<Source>()) {
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
        source_->total = static_cast<std::uint64_t>(status.st_size);
        source_->file = gzopen(path.c_str(), "rb");
    }
    if (source_->file == nullptr) {
        problem_ = Problem::cannot_open;
        return;
    }
    gzbuffer(source_->file, 1 << 17);
    read_header();
}

CsvReader::CsvReader(std::unique_ptr<Source> source) : source_(std::move(source)) { read_header(); }

CsvReader CsvReader::from_bytes(std::string bytes) {
    auto source = std::make_unique<Source>();
    source->total = bytes.size();
    source->buffer = std::move(bytes);
    source->is_at_end = true;
    return CsvReader(std::move(source));
}

CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

CsvReader::Problem CsvReader::problem() const { return problem_; }
const std::vector<std::string>& CsvReader::header() const { return header_; }
std::uint64_t CsvReader::bytes_total() const { return source_->total; }

std::uint64_t CsvReader::bytes_read() const {
    if (source_->file == nullptr) return source_->begin;
    return static_cast<std::uint64_t>(std::max<z_off_t>(gzoffset(source_->file), 0));
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - header_.begin());
}

void CsvReader::read_header() {
    Source& in = *source_;
    if (in.buffer.empty()) in.fill();
    const std::string_view start{in.buffer};
    if (start.substr(0, 2) == "\xff\xfe" || start.substr(0, 2) == "\xfe\xff") {
        problem_ = Problem::not_utf8;
        return;
    }
    if (start.substr(0, 3) == "\xef\xbb\xbf") in.begin = 3;
    if (start.find('\n') == std::string_view::npos && start.find('\r') != std::string_view::npos) line_end_ = '\r';
    const std::string_view first = start.substr(in.begin, start.find(line_end_) - in.begin);
    auto most = std::count(first.begin(), first.end(), ',');
    for (const char other : {';', '\t'}) {
        const auto count = std::count(first.begin(), first.end(), other);
        if (count <= most) continue;
        most = count;
        separator_ = other;
    }
    if (!read_row()) {
        if (problem_ == Problem::none) problem_ = Problem::no_header;
        return;
    }
    if (row_.flaw != RowFlaw::none) {
        problem_ = Problem::header_flawed;
        return;
    }
    if (!is_valid_text(row_.text)) {
        problem_ = Problem::not_utf8;
        return;
    }
    for (const std::string_view field : row_.fields) header_.emplace_back(field);
    // Columns without a name can't be meant by anybody: spreadsheets leave them at the end.
    if (!twice_named(header_).empty()) problem_ = Problem::duplicate_column;
}

const CsvRow* CsvReader::next() {
    if (problem_ != Problem::none) return nullptr;
    // Empty lines between rows are nobody's data.
    while (read_row()) {
        if (row_.flaw != RowFlaw::none || row_.fields.size() > 1 || !row_.fields.front().empty()) return &row_;
    }
    return nullptr;
}

/// Where the row that begins at Source::begin ends: `length` bytes, then a line break unless the file ends there.
struct CsvReader::Extent {
    std::size_t length = 0;
    std::uint64_t lines = 1;
    RowFlaw flaw = RowFlaw::none;
    bool is_last = false;  // no line break behind it
};

CsvReader::Extent CsvReader::find_end() {
    enum class At : std::uint8_t { field_start, plain, quoted, quote_in_quoted };
    Source& in = *source_;
    At at = At::field_start;
    std::optional<std::size_t> first_break;  // within quotes
    std::uint64_t breaks = 0;
    bool has_break_in_field = false;
    for (std::size_t length = 0;; ++length) {
        if (length > kRowBytesMax || breaks == kRowLinesMax) {
            if (first_break) return {.length = *first_break, .flaw = RowFlaw::quote_not_closed};
            return {.length = length, .flaw = RowFlaw::line_too_long};
        }
        if (in.begin + length >= in.buffer.size() && !in.fill()) {
            const bool is_open = at == At::quoted && !in.is_broken;
            if (is_open && first_break) return {.length = *first_break, .flaw = RowFlaw::quote_not_closed};
            if (is_open) return {.length = length, .flaw = RowFlaw::quote_not_closed, .is_last = true};
            return {.length = length, .lines = breaks + 1, .is_last = true};
        }
        const char c = in.buffer[in.begin + length];
        if (c == line_end_ && at != At::quoted) return {.length = length, .lines = breaks + 1};
        switch (at) {
            case At::field_start:
                has_break_in_field = false;
                at = c == '"' ? At::quoted : c == separator_ ? At::field_start : At::plain;
                break;
            case At::plain:
                if (c == separator_) at = At::field_start;
                break;
            case At::quoted:
                if (c == '"') at = At::quote_in_quoted;
                if (c != line_end_) break;
                if (!first_break) first_break = length;
                ++breaks;
                has_break_in_field = true;
                break;
            case At::quote_in_quoted:
                if (c == '"') {
                    at = At::quoted;
                } else if (c == separator_) {
                    at = At::field_start;
                } else if (c != '\r' && has_break_in_field) {
                    return {.length = *first_break, .flaw = RowFlaw::quote_not_closed};
                } else if (c != '\r') {
                    at = At::plain;
                }
                break;
        }
    }
}

bool CsvReader::read_row() {
    Source& in = *source_;
    const Extent extent = find_end();
    if (extent.is_last && in.is_broken) {
        problem_ = Problem::cannot_read;
        return false;
    }
    if (extent.is_last && extent.length == 0) return false;
    row_.line = line_;
    row_.flaw = extent.flaw;
    row_.fields.clear();
    line_ += extent.lines;
    if (extent.flaw == RowFlaw::line_too_long) {
        constexpr std::size_t shown = 1'000;
        in.beginning = in.buffer.substr(in.begin, shown);
        row_.text = in.beginning;
        in.begin += extent.length;
        in.pass_over(line_end_);
        return true;
    }
    std::string_view text{in.buffer.data() + in.begin, extent.length};
    in.begin += extent.length + (extent.is_last ? 0 : 1);
    while (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    row_.text = text;
    if (extent.flaw == RowFlaw::none) split(text);
    return true;
}

void CsvReader::split(std::string_view text) {
    Source& in = *source_;
    in.unquoted.clear();
    // Views into `unquoted` must survive its growth: there are at most as many fields as separators, plus one.
    in.unquoted.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), separator_)) + 1);
    std::size_t at = 0;
    for (;;) {
        if (at < text.size() && text[at] == '"') {
            std::string field;
            ++at;
            while (at < text.size()) {
                const std::size_t quote = text.find('"', at);
                field += text.substr(at, quote - at);
                at = quote == std::string_view::npos ? text.size() : quote + 1;
                if (at >= text.size() || text[at] != '"') break;
                field += '"';
                ++at;
            }
            // Whatever stands between the closing quote and the separator belongs to the field as it is.
            const std::size_t end = std::min(text.find(separator_, at), text.size());
            field += text.substr(at, end - at);
            at = end;
            in.unquoted.push_back(std::move(field));
            row_.fields.emplace_back(in.unquoted.back());
        } else {
            const std::size_t end = std::min(text.find(separator_, at), text.size());
            row_.fields.push_back(text.substr(at, end - at));
            at = end;
        }
        if (at >= text.size()) break;
        ++at;  // the separator; a row that ends with one has an empty last field
        if (at == text.size()) {
            row_.fields.emplace_back();
            break;
        }
    }
}

std::string_view describe(RowFlaw flaw) {
    switch (flaw) {
        case RowFlaw::none: return "nothing is wrong";
        case RowFlaw::quote_not_closed: return "a quote is opened and not closed";
        case RowFlaw::line_too_long: return "the line is longer than 1 MiB";
    }
    return "";
}

std::string CsvReader::problem_text() const {
    switch (problem_) {
        case Problem::none: return "no problem";
        case Problem::cannot_open: return "the file can't be opened";
        case Problem::cannot_read:
            return "the file can't be read to its end: line " + std::to_string(line_) +
                   " breaks off (a gzip file that is damaged or was not copied whole?)";
        case Problem::no_header: return "the file has no header";
        case Problem::header_flawed: return "the header can't be used: " + std::string{describe(row_.flaw)};
        case Problem::not_utf8: return "the header is not UTF-8 text; save the file as UTF-8";
        case Problem::duplicate_column: return "two columns are named `" + twice_named(header_) + "`";
    }
    return "";
}

}  // namespace suki::cli
