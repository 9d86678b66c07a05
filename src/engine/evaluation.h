#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "engine/arena.h"
#include "engine/conditions.h"
#include "engine/index.h"

/// One evaluation while it runs. All its memory is an arena on the caller's stack that spills to the heap; nothing outlives the
/// call. Internal to the engine.
namespace suki::engine {

inline constexpr std::size_t kArenaBytes = 48 * 1024;

/// An offer whose conditions hold, on its way through limits, budget, stack and caps.
struct Candidate {
    Candidate(std::uint32_t its_rank, const ReadyOffer& its_offer, std::span<const std::uint32_t> matched)
        : rank(its_rank), ready(&its_offer), lines(matched) {}

    std::uint32_t rank;
    const ReadyOffer* ready;
    std::span<const std::uint32_t> lines;  // positions of the matched lines, ascending, without deposits
    event::Verdict verdict = event::Verdict::applied;
    std::string_view winner;  // as Decision::winner
    std::int64_t uses = 1;
    bool is_dropped = false;  // points: the budget turned out too small for what was allocated

    std::int64_t money = 0;            // discounts: before caps, then what was given
    std::span<std::int64_t> shares;    // discounts: by matched line
    __int128 points_exact = 0;         // numerators over the unit's denominator
    std::span<__int128> exact_shares;  // points by matched line, unrounded; of fixed points the weights of the lines
    std::int64_t points = 0;
    std::span<std::int64_t> point_shares;

    [[nodiscard]] bool is_applied() const { return verdict == event::Verdict::applied; }
    /// As written: far from the rest of memory, so only for what few offers have.
    [[nodiscard]] const programme::Offer& offer() const { return *ready->offer; }
    [[nodiscard]] std::uint32_t unit() const { return ready->unit; }
};

struct LineWork {
    std::int64_t list = 0;
    std::int64_t line_discount = 0;
    std::int64_t receipt_discount = 0;
    std::int64_t till_discount = 0;
    std::int64_t points_money = 0;
    bool takes_part = true;      // not a deposit
    bool takes_discount = true;  // nor no_discount
    bool earns = true;           // nor no_points

    [[nodiscard]] std::int64_t after_line() const { return list - line_discount; }
    [[nodiscard]] std::int64_t after_offers() const { return after_line() - receipt_discount; }
    [[nodiscard]] std::int64_t total() const { return after_offers() - till_discount; }
    [[nodiscard]] std::int64_t paid() const { return total() - points_money; }
};

struct PaidWork {
    std::uint32_t unit = 0;
    std::int64_t points = 0;
    std::int64_t money = 0;
};

/// A run of `Evaluation::positions`: the lines that one filter takes.
struct FilterHits {
    std::uint32_t filter = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// What a receipt adds to a part of a challenge.
struct Stamped {
    std::uint32_t part = 0;
    std::int64_t stamps = 0;
};

struct Evaluation {
    const ReadyPlan& ready;
    const programme::Plan& plan;
    const Context& context;
    const event::Receipt& receipt;
    Arena* memory;
    std::vector<Payable>* payables = nullptr;  // null: nobody asks

    std::pmr::vector<LineWork> lines{memory};
    std::pmr::vector<std::uint32_t> all_lines{memory};  // positions of all but deposits
    std::pmr::vector<std::uint32_t> positions{memory};
    std::pmr::vector<FilterHits> hits{memory};           // by filter
    std::pmr::vector<Candidate> candidates{memory};      // by rank
    std::pmr::vector<Candidate> counting{memory};        // parts of challenges that the receipt may count for, by part
    std::pmr::vector<Stamped> stamped{memory};           // those that it counts for
    std::pmr::vector<std::uint32_t> done{memory};        // challenges that it does
    std::pmr::vector<PaidWork> paid{memory};             // by unit
    std::pmr::vector<std::int64_t> unit_points{memory};  // as Plan::units

    /// The context in numbers.
    std::uint32_t store = kNone;
    std::uint32_t region = kNone;
    std::uint32_t channel = kNone;
    std::uint32_t level = kNone;
    std::uint32_t card_category = kNone;  // see card_category_number
    std::pmr::vector<std::uint32_t> segments{memory};
    std::array<std::uint64_t, kLooks> seen{};  // bits by Look

