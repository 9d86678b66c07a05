#include "app/rehearsal.h"

#include <variant>

namespace suki::app {

namespace {

void add_owner(store::Batch& batch, const store::OwnerKey& key, const OwnerPointer& owner, bool is_account_new) {
    if (owner == nullptr) {
        if (is_account_new) batch.accounts.push_back({.org = key.org, .id = key.account, .version = 1});
        return;
    }
    if (is_account_new) {
        batch.accounts.push_back(owner->account);
        ++batch.accounts.back().version;
    }
    batch.states.push_back(owner->state ? *owner->state
                                        : store::StateRow{.org = key.org, .account = key.account, .programme = key.programme});
    store::StateRow& state = batch.states.back();
    state.version = owner->state ? state.version + 1 : 1;
}

}  // namespace

store::Batch rehearsal_of(const Prefetched& read) {
    store::Batch batch;
    for (const auto& [key, row] : read.claims) {
        batch.claims.push_back({.row = row.value_or(store::ClaimRow{.key = key}), .is_removal = row.has_value()});
    }
    // Those that are there stay for ever.
    for (const auto& [key, row] : read.idempotency) {
        if (!row) batch.idempotency.push_back({.org = key.org, .api_key = key.api_key, .key = key.key});
    }
    const store::OwnerKey* last = nullptr;  // those of one account follow one another
    for (const auto& [key, owner] : read.owners) {
        const bool is_account_new = last == nullptr || last->org != key.org || last->account != key.account;
        add_owner(batch, key, owner, is_account_new);
        last = &key;
    }
    return batch;
}

bool misses_something(const Answer& answer) {
    return std::visit(
        [](const auto& a) {
            if constexpr (requires { a.discrepancies.empty(); }) return !a.discrepancies.empty();
            return false;
        },
        answer);
}

}  // namespace suki::app
