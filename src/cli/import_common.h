#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/amount.h"
#include "base/result.h"
#include "base/zone.h"
#include "cli/csv.h"
#include "cli/mapping.h"
#include "cli/verbs.h"

namespace suki::cli {

/// The file beside an import that takes what could not be imported: line number, reason, and the row as it stood. Made with the
/// first reject.
class Rejects {
public:
    Rejects(std::string path, const std::vector<std::string>& header);
    void add(std::uint64_t line, const std::string& reason, std::string_view row);
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
    std::string header_;
    std::ofstream file_;
    std::uint64_t count_ = 0;
};

/// A file opened for an import, its columns mapped. Throws UsageError with a sentence.
struct OpenImport {
    CsvReader reader;
    Mapping mapping;
    Rejects rejects;
    std::optional<Rounding> rounding;
};
OpenImport open_import(const ImportOptions& options, const std::vector<std::string>& fields,
                       const std::vector<std::string>& required);
/// Throws UsageError when the file could not be read to its end.
void must_be_read(const CsvReader& reader, const std::string& path);

/// An instant as files write it: RFC 3339; `2026-03-01 14:05[:09]`, `2026-03-01`, `20260301`, `01.03.2026[ 14:05[:09]]` in `zone`,
/// a date alone at `time`.
std::optional<Instant> parse_file_time(std::string_view text, const Zone& zone, TimeOfDay time);

/// Yes and no as files write them; nothing for anything else.
std::optional<bool> parse_flag(std::string_view text);

}  // namespace suki::cli
