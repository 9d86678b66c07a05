#include "app/prefetch.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "app/resolve.h"

namespace suki::app {

namespace {

/// What the commands of a batch name.
struct Wanted {
    std::vector<store::ClaimKey> claims;
    std::vector<store::IdempotencyKey> idempotency;
    std::map<std::string, std::vector<std::string>> skus;               // by organisation
    std::vector<std::pair<store::ClaimKey, std::string>> of_programme;  // by whose claims owners are found, and in which programme
};

void want_member(Wanted& wanted, const Programme& programme, const MemberName& name, const std::string& card) {
    const auto want = [&](const std::optional<store::ClaimKey>& key) {
        if (!key) return;
        wanted.claims.push_back(*key);
        wanted.of_programme.emplace_back(*key, programme.id);
    };
    want(claim_of(programme, name));
    if (!card.empty()) want(card_claim(programme.organisation, card));
}

void want(Wanted& wanted, const World& world, const Job& job) {
    const std::string& organisation = job.caller.organisation;
    if (!job.caller.idempotency_key.empty()) {
        wanted.idempotency.push_back({organisation, job.caller.api_key, job.caller.idempotency_key});
    }
    if (const auto key = natural_key(world, job.caller, job.command)) wanted.claims.push_back(*key);
    std::visit(
        [&](const auto& command) {
            if constexpr (requires { command.programme; }) {
                const ProgrammePointer programme = world.programme(organisation, command.programme);
                if (programme == nullptr) return;
                std::string card;
                if constexpr (requires { command.receipt.card; }) card = command.receipt.card;
                if constexpr (requires { command.member.by; }) want_member(wanted, *programme, command.member, card);
                if constexpr (requires { command.to.by; }) want_member(wanted, *programme, command.to, {});
                if constexpr (requires { command.what.receipt; }) {
                    const auto sold = programme_claim(*programme, store::ClaimKind::receipt, command.what.receipt);
                    wanted.claims.push_back(sold);
                    wanted.of_programme.emplace_back(sold, programme->id);
                }
                if constexpr (requires { command.receipt.lines; }) {
                    auto& skus = wanted.skus[organisation];
                    for (const event::Line& line : command.receipt.lines) skus.push_back(line.sku);
                }
            }
        },
        job.command);
}

template <class T>
void sort_out(std::vector<T>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

void load_claims(const Source& source, Wanted& wanted, Prefetched& prefetched) {
    sort_out(wanted.claims);
    for (const store::ClaimKey& key : wanted.claims) prefetched.claims.emplace(key, std::nullopt);
    for (store::ClaimRow& row : source.store().find_claims(wanted.claims)) prefetched.claims[row.key] = std::move(row);
    sort_out(wanted.idempotency);
    for (const store::IdempotencyKey& key : wanted.idempotency) prefetched.idempotency.emplace(key, std::nullopt);
    for (store::IdempotencyRow& row : source.store().find_idempotencies(wanted.idempotency)) {
        prefetched.idempotency[{row.org, row.api_key, row.key}] = std::move(row);
    }
}

void load_owners(const Source& source, const World& world, const Wanted& wanted, Prefetched& prefetched) {
    std::vector<store::OwnerKey> keys;
    std::vector<store::CardKey> cards;
    for (const auto& [key, programme] : wanted.of_programme) {
        const auto& claim = prefetched.claims.at(key);
        if (!claim || !claim->account) continue;
        keys.push_back({.org = key.org, .account = *claim->account, .programme = programme});
        if (key.kind == store::ClaimKind::card) cards.push_back({.org = key.org, .account = *claim->account, .number = key.value});
    }
    sort_out(keys);
    sort_out(cards);
    for (const store::CardKey& key : cards) prefetched.cards.emplace(key, std::nullopt);
    for (store::CardRow& row : source.store().find_cards(cards)) {
        prefetched.cards[{row.org, row.account, row.number}] = std::move(row);
    }
    for (const store::OwnerKey& key : keys) prefetched.owners.emplace(key, nullptr);
    for (auto& [key, owner] : source.store().load_owners(keys)) {
        if (owner.state && owner.state->counted_to != world.last_edition(key.org, key.programme)) {
            prefetched.owners.erase(key);
            continue;
        }
        prefetched.owners[key] = std::make_shared<const store::Owner>(std::move(owner));
    }
}

}  // namespace

Prefetched prefetch(const Source& source, std::span<const Job> jobs) {
    const WorldPointer world = source.world();
    Wanted wanted;
    for (const Job& job : jobs) want(wanted, *world, job);
    Prefetched prefetched;
    load_claims(source, wanted, prefetched);
    load_owners(source, *world, wanted, prefetched);
    for (auto& [organisation, skus] : wanted.skus) {
        sort_out(skus);
        (void)source.products(organisation, skus);
    }
    return prefetched;
}

}  // namespace suki::app
