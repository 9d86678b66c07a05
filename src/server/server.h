#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/log.h"

namespace suki::app {
class App;
}

namespace suki::server {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                        // 0: any free one, see Server::port
    unsigned loops = 1;                            // threads of the network
    unsigned workers = 4;                          // threads that read the database and write answers
    std::int64_t requests_per_second = 0;          // of each key, and of each person signed in; 0: any number; so with the next
    std::int64_t address_requests_per_second = 0;  // of each address, without a key or session that is known
    std::int64_t member_requests_per_second = 0;   // about each member: all but sales, returns and visits
    std::string tls_certificate, tls_key;          // PEM files; without them plain text
    bool is_secure = false;                        // behind TLS: cookies are `Secure`, browsers are told to stay with HTTPS
    std::vector<std::string> trusted_proxies;      // networks whose X-Forwarded-For, -Proto and -Host are believed
    Log log;
    std::chrono::milliseconds sweep_every{60'000};  // 0: never
    /// How often what the database holds is counted for /metrics, and never longer than a twentieth of the time; 0: never.
    std::chrono::milliseconds figures_every{60'000};
    std::chrono::milliseconds drain_timeout{10'000};
};

/// The HTTP server: the interface of api/openapi.yaml and the console. The application outlives it.
class Server {
public:
    Server(app::App& app, Options options);
    /// As `stop`.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens; or says why it can't. Once.
    Result<Done, std::string> start();
    [[nodiscard]] std::uint16_t port() const;
    /// Whether every thread of the network came round within the time given (at least a second). From any thread.
    [[nodiscard]] bool is_turning(std::chrono::milliseconds within) const;
    /// Reads the certificate and its key anew, for new connections; or says what is wrong with them and keeps those it has. From
    /// any thread.
    Result<Done, std::string> reload_certificates();
    /// Takes no more requests, finishes those that it accepted, and returns.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace suki::server
