#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/names.h"
#include "store/postgres/database.h"

/// Several plain databases that stand in for the nodes of a cluster such as Citus: each has the rows of its own buckets, tables
/// without a bucket are whole in all of them, and a commit on several is finished in two phases. There is no picture that spans
/// them.
namespace suki::house {

/// Where a commit on several databases is stopped, as if its coordinator had died there.
SUKI_ENUM(CommitStep, before_prepare, prepared, recorded, committed)
struct Stop {
    CommitStep step{};
    std::size_t count = 0;  // after so many databases; 0 where the step is one for all
    friend bool operator==(const Stop&, const Stop&) = default;
};
/// All of them, for a commit on so many databases.
std::vector<Stop> stops_of(std::size_t databases);

/// One row that was asked for or written, as the statement's tag says where it lies.
struct Touch {
    std::string table;
    std::string statement;
    int bucket = kEverywhere;
    bool is_write = false;
    static constexpr int kEverywhere = -1;  // reference tables, and reports
    friend auto operator<=>(const Touch&, const Touch&) = default;
};

/// What lies where.
struct Placement {
    std::size_t tables = 0;              // that are keyed by a bucket
    std::vector<std::string> foreign;    // a database that has rows of another's buckets, and in which table
    std::vector<std::string> differing;  // tables without a bucket that are not the same everywhere
    std::size_t databases_with_members = 0;
};

/// Databases of the test server, lent (test_database.h). Every session that is opened through it gives up on a lock after a short
/// while, because a commit that stands half-way holds its own until it is recovered.
class Cluster {
public:
    explicit Cluster(std::size_t databases = 4, int lock_timeout_ms = 250);
    /// Finishes what stands half-way. Stores on it must be gone.
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    [[nodiscard]] std::size_t size() const { return urls_.size(); }
    [[nodiscard]] const std::string& url(std::size_t database) const { return urls_[database]; }
    /// Contiguous ranges of buckets, so that what is ordered by bucket is the answers one after the other.
    [[nodiscard]] std::size_t database_of(std::int64_t bucket) const;
    [[nodiscard]] std::unique_ptr<store::postgres::Connection> connect(std::size_t database,
                                                                       store::postgres::Failure& failure) const;

    // -- Commits
    /// Finishes the transactions that stand open on these connections: all or none, in the end. Throws StoreFault.
    void commit(const std::vector<store::postgres::Connection*>& parts);
    /// The next commit on several databases that comes there ends there, and its caller does not learn how. None: none.
    void stop_at(std::optional<Stop> stop);
    [[nodiscard]] bool is_stop_pending() const;
    /// On how many databases the last commit was.
    [[nodiscard]] std::size_t last_parts() const { return last_parts_; }
    /// How many transactions are prepared and not ended, over all databases.
    [[nodiscard]] std::size_t in_doubt();
    /// Ends them as the coordinator's record says: those with one are committed, the others undone. Waits for commits under way.
    void recover();

    // -- What lies where
    [[nodiscard]] Placement placement();
    [[nodiscard]] std::vector<std::string> tables_by_bucket();

    // -- What was touched
    void note(Touch touch);
    /// Since the last call.
    std::set<Touch> take_touches();

private:
    void reach(CommitStep step, std::size_t count = 0);
    void prepare(const std::vector<store::postgres::Connection*>& parts, const std::string& gid);
    store::postgres::Connection& control(std::size_t database) { return *controls_[database]; }

    std::vector<std::string> urls_;
    store::postgres::Failure none_;
    std::mutex controls_mutex_;
    std::vector<std::unique_ptr<store::postgres::Connection>> controls_;  // the coordinator's own; also keep what is lent

    std::shared_mutex commits_;  // shared by those under way: recovery is for what nobody works on any more
    std::atomic<std::size_t> commits_made_{0}, last_parts_{0};
    mutable std::mutex stop_mutex_;
    std::optional<Stop> stop_;

    std::mutex touches_mutex_;
    std::set<Touch> touches_;
};

}  // namespace suki::house
