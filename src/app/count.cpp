#include "app/count.h"

#include <algorithm>
#include <limits>
#include <map>

#include "engine/conditions.h"

namespace suki::app {

namespace {

using programme::Counter;
using programme::Measure;

/// What is left of each line, in thousandths, as Receipt::lines.
std::vector<std::int64_t> left_of(const engine::StoredReceipt& stored) {
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

const engine::LineOutcome* line_of(const engine::Outcome& outcome, std::uint32_t number) {
    for (const engine::LineOutcome& line : outcome.lines) {
        if (line.line == number) return &line;
    }
    return nullptr;
}

std::int64_t counted(const Programme& programme, std::size_t number, const engine::StoredReceipt& stored,
                     const std::vector<std::int64_t>& left) {
    const Counter& counter = programme.counters[number];
    std::int64_t sum = 0;
    switch (counter.measure) {
        case Measure::visits:
        case Measure::purchases: return 1;
        case Measure::spend:
        case Measure::quantity:
            for (std::size_t i = 0; i < stored.receipt.lines.size(); ++i) {
                const event::Line& line = stored.receipt.lines[i];
                if (line.is_deposit || left[i] == 0) continue;
                if (!engine::takes(counter.lines, line, engine::facts_of(stored.context, i))) continue;
                if (counter.measure == Measure::quantity) {
                    if (line.quantity.unit == counter.unit) sum += left[i];
                } else if (const engine::LineOutcome* decided = line_of(stored.current, line.number)) {
                    sum += decided->paid.minor();
                }
            }
            return sum;
        case Measure::points: {
            const programme::Plan& plan = *programme.judging(stored.edition).plan;
            for (std::size_t u = 0; u < plan.units.size() && u < stored.current.points.size(); ++u) {
                if (plan.units[u].id == programme.counter_units[number]) sum += stored.current.points[u].minor();
            }
            return sum;
        }
        case Measure::uses:
            for (const event::Decision& decision : stored.current.decisions) {
                if (decision.offer == counter.offer && decision.verdict == event::Verdict::applied) return 1;
            }
            return 0;
    }
    return 0;
}

}  // namespace

std::vector<engine::CounterChange> figures_of(const Programme& programme, const engine::StoredReceipt& stored) {
    if (!stored.context.is_member) return {};
    const std::vector<std::int64_t> left = left_of(stored);
    if (std::all_of(left.begin(), left.end(), [](std::int64_t milli) { return milli == 0; })) return {};
    // `purchases` and `visits` are kept for every member, whether or not an edition asks for them.
    std::map<std::string_view, std::int64_t> figures{{"purchases", 1}, {"visits", 1}};
    for (std::size_t i = 0; i < programme.counters.size(); ++i) {
        figures[programme.counters[i].key] = counted(programme, i, stored, left);
    }
    std::vector<engine::CounterChange> changes;
    for (const auto& [key, value] : figures) {
        if (value != 0) changes.push_back({.key = std::string{key}, .change = value});
    }
    return changes;
}

void change_counters(account::State& state, Date day, const std::vector<engine::CounterChange>& before,
                     const std::vector<engine::CounterChange>& after) {
    for (const engine::CounterChange& change : before) account::add_to_counter(state, change.key, day, -change.change);
    for (const engine::CounterChange& change : after) account::add_to_counter(state, change.key, day, change.change);
}

void fill_counters(store::Store& store, const Programme& programme, store::StateRow& row) {
    const auto is_kept = [&](std::string_view key) { return programme.is_kept(key, row.counted_to); };
    std::erase_if(row.state.counters, [&](const account::Counter& counter) { return !is_kept(counter.key); });
    if (!std::all_of(programme.counters.begin(), programme.counters.end(), [&](const Counter& c) { return is_kept(c.key); })) {
        const store::OwnerKey key{.org = row.org, .account = row.account, .programme = row.programme};
        store.receipts_since(key, Instant{std::numeric_limits<std::int64_t>::min()}, [&](const store::ReceiptRow& receipt) {
            const auto stored = engine::unpack_receipt(receipt.packed);
            if (!stored) return true;
            for (const engine::CounterChange& figure : figures_of(programme, *stored)) {
                if (!is_kept(figure.key)) account::add_to_counter(row.state, figure.key, stored->context.date, figure.change);
            }
            return true;
        });
    }
    row.counted_to = programme.last_edition();
}

std::vector<engine::CounterChange> figures_of_activity(std::string_view kind) {
    if (kind != "visit") return {};
    return {{.key = "visits", .change = 1}};
}

}  // namespace suki::app
