#pragma once

#include <memory>
#include <string>

#include "base/time.h"

namespace suki::store {
class Store;
}

/// Databases for tests: of SQLite in memory, or of the PostgreSQL that SUKI_TEST_POSTGRES names (scripts/test.sh starts one).
namespace suki::house {

/// The server's address; empty where there is none.
std::string test_server();

/// An empty database of the test server, dropped at the end.
class TestDatabase {
public:
    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& url() const { return url_; }

private:
    std::string name_;
    std::string url_;
};

/// Runs one statement on a server or database. Throws std::runtime_error.
void run_sql(const std::string& url, const std::string& statement);

/// Leaves of a database what a new one has. Its tables are Suki's.
void empty_database(const std::string& url);

/// The address of an empty database whose tables nobody changes. It is lent again when nothing is connected to it any more.
std::string lent_database();

/// A database in memory, or with SUKI_TEST_STORE=postgres one of the test server. Its address is empty in memory.
std::unique_ptr<store::Store> test_store(Instant now);

}  // namespace suki::house
