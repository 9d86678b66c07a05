#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "house/test_database.h"
#include "rows.h"
#include "store/migration.h"
#include "store/open.h"
#include "store/spread.h"

/// The tables as a cluster of many nodes wants them. Citus is not to be had here: its rules are asked of the catalogue, and its two
/// functions are stood in for by ones that insist on what it insists on.
namespace suki::store::testing {

namespace {

using house::TestDatabase;

using Rows = std::vector<std::string>;

Rows ask(const std::string& url, const std::string& query) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection{PQconnectdb(url.c_str()), PQfinish};
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result{PQexec(connection.get(), query.c_str()), PQclear};
    EXPECT_EQ(PQresultStatus(result.get()), PGRES_TUPLES_OK) << query << "\n" << PQerrorMessage(connection.get());
    Rows rows;
    for (int i = 0; i < PQntuples(result.get()); ++i) rows.emplace_back(PQgetvalue(result.get(), i, 0));
    return rows;
}

struct Rule {
    const char* name;
    std::string query;  // what breaks it, in the schema SCHEMA
};

const std::vector<Rule>& rules() {
    static const std::string tables =
        "select c.oid, c.relname, c.reloptions from pg_class c where c.relkind in ('r', 'p') and "
        "c.relnamespace = 'SCHEMA'::regnamespace";
    static const std::string columns = "select t.relname, a.*, t.relname || '.' || a.attname as said from (" + tables +
                                       ") t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped";
    static const std::string bucket = "(select a.attnum from pg_attribute a where a.attrelid = REL and a.attname = 'bucket')";
    const auto bucket_of = [&](const char* relation) {
        std::string text = bucket;
        return text.replace(text.find("REL"), 3, relation);
    };
    static const std::vector<Rule> all{
        {"a primary key", "select relname from (" + tables +
                              ") t where not exists (select 1 from pg_index i where i.indrelid = t.oid and i.indisprimary)"},
        {"keys that begin with the bucket", "select i.indexrelid::regclass::text from pg_index i join (" + tables +
                                                ") t on t.oid = i.indrelid where i.indisprimary and " + bucket_of("t.oid") +
                                                " is not null and (i.indkey::int2[])[0] <> " + bucket_of("t.oid")},
        {"the bucket in whatever is unique", "select i.indexrelid::regclass::text from pg_index i join (" + tables +
                                                 ") t on t.oid = i.indrelid where i.indisunique and " + bucket_of("t.oid") +
                                                 " is not null and not (" + bucket_of("t.oid") + " = any (i.indkey::int2[]))"},
        {"no references from whole tables to spread ones",
         "select k.conname from pg_constraint k join (" + tables + ") t on t.oid = k.conrelid where k.contype = 'f' and " +
             bucket_of("k.conrelid") + " is null and " + bucket_of("k.confrelid") + " is not null"},
        {"references that pair the buckets",
         "select k.conname from pg_constraint k join (" + tables + ") t on t.oid = k.conrelid where k.contype = 'f' and " +
             bucket_of("k.conrelid") + " is not null and " + bucket_of("k.confrelid") +
             " is not null and not exists (select 1 from generate_subscripts(k.conkey, 1) s where k.conkey[s] = " +
             bucket_of("k.conrelid") + " and k.confkey[s] = " + bucket_of("k.confrelid") + ")"},
        {"nothing set when a reference goes",
         "select k.conname from pg_constraint k join (" + tables +
             ") t on t.oid = k.conrelid where k.confdeltype in ('n', 'd') or k.confupdtype in ('n', 'd')"},
        {"nothing deferred",
         "select k.conname from pg_constraint k join (" + tables + ") t on t.oid = k.conrelid where k.condeferrable"},
        {"no triggers", "select g.tgname from pg_trigger g join (" + tables + ") t on t.oid = g.tgrelid where not g.tgisinternal"},
        {"no numbers of the database's own",
         "select c.said from (" + columns +
             ") c left join pg_attrdef d on d.adrelid = c.attrelid and d.adnum = c.attnum where "
             "c.attidentity <> '' or c.attgenerated <> '' or pg_get_expr(d.adbin, d.adrelid) like '%nextval%'"},
        {"the few plain types",
         "select c.said from (" + columns + ") c where format_type(c.atttypid, -1) not in ('bigint', 'text', 'bytea', 'boolean')"},
        {"texts compared by their bytes",
         "select c.said from (" + columns + ") c join pg_collation l on l.oid = c.attcollation where l.collname <> 'C'"},
        {"trees for indexes",
         "select i.indexrelid::regclass::text from pg_index i join (" + tables +
             ") t on t.oid = i.indrelid join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam where "
             "m.amname <> 'btree' or i.indexprs is not null"},
        {"no parameters of storage", "select relname from (" + tables + ") t where reloptions is not null"},
    };
    return all;
}

std::string in_schema(std::string query, const std::string& schema) {
    for (std::size_t at = query.find("SCHEMA"); at != std::string::npos; at = query.find("SCHEMA")) query.replace(at, 6, schema);
    return query;
}

std::map<std::string, std::string> distribution() {
    std::map<std::string, std::string> all;
    for (const Migration& migration : known_migrations("migrations/postgres/")) all.merge(distribution_of(migration.script));
    return all;
}

class Spread : public ::testing::Test {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "SUKI_TEST_POSTGRES names no server";
    }
    /// Citus's two functions as far as they are asked here, with its refusals (0A000).
    static void stand_in_for_citus(const std::string& url) {
        house::run_sql(url, "create table public.pg_dist_partition (logicalrelid regclass primary key, partkey text)");
        house::run_sql(url, R"(create function public.create_reference_table(named regclass) returns void language plpgsql as $$
begin
  if exists (select 1 from pg_constraint k where k.contype = 'f' and k.conrelid = named and not exists (
      select 1 from public.pg_dist_partition p where p.logicalrelid = k.confrelid and p.partkey is null)) then
    raise exception 'a reference table refers to what is not one' using errcode = '0A000';
  end if;
  insert into public.pg_dist_partition values (named, null);
end $$)");
        house::run_sql(
            url, R"(create function public.create_distributed_table(named regclass, wanted text) returns void language plpgsql as $$
declare number int2;
begin
  select attnum into strict number from pg_attribute where attrelid = named and attname = wanted;
  if exists (select 1 from pg_index i where i.indrelid = named and i.indisunique and not (number = any (i.indkey::int2[]))) then
    raise exception 'cannot create constraint without the distribution column' using errcode = '0A000';
  end if;
  if exists (select 1 from pg_constraint k where k.contype = 'f' and k.conrelid = named and not exists (
      select 1 from public.pg_dist_partition p where p.logicalrelid = k.confrelid)) then
    raise exception 'the referenced table is local' using errcode = '0A000';
  end if;
  insert into public.pg_dist_partition values (named, wanted);
end $$)");
    }
    /// Without the tables that TestDatabase has already made.
    static void empty(const std::string& url) {
        house::run_sql(url, "set client_min_messages = warning; drop schema suki cascade");
    }
    static std::unique_ptr<Store> open(const std::string& url, bool is_distributed) {
        return open_store({.db = url, .now = kNow, .is_distributed = is_distributed});
    }
};

}  // namespace

