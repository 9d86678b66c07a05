#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The steps that bring a database's schema up to date: files of this room, numbered, embedded in the binary, never changed.
namespace suki::store {

struct Migration {
    int number = 0;
    std::string name;
    std::string checksum;
    std::string script;
};
struct AppliedMigration {
    int number = 0;
    std::string name;
    std::string checksum;
};

/// `0001_first.sql`, by number, without gaps: what this binary brings for one database. Throws StoreFault where it brings none.
std::vector<Migration> known_migrations(std::string_view folder);
/// How many of `known` a database has. Throws StoreFault: it is of a newer version, or was made by other migrations.
std::size_t check_applied(const std::vector<AppliedMigration>& applied, const std::vector<Migration>& known);
/// The statements of a script, without comments. No text in it holds a semicolon.
std::vector<std::string> statements_of(std::string_view script);

}  // namespace suki::store
