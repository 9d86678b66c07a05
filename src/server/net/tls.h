#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

/// TLS 1.2 and 1.3 of OpenSSL over bytes: sockets are the connection's affair (docs/decisions/0061-tls-and-proxies.md).
namespace suki::server::net {

/// The server's certificate chain and key, from PEM files that may change while it serves.
class Tls {
public:
    /// Or says what is wrong with the files.
    static Result<std::shared_ptr<Tls>, std::string> load(std::string certificate, std::string key);
    /// Reads the files anew, from any thread: for new connections; those that there are keep what they have. When they can't be
    /// used everything stays as it was.
    Result<Done, std::string> reload();
    [[nodiscard]] std::shared_ptr<ssl_ctx_st> context() const;

private:
    Tls(std::string certificate, std::string key) : certificate_(std::move(certificate)), key_(std::move(key)) {}

    const std::string certificate_;
    const std::string key_;
    mutable std::mutex mutex_;
    std::shared_ptr<ssl_ctx_st> context_;
};

/// The server's side of one connection. For one thread.
class TlsSession {
public:
    explicit TlsSession(const Tls& tls);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    enum class State { open, closed, failed };
    /// Takes what came over the wire and appends to `plain` what it said. Afterwards there may be something to send.
    State receive(std::string_view wire, std::string& plain);
    /// Appends to `wire` whatever must go over it, `plain` included, which must be empty until the session is established. False
    /// when the session can carry nothing more.
    bool send(std::string_view plain, std::string& wire);
    /// Says that nothing more will come.
    void finish(std::string& wire);

    [[nodiscard]] bool has_output() const;
    [[nodiscard]] bool is_established() const;

private:
    std::shared_ptr<ssl_ctx_st> context_;
    ssl_st* ssl_ = nullptr;
};

}  // namespace suki::server::net
