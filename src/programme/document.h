#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "programme/diagnostic.h"

/// The text of a programme as a tree, whether it was YAML or JSON.
namespace suki::programme {

/// `broken`: something stood here that was refused already (an alias), so nobody complains about it twice.
enum class Shape : std::uint8_t { nothing, scalar, list, map, broken };

class Document;

/// One node of a document that outlives it. Cheap to copy.
class NodeRef {
public:
    NodeRef(const Document& document, std::uint32_t index) : document_(&document), index_(index) {}

    [[nodiscard]] Shape shape() const;
    /// The text of a scalar, otherwise empty. Quotes and escapes are resolved; nothing is read as a number or a truth yet.
    [[nodiscard]] std::string_view text() const;
    /// The key under which it stands in its map; empty in lists and for the root.
    [[nodiscard]] std::string_view key() const;
    /// Of a list or map, in the order of the document.
    [[nodiscard]] std::vector<NodeRef> children() const;
    [[nodiscard]] std::size_t child_count() const;
    [[nodiscard]] NodeRef parent() const;
    [[nodiscard]] std::size_t line() const;
    [[nodiscard]] std::size_t column() const;
    [[nodiscard]] std::size_t key_line() const;
    [[nodiscard]] std::size_t key_column() const;
    /// JSON pointer (RFC 6901); empty for the root.
    [[nodiscard]] std::string path() const;
    [[nodiscard]] bool is_scalar() const { return shape() == Shape::scalar; }
    [[nodiscard]] bool is_map() const { return shape() == Shape::map; }
    [[nodiscard]] bool is_list() const { return shape() == Shape::list; }

private:
    const Document* document_;
    std::uint32_t index_;
};

class Document {
public:
    [[nodiscard]] NodeRef root() const { return {*this, 0}; }

    struct Span {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };
    struct Node {
        Shape shape = Shape::nothing;
        bool has_key = false;
        std::uint32_t line = 1, column = 1, key_line = 1, key_column = 1;
        std::uint32_t parent = 0, first = 0, last = 0, next = 0, count = 0;  // 0 is the root, which is nobody's child
        std::uint32_t place = 0;                                             // among its siblings
        Span key, text;
    };
    std::vector<Node> nodes;
    std::string texts;

    [[nodiscard]] std::string_view view(Span span) const { return std::string_view{texts}.substr(span.at, span.size); }
};

/// A document with what is wrong with its form. With `is_whole` the tree is complete, though `findings` may hold errors
/// (duplicate keys, aliases, tags); without, reading stopped at the last of them.
struct ReadDocument {
    Document document;
    Diagnostics findings;
    bool is_whole = false;
};

/// Reads YAML (of which JSON is a part) within the limits of base/limits.h. Aliases, anchors, tags, directives, several documents
/// and keys that are not plain words are refused. Of duplicate keys the first stays in the tree.
ReadDocument read_document(std::string_view source);

}  // namespace suki::programme
