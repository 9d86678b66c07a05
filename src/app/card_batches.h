#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/record.h"
#include "programme/plan.h"

namespace suki::app {

inline constexpr std::string_view kCardBatchPrefix = "cbt";

/// What the record of a batch of blank cards holds.
struct CardBatch {
    programme::CardKind kind = programme::CardKind::bearer;
    std::string category;
    std::string author;
    std::string note;
    std::vector<std::string> numbers;
};
template <class C>
void fields(C& c, CardBatch& v) {
    each(c, v.kind, v.category, v.author, v.note, v.numbers);
}

}  // namespace suki::app
