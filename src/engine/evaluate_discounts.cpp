#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "engine/evaluation.h"
#include "engine/scale.h"
#include "engine/sort_by_number.h"

namespace suki::engine {

using namespace programme;

namespace {

std::uint64_t rounded(std::uint64_t dividend, std::uint64_t divisor, Rounding rounding) {
    const std::uint64_t quotient = dividend / divisor;
    const std::uint64_t rest = dividend % divisor;
    switch (rounding) {
        case Rounding::down: return quotient;
        case Rounding::up: return quotient + (rest != 0 ? 1 : 0);
        case Rounding::half_up: return quotient + (rest * 2 >= divisor ? 1 : 0);
        case Rounding::half_even: return quotient + (rest * 2 > divisor || (rest * 2 == divisor && (quotient & 1) != 0) ? 1 : 0);
    }
    return quotient;
}

/// `value` × numerator / denominator, rounded once, but at most `most`. All arguments >= 0.
inline std::int64_t scaled_at_most(__int128 value, std::int64_t numerator, std::int64_t denominator, Rounding rounding,
                                   std::int64_t most) {
    // value and numerator are within 2^63 each, so the product fits; a quotient beyond `most` never needs to fit 64 bits.
    const __int128 product = value * numerator;
    // Nearly always all of it fits 64 bits, where dividing is many times cheaper.
    constexpr std::int64_t small = std::int64_t{1} << 60;
    if (product < small && denominator < small) {
        const auto quotient = rounded(static_cast<std::uint64_t>(product), static_cast<std::uint64_t>(denominator), rounding);
        return std::min(static_cast<std::int64_t>(quotient), most);
    }
    if (product >= static_cast<__int128>(denominator) * most) return most;
    return *divide(product, denominator, rounding);
}

std::int64_t sum_of(std::span<const std::int64_t> parts) { return std::accumulate(parts.begin(), parts.end(), std::int64_t{0}); }

/// What a scale that is whole is read by; `amount` is that of the lines.
std::int64_t reached_by(const Evaluation& work, const Scale& scale, std::span<const std::uint32_t> lines, std::int64_t amount) {
    switch (scale.by) {
        case ScaleBy::amount: return amount;
        case ScaleBy::quantity: return quantity_of(work.receipt, lines, scale.unit);
        case ScaleBy::window: return value_at(work.context.windows, scale.window);
    }
    return 0;
}

/// Where the slices of a purchase begin.
Slicer slicer_of(const Evaluation& work, const Scale& scale) {
    return {scale, scale.by == ScaleBy::window ? value_at(work.context.windows, scale.window) : 0};
}

/// `length` of money, each part at the percent of its step, in kPercentParts.
__int128 percents_of(Slicer& slicer, std::int64_t length) {
    __int128 parts = 0;
    slicer.take(length, [&](const Scale::Step& step, std::int64_t part) {
        const Ratio rate = std::get<DiscountPercent>(step.give).rate;
        parts += static_cast<__int128>(part) * rate.numerator * (kPercentParts / rate.denominator);
    });
    return parts;
}

/// Gives of the line stage: each writes what it takes off each matched line, on the line's list total, whatever others give.
struct LineGive {
    Evaluation& work;
    Candidate& candidate;

    [[nodiscard]] const LineWork& line(std::size_t i) const { return work.lines[candidate.lines[i]]; }
    [[nodiscard]] const event::Line& stated(std::size_t i) const { return work.receipt.lines[candidate.lines[i]]; }
    /// What a discount can be taken of: nothing on a `no_discount` line.
    [[nodiscard]] std::int64_t base(std::size_t i) const { return line(i).takes_discount ? line(i).list : 0; }

