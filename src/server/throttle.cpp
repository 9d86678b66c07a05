#include "server/throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/digest.h"

namespace suki::server {

namespace {

constexpr std::int64_t kSweptEveryS = 60;

std::int64_t wait_after(int failures) {
    const int steps = failures - SignInThrottle::failures_free;
    if (steps < 0) return 0;
    return std::min(SignInThrottle::wait_max_s, std::int64_t{1} << std::min(steps, 20));
}

}  // namespace

std::int64_t SignInThrottle::wait_s(std::string_view address, std::int64_t now_s) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(address);
    if (found == entries_.end()) return 0;
    if (now_s - found->second.last_at_s >= forget_after_s) {
        entries_.erase(found);
        return 0;
    }
    return std::max<std::int64_t>(0, found->second.last_at_s + wait_after(found->second.failures) - now_s);
}

void SignInThrottle::on_failure(std::string_view address, std::int64_t now_s) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= addresses_max && !entries_.contains(address)) {
        // Memory stays bounded: the address that failed longest ago makes room.
        const auto oldest = std::min_element(entries_.begin(), entries_.end(),
                                             [](const auto& a, const auto& b) { return a.second.last_at_s < b.second.last_at_s; });
        entries_.erase(oldest);
    }
    Entry& entry = entries_[std::string{address}];
    if (entry.failures > 0 && now_s - entry.last_at_s >= forget_after_s) entry.failures = 0;
    entry.failures = std::min(entry.failures + 1, 1'000);
    entry.last_at_s = now_s;
    entry.is_told = false;
}

bool SignInThrottle::is_news(std::string_view address) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(address);
    return found != entries_.end() && !std::exchange(found->second.is_told, true);
}

void SignInThrottle::on_success(std::string_view address) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(address);
    if (found != entries_.end()) entries_.erase(found);
}

GuessBudget::Entry& GuessBudget::fill(std::string_view key, std::int64_t now_s) {
    auto found = entries_.find(key);
    if (found == entries_.end()) {
        // Memory stays bounded; a key that comes back begins with a full budget.
        if (entries_.size() >= keys_max) entries_.erase(entries_.begin());
        found = entries_.emplace(std::string{key}, Entry{.filled_at_s = now_s}).first;
    }
    Entry& entry = found->second;
    entry.left = std::min(full, entry.left + (now_s - entry.filled_at_s) * finds_per_miss / seconds_per_miss);
    entry.filled_at_s = now_s;
    return entry;
}

std::int64_t GuessBudget::wait_s(std::string_view key, std::int64_t now_s) {
    const std::lock_guard lock(mutex_);
    const std::int64_t missing = finds_per_miss - fill(key, now_s).left;
    return missing <= 0 ? 0 : (missing * seconds_per_miss + finds_per_miss - 1) / finds_per_miss;
}

bool GuessBudget::on_miss(std::string_view key, std::int64_t now_s) {
    const std::lock_guard lock(mutex_);
    Entry& entry = fill(key, now_s);
    const bool was_open = entry.left >= finds_per_miss;
    entry.left = std::max<std::int64_t>(0, entry.left - finds_per_miss);
    return was_open && entry.left < finds_per_miss;
}

void GuessBudget::on_find(std::string_view key, std::int64_t now_s) {
    const std::lock_guard lock(mutex_);
    Entry& entry = fill(key, now_s);
    entry.left = std::min(full, entry.left + 1);
}

std::int64_t RequestBudget::take(std::string_view caller, std::int64_t now_s) {
    if (per_second_ <= 0) return 0;
    const std::int64_t full = per_second_ * burst_s;
    const std::lock_guard lock(mutex_);
    // One that was not asked for so long is full again, as if it were not there.
    if (now_s - young_since_s_ >= burst_s || young_.size() >= callers_max) {
        old_ = std::exchange(young_, {});
        young_since_s_ = now_s;
    }
    auto found = young_.find(caller);
    if (found == young_.end()) {
        const auto before = old_.find(caller);
        const Entry entry = before == old_.end() ? Entry{.left = full, .filled_at_s = now_s} : before->second;
        found = young_.emplace(std::string{caller}, entry).first;
    }
    Entry& entry = found->second;
    const std::int64_t seconds = std::clamp<std::int64_t>(now_s - entry.filled_at_s, 0, burst_s);
    entry.left = std::min(full, entry.left + seconds * per_second_);
    entry.filled_at_s = std::max(entry.filled_at_s, now_s);
    if (entry.left <= 0) return 1;
    --entry.left;
    return 0;
}

bool News::is_news(const std::string& name, std::int64_t now_s) {
    const std::lock_guard lock(mutex_);
    const auto found = told_.find(name);
    if (found != told_.end()) {
        if (now_s - found->second < quiet_s) return false;
        found->second = now_s;
        return true;
    }
    if (told_.size() >= most_ && now_s - swept_at_s_ >= kSweptEveryS) {
        swept_at_s_ = now_s;
        std::erase_if(told_, [now_s](const auto& entry) { return now_s - entry.second >= quiet_s; });
    }
    if (told_.size() >= most_) return false;
    told_.emplace(name, now_s);
    return true;
}

std::int64_t steady_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string throttled_address(std::string_view address) {
    std::array<unsigned char, 16> bytes{};
    const std::string text{address};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
    // As a listener of both kinds sees IPv4: ::ffff:10.0.0.1.
    constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
        std::array<char, INET_ADDRSTRLEN> dotted{};
        return inet_ntop(AF_INET, bytes.data() + kMapped.size(), dotted.data(), dotted.size());
    }
    return "ip6:" + to_hex(std::string_view{reinterpret_cast<const char*>(bytes.data()), 8});
}

}  // namespace suki::server
