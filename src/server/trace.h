#pragma once

#include <optional>
#include <string_view>

namespace suki::server {

/// Where in somebody's trace a request stands: the header `traceparent` of W3C Trace Context. Views into the header.
struct Trace {
    std::string_view trace_id;  // 32 small hexadecimal digits, not all 0
    std::string_view span_id;   // 16, of the caller's span
};

/// Nothing when it is malformed, as the specification asks: then there is no trace.
std::optional<Trace> read_traceparent(std::string_view header);

}  // namespace suki::server
