#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// The vocabulary of documents as tables: `compile` reads by them and `document_schema` is generated from them, so that the two
/// can't drift.
namespace suki::programme {

/// What may stand under a key. Each has its shapes and its JSON Schema (see `shapes_of` and schema.cpp).
enum class Kind : std::uint8_t {
    version,
    word,
    words,
    text,
    texts,
    localised,
    yes_no,
    choice,
    count,
    money,
    quantity,
    percent,
    period,
    window,
    expiry,
    date,
    dates,
    date_time,
    time_range,
    weekdays,
    comparison,
    currency,
    zone,
    birthday,
    nth,
    level,
    points,
    points_give,
    step_give,
    welcome_points,
    discount,
    price,
    free_items,
    limit,
    budget,
    allowance,
    link,
    lifetime,
    figures,
    offer_names,
    everything,
    number_text,
    map,        // one map, see KeySpec::map
    maybe_map,  // a scalar or that map
    entries,    // names that the writer chooses, each with that map
    list        // a list of such maps
};

struct MapSpec;

struct KeySpec {
    std::string_view name;
    Kind kind = Kind::text;
    std::string_view description;
    bool is_required = false;
    bool is_later = false;                           // known, and answered with `not_yet_supported`
    const MapSpec* map = nullptr;                    // map, maybe_map, entries, list
    std::span<const std::string_view> choices = {};  // choice, choices
};

struct MapSpec {
    std::string_view name;
    std::string_view description;
    std::span<const KeySpec> keys;
    /// Keys beside the fixed ones that the document itself names, such as the units it has: what they are, and what stands there.
    std::string_view others = {};
    Kind others_kind = Kind::text;
};

const KeySpec* find_key(const MapSpec& map, std::string_view name);

/// Which shapes a kind may have; a null is never one of them.
struct Shapes {
    bool scalar = false;
    bool list = false;
    bool map = false;
};
Shapes shapes_of(Kind kind);
/// For `wrong_type`: `value`, `list_or_map`, …, as the pattern of finding.wrong_shape selects by.
std::string_view shape_word(Kind kind);

namespace keys {
extern const MapSpec document, organisation, target, join, cards, card_number, card_category, benefit, gift, household, membership,
    membership_pause, welcome, discounts, unit, counted, levels, level_step, level_criterion, fast_track, level_match, offer, when,
    line_filter, counter, attribute, give, by_steps, both_sides, scale, steps, limit, pay, challenge, collect, challenge_step,
    streak, reward, recognition, milestone, trade_in, trade_in_grades, consignment, example, example_member, basket_line, expect,
    figure, rebate;
}

}  // namespace suki::programme
