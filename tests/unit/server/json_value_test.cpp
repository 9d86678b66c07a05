#include "server/json/value.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

#include "base/json_writer.h"

namespace suki::server::json {
namespace {

using namespace std::string_literals;

ParseError error_of(std::string_view text, ParseLimits limits = {}) {
    const auto document = parse(text, limits);
    if (document) {
        ADD_FAILURE() << "accepted: " << text;
        return {};
    }
    return document.error();
}

/// The value written again, with numbers as they were.
void write(JsonWriter& out, Value value) {
    switch (value.kind()) {
        case Kind::null: out.null(); break;
        case Kind::boolean: out.value(value.boolean()); break;
        case Kind::integer:
        case Kind::decimal: out.raw(value.number_text()); break;
        case Kind::text: out.value(value.text()); break;
        case Kind::array:
            out.begin_array();
            for (const Value each : value.elements()) write(out, each);
            out.end_array();
            break;
        case Kind::object:
            out.begin_object();
            for (const auto& [name, each] : value.members()) {
                out.key(name);
                write(out, each);
            }
            out.end_object();
            break;
    }
}

std::string rewritten(std::string_view text) {
    const auto document = parse(text);
    if (!document) return "refused: " + document.error().message;
    std::string out;
    JsonWriter writer{out};
    write(writer, document->root());
    return out;
}

TEST(json_value, reads_everything_that_json_has) {
    EXPECT_EQ(rewritten(" {\"a\" : [ 1 , -2.50e+3, true,false,null ,\"x\"] ,\n\t\"b\":{}, \"c\":[],\"\":{\"d\":[[]]}}\r\n "),
              "{\"a\":[1,-2.50e+3,true,false,null,\"x\"],\"b\":{},\"c\":[],\"\":{\"d\":[[]]}}");
    for (const std::string_view scalar : {"0", "-0", "12", "1.0", "1e9", "\"\"", "true", "false", "null", "[]", "{}"}) {
        EXPECT_EQ(rewritten(scalar), scalar);
    }
}

TEST(json_value, keeps_numbers_as_they_were_written) {
    const auto document =
        parse("[0.432, 9223372036854775807, -9223372036854775808, 9223372036854775808, 1e2, 123456789012345678901234567890]");
    ASSERT_TRUE(document);
    std::vector<Value> values;
    for (const Value v : document->root().elements()) values.push_back(v);
    ASSERT_EQ(values.size(), 6u);
    EXPECT_EQ(values[0].kind(), Kind::decimal);
    EXPECT_EQ(values[0].number_text(), "0.432");
    EXPECT_EQ(values[1].integer(), INT64_MAX);
    EXPECT_EQ(values[2].integer(), INT64_MIN);
    EXPECT_EQ(values[3].kind(), Kind::integer);
    EXPECT_EQ(values[3].integer(), std::nullopt);
    EXPECT_EQ(values[4].kind(), Kind::decimal);
    EXPECT_EQ(values[5].number_text(), "123456789012345678901234567890");
}

TEST(json_value, unescapes_texts) {
    const auto document = parse(
        R"(["plain", "a\"\\\/\b\f\n\r\tz", "\u0041\u00e9\u20ac\ud83d\ude00", "ёлка\u0021", "long enough to be read by eight\n"])");
    ASSERT_TRUE(document);
    std::vector<std::string> texts;
    for (const Value v : document->root().elements()) texts.emplace_back(v.text());
    EXPECT_EQ(texts,
              (std::vector<std::string>{"plain", "a\"\\/\b\f\n\r\tz", "Aé€😀", "ёлка!", "long enough to be read by eight\n"}));
}

TEST(json_value, finds_members_and_says_where_values_stand) {
    const std::string text = "{\"ё\": 1,\n  \"b\": {\"c\": [1, \"x]\\\"\"] }, \"d\" : false}";
    const auto document = parse(text);
    ASSERT_TRUE(document);
    const Value b = *document->root().find("b");
    EXPECT_EQ(b.source(), "{\"c\": [1, \"x]\\\"\"] }");
    EXPECT_EQ(b.position().line, 2u);
    EXPECT_EQ(b.position().column, 8u);
    EXPECT_EQ(document->root().find("ё")->position().column, 7u);
    EXPECT_EQ(document->root().find("d")->source(), "false");
    EXPECT_EQ(b.find("c")->source(), "[1, \"x]\\\"\"]");
    EXPECT_FALSE(document->root().find("e"));
    EXPECT_FALSE(b.find("c")->find("x"));
    EXPECT_EQ(document->root().size(), 3u);
}

struct Refused {
    std::string text;
    ParseErrorCode code;
    std::size_t line;
    std::size_t column;
    const char* pointer;
};

TEST(json_value, refuses_what_is_not_json_and_says_where) {
    using enum ParseErrorCode;
    const Refused cases[] = {
        {"", empty_body, 1, 1, ""},
        {" \n ", empty_body, 2, 2, ""},
        {"{", syntax_error, 1, 2, ""},
        {"[1,", syntax_error, 1, 4, "/1"},
        {"[1,]", syntax_error, 1, 4, "/1"},
        {"[1 2]", syntax_error, 1, 4, "/0"},
        {"{\"a\":1,}", syntax_error, 1, 8, ""},
        {"{\"a\" 1}", syntax_error, 1, 6, "/a"},
        {"{\"a\":}", syntax_error, 1, 6, "/a"},
        {"{\"a\":[1,{\"b/c\":\n x}]}", syntax_error, 2, 2, "/a/1/b~1c"},
        {"{a:1}", syntax_error, 1, 2, ""},
        {"{'a':1}", syntax_error, 1, 2, ""},
        {"[1}", syntax_error, 1, 3, "/0"},
        {"tru", syntax_error, 1, 1, ""},
        {"nul", syntax_error, 1, 1, ""},
        {"NaN", syntax_error, 1, 1, ""},
        {"-", syntax_error, 1, 2, ""},
        {"-a", syntax_error, 1, 2, ""},
        {"+1", syntax_error, 1, 1, ""},
        {"01", syntax_error, 1, 1, ""},
        {"-01", syntax_error, 1, 1, ""},
        {"1.", syntax_error, 1, 3, ""},
        {".5", syntax_error, 1, 1, ""},
        {"1e", syntax_error, 1, 3, ""},
        {"1e+", syntax_error, 1, 4, ""},
        {"0x10", trailing_bytes, 1, 2, ""},
        {"1 2", trailing_bytes, 1, 3, ""},
        {"{} {}", trailing_bytes, 1, 4, ""},
        {"[]]", trailing_bytes, 1, 3, ""},
        {"// a\n1", syntax_error, 1, 1, ""},
        {"\xef\xbb\xbf{}", syntax_error, 1, 1, ""},
        {"\"a", syntax_error, 1, 3, ""},
        {"\"a\\", syntax_error, 1, 4, ""},
        {"\"a\nb\"", syntax_error, 1, 3, ""},
        {"\"\\x\"", syntax_error, 1, 2, ""},
        {"\"\\u12g4\"", syntax_error, 1, 2, ""},
        {"\"\\u12\"", syntax_error, 1, 2, ""},
        {"\"\\u0000\"", nul_character, 1, 2, ""},
        {"\"a\0b\""s, nul_character, 1, 3, ""},
        {"[1]\0"s, trailing_bytes, 1, 4, ""},
        {"[\0"s, nul_character, 1, 2, "/0"},
        {"\"\\ud800\"", bad_utf8, 1, 2, ""},
        {"\"\\ud800x\"", bad_utf8, 1, 2, ""},
        {"\"\\ud800\\u0041\"", bad_utf8, 1, 2, ""},
        {"\"\\udc00\\ud800\"", bad_utf8, 1, 2, ""},
        {"[\"ё\", \"\xff\"]", bad_utf8, 1, 8, "/1"},
        {"\"\xc0\xaf\"", bad_utf8, 1, 2, ""},
        {"\"\xed\xa0\x80\"", bad_utf8, 1, 2, ""},
        {"\"\xf4\x90\x80\x80\"", bad_utf8, 1, 2, ""},
        {"\"\xe2\x82\"", bad_utf8, 1, 2, ""},
        {"{\"a\":1,\n\"b\":2, \"a\":3}", duplicate_field, 2, 8, "/a"},
        {"[{},{\"x\":{\"a\":1,\"\\u0061\":2}}]", duplicate_field, 1, 17, "/1/x/a"},
    };
    for (const Refused& c : cases) {
        const ParseError error = error_of(c.text);
        EXPECT_EQ(name_of(error.code), name_of(c.code)) << c.text << ": " << error.message;
        EXPECT_EQ(error.position.line, c.line) << c.text;
        EXPECT_EQ(error.position.column, c.column) << c.text;
        EXPECT_EQ(error.pointer, c.pointer) << c.text;
        EXPECT_FALSE(error.message.empty());
    }
}

TEST(json_value, finds_duplicates_among_many_members) {
    const auto object = [](int count, std::string_view last) {
        std::string text = "{";
        for (int i = 0; i < count; ++i) text += "\"name" + std::to_string(i) + "\":[" + std::to_string(i) + "],";
        return text + "\"" + std::string{last} + "\":0}";
    };
    for (const int count : {1, 14, 15, 16, 17, 100, 20'000}) {
        EXPECT_TRUE(parse(object(count, "name"))) << count;
        EXPECT_EQ(error_of(object(count, "name0")).pointer, "/name0") << count;
    }
}

TEST(json_value, limits_depth_and_count) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse(nested(32)));
    EXPECT_EQ(error_of(nested(33)).code, ParseErrorCode::too_deep);
    EXPECT_EQ(error_of(std::string(1'000'000, '[')).code, ParseErrorCode::too_deep);
    EXPECT_TRUE(parse("[1,2,3]", {.values = 4}));
    EXPECT_EQ(error_of("[1,2,3,4]", {.values = 4}).code, ParseErrorCode::too_many);
    // Depth costs no machine stack.
    EXPECT_TRUE(parse(nested(1'000'000), {.depth = 1'000'000, .values = 2'000'000}));
}

