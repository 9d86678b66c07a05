#include "base/id.h"

#include "base/digest.h"
#include "base/time.h"

namespace suki {

namespace {
constexpr std::string_view kSymbols = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kSymbolCount = 26;  // 130 bits, of which the top two are zero
}  // namespace

std::string id_text(std::string_view prefix, IdBits bits) {
    std::string text{prefix};
    text += '_';
    auto value = (static_cast<unsigned __int128>(bits.high) << 64) | bits.low;
    std::array<char, kSymbolCount> symbols{};
    for (std::size_t i = kSymbolCount; i-- > 0;) {
        symbols[i] = kSymbols[static_cast<std::size_t>(value & 31)];
        value >>= 5;
    }
    text.append(symbols.data(), symbols.size());
    return text;
}

std::optional<IdBits> parse_id(std::string_view prefix, std::string_view text) {
    if (text.size() != prefix.size() + 1 + kSymbolCount) return std::nullopt;
    if (text.substr(0, prefix.size()) != prefix || text[prefix.size()] != '_') return std::nullopt;
    unsigned __int128 value = 0;
    for (std::size_t i = 0; i < kSymbolCount; ++i) {
        const std::size_t symbol = kSymbols.find(text[prefix.size() + 1 + i]);
        if (symbol == std::string_view::npos) return std::nullopt;
        if (i == 0 && symbol > 7) return std::nullopt;
        value = (value << 5) | symbol;
    }
    return IdBits{static_cast<std::uint64_t>(value >> 64), static_cast<std::uint64_t>(value)};
}

IdBits derived_id(Instant recorded_at, std::string_view cause, std::string_view part, std::uint64_t ordinal) {
    std::string bytes;
    bytes.reserve(cause.size() + part.size() + 24);
    // Lengths keep ("ab","c") and ("a","bc") apart.
    bytes += std::to_string(cause.size());
    bytes += ':';
    bytes += cause;
    bytes += std::to_string(part.size());
    bytes += ':';
    bytes += part;
    bytes += std::to_string(ordinal);
    const Digest digest = sha256(bytes);
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    for (int i = 0; i < 8; ++i) first = (first << 8) | digest[static_cast<std::size_t>(i)];
    for (int i = 8; i < 16; ++i) second = (second << 8) | digest[static_cast<std::size_t>(i)];
    const auto milliseconds = static_cast<std::uint64_t>(recorded_at.us / 1000) & 0xffffffffffffULL;
    return {(milliseconds << 16) | (first & 0xffff), second};
}

}  // namespace suki
