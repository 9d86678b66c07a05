#include "store/postgres/open.h"

#include <libpq-fe.h>

#include <chrono>
#include <map>
#include <thread>

#include "store/migration.h"
#include "store/postgres/bulk_writer.h"
#include "store/postgres/dialect.h"
#include "store/postgres/postgres_store.h"
#include "store/relational/everything.h"

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

std::int64_t number_of(Connection& connection, const std::string& query) {
    const ResultPointer result = connection.execute(query);
    return PQntuples(result.get()) == 0 ? 0 : std::strtoll(PQgetvalue(result.get(), 0, 0), nullptr, 10);
}

/// Citus keeps what it spreads in a catalogue of its own.
bool has_citus(Connection& connection) { return number_of(connection, "select count(to_regclass('pg_dist_partition'))") == 1; }
bool is_spread(Connection& connection, const std::string& table) {
    return number_of(connection, "select count(*) from pg_dist_partition where logicalrelid = to_regclass('suki." + table + "')") >
           0;
}

/// Right after the table was made, before anything refers to it (POSTGRES rule 10); once only.
void spread(Connection& connection, const std::string& table, const std::string& how) {
    if (is_spread(connection, table)) return;
    if (how == "reference") {
        connection.execute("select create_reference_table('suki." + table + "')");
    } else if (how == "bucket") {
        connection.execute("select create_distributed_table('suki." + table + "', 'bucket')");
    } else {
        throw StoreFault{"the migrations do not say how the table " + table + " is distributed", false};
    }
}

/// One statement a transaction, each of which may be repeated (POSTGRES rule 10): a start that was cut off, or two at once, end
/// with the same tables.
void apply(Connection& connection, const Migration& migration, Instant now, bool is_distributed) {
    const std::map<std::string, std::string> distribution = distribution_of(migration.script);
    for (const std::string& statement : statements_of(migration.script)) {
        connection.execute(statement);
        const std::string table = created_table(statement);
        if (is_distributed && !table.empty()) spread(connection, table, distribution.at(table));
    }
    relational::Statement statement{connection, kInsertMigration};
    relational::bind_keys(statement, migration.number, migration.name, migration.checksum, now);
    statement.run();
}

/// Whether the tables are to be spread: as they are already, or as a new database is asked to have them.
bool is_to_be_spread(Connection& connection, bool is_asked_for, std::size_t applied) {
    const bool has = has_citus(connection);
    if (is_asked_for && !has) throw StoreFault{"the server has no Citus: `create extension citus` comes first", false};
    if (has && is_spread(connection, "organisation")) return true;
    if (is_asked_for && applied > 0) {
        throw StoreFault{"the database has its tables already: only those of a new one can be distributed", false};
    }
    return is_asked_for;
}

