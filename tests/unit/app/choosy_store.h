#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/relational/relational_store.h"
#include "store/sqlite/database.h"
#include "store/sqlite/open.h"

/// A database file that does not take every commit.
namespace suki::app {

class ChoosyStore final : public store::relational::RelationalStore {
public:
    explicit ChoosyStore(const store::SqliteOptions& options) : options_(options), behind_(store::open_sqlite(options)) {}

    /// Sees every batch that is to be written. What it throws is what the database says to it.
    std::function<void(const store::Batch&)> before_commit;

    void commit(const store::Batch& batch) override {
        if (before_commit) before_commit(batch);
        behind_->commit(batch);
    }
    std::int64_t change_mark() override { return behind_->change_mark(); }
    std::string newer_migration() override { return behind_->newer_migration(); }
    void backup(const std::string& path, const store::ContentProgress& told) override { behind_->backup(path, told); }
    std::vector<std::string> check_integrity() override { return behind_->check_integrity(); }

private:
    [[nodiscard]] std::unique_ptr<store::relational::Connection> connect_reader() override {
        return std::make_unique<store::sqlite::Connection>(
            store::sqlite::Connection::Options{.path = options_.path, .is_reader = true, .is_durable = options_.is_durable},
            failure_);
    }

    store::SqliteOptions options_;
    std::unique_ptr<store::Store> behind_;
};

}  // namespace suki::app
