#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "store/export_file.h"
#include "store/store.h"

namespace suki::store {

struct SqliteOptions {
    /// The database file; created when it is not there. Empty: a private database in memory that ends with its Store.
    std::string path;
    /// When migrations are stamped as applied: the store reads no clock.
    Instant now;
    /// How long a commit waits while another process writes, before it gives up with a retryable fault.
    int busy_timeout_ms = 10'000;
    /// Off only for runs whose data nobody keeps.
    bool is_durable = true;
    /// From which length on the log is copied into the file, in pages of 4 KiB. A batch touches pages all over the file, as buckets
    /// scatter owners: with a longer log each page is copied once for more batches.
    int log_pages = 16'000;
    /// Hears what the operator should know, such as a file that others could read until now.
    std::function<void(const std::string&)> tell;
};

/// Opens the database and brings its schema up to date. Its files are for their owner's eyes only: they hold keys and persons.
/// Throws StoreFault: not a database of Suki, one of a newer version, or one whose migrations were other than this binary's.
std::unique_ptr<Store> open_sqlite(const SqliteOptions& options);

/// Makes the database `options.path`, which must not be there, of a content. It has its name only when all of it is in it and was
/// read again. Throws StoreFault.
Contents restore_sqlite(const SqliteOptions& options, const ContentSource& source);
/// Makes it of another file of SQLite, a backup or a database that may be in use, page by page. Throws StoreFault.
void restore_sqlite_copy(const SqliteOptions& options, const std::string& from);

}  // namespace suki::store
