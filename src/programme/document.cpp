#include "programme/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "base/bytes.h"
#include "base/limits.h"
#include "programme/findings.h"

namespace suki::programme {

namespace {

std::string escaped_for_pointer(std::string_view key) {
    std::string text;
    for (const char c : key) {
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    }
    return text;
}

/// Ends the reading from inside the parser's callbacks; never leaves this file.
struct Stop {};

class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(Document& document, Diagnostics& findings) : document_(document), findings_(findings) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        if (is_key_next()) stop(DiagnosticCode::bad_key, mark, finding::key_missing());
        add(mark, Shape::nothing, {});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        find(DiagnosticCode::alias_not_allowed, mark, finding::alias(), hint::repeat_alias());
        if (is_key_next()) throw Stop{};
        add(mark, Shape::broken, {});
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (tag == "!") last_quoted_ = mark;
        if (is_key_next()) {
            take_key(mark, value);
            return;
        }
        if (value.size() > limits::text_bytes) {
            find(DiagnosticCode::bad_text, mark, finding::a_text_too_long(limits::text_bytes));
            add(mark, Shape::broken, {});
            return;
        }
        // Escapes can bring in what the source itself may not hold.
        if (!is_valid_text(value)) {
            find(DiagnosticCode::bad_text, mark, finding::text_not_unicode());
            add(mark, Shape::broken, {});
            return;
        }
        if (has_control(value, "\t\n\r")) {
            find(DiagnosticCode::bad_text, mark, finding::control_character(), hint::write_again());
            add(mark, Shape::broken, {});
            return;
        }
        add(mark, Shape::scalar, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Shape::list);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Shape::map);
    }
    void OnMapEnd() override {
        const std::uint32_t map = open_.back().index;
        open_.pop_back();
        drop_duplicates(map);
    }

    /// Where the last text in quotes began; before the first there is none, and `is_null`.
    [[nodiscard]] const YAML::Mark& last_quoted() const { return last_quoted_; }

    void find(DiagnosticCode code, const YAML::Mark& mark, Message message, Message advice = {}) {
        if (findings_.size() >= limits::diagnostics_per_document) return;
        const auto line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
        const auto column = static_cast<std::size_t>(std::max(mark.column, 0)) + 1;
        findings_.push_back({.code = code,
                             .line = line,
                             .column = column,
                             .path = path(),
                             .message = std::move(message),
                             .hint = std::move(advice)});
    }

