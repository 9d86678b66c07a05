#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace suki::programme {

struct Message;

/// What is put into a sentence: a number, with which its words may have to agree; a text, which is put in as it is; several texts;
/// or sentences that go on within it.
using Argument = std::variant<std::int64_t, std::string, std::vector<std::string>, std::vector<Message>>;

/// A sentence that is not said yet: its key in the translation files and what is put into it, by name. `words` says it.
struct Message {
    std::string key;                                               // empty: there is nothing to say
    std::vector<std::pair<std::string_view, Argument>> arguments;  // the names are those of sentences.def, and outlive everything

    [[nodiscard]] bool is_empty() const { return key.empty(); }
    friend bool operator==(const Message&, const Message&) = default;
};

}  // namespace suki::programme
