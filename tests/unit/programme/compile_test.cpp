#include "programme/compile.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

using namespace suki;
using namespace suki::programme;

TEST(Compile, MeatWorksTill) {
    std::ifstream file{std::string{SUKI_SOURCE_DIR} + "/examples/meat-works-till.yaml"};
    std::stringstream text;
    text << file.rdbuf();
    const auto zones = [](const std::string& name) { return std::make_shared<const Zone>(fixed_zone(name, 10'800)); };
    const auto compiled = compile(text.str(), zones);
    if (!compiled) {
        for (const auto& finding : compiled.error()) ADD_FAILURE() << diagnostic_text(finding, "meat-works-till.yaml");
        return;
    }
    for (const auto& finding : compiled->warnings) ADD_FAILURE() << diagnostic_text(finding, "meat-works-till.yaml");
    EXPECT_EQ(compiled->plan->offers.size(), 11u);
}
