#pragma once

#include <optional>
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

/// The same of what may be read on a replica.
template <class A, class Read>
Answered<A> guarded_on_replica(App::Core& core, const Read& read) {
    return guarded<A>(core, [&]() -> Answered<A> {
        std::optional<Answered<A>> answer;
        core.store.on_replica([&] { answer.emplace(read()); });
        return *std::move(answer);
    });
}

}  // namespace suki::app
