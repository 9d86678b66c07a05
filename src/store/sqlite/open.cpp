#include "store/sqlite/open.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "store/migration.h"
#include "store/new_file.h"
#include "store/relational/everything.h"
#include "store/sqlite/sqlite_store.h"

/// Opening, migrations, backup.
namespace suki::store::sqlite {

namespace {

constexpr Sql kStrange{"strange", relational::Reach::reference,
                       "select count(*) > 0 and sum(type = 'table' and name = 'migration') = 0 from sqlite_schema"};
constexpr Sql kHasMigrations{"has_migrations", relational::Reach::reference,
                             "select count(*) from sqlite_schema where type = 'table' and name = 'migration'"};
constexpr Sql kApplied{"applied_migrations", relational::Reach::reference,
                       "select number, name, checksum from migration order by number"};
constexpr Sql kInsertMigration{"insert_migration", relational::Reach::reference,
                               "insert into migration (number, name, checksum, applied_at) values (?1, ?2, ?3, ?4)"};
constexpr Sql kIntegrity{"integrity_check", relational::Reach::reference, "pragma integrity_check"};
constexpr Sql kForeignKeys{"foreign_key_check", relational::Reach::reference, "pragma foreign_key_check"};

std::int64_t count(Connection& connection, const Sql& sql) {
    Statement statement{connection, sql};
    std::int64_t number = 0;
    if (statement.step()) statement.read(number);
    return number;
}

/// Refuses a database that is not Suki's before anything is written to it.
void require_own_database(Connection& connection) {
    // One statement, one picture: between two of them another process may finish its migration.
    if (count(connection, kStrange) == 0) return;
    throw StoreFault{"this is another program's database", false};
}

std::size_t count_applied(Connection& connection, const std::vector<Migration>& known) {
    std::vector<AppliedMigration> applied;
    Statement statement{connection, kApplied};
    while (statement.step()) {
        AppliedMigration migration;
        statement.read(migration.number);
        statement.read(migration.name);
        statement.read(migration.checksum);
        applied.push_back(std::move(migration));
    }
    return check_applied(applied, known);
}

/// How many migrations this binary knows; the database then has them.
std::size_t migrate(Connection& connection, Instant now) {
    const std::vector<Migration> known = known_migrations("migrations/sqlite/");
    require_own_database(connection);
    if (count(connection, kHasMigrations) == 1 && count_applied(connection, known) == known.size()) {
        return known.size();
    }
    // All in one transaction, looked at again within it: another process may be starting too.
    connection.execute("begin immediate");
    try {
        require_own_database(connection);
        connection.execute(
            "create table if not exists migration (number integer not null primary key, name text not null, checksum text not "
            "null, "
            "applied_at integer not null) strict");
        for (std::size_t i = count_applied(connection, known); i < known.size(); ++i) {
            connection.execute(known[i].script);
            Statement statement{connection, kInsertMigration};
            relational::bind_keys(statement, known[i].number, known[i].name, known[i].checksum, now);
            statement.run();
        }
        connection.execute("commit");
    } catch (...) {
        connection.roll_back();
        throw;
    }
    return known.size();
}

/// A fault here leaves open whether the log already holds the commit.
void commit_transaction(Connection& connection) {
    connection.failure().count("commit");
    try {
        connection.run("commit");
    } catch (StoreFault& fault) {
        fault.is_outcome_unknown = true;
        throw;
    }
}

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

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
    // Before SQLite does, which would let everybody read it; its log and the log's index get the same permissions. One that is
    // there is never opened here: closing it again would end the locks that this process has on it.
    if (!is_in_memory_) make_private(options.path);
    writer_ = std::make_unique<Connection>(connection_options(), failure_);
    migrations_known_ = migrate(*writer_, options.now);
    if (is_in_memory_) return;
    // Only now is it known to be ours.
    tighten(options.path, options.tell);
    checkpointer_ = std::make_unique<Checkpointer>(connection_options(), options.log_pages, writer_mutex_);
    const auto note = [](void* length, sqlite3*, const char*, int pages) {
        *static_cast<int*>(length) = pages;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(writer_->handle(), note, &log_length_);
}

SqliteStore::~SqliteStore() {
    if (!checkpointer_) return;
    // Whoever is closed last copies the log and removes it, unless it was told otherwise: that must be the writer. What was lost
    // since the last commit is known only now.
    close_readers();
    checkpointer_->stop();
    keep_log();
}

Connection::Options SqliteStore::connection_options() const {
    return {.path = is_in_memory_ ? ":memory:" : options_.path,
            .is_durable = options_.is_durable,
            .busy_timeout_ms = options_.busy_timeout_ms};
}

std::unique_ptr<relational::Connection> SqliteStore::connect_reader() {
    return std::make_unique<Connection>(Connection::Options{.path = options_.path,
                                                            .is_reader = true,
                                                            .is_durable = options_.is_durable,
                                                            .busy_timeout_ms = options_.busy_timeout_ms},
                                        failure_);
}

std::int64_t SqliteStore::change_mark() {
    if (is_in_memory_) return 0;
    const std::lock_guard guard{writer_mutex_};
    // Asked on the writing connection, whose own commits do not change it.
    return writer_->data_version();
}

void SqliteStore::commit(const Batch& batch) {
    if (batch.is_empty()) return;
    if (checkpointer_) checkpointer_->let_pass();
    const std::lock_guard guard{writer_mutex_};
    Connection& connection = *writer_;
    connection.execute("begin immediate");
    try {
        DirectWriter writer{connection};
        write_batch(writer, batch);
        commit_transaction(connection);
    } catch (...) {
        connection.roll_back();
        throw;
    }
    look_after_log();
    // Beyond this the batch is durable: a fault may only be the loss of the answer.
    failure_.count("answer after commit", true);
}

void SqliteStore::look_after_log() {
    if (!checkpointer_) return;
    checkpointer_->note(log_length_);
    keep_log();
}

void SqliteStore::keep_log() {
    if (!checkpointer_->has_lost_pages() || is_log_kept_) return;
    // A log that is opened again after everybody closed it is copied from its beginning.
    is_log_kept_ = true;
    sqlite3_db_config(writer_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (options_.tell) options_.tell(options_.path + ": the disk lost what was copied from the log, which is kept; start anew");
}

namespace {

std::vector<std::string> integrity_faults(relational::Connection& connection) {
    std::vector<std::string> faults;
    {
        Statement statement{connection, kIntegrity};
        while (statement.step()) {
            std::string line;
            statement.read(line);
            if (line != "ok") faults.push_back(std::move(line));
        }
    }
    Statement statement{connection, kForeignKeys};
    while (statement.step()) {
        std::string table;
        statement.read(table);
        faults.push_back("a row of " + table + " refers to one that is not there");
    }
    return faults;
}

/// The whole of one database into the file of another, while it is in use.
void copy_pages(Connection& from, const std::string& to, relational::Failure& failure) {
    Connection copy{{.path = to, .is_backup = true}, failure};
    sqlite3_backup* backup = sqlite3_backup_init(copy.handle(), "main", from.handle(), "main");
    if (backup == nullptr) copy.fail(sqlite3_errcode(copy.handle()), "begin a backup");
    // In one step: copied page by page it would begin anew after each commit, and under load never end. Writers go on.
    const int code = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) copy.fail(finished == SQLITE_OK ? code : finished, "copy the database");
}

}  // namespace

void SqliteStore::backup(const std::string& path, const ContentProgress&) {
    NewFile made{path, "backup"};
    {
        const relational::Lease lease{*this};
        copy_pages(static_cast<Connection&>(*lease), made.partial(), failure_);
    }
    made.keep();
}

std::vector<std::string> SqliteStore::check_integrity() {
    const relational::Lease lease{*this};
    return integrity_faults(*lease);
}

}  // namespace suki::store::sqlite

namespace suki::store {

std::unique_ptr<Store> open_sqlite(const SqliteOptions& options) { return std::make_unique<sqlite::SqliteStore>(options); }

Contents restore_sqlite(const SqliteOptions& options, const ContentSource& source) {
    NewFile made{options.path, "database"};
    relational::Failure failure;
    Contents contents;
    {
        sqlite::Connection connection{{.path = made.partial(), .is_backup = true}, failure};
        // Until it has its name nobody needs it, so nothing is written twice. What refers to a row that is not there is loaded as
        // it was: `verify` names it, and a damaged backup is better than none.
        connection.run(
            "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536; pragma foreign_keys = off;");
        sqlite::migrate(connection, options.now);
        connection.run("begin");
        sqlite::DirectWriter writer{connection};
        relational::Loader loader{writer};
        contents = source(loader);
        connection.run("commit");
        relational::require_contents(connection, loader.shapes(), contents);
    }
    made.keep();
    return contents;
}

void restore_sqlite_copy(const SqliteOptions& options, const std::string& from) {
    NewFile made{options.path, "database"};
    relational::Failure failure;
    {
        sqlite::Connection source{{.path = from, .is_reader = true}, failure};
        if (sqlite::count(source, sqlite::kHasMigrations) == 0) throw StoreFault{from + " is no database of Suki", false};
        sqlite::copy_pages(source, made.partial(), failure);
        sqlite::Connection copy{{.path = made.partial(), .is_backup = true}, failure};
        const std::vector<std::string> faults = sqlite::integrity_faults(copy);
        if (!faults.empty()) throw StoreFault{from + " is damaged: " + faults.front(), false};
    }
    made.keep();
}

}  // namespace suki::store
