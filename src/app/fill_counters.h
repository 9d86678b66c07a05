#pragma once

#include "app/world.h"
#include "store/store.h"

namespace suki::app {

/// Sets what the counters of later editions than the state's `counted_to` would say had they been kept from the start, from the
/// receipts that are stored. What a merged account bought counts where it went. The owner, whose state must be there, must have
/// been read before: what is recorded meanwhile then makes the writing of it a Conflict.
void fill_counters(store::Store& store, const Programme& programme, store::Owner& owner);

}  // namespace suki::app
