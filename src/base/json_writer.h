#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace suki {

/// Appends JSON to a text, in the order of the calls and without spaces. It places commas; the caller keeps begin and end in
/// pairs, and gives each value of an object its key. Texts are escaped; bytes that are not UTF-8 become U+FFFD, so that the
/// result is always JSON. There is no `double`: fractions are written as texts or with `raw`.
class JsonWriter {
public:
    /// `out` is appended to and must outlive the writer.
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);
    /// A name that stands in the code, which nothing must be escaped in.
    template <std::size_t Size>
    void key(const char (&name)[Size]) {
        comma();
        char quoted[Size + 2];
        quoted[0] = '"';
        std::memcpy(quoted + 1, name, Size - 1);
        quoted[Size] = '"';
        quoted[Size + 1] = ':';
        out_.append(quoted, Size + 2);
        needs_comma_ = false;
    }

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view{text}); }
    template <std::same_as<bool> T>
    void value(T boolean) {
        literal(boolean ? "true" : "false");
    }
    template <std::integral T>
        requires(!std::same_as<T, bool> && !std::same_as<T, char> && (sizeof(T) < 8 || std::is_signed_v<T>))
    void value(T number) {
        integer(number);
    }
    /// Counts (`size_t`) beyond 2^63 do not exist; they are written as they are.
    void value(std::uint64_t number);
    template <std::floating_point T>
    void value(T) = delete;
    void null() { literal("null"); }
    /// One whole JSON value, already written: it is copied as it is.
    void raw(std::string_view json) { literal(json); }

    // A field is named by a text, or by a literal as above.
    template <class Name, class T>
    void field(const Name& name, const T& v) {
        key(name);
        value(v);
    }
    template <class Name>
    void field_null(const Name& name) {
        key(name);
        null();
    }
    template <class Name>
    void field_raw(const Name& name, std::string_view json) {
        key(name);
        raw(json);
    }
    template <class Name>
    void begin_object(const Name& name) {
        key(name);
        begin_object();
    }
    template <class Name>
    void begin_array(const Name& name) {
        key(name);
        begin_array();
    }

private:
    void open(char bracket);
    void close(char bracket);
    void literal(std::string_view text);
    void integer(std::int64_t number);
    void comma() {
        if (needs_comma_) out_.push_back(',');
        needs_comma_ = true;
    }

    std::string& out_;
    bool needs_comma_ = false;
};

/// Appends `text` in quotes, escaped as JsonWriter does it.
void append_json_text(std::string& out, std::string_view text);

}  // namespace suki
