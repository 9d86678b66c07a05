#pragma once

#include <functional>

#include "app/world.h"
#include "store/store.h"

namespace suki::app {

/// Sets what the counters of later editions than the state's `counted_to` would say had they been kept from the start, from the
/// receipts that are stored. What a merged account bought counts where it went. The owner, whose state must be there, must have
/// been read before: what is recorded meanwhile then makes the writing of it a Conflict.
void fill_counters(store::Store& store, const Programme& programme, store::Owner& owner);

using CountFigure = std::function<void(Date, const engine::CounterChange&)>;
/// All that receipts add to the counters of an account that was not merged into another: its own and those of the accounts that
/// were merged into it, and of accounts that its people have left how they used offers there.
void count_receipts(store::Store& store, const Programme& programme, const store::StateRow& row, const CountFigure& count);

}  // namespace suki::app
