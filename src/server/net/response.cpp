#include "server/net/response.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "base/json_writer.h"
#include "server/net/response_writer.h"

namespace suki::server::net {

namespace {

bool is_clean(std::string_view text) { return !has_control(text, "\t"); }

bool is_clean(const Response& response) {
    if (response.status < 200 || response.status > 599 || !is_clean(response.content_type)) return false;
    for (const auto& [name, value] : response.headers) {
        if (name.empty() || name.find(':') != std::string::npos || !is_clean(name) || !is_clean(value)) return false;
    }
    return true;
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end.ptr);
}

}  // namespace

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 428: return "Precondition Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "";
    }
}

Response problem(int status, std::string_view code, std::string_view detail) {
    Response response{.status = status, .content_type = "application/problem+json"};
    response.headers = {{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}};
    JsonWriter json{response.body};
    json.begin_object();
    json.field("type", "urn:suki:problem:" + std::string{code});
    json.field("title", reason_phrase(status));
    json.field("status", status);
    json.field("code", code);
    json.field("detail", detail);
    json.end_object();
    return response;
}

void append_response(std::string& out, const Response& response, const ResponseFrame& frame) {
    if (!is_clean(response)) {
        // Written here it would let one answer pass for two.
        append_response(out, problem(500, "malformed_response", "the answer could not be written"), frame);
        return;
    }
    const bool has_body = response.status != 204 && response.status != 304;
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\nDate: ";
    out += frame.date;
    for (const auto& [name, value] : response.headers) {
        out += "\r\n";
        out += name;
        out += ": ";
        out += value;
    }
    if (has_body) {
        if (!response.body.empty()) {
            out += "\r\nContent-Type: ";
            out += response.content_type;
        }
        out += "\r\nContent-Length: ";
        append_number(out, response.body.size());
    }
    if (!frame.keeps_alive) {
        out += "\r\nConnection: close";
    } else if (frame.is_http_1_0) {
        out += "\r\nConnection: keep-alive";
    }
    out += "\r\n\r\n";
    if (has_body && !frame.is_head) out += response.body;
}

}  // namespace suki::server::net
