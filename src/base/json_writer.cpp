#include "base/json_writer.h"

#include <array>
#include <charconv>

#include "base/utf8.h"

namespace suki {

namespace {

/// 0: copied as it is; `u`: as \u00xx; 1: the lead of a longer sequence; otherwise the letter after the backslash.
constexpr std::array<char, 256> make_escapes() {
    std::array<char, 256> escapes{};
    for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
    for (std::size_t c = 0x80; c < 0x100; ++c) escapes[c] = 1;
    escapes['\b'] = 'b';
    escapes['\t'] = 't';
    escapes['\n'] = 'n';
    escapes['\f'] = 'f';
    escapes['\r'] = 'r';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    escapes[0x7f] = 'u';
    return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

void append_escaped(std::string& out, unsigned char c, char escape) {
    out.push_back('\\');
    out.push_back(escape);
    if (escape != 'u') return;
    constexpr std::string_view digits = "0123456789abcdef";
    out += "00";
    out.push_back(digits[c >> 4]);
    out.push_back(digits[c & 15]);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
    out.push_back('"');
    const char* const end = text.data() + text.size();
    const char* from = text.data();  // what lies in [from, at) is still to be copied
    const char* at = from;
    while (at < end) {
        if (end - at >= 8) {
            const std::size_t plain = plain_json_bytes(at);
            at += plain;
            if (plain == 8) continue;
        }
        const auto c = static_cast<unsigned char>(*at);
        const char escape = kEscapes[c];
        if (escape == 0) {
            ++at;
            continue;
        }
        if (const std::size_t length = escape == 1 ? utf8_length(at, end) : 0; length > 0) {
            at += length;
            // Where one longer sequence stands, mostly others follow.
            while (at < end && static_cast<unsigned char>(*at) >= 0x80) {
                const std::size_t next = utf8_length(at, end);
                if (next == 0) break;
                at += next;
            }
            continue;
        }
        out.append(from, at);
        if (escape == 1) {
            out += "\xef\xbf\xbd";
        } else {
            append_escaped(out, c, escape);
        }
        from = ++at;
    }
    out.append(from, at);
    out.push_back('"');
}

void JsonWriter::open(char bracket) {
    comma();
    out_.push_back(bracket);
    needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
    out_.push_back(bracket);
    needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
    comma();
    append_json_text(out_, name);
    out_.push_back(':');
    needs_comma_ = false;
}

void JsonWriter::value(std::string_view text) {
    comma();
    append_json_text(out_, text);
}

void JsonWriter::literal(std::string_view text) {
    comma();
    out_ += text;
}

void JsonWriter::integer(std::int64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    literal({digits.data(), end.ptr});
}

void JsonWriter::value(std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    literal({digits.data(), end.ptr});
}

}  // namespace suki
