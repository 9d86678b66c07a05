#include "server/net/client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "server/net/request.h"

namespace suki::server::net {

namespace {

std::string error_text(const char* what) { return std::string{what} + ": " + std::strerror(errno); }

std::optional<std::size_t> parse_number(std::string_view text, int base) {
    std::size_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

bool is_repeatable(std::string_view method) { return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE"; }

}  // namespace

std::optional<std::string_view> ClientResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equals_ignoring_case(key, name)) return value;
    }
    return std::nullopt;
}

Client::Client(std::string address, std::uint16_t port, std::chrono::milliseconds timeout)
    : address_(std::move(address)), port_(port), timeout_(timeout) {}

Client::~Client() { close(); }

Client::Client(Client&& other) noexcept
    : address_(std::move(other.address_)),
      port_(other.port_),
      timeout_(other.timeout_),
      socket_(std::exchange(other.socket_, -1)),
      in_(std::move(other.in_)),
      has_ended_(other.has_ended_) {}

Client& Client::operator=(Client&& other) noexcept {
    close();
    address_ = std::move(other.address_);
    port_ = other.port_;
    timeout_ = other.timeout_;
    socket_ = std::exchange(other.socket_, -1);
    in_ = std::move(other.in_);
    has_ended_ = other.has_ended_;
    return *this;
}

void Client::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    in_.clear();
    has_ended_ = false;
}

Result<Done, std::string> Client::connect() {
    if (socket_ >= 0) return Done{};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int failed = ::getaddrinfo(address_.c_str(), std::to_string(port_).c_str(), &hints, &found); failed != 0) {
        return Unexpected{address_ + ": " + ::gai_strerror(failed)};
    }
    std::string error = address_ + " has no address";
    for (const addrinfo* each = found; each != nullptr && socket_ < 0; each = each->ai_next) {
        socket_ = ::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol);
        if (socket_ >= 0 && ::connect(socket_, each->ai_addr, each->ai_addrlen) == 0) break;
        error = error_text(("connecting to " + address_ + " port " + std::to_string(port_)).c_str());
        close();
    }
    ::freeaddrinfo(found);
    if (socket_ < 0) return Unexpected{error};
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    timeval limit{};
    limit.tv_sec = timeout_.count() / 1000;
    limit.tv_usec = static_cast<suseconds_t>(timeout_.count() % 1000 * 1000);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return Done{};
}

Result<Done, std::string> Client::send_raw(std::string_view bytes) {
    if (const auto connected = connect(); !connected) return connected;
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) {
            has_ended_ = errno == EPIPE || errno == ECONNRESET;
            return Unexpected{error_text("sending")};
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return Done{};
}

void Client::finish_sending() {
    if (socket_ >= 0) ::shutdown(socket_, SHUT_WR);
}

Result<bool, std::string> Client::read_more() {
    if (socket_ < 0) return Unexpected{std::string{"not connected"}};
    std::array<char, 16 * 1024> bytes;
    while (true) {
        pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(timeout_.count()));
        if (ready == 0) return Unexpected{std::string{"no answer within the time allowed"}};
        const ssize_t count = ready < 0 ? -1 : ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        has_ended_ = count == 0 || (count < 0 && errno == ECONNRESET);
        if (count < 0) return Unexpected{error_text("receiving")};
        in_.append(bytes.data(), static_cast<std::size_t>(count));
        return count > 0;
    }
}

Result<std::string, std::string> Client::read_line() {
    while (true) {
        if (const std::size_t end = in_.find("\r\n"); end != std::string::npos) {
            std::string line = in_.substr(0, end);
            in_.erase(0, end + 2);
            return line;
        }
        const auto more = read_more();
        if (!more) return Unexpected{more.error()};
        if (!*more) return Unexpected{std::string{"the server closed the connection"}};
    }
}

