#pragma once

#include <string>

#include "base/bytes.h"
#include "store/relational/columns.h"

/// Whole rows, checked as they are read.
namespace suki::store::relational {

/// What a fault calls a row: enough to find it, nothing personal.
inline std::string describe(const AccountRow& r) { return "account " + r.id.text(); }
inline std::string describe(const MemberRow& r) { return "member " + r.id.text() + " of " + r.account.text(); }
inline std::string describe(const CardRow& r) { return "card of " + r.account.text(); }
inline std::string describe(const ClaimRow& r) {
    return "claim of a " + std::string{name_of(r.key.kind)} + (r.account ? " by " + r.account->text() : std::string{});
}
inline std::string describe(const StateRow& r) { return "account_state " + r.account.text() + " in " + r.programme; }
inline std::string describe(const WalletRow& r) { return "wallet " + r.unit + " of " + r.account.text() + " in " + r.programme; }
inline std::string describe(const EntryRow& r) {
    return "entry " + std::to_string(r.sequence) + " of " + r.account.text() + " in " + r.programme;
}
inline std::string describe(const ReceiptRow& r) { return "receipt " + r.id + " in " + r.programme; }
inline std::string describe(const EditionRow& r) { return "edition " + std::to_string(r.number) + " of " + r.programme; }
inline std::string describe(const IdempotencyRow& r) { return "idempotency key of " + r.api_key; }
inline std::string describe(const ActivityRow& r) { return "activity " + r.id + " of " + r.account.text() + " in " + r.programme; }
inline std::string describe(const RecordRow& r) { return "record " + id_text("rec", r.id) + " in " + r.programme; }
inline std::string describe(const OutboxRow& r) { return "outbox " + id_text("out", r.id); }
inline std::string describe(const DiscrepancyRow& r) { return "discrepancy " + id_text("dis", r.id) + " in " + r.programme; }
inline std::string describe(const PoolRow& r) { return "pool " + r.key + " in " + r.programme; }
inline std::string describe(const PortionRow& r) { return "portion of " + r.key + " in " + r.programme; }
inline std::string describe(const AuditRow& r) {
    return "audit " + std::to_string(r.number) + " of chain " + std::to_string(r.chain);
}
inline std::string describe(const AuditRootRow& r) { return "audit_root " + std::to_string(r.number); }
inline std::string describe(const ProductRow& r) { return "product " + r.product.sku; }
inline std::string describe(const PlaceRow& r) { return "place " + r.place.id; }
inline std::string describe(const ApiKeyRow& r) { return "api_key " + r.id; }
template <class Row>
std::string describe(const Row&) {
    return "row";
}

/// The columns after those of columns_of.
inline void bind_rest(Binder& s, const StateRow& r) { s.bind_blob(pack_state(r)); }
inline void bind_rest(Binder& s, const EntryRow& r) { s.bind(checksum_of(r)); }
inline void bind_rest(Binder& s, const ReceiptRow& r) { s.bind(checksum_of(r)); }
inline void bind_rest(Binder& s, const RecordRow& r) { s.bind(checksum_of(r)); }
template <class Row>
void bind_rest(Binder&, const Row&) {}

inline bool read_rest(Statement& s, StateRow& r) {
    std::string packed;
    s.read_blob(packed);
    return unpack_state(packed, r);
}
template <class Row>
bool is_checksum_right(Statement& s, const Row& r) {
    std::int64_t checksum = 0;
    s.read(checksum);
    return checksum == checksum_of(r);
}
inline bool read_rest(Statement& s, EntryRow& r) { return is_checksum_right(s, r); }
inline bool read_rest(Statement& s, ReceiptRow& r) { return is_checksum_right(s, r) && unseal(r.packed).has_value(); }
inline bool read_rest(Statement& s, RecordRow& r) { return is_checksum_right(s, r) && unseal(r.packed).has_value(); }
template <class Row>
bool read_rest(Statement&, Row&) {
    return true;
}

/// The row that the statement stands on. Throws a StoreFault that names it when it is damaged.
template <class Row>
Row read_row(Statement& s) {
    Row row;
    bool is_sound = false;
    std::string why;
    try {
        s.read_all(columns_of(row));
        is_sound = read_rest(s, row);
    } catch (const StoreFault& fault) {
        why = std::string{": "} + fault.what();
    }
    if (!is_sound) throw StoreFault{"damaged row: " + describe(row) + why, false};
    return row;
}

}  // namespace suki::store::relational
