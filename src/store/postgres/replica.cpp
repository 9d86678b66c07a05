#include "store/postgres/replica.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace suki::store::postgres {

namespace {

constexpr std::chrono::seconds kLeftAlone{5};

std::string text_of(Connection& connection, const std::string& query) {
    const ResultPointer result = connection.ask(query);
    return PQntuples(result.get()) == 0 ? std::string{} : PQgetvalue(result.get(), 0, 0);
}

/// Promoted, it is behind no longer but may be one of two: the primary's address says which.
bool has_replayed(Connection& connection, LogPosition position) {
    if (position == kUnknownPosition) return false;
    return text_of(connection,
                   "select pg_is_in_recovery() and pg_last_wal_replay_lsn() - '0/0'::pg_lsn >= " + std::to_string(position)) == "t";
}

}  // namespace

LogPosition log_position(Connection& primary) {
    return std::strtoull(text_of(primary, "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").c_str(), nullptr, 10);
}

std::unique_ptr<Connection> Replica::connect() {
    {
        const std::lock_guard guard{mutex_};
        if (std::chrono::steady_clock::now() < not_before_) return nullptr;
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    return std::make_unique<Connection>(options_, failure_);
}

std::unique_ptr<Connection> Replica::take(LogPosition position) {
    std::unique_ptr<Connection> connection;
    try {
        connection = connect();
        if (connection == nullptr || has_replayed(*connection, position)) return connection;
    } catch (const StoreFault&) {
        const std::lock_guard guard{mutex_};
        not_before_ = std::chrono::steady_clock::now() + kLeftAlone;
        idle_.clear();
        return nullptr;
    }
    give_back(std::move(connection));
    return nullptr;
}

void Replica::give_back(std::unique_ptr<Connection> connection) {
    if (!connection->is_usable()) return;
    const std::lock_guard guard{mutex_};
    idle_.push_back(std::move(connection));
}

}  // namespace suki::store::postgres
