#include "app/source.h"

#include "app/fill_counters.h"
#include "app/footprint.h"

namespace suki::app {

namespace {
// Enough for the assortment of a large chain; beyond it the cache starts anew rather than grow.
constexpr std::size_t kProductsCached = 300'000;
constexpr std::size_t kPoolsCached = 100'000;
constexpr std::size_t kNamesCached = 100'000;

bool has_new_editions(const World& before, const World& after) {
    for (const auto& [key, programme] : after.programmes) {
        if (before.last_edition(key.first, key.second) != programme->last_edition()) return true;
    }
    return false;
}
}  // namespace

WorldPointer Source::world() const {
    const std::lock_guard lock{world_mutex_};
    return world_;
}

void Source::set_world(WorldPointer world) {
    // Before the world is changed: a reader that knows the new edition must not find an owner without its counters. And after it:
    // one that began to read in between did not know the edition.
    const bool is_newer = has_new_editions(*this->world(), *world);
    if (is_newer) forget_owners();
    {
        const std::lock_guard lock{world_mutex_};
        world_ = std::move(world);
    }
    if (is_newer) forget_owners();
}

OwnerPointer Source::owner(const store::OwnerKey& key) const {
    std::uint64_t generation = 0;
    {
        const std::lock_guard lock{owners_mutex_};
        generation = owners_generation_;
        const auto found = owners_.find(key);
        if (found != owners_.end()) {
            recent_.splice(recent_.begin(), recent_, found->second);
            return found->second->owner;
        }
    }
    auto loaded = load_owner(key);
    if (!loaded) return nullptr;
    auto owner = std::make_shared<const store::Owner>(*std::move(loaded));
    if (!keeps_accounts()) return owner;
    const std::size_t bytes = footprint_of(*owner);
    const std::lock_guard lock{owners_mutex_};
    // What was committed meanwhile may be of this one.
    if (generation == owners_generation_) keep_owner(key, owner, bytes);
    return owner;
}

void Source::keep_owner(const store::OwnerKey& key, OwnerPointer owner, std::size_t bytes) const {
    const auto found = owners_.find(key);
    if (found != owners_.end()) {
        account_bytes_ -= found->second->bytes;
        found->second->owner = std::move(owner);
        found->second->bytes = bytes;
        recent_.splice(recent_.begin(), recent_, found->second);
    } else {
        recent_.push_front({key, std::move(owner), bytes});
        owners_.emplace(key, recent_.begin());
    }
    account_bytes_ += bytes;
    while (account_bytes_ > account_bytes_max_ && !recent_.empty()) {
        account_bytes_ -= recent_.back().bytes;
        owners_.erase(recent_.back().key);
        recent_.pop_back();
    }
}

std::optional<store::Owner> Source::load_owner(const store::OwnerKey& key) const {
    const WorldPointer world = this->world();
    const auto found = world->programmes.find({key.org, key.programme});
    const auto is_behind = [&](const std::optional<store::Owner>& owner) {
        return owner && owner->state && found != world->programmes.end() &&
               owner->state->counted_to < found->second->last_edition();
    };
    auto loaded = store_.load_owner(key);
    if (!is_behind(loaded)) return loaded;
    // The first touch since an edition with new counters was published: rare, and so worth a picture of its own.
    store_.in_one_picture([&] {
        loaded = store_.load_owner(key);
        if (is_behind(loaded)) fill_counters(store_, *found->second, *loaded);
    });
    return loaded;
}

void Source::remember_owner(const store::OwnerKey& key, OwnerPointer owner) {
    const std::size_t bytes = keeps_accounts() ? footprint_of(*owner) : 0;
    const std::lock_guard lock{owners_mutex_};
    ++owners_generation_;
    if (keeps_accounts()) keep_owner(key, std::move(owner), bytes);
}

void Source::remember_account(const store::AccountRow& row) {
    const WorldPointer world = this->world();
    const std::lock_guard lock{owners_mutex_};
    ++owners_generation_;
    for (auto at = world->programmes.lower_bound({row.org, {}}); at != world->programmes.end() && at->first.first == row.org;
         ++at) {
        const auto found = owners_.find({.org = row.org, .account = row.id, .programme = at->first.second});
        if (found == owners_.end()) continue;
        OwnerPointer& owner = found->second->owner;
        if (owner->account.version == row.version) continue;
        auto copy = std::make_shared<store::Owner>(*owner);
        copy->account = row;
        owner = std::move(copy);
    }
}

std::size_t Source::accounts_cached() const {
    const std::lock_guard lock{owners_mutex_};
    return owners_.size();
}

std::size_t Source::account_bytes() const {
    const std::lock_guard lock{owners_mutex_};
    return account_bytes_;
}

template <class Key, class Row, class Hash>
template <class Find>
std::optional<Row> Source::Names<Key, Row, Hash>::find(const Key& key, const Find& find_stored) {
    std::uint64_t before = 0;
    {
        const std::lock_guard lock{mutex};
        before = generation;
        const auto found = rows.find(key);
        if (found != rows.end()) return found->second;
    }
    std::optional<Row> row = find_stored();
    if (!row) return row;
    const std::lock_guard lock{mutex};
    if (before != generation) return row;
    if (rows.size() >= kNamesCached) rows.clear();
    rows.emplace(key, *row);
    return row;
}

template <class Key, class Row, class Hash>
void Source::Names<Key, Row, Hash>::forget(const Key& key) {
    const std::lock_guard lock{mutex};
    ++generation;
    rows.erase(key);
}

template <class Key, class Row, class Hash>
void Source::Names<Key, Row, Hash>::forget() {
    std::unordered_map<Key, Row, Hash> forgotten;
    const std::lock_guard lock{mutex};
    ++generation;
    forgotten.swap(rows);
}

std::optional<store::ClaimRow> Source::claim(const store::ClaimKey& key) const {
    const auto find = [&] { return store_.find_claim(key); };
    const bool is_name = key.kind == store::ClaimKind::card || key.kind == store::ClaimKind::member ||
                         key.kind == store::ClaimKind::phone || key.kind == store::ClaimKind::email ||
                         key.kind == store::ClaimKind::external_id;
    return is_name && keeps_accounts() ? claims_.find(key, find) : find();
}

std::optional<store::CardRow> Source::card(const store::CardKey& key) const {
    const auto find = [&] { return store_.find_card(key.org, key.account, key.number); };
    return keeps_accounts() ? cards_.find(key, find) : find();
}

void Source::forget_names(const std::vector<store::ClaimChange>& claims, const std::vector<store::CardRow>& cards) {
    for (const store::ClaimChange& change : claims) claims_.forget(change.row.key);
    for (const store::CardRow& row : cards) cards_.forget({.org = row.org, .account = row.account, .number = row.number});
}

std::optional<store::Pool> Source::pool(const store::PoolKey& name) const {
    const auto read = [&] { return store_.find_pool(name); };
    if (store_.is_shared()) return read();
    const std::lock_guard lock{pools_mutex_};
    const auto found = pools_.find(name);
    if (found != pools_.end()) return found->second;
    // A quote may ask of any day, and each has pools of its own.
    if (pools_.size() >= kPoolsCached) pools_.clear();
    // Read under the lock: otherwise a figure read before a commit could be cached after it.
    return pools_.emplace(name, read()).first->second;
}

void Source::remember_pool(const store::PoolKey& name, store::Pool pool) {
    if (store_.is_shared()) return;
    const std::lock_guard lock{pools_mutex_};
    pools_[name] = std::move(pool);
}

std::vector<ProductPointer> Source::products(const std::string& organisation, const std::vector<std::string>& skus) const {
    std::vector<ProductPointer> found(skus.size());
    std::vector<std::string> unknown;
    std::uint64_t generation = 0;
    {
        const std::lock_guard lock{products_mutex_};
        generation = products_generation_;
        const auto known = products_.find(organisation);
        for (std::size_t i = 0; i < skus.size(); ++i) {
            if (skus[i].empty()) continue;
            if (known != products_.end()) {
                const auto cached = known->second.find(std::string_view{skus[i]});
                if (cached != known->second.end()) {
                    found[i] = cached->second;
                    continue;
                }
            }
            unknown.push_back(skus[i]);
        }
    }
    if (unknown.empty()) return found;
    std::unordered_map<std::string, ProductPointer> loaded;
    for (catalogue::Product& product : store_.find_products(organisation, unknown)) {
        const std::string sku = product.sku;
        loaded.emplace(sku, std::make_shared<const catalogue::Product>(std::move(product)));
    }
    for (std::size_t i = 0; i < skus.size(); ++i) {
        const auto at = loaded.find(skus[i]);
        if (at != loaded.end()) found[i] = at->second;
    }
    std::map<std::string, Products> forgotten;
    const std::lock_guard lock{products_mutex_};
    if (generation != products_generation_) return found;
    if (products_cached_ + unknown.size() > kProductsCached) {
        forgotten.swap(products_);
        products_cached_ = 0;
    }
    Products& kept = products_[organisation];
    for (const std::string& sku : unknown) {
        const auto at = loaded.find(sku);
        if (kept.emplace(sku, at == loaded.end() ? nullptr : at->second).second) ++products_cached_;
    }
    return found;
}

// What is forgotten goes after the lock: to free so much takes longer than anybody should wait.

void Source::forget_products() {
    std::map<std::string, Products> forgotten;
    const std::lock_guard lock{products_mutex_};
    forgotten.swap(products_);
    products_cached_ = 0;
    ++products_generation_;
}

void Source::forget_owners() {
    Owners owners;
    Recent recent;
    const std::lock_guard lock{owners_mutex_};
    ++owners_generation_;
    owners.swap(owners_);
    recent.swap(recent_);
    account_bytes_ = 0;
}

void Source::forget_everything() {
    forget_products();
    forget_owners();
    claims_.forget();
    cards_.forget();
    const std::lock_guard lock{pools_mutex_};
    pools_.clear();
}

}  // namespace suki::app
