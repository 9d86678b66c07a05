#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "base/amount.h"
#include "base/result.h"
#include "base/zone.h"
#include "cli/csv.h"
#include "cli/mapping.h"
#include "cli/verbs.h"

namespace suki::cli {

/// A row of the file, kept so that what becomes of it later can be written to the rejects as it stood.
struct SourceRow {
    std::uint64_t line = 0;
    std::string text;
};

/// The file beside an import that takes what could not be imported: line number, reason, and the row as it stood, under the header
/// and with the separator of the file. Made with the first reject. Throws UsageError when it can't be written.
class Rejects {
public:
    Rejects(std::string path, const CsvReader& reader);
    void add(const SourceRow& row, const std::string& reason) { write(row.line, reason, row.text); }
    /// A flawed row, or one that is no text, stands in one quoted field, so that it spoils nothing behind it.
    void add(const CsvRow& row, const std::string& reason);
    /// After the last.
    void finish();
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    void write(std::uint64_t line, const std::string& reason, std::string_view row);
    [[nodiscard]] std::string field(std::string_view text) const;
    void must_be_good() const;

    std::string path_;
    char separator_;
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
OpenImport open_import(const ImportOptions& options, const std::vector<Field>& fields, const std::vector<std::string>& required);
/// Sends commands to a database to which others may write meanwhile. A conflict undoes the batch in which it is, so what took long
/// or could not be written is sent in smaller pieces, which grow again when they pass.
class Sender {
public:
    Sender(app::App& app, app::Caller caller) : app_(app), caller_(std::move(caller)) {}
    /// The answers to command(0), command(1), …, in this order; at most kAtOnce. Throws when the database can't be written for
    /// half a minute: that is no fault of the rows.
    std::vector<app::Answered<app::Answer>> send(std::size_t count, const std::function<app::Command(std::size_t)>& command);
    static constexpr std::size_t kAtOnce = 1'000;

private:
    app::App& app_;
    app::Caller caller_;
    std::size_t pace_ = kAtOnce;
};

/// Why no row of the file could be made of it, whatever its columns are; empty for a sound one.
std::string flaw_of(const CsvRow& row, const CsvReader& reader);

/// An instant as files write it: RFC 3339; `2026-03-01 14:05[:09]`, `2026-03-01`, `20260301`, `01.03.2026[ 14:05[:09]]` in `zone`,
/// a date alone at `time`.
std::optional<Instant> parse_file_time(std::string_view text, const Zone& zone, TimeOfDay time);

/// The parts between separators, trimmed; empty ones are left out.
std::vector<std::string> split(const std::string& text, char separator);
/// A category's path as files write it: levels separated by > or /, empty ones left out.
std::string category_path(std::string text);

/// Yes and no as files write them; nothing for anything else.
std::optional<bool> parse_flag(std::string_view text);

}  // namespace suki::cli
