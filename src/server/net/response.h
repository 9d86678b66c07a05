#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suki::server::net {

struct Request;

/// What is answered. The server itself writes Date, Content-Length and Connection.
struct Response {
    int status = 200;  // 200..599
    /// Further headers. One with a line end or control character in it turns the whole answer into a 500.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string content_type = "application/json";  // not sent without a body
    std::string body;
};

/// Problem details of RFC 9457: {"type":"urn:suki:problem:CODE","title":…,"status":…,"code":…,"detail":…}. `code` is the stable
/// word.
Response problem(int status, std::string_view code, std::string_view detail);
/// `Not Found` for 404; empty for a status without a usual phrase.
std::string_view reason_phrase(int status);

struct Exchange;

/// The one right to answer one request: from any thread, now or later. Dropped without an answer, it answers 500. The request
/// lives until it is answered or dropped. An answer to a connection that died meanwhile goes nowhere.
class Responder {
public:
    explicit Responder(std::shared_ptr<Exchange> exchange);
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&& other) noexcept;
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;
    ~Responder();

    /// Answers. False (and nothing happens) when this responder answered already or was moved from.
    bool send(Response response);
    /// Must not be called after `send`.
    [[nodiscard]] const Request& request() const;
    [[nodiscard]] bool is_open() const { return exchange_ != nullptr; }

private:
    std::shared_ptr<Exchange> exchange_;
};

}  // namespace suki::server::net
