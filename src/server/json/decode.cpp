#include "server/json/decode.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/decimal.h"

namespace suki::server::json {

namespace {

void append_path(std::string& pointer, const Path* path) {
    if (path == nullptr) return;
    append_path(pointer, path->parent);
    if (path->is_element) {
        append_pointer(pointer, std::to_string(path->index));
    } else {
        append_pointer(pointer, path->name);
    }
}

std::string_view found_kind(Kind kind) {
    switch (kind) {
        case Kind::null: return "null";
        case Kind::boolean: return "true or false";
        case Kind::integer: return "an integer";
        case Kind::decimal: return "a number with a fraction or exponent";
        case Kind::text: return "a text";
        case Kind::array: return "an array";
        case Kind::object: return "an object";
    }
    return "something else";
}

std::string range_text(std::int64_t minimum, std::int64_t maximum) {
    return "must be from " + std::to_string(minimum) + " to " + std::to_string(maximum);
}

bool check_range(const Place& at, std::int64_t number, std::int64_t minimum, std::int64_t maximum) {
    if (number >= minimum && number <= maximum) return true;
    return at.mistake(MistakeCode::out_of_range, range_text(minimum, maximum));
}

}  // namespace

bool Place::mistake(MistakeCode code, std::string message) const {
    if (is_full()) return false;
    Mistake mistake{.code = code, .message = std::move(message), .position = value.position()};
    append_path(mistake.pointer, path_);
    mistakes_->push_back(std::move(mistake));
    return false;
}

bool Place::mistake_at(std::string_view member, MistakeCode code, std::string message) const {
    const Path path{.parent = path_, .name = member};
    const auto v = value.find(member);
    return this->member(v ? *v : value, path).mistake(code, std::move(message));
}

bool Place::wrong_type(std::string_view wanted) const {
    std::string message = "must be ";
    message += wanted;
    message += ", not ";
    message += found_kind(value.kind());
    return mistake(MistakeCode::wrong_type, std::move(message));
}

bool TextReader::operator()(const Place& at, std::string& out) const {
    if (at.value.kind() != Kind::text) return at.wrong_type("a text");
    const std::string_view text = at.value.text();
    if (text.size() < bytes_min || text.size() > bytes_max) {
        return at.mistake(MistakeCode::bad_text, "must have " + std::to_string(bytes_min) + " to " + std::to_string(bytes_max) +
                                                     " bytes of UTF-8, not " + std::to_string(text.size()));
    }
    if (has_control(text, "\t\n\r")) return at.mistake(MistakeCode::bad_text, "must not contain control characters");
    out = text;
    return true;
}

Shape TextReader::shape() const {
    return {
        .type = ShapeType::text, .minimum = static_cast<std::int64_t>(bytes_min), .maximum = static_cast<std::int64_t>(bytes_max)};
}

bool KeyReader::operator()(const Place& at, std::string& out) const {
    if (!text(1, bytes_max)(at, out)) return false;
    if (has_control(out, "")) return at.mistake(MistakeCode::bad_text, "must not contain control characters");
    if (out.front() == ' ' || out.back() == ' ') return at.mistake(MistakeCode::bad_text, "must not begin or end with a space");
    return true;
}

Shape KeyReader::shape() const { return text(1, bytes_max).shape(); }

bool BooleanReader::operator()(const Place& at, bool& out) const {
    if (at.value.kind() != Kind::boolean) return at.wrong_type("true or false");
    out = at.value.boolean();
    return true;
}

bool IntegerReader::read(const Place& at, std::int64_t& out) const {
    if (at.value.kind() != Kind::integer) return at.wrong_type("an integer");
    const auto number = at.value.integer();
    if (!number) return at.mistake(MistakeCode::out_of_range, range_text(minimum, maximum));
    out = *number;
    return check_range(at, *number, minimum, maximum);
}

bool AmountReader::read(const Place& at, std::int64_t& out) const {
    if (at.value.kind() == Kind::decimal) {
        return at.mistake(MistakeCode::bad_money, "must be a whole number of the smallest unit, without fraction or exponent");
    }
    return integer(minimum, maximum).read(at, out);
}

bool ThousandthsReader::operator()(const Place& at, std::int64_t& out) const {
    const Kind kind = at.value.kind();
    if (kind != Kind::text && kind != Kind::integer && kind != Kind::decimal) return at.wrong_type("a decimal such as \"0.432\"");
    const std::string_view written = kind == Kind::text ? at.value.text() : at.value.number_text();
    // The documents' `_` and `+` are for people; an interface has one spelling.
    const auto parsed = written.find_first_of("_+") == std::string_view::npos ? parse_decimal(written) : std::nullopt;
    const auto milli = parsed ? at_decimals(*parsed, 3) : std::nullopt;
    if (!milli) {
        return at.mistake(MistakeCode::bad_quantity,
                          "must be a decimal with at most three places, such as \"0.432\", without exponent");
    }
    if (*milli < minimum || *milli > maximum) {
        return at.mistake(MistakeCode::out_of_range,
                          "must be from " + decimal_text(minimum, 3) + " to " + decimal_text(maximum, 3));
    }
    out = *milli;
    return true;
}

bool InstantReader::operator()(const Place& at, InstantWithOffset& out) const {
    if (at.value.kind() != Kind::text) return at.wrong_type("a text");
    const std::string_view text = at.value.text();
    // Files may leave the seconds out, and separate by a space; RFC 3339 doesn't.
    const bool is_whole = text.size() > 16 && (text[10] == 'T' || text[10] == 't') && text[16] == ':';
    const auto parsed = is_whole ? parse_instant_with_offset(text) : std::nullopt;
    if (!parsed) {
        return at.mistake(MistakeCode::bad_instant,
                          "must be an instant of RFC 3339 with its offset, such as 2026-03-01T09:00:00+03:00");
    }
    out = *parsed;
    return true;
}

bool InstantReader::operator()(const Place& at, Instant& out) const {
    InstantWithOffset parsed;
    if (!(*this)(at, parsed)) return false;
    out = parsed.instant;
    return true;
}

bool DateReader::operator()(const Place& at, Date& out) const {
    if (at.value.kind() != Kind::text) return at.wrong_type("a text");
    const auto parsed = parse_date(at.value.text());
    if (!parsed) return at.mistake(MistakeCode::bad_date, "must be a date such as 2026-12-01");
    out = *parsed;
    return true;
}

bool wrong_choice(const Place& at, const std::string_view* choices, std::size_t count) {
    std::string message = "must be one of";
    for (std::size_t i = 0; i < count; ++i) {
        message += i == 0 ? " " : ", ";
        message += choices[i];
    }
    return at.mistake(MistakeCode::not_a_choice, std::move(message));
}

bool TextMapReader::operator()(const Place& at, std::vector<std::pair<std::string, std::string>>& out) const {
    if (at.value.kind() != Kind::object) return at.wrong_type("an object of texts");
    if (at.value.size() > count_max) return at.mistake(MistakeCode::too_many, "at most " + std::to_string(count_max) + " members");
    bool is_good = true;
    out.clear();
    for (const auto& [name, v] : at.value.members()) {
        const Path path{.parent = at.path(), .name = name};
        const Place member = at.member(v, path);
        if (name.empty() || name.size() > name_bytes_max || has_control(name, "")) {
            is_good = member.mistake(MistakeCode::bad_text, "the name must have 1 to " + std::to_string(name_bytes_max) +
                                                                " bytes and no control characters");
            continue;
        }
        std::string one;
        if (!text(0, text_bytes_max)(member, one)) is_good = false;
        out.emplace_back(std::string{name}, std::move(one));
    }
    return is_good;
}

Shape TextMapReader::shape() const {
    return {.type = ShapeType::map, .minimum = 0, .maximum = static_cast<std::int64_t>(count_max)};
}

bool LocalisedReader::operator()(const Place& at, LocalisedText& out) const {
    out = {};
    if (at.value.kind() == Kind::text) return text(1, bytes_max)(at, out.any);
    if (at.value.kind() != Kind::object) return at.wrong_type("a text, or an object of texts by language");
    constexpr std::size_t languages_max = 50;
    if (!text_map(languages_max, limits::key_bytes, bytes_max)(at, out.languages)) return false;
    std::sort(out.languages.begin(), out.languages.end());
    return true;
}

Object::Object(const Place& at) : at_(&at) {
    slots_.reserve(at.value.size());
    for (const auto& [name, value] : at.value.members()) slots_.push_back({name, value});
}

bool Object::has(std::string_view name) const {
    for (const Slot& slot : slots_) {
        if (slot.name == name) return true;
    }
    return false;
}

std::optional<Value> Object::take(std::string_view name, bool is_required) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        const std::size_t at = next_ + i < slots_.size() ? next_ + i : next_ + i - slots_.size();
        if (slots_[at].name != name) continue;
        slots_[at].is_taken = true;
        next_ = at + 1 < slots_.size() ? at + 1 : 0;
        return slots_[at].value;
    }
    if (is_required) at_->mistake_at(name, MistakeCode::missing_field, "`" + std::string{name} + "` is missing");
    return std::nullopt;
}