TEST(json_value, every_cut_of_a_good_text_is_refused_without_reading_on) {
    const std::string text = R"({"id":"r-\u00e91","lines":[{"sku":"4810","amount":-12.5e3,"ok":true,"no":null}],"ё":{}})";
    ASSERT_TRUE(parse(text));
    for (std::size_t length = 0; length < text.size(); ++length) {
        // A copy of exactly that length, so that a sanitizer sees any byte read behind it.
        const std::vector<char> cut{text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length)};
        EXPECT_FALSE(parse({cut.data(), cut.size()})) << length;
    }
}

/// What an independent parser thinks of the text. It does not look for what Suki refuses beyond RFC 8259, nor has it numbers
/// beyond 64 bits.
bool simdjson_accepts(const std::string& text) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    return parser.parse(text).get(root) == simdjson::SUCCESS;
}

TEST(json_value, agrees_with_an_independent_parser_on_damaged_texts) {
    const std::string seed =
        R"({"id":"r\u00e91\n","lines":[{"sku":"4810","amount":-12.5e3,"ok":true,"no":null},[0,[],{}]],"ё":{"x":"y\\"}})";
    constexpr std::string_view pieces[] = {"\"", "\\", "{", "}", "[",  "]", ",",    ":",    "0",    "1",
                                           "-",  ".",  "e", "u", "\n", " ", "\xd1", "\x91", "\x1f", "t"};
    std::mt19937_64 random{20260101};
    int accepted = 0;
    for (int round = 0; round < 100'000; ++round) {
        std::string text = seed;
        for (auto changes = random() % 3 + 1; changes > 0; --changes) {
            const std::size_t at = random() % text.size();
            const std::string_view piece = pieces[random() % std::size(pieces)];
            switch (random() % 3) {
                case 0: text.replace(at, 1, piece); break;
                case 1: text.insert(at, piece); break;
                default: text.erase(at, 1); break;
            }
        }
        const auto ours = parse(text);
        const bool theirs = simdjson_accepts(text);
        const bool is_stricter =
            !ours && (ours.error().code == ParseErrorCode::duplicate_field || ours.error().code == ParseErrorCode::bad_utf8 ||
                      ours.error().code == ParseErrorCode::nul_character);
        if (!is_stricter) {
            ASSERT_EQ(static_cast<bool>(ours), theirs) << text;
        }
        if (ours) {
            ++accepted;
            // Written and read again it stays what it is.
            const std::string once = rewritten(text);
            ASSERT_EQ(rewritten(once), once);
            ASSERT_TRUE(simdjson_accepts(once)) << once;
        }
    }
    EXPECT_GT(accepted, 1'000);
}

TEST(json_writer, escapes_and_repairs_texts) {
    std::string out;
    append_json_text(out, "a\"\\/\b\f\n\r\t\x01\x7f ё€😀"s + "\0"s + "\xff\xc0\xaf\xed\xa0\x80\xe2\x82"s);
    EXPECT_EQ(out,
              "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f "
              "ё€😀\\u0000\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    EXPECT_TRUE(parse("\"\\u0001\""));
}

