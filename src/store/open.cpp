#include "store/open.h"

#include "store/postgres/open.h"
#include "store/sqlite/open.h"

namespace suki::store {

bool is_postgres(std::string_view db) { return db.starts_with("postgresql://") || db.starts_with("postgres://"); }

std::string without_secret(std::string_view db) {
    std::string text{db};
    const std::size_t scheme = text.find("://");
    if (scheme == std::string::npos) return text;
    // `user:password@host`, and `password=` among the settings.
    const std::size_t begin = scheme + 3;
    const std::size_t at = text.find('@', begin);
    const std::size_t colon = text.find(':', begin);
    if (at != std::string::npos && colon < at) text.erase(colon, at - colon);
    for (const std::string_view word : {"password=", "passfile=", "sslpassword="}) {
        const std::size_t value = text.find(word);
        if (value == std::string::npos) continue;
        const std::size_t end = text.find('&', value);
        text.replace(value + word.size(), (end == std::string::npos ? text.size() : end) - value - word.size(), "…");
    }
    return text;
}

std::string with_password(std::string_view db, std::string_view password) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string address{db};
    address += db.find('?') == std::string_view::npos ? "?password=" : "&password=";
    for (const char c : password) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_plain) {
            address += c;
        } else {
            address += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return address;
}

namespace {

PostgresOptions postgres_options(const OpenOptions& options) {
    return {.url = options.db,
            .now = options.now,
            .is_distributed = options.is_distributed,
            .is_durable = options.is_durable,
            .replica_url = options.replica};
}
SqliteOptions sqlite_options(const OpenOptions& options) {
    if (!options.replica.empty()) throw StoreFault{"only a PostgreSQL database has a replica", false};
    if (options.is_distributed) throw StoreFault{"only the tables of a PostgreSQL database can be distributed", false};
    return {.path = options.db, .now = options.now, .is_durable = options.is_durable, .tell = options.tell};
}

}  // namespace

std::unique_ptr<Store> open_store(const OpenOptions& options) {
    return is_postgres(options.db) ? open_postgres(postgres_options(options)) : open_sqlite(sqlite_options(options));
}

Contents restore_store(const OpenOptions& options, const ContentSource& source) {
    return is_postgres(options.db) ? restore_postgres(postgres_options(options), source)
                                   : restore_sqlite(sqlite_options(options), source);
}

}  // namespace suki::store
