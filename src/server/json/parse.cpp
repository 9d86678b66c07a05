#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/utf8.h"
#include "server/json/value.h"

namespace suki::server::json {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char* append_utf8(char* to, std::uint32_t point) {
    const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0 | (point >> 6));
        put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        put(0xe0 | (point >> 12));
        put(0x80 | ((point >> 6) & 0x3f));
        put(0x80 | (point & 0x3f));
    } else {
        put(0xf0 | (point >> 18));
        put(0x80 | ((point >> 12) & 0x3f));
        put(0x80 | ((point >> 6) & 0x3f));
        put(0x80 | (point & 0x3f));
    }
    return to;
}

}  // namespace

/// One pass over the source with a stack of its own, so that depth costs no machine stack. Each function returns false once an
/// error is recorded; nothing is read after that.
class Parser {
public:
    Parser(std::string_view source, ParseLimits limits)
        : source_(source), limits_(limits), at_(source.data()), end_(source.data() + source.size()) {
        document_.source_ = source;
        // About one value for eight bytes in the bodies that tills send; a guess too small only costs a copy.
        document_.nodes_.reserve(std::min<std::size_t>(source.size() / 8 + 8, 1024));
    }

    Result<Document, ParseError> run() {
        skip_space();
        if (at_ == end_) {
            fail(ParseErrorCode::empty_body, at_, "there is no JSON value");
        } else if (read_all()) {
            return std::move(document_);
        }
        return Unexpected{std::move(error_)};
    }

private:
    using Node = Document::Node;

    struct Frame {
        std::uint32_t node = 0;   // the container
        std::uint32_t key = 0;    // the key last read, in an object
        std::uint32_t count = 0;  // complete elements or members
    };

    bool read_all() {
        while (true) {
            bool is_complete = false;
            if (!read_value(is_complete)) return false;
            if (is_complete && !close_complete()) return false;
            if (stack_.empty()) break;
        }
        skip_space();
        if (at_ != end_) return fail(ParseErrorCode::trailing_bytes, at_, "something follows the JSON value");
        return true;
    }

    /// Reads a scalar or an empty container (then it is complete), or the opening of a container up to its first value.
    bool read_value(bool& is_complete) {
        is_complete = true;
        skip_space();
        if (at_ == end_) return fail_unexpected("a value");
        if (document_.nodes_.size() >= limits_.values) return fail(ParseErrorCode::too_many, at_, "too many values");
        switch (*at_) {
            case '{': return open(Kind::object, '}', is_complete);
            case '[': return open(Kind::array, ']', is_complete);
            case '"': return read_text();
            case 't': return read_literal("true", Kind::boolean, true);
            case 'f': return read_literal("false", Kind::boolean, false);
            case 'n': return read_literal("null", Kind::null, false);
            default: return *at_ == '-' || is_digit(*at_) ? read_number() : fail_unexpected("a value");
        }
    }

    bool open(Kind kind, char closing, bool& is_complete) {
        if (stack_.size() >= limits_.depth) {
            return fail(ParseErrorCode::too_deep, at_, "nested deeper than " + std::to_string(limits_.depth) + " levels");
        }
        stack_.push_back({.node = push(kind, at_)});
        ++at_;
        skip_space();
        if (at_ != end_ && *at_ == closing) {
            ++at_;
            return close();
        }
        is_complete = false;
        return kind == Kind::array || read_key();
    }

    /// After a value: closes every container that ends here, and stops where the next value of one begins.
    bool close_complete() {
        while (!stack_.empty()) {
            Frame& frame = stack_.back();
            const bool is_object = document_.nodes_[frame.node].kind == Kind::object;
            skip_space();
            if (at_ != end_ && *at_ == ',') {
                ++frame.count;
                ++at_;
                return !is_object || read_key();
            }
            if (at_ == end_ || *at_ != (is_object ? '}' : ']')) return fail_unexpected(is_object ? "`,` or `}`" : "`,` or `]`");
            ++frame.count;
            ++at_;
            if (!close()) return false;
        }
        return true;
    }

    bool close() {
        const Frame frame = stack_.back();
        Node& node = document_.nodes_[frame.node];
        node.size = frame.count;
        node.end = static_cast<std::uint32_t>(document_.nodes_.size());
        if (node.kind == Kind::object && frame.count > 1 && !check_names(frame.node)) return false;
        stack_.pop_back();
        return true;
    }

