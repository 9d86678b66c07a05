#include "engine/challenges.h"

#include <algorithm>
#include <map>

#include "engine/conditions.h"
#include "engine/count.h"
#include "programme/periods.h"

namespace suki::engine {

using namespace programme;

namespace {

constexpr std::string_view kStamps = "stamps[";
constexpr std::string_view kTaken = "taken[";
constexpr std::string_view kDone = "done[";

/// The days of a part's two counters, of which only those count on which the challenge is open.
struct Days {
    std::vector<account::DayValue> stamps;
    std::vector<account::DayValue> taken;

    [[nodiscard]] bool is_empty() const { return stamps.empty() && taken.empty(); }
};

Days days_of(const Challenge& challenge, const ChallengePart& part, const account::State& state, const std::string& person) {
    const auto of = [&](const std::string& key) {
        std::vector<account::DayValue> days;
        const account::Counter* counter = account::find_counter(state, own_key(key, person));
        if (counter == nullptr) return days;
        for (const account::DayValue& day : counter->days) {
            if (!challenge.open || contains(*challenge.open, day.day)) days.push_back(day);
        }
        return days;
    };
    return {of(stamps_key(part)), of(taken_key(part))};
}

std::int64_t worth_of(const ChallengePart& part, std::int64_t value) {
    return part.stamping == Stamping::day ? std::min<std::int64_t>(value, 1) : value;
}

std::int64_t value_on(const std::vector<account::DayValue>& days, Date date) {
    for (const account::DayValue& day : days) {
        if (day.day == date) return day.value;
    }
    return 0;
}

/// Stamps that grow old, from the oldest: what is given for takes the oldest that there are, and where there are none the next
/// ones.
struct Aging {
    struct Left {
        Date day;
        std::int64_t count = 0;
    };
    Period within;
    std::vector<Left> stamps;  // ascending
    std::vector<Left> owed;    // likewise

    [[nodiscard]] bool is_alive(Date day, Date date) const { return date < add(day, within); }
    /// As much of `from` as `count` asks for that is alive on `date`; the rest of `count`.
    std::int64_t take(std::vector<Left>& from, std::int64_t count, Date date) const {
        for (Left& left : from) {
            if (!is_alive(left.day, date)) continue;
            const std::int64_t taken = std::min(left.count, count);
            left.count -= taken;
            count -= taken;
        }
        return count;
    }
    void stamp(Date day, std::int64_t count) {
        count = take(owed, count, day);
        if (count > 0) stamps.push_back({day, count});
    }
    void give(Date day, std::int64_t count) {
        count = take(stamps, count, day);
        if (count > 0) owed.push_back({day, count});
    }
};

Aging aged(const Challenge& challenge, const ChallengePart& part, const Days& days) {
    Aging aging{.within = *challenge.within, .stamps = {}, .owed = {}};
    std::size_t given = 0;
    const auto give_until = [&](Date last) {
        for (; given < days.taken.size() && days.taken[given].day < last; ++given) {
            aging.give(days.taken[given].day, days.taken[given].value);
        }
    };
    for (const account::DayValue& day : days.stamps) {
        give_until(day.day);
        aging.stamp(day.day, worth_of(part, day.value));
    }
    give_until(add_days(days.taken.empty() ? Date{} : days.taken.back().day, 1));
    return aging;
}

/// A run of periods that count, without a gap that is not forgiven.
struct Run {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t length = 0;
};

struct Streak {
    const Challenge& challenge;
    std::map<std::int64_t, std::int64_t> purchases;  // by period
    std::map<std::int64_t, std::int64_t> taken;      // likewise