    void percent(Ratio rate) {
        if (rate.numerator <= 0) return;
        for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
            candidate.shares[i] = scaled_at_most(base(i), rate.numerator, rate.denominator, work.plan.discount_rounding, base(i));
        }
    }
    void scale(const Scale& give) {
        if (give.slices != Slices::none) return slices(give);
        const Scale::Step* step = step_at(give, reached_by(work, give, candidate.lines, amount_of(work.receipt, candidate.lines)));
        if (step == nullptr) return;
        if (const auto* share = std::get_if<DiscountPercent>(&step->give)) return percent(share->rate);
        const auto& money = std::get<DiscountAmount>(step->give);
        return money.is_per_item ? amount_per_item(money.amount.minor()) : amount(money.amount.minor());
    }
    void slices(const Scale& give);
    void slices_of_quantity(const Scale& give, Slicer& slicer);
    void amount(std::int64_t most) {
        const auto bases = work.make<std::int64_t>(candidate.lines.size());
        for (std::size_t i = 0; i < bases.size(); ++i) bases[i] = base(i);
        share_out(work.memory, std::min(std::max<std::int64_t>(most, 0), sum_of(bases)), bases, candidate.shares);
    }
    void amount_per_item(std::int64_t amount) {
        for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
            candidate.shares[i] = scaled_at_most(std::max<std::int64_t>(amount, 0), stated(i).quantity.milli, 1000,
                                                 work.plan.discount_rounding, base(i));
        }
    }
    void fixed_price(std::int64_t price) {
        for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
            // Of what the line costs more than the price: rounded as a discount is.
            const __int128 dearer = static_cast<__int128>(base(i)) * 1000 - static_cast<__int128>(price) * stated(i).quantity.milli;
            if (dearer > 0) candidate.shares[i] = scaled_at_most(dearer, 1, 1000, work.plan.discount_rounding, base(i));
        }
    }
    void free_items(const FreeItems& give);

    void give() {
        const ReadyOffer& offer = *candidate.ready;
        switch (offer.giving) {
            case Giving::percent: return percent(offer.ratio());
            case Giving::amount: return amount(offer.amount());
            case Giving::amount_per_item: return amount_per_item(offer.amount());
            case Giving::fixed_price: return fixed_price(offer.amount());
            case Giving::scale: return scale(std::get<Scale>(offer.offer->give));
            case Giving::free_items: return free_items(std::get<FreeItems>(offer.offer->give));
            case Giving::points_per_amount:
            case Giving::points_per_quantity:
            case Giving::points_fixed:
            case Giving::points_scale:
            case Giving::points_multiplied: return;  // given later
        }
    }
};

/// The goods fill the steps in the order of the lines. Money: the parts of all lines are summed, rounded once, and spread by what
/// each came to. Quantity: each line's parts by themselves, as a discount of one rate is.
void LineGive::slices(const Scale& give) {
    Slicer slicer = slicer_of(work, give);
    if (give.slices == Slices::quantity) return slices_of_quantity(give, slicer);
    const auto numerators = work.make<__int128>(candidate.lines.size());
    __int128 sum = 0;
    std::int64_t most = 0;
    for (std::size_t i = 0; i < numerators.size(); ++i) {
        numerators[i] = percents_of(slicer, base(i));
        sum += numerators[i];
        most += base(i);
    }
    const std::int64_t total = scaled_at_most(sum, 1, kPercentParts, work.plan.discount_rounding, most);
    SUKI_CHECK(round_out(work.memory, total, kPercentParts, numerators, candidate.shares));
}

void LineGive::slices_of_quantity(const Scale& give, Slicer& slicer) {
    const bool is_money = std::holds_alternative<DiscountAmount>(give.steps.front().give);
    for (std::size_t i = 0; i < candidate.lines.size(); ++i) {
        const Quantity& quantity = stated(i).quantity;
        if (quantity.unit != give.unit || quantity.milli <= 0 || base(i) == 0) continue;
        if (!is_money) {
            // What the line costs, each part of its quantity at the percent of its step.
            candidate.shares[i] =
                scaled_at_most(base(i), percents_of(slicer, quantity.milli), static_cast<__int128>(quantity.milli) * kPercentParts,
                               work.plan.discount_rounding, base(i));
            continue;
        }
        __int128 money = 0;  // thousandths of a minor unit
        slicer.take(quantity.milli, [&](const Scale::Step& step, std::int64_t part) {
            money += static_cast<__int128>(part) * std::get<DiscountAmount>(step.give).amount.minor();
        });
        candidate.shares[i] = scaled_at_most(money, 1, 1000, work.plan.discount_rounding, base(i));
    }
}

