#include <gtest/gtest.h>
#include <sqlite3.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "folder.h"
#include "store/postgres/dialect.h"
#include "store/relational/everything.h"
#include "store/relational/statements.h"
#include "store/sqlite/open.h"

/// The rules that keep the same statements at home on SQLite, on PostgreSQL, and on tables that are spread over many nodes.
namespace suki::store::testing {

namespace {

using relational::Reach;
using relational::Sql;

const std::vector<const Sql*>& all() {
    static const std::vector<const Sql*> statements = [] {
        std::vector<const Sql*> made{std::begin(relational::sql::kAll), std::end(relational::sql::kAll)};
        const auto whole = relational::whole_statements();
        made.insert(made.end(), whole.begin(), whole.end());
        return made;
    }();
    return statements;
}

bool has(const std::string& text, const char* pattern) { return std::regex_search(text, std::regex{pattern}); }

}  // namespace

TEST(Statements, HaveEachTheirOwnName) {
    std::set<std::string> names;
    for (const Sql* sql : all()) EXPECT_TRUE(names.insert(sql->name).second) << sql->name;
    EXPECT_GT(names.size(), 90u);
}

TEST(Statements, OfOneOwnerNameTheBucketFirst) {
    for (const Sql* sql : all()) {
        if (sql->reach != Reach::one_owner) continue;
        const std::string text = postgres::single_form(*sql);
        const bool is_insert = has(text, "^insert into suki\\.[a-z_]+ \\(bucket, .* values \\(\\$1,");
        const bool is_by_bucket = has(text, " where bucket = \\$1( |$)");
        EXPECT_TRUE(is_insert || is_by_bucket) << sql->name << ": " << text;
        EXPECT_FALSE(has(text, " join ")) << sql->name;
    }
}

TEST(Statements, HoldNothingThatSomeNodeWouldRefuse) {
    for (const Sql* sql : all()) {
        for (const std::string& text : {std::string{sql->text}, postgres::single_form(*sql)}) {
            EXPECT_FALSE(has(text,
                             "for update|for share|skip locked|advisory|listen|notify|nextval|currval|merge |rollup|grouping sets|"
                             "ctid|xmin|\\bnow\\(|random\\(|clock_timestamp|gen_random|savepoint|with recursive"))
                << sql->name << ": " << text;
            EXPECT_FALSE(has(text, " on constraint ")) << sql->name << ": a conflict names columns";
            EXPECT_FALSE(has(text, "[^|]/[^/]")) << sql->name << ": a division";
        }
    }
}

TEST(Statements, InsertWithWordsForAConflict) {
    for (const Sql* sql : all()) {
        const std::string text = sql->text;
        if (!text.starts_with("insert")) continue;
        EXPECT_TRUE(has(text, "on conflict \\([a-z_, ]+\\) do (nothing|update set )")) << sql->name;
        EXPECT_FALSE(has(text, "do update set[^;]*\\bbucket =")) << sql->name << ": a row never changes its node";
    }
}

TEST(Statements, ThatListEndTheirOrderInAKey) {
    for (const Sql* sql : all()) {
        const std::string text = sql->text;
        if (!has(text, " limit \\?")) continue;
        // Of what is only counted any rows will do.
        if (has(text, "^select count\\(\\*\\) from \\(select 1 ")) continue;
        EXPECT_TRUE(
            has(text, " order by .*\\b(id|sku|sequence|number|account|unit|programme|command_hash|holder)( desc)? limit \\?"))
            << sql->name << ": " << text;
    }
}

/// Whatever is of one owner is found by the bucket that leads its key, and not by an index over all owners: SQLite prefers a range
/// of the latter where it sees one.
TEST(Statements, OfOneOwnerAreFoundByTheirBucket) {
    const Folder folder;
    open_sqlite(folder.options());
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder.file().c_str(), &db), SQLITE_OK);
    int asked = 0;
    for (const Sql* sql : all()) {
        const std::string text = sql->text;
        if (sql->reach != Reach::one_owner || text.starts_with("insert")) continue;
        std::vector<std::string> plan;
        const auto add = [](void* to, int, char** values, char**) {
            static_cast<std::vector<std::string>*>(to)->push_back(values[3]);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(db, ("explain query plan " + text).c_str(), add, &plan, nullptr), SQLITE_OK) << sql->name;
        for (const std::string& step : plan) {
            if (!step.starts_with("SEARCH") && !step.starts_with("SCAN")) continue;
            ++asked;
            EXPECT_NE(step.find("(bucket=?"), std::string::npos) << sql->name << ": " << step;
        }
    }
    EXPECT_GT(asked, 25);
    sqlite3_close(db);
}

TEST(Statements, SpeakToPostgresInItsOwnWords) {
    using postgres::many_form;
    using postgres::single_form;
    namespace sql = relational::sql;
    EXPECT_EQ(
        single_form(sql::find_claim),
        "select org, kind, programme, value, account, member, other from suki.claim where bucket = $1 and org = $2 and kind = $3 "
        "and programme = $4 and value = $5");
    EXPECT_EQ(
        many_form(sql::put_secret, "tbi"),
        "insert into suki.secret (name, value, created_at) select * from unnest($1::text[], $2::bytea[], $3::bigint[]) on conflict "
        "(name) do update set value = excluded.value, created_at = excluded.created_at");
    EXPECT_EQ(many_form(sql::update_pool, "itttiii"),
              "update suki.pool set drawn = p.c6, version = p.c7 from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], "
              "$5::bigint[], $6::bigint[], $7::bigint[]) as p(c1, c2, c3, c4, c5, c6, c7) where bucket = p.c1 and org = p.c2 and "
              "programme = p.c3 and key = p.c4 and period_start = p.c5 and version = p.c7 - 1");
    EXPECT_EQ(many_form(sql::delete_outbox, "ib"),
              "delete from suki.outbox using unnest($1::bigint[], $2::bytea[]) as p(c1, c2) where bucket = p.c1 and id = p.c2");
}

TEST(Statements, KnowWhichParametersAreTheKey) {
    using postgres::key_parameters;
    namespace sql = relational::sql;
    EXPECT_EQ(key_parameters(sql::insert_entry), 5u);
    EXPECT_EQ(key_parameters(sql::update_receipt), 4u);
    EXPECT_EQ(key_parameters(sql::put_member_word), 6u);
    EXPECT_EQ(key_parameters(sql::delete_claim), 5u);
    EXPECT_EQ(key_parameters(sql::put_organisation), 1u);
}

}  // namespace suki::store::testing
