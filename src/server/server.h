#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace suki::app {
class App;
}

namespace suki::server {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                         // 0: any free one, see Server::port
    unsigned loops = 1;                             // threads of the network
    unsigned workers = 4;                           // threads that read the database and write answers
    bool is_secure = false;                         // behind TLS: cookies are `Secure`, browsers are told to stay with HTTPS
    bool trusts_proxy = false;                      // a proxy of ours stands before it and appends to X-Forwarded-For
    bool logs_access = true;                        // one line of JSON a request, to stderr, without personal data
    std::chrono::milliseconds sweep_every{60'000};  // 0: never
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
    /// Takes no more requests, finishes those that it accepted, and returns.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace suki::server
