#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "event/check.h"
#include "programme/sentences.h"
#include "source_dir.h"
#include "words/words.h"

namespace suki::words {
namespace {

using programme::Message;
using programme::Put;
using programme::SentenceSpec;

const std::vector<SentenceSpec>& sentences() {
    static const std::vector<SentenceSpec> all = programme::all_sentences();
    return all;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

bool is_of_documents(std::string_view key) {
    return key.starts_with("finding.") || key.starts_with("hint.") || key.starts_with("difference.");
}

/// The sentence with something under each of its names, and `number` for each number.
Message sample(const SentenceSpec& sentence, std::int64_t number) {
    Message message{.key = sentence.key, .arguments = {}};
    for (const programme::Slot& slot : sentence.slots) {
        switch (slot.put) {
            case Put::number: message.arguments.emplace_back(slot.name, number); break;
            case Put::text: message.arguments.emplace_back(slot.name, "<" + std::string{slot.name} + ">"); break;
            case Put::list: message.arguments.emplace_back(slot.name, std::vector<std::string>{"a", "b"}); break;
            case Put::messages:
                message.arguments.emplace_back(slot.name, std::vector<Message>{programme::difference::discount("1", "2"),
                                                                               programme::difference::offers({}, {"a", "b"})});
                break;
        }
    }
    return message;
}

/// What is said without what stands in backquotes and in the angles of samples.
std::string prose_of(const std::string& said) {
    std::string prose;
    bool is_quoted = false;
    int depth = 0;
    for (std::size_t i = 0; i < said.size(); ++i) {
        const char c = said[i];
        if (c == '`') is_quoted = !is_quoted;
        if (c == '<') ++depth;
        if (!is_quoted && depth == 0) prose += c;
        if (c == '>' && depth > 0) --depth;
    }
    return prose;
}

}  // namespace

TEST(Sentences, HaveAPatternInEveryLanguageThatPutsInWhatTheyTake) {
    EXPECT_GE(sentences().size(), 300u);
    for (const std::string& language : languages()) {
        for (const SentenceSpec& sentence : sentences()) {
            std::vector<std::string> wanted;
            for (const programme::Slot& slot : sentence.slots) wanted.emplace_back(slot.name);
            std::sort(wanted.begin(), wanted.end());
            const auto names = pattern_names(language, sentence.key);
            ASSERT_TRUE(names) << language << " has no pattern for " << sentence.key << ", or a malformed one";
            EXPECT_EQ(*names, wanted) << language << " " << sentence.key;
        }
    }
}

TEST(Sentences, NoPatternIsLeftOver) {
    std::set<std::string, std::less<>> known;
    for (const SentenceSpec& sentence : sentences()) EXPECT_TRUE(known.insert(sentence.key).second) << sentence.key;
    for (const std::string& language : languages()) {
        for (const std::string& key : pattern_keys(language)) {
            if (!is_of_documents(key)) continue;
            EXPECT_TRUE(known.contains(key)) << language << ": nothing says " << key;
        }
    }
}

TEST(Sentences, EachIsSaidSomewhere) {
    std::set<std::string> words;
    for (const char* room : {"programme", "engine"}) {
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path{SUKI_SOURCE_DIR} / "src" / room)) {
            if (entry.path().extension() != ".cpp") continue;
            std::string word;
            for (const char c : text_of(entry.path())) {
                if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ':') {
                    word += c;
                } else {
                    words.insert(std::exchange(word, {}));
                }
            }
        }
    }
    for (const SentenceSpec& sentence : sentences()) {
        if (sentence.key.starts_with("hint.key.")) continue;
        const std::size_t dot = sentence.key.find('.');
        const std::string group = sentence.key.substr(0, dot);
        const std::string name = sentence.key.substr(dot + 1);
        // What the parser says stands in a table, without its group.
        EXPECT_TRUE(words.contains(group + "::" + name) || words.contains(name)) << sentence.key;
    }
}