    [[nodiscard]] bool counts(std::int64_t period) const {
        const auto found = purchases.find(period);
        return found != purchases.end() && found->second >= challenge.at_least;
    }
    /// The run that `period` would be in if it counted.
    [[nodiscard]] Run run_with(std::int64_t period) const {
        Run run{period, period, 1};
        for (auto at = std::make_reverse_iterator(purchases.lower_bound(period)); at != purchases.rend(); ++at) {
            if (at->second < challenge.at_least) continue;
            if (run.first - at->first > challenge.forgive + 1) break;
            run.first = at->first;
            ++run.length;
        }
        for (auto at = purchases.upper_bound(period); at != purchases.end(); ++at) {
            if (at->second < challenge.at_least) continue;
            if (at->first - run.last > challenge.forgive + 1) break;
            run.last = at->first;
            ++run.length;
        }
        return run;
    }
    [[nodiscard]] std::int64_t left_of(const Run& run) const {
        std::int64_t left = run.length;
        for (auto at = taken.lower_bound(run.first); at != taken.end() && at->first <= run.last; ++at) left -= at->second;
        return left;
    }
    /// The run that goes on in `period`; nothing when none does.
    [[nodiscard]] std::optional<Run> run_before(std::int64_t period) const {
        if (counts(period)) return run_with(period);
        for (auto at = std::make_reverse_iterator(purchases.lower_bound(period)); at != purchases.rend(); ++at) {
            if (at->second < challenge.at_least) continue;
            if (period - at->first > challenge.forgive + 1) break;
            return run_with(at->first);
        }
        return std::nullopt;
    }
};

Streak streak_of(const Challenge& challenge, const Days& days) {
    Streak streak{.challenge = challenge, .purchases = {}, .taken = {}};
    for (const account::DayValue& day : days.stamps) streak.purchases[period_number(challenge.every, day.day)] += day.value;
    for (const account::DayValue& day : days.taken) streak.taken[period_number(challenge.every, day.day)] += day.value;
    return streak;
}

CollectedBefore read_part(const Challenge& challenge, const ChallengePart& part, const Days& days, Date date) {
    CollectedBefore before;
    before.is_done = !challenge.is_again && !days.taken.empty();
    if (challenge.kind == ChallengeKind::streak) {
        const Streak streak = streak_of(challenge, days);
        const std::int64_t period = period_number(challenge.every, date);
        const auto run = streak.run_before(period);
        const auto found = streak.purchases.find(period);
        before.have = run ? streak.left_of(*run) : 0;
        before.today = found == streak.purchases.end() ? 0 : found->second;
        before.have_counted = streak.left_of(streak.run_with(period));
        return before;
    }
    if (part.stamping == Stamping::day) before.today = value_on(days.stamps, date);
    if (!challenge.within) {
        for (const account::DayValue& day : days.stamps) before.have += worth_of(part, day.value);
        for (const account::DayValue& day : days.taken) before.have -= day.value;
        return before;
    }
    const Aging aging = aged(challenge, part, days);
    for (const Aging::Left& left : aging.stamps) {
        if (left.day <= date && aging.is_alive(left.day, date)) before.have += left.count;
    }
    for (const Aging::Left& left : aging.owed) {
        if (aging.is_alive(left.day, date)) before.have -= left.count;
    }
    return before;
}

/// The parts of which the account keeps something for the person, ascending.
std::vector<std::uint32_t> begun_parts(const Plan& plan, const account::State& state, const std::string& person) {
    std::vector<std::uint32_t> parts;
    for (const std::string_view prefix : {kStamps, kTaken}) {
        auto at = std::lower_bound(state.counters.begin(), state.counters.end(), prefix,
                                   [](const account::Counter& counter, std::string_view key) { return counter.key < key; });
        for (; at != state.counters.end() && at->key.starts_with(prefix); ++at) {
            const std::string_view shared = shared_key(at->key);
            if (at->key != own_key(shared, person)) continue;
            if (const auto part = part_counted(plan, shared)) parts.push_back(*part);
        }
    }
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return parts;
}

/// The first day on which something of what is there counts no more.
std::optional<Date> until_of(const Plan& plan, const Challenge& challenge, const account::State& state, const std::string& person,
                             Date date) {
    std::optional<Date> until;
    const auto note = [&](Date day) {
        if (day > date && (!until || day < *until)) until = day;
    };
    if (challenge.open && civil(challenge.open->ends_on).year < kYearMax) note(challenge.open->ends_on);
    for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
        const ChallengePart& part = plan.challenge_parts[p];
        const Days days = days_of(challenge, part, state, person);
        if (challenge.kind == ChallengeKind::streak) {
            const Streak streak = streak_of(challenge, days);
            const auto run = streak.run_before(period_number(challenge.every, date));
            if (run && streak.left_of(*run) > 0) note(period_start(challenge.every, run->last + challenge.forgive + 2));
        } else if (challenge.within) {
            for (const Aging::Left& left : aged(challenge, part, days).stamps) {
                if (left.count > 0) note(add(left.day, *challenge.within));
            }
        }
    }
    return until;
}

/// How often it was done and given for while it was open.
std::int64_t times_of(const Plan& plan, const Challenge& challenge, const account::State& state, const std::string& person) {
    std::int64_t times = 0;
    const account::Counter* done = account::find_counter(state, own_key(done_key(plan.offers[challenge.offer].id), person));
    if (done == nullptr) return times;
    for (const account::DayValue& day : done->days) {
        if (!challenge.open || contains(*challenge.open, day.day)) times += day.value;
    }
    return times;
}

/// What is done once stays done, also where an edition gave its parts other names since.
void note_done(const Plan& plan, const account::State& state, const std::string& person, std::vector<CollectedBefore>& all) {
    auto at = std::lower_bound(state.counters.begin(), state.counters.end(), kDone,
                               [](const account::Counter& counter, std::string_view key) { return counter.key < key; });
    for (; at != state.counters.end() && at->key.starts_with(kDone); ++at) {
        const std::string_view shared = shared_key(at->key);
        const auto number = at->key == own_key(shared, person) ? find_challenge(plan, *challenge_done(shared)) : std::nullopt;
        if (!number || plan.challenges[*number].is_again || times_of(plan, plan.challenges[*number], state, person) <= 0) continue;
        const std::uint32_t first = plan.challenges[*number].first_part;
        const auto there = std::lower_bound(all.begin(), all.end(), first,
                                            [](const CollectedBefore& one, std::uint32_t part) { return one.part < part; });
        if (there != all.end() && there->part == first) {
            there->is_done = true;
        } else {
            CollectedBefore done;
            done.part = first;
            done.is_done = true;
            all.insert(there, done);
        }
    }
}

std::int64_t uses_in(const Outcome& outcome, std::string_view offer) {
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.offer == offer && decision.verdict == event::Verdict::applied) return decision.uses;
    }
    return 0;
}

}  // namespace

