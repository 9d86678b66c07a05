#pragma once

#include <concepts>
#include <string>
#include <tuple>

#include "store/packing.h"
#include "store/relational/connection.h"
#include "store/store.h"

/// Which columns a row has, said once for writing and reading: `columns_of(row)` lists them in the order in which every statement
/// of statements.h names them, the bucket before them left out, a checksum after them too.
namespace suki::store::relational {

template <class R, class Row>
concept RowOf = std::same_as<std::remove_const_t<R>, Row>;

/// References to fields; wrappers are kept by value.
template <class... T>
std::tuple<T...> columns(T&&... fields) {
    return {std::forward<T>(fields)...};
}

/// A field that is one blob column.
template <auto pack_field, auto unpack_field, class T>
struct Packed {
    T& field;
    void bind_to(Binder& statement) const { statement.bind_blob(pack_field(field)); }
    void read_from(Statement& statement) const {
        std::string blob;
        statement.read_blob(blob);
        if (!unpack_field(blob, field)) throw StoreFault{"damaged packed column", false};
    }
};
template <class T>
Packed<&pack_facts, &unpack_facts, T> facts(T& field) {
    return {field};
}
template <class T>
Packed<&pack_lots, &unpack_lots, T> lots(T& field) {
    return {field};
}
template <class T>
Packed<&pack_texts, &unpack_texts, T> texts(T& field) {
    return {field};
}
template <class T>
Packed<&pack_localised, &unpack_localised, T> localised(T& field) {
    return {field};
}

template <class T>
Packed<&pack_audit_heads, &unpack_audit_heads, T> audit_heads(T& field) {
    return {field};
}

/// One column a book.
template <class T>
struct Books {
    T& legs;
    void bind_to(Binder& statement) const {
        for (const Points leg : legs) statement.bind(leg);
    }
    void read_from(Statement& statement) const {
        for (Points& leg : legs) statement.read(leg);
    }
};
template <class T>
Books<T> books(T& legs) {
    return {legs};
}

template <RowOf<OrganisationRow> R>
auto columns_of(R& r) {
    return columns(r.id, r.name, r.created_at);
}
template <RowOf<ProgrammeRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.id, r.name, r.created_at);
}
template <RowOf<EditionRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.programme, r.number, r.effective_on, r.document, r.hash, r.semantics, r.published_at, r.published_by,
                   r.note);
}
template <RowOf<AccountRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.id, r.kind, r.created_at, r.merged_into, r.version);
}
template <RowOf<MemberRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.account, r.id, r.programme, r.external_id, r.name, r.phone, r.email, r.language, facts(r.facts),
                   r.status, r.joined_on, r.created_at, r.version);
}
template <RowOf<CardRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.account, r.number, r.member, r.programme, r.kind, r.status, r.issued_at, r.category, r.batch);
}
template <RowOf<ClaimRow> R>
auto columns_of(R& r) {
    return columns(r.key.org, r.key.kind, r.key.programme, r.key.value, r.account, r.member, r.other);
}
/// Without the packed column, which needs the others first.
template <RowOf<StateRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.account, r.programme, r.entries, r.version, r.counted_to, r.recorded_at);
}
template <RowOf<WalletRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.account, r.programme, r.unit, r.pending, r.available, r.held, r.owed, r.next_due_at);
}
template <RowOf<EntryRow> R>
auto columns_of(R& r) {
    auto& e = r.entry;
    return columns(r.org, r.account, r.programme, r.sequence, e.id, e.unit, e.kind, e.occurred_at, e.recorded_at, e.effective_at,
                   e.cause, e.offer, e.clause, e.edition, books(e.legs), lots(e.lots), e.reason, e.author);
}
template <RowOf<ReceiptRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.programme, r.id, r.account, r.member, r.store, r.occurred_at, r.recorded_at, r.date, r.edition,
                   r.list_total, r.total, r.paid, r.is_returned, bytes(r.packed), r.version);
}
template <RowOf<RecordRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.id, r.programme, r.kind, r.account, r.member, r.subject, r.place, r.status, r.created_at, r.due_at,
                   bytes(r.packed), r.version);
}
template <RowOf<IdempotencyRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.api_key, r.key, r.command_hash, r.hash_version, r.status, r.response, r.account, r.recorded_at);
}
template <RowOf<ActivityRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.account, r.programme, r.id, r.member, r.kind, r.store, r.occurred_at, r.recorded_at, r.date);
}
template <RowOf<OutboxRow> R>
auto columns_of(R& r) {
    return columns(r.id, r.org, r.account, r.topic, r.payload, r.created_at);
}
template <RowOf<DiscrepancyRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.programme, r.id, r.account, r.receipt, r.kind, r.charged, r.decided, r.recorded_at, r.resolved_at,
                   r.resolved_by, r.line, r.what, r.note);
}
template <RowOf<QuarantineRow> R>
auto columns_of(R& r) {
    return columns(r.key.org, r.key.command_hash, r.command, r.reason, r.recorded_at, r.subject);
}
template <RowOf<SuspectRow> R>
auto columns_of(R& r) {
    return columns(r.key.org, r.key.command_hash, r.command, r.subject, r.deaths, r.last_death, r.recorded_at);
}
template <RowOf<PoolRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.programme, r.key, r.period_start, r.drawn, r.version);
}
template <RowOf<PortionRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.programme, r.key, r.period_start, r.holder, r.undrawn, r.touched_at, r.version);
}
/// The chain is the bucket, and stands first.
template <RowOf<AuditRow> R>
auto columns_of(R& r) {
    return columns(r.chain, r.org, r.number, r.at, r.actor, r.action, texts(r.subjects), r.outcome, r.request, r.hash);
}
template <RowOf<AuditRootRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.number, r.made_at, audit_heads(r.heads), r.hash);
}
template <RowOf<ProductRow> R>
auto columns_of(R& r) {
    auto& p = r.product;
    return columns(r.org, p.sku, localised(p.title), p.category, p.brand, p.unit, p.cost, texts(p.tags));
}
template <RowOf<PlaceRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.place.id, r.place.title, r.place.region, r.place.zone, r.place.place);
}
template <RowOf<ApiKeyRow> R>
auto columns_of(R& r) {
    return columns(r.id, r.org, r.secret_hash, texts(r.scopes), r.programme, r.store, r.label, r.created_at, r.revoked_at);
}
template <RowOf<ConsoleUserRow> R>
auto columns_of(R& r) {
    return columns(r.org, r.name, r.password_hash, r.role, r.created_at);
}
template <RowOf<SessionRow> R>
auto columns_of(R& r) {
    return columns(r.token_hash, r.org, r.user, r.csrf, r.created_at, r.expires_at);
}
template <RowOf<SecretRow> R>
auto columns_of(R& r) {
    return columns(r.name, bytes(r.value), r.created_at);
}
template <RowOf<UnitTotals> R>
auto columns_of(R& r) {
    return columns(r.unit, r.wallets, r.pending, r.available, r.held, r.owed);
}
template <RowOf<DayTotals> R>
auto columns_of(R& r) {
    return columns(r.date, r.receipts, r.paid);
}

