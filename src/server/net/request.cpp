#include "server/net/request.h"

#include "base/bytes.h"

namespace suki::server::net {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_clean(std::string_view text) { return !has_control(text) && is_valid_text(text); }

/// `text` itself when nothing in it is encoded, else its decoded form in `storage`, whose capacity must already suffice.
std::optional<std::string_view> decode(std::string& storage, std::string_view text, bool plus_is_space) {
    if (text.find('%') == std::string_view::npos && (!plus_is_space || text.find('+') == std::string_view::npos)) {
        if (!is_clean(text)) return std::nullopt;
        return text;
    }
    const std::size_t from = storage.size();
    if (!append_percent_decoded(storage, text, plus_is_space)) return std::nullopt;
    const std::string_view decoded = std::string_view{storage}.substr(from);
    if (!is_clean(decoded)) return std::nullopt;
    return decoded;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Takes what stands before `separator` (or all) off the front.
std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return part;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

bool append_percent_decoded(std::string& out, std::string_view text, bool plus_is_space) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return false;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return false;
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            out.push_back(text[i] == '+' && plus_is_space ? ' ' : text[i]);
        }
    }
    return true;
}

void append_percent_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view unreserved = "-._~";
    for (const char c : text) {
        const bool is_letter_or_digit = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
        const bool is_plain = is_letter_or_digit || unreserved.find(c) != std::string_view::npos;
        if (is_plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
            out.push_back(digits[static_cast<unsigned char>(c) & 15]);
        }
    }
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const Header& h : headers) {
        if (equals_ignoring_case(h.name, name)) return h.value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
    for (const Header& h : headers) {
        if (!equals_ignoring_case(h.name, "cookie")) continue;
        std::string_view rest = h.value;
        while (!rest.empty()) {
            std::string_view value = trimmed(take_until(rest, ';'));
            const std::string_view key = take_until(value, '=');
            if (key != name) continue;
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
            return value;
        }
    }
    return std::nullopt;
}

bool Request::set_target(std::string_view target_sent) {
    target = target_sent;
    path = {};
    segments.clear();
    query.clear();
    decoded_.clear();
    // Views into it must stay valid, and decoding never makes a text longer.
    decoded_.reserve(target.size());

    std::string_view rest = target;
    if (rest == "*") {
        path = rest;
        return true;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equals_ignoring_case(rest.substr(0, scheme.size()), scheme)) continue;
        const std::size_t authority_end = rest.find_first_of("/?", scheme.size());
        if (authority_end == std::string_view::npos || authority_end == scheme.size() || rest[authority_end] == '?') return false;
        rest.remove_prefix(authority_end);
        break;
    }
    // A fragment is never sent by an honest client.
    if (rest.empty() || rest.front() != '/' || rest.find('#') != std::string_view::npos) return false;

    path = take_until(rest, '?');
    std::string_view path_rest = path.substr(1);
    // `/` alone has no segments; `/a/` has two, the second empty.
    bool has_more = !path_rest.empty();
    while (has_more) {
        has_more = path_rest.find('/') != std::string_view::npos;
        const auto segment = decode(decoded_, take_until(path_rest, '/'), false);
        if (!segment || *segment == "." || *segment == ".." || segments.size() >= kSegmentsMax) return false;
        segments.push_back(*segment);
    }
    while (!rest.empty()) {
        std::string_view pair = take_until(rest, '&');
        if (pair.empty()) continue;
        const auto key = decode(decoded_, take_until(pair, '='), true);
        const auto value = decode(decoded_, pair, true);
        if (!key || !value || query.size() >= kQueryMax) return false;
        query.emplace_back(*key, *value);
    }
    return true;
}

std::optional<std::string> file_path(const Request& request, std::size_t first) {
    if (first >= request.segments.size()) return std::nullopt;
    std::string joined;
    for (std::size_t i = first; i < request.segments.size(); ++i) {
        const std::string_view segment = request.segments[i];
        if (segment.empty() || segment.front() == '.' || segment.find_first_of("/\\:") != std::string_view::npos)
            return std::nullopt;
        if (!joined.empty()) joined.push_back('/');
        joined += segment;
    }
    return joined;
}

}  // namespace suki::server::net
