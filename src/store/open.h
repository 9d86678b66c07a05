#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "store/export_file.h"
#include "store/store.h"

/// The one place that knows which databases there are.
namespace suki::store {

struct OpenOptions {
    /// A file (SQLite), or an address that begins with `postgresql://`. Empty: a private database in memory that ends with its
    /// Store.
    std::string db;
    /// When migrations are stamped as applied: the store reads no clock.
    Instant now;
    /// Off only for runs whose data nobody keeps.
    bool is_durable = true;
    /// PostgreSQL only, see PostgresOptions.
    bool is_distributed = false;
    std::string replica;
    /// Hears what the operator should know, such as a file that others could read until now.
    std::function<void(const std::string&)> tell;
};

/// Opens or makes the database and brings its schema up to date. Throws StoreFault.
std::unique_ptr<Store> open_store(const OpenOptions& options);

/// Makes the database of a content: a file that is not there yet, or a PostgreSQL database that holds nothing. All of it, or
/// nothing. Throws StoreFault.
Contents restore_store(const OpenOptions& options, const ContentSource& source);

/// Whether `db` is an address of PostgreSQL and not a file.
bool is_postgres(std::string_view db);
/// `db` without the password in it, for messages.
std::string without_secret(std::string_view db);
/// The address of a PostgreSQL with a password among its settings; `db` holds none.
std::string with_password(std::string_view db, std::string_view password);

}  // namespace suki::store
