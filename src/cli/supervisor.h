#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/settings.h"

namespace suki::cli {

/// Whoever started us and wants to hear how we are: sd_notify(3) of systemd, or what speaks like it. Without one nothing is said.
class Supervisor {
public:
    /// By NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    explicit Supervisor(const Environment& environment);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    [[nodiscard]] bool is_there() const { return socket_ >= 0; }
    /// How often it must hear `WATCHDOG=1`, or it ends us; 0: it does not wait for that.
    [[nodiscard]] std::chrono::microseconds watchdog() const { return watchdog_; }

    /// `READY=1`; several with newlines between. What can't be sent is lost: it must not hold up serving.
    void say(std::string_view state) const;

private:
    int socket_ = -1;
    std::string address_;  // of a Unix socket; an abstract one begins with a 0
    std::chrono::microseconds watchdog_{0};
};

}  // namespace suki::cli