private:
    struct Open {
        std::uint32_t index = 0;
        bool is_map = false;
        bool has_key = false;
        Document::Span key;
        std::uint32_t key_line = 1, key_column = 1;
    };

    [[nodiscard]] bool is_key_next() const { return !open_.empty() && open_.back().is_map && !open_.back().has_key; }

    [[noreturn]] void stop(DiagnosticCode code, const YAML::Mark& mark, Message message) {
        find(code, mark, std::move(message));
        throw Stop{};
    }
    void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != 0) {
            find(DiagnosticCode::alias_not_allowed, mark, finding::anchor(), hint::leave_anchor_out());
        }
    }
    void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        // `?` and `!` are what the parser says of plain and of quoted nodes without a tag.
        if (tag.empty() || tag == "?" || tag == "!") return;
        find(DiagnosticCode::tag_not_allowed, mark, finding::tag(), hint::leave_tag_out());
    }
    Document::Span keep(const std::string& text) {
        const Document::Span span{static_cast<std::uint32_t>(document_.texts.size()), static_cast<std::uint32_t>(text.size())};
        document_.texts += text;
        return span;
    }
    void take_key(const YAML::Mark& mark, const std::string& value) {
        if (value.size() > limits::text_bytes || !is_valid_text(value) || has_control(value, "\t\n\r")) {
            stop(DiagnosticCode::bad_key, mark, finding::bad_key());
        }
        Open& map = open_.back();
        map.has_key = true;
        map.key = keep(value);
        map.key_line = static_cast<std::uint32_t>(mark.line) + 1;
        map.key_column = static_cast<std::uint32_t>(mark.column) + 1;
    }
    std::uint32_t add(const YAML::Mark& mark, Shape shape, const std::string& text) {
        if (document_.nodes.size() >= limits::document_nodes) {
            stop(DiagnosticCode::too_many_nodes, mark, finding::more_parts_than(limits::document_nodes));
        }
        const auto index = static_cast<std::uint32_t>(document_.nodes.size());
        Document::Node node;
        node.shape = shape;
        node.line = node.key_line = static_cast<std::uint32_t>(mark.line) + 1;
        node.column = node.key_column = static_cast<std::uint32_t>(mark.column) + 1;
        node.text = keep(text);
        if (!open_.empty()) {
            Open& parent = open_.back();
            node.parent = parent.index;
            if (parent.is_map) {
                node.has_key = true;
                node.key = parent.key;
                node.key_line = parent.key_line;
                node.key_column = parent.key_column;
                parent.has_key = false;
            }
            Document::Node& above = document_.nodes[parent.index];
            node.place = above.count++;
            if (above.first == 0)
                above.first = index;
            else
                document_.nodes[above.last].next = index;
            above.last = index;
        }
        document_.nodes.push_back(node);
        return index;
    }
    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Shape shape) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (is_key_next()) stop(DiagnosticCode::bad_key, mark, finding::key_not_plain());
        if (open_.size() >= limits::document_depth) {
            stop(DiagnosticCode::too_deep, mark, finding::too_deep(limits::document_depth));
        }
        const std::uint32_t index = add(mark, shape, {});
        open_.push_back({.index = index, .is_map = shape == Shape::map});
    }
    /// Where reading stands, for findings that come before the tree is whole.
    [[nodiscard]] std::string path() const {
        if (open_.empty()) return {};
        const Open& container = open_.back();
        const std::string above = NodeRef{document_, container.index}.path();
        if (!container.is_map) return above + "/" + std::to_string(document_.nodes[container.index].count);
        return container.has_key ? above + "/" + escaped_for_pointer(document_.view(container.key)) : above;
    }
    void drop_duplicates(std::uint32_t map) {
        std::vector<std::uint32_t> children;
        for (std::uint32_t at = document_.nodes[map].first; at != 0; at = document_.nodes[at].next) children.push_back(at);
        const auto key_of = [this](std::uint32_t index) { return document_.view(document_.nodes[index].key); };
        std::stable_sort(children.begin(), children.end(), [&](std::uint32_t a, std::uint32_t b) { return key_of(a) < key_of(b); });
        std::vector<std::uint32_t> repeated;
        for (std::size_t i = 1; i < children.size(); ++i) {
            if (key_of(children[i]) == key_of(children[i - 1])) repeated.push_back(children[i]);
        }
        std::sort(repeated.begin(), repeated.end());
        for (const std::uint32_t index : repeated) {
            const Document::Node& node = document_.nodes[index];
            if (findings_.size() >= limits::diagnostics_per_document) break;
            findings_.push_back({.code = DiagnosticCode::duplicate_key,
                                 .line = node.key_line,
                                 .column = node.key_column,
                                 .path = NodeRef{document_, map}.path(),
                                 .message = finding::duplicate_key(key_of(index)),
                                 .hint = hint::keep_one_key()});
        }
        if (!repeated.empty()) unlink(map, repeated);
    }
    /// Takes `repeated` (ascending) out of the list of the map's children.
    void unlink(std::uint32_t map, const std::vector<std::uint32_t>& repeated) {
        Document::Node& above = document_.nodes[map];
        std::uint32_t last = above.first;  // the first child is never a repetition
        above.count = 1;
        for (std::uint32_t at = document_.nodes[last].next; at != 0; at = document_.nodes[at].next) {
            if (std::binary_search(repeated.begin(), repeated.end(), at)) continue;
            document_.nodes[last].next = at;
            last = at;
            ++above.count;
        }
        document_.nodes[last].next = 0;
        above.last = last;
    }

    Document& document_;
    Diagnostics& findings_;
    std::vector<Open> open_;
    YAML::Mark last_quoted_ = YAML::Mark::null_mark();
};

/// Whether a quote that opens at `at` closes. The parser takes the end of the text for the closing quote when a line break comes
/// just before it, and so would swallow the rest of a document in silence; only its last quoted text can be such a one.
bool is_closed_quote(std::string_view source, std::size_t at) {
    if (source.starts_with("\xef\xbb\xbf")) source.remove_prefix(3);
    if (at >= source.size() || (source[at] != '"' && source[at] != '\'')) return true;
    const char quote = source[at];
    for (std::size_t i = at + 1; i < source.size(); ++i) {
        if (source[i] == '\\' && quote == '"') {
            ++i;
        } else if (source[i] == quote) {
            if (quote == '"' || i + 1 == source.size() || source[i + 1] != quote) return true;
            ++i;  // a doubled quote stands for one
        }
    }
    return false;
}