TEST(Distribution, IsSaidOfEveryTable) {
    const auto all = distribution();
    EXPECT_GT(all.size(), 20u);
    for (const auto& [table, how] : all) EXPECT_TRUE(how == "bucket" || how == "reference") << table << ": " << how;
    EXPECT_EQ(all.at("receipt"), "bucket");
    EXPECT_EQ(all.at("edition"), "reference");
    EXPECT_EQ(created_table("create table if not exists suki.receipt (\n"), "receipt");
    EXPECT_EQ(created_table("create table receipt("), "receipt");
    EXPECT_EQ(created_table("create index if not exists receipt_by on suki.receipt (a)"), "");
}

TEST_F(Spread, TablesKeepTheRules) {
    const TestDatabase database;
    for (const Rule& rule : rules()) EXPECT_EQ(ask(database.url(), in_schema(rule.query, "suki")), Rows{}) << rule.name;
    const auto said = distribution();
    for (const std::string& table : ask(database.url(),
                                        "select relname from pg_class where relkind = 'r' and relnamespace = "
                                        "'suki'::regnamespace order by 1")) {
        if (table == "migration") continue;
        ASSERT_TRUE(said.contains(table)) << table;
        const bool has_bucket = !ask(database.url(), "select 1 from pg_attribute where attrelid = 'suki." + table +
                                                         "'::regclass and attname = 'bucket'")
                                     .empty();
        EXPECT_EQ(has_bucket, said.at(table) == "bucket") << table;
    }
}