std::string stamps_key(const ChallengePart& part) { return std::string{kStamps} + part.key + "]"; }
std::string taken_key(const ChallengePart& part) { return std::string{kTaken} + part.key + "]"; }
std::string done_key(std::string_view challenge) { return std::string{kDone}.append(challenge).append("]"); }
std::optional<std::string_view> challenge_done(std::string_view key) {
    return key.starts_with(kDone) ? std::optional{key.substr(kDone.size(), key.size() - kDone.size() - 1)} : std::nullopt;
}
bool counts_for_challenge(std::string_view key) {
    return key.starts_with(kStamps) || key.starts_with(kTaken) || key.starts_with(kDone);
}

std::optional<std::uint32_t> part_counted(const Plan& plan, std::string_view key) {
    if (!key.starts_with(kStamps) && !key.starts_with(kTaken)) return std::nullopt;
    const std::size_t begin = key.starts_with(kStamps) ? kStamps.size() : kTaken.size();
    const std::string_view name = key.substr(begin, key.size() - begin - 1);
    return find_part(plan, name);
}

std::vector<CollectedBefore> collected_before(const Plan& plan, const account::State& state, const std::string& person, Date date) {
    std::vector<CollectedBefore> all;
    if (plan.challenges.empty()) return all;
    for (const std::uint32_t number : begun_parts(plan, state, person)) {
        const ChallengePart& part = plan.challenge_parts[number];
        const Challenge& challenge = plan.challenges[part.challenge];
        const Days days = days_of(challenge, part, state, person);
        if (days.is_empty()) continue;
        CollectedBefore before = read_part(challenge, part, days, date);
        before.part = number;
        all.push_back(before);
    }
    note_done(plan, state, person, all);
    return all;
}

