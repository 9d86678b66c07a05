#include "engine/levels.h"

#include <algorithm>

#include "base/amount.h"

namespace suki::engine {

using namespace programme;

namespace {

/// A figure of the account as of any day, from running sums.
class Figures {
public:
    Figures(const account::State& state, const Plan& plan, std::uint32_t window) {
        const CounterWindow& over = plan.windows[window];
        const Counter& counter = plan.counters[over.counter];
        window_ = over.window;
        const account::Counter* kept = account::find_counter(state, counter.key);
        days_ = kept == nullptr ? nullptr : &kept->days;
        sums_.push_back(0);
        if (days_ == nullptr) return;
        for (const account::DayValue& day : *days_) {
            const std::int64_t value = counter.measure == Measure::visits ? (day.value > 0 ? 1 : 0) : day.value;
            sums_.push_back(sums_.back() + value);
        }
    }
    [[nodiscard]] std::int64_t at(Date date) const { return in(dates_of(window_, date)); }
    [[nodiscard]] std::int64_t in(DateRange dates) const {
        const __int128 sum = sums_[index_of(dates.ends_on)] - sums_[index_of(dates.starts_on)];
        // As account::sum_of, so that a condition and a level never see two figures.
        return static_cast<std::int64_t>(std::clamp<__int128>(sum, -kAmountMax, kAmountMax));
    }
    /// The first day after `date` on which a value enters the window or leaves it.
    [[nodiscard]] std::optional<Date> next_change(Date date) const {
        if (days_ == nullptr) return std::nullopt;
        std::optional<Date> next;
        const std::size_t entering = index_of(add_days(date, 1));
        if (entering < days_->size()) next = (*days_)[entering].day;
        const std::size_t oldest = index_of(dates_of(window_, date).starts_on);
        if (oldest < entering && window_.kind != WindowKind::ever) {
            const Date leaving = leaves_on((*days_)[oldest].day, date);
            if (!next || leaving < *next) next = leaving;
        }
        return next;
    }

private:
    /// How many days of the counter lie before `date`.
    [[nodiscard]] std::size_t index_of(Date date) const {
        if (days_ == nullptr) return 0;
        const auto at = std::lower_bound(days_->begin(), days_->end(), date,
                                         [](const account::DayValue& value, Date wanted) { return value.day < wanted; });
        return static_cast<std::size_t>(at - days_->begin());
    }
    /// The first day whose window no longer reaches back to `day`, which is in the window of `inside`. Windows start ever later, so
    /// the day is found by halving.
    [[nodiscard]] Date leaves_on(Date day, Date inside) const {
        const Date last = *make_date(kYearMax, 12, 31);  // there are no windows beyond
        // A rolling window moves by a day a day, but for the ends of months: this guess is then right or a few days off.
        Date guess = add_days(inside, day.days - dates_of(window_, inside).starts_on.days + 1);
        for (int attempt = 0; attempt < 4 && guess <= last; ++attempt) {
            if (dates_of(window_, guess).starts_on <= day)
                guess = add_days(guess, 1);
            else if (dates_of(window_, add_days(guess, -1)).starts_on <= day)
                return guess;
            else
                guess = add_days(guess, -1);
        }
        Date low = inside;
        Date high = inside;
        for (int step = 1; dates_of(window_, high).starts_on <= day; step *= 2) {
            if (high == last) return add_days(last, 1);
            low = high;
            high = std::min(add_days(low, step), last);
        }
        while (high.days - low.days > 1) {
            const Date middle{low.days + (high.days - low.days) / 2};
            (dates_of(window_, middle).starts_on <= day ? low : high) = middle;
        }
        return high;
    }

