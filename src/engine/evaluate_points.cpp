#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "base/check.h"
#include "base/limits.h"
#include "engine/evaluation.h"
#include "engine/scale.h"

namespace suki::engine {

using namespace programme;

namespace {

/// One each of `left` to the parts with the largest remainders, ties to the lower index. At least `left` of them are above 0.
template <class Remainder>
void give_leftovers(Arena* memory, std::int64_t left, std::span<const Remainder> remainders, std::span<std::int64_t> parts) {
    if (left == 0) return;
    const std::span<std::uint32_t> order = make_span<std::uint32_t>(*memory, remainders.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
    });
    for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
}

/// The total and the sum of the weights are below 2^31: then dividing is many times cheaper, and a remainder and its index are one
/// number, of which the largest is found without guessing.
template <class Weight>
void share_small(Arena* memory, std::int64_t total, std::uint64_t sum, std::span<const Weight> weights,
                 std::span<std::int64_t> parts) {
    const std::span<std::uint64_t> remainders = make_span<std::uint64_t>(*memory, weights.size());
    std::int64_t left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::uint64_t product = static_cast<std::uint64_t>(weights[i]) * static_cast<std::uint64_t>(total);
        parts[i] = static_cast<std::int64_t>(product / sum);
        left -= parts[i];
        remainders[i] = product % sum << 32 | (UINT32_MAX - i);  // of equal ones the lower index is larger
    }
    const auto index_of = [](std::uint64_t remainder) { return std::size_t{UINT32_MAX - static_cast<std::uint32_t>(remainder)}; };
    constexpr std::size_t few = 8;  // up to here looking for the largest again and again is quicker than sorting
    if (weights.size() > few) {
        std::sort(remainders.begin(), remainders.end(), std::greater{});
        for (std::size_t i = 0; left > 0; ++i, --left) ++parts[index_of(remainders[i])];
        return;
    }
    for (; left > 0; --left) {
        std::uint64_t largest = 0;
        for (const std::uint64_t each : remainders) largest = std::max(largest, each);
        ++parts[index_of(largest)];
        remainders[index_of(largest)] = 0;
    }
}

template <class Weight>
void share_wide(Arena* memory, std::int64_t total, __int128 sum, std::span<const Weight> weights, std::span<std::int64_t> parts) {
    const std::span<__int128> remainders = make_span<__int128>(*memory, weights.size());
    std::int64_t left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        __int128 product = 0;
        SUKI_CHECK(!__builtin_mul_overflow(static_cast<__int128>(weights[i]), static_cast<__int128>(total), &product));
        parts[i] = static_cast<std::int64_t>(product / sum);
        remainders[i] = product % sum;
        left -= parts[i];
    }
    give_leftovers<__int128>(memory, left, remainders, parts);
}

template <class Weight>
void share(Arena* memory, std::int64_t total, std::span<const Weight> weights, std::span<std::int64_t> parts) {
    SUKI_CHECK(weights.size() == parts.size() && total >= 0);
    __int128 sum = 0;
    for (const Weight weight : weights) sum += weight;
    SUKI_CHECK(sum > 0 || total == 0);
    std::fill(parts.begin(), parts.end(), 0);
    if (total == 0) return;
    if (parts.size() == 1) {  // most offers are about one line of the receipt
        parts[0] = total;
        return;
    }
    // Every weight is at most the sum.
    const bool is_small = sum < (std::int64_t{1} << 31) && total < (std::int64_t{1} << 31);
    if (is_small) return share_small(memory, total, static_cast<std::uint64_t>(sum), weights, parts);
    share_wide(memory, total, sum, weights, parts);
}

struct Split {
    __int128 whole = 0;
    std::int64_t numerator = 0;
};

/// Both arguments >= 0.
Split split(__int128 exact, std::int64_t denominator) {
    // Nearly always it fits 64 bits, where dividing is many times cheaper.
    if (exact >> 63 != 0) return {exact / denominator, static_cast<std::int64_t>(exact % denominator)};
    const auto small = static_cast<std::int64_t>(exact);
    return {small / denominator, small % denominator};
}

/// A product too wide for 128 bits, for comparing only. Eight limbs hold all factors of `compare_values`: 128 + 63 + 51 + 63 bits.
struct Wide {
    std::array<std::uint64_t, 8> limbs{};  // the least first