TEST(Sentences, OfMissingKeysAreTheSchemasInEnglish) {
    const std::string schema_room = text_of(std::filesystem::path{SUKI_SOURCE_DIR} / "src/programme/keys.cpp");
    for (const SentenceSpec& sentence : sentences()) {
        if (!sentence.key.starts_with("hint.key.")) continue;
        const std::string name = sentence.key.substr(sentence.key.rfind('.') + 1);
        const std::string said = say("en", sentence.key);
        const std::size_t at = schema_room.find("\"" + said + "\", true");
        EXPECT_NE(at, std::string::npos) << sentence.key << ": " << said;
        EXPECT_NE(schema_room.rfind("{\"" + name + "\"", at), std::string::npos) << name;
    }
}

/// All of them in each language, with 1, 3 and 5 where a number stands: for whoever reads a translation.
TEST(Sentences, GoldenFiles) {
    const bool rewrites = std::getenv("SUKI_REWRITE") != nullptr;
    for (const std::string& language : languages()) {
        std::string said;
        for (const SentenceSpec& sentence : sentences()) {
            const bool is_counted = std::any_of(sentence.slots.begin(), sentence.slots.end(),
                                                [](const programme::Slot& slot) { return slot.put == Put::number; });
            for (const std::int64_t number : {1, 3, 5}) {
                if (!is_counted && number > 1) break;
                said += sentence.key + ": " + say_message(language, sample(sentence, number)) + "\n";
            }
        }
        const auto expected = std::filesystem::path{SUKI_SOURCE_DIR} / "tests/golden/sentences" / (language + ".expected");
        if (rewrites) std::ofstream{expected, std::ios::binary} << said;
        EXPECT_EQ(said, text_of(expected)) << expected << ": run with SUKI_REWRITE=1 to accept";
    }
}

TEST(Sentences, AreWhollyInTheirLanguage) {
    for (const std::string& language : languages()) {
        if (language == "en") continue;  // what follows is for languages that are not written in Latin letters
        for (const SentenceSpec& sentence : sentences()) {
            const std::string said = say_message(language, sample(sentence, 2));
            EXPECT_NE(said, sentence.key);
            std::string word;
            for (const char c : prose_of(said) + " ") {
                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                    word += c;
                    continue;
                }
                const std::set<std::string> own{"", "YAML", "TAG", "JSON", "UTF", "ISO", "IANA", "a", "b"};
                EXPECT_TRUE(own.contains(word)) << language << ": `" << word << "` in " << sentence.key << ": " << said;
                word.clear();
            }
        }
        for (const std::string_view problem : all_names<event::ProblemCode>()) {
            const std::string said = say_message(language, programme::finding::example_is_no_receipt("x", problem, "/lines"));
            EXPECT_EQ(said.find(problem), std::string::npos) << language << ": " << said;
        }
    }
}

TEST(Sentences, ChooseTheirWordsByWhatIsPutIn) {
    std::set<std::string> said;
    for (const char* shape : {"anything", "value_or_list", "value_or_map", "list_or_map", "list", "map", "value"}) {
        for (const std::string& language : languages())
            said.insert(say_message(language, programme::finding::wrong_shape(shape, "map")));
    }
    EXPECT_EQ(said.size(), 7 * languages().size());
    EXPECT_EQ(say_message("en", programme::finding::wrong_shape(programme::shape_word(programme::Kind::limit), "list")),
              "a value, a list or a map is expected here, not a list");
    EXPECT_EQ(say_message("ru", programme::finding::mixed_stages("a", "line", "b", "points")),
              "предложение `a` действует на товары и не может соперничать с `b`, которое действует на баллы");
    EXPECT_EQ(say_message("en", Message{}), "");
    // Numbers that one would write into a document are said as they are written there.
    EXPECT_EQ(say_message("en", programme::hint::step_would_be(12'500)), "a step of 12500 would be");
    EXPECT_EQ(say_message("ru", programme::hint::step_would_be(12'500)), "подошёл бы шаг 12500");
}

}  // namespace suki::words