/// JSON is read as YAML, which lets a comma stand behind the last part. Where, counted in bytes, one stands in a text that is JSON.
std::optional<std::size_t> find_trailing_comma(std::string_view source) {
    std::optional<std::size_t> comma;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const char c = source[i];
        if (c == ',') {
            comma = i;
        } else if (c == '}' || c == ']') {
            if (comma) return comma;
        } else if (c == '"') {
            comma.reset();
            for (++i; i < source.size() && source[i] != '"'; ++i) i += source[i] == '\\' ? 1 : 0;
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            comma.reset();
        }
    }
    return std::nullopt;
}

/// Whether brackets stand deeper than parts may.
bool is_too_deep(std::string_view source) {
    std::size_t depth = 0;
    for (const char c : source) {
        if (c == '[' || c == '{') {
            if (++depth > limits::document_depth) return true;
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

/// The parser looks ahead over a whole flow collection (so over a whole JSON document) before it tells of its first part, at some
/// 300 bytes for each mark of punctuation. So these are counted before it runs: more of them than parts are allowed is refused.
/// 10,000 offers with rich conditions have about a third.
constexpr std::size_t kMarksMax = 600'000;

bool has_too_many_marks(std::string_view source) {
    std::size_t marks = 0;
    for (const char c : source) marks += c == '[' || c == ']' || c == '{' || c == '}' || c == ',' || c == ':' || c == '?' ? 1 : 0;
    return marks > kMarksMax;
}

int hex_of(std::string_view text) {
    int value = 0;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/// JSON writes what lies beyond 16 bits as a pair of escapes, which YAML does not know: `\ud83d\ude00` becomes `\U0001f600`.
/// Escaped backslashes are stepped over.
std::string with_joined_surrogates(std::string_view source) {
    std::string joined;
    joined.reserve(source.size());
    for (std::size_t i = 0; i < source.size();) {
        if (source[i] != '\\') {
            joined += source[i++];
            continue;
        }
        if (i + 12 <= source.size() && source[i + 1] == 'u' && source[i + 6] == '\\' && source[i + 7] == 'u') {
            const int high = hex_of(source.substr(i + 2, 4));
            const int low = hex_of(source.substr(i + 8, 4));
            if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
                constexpr std::string_view digits = "0123456789abcdef";
                const unsigned point =
                    0x10000u + (static_cast<unsigned>(high - 0xd800) << 10) + static_cast<unsigned>(low - 0xdc00);
                joined += "\\U";
                for (int shift = 28; shift >= 0; shift -= 4) joined += digits[(point >> shift) & 0xf];
                i += 12;
                continue;
            }
        }
        joined += source[i++];
        if (i < source.size()) joined += source[i++];
    }
    return joined;
}

/// A map in braces whose first key is in quotes.
bool is_json(std::string_view source) {
    if (source.starts_with("\xef\xbb\xbf")) source.remove_prefix(3);
    constexpr std::string_view spaces = " \t\r\n";
    const std::size_t first = source.find_first_not_of(spaces);
    if (first == std::string_view::npos || source[first] != '{') return false;
    const std::size_t second = source.find_first_not_of(spaces, first + 1);
    return second != std::string_view::npos && source[second] == '"';
}

ReadDocument refused(DiagnosticCode code, std::size_t line, Message message, Message advice = {}, std::size_t column = 1) {
    ReadDocument read;
    read.findings.push_back(
        {.code = code, .line = line, .column = column, .message = std::move(message), .hint = std::move(advice)});
    return read;
}

ReadDocument refused_at(std::string_view source, std::size_t at, Message message, Message advice) {
    const std::string_view before = source.substr(0, at);
    const std::size_t line = before.rfind('\n');
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    return refused(DiagnosticCode::syntax_error, lines + 1, std::move(message), std::move(advice),
                   line == std::string_view::npos ? at + 1 : at - line);
}

std::size_t line_of_bad_text(std::string_view source) {
    std::size_t line = 1;
    std::size_t start = 0;
    for (std::size_t end = source.find('\n'); end != std::string_view::npos; end = source.find('\n', start)) {
        if (!is_valid_text(source.substr(start, end - start))) return line;
        start = end + 1;
        ++line;
    }
    return line;
}

/// Whether a line up to and with `last`, counted from 0, is indented by a tab: the reader stumbles there or a little later.
bool is_indented_by_tab(std::string_view source, int last) {
    for (int line = 0; line <= last; ++line) {
        const std::size_t indented = source.find_first_not_of(' ');
        if (indented != std::string_view::npos && source[indented] == '\t') return true;
        const std::size_t end = source.find('\n');
        if (end == std::string_view::npos) return false;
        source.remove_prefix(end + 1);
    }
    return false;
}

/// What the parser says, by the beginning of its words, and what to do about it.
Fault fault_of(std::string_view said) {
    struct Known {
        std::string_view start;
        const Sentence<>* message;
        const Sentence<>* advice;
    };
    using namespace finding;
    using namespace hint;
    static constexpr std::array kKnown = std::to_array<Known>({
        {"end of map flow not found", &yaml_flow_map_end, &close_brace},
        {"end of sequence flow not found", &yaml_flow_list_end, &close_bracket},
        {"illegal flow end", &yaml_flow_end, &bracket_not_opened},
        {"illegal map value", &yaml_map_value, &quote_colon},
        {"illegal map key", &yaml_map_key, &align_keys},
        {"end of map not found", &yaml_map_end, &align_keys},
        {"illegal block entry", &yaml_block_entry, &entry_on_own_line},
        {"end of sequence not found", &yaml_list_end, &align_entries},
        {"illegal EOF in scalar", &yaml_end_in_text, &quote_never_closed},
        {"illegal document indicator in scalar", &yaml_document_in_text, &quote_above_never_closed},
        {"bad character found while scanning hex number", &yaml_hex_digit, &four_digits},
        {"illegal tab when looking for indentation", &yaml_tab, &look_around},
        {"unknown token", &yaml_unknown_token, &quote_first_character},
        {"alias not found after *", &yaml_alias_missing, &quote_asterisk},
        {"illegal character found while scanning alias", &yaml_character_in_alias, &quote_asterisk},
        {"anchor not found after &", &yaml_anchor_missing, &quote_ampersand},
        {"illegal character found while scanning anchor", &yaml_character_in_anchor, &quote_ampersand},
        {"cannot assign multiple anchors to the same node", &yaml_several_anchors, &quote_ampersand},
        {"the referenced anchor is not defined", &yaml_unknown_anchor, &quote_ampersand},
        {"cannot assign multiple tags to the same node", &yaml_several_tags, &quote_exclamation},
        {"illegal character found while scanning tag handle", &yaml_character_in_tag, &quote_exclamation},
        {"tag handle with no suffix", &yaml_tag_without_suffix, &quote_exclamation},
        {"end of verbatim tag not found", &yaml_tag_end, &quote_exclamation},
        {"YAML directives must have exactly one argument", &yaml_directive_arguments, &quote_percent},
        {"YAML major version too large", &yaml_version_too_large, &look_around},
        {"repeated YAML directive", &yaml_repeated_directive, &quote_percent},
        {"TAG directives must have exactly two arguments", &yaml_tag_directive_arguments, &quote_percent},
        {"repeated TAG directive", &yaml_repeated_tag_directive, &quote_percent},
        {"unexpected character in block scalar", &yaml_character_in_block, &block_on_next_line},
    });
    const auto syntax = [](Message message, const Sentence<>& advice) {
        return Fault{DiagnosticCode::syntax_error, std::move(message), advice()};
    };
    for (const Known& known : kKnown) {
        if (said.starts_with(known.start)) return syntax((*known.message)(), *known.advice);
    }
    const auto rest_of = [&](std::string_view start) -> std::optional<std::string_view> {
        return said.starts_with(start) ? std::optional{said.substr(start.size())} : std::nullopt;
    };
    if (const auto character = rest_of("unknown escape character: "))
        return syntax(yaml_unknown_escape(*character), double_backslash);
    if (const auto code = rest_of("invalid unicode: ")) return syntax(yaml_not_unicode(*code), write_character);
    if (const auto version = rest_of("bad YAML version: ")) return syntax(yaml_bad_version(*version), look_around);
    return syntax(not_readable(), look_around);
}

}  // namespace

ReadDocument read_document(std::string_view source) {
    if (source.size() > limits::document_bytes) {
        return refused(DiagnosticCode::document_too_large, 1, finding::document_too_large(limits::document_bytes),
                       hint::several_programmes());
    }
    if (!is_valid_text(source)) {
        return refused(DiagnosticCode::not_utf8, line_of_bad_text(source), finding::not_utf8(), hint::save_as_utf8());
    }
    if (has_too_many_marks(source)) {
        if (is_too_deep(source)) return refused(DiagnosticCode::too_deep, 1, finding::too_deep(limits::document_depth));
        return refused(DiagnosticCode::too_many_nodes, 1, finding::too_many_parts(), hint::several_programmes());
    }
    const bool is_strict = is_json(source);
    if (const auto comma = is_strict ? find_trailing_comma(source) : std::nullopt) {
        return refused_at(source, *comma, finding::trailing_comma(), hint::leave_comma_out());
    }
    ReadDocument read;
    TreeBuilder builder{read.document, read.findings};
    try {
        std::string text = is_strict ? with_joined_surrogates(source) : std::string{source};
        // A carriage return by itself ends a line in YAML too.
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) text[i] = '\n';
        }
        std::istringstream stream{text};
        YAML::Parser parser{stream};
        if (!parser.HandleNextDocument(builder) || read.document.nodes.empty()) {
            return refused(DiagnosticCode::empty, 1, finding::document_is_empty(), hint::begin_document());
        }
        const YAML::Mark& quote = builder.last_quoted();
        if (!quote.is_null() && !is_closed_quote(text, static_cast<std::size_t>(quote.pos))) {
            builder.find(DiagnosticCode::syntax_error, quote, finding::quote_not_closed(), hint::close_quote());
            return read;
        }
        Document rest;
        Diagnostics ignored;
        TreeBuilder second{rest, ignored};
        if (parser.HandleNextDocument(second)) {
            builder.find(DiagnosticCode::syntax_error, YAML::Mark{}, finding::several_documents(), hint::one_document());
            return read;
        }
        read.is_whole = true;
    } catch (const Stop&) {
        // What stopped it is in the findings.
    } catch (const YAML::Exception& failure) {
        const bool is_indented = is_indented_by_tab(source, failure.mark.line);
        Fault fault = fault_of(failure.msg);
        builder.find(fault.code, failure.mark, std::move(fault.message),
                     is_indented ? hint::indent_with_spaces() : std::move(fault.hint));
    } catch (const std::exception&) {
        builder.find(DiagnosticCode::syntax_error, YAML::Mark{}, finding::not_readable(), hint::look_around());
    }
    if (!read.is_whole && read.findings.empty()) {
        return refused(DiagnosticCode::syntax_error, 1, finding::not_readable());
    }
    return read;
}