    static Wide of(unsigned __int128 value) {
        Wide wide;
        wide.limbs[0] = static_cast<std::uint64_t>(value);
        wide.limbs[1] = static_cast<std::uint64_t>(value >> 64);
        return wide;
    }
    [[nodiscard]] Wide times(std::int64_t factor) const {
        Wide product;
        unsigned __int128 carry = 0;
        for (std::size_t i = 0; i < limbs.size(); ++i) {
            carry += static_cast<unsigned __int128>(limbs[i]) * static_cast<std::uint64_t>(factor);
            product.limbs[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return product;
    }
    friend std::strong_ordering operator<=>(const Wide& a, const Wide& b) {
        for (std::size_t i = a.limbs.size(); i-- > 0;) {
            if (a.limbs[i] != b.limbs[i]) return a.limbs[i] <=> b.limbs[i];
        }
        return std::strong_ordering::equal;
    }
};

struct PointsStage {
    Evaluation& work;
    std::pmr::vector<Candidate*> offers{work.memory};                                               // of this stage, by rank
    std::pmr::vector<Candidate*> multipliers{work.memory};                                          // those of them that multiply
    std::pmr::vector<Candidate*> plain{work.memory}, contested{work.memory}, applied{work.memory};  // of a round; kept for the next
    std::pmr::vector<std::uint32_t> multiplied_stacks{work.memory};  // stacks in which a multiplier competes; sorted
    std::pmr::vector<std::span<__int128>> bases{work.memory};  // as Plan::units: base numerators by line; empty when not needed

    [[nodiscard]] std::int64_t denominator(std::uint32_t unit) const { return work.ready.denominators[unit]; }
    /// The most that one offer gives on one line: keeps the sums of a receipt inside 128 bits. It is a point more than the whole
    /// receipt may earn, so that the receipt's cap bites wherever it does, and says so.
    [[nodiscard]] __int128 most(std::uint32_t unit) const {
        return static_cast<__int128>(limits::points_per_receipt + 1) * denominator(unit);
    }
    [[nodiscard]] __int128 product(__int128 a, __int128 b, std::uint32_t unit) const {
        if (a <= 0 || b <= 0) return 0;
        __int128 result = 0;
        return __builtin_mul_overflow(a, b, &result) ? most(unit) : std::min(result, most(unit));
    }

    [[nodiscard]] std::int64_t basis(const Unit& unit, std::uint32_t position) const;
    [[nodiscard]] std::int64_t earning_milli(std::uint32_t position, QuantityUnit unit) const;
    [[nodiscard]] __int128 rate_of(const Scale::Step& step, std::uint32_t unit) const;
    void weigh(Candidate& candidate);
    void weigh_fixed(Candidate& candidate, std::int64_t points);
    void weigh_whole(Candidate& candidate, const Scale& scale);
    void weigh_slices(Candidate& candidate, const Scale& scale);
    void multiply(Candidate& candidate);
    void collect_bases(bool only_independent);
    [[nodiscard]] bool is_in_multiplied_stack(const Candidate& candidate) const;
    [[nodiscard]] std::int64_t rounded_alone(const Candidate& candidate) const;
    void admit(Candidate& candidate);
    void reset();
    void spread(std::int64_t total, bool is_exact, std::uint32_t unit, std::span<const __int128> weights,
                std::span<std::int64_t> parts) const;
    bool decide();
    bool round_units();
    void finish();
};

bool is_multiplier(const Candidate& candidate) {
    return candidate.ready->giving == Giving::points_multiplied && candidate.ready->ratio().numerator != 0;
}

/// What multipliers act on.
bool is_base(const Candidate& candidate) {
    const Giving giving = candidate.ready->giving;
    return giving == Giving::points_per_amount || (giving == Giving::points_scale && gives_base_points(candidate.offer().give));
}

bool is_fixed(const Candidate& candidate) {
    const Giving giving = candidate.ready->giving;
    return giving == Giving::points_fixed || (giving == Giving::points_scale && gives_fixed_points(candidate.offer().give));
}

/// Never on deposits or `no_points` lines.
std::int64_t PointsStage::basis(const Unit& unit, std::uint32_t position) const {
    const LineWork& line = work.lines[position];
    if (!line.earns) return 0;
    return earning_amount(unit, line.list, line.total(), line.paid(), work.receipt.lines[position].tax.minor());
}

/// Numerators of everything but multipliers: they depend on nothing that other offers do.
void PointsStage::weigh(Candidate& candidate) {
    const std::uint32_t number = candidate.unit();
    const Unit& unit = work.plan.units[number];
    const Giving giving = candidate.ready->giving;
    candidate.exact_shares = work.make<__int128>(candidate.lines.size());
    candidate.point_shares = work.make<std::int64_t>(candidate.lines.size());
    const auto& lines = candidate.lines;
    auto& shares = candidate.exact_shares;
    if (giving == Giving::points_per_amount) {
        for (std::size_t i = 0; i < lines.size(); ++i) shares[i] = product(basis(unit, lines[i]), candidate.ready->rate(), number);
    } else if (giving == Giving::points_per_quantity) {
        const QuantityUnit measure = std::get<PointsPerQuantity>(candidate.offer().give).per.unit;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            shares[i] = product(earning_milli(lines[i], measure), candidate.ready->rate(), number);
        }
    } else if (giving == Giving::points_fixed) {
        return weigh_fixed(candidate, candidate.ready->amount() * candidate.uses);
    } else if (giving == Giving::points_scale) {
        const auto& scale = std::get<Scale>(candidate.offer().give);
        return scale.slices == Slices::none ? weigh_whole(candidate, scale) : weigh_slices(candidate, scale);
    }
    candidate.points_exact = std::accumulate(shares.begin(), shares.end(), __int128{0});
}

/// How much of the line earns, in `unit`.
std::int64_t PointsStage::earning_milli(std::uint32_t position, QuantityUnit unit) const {
    const Quantity& quantity = work.receipt.lines[position].quantity;
    return work.lines[position].earns && quantity.unit == unit ? quantity.milli : 0;
}

/// The lines bear them by what they cost; lines that cost nothing at all, alike.
void PointsStage::weigh_fixed(Candidate& candidate, std::int64_t points) {
    const std::uint32_t number = candidate.unit();
    bool is_any = false;
    bool is_any_priced = false;
    for (const std::uint32_t line : candidate.lines) {
        is_any |= work.lines[line].earns;
        is_any_priced |= work.lines[line].earns && work.lines[line].list > 0;
    }
    for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
        const LineWork& line = work.lines[candidate.lines[i]];
        candidate.exact_shares[i] = !line.earns ? 0 : is_any_priced ? line.list : 1;
    }
    candidate.points_exact = is_any ? product(points, denominator(number), number) : 0;
}

