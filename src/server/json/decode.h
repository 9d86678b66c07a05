#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/amount.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/names.h"
#include "base/quantity.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "server/json/value.h"

/// From JSON to the types of a command. A body is described once, by a function that reads its fields:
///
///     void read_line(json::Object& in, event::Line& line) {
///         in.required("number", line.number, json::integer(1, 1000));
///         in.required("sku", line.sku, json::text(1, limits::code_bytes));
///         in.optional("tags", line.tags, json::list(json::text(1, limits::key_bytes), limits::tags_per_product));
///         in.quantity("quantity", "unit", line.quantity);
///         in.required("amount", line.amount, json::money(0));
///     }
///     const auto line = json::decode<event::Line>(request.body, read_line);
///
/// Every mistake is reported, not the first only. The same function gives the list of fields (`shape_of`), for a test that
/// compares it with openapi.yaml; so it must name the same fields whatever the body holds.
namespace suki::server::json {

SUKI_ENUM(MistakeCode, not_json, missing_field, unknown_field, duplicate_field, wrong_type, out_of_range, bad_text, bad_id,
          bad_instant, bad_date, bad_money, bad_quantity, not_a_choice, too_many, too_few, too_deep, contradiction)

struct Mistake {
    std::string pointer;  // RFC 6901; empty for the whole body
    MistakeCode code = MistakeCode::not_json;
    std::string message;  // English, for the developer at the other end
    Position position;    // in the body
};
/// At most `kMistakesMax` of one body are kept.
inline constexpr std::size_t kMistakesMax = 100;

SUKI_ENUM(ShapeType, text, choice, integer, decimal, boolean, instant, date, object, list, map, any)

struct FieldShape;
/// What a field takes, as openapi.yaml says it: of bounds only those which its type has.
struct Shape {
    ShapeType type = ShapeType::any;
    std::optional<std::int64_t> minimum;  // of a number, of the length of a text in bytes, of the count of a list or map
    std::optional<std::int64_t> maximum;
    std::string id_prefix;  // of a text that is an id
    std::vector<std::string> choices;
    std::vector<FieldShape> fields;  // of an object
    std::vector<Shape> element;      // of a list: one
};
struct FieldShape {
    std::string name;
    bool is_required = false;
    bool is_nullable = false;
    Shape shape;
};

/// The way from the body's root to a value; a chain on the stack, spelt out only for a mistake.
struct Path {
    const Path* parent = nullptr;
    std::string_view name;  // of a member
    std::size_t index = 0;  // of an element
    bool is_element = false;
};

/// A value with its place, and where mistakes about it go.
class Place {
public:
    Place(Value value_at, const Path* path, std::vector<Mistake>& mistakes) : value(value_at), path_(path), mistakes_(&mistakes) {}

    /// Records a mistake about this value; false, so that a reader may `return at.mistake(…)`.
    bool mistake(MistakeCode code, std::string message) const;
    /// The same about a member, which may be missing.
    bool mistake_at(std::string_view member, MistakeCode code, std::string message) const;
    /// `wrong_type`, naming what is wanted and what was found.
    bool wrong_type(std::string_view wanted) const;
    [[nodiscard]] Place member(Value v, const Path& path) const { return {v, &path, *mistakes_}; }
    [[nodiscard]] const Path* path() const { return path_; }
    /// Mistakes of the whole body so far.
    [[nodiscard]] std::size_t mistakes_so_far() const { return mistakes_->size(); }
    [[nodiscard]] bool is_full() const { return mistakes_->size() >= kMistakesMax; }

    Value value;

private:
    const Path* path_;
    std::vector<Mistake>* mistakes_;
};

// A reader turns a value into one C++ type, or records what is wrong and returns false (the target is then unspecified).

struct TextReader {
    std::size_t bytes_min;
    std::size_t bytes_max;
    bool operator()(const Place& at, std::string& out) const;
    [[nodiscard]] Shape shape() const;
};
/// Between so many bytes of UTF-8; no control characters but tab and line ends.
inline TextReader text(std::size_t bytes_min, std::size_t bytes_max) { return {bytes_min, bytes_max}; }
inline TextReader text(std::size_t bytes_max) { return {0, bytes_max}; }
/// What identifies things (skus, numbers, codes): not empty, no control characters or line ends, no space at either end.
struct KeyReader {
    std::size_t bytes_max;
    bool operator()(const Place& at, std::string& out) const;
    [[nodiscard]] Shape shape() const;
};
inline KeyReader key(std::size_t bytes_max = limits::code_bytes) { return {bytes_max}; }

struct BooleanReader {
    bool operator()(const Place& at, bool& out) const;
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::boolean}; }
};
inline BooleanReader boolean() { return {}; }

