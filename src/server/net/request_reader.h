#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/request.h"
#include "server/net/server.h"

namespace suki::server::net {

/// Why the bytes that came are no request that we take. The connection is closed after saying so.
struct RequestRefusal {
    int status = 400;
    std::string_view code;
    std::string detail;
};

/// What a complete request carries besides itself.
struct RequestHead {
    bool is_head = false;  // method HEAD: the answer has no body
    bool is_http_1_0 = false;
    bool keeps_alive = false;  // as the client wishes
};

/// Turns the bytes of a connection into requests. Beast parses what passed the checks here, which are stricter than its own: a
/// request that two servers could read differently is refused (bare line ends, folded headers, doubtful lengths). This class is
/// the only place that knows the parser.
class RequestReader {
public:
    explicit RequestReader(const ServerOptions& options);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    enum class Progress { needs_more, complete, refused };
    /// Reads from `bytes`, which begin where the last call stopped; `used` of them are done with. After `complete`, `take` must
    /// be called; after `refused` nothing more.
    Progress read(std::string_view bytes, std::size_t& used);

    enum class Phase { idle, header, body };
    [[nodiscard]] Phase phase() const { return phase_; }
    /// True once for a request that waits to be told that its body is welcome.
    bool take_wants_continue();

    /// Hands the complete request over, with the storage of its views.
    std::shared_ptr<Request> take(RequestHead& head);

    [[nodiscard]] const RequestRefusal& refusal() const { return refusal_; }

private:
    struct Message;

    Progress read_head(std::string_view bytes, std::size_t& used);
    Progress read_body(std::string_view bytes, std::size_t& used);
    /// The length of the header with its empty line; 0 when it is not complete. False when it is refused.
    bool scan_head(std::string_view bytes, std::size_t& length);
    bool check_head();
    bool check_length();
    bool check_expectation();
    bool refuse(int status, std::string_view code, std::string detail);

    const ServerOptions& options_;
    Phase phase_ = Phase::idle;
    std::size_t scanned_ = 0;
    bool wants_continue_ = false;
    std::shared_ptr<Message> message_;
    RequestRefusal refusal_;
};

}  // namespace suki::server::net
