#include <algorithm>

#include "engine/challenges.h"
#include "engine/evaluation.h"

namespace suki::engine {

using namespace programme;

namespace {

/// A receipt gives for no more full cards than this; the rest stays on the card.
constexpr std::int64_t kTimesMax = 10'000;

/// One challenge for which the receipt may count.
struct Counting {
    Evaluation& work;
    const Challenge& challenge;
    std::uint32_t number = 0;
    std::span<const Candidate> found;                    // of its parts, those whose conditions hold
    std::pmr::vector<std::uint32_t> lines{work.memory};  // that got a stamp
    std::int64_t times = INT64_MAX;                      // how often all parts have what they need
    bool is_met = false;                                 // something got a stamp, or would have on a card with room for it

    [[nodiscard]] std::int64_t stamps_for(const ChallengePart& part, std::span<const std::uint32_t> earning) const;
    bool count_part(std::uint32_t number_of_part, bool is_its_turn);
    void count();
    void give();
};

std::int64_t Counting::stamps_for(const ChallengePart& part, std::span<const std::uint32_t> earning) const {
    std::int64_t sum = 0;
    switch (part.stamping) {
        case Stamping::item:
            for (const std::uint32_t line : earning) sum += pieces_of(work.receipt.lines[line].quantity);
            return sum;
        case Stamping::receipt:
        case Stamping::day: return earning.empty() ? 0 : 1;
        case Stamping::amount:
            for (const std::uint32_t line : earning) sum += work.lines[line].paid();
            return sum / part.per;
    }
    return 0;
}

/// Whether the part has what it needs. In order a part takes no more than that, and nothing before its turn.
bool Counting::count_part(std::uint32_t number_of_part, bool is_its_turn) {
    const ChallengePart& part = work.plan.challenge_parts[number_of_part];
    const CollectedBefore before = found_before(work.context, number_of_part);
    const auto at = std::find_if(found.begin(), found.end(),
                                 [&](const Candidate& each) { return each.rank == work.ready.parts_begin + number_of_part; });
    std::int64_t stamps = 0;
    if (at != found.end() && is_its_turn) {
        std::pmr::vector<std::uint32_t> earning{work.memory};
        for (const std::uint32_t line : at->lines) {
            if (work.lines[line].earns) earning.push_back(line);
        }
        stamps = stamps_for(part, earning);
        is_met = is_met || stamps > 0;
        if (challenge.is_in_order) stamps = std::min(stamps, std::max<std::int64_t>(part.need - before.have, 0));
        if (stamps > 0) work.stamped.push_back({number_of_part, stamps});
        lines.insert(lines.end(), earning.begin(), earning.end());
    }
    const std::int64_t have = have_after(challenge, part, before, stamps);
    times = std::min(times, have < 0 ? 0 : have / part.need);
    return have >= part.need;
}

void Counting::count() {
    for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
        if (found_before(work.context, p).is_done) return;
    }
    bool is_its_turn = true;
    for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
        const bool is_full = count_part(p, is_its_turn);
        is_its_turn = !challenge.is_in_order || (is_its_turn && is_full);
    }
    // A card that was full before is given for when the next thing is collected for it.
    if (is_met && times > 0) give();
}

void Counting::give() {
    const std::uint32_t rank = work.ready.reward_ranks[number];
    const ReadyOffer& reward = work.ready.offers[rank];
    times = std::min({times, uses_left(work, *reward.offer), challenge.is_again ? kTimesMax : 1});
    if (reward.offer->budget && reward.is_points() && reward.amount() > 0) {
        // Of several full cards as many as the budget has points for.
        const std::int64_t left = value_at(work.context.pools, *reward.offer->budget) / reward.amount();
        times = std::min(times, std::max<std::int64_t>(left, 1));
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    const std::span<std::uint32_t> kept = work.make<std::uint32_t>(lines.size());
    std::copy(lines.begin(), lines.end(), kept.begin());
    Candidate candidate{rank, reward, kept};
    candidate.uses = times;
    const auto at = std::lower_bound(work.candidates.begin(), work.candidates.end(), rank,
                                     [](const Candidate& each, std::uint32_t wanted) { return each.rank < wanted; });
    work.candidates.insert(at, candidate);
    work.done.push_back(number);
}

}  // namespace

void count_challenges(Evaluation& work, bool is_paid) {
    const Plan& plan = work.plan;
    const std::span<const Candidate> all{work.counting};
    for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
        const std::uint32_t number = plan.challenge_parts[all[begin].rank - work.ready.parts_begin].challenge;
        const Challenge& challenge = plan.challenges[number];
        for (end = begin; end < all.size() && all[end].rank < work.ready.parts_begin + challenge.first_part + challenge.part_count;)
            ++end;
        const auto first = plan.challenge_parts.begin() + challenge.first_part;
        const bool is_by_money = std::any_of(first, first + challenge.part_count,
                                             [](const ChallengePart& part) { return part.stamping == Stamping::amount; });
        if (is_by_money != is_paid) continue;
        Counting{.work = work, .challenge = challenge, .number = number, .found = all.subspan(begin, end - begin)}.count();
    }
}

}  // namespace suki::engine
