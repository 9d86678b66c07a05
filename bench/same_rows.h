#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "machine.h"

/// The rows of a database of Suki's, written by SQLite alone: what an import can't be faster than.
namespace suki::bench {

/// Copies all rows that belong to accounts into a new database with the same tables and indexes, owner by owner as an import writes
/// them, in commits of `group` receipts each (WAL, synchronous = full). Holds all of them in memory before the clock starts.
class SameRows {
public:
    SameRows(const std::string& from, std::string to) : to_(std::move(to)) {
        must(sqlite3_open_v2(from.c_str(), &from_, SQLITE_OPEN_READONLY, nullptr));
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(to_ + suffix);
        must(sqlite3_open(to_.c_str(), &database_));
        execute(
            "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 16000");
        make_tables();
    }
    ~SameRows() {
        for (const Table& table : tables_) sqlite3_finalize(table.insert);
        sqlite3_close(from_);
        sqlite3_close(database_);
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(to_ + suffix);
    }
    SameRows(const SameRows&) = delete;
    SameRows& operator=(const SameRows&) = delete;

    struct Rate {
        double receipts_a_second = 0;
        double cpu_us = 0;  // of one receipt
    };
    Rate write(int group) {
        const double started = wall_s(), cpu = own_cpu_s();
        std::int64_t receipts = 0, begun = 0;
        execute("begin immediate");
        for (auto& [account, rows] : accounts_) {
            for (Row& row : rows) {
                insert(row);
                receipts += tables_[row.table].name == "receipt" ? 1 : 0;
                if (receipts - begun < group) continue;
                execute("commit; begin immediate");
                begun = receipts;
            }
        }
        execute("commit");
        const auto count = static_cast<double>(receipts);
        return {count / (wall_s() - started), (own_cpu_s() - cpu) / count * 1e6};
    }

private:
    struct Table {
        std::string name;
        sqlite3_stmt* insert = nullptr;
    };
    struct Row {
        std::size_t table = 0;
        std::vector<sqlite3_value*> values;
    };

    void must(int code) const {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
        std::printf("sqlite: %s\n", database_ == nullptr ? "can't be opened" : sqlite3_errmsg(database_));
        std::exit(1);
    }
    void execute(const char* sql) const { must(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }

    void make_tables() {
        sqlite3_stmt* schema = nullptr;
        must(sqlite3_prepare_v2(from_, "select type, name, sql from sqlite_master where sql is not null order by rowid", -1,
                                &schema, nullptr));
        std::vector<std::string> names;
        while (sqlite3_step(schema) == SQLITE_ROW) {
            execute(reinterpret_cast<const char*>(sqlite3_column_text(schema, 2)));
            const std::string type = reinterpret_cast<const char*>(sqlite3_column_text(schema, 0));
            if (type == "table") names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(schema, 1)));
        }
        sqlite3_finalize(schema);
        for (const std::string& name : names) read(name);
    }

    /// Of a table whose rows belong to accounts.
    void read(const std::string& name) {
        sqlite3_stmt* select = nullptr;
        const std::string key = name == "account" ? "id" : "account";
        const std::string text = "select hex(" + key + "), * from " + name + " where " + key + " is not null";
        if (sqlite3_prepare_v2(from_, text.c_str(), -1, &select, nullptr) != SQLITE_OK) return;
        const int columns = sqlite3_column_count(select) - 1;
        std::string places = "?";
        for (int i = 1; i < columns; ++i) places += ", ?";
        Table table{.name = name};
        must(sqlite3_prepare_v2(database_, ("insert into " + name + " values (" + places + ")").c_str(), -1, &table.insert,
                                nullptr));
        tables_.push_back(table);
        while (sqlite3_step(select) == SQLITE_ROW) {
            Row row{.table = tables_.size() - 1, .values = {}};
            for (int i = 0; i < columns; ++i) row.values.push_back(sqlite3_value_dup(sqlite3_column_value(select, i + 1)));
            accounts_[reinterpret_cast<const char*>(sqlite3_column_text(select, 0))].push_back(std::move(row));
        }
        sqlite3_finalize(select);
    }

    void insert(Row& row) {
        sqlite3_stmt* statement = tables_[row.table].insert;
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            must(sqlite3_bind_value(statement, static_cast<int>(i) + 1, row.values[i]));
        }
        must(sqlite3_step(statement));
        must(sqlite3_reset(statement));
        for (sqlite3_value* value : row.values) sqlite3_value_free(value);
    }

    std::string to_;
    sqlite3* from_ = nullptr;
    sqlite3* database_ = nullptr;
    std::vector<Table> tables_;
    std::map<std::string, std::vector<Row>> accounts_;  // ids are random: in an order that has nothing to do with buckets
};

}  // namespace suki::bench
