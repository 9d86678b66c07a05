#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suki::server::net {

struct Header {
    std::string_view name;  // as it was sent
    std::string_view value;
};

/// One request, complete with its body. All views point into storage that lives as long as the request does.
struct Request {
    std::string_view method;                                           // `GET`; any token
    std::string_view target;                                           // as it was sent
    std::string_view path;                                             // before `?`, still encoded: `/v1/receipts/a%2Fb`
    std::vector<std::string_view> segments;                            // decoded: v1, receipts, a/b
    std::vector<std::pair<std::string_view, std::string_view>> query;  // decoded, in the order sent
    std::vector<Header> headers;                                       // in the order sent
    std::string_view body;
    std::string peer;  // address of the other end, without port
    bool is_tls = false;

    Request() = default;
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    /// The first header of that name (letter case does not matter), or nothing.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    /// The first query parameter of that name.
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    /// The cookie of that name, from all Cookie headers.
    [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;

    /// Fills target, path, segments and query from a request target (`/path?query`, or `http://host/path?query`, or `*`), which
    /// must outlive the request. False when it is malformed: no leading `/`, a bad percent escape, bytes that do not decode to
    /// UTF-8 without control characters, a segment `.` or `..`, or more than `kSegmentsMax` segments or `kQueryMax` parameters.
    bool set_target(std::string_view target_sent);

private:
    std::string decoded_;
};

inline constexpr std::size_t kSegmentsMax = 32;
inline constexpr std::size_t kQueryMax = 64;

/// Equal but for the case of ASCII letters, as header names are compared.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Appends `text` with `%41` decoded (and `+` as a space when `plus_is_space`). False on a malformed escape.
bool append_percent_decoded(std::string& out, std::string_view text, bool plus_is_space);
/// Appends `text` so that it can stand as one path segment or query value.
void append_percent_encoded(std::string& out, std::string_view text);

/// The segments from `first` on as a relative path of files, `a/b.js`; nothing when any of them is empty, starts with a dot, or
/// contains a slash, a backslash or a colon: such a path might leave the folder.
std::optional<std::string> file_path(const Request& request, std::size_t first);

}  // namespace suki::server::net
