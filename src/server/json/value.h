#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/result.h"

/// Reading JSON that others wrote. The whole text is checked before any of it is seen.
namespace suki::server::json {

/// `integer` has neither fraction nor exponent (it may still be too large for 64 bits); every other number is `decimal`.
SUKI_ENUM(Kind, null, boolean, integer, decimal, text, array, object)

SUKI_ENUM(ParseErrorCode, empty_body, syntax_error, bad_utf8, nul_character, trailing_bytes, too_deep, too_many, duplicate_field)

struct Position {
    std::size_t line = 1;    // 1..
    std::size_t column = 1;  // 1.., in characters
};

struct ParseError {
    ParseErrorCode code = ParseErrorCode::syntax_error;
    Position position;
    std::string pointer;  // of the value that was being read (RFC 6901)
    std::string message;
};

struct ParseLimits {
    std::size_t depth = 32;
    std::size_t values = 1'000'000;
};

class Value;

/// A parsed text. Values are views into it, and into the text that it was parsed from: both must outlive them.
class Document {
public:
    [[nodiscard]] Value root() const;

private:
    friend class Value;
    friend class Parser;

    /// Values lie in the order of the text; a container is followed by its content, an object's content is key, value, key, ….
    struct Node {
        const char* text = nullptr;  // of a text (unescaped) or number (as written)
        std::uint32_t size = 0;      // bytes of `text`; or how many elements or members
        std::uint32_t end = 0;       // the index after this value and all that it contains
        std::uint32_t offset = 0;    // of its first byte in the source
        Kind kind = Kind::null;
        bool is_true = false;
    };

    std::string_view source_;
    std::vector<Node> nodes_;
    std::unique_ptr<char[]> unescaped_;  // texts that had escapes
};

/// Reads one JSON value (RFC 8259) that must fill `source` but for white space. Refused besides malformed JSON: invalid UTF-8,
/// lone surrogates, U+0000, an object with two members of one name, and what exceeds `limits`. `source` is below 2 GiB.
Result<Document, ParseError> parse(std::string_view source, ParseLimits limits = {});

/// One value of a Document: cheap to copy.
class Value {
public:
    [[nodiscard]] Kind kind() const { return node().kind; }
    [[nodiscard]] bool is_null() const { return kind() == Kind::null; }

    // Each must be asked only of its own kind.
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::string_view text() const;
    /// The number as it was written: `-0.4320`, `1e3`.
    [[nodiscard]] std::string_view number_text() const;
    /// The integer, or nothing when it does not fit.
    [[nodiscard]] std::optional<std::int64_t> integer() const;

    /// Elements of an array, members of an object; 0 for all else.
    [[nodiscard]] std::size_t size() const;
    /// The member of that name, or nothing; nothing too when this is no object. It looks at all members in turn.
    [[nodiscard]] std::optional<Value> find(std::string_view name) const;

    /// Where it stands in the source. This counts from the source's beginning: for messages only.
    [[nodiscard]] Position position() const;
    /// The bytes of the source that this value was read from.
    [[nodiscard]] std::string_view source() const;

    struct Member;
    /// In the order of the text: `for (Value v : value.elements())`, `for (auto [name, v] : value.members())`.
    class Elements;
    class Members;
    [[nodiscard]] Elements elements() const;
    [[nodiscard]] Members members() const;

private:
    friend class Document;
    Value(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
    [[nodiscard]] const Document::Node& node() const { return document_->nodes_[index_]; }

    const Document* document_;
    std::uint32_t index_;
};

struct Value::Member {
    std::string_view name;
    Value value;
};

class Value::Elements {
public:
    class Iterator {
    public:
        Iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
        Value operator*() const { return Value{document_, index_}; }
        Iterator& operator++() {
            index_ = document_->nodes_[index_].end;
            return *this;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

    private:
        const Document* document_;
        std::uint32_t index_;
    };
    explicit Elements(Value array);
    [[nodiscard]] Iterator begin() const { return begin_; }
    [[nodiscard]] Iterator end() const { return end_; }

private:
    Iterator begin_;
    Iterator end_;
};

class Value::Members {
public:
    class Iterator {
    public:
        Iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
        Member operator*() const { return {Value{document_, index_}.text(), Value{document_, index_ + 1}}; }
        Iterator& operator++() {
            index_ = document_->nodes_[index_ + 1].end;
            return *this;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

    private:
        const Document* document_;
        std::uint32_t index_;
    };
    explicit Members(Value object);
    [[nodiscard]] Iterator begin() const { return begin_; }
    [[nodiscard]] Iterator end() const { return end_; }

private:
    Iterator begin_;
    Iterator end_;
};

/// Appends `/token` with `~` and `/` escaped (RFC 6901).
void append_pointer(std::string& pointer, std::string_view token);

}  // namespace suki::server::json
