#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/time.h"
#include "store/export_file.h"
#include "store/store.h"

namespace suki::store {

struct PostgresOptions {
    /// `postgresql://user@host:port/database?…`, or any other connection string of libpq; several hosts for a failover.
    std::string url;
    /// When migrations are stamped as applied: the store reads no clock.
    Instant now;
    /// Statements of a batch go out without waiting for answers. A switch, because not every server that speaks the protocol does
    /// this well (POSTGRES rule 32); nothing rests on it.
    bool is_pipelined = true;
    /// Off behind a pooler that hands one session to many clients.
    bool prepares = true;
    /// Spreads the tables over the nodes of a Citus cluster as they are made: only for a database that has none yet. One that was
    /// spread so stays so, whoever opens it.
    bool is_distributed = false;
    /// Off only for runs whose data nobody keeps.
    bool is_durable = true;
    /// How long a COMMIT waits for the standby before it is cancelled, and its callers are told to come back.
    int commit_within_ms = 4'000;
    /// How long the answer to a statement about single rows is waited for before the connection is given up: a database that hangs
    /// must not hold up everybody. Migrations, and what looks at whole tables, take as long as they take.
    int answer_within_ms = 5'000;
    /// A standby of it that may answer what is read `on_replica`; empty: none.
    std::string replica_url;
    /// Rows of one statement in a batch.
    std::size_t rows_per_statement = 1'000;
};

/// Connects and brings the schema up to date. Throws StoreFault: no connection, a database of a newer version, or one whose
/// migrations were other than this binary's.
std::unique_ptr<Store> open_postgres(const PostgresOptions& options);

/// Makes the tables where there are none, and fills them with a content in one transaction: all of it, read again, or nothing. The
/// database must hold nothing yet. Throws StoreFault.
Contents restore_postgres(const PostgresOptions& options, const ContentSource& source);

}  // namespace suki::store