/// How many migrations this binary knows; the database then has them.
std::size_t migrate(Connection& connection, Instant now, bool is_asked_to_spread) {
    const std::vector<Migration> known = known_migrations("migrations/postgres/");
    // Two servers that create the same table at once: one of them is told that it exists already, though it asked politely.
    constexpr int kAttemptsMax = 20;
    for (int attempt = 1;; ++attempt) {
        try {
            std::size_t applied = check_applied(applied_migrations(connection), known);
            const bool is_distributed = is_to_be_spread(connection, is_asked_to_spread, applied);
            if (applied == known.size()) return known.size();
            connection.execute("create schema if not exists suki");
            connection.execute(
                "create table if not exists suki.migration (number bigint not null primary key, name text collate \"C\" not "
                "null, checksum text collate \"C\" not null, applied_at bigint not null)");
            if (is_distributed) spread(connection, "migration", "reference");
            for (; applied < known.size(); ++applied) apply(connection, known[applied], now, is_distributed);
            return known.size();
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

constexpr int kNoDeadline = -1;  // of poll
constexpr std::chrono::seconds kSlowToRefuse{1};
constexpr std::chrono::seconds kUnreachableFor{1};

/// A fault here may leave open whether the server has the commit.
void commit_transaction(Connection& connection, const char* text, int within_ms) {
    connection.take_warning();
    try {
        connection.execute_within(text, within_ms);
    } catch (StoreFault& fault) {
        fault.is_outcome_unknown = !connection.is_usable() || is_unknown_at_commit(fault.state);
        fault.retryable = fault.retryable || fault.is_outcome_unknown;
        throw;
    }
    // `canceling wait for synchronous replication` comes as a mere warning: no standby may have it yet.
    if (connection.take_warning()) throw StoreFault{"the server did not wait for its standby", true, true};
}

}  // namespace

PostgresStore::PostgresStore(const PostgresOptions& options) : options_(options) {
    migrations_known_ = migrate(writer(), options.now, options.is_distributed);
    is_spread_ = has_citus(writer()) && postgres::is_spread(writer(), "organisation");
    if (options.replica_url.empty()) return;
    replica_ = std::make_unique<Replica>(
        Connection::Options{
            .url = options.replica_url, .prepares = options.prepares, .may_be_standby = true, .is_pipelined = options.is_pipelined},
        failure_);
}

std::unique_ptr<Connection> PostgresStore::connect() {
    using Clock = std::chrono::steady_clock;
    {
        const std::lock_guard guard{unreachable_mutex_};
        if (unreachable_ && Clock::now() < unreachable_until_) throw StoreFault{*unreachable_};
    }
    const Clock::time_point begun_at = Clock::now();
    try {
        return std::make_unique<Connection>(Connection::Options{.url = options_.url,
                                                                .prepares = options_.prepares,
                                                                .is_durable = options_.is_durable,
                                                                .is_pipelined = options_.is_pipelined,
                                                                .answer_within_ms = options_.answer_within_ms},
                                            failure_);
    } catch (const StoreFault& fault) {
        // One that does not answer costs seconds: who asks just after is told the same at once, or all would wait one after the
        // other.
        if (Clock::now() - begun_at > kSlowToRefuse) {
            const std::lock_guard guard{unreachable_mutex_};
            unreachable_ = fault;
            unreachable_until_ = Clock::now() + kUnreachableFor;
        }
        throw;
    }
}

Connection& PostgresStore::writer() {
    if (!writer_ || !writer_->is_usable()) writer_ = connect();
    return *writer_;
}

void PostgresStore::write(Connection& connection, const Batch& batch) {
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

void PostgresStore::rehearse(const Batch& batch) {
    if (batch.is_empty()) return;
    const std::lock_guard guard{writer_mutex_};
    Connection& connection = writer();
    try {
        write(connection, batch);
    } catch (...) {
        connection.roll_back();
        throw;
    }
    connection.roll_back();
}

void PostgresStore::commit(const Batch& batch) {
    if (batch.is_empty()) return;
    const std::lock_guard guard{writer_mutex_};
    Connection& connection = writer();
    try {
        write(connection, batch);
        failure_.count("commit");
        commit_transaction(connection, "commit", options_.commit_within_ms);
    } catch (...) {
        connection.roll_back();
        throw;
    }
    if (changes_world(batch)) ++own_marks_;
    note_position(connection);
    // Beyond this the batch is durable: a fault may only be the loss of the answer.
    failure_.count("answer after commit", true);
}

/// What was just committed, or seen, a replica must have.
void PostgresStore::note_position(Connection& connection) {
    if (replica_ == nullptr) return;
    try {
        position_ = log_position(connection);
    } catch (const StoreFault&) {
        position_ = kUnknownPosition;
    }
}

void PostgresStore::on_replica(const std::function<void()>& read) {
    if (replica_ == nullptr) return read();
    if (auto connection = replica_->take(position_)) {
        try {
            {
                const relational::KeptPicture picture{*this, *connection};
                read();
            }
            replica_->give_back(std::move(connection));
            ++replica_reads_;
            return;
        } catch (const StoreFault&) {
            // It went away, or had to remove rows that its picture showed: the primary has them.
        }
    }
    ++replica_passed_over_;
    read();
}

ReplicaFigures PostgresStore::replica_figures() const {
    return {.is_configured = replica_ != nullptr, .reads = replica_reads_, .passed_over = replica_passed_over_};
}

void PostgresStore::confirm() {
    const std::lock_guard guard{writer_mutex_};
    // A word in the log that nobody reads: a transaction that wrote nothing there (a number of its own is not enough) would not
    // wait for the standby. Its end stands behind all that is seen.
    commit_transaction(writer(), "select pg_catalog.pg_logical_emit_message(true, 'suki', '')", options_.commit_within_ms);
}

std::int64_t PostgresStore::change_mark() {
    const std::lock_guard guard{writer_mutex_};
    // Asked on the writing connection, so that one's own commits are in the answer and can be taken off.
    Connection& connection = writer();
    note_position(connection);
    const ResultPointer result = connection.ask("select version from suki.bulletin where name = 'world'");
    const std::int64_t version = PQntuples(result.get()) == 0 ? 0 : std::strtoll(PQgetvalue(result.get(), 0, 0), nullptr, 10);
    return version - own_marks_;
}

void PostgresStore::backup(const std::string& path, const ContentProgress& told) {
    write_export(*this, {.path = path, .now = options_.now, .told = told});
}

namespace {

void require_empty(Connection& connection) {
    const std::string table = relational::table_with_rows(connection);
    if (!table.empty()) throw StoreFault{"the database is not empty: it has rows in suki." + table, false};
}

}  // namespace

Contents PostgresStore::restore(const ContentSource& source) {
    Connection& connection = writer();
    require_empty(connection);
    try {
        // Row by row it would take hours; without waiting for answers the memory for them would have no bound.
        BulkWriter bulk{connection, false, options_.rows_per_statement};
        bulk.start();
        // Nobody may begin to use it meanwhile: who opens it now waits, and finds it whole or empty.
        std::string names;
        for (const relational::Table& table : relational::tables()) {
            names += (names.empty() ? "" : ", ") + std::string{kSchema} + "." + table.name;
        }
        connection.execute("lock table " + names + " in access exclusive mode");
        require_empty(connection);
        relational::Loader loader{bulk};
        const Contents contents = source(loader);
        bulk.finish();
        relational::require_contents(connection, loader.shapes(), contents);
        commit_transaction(connection, "commit", kNoDeadline);
        return contents;
    } catch (...) {
        connection.roll_back();
        throw;
    }
}

std::vector<std::string> PostgresStore::check_integrity() { return {}; }

}  // namespace suki::store::postgres

namespace suki::store {

std::unique_ptr<Store> open_postgres(const PostgresOptions& options) { return std::make_unique<postgres::PostgresStore>(options); }

Contents restore_postgres(const PostgresOptions& options, const ContentSource& source) {
    return postgres::PostgresStore{options}.restore(source);
}

}  // namespace suki::store
