#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace suki::server::net {

struct ClientResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

/// A blocking HTTP/1.1 client for one host, for tests and the command line: plain TCP, one connection kept alive, which is opened
/// when needed and again after the other end closed it. Not for several threads at once.
class Client {
public:
    Client(std::string address, std::uint16_t port, std::chrono::milliseconds timeout = std::chrono::seconds{30});
    ~Client();
    Client(Client&& other) noexcept;
    Client& operator=(Client&& other) noexcept;

    using Headers = std::vector<std::pair<std::string, std::string>>;
    /// The answer, or what went wrong in words. A request that died with a kept connection before any byte of its answer came is
    /// sent once more when its method is GET, HEAD, PUT or DELETE.
    Result<ClientResponse, std::string> request(std::string_view method, std::string_view target, const Headers& headers = {},
                                                std::string_view body = {});

    // The parts of `request`, for tests that send what no client should.

    /// Opens a connection if there is none.
    Result<Done, std::string> connect();
    Result<Done, std::string> send_raw(std::string_view bytes);
    /// Closes the sending direction.
    void finish_sending();
    /// The next answer on the connection. With `is_head` it has no body whatever it says. 1xx answers are returned as well.
    Result<ClientResponse, std::string> read_response(bool is_head = false);
    /// True when the other end closes within the timeout before sending another byte.
    bool is_closed_by_server();
    void close();

private:
    Result<std::string, std::string> read_line();
    Result<Done, std::string> read_exactly(std::string& out, std::size_t count);
    Result<Done, std::string> read_body(ClientResponse& response, bool is_head);
    /// False at the end of the stream.
    Result<bool, std::string> read_more();

    std::string address_;
    std::uint16_t port_;
    std::chrono::milliseconds timeout_;
    int socket_ = -1;
    std::string in_;          // read, not yet used
    bool has_ended_ = false;  // the other end closed or reset the connection
};

}  // namespace suki::server::net
