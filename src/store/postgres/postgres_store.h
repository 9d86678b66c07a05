#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/postgres/database.h"
#include "store/postgres/open.h"
#include "store/postgres/replica.h"
#include "store/relational/relational_store.h"
#include "store/spread.h"

namespace suki::store::postgres {

class PostgresStore final : public relational::RelationalStore, public SpreadTables {
public:
    explicit PostgresStore(const PostgresOptions& options);

    void commit(const Batch& batch) override;
    void rehearse(const Batch& batch) override;
    [[nodiscard]] bool is_spread() const override { return is_spread_; }
    void confirm() override;
    std::int64_t change_mark() override;
    [[nodiscard]] bool is_shared() const override { return true; }
    void on_replica(const std::function<void()>& read) override;
    [[nodiscard]] ReplicaFigures replica_figures() const override;
    void backup(const std::string& path, const ContentProgress& told) override;
    /// See restore_postgres.
    Contents restore(const ContentSource& source);
    std::vector<std::string> check_integrity() override;

private:
    [[nodiscard]] std::unique_ptr<Connection> connect();
    [[nodiscard]] std::unique_ptr<relational::Connection> connect_reader() override { return connect(); }
    void note_position(Connection& connection);
    /// All of a commit but its last step.
    void write(Connection& connection, const Batch& batch);
    /// The writing connection, made anew when it was lost.
    Connection& writer();

    PostgresOptions options_;
    std::unique_ptr<Connection> writer_;
    bool is_spread_ = false;
    std::int64_t own_marks_ = 0;  // how many changes of the bulletin were this store's

    std::unique_ptr<Replica> replica_;  // null: none
    std::mutex unreachable_mutex_;
    std::optional<StoreFault> unreachable_;  // what connecting last said, where that took long
    std::chrono::steady_clock::time_point unreachable_until_;
    std::atomic<LogPosition> position_{kUnknownPosition};  // what a replica must have; written under writer_mutex_
    std::atomic<std::uint64_t> replica_reads_{0}, replica_passed_over_{0};
};

}  // namespace suki::store::postgres
