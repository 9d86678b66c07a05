#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.h"

namespace suki {

/// The plural categories of Unicode (CLDR): which of them a language uses, and for which numbers, is the language's own.
SUKI_ENUM(PluralForm, zero, one, two, few, many, other)

/// A noun as it stands beside a number, in each language: `балл`, `балла`, `баллов`. An empty form was not given.
struct CountedText {
    using Forms = std::array<std::string, count_of<PluralForm>>;
    std::vector<std::pair<std::string, Forms>> languages;  // sorted by code

    [[nodiscard]] const Forms* in(std::string_view language) const {
        for (const auto& [code, forms] : languages) {
            if (code == language) return &forms;
        }
        return nullptr;
    }
    friend bool operator==(const CountedText&, const CountedText&) = default;
};

/// The forms that whole numbers take in `language`. Of a language that is not in the table, and of English, `one` and `other`.
std::vector<PluralForm> plural_forms(std::string_view language);

}  // namespace suki
