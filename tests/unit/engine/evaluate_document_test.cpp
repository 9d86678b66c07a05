#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/evaluate.h"
#include "programme/compile.h"
#include "source_dir.h"
#include "words/words.h"

/// Documents that come with Suki, from their text to their own examples.
namespace suki::engine {
namespace {

TEST(document, keeps_the_promises_of_its_examples) {
    std::size_t examples = 0;
    for (const char* name : {"meat-works-till.yaml", "cafe.yaml", "bookshop.yaml", "kiosk.yaml", "shoe-shop.yaml"}) {
        std::ifstream file{std::string{SUKI_SOURCE_DIR "/examples/"} + name};
        if (!file) continue;
        const std::string source{std::istreambuf_iterator<char>{file}, {}};
        const auto compiled = programme::compile(
            source, [](const std::string& zone) { return std::make_shared<const Zone>(fixed_zone(zone, 3 * 3600)); });
        ASSERT_TRUE(compiled.has_value()) << name;
        const Evaluator evaluator{compiled->plan};
        for (const programme::Diagnostic& failing : failing_examples(evaluator))
            ADD_FAILURE() << name << ": " << words::say_message("en", failing.message);
        examples += compiled->plan->examples.size();
    }
    if (examples == 0) GTEST_SKIP() << "no example documents with examples";
}

}  // namespace
}  // namespace suki::engine
