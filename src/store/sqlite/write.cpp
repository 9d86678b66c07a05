#include <array>

#include "base/check.h"
#include "base/limits.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/statements.h"

/// One batch, one database transaction.
namespace suki::store::sqlite {

namespace {

template <class Row>
concept HasBucket = requires(const Row& row) { bucket_of(row); };

template <class Row>
std::int64_t run(Connection& connection, const char* sql, const Row& row) {
    Statement statement{connection, sql};
    if constexpr (HasBucket<Row>) statement.bind(bucket_of(row));
    statement.bind_all(columns_of(row));
    bind_rest(statement, row);
    return statement.run();
}

/// A row that is written once.
template <class Row>
void insert(Connection& connection, const char* table, const char* sql, const Row& row) {
    if (run(connection, sql, row) == 0) throw Conflict{table, "already there: " + describe(row)};
}

/// A row that follows its own versions.
template <class Row>
void write_version(Connection& connection, const char* table, const char* insert_sql, const char* update_sql, const Row& row) {
    if (run(connection, row.version == 1 ? insert_sql : update_sql, row) == 0) {
        throw Conflict{table, "not at version " + std::to_string(row.version - 1) + ": " + describe(row)};
    }
}

template <class Row>
void put(Connection& connection, const char* table, const char* sql, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        if (run(connection, sql, row) == 0) throw Conflict{table, "belongs to another: " + describe(row)};
    }
}

void remove_commands(Connection& connection, const char* sql, const std::vector<CommandKey>& keys) {
    for (const CommandKey& key : keys) {
        Statement statement{connection, sql};
        bind_keys(statement, bucket_of(key), key.org, key.command_hash);
        statement.run();
    }
}

void put_word(Connection& connection, int bucket, const std::string& org, AccountId account, MemberId member,
              const std::string& programme, const SearchWord& word) {
    Statement statement{connection, sql::put_member_word};
    bind_keys(statement, bucket, org, account, member, word.field, word.word, programme);
    statement.run();
}

void write_member(Connection& connection, const MemberRow& row) {
    write_version(connection, "member", sql::insert_member, sql::update_member, row);
    const int bucket = bucket_of(row);
    if (row.version > 1) {
        Statement statement{connection, sql::delete_member_words};
        bind_keys(statement, bucket, row.org, row.account, row.id);
        statement.run();
    }
    for (const SearchWord& word : search_words(row)) {
        put_word(connection, bucket, row.org, row.account, row.id, row.programme, word);
    }
}

void write_card(Connection& connection, const CardRow& row) {
    run(connection, sql::put_card, row);
    const int bucket = bucket_of(row);
    const SearchWord word{"card", folded_text(row.number)};
    {
        // The card may have been another's of this account.
        Statement statement{connection, sql::delete_card_word};
        bind_keys(statement, bucket, row.org, row.account, word.word);
        statement.run();
    }
    put_word(connection, bucket, row.org, row.account, row.member, row.programme, word);
}

void write_claim(Connection& connection, const ClaimChange& change) {
    if (!change.is_removal) {
        insert(connection, "claim", sql::insert_claim, change.row);
        return;
    }
    const ClaimKey& key = change.row.key;
    Statement statement{connection, sql::delete_claim};
    bind_keys(statement, bucket_of(key), key.org, key.kind, key.programme, key.value, change.row.account);
    if (statement.run() == 0) throw Conflict{"claim", "not there to be removed: " + describe(change.row)};
}

void write_state(Connection& connection, const StateRow& row) {
    SUKI_CHECK(row.wallets.size() <= limits::units_per_programme);
    write_version(connection, "account_state", sql::insert_state, sql::update_state, row);
    {
        static_assert(limits::units_per_programme == 8, "delete_other_wallets has that many places");
        std::array<std::string, limits::units_per_programme> units;  // the empty name is no unit's
        for (std::size_t i = 0; i < row.wallets.size(); ++i) units[i] = row.wallets[i].unit;
        Statement statement{connection, sql::delete_other_wallets};
        bind_keys(statement, bucket_of(row), row.org, row.account, row.programme);
        for (const std::string& unit : units) statement.bind(unit);
        statement.run();
    }
    for (const ledger::Wallet& wallet : row.wallets) run(connection, sql::put_wallet, wallet_row(row, wallet));
}

void write_owners(Connection& connection, const Batch& batch) {
    for (const AccountRow& row : batch.accounts) {
        write_version(connection, "account", sql::insert_account, sql::update_account, row);
    }
    for (const MemberRow& row : batch.members) write_member(connection, row);
    for (const CardRow& row : batch.cards) write_card(connection, row);
    for (const ClaimChange& change : batch.claims) write_claim(connection, change);
    for (const StateRow& row : batch.states) write_state(connection, row);
    for (const EntryRow& row : batch.entries) insert(connection, "entry", sql::insert_entry, row);
}

void write_events(Connection& connection, const Batch& batch) {
    for (const ReceiptRow& row : batch.receipts) {
        write_version(connection, "receipt", sql::insert_receipt, sql::update_receipt, row);
    }
    for (const IdempotencyRow& row : batch.idempotency) insert(connection, "idempotency", sql::insert_idempotency, row);
    for (const ActivityRow& row : batch.activities) insert(connection, "activity", sql::insert_activity, row);
    for (const OutboxRow& row : batch.outbox) insert(connection, "outbox", sql::insert_outbox, row);
    for (const OutboxRow& row : batch.outbox_delivered) {
        Statement statement{connection, sql::delete_outbox};
        bind_keys(statement, bucket_of(row), row.id);
        statement.run();
    }
    put(connection, "discrepancy", sql::put_discrepancy, batch.discrepancies);
    put(connection, "quarantine", sql::put_quarantine, batch.quarantine);
    remove_commands(connection, sql::delete_quarantine, batch.quarantine_released);
    put(connection, "suspect", sql::put_suspect, batch.suspects);
    remove_commands(connection, sql::delete_suspect, batch.suspects_cleared);
    for (const PoolRow& row : batch.pools) write_version(connection, "pool", sql::insert_pool, sql::update_pool, row);
}

void write_console_user(Connection& connection, const ConsoleUserChange& change) {
    const auto remove = [&](const char* sql) {
        Statement statement{connection, sql};
        bind_keys(statement, change.row.org, change.row.name);
        statement.run();
    };
    if (change.is_removal) {
        remove(sql::delete_console_user);
    } else {
        run(connection, sql::put_console_user, change.row);
    }
    remove(sql::delete_sessions_of);
}

void write_access(Connection& connection, const Batch& batch) {
    put(connection, "api_key", sql::put_api_key, batch.api_keys);
    for (const ConsoleUserChange& change : batch.console_users) write_console_user(connection, change);
    put(connection, "session", sql::put_session, batch.sessions);
    for (const Digest& token_hash : batch.sessions_ended) {
        Statement statement{connection, sql::delete_session};
        statement.bind(token_hash);
        statement.run();
    }
    if (batch.sessions_expired_by) {
        Statement statement{connection, sql::delete_expired_sessions};
        statement.bind(*batch.sessions_expired_by);
        statement.run();
    }
    put(connection, "secret", sql::put_secret, batch.secrets);
}

void write_all(Connection& connection, const Batch& batch) {
    put(connection, "organisation", sql::put_organisation, batch.organisations);
    put(connection, "programme", sql::put_programme, batch.programmes);
    for (const EditionRow& row : batch.editions) insert(connection, "edition", sql::insert_edition, row);
    write_owners(connection, batch);
    write_events(connection, batch);
    put(connection, "product", sql::put_product, batch.products);
    put(connection, "place", sql::put_place, batch.places);
    write_access(connection, batch);
    put(connection, "import_progress", sql::put_import, batch.imports);
}

/// A fault here leaves open whether the log already holds the commit.
void commit_transaction(Connection& connection) {
    Statement statement{connection, sql::commit};
    try {
        statement.run();
    } catch (StoreFault& fault) {
        fault.is_outcome_unknown = true;
        throw;
    }
}

}  // namespace

void SqliteStore::commit(const Batch& batch) {
    if (batch.is_empty()) return;
    const std::lock_guard guard{writer_mutex_};
    Connection& connection = *writer_;
    Statement{connection, sql::begin}.run();
    try {
        write_all(connection, batch);
        commit_transaction(connection);
    } catch (...) {
        connection.roll_back();
        throw;
    }
    // Beyond this the batch is durable: a fault may only be the loss of the answer.
    failure_.count("answer after commit", true);
}

}  // namespace suki::store::sqlite
