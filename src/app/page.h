#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/base64.h"
#include "app/queries.h"
#include "app/refusal.h"
#include "base/limits.h"

/// Pages of lists.
namespace suki::app {

inline Result<std::size_t, Refusal> limit_of(const Page& page) {
    if (page.limit == 0 || page.limit > limits::page_rows_max) return refuse(QueryRejection::limit_out_of_range, "/limit");
    return page.limit;
}

/// Cursors are numbers and texts joined by `~`, in base64: opaque, and never a secret.
inline std::string cursor_of(const std::vector<std::string>& parts) {
    std::string joined;
    for (const std::string& part : parts) {
        if (!joined.empty()) joined += '~';
        joined += part;
    }
    return to_base64(joined);
}
inline std::optional<std::vector<std::string>> read_cursor(const std::string& cursor, std::size_t parts) {
    const auto joined = from_base64(cursor);
    if (!joined) return std::nullopt;
    std::vector<std::string> read;
    std::size_t begin = 0;
    while (read.size() + 1 < parts) {
        const std::size_t end = joined->find('~', begin);
        if (end == std::string::npos) return std::nullopt;
        read.push_back(joined->substr(begin, end - begin));
        begin = end + 1;
    }
    read.push_back(joined->substr(begin));
    return read;
}

}  // namespace suki::app
