#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/app.h"

namespace suki::server {

/// What the database holds, counted now and then by a thread of its own, so that a scrape costs nothing at any size. Where counting
/// takes long it is done more rarely: never more than a twentieth of the time.
class StoredFigures {
public:
    /// `every` 0: never. Both outlive it.
    StoredFigures(const app::App& app, std::chrono::milliseconds every);
    /// As `stop`.
    ~StoredFigures();
    StoredFigures(const StoredFigures&) = delete;
    StoredFigures& operator=(const StoredFigures&) = delete;

    /// Of `organisation`; empty: of all. Nothing before the first count.
    void append_to(std::string& out, const std::string& organisation) const;
    void stop();

private:
    using Clock = std::chrono::steady_clock;
    void run();

    const app::App& app_;
    const std::chrono::milliseconds every_;
    mutable std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    bool is_over_ = false;
    std::optional<app::App::StoredFigures> figures_;
    Clock::time_point taken_at_;
    Clock::duration took_{};
    std::thread thread_;
};

}  // namespace suki::server
