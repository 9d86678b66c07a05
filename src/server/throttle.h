#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace suki::server {

/// Slows down whoever guesses passwords from one address: after `failures_free` failures each further one doubles the wait, up to
/// `wait_max_s`; a quiet hour forgets them. (Failures of one name are counted by the application.) Time is an argument.
class SignInThrottle {
public:
    static constexpr int failures_free = 5;
    static constexpr std::int64_t wait_max_s = 900;
    static constexpr std::int64_t forget_after_s = 3'600;
    static constexpr std::size_t addresses_max = 10'000;

    /// How many seconds this address must still wait; 0: it may try.
    std::int64_t wait_s(std::string_view address, std::int64_t now_s);
    /// Whether this is the first refusal since the last failure: worth writing down.
    bool is_news(std::string_view address);
    void on_failure(std::string_view address, std::int64_t now_s);
    void on_success(std::string_view address);

private:
    struct Entry {
        int failures = 0;
        std::int64_t last_at_s = 0;
        bool is_told = false;
    };
    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

/// How many cards and members that are not there a till's key may name. A miss takes one from a budget that time fills again, and
/// so do twenty finds: a chain whose people now and then show a stranger's card never comes to its end, who tries numbers soon
/// does.
class GuessBudget {
public:
    static constexpr std::int64_t misses_max = 60;
    static constexpr std::int64_t finds_per_miss = 20;
    static constexpr std::int64_t seconds_per_miss = 10;
    static constexpr std::size_t keys_max = 10'000;

    /// How many seconds this key must wait; 0: it may ask.
    std::int64_t wait_s(std::string_view key, std::int64_t now_s);
    /// True when it was the last one of the budget.
    bool on_miss(std::string_view key, std::int64_t now_s);
    void on_find(std::string_view key, std::int64_t now_s);

private:
    static constexpr std::int64_t full = misses_max * finds_per_miss;  // in finds
    struct Entry {
        std::int64_t left = full;
        std::int64_t filled_at_s = 0;
    };
    Entry& fill(std::string_view key, std::int64_t now_s);

    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

/// How many requests each of many may make (keys, people, addresses) or be the subject of (members): as many a second as were
/// given, and up to ten seconds' worth at once. Each server counts by itself.
class RequestBudget {
public:
    static constexpr std::int64_t burst_s = 10;
    static constexpr std::size_t callers_max = 100'000;

    /// 0: as many as they like.
    explicit RequestBudget(std::int64_t per_second) : per_second_(per_second) {}
    /// Takes one; or says how many seconds the caller must wait for it.
    std::int64_t take(std::string_view caller, std::int64_t now_s);

private:
    struct Entry {
        std::int64_t left = 0;
        std::int64_t filled_at_s = 0;
    };
    std::int64_t per_second_;
    std::mutex mutex_;
    // Two generations of at most `callers_max` each: nobody chooses who is forgotten, and names are kept for seconds only.
    std::map<std::string, Entry, std::less<>> young_, old_;
    std::int64_t young_since_s_ = 0;
};

/// Whether something was not said in the last hour: what anybody can cause as often as he likes is written down once.
class News {
public:
    static constexpr std::int64_t quiet_s = 3'600;
    static constexpr std::size_t names_max = 10'000;

    explicit News(std::size_t most = names_max) : most_(most) {}
    /// True the first time; then again after a quiet hour. Where as many are remembered as may be nothing more is news until
    /// the oldest are an hour old: a flood of names must not become a flood of rows.
    bool is_news(const std::string& name, std::int64_t now_s);

private:
    std::mutex mutex_;
    std::map<std::string, std::int64_t, std::less<>> told_;  // when it was told
    const std::size_t most_;
    std::int64_t swept_at_s_ = 0;
};

/// A clock for all of them, which nobody sets.
std::int64_t steady_seconds();

/// The part of an address that one attacker holds: all of IPv4, the first 64 bits of IPv6.
std::string throttled_address(std::string_view address);

}  // namespace suki::server
