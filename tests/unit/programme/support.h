#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "programme/compile.h"
#include "source_dir.h"
#include "words/words.h"

namespace suki::programme {

inline ZonePointer plain_zones(const std::string& name) {
    if (name == "Mars/Olympus") return nullptr;
    return std::make_shared<const Zone>(fixed_zone(name, 10'800));
}

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::filesystem::path source_path(const std::string& path) { return std::filesystem::path{SUKI_SOURCE_DIR} / path; }

inline std::string texts_of(const Diagnostics& findings, std::string_view file, std::string_view language = "en") {
    std::string text;
    for (const Diagnostic& finding : findings) text += words::say_diagnostic(language, finding, file) + "\n";
    return text;
}

inline std::string in_english(const Message& message) { return words::say_message("en", message); }

/// The head that every document needs, 7 lines long.
inline std::string head() {
    return "suki: 1\nid: test\ntitle: Test\ncurrency: BYN\ntimezone: Europe/Minsk\neffective: 2026-12-01\nunits: {points: "
           "{worth: 0.01 BYN}, stars: {}}\n";
}

/// The plan of the head and `rest`; a test fails with what is wrong with it.
inline PlanPointer plan_of(const std::string& rest) {
    const auto compiled = compile(head() + rest, plain_zones);
    if (compiled) return compiled->plan;
    ADD_FAILURE() << rest << "\n" << texts_of(compiled.error(), "test");
    return nullptr;
}

/// The words of the codes of everything that is found in the head and `rest`, in order.
inline std::vector<std::string> codes_of_document(const std::string& document) {
    const auto compiled = compile(document, plain_zones);
    std::vector<std::string> codes;
    for (const Diagnostic& finding : compiled ? compiled->warnings : compiled.error()) codes.emplace_back(name_of(finding.code));
    return codes;
}
inline std::vector<std::string> codes_of(const std::string& rest) { return codes_of_document(head() + rest); }

using Codes = std::vector<std::string>;

}  // namespace suki::programme
