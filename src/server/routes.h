#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "server/call.h"
#include "server/json/decode.h"

namespace suki::server {

/// The least that may call a route. `session`: only a browser that signed in.
SUKI_ENUM(Access, anyone, session, till, service, admin)
/// `with_hold`: the handler asks for it when the body makes the call a write.
SUKI_ENUM(KeyRule, none, with_hold, required)

using ShapeFunction = std::vector<json::FieldShape> (*)();

/// One line of the interface. api/openapi.yaml says the same; a test compares them field by field.
struct Route {
    std::string_view operation;  // operationId
    std::string_view method;
    std::string_view path;  // with `{name}` for a segment of any text
    Access access = Access::anyone;
    KeyRule key = KeyRule::none;
    std::string_view parameters;  // names of the query parameters, separated by spaces
    std::string_view schema;      // of the body; empty: it takes none
    ShapeFunction shape = nullptr;
    std::size_t body_bytes = 0;
    bool is_quick = false;  // runs on the network's thread, since it never waits
    void (*handle)(const CallPointer& call) = nullptr;
};

std::span<const Route> routes();

struct RouteMatch {
    const Route* route = nullptr;  // nothing when the method does not fit, or there is none at all
    std::size_t index = 0;
    std::vector<std::string_view> values;
    std::string allow;  // methods of the routes of that path; empty: there is no such path
};
/// HEAD is as GET. A fixed segment goes before a `{name}`.
RouteMatch find_route(std::string_view method, const std::vector<std::string_view>& segments);

/// The body limit of a target before it is decoded: the widest of the routes that it may mean.
std::size_t body_limit(std::string_view method, std::string_view target);

}  // namespace suki::server
