#pragma once

#include <memory>
#include <string>
#include <vector>

#include "house/cluster.h"
#include "store/relational/relational_store.h"
#include "store/spread.h"

/// A store whose tables are spread over the databases of an emulated cluster.
namespace suki::house {

/// As one server has it. Reading, the statements and the writing of many rows are production's own; what is emulated is which
/// database a statement reaches, and how several are committed.
class ShardedStore final : public store::relational::RelationalStore, public store::SpreadTables {
public:
    /// `cluster` outlives it.
    explicit ShardedStore(Cluster& cluster);
    ~ShardedStore() override;

    void commit(const store::Batch& batch) override;
    void rehearse(const store::Batch& batch) override;
    [[nodiscard]] bool is_spread() const override { return true; }
    std::int64_t change_mark() override;
    [[nodiscard]] bool is_shared() const override { return true; }
    /// Not of a cluster: throws StoreFault.
    void backup(const std::string& path, const store::ContentProgress& told) override;
    std::vector<std::string> check_integrity() override { return {}; }

private:
    [[nodiscard]] std::unique_ptr<store::relational::Connection> connect_reader() override;
    store::postgres::Connection& writer(std::size_t database);
    /// Writes the batch in a transaction on each database that it is for; whether it changes what every server keeps.
    bool write(const store::Batch& batch, std::vector<store::postgres::Connection*>& parts);
    void roll_back() noexcept;

    Cluster& cluster_;
    std::vector<std::unique_ptr<store::postgres::Connection>> writers_;  // by database
    std::int64_t own_marks_ = 0;
};

}  // namespace suki::house
