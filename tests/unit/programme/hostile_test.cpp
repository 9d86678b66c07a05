#include "support.h"

#include "base/limits.h"
#include "programme/document.h"

namespace suki::programme {

namespace {

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    all.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

/// The one code that a document is refused with.
std::string only_code(const std::string& document) {
    const Codes codes = codes_of_document(document);
    return codes.size() == 1 ? codes.front() : std::to_string(codes.size()) + " findings";
}

}  // namespace

TEST(Hostile, SizeIsLimited) {
    std::string comment = head() + "#";
    comment += std::string(limits::document_bytes - comment.size(), 'x');
    EXPECT_EQ(codes_of_document(comment), Codes{});
    EXPECT_EQ(only_code(comment + "x"), "document_too_large");
    EXPECT_EQ(only_code(std::string(5u << 20, 'a')), "document_too_large");
}

TEST(Hostile, BytesThatAreNoText) {
    EXPECT_EQ(only_code(head() + "because: \xff\n"), "not_utf8");
    EXPECT_EQ(only_code(head() + "because: \xc0\xaf\n"), "not_utf8");
    EXPECT_EQ(only_code(head() + "because: \xed\xa0\x80\n"), "not_utf8");
    EXPECT_EQ(only_code(head() + std::string("because: a\0b\n", 13)), "not_utf8");
    EXPECT_EQ(only_code(std::string("s\0u\0k\0i\0", 8)), "not_utf8");
    const auto compiled = compile(head() + "because: \xff\n", plain_zones);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error()[0].line, 8u);
    EXPECT_EQ(codes_of(R"(because: "a\0b")"), Codes{"bad_text"});
    EXPECT_EQ(codes_of(R"(because: "\ud83d")"), Codes{"syntax_error"});
}

TEST(Hostile, QuotesMustClose) {
    // The parser itself accepts these, and would swallow the rest of the document.
    for (const std::string open : {"because: \"open\ngoal: retain\n", "because: 'open\n", "because: \"\\\"\n", "because: 'it''s\n",
                                   "\"because: x\n", "because: \"\n"}) {
        const Codes codes = codes_of(open);
        EXPECT_EQ(codes, Codes{"syntax_error"}) << open;
    }
    for (const std::string closed :
         {"because: \"a\"\n", "because: 'it''s'\n", "because: \"\\\"\"\n", "because: \"two\n  lines\"", "because: 'x'"}) {
        EXPECT_EQ(codes_of(closed), Codes{}) << closed;
    }
    EXPECT_EQ(codes_of_document("\xef\xbb\xbf" + head() + "because: \"open\n"), Codes{"syntax_error"});
    EXPECT_EQ(codes_of_document("\xef\xbb\xbf" + head() + "because: \"closed\"\n"), Codes{});
}

TEST(Hostile, JsonHasNoCommaBehindTheLastPart) {
    const auto found = [](const std::string& text) -> std::string {
        const auto compiled = compile(text, plain_zones);
        if (compiled) return "nothing";
        const Diagnostic& first = compiled.error().front();
        return std::string{name_of(first.code)} + " " + std::to_string(first.line) + ":" + std::to_string(first.column);
    };
    EXPECT_EQ(found("{\"suki\": 1,\n \"id\": \"x\" , \n}"), "syntax_error 2:12");
    EXPECT_EQ(found("\xef\xbb\xbf{\"suki\": [1,]}"), "syntax_error 1:15");
    EXPECT_EQ(found("{\"suki\": \",}\", \"id\": \"\\\",]\"}"), "missing_key 1:1");
    // In YAML it may.
    EXPECT_EQ(found("{suki: 1,}"), "missing_key 1:1");
}

