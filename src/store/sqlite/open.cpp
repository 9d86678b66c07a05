#include "store/sqlite/open.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/embedded.h"
#include "store/sqlite/sqlite_store.h"

/// Opening, migrations, backup.
namespace suki::store::sqlite {

namespace {

constexpr std::string_view kFolder = "migrations/sqlite/";

struct Migration {
    int number = 0;
    std::string name;
    std::string checksum;
    std::string script;
};

/// `0001_first.sql`, by number, without gaps: what this binary brings.
std::vector<Migration> known_migrations() {
    std::vector<Migration> migrations;
    for (const embedded::EmbeddedFile* file : embedded::list(kFolder)) {
        std::string name{file->path.substr(kFolder.size())};
        const int number = std::atoi(name.c_str());
        if (number != static_cast<int>(migrations.size()) + 1) throw StoreFault{"migration out of order: " + name, false};
        migrations.push_back({number, std::move(name), to_hex(sha256(file->bytes)), std::string{file->bytes}});
    }
    if (migrations.empty()) throw StoreFault{"this binary was built without migrations", false};
    return migrations;
}

std::int64_t count(Connection& connection, const char* sql) {
    Statement statement{connection, sql};
    std::int64_t number = 0;
    if (statement.step()) statement.read(number);
    return number;
}

/// Refuses a database that is not Suki's before anything is written to it.
void require_own_database(Connection& connection) {
    // One statement, one picture: between two of them another process may finish its migration.
    constexpr const char* strange = "select count(*) > 0 and sum(type = 'table' and name = 'migration') = 0 from sqlite_schema";
    if (count(connection, strange) == 0) return;
    throw StoreFault{"this is another program's database", false};
}

/// How many migrations were applied, each of them the same as ours.
std::size_t check_applied(Connection& connection, const std::vector<Migration>& known) {
    std::size_t applied = 0;
    Statement statement{connection, "select number, name, checksum from migration order by number"};
    while (statement.step()) {
        int number = 0;
        std::string name;
        std::string checksum;
        statement.read(number);
        statement.read(name);
        statement.read(checksum);
        if (applied == known.size()) {
            throw StoreFault{"the database is of a newer version of Suki: it has the migration " + name, false};
        }
        const Migration& ours = known[applied++];
        if (number != ours.number || checksum != ours.checksum) {
            throw StoreFault{"the database was made by another migration than " + ours.name, false};
        }
    }
    return applied;
}

void migrate(Connection& connection, Instant now) {
    const std::vector<Migration> known = known_migrations();
    require_own_database(connection);
    if (count(connection, "select count(*) from sqlite_schema where type = 'table' and name = 'migration'") == 1 &&
        check_applied(connection, known) == known.size()) {
        return;
    }
    // All in one transaction, looked at again within it: another process may be starting too.
    connection.execute("begin immediate");
    try {
        require_own_database(connection);
        connection.execute(
            "create table if not exists migration (number integer not null primary key, name text not null, checksum text not "
            "null, "
            "applied_at integer not null) strict");
        for (std::size_t i = check_applied(connection, known); i < known.size(); ++i) {
            connection.execute(known[i].script);
            Statement statement{connection, "insert into migration (number, name, checksum, applied_at) values (?1, ?2, ?3, ?4)"};
            bind_keys(statement, known[i].number, known[i].name, known[i].checksum, now);
            statement.run();
        }
        connection.execute("commit");
    } catch (...) {
        connection.roll_back();
        throw;
    }
}

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

/// Makes the file before SQLite does, which would let everybody read it; its log and the log's index get the same permissions. One
/// that is there is never opened here: closing it again would end the locks that this process has on it.
bool make_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0) return false;
    ::close(file);
    return true;
}

void tighten(const std::string& path, const std::function<void(const std::string&)>& tell) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        const std::string file = path + suffix;
        struct stat status{};
        if (stat(file.c_str(), &status) != 0 || (status.st_mode & kOthers) == 0) continue;
        const bool is_done = chmod(file.c_str(), status.st_mode & ~kOthers & 07777) == 0;
        if (!tell) continue;
        tell(file + (is_done ? " could be read by others than its owner, and no longer can"
                             : " can be read by others than its owner, and it can't be helped: " + std::string{strerror(errno)}));
    }
}

}  // namespace

SqliteStore::SqliteStore(const SqliteOptions& options) : options_(options), is_in_memory_(options.path.empty()) {
    if (!is_in_memory_) make_private(options.path);
    writer_ = std::make_unique<Connection>(Connection::Options{.path = is_in_memory_ ? ":memory:" : options.path,
                                                               .is_durable = options.is_durable,
                                                               .busy_timeout_ms = options.busy_timeout_ms},
                                           failure_);
    migrate(*writer_, options.now);
    // Only now is it known to be ours.
    if (!is_in_memory_) tighten(options.path, options.tell);
}

void SqliteStore::backup(const std::string& path) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) throw StoreFault{"a backup does not overwrite: " + path, false};
    // Under another name until it is whole, so that a broken copy is never taken for a backup.
    const std::string partial = path + ".partial";
    std::filesystem::remove(partial, error);
    try {
        const Lease lease{*this};
        if (!make_private(partial)) throw StoreFault{"cannot make " + partial + ": " + strerror(errno), false};
        Connection copy{{.path = partial, .is_backup = true}, failure_};
        sqlite3_backup* backup = sqlite3_backup_init(copy.handle(), "main", (*lease).handle(), "main");
        if (backup == nullptr) copy.fail(sqlite3_errcode(copy.handle()), "begin a backup");
        // In one step: copied page by page it would begin anew after each commit, and under load never end. Writers go on.
        const int code = sqlite3_backup_step(backup, -1);
        const int finished = sqlite3_backup_finish(backup);
        if (code != SQLITE_DONE) copy.fail(finished == SQLITE_OK ? code : finished, "copy the database");
    } catch (...) {
        std::filesystem::remove(partial, error);
        throw;
    }
    std::filesystem::rename(partial, path, error);
    if (error) throw StoreFault{"cannot name the backup " + path + ": " + error.message(), false};
}

std::vector<std::string> SqliteStore::check_integrity() {
    std::vector<std::string> faults;
    const Lease lease{*this};
    {
        Statement statement{*lease, "pragma integrity_check"};
        while (statement.step()) {
            std::string line;
            statement.read(line);
            if (line != "ok") faults.push_back(std::move(line));
        }
    }
    Statement statement{*lease, "pragma foreign_key_check"};
    while (statement.step()) {
        std::string table;
        statement.read(table);
        faults.push_back("a row of " + table + " refers to one that is not there");
    }
    return faults;
}

}  // namespace suki::store::sqlite

namespace suki::store {

std::unique_ptr<Store> open_sqlite(const SqliteOptions& options) { return std::make_unique<sqlite::SqliteStore>(options); }

}  // namespace suki::store
