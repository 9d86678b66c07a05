#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "load.h"
#include "machine.h"

/// A `suki serve` under load, for the benches.
namespace suki::bench {

inline std::string secret_of(const std::string& printed) {
    const std::size_t at = printed.find("suki_");
    const std::size_t end = printed.find_first_of(" \n", at);
    return at == std::string::npos ? std::string{} : printed.substr(at, end - at);
}

inline std::string request_of(const std::string& line, const std::string& secret, const std::string& key, const std::string& body) {
    return line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + secret + "\r\nIdempotency-Key: " + key +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Of a new key.
inline std::string secret_for(const std::string& suki, const std::string& folder, const std::string& database,
                              const char* scope = "till") {
    must_run({suki, "keys", "--db", database, "--name", scope, "--scope", scope}, "/dev/null", folder + "/key.txt");
    std::string secret = secret_of(file_text(folder + "/key.txt"));
    std::filesystem::remove(folder + "/key.txt");
    return secret;
}

/// The port that the server prints once it listens.
inline int port_of(int output) {
    std::string text;
    char byte = 0;
    while (read(output, &byte, 1) == 1 && byte != '\n') text += byte;
    const std::size_t colon = text.rfind(':');
    return colon == std::string::npos ? 0 : std::atoi(text.c_str() + colon + 1);
}

/// A server on a free port, from here to `stop`.
class Served {
public:
    Served(const std::string& suki, const std::string& folder, const std::string& database)
        : server_(start({suki, "serve", "--db", database, "--port", "0", "--member-requests-per-second", "0"}, "/dev/null", "|",
                        folder + "/serve.log")),
          port_(port_of(server_.output)) {
        if (port_ == 0) std::exit(1);
    }
    ~Served() { stop(); }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] double cpu_s() const { return cpu_of_process(server_.pid); }
    [[nodiscard]] double memory_mb() const { return memory_mb_of(server_.pid); }
    /// On request, as an operator would; that must end well.
    void stop() {
        if (server_.pid < 0) return;
        kill(server_.pid, SIGTERM);
        if (finish(server_.pid, wall_s()).status != 0) std::exit(1);
        close(server_.output);
        server_.pid = -1;
    }

private:
    Child server_;
    int port_ = 0;
};

inline void print(const char* name, const LoadResult& result) {
    std::printf("%-22s %8.0f/s   p50 %6.2f ms  p99 %6.2f ms  longest %6.1f ms   CPU us: server %6.1f, load %5.1f\n", name,
                result.rate(), result.p50_ms, result.p99_ms, result.max_ms, result.server_us(), result.own_us());
    if (result.refused == 0) return;
    std::printf("%zu were refused\n", result.refused);
    std::exit(1);
}

}  // namespace suki::bench