TEST(json_writer, escapes_the_same_wherever_a_byte_stands) {
    // Alone it is looked at by itself, among letters together with its neighbours.
    const auto written = [](const std::string& text) {
        std::string out;
        append_json_text(out, text);
        return out.substr(1, out.size() - 2);
    };
    for (const std::string& around : {"abcdefgh"s, "\x7f\x1f\"\\abcd"s, "\u0451\u0436\u0452\u044f"s}) {
        const std::string as_written = written(around);
        for (int byte = 0; byte < 256; ++byte) {
            const std::string one(1, static_cast<char>(byte));
            for (std::size_t before = 0; before < 9; ++before) {
                const std::string filling(before, 'x');
                const std::string text = around + filling + one + filling + around;
                ASSERT_EQ(written(text), as_written + filling + written(one) + filling + as_written) << byte << " after " << before;
            }
        }
    }
}

TEST(json_writer, writes_in_the_order_of_calls) {
    std::string out = "x=";
    JsonWriter json{out};
    json.begin_object();
    json.field("t", "text");
    json.field("s", std::string{"string"});
    json.field("b", true);
    json.field("i", INT64_MIN);
    json.field("u", std::size_t{7});
    json.field_null("n");
    json.field_raw("r", "[1.5]");
    json.begin_array("a");
    json.value(1);
    json.value(false);
    json.begin_object();
    json.end_object();
    json.begin_array();
    json.end_array();
    json.end_array();
    json.begin_object("o");
    json.field("x", 0);
    json.end_object();
    json.end_object();
    EXPECT_EQ(out,
              "x={\"t\":\"text\",\"s\":\"string\",\"b\":true,\"i\":-9223372036854775808,\"u\":7,\"n\":null,\"r\":[1.5],"
              "\"a\":[1,false,{},[]],\"o\":{\"x\":0}}");
}

}  // namespace
}  // namespace suki::server::json
