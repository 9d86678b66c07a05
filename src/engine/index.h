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

/// One condition in numbers. Which fields mean something depends on `kind`. Small, because evaluation is bound by how much memory
/// it has to touch.
struct Check {
    programme::ConditionKind kind{};
    programme::Op op{};
    bool flag = false;
    Stretch words;                                 // into ReadyPlan::check_words; in `begin` a quantity's unit, a counter's window
    std::int64_t value = 0;                        // of a bound, or a number, or a set of bits
    std::int64_t upper = 0;                        // of a bound
    const programme::Condition* source = nullptr;  // for kinds that are rare: asked as written

    [[nodiscard]] programme::Bound bound() const { return {op, value, upper}; }
};

struct alignas(64) ReadyOffer {
    const programme::Offer* offer = nullptr;
    std::uint32_t filter = kNone;  // kNone: the whole receipt
    Stretch checks;                // cheap ones first; amount and quantity last
    std::uint32_t stack = kNone;
    std::uint32_t unit = 0;  // as Offer::unit
    bool is_line_stage = false;
    bool is_points = false;
    bool needs_member = false;
    bool is_bounded = false;  // has limits or a budget
    __int128 rate = 0;        // PointsPerAmount: numerators a minor unit; PointsPerQuantity: a thousandth
    Ratio extra;              // PointsMultiplied: factor - 1, in lowest terms
};
static_assert(sizeof(ReadyOffer) == 64);  // one line of the fast memory

/// What a decision cites of an offer, side by side for all offers.
struct ReadyText {
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
    std::vector<ReadyText> texts;        // as `offers`
    std::vector<programme::Give> gives;  // as `offers`
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
