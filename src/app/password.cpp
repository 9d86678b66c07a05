#include "app/password.h"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace suki::app {

namespace {

/// A shorter name is in too many good passwords to be a hint.
constexpr std::size_t kNameMin = 3;
/// Whoever tries likely passwords first needs two to this many guesses: a hundred million. Sign-ins let in some hundred an hour.
constexpr double kGuessBitsMin = 26.6;

std::size_t symbols_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return result;
}

/// The keys pressed for Cyrillic letters: lists of what people choose hold пароль as `gfhjkm`.
std::string keys_pressed(std::string_view text) {
    // From U+0430 on, as the letters follow one another; capitals lie 32 before.
    constexpr std::string_view kKeys = "f,dult;pbqrkvyjghcnea[wxio]sm'.z";
    std::string keys;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if ((first != 0xd0 && first != 0xd1) || i + 1 == text.size()) {
            keys += text[i];
            continue;
        }
        const int letter = (first & 0x1f) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f);
        if (letter >= 0x430 && letter < 0x450) {
            keys += kKeys[static_cast<std::size_t>(letter - 0x430)];
        } else if (letter >= 0x410 && letter < 0x430) {
            keys += kKeys[static_cast<std::size_t>(letter - 0x410)];
        } else {
            keys.append(text.substr(i - 1, 2));
        }
    }
    return keys;
}

/// The library reads up to the first zero byte; whatever stands behind one adds nothing.
bool is_easily_guessed(std::string_view password, std::string_view name) {
    const std::string user{name};
    // Besides: what Russian speakers choose, as it is typed: пароль, привет, любовь, солнышко, наташа, марина, максим, андрей,
    // татьяна.
    std::array<const char*, 12> hints{"suki",   user.c_str(), "gfhjkm", "ghbdtn", "k.,jdm",  "cjkysirj",
                                      "yfnfif", "vfhbyf",     "vfrcbv", "fylhtq", "nfnmzyf", nullptr};
    const std::string typed{password};
    const std::string pressed = keys_pressed(password);
    return std::min(ZxcvbnMatch(typed.c_str(), hints.data(), nullptr), ZxcvbnMatch(pressed.c_str(), hints.data(), nullptr)) <
           kGuessBitsMin;
}

}  // namespace

std::optional<AuthRejection> weakness(std::string_view password, std::string_view name, std::string_view old_password) {
    if (symbols_in(password) < kPasswordMin) return AuthRejection::password_too_short;
    if (password.size() > kPasswordMax) return AuthRejection::password_too_long;
    if (symbols_in(name) >= kNameMin && lower(password).find(lower(name)) != std::string::npos) {
        return AuthRejection::password_contains_name;
    }
    if (password == old_password) return AuthRejection::password_unchanged;
    if (is_easily_guessed(password, name)) return AuthRejection::password_easily_guessed;
    return std::nullopt;
}

}  // namespace suki::app
