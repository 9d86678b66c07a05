#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Texts as numbers. Looking them up is half the work on a receipt that few offers are about, so it is done in place, without a
/// call. Internal to the engine.
namespace suki::engine {

inline constexpr std::uint32_t kNone = UINT32_MAX;

inline std::uint64_t eight_bytes(const char* at) {
    std::uint64_t bytes = 0;
    __builtin_memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/// A text of less than eight bytes as a number, of which no other text of that size has the same. Reads that overlap, not a loop.
inline std::uint64_t few_bytes(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(text[at])); };
    if (text.size() >= 4) {
        std::uint32_t first = 0, last = 0;
        __builtin_memcpy(&first, text.data(), sizeof first);
        __builtin_memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
        return std::uint64_t{last} << 32 | first;
    }
    return text.empty() ? 0 : byte(0) | byte(text.size() / 2) << 8 | byte(text.size() - 1) << 16;
}

/// A quick hash for looking up only; nothing that is stored or shown depends on it.
inline std::uint32_t quick_hash(std::string_view text) {
    std::uint64_t hash = 0x9E3779B97F4A7C15u ^ text.size();
    const auto mix = [&](std::uint64_t chunk) {
        const auto mixed = static_cast<unsigned __int128>(hash ^ chunk) * 0xD6E8FEB86659FD93u;
        hash = static_cast<std::uint64_t>(mixed) ^ static_cast<std::uint64_t>(mixed >> 64);
    };
    if (text.size() < 8) {
        mix(few_bytes(text));
    } else {
        for (std::size_t at = 0; at + 8 < text.size(); at += 8) mix(eight_bytes(text.data() + at));
        mix(eight_bytes(text.data() + text.size() - 8));
    }
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

/// Texts that are looked up are short: comparing them here takes less than a call.
inline bool is_same(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    if (a.size() < 8) return few_bytes(a) == few_bytes(b);
    for (std::size_t at = 0; at + 8 < a.size(); at += 8) {
        if (eight_bytes(a.data() + at) != eight_bytes(b.data() + at)) return false;
    }
    return eight_bytes(a.data() + a.size() - 8) == eight_bytes(b.data() + b.size() - 8);
}

/// Whether the text has the byte, which is not 0.
inline bool has_byte(std::string_view text, char byte) {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    // Of the bytes that differ from it none is 0, and only from a 0 does taking one off set the highest bit where it was not set.
    const auto is_in = [&](std::uint64_t chunk) {
        const std::uint64_t rest = chunk ^ ones * static_cast<unsigned char>(byte);
        return ((rest - ones) & ~rest & ones * 0x80) != 0;
    };
    if (text.size() < 8) return is_in(few_bytes(text));
    for (std::size_t at = 0; at + 8 < text.size(); at += 8) {
        if (is_in(eight_bytes(text.data() + at))) return true;
    }
    return is_in(eight_bytes(text.data() + text.size() - 8));
}

/// A text to look up: hashed once, however many steps the looking up takes.
struct Sought {
    explicit Sought(std::string_view wanted) : text(wanted), hash(quick_hash(wanted)) {}
    std::string_view text;
    std::uint32_t hash = 0;
};

/// Texts as numbers 0, 1, 2, … in order of their first adding. Read-only once built; never iterated by hash.
class Words {
public:
    std::uint32_t add(std::string_view text);
    /// kNone for a text that the plan never names.
    [[nodiscard]] std::uint32_t find(const Sought& sought) const {
        if (slots_.empty()) return kNone;
        const std::size_t mask = slots_.size() - 1;
        for (std::size_t at = sought.hash & mask;; at = (at + 1) & mask) {
            const Slot& slot = slots_[at];
            if (slot.word == kNone) return kNone;
            if (slot.hash == sought.hash && is_same(texts_[slot.word], sought.text)) return slot.word;
        }
    }
    [[nodiscard]] std::uint32_t find(std::string_view text) const { return slots_.empty() ? kNone : find(Sought{text}); }
    /// Fetches what `find` will read first, so that the waits for several texts overlap.
    void prefetch(const Sought& sought) const {
        if (!slots_.empty()) __builtin_prefetch(&slots_[sought.hash & (slots_.size() - 1)]);
    }
    /// `find` in two halves, for the same end: which word it is if any, of which the text is fetched; and whether it is.
    [[nodiscard]] std::uint32_t likely(const Sought& sought) const {
        if (slots_.empty()) return kNone;
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = sought.hash & mask;
        while (slots_[at].word != kNone && slots_[at].hash != sought.hash) at = (at + 1) & mask;
        if (slots_[at].word != kNone) __builtin_prefetch(&texts_[slots_[at].word]);
        return slots_[at].word;
    }
    [[nodiscard]] std::uint32_t confirmed(std::uint32_t likely, const Sought& sought) const {
        return likely == kNone || is_same(texts_[likely], sought.text) ? likely : find(sought);
    }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    [[nodiscard]] bool is_empty() const { return texts_.empty(); }

private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t word = kNone;
    };
    void grow();

    std::vector<std::string> texts_;
    std::vector<Slot> slots_;  // a power of two of them, at most half full
};

}  // namespace suki::engine
