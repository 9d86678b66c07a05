#include "app/desk.h"

#include <algorithm>

#include "app/base64.h"
#include "app/codec.h"
#include "app/portions.h"
#include "app/prefetch.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/zone.h"

namespace suki::app {

namespace {

std::string pack_bearer_card(const store::CardRow& row) {
    ByteWriter out;
    out.put(kCodecVersion);
    out.put_text(row.programme);
    out.put(static_cast<std::int64_t>(row.kind));
    out.put(static_cast<std::int64_t>(row.status));
    out.put(row.issued_at.us);
    if (!row.category.empty() || !row.batch.empty()) {
        out.put_text(row.category);
        out.put_text(row.batch);
    }
    return to_base64(out.sealed());
}

std::optional<store::CardRow> unpack_bearer_card(const store::ClaimRow& claim) {
    const auto sealed = from_base64(claim.other);
    const auto bytes = sealed ? unseal(*sealed) : std::nullopt;
    if (!bytes) return std::nullopt;
    ByteReader in{*bytes};
    if (in.get() != kCodecVersion) return std::nullopt;
    store::CardRow row{.org = claim.key.org, .number = claim.key.value};
    row.programme = in.get_text();
    row.kind = static_cast<programme::CardKind>(in.get());
    row.status = static_cast<store::CardStatus>(in.get());
    row.issued_at = {in.get()};
    if (!in.is_at_end()) {
        row.category = in.get_text();
        row.batch = in.get_text();
    }
    if (!in.is_at_end()) return std::nullopt;
    return row;
}

/// The rows of one pool in a batch, on what was read.
void lay_over(std::optional<store::Pool>& pool, const store::Batch& rows, const store::PoolKey& name) {
    const auto is_of = [&name](const auto& row) {
        return row.org == name.org && row.programme == name.programme && row.key == name.key &&
               row.period_start == name.period_start;
    };
    for (const store::PoolRow& row : rows.pools) {
        if (!is_of(row)) continue;
        if (!pool) pool.emplace();
        pool->row = row;
    }
    if (!pool) return;
    for (const store::PortionChange& change : rows.portions) {
        if (!is_of(change.row)) continue;
        std::erase_if(pool->portions, [&change](const store::PortionRow& portion) { return portion.holder == change.row.holder; });
        if (!change.is_removal) pool->portions.push_back(change.row);
    }
}

}  // namespace

// -- Reading: this sheet, the one below, what is durable ------------------------------------------------------------------

WorldPointer Desk::world() const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        if (desk->world_ != nullptr) return desk->world_;
    }
    return source_->world();
}

std::vector<const Desk*> Desk::sheets() const {
    std::vector<const Desk*> all;
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) all.push_back(desk);
    std::reverse(all.begin(), all.end());
    return all;
}

const store::AccountRow* Desk::changed_account(const std::string& organisation, AccountId id) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        if (desk->accounts_.empty()) continue;
        const auto found = desk->accounts_.find({organisation, id});
        if (found != desk->accounts_.end()) return &found->second;
    }
    return nullptr;
}

OwnerPointer Desk::owner(const store::OwnerKey& key) const {
    const store::AccountRow* changed = changed_account(key.org, key.account);
    OwnerPointer found = owner_on_sheets(key);
    // Of an account that was made on these sheets nothing is durable.
    const bool is_new = changed != nullptr && changed->version == 1;
    if (found == nullptr && !is_new) found = durable_owner(key);
    if (changed == nullptr || (found != nullptr && found->account.version == changed->version)) return found;
    // The account is one row for all its programmes: what was changed through one of them shows in the others.
    auto copy = found == nullptr ? std::make_shared<store::Owner>() : std::make_shared<store::Owner>(*found);
    copy->account = *changed;
    return copy;
}

std::optional<store::AccountRow> Desk::account(const std::string& organisation, AccountId id) const {
    if (const store::AccountRow* changed = changed_account(organisation, id)) return *changed;
    return source_->store().find_account(organisation, id);
}

std::vector<store::MemberRow> Desk::members_of(const std::string& organisation, AccountId account) const {
    std::map<std::pair<std::string, MemberId>, store::MemberRow> members;
    for (store::MemberRow& row : source_->store().members_of(organisation, account)) {
        members[{row.programme, row.id}] = std::move(row);
    }
    for (const Desk* desk : sheets()) {
        for (auto at = desk->owners_.lower_bound({.org = organisation, .account = account, .programme = {}});
             at != desk->owners_.end() && at->first.org == organisation && at->first.account == account; ++at) {
            for (const store::MemberRow& row : at->second->members) members[{row.programme, row.id}] = row;
        }
    }
    std::vector<store::MemberRow> list;
    for (auto& [key, row] : members) list.push_back(std::move(row));
    return list;
}