/// All that earns at the step that is reached.
void PointsStage::weigh_whole(Candidate& candidate, const Scale& scale) {
    const std::uint32_t number = candidate.unit();
    const Unit& unit = work.plan.units[number];
    std::int64_t reached = 0;
    switch (scale.by) {
        case ScaleBy::amount:
            for (const std::uint32_t line : candidate.lines) reached += basis(unit, line);
            break;
        case ScaleBy::quantity:
            for (const std::uint32_t line : candidate.lines) reached += earning_milli(line, scale.unit);
            break;
        case ScaleBy::window: reached = value_at(work.context.windows, scale.window); break;
    }
    const Scale::Step* step = step_at(scale, reached);
    if (step == nullptr) return;
    if (const auto* fixed = std::get_if<PointsFixed>(&step->give)) return weigh_fixed(candidate, fixed->points);
    const auto* per_quantity = std::get_if<PointsPerQuantity>(&step->give);
    const __int128 rate = rate_of(*step, number);
    for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
        const std::uint32_t line = candidate.lines[i];
        const std::int64_t counted = per_quantity != nullptr ? earning_milli(line, per_quantity->per.unit) : basis(unit, line);
        candidate.exact_shares[i] = product(counted, rate, number);
    }
    candidate.points_exact = std::accumulate(candidate.exact_shares.begin(), candidate.exact_shares.end(), __int128{0});
}