/// Pieces of one line that have the same value. A line's amount is spread over its pieces by largest remainder, so a line has at
/// most two kinds of pieces, a minor unit apart.
struct Pieces {
    std::int64_t value = 0;
    std::int64_t count = 0;
    std::uint32_t at = 0;     // which matched line
    std::uint32_t group = 0;  // pieces are counted together within a group
};

/// The free pieces of one group, as many as its pieces allow: its cheapest ones.
struct FreeGroup {
    std::span<Pieces> pieces;  // cheapest first
    std::int64_t times = 0;    // how often `per` pieces are there
    std::int64_t worth = 0;    // of the cheapest free piece: decides which group a limit leaves
};

void take_free(const FreeGroup& group, std::int64_t pieces, std::span<std::int64_t> shares) {
    for (const Pieces& some : group.pieces) {
        const std::int64_t taken = std::min(some.count, pieces);
        shares[some.at] += taken * some.value;  // at most the line's amount
        pieces -= taken;
    }
}

void LineGive::free_items(const FreeItems& give) {
    std::pmr::vector<Pieces> pieces{work.memory};
    std::pmr::vector<std::string_view> skus{work.memory};  // group → sku
    for (std::uint32_t i = 0; i < candidate.lines.size(); ++i) {
        const std::int64_t count = line(i).takes_discount ? pieces_of(stated(i).quantity) : 0;
        if (count == 0) continue;
        std::uint32_t group = 0;
        if (!give.cheapest) {
            group = static_cast<std::uint32_t>(std::find(skus.begin(), skus.end(), stated(i).sku) - skus.begin());
            if (group == skus.size()) skus.push_back(stated(i).sku);
        }
        const std::int64_t dearer = base(i) % count;
        pieces.push_back({base(i) / count, count - dearer, i, group});
        if (dearer > 0) pieces.push_back({base(i) / count + 1, dearer, i, group});
    }
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Pieces& a, const Pieces& b) { return a.group != b.group ? a.group < b.group : a.value < b.value; });
    std::pmr::vector<FreeGroup> groups{work.memory};
    for (std::size_t begin = 0, end = 0; begin < pieces.size(); begin = end) {
        std::int64_t count = 0;
        for (end = begin; end < pieces.size() && pieces[end].group == pieces[begin].group; ++end) count += pieces[end].count;
        groups.push_back({std::span{pieces}.subspan(begin, end - begin), count / give.per, pieces[begin].value});
    }
    // Where the limit leaves out some, the member gets the dearer ones; equal ones as they stand on the receipt.
    std::stable_sort(groups.begin(), groups.end(), [](const FreeGroup& a, const FreeGroup& b) { return a.worth > b.worth; });
    std::int64_t left = uses_left(work, candidate.offer());
    // For a card that is full so many are free, however many goods there are.
    if (candidate.offer().challenge) left = std::min(left, candidate.uses);
    candidate.uses = 0;
    for (const FreeGroup& group : groups) {
        const std::int64_t times = std::min(group.times, left);
        take_free(group, times * give.free, candidate.shares);
        left -= times;
        candidate.uses += times;
    }
}

bool is_better_discount(const Candidate& a, const Candidate& b) { return a.money > b.money; }

void settle(Evaluation& work, std::span<Candidate*> stage) {
    for (Candidate* candidate : stage) {
        if (candidate->money <= 0) {
            candidate->verdict = event::Verdict::gives_nothing;
            continue;
        }
        if (!candidate->ready->is_bounded) continue;
        check_limits(work, *candidate);
        check_budget(work, *candidate, candidate->money);
    }
    settle_stacks(work, stage, is_better_discount);
}

void lose_to_cap_if_nothing(Candidate& candidate) {
    candidate.money = sum_of(candidate.shares);
    if (candidate.is_applied() && candidate.money == 0) candidate.verdict = event::Verdict::lost_to_cap;
}

