#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/app.h"
#include "base/time.h"
#include "store/in_flight.h"
#include "store/store.h"

/// The rim: here the clock, the source of chance, the time zones and the database become values that the rooms below take.
namespace suki::cli {

/// Where a verb works. `programme` may stay empty where the database holds only one.
struct Place {
    std::string db;
    std::string db_password_file;       // of a PostgreSQL; empty: its address says all
    std::string replica;                // a standby of a PostgreSQL, for reading; empty: none
    std::string state;                  // the folder for what this machine keeps of a database elsewhere; empty: the user's own
    std::string organisation = "main";  // empty: none, or all, as the verb has it
    std::string programme;
};

/// A mistake that the person at the terminal can mend: printed as one sentence, exit code 2.
struct UsageError {
    std::string what;
};

struct Opened {
    std::unique_ptr<store::Store> store;
    std::unique_ptr<store::InFlight> in_flight;
    std::unique_ptr<app::App> app;  // goes first
};

Instant system_now();
void system_random(std::span<std::uint8_t> bytes);

/// Hears what an operator should know, one sentence; an alarm wants somebody at once.
using Tell = std::function<void(bool is_alarm, const std::string& sentence)>;
void tell_plainly(bool is_alarm, const std::string& sentence);

/// Opens (and with `may_create` creates) the database of `place` and the application on it, with the organisation in it. `now`
/// replaces the system's clock; `is_durable` off is for loads that start anew when they are cut off; `change` is for tests. Throws
/// UsageError and what the store throws.
Opened open_place(const Place& place, bool may_create, std::function<Instant()> now = system_now, bool is_durable = true,
                  const std::function<void(app::Wiring&)>& change = {}, const Tell& tell = tell_plainly);
/// `place.db`, with the password of its file in it. Throws UsageError.
std::string address_of(const Place& place);
/// The same of the replica; empty where there is none.
std::string replica_of(const Place& place);
/// `place.programme`, or the only one there is. Throws UsageError.
std::string programme_of(const Place& place, const app::App& app);
/// The file's bytes; `-` is standard input. Throws UsageError.
std::string read_file(const std::string& path);
app::Caller caller_of(const Place& place);
/// One sentence for a refusal, with its code.
std::string sentence(const app::Refusal& refusal);

/// Progress on standard error: a line that is rewritten on a terminal, and every few seconds a new one elsewhere.
class Progress {
public:
    Progress(std::string what, std::uint64_t total);
    void at(std::uint64_t done, std::uint64_t rows);
    void finish(std::uint64_t rows);

private:
    void show(std::uint64_t done, std::uint64_t rows, bool is_last);
    std::string what_;
    std::uint64_t total_;
    std::int64_t started_us_;
    std::int64_t shown_us_ = 0;
    bool is_terminal_;
};

}  // namespace suki::cli
