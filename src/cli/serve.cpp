#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <thread>

#include "cli/supervisor.h"
#include "cli/verbs.h"
#include "server/server.h"
#include "store/open.h"

namespace suki::cli {

namespace {

using namespace std::chrono_literals;

constexpr const char* kFirstUser = "admin";

/// The first start makes an administrator and shows the password: there is no default one. It is shown on a terminal only, for
/// what else reads our output keeps it: a journal, a log file.
void make_first_user(app::App& app, const Place& place, const std::string& base) {
    if (!app.is_first_start()) {
        std::cout << "Sign in at " << base << "/ (a new user: suki user add NAME --db " << store::without_secret(place.db) << ")\n";
        return;
    }
    if (isatty(STDOUT_FILENO) == 0) {
        std::cout << "Nobody can sign in at " << base << "/ yet: suki user add " << kFirstUser << " --db "
                  << store::without_secret(place.db) << " makes a user and prints the password\n";
        return;
    }
    const auto user = app.run(caller_of(place), app::CreateUser{.name = kFirstUser});
    if (!user) throw UsageError{"the first user can't be made: " + sentence(user.error())};
    std::cout << "\n  Sign in at " << base << "/\n  name      " << kFirstUser << "\n  password  " << user->password
              << "\n\n  The password is shown only now. A new user: suki user add NAME --db " << store::without_secret(place.db)
              << "\n\n";
}

std::int64_t monotonic_us() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// Meanwhile tells the supervisor that we live, and only while the network does: whoever hangs is ended and started anew.
int wait_for_signal(const sigset_t& signals, const server::Server& server, const Supervisor& supervisor) {
    if (supervisor.watchdog().count() == 0) {
        int received = 0;
        return sigwait(&signals, &received) == 0 ? received : SIGTERM;
    }
    const auto within = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(supervisor.watchdog()) / 2, 1'000ms);
    // Three times before it is missed.
    const std::int64_t pause_us = supervisor.watchdog().count() / 3;
    const timespec pause{.tv_sec = pause_us / 1'000'000, .tv_nsec = pause_us % 1'000'000 * 1'000};
    for (;;) {
        if (server.is_turning(within)) supervisor.say("WATCHDOG=1");
        const int received = sigtimedwait(&signals, nullptr, &pause);
        if (received > 0) return received;
    }
}

}  // namespace

int serve(const ServeOptions& options) {
    // Blocked here, before any thread starts, so that only the wait below receives them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    const Supervisor supervisor{system_environment()};
    // Else whoever closes the terminal means it.
    if (!options.tls_certificate.empty() || supervisor.is_there()) sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
    // A limit on the size of files is a disk that is full, and no reason to die.
    signal(SIGXFSZ, SIG_IGN);

    const server::Log log{from_name<server::LogLevel>(options.log_level).value_or(server::LogLevel::info),
                          from_name<server::LogFormat>(options.log_format).value_or(server::LogFormat::json)};
    const Tell tell = [&log](bool is_alarm, const std::string& sentence) {
        log.say(is_alarm ? server::LogLevel::error : server::LogLevel::warning, is_alarm ? "alarm" : "notice",
                {{"message", sentence}});
    };
    const auto change_wiring = [&options](app::Wiring& wiring) {
        wiring.account_bytes = static_cast<std::size_t>(options.account_memory_mib) << 20;
        wiring.public_url = options.public_url;
        wiring.signing_key_days = options.signing_key_days;
        if (options.change_wiring) options.change_wiring(wiring);
    };
    Opened opened = open_place(options.place, true, system_now, true, change_wiring, tell);
    server::Options server_options;
    server_options.address = options.address;
    server_options.port = static_cast<std::uint16_t>(options.port);
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    server_options.loops = options.threads > 0 ? static_cast<unsigned>(options.threads) : cores;
    server_options.is_secure = options.behind_tls;
    server_options.tls_certificate = options.tls_certificate;
    server_options.requests_per_second = options.requests_per_second;
    server_options.address_requests_per_second = options.address_requests_per_second;
    server_options.member_requests_per_second = options.member_requests_per_second;
    server_options.tls_key = options.tls_key;
    server_options.trusted_proxies = options.trusted_proxies;
    if (options.behind_tls && options.trusted_proxies.empty()) server_options.trusted_proxies = {"127.0.0.0/8", "::1"};
    server_options.log = log;
    server::Server server(*opened.app, server_options);
    const auto started = server.start();
    if (!started) throw UsageError{started.error()};
    const std::string base =
        (options.tls_certificate.empty() ? "http://" : "https://") + options.address + ":" + std::to_string(server.port());
    std::cout << "Suki serves " << base << std::endl;
    make_first_user(*opened.app, options.place, base);
    std::cout << std::flush;

    supervisor.say("READY=1\nSTATUS=serves " + base);
    while (wait_for_signal(signals, server, supervisor) == SIGHUP) {
        if (options.tls_certificate.empty()) continue;
        supervisor.say("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us()));
        const auto reloaded = server.reload_certificates();
        tell(!reloaded,
             reloaded ? std::string{"the certificate was read anew"} : "the certificate stays as it was: " + reloaded.error());
        supervisor.say("READY=1");
    }
    supervisor.say("STOPPING=1\nSTATUS=finishing what was accepted");
    std::cout << "stopping: finishing what was accepted" << std::endl;
    server.stop();
    opened.app->stop();
    std::cout << "stopped" << std::endl;
    return 0;
}

}  // namespace suki::cli