struct IntegerReader {
    std::int64_t minimum;
    std::int64_t maximum;
    bool read(const Place& at, std::int64_t& out) const;
    /// The bounds must fit in T.
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    bool operator()(const Place& at, T& out) const {
        std::int64_t number = 0;
        if (!read(at, number)) return false;
        if (!std::in_range<T>(number)) return at.mistake(MistakeCode::out_of_range, "too large");
        out = static_cast<T>(number);
        return true;
    }
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::integer, .minimum = minimum, .maximum = maximum}; }
};
/// A number without fraction or exponent within [minimum, maximum].
inline IntegerReader integer(std::int64_t minimum, std::int64_t maximum) { return {minimum, maximum}; }

/// Money (minor units) or points: integers only. `bad_money` for a fraction, so that 12.30 is never taken for anything.
struct AmountReader {
    std::int64_t minimum;
    std::int64_t maximum;
    bool read(const Place& at, std::int64_t& out) const;
    template <class Unit>
    bool operator()(const Place& at, Amount<Unit>& out) const {
        std::int64_t minor = 0;
        if (!read(at, minor)) return false;
        out = Amount<Unit>{minor};
        return true;
    }
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::integer, .minimum = minimum, .maximum = maximum}; }
};
inline AmountReader money(std::int64_t minimum = -kAmountMax, std::int64_t maximum = kAmountMax) { return {minimum, maximum}; }
inline AmountReader points(std::int64_t minimum = -kAmountMax, std::int64_t maximum = kAmountMax) { return {minimum, maximum}; }

/// Thousandths: the text "0.432", or the number 3 or 0.432 taken digit by digit; at most three decimals, no exponent.
struct ThousandthsReader {
    std::int64_t minimum;
    std::int64_t maximum;
    bool operator()(const Place& at, std::int64_t& out) const;
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::decimal, .minimum = minimum, .maximum = maximum}; }
};
inline ThousandthsReader thousandths(std::int64_t minimum = -kQuantityMilliMax, std::int64_t maximum = kQuantityMilliMax) {
    return {minimum, maximum};
}

/// RFC 3339 with `Z` or an offset.
struct InstantReader {
    bool operator()(const Place& at, InstantWithOffset& out) const;
    bool operator()(const Place& at, Instant& out) const;
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::instant}; }
};
inline InstantReader instant() { return {}; }

/// `2026-12-01`.
struct DateReader {
    bool operator()(const Place& at, Date& out) const;
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::date}; }
};
inline DateReader date() { return {}; }

/// Records `not_a_choice` with the words that are.
bool wrong_choice(const Place& at, const std::string_view* choices, std::size_t count);
template <class E>
struct ChoiceReader {
    bool operator()(const Place& at, E& out) const {
        if (at.value.kind() != Kind::text) return at.wrong_type("a text");
        const auto found = from_name<E>(at.value.text());
        if (!found) return wrong_choice(at, all_names<E>().data(), all_names<E>().size());
        out = *found;
        return true;
    }
    [[nodiscard]] Shape shape() const {
        return {.type = ShapeType::choice, .choices = {all_names<E>().begin(), all_names<E>().end()}};
    }
};
/// One of the words of a SUKI_ENUM.
template <class E>
ChoiceReader<E> choice() {
    return {};
}

