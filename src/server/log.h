#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/names.h"

namespace suki::server {

SUKI_ENUM(LogLevel, debug, info, warning, error)
SUKI_ENUM(LogFormat, json, text)

/// What the server says while it runs: one event a line, to standard error unless told otherwise. No person, secret, path or query
/// belongs into a field. From any thread; a line is written whole.
class Log {
public:
    using Value = std::variant<std::string_view, std::int64_t>;
    using Fields = std::vector<std::pair<std::string_view, Value>>;

    Log() = default;
    Log(LogLevel least, LogFormat format, std::function<void(std::string_view)> write = {})
        : least_(least), format_(format), write_(std::move(write)) {}

    [[nodiscard]] bool takes(LogLevel level) const { return level >= least_; }
    /// `event` is a stable word; fields without a value (empty texts) are left out.
    void say(LogLevel level, std::string_view event, const Fields& fields = {}) const;
    /// As `say`, whatever levels are wanted: what must also stand where nobody can take it out of the database.
    void keep(std::string_view event, const Fields& fields) const { write(LogLevel::info, event, fields); }

private:
    void write(LogLevel level, std::string_view event, const Fields& fields) const;

    LogLevel least_ = LogLevel::info;
    LogFormat format_ = LogFormat::json;
    std::function<void(std::string_view)> write_;
};

}  // namespace suki::server
