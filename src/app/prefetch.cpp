#include "app/prefetch.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "app/judge.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

/// What commands name.
struct Names {
    std::vector<store::ClaimKey> claims;
    std::vector<store::IdempotencyKey> idempotency;
    std::map<std::string, std::vector<std::string>> skus;               // by organisation
    std::vector<std::pair<store::ClaimKey, std::string>> of_programme;  // by whose claims owners are found, and in which programme
    std::set<std::pair<const Edition*, Date>> pools_known;              // whose pools are named: a batch has mostly one
    std::vector<store::PoolKey> pools;
};

void want_member(Names& named, const Programme& programme, const MemberName& name, const std::string& card) {
    const auto want = [&](const std::optional<store::ClaimKey>& key) {
        if (!key) return;
        named.claims.push_back(*key);
        named.of_programme.emplace_back(*key, programme.id);
    };
    want(claim_of(programme, name));
    if (!card.empty()) want(card_claim(programme.organisation, card));
}

void want_basket(Names& named, const Programme& programme, const event::Receipt& receipt, int edition) {
    auto& skus = named.skus[programme.organisation];
    for (const event::Line& line : receipt.lines) skus.push_back(line.sku);
    const Date date = local_date(*programme.latest().zone, receipt.occurred_at);
    const Edition* judging = edition == 0 ? programme.in_force(date) : programme.edition(edition);
    if (judging == nullptr || !named.pools_known.emplace(judging, date).second) return;
    for (const programme::Pool& pool : judging->plan->pools) named.pools.push_back(pool_name(programme, pool, date));
}

template <class C>
void want_command(Names& named, const World& world, const std::string& organisation, const C& command) {
    if constexpr (requires { command.programme; }) {
        const ProgrammePointer programme = world.programme(organisation, command.programme);
        if (programme == nullptr) return;
        std::string card;
        if constexpr (requires { command.receipt.card; }) card = command.receipt.card;
        if constexpr (requires { command.member.by; }) want_member(named, *programme, command.member, card);
        if constexpr (requires { command.to.by; }) want_member(named, *programme, command.to, {});
        if constexpr (requires { command.what.receipt; }) {
            const auto sold = programme_claim(*programme, store::ClaimKind::receipt, command.what.receipt);
            named.claims.push_back(sold);
            named.of_programme.emplace_back(sold, programme->id);
        }
        if constexpr (requires { command.receipt.lines; }) {
            int edition = 0;
            if constexpr (requires { command.edition; }) edition = command.edition;
            want_basket(named, *programme, command.receipt, edition);
        }
    }
}

void want_job(Names& named, const World& world, const Job& job) {
    const std::string& organisation = job.caller.organisation;
    if (!job.caller.idempotency_key.empty()) {
        named.idempotency.push_back({organisation, job.caller.api_key, job.caller.idempotency_key});
    }
    if (const auto key = natural_key(world, job.caller, job.command)) named.claims.push_back(*key);
    std::visit([&](const auto& command) { want_command(named, world, organisation, command); }, job.command);
}

template <class T>
void sort_out(std::vector<T>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

void load_claims(const Source& source, Names& named, Prefetched& prefetched) {
    sort_out(named.claims);
    sort_out(named.idempotency);
    for (const store::ClaimKey& key : named.claims) prefetched.claims.emplace(key, std::nullopt);
    for (const store::IdempotencyKey& key : named.idempotency) prefetched.idempotency.emplace(key, std::nullopt);
    store::Found found = source.store().look_up({.claims = named.claims, .idempotencies = named.idempotency});
    for (store::ClaimRow& row : found.claims) prefetched.claims[row.key] = std::move(row);
    for (store::IdempotencyRow& row : found.idempotencies) prefetched.idempotency[{row.org, row.api_key, row.key}] = std::move(row);
}

void keep_owners(const World& world, std::vector<std::pair<store::OwnerKey, store::Owner>> owners, Prefetched& prefetched) {
    for (auto& [key, owner] : owners) {
        if (owner.state && owner.state->counted_to != world.last_edition(key.org, key.programme)) {
            prefetched.owners.erase(key);
            continue;
        }
        prefetched.owners[key] = std::make_shared<const store::Owner>(std::move(owner));
    }
}

/// What the claims lead to, and pools.
void load_rest(const Source& source, const World& world, Names& named, Prefetched& prefetched) {
    store::Wanted wanted;
    for (const auto& [key, programme] : named.of_programme) {
        const auto& claim = prefetched.claims.at(key);
        if (!claim || !claim->account) continue;
        wanted.owners.push_back({.org = key.org, .account = *claim->account, .programme = programme});
        if (key.kind == store::ClaimKind::card) {
            wanted.cards.push_back({.org = key.org, .account = *claim->account, .number = key.value});
        }
    }
    wanted.pools = std::move(named.pools);
    sort_out(wanted.owners);
    sort_out(wanted.cards);
    sort_out(wanted.pools);
    for (const store::CardKey& key : wanted.cards) prefetched.cards.emplace(key, std::nullopt);
    for (const store::OwnerKey& key : wanted.owners) prefetched.owners.emplace(key, nullptr);
    for (const store::PoolKey& key : wanted.pools) prefetched.pools.emplace(key, std::nullopt);
    store::Found found = source.store().look_up(wanted);
    for (store::CardRow& row : found.cards) prefetched.cards[{row.org, row.account, row.number}] = std::move(row);
    for (store::Pool& pool : found.pools) {
        const store::PoolRow& row = pool.row;
        prefetched.pools[{row.org, row.programme, row.key, row.period_start}] = std::move(pool);
    }
    keep_owners(world, std::move(found.owners), prefetched);
}

Prefetched load(const Source& source, const World& world, Names named) {
    Prefetched prefetched;
    load_claims(source, named, prefetched);
    for (auto& [organisation, skus] : named.skus) {
        sort_out(skus);
        (void)source.products(organisation, skus);
    }
    load_rest(source, world, named, prefetched);
    return prefetched;
}

}  // namespace

Prefetched prefetch(const Source& source, std::span<const Job> jobs) {
    const WorldPointer world = source.world();
    Names named;
    for (const Job& job : jobs) want_job(named, *world, job);
    return load(source, *world, std::move(named));
}

Prefetched prefetch(const Source& source, const std::string& organisation, const Quote& quote) {
    const WorldPointer world = source.world();
    Names named;
    want_command(named, *world, organisation, quote);
    named.skus.clear();
    return load(source, *world, std::move(named));
}

}  // namespace suki::app