OwnerPointer Desk::owner_on_sheets(const store::OwnerKey& key) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->owners_.find(key);
        if (found != desk->owners_.end()) return found->second;
    }
    return nullptr;
}

OwnerPointer Desk::durable_owner(const store::OwnerKey& key) const {
    if (prefetched_ != nullptr) {
        const auto found = prefetched_->owners.find(key);
        if (found != prefetched_->owners.end()) return found->second;
    }
    OwnerPointer owner = source_->owner(key);
    if (Prefetched* kept = kept_reading()) kept->owners.emplace(key, owner);
    return owner;
}

std::optional<store::Pool> Desk::durable_pool(const store::PoolKey& name) const {
    if (prefetched_ != nullptr) {
        const auto found = prefetched_->pools.find(name);
        if (found != prefetched_->pools.end()) return found->second;
    }
    return source_->pool(name);
}

std::optional<store::ClaimRow> Desk::claim(const store::ClaimKey& key) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->claims_.find(key);
        if (found != desk->claims_.end()) return found->second;
    }
    if (prefetched_ != nullptr) {
        const auto found = prefetched_->claims.find(key);
        if (found != prefetched_->claims.end()) return found->second;
    }
    auto claim = source_->claim(key);
    if (Prefetched* kept = kept_reading()) kept->claims.emplace(key, claim);
    return claim;
}

std::vector<ProductPointer> Desk::products(const std::string& organisation, const std::vector<std::string>& skus) const {
    if (prefetched_ == nullptr || prefetched_->products.empty()) return source_->products(organisation, skus);
    std::vector<ProductPointer> found;
    for (const std::string& sku : skus) {
        const auto at = prefetched_->products.find(sku);
        found.push_back(at == prefetched_->products.end() ? nullptr : at->second);
    }
    return found;
}

std::optional<store::CardRow> Desk::card(const store::ClaimRow& claim) const {
    if (!claim.account) return unpack_bearer_card(claim);
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->cards_.find({claim.key.org, claim.key.value});
        if (found != desk->cards_.end()) return found->second;
    }
    if (prefetched_ != nullptr) {
        const auto found = prefetched_->cards.find({claim.key.org, *claim.account, claim.key.value});
        if (found != prefetched_->cards.end()) return found->second;
    }
    return source_->card({.org = claim.key.org, .account = *claim.account, .number = claim.key.value});
}

std::vector<store::CardRow> Desk::cards_of(const std::string& organisation, AccountId account) const {
    std::map<std::string, store::CardRow> cards;
    for (store::CardRow& card : source_->store().cards_of(organisation, account)) cards[card.number] = card;
    for (const Desk* desk : sheets()) {
        for (const auto& [key, card] : desk->cards_) {
            if (key.first == organisation && card.account == account) cards[card.number] = card;
        }
    }
    std::vector<store::CardRow> list;
    for (auto& [number, card] : cards) list.push_back(std::move(card));
    return list;
}

std::optional<store::ReceiptRow> Desk::receipt(const std::string& organisation, const std::string& programme,
                                               std::optional<AccountId> account, const std::string& id) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->receipts_.find({organisation, programme, id});
        if (found != desk->receipts_.end()) return found->second;
    }
    return source_->store().find_receipt(organisation, programme, account, id);
}

std::vector<store::ReceiptRow> Desk::receipts_recorded_since(const store::OwnerKey& key, Instant since) const {
    std::map<std::pair<Instant, std::string>, store::ReceiptRow> found;
    source_->store().receipts_recorded_since(key, since, [&](const store::ReceiptRow& row) {
        found[{row.occurred_at, row.id}] = row;
        return true;
    });
    for (const Desk* desk : sheets()) {
        for (const auto& [id, row] : desk->receipts_) {
            if (row.org != key.org || row.programme != key.programme || row.account != key.account) continue;
            if (since <= row.recorded_at) found[{row.occurred_at, row.id}] = row;
        }
    }
    std::vector<store::ReceiptRow> list;
    list.reserve(found.size());
    for (auto& [at, row] : found) list.push_back(std::move(row));
    return list;
}

