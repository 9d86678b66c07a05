#include "engine/count.h"

#include <algorithm>
#include <map>

#include "engine/challenges.h"
#include "engine/conditions.h"

namespace suki::engine {

namespace {

using programme::Counter;
using programme::Measure;

/// What is left of each line, in thousandths, as Receipt::lines.
std::vector<std::int64_t> left_of(const StoredReceipt& stored) {
    std::vector<std::int64_t> left;
    left.reserve(stored.receipt.lines.size());
    for (const event::Line& line : stored.receipt.lines) left.push_back(line.quantity.milli);
    for (const event::Return& back : stored.returns) {
        if (back.is_void) return std::vector<std::int64_t>(left.size(), 0);
        for (const event::ReturnedLine& returned : back.lines) {
            for (std::size_t i = 0; i < left.size(); ++i) {
                if (stored.receipt.lines[i].number == returned.line) left[i] -= returned.quantity.milli;
            }
        }
    }
    return left;
}

const LineOutcome* line_of(const Outcome& outcome, std::uint32_t number) {
    for (const LineOutcome& line : outcome.lines) {
        if (line.line == number) return &line;
    }
    return nullptr;
}

std::int64_t figure_of(const KeptCounter& kept, const programme::Plan& plan, const StoredReceipt& stored,
                       const std::vector<std::int64_t>& left) {
    const Counter& counter = kept.counter;
    std::int64_t sum = 0;
    switch (counter.measure) {
        case Measure::visits:
        case Measure::purchases: return 1;
        case Measure::spend:
        case Measure::quantity:
            for (std::size_t i = 0; i < stored.receipt.lines.size(); ++i) {
                const event::Line& line = stored.receipt.lines[i];
                if (line.is_deposit || left[i] == 0) continue;
                if (!takes(counter.lines, line, facts_of(stored.context, i))) continue;
                if (counter.measure == Measure::quantity) {
                    if (line.quantity.unit == counter.unit) sum += left[i];
                } else if (const LineOutcome* decided = line_of(stored.current, line.number)) {
                    sum += decided->paid.minor();
                }
            }
            return sum;
        case Measure::points:
            for (std::size_t u = 0; u < plan.units.size() && u < stored.current.points.size(); ++u) {
                if (plan.units[u].id == kept.points_unit) sum += stored.current.points[u].minor();
            }
            return sum;
        case Measure::uses:
            for (const event::Decision& decision : stored.current.decisions) {
                if (decision.offer == counter.offer && decision.verdict == event::Verdict::applied)
                    return uses_of(plan, decision.uses);
            }
            return 0;
    }
    return 0;
}

}  // namespace

void Counted::add(const programme::PlanPointer& plan, int edition) {
    for (const Counter& counter : plan->counters) {
        const auto at = std::lower_bound(counters.begin(), counters.end(), counter.key,
                                         [](const KeptCounter& kept, const std::string& key) { return kept.counter.key < key; });
        if (at != counters.end() && at->counter.key == counter.key) continue;
        const bool is_of_points = counter.measure == Measure::points;
        counters.insert(at, {counter, is_of_points ? plan->units.at(counter.points_unit).id : std::string{}, edition});
    }
    ladder.push_back({.effective_on = plan->effective_on, .plan = plan});
}

namespace {
constexpr std::string_view kUses = "uses[";
constexpr std::string_view kOf = "]@";
}  // namespace

std::string own_key(std::string_view key, const std::string& person) {
    std::string own{key};
    if (!person.empty() && counts_uses(key)) (own += '@') += person;
    return own;
}

bool counts_uses(std::string_view key) { return key.substr(0, kUses.size()) == kUses || counts_for_challenge(key); }

std::string_view shared_key(std::string_view key) {
    const auto at = counts_uses(key) ? key.rfind(kOf) : std::string_view::npos;
    return at == std::string_view::npos ? key : key.substr(0, at + 1);
}

bool is_all_back(const StoredReceipt& stored) {
    const std::vector<std::int64_t> left = left_of(stored);
    return std::all_of(left.begin(), left.end(), [](std::int64_t milli) { return milli == 0; });
}

std::vector<CounterChange> figures_of(const Counted& counted, const programme::Plan& plan, const StoredReceipt& stored,
                                      const std::string& person) {
    if (!stored.context.is_member) return {};
    // Of what came back wholly only what stays given is counted (settle.h, `stay`).
    const bool is_back = is_all_back(stored);
    const std::vector<std::int64_t> left = left_of(stored);
    std::map<std::string_view, std::int64_t> figures;
    // `purchases` and `visits` are kept for every member, whether or not an edition asks for them.
    if (!is_back) figures = {{"purchases", 1}, {"visits", 1}};
    for (const KeptCounter& kept : counted.counters) {
        if (!is_back || kept.counter.measure == Measure::uses) figures[kept.counter.key] = figure_of(kept, plan, stored, left);
    }
    // Of challenges only the edition that judged it says what it counted for.
    for (const CounterChange& counter : stored.current.counters) {
        if (counts_for_challenge(counter.key)) figures[counter.key] = counter.change;
    }
    std::vector<CounterChange> changes;
    for (const auto& [key, value] : figures) {
        if (value != 0) changes.push_back({.key = own_key(key, person), .change = value});
    }
    return changes;
}

void change_counters(account::State& state, Date day, const std::vector<CounterChange>& before,
                     const std::vector<CounterChange>& after) {
    for (const CounterChange& change : before) account::add_to_counter(state, change.key, day, -change.change);
    for (const CounterChange& change : after) account::add_to_counter(state, change.key, day, change.change);
}

std::vector<CounterChange> figures_of_activity(std::string_view kind) {
    if (kind != "visit") return {};
    return {{.key = "visits", .change = 1}};
}

}  // namespace suki::engine