/// Cuts what all offers together give on a line to what the line costs, each in proportion, wherever `is_capped`. There are
/// `shares` on all lines.
void cap_lines(Evaluation& work, std::span<Candidate*> stage, std::span<const bool> is_capped, std::size_t shares) {
    struct Given {
        std::uint32_t line = 0;
        std::int64_t* share = nullptr;
    };
    std::pmr::vector<Given> all(shares, work.memory);
    std::size_t count = 0;
    for (Candidate* candidate : stage) {
        if (!candidate->is_applied()) continue;
        for (std::size_t i = 0; i < candidate->lines.size(); ++i) {
            const std::uint32_t line = candidate->lines[i];
            all[count] = {line, &candidate->shares[i]};
            count += is_capped[line] ? 1 : 0;
        }
    }
    all.resize(count);
    // Within a line they stay in the order of the offers' ids.
    sort_by_number(all, static_cast<std::uint32_t>(work.lines.size()), [](const Given& given) { return given.line; });
    std::pmr::vector<std::int64_t> given{work.memory};
    std::pmr::vector<std::int64_t> parts{work.memory};
    for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
        given.clear();
        for (end = begin; end < all.size() && all[end].line == all[begin].line; ++end) given.push_back(*all[end].share);
        parts.assign(given.size(), 0);
        share_out(work.memory, work.lines[all[begin].line].list, given, parts);
        for (std::size_t i = begin; i < end; ++i) *all[i].share = parts[i - begin];
    }
}

void give_line_discounts(Evaluation& work, std::span<Candidate*> stage) {
    for (Candidate* candidate : stage) {
        candidate->shares = work.make<std::int64_t>(candidate->lines.size());
        LineGive{work, *candidate}.give();
        candidate->money = sum_of(candidate->shares);
    }
    settle(work, stage);

    std::size_t shares = 0;
    for (const Candidate* candidate : stage) {
        if (!candidate->is_applied()) continue;
        shares += candidate->lines.size();
        for (std::size_t i = 0; i < candidate->lines.size(); ++i) {
            // Ten thousand offers of a whole line each would not fit 64 bits; more than the line is all that is asked.
            LineWork& line = work.lines[candidate->lines[i]];
            line.line_discount = std::min(line.line_discount + candidate->shares[i], line.list + 1);
        }
    }
    const auto is_capped = work.make<bool>(work.lines.size());
    bool is_any_capped = false;
    for (std::size_t i = 0; i < work.lines.size(); ++i) {
        LineWork& line = work.lines[i];
        is_capped[i] = line.line_discount > line.list;
        line.line_discount = std::min(line.line_discount, line.list);
        is_any_capped |= is_capped[i];
    }
    if (!is_any_capped) return;
    cap_lines(work, stage, is_capped, shares);
    for (Candidate* candidate : stage) {
        if (candidate->is_applied()) lose_to_cap_if_nothing(*candidate);
    }
}

/// What an offer of the receipt stage gives on `base`, the rest of the discountable lines; `amount` is the rest of all its lines,
/// by which a scale is read.
std::int64_t receipt_give(const Evaluation& work, const Give& give, std::span<const std::uint32_t> lines, std::int64_t base,
                          std::int64_t amount) {
    const auto percent = [&](Ratio rate) {
        return rate.numerator <= 0 ? 0 : scaled_at_most(base, rate.numerator, rate.denominator, work.plan.discount_rounding, base);
    };
    if (const auto* some = std::get_if<DiscountPercent>(&give)) return percent(some->rate);
    if (const auto* some = std::get_if<DiscountAmount>(&give)) return std::clamp<std::int64_t>(some->amount.minor(), 0, base);
    const auto* scale = std::get_if<Scale>(&give);
    if (scale == nullptr) return 0;
    if (scale->slices == Slices::money) {
        Slicer slicer = slicer_of(work, *scale);
        return scaled_at_most(percents_of(slicer, base), 1, kPercentParts, work.plan.discount_rounding, base);
    }
    const Scale::Step* step = step_at(*scale, reached_by(work, *scale, lines, amount));
    if (step == nullptr) return 0;
    if (const auto* some = std::get_if<DiscountPercent>(&step->give)) return percent(some->rate);
    if (const auto* some = std::get_if<DiscountAmount>(&step->give)) return std::clamp<std::int64_t>(some->amount.minor(), 0, base);
    return 0;
}

