#include <iostream>
#include <string>

#include "base/json_writer.h"
#include "cli/verbs.h"
#include "store/migration.h"
#include "store/open.h"
#include "store/postgres/dialect.h"
#include "store/relational/everything.h"
#include "store/relational/statements.h"

namespace suki::cli {

int print_statements(const StatementsOptions& options) {
    std::string out;
    JsonWriter json(out);
    if (options.as_json) json.begin_array();
    std::vector<const store::relational::Sql*> all{std::begin(store::relational::sql::kAll),
                                                   std::end(store::relational::sql::kAll)};
    const auto whole = store::relational::whole_statements();
    all.insert(all.end(), whole.begin(), whole.end());
    for (const store::relational::Sql* sql : all) {
        const std::string text = options.dialect == "sqlite" ? std::string{sql->text} : store::postgres::single_form(*sql);
        if (options.as_json) {
            json.begin_object();
            json.field("name", sql->name);
            json.field("reach", name_of(sql->reach));
            json.field("sql", text);
            json.end_object();
        } else {
            std::cout << sql->name << "  [" << name_of(sql->reach) << "]\n    " << text << "\n";
        }
    }
    if (options.as_json) {
        json.end_array();
        std::cout << out << '\n';
    }
    return 0;
}

int migrate(const MigrateOptions& options) {
    const auto tell = [](const std::string& what) { tell_plainly(false, what); };
    const auto store = store::open_store(
        {.db = address_of(options.place), .now = system_now(), .is_distributed = !options.distribute.empty(), .tell = tell});
    const std::string_view folder = store::is_postgres(options.place.db) ? "migrations/postgres/" : "migrations/sqlite/";
    std::cout << store::without_secret(options.place.db) << ": up to date, " << store::known_migrations(folder).back().name
              << (options.distribute.empty() ? "" : ", distributed") << '\n';
    return 0;
}

}  // namespace suki::cli
