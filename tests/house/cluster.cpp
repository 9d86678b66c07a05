#include "house/cluster.h"

#include <libpq-fe.h>
#include <unistd.h>

#include "house/test_database.h"

namespace suki::house {

using store::StoreFault;
using store::postgres::Connection;

namespace {

constexpr std::size_t kBuckets = 1'024;

std::vector<std::string> names(Connection& connection, const std::string& query) {
    const auto result = connection.execute(query);
    std::vector<std::string> rows;
    for (int i = 0; i < PQntuples(result.get()); ++i) rows.emplace_back(PQgetvalue(result.get(), i, 0));
    return rows;
}

/// All databases are one server's here, which has one list of names for them.
std::string part_of(const std::string& gid, std::size_t part) { return "'" + gid + "." + std::to_string(part) + "'"; }
std::string commit_of(const std::string& part) { return part.substr(0, part.rfind('.')); }

constexpr const char* kPrepared = "select gid from pg_prepared_xacts where database = current_database() order by gid";

}  // namespace

std::vector<Stop> stops_of(std::size_t databases) {
    std::vector<Stop> stops{{.step = CommitStep::before_prepare}};
    for (std::size_t i = 1; i <= databases; ++i) stops.push_back({.step = CommitStep::prepared, .count = i});
    stops.push_back({.step = CommitStep::recorded});
    for (std::size_t i = 1; i <= databases; ++i) stops.push_back({.step = CommitStep::committed, .count = i});
    return stops;
}

Cluster::Cluster(std::size_t databases, int lock_timeout_ms) {
    const std::string session = "options=-clock_timeout%3D" + std::to_string(lock_timeout_ms);
    for (std::size_t i = 0; i < databases; ++i) {
        const std::string url = lent_database();
        urls_.push_back(url + (url.find('?') == std::string::npos ? "?" : "&") + session);
        // At once: what nobody is connected to is lent again.
        controls_.push_back(connect(i, none_));
    }
    control(0).execute("create schema if not exists cluster");
    control(0).execute("create table if not exists cluster.commit_record (gid text not null primary key)");
}

Cluster::~Cluster() {
    try {
        recover();
        control(0).execute("drop schema cluster cascade");
    } catch (const StoreFault&) {  // the server goes away with the tests
    }
}

std::size_t Cluster::database_of(std::int64_t bucket) const {
    if (bucket < 0 || bucket >= static_cast<std::int64_t>(kBuckets)) {
        throw StoreFault{"there is no bucket " + std::to_string(bucket), false};
    }
    return static_cast<std::size_t>(bucket) * size() / kBuckets;
}

std::unique_ptr<Connection> Cluster::connect(std::size_t database, store::postgres::Failure& failure) const {
    return std::make_unique<Connection>(Connection::Options{.url = urls_[database]}, failure);
}

void Cluster::stop_at(std::optional<Stop> stop) {
    const std::lock_guard lock{stop_mutex_};
    stop_ = stop;
}

bool Cluster::is_stop_pending() const {
    const std::lock_guard lock{stop_mutex_};
    return stop_.has_value();
}

void Cluster::reach(CommitStep step, std::size_t count) {
    const std::lock_guard lock{stop_mutex_};
    if (stop_ != Stop{.step = step, .count = count}) return;
    stop_.reset();
    // Whoever sent COMMIT and hears nothing can't know how far it came.
    throw StoreFault{"the coordinator died at: " + std::string{name_of(step)}, true, true};
}

/// One that fails takes the others along, as long as nothing is recorded.
void Cluster::prepare(const std::vector<Connection*>& parts, const std::string& gid) {
    std::size_t prepared = 0;
    try {
        for (Connection* part : parts) {
            part->execute("prepare transaction " + part_of(gid, prepared));
            ++prepared;
            reach(CommitStep::prepared, prepared);
        }
    } catch (const StoreFault& fault) {
        if (fault.is_outcome_unknown) throw;  // nobody is there to undo them
        for (std::size_t i = 0; i < prepared; ++i) parts[i]->execute("rollback prepared " + part_of(gid, i));
        throw;
    }
}

void Cluster::commit(const std::vector<Connection*>& parts) {
    last_parts_ = parts.size();
    if (parts.size() == 1) {
        parts.front()->execute("commit");
        return;
    }
    const std::shared_lock under_way{commits_};
    const std::string gid = "suki-" + std::to_string(getpid()) + "-" + std::to_string(++commits_made_);
    reach(CommitStep::before_prepare);
    prepare(parts, gid);
    {
        const std::lock_guard lock{controls_mutex_};
        control(0).execute("insert into cluster.commit_record values ('" + gid + "')");
    }
    reach(CommitStep::recorded);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i]->execute("commit prepared " + part_of(gid, i));
        reach(CommitStep::committed, i + 1);
    }
}

std::size_t Cluster::in_doubt() {
    const std::lock_guard lock{controls_mutex_};
    std::size_t count = 0;
    for (const auto& control : controls_) count += names(*control, kPrepared).size();
    return count;
}

void Cluster::recover() {
    const std::unique_lock nobody_commits{commits_};
    const std::lock_guard lock{controls_mutex_};
    for (const auto& control : controls_) {
        for (const std::string& part : names(*control, kPrepared)) {
            const bool is_recorded =
                !names(*controls_[0], "select gid from cluster.commit_record where gid = '" + commit_of(part) + "'").empty();
            control->execute((is_recorded ? "commit prepared '" : "rollback prepared '") + part + "'");
        }
    }
}

std::vector<std::string> Cluster::tables_by_bucket() {
    const std::lock_guard lock{controls_mutex_};
    return names(
        control(0),
        "select table_name from information_schema.columns where table_schema = 'suki' and column_name = 'bucket' order by 1");
}

Placement Cluster::placement() {
    Placement found;
    const std::vector<std::string> spread = tables_by_bucket();
    found.tables = spread.size();
    const std::lock_guard lock{controls_mutex_};
    for (const std::string& table : spread) {
        for (std::size_t database = 0; database < size(); ++database) {
            const std::string buckets = "select distinct bucket from suki." + table + " order by 1";
            bool has_rows = false;
            for (const std::string& bucket : names(control(database), buckets)) {
                has_rows = true;
                if (database_of(std::stoll(bucket)) == database) continue;
                found.foreign.push_back("database " + std::to_string(database) + " has bucket " + bucket + " of " + table);
            }
            if (table == "member" && has_rows) ++found.databases_with_members;
        }
    }
    const std::vector<std::string> tables =
        names(control(0),
              "select tablename from pg_tables where schemaname = 'suki' and tablename not in (select table_name::text from "
              "information_schema.columns where table_schema = 'suki' and column_name = 'bucket') order by 1");
    for (const std::string& table : tables) {
        // A lent database was made at its own moment, and written to before.
        if (table == "migration" || table == "bulletin") continue;
        const std::string rows = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from suki." + table + " t";
        for (std::size_t database = 1; database < size(); ++database) {
            if (names(control(0), rows) == names(control(database), rows)) continue;
            found.differing.push_back("database " + std::to_string(database) + " has another " + table);
        }
    }
    return found;
}

void Cluster::note(Touch touch) {
    const std::lock_guard lock{touches_mutex_};
    touches_.insert(std::move(touch));
}

std::set<Touch> Cluster::take_touches() {
    const std::lock_guard lock{touches_mutex_};
    return std::exchange(touches_, {});
}

}  // namespace suki::house
