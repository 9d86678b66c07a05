#include "house/sharded_store.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <string_view>

#include "house/routed_connection.h"
#include "store/postgres/bulk_writer.h"
#include "store/relational/writer.h"

namespace suki::house {

using store::StoreFault;
using store::postgres::BulkWriter;
using store::relational::Binder;
using store::relational::Reach;
using store::relational::Writer;

namespace {

constexpr Sql kBumpMark{"bump_mark", Reach::reference,
                        "insert into bulletin (name, version) values (?1, ?2) on conflict (name) do update set version = "
                        "bulletin.version + 1"};

std::int64_t number_of(store::postgres::Connection& connection, const std::string& query) {
    const auto result = connection.execute(query);
    return PQntuples(result.get()) == 0 ? 0 : std::strtoll(PQgetvalue(result.get(), 0, 0), nullptr, 10);
}

/// Hands each row to the databases that it is for.
class RoutedWriter final : public Writer {
public:
    using Connect = std::function<store::postgres::Connection&(std::size_t)>;
    RoutedWriter(Cluster& cluster, Connect connect) : cluster_(cluster), connect_(std::move(connect)), parts_(cluster.size()) {}

    /// Everything was executed on each database; on which.
    std::vector<std::size_t> finish() {
        std::vector<std::size_t> written;
        for (std::size_t database = 0; database < parts_.size(); ++database) {
            if (!parts_[database]) continue;
            parts_[database]->finish();
            written.push_back(database);
        }
        return written;
    }
    [[nodiscard]] bool changes_world() const { return changes_world_; }

private:
    Cursor& begin(const Sql&) override {
        row_.clear();
        return row_;
    }
    void end(const Sql& sql, const char* table, const std::function<std::string()>& why) override {
        const std::string name = table_of(sql);
        changes_world_ = changes_world_ || (sql.reach == Reach::reference && name != "session") || name == "quarantine";
        if (sql.reach == Reach::one_owner) {
            const std::int64_t bucket = row_.number(0, sql);
            note(sql, name, static_cast<int>(bucket));
            return write(cluster_.database_of(bucket), sql, table, why);
        }
        if (sql.reach != Reach::reference) throw StoreFault{std::string{"not a row of one bucket: "} + sql.name, false};
        note(sql, name, Touch::kEverywhere);
        for (std::size_t database = 0; database < parts_.size(); ++database) write(database, sql, table, why);
    }
    void note(const Sql& sql, const std::string& table, int bucket) {
        cluster_.note({.table = table, .statement = sql.name, .bucket = bucket, .is_write = true});
    }
    void write(std::size_t database, const Sql& sql, const char* table, const std::function<std::string()>& why) {
        auto& part = parts_[database];
        if (!part) {
            part = std::make_unique<BulkWriter>(connect_(database), true, 1'000);
            part->start();
        }
        Writer& writer = *part;
        writer.write(sql, [this](Binder& binder) { row_.replay(binder, 0, row_.size()); }, table, why);
    }

    Cluster& cluster_;
    Connect connect_;
    std::vector<std::unique_ptr<BulkWriter>> parts_;
    Bound row_;
    bool changes_world_ = false;
};

}  // namespace

ShardedStore::ShardedStore(Cluster& cluster) : cluster_(cluster), writers_(cluster.size()) {
    migrations_known_ = static_cast<std::size_t>(number_of(writer(0), "select max(number) from suki.migration"));
}

ShardedStore::~ShardedStore() = default;

std::unique_ptr<store::relational::Connection> ShardedStore::connect_reader() {
    return std::make_unique<RoutedConnection>(cluster_, failure_);
}

store::postgres::Connection& ShardedStore::writer(std::size_t database) {
    auto& connection = writers_[database];
    if (!connection || !connection->is_usable()) connection = cluster_.connect(database, failure_);
    return *connection;
}

bool ShardedStore::write(const store::Batch& batch, std::vector<store::postgres::Connection*>& parts) {
    RoutedWriter routed{cluster_, [this](std::size_t database) -> store::postgres::Connection& { return writer(database); }};
    write_batch(routed, batch);
    const bool changes_world = routed.changes_world();
    if (changes_world) {
        static_cast<Writer&>(routed).write(kBumpMark, [](Binder& binder) {
            binder.bind(std::string_view{"world"});
            binder.bind(std::int64_t{1});
        });
    }
    for (const std::size_t database : routed.finish()) parts.push_back(&writer(database));
    return changes_world;
}

void ShardedStore::roll_back() noexcept {
    for (const auto& connection : writers_) {
        if (connection) connection->roll_back();
    }
}

void ShardedStore::commit(const store::Batch& batch) {
    if (batch.is_empty()) return;
    const std::lock_guard guard{writer_mutex_};
    bool changes_world = false;
    try {
        std::vector<store::postgres::Connection*> parts;
        changes_world = write(batch, parts);
        failure_.count("commit");
        cluster_.commit(parts);
    } catch (...) {
        roll_back();
        throw;
    }
    if (changes_world) ++own_marks_;
    failure_.count("answer after commit", true);
}

void ShardedStore::rehearse(const store::Batch& batch) {
    if (batch.is_empty()) return;
    const std::lock_guard guard{writer_mutex_};
    try {
        std::vector<store::postgres::Connection*> parts;
        (void)write(batch, parts);
    } catch (...) {
        roll_back();
        throw;
    }
    roll_back();
}

std::int64_t ShardedStore::change_mark() {
    const std::lock_guard guard{writer_mutex_};
    return number_of(writer(0), "select version from suki.bulletin where name = 'world'") - own_marks_;
}

void ShardedStore::backup(const std::string&, const store::ContentProgress&) {
    throw StoreFault{"an emulated cluster is not copied", false};
}

}  // namespace suki::house
