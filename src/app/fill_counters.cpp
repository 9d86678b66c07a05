#include "app/fill_counters.h"

#include <algorithm>
#include <limits>

namespace suki::app {

void fill_counters(store::Store& store, const Programme& programme, store::Owner& owner) {
    store::StateRow& row = *owner.state;
    const auto is_kept = [&](std::string_view key) { return programme.is_kept(key, row.counted_to); };
    std::erase_if(row.state.counters, [&](const account::Counter& counter) { return !is_kept(counter.key); });
    const auto& counters = programme.counted.counters;
    if (!owner.account.merged_into && !std::all_of(counters.begin(), counters.end(),
                                                   [&](const engine::KeptCounter& kept) { return is_kept(kept.counter.key); })) {
        const auto count = [&](const store::ReceiptRow& receipt) {
            const auto stored = engine::unpack_receipt(receipt.packed);
            if (!stored) return true;
            for (const engine::CounterChange& figure : programme.figures_of(*stored)) {
                if (!is_kept(figure.key)) account::add_to_counter(row.state, figure.key, stored->context.date, figure.change);
            }
            return true;
        };
        constexpr Instant always{std::numeric_limits<std::int64_t>::min()};
        store.receipts_recorded_since({.org = row.org, .account = row.account, .programme = row.programme}, always, count);
        for (const store::Merged& merged : row.merged) {
            store.receipts_recorded_since({.org = row.org, .account = merged.account, .programme = row.programme}, always, count);
        }
    }
    row.counted_to = programme.last_edition();
}

}  // namespace suki::app