/// What earns fills the steps in the order of the lines, each part at the rate of its step. Exact, line by line.
void PointsStage::weigh_slices(Candidate& candidate, const Scale& scale) {
    const std::uint32_t number = candidate.unit();
    const Unit& unit = work.plan.units[number];
    Slicer slicer{scale, scale.by == ScaleBy::window ? value_at(work.context.windows, scale.window) : 0};
    for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
        const std::uint32_t line = candidate.lines[i];
        const std::int64_t length = scale.slices == Slices::money ? basis(unit, line) : earning_milli(line, scale.unit);
        if (length <= 0) continue;
        __int128 points = 0;
        slicer.take(length, [&](const Scale::Step& step, std::int64_t part) {
            points = std::min(points + product(part, rate_of(step, number), number), most(number));
        });
        candidate.exact_shares[i] = points;
    }
    candidate.points_exact = std::accumulate(candidate.exact_shares.begin(), candidate.exact_shares.end(), __int128{0});
}

/// Numerators over the unit's denominator, a minor unit of money or a thousandth of goods.
__int128 PointsStage::rate_of(const Scale::Step& step, std::uint32_t unit) const {
    const Ratio rate = point_rate(step.give)->rate;
    return static_cast<__int128>(rate.numerator) * (denominator(unit) / rate.denominator);
}

/// (factor - 1) × the base points of the matched lines. Exact: the unit's denominator is divisible by every product of a rate and a
/// factor.
void PointsStage::multiply(Candidate& candidate) {
    const std::uint32_t unit = candidate.unit();
    const Ratio extra = candidate.ready->ratio();
    candidate.points_exact = 0;
    for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
        const std::uint32_t line = candidate.lines[i];
        const __int128 base = bases[unit].empty() || !work.lines[line].earns ? 0 : bases[unit][line];
        candidate.exact_shares[i] = product(base / extra.denominator, extra.numerator, unit);
        candidate.points_exact += candidate.exact_shares[i];
    }
}

bool PointsStage::is_in_multiplied_stack(const Candidate& candidate) const {
    return candidate.ready->stack != kNone &&
           std::binary_search(multiplied_stacks.begin(), multiplied_stacks.end(), candidate.ready->stack);
}

void PointsStage::collect_bases(bool only_independent) {
    for (const Candidate* multiplier : multipliers) {
        auto& base = bases[multiplier->unit()];
        if (base.empty()) base = work.make<__int128>(work.lines.size());
        std::fill(base.begin(), base.end(), 0);
    }
    for (const Candidate* candidate : offers) {
        if (!candidate->is_applied() || !is_base(*candidate)) continue;
        if (only_independent && is_in_multiplied_stack(*candidate)) continue;
        auto& base = bases[candidate->unit()];
        if (base.empty()) continue;
        for (std::size_t i = 0; i < candidate->lines.size(); ++i) base[candidate->lines[i]] += candidate->exact_shares[i];
    }
}

std::int64_t PointsStage::rounded_alone(const Candidate& candidate) const {
    const std::uint32_t unit = candidate.unit();
    // At most a point more than limits::points_per_receipt a line, so the quotient fits.
    return *divide(candidate.points_exact, denominator(unit), work.plan.units[unit].rounding);
}

/// Gives something, limits, budget. A budget of points is asked by what the offer would give were it alone, rounded by its unit;
/// what is allocated to it in the end may be a point more, see `round_units`.
void PointsStage::admit(Candidate& candidate) {
    if (candidate.points_exact <= 0) {
        candidate.verdict = event::Verdict::gives_nothing;
        return;
    }
    if (!candidate.ready->is_bounded) return;
    check_limits(work, candidate);
    check_budget(work, candidate, rounded_alone(candidate));
}

/// Money: points at their worth; offers of equal worth tie. Units that can't be spent are worth nothing and compare by points.
std::strong_ordering compare_values(const PointsStage& stage, const Candidate& a, const Candidate& b) {
    const std::uint32_t unit_a = a.unit();
    const std::uint32_t unit_b = b.unit();
    if (unit_a == unit_b) return a.points_exact <=> b.points_exact;
    const Ratio worth_a = stage.work.plan.units[unit_a].worth;
    const Ratio worth_b = stage.work.plan.units[unit_b].worth;
    const Wide points_a = Wide::of(static_cast<unsigned __int128>(a.points_exact)).times(stage.denominator(unit_b));
    const Wide points_b = Wide::of(static_cast<unsigned __int128>(b.points_exact)).times(stage.denominator(unit_a));
    const auto by_worth = points_a.times(worth_a.numerator).times(worth_b.denominator) <=>
                          points_b.times(worth_b.numerator).times(worth_a.denominator);
    return worth_a.numerator == 0 && worth_b.numerator == 0 ? points_a <=> points_b : by_worth;
}

