#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "programme/keys.h"
#include "programme/message.h"

/// The sentences that are said of a document, as functions that make messages: `finding::not_a_date(text)`, `hint::like_date()`.
/// What a sentence takes is in sentences.def, and how it is said in the translation files of `words`; the compiler counts its
/// arguments, and a test of `words` compares them with the patterns of every language.
namespace suki::programme {

/// `text` on one line, cut when it is long; and the same between backquotes.
std::string shown(std::string_view text);
std::string in_quotes(std::string_view text);

enum class Put : std::uint8_t { number, text, list, messages };

/// One name in a sentence.
struct Slot {
    std::string_view name;
    Put put{};
};

/// What a sentence takes, for sentences.def.
namespace slots {

/// A slot whose type says what is taken. `Quoted` is a piece of the document: long ones are cut. `Word` is put in as it is.
template <class T>
struct TypedSlot {
    std::string_view name;
};
struct Number {
    using Given = std::int64_t;
    static constexpr Put put = Put::number;
    static Argument argument(std::int64_t number) { return number; }
};
struct Quoted {
    using Given = std::string_view;
    static constexpr Put put = Put::text;
    static Argument argument(std::string_view text) { return shown(text); }
};
struct Word {
    using Given = std::string_view;
    static constexpr Put put = Put::text;
    static Argument argument(std::string_view text) { return std::string{text}; }
};
struct List {
    using Given = std::vector<std::string>;
    static constexpr Put put = Put::list;
    static Argument argument(std::vector<std::string> texts) { return texts; }
};
struct Messages {
    using Given = std::vector<Message>;
    static constexpr Put put = Put::messages;
    static Argument argument(std::vector<Message> messages) { return messages; }
};

constexpr TypedSlot<Number> number(std::string_view name) { return {name}; }
constexpr TypedSlot<Quoted> quoted(std::string_view name) { return {name}; }
constexpr TypedSlot<Word> word(std::string_view name) { return {name}; }
constexpr TypedSlot<List> list(std::string_view name) { return {name}; }
constexpr TypedSlot<Messages> messages(std::string_view name) { return {name}; }

}  // namespace slots

template <class... T>
class Sentence {
public:
    constexpr explicit Sentence(std::string_view key, slots::TypedSlot<T>... typed)
        : key_(key), slots_{Slot{typed.name, T::put}...} {}

    Message operator()(typename T::Given... given) const {
        Message message{.key = std::string{key_}, .arguments = {}};
        [[maybe_unused]] std::size_t at = 0;
        message.arguments.reserve(sizeof...(T));
        (message.arguments.emplace_back(slots_[at++].name, T::argument(std::move(given))), ...);
        return message;
    }
    [[nodiscard]] constexpr std::string_view key() const { return key_; }
    [[nodiscard]] constexpr std::span<const Slot> slots() const { return slots_; }

private:
    std::string_view key_;
    std::array<Slot, sizeof...(T)> slots_;
};

namespace finding {
using namespace slots;
}
namespace hint {
using namespace slots;
}
namespace difference {
using namespace slots;
}
#define SUKI_SENTENCE(group, name, ...)                                          \
    namespace group {                                                            \
    inline constexpr Sentence name{#group "." #name __VA_OPT__(, ) __VA_ARGS__}; \
    }
#include "programme/sentences.def"
#undef SUKI_SENTENCE

/// What is known of a sentence without saying it.
struct SentenceSpec {
    std::string key;
    std::span<const Slot> slots;
};
/// All of them: those of sentences.def, and one for each key that must not be missing.
std::vector<SentenceSpec> all_sentences();

/// What stands under a key, said where it is missing: `hint.key.organisation.name`. Its English is the key's own description.
Message key_hint(const MapSpec& map, const KeySpec& key);

}  // namespace suki::programme
