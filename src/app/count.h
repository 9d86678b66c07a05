#pragma once

#include <vector>

#include "account/state.h"
#include "app/world.h"
#include "engine/settle.h"
#include "store/store.h"

/// What a receipt adds to its owner's counters: all that any edition of the programme names, so that the figures of a counter that
/// a later edition brings follow returns like the others. For the counters of the receipt's own edition this equals what evaluation
/// counted.
namespace suki::app {

/// By key, none zero; of what is left after the returns recorded in `stored`. Nothing for a receipt without a member.
std::vector<engine::CounterChange> figures_of(const Programme& programme, const engine::StoredReceipt& stored);

/// Adds (`after` - `before`), both by key, to one day.
void change_counters(account::State& state, Date day, const std::vector<engine::CounterChange>& before,
                     const std::vector<engine::CounterChange>& after);

/// Sets what the counters of later editions than `row.counted_to` would say had they been kept from the start, from the receipts
/// that are stored. `row` must have been read before: what is recorded meanwhile then makes the writing of it a Conflict.
void fill_counters(store::Store& store, const Programme& programme, store::StateRow& row);

/// What a visit or another activity adds.
std::vector<engine::CounterChange> figures_of_activity(std::string_view kind);

}  // namespace suki::app