void PointsStage::reset() {
    for (Candidate* candidate : offers) {
        candidate->verdict = event::Verdict::applied;
        candidate->winner = {};
        candidate->points = 0;
    }
}

/// Decides all offers of the stage once; false when a budget proved too small and all must be decided again without that offer.
///
/// Stacks in which no multiplier competes are settled first. A multiplier that competes in a stack is valued by the base points
/// that apply whatever that stack decides: of offers in no stack and of the winners just found. In the end every multiplier that
/// applies acts on the base points of all offers that apply.
bool PointsStage::decide() {
    reset();
    const auto is_better = [this](const Candidate& a, const Candidate& b) { return compare_values(*this, a, b) > 0; };
    plain.clear();
    plain.reserve(offers.size());
    contested.clear();
    for (Candidate* candidate : offers) {
        if (is_in_multiplied_stack(*candidate)) contested.push_back(candidate);
        if (is_multiplier(*candidate)) continue;
        admit(*candidate);
        if (!is_in_multiplied_stack(*candidate)) plain.push_back(candidate);
    }
    settle_stacks(work, plain, is_better);
    if (multipliers.empty()) return round_units();

    if (!contested.empty()) {
        collect_bases(true);
        for (Candidate* candidate : contested) {
            if (!is_multiplier(*candidate)) continue;
            multiply(*candidate);
            admit(*candidate);
        }
        settle_stacks(work, contested, is_better);
    }
    collect_bases(false);
    for (Candidate* candidate : multipliers) {
        if (!candidate->is_applied()) continue;
        multiply(*candidate);
        if (candidate->ready->stack == kNone) {
            admit(*candidate);
            continue;
        }
        // It won its stack by its value against fewer base points; against all of them its budget may not do.
        const auto& budget = candidate->offer().budget;
        if (budget && rounded_alone(*candidate) > value_at(work.context.pools, *budget)) {
            candidate->is_dropped = true;
            return false;
        }
    }
    return round_units();
}

/// Spreads whole points over offers or lines. `is_exact` says that the weights are the points themselves, unrounded; then whole
/// ones stay whole. By weight alone goes what a cap cut, and everything in editions of semantics 1, which took a point from a gift
/// of 300 to make whole a base of 0.99 (docs/decisions/0040-whole-points.md).
void PointsStage::spread(std::int64_t total, bool is_exact, std::uint32_t unit, std::span<const __int128> weights,
                         std::span<std::int64_t> parts) const {
    if (is_exact && work.plan.semantics >= 2 && round_out(work.memory, total, denominator(unit), weights, parts)) return;
    if (parts.size() == 1) return share_out(work.memory, total, weights, parts);
    // Only where the cap bites can the weights be so wide that a product would not fit; their last bits don't matter there.
    const __int128 sum = std::accumulate(weights.begin(), weights.end(), __int128{0});
    int shift = 0;
    while (sum >> shift >= static_cast<__int128>(1) << 86) ++shift;
    const auto narrowed = work.make<__int128>(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) narrowed[i] = weights[i] >> shift;
    share_out(work.memory, total, narrowed, parts);
}

/// Rounds each unit once and spreads the sum over the offers. An offer that gives a fraction may get a point more than it would
/// alone; where that is more than its budget has left, the offer is dropped and all is decided again.
bool PointsStage::round_units() {
    bool is_within_budgets = true;
    for (std::uint32_t unit = 0; unit < work.plan.units.size(); ++unit) {
        applied.clear();
        applied.reserve(offers.size());
        __int128 sum = 0;
        for (Candidate* candidate : offers) {
            if (!candidate->is_applied() || candidate->unit() != unit) continue;
            applied.push_back(candidate);
            sum += candidate->points_exact;
        }
        const auto rounded = divide(sum, denominator(unit), work.plan.units[unit].rounding);
        const bool is_cut = !rounded || *rounded > limits::points_per_receipt;
        const std::int64_t total = is_cut ? limits::points_per_receipt : *rounded;
        work.unit_points[unit] = total;
        for (Candidate* candidate : applied) candidate->winner = is_cut ? event::kPointsPerReceipt : std::string_view{};
        if (total == 0) continue;
        const auto weights = work.make<__int128>(applied.size());
        const auto parts = work.make<std::int64_t>(applied.size());
        for (std::size_t i = 0; i < applied.size(); ++i) weights[i] = applied[i]->points_exact;
        spread(total, true, unit, weights, parts);
        for (std::size_t i = 0; i < applied.size(); ++i) {
            applied[i]->points = parts[i];
            if (!applied[i]->ready->is_bounded) continue;
            const auto& budget = applied[i]->offer().budget;
            if (budget && parts[i] > value_at(work.context.pools, *budget)) {
                applied[i]->is_dropped = true;
                is_within_budgets = false;
            }
        }
    }
    return is_within_budgets;
}

