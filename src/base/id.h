#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suki {

struct Instant;

/// The 128 bits of an id, whatever it identifies.
struct IdBits {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const IdBits&, const IdBits&) = default;
};

/// `prefix_` and 26 symbols of Crockford's base32, most significant first, so that text order is id order.
std::string id_text(std::string_view prefix, IdBits bits);
/// Nothing when the prefix, the length or a symbol is wrong.
std::optional<IdBits> parse_id(std::string_view prefix, std::string_view text);
/// An id made while deciding: 48 bits of `recorded_at` (milliseconds), then SHA-256 of (cause, part, ordinal), so that a replay
/// gives identical bytes and the ids of one account are in time order (STYLE.md, Quantities, time, ids).
IdBits derived_id(Instant recorded_at, std::string_view cause, std::string_view part, std::uint64_t ordinal);

template <class Tag>
struct Id {
    IdBits bits;

    [[nodiscard]] std::string text() const { return id_text(Tag::prefix, bits); }
    static std::optional<Id> parse(std::string_view text) {
        const auto bits = parse_id(Tag::prefix, text);
        if (!bits) return std::nullopt;
        return Id{*bits};
    }
    [[nodiscard]] bool is_nil() const { return bits == IdBits{}; }
    friend auto operator<=>(const Id&, const Id&) = default;
};

struct AccountTag {
    static constexpr std::string_view prefix = "acc";
};
struct MemberTag {
    static constexpr std::string_view prefix = "mem";
};
struct EntryTag {
    static constexpr std::string_view prefix = "ent";
};
struct LotTag {
    static constexpr std::string_view prefix = "lot";
};
struct HoldTag {
    static constexpr std::string_view prefix = "hld";
};
using AccountId = Id<AccountTag>;
using MemberId = Id<MemberTag>;
using EntryId = Id<EntryTag>;
using LotId = Id<LotTag>;
using HoldId = Id<HoldTag>;

}  // namespace suki
