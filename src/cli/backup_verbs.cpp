#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/verbs.h"
#include "store/export_file.h"
#include "store/open.h"
#include "store/sqlite/open.h"

/// Exports, backups, and making a database of them.
namespace suki::cli {

namespace {

void tell(const std::string& what) { std::cerr << "suki: " + what + "\n"; }

/// The database as it stands: whose data are in it does not matter here.
std::unique_ptr<store::Store> open_existing(const Place& place) {
    const std::string db = address_of(place);
    if (!store::is_postgres(db) && !std::filesystem::exists(db)) throw UsageError{"there is no database " + db};
    return store::open_store({.db = db, .now = system_now(), .tell = tell});
}

/// Rows on standard error, with their rate and the time left.
class Shown {
public:
    explicit Shown(std::string what) : what_(std::move(what)) {}
    store::ContentProgress told() {
        return [this](std::uint64_t rows, std::uint64_t total) {
            if (!progress_) progress_.emplace(what_, total);
            progress_->at(rows, rows);
            rows_ = rows;
        };
    }
    void finish() {
        if (progress_) progress_->finish(rows_);
    }

private:
    std::string what_;
    std::optional<Progress> progress_;
    std::uint64_t rows_ = 0;
};

bool is_sqlite_file(const std::string& path) {
    constexpr std::string_view kHead = "SQLite format 3";
    std::string head(kHead.size(), '\0');
    std::ifstream file(path, std::ios::binary);
    return file.read(head.data(), static_cast<std::streamsize>(head.size())) && head == kHead;
}

store::Contents contents_of(store::Store& store) {
    store::ContentDigest digest;
    store.read_everything(digest);
    return digest.contents();
}

/// What was made of `file`.
store::Contents make_database(const std::string& file, const store::OpenOptions& options) {
    const bool is_stream = file == "-";
    if (!is_stream && is_sqlite_file(file)) {
        if (!store::is_postgres(options.db)) {
            store::restore_sqlite_copy({.path = options.db, .now = options.now}, file);
            return contents_of(*store::open_store(options));
        }
        // Its pages are SQLite's, but what is in them goes anywhere.
        const auto from = open_existing({.db = file});
        if (!from->newer_migration().empty()) throw UsageError{file + " is of a newer version of Suki: use that one"};
        Shown shown{"restored"};
        const store::Contents made = store::restore_store(options, [&](store::ContentSink& sink) {
            store::ContentDigest digest;
            store::ContentFork both{digest, sink};
            from->read_everything(both, shown.told());
            return digest.contents();
        });
        shown.finish();
        return made;
    }
    if (!is_stream && !store::is_export(file)) throw UsageError{file + " is neither a database of Suki nor an export"};
    Shown shown{"restored"};
    const auto head = [](const store::ExportHead& found) {
        tell("an export of " + instant_text(found.made_at) + " by " + found.made_by);
    };
    const store::Contents made = store::restore_store(options, store::read_export(file, shown.told(), head));
    shown.finish();
    return made;
}

/// A folder beside the copy, gone at the end.
class Scratch {
public:
    explicit Scratch(const std::string& beside) : path_(beside + ".drill-XXXXXX") {
        if (mkdtemp(path_.data()) == nullptr) throw UsageError{"cannot make a folder beside " + beside};
    }
    ~Scratch() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string database() const { return path_ + "/suki.db"; }

private:
    std::string path_;
};

}  // namespace

std::string content_line(const store::Contents& contents) {
    return std::to_string(contents.rows) + " rows, content " + to_hex(contents.digest);
}

int export_everything(const ExportOptions& options) {
    if (options.file == "-" && isatty(STDOUT_FILENO) != 0)
        throw UsageError{"an export is no text for a terminal: send it into a file"};
    const auto store = open_existing(options.place);
    Shown shown{"exported"};
    const store::Contents contents = store::write_export(*store, {.path = options.file, .now = system_now(), .told = shown.told()});
    shown.finish();
    (options.file == "-" ? std::cerr : std::cout) << content_line(contents) << '\n';
    return 0;
}

int backup(const BackupOptions& options) {
    if (std::filesystem::exists(options.to)) throw UsageError{options.to + " is there already"};
    {
        const auto store = open_existing(options.place);
        Shown shown{"copied"};
        store->backup(options.to, shown.told());
        shown.finish();
    }
    std::cout << "copied to " << options.to << " (" << std::filesystem::file_size(options.to) << " bytes)\n";
    if (!options.verifies) return 0;
    const Scratch scratch{options.to};
    Place drill = options.place;
    drill.db = scratch.database();
    make_database(options.to, {.db = drill.db, .now = system_now(), .is_durable = false, .tell = tell});
    return verify(drill);
}

int restore(const RestoreOptions& options) {
    const store::OpenOptions target{
        .db = address_of(options.place), .now = system_now(), .is_distributed = !options.distribute.empty(), .tell = tell};
    std::cout << content_line(make_database(options.file, target)) << '\n';
    return 0;
}

}  // namespace suki::cli