void give_receipt_discounts(Evaluation& work, std::span<Candidate*> stage) {
    const auto rest = work.make<std::int64_t>(work.lines.size());  // what can still be discounted, by line
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = work.lines[i].takes_discount ? work.lines[i].after_line() : 0;
    for (Candidate* candidate : stage) {
        candidate->shares = work.make<std::int64_t>(candidate->lines.size());
        std::int64_t base = 0;
        std::int64_t amount = 0;
        for (const std::uint32_t line : candidate->lines) {
            base += rest[line];
            amount += work.lines[line].after_line();
        }
        candidate->money = receipt_give(work, candidate->offer().give, candidate->lines, base, amount);
    }
    settle(work, stage);

    std::pmr::vector<Candidate*> applied{work.memory};
    __int128 sum = 0;
    for (Candidate* candidate : stage) {
        if (!candidate->is_applied()) continue;
        applied.push_back(candidate);
        sum += candidate->money;
    }
    const std::int64_t most = sum_of(rest);
    if (sum > most) {
        const auto wanted = work.make<std::int64_t>(applied.size());
        const auto parts = work.make<std::int64_t>(applied.size());
        for (std::size_t i = 0; i < applied.size(); ++i) wanted[i] = applied[i]->money;
        share_out(work.memory, most, wanted, parts);
        for (std::size_t i = 0; i < applied.size(); ++i) applied[i]->money = parts[i];
    }
    // The lines bear the sum by what remains of them; offer after offer takes its part from what the lines bear, so that neither a
    // line nor an offer ends with more than its own.
    const auto borne = work.make<std::int64_t>(rest.size());
    share_out(work.memory, static_cast<std::int64_t>(std::min<__int128>(sum, most)), rest, borne);
    for (std::size_t i = 0; i < borne.size(); ++i) work.lines[i].receipt_discount = borne[i];
    for (Candidate* candidate : applied) {
        const auto weights = work.make<std::int64_t>(candidate->lines.size());
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = borne[candidate->lines[i]];
        share_out(work.memory, candidate->money, weights, candidate->shares);
        for (std::size_t i = 0; i < weights.size(); ++i) borne[candidate->lines[i]] -= candidate->shares[i];
        lose_to_cap_if_nothing(*candidate);
    }
}

}  // namespace

std::int64_t uses_left(const Evaluation& work, const Offer& offer) {
    std::int64_t most = INT64_MAX;
    for (const Limit& limit : offer.limits) {
        std::int64_t left = limit.count;
        if (limit.scope != LimitScope::receipt) {
            if (work.plan.semantics < 3) continue;
            left = limit.scope == LimitScope::member ? limit.count - value_at(work.context.windows, limit.index)
                                                     : value_at(work.context.pools, limit.index);
        }
        most = std::min(most, std::max<std::int64_t>(left, 1));
    }
    return most;
}

void give_discounts(Evaluation& work) {
    std::pmr::vector<Candidate*> line_stage{work.memory};
    std::pmr::vector<Candidate*> receipt_stage{work.memory};
    line_stage.reserve(work.candidates.size());
    for (Candidate& candidate : work.candidates) {
        if (candidate.ready->is_points() || candidate.ready->is_thing()) continue;
        (candidate.ready->is_line_stage ? line_stage : receipt_stage).push_back(&candidate);
    }
    if (!line_stage.empty()) give_line_discounts(work, line_stage);
    if (!receipt_stage.empty()) give_receipt_discounts(work, receipt_stage);
}

void give_till_discounts(Evaluation& work) {
    for (std::size_t i = 0; i < work.lines.size(); ++i) {
        LineWork& line = work.lines[i];
        line.till_discount = std::clamp<std::int64_t>(work.receipt.lines[i].till_discount.minor(), 0, line.after_offers());
    }
    if (work.receipt.till_discount <= Money{}) return;
    const auto rest = work.make<std::int64_t>(work.lines.size());
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = work.lines[i].takes_part ? work.lines[i].total() : 0;
    const std::int64_t given = std::clamp<std::int64_t>(work.receipt.till_discount.minor(), 0, sum_of(rest));
    if (given == 0) return;
    const auto parts = work.make<std::int64_t>(rest.size());
    share_out(work.memory, given, rest, parts);
    for (std::size_t i = 0; i < parts.size(); ++i) work.lines[i].till_discount += parts[i];
}

}  // namespace suki::engine
