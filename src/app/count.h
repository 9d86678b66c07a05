#pragma once

#include <vector>

#include "account/state.h"
#include "app/world.h"
#include "engine/settle.h"

/// What a receipt adds to its owner's counters: all that any edition of the programme names, so that the figures of a counter that
/// a later edition brings follow returns like the others. For the counters of the receipt's own edition this equals what evaluation
/// counted.
namespace suki::app {

/// By key, none zero; of what is left after the returns recorded in `stored`. Nothing for a receipt without a member.
std::vector<engine::CounterChange> figures_of(const Programme& programme, const engine::StoredReceipt& stored);

/// Adds (`after` - `before`), both by key, to one day.
void change_counters(account::State& state, Date day, const std::vector<engine::CounterChange>& before,
                     const std::vector<engine::CounterChange>& after);

/// What a visit or another activity adds.
std::vector<engine::CounterChange> figures_of_activity(std::string_view kind);

}  // namespace suki::app
