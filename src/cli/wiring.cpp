#include "cli/wiring.h"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "base/digest.h"
#include "cli/zones.h"
#include "store/open.h"

namespace suki::cli {

Instant system_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

void system_random(std::span<std::uint8_t> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = getrandom(bytes.data() + done, bytes.size() - done, 0);
        if (count < 0) throw std::runtime_error("the system gives no random bytes");
        done += static_cast<std::size_t>(count);
    }
}

/// Where this machine keeps what it knows of a database that is elsewhere: files in a folder of this user's own.
static std::string state_path(const Place& place) {
    const char* home = std::getenv("HOME");
    std::filesystem::path folder = !place.state.empty() ? std::filesystem::path{place.state}
                                   : home != nullptr    ? std::filesystem::path{home} / ".local/state/suki"
                                                        : std::filesystem::path{"/var/lib/suki"};
    std::error_code error;
    if (std::filesystem::create_directories(folder, error)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    }
    return (folder / to_hex(sha256(store::without_secret(place.db))).substr(0, 16)).string();
}

void tell_plainly(bool is_alarm, const std::string& sentence) {
    std::cerr << (is_alarm ? "suki: ALARM: " : "suki: ") + sentence + "\n";
}

Opened open_place(const Place& place, bool may_create, std::function<Instant()> now, bool is_durable,
                  const std::function<void(app::Wiring&)>& change, const Tell& tell) {
    if (place.db.empty()) throw UsageError{"name the database: --db FILE"};
    const bool is_file = !store::is_postgres(place.db);
    if (is_file && !may_create && !std::filesystem::exists(place.db)) {
        throw UsageError{"there is no database " + place.db + "; `suki publish` and `suki serve` make one"};
    }
    Opened opened;
    const auto notice = [tell](const std::string& what) { tell(false, what); };
    opened.store = store::open_store(
        {.db = address_of(place), .now = now(), .is_durable = is_durable, .replica = replica_of(place), .tell = notice});
    opened.in_flight = std::make_unique<store::InFlight>(is_file ? place.db : state_path(place), notice);
    app::Wiring wiring;
    wiring.in_flight = opened.in_flight.get();
    wiring.alarm = [tell](const std::string& what) { tell(true, what); };
    wiring.zones = load_zone;
    wiring.now = std::move(now);
    wiring.random = system_random;
    if (change) change(wiring);
    store::InFlight::accuse_on_crash();
    opened.app = std::make_unique<app::App>(*opened.store, std::move(wiring));
    bool is_there = place.organisation.empty();  // all of them
    for (const std::string& organisation : opened.app->organisations()) is_there = is_there || organisation == place.organisation;
    if (!is_there) {
        if (!may_create) throw UsageError{"the database has no organisation " + place.organisation};
        const auto made = opened.app->run(app::Caller{}, app::CreateOrganisation{place.organisation, place.organisation});
        if (!made) throw UsageError{sentence(made.error())};
    }
    return opened;
}

namespace {

std::string with_password_of(const Place& place, const std::string& address) {
    if (place.db_password_file.empty() || !store::is_postgres(address)) return address;
    std::string password = read_file(place.db_password_file);
    while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
    if (password.empty()) throw UsageError{place.db_password_file + " holds no password"};
    return store::with_password(address, password);
}

}  // namespace

std::string address_of(const Place& place) {
    if (place.db.empty()) throw UsageError{"name the database: --db FILE"};
    return with_password_of(place, place.db);
}

std::string replica_of(const Place& place) {
    if (place.replica.empty()) return {};
    if (!store::is_postgres(place.db) || !store::is_postgres(place.replica)) {
        throw UsageError{"a replica is a standby of a PostgreSQL: --db and --replica both begin with postgresql://"};
    }
    return with_password_of(place, place.replica);
}

std::string programme_of(const Place& place, const app::App& app) {
    if (!place.programme.empty()) return place.programme;
    const auto programmes = app.programmes(place.organisation);
    if (programmes.size() == 1) return programmes.front().id;
    if (programmes.empty()) throw UsageError{"no programme is published yet: suki publish FILE --db …"};
    throw UsageError{"the database holds several programmes: name one with --programme"};
}

std::string read_file(const std::string& path) {
    std::ostringstream bytes;
    if (path == "-") {
        bytes << std::cin.rdbuf();
        return bytes.str();
    }
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) throw UsageError{path + " can't be read"};
    bytes << file.rdbuf();
    return bytes.str();
}

app::Caller caller_of(const Place& place) { return {place.organisation, "cli", "", "cli"}; }

std::string sentence(const app::Refusal& refusal) {
    std::string text = refusal.code;
    if (!refusal.pointer.empty()) text += " at " + refusal.pointer;
    for (const auto& [name, value] : refusal.arguments) text += " " + name + "=" + value;
    return text;
}

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), started_us_(system_now().us), is_terminal_(isatty(STDERR_FILENO) != 0) {}

void Progress::at(std::uint64_t done, std::uint64_t rows) {
    const std::int64_t now = system_now().us;
    if (now - shown_us_ < (is_terminal_ ? kSecondUs / 4 : 5 * kSecondUs)) return;
    shown_us_ = now;
    show(done, rows, false);
}

void Progress::finish(std::uint64_t rows) { show(total_, rows, true); }

void Progress::show(std::uint64_t done, std::uint64_t rows, bool is_last) {
    const std::int64_t spent_us = std::max<std::int64_t>(system_now().us - started_us_, 1);
    const auto rate = static_cast<std::int64_t>(rows) * kSecondUs / spent_us;
    const std::uint64_t per_cent = total_ == 0 ? 100 : std::min<std::uint64_t>(done * 100 / total_, 100);
    std::fprintf(stderr, "%s%s: %llu %%, %llu, %lld/s", is_terminal_ ? "\r\033[K" : "", what_.c_str(),
                 static_cast<unsigned long long>(per_cent), static_cast<unsigned long long>(rows), static_cast<long long>(rate));
    if (!is_last && done > 0 && total_ > done) {
        const auto left_s = spent_us / kSecondUs * static_cast<std::int64_t>(total_ - done) / static_cast<std::int64_t>(done);
        std::fprintf(stderr, ", %lld s left", static_cast<long long>(left_s));
    }
    if (is_last || !is_terminal_) std::fputc('\n', stderr);
}

}  // namespace suki::cli
