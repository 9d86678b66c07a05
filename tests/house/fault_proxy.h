#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

/// Stands between a client and PostgreSQL, on a socket of its own, and spoils COMMITs and what Store::confirm asks.
namespace suki::house {

class FaultProxy {
public:
    enum class Fault {
        none,
        error,        // the client is told `state`; the server never sees the COMMIT
        lost_before,  // the connection ends; the server never sees the COMMIT
        lost_after,   // the connection ends when the server has committed
        warned,       // the server commits, and warns as after a wait for a standby that was cancelled
        silent,       // nobody answers; the server never sees the COMMIT
    };

    /// `server` is the address of the test server (a socket in a folder).
    explicit FaultProxy(const std::string& server);
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    /// The address of `database_url`'s database through the proxy.
    [[nodiscard]] std::string through(const std::string& database_url) const;
    /// The next `times` COMMITs go wrong like this.
    void spoil(Fault fault, int times = 1, std::string state = {});
    /// How many were spoilt so far.
    [[nodiscard]] int spoilt() const { return spoilt_; }

private:
    void accept_all();
    void serve(int client);
    bool is_spoilt(Fault& fault, std::string& state);

    std::string server_folder_;
    std::string folder_;
    int listener_ = -1;
    std::atomic<bool> is_stopping_{false};
    std::atomic<int> spoilt_{0};
    std::atomic<int> times_{0};
    std::atomic<Fault> fault_{Fault::none};
    std::string state_;
    std::thread thread_;
};

}  // namespace suki::house
