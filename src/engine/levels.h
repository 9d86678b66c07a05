#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account/state.h"
#include "programme/plan.h"

/// Levels are derived: a pure function of the counters and of the editions in force, so that a late receipt or a return moves them
/// exactly as if it had always been known (DESIGN.md 8, 9).
namespace suki::engine {

/// One edition's ladder and the day from which it rules. Ascending; plans without levels end all spans.
struct LadderEdition {
    Date effective_on;
    programme::PlanPointer plan;
};

/// Derives the whole history of the level from joining until `until`, day by day but at the cost of the days on which something
/// can change. Reaching a step raises at once, on that day. After `keep`, on the first day on which the level is no longer earned,
/// `grace` begins; if it has not been earned again when grace ends, the level falls by one step (which is then kept for that
/// step's own `keep`) or to what is due. At most one change a day; a step without keep and grace falls on the next day.
///
/// A level that was granted stands in for a lower one that is earned, from day to day, and changes nothing about what is earned
/// beneath it: when the grant ends, the earned level is there with all that was promised for it.
///
/// When an edition changes the ladder, a level that it still has goes on with what was promised for it. One that it no longer has
/// becomes the highest level that asks no more than the old one did, with the old one's `keep_until` and grace. An edition without
/// levels ends the last span by one whose `level` is empty.
std::vector<account::LevelSpan> derive_levels(const account::State& state, const std::vector<LadderEdition>& editions, Date until);

/// Reads the level on one day after another while the account's past changes, at the cost of what happens between them: an evening
/// is derived from an earlier one. `editions` must outlive it.
class LevelReader {
public:
    explicit LevelReader(const std::vector<LadderEdition>& editions) : editions_(&editions) {}

    /// The id of the level on `date` of somebody who joined by then; empty without levels. As derive_levels says.
    std::string read(const account::State& state, Date date);
    /// Something changed on that day since the last reading.
    void forget(Date day);

    /// Where a walk through the levels stands after a day.
    struct Standing {
        std::vector<account::LevelSpan> spans;
        std::size_t edition = 0;
        bool has_edition = false;
        bool is_on_ladder = false;
        std::size_t level = 0;
    };

private:
    struct Evening {
        Date begun_on;  // by what was known then
        Date day;
        Standing standing;  // with its last span alone
    };
    const std::vector<LadderEdition>* editions_;
    std::vector<Evening> known_;  // by day
};

/// The span in force on `date`; null before joining or without levels.
const account::LevelSpan* level_on(const std::vector<account::LevelSpan>& levels, Date date);

/// When levels begin: with joining, or with the first purchase, whenever that is heard of, where it was earlier. A purchase that
/// was brought back whole leaves no trace here either.
Date levels_begin(const account::State& state);

/// What a level asks of one figure, and what there is of it.
struct LevelNeed {
    std::uint32_t window = 0;  // index into Plan::windows
    std::int64_t at_least = 0;
    std::int64_t figure = 0;
    friend bool operator==(const LevelNeed&, const LevelNeed&) = default;
};
/// What keeps a level from falling: what is missing on the day before it falls when nothing else is bought.
struct LevelStay {
    Date by;  // the last day on which it helps
    bool is_any = false;
    std::vector<LevelNeed> needs;  // none: it can't be earned
};

struct LevelOutlook {
    std::string level;
    Date since;
    Date keep_until;  // not later than `since` where nothing is promised
    std::optional<Date> grace_until;
    std::int64_t figure = 0;          // of the ladder's measure, as of the date
    std::optional<std::string> next;  // the next step up
    std::int64_t missing = 0;         // to it, of the ladder's measure
    bool is_granted = false;
    std::optional<Date> granted_until;
    bool is_next_any = false;  // one of the needs is enough
    std::vector<LevelNeed> next_needs;
    std::optional<LevelStay> stay;  // see level_stay
};
/// What a member sees of their level as of `date`.
std::optional<LevelOutlook> level_outlook(const programme::Plan& plan, const account::State& state, Date date);
/// How the level of `date` is kept; nothing when it does not fall within three years. `state` has its levels up to `date`.
std::optional<LevelStay> level_stay(const std::vector<LadderEdition>& editions, const account::State& state, Date date);

}  // namespace suki::engine