    Window window_;
    const std::vector<account::DayValue>* days_ = nullptr;
    std::vector<__int128> sums_;  // of the first n days
};

/// What the levels of a plan ask, and what an account has of it on any day. Levels by invitation are never earned.
class Standards {
public:
    Standards() = default;
    Standards(const account::State& state, const Plan& plan, Date begun_on) : plan_(&plan), begun_on_(begun_on) {
        add(state, plan.ladder->window);
        for (const Level& level : plan.levels) {
            for (const CounterCondition& one : level.criteria) add(state, one.window);
        }
    }
    [[nodiscard]] std::size_t earned(Date date) const {
        std::size_t earned = 0;
        for (std::size_t i = 1; i < plan_->levels.size(); ++i) {
            if (is_met(plan_->levels[i], date)) earned = i;
        }
        return earned;
    }
    [[nodiscard]] std::int64_t at(Date date, std::uint32_t window) const { return of(window).at(date); }
    /// The first day after `date` on which another level may be earned.
    [[nodiscard]] std::optional<Date> next_change(Date date) const {
        std::optional<Date> next;
        const auto note = [&](std::optional<Date> day) {
            if (day && *day > date && (!next || *day < *next)) next = day;
        };
        for (const auto& [window, figures] : figures_) note(figures.next_change(date));
        for (const Level& level : plan_->levels) {
            if (level.fast_track) note(suki::add(begun_on_, level.fast_track->within));
        }
        return next;
    }

private:
    void add(const account::State& state, std::uint32_t window) {
        for (const auto& [known, figures] : figures_) {
            if (known == window) return;
        }
        figures_.emplace_back(window, Figures{state, *plan_, window});
    }
    [[nodiscard]] const Figures& of(std::uint32_t window) const {
        return std::find_if(figures_.begin(), figures_.end(), [&](const auto& one) { return one.first == window; })->second;
    }
    [[nodiscard]] bool is_met(const Level& level, Date date) const {
        if (level.is_invited) return false;
        if (const auto& track = level.fast_track; track && date < suki::add(begun_on_, track->within)) {
            if (of(plan_->ladder->window).in({begun_on_, add_days(date, 1)}) >= track->from) return true;
        }
        const auto is_enough = [&](const CounterCondition& one) { return of(one.window).at(date) >= one.bound.value; };
        const bool is_reached = level.has_from && of(plan_->ladder->window).at(date) >= level.from;
        if (level.is_any) return is_reached || std::any_of(level.criteria.begin(), level.criteria.end(), is_enough);
        return (is_reached || !level.has_from) && std::all_of(level.criteria.begin(), level.criteria.end(), is_enough);
    }

    const Plan* plan_ = nullptr;
    Date begun_on_;
    std::vector<std::pair<std::uint32_t, Figures>> figures_;  // by window, the ladder's first
};

std::optional<std::size_t> index_of(const Plan& plan, std::string_view id) {
    for (std::size_t i = 0; i < plan.levels.size(); ++i) {
        if (plan.levels[i].id == id) return i;
    }
    return std::nullopt;
}

bool has_levels(const Plan& plan) { return plan.ladder.has_value() && !plan.levels.empty(); }

/// One member's way through the levels, a day at a time.
class Walk {
public:
    Walk(const account::State& state, const std::vector<LadderEdition>& editions, Date begun_on)
        : state_(state), editions_(editions), begun_on_(begun_on) {}
    /// Goes on where another one stood, with a state that may have changed on later days since.
    Walk(const account::State& state, const std::vector<LadderEdition>& editions, Date begun_on, LevelReader::Standing from)
        : standing(std::move(from)), state_(state), editions_(editions), begun_on_(begun_on) {
        if (standing.is_on_ladder) standards_ = Standards{state_, plan(), begun_on_};
    }

    LevelReader::Standing standing;

    /// All that happens on `date`.
    void step(Date date);
    /// The next day after `date`, the last one stepped to, on which something can happen.
    [[nodiscard]] std::optional<Date> next_after(Date date) const;

private:
    void change_edition(Date date);
    void enter(std::size_t level, Date date);
    [[nodiscard]] const Plan& plan() const { return *editions_[standing.edition].plan; }