TEST(Hostile, WhatIsNoYamlComesWithAHint) {
    for (const std::string text :
         {"a: {b: c\n", "a: [b\n", "a: b: c\n", "a: b\n c: d\n", "- a\nb: c\n", "a:\n- b\n c\n- d: [\n", "a: @b\n", "a: *\n",
          "a: \"\\q\"\n", "a: \"open\n", "%x y\n", "a: ]\n", "a: |x\n", "a:\n\tb: c\n", "{\"a\": 1 \"b\": 2}", "", "a\xff"}) {
        const auto compiled = compile(text, plain_zones);
        ASSERT_FALSE(compiled) << text;
        EXPECT_FALSE(compiled.error().front().hint.is_empty()) << text << in_english(compiled.error().front().message);
    }
}

TEST(Hostile, NothingAtAll) {
    EXPECT_EQ(only_code(""), "empty");
    EXPECT_EQ(only_code("\n\n# nothing\n"), "empty");
    EXPECT_EQ(only_code("suki"), "wrong_type");
    EXPECT_EQ(only_code("[suki]"), "wrong_type");
    EXPECT_EQ(only_code("~"), "wrong_type");
    EXPECT_EQ(only_code(head() + "---\n" + head()), "syntax_error");
}

TEST(Hostile, DepthIsLimited) {
    // The root is the first of 32, `because` takes what is below it.
    const auto nested = [](std::size_t depth) {
        return head() + "codes: " + std::string(depth, '[') + "x" + std::string(depth, ']') + "\n";
    };
    EXPECT_EQ(only_code(nested(limits::document_depth - 1)), "not_yet_supported");
    EXPECT_EQ(only_code(nested(limits::document_depth)), "too_deep");
    EXPECT_EQ(only_code(nested(100'000)), "too_deep");
    EXPECT_EQ(only_code(repeated("- ", 100'000)), "too_deep");
    EXPECT_EQ(only_code("a: " + repeated("{a: ", 1'000) + "1" + repeated("}", 1'000)), "too_deep");
    EXPECT_EQ(only_code(std::string(1u << 20, '[')), "too_deep");
    EXPECT_EQ(only_code(repeated("[],", 1u << 18)), "too_many_nodes");
    EXPECT_EQ(only_code(repeated("{a: ", 1u << 18)), "bad_key");
    EXPECT_EQ(only_code(std::string(100'000, '{')), "bad_key");
}

TEST(Hostile, AliasesAnchorsAndTagsAreRefusedWhereTheyStand) {
    std::string bomb = "a0: &a0 x\n";
    for (int i = 1; i < 30; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + "," + last + "," + last + "]\n";
    }
    const auto compiled = compile(bomb, plain_zones);
    ASSERT_FALSE(compiled);
    std::size_t aliases = 0;
    for (const Diagnostic& finding : compiled.error()) aliases += finding.code == DiagnosticCode::alias_not_allowed ? 1 : 0;
    EXPECT_EQ(aliases, 30u + 29u * 3u);
    EXPECT_EQ(codes_of("because: *x\n"), Codes{"syntax_error"});  // an alias of nothing
    EXPECT_EQ(codes_of("because: &x y\nrelationship: *x\n"), (Codes{"alias_not_allowed", "alias_not_allowed"}));
    EXPECT_EQ(codes_of("because: !!str y\n"), Codes{"tag_not_allowed"});
    EXPECT_EQ(codes_of("because: !mine y\n"), Codes{"tag_not_allowed"});
    EXPECT_EQ(codes_of("because: !<tag:x> y\n"), Codes{"tag_not_allowed"});
}

TEST(Hostile, KeysAreWords) {
    EXPECT_EQ(codes_of("[a]: b\n"), Codes{"bad_key"});
    EXPECT_EQ(codes_of("{a: b}: c\n"), Codes{"bad_key"});
    EXPECT_EQ(codes_of("~: b\n"), Codes{"bad_key"});
    EXPECT_EQ(codes_of(": b\n"), Codes{"bad_key"});
    EXPECT_EQ(codes_of("<<: {goal: retain}\n"), Codes{"unknown_key"});
}

TEST(Hostile, DuplicateKeysAreRefusedAndTheFirstCounts) {
    const auto compiled = compile(head() + "goal: attract\ngoal: nonsense\ngoal: retain\n", plain_zones);
    ASSERT_FALSE(compiled);
    ASSERT_EQ(compiled.error().size(), 2u);  // the value of a repetition is not looked at
    EXPECT_EQ(compiled.error()[0].line, 9u);
    EXPECT_EQ(compiled.error()[1].line, 10u);
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}}, b: {give: {discount: 1%}}, a: {give: {discount: 2%}}}\n"),
              Codes{"duplicate_key"});
    // In JSON too, and where a key is spelt by an escape.
    EXPECT_EQ(codes_of_document(R"({"suki": 1, "\u0073uki": 1})").front(), "missing_key");
    const Codes codes = codes_of_document(R"({"suki": 1, "\u0073uki": 1})");
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "duplicate_key"), 1);
}

TEST(Hostile, NumbersBeyondEveryRange) {
    const std::string nines(1'000, '9');
    EXPECT_EQ(codes_of("offers: {a: {give: {points: " + nines + "}}}\n"), Codes{"out_of_range"});
    EXPECT_EQ(codes_of("offers: {a: {give: {points: " + nines + " per 1 BYN}}}\n"), Codes{"out_of_range"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: " + nines + " BYN}}}\n"), Codes{"out_of_range"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: " + nines + "%}}}\n"), Codes{"out_of_range"});
    EXPECT_EQ(codes_of("notice: " + nines + " days\n"), Codes{"out_of_range"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}, limit: " + nines + " in all}}\n"), Codes{"out_of_range"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: 1%}, limit: 1e9 in all}}\n"), Codes{"bad_number"});
    EXPECT_EQ(codes_of("offers: {a: {give: {discount: .inf}}}\n"), Codes{"bad_money"});
}