template <class I>
struct IdReader {
    bool operator()(const Place& at, I& out) const {
        if (at.value.kind() != Kind::text) return at.wrong_type("a text");
        const auto parsed = I::parse(at.value.text());
        if (!parsed) return at.mistake(MistakeCode::bad_id, "this is no id; one looks like `" + I{}.text() + "`");
        out = *parsed;
        return true;
    }
    [[nodiscard]] Shape shape() const {
        const std::string sample = I{}.text();
        return {.type = ShapeType::text, .id_prefix = sample.substr(0, sample.find('_'))};
    }
};
/// `id<HoldId>()`.
template <class I>
IdReader<I> id() {
    return {};
}

/// Name → text, in the order of the body.
struct TextMapReader {
    std::size_t count_max;
    std::size_t name_bytes_max;
    std::size_t text_bytes_max;
    bool operator()(const Place& at, std::vector<std::pair<std::string, std::string>>& out) const;
    [[nodiscard]] Shape shape() const;
};
inline TextMapReader text_map(std::size_t count_max, std::size_t name_bytes_max, std::size_t text_bytes_max) {
    return {count_max, name_bytes_max, text_bytes_max};
}

/// One text for every language, or an object of language → text.
struct LocalisedReader {
    std::size_t bytes_max;
    bool operator()(const Place& at, LocalisedText& out) const;
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::any}; }
};
inline LocalisedReader localised(std::size_t bytes_max) { return {bytes_max}; }

/// Any JSON, as its sender wrote it.
struct RawReader {
    bool operator()(const Place& at, std::string& out) const {
        out = std::string{at.value.source()};
        return true;
    }
    [[nodiscard]] Shape shape() const { return {.type = ShapeType::any}; }
};
inline RawReader raw() { return {}; }

template <class ElementReader>
struct ListReader {
    ElementReader element;
    std::size_t count_min;
    std::size_t count_max;

    template <class T>
    bool operator()(const Place& at, std::vector<T>& out) const {
        if (at.value.kind() != Kind::array) return at.wrong_type("an array");
        if (!check_count(at)) return false;
        out.clear();
        out.reserve(at.value.size());
        bool is_good = true;
        Path path{.parent = at.path(), .is_element = true};
        for (const Value v : at.value.elements()) {
            if (at.is_full()) return false;
            T one{};
            if (!element(at.member(v, path), one)) is_good = false;
            out.push_back(std::move(one));
            ++path.index;
        }
        return is_good;
    }
    [[nodiscard]] bool check_count(const Place& at) const {
        const std::size_t count = at.value.size();
        if (count > count_max) return at.mistake(MistakeCode::too_many, "at most " + std::to_string(count_max) + " elements");
        if (count < count_min) return at.mistake(MistakeCode::too_few, "at least " + std::to_string(count_min) + " elements");
        return true;
    }
    [[nodiscard]] Shape shape() const {
        return {.type = ShapeType::list,
                .minimum = static_cast<std::int64_t>(count_min),
                .maximum = static_cast<std::int64_t>(count_max),
                .element = {element.shape()}};
    }
};
/// Between so many elements, each read alike.
template <class ElementReader>
ListReader<ElementReader> list(ElementReader element, std::size_t count_max) {
    return {element, 0, count_max};
}
template <class ElementReader>
ListReader<ElementReader> list(ElementReader element, std::size_t count_min, std::size_t count_max) {
    return {element, count_min, count_max};
}

/// Three answers of a patch about one field: not mentioned (nothing), `null` (a nothing inside), or a value.
template <class T>
using Patch = std::optional<std::optional<T>>;

/// The fields of an object, asked for one by one; what was not asked for is unknown.
class Object {
public:
    /// Reading `at`, which is an object.
    explicit Object(const Place& at);
    /// Writing down which fields there are, reading nothing.
    explicit Object(std::vector<FieldShape>& shapes) : shapes_(&shapes) {}
    ~Object() = default;
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    /// `missing_field` when it is not there. True when `out` was read.
    template <class T, class Reader>
    bool required(std::string_view name, T& out, const Reader& reader) {
        return read(name, out, reader, true);
    }
    /// `out` keeps its value when the field is not there; `null` is a wrong type. True when `out` was read.
    template <class T, class Reader>
    bool optional(std::string_view name, T& out, const Reader& reader) {
        return read(name, out, reader, false);
    }
    /// For patches: see Patch.
    template <class T, class Reader>
    void patch(std::string_view name, Patch<T>& out, const Reader& reader) {
        if (shapes_ != nullptr) return record(name, false, true, reader.shape());
        const auto v = take(name, false);
        if (!v) return;
        out.emplace();
        if (v->is_null()) return;
        const Path path{.parent = at_->path(), .name = name};
        reader(at_->member(*v, path), out->emplace());
    }
    /// A quantity in two fields, number and unit; `piece` when no unit is said. Thousandths within [minimum, maximum].
    bool quantity(std::string_view name, std::string_view unit_name, Quantity& out, bool is_required = false,
                  std::int64_t minimum = 1, std::int64_t maximum = kQuantityMilliMax);

