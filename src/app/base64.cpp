#include "app/base64.h"

#include <array>
#include <cstdint>

namespace suki::app {

namespace {
constexpr std::string_view kSymbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoSymbol = 0xff;
constexpr std::array<std::uint8_t, 256> kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoSymbol);
    for (std::size_t i = 0; i < kSymbols.size(); ++i)
        values[static_cast<unsigned char>(kSymbols[i])] = static_cast<std::uint8_t>(i);
    return values;
}();
}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = (held << 8) | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            text += kSymbols[(held >> bits) & 63];
        }
    }
    if (bits > 0) text += kSymbols[(held << (6 - bits)) & 63];
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
        if (value == kNoSymbol) return std::nullopt;
        held = ((held << 6) | value) & 0xffffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((held >> bits) & 0xff);
        }
    }
    // What is left over is no byte: its bits are zero, and they are fewer than a symbol's.
    if (bits >= 6 || (held & ((1u << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace suki::app
