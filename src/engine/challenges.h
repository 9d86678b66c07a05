#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/state.h"
#include "engine/context.h"
#include "engine/evaluate.h"
#include "engine/outcome.h"
#include "programme/plan.h"

/// What members collect for challenges (docs/decisions/0081-challenges.md). An account keeps it in counters, two for each part:
/// `stamps[…]` is what was collected on each day, `taken[…]` what was given for on each. Both are each person's own, as uses are.
namespace suki::engine {

/// The names of a part's counters.
std::string stamps_key(const programme::ChallengePart& part);
std::string taken_key(const programme::ChallengePart& part);
/// Whether a counter, whoever's it is, is one of them.
bool counts_for_challenge(std::string_view key);

/// The part of which `key`, without the name of a person, is a counter.
std::optional<std::uint32_t> part_counted(const programme::Plan& plan, std::string_view key);

/// What was collected of the plan's challenges as a receipt of `date` finds it, by part. What does not grow old is counted whenever
/// it was bought, so that a card that is full is full whatever came late; of what does, only earlier days. `person` as in
/// Surroundings.
std::vector<CollectedBefore> collected_before(const programme::Plan& plan, const account::State& state, const std::string& person,
                                              Date date);

/// That of one part; nothing collected where the context has none.
CollectedBefore found_before(const Context& context, std::uint32_t part);
/// What is there after so many stamps more, before anything is given for it.
std::int64_t have_after(const programme::Challenge& challenge, const programme::ChallengePart& part, const CollectedBefore& before,
                        std::int64_t stamps);

/// What the receipt adds to a counter.
std::int64_t counted_in(const Outcome& outcome, std::string_view key);

/// Which of how many results of the same part, or of the same offer, result `i` is.
struct PlaceInPart {
    std::size_t index = 0;
    std::size_t count = 0;
};
PlaceInPart place_in_part(const std::vector<ConditionResult>& results, std::size_t i);

/// How a part of a challenge moved.
struct PartMove {
    std::string part;  // empty where there is only one
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t need = 1;
    friend bool operator==(const PartMove&, const PartMove&) = default;
};
struct ChallengeMove {
    std::string challenge;
    std::int64_t times = 0;  // how often it was done with this receipt, and given for
    std::vector<PartMove> parts;
    friend bool operator==(const ChallengeMove&, const ChallengeMove&) = default;
};
/// The challenges that a receipt counted for, by id.
std::vector<ChallengeMove> challenge_moves(const programme::Plan& plan, const Context& context, const Outcome& outcome);

/// A part as a day finds it.
struct PartOutlook {
    std::uint32_t part = 0;  // index into Plan::challenge_parts
    std::int64_t have = 0;
    std::int64_t missing = 0;
};
struct ChallengeOutlook {
    std::uint32_t challenge = 0;  // index into Plan::challenges
    bool is_done = false;         // done, and not to be done again
    std::int64_t times = 0;       // how often it was done and given for
    std::vector<PartOutlook> parts;
    std::optional<Date> until;  // the first day on which something of it counts no more
};
/// All challenges of the plan that are open on `date` or were begun, as Plan::challenges.
std::vector<ChallengeOutlook> challenge_outlooks(const programme::Plan& plan, const account::State& state,
                                                 const std::string& person, Date date);

}  // namespace suki::engine