std::vector<store::ActivityRow> Desk::activities_recorded_since(const store::OwnerKey& key, Instant since) const {
    std::map<std::string, store::ActivityRow> found;
    for (store::ActivityRow& row : source_->store().activities_of(key, std::numeric_limits<std::int32_t>::max())) {
        if (since <= row.recorded_at) found[row.id] = std::move(row);
    }
    for (const Desk* desk : sheets()) {
        for (const store::ActivityRow& row : desk->rows.activities) {
            if (row.org != key.org || row.programme != key.programme || row.account != key.account) continue;
            if (since <= row.recorded_at) found[row.id] = row;
        }
    }
    std::vector<store::ActivityRow> list;
    for (auto& [id, row] : found) list.push_back(std::move(row));
    return list;
}

std::optional<store::IdempotencyRow> Desk::idempotency(const std::string& organisation, const std::string& api_key,
                                                       const std::string& key) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->remembered_.find({organisation, api_key, key});
        if (found != desk->remembered_.end()) return found->second;
    }
    if (prefetched_ != nullptr) {
        const auto found = prefetched_->idempotency.find({organisation, api_key, key});
        if (found != prefetched_->idempotency.end()) return found->second;
    }
    auto row = source_->store().find_idempotency(organisation, api_key, key);
    if (Prefetched* kept = kept_reading()) kept->idempotency.emplace(store::IdempotencyKey{organisation, api_key, key}, row);
    return row;
}

std::optional<store::ApiKeyRow> Desk::api_key(const std::string& id) const {
    const WorldPointer now = world();
    const auto found = now->api_keys.find(id);
    if (found == now->api_keys.end()) return std::nullopt;
    return found->second;
}

std::optional<store::ConsoleUserRow> Desk::console_user(const std::string& organisation, const std::string& name) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->users_.find({organisation, name});
        if (found != desk->users_.end()) return found->second;
    }
    return source_->store().find_console_user(organisation, name);
}

std::size_t Desk::count_users(const std::string& organisation) const {
    std::set<std::pair<std::string, std::string>> names;
    for (const std::string& place : {organisation, std::string{}}) {
        for (const store::ConsoleUserRow& row : source_->store().console_users(place)) names.emplace(row.org, row.name);
        for (const Desk* desk : sheets()) {
            for (const auto& [key, row] : desk->users_) {
                if (key.first != place) continue;
                if (row) {
                    names.insert(key);
                } else {
                    names.erase(key);
                }
            }
        }
    }
    return names.size();
}

std::optional<store::DiscrepancyRow> Desk::discrepancy(const std::string& organisation, const std::string& programme,
                                                       IdBits id) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->resolved_.find(id);
        if (found == desk->resolved_.end()) continue;
        if (found->second.org == organisation && found->second.programme == programme) return found->second;
    }
    return source_->store().find_discrepancy(organisation, programme, id);
}

std::int64_t Desk::pool_drawn(const store::PoolKey& name) const { return drawn(name).after; }

Desk::Drawn Desk::drawn(const store::PoolKey& name) const {
    for (const Desk* desk = this;; desk = desk->below_) {
        const auto found = desk->drawn_.find(name);
        if (found != desk->drawn_.end()) return found->second;
        if (desk->is_batch_) break;
    }
    const std::optional<store::Pool>& stored = pool(name);
    return {.after = stored ? drawn_of(*stored) : 0};
}

const std::optional<store::Pool>& Desk::pool(const store::PoolKey& name) const {
    const Desk* batch = this;
    while (!batch->is_batch_) batch = batch->below_;
    const auto found = batch->pools_.find(name);
    if (found != batch->pools_.end()) return found->second;
    std::optional<store::Pool> pool;
    const Desk* written = batch->below_;
    const bool is_written = written != nullptr && written->drawn_.contains(name);
    if (is_written && !source_->store().is_shared()) {
        pool = written->pools_.at(name);
    } else {
        pool = durable_pool(name);
        // Others may have drawn, and given back, since the batch before was decided: only what that one writes is its own.
        if (is_written) lay_over(pool, written->rows, name);
    }
    return batch->pools_.emplace(name, std::move(pool)).first->second;
}

// -- Changing ---------------------------------------------------------------------------------------------------------------

store::StateRow Desk::new_state(const store::OwnerKey& key) const {
    return {.org = key.org,
            .account = key.account,
            .programme = key.programme,
            .counted_to = world()->last_edition(key.org, key.programme),
            .version = 0};
}