void PointsStage::finish() {
    for (Candidate* candidate : offers) {
        if (!candidate->is_applied()) continue;
        if (candidate->points == 0) {
            // Its fraction of a point went into the sum; it is no use of the offer, and its limits are not drawn.
            candidate->verdict = candidate->winner.empty() ? event::Verdict::gives_nothing : event::Verdict::lost_to_cap;
            continue;
        }
        const bool is_exact = !is_fixed(*candidate);
        spread(candidate->points, is_exact, candidate->unit(), candidate->exact_shares, candidate->point_shares);
    }
}

}  // namespace

bool round_out(Arena* memory, std::int64_t total, std::int64_t denominator, std::span<const __int128> exact,
               std::span<std::int64_t> parts) {
    const std::span<std::int64_t> fractions = make_span<std::int64_t>(*memory, exact.size());
    __int128 left = total;
    std::int64_t count = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const Split each = split(exact[i], denominator);
        left -= each.whole;
        parts[i] = static_cast<std::int64_t>(each.whole);  // at most the total, unless the answer is no
        fractions[i] = each.numerator;
        count += each.numerator != 0 ? 1 : 0;
    }
    if (left < 0 || left > count) return false;
    give_leftovers<std::int64_t>(memory, static_cast<std::int64_t>(left), fractions, parts);
    return true;
}

std::int64_t earning_amount(const Unit& unit, std::int64_t list, std::int64_t total, std::int64_t paid, std::int64_t tax) {
    std::int64_t amount = 0;
    switch (unit.earned_on) {
        case EarnedOn::paid: amount = paid; break;
        case EarnedOn::discounted: amount = total; break;
        case EarnedOn::list: amount = list; break;
    }
    if (!unit.is_tax_excluded || list <= 0) return amount;
    // The tax stated is that of the list price; of a cheaper line it is the same share. Half to even, so that over many lines
    // neither side gains; it is never more than the amount, because tax is at most the list price.
    const std::int64_t held = std::clamp<std::int64_t>(tax, 0, list);
    return amount - *divide(static_cast<__int128>(held) * amount, list, Rounding::half_even);
}

void share_out(Arena* memory, std::int64_t total, std::span<const __int128> weights, std::span<std::int64_t> parts) {
    share<__int128>(memory, total, weights, parts);
}
void share_out(Arena* memory, std::int64_t total, std::span<const std::int64_t> weights, std::span<std::int64_t> parts) {
    share<std::int64_t>(memory, total, weights, parts);
}

void give_points(Evaluation& work) {
    work.unit_points.resize(work.plan.units.size(), 0);
    PointsStage stage{.work = work};
    stage.offers.reserve(work.candidates.size());
    for (Candidate& candidate : work.candidates) {
        if (!candidate.ready->is_points()) continue;
        stage.offers.push_back(&candidate);
        stage.weigh(candidate);
        if (!is_multiplier(candidate)) continue;
        stage.multipliers.push_back(&candidate);
        if (candidate.ready->stack != kNone) stage.multiplied_stacks.push_back(candidate.ready->stack);
    }
    if (stage.offers.empty()) return;
    std::sort(stage.multiplied_stacks.begin(), stage.multiplied_stacks.end());
    stage.bases.resize(work.plan.units.size());
    // Each round that is not the last drops an offer, so there are at most as many as offers with a budget, and one.
    while (!stage.decide()) {}
    stage.finish();
}

}  // namespace suki::engine