Result<Done, std::string> Client::read_exactly(std::string& out, std::size_t count) {
    while (in_.size() < count) {
        const auto more = read_more();
        if (!more) return Unexpected{more.error()};
        if (!*more) return Unexpected{std::string{"the server closed the connection within a body"}};
    }
    out.append(in_, 0, count);
    in_.erase(0, count);
    return Done{};
}

Result<ClientResponse, std::string> Client::read_response(bool is_head) {
    ClientResponse response;
    auto line = read_line();
    if (!line) return Unexpected{line.error()};
    const auto status = line->size() >= 12 && line->starts_with("HTTP/1.") ? parse_number(line->substr(9, 3), 10) : std::nullopt;
    if (!status) return Unexpected{"this is no HTTP answer: " + *line};
    response.status = static_cast<int>(*status);
    while (true) {
        line = read_line();
        if (!line) return Unexpected{line.error()};
        if (line->empty()) break;
        const std::size_t colon = line->find(':');
        if (colon == std::string::npos) return Unexpected{"this is no header: " + *line};
        const std::size_t from = line->find_first_not_of(" \t", colon + 1);
        response.headers.emplace_back(line->substr(0, colon), from == std::string::npos ? std::string{} : line->substr(from));
    }
    if (const auto body = read_body(response, is_head); !body) return Unexpected{body.error()};
    return response;
}

Result<Done, std::string> Client::read_body(ClientResponse& response, bool is_head) {
    if (is_head || response.status < 200 || response.status == 204 || response.status == 304) return Done{};
    if (const auto length = response.header("content-length")) {
        const auto count = parse_number(*length, 10);
        if (!count) return Unexpected{"this is no length: " + std::string{*length}};
        return read_exactly(response.body, *count);
    }
    if (const auto encoding = response.header("transfer-encoding"); encoding && equals_ignoring_case(*encoding, "chunked")) {
        while (true) {
            const auto line = read_line();
            if (!line) return Unexpected{line.error()};
            const auto count = parse_number(std::string_view{*line}.substr(0, line->find(';')), 16);
            if (!count) return Unexpected{"this is no chunk: " + *line};
            if (const auto read = read_exactly(response.body, *count); !read) return read;
            if (const auto end = read_line(); !end) return Unexpected{end.error()};
            if (*count == 0) return Done{};
        }
    }
    while (true) {
        const auto more = read_more();
        if (!more) return Unexpected{more.error()};
        if (*more) continue;
        response.body.swap(in_);
        in_.clear();
        return Done{};
    }
}

Result<ClientResponse, std::string> Client::request(std::string_view method, std::string_view target, const Headers& headers,
                                                    std::string_view body) {
    std::string sent;
    sent += method;
    sent += ' ';
    sent += target;
    sent += " HTTP/1.1\r\nHost: ";
    sent += address_.find(':') == std::string::npos ? address_ : "[" + address_ + "]";
    for (const auto& [name, value] : headers) sent += "\r\n" + name + ": " + value;
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
        sent += "\r\nContent-Length: " + std::to_string(body.size());
    }
    sent += "\r\n\r\n";
    sent += body;

    for (bool is_second = false;; is_second = true) {
        const bool was_kept = socket_ >= 0;
        in_.clear();
        std::string error;
        if (const auto done = send_raw(sent); !done) error = done.error();
        // Also when sending failed: the server may have refused the request before it read all of it.
        if (socket_ >= 0) {
            auto response = read_response(method == "HEAD");
            if (response) {
                const auto connection = response->header("connection");
                if (connection && equals_ignoring_case(*connection, "close")) close();
                return response;
            }
            if (error.empty()) error = response.error();
        }
        const bool died_silently = has_ended_ && in_.empty();
        close();
        if (!was_kept || is_second || !died_silently || !is_repeatable(method)) return Unexpected{error};
    }
}

bool Client::is_closed_by_server() {
    if (!in_.empty()) return false;
    const auto more = read_more();
    if (more) return !*more;
    return has_ended_;
}

}  // namespace suki::server::net
