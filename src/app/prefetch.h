#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "app/core.h"
#include "app/source.h"

/// What commands are going to read, fetched together: on a database across the network each look-up is a round trip, and a receipt
/// needs seven.
namespace suki::app {

/// Of one moment, but on spread tables, and only as long as the batch. An absent row is known to be absent; a key that is not here
/// was not asked for.
struct Prefetched {
    std::map<store::ClaimKey, std::optional<store::ClaimRow>> claims;
    std::map<store::IdempotencyKey, std::optional<store::IdempotencyRow>> idempotency;
    std::map<store::CardKey, std::optional<store::CardRow>> cards;
    /// Those of absent accounts are null. Accounts whose counters an edition made incomplete are left to Source::owner.
    std::map<store::OwnerKey, OwnerPointer> owners;
    std::map<store::PoolKey, std::optional<store::Pool>> pools;
    /// By sku, of the one organisation that a quote is of; null where there is none. Empty: nothing was read, and all are asked of
    /// the source.
    std::map<std::string, ProductPointer> products;
};

/// Two round trips whatever the number of commands, and one for products that `source` does not keep yet.
Prefetched prefetch(const Source& source, std::span<const Job> jobs);
/// What answers one quote, but its products.
Prefetched prefetch(const Source& source, const std::string& organisation, const Quote& quote);

}  // namespace suki::app