void Object::record(std::string_view name, bool is_required, bool is_nullable, Shape shape) {
    shapes_->push_back(
        {.name = std::string{name}, .is_required = is_required, .is_nullable = is_nullable, .shape = std::move(shape)});
}

bool Object::quantity(std::string_view name, std::string_view unit_name, Quantity& out, bool is_required, std::int64_t minimum,
                      std::int64_t maximum) {
    const bool has_number = read(name, out.milli, thousandths(minimum, maximum), is_required);
    const bool has_unit = read(unit_name, out.unit, choice<QuantityUnit>(), false);
    if (has_unit && !has(name)) contradiction(unit_name, "a unit without a quantity");
    return has_number;
}

void Object::contradiction(std::string_view name, std::string message) {
    if (at_ != nullptr) at_->mistake_at(name, MistakeCode::contradiction, std::move(message));
}

void Object::finish() {
    for (const Slot& slot : slots_) {
        if (slot.is_taken) continue;
        const Path path{.parent = at_->path(), .name = slot.name};
        at_->member(slot.value, path)
            .mistake(MistakeCode::unknown_field, "there is no field `" + std::string{slot.name} + "` here");
    }
}

Mistake mistake_of(const ParseError& error) {
    MistakeCode code = MistakeCode::not_json;
    switch (error.code) {
        case ParseErrorCode::empty_body:
        case ParseErrorCode::syntax_error:
        case ParseErrorCode::trailing_bytes: break;
        case ParseErrorCode::bad_utf8:
        case ParseErrorCode::nul_character: code = MistakeCode::bad_text; break;
        case ParseErrorCode::too_deep: code = MistakeCode::too_deep; break;
        case ParseErrorCode::too_many: code = MistakeCode::too_many; break;
        case ParseErrorCode::duplicate_field: code = MistakeCode::duplicate_field; break;
    }
    return {.pointer = error.pointer, .code = code, .message = error.message, .position = error.position};
}

}  // namespace suki::server::json
