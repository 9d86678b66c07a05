#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

/// What is remembered of an account in one programme, beside its wallets: counters per civil day and the history of its level.
namespace suki::account {

struct DayValue {
    Date day;
    std::int64_t value = 0;
    friend bool operator==(const DayValue&, const DayValue&) = default;
};

/// Named by measure and filter (programme::Counter::key); days ascending, none with value 0.
struct Counter {
    std::string key;
    std::vector<DayValue> days;
    friend bool operator==(const Counter&, const Counter&) = default;
};

/// The account stood at `level` from `since` until the next span begins.
struct LevelSpan {
    std::string level;
    Date since;
    Date keep_until;                  // not lowered before this
    std::optional<Date> grace_until;  // no longer earned: lowered on this day unless earned again
    friend bool operator==(const LevelSpan&, const LevelSpan&) = default;
};

/// A level that was given by hand: an invitation, a status elsewhere that is matched. It stands in for a lower one.
struct LevelGrant {
    IdBits id;  // of its record
    std::string level;
    Date from;
    std::optional<Date> until;  // the first day without it
    friend bool operator==(const LevelGrant&, const LevelGrant&) = default;
};

struct State {
    Date joined_on;
    std::vector<Counter> counters;   // by key
    std::vector<LevelSpan> levels;   // by `since`; derived (engine/levels.h)
    std::vector<LevelGrant> grants;  // by id; packed by themselves, since most accounts have none
    friend bool operator==(const State&, const State&) = default;
};

const Counter* find_counter(const State& state, std::string_view key);
/// Adds to one day; a day or counter that comes to 0 disappears, so that undoing leaves no trace.
void add_to_counter(State& state, std::string_view key, Date day, std::int64_t change);
/// The sum over `[starts_on, ends_on)`; 0 for an unknown counter. Saturates at ±(2^53 - 1).
std::int64_t sum_of(const State& state, std::string_view key, DateRange range);
/// How many days of the range have a positive value: visits.
std::int64_t days_with(const State& state, std::string_view key, DateRange range);
/// The last day up to and with `until` on which the counter is positive.
std::optional<Date> last_day_with(const State& state, std::string_view key, Date until);

/// Facts about a member that conditions may ask for.
struct Facts {
    std::optional<YearMonthDay> birthday;                         // year may be 1900 when unknown
    std::vector<std::pair<std::string, std::string>> attributes;  // by name; numbers in decimal text, yes/no as true/false
    std::vector<std::string> segments;                            // sorted
    friend bool operator==(const Facts&, const Facts&) = default;
};

/// Without the grants.
void pack(ByteWriter& out, const State& state);
void pack(ByteWriter& out, const std::vector<LevelGrant>& grants);
std::vector<LevelGrant> unpack_grants(ByteReader& in);
State unpack_state(ByteReader& in);
void pack(ByteWriter& out, const Facts& facts);
Facts unpack_facts(ByteReader& in);

}  // namespace suki::account
