#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <string_view>

#include "machine.h"

/// HTTP load on loopback from one thread: kept connections, one request each at a time, all requests made beforehand.
namespace suki::bench {

struct LoadResult {
    std::size_t answered = 0;
    std::size_t refused = 0;  // another status than 200 or 201
    double wall_s = 0;
    double own_cpu_s = 0;
    double server_cpu_s = 0;
    double p50_ms = 0, p99_ms = 0, max_ms = 0;

    [[nodiscard]] double rate() const { return static_cast<double>(answered) / wall_s; }
    [[nodiscard]] double server_us() const { return server_cpu_s / static_cast<double>(answered) * 1e6; }
    [[nodiscard]] double own_us() const { return own_cpu_s / static_cast<double>(answered) * 1e6; }
};

/// A port on loopback that nobody listens on now.
inline int free_port() {
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (bind(listening, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
        getsockname(listening, reinterpret_cast<sockaddr*>(&at), &size) != 0) {
        std::exit(1);
    }
    close(listening);
    return ntohs(at.sin_port);
}

class Load {
public:
    Load(int port, int connections) : Load(std::vector<int>{port}, connections) {}
    /// To several servers in turn.
    Load(const std::vector<int>& ports, int connections) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        for (int i = 0; i < connections; ++i) {
            const int port = ports[static_cast<std::size_t>(i) % ports.size()];
            Connection made;
            made.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(static_cast<std::uint16_t>(port));
            to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (connect(made.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("connect");
            const int on = 1;
            setsockopt(made.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            connections_.push_back(std::move(made));
            epoll_event event{.events = EPOLLIN, .data = {.u32 = static_cast<std::uint32_t>(i)}};
            epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_.back().socket, &event);
        }
    }
    ~Load() {
        for (const Connection& connection : connections_) close(connection.socket);
        close(epoll_);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    /// Sends `requests` from `next` on for `seconds`, then waits for what is under way. `rate` 0: as fast as answers come. Else so
    /// many a second at even distances, and a latency counts from when its request was due, sent or not.
    template <class CpuOfServer>
    LoadResult run(const std::vector<std::string>& requests, std::size_t& next, double seconds, double rate,
                   const CpuOfServer& server_cpu) {
        idle_.clear();
        for (std::size_t i = 0; i < connections_.size(); ++i) idle_.push_back(i);
        latencies_.clear();
        refused_ = 0;
        const double started = wall_s(), cpu = own_cpu_s(), server = server_cpu();
        std::size_t sent = 0;
        while (true) {
            const double now = wall_s();
            const bool is_over = now - started >= seconds || next >= requests.size();
            double due = now;
            while (!is_over && !idle_.empty() && next < requests.size()) {
                if (rate > 0) due = started + static_cast<double>(sent) / rate;
                if (due > now) break;
                send_on(idle_.front(), requests[next++], due);
                idle_.pop_front();
                ++sent;
            }
            if (is_over && idle_.size() == connections_.size()) break;
            receive(rate > 0 && !is_over && due > now ? due - now : 1);
        }
        LoadResult result{.answered = latencies_.size(),
                          .refused = refused_,
                          .wall_s = wall_s() - started,
                          .own_cpu_s = own_cpu_s() - cpu,
                          .server_cpu_s = server_cpu() - server};
        std::sort(latencies_.begin(), latencies_.end());
        if (latencies_.empty()) fail("nothing was answered");
        const auto at = [&](double part) {
            return 1000 * latencies_[static_cast<std::size_t>(part * static_cast<double>(latencies_.size() - 1))];
        };
        result.p50_ms = at(0.5);
        result.p99_ms = at(0.99);
        result.max_ms = at(1);
        return result;
    }

private:
    struct Connection {
        int socket = -1;
        double due = 0;
        std::string in;
    };

    [[noreturn]] static void fail(const char* what) {
        std::printf("load: %s: %s\n", what, std::strerror(errno));
        std::exit(1);
    }

    void send_on(std::size_t index, const std::string& request, double due) {
        connections_[index].due = due;
        std::string_view left = request;
        while (!left.empty()) {
            const ssize_t count = send(connections_[index].socket, left.data(), left.size(), MSG_NOSIGNAL);
            if (count < 0) fail("send");
            left.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    void receive(double wait_s) {
        epoll_event events[64];
        const timespec wait{.tv_sec = static_cast<time_t>(wait_s),
                            .tv_nsec = static_cast<long>(1e9 * (wait_s - static_cast<double>(static_cast<time_t>(wait_s))))};
        const int count = epoll_pwait2(epoll_, events, 64, &wait, nullptr);
        char bytes[64 * 1024];
        for (int i = 0; i < count; ++i) {
            Connection& connection = connections_[events[i].data.u32];
            const ssize_t got = recv(connection.socket, bytes, sizeof bytes, MSG_DONTWAIT);
            if (got <= 0) fail("the server closed a connection");
            connection.in.append(bytes, static_cast<std::size_t>(got));
            const std::size_t head = connection.in.find("\r\n\r\n");
            if (head == std::string::npos) continue;
            std::size_t length = connection.in.find("Content-Length:");
            if (length == std::string::npos) length = connection.in.find("content-length:");
            if (length == std::string::npos) fail("an answer without a length");
            const std::size_t body = std::strtoul(connection.in.c_str() + length + 15, nullptr, 10);
            if (connection.in.size() < head + 4 + body) continue;
            const bool is_good = connection.in.compare(0, 11, "HTTP/1.1 20") == 0;
            if (!is_good && refused_++ == 0) std::printf("refused: %s\n", connection.in.substr(head + 4, 400).c_str());
            latencies_.push_back(wall_s() - connection.due);
            connection.in.clear();
            idle_.push_back(events[i].data.u32);
        }
    }

    int epoll_;
    std::vector<Connection> connections_;
    std::deque<std::size_t> idle_;
    std::vector<double> latencies_;
    std::size_t refused_ = 0;
};

}  // namespace suki::bench
