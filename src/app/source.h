#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/quarantine.h"
#include "app/world.h"
#include "store/store.h"

/// What is durable, read through caches. Any thread may read; only `remember…` and `forget…` of the committer and its writer change
/// what is cached, after the commit that they speak of.
namespace suki::app {

using OwnerPointer = std::shared_ptr<const store::Owner>;
using ProductPointer = std::shared_ptr<const catalogue::Product>;

struct PoolName {
    std::string organisation;
    std::string programme;
    std::string key;
    Date period_start;
    friend auto operator<=>(const PoolName&, const PoolName&) = default;
};

class Source {
public:
    Source(store::Store& store, WorldPointer world, std::size_t accounts_cached)
        : store_(store), world_(std::move(world)), accounts_cached_(accounts_cached) {}

    [[nodiscard]] store::Store& store() const { return store_; }
    [[nodiscard]] WorldPointer world() const;
    /// Null when there is no such account. A reader's find is not cached: it may already be older than the next commit. Its
    /// counters are those of all editions of `world()`, unless another process already counts by a later one.
    [[nodiscard]] OwnerPointer owner(const store::OwnerKey& key) const;
    [[nodiscard]] std::optional<store::Pool> pool(const PoolName& name) const;
    /// In the order of `skus`; null for an unknown one.
    [[nodiscard]] std::vector<ProductPointer> products(const std::string& organisation, const std::vector<std::string>& skus) const;

    /// Owners are forgotten where there are new editions: they lack those's counters.
    void set_world(WorldPointer world);
    void remember_owner(const store::OwnerKey& key, OwnerPointer owner);
    /// In every programme.
    void remember_account(const store::AccountRow& row);
    void remember_pool(const PoolName& name, store::Pool pool);
    [[nodiscard]] const Quarantine& quarantine() const { return quarantine_; }
    [[nodiscard]] Quarantine& quarantine() { return quarantine_; }
    void forget_products();
    /// After a conflict or a fault: what is cached may not be what is stored.
    void forget_everything();
    [[nodiscard]] std::size_t accounts_cached() const;

private:
    [[nodiscard]] std::optional<store::Owner> load_owner(const store::OwnerKey& key) const;
    void forget_owners();

    struct KeyHash {
        std::size_t operator()(const store::OwnerKey& key) const {
            return static_cast<std::size_t>(key.account.bits.low ^ key.account.bits.high ^ std::hash<std::string>{}(key.programme));
        }
    };
    using Recent = std::list<std::pair<store::OwnerKey, OwnerPointer>>;

    store::Store& store_;
    mutable std::mutex world_mutex_;
    WorldPointer world_;

    mutable std::mutex owners_mutex_;
    const std::size_t accounts_cached_;
    mutable Recent recent_;  // newest first
    mutable std::unordered_map<store::OwnerKey, Recent::iterator, KeyHash> owners_;

    mutable std::mutex pools_mutex_;
    mutable std::map<PoolName, std::optional<store::Pool>> pools_;

    Quarantine quarantine_;

    mutable std::mutex products_mutex_;
    mutable std::unordered_map<std::string, ProductPointer> products_;  // by organisation, NUL, sku; null: known to be absent
    std::uint64_t products_generation_ = 0;
};

}  // namespace suki::app
