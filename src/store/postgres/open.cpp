#include "store/postgres/open.h"

#include <libpq-fe.h>

#include <chrono>
#include <thread>

#include "store/migration.h"
#include "store/postgres/bulk_writer.h"
#include "store/postgres/dialect.h"
#include "store/postgres/postgres_store.h"

/// Opening, migrations, commits.
namespace suki::store::postgres {

namespace {

constexpr Sql kHasMigrations{"has_migrations", relational::Reach::reference,
                             "select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
                             "where n.nspname = 'suki' and "
                             "c.relname = 'migration'"};
constexpr Sql kApplied{"applied_migrations", relational::Reach::reference,
                       "select number, name, checksum from migration order by number"};
constexpr Sql kInsertMigration{
    "insert_migration", relational::Reach::reference,
    "insert into migration (number, name, checksum, applied_at) values (?1, ?2, ?3, ?4) on conflict (number) do nothing"};
constexpr Sql kBumpMark{"bump_mark", relational::Reach::reference,
                        "insert into bulletin (name, version) values (?1, ?2) on conflict (name) do update set version = "
                        "bulletin.version + 1"};

std::vector<AppliedMigration> applied_migrations(Connection& connection) {
    std::int64_t count = 0;
    {
        // The catalogue has no schema of ours before its tables.
        ResultPointer result = connection.execute(kHasMigrations.text);
        count = std::strtoll(PQgetvalue(result.get(), 0, 0), nullptr, 10);
    }
    std::vector<AppliedMigration> applied;
    if (count == 0) return applied;
    relational::Statement statement{connection, kApplied};
    while (statement.step()) {
        AppliedMigration migration;
        statement.read(migration.number);
        statement.read(migration.name);
        statement.read(migration.checksum);
        applied.push_back(std::move(migration));
    }
    return applied;
}

/// One statement a transaction, each of which may be repeated (POSTGRES rule 10): a start that was cut off, or two at once, end
/// with the same tables.
void apply(Connection& connection, const Migration& migration, Instant now) {
    for (const std::string& statement : statements_of(migration.script)) connection.execute(statement);
    relational::Statement statement{connection, kInsertMigration};
    relational::bind_keys(statement, migration.number, migration.name, migration.checksum, now);
    statement.run();
}

void migrate(Connection& connection, Instant now) {
    const std::vector<Migration> known = known_migrations("migrations/postgres/");
    // Two servers that create the same table at once: one of them is told that it exists already, though it asked politely.
    constexpr int kAttemptsMax = 20;
    for (int attempt = 1;; ++attempt) {
        try {
            std::size_t applied = check_applied(applied_migrations(connection), known);
            if (applied == known.size()) return;
            connection.execute("create schema if not exists suki");
            connection.execute(
                "create table if not exists suki.migration (number bigint not null primary key, name text not null, "
                "checksum text not null, applied_at bigint not null)");
            for (; applied < known.size(); ++applied) apply(connection, known[applied], now);
            return;
        } catch (const StoreFault& fault) {
            const bool is_race = fault.state == "23505" || fault.state == "42P07" || fault.state == "42P06" ||
                                 fault.state == "42710" || fault.state == "XX000";
            if (!is_race || attempt == kAttemptsMax) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(10 * attempt));
        }
    }
}

/// What every server keeps in memory: others must read it anew.
bool changes_world(const Batch& batch) {
    return !batch.organisations.empty() || !batch.programmes.empty() || !batch.editions.empty() || !batch.products.empty() ||
           !batch.places.empty() || !batch.api_keys.empty() || !batch.console_users.empty() || !batch.secrets.empty() ||
           !batch.quarantine.empty() || !batch.quarantine_released.empty();
}

}  // namespace

PostgresStore::PostgresStore(const PostgresOptions& options) : options_(options) { migrate(writer(), options.now); }

std::unique_ptr<Connection> PostgresStore::connect() {
    return std::make_unique<Connection>(
        Connection::Options{.url = options_.url, .prepares = options_.prepares, .is_durable = options_.is_durable}, failure_);
}

Connection& PostgresStore::writer() {
    if (!writer_ || !writer_->is_usable()) writer_ = connect();
    return *writer_;
}

void PostgresStore::commit(const Batch& batch) {
    if (batch.is_empty()) return;
    const std::lock_guard guard{writer_mutex_};
    Connection& connection = writer();
    bool is_committing = false;
    try {
        {
            BulkWriter bulk{connection, options_.is_pipelined, options_.rows_per_statement};
            bulk.start();
            write_batch(bulk, batch);
            if (changes_world(batch)) {
                static_cast<relational::Writer&>(bulk).write(kBumpMark, [](relational::Binder& binder) {
                    binder.bind(std::string_view{"world"});
                    binder.bind(std::int64_t{1});
                });
            }
            bulk.finish();
        }
        failure_.count("commit");
        connection.take_warning();
        is_committing = true;
        connection.execute("commit");
        // `canceling wait for synchronous replication` comes as a mere warning: no standby may have it yet.
        if (connection.take_warning()) throw StoreFault{"the server did not wait for its standby", true, true};
        is_committing = false;
    } catch (StoreFault& fault) {
        connection.roll_back();
        if (is_committing && !fault.is_outcome_unknown) {
            fault.is_outcome_unknown = !connection.is_usable() || is_unknown_at_commit(fault.state);
            fault.retryable = fault.retryable || fault.is_outcome_unknown;
        }
        throw;
    } catch (...) {
        connection.roll_back();
        throw;
    }
    if (changes_world(batch)) ++own_marks_;
    // Beyond this the batch is durable: a fault may only be the loss of the answer.
    failure_.count("answer after commit", true);
}

std::int64_t PostgresStore::change_mark() {
    const std::lock_guard guard{writer_mutex_};
    // Asked on the writing connection, so that one's own commits are in the answer and can be taken off.
    Connection& connection = writer();
    const ResultPointer result = connection.execute("select version from suki.bulletin where name = 'world'");
    const std::int64_t version = PQntuples(result.get()) == 0 ? 0 : std::strtoll(PQgetvalue(result.get(), 0, 0), nullptr, 10);
    return version - own_marks_;
}

void PostgresStore::backup(const std::string&) {
    throw StoreFault{"a PostgreSQL database is backed up by its own tools, or by `suki export`", false};
}

std::vector<std::string> PostgresStore::check_integrity() { return {}; }

}  // namespace suki::store::postgres

namespace suki::store {

std::unique_ptr<Store> open_postgres(const PostgresOptions& options) { return std::make_unique<postgres::PostgresStore>(options); }

}  // namespace suki::store
