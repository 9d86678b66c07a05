#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/amount.h"
#include "engine/evaluate.h"
#include "engine/words.h"
#include "programme/plan.h"

/// The plan made ready for evaluation: texts are numbers, filters are shared, offers are posted under what must be on a receipt for
/// them to apply. Internal to the engine.
namespace suki::engine {

/// A stretch of one of the index's pools.
struct Stretch {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    [[nodiscard]] bool is_empty() const { return begin == end; }
};

enum class Dimension : std::uint8_t { sku, batch, brand, category, tag };  // the most selective first
inline constexpr std::size_t kDimensions = 5;

/// A LineFilter in numbers. Filters that say the same are one.
struct Filter {
    Stretch values[kDimensions];  // sorted words of each dimension, in ReadyPlan::filter_words; empty: not asked
    Dimension posted = Dimension::sku;
    const programme::LineFilter* source = nullptr;
};

/// What one look settles: whether the receipt has one of up to 64 things. Of the first four kinds, in the order in which few
/// receipts have them, there can be more things; then several share a bit, and only a no is certain.
enum class Look : std::uint8_t { store, segment, region, channel, level, card, weekday, member, nothing };
inline constexpr std::size_t kLooks = 9;
/// Which of the things that `Look::card` tells apart a category is: behind the kinds. kNone where the plan has none of that name.
std::uint32_t card_category_number(const programme::Plan& plan, std::string_view category);
constexpr std::uint64_t bit_of(std::uint32_t number) { return std::uint64_t{1} << (number & 63); }

/// One condition in numbers. Which fields mean something depends on `kind`. Small, because evaluation is bound by how much memory
/// it has to touch.
struct Check {
    programme::ConditionKind kind{};
    programme::Op op{};
    bool flag = false;
    Look look = Look::nothing;
    Stretch words;                                 // into ReadyPlan::check_words; in `begin` a quantity's unit, a counter's window
    std::int64_t value = 0;                        // of a bound, or a number, or the bits of a look
    std::int64_t upper = 0;                        // of a bound
    const programme::Condition* source = nullptr;  // for kinds that are rare: asked as written

    [[nodiscard]] programme::Bound bound() const { return {op, value, upper}; }
};

enum class Giving : std::uint8_t {  // as programme::Give, points first; an amount per item is a kind of its own
    points_per_amount,
    points_per_quantity,
    points_fixed,
    points_scale,
    points_multiplied,
    percent,
    amount,
    amount_per_item,
    fixed_price,
    scale,
    free_items,
    thing
};

/// All that most offers are asked on a receipt. An offer as written lies far from the rest of memory, as its checks do: at
/// thousands of offers nearly every step to another place waits for it.
struct alignas(64) ReadyOffer {
    /// By `looks`: an offer that has none in common with the receipt's does not apply.
    std::uint64_t bits[2] = {UINT64_MAX, UINT64_MAX};
    std::int64_t figures[2] = {0, 1};  // read by the three functions below, each for its kinds of giving
    const programme::Offer* offer = nullptr;
    std::uint32_t filter = kNone;  // kNone: the whole receipt
    std::uint32_t stack = kNone;
    Stretch checks;  // those that the looks settle first, then cheap ones; amount and quantity last
    Look looks[2] = {Look::nothing, Look::nothing};
    std::uint8_t settled = 0;  // how many of the checks
    Giving giving{};
    bool is_line_stage = false;
    bool needs_member = false;
    bool is_bounded = false;  // has limits or a budget
    std::uint8_t unit = 0;    // of points: as Offer::unit

    [[nodiscard]] bool is_points() const { return giving <= Giving::points_multiplied; }
    [[nodiscard]] bool is_thing() const { return giving == Giving::thing; }
    /// PointsPerAmount: numerators a minor unit; PointsPerQuantity: a thousandth.
    [[nodiscard]] __int128 rate() const {
        return static_cast<__int128>(static_cast<unsigned __int128>(figures[0]) << 64 | static_cast<std::uint64_t>(figures[1]));
    }
    /// DiscountPercent: the rate; PointsMultiplied: factor - 1, in lowest terms.
    [[nodiscard]] Ratio ratio() const { return {figures[0], figures[1]}; }
    /// PointsFixed, DiscountAmount, FixedPrice; of a gift what it is worth.
    [[nodiscard]] std::int64_t amount() const { return figures[0]; }
};
static_assert(sizeof(ReadyOffer) == 64);  // one line of the fast memory

/// What a decision cites of an offer, side by side for all offers.
struct alignas(64) ReadyText {
    std::string id;
    std::string clause;
};

/// Lists of numbers by key: `lists[key]` is a stretch of `items`.
struct Postings {
    std::vector<Stretch> lists;
    std::vector<std::uint32_t> items;
    [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t key) const {
        if (key >= lists.size()) return {};
        return std::span{items}.subspan(lists[key].begin, lists[key].end - lists[key].begin);
    }
    void prefetch_list(std::uint32_t key) const {
        if (key < lists.size()) __builtin_prefetch(&lists[key]);
    }
    void prefetch_items(std::uint32_t key) const {
        if (key < lists.size() && !lists[key].is_empty()) __builtin_prefetch(&items[lists[key].begin]);
    }
};

struct ReadyPlan {
    programme::PlanPointer plan;
    bool use_indexes = true;

    // Offers by id: an offer's place in this list is its rank, and every order in evaluation is the order of ranks.
    std::vector<ReadyOffer> offers;
    std::vector<ReadyText> texts;  // as `offers`
    /// Behind them the parts of challenges, as Plan::challenge_parts: they are found as offers are, and give nothing.
    std::uint32_t parts_begin = 0;
    std::vector<std::uint32_t> reward_ranks;  // as Plan::challenges
    std::vector<Filter> filters;
    std::vector<std::uint32_t> filter_words;
    std::vector<Check> checks;
    std::vector<std::uint32_t> check_words;

    Words dimensions[kDimensions];
    Postings filters_by_word[kDimensions];  // twice the filter's number; odd when it also asks other dimensions
    Postings offers_by_filter;
    [[nodiscard]] const Words& words_of(Dimension dimension) const { return dimensions[static_cast<std::size_t>(dimension)]; }
    [[nodiscard]] const Postings& filters_of(Dimension dimension) const {
        return filters_by_word[static_cast<std::size_t>(dimension)];
    }

    Words stores, regions, channels, segments;
    /// Each thing of this kind has a bit to itself, so that a yes is certain too.
    [[nodiscard]] bool is_settled(Look look) const {
        switch (look) {
            case Look::store: return stores.size() <= 64;
            case Look::segment: return segments.size() <= 64;
            case Look::region: return regions.size() <= 64;
            case Look::channel: return channels.size() <= 64;
            case Look::level:
            case Look::card:
            case Look::weekday:
            case Look::member:
            case Look::nothing: return true;
        }
        return false;
    }
    Postings by_store, by_region, by_channel, by_segment, by_level, by_card;
    std::vector<std::uint32_t> always;

    std::vector<std::uint32_t> counter_filters;  // as Plan::counters; kNone: all lines, or none asked
    std::vector<std::uint32_t> counter_order;    // indexes of Plan::counters by key
    std::vector<std::uint32_t> except_filters;   // as Plan::pay
    std::vector<std::int64_t> denominators;      // as Plan::units: all point numerators of the unit are over this
};

/// Aborts on a plan that contradicts itself (an index out of range): programme::compile does not make such plans.
ReadyPlan make_ready(programme::PlanPointer plan, bool use_indexes);

struct Evaluator::Index {
    ReadyPlan ready;
};

}  // namespace suki::engine
