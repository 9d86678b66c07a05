#include <array>
#include <set>

#include "base/check.h"
#include "base/limits.h"
#include "store/relational/rows.h"
#include "store/relational/statements.h"
#include "store/relational/writer.h"

/// One batch as statements, in the order of its lists.
namespace suki::store::relational {

namespace {

template <class Row>
concept HasBucket = requires(const Row& row) { bucket_of(row); };

template <class Row>
auto binding(const Row& row) {
    return [&row](Binder& binder) {
        if constexpr (HasBucket<Row>) binder.bind(bucket_of(row));
        binder.bind_all(columns_of(row));
        bind_rest(binder, row);
    };
}

/// The values themselves, in this order.
template <class... Values>
auto keys(const Values&... values) {
    return [&](Binder& binder) { (binder.bind(values), ...); };
}

/// A row that is written once.
template <class Row>
void insert(Writer& writer, const char* table, const Sql& sql, const Row& row) {
    writer.write(sql, binding(row), table, [&row] { return "already there: " + describe(row); });
}

/// A row that follows its own versions.
template <class Row>
void write_version(Writer& writer, const char* table, const Sql& insert_sql, const Sql& update_sql, const Row& row) {
    writer.write(row.version == 1 ? insert_sql : update_sql, binding(row), table,
                 [&row] { return "not at version " + std::to_string(row.version - 1) + ": " + describe(row); });
}

template <class Row>
void put(Writer& writer, const char* table, const Sql& sql, const std::vector<Row>& rows) {
    for (const Row& row : rows) writer.write(sql, binding(row), table, [&row] { return "belongs to another: " + describe(row); });
}

/// Which rows may be written statement by statement instead of row by row: those before one that comes a second time.
template <class Row, class Key, class Write>
void in_stretches(const std::vector<Row>& rows, const Key& key, const Write& write) {
    std::size_t begin = 0;
    std::set<decltype(key(rows.front()))> seen;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (seen.insert(key(rows[i])).second) continue;
        write(std::span{rows}.subspan(begin, i - begin));
        begin = i;
        seen = {key(rows[i])};
    }
    if (begin < rows.size()) write(std::span{rows}.subspan(begin));
}

void write_members(Writer& writer, std::span<const MemberRow> rows) {
    for (const MemberRow& row : rows) write_version(writer, "member", sql::insert_member, sql::update_member, row);
    for (const MemberRow& row : rows) {
        if (row.version > 1) writer.write(sql::delete_member_words, keys(bucket_of(row), row.org, row.account, row.id));
    }
    for (const MemberRow& row : rows) {
        for (const SearchWord& word : search_words(row)) {
            writer.write(sql::put_member_word,
                         keys(bucket_of(row), row.org, row.account, row.id, word.field, word.word, row.programme));
        }
    }
}

void write_cards(Writer& writer, std::span<const CardRow> rows) {
    for (const CardRow& row : rows) writer.write(sql::put_card, binding(row));
    for (const CardRow& row : rows) {
        // The card may have been another's of this account.
        writer.write(sql::delete_card_word, keys(bucket_of(row), row.org, row.account, folded_text(row.number)));
    }
    for (const CardRow& row : rows) {
        writer.write(sql::put_member_word, keys(bucket_of(row), row.org, row.account, row.member, std::string_view{"card"},
                                                folded_text(row.number), row.programme));
    }
}

void write_claim(Writer& writer, const ClaimChange& change) {
    if (!change.is_removal) {
        insert(writer, "claim", sql::insert_claim, change.row);
        return;
    }
    const ClaimRow& row = change.row;
    writer.write(sql::delete_claim,
                 keys(bucket_of(row.key), row.key.org, row.key.kind, row.key.programme, row.key.value, row.account), "claim",
                 [&row] { return "not there to be removed: " + describe(row); });
}

void delete_other_wallets(Writer& writer, const StateRow& row) {
    SUKI_CHECK(row.wallets.size() <= limits::units_per_programme);
    static_assert(limits::units_per_programme == 8, "delete_other_wallets has that many places");
    std::array<std::string, limits::units_per_programme> units;  // the empty name is no unit's
    for (std::size_t i = 0; i < row.wallets.size(); ++i) units[i] = row.wallets[i].unit;
    writer.write(sql::delete_other_wallets, [&](Binder& binder) {
        keys(bucket_of(row), row.org, row.account, row.programme)(binder);
        for (const std::string& unit : units) binder.bind(unit);
    });
}

void write_states(Writer& writer, std::span<const StateRow> rows) {
    for (const StateRow& row : rows) {
        write_version(writer, "account_state", sql::insert_state, sql::update_state, row);
    }
    for (const StateRow& row : rows) delete_other_wallets(writer, row);
    for (const StateRow& row : rows) {
        for (const ledger::Wallet& wallet : row.wallets) {
            const WalletRow balances = wallet_row(row, wallet);
            writer.write(sql::put_wallet, binding(balances));
        }
    }
}

void write_owners(Writer& writer, const Batch& batch) {
    for (const AccountRow& row : batch.accounts) {
        write_version(writer, "account", sql::insert_account, sql::update_account, row);
    }
    in_stretches(
        batch.members, [](const MemberRow& row) { return row.id; },
        [&](std::span<const MemberRow> rows) { write_members(writer, rows); });
    in_stretches(
        batch.cards, [](const CardRow& row) { return std::pair{row.org, row.number}; },
        [&](std::span<const CardRow> rows) { write_cards(writer, rows); });
    for (const ClaimChange& change : batch.claims) write_claim(writer, change);
    in_stretches(
        batch.states, [](const StateRow& row) { return std::tuple{row.org, row.account, row.programme}; },
        [&](std::span<const StateRow> rows) { write_states(writer, rows); });
    for (const EntryRow& row : batch.entries) insert(writer, "entry", sql::insert_entry, row);
}

void remove_commands(Writer& writer, const Sql& sql, const std::vector<CommandKey>& commands) {
    for (const CommandKey& key : commands) writer.write(sql, keys(bucket_of(key), key.org, key.command_hash));
}

void write_portion(Writer& writer, const PortionChange& change) {
    const PortionRow& row = change.row;
    if (!change.is_removal) return write_version(writer, "portion", sql::insert_portion, sql::update_portion, row);
    writer.write(sql::delete_portion,
                 keys(bucket_of(row), row.org, row.programme, row.key, row.period_start, row.holder, row.version), "portion",
                 [&row] { return "not at version " + std::to_string(row.version - 1) + ": " + describe(row); });
}

void write_events(Writer& writer, const Batch& batch) {
    for (const ReceiptRow& row : batch.receipts) {
        write_version(writer, "receipt", sql::insert_receipt, sql::update_receipt, row);
    }
    for (const IdempotencyRow& row : batch.idempotency) insert(writer, "idempotency", sql::insert_idempotency, row);
    for (const ActivityRow& row : batch.activities) insert(writer, "activity", sql::insert_activity, row);
    for (const RecordRow& row : batch.records) write_version(writer, "record", sql::insert_record, sql::update_record, row);
    for (const OutboxRow& row : batch.outbox) insert(writer, "outbox", sql::insert_outbox, row);
    for (const OutboxRow& row : batch.outbox_delivered) writer.write(sql::delete_outbox, keys(bucket_of(row), row.id));
    put(writer, "discrepancy", sql::put_discrepancy, batch.discrepancies);
    put(writer, "quarantine", sql::put_quarantine, batch.quarantine);
    remove_commands(writer, sql::delete_quarantine, batch.quarantine_released);
    put(writer, "suspect", sql::put_suspect, batch.suspects);
    remove_commands(writer, sql::delete_suspect, batch.suspects_cleared);
    for (const PoolRow& row : batch.pools) write_version(writer, "pool", sql::insert_pool, sql::update_pool, row);
    for (const PortionChange& change : batch.portions) write_portion(writer, change);
    for (const AuditRow& row : batch.audit) insert(writer, "audit", sql::insert_audit, row);
    for (const AuditRootRow& row : batch.audit_roots) insert(writer, "audit_root", sql::insert_audit_root, row);
}

void write_console_user(Writer& writer, const ConsoleUserChange& change) {
    if (change.is_removal) {
        writer.write(sql::delete_console_user, keys(change.row.org, change.row.name));
    } else {
        writer.write(sql::put_console_user, binding(change.row));
    }
    writer.write(sql::delete_sessions_of, keys(change.row.org, change.row.name));
}

void write_access(Writer& writer, const Batch& batch) {
    put(writer, "api_key", sql::put_api_key, batch.api_keys);
    for (const ConsoleUserChange& change : batch.console_users) write_console_user(writer, change);
    put(writer, "session", sql::put_session, batch.sessions);
    for (const SessionProlonged& session : batch.sessions_prolonged) {
        writer.write(sql::prolong_session, keys(session.token_hash, session.expires_at));
    }
    for (const Digest& token_hash : batch.sessions_ended) writer.write(sql::delete_session, keys(token_hash));
    if (batch.sessions_expired_by) writer.write(sql::delete_expired_sessions, keys(*batch.sessions_expired_by));
    put(writer, "secret", sql::put_secret, batch.secrets);
}

}  // namespace

void write_batch(Writer& writer, const Batch& batch) {
    put(writer, "organisation", sql::put_organisation, batch.organisations);
    put(writer, "programme", sql::put_programme, batch.programmes);
    for (const EditionRow& row : batch.editions) insert(writer, "edition", sql::insert_edition, row);
    write_owners(writer, batch);
    write_events(writer, batch);
    put(writer, "product", sql::put_product, batch.products);
    put(writer, "place", sql::put_place, batch.places);
    write_access(writer, batch);
}

}  // namespace suki::store::relational
