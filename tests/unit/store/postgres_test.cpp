#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <thread>

#include "house/fault_proxy.h"
#include "house/test_database.h"
#include "rows.h"
#include "store/open.h"
#include "store/postgres/bulk_writer.h"
#include "store/postgres/database.h"
#include "store/postgres/dialect.h"
#include "store/postgres/open.h"
#include "store/relational/statements.h"

/// What only PostgreSQL does: several stores on one database, lost connections, refusals at COMMIT.
namespace suki::store::testing {

namespace {

using house::FaultProxy;
using house::TestDatabase;

const Counts kOnePurchase{
    .accounts = 1, .members = 1, .cards = 1, .claims = 2, .states = 1, .wallets = 1, .entries = 2, .receipts = 1, .pools = 1};

class Postgres : public ::testing::Test {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "SUKI_TEST_POSTGRES names no server";
    }
};

std::unique_ptr<Store> open(const std::string& url) { return open_store({.db = url, .now = kNow}); }

}  // namespace

TEST_F(Postgres, UnderstandsEveryStatement) {
    const TestDatabase database;
    PGconn* connection = PQconnectdb(database.url().c_str());
    int number = 0;
    for (const relational::Sql* sql : relational::sql::kAll) {
        const std::string text = postgres::single_form(*sql);
        PGresult* result = PQprepare(connection, ("s" + std::to_string(++number)).c_str(), text.c_str(), 0, nullptr);
        EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << text << "\n" << PQerrorMessage(connection);
        PQclear(result);
    }
    PQfinish(connection);
}

TEST_F(Postgres, IsMigratedOnceByManyThatStartTogether) {
    const std::string name = "suki_race_" + std::to_string(getpid());
    house::run_sql(house::test_server(), "create database " + name);
    std::string url = house::test_server();
    url.replace(url.find("/postgres?"), 10, "/" + name + "?");
    {
        std::vector<std::thread> starters;
        std::atomic<int> failures{0};
        for (int i = 0; i < 8; ++i) {
            starters.emplace_back([&] {
                try {
                    (void)open(url);
                } catch (const std::exception& error) {
                    ADD_FAILURE() << error.what();
                    ++failures;
                }
            });
        }
        for (std::thread& starter : starters) starter.join();
        EXPECT_EQ(failures, 0);
        auto store = open(url);
        store->commit(purchase(1));
        EXPECT_EQ(counts(*store), kOnePurchase);
    }
    house::run_sql(house::test_server(), "drop database " + name + " with (force)");
}

TEST_F(Postgres, SaysByThePlainErrorsWhatMayPass) {
    const TestDatabase database;
    FaultProxy proxy{database.url()};
    const auto store = open(proxy.through(database.url()));
    std::uint64_t n = 0;
    for (const char* state : {"40001", "40P01", "55P03"}) {
        proxy.spoil(FaultProxy::Fault::error, 1, state);
        try {
            store->commit(purchase(++n));
            ADD_FAILURE() << state;
        } catch (const StoreFault& fault) {
            EXPECT_TRUE(fault.retryable) << state;
            EXPECT_FALSE(fault.is_outcome_unknown) << state;
            EXPECT_EQ(fault.state, state);
        }
        store->commit(purchase(n));  // nothing of the first try is there
    }
    for (const char* state : {"XX000", "08006", "57P01", "40003"}) {
        proxy.spoil(FaultProxy::Fault::error, 1, state);
        try {
            store->commit(purchase(++n));
            ADD_FAILURE() << state;
        } catch (const StoreFault& fault) {
            EXPECT_TRUE(fault.retryable) << state;
            EXPECT_TRUE(fault.is_outcome_unknown) << state;
        }
        store->commit(purchase(n));
    }
    proxy.spoil(FaultProxy::Fault::error, 1, "23514");
    try {
        store->commit(purchase(++n));
        ADD_FAILURE();
    } catch (const StoreFault& fault) {
        EXPECT_FALSE(fault.retryable);
        EXPECT_FALSE(fault.is_outcome_unknown);
    }
    EXPECT_EQ(proxy.spoilt(), 8);
}

TEST_F(Postgres, SurvivesAConnectionLostAtCommit) {
    const TestDatabase database;
    FaultProxy proxy{database.url()};
    const auto store = open(proxy.through(database.url()));
    std::uint64_t n = 0;
    for (const auto& [fault, is_durable] :
         {std::pair{FaultProxy::Fault::lost_before, false}, std::pair{FaultProxy::Fault::lost_after, true}}) {
        proxy.spoil(fault);
        try {
            store->commit(purchase(++n));
            ADD_FAILURE();
        } catch (const StoreFault& thrown) {
            EXPECT_TRUE(thrown.retryable);
            EXPECT_TRUE(thrown.is_outcome_unknown);
        }
        // Looked up under its key, as the application does before it tries again.
        EXPECT_EQ(store->find_idempotency("meat", "till-1", "key-" + std::to_string(n)).has_value(), is_durable);
        EXPECT_EQ(store->find_receipt("meat", "club", account_id(n), "receipt-" + std::to_string(n)).has_value(), is_durable);
        if (!is_durable) store->commit(purchase(n));
    }
    EXPECT_EQ(counts(*store).receipts, 2);
}

