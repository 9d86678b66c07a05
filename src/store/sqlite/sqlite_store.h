#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/relational/relational_store.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/database.h"
#include "store/sqlite/open.h"

namespace suki::store::sqlite {

class SqliteStore final : public relational::RelationalStore {
public:
    explicit SqliteStore(const SqliteOptions& options);
    ~SqliteStore() override;

    void commit(const Batch& batch) override;
    std::int64_t change_mark() override;
    void backup(const std::string& path, const ContentProgress& told) override;
    std::vector<std::string> check_integrity() override;

private:
    [[nodiscard]] std::unique_ptr<relational::Connection> connect_reader() override;
    [[nodiscard]] relational::Connection* only_connection() override { return is_in_memory_ ? writer_.get() : nullptr; }
    [[nodiscard]] Connection::Options connection_options() const;
    /// After a commit: what the log holds by now is copied into the file, if it is much.
    void look_after_log();
    /// Where the disk lost what was copied from it.
    void keep_log();

    SqliteOptions options_;
    bool is_in_memory_;
    std::unique_ptr<Connection> writer_;
    bool is_log_kept_ = false;
    int log_length_ = 0;                          // in pages, after the last commit
    std::unique_ptr<Checkpointer> checkpointer_;  // null: in memory
};

}  // namespace suki::store::sqlite