std::int64_t counted_in(const Outcome& outcome, std::string_view key) {
    for (const CounterChange& counter : outcome.counters) {
        if (counter.key == key) return counter.change;
    }
    return 0;
}

PlaceInPart place_in_part(const std::vector<ConditionResult>& results, std::size_t i) {
    std::size_t begin = i;
    std::size_t end = i + 1;
    while (begin > 0 && results[begin - 1].part == results[i].part) --begin;
    while (end < results.size() && results[end].part == results[i].part) ++end;
    return {i - begin, end - begin};
}

std::vector<ChallengeMove> challenge_moves(const Plan& plan, const Context& context, const Outcome& outcome) {
    std::vector<ChallengeMove> moves;
    std::vector<std::uint32_t> moved;
    for (const CounterChange& counter : outcome.counters) {
        const auto part = part_counted(plan, counter.key);
        if (part) moved.push_back(plan.challenge_parts[*part].challenge);
    }
    std::sort(moved.begin(), moved.end());
    moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
    for (const std::uint32_t number : moved) {
        const Challenge& challenge = plan.challenges[number];
        const std::string& id = plan.offers[challenge.offer].id;
        ChallengeMove move{.challenge = id, .times = uses_in(outcome, id), .parts = {}};
        for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
            const ChallengePart& part = plan.challenge_parts[p];
            const CollectedBefore before = found_before(context, p);
            const std::int64_t taken = counted_in(outcome, taken_key(part));
            move.parts.push_back({.part = part.id,
                                  .before = before.have,
                                  .after = have_after(challenge, part, before, counted_in(outcome, stamps_key(part))) - taken,
                                  .need = part.need});
        }
        moves.push_back(std::move(move));
    }
    std::sort(moves.begin(), moves.end(), [](const ChallengeMove& a, const ChallengeMove& b) { return a.challenge < b.challenge; });
    return moves;
}

CollectedBefore found_before(const Context& context, std::uint32_t part) {
    const auto at = std::lower_bound(context.collected.begin(), context.collected.end(), part,
                                     [](const CollectedBefore& before, std::uint32_t number) { return before.part < number; });
    if (at != context.collected.end() && at->part == part) return *at;
    return {.part = part, .have_counted = 1};
}

std::int64_t have_after(const Challenge& challenge, const ChallengePart& part, const CollectedBefore& before, std::int64_t stamps) {
    if (stamps <= 0) return before.have;
    if (challenge.kind == ChallengeKind::streak) {
        return before.today + stamps >= challenge.at_least ? before.have_counted : before.have;
    }
    if (part.stamping == Stamping::day) return before.have + (before.today > 0 ? 0 : 1);
    return before.have + stamps;
}

std::vector<ChallengeOutlook> challenge_outlooks(const Plan& plan, const account::State& state, const std::string& person,
                                                 Date date) {
    const std::vector<CollectedBefore> collected = collected_before(plan, state, person, date);
    std::vector<ChallengeOutlook> outlooks;
    std::size_t next = 0;
    for (std::uint32_t number = 0; number < plan.challenges.size(); ++number) {
        const Challenge& challenge = plan.challenges[number];
        ChallengeOutlook outlook{.challenge = number, .times = times_of(plan, challenge, state, person), .parts = {}, .until = {}};
        bool is_begun = false;
        for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
            const ChallengePart& part = plan.challenge_parts[p];
            std::int64_t have = 0;
            if (next < collected.size() && collected[next].part == p) {
                have = collected[next].have;
                outlook.is_done = outlook.is_done || collected[next].is_done;
                is_begun = true;
                ++next;
            }
            outlook.parts.push_back(
                {.part = p, .have = std::max<std::int64_t>(have, 0), .missing = std::max<std::int64_t>(part.need - have, 0)});
        }
        if (!is_begun && challenge.open && !contains(*challenge.open, date)) continue;
        if (is_begun && !outlook.is_done) outlook.until = until_of(plan, challenge, state, person, date);
        if (!is_begun && challenge.open && civil(challenge.open->ends_on).year < kYearMax) outlook.until = challenge.open->ends_on;
        outlooks.push_back(std::move(outlook));
    }
    return outlooks;
}

}  // namespace suki::engine
