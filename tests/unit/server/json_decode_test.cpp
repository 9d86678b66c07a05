#include "server/json/decode.h"

#include <gtest/gtest.h>

namespace suki::server::json {
namespace {

SUKI_ENUM(Colour, red, green, void_)

struct Line {
    std::uint32_t number = 0;
    std::string sku;
    Quantity quantity{1000, QuantityUnit::piece};
    Money amount;
    std::optional<Money> charged;
    std::vector<std::string> tags;
    bool is_deposit = false;
};

struct Body {
    std::string id;
    InstantWithOffset occurred_at;
    std::optional<Date> joined_on;
    Points points;
    Colour colour = Colour::red;
    std::optional<HoldId> hold;
    std::vector<Line> lines;
    std::vector<std::pair<std::string, std::string>> attributes;
    LocalisedText title;
    Patch<std::string> email;
    std::string document;
};

void read_line(Object& in, Line& line) {
    in.required("number", line.number, integer(1, 1000));
    in.required("sku", line.sku, key());
    in.quantity("quantity", "unit", line.quantity);
    in.required("amount", line.amount, money(0));
    in.optional("charged", line.charged, money());
    in.optional("tags", line.tags, list(key(8), 2));
    in.optional("is_deposit", line.is_deposit, boolean());
}

void read_body(Object& in, Body& body) {
    in.required("id", body.id, text(1, 10));
    in.required("occurred_at", body.occurred_at, instant());
    in.optional("joined_on", body.joined_on, date());
    in.optional("points", body.points, points(-5, 5));
    in.optional("colour", body.colour, choice<Colour>());
    in.optional("hold", body.hold, id<HoldId>());
    in.optional("lines", body.lines, list(object(read_line), 1, 3));
    in.optional("attributes", body.attributes, text_map(2, 5, 5));
    in.optional("title", body.title, localised(20));
    in.patch("email", body.email, text(1, 20));
    in.optional("document", body.document, raw());
    if (body.points == Points{3} && !in.has("colour")) in.contradiction("colour", "three points need a colour");
}

constexpr std::string_view kHead = R"("id":"r1","occurred_at":"2026-03-01T09:00:00+03:00")";

std::string body_with(std::string_view rest) {
    return "{" + std::string{kHead} + (rest.empty() ? "" : ",") + std::string{rest} + "}";
}

/// `pointer code` of each mistake.
std::vector<std::string> mistakes_of(std::string_view text) {
    const auto body = decode<Body>(text, read_body);
    std::vector<std::string> mistakes;
    if (body) return mistakes;
    EXPECT_FALSE(body.error().empty());
    for (const Mistake& m : body.error()) {
        EXPECT_FALSE(m.message.empty());
        mistakes.push_back(m.pointer + " " + std::string{name_of(m.code)});
    }
    return mistakes;
}
using Mistakes = std::vector<std::string>;

TEST(json_decode, reads_every_kind_of_field) {
    const HoldId hold{{.high = 1, .low = 2}};
    const auto body = decode<Body>(
        body_with(
            R"("joined_on":"2024-02-29","points":-5,"colour":"void","hold":")" + hold.text() +
            R"(","lines":[{"amount":120,"number":1,"sku":"4810","quantity":"0.432","unit":"kg","charged":-7,"tags":["a","b"]},)"
            R"({"number":2,"sku":"x","amount":0,"quantity":3,"is_deposit":true},{"number":3,"sku":"y","amount":9007199254740991,"quantity":0.4320}],)"
            R"("attributes":{"b":"2","a":"1"},"title":{"ru":"Р","en":"E"},"email":null,"document":{"a": [1.50]})"),
        read_body);
    ASSERT_TRUE(body) << body.error()[0].pointer << body.error()[0].message;
    EXPECT_EQ(body->id, "r1");
    EXPECT_EQ(body->occurred_at.offset_s, 3 * 3600);
    EXPECT_EQ(instant_text(body->occurred_at.instant), "2026-03-01T06:00:00Z");
    EXPECT_EQ(date_text(*body->joined_on), "2024-02-29");
    EXPECT_EQ(body->points, Points{-5});
    EXPECT_EQ(body->colour, Colour::void_);
    EXPECT_EQ(body->hold, hold);
    ASSERT_EQ(body->lines.size(), 3u);
    EXPECT_EQ(body->lines[0].quantity, (Quantity{432, QuantityUnit::kg}));
    EXPECT_EQ(body->lines[0].charged, Money{-7});
    EXPECT_EQ(body->lines[0].tags, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(body->lines[1].quantity, (Quantity{3000, QuantityUnit::piece}));
    EXPECT_EQ(body->lines[1].charged, std::nullopt);
    EXPECT_TRUE(body->lines[1].is_deposit);
    EXPECT_EQ(body->lines[2].quantity.milli, 432);
    EXPECT_EQ(body->lines[2].amount, Money{kAmountMax});
    EXPECT_EQ(body->attributes[0].first, "b");
    EXPECT_EQ(body->title.in("ru"), "Р");
    ASSERT_TRUE(body->email);
    EXPECT_FALSE(*body->email);
    EXPECT_EQ(body->document, "{\"a\": [1.50]}");
}

TEST(json_decode, leaves_what_is_not_there) {
    const auto body = decode<Body>(body_with(""), read_body);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->joined_on, std::nullopt);
    EXPECT_EQ(body->email, std::nullopt);
    EXPECT_EQ(**decode<Body>(body_with(R"("email":"a@b")"), read_body)->email, "a@b");
}

TEST(json_decode, collects_every_mistake_with_its_place) {
    EXPECT_EQ(
        mistakes_of(
            R"({"occurred_at":"yesterday","points":6,"wehn":1,"lines":[{"number":0,"sku":"","amount":1.5},7,{"number":1,"sku":"a","amount":-1,"x/y":0}]})"),
        (Mistakes{"/id missing_field", "/occurred_at bad_instant", "/points out_of_range", "/lines/0/number out_of_range",
                  "/lines/0/sku bad_text", "/lines/0/amount bad_money", "/lines/1 wrong_type", "/lines/2/amount out_of_range",
                  "/lines/2/x~1y unknown_field", "/wehn unknown_field"}));
    const auto body = decode<Body>("{\n  \"id\": 5,\n  \"occurred_at\": null}", read_body);
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error()[0].position.line, 2u);
    EXPECT_EQ(body.error()[0].position.column, 9u);
    EXPECT_EQ(body.error()[1].code, MistakeCode::wrong_type);
}

