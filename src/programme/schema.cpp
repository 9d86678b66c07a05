#include <string>
#include <vector>

#include "programme/compile.h"
#include "programme/keys.h"

namespace suki::programme {

namespace {

std::string json_text(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') json += '\\';
        json += c;
    }
    return json + "\"";
}

/// A JSON object put together member by member.
class ObjectText {
public:
    ObjectText& put(std::string_view name, const std::string& json) {
        text_ += (text_.empty() ? "" : ",") + json_text(name) + ":" + json;
        return *this;
    }
    [[nodiscard]] std::string json() const { return "{" + text_ + "}"; }

private:
    std::string text_;
};

constexpr std::string_view kAnyScalar = R"({"type":["string","number","boolean"]})";
constexpr std::string_view kNumberOrText = R"({"type":["string","number"]})";
constexpr std::string_view kText = R"({"type":"string","minLength":1})";

std::string one_or_many(std::string_view one) {
    return R"({"anyOf":[)" + std::string{one} + R"(,{"type":"array","minItems":1,"items":)" + std::string{one} + "}]}";
}

std::string choice_json(std::span<const std::string_view> choices) {
    std::string json = R"({"enum":[)";
    for (std::size_t i = 0; i < choices.size(); ++i) json += (i == 0 ? "" : ",") + json_text(choices[i]);
    return json + "]}";
}

std::string reference(const MapSpec& map) { return R"({"$ref":"#/$defs/)" + std::string{map.name} + "\"}"; }

std::string entries_json(const MapSpec& map) {
    return R"({"type":"object","propertyNames":{"pattern":"^[a-z][a-z0-9_-]{0,63}$"},"additionalProperties":)" + reference(map) +
           "}";
}

/// Never narrower than what `compile` reads: what only it can judge is left to it.
std::string kind_json(Kind kind, const KeySpec* key) {
    const auto map = [key] { return reference(*key->map); };
    switch (kind) {
        case Kind::version: return R"({"enum":[1,"1"]})";
        case Kind::word: return R"({"type":"string","pattern":"^[a-z][a-z0-9_-]{0,63}$"})";
        case Kind::words:
        case Kind::texts:
        case Kind::level:
        case Kind::weekdays:
        case Kind::dates: return one_or_many(kAnyScalar);
        case Kind::offer_names: return R"({"anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]})";
        case Kind::allowance:
        case Kind::text: return std::string{kAnyScalar};
        case Kind::localised:
            return R"({"anyOf":[{"type":["string","number","boolean"]},{"type":"object","minProperties":1,"additionalProperties":{"type":["string","number","boolean"]}}]})";
        case Kind::yes_no: return R"({"enum":["yes","no","true","false",true,false]})";
        case Kind::choice: return choice_json(key->choices);
        case Kind::count:
        case Kind::points:
        case Kind::welcome_points:
        case Kind::nth:
        case Kind::number_text:
        case Kind::comparison:
        case Kind::quantity:
        case Kind::points_give:
        case Kind::step_give: return std::string{kNumberOrText};
        case Kind::money:
        case Kind::price:
            return R"({"anyOf":[{"const":0},{"type":"string","pattern":"^(0|\\s*\\+?[0-9][0-9_]*(\\.[0-9_]+)?\\s+[A-Z]{3}\\s*)$"}]})";
        case Kind::percent: return R"({"type":"string","pattern":"%"})";
        case Kind::date: return R"({"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})";
        case Kind::currency: return R"({"type":"string","pattern":"^[A-Z]{3}$"})";
        case Kind::link: return R"({"type":"string","pattern":"^https://"})";
        case Kind::lifetime:
        case Kind::period:
        case Kind::window:
        case Kind::expiry:
        case Kind::date_time:
        case Kind::time_range:
        case Kind::zone:
        case Kind::birthday:
        case Kind::free_items:
        case Kind::budget: return std::string{kText};
        case Kind::discount:
        case Kind::maybe_map: return R"({"anyOf":[)" + std::string{kAnyScalar} + "," + map() + "]}";
        case Kind::limit:
            return R"({"anyOf":[{"type":"string"},{"type":"array","minItems":1,"items":{"type":"string"}},)" + map() + "]}";
        case Kind::figures: return R"({"anyOf":[)" + map() + R"(,{"type":"array","items":)" + map() + "}]}";
        case Kind::everything: return "true";
        case Kind::map: return map();
        case Kind::entries: return entries_json(*key->map);
        case Kind::list: return R"({"type":"array","minItems":1,"items":)" + map() + "}";
    }
    return "true";
}

std::string key_json(const KeySpec& key) {
    const std::string described = json_text(std::string{key.description} + (key.is_later ? " Not supported yet." : ""));
    if (key.is_later) return ObjectText{}.put("description", described).put("not", "{}").json();
    return ObjectText{}.put("description", described).put("allOf", "[" + kind_json(key.kind, &key) + "]").json();
}

void collect(const MapSpec& map, std::vector<const MapSpec*>& found) {
    for (const MapSpec* known : found) {
        if (known == &map) return;
    }
    found.push_back(&map);
    for (const KeySpec& key : map.keys) {
        if (key.map != nullptr) collect(*key.map, found);
    }
}

std::string map_json(const MapSpec& map) {
    ObjectText properties;
    std::string required;
    for (const KeySpec& key : map.keys) {
        properties.put(key.name, key_json(key));
        if (key.is_required) required += (required.empty() ? "" : ",") + json_text(key.name);
    }
    ObjectText object;
    object.put("description", json_text(map.description)).put("type", "\"object\"").put("properties", properties.json());
    if (!required.empty()) object.put("required", "[" + required + "]");
    object.put("additionalProperties", map.others.empty() ? "false" : kind_json(map.others_kind, nullptr));
    return object.json();
}

}  // namespace

std::string document_schema() {
    std::vector<const MapSpec*> maps;
    collect(keys::document, maps);
    ObjectText definitions;
    for (const MapSpec* map : maps) definitions.put(map->name, map_json(*map));
    return ObjectText{}
               .put("$schema", R"("https://json-schema.org/draft/2020-12/schema")")
               .put("title", R"("A programme of Suki")")
               .put("$ref", R"("#/$defs/document")")
               .put("$defs", definitions.json())
               .json() +
           "\n";
}

}  // namespace suki::programme