    const account::State& state_;
    const std::vector<LadderEdition>& editions_;
    Date begun_on_;
    Standards standards_;
};

/// The highest level that nobody has to be invited to and that asks no more of the ladder's measure than this.
std::size_t no_dearer_than(const Plan& plan, std::int64_t figure) {
    std::size_t level = 0;
    for (std::size_t i = 1; i < plan.levels.size(); ++i) {
        if (plan.levels[i].has_from && plan.levels[i].from <= figure) level = i;
    }
    return level;
}

/// The highest of no higher rank that nobody has to be invited to.
std::size_t as_high_as(const Plan& plan, std::size_t rank) {
    std::size_t level = std::min(rank, plan.levels.size() - 1);
    while (level > 0 && plan.levels[level].is_invited) --level;
    return level;
}

void Walk::enter(std::size_t level, Date date) {
    standing.level = level;
    standing.spans.push_back({plan().levels[level].id, date, add(date, plan().levels[level].keep), std::nullopt});
}

void Walk::change_edition(Date date) {
    std::size_t in_force = standing.edition;
    while (in_force + 1 < editions_.size() && editions_[in_force + 1].effective_on <= date) ++in_force;
    if (standing.has_edition && in_force == standing.edition) return;
    const Plan* before = standing.has_edition ? &plan() : nullptr;
    standing.edition = in_force;
    standing.has_edition = true;
    if (!has_levels(plan())) {
        // A span without a name ends the one before.
        if (standing.is_on_ladder) standing.spans.push_back({"", date, date, std::nullopt});
        standing.is_on_ladder = false;
        return;
    }
    standards_ = Standards{state_, plan(), begun_on_};
    if (!standing.is_on_ladder) {
        standing.is_on_ladder = true;
        enter(standards_.earned(date), date);
        return;
    }
    const account::LevelSpan held = standing.spans.back();
    if (const auto same = index_of(plan(), held.level)) {
        standing.level = *same;
        return;
    }
    // The level is gone: the highest that asks no more than it did, with what was promised for the old one. What has no figure to
    // compare keeps its rank.
    const Level& gone = before->levels[standing.level];
    standing.level = gone.has_from ? no_dearer_than(plan(), gone.from) : as_high_as(plan(), standing.level);
    standing.spans.push_back({plan().levels[standing.level].id, date, held.keep_until, held.grace_until});
}

void Walk::step(Date date) {
    change_edition(date);
    if (!standing.is_on_ladder) return;
    const std::size_t earned = standards_.earned(date);
    const auto starts_grace = [&] {
        const account::LevelSpan& span = standing.spans.back();
        return earned < standing.level && span.keep_until <= date && !span.grace_until;
    };
    if (earned > standing.level) {
        enter(earned, date);
    } else if (earned == standing.level) {
        standing.spans.back().grace_until.reset();
    } else {
        if (starts_grace()) standing.spans.back().grace_until = add(date, plan().levels[standing.level].grace);
        if (standing.spans.back().grace_until && *standing.spans.back().grace_until <= date) {
            enter(plan().ladder->downgrade == Downgrade::as_due ? earned : standing.level - 1, date);
            if (starts_grace()) standing.spans.back().grace_until = add(date, plan().levels[standing.level].grace);
        }
    }
}

std::optional<Date> Walk::next_after(Date date) const {
    std::optional<Date> next;
    const auto note = [&](std::optional<Date> day) {
        if (day && *day > date && (!next || *day < *next)) next = day;
    };
    if (standing.edition + 1 < editions_.size()) note(editions_[standing.edition + 1].effective_on);
    if (!standing.is_on_ladder) return next;
    note(standards_.next_change(date));
    const account::LevelSpan& span = standing.spans.back();
    note(span.keep_until);
    // One step a day: a step without keep and grace falls on the morrow.
    if (span.grace_until) note(std::max(*span.grace_until, add_days(date, 1)));
    return next;
}

struct Granted {
    std::size_t level = 0;
    std::optional<Date> until;
};
/// The highest level that is granted on `date`, and of several grants of it the longest.
std::optional<Granted> granted_on(const account::State& state, const Plan& plan, Date date) {
    std::optional<Granted> best;
    for (const account::LevelGrant& grant : state.grants) {
        if (date < grant.from || (grant.until && *grant.until <= date)) continue;
        const auto level = index_of(plan, grant.level);
        if (!level || (best && *level < best->level)) continue;
        const bool is_longer = !best || best->level < *level || (best->until && (!grant.until || *best->until < *grant.until));
        if (is_longer) best = Granted{*level, grant.until};
    }
    return best;
}

const Plan& plan_on(const std::vector<LadderEdition>& editions, Date date) {
    std::size_t in_force = 0;
    while (in_force + 1 < editions.size() && editions[in_force + 1].effective_on <= date) ++in_force;
    return *editions[in_force].plan;
}

/// What was granted, laid over what is earned.
std::vector<account::LevelSpan> with_grants(std::vector<account::LevelSpan> earned, const account::State& state,
                                            const std::vector<LadderEdition>& editions, Date until) {
    if (state.grants.empty() || earned.empty()) return earned;
    std::vector<Date> days;
    for (const account::LevelSpan& span : earned) days.push_back(span.since);
    for (const LadderEdition& edition : editions) days.push_back(edition.effective_on);
    for (const account::LevelGrant& grant : state.grants) {
        days.push_back(grant.from);
        if (grant.until) days.push_back(*grant.until);
    }
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    std::vector<account::LevelSpan> spans;
    std::size_t at = 0;
    for (const Date day : days) {
        if (day < earned.front().since || until < day) continue;
        while (at + 1 < earned.size() && earned[at + 1].since <= day) ++at;
        account::LevelSpan span = earned[at];
        span.since = day;
        const Plan& plan = plan_on(editions, day);
        const auto granted = span.level.empty() ? std::nullopt : granted_on(state, plan, day);
        const bool is_granted = granted && granted->level > index_of(plan, span.level).value_or(0);
        if (is_granted) {
            span = {plan.levels[granted->level].id, day, granted->until.value_or(day), std::nullopt};
        }
        const bool goes_on = !spans.empty() && spans.back().level == span.level &&
                             (spans.back().keep_until == span.keep_until || (is_granted && !granted->until)) &&
                             spans.back().grace_until == span.grace_until;
        if (!goes_on) spans.push_back(std::move(span));
    }
    return spans;
}

/// What `level` asks, with the figures of `date`.
std::vector<LevelNeed> needs_of(const Plan& plan, const Standards& standards, const Level& level, Date date) {
    std::vector<LevelNeed> needs;
    const auto add = [&](std::uint32_t window, std::int64_t at_least) {
        needs.push_back({.window = window, .at_least = at_least, .figure = standards.at(date, window)});
    };
    if (level.is_invited) return needs;
    if (level.has_from) add(plan.ladder->window, level.from);
    for (const CounterCondition& one : level.criteria) add(one.window, one.bound.value);
    return needs;
}

}  // namespace

Date levels_begin(const account::State& state) {
    const account::Counter* purchases = account::find_counter(state, "purchases");
    if (purchases == nullptr) return state.joined_on;
    for (const account::DayValue& day : purchases->days) {
        if (day.value > 0) return std::min(day.day, state.joined_on);
    }
    return state.joined_on;
}

std::vector<account::LevelSpan> derive_levels(const account::State& state, const std::vector<LadderEdition>& editions, Date until) {
    if (editions.empty()) return {};
    const Date begun_on = levels_begin(state);
    Walk walk{state, editions, begun_on};
    std::optional<Date> date = std::max(begun_on, editions.front().effective_on);
    while (date && *date <= until) {
        walk.step(*date);
        date = walk.next_after(*date);
    }
    return with_grants(std::move(walk.standing.spans), state, editions, until);
}

std::string LevelReader::read(const account::State& state, Date date) {
    const auto& editions = *editions_;
    if (editions.empty()) return {};
    const Date begun_on = std::min(levels_begin(state), date);
    const Date begins_on = std::max(begun_on, editions.front().effective_on);
    if (date < begins_on) return {};
    const auto after = std::partition_point(known_.begin(), known_.end(), [&](const Evening& one) { return one.day < date; });
    const bool goes_on = after != known_.begin() && std::prev(after)->begun_on == begun_on;
    Walk walk = goes_on ? Walk{state, editions, begun_on, std::prev(after)->standing} : Walk{state, editions, begun_on};
    std::optional<Date> evening;
    std::optional<Date> next = goes_on ? walk.next_after(std::prev(after)->day) : begins_on;
    while (next && *next < date) {
        walk.step(*next);
        evening = next;
        next = walk.next_after(*next);
    }
    auto& spans = walk.standing.spans;
    if (evening) {
        if (spans.size() > 1) spans.erase(spans.begin(), std::prev(spans.end()));
        known_.insert(after, {.begun_on = begun_on, .day = *evening, .standing = walk.standing});
    }
    if (next == date) walk.step(date);
    if (spans.empty()) return {};
    const Plan& plan = plan_on(editions, date);
    const std::string& earned = spans.back().level;
    const auto granted = earned.empty() ? std::nullopt : granted_on(state, plan, date);
    return granted && granted->level > index_of(plan, earned).value_or(0) ? plan.levels[granted->level].id : earned;
}

void LevelReader::forget(Date day) {
    std::erase_if(known_, [day](const Evening& one) { return day <= one.day; });
}

const account::LevelSpan* level_on(const std::vector<account::LevelSpan>& levels, Date date) {
    const auto after = std::upper_bound(levels.begin(), levels.end(), date,
                                        [](Date day, const account::LevelSpan& span) { return day < span.since; });
    if (after == levels.begin() || std::prev(after)->level.empty()) return nullptr;
    return &*std::prev(after);
}

std::optional<LevelOutlook> level_outlook(const Plan& plan, const account::State& state, Date date) {
    const account::LevelSpan* span = level_on(state.levels, date);
    if (span == nullptr || !has_levels(plan)) return std::nullopt;
    LevelOutlook outlook{
        .level = span->level, .since = span->since, .keep_until = span->keep_until, .grace_until = span->grace_until};
    const Standards standards{state, plan, levels_begin(state)};
    outlook.figure = standards.at(date, plan.ladder->window);
    const auto granted = granted_on(state, plan, date);
    const std::size_t level = index_of(plan, span->level).value_or(standards.earned(date));
    outlook.is_granted = granted && granted->level == level;
    if (outlook.is_granted) outlook.granted_until = granted->until;
    for (std::size_t i = level + 1; i < plan.levels.size(); ++i) {
        const Level& next = plan.levels[i];
        if (next.is_invited) continue;
        outlook.next = next.id;
        outlook.missing = next.has_from ? std::max<std::int64_t>(next.from - outlook.figure, 0) : 0;
        outlook.is_next_any = next.is_any;
        outlook.next_needs = needs_of(plan, standards, next, date);
        break;
    }
    return outlook;
}

std::optional<LevelStay> level_stay(const std::vector<LadderEdition>& editions, const account::State& state, Date date) {
    constexpr int kDaysAhead = 3 * 366;
    const account::LevelSpan* span = level_on(state.levels, date);
    if (span == nullptr || editions.empty()) return std::nullopt;
    const Plan& plan = plan_on(editions, date);
    const auto level = has_levels(plan) ? index_of(plan, span->level) : std::nullopt;
    if (!level || *level == 0) return std::nullopt;
    for (const account::LevelSpan& later : derive_levels(state, editions, add_days(date, kDaysAhead))) {
        if (later.since <= date) continue;
        const auto other = index_of(plan, later.level);
        if (!other) return std::nullopt;  // another ladder rules by then
        if (*other >= *level) continue;
        LevelStay stay{.by = add_days(later.since, -1), .is_any = plan.levels[*level].is_any, .needs = {}};
        // Where the figures begin anew with that very day, nothing that was bought before helps.
        if (dates_of(plan.windows[plan.ladder->window].window, later.since).starts_on > stay.by) stay.by = later.since;
        stay.needs = needs_of(plan, Standards{state, plan, levels_begin(state)}, plan.levels[*level], later.since);
        return stay;
    }
    return std::nullopt;
}

}  // namespace suki::engine