Shape NodeRef::shape() const { return document_->nodes[index_].shape; }
std::string_view NodeRef::text() const { return document_->view(document_->nodes[index_].text); }
std::string_view NodeRef::key() const { return document_->view(document_->nodes[index_].key); }
std::size_t NodeRef::child_count() const { return document_->nodes[index_].count; }
NodeRef NodeRef::parent() const { return {*document_, document_->nodes[index_].parent}; }
std::size_t NodeRef::line() const { return document_->nodes[index_].line; }
std::size_t NodeRef::column() const { return document_->nodes[index_].column; }
std::size_t NodeRef::key_line() const { return document_->nodes[index_].key_line; }
std::size_t NodeRef::key_column() const { return document_->nodes[index_].key_column; }

std::vector<NodeRef> NodeRef::children() const {
    std::vector<NodeRef> all;
    all.reserve(child_count());
    for (std::uint32_t at = document_->nodes[index_].first; at != 0; at = document_->nodes[at].next) {
        all.emplace_back(*document_, at);
    }
    return all;
}

std::string NodeRef::path() const {
    std::vector<std::string> steps;
    for (std::uint32_t at = index_; at != 0; at = document_->nodes[at].parent) {
        const Document::Node& node = document_->nodes[at];
        steps.push_back("/" + (node.has_key ? escaped_for_pointer(document_->view(node.key)) : std::to_string(node.place)));
    }
    std::string text;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) text += *step;
    return text;
}

}  // namespace suki::programme
