#include "cli/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace suki::cli {

namespace {

std::string value_of(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string{} : found->second;
}

}  // namespace

Supervisor::Supervisor(const Environment& environment) : address_(value_of(environment, "NOTIFY_SOCKET")) {
    const bool is_address = address_.starts_with('/') || address_.starts_with('@');
    if (!is_address || address_.size() >= sizeof(sockaddr_un::sun_path)) return;
    if (address_.front() == '@') address_.front() = '\0';
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // The variables may have come down from somebody else's supervisor.
    const std::string pid = value_of(environment, "WATCHDOG_PID");
    if (socket_ < 0 || (!pid.empty() && pid != std::to_string(getpid()))) return;
    watchdog_ = std::chrono::microseconds{std::atoll(value_of(environment, "WATCHDOG_USEC").c_str())};
    if (watchdog_.count() < 0) watchdog_ = {};
}

Supervisor::~Supervisor() {
    if (socket_ >= 0) close(socket_);
}

void Supervisor::say(std::string_view state) const {
    if (socket_ < 0) return;
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), length);
}

}  // namespace suki::cli
