#pragma once

#include <string>
#include <string_view>

#include "server/net/response.h"

namespace suki::server::net {

struct ResponseFrame {
    std::string_view date;  // as HTTP writes it
    bool is_head = false;
    bool is_http_1_0 = false;
    bool keeps_alive = true;
};

/// Appends the answer as it goes over the wire.
void append_response(std::string& out, const Response& response, const ResponseFrame& frame);

}  // namespace suki::server::net
