#pragma once

#include <map>
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
/// How many of `known` a database has. It may have later ones: those of a newer version only add, so that a server goes on beside
/// it and can be started again (docs/decisions/0064-upgrades.md). Throws StoreFault: a later one says that it breaks older
/// versions, or the database was made by other migrations.
std::size_t check_applied(const std::vector<AppliedMigration>& applied, const std::vector<Migration>& known);
/// How the rows of the script's tables lie where a database has many nodes: by table, without its schema, the word behind the
/// `-- distribute:` before it. `bucket` is spread by that column, `reference` is whole on every node.
std::map<std::string, std::string> distribution_of(std::string_view script);
/// The table that a statement creates, without its schema; empty when it is no such statement.
std::string created_table(std::string_view statement);
/// The statements of a script, without comments. No text in it holds a semicolon.
std::vector<std::string> statements_of(std::string_view script);

}  // namespace suki::store
