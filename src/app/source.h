#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
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

class Source {
public:
    /// `account_bytes`: about how much memory accounts may take; with 0 none is kept, nor how to find them.
    Source(store::Store& store, WorldPointer world, std::size_t account_bytes)
        : store_(store), world_(std::move(world)), account_bytes_max_(account_bytes) {}

    [[nodiscard]] store::Store& store() const { return store_; }
    [[nodiscard]] WorldPointer world() const;
    /// Null when there is no such account. Its counters are those of all editions of `world()`, unless another process already
    /// counts by a later one.
    [[nodiscard]] OwnerPointer owner(const store::OwnerKey& key) const;
    /// Those by which people are found are cached; of events each is asked for once or twice in its life.
    [[nodiscard]] std::optional<store::ClaimRow> claim(const store::ClaimKey& key) const;
    [[nodiscard]] std::optional<store::CardRow> card(const store::CardKey& key) const;
    [[nodiscard]] std::optional<store::Pool> pool(const store::PoolKey& name) const;
    /// In the order of `skus`; null for an unknown one.
    [[nodiscard]] std::vector<ProductPointer> products(const std::string& organisation, const std::vector<std::string>& skus) const;

    /// Owners are forgotten where there are new editions: they lack those's counters.
    void set_world(WorldPointer world);
    void remember_owner(const store::OwnerKey& key, OwnerPointer owner);
    /// In every programme.
    void remember_account(const store::AccountRow& row);
    void remember_pool(const store::PoolKey& name, store::Pool pool);
    /// They were changed; what is known of them is asked for anew.
    void forget_names(const std::vector<store::ClaimChange>& claims, const std::vector<store::CardRow>& cards);
    [[nodiscard]] const Quarantine& quarantine() const { return quarantine_; }
    [[nodiscard]] Quarantine& quarantine() { return quarantine_; }
    void forget_products();
    /// After a conflict or a fault: what is cached may not be what is stored.
    void forget_everything();
    [[nodiscard]] std::size_t accounts_cached() const;
    [[nodiscard]] std::size_t account_bytes() const;

private:
    [[nodiscard]] std::optional<store::Owner> load_owner(const store::OwnerKey& key) const;
    void forget_owners();
    /// With owners_mutex_ held.
    void keep_owner(const store::OwnerKey& key, OwnerPointer owner, std::size_t bytes) const;
    [[nodiscard]] bool keeps_accounts() const { return account_bytes_max_ > 0 && !store_.is_shared(); }

    struct KeyHash {
        std::size_t operator()(const store::OwnerKey& key) const {
            return static_cast<std::size_t>(key.account.bits.low ^ key.account.bits.high ^ std::hash<std::string>{}(key.programme));
        }
    };
    struct ClaimHash {
        std::size_t operator()(const store::ClaimKey& key) const { return std::hash<std::string>{}(key.value); }
    };
    struct CardHash {
        std::size_t operator()(const store::CardKey& key) const { return std::hash<std::string>{}(key.number); }
    };
    /// Rows as readers found them. One that was being read while any was changed is not kept: it may be of before.
    template <class Key, class Row, class Hash>
    struct Names {
        template <class Find>
        std::optional<Row> find(const Key& key, const Find& find_stored);
        void forget(const Key& key);
        void forget();

        std::mutex mutex;
        std::unordered_map<Key, Row, Hash> rows;
        std::uint64_t generation = 0;
    };
    struct Kept {
        store::OwnerKey key;
        OwnerPointer owner;
        std::size_t bytes = 0;
    };
    using Recent = std::list<Kept>;
    using Owners = std::unordered_map<store::OwnerKey, Recent::iterator, KeyHash>;

    store::Store& store_;
    mutable std::mutex world_mutex_;
    WorldPointer world_;

    mutable std::mutex owners_mutex_;
    const std::size_t account_bytes_max_;
    mutable std::size_t account_bytes_ = 0;
    mutable Recent recent_;  // newest first
    mutable Owners owners_;
    std::uint64_t owners_generation_ = 0;
    mutable Names<store::ClaimKey, store::ClaimRow, ClaimHash> claims_;
    mutable Names<store::CardKey, store::CardRow, CardHash> cards_;

    mutable std::mutex pools_mutex_;
    mutable std::map<store::PoolKey, std::optional<store::Pool>> pools_;

    Quarantine quarantine_;

    mutable std::mutex products_mutex_;
    struct SkuHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view sku) const { return std::hash<std::string_view>{}(sku); }
    };
    using Products = std::unordered_map<std::string, ProductPointer, SkuHash, std::equal_to<>>;
    mutable std::map<std::string, Products> products_;  // by organisation, then sku; null: known to be absent
    mutable std::size_t products_cached_ = 0;           // of all organisations
    std::uint64_t products_generation_ = 0;
};

}  // namespace suki::app