TEST_F(Postgres, TakesAWarningAtCommitForAnUnknownOutcome) {
    const TestDatabase database;
    FaultProxy proxy{database.url()};
    const auto store = open(proxy.through(database.url()));
    proxy.spoil(FaultProxy::Fault::warned, 2);
    const auto is_unknown = [](const auto& done) {
        try {
            done();
        } catch (const StoreFault& fault) {
            return fault.retryable && fault.is_outcome_unknown;
        }
        return false;
    };
    EXPECT_TRUE(is_unknown([&] { store->commit(purchase(1)); }));
    EXPECT_EQ(counts(*store), kOnePurchase) << "it is seen, though no standby may have it";
    EXPECT_TRUE(is_unknown([&] { store->confirm(); }));
    EXPECT_FALSE(is_unknown([&] { store->confirm(); }));
    EXPECT_EQ(proxy.spoilt(), 2);
}

TEST_F(Postgres, DoesNotWaitForeverForACommit) {
    const TestDatabase database;
    FaultProxy proxy{database.url()};
    const auto store = open_postgres({.url = proxy.through(database.url()), .now = kNow, .commit_within_ms = 100});
    proxy.spoil(FaultProxy::Fault::silent);
    try {
        store->commit(purchase(1));
        ADD_FAILURE();
    } catch (const StoreFault& fault) {
        EXPECT_TRUE(fault.retryable);
        EXPECT_TRUE(fault.is_outcome_unknown);
    }
    store->commit(purchase(1));
    EXPECT_EQ(counts(*store), kOnePurchase);
}

TEST_F(Postgres, DoesNotWaitForeverForAStatement) {
    const TestDatabase database;
    relational::Failure failure;
    const auto asleep = [&](auto&& say) {
        postgres::Connection connection{{.url = database.url(), .answer_within_ms = 100}, failure};
        try {
            say(connection);
            ADD_FAILURE();
        } catch (const StoreFault& fault) {
            EXPECT_TRUE(fault.retryable) << fault.what();
        }
        EXPECT_FALSE(connection.is_usable());
        connection.roll_back();
    };
    postgres::Parameters none;
    asleep([&](auto& connection) { connection.execute("select pg_sleep(30)", none); });
    asleep([&](auto& connection) { connection.ask("select pg_sleep(30)"); });
    asleep([&](auto& connection) { connection.execute_within("select pg_sleep(30)", 0); });
    // What is known to take long may.
    postgres::Connection connection{{.url = database.url(), .answer_within_ms = 1}, failure};
    connection.execute("select pg_sleep(0.05)");
    connection.execute("select pg_sleep(0.05)", none, false, true);
    EXPECT_TRUE(connection.is_usable());
}

TEST_F(Postgres, ARightThatIsMissingIsNoFaultOfTheBatch) {
    EXPECT_TRUE(postgres::is_retryable_state("42501"));
    EXPECT_FALSE(postgres::is_retryable_state("42P01"));
    EXPECT_FALSE(postgres::is_retryable_state("23505"));
}

TEST_F(Postgres, LetsGoOfItsRowsWhenItIsHeardOfNoMore) {
    const TestDatabase database;
    relational::Failure failure;
    postgres::Connection connection{{.url = database.url()}, failure};
    postgres::BulkWriter writer{connection, true, 10};
    writer.start();
    writer.finish();
    const auto shown = connection.execute("show idle_in_transaction_session_timeout");
    EXPECT_STREQ(PQgetvalue(shown.get(), 0, 0), "10s");
    connection.roll_back();
    const auto after = connection.execute("show idle_in_transaction_session_timeout");
    EXPECT_STREQ(PQgetvalue(after.get(), 0, 0), "0");
}

TEST_F(Postgres, DropsAConnectionThatMayNotWriteAnyMore) {
    const TestDatabase database;
    relational::Failure failure;
    postgres::Connection connection{{.url = database.url()}, failure};
    connection.execute("create table t (n bigint)");
    EXPECT_TRUE(connection.is_usable());
    // What a standby says, and a primary that is about to become one.
    connection.execute("set default_transaction_read_only = on");
    try {
        connection.execute("insert into t values (1)");
        ADD_FAILURE();
    } catch (const StoreFault& fault) {
        EXPECT_EQ(fault.state, "25006");
        EXPECT_TRUE(fault.retryable);
    }
    EXPECT_FALSE(connection.is_usable());
}

TEST_F(Postgres, KnowsWhenSeveralHostsAreNamed) {
    EXPECT_TRUE(postgres::has_several_hosts("postgresql://suki@a:5432,b:5432/suki"));
    EXPECT_TRUE(postgres::has_several_hosts("host=a,b dbname=suki"));
    EXPECT_FALSE(postgres::has_several_hosts("postgresql://suki@a/suki?application_name=x,y"));
}