store::Owner& Desk::edit(const store::OwnerKey& key) {
    const auto own = owners_.find(key);
    if (own != owners_.end()) return *own->second;
    const OwnerPointer current = owner(key);
    // On spread tables what leads to an account may be seen before the account is.
    if (current == nullptr && source_->store().is_shared())
        throw store::Conflict{"account", "a name leads to an account that is not seen"};
    SUKI_CHECK(current != nullptr);
    auto copy = std::make_shared<store::Owner>(*current);
    if (!copy->state) {
        copy->state = new_state(key);
        if (!copy->members.empty()) copy->state->state.joined_on = copy->members.front().joined_on;
    }
    // Another process counts by an edition that is not known here: writing what this one counts would leave its counters behind.
    if (copy->state->counted_to > world()->last_edition(key.org, key.programme)) {
        throw store::Conflict{"edition", "an account is counted by an edition that is not known yet"};
    }
    return *owners_.emplace(key, std::move(copy)).first->second;
}

store::StateRow& Desk::stamped(const store::OwnerKey& key) {
    store::StateRow& state = *edit(key).state;
    state.recorded_at = std::max(state.recorded_at, recorded_at_);
    return state;
}

void Desk::put_account(const store::AccountRow& row) {
    for (auto at = owners_.lower_bound({.org = row.org, .account = row.id, .programme = {}});
         at != owners_.end() && at->first.org == row.org && at->first.account == row.id; ++at) {
        at->second->account = row;
    }
    accounts_[{row.org, row.id}] = row;
    rows.accounts.push_back(row);
}

void Desk::add_claim(store::ClaimRow row) {
    claims_[row.key] = row;
    rows.claims.push_back({.row = std::move(row), .is_removal = false});
}

void Desk::remove_claim(const store::ClaimRow& row) {
    claims_[row.key] = std::nullopt;
    rows.claims.push_back({.row = row, .is_removal = true});
}

void Desk::put_card(const store::CardRow& row) {
    const store::ClaimKey key{.org = row.org, .kind = store::ClaimKind::card, .value = row.number};
    const auto claimed = claim(key);
    if (row.member.is_nil()) {
        if (claimed) remove_claim(*claimed);
        add_claim({.key = key, .other = pack_bearer_card(row)});
        return;
    }
    if (claimed && claimed->account != row.account) remove_claim(*claimed);
    if (!claimed || claimed->account != row.account) add_claim({.key = key, .account = row.account, .member = row.member});
    cards_[{row.org, row.number}] = row;
    rows.cards.push_back(row);
}

void Desk::put_receipt(store::ReceiptRow row) {
    receipts_[{row.org, row.programme, row.id}] = row;
    rows.receipts.push_back(std::move(row));
}

void Desk::put_idempotency(store::IdempotencyRow row) {
    remembered_[{row.org, row.api_key, row.key}] = row;
    rows.idempotency.push_back(std::move(row));
}

void Desk::change_pool(const store::PoolKey& name, std::int64_t change, std::int64_t total) {
    if (change == 0) return;
    const std::int64_t after = pool_drawn(name) + change;
    drawn_[name] = {.after = after, .total = total};
}

void Desk::put_back_portions(const store::PoolKey& name) {
    const Drawn unchanged = drawn(name);
    drawn_[name] = unchanged;
}