TEST(json_decode, a_body_of_another_kind_is_one_mistake) {
    EXPECT_EQ(mistakes_of("[]"), Mistakes{" wrong_type"});
    EXPECT_EQ(mistakes_of("null"), Mistakes{" wrong_type"});
    EXPECT_EQ(mistakes_of(""), Mistakes{" not_json"});
    EXPECT_EQ(mistakes_of("{]"), Mistakes{" not_json"});
    EXPECT_EQ(mistakes_of("{} {}"), Mistakes{" not_json"});
    EXPECT_EQ(mistakes_of("{\"id\":\"\xff\"}"), Mistakes{"/id bad_text"});
    EXPECT_EQ(mistakes_of(R"({"id":"a","id":"b"})"), Mistakes{"/id duplicate_field"});
    EXPECT_EQ(mistakes_of(std::string(40, '[')).size(), 1u);
}

struct FieldCase {
    const char* json;
    const char* mistake;  // empty: it is good
};

TEST(json_decode, judges_each_field_on_both_sides_of_its_limits) {
    const FieldCase cases[] = {
        {R"("points":5)", ""},
        {R"("points":6)", "/points out_of_range"},
        {R"("points":-6)", "/points out_of_range"},
        {R"("points":99999999999999999999)", "/points out_of_range"},
        {R"("points":5.0)", "/points bad_money"},
        {R"("points":1e0)", "/points bad_money"},
        {R"("points":"5")", "/points wrong_type"},
        {R"("points":null)", "/points wrong_type"},
        {R"("points":true)", "/points wrong_type"},
        {R"("points":3)", "/colour contradiction"},
        {R"("points":3,"colour":"red")", ""},
        {R"("colour":"Red")", "/colour not_a_choice"},
        {R"("colour":"void_")", "/colour not_a_choice"},
        {R"("colour":0)", "/colour wrong_type"},
        {R"("joined_on":"2026-02-29")", "/joined_on bad_date"},
        {R"("joined_on":"10000-01-01")", "/joined_on bad_date"},
        {R"("joined_on":"2026-2-1")", "/joined_on bad_date"},
        {R"("hold":"hld_1")", "/hold bad_id"},
        {R"("hold":"")", "/hold bad_id"},
        {R"("lines":[])", "/lines too_few"},
        {R"("lines":[{},{},{},{}])", "/lines too_many"},
        {R"("lines":{})", "/lines wrong_type"},
        {R"("attributes":{"abcde":"12345","b":""})", ""},
        {R"("attributes":{"abcdef":"1"})", "/attributes/abcdef bad_text"},
        {R"("attributes":{"":"1"})", "/attributes/ bad_text"},
        {R"("attributes":{"a":"123456"})", "/attributes/a bad_text"},
        {R"("attributes":{"a":1})", "/attributes/a wrong_type"},
        {R"("attributes":{"a":"1","b":"2","c":"3"})", "/attributes too_many"},
        {R"("title":"T")", ""},
        {R"("title":"")", "/title bad_text"},
        {R"("title":{"en":""})", ""},
        {R"("title":["en"])", "/title wrong_type"},
        {R"("email":"")", "/email bad_text"},
        {R"("email":"a\u0007b")", "/email bad_text"},
        {R"("email":"a\u0085b")", "/email bad_text"},
        {R"("email":"a\u007fb")", "/email bad_text"},
        {R"("email":"a\n\tb")", ""},
        {R"("email":"12345678901234567890")", ""},
        {R"("email":"123456789012345678901")", "/email bad_text"},
    };
    for (const FieldCase& c : cases) {
        const Mistakes expected = *c.mistake == '\0' ? Mistakes{} : Mistakes{c.mistake};
        EXPECT_EQ(mistakes_of(body_with(c.json)), expected) << c.json;
    }
}

