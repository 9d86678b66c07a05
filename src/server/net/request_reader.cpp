#include "server/net/request_reader.h"

#include "server/net/asio.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/optional.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace suki::server::net {

namespace http = boost::beast::http;

namespace {

template <class BoostView>
std::string_view to_view(BoostView text) {
    return {text.data(), text.size()};
}

/// Headers that mean nothing certain when they stand twice.
constexpr std::array<std::string_view, 9> kSingleHeaders = {
    "host",   "content-length", "transfer-encoding", "content-type", "authorization", "idempotency-key",
    "expect", "if-match",       "if-none-match",
};

bool is_token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || marks.find(c) != std::string_view::npos;
}

/// The version of a request line that is well formed but for it.
bool has_foreign_version(std::string_view line) {
    const std::size_t at = line.rfind(" HTTP/");
    if (at == std::string_view::npos) return false;
    const std::string_view version = line.substr(at + 6);
    if (version.empty() || version.size() > 5) return false;
    for (const char c : version) {
        if ((c < '0' || c > '9') && c != '.') return false;
    }
    return version != "1.1" && version != "1.0";
}

}  // namespace

/// The parser of one request, and afterwards the storage of its views.
struct RequestReader::Message {
    std::optional<http::request_parser<http::string_body>> parser;
    http::request<http::string_body> parsed;
    std::string method;
    std::string target;
    Request request;
    RequestHead head;
    std::size_t body_limit = 0;
};

RequestReader::RequestReader(const ServerOptions& options) : options_(options) {}
RequestReader::~RequestReader() = default;

RequestReader::Progress RequestReader::read(std::string_view bytes, std::size_t& used) {
    used = 0;
    if (phase_ == Phase::body) return read_body(bytes, used);
    return read_head(bytes, used);
}

RequestReader::Progress RequestReader::read_head(std::string_view bytes, std::size_t& used) {
    // An empty line before a request is allowed: old clients send one after a body.
    std::size_t blank = 0;
    if (scanned_ == 0) {
        while (bytes.substr(blank, 2) == "\r\n") blank += 2;
    }
    bytes.remove_prefix(blank);
    used = blank;
    // Half of an empty line says nothing yet.
    if (bytes.empty() || bytes == "\r") return Progress::needs_more;
    phase_ = Phase::header;

    std::size_t length = 0;
    if (!scan_head(bytes, length)) return Progress::refused;
    if (length == 0) return Progress::needs_more;
    scanned_ = 0;

    message_ = std::make_shared<Message>();
    auto& parser = message_->parser.emplace();
    parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes + 64));
    // The limit is asked for below, once the target is known; until then Beast must not apply its default.
    parser.body_limit(boost::none);
    ErrorCode ec;
    const std::size_t put = parser.put(asio::buffer(bytes.data(), length), ec);
    used += length;
    if (!ec && (put != length || !parser.is_header_done())) ec = http::error::bad_field;
    if (ec) {
        const std::string_view line = bytes.substr(0, bytes.find('\r'));
        if (ec == http::error::bad_version || has_foreign_version(line)) {
            refuse(505, "http_version_not_supported", "this server speaks HTTP/1.1");
        } else {
            refuse(400, "malformed_request", "the request's header is malformed: " + ec.message());
        }
        return Progress::refused;
    }
    if (!check_head()) return Progress::refused;
    phase_ = Phase::body;
    std::size_t body_used = 0;
    const Progress progress = read_body(bytes.substr(length), body_used);
    used += body_used;
    return progress;
}

bool RequestReader::scan_head(std::string_view bytes, std::size_t& length) {
    const std::size_t end = std::min(bytes.size(), options_.header_bytes);
    for (std::size_t i = scanned_; i < end; ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        const char before = i > 0 ? bytes[i - 1] : '\0';
        if (c == '\n') {
            if (before != '\r') return refuse(400, "malformed_request", "a line of the header ends without a carriage return");
            if (i >= 3 && bytes[i - 2] == '\n') {
                length = i + 1;
                return true;
            }
            continue;
        }
        if (before == '\r') return refuse(400, "malformed_request", "a carriage return stands within a line of the header");
        if (before == '\n' && (c == ' ' || c == '\t')) return refuse(400, "malformed_request", "a header is folded over two lines");
        if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) {
            return refuse(400, "malformed_request", "a control character stands in the header");
        }
    }
    scanned_ = end;
    // Method, two spaces and version besides the target.
    const std::size_t line_bytes_max = options_.target_bytes + 64;
    if (end > line_bytes_max && bytes.substr(0, line_bytes_max).find('\n') == std::string_view::npos) {
        return refuse(414, "target_too_long", "the target is longer than " + std::to_string(options_.target_bytes) + " bytes");
    }
    if (bytes.size() >= options_.header_bytes) {
        return refuse(431, "header_too_large", "the header is larger than " + std::to_string(options_.header_bytes) + " bytes");
    }
    return true;
}