IdBits Desk::next_id(std::string_view cause, std::string_view part) {
    // The milliseconds of an id are coarse: two commands about one thing may share them, but never the microsecond of their
    // acceptance. What is recorded as of its own time may share that too.
    return derived_id(accepted_at_, cause, part, static_cast<std::uint64_t>(accepted_at_.us) * 4'096 + ordinal_++);
}

engine::LotFate Desk::fate_of(const store::OwnerKey& key, LotId lot, const std::string& cause) const {
    engine::LotFate fate;
    const store::EntryQuery query{.org = key.org, .account = key.account, .programme = key.programme, .cause = cause};
    for (const store::EntryRow& row : entries_of(query)) fate.add(engine::fate_in(row.entry, lot));
    return fate;
}

std::vector<store::EntryRow> Desk::journal(const store::OwnerKey& key, const std::string& unit) const {
    return entries_of({.org = key.org, .account = key.account, .programme = key.programme, .unit = unit});
}

std::vector<store::EntryRow> Desk::entries_of(store::EntryQuery query) const {
    std::map<std::int64_t, store::EntryRow> found;  // by sequence: what is written may be durable as well
    query.limit = limits::page_rows_max;
    for (bool is_more = true; is_more;) {
        auto page = source_->store().list_entries(query);
        is_more = page.size() == query.limit;
        if (is_more) query.before = {.effective_at = page.back().entry.effective_at, .sequence = page.back().sequence};
        for (store::EntryRow& row : page) found.emplace(row.sequence, std::move(row));
    }
    for (const Desk* sheet : sheets()) {
        for (const store::EntryRow& row : sheet->rows.entries) {
            if (row.org != query.org || row.account != query.account || row.programme != query.programme) continue;
            if (!query.unit.empty() && row.entry.unit != query.unit) continue;
            if (!query.cause.empty() && row.entry.cause != query.cause) continue;
            found.emplace(row.sequence, row);
        }
    }
    std::vector<store::EntryRow> list;
    list.reserve(found.size());
    for (auto& [sequence, row] : found) list.push_back(std::move(row));
    return list;
}

void Desk::post(const store::OwnerKey& key, std::uint32_t wallet, ledger::Posting posting) {
    store::StateRow& state = stamped(key);
    ledger::Wallet& before = state.wallets.at(wallet);
    std::vector<ledger::Breach> found = ledger::check_posting(before, posting.entries, posting.wallet);
    breaches.insert(breaches.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    before = std::move(posting.wallet);
    for (ledger::Entry& entry : posting.entries) {
        rows.entries.push_back({.org = key.org,
                                .account = key.account,
                                .programme = key.programme,
                                .sequence = state.entries++,
                                .entry = std::move(entry)});
    }
}

void Desk::post(const store::OwnerKey& key, std::vector<engine::UnitPosting> postings) {
    for (engine::UnitPosting& one : postings) {
        const std::uint32_t wallet = wallet_index(*edit(key).state, one.unit);
        post(key, wallet, std::move(one.posting));
    }
}

void Desk::sweep(const store::OwnerKey& key, const Programme& programme) {
    const OwnerPointer current = owner(key);
    if (current == nullptr || !current->state) return;
    for (std::uint32_t w = 0; w < current->state->wallets.size(); ++w) {
        // What falls due cites the edition that ruled then: so it makes no difference when it is written down.
        for (std::size_t e = 0; e < programme.editions.size(); ++e) {
            const Edition& edition = programme.editions[e];
            Instant until = recorded_at_;
            const bool is_last = e + 1 == programme.editions.size();
            if (!is_last) {
                const Instant next = start_of(*programme.latest().zone, programme.editions[e + 1].view.effective_on);
                until = std::min(until, Instant{next.us - 1});
            }
            const OwnerPointer swept = owner(key);
            const ledger::Wallet& wallet = swept->state->wallets[w];
            std::string_view clause;
            for (const programme::Unit& unit : edition.plan->units) {
                if (unit.id == wallet.unit) clause = unit.clause;
            }
            ledger::Posting posting = ledger::sweep(wallet, until, clause, edition.view.edition);
            if (!posting.entries.empty()) post(key, w, std::move(posting));
            if (until == recorded_at_) break;
        }
    }
}

void Desk::discrepancy(const std::string& organisation, const std::string& programme, const std::string& event,
                       std::optional<AccountId> account, const Discrepancy& found) {
    rows.discrepancies.push_back({.org = organisation,
                                  .programme = programme,
                                  .id = next_id(event, name_of(found.kind)),
                                  .account = account,
                                  .receipt = event,
                                  .kind = std::string{name_of(found.kind)},
                                  .charged = found.stated,
                                  .decided = found.decided,
                                  .recorded_at = accepted_at_,
                                  .line = found.line,
                                  .what = found.what});
}

void Desk::put_discrepancy(store::DiscrepancyRow row) {
    resolved_[row.id] = row;
    rows.discrepancies.push_back(std::move(row));
}

void Desk::put_console_user(store::ConsoleUserRow row) {
    users_[{row.org, row.name}] = row;
    rows.console_users.push_back({.row = std::move(row)});
}

void Desk::remove_console_user(const store::ConsoleUserRow& row) {
    users_[{row.org, row.name}] = std::nullopt;
    rows.console_users.push_back({.row = row, .is_removal = true});
}

void Desk::release(const store::CommandKey& key) {
    released_.push_back(key);
    rows.quarantine_released.push_back(key);
}

void Desk::announce(const std::string& organisation, std::optional<AccountId> account, std::string_view topic,
                    std::string_view cause, std::string payload) {
    rows.outbox.push_back({.org = organisation,
                           .account = account,
                           .id = next_id(cause, topic),
                           .topic = std::string{topic},
                           .payload = std::move(payload),
                           .created_at = accepted_at_});
}

// -- The batch --------------------------------------------------------------------------------------------------------------

void Desk::absorb(Desk&& above) {
    if (above.world_ != nullptr) world_ = std::move(above.world_);
    for (auto& [key, owner] : above.owners_) owners_[key] = std::move(owner);
    for (auto& [key, row] : above.accounts_) accounts_[key] = std::move(row);
    for (auto& [key, claim] : above.claims_) claims_[key] = std::move(claim);
    for (auto& [key, card] : above.cards_) cards_[key] = std::move(card);
    for (auto& [key, receipt] : above.receipts_) receipts_[key] = std::move(receipt);
    for (auto& [key, row] : above.records_) records_[key] = std::move(row);
    for (auto& [key, row] : above.remembered_) remembered_[key] = std::move(row);
    for (auto& [id, row] : above.resolved_) resolved_[id] = std::move(row);
    for (auto& [key, row] : above.users_) users_[key] = std::move(row);
    for (const auto& [name, drawn] : above.drawn_) drawn_[name] = drawn;
    released_.insert(released_.end(), above.released_.begin(), above.released_.end());
    rows.append(std::move(above.rows));
    changes_products = changes_products || above.changes_products;
}

bool Desk::is_empty() const { return rows.is_empty() && owners_.empty() && drawn_.empty() && world_ == nullptr; }

const store::ClaimRow* Desk::added_claim() const {
    std::set<store::ClaimKey> removed;
    for (const store::ClaimChange& change : rows.claims) {
        if (change.is_removal) {
            removed.insert(change.row.key);
        } else if (!removed.contains(change.row.key)) {
            return &change.row;  // and one that is moved was there before
        }
    }
    return nullptr;
}

bool Desk::has_witness() const { return !owners_.empty() || added_claim() != nullptr; }

bool Desk::is_written_seen() const {
    if (!below_->owners_.empty()) {
        const auto& [key, owner] = *below_->owners_.begin();
        const auto state = source_->store().find_state(key);
        return state && state->version >= owner->state->version;
    }
    const store::ClaimRow* claim = below_->added_claim();
    return claim != nullptr && source_->store().find_claim(claim->key).has_value();
}

void Desk::flush(const std::string& holder, Instant now) {
    for (auto& [key, owner] : owners_) {
        ++owner->state->version;
        rows.states.push_back(*owner->state);
    }
    for (const auto& [name, drawn] : drawn_) {
        const std::optional<store::Pool> before = pool(name);
        const std::int64_t by = drawn.after - (before ? drawn_of(*before) : 0);
        PoolWrites writes = draw(before, name, by, drawn.total, holder, now);
        if (writes.row) rows.pools.push_back(*std::move(writes.row));
        std::move(writes.portions.begin(), writes.portions.end(), std::back_inserter(rows.portions));
        pools_[name] = std::move(writes.after);
    }
}

void Desk::remember(Source& source) const {
    if (world_ != nullptr) source.set_world(world_);
    source.forget_names(rows.claims, rows.cards);
    for (const auto& [key, owner] : owners_) source.remember_owner(key, owner);
    // After the owners, of whom some may have been laid here before their account changed.
    for (const auto& [key, row] : accounts_) source.remember_account(row);
    for (const auto& [name, drawn] : drawn_) source.remember_pool(name, *pools_.at(name));
    for (const store::CommandKey& key : released_) source.quarantine().release(key);
    if (changes_products) source.forget_products();
}

std::uint32_t wallet_index(store::StateRow& state, const std::string& unit) {
    const auto at = std::lower_bound(state.wallets.begin(), state.wallets.end(), unit,
                                     [](const ledger::Wallet& wallet, const std::string& name) { return wallet.unit < name; });
    const auto index = static_cast<std::uint32_t>(at - state.wallets.begin());
    if (at == state.wallets.end() || at->unit != unit) state.wallets.insert(at, ledger::Wallet{.unit = unit});
    return index;
}

const ledger::Wallet* find_wallet(const std::optional<store::StateRow>& state, const std::string& unit) {
    return state ? engine::find_wallet(state->wallets, unit) : nullptr;
}

}  // namespace suki::app
