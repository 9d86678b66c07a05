#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// An enum whose enumerators carry their own text, so that C++, JSON, SQL, docs and metrics use the same word.
/// Enumerators take no explicit values; a trailing `_` (for C++ keywords: `void_`) is not part of the word.
#define SUKI_ENUM(Name, ...)                        \
    enum class Name : std::uint8_t { __VA_ARGS__ }; \
    [[maybe_unused]] constexpr std::string_view enum_text(Name) { return #__VA_ARGS__; }

namespace suki {

namespace detail {

constexpr std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '_')) text.remove_suffix(1);
    return text;
}

constexpr std::size_t count_names(std::string_view all) {
    std::size_t count = detail::trimmed(all).empty() ? 0 : 1;
    bool seen_after_comma = true;
    for (const char c : all) {
        if (c == ',') {
            ++count;
            seen_after_comma = false;
        } else if (c != ' ' && c != '\n') {
            seen_after_comma = true;
        }
    }
    return seen_after_comma ? count : count - 1;
}

template <class E>
struct EnumNames {
    static constexpr std::size_t count = count_names(enum_text(E{}));
    static constexpr std::array<std::string_view, count> make() {
        std::array<std::string_view, count> made{};
        std::string_view rest = enum_text(E{});
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t comma = rest.find(',');
            made[i] = trimmed(rest.substr(0, comma));
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
        return made;
    }
    static constexpr std::array<std::string_view, count> names = make();
};

}  // namespace detail

template <class E>
inline constexpr std::size_t count_of = detail::EnumNames<E>::count;

/// The word for `e`, e.g. `insufficient_points`. Total: every enumerator has one.
template <class E>
constexpr std::string_view name_of(E e) {
    const auto index = static_cast<std::size_t>(e);
    return index < count_of<E> ? detail::EnumNames<E>::names[index] : std::string_view{"unknown"};
}

/// The enumerator of that word, or nothing.
template <class E>
constexpr std::optional<E> from_name(std::string_view name) {
    for (std::size_t i = 0; i < count_of<E>; ++i) {
        if (detail::EnumNames<E>::names[i] == name) return static_cast<E>(i);
    }
    return std::nullopt;
}

/// All words of an enum, in its order: for schemas and hints.
template <class E>
constexpr const auto& all_names() {
    return detail::EnumNames<E>::names;
}

}  // namespace suki