TEST_F(Postgres, ReconnectsAfterTheServerEndedItsSessions) {
    const TestDatabase database;
    const auto store = open(database.url());
    store->commit(purchase(1));
    EXPECT_EQ(counts(*store), kOnePurchase);  // a reader's connection is kept, too
    house::run_sql(house::test_server(),
                   "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'suki' and "
                   "datname = '" +
                       database.url().substr(14, database.url().find('?') - 14) + "'");
    int faults = 0;
    for (int attempt = 0; attempt < 3; ++attempt) {
        try {
            store->commit(purchase(2));
            break;
        } catch (const StoreFault& fault) {
            EXPECT_TRUE(fault.retryable);
            ++faults;
        }
    }
    EXPECT_LE(faults, 1);
    for (int attempt = 0; attempt < 3; ++attempt) {
        try {
            EXPECT_EQ(counts(*store).receipts, 2);
            break;
        } catch (const StoreFault& fault) {
            EXPECT_TRUE(fault.retryable);
        }
    }
    EXPECT_EQ(counts(*store).receipts, 2);
}

TEST_F(Postgres, NoticesWhatAnotherServerPublishes) {
    const TestDatabase database;
    const auto here = open(database.url());
    const auto there = open(database.url());
    const std::int64_t before = here->change_mark();
    there->commit(purchase(1));
    EXPECT_EQ(here->change_mark(), before) << "purchases are not what servers keep in memory";
    Batch own;
    own.organisations = {{"mine", "Mine", kNow}};
    here->commit(own);
    EXPECT_EQ(here->change_mark(), before) << "one's own changes are known";
    Batch theirs;
    theirs.organisations = {{"theirs", "Theirs", kNow}};
    there->commit(theirs);
    EXPECT_NE(here->change_mark(), before);
    EXPECT_TRUE(here->is_shared());
}

TEST_F(Postgres, LetsOneOfTwoWritersWin) {
    const TestDatabase database;
    const auto here = open(database.url());
    here->commit(purchase(1));
    constexpr int kWriters = 4;
    constexpr int kRounds = 25;
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
        writers.emplace_back([&] {
            const auto store = open(database.url());
            for (int i = 0; i < kRounds;) {
                Batch batch;
                batch.states = {*store->find_state(owner(1))};
                ++batch.states.front().version;
                ++batch.states.front().entries;
                try {
                    store->commit(batch);
                    ++won;
                    ++i;
                } catch (const Conflict& conflict) {
                    EXPECT_EQ(conflict.table, "account_state");
                    ++lost;
                }
            }
        });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(won, kWriters * kRounds);
    const auto state = here->find_state(owner(1));
    EXPECT_EQ(state->version, 1 + kWriters * kRounds);
    EXPECT_EQ(state->entries, state_row(1).entries + kWriters * kRounds) << "no change was lost";
}

TEST_F(Postgres, StreamsTablesOfAnySizeAndReadsBetweenTheirRows) {
    const TestDatabase database;
    const auto store = open(database.url());
    constexpr std::uint64_t kMany = 700;  // more than a piece
    Batch batch;
    for (std::uint64_t n = 1; n <= kMany; ++n) batch.append(purchase(n));
    store->commit(batch);
    std::uint64_t seen = 0;
    Visitor visitor;
    visitor.receipt = [&](const ReceiptRow& row) {
        const bool reads = seen++ % 100 == 0;
        EXPECT_TRUE(!reads || store->find_receipt(row.org, row.programme, row.account, row.id).has_value());
        return true;
    };
    store->visit(visitor);
    EXPECT_EQ(seen, kMany);
}

TEST_F(Postgres, WritesTheSameWithoutPipelineAndWithoutPreparing) {
    for (const bool is_pipelined : {true, false}) {
        for (const bool prepares : {true, false}) {
            const TestDatabase database;
            const auto store = open_postgres({.url = database.url(),
                                              .now = kNow,
                                              .is_pipelined = is_pipelined,
                                              .prepares = prepares,
                                              .is_durable = false,
                                              .rows_per_statement = 3});
            Batch batch;
            for (std::uint64_t n = 1; n <= 10; ++n) batch.append(purchase(n));
            store->commit(batch);
            EXPECT_EQ(counts(*store).receipts, 10);
            EXPECT_THROW(store->commit(purchase(3)), Conflict);
            store->commit(purchase(11));
            EXPECT_EQ(counts(*store).entries, 22);
        }
    }
}

TEST(Address, IsToldWithoutItsSecret) {
    EXPECT_EQ(without_secret("postgresql://suki:hush@db.example:5432/suki?sslmode=require"),
              "postgresql://suki@db.example:5432/suki?sslmode=require");
    EXPECT_EQ(without_secret("postgresql:///suki?user=u&password=hush&host=h"), "postgresql:///suki?user=u&password=…&host=h");
    EXPECT_EQ(without_secret("/var/lib/suki.db"), "/var/lib/suki.db");
    EXPECT_EQ(with_password("postgresql://suki@h/suki", "a b&%é"), "postgresql://suki@h/suki?password=a%20b%26%25%C3%A9");
    EXPECT_EQ(with_password("postgresql:///suki?user=u", "hush"), "postgresql:///suki?user=u&password=hush");
}

}  // namespace suki::store::testing