bool RequestReader::check_head() {
    const auto& parsed = message_->parser->get();
    Request& request = message_->request;
    message_->method = std::string{to_view(parsed.method_string())};
    message_->target = std::string{to_view(parsed.target())};
    for (const auto& field : parsed) {
        if (request.headers.size() >= options_.headers) {
            return refuse(431, "header_too_large", "more than " + std::to_string(options_.headers) + " headers");
        }
        const Header header{to_view(field.name_string()), to_view(field.value())};
        if (!std::all_of(header.name.begin(), header.name.end(), is_token_char)) {
            return refuse(400, "malformed_request", "a header's name is malformed");
        }
        request.headers.push_back(header);
    }
    if (message_->target.size() > options_.target_bytes) {
        return refuse(414, "target_too_long", "the target is longer than " + std::to_string(options_.target_bytes) + " bytes");
    }
    if (parsed.version() != 10 && parsed.version() != 11) {
        return refuse(505, "http_version_not_supported", "this server speaks HTTP/1.1");
    }
    message_->head = {
        .is_head = message_->method == "HEAD", .is_http_1_0 = parsed.version() == 10, .keeps_alive = parsed.keep_alive()};
    request.method = message_->method;
    if (!request.set_target(message_->target)) return refuse(400, "malformed_target", "the target is malformed");

    for (const std::string_view single : kSingleHeaders) {
        const auto count = std::count_if(request.headers.begin(), request.headers.end(),
                                         [single](const Header& h) { return equals_ignoring_case(h.name, single); });
        if (count > 1) return refuse(400, "malformed_request", "the header " + std::string{single} + " stands more than once");
        if (single == "host" && count == 0 && !message_->head.is_http_1_0) {
            return refuse(400, "malformed_request", "the header host is missing");
        }
    }
    return check_length() && check_expectation();
}

bool RequestReader::check_length() {
    bool has_length = false;
    bool has_encoding = false;
    for (const Header& header : message_->request.headers) {
        if (equals_ignoring_case(header.name, "content-length")) {
            has_length = true;
            const bool is_number =
                !header.value.empty() && header.value.size() <= 18 &&
                std::all_of(header.value.begin(), header.value.end(), [](char c) { return c >= '0' && c <= '9'; });
            if (!is_number) return refuse(400, "malformed_request", "the content length is malformed");
        }
        if (equals_ignoring_case(header.name, "transfer-encoding")) {
            has_encoding = true;
            if (message_->head.is_http_1_0) return refuse(400, "malformed_request", "HTTP/1.0 has no transfer encoding");
            if (!equals_ignoring_case(header.value, "chunked")) {
                return refuse(501, "transfer_encoding_not_supported", "the only transfer encoding is chunked");
            }
        }
    }
    if (has_length && has_encoding) {
        return refuse(400, "malformed_request", "content length and transfer encoding contradict each other");
    }
    auto& parser = *message_->parser;
    message_->body_limit = options_.body_limit ? options_.body_limit(message_->method, message_->target) : options_.body_bytes;
    const auto length = parser.content_length();
    if (length && *length > message_->body_limit) {
        return refuse(413, "body_too_large", "the body is larger than " + std::to_string(message_->body_limit) + " bytes");
    }
    parser.body_limit(message_->body_limit);
    return true;
}

bool RequestReader::check_expectation() {
    for (const Header& header : message_->request.headers) {
        if (!equals_ignoring_case(header.name, "expect")) continue;
        if (!equals_ignoring_case(header.value, "100-continue")) {
            return refuse(417, "expectation_failed", "the only expectation is 100-continue");
        }
        wants_continue_ = !message_->head.is_http_1_0;
    }
    return true;
}

/// `0`, its line's end and the empty line. So much at least is still to come of a body in chunks that is not over, and the parser
/// must see so much: it takes for granted, and aborts otherwise, that a last chunk whose end it waits for is longer.
static constexpr std::size_t kLastChunkBytes = 5;

RequestReader::Progress RequestReader::read_body(std::string_view bytes, std::size_t& used) {
    auto& parser = *message_->parser;
    // What the header says decides alone: a request without a length has no body, and is complete at once.
    parser.eager(true);
    ErrorCode ec;
    while (!parser.is_done() && used < bytes.size()) {
        if (parser.chunked() && bytes.size() - used < kLastChunkBytes) break;
        const std::size_t put = parser.put(asio::buffer(bytes.data() + used, bytes.size() - used), ec);
        used += put;
        if (ec == http::error::need_more) break;
        if (ec == http::error::body_limit) {
            refuse(413, "body_too_large", "the body is larger than " + std::to_string(message_->body_limit) + " bytes");
            return Progress::refused;
        }
        if (ec) {
            refuse(400, "malformed_request", "the request's body is malformed: " + ec.message());
            return Progress::refused;
        }
        if (put == 0) break;
    }
    if (used > 0) wants_continue_ = false;
    return parser.is_done() ? Progress::complete : Progress::needs_more;
}

bool RequestReader::take_wants_continue() { return std::exchange(wants_continue_, false); }

std::shared_ptr<Request> RequestReader::take(RequestHead& head) {
    const std::shared_ptr<Message> message = std::move(message_);
    message_.reset();
    // Moving the fields moves their nodes, so the views of the headers stay good.
    message->parsed = message->parser->release();
    message->parser.reset();
    message->request.body = message->parsed.body();
    head = message->head;
    phase_ = Phase::idle;
    scanned_ = 0;
    wants_continue_ = false;
    return {message, &message->request};
}

bool RequestReader::refuse(int status, std::string_view code, std::string detail) {
    refusal_ = {.status = status, .code = code, .detail = std::move(detail)};
    return false;
}

}  // namespace suki::server::net
