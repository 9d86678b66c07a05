#include <map>
#include <optional>

#include "store/relational/relational_store.h"
#include "store/relational/statements.h"

/// Rows of many keys, asked for together.
namespace suki::store::relational {

namespace {

/// The rows of some keys: asked for when the connection starts what it was asked for, or at once where it can't wait.
template <class Row>
class Asked {
public:
    /// `bind(Binder&, key)` binds one key.
    template <class Key, class Bind>
    Asked(Connection& connection, std::vector<Cursor*>& together, const Sql& sql, const std::vector<Key>& keys, const Bind& bind) {
        if (keys.empty()) return;
        if (Cursor* cursor = connection.open_many(sql)) {
            statement_.emplace(*cursor, sql);
            for (const Key& key : keys) bind(*statement_, key);
            together.push_back(cursor);
            return;
        }
        for (const Key& key : keys) {
            Statement statement{connection, sql};
            bind(statement, key);
            read_all(statement);
        }
    }
    /// After the start.
    std::vector<Row> take() {
        if (statement_) read_all(*statement_);
        return std::move(rows_);
    }

private:
    void read_all(Statement& statement) {
        while (statement.step()) rows_.push_back(read_row<Row>(statement));
    }

    std::vector<Row> rows_;
    std::optional<Statement> statement_;
};

/// An account in two programmes is asked for twice; its rows then come twice as well, and are told apart by their keys.
std::vector<std::pair<OwnerKey, Owner>> put_together(const std::vector<OwnerKey>& keys, std::vector<AccountRow> account_rows,
                                                     std::vector<MemberRow> member_rows, std::vector<StateRow> state_rows) {
    std::map<std::pair<std::string, AccountId>, AccountRow> accounts;
    for (AccountRow& row : account_rows) accounts.insert_or_assign({row.org, row.id}, std::move(row));
    std::map<OwnerKey, std::map<MemberId, MemberRow>> members;
    for (MemberRow& row : member_rows) members[{row.org, row.account, row.programme}].insert_or_assign(row.id, std::move(row));
    std::map<OwnerKey, StateRow> states;
    for (StateRow& row : state_rows) states.insert_or_assign({row.org, row.account, row.programme}, std::move(row));
    std::vector<std::pair<OwnerKey, Owner>> owners;
    for (const OwnerKey& key : keys) {
        const auto account = accounts.find({key.org, key.account});
        if (account == accounts.end()) continue;
        Owner owner{.account = account->second};
        if (const auto found = members.find(key); found != members.end()) {
            for (const auto& [id, member] : found->second) owner.members.push_back(member);
        }
        if (const auto state = states.find(key); state != states.end()) owner.state = state->second;
        owners.emplace_back(key, std::move(owner));
    }
    return owners;
}

std::vector<Pool> put_together(std::vector<PoolRow> rows, std::vector<PortionRow> portions) {
    const auto key_of = [](const auto& row) { return PoolKey{row.org, row.programme, row.key, row.period_start}; };
    std::map<PoolKey, Pool> pools;
    for (PoolRow& row : rows) pools[key_of(row)].row = std::move(row);
    for (PortionRow& row : portions) {
        if (const auto pool = pools.find(key_of(row)); pool != pools.end()) pool->second.portions.push_back(std::move(row));
    }
    std::vector<Pool> found;
    for (auto& [key, pool] : pools) found.push_back(std::move(pool));
    return found;
}

}  // namespace

Found RelationalStore::look_up(const Wanted& wanted) {
    const Lease lease{*this};
    const Snapshot snapshot{*lease};
    std::vector<Cursor*> together;
    Asked<ClaimRow> claims{*lease, together, sql::find_claim, wanted.claims, [](Binder& binder, const ClaimKey& key) {
                               bind_keys(binder, bucket_of(key), key.org, key.kind, key.programme, key.value);
                           }};
    Asked<IdempotencyRow> idempotencies{
        *lease, together, sql::find_idempotency, wanted.idempotencies, [](Binder& binder, const IdempotencyKey& key) {
            bind_keys(binder, store::bucket_of(std::string_view{key.key}), key.org, key.api_key, key.key);
        }};
    Asked<CardRow> cards{*lease, together, sql::find_card, wanted.cards, [](Binder& binder, const CardKey& key) {
                             bind_keys(binder, store::bucket_of(key.account.bits), key.org, key.account, key.number);
                         }};
    const auto bind_account = [](Binder& binder, const OwnerKey& key) {
        bind_keys(binder, store::bucket_of(key.account.bits), key.org, key.account);
    };
    Asked<AccountRow> accounts{*lease, together, sql::find_account, wanted.owners, bind_account};
    Asked<MemberRow> members{*lease, together, sql::members_of, wanted.owners, bind_account};
    Asked<StateRow> states{*lease, together, sql::find_state, wanted.owners, [&](Binder& binder, const OwnerKey& key) {
                               bind_account(binder, key);
                               binder.bind(key.programme);
                           }};
    const auto bind_pool = [](Binder& binder, const PoolKey& key) {
        bind_keys(binder, store::bucket_of(std::string_view{key.key}), key.org, key.programme, key.key, key.period_start);
    };
    Asked<PoolRow> pools{*lease, together, sql::find_pool, wanted.pools, bind_pool};
    Asked<PortionRow> portions{*lease, together, sql::portions_of, wanted.pools, bind_pool};
    (*lease).start_together(together);
    return {.claims = claims.take(),
            .idempotencies = idempotencies.take(),
            .cards = cards.take(),
            .owners = put_together(wanted.owners, accounts.take(), members.take(), states.take()),
            .pools = put_together(pools.take(), portions.take())};
}

}  // namespace suki::store::relational
