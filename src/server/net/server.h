#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "server/net/request.h"
#include "server/net/response.h"
#include "server/net/tls.h"

/// HTTP/1.1 (and 1.0) over TCP or TLS: see docs/decisions/0001-http-server.md.
namespace suki::server::net {

/// Called on the server's threads: for the requests of one connection one after the other, for those of different connections also
/// at the same time (with several loops). It must not block. It answers at once, or hands the Responder on. The request stays valid
/// during the call, and until the Responder answered or is gone. An exception out of it is answered with 500.
using Handler = std::function<void(const Request&, Responder)>;

struct ServerOptions {
    std::string address = "127.0.0.1";  // IPv4 or IPv6, no name
    std::uint16_t port = 0;             // 0: any free one, see Server::port
    unsigned loops = 1;                 // threads, each with its own connections
    std::shared_ptr<Tls> tls;           // none: plain text

    std::size_t target_bytes = 8 * 1024;
    std::size_t header_bytes = 16 * 1024;  // request line and headers
    std::size_t headers = 100;
    std::size_t body_bytes = limits::body_bytes;
    /// The limit of one body instead of `body_bytes`: asked with method and target once the header is read.
    std::function<std::size_t(std::string_view method, std::string_view target)> body_limit;
    std::size_t connections = 10'000;
    /// Bytes read ahead of the request being handled; and answers are written once so many bytes of them wait.
    std::size_t pipelined_bytes = 64 * 1024;

    std::chrono::milliseconds idle_timeout{60'000};    // between requests
    std::chrono::milliseconds header_timeout{10'000};  // from the first byte of a request to the end of its header; TLS's handshake
    std::chrono::milliseconds body_timeout{30'000};    // from there to the end of its body
    std::chrono::milliseconds write_timeout{30'000};   // of one piece of answers, and longer for a large one:
    std::size_t write_bytes_per_second = 64 * 1024;    // so fast at least the other end must read it
    std::chrono::milliseconds linger_timeout{1'000};   // for the other end to read the last answer
    std::chrono::milliseconds drain_timeout{10'000};   // for requests in flight when stopping
    std::chrono::milliseconds sweep_every{250};        // deadlines are looked at so often
};

struct ServerCounters {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;  // by the limit
    std::uint64_t connections_open = 0;
    std::uint64_t requests = 0;           // complete ones
    std::uint64_t requests_refused = 0;   // malformed, too large, too slow
    std::uint64_t responses_dropped = 0;  // responders that went without an answer
};

class Server {
public:
    /// Listens and serves; or says why it can't (the address is in use, …).
    static Result<std::unique_ptr<Server>, std::string> start(ServerOptions options, Handler handler);
    /// Stops as `stop` does and waits.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] ServerCounters counters() const;
    /// Whether each loop came round within the time given: one that hangs serves nobody, and does not know it. From any thread.
    [[nodiscard]] bool is_turning(std::chrono::milliseconds within) const;

    /// From any thread; returns at once. No new connections; idle ones are closed; requests in flight are answered with
    /// `Connection: close`, for at most `drain_timeout`.
    void stop();
    /// Until every connection is gone after `stop`.
    void wait();

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace suki::server::net
