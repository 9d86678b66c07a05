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
    void on_failure(std::string_view address, std::int64_t now_s);
    void on_success(std::string_view address);

private:
    struct Entry {
        int failures = 0;
        std::int64_t last_at_s = 0;
    };
    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

/// The part of an address that one attacker holds: all of IPv4, the first 64 bits of IPv6.
std::string throttled_address(std::string_view address);

}  // namespace suki::server
