#include "account/state.h"

#include <algorithm>

#include "base/amount.h"

namespace suki::account {

namespace {

bool is_before(const Counter& counter, std::string_view key) { return counter.key < key; }

struct DaySpan {
    std::vector<DayValue>::const_iterator first;
    std::vector<DayValue>::const_iterator last;
};

DaySpan days_in(const Counter& counter, DateRange range) {
    const auto is_earlier = [](const DayValue& value, Date day) { return value.day < day; };
    const auto first = std::lower_bound(counter.days.begin(), counter.days.end(), range.starts_on, is_earlier);
    if (range.ends_on <= range.starts_on) return {first, first};
    return {first, std::lower_bound(first, counter.days.end(), range.ends_on, is_earlier)};
}

void pack(ByteWriter& out, Date date) { out.put(date.days); }

Date unpack_date(ByteReader& in) {
    const std::int64_t days = in.get();
    if (days < INT32_MIN || days > INT32_MAX) in.fail();
    return Date{static_cast<std::int32_t>(days)};
}

}  // namespace

const Counter* find_counter(const State& state, std::string_view key) {
    const auto at = std::lower_bound(state.counters.begin(), state.counters.end(), key, is_before);
    return at == state.counters.end() || at->key != key ? nullptr : &*at;
}

void add_to_counter(State& state, std::string_view key, Date day, std::int64_t change) {
    if (change == 0) return;
    auto counter = std::lower_bound(state.counters.begin(), state.counters.end(), key, is_before);
    if (counter == state.counters.end() || counter->key != key) {
        counter = state.counters.insert(counter, Counter{std::string{key}, {}});
    }
    auto at = std::lower_bound(counter->days.begin(), counter->days.end(), day,
                               [](const DayValue& value, Date wanted) { return value.day < wanted; });
    if (at == counter->days.end() || at->day != day) at = counter->days.insert(at, DayValue{day, 0});
    // Each change is within ±(2^53 - 1), so 64 bits hold a thousand of the largest on one day; beyond that the day is full.
    std::int64_t sum = 0;
    if (__builtin_add_overflow(at->value, change, &sum)) sum = change > 0 ? INT64_MAX : INT64_MIN;
    at->value = sum;
    if (sum != 0) return;
    counter->days.erase(at);
    if (counter->days.empty()) state.counters.erase(counter);
}

std::int64_t sum_of(const State& state, std::string_view key, DateRange range) {
    const Counter* counter = find_counter(state, key);
    if (counter == nullptr) return 0;
    __int128 sum = 0;
    const DaySpan span = days_in(*counter, range);
    for (auto day = span.first; day != span.last; ++day) sum += day->value;
    return static_cast<std::int64_t>(std::clamp<__int128>(sum, -kAmountMax, kAmountMax));
}

std::int64_t days_with(const State& state, std::string_view key, DateRange range) {
    const Counter* counter = find_counter(state, key);
    if (counter == nullptr) return 0;
    const DaySpan span = days_in(*counter, range);
    return std::count_if(span.first, span.last, [](const DayValue& day) { return day.value > 0; });
}

std::optional<Date> last_day_with(const State& state, std::string_view key, Date until) {
    const Counter* counter = find_counter(state, key);
    if (counter == nullptr) return std::nullopt;
    auto at = std::upper_bound(counter->days.begin(), counter->days.end(), until,
                               [](Date day, const DayValue& value) { return day < value.day; });
    while (at != counter->days.begin()) {
        --at;
        if (at->value > 0) return at->day;
    }
    return std::nullopt;
}

void pack(ByteWriter& out, const State& state) {
    pack(out, state.joined_on);
    out.put_unsigned(state.counters.size());
    for (const Counter& counter : state.counters) {
        out.put_text(counter.key);
        out.put_unsigned(counter.days.size());
        // Days as distances from the one before: an account of years stays small.
        std::int64_t previous = 0;
        for (const DayValue& day : counter.days) {
            out.put(day.day.days - previous);
            out.put(day.value);
            previous = day.day.days;
        }
    }
    out.put_unsigned(state.levels.size());
    for (const LevelSpan& span : state.levels) {
        out.put_text(span.level);
        pack(out, span.since);
        pack(out, span.keep_until);
        out.put_bool(span.grace_until.has_value());
        if (span.grace_until) pack(out, *span.grace_until);
    }
}

State unpack_state(ByteReader& in) {
    State state;
    state.joined_on = unpack_date(in);
    const std::size_t counters = in.get_count();
    for (std::size_t i = 0; i < counters && in.is_ok(); ++i) {
        Counter counter;
        counter.key = in.get_text();
        const std::size_t days = in.get_count();
        std::int64_t previous = 0;
        for (std::size_t k = 0; k < days && in.is_ok(); ++k) {
            const std::int64_t distance = in.get();
            if (distance < -(std::int64_t{1} << 33) || distance > (std::int64_t{1} << 33)) in.fail();
            previous += in.is_ok() ? distance : 0;
            if (previous < INT32_MIN || previous > INT32_MAX) in.fail();
            counter.days.push_back({Date{static_cast<std::int32_t>(previous)}, in.get()});
        }
        state.counters.push_back(std::move(counter));
    }
    const std::size_t levels = in.get_count();
    for (std::size_t i = 0; i < levels && in.is_ok(); ++i) {
        LevelSpan span;
        span.level = in.get_text();
        span.since = unpack_date(in);
        span.keep_until = unpack_date(in);
        if (in.get_bool()) span.grace_until = unpack_date(in);
        state.levels.push_back(std::move(span));
    }
    return state;
}

void pack(ByteWriter& out, const std::vector<LevelGrant>& grants) {
    out.put_unsigned(grants.size());
    for (const LevelGrant& grant : grants) {
        out.put_bits(grant.id.high, grant.id.low);
        out.put_text(grant.level);
        pack(out, grant.from);
        out.put_bool(grant.until.has_value());
        if (grant.until) pack(out, *grant.until);
    }
}

std::vector<LevelGrant> unpack_grants(ByteReader& in) {
    std::vector<LevelGrant> grants;
    for (std::size_t left = in.get_count(); left > 0 && in.is_ok(); --left) {
        LevelGrant grant;
        in.get_bits(grant.id.high, grant.id.low);
        grant.level = in.get_text();
        grant.from = unpack_date(in);
        if (in.get_bool()) grant.until = unpack_date(in);
        grants.push_back(std::move(grant));
    }
    return grants;
}

void pack(ByteWriter& out, const Facts& facts) {
    out.put_bool(facts.birthday.has_value());
    if (facts.birthday) {
        out.put(facts.birthday->year);
        out.put(facts.birthday->month);
        out.put(facts.birthday->day);
    }
    out.put_unsigned(facts.attributes.size());
    for (const auto& [name, value] : facts.attributes) {
        out.put_text(name);
        out.put_text(value);
    }
    out.put_unsigned(facts.segments.size());
    for (const std::string& segment : facts.segments) out.put_text(segment);
}

Facts unpack_facts(ByteReader& in) {
    Facts facts;
    if (in.get_bool()) {
        const std::int64_t year = in.get();
        const std::int64_t month = in.get();
        const std::int64_t day = in.get();
        if (year < kYearMin || year > kYearMax || month < 1 || month > 12 || day < 1 || day > 31) {
            in.fail();
        } else {
            facts.birthday = YearMonthDay{static_cast<int>(year), static_cast<int>(month), static_cast<int>(day)};
        }
    }
    const std::size_t attributes = in.get_count();
    for (std::size_t i = 0; i < attributes && in.is_ok(); ++i) {
        std::string name = in.get_text();
        facts.attributes.emplace_back(std::move(name), in.get_text());
    }
    const std::size_t segments = in.get_count();
    for (std::size_t i = 0; i < segments && in.is_ok(); ++i) facts.segments.push_back(in.get_text());
    return facts;
}

}  // namespace suki::account