    /// The fields that were read contradict each other, or one lacks its partner: for rules between fields. Nothing is recorded
    /// when the fields themselves are being written down.
    void contradiction(std::string_view name, std::string message);
    /// Whether the body names this field (it need not be valid). False when the fields are being written down.
    [[nodiscard]] bool has(std::string_view name) const;

    /// Reports what was never asked for. `read_object` calls it.
    void finish();

private:
    template <class T, class Reader>
    bool read(std::string_view name, T& out, const Reader& reader, bool is_required) {
        if (shapes_ != nullptr) {
            record(name, is_required, false, reader.shape());
            return false;
        }
        const auto v = take(name, is_required);
        if (!v) return false;
        const Path path{.parent = at_->path(), .name = name};
        if constexpr (requires(const Place& p) { reader(p, *out); } && !std::same_as<T, std::string>) {
            return reader(at_->member(*v, path), out.emplace());
        } else {
            return reader(at_->member(*v, path), out);
        }
    }
    std::optional<Value> take(std::string_view name, bool is_required);
    void record(std::string_view name, bool is_required, bool is_nullable, Shape shape);

    struct Slot {
        std::string_view name;
        Value value;
        bool is_taken = false;
    };
    const Place* at_ = nullptr;
    std::vector<Slot> slots_;
    std::size_t next_ = 0;  // bodies mostly come in the order of the fields, so the search starts after the last hit
    std::vector<FieldShape>* shapes_ = nullptr;
};

template <class T>
struct ObjectReader {
    void (*fields)(Object&, T&);
    bool operator()(const Place& at, T& out) const;
    [[nodiscard]] Shape shape() const {
        Shape shape{.type = ShapeType::object};
        Object recorder{shape.fields};
        T sample{};
        fields(recorder, sample);
        return shape;
    }
};
/// An object whose fields `fields` reads.
template <class T>
ObjectReader<T> object(void (*fields)(Object&, T&)) {
    return {fields};
}

template <class T>
bool ObjectReader<T>::operator()(const Place& at, T& out) const {
    if (at.value.kind() != Kind::object) return at.wrong_type("an object");
    const std::size_t before = at.mistakes_so_far();
    Object in{at};
    fields(in, out);
    in.finish();
    return at.mistakes_so_far() == before;
}

/// The mistake that a refused text amounts to.
Mistake mistake_of(const ParseError& error);

/// The whole body by any reader, or all its mistakes in the order of the fields; a text that is not JSON has one.
template <class T, class Reader>
Result<T, std::vector<Mistake>> decode_with(std::string_view body, const Reader& reader, ParseLimits limits = {}) {
    std::vector<Mistake> mistakes;
    const auto document = parse(body, limits);
    if (!document) {
        mistakes.push_back(mistake_of(document.error()));
        return Unexpected{std::move(mistakes)};
    }
    T out{};
    const bool is_good = reader(Place{document->root(), nullptr, mistakes}, out);
    if (!is_good || !mistakes.empty()) return Unexpected{std::move(mistakes)};
    return out;
}

template <class T>
Result<T, std::vector<Mistake>> decode(std::string_view body, void (*fields)(Object&, std::type_identity_t<T>&),
                                       ParseLimits limits = {}) {
    return decode_with<T>(body, object<T>(fields), limits);
}

/// The fields of a body, in the order in which they are read.
template <class T>
std::vector<FieldShape> shape_of(void (*fields)(Object&, T&)) {
    return object<T>(fields).shape().fields;
}

}  // namespace suki::server::json
