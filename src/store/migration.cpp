#include "store/migration.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/digest.h"
#include "base/embedded.h"
#include "store/store.h"

namespace suki::store {

/// How the name of a migration ends that more than adds: scripts/check_migrations.mjs finds those that would have to say it.
static constexpr std::string_view kBreaksOlder = "_breaks_older.sql";

std::vector<Migration> known_migrations(std::string_view folder) {
    std::vector<Migration> migrations;
    for (const embedded::EmbeddedFile* file : embedded::list(folder)) {
        std::string name{file->path.substr(folder.size())};
        const int number = std::atoi(name.c_str());
        if (number != static_cast<int>(migrations.size()) + 1) throw StoreFault{"migration out of order: " + name, false};
        migrations.push_back({number, std::move(name), to_hex(sha256(file->bytes)), std::string{file->bytes}});
    }
    if (migrations.empty()) throw StoreFault{"this binary was built without migrations", false};
    return migrations;
}

std::size_t check_applied(const std::vector<AppliedMigration>& applied, const std::vector<Migration>& known) {
    for (std::size_t i = 0; i < applied.size(); ++i) {
        if (i >= known.size()) {
            if (!applied[i].name.ends_with(kBreaksOlder)) continue;
            throw StoreFault{"the database is of a newer version of Suki: it has the migration " + applied[i].name, false};
        }
        if (applied[i].number != known[i].number || applied[i].checksum != known[i].checksum) {
            throw StoreFault{"the database was made by another migration than " + known[i].name, false};
        }
    }
    return std::min(applied.size(), known.size());
}

std::string created_table(std::string_view statement) {
    for (const std::string_view word : {"create table if not exists ", "create table "}) {
        if (!statement.starts_with(word)) continue;
        std::string_view name = statement.substr(word.size());
        name = name.substr(0, name.find_first_of(" ("));
        return std::string{name.substr(name.find('.') + 1)};  // npos + 1 is 0
    }
    return {};
}

std::map<std::string, std::string> distribution_of(std::string_view script) {
    constexpr std::string_view kMark = "-- distribute: ";
    std::map<std::string, std::string> words;
    std::string word;
    while (!script.empty()) {
        const std::string_view line = script.substr(0, script.find('\n'));
        script.remove_prefix(std::min(line.size() + 1, script.size()));
        if (line.starts_with(kMark)) {
            word = line.substr(kMark.size());
        } else if (std::string table = created_table(line); !table.empty()) {
            words.emplace(std::move(table), std::exchange(word, {}));
        }
    }
    return words;
}

std::vector<std::string> statements_of(std::string_view script) {
    std::vector<std::string> statements;
    std::string statement;
    while (!script.empty()) {
        std::string_view line = script.substr(0, script.find('\n'));
        script.remove_prefix(std::min(line.size() + 1, script.size()));
        line = line.substr(0, line.find("--"));
        if (statement.empty() && line.find_first_not_of(' ') == std::string_view::npos) continue;
        statement.append(line);
        statement += '\n';
        const std::size_t end = statement.find(';');
        if (end == std::string::npos) continue;
        statements.push_back(statement.substr(0, end));
        statement.clear();
    }
    return statements;
}

}  // namespace suki::store
