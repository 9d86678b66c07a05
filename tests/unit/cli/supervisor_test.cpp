#include "cli/supervisor.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace suki::cli {
namespace {

/// What systemd is to us: a socket that datagrams come to.
class Listener {
public:
    explicit Listener(std::string address) {
        if (address.front() == '@') address.front() = '\0';
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path, address.data(), address.size());
        socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
        EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&at), length), 0);
    }
    ~Listener() { close(socket_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    /// What came next; empty: nothing.
    [[nodiscard]] std::string heard() const {
        std::array<char, 512> bytes{};
        const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
        return count < 0 ? std::string{} : std::string(bytes.data(), static_cast<std::size_t>(count));
    }

private:
    int socket_;
};

TEST(Supervisor, HearsWhatIsSaidAtAPathAndAtAnAbstractName) {
    const std::string path = testing::TempDir() + "suki-notify-" + std::to_string(getpid());
    for (const std::string& address : {path, "@suki-notify-" + std::to_string(getpid())}) {
        const Listener listener{address};
        const Supervisor supervisor{{{"NOTIFY_SOCKET", address}, {"WATCHDOG_USEC", "3000000"}}};
        EXPECT_TRUE(supervisor.is_there());
        EXPECT_EQ(supervisor.watchdog(), std::chrono::seconds{3});
        supervisor.say("READY=1\nSTATUS=serves");
        EXPECT_EQ(listener.heard(), "READY=1\nSTATUS=serves");
        EXPECT_EQ(listener.heard(), "");
    }
    unlink(path.c_str());
}

TEST(Supervisor, IsNotThereWhereNobodyAsked) {
    for (const Environment& environment :
         {Environment{}, Environment{{"NOTIFY_SOCKET", ""}}, Environment{{"NOTIFY_SOCKET", "here"}},
          Environment{{"NOTIFY_SOCKET", "/" + std::string(200, 'x')}}}) {
        const Supervisor supervisor{environment};
        EXPECT_FALSE(supervisor.is_there());
        supervisor.say("READY=1");
    }
    // One that is gone must not hold us up.
    const Supervisor gone{{{"NOTIFY_SOCKET", "/nowhere/at/all"}}};
    gone.say("READY=1");
}

TEST(Supervisor, WaitsOnlyForTheProcessThatItNames) {
    const Environment mine{{"NOTIFY_SOCKET", "/n"}, {"WATCHDOG_USEC", "5"}, {"WATCHDOG_PID", std::to_string(getpid())}};
    EXPECT_EQ(Supervisor{mine}.watchdog().count(), 5);
    const Environment others{{"NOTIFY_SOCKET", "/n"}, {"WATCHDOG_USEC", "5"}, {"WATCHDOG_PID", "1"}};
    EXPECT_EQ(Supervisor{others}.watchdog().count(), 0);
    EXPECT_EQ(Supervisor({{"NOTIFY_SOCKET", "/n"}, {"WATCHDOG_USEC", "-5"}}).watchdog().count(), 0);
    EXPECT_EQ(Supervisor({{"NOTIFY_SOCKET", "/n"}, {"WATCHDOG_USEC", "x"}}).watchdog().count(), 0);
}

}  // namespace
}  // namespace suki::cli
