#include "server/json/value.h"

#include <charconv>

#include "base/check.h"
#include "base/utf8.h"

namespace suki::server::json {

Value Document::root() const {
    SUKI_CHECK(!nodes_.empty());
    return Value{this, 0};
}

bool Value::boolean() const {
    SUKI_CHECK(kind() == Kind::boolean);
    return node().is_true;
}

std::string_view Value::text() const {
    SUKI_CHECK(kind() == Kind::text);
    return {node().text, node().size};
}

std::string_view Value::number_text() const {
    SUKI_CHECK(kind() == Kind::integer || kind() == Kind::decimal);
    return {node().text, node().size};
}

std::optional<std::int64_t> Value::integer() const {
    SUKI_CHECK(kind() == Kind::integer);
    const char* const end = node().text + node().size;
    std::int64_t number = 0;
    const auto read = std::from_chars(node().text, end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

std::size_t Value::size() const { return kind() == Kind::array || kind() == Kind::object ? node().size : 0; }

std::optional<Value> Value::find(std::string_view name) const {
    if (kind() != Kind::object) return std::nullopt;
    for (const auto& [key, value] : members()) {
        if (key == name) return value;
    }
    return std::nullopt;
}

Position Value::position() const {
    Position position;
    const char* at = document_->source_.data();
    const char* const end = at + node().offset;
    while (at < end) {
        if (*at == '\n') {
            ++position.line;
            position.column = 0;
        }
        // The text was checked: every sequence is well formed.
        at += utf8_length(at, document_->source_.data() + document_->source_.size());
        ++position.column;
    }
    return position;
}

std::string_view Value::source() const {
    const std::string_view rest = document_->source_.substr(node().offset);
    std::size_t at = 0;
    std::size_t depth = 0;
    bool is_in_text = false;
    switch (kind()) {
        case Kind::null: return rest.substr(0, 4);
        case Kind::boolean: return rest.substr(0, node().is_true ? 4 : 5);
        case Kind::integer:
        case Kind::decimal: return rest.substr(0, node().size);
        case Kind::text:
        case Kind::array:
        case Kind::object: break;
    }
    // To the quote or bracket that closes the first one. The text was checked, so there is one.
    do {
        const char c = rest[at++];
        if (is_in_text) {
            if (c == '\\') ++at;
            if (c == '"') is_in_text = false;
        } else if (c == '"') {
            is_in_text = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    } while (is_in_text || depth > 0);
    return rest.substr(0, at);
}

Value::Elements Value::elements() const { return Elements{*this}; }
Value::Members Value::members() const { return Members{*this}; }

Value::Elements::Elements(Value array) : begin_(array.document_, array.index_ + 1), end_(array.document_, array.node().end) {
    SUKI_CHECK(array.kind() == Kind::array);
}

Value::Members::Members(Value object) : begin_(object.document_, object.index_ + 1), end_(object.document_, object.node().end) {
    SUKI_CHECK(object.kind() == Kind::object);
}

void append_pointer(std::string& pointer, std::string_view token) {
    pointer.push_back('/');
    for (const char c : token) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer.push_back(c);
        }
    }
}

}  // namespace suki::server::json
