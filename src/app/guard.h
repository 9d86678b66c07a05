#pragma once

#include <utility>

#include "app/core.h"

namespace suki::app {

/// Runs a query; a fault of the store becomes a refusal that may pass later.
template <class A, class Read>
Answered<A> guarded(App::Core& core, const Read& read) {
    try {
        return read();
    } catch (const store::StoreFault& fault) {
        ++core.store_faults;
        return refuse(CommandRejection::store_unavailable, {}, {{"fault", fault.what()}});
    }
}

}  // namespace suki::app
