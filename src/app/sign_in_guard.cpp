#include "app/sign_in_guard.h"

#include <algorithm>
#include <utility>

namespace suki::app {

namespace {

std::int64_t seconds_until(Instant at, Instant now) { return at <= now ? 0 : (at.us - now.us + kSecondUs - 1) / kSecondUs; }

Instant after(Instant at, std::int64_t seconds) { return {at.us + seconds * kSecondUs}; }

}  // namespace

bool SignInGuard::is_over(const Failures& failures, Instant now) { return after(failures.first_at, window_s) <= now; }

void SignInGuard::forget_old(Failures& failures, Instant now) {
    if (is_over(failures, now)) failures = {};
}

SignInGuard::Name& SignInGuard::touch(const std::string& name, Instant now) {
    if (names_.size() >= names_max && !names_.contains(name)) {
        const auto oldest = std::min_element(names_.begin(), names_.end(),
                                             [](const auto& a, const auto& b) { return a.second.last_at < b.second.last_at; });
        names_.erase(oldest);
    }
    Name& entry = names_[name];
    entry.last_at = now;
    return entry;
}

SignInGuard::Verdict SignInGuard::ask(const std::string& name, const std::string& address, Instant now) {
    const std::lock_guard lock{mutex_};
    const auto found = names_.find(name);
    if (found == names_.end()) return {};
    Name& entry = found->second;
    if (const auto here = entry.by_address.find(address); here != entry.by_address.end()) {
        forget_old(here->second, now);
        if (here->second.count >= failures_max) {
            return {.wait_s = std::max<std::int64_t>(1, seconds_until(after(here->second.first_at, window_s), now)),
                    .is_news = !std::exchange(here->second.is_told, true)};
        }
    }
    forget_old(entry.everywhere, now);
    const bool is_known = std::find(entry.known.begin(), entry.known.end(), address) != entry.known.end();
    if (entry.everywhere.count < name_failures_max || is_known) return {};
    if (const std::int64_t wait = seconds_until(entry.next_turn_at, now); wait > 0) {
        return {.wait_s = wait, .is_news = !std::exchange(entry.everywhere.is_told, true)};
    }
    entry.next_turn_at = after(now, turn_s);
    return {};
}

void SignInGuard::on_failure(const std::string& name, const std::string& address, Instant now) {
    const std::lock_guard lock{mutex_};
    Name& entry = touch(name, now);
    // Those of old are only in the way: so many addresses are not remembered for ever.
    std::erase_if(entry.by_address, [&](const auto& one) { return is_over(one.second, now); });
    for (Failures* failures : {&entry.by_address[address], &entry.everywhere}) {
        forget_old(*failures, now);
        if (failures->count++ == 0) failures->first_at = now;
    }
}

void SignInGuard::on_success(const std::string& name, const std::string& address, Instant now) {
    const std::lock_guard lock{mutex_};
    Name& entry = touch(name, now);
    entry.by_address.erase(address);
    entry.known.remove(address);
    entry.known.push_front(address);
    if (entry.known.size() > known_max) entry.known.pop_back();
}

}  // namespace suki::app