    template <class T>
    std::span<T> make(std::size_t count) {
        return make_span<T>(*memory, count);
    }
    [[nodiscard]] std::span<const std::uint32_t> lines_of(std::uint32_t filter) const;
    [[nodiscard]] Question question(std::span<const std::uint32_t> matched) const { return {plan, context, receipt, matched}; }
};

/// Lines, numbers of the context, and which filters take which lines.
void read_receipt(Evaluation& work);
struct Possible {
    std::uint32_t rank = 0;
    std::uint32_t count = 0;
    const std::uint32_t* first = nullptr;
    [[nodiscard]] std::span<const std::uint32_t> lines() const { return {first, count}; }
};
/// Offers that may apply with the lines they match, by rank: what the postings name, or all.
std::pmr::vector<Possible> possible_offers(const Evaluation& work);
bool is_met(const Evaluation& work, const Check& check, std::span<const std::uint32_t> matched);
/// Fills `candidates` with the offers whose conditions hold, and `counting` with the parts of challenges.
void find_candidates(Evaluation& work);
/// Stamps cards; what is given for those that are full becomes a candidate. `is_paid`: those with stamps by money, which is
/// known once everything is paid; otherwise all others, whose goods may still be free.
void count_challenges(Evaluation& work, bool is_paid);
/// How often the limits let the offer be used on this receipt. Where one of them is used up it is once: what that would give is
/// then lost to the limit.
std::int64_t uses_left(const Evaluation& work, const programme::Offer& offer);

/// The order in which an offer can lose: it gives nothing; its own limits; its budget; its stack; the caps. Limits and budgets are
/// asked before the stack because an offer that may not apply anyway must not keep another from applying.
void check_limits(const Evaluation& work, Candidate& candidate);
/// `amount` in the budget's own measure.
void check_budget(const Evaluation& work, Candidate& candidate, std::int64_t amount);
/// Of each stack the best stays; `is_better(a, b)` must be a strict order by value alone, ties go to the smaller offer id.
template <class IsBetter>
void settle_stacks(Evaluation& work, std::span<Candidate*> contestants, const IsBetter& is_better);

/// Where this purchase stands on a scale by its amount or quantity; `outcome` is what was decided of it.
std::int64_t reached_on(const Evaluation& work, const ReadyOffer& ready, const programme::Scale& scale,
                        std::span<const std::uint32_t> matched, const Outcome& outcome);

void give_discounts(Evaluation& work);  // line offers, receipt offers
void give_till_discounts(Evaluation& work);
void pay_with_points(Evaluation& work);
void give_points(Evaluation& work);
void give_things(Evaluation& work);  // gifts and benefits
Outcome outcome_of(const Evaluation& work);

/// Shares `total` by `weights` as base/amount.h's allocate does, into `parts`, without the heap. With no weight at all nothing is
/// shared and `total` must be 0.
void share_out(Arena* memory, std::int64_t total, std::span<const __int128> weights, std::span<std::int64_t> parts);
void share_out(Arena* memory, std::int64_t total, std::span<const std::int64_t> weights, std::span<std::int64_t> parts);
/// Rounds `exact` (numerators over `denominator`) to `parts` that sum to `total`: each is its whole number or one more, and the
/// ones go to the largest fractions, ties to the lower index. What is whole already stays as it is: a total that is the sum rounded
/// by any rule exceeds the whole numbers by at most as many points as there are fractions. False, and nothing of use in `parts`,
/// for a total that no rounding of the sum gives: one that was cut by a cap.
bool round_out(Arena* memory, std::int64_t total, std::int64_t denominator, std::span<const __int128> exact,
               std::span<std::int64_t> parts);

template <class IsBetter>
void settle_stacks(Evaluation& work, std::span<Candidate*> contestants, const IsBetter& is_better) {
    std::pmr::vector<Candidate*> stacked{work.memory};
    for (Candidate* candidate : contestants) {
        if (candidate->is_applied() && candidate->ready->stack != kNone) stacked.push_back(candidate);
    }
    // By stack, then by rank: the first of equal value within a stack is the one with the smaller id.
    std::sort(stacked.begin(), stacked.end(), [](const Candidate* a, const Candidate* b) {
        return a->ready->stack != b->ready->stack ? a->ready->stack < b->ready->stack : a->rank < b->rank;
    });
    for (std::size_t begin = 0, end = 0; begin < stacked.size(); begin = end) {
        Candidate* best = stacked[begin];
        for (end = begin; end < stacked.size() && stacked[end]->ready->stack == best->ready->stack; ++end) {
            if (is_better(*stacked[end], *best)) best = stacked[end];
        }
        for (std::size_t i = begin; i < end; ++i) {
            if (stacked[i] == best) continue;
            stacked[i]->verdict = event::Verdict::lost_to_stack;
            stacked[i]->winner = best->offer().id;
        }
    }
}

}  // namespace suki::engine
