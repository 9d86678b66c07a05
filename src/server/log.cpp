#include "server/log.h"

#include <chrono>
#include <cstdio>

#include "base/json_writer.h"
#include "base/time.h"

namespace suki::server {

namespace {

std::string now_text() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return instant_text(Instant{std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
}

bool is_empty(const Log::Value& value) {
    const auto* text = std::get_if<std::string_view>(&value);
    return text != nullptr && text->empty();
}

std::string json_line(LogLevel level, std::string_view event, const Log::Fields& fields) {
    std::string line;
    JsonWriter out{line};
    out.begin_object();
    out.field("at", now_text());
    out.field("level", name_of(level));
    out.field("event", event);
    for (const auto& [name, value] : fields) {
        if (is_empty(value)) continue;
        std::visit([&, key = name](const auto& v) { out.field(key, v); }, value);
    }
    out.end_object();
    return line;
}

/// `2026-01-01T00:00:00Z info request route=getReceipt status=200 us=412`; texts in quotes where they are more than one word.
std::string text_line(LogLevel level, std::string_view event, const Log::Fields& fields) {
    std::string line = now_text() + " " + std::string{name_of(level)} + " " + std::string{event};
    for (const auto& [name, value] : fields) {
        if (is_empty(value)) continue;
        line += " " + std::string{name} + "=";
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            line += std::to_string(*number);
            continue;
        }
        const std::string_view text = std::get<std::string_view>(value);
        bool is_word = true;
        for (const char c : text) is_word = is_word && c > ' ' && c != '"' && c != '\\' && c != 0x7f;
        if (is_word) {
            line += text;
        } else {
            append_json_text(line, text);
        }
    }
    return line;
}

}  // namespace

void Log::say(LogLevel level, std::string_view event, const Fields& fields) const {
    if (takes(level)) write(level, event, fields);
}

void Log::write(LogLevel level, std::string_view event, const Fields& fields) const {
    std::string line = format_ == LogFormat::json ? json_line(level, event, fields) : text_line(level, event, fields);
    if (write_) return write_(line);
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace suki::server
