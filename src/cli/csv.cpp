#include "cli/csv.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

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
};

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
    if (source_->buffer.empty()) source_->fill();
    const std::string_view start{source_->buffer};
    if (start.substr(0, 3) == "\xef\xbb\xbf") source_->begin = 3;
    const std::string_view first = start.substr(source_->begin, start.find('\n'));
    const auto commas = std::count(first.begin(), first.end(), ',');
    for (const char other : {';', '\t'}) {
        if (std::count(first.begin(), first.end(), other) > commas) separator_ = other;
    }
    if (!read_row(row_)) {
        if (problem_ == Problem::none) problem_ = Problem::no_header;
        return;
    }
    for (const std::string_view field : row_.fields) header_.emplace_back(field);
    std::vector<std::string> sorted = header_;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) problem_ = Problem::duplicate_column;
}

const CsvRow* CsvReader::next() {
    if (problem_ != Problem::none) return nullptr;
    // Empty lines between rows are nobody's data.
    while (read_row(row_)) {
        if (row_.fields.size() > 1 || !row_.fields.front().empty()) return &row_;
    }
    return nullptr;
}

bool CsvReader::read_row(CsvRow& row) {
    Source& in = *source_;
    // First find where the row ends: the first line break outside quotes.
    std::size_t length = 0;
    std::uint64_t breaks = 0;
    bool is_quoted = false;
    for (;; ++length) {
        if (in.begin + length >= in.buffer.size()) {
            if (length > kRowBytesMax) {
                problem_ = Problem::row_too_long;
                return false;
            }
            if (!in.fill()) break;
        }
        const char c = in.buffer[in.begin + length];
        if (c == '"') is_quoted = !is_quoted;
        if (c == '\n') {
            ++breaks;
            if (!is_quoted) break;
        }
    }
    if (in.is_broken) {
        problem_ = Problem::cannot_read;
        return false;
    }
    const bool is_last = in.begin + length >= in.buffer.size();
    if (is_last && is_quoted) {
        problem_ = Problem::quote_not_closed;
        return false;
    }
    if (is_last && length == 0) return false;
    if (length > kRowBytesMax) {
        problem_ = Problem::row_too_long;
        return false;
    }

    std::string_view text{in.buffer.data() + in.begin, length};
    in.begin += length + (is_last ? 0 : 1);
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    row.line = line_;
    line_ += std::max<std::uint64_t>(breaks, 1);
    row.text = text;
    row.fields.clear();
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
            row.fields.emplace_back(in.unquoted.back());
        } else {
            const std::size_t end = std::min(text.find(separator_, at), text.size());
            row.fields.push_back(text.substr(at, end - at));
            at = end;
        }
        if (at >= text.size()) break;
        ++at;  // the separator; a row that ends with one has an empty last field
        if (at == text.size()) {
            row.fields.emplace_back();
            break;
        }
    }
    return true;
}

std::string_view describe(CsvReader::Problem problem) {
    switch (problem) {
        case CsvReader::Problem::none: return "no problem";
        case CsvReader::Problem::cannot_open: return "the file can't be opened";
        case CsvReader::Problem::cannot_read: return "the file can't be read to its end (is the gzip file damaged?)";
        case CsvReader::Problem::no_header: return "the file has no header";
        case CsvReader::Problem::row_too_long: return "a row is longer than 1 MiB (is a closing quote missing?)";
        case CsvReader::Problem::quote_not_closed: return "a quoted field is not closed";
        case CsvReader::Problem::duplicate_column: return "two columns have the same name";
    }
    return "";
}

}  // namespace suki::cli
