#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suki {

/// Words for people: one text for every language, or one per language. Kept in the order of the languages' codes.
struct LocalisedText {
    std::string any;                                             // set when one string serves all languages
    std::vector<std::pair<std::string, std::string>> languages;  // code → text, sorted by code

    /// The text in `language`, else the one for all, else English, else the first; empty when there is none at all.
    [[nodiscard]] std::string_view in(std::string_view language) const {
        std::string_view english;
        for (const auto& [code, text] : languages) {
            if (code == language) return text;
            if (code == "en") english = text;
        }
        if (!any.empty()) return any;
        if (!english.empty()) return english;
        return languages.empty() ? std::string_view{} : std::string_view{languages.front().second};
    }
    [[nodiscard]] bool has(std::string_view language) const {
        if (!any.empty()) return true;
        for (const auto& [code, text] : languages) {
            if (code == language) return true;
        }
        return false;
    }
    [[nodiscard]] bool is_empty() const { return any.empty() && languages.empty(); }
    friend bool operator==(const LocalisedText&, const LocalisedText&) = default;
};

}  // namespace suki