    bool read_key() {
        stack_.back().key = 0;  // a mistake in the name itself belongs to the object
        skip_space();
        if (at_ == end_ || *at_ != '"') return fail_unexpected("a name in quotes");
        stack_.back().key = static_cast<std::uint32_t>(document_.nodes_.size());
        if (!read_text()) return false;
        skip_space();
        if (at_ == end_ || *at_ != ':') return fail_unexpected("`:`");
        ++at_;
        return true;
    }

    /// Refuses an object with two members of one name: which of them counts would be up to the reader.
    bool check_names(std::uint32_t object) {
        constexpr std::size_t few = 16;
        names_.clear();
        const auto& nodes = document_.nodes_;
        for (std::uint32_t i = object + 1; i < nodes[object].end; i = nodes[i + 1].end) {
            const std::string_view name{nodes[i].text, nodes[i].size};
            if (nodes[object].size <= few) {
                for (const auto& [other, index] : names_) {
                    if (other == name) return fail_duplicate(i);
                }
            }
            names_.emplace_back(name, i);
        }
        if (nodes[object].size <= few) return true;
        std::sort(names_.begin(), names_.end());
        for (std::size_t i = 1; i < names_.size(); ++i) {
            if (names_[i].first == names_[i - 1].first) return fail_duplicate(names_[i].second);
        }
        return true;
    }

    bool read_literal(std::string_view word, Kind kind, bool is_true) {
        if (std::string_view{at_, static_cast<std::size_t>(end_ - at_)}.substr(0, word.size()) != word) {
            return fail_unexpected("a value");
        }
        document_.nodes_[push(kind, at_)].is_true = is_true;
        at_ += word.size();
        return true;
    }