inline int bucket_of(const AccountRow& r) { return store::bucket_of(r.id.bits); }
inline int bucket_of(const MemberRow& r) { return store::bucket_of(r.account.bits); }
inline int bucket_of(const CardRow& r) { return store::bucket_of(r.account.bits); }
inline int bucket_of(const ClaimKey& key) { return store::bucket_of(std::string_view{key.value}); }
inline int bucket_of(const ClaimRow& r) { return bucket_of(r.key); }
inline int bucket_of(const StateRow& r) { return store::bucket_of(r.account.bits); }
inline int bucket_of(const WalletRow& r) { return store::bucket_of(r.account.bits); }
inline int bucket_of(const EntryRow& r) { return store::bucket_of(r.account.bits); }
inline int bucket_of(const IdempotencyRow& r) { return store::bucket_of(std::string_view{r.key}); }
inline int bucket_of(const ActivityRow& r) { return store::bucket_of(r.account.bits); }
inline int bucket_of(const CommandKey& key) { return store::bucket_of(view_of(key.command_hash)); }
inline int bucket_of(const QuarantineRow& r) { return bucket_of(r.key); }
inline int bucket_of(const SuspectRow& r) { return bucket_of(r.key); }
inline int bucket_of(const PoolRow& r) { return store::bucket_of(std::string_view{r.key}); }
inline int bucket_of(const PortionRow& r) { return store::bucket_of(std::string_view{r.key}); }
inline int owner_bucket(const std::optional<AccountId>& account, std::string_view without_owner) {
    return account ? store::bucket_of(account->bits) : store::bucket_of(without_owner);
}
inline int bucket_of(const std::optional<AccountId>& account, const IdBits& without_owner) {
    return store::bucket_of(account ? account->bits : without_owner);
}
inline int bucket_of(const RecordRow& r) { return bucket_of(r.account, r.id); }
inline int bucket_of(const ReceiptRow& r) { return owner_bucket(r.account, r.id); }
inline int bucket_of(const DiscrepancyRow& r) { return owner_bucket(r.account, r.receipt); }
inline int bucket_of(const OutboxRow& r) { return r.account ? store::bucket_of(r.account->bits) : store::bucket_of(r.id); }

}  // namespace suki::store::relational