TEST(Hostile, FindingsAreCounted) {
    std::string many = head();
    for (int i = 0; i < 200; ++i) many += "unknown_" + std::to_string(i) + ": 1\n";
    auto compiled = compile(many, plain_zones);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error().size(), 200u);
    EXPECT_EQ(compiled.error().back().code, DiagnosticCode::unknown_key);
    many += "one_more: 1\n";
    compiled = compile(many, plain_zones);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error().size(), 200u);
    EXPECT_EQ(compiled.error().back().code, DiagnosticCode::too_many);
    EXPECT_EQ(in_english(compiled.error().back().message), "2 more findings are left out");
}

TEST(Hostile, NodesAreLimited) {
    // The head is 11 parts and the list one; each line below it is one more.
    EXPECT_EQ(only_code(head() + "codes:\n" + repeated("- >\n", limits::document_nodes - 12)), "not_yet_supported");
    EXPECT_EQ(only_code(head() + "codes:\n" + repeated("- >\n", limits::document_nodes - 11)), "too_many_nodes");
}

TEST(Hostile, EveryPrefixAndEveryChangedByteOfADocumentIsAnswered) {
    const std::string whole = file_text(source_path("examples/cafe.yaml"));
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        const auto compiled = compile(std::string_view{whole}.substr(0, size), plain_zones);
        EXPECT_TRUE(compiled.has_value() || !compiled.error().empty());
    }
    using namespace std::string_view_literals;
    constexpr std::string_view kBytes =
        "\0\t\n \"#%&'*,-:>?@[]`{|}~\x80\xff"
        "0a"sv;
    std::size_t at = 0;
    for (std::size_t i = 0; i < 3'000; ++i) {
        at = (at * 31 + i * 17 + 7) % whole.size();
        std::string changed = whole;
        changed[at] = kBytes[i % kBytes.size()];
        const auto compiled = compile(changed, plain_zones);
        EXPECT_TRUE(compiled.has_value() || !compiled.error().empty()) << at;
    }
}

}  // namespace suki::programme
