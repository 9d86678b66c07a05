#include "engine/levels.h"

#include <algorithm>

#include "base/amount.h"

namespace suki::engine {

using namespace programme;

namespace {

/// The ladder's figure as of any day, from running sums.
class Figures {
public:
    Figures() = default;
    Figures(const account::State& state, const Plan& plan) {
        const CounterWindow& over = plan.windows[plan.ladder->window];
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
    [[nodiscard]] std::int64_t at(Date date) const {
        const DateRange dates = dates_of(window_, date);
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

std::size_t due(const Plan& plan, std::int64_t figure) {
    std::size_t level = 0;
    for (std::size_t i = 1; i < plan.levels.size(); ++i) {
        if (plan.levels[i].from <= figure) level = i;
    }
    return level;
}

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
    Walk(const account::State& state, const std::vector<LadderEdition>& editions) : state_(state), editions_(editions) {}
    /// Goes on where another one stood, with a state that may have changed on later days since.
    Walk(const account::State& state, const std::vector<LadderEdition>& editions, LevelReader::Standing from)
        : standing(std::move(from)), state_(state), editions_(editions) {
        if (standing.is_on_ladder) figures_ = Figures{state_, plan()};
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
    Figures figures_;
};

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
    figures_ = Figures{state_, plan()};
    if (!standing.is_on_ladder) {
        standing.is_on_ladder = true;
        enter(due(plan(), figures_.at(date)), date);
        return;
    }
    const account::LevelSpan held = standing.spans.back();
    if (const auto same = index_of(plan(), held.level)) {
        standing.level = *same;
        return;
    }
    // The level is gone: the highest that asks no more than it did, with what was promised for the old one.
    standing.level = due(plan(), before->levels[standing.level].from);
    standing.spans.push_back({plan().levels[standing.level].id, date, held.keep_until, held.grace_until});
}

void Walk::step(Date date) {
    change_edition(date);
    if (!standing.is_on_ladder) return;
    const std::size_t earned = due(plan(), figures_.at(date));
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
    note(figures_.next_change(date));
    const account::LevelSpan& span = standing.spans.back();
    note(span.keep_until);
    // One step a day: a step without keep and grace falls on the morrow.
    if (span.grace_until) note(std::max(*span.grace_until, add_days(date, 1)));
    return next;
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
    Walk walk{state, editions};
    std::optional<Date> date = std::max(levels_begin(state), editions.front().effective_on);
    while (date && *date <= until) {
        walk.step(*date);
        date = walk.next_after(*date);
    }
    return std::move(walk.standing.spans);
}

std::string LevelReader::read(const account::State& state, Date date) {
    const auto& editions = *editions_;
    if (editions.empty()) return {};
    const Date begins_on = std::max(std::min(levels_begin(state), date), editions.front().effective_on);
    if (date < begins_on) return {};
    const auto after = std::partition_point(known_.begin(), known_.end(), [&](const Evening& one) { return one.day < date; });
    const bool goes_on = after != known_.begin() && std::prev(after)->begun_on == begins_on;
    Walk walk = goes_on ? Walk{state, editions, std::prev(after)->standing} : Walk{state, editions};
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
        known_.insert(after, {.begun_on = begins_on, .day = *evening, .standing = walk.standing});
    }
    if (next == date) walk.step(date);
    return spans.empty() ? std::string{} : spans.back().level;
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
    outlook.figure = Figures{state, plan}.at(date);
    const std::size_t level = index_of(plan, span->level).value_or(due(plan, outlook.figure));
    if (level + 1 < plan.levels.size()) {
        outlook.next = plan.levels[level + 1].id;
        outlook.missing = std::max<std::int64_t>(plan.levels[level + 1].from - outlook.figure, 0);
    }
    return outlook;
}

}  // namespace suki::engine
