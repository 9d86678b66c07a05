#include "support.h"

#include <algorithm>
#include <cstdlib>

#include "programme/findings.h"
#include "programme/keys.h"

namespace suki::programme {

/// Each NAME.yaml (or .json) under tests/golden/diagnostics with what is said of it in NAME.expected, and in other languages in
/// NAME.LANGUAGE.expected. SUKI_REWRITE=1 writes these anew; review happens in the diff.
TEST(Diagnostics, GoldenFiles) {
    std::vector<std::filesystem::path> documents;
    for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/golden/diagnostics"))) {
        if (entry.path().extension() != ".expected") documents.push_back(entry.path());
    }
    std::sort(documents.begin(), documents.end());
    ASSERT_GE(documents.size(), 8u);
    const bool rewrites = std::getenv("SUKI_REWRITE") != nullptr;
    for (const auto& document : documents) {
        const auto compiled = compile(file_text(document), plain_zones);
        for (const std::string& language : words::languages()) {
            const std::string said =
                texts_of(compiled ? compiled->warnings : compiled.error(), document.filename().string(), language);
            auto expected = document;
            expected.replace_extension(language == "en" ? ".expected" : "." + language + ".expected");
            if (rewrites) std::ofstream{expected, std::ios::binary} << said;
            EXPECT_EQ(said, file_text(expected)) << expected << ": run with SUKI_REWRITE=1 to accept";
            EXPECT_FALSE(said.empty()) << expected;
        }
    }
}

/// Every code that compile can say is said by some golden file.
TEST(Diagnostics, EveryCodeHasAGoldenFile) {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/golden/diagnostics"))) {
        if (entry.path().extension() == ".expected") all += file_text(entry.path());
    }
    // example_failed is said by the engine; the others need documents too large to keep, and are tested in hostile_test.cpp.
    const std::vector<std::string_view> elsewhere{"example_failed", "document_too_large", "not_utf8", "too_many_nodes", "too_many"};
    for (const std::string_view code : all_names<DiagnosticCode>()) {
        if (std::find(elsewhere.begin(), elsewhere.end(), code) != elsewhere.end()) continue;
        EXPECT_NE(all.find("[" + std::string{code} + "]"), std::string::npos) << code;
    }
}

TEST(Diagnostics, TextOfOne) {
    Diagnostic finding{.code = DiagnosticCode::unknown_key,
                       .line = 12,
                       .column = 5,
                       .path = "/offers/base",
                       .message = finding::unknown_key("wehn"),
                       .hint = hint::did_you_mean("when")};
    EXPECT_EQ(words::say_diagnostic("en", finding, "meat-works.yaml"),
              "meat-works.yaml:12:5: error: unknown key `wehn` [unknown_key] at /offers/base (did you mean `when`?)");
    finding = {.severity = Severity::warning,
               .code = DiagnosticCode::text_missing,
               .line = 1,
               .column = 1,
               .message = finding::text_missing("be")};
    EXPECT_EQ(words::say_diagnostic("en", finding, "f"), "f:1:1: warning: the text is missing in `be` [text_missing]");
}

TEST(Diagnostics, PathsAreJsonPointersAndColumnsAreBytes) {
    const auto compiled = compile(
        "suki: 1\nid: a\ntitle: {en: T, \"a/b~c\": x}\ncurrency: BYN\ntimezone: UTC\neffective: 2026-12-01\n"
        "because: {en: \"жж\", xx: y}\nexamples: {e: {at: 2026-12-02 10:00, basket: [{price: 1 BYN}, {prise: 1 BYN}], expect: "
        "{discount: 0}}}\n",
        plain_zones);
    ASSERT_FALSE(compiled);
    ASSERT_EQ(compiled.error().size(), 3u) << texts_of(compiled.error(), "f");
    EXPECT_EQ(compiled.error()[0].path, "/title/a~1b~0c");
    EXPECT_EQ(compiled.error()[1].column, 23u);  // each of the two letters takes two bytes
    EXPECT_EQ(compiled.error()[2].path, "/examples/e/basket/1");
}

TEST(Diagnostics, HintsAreNearWords) {
    EXPECT_EQ(did_you_mean("wehn", {"give", "when"}), hint::did_you_mean("when"));
    EXPECT_EQ(did_you_mean("lmit", {"give", "limit"}), hint::did_you_mean("limit"));
    EXPECT_EQ(did_you_mean("nonsense", {"give", "limit"}), Message{});
    EXPECT_EQ(did_you_mean(std::string(100, 'a'), {std::string_view{"a"}}), Message{});
    EXPECT_EQ(in_quotes("a\nb"), "`a b`");
    const std::string many(59, 'a');
    std::string cut = "`";  // never half a letter
    cut.append(many).append("…`");
    EXPECT_EQ(in_quotes(many + "ж"), cut);
}

namespace {

/// A walk over JSON that only wants to know whether it is well formed.
class JsonCheck {
public:
    explicit JsonCheck(std::string_view text) : rest_(text) {}
    bool is_whole() { return value() && (space(), rest_.empty()); }

private:
    void space() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
    }
    bool take(char c) {
        space();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool text() {
        if (!take('"')) return false;
        while (!rest_.empty() && rest_.front() != '"') {
            if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
            rest_.remove_prefix(rest_.front() == '\\' ? 2 : 1);
        }
        return take('"');
    }
    bool value() {
        space();
        if (take('{')) {
            if (take('}')) return true;
            do {
                if (!text() || !take(':') || !value()) return false;
            } while (take(','));
            return take('}');
        }
        if (take('[')) {
            if (take(']')) return true;
            do {
                if (!value()) return false;
            } while (take(','));
            return take(']');
        }
        if (!rest_.empty() && rest_.front() == '"') return text();
        const std::size_t end = rest_.find_first_of(",]} \n");
        const std::string_view word = rest_.substr(0, end);
        rest_.remove_prefix(word.size());
        return word == "true" || word == "false" || word == "null" ||
               (!word.empty() && word.find_first_not_of("0123456789.-") == std::string_view::npos);
    }

    std::string_view rest_;
};

void expect_described(const std::string& schema, const MapSpec& map, std::vector<const MapSpec*>& seen) {
    if (std::find(seen.begin(), seen.end(), &map) != seen.end()) return;
    seen.push_back(&map);
    EXPECT_NE(schema.find("\"" + std::string{map.name} + "\":{\"description\""), std::string::npos) << map.name;
    for (const KeySpec& key : map.keys) {
        EXPECT_NE(schema.find("\"" + std::string{key.name} + "\":{\"description\""), std::string::npos) << key.name;
        EXPECT_FALSE(key.description.empty()) << key.name;
        const bool needs_map = key.kind == Kind::map || key.kind == Kind::entries || key.kind == Kind::list ||
                               key.kind == Kind::maybe_map || key.kind == Kind::limit || key.kind == Kind::discount ||
                               key.kind == Kind::figures;
        EXPECT_EQ(key.map != nullptr, needs_map) << key.name;
        EXPECT_EQ(!key.choices.empty(), key.kind == Kind::choice) << key.name;
        if (key.map != nullptr) expect_described(schema, *key.map, seen);
    }
}

}  // namespace

TEST(Schema, IsWellFormedAndListsEveryKey) {
    const std::string schema = document_schema();
    EXPECT_TRUE(JsonCheck{schema}.is_whole());
    EXPECT_FALSE(JsonCheck{schema.substr(0, schema.size() / 2)}.is_whole());
    std::vector<const MapSpec*> seen;
    expect_described(schema, keys::document, seen);
    EXPECT_GE(seen.size(), 20u);
}

}  // namespace suki::programme