/// A rule that finds nothing anywhere would be no rule.
TEST_F(Spread, RulesFindWhatBreaksThem) {
    const TestDatabase database;
    for (const char* statement :
         {"create schema bad", "create table bad.keyless (a bigint)",
          "create table bad.late (a bigint, bucket bigint, primary key (a, bucket), unique (a))",
          "create table bad.owner (bucket bigint, id bigint, x bigint, primary key (bucket, id), unique (bucket, x))",
          "create table bad.whole (id bigint primary key, b bigint, foreign key (b, id) references bad.owner (bucket, id) "
          "deferrable)",
          "create table bad.crossed (bucket bigint, id bigint, b bigint, primary key (bucket, id), foreign key (b, id) references "
          "bad.owner (bucket, id) on delete set null)",
          "create table bad.odd (id bigserial primary key, t text, n numeric) with (fillfactor = 70)",
          "create index odd_hash on bad.odd using hash (t)",
          "create function bad.nothing() returns trigger language plpgsql as 'begin return null; end'",
          "create trigger odd_trigger after insert on bad.odd execute function bad.nothing()"}) {
        house::run_sql(database.url(), statement);
    }
    for (const Rule& rule : rules()) EXPECT_NE(ask(database.url(), in_schema(rule.query, "bad")), Rows{}) << rule.name;
}

TEST_F(Spread, TablesAreSpreadAsTheyAreMade) {
    const TestDatabase database;
    empty(database.url());
    stand_in_for_citus(database.url());
    open(database.url(), true)->commit(purchase(1));
    for (const auto& [table, how] : distribution()) {
        // A table that a later migration drops is gone from the catalogue as well.
        const Rows there = ask(database.url(),
                               "select coalesce(p.partkey, 'reference') from public.pg_dist_partition p join pg_class c "
                               "on c.oid = p.logicalrelid where c.relname = '" +
                                   table + "'");
        const bool is_there = !ask(database.url(), "select 1 where to_regclass('suki." + table + "') is not null").empty();
        EXPECT_EQ(there, is_there ? Rows{how} : Rows{}) << table;
    }
    // Whoever opens it later needs not say it again.
    EXPECT_NE(open(database.url(), true), nullptr);
    const auto later = open(database.url(), false);
    EXPECT_NE(spread_tables(*later), nullptr);
    const TestDatabase whole;
    EXPECT_EQ(spread_tables(*open(whole.url(), false)), nullptr);
}

TEST_F(Spread, WhatIsRehearsedIsHeldToTheRowsAndLeavesNothing) {
    const TestDatabase database;
    empty(database.url());
    stand_in_for_citus(database.url());
    const auto store = open(database.url() + "&options=-clock_timeout%3D50", true);
    SpreadTables* const spread = spread_tables(*store);
    ASSERT_NE(spread, nullptr);
    spread->rehearse(purchase(1));
    EXPECT_EQ(counts(*store), Counts{}) << "nothing of it stays";
    store->commit(purchase(1));
    const Counts written = counts(*store);
    EXPECT_GT(written.receipts, 0);
    EXPECT_THROW(spread->rehearse(purchase(1)), Conflict) << "it is there by now";
    EXPECT_EQ(counts(*store), written);
    // Somebody is half-way through writing the next: neither there nor not.
    house::run_sql(database.url(), "begin; update suki.account_state set entries = entries; prepare transaction 'half-way'");
    Batch next;
    next.states = {*store->find_state(owner(1))};
    ++next.states.front().version;
    EXPECT_THROW(spread->rehearse(next), Conflict);
    house::run_sql(database.url(), "rollback prepared 'half-way'");
    spread->rehearse(next);
    store->commit(next);
    EXPECT_THROW(spread->rehearse(next), Conflict);
}

TEST_F(Spread, OnlyANewDatabaseCanBeAndOnlyWithCitus) {
    const TestDatabase database;
    const auto fault_of = [&] {
        try {
            open(database.url(), true);
            return std::string{"none"};
        } catch (const StoreFault& fault) {
            return std::string{fault.what()};
        }
    };
    EXPECT_EQ(fault_of(), "the server has no Citus: `create extension citus` comes first");
    stand_in_for_citus(database.url());
    EXPECT_EQ(fault_of(), "the database has its tables already: only those of a new one can be distributed");
    EXPECT_THROW(open_store({.now = kNow, .is_distributed = true}), StoreFault);
}

TEST_F(Spread, AStartThatWasCutOffGoesOn) {
    const TestDatabase database;
    empty(database.url());
    stand_in_for_citus(database.url());
    // The third call of the function fails, as a lost node would make it.
    house::run_sql(database.url(),
                   "alter table public.pg_dist_partition add constraint third check (logicalrelid::text not like '%edition%')");
    EXPECT_THROW(open(database.url(), true), StoreFault);
    house::run_sql(database.url(), "alter table public.pg_dist_partition drop constraint third");
    // Also by a start that does not ask for it: half a database must not become a local one.
    open(database.url(), false)->commit(purchase(1));
    EXPECT_EQ(ask(database.url(),
                  "select coalesce(partkey, 'reference') from public.pg_dist_partition where logicalrelid = "
                  "'suki.receipt'::regclass"),
              Rows{"bucket"});
}

}  // namespace suki::store::testing
