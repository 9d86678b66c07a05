#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/json_writer.h"
#include "server/json/decode.h"
#include "server/json/value.h"

// Any bytes either are refused with a place inside them, or are JSON that stays the same when written and read again.

namespace {

using namespace suki;
using namespace suki::server;

void write(JsonWriter& out, json::Value value) {
    switch (value.kind()) {
        case json::Kind::null: out.null(); break;
        case json::Kind::boolean: out.value(value.boolean()); break;
        case json::Kind::integer:
        case json::Kind::decimal: out.raw(value.number_text()); break;
        case json::Kind::text: out.value(value.text()); break;
        case json::Kind::array:
            out.begin_array();
            for (const json::Value each : value.elements()) write(out, each);
            out.end_array();
            break;
        case json::Kind::object:
            out.begin_object();
            for (const auto& [name, each] : value.members()) {
                out.key(name);
                write(out, each);
            }
            out.end_object();
            break;
    }
}

struct Line {
    std::string sku;
    Quantity quantity;
    Money amount;
};

struct Body {
    std::string id;
    Instant occurred_at;
    Date joined_on;
    std::vector<Line> lines;
    std::vector<std::pair<std::string, std::string>> attributes;
    LocalisedText title;
    std::string document;
};

void read_line(json::Object& in, Line& line) {
    in.required("sku", line.sku, json::key());
    in.quantity("quantity", "unit", line.quantity);
    in.required("amount", line.amount, json::money(0));
}

void read_body(json::Object& in, Body& body) {
    in.required("id", body.id, json::text(1, 100));
    in.optional("at", body.occurred_at, json::instant());
    in.optional("on", body.joined_on, json::date());
    in.optional("lines", body.lines, json::list(json::object(read_line), 100));
    in.optional("attributes", body.attributes, json::text_map(10, 10, 10));
    in.optional("title", body.title, json::localised(100));
    in.optional("document", body.document, json::raw());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto body = json::decode<Body>(text, read_body);
    SUKI_CHECK(body || (!body.error().empty() && body.error().size() <= json::kMistakesMax));

    const auto document = json::parse(text);
    if (!document) {
        SUKI_CHECK(document.error().position.line >= 1 && document.error().position.column >= 1);
        SUKI_CHECK(document.error().position.column <= size + 1);
        return 0;
    }
    std::string once;
    JsonWriter first{once};
    write(first, document->root());
    const auto again = json::parse(once);
    SUKI_CHECK(again.has_value());
    std::string twice;
    JsonWriter second{twice};
    write(second, again->root());
    SUKI_CHECK(once == twice);
    SUKI_CHECK(json::parse(document->root().source()).has_value());
    return 0;
}
