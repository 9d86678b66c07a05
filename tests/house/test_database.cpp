#include "house/test_database.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "store/open.h"

namespace suki::house {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

std::string unique_name() {
    static std::atomic<int> number{0};
    return "suki_test_" + std::to_string(getpid()) + "_" + std::to_string(++number);
}

/// The address of another database of the same server: `postgresql:///postgres?…`.
std::string with_database(const std::string& server, const std::string& name) {
    const std::size_t begin = server.find('/', server.find("://") + 3) + 1;
    const std::size_t end = server.find('?', begin);
    return server.substr(0, begin) + name + (end == std::string::npos ? std::string{} : server.substr(end));
}

}  // namespace

std::string test_server() { return environment("SUKI_TEST_POSTGRES"); }

namespace {

/// The first column of each row.
std::vector<std::string> ask(const std::string& url, const std::string& statement) {
    PGconn* connection = PQconnectdb(url.c_str());
    PGresult* result = PQexec(connection, statement.c_str());
    const ExecStatusType status = PQresultStatus(result);
    const std::string why = PQerrorMessage(connection);
    std::vector<std::string> rows;
    for (int i = 0; i < PQntuples(result); ++i) rows.emplace_back(PQgetvalue(result, i, 0));
    PQclear(result);
    PQfinish(connection);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(statement + ": " + why);
    return rows;
}

}  // namespace

void run_sql(const std::string& url, const std::string& statement) { (void)ask(url, statement); }

void empty_database(const std::string& url) {
    static const std::string statement = [&url] {
        std::string text = "set session_replication_role = replica";
        for (const std::string& table : ask(url,
                                            "select tablename from pg_tables where schemaname = 'suki' "
                                            "and tablename not in ('migration', 'bulletin') order by 1")) {
            text += "; delete from suki." + table;
        }
        return text;
    }();
    run_sql(url, statement);
}

TestDatabase::TestDatabase() : name_(unique_name()) {
    // Made from a copy that has the tables already: a tenth of the time that the migrations take.
    static std::once_flag once;
    static std::string model;
    std::call_once(once, [] {
        model = unique_name();
        run_sql(test_server(), "create database " + model);
        (void)store::open_store({.db = with_database(test_server(), model), .now = Instant{1'577'836'800'000'000}});
        std::atexit([] {
            try {
                run_sql(test_server(), "drop database if exists " + model + " with (force)");
            } catch (const std::exception&) {  // the server goes away with the tests anyway
            }
        });
    });
    run_sql(test_server(), "create database " + name_ + " template " + model);
    url_ = with_database(test_server(), name_);
}

TestDatabase::~TestDatabase() {
    try {
        run_sql(test_server(), "drop database if exists " + name_ + " with (force)");
    } catch (const std::exception&) {}
}

std::string lent_database() {
    // To be emptied takes a database a tenth of the time that it takes to be made and dropped.
    static std::mutex mutex;
    static std::vector<std::unique_ptr<TestDatabase>> databases;
    const std::lock_guard lock{mutex};
    const std::vector<std::string> used =
        ask(test_server(), "select distinct datname from pg_stat_activity where datname is not null");
    for (const auto& database : databases) {
        if (std::find(used.begin(), used.end(), database->name()) != used.end()) continue;
        empty_database(database->url());
        return database->url();
    }
    databases.push_back(std::make_unique<TestDatabase>());
    return databases.back()->url();
}

std::unique_ptr<store::Store> test_store(Instant now) {
    if (environment("SUKI_TEST_STORE") != "postgres") return store::open_store({.now = now});
    return store::open_store({.db = lent_database(), .now = now});
}

}  // namespace suki::house