TEST(json_decode, judges_the_fields_of_a_line) {
    const FieldCase cases[] = {
        {R"("quantity":"0.432","unit":"kg")", ""},
        {R"("quantity":"0.4320")", ""},
        {R"("quantity":"0.4321")", "/lines/0/quantity bad_quantity"},
        {R"("quantity":0.4321)", "/lines/0/quantity bad_quantity"},
        {R"("quantity":1e3)", "/lines/0/quantity bad_quantity"},
        {R"("quantity":"1_000")", "/lines/0/quantity bad_quantity"},
        {R"("quantity":"+1")", "/lines/0/quantity bad_quantity"},
        {R"("quantity":"1,5")", "/lines/0/quantity bad_quantity"},
        {R"("quantity":"")", "/lines/0/quantity bad_quantity"},
        {R"("quantity":"0.001")", ""},
        {R"("quantity":0)", "/lines/0/quantity out_of_range"},
        {R"("quantity":-1)", "/lines/0/quantity out_of_range"},
        {R"("quantity":1000000000)", ""},
        {R"("quantity":"1000000000.001")", "/lines/0/quantity out_of_range"},
        {R"("quantity":99999999999999999999)", "/lines/0/quantity bad_quantity"},
        {R"("quantity":true)", "/lines/0/quantity wrong_type"},
        {R"("quantity":1,"unit":"g")", "/lines/0/unit not_a_choice"},
        {R"("unit":"kg")", "/lines/0/unit contradiction"},
        {R"("charged":9007199254740991)", ""},
        {R"("charged":9007199254740992)", "/lines/0/charged out_of_range"},
        {R"("charged":-9007199254740992)", "/lines/0/charged out_of_range"},
        {R"("tags":["a","b"])", ""},
        {R"("tags":["a","b","c"])", "/lines/0/tags too_many"},
        {R"("tags":["a",1])", "/lines/0/tags/1 wrong_type"},
        {R"("tags":[" a"])", "/lines/0/tags/0 bad_text"},
        {R"("tags":["a\n"])", "/lines/0/tags/0 bad_text"},
        {R"("is_deposit":1)", "/lines/0/is_deposit wrong_type"},
    };
    for (const FieldCase& c : cases) {
        const Mistakes expected = *c.mistake == '\0' ? Mistakes{} : Mistakes{c.mistake};
        EXPECT_EQ(mistakes_of(body_with(R"("lines":[{"number":1,"sku":"a","amount":1,)" + std::string{c.json} + "}]")), expected)
            << c.json;
    }
}

TEST(json_decode, keeps_a_bounded_number_of_mistakes) {
    std::string text = "{";
    for (int i = 0; i < 10'000; ++i) text += "\"x" + std::to_string(i) + "\":0,";
    EXPECT_EQ(mistakes_of(text + std::string{kHead} + "}").size(), kMistakesMax);
}

TEST(json_decode, a_number_too_large_for_its_type_is_no_other_number) {
    std::uint8_t small = 0;
    const auto wide = decode_with<std::uint8_t>("256", integer(0, 1000));
    ASSERT_FALSE(wide);
    EXPECT_EQ(wide.error()[0].code, MistakeCode::out_of_range);
    small = *decode_with<std::uint8_t>("255", integer(0, 1000));
    EXPECT_EQ(small, 255);
}

TEST(json_decode, writes_down_the_fields_it_knows) {
    const std::vector<FieldShape> fields = shape_of<Body>(read_body);
    ASSERT_EQ(fields.size(), 11u);
    EXPECT_EQ(fields[0].name, "id");
    EXPECT_TRUE(fields[0].is_required);
    EXPECT_EQ(fields[0].shape.type, ShapeType::text);
    EXPECT_EQ(fields[0].shape.maximum, 10);
    EXPECT_EQ(fields[3].shape.minimum, -5);
    EXPECT_EQ(fields[4].shape.choices, (std::vector<std::string>{"red", "green", "void"}));
    EXPECT_EQ(fields[5].shape.id_prefix, "hld");
    EXPECT_EQ(fields[6].shape.type, ShapeType::list);
    ASSERT_EQ(fields[6].shape.element.size(), 1u);
    const std::vector<FieldShape>& line = fields[6].shape.element[0].fields;
    ASSERT_EQ(line.size(), 8u);
    EXPECT_EQ(line[2].name, "quantity");
    EXPECT_EQ(line[2].shape.type, ShapeType::decimal);
    EXPECT_FALSE(line[2].is_required);
    EXPECT_EQ(line[3].name, "unit");
    EXPECT_EQ(fields[9].name, "email");
    EXPECT_TRUE(fields[9].is_nullable);
}

}  // namespace
}  // namespace suki::server::json
