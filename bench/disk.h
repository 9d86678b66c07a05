#pragma once

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>

#include "machine.h"

/// What the disk and SQLite can do by themselves, beside which durable writes are judged.
namespace suki::bench {

/// fdatasync of 4 KiB over the same file, a second.
inline double syncs_a_second(const std::string& folder, double seconds) {
    const std::string path = folder + "/sync.bin";
    const std::string block(4096, 'x');
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0644);
    for (int i = 0; i < 1024; ++i) {
        if (pwrite(file, block.data(), block.size(), i * 4096) != 4096) std::exit(1);
    }
    fsync(file);
    const double started = wall_s();
    int done = 0;
    for (; wall_s() - started < seconds; ++done) {
        if (pwrite(file, block.data(), block.size(), done % 1024 * 4096) != 4096 || fdatasync(file) != 0) std::exit(1);
    }
    const double spent = wall_s() - started;
    close(file);
    std::filesystem::remove(path);
    return done / spent;
}

struct Postings {
    double a_second = 0;
    double cpu_us = 0;  // of one posting
};
/// Plain postings in SQLite (WAL, synchronous=FULL): one row of `bytes` inserted and one balance updated, `group` to a commit.
inline Postings postings_a_second(const std::string& folder, int group, std::size_t bytes, double seconds) {
    const std::string path = folder + "/postings.db";
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    sqlite3* database = nullptr;
    const auto must = [&](int code) {
        if (code == SQLITE_OK || code == SQLITE_DONE) return;
        std::printf("sqlite: %s\n", sqlite3_errmsg(database));
        std::exit(1);
    };
    const auto execute = [&](const char* sql) { must(sqlite3_exec(database, sql, nullptr, nullptr, nullptr)); };
    must(sqlite3_open(path.c_str(), &database));
    execute(
        "pragma journal_mode = wal; pragma synchronous = full;"
        "create table entry (id integer primary key, account integer not null, points integer not null, packed blob not null);"
        "create table balance (account integer primary key, points integer not null); begin");
    for (int i = 0; i < 2000; ++i) execute(("insert into balance values (" + std::to_string(i) + ", 0)").c_str());
    execute("commit");
    sqlite3_stmt *insert = nullptr, *update = nullptr, *begin = nullptr, *commit = nullptr;
    must(sqlite3_prepare_v2(database, "insert into entry (account, points, packed) values (?1, ?2, ?3)", -1, &insert, nullptr));
    must(sqlite3_prepare_v2(database, "update balance set points = points + ?2 where account = ?1", -1, &update, nullptr));
    must(sqlite3_prepare_v2(database, "begin immediate", -1, &begin, nullptr));
    must(sqlite3_prepare_v2(database, "commit", -1, &commit, nullptr));
    const std::string packed(bytes, 'p');
    const auto run = [&](sqlite3_stmt* statement) {
        must(sqlite3_step(statement));
        must(sqlite3_reset(statement));
    };
    const double started = wall_s(), cpu = own_cpu_s();
    std::int64_t done = 0;
    while (wall_s() - started < seconds) {
        run(begin);
        for (int i = 0; i < group; ++i, ++done) {
            const std::int64_t account = done * 7919 % 2000;
            for (sqlite3_stmt* statement : {insert, update}) {
                must(sqlite3_bind_int64(statement, 1, account));
                must(sqlite3_bind_int64(statement, 2, 10));
            }
            must(sqlite3_bind_blob(insert, 3, packed.data(), static_cast<int>(packed.size()), SQLITE_STATIC));
            run(insert);
            run(update);
        }
        run(commit);
    }
    const Postings measured{static_cast<double>(done) / (wall_s() - started),
                            (own_cpu_s() - cpu) / static_cast<double>(done) * 1e6};
    for (sqlite3_stmt* statement : {insert, update, begin, commit}) sqlite3_finalize(statement);
    sqlite3_close(database);
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    return measured;
}

}  // namespace suki::bench
