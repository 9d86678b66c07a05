#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/time.h"

namespace suki::app {

/// Slows down whoever guesses the password of a name, without letting anybody lock its owner out
/// (docs/decisions/0062-throttling.md). Failures are counted for a name *from* an address: what strangers do elsewhere closes
/// nothing for the owner. Where one name is guessed at from many addresses, addresses that never signed in as it take turns; those
/// that did go on as before. Names that nobody has are counted alike. Addresses are compared as given. Time is an argument; any
/// thread.
class SignInGuard {
public:
    static constexpr int failures_max = 5;            // of one name from one address …
    static constexpr std::int64_t window_s = 900;     // … within this, close it there for as long
    static constexpr int name_failures_max = 30;      // of one name from everywhere, within the same time
    static constexpr std::int64_t turn_s = 10;        // then one stranger may try so often
    static constexpr std::size_t names_max = 20'000;  // those that failed longest ago are forgotten first
    static constexpr std::size_t known_max = 20;      // addresses from which one name signed in

    struct Verdict {
        std::int64_t wait_s = 0;  // 0: may try
        bool is_news = false;     // the first refusal since it was closed: worth writing down
    };
    Verdict ask(const std::string& name, const std::string& address, Instant now);
    void on_failure(const std::string& name, const std::string& address, Instant now);
    void on_success(const std::string& name, const std::string& address, Instant now);

private:
    struct Failures {
        int count = 0;
        Instant first_at;
        bool is_told = false;
    };
    struct Name {
        std::map<std::string, Failures> by_address;
        Failures everywhere;
        Instant next_turn_at;
        std::list<std::string> known;  // the newest first
        Instant last_at;
    };
    Name& touch(const std::string& name, Instant now);
    static bool is_over(const Failures& failures, Instant now);
    static void forget_old(Failures& failures, Instant now);

    std::mutex mutex_;
    std::map<std::string, Name> names_;
};

}  // namespace suki::app
