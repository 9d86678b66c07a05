#include "server/trace.h"

#include <algorithm>

namespace suki::server {

namespace {

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::optional<Trace> read_traceparent(std::string_view header) {
    // 00-<32>-<16>-<2>; a later version may add more behind another dash, and ff is none.
    constexpr std::size_t kLength = 55;
    if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
    const std::string_view version = header.substr(0, 2);
    const Trace trace{.trace_id = header.substr(3, 32), .span_id = header.substr(36, 16)};
    if (!is_hex(version) || version == "ff" || !is_hex(trace.trace_id) || !is_hex(trace.span_id)) return std::nullopt;
    if (!is_hex(header.substr(53, 2)) || is_zero(trace.trace_id) || is_zero(trace.span_id)) return std::nullopt;
    const bool has_more = header.size() > kLength;
    if (has_more && (version == "00" || header[kLength] != '-')) return std::nullopt;
    return trace;
}

}  // namespace suki::server