    bool read_number() {
        const char* const from = at_;
        Kind kind = Kind::integer;
        if (*at_ == '-') ++at_;
        if (at_ != end_ && *at_ == '0') {
            ++at_;
            if (at_ != end_ && is_digit(*at_)) return fail(ParseErrorCode::syntax_error, from, "a number starts with a spare 0");
        } else if (!skip_digits()) {
            return fail_unexpected("a digit");
        }
        if (at_ != end_ && *at_ == '.') {
            kind = Kind::decimal;
            ++at_;
            if (!skip_digits()) return fail_unexpected("a digit");
        }
        if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
            kind = Kind::decimal;
            ++at_;
            if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
            if (!skip_digits()) return fail_unexpected("a digit");
        }
        set_text(push(kind, from), from, at_);
        return true;
    }

    bool skip_digits() {
        const char* const from = at_;
        while (at_ != end_ && is_digit(*at_)) ++at_;
        return at_ != from;
    }

    /// At the opening quote.
    bool read_text() {
        const std::uint32_t node = push(Kind::text, at_);
        const char* const from = ++at_;
        if (!skip_plain()) return false;
        if (*at_ == '"') {
            set_text(node, from, at_);
            ++at_;
            return true;
        }
        return read_escaped(node, from);
    }

    /// To the closing quote or the next backslash.
    bool skip_plain() {
        while (true) {
            while (end_ - at_ >= 8) {
                const std::size_t length = plain_json_bytes(at_);
                at_ += length;
                if (length < 8) break;
            }
            if (at_ == end_) return fail(ParseErrorCode::syntax_error, at_, "a text is not closed");
            const auto c = static_cast<unsigned char>(*at_);
            if (c == '"' || c == '\\') return true;
            if (c == 0) return fail(ParseErrorCode::nul_character, at_, "a text contains the character U+0000");
            if (c < 0x20) return fail(ParseErrorCode::syntax_error, at_, "a control character in a text is not escaped");
            const std::size_t length = utf8_length(at_, end_);
            if (length == 0) return fail(ParseErrorCode::bad_utf8, at_, "these bytes are not UTF-8");
            at_ += length;
        }
    }

    /// A text with escapes: its plain beginning is [from, at_), and at_ is at the first backslash.
    bool read_escaped(std::uint32_t node, const char* from) {
        // Unescaping never makes a text longer, so that one block as large as the source holds all texts.
        if (!document_.unescaped_) {
            document_.unescaped_ = std::make_unique_for_overwrite<char[]>(source_.size());
            unescaped_ = document_.unescaped_.get();
        }
        const char* const text = unescaped_;
        while (true) {
            std::memcpy(unescaped_, from, static_cast<std::size_t>(at_ - from));
            unescaped_ += at_ - from;
            if (*at_ == '"') break;
            if (!read_escape()) return false;
            from = at_;
            if (!skip_plain()) return false;
        }
        ++at_;
        set_text(node, text, unescaped_);
        return true;
    }

    /// At the backslash.
    bool read_escape() {
        const char* const from = at_++;
        if (at_ == end_) return fail(ParseErrorCode::syntax_error, at_, "a text is not closed");
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (const std::size_t found = letters.find(*at_); found != std::string_view::npos) {
            *unescaped_++ = meanings[found];
            ++at_;
            return true;
        }
        std::uint32_t point = 0;
        if (*at_ != 'u' || !read_hex(point)) return fail(ParseErrorCode::syntax_error, from, "unknown escape in a text");
        if (point == 0) return fail(ParseErrorCode::nul_character, from, "a text contains the character U+0000");
        if (point >= 0xd800 && point < 0xdc00) {
            std::uint32_t low = 0;
            const bool has_low = end_ - at_ >= 2 && at_[0] == '\\' && *++at_ == 'u' && read_hex(low);
            if (!has_low || low < 0xdc00 || low > 0xdfff) return fail(ParseErrorCode::bad_utf8, from, "half of a surrogate pair");
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        } else if (point >= 0xdc00 && point <= 0xdfff) {
            return fail(ParseErrorCode::bad_utf8, from, "half of a surrogate pair");
        }
        unescaped_ = append_utf8(unescaped_, point);
        return true;
    }

    /// At the `u`; four digits follow.
    bool read_hex(std::uint32_t& point) {
        if (end_ - at_ < 5) return false;
        for (int i = 1; i <= 4; ++i) {
            const int digit = hex_value(at_[i]);
            if (digit < 0) return false;
            point = (point << 4) | static_cast<std::uint32_t>(digit);
        }
        at_ += 5;
        return true;
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }

    std::uint32_t push(Kind kind, const char* at) {
        const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
        document_.nodes_.push_back({.end = index + 1, .offset = static_cast<std::uint32_t>(at - source_.data()), .kind = kind});
        return index;
    }

    void set_text(std::uint32_t node, const char* from, const char* to) {
        document_.nodes_[node].text = from;
        document_.nodes_[node].size = static_cast<std::uint32_t>(to - from);
    }

    bool fail_duplicate(std::uint32_t key) {
        const Node& node = document_.nodes_[key];
        const std::string name{node.text, node.size};
        stack_.back().key = key;
        return fail(ParseErrorCode::duplicate_field, source_.data() + node.offset, "`" + name + "` stands here a second time");
    }

    bool fail_unexpected(const char* wanted) {
        if (at_ == end_)
            return fail(ParseErrorCode::syntax_error, at_, std::string{"the text ends where "} + wanted + " should be");
        if (*at_ == '\0') return fail(ParseErrorCode::nul_character, at_, "a NUL byte");
        return fail(ParseErrorCode::syntax_error, at_, std::string{"here should be "} + wanted);
    }

    bool fail(ParseErrorCode code, const char* at, std::string message) {
        error_.code = code;
        error_.message = std::move(message);
        for (const char* c = source_.data(); c < at; ++c) {
            if (*c == '\n') {
                ++error_.position.line;
                error_.position.column = 1;
            } else if ((static_cast<unsigned char>(*c) & 0xc0) != 0x80) {
                ++error_.position.column;
            }
        }
        for (const Frame& frame : stack_) {
            if (document_.nodes_[frame.node].kind == Kind::array) {
                append_pointer(error_.pointer, std::to_string(frame.count));
            } else if (const Node& key = document_.nodes_[frame.key]; frame.key > frame.node && key.text != nullptr) {
                append_pointer(error_.pointer, {key.text, key.size});
            }
        }
        return false;
    }

    std::string_view source_;
    ParseLimits limits_;
    const char* at_;
    const char* end_;
    char* unescaped_ = nullptr;
    Document document_;
    std::vector<Frame> stack_;
    std::vector<std::pair<std::string_view, std::uint32_t>> names_;
    ParseError error_;
};

Result<Document, ParseError> parse(std::string_view source, ParseLimits limits) {
    if (source.size() >= (std::size_t{1} << 31)) {
        return Unexpected{ParseError{.code = ParseErrorCode::too_many, .message = "the text is too long"}};
    }
    return Parser{source, limits}.run();
}

}  // namespace suki::server::json
