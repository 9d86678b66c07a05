#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "store/relational/connection.h"
#include "store/relational/rows.h"
#include "store/store.h"

namespace suki::store::relational {

/// A connection for one reading thread, given back at the end.
class Lease;

/// All reading, the same for every relational database. What opens connections, writes and looks after the database is each one's
/// own.
class RelationalStore : public Store {
public:
    std::optional<OrganisationRow> find_organisation(const std::string& org) override;
    std::vector<OrganisationRow> organisations() override;
    std::optional<ProgrammeRow> find_programme(const std::string& org, const std::string& id) override;
    std::vector<ProgrammeRow> programmes(const std::string& org) override;
    std::optional<EditionRow> find_edition(const std::string& org, const std::string& programme, int number) override;
    std::vector<EditionRow> editions(const std::string& org, const std::string& programme) override;

    std::optional<AccountRow> find_account(const std::string& org, AccountId id) override;
    std::optional<Owner> load_owner(const OwnerKey& key) override;
    std::optional<StateRow> find_state(const OwnerKey& key) override;
    std::vector<WalletRow> wallets(const OwnerKey& key) override;
    std::optional<MemberRow> find_member(const std::string& org, AccountId account, MemberId id) override;
    std::vector<MemberRow> members_of(const std::string& org, AccountId account) override;
    std::vector<MemberRow> list_members(const MemberQuery& query) override;
    bool is_found_by_search(const MemberRow& row) override;
    bool is_found_by_search(const CardRow& row) override;
    std::optional<CardRow> find_card(const std::string& org, AccountId account, const std::string& number) override;
    std::vector<CardRow> cards_of(const std::string& org, AccountId account) override;
    std::optional<ClaimRow> find_claim(const ClaimKey& key) override;
    std::vector<DueOwner> owners_due_before(Instant until, const std::optional<DueOwner>& after, std::size_t limit) override;

    std::vector<EntryRow> list_entries(const EntryQuery& query) override;
    std::optional<ReceiptRow> find_receipt(const std::string& org, const std::string& programme, std::optional<AccountId> account,
                                           const std::string& id) override;
    std::vector<ReceiptRow> list_receipts(const ReceiptQuery& query) override;
    void receipts_recorded_since(const OwnerKey& key, Instant since, const std::function<bool(const ReceiptRow&)>& each) override;
    std::optional<IdempotencyRow> find_idempotency(const std::string& org, const std::string& api_key,
                                                   const std::string& key) override;
    std::optional<ActivityRow> find_activity(const OwnerKey& key, const std::string& id) override;
    std::vector<ActivityRow> activities_of(const OwnerKey& key, std::size_t limit) override;
    std::optional<RecordRow> find_record(const RecordKey& key) override;
    std::vector<RecordRow> list_records(const RecordQuery& query) override;
    std::vector<RecordRow> records_due_before(Instant until, std::size_t limit) override;
    std::vector<OutboxRow> read_outbox(std::size_t limit) override;
    OutboxBacklog outbox_backlog() override;
    std::vector<DiscrepancyRow> list_discrepancies(const DiscrepancyQuery& query) override;
    std::optional<DiscrepancyRow> find_discrepancy(const std::string& org, const std::string& programme, IdBits id) override;
    std::vector<QuarantineRow> quarantine() override;
    std::vector<SuspectRow> suspects() override;
    std::optional<Pool> find_pool(const PoolKey& key) override;
    std::vector<PortionRow> portions_touched_before(Instant since, std::size_t limit) override;
    std::vector<PoolRow> pools(const std::string& org, const std::string& programme) override;

    std::vector<catalogue::Product> find_products(const std::string& org, const std::vector<std::string>& skus) override;
    std::vector<catalogue::Product> list_products(const std::string& org, const std::string& prefix, const std::string& after,
                                                  std::size_t limit) override;
    std::optional<catalogue::Store> find_place(const std::string& org, const std::string& id) override;
    std::vector<catalogue::Store> places(const std::string& org) override;

    std::optional<ApiKeyRow> find_api_key(const std::string& id) override;
    std::vector<ApiKeyRow> api_keys(const std::string& org) override;
    std::optional<ConsoleUserRow> find_console_user(const std::string& org, const std::string& name) override;
    std::vector<ConsoleUserRow> console_users(const std::string& org) override;
    std::optional<SessionRow> find_session(const Digest& token_hash) override;
    std::optional<SecretRow> find_secret(const std::string& name) override;
    std::vector<SecretRow> secrets() override;

    std::optional<AuditRow> find_audit_head(const std::string& org, int chain) override;
    std::vector<AuditRow> list_audit(const AuditQuery& query) override;
    std::vector<int> audit_chains_since(const std::string& org, Instant since) override;
    std::optional<AuditRootRow> find_audit_root(const std::string& org) override;

    Found look_up(const Wanted& wanted) override;

    Overview overview(const std::string& org, const std::string& programme, Date today) override;
    std::vector<DayTotals> daily_totals(const std::string& org, const std::string& programme, DateRange range) override;
    void in_one_picture(const std::function<void()>& read) override;
    void visit(const Visitor& visitor) override;
    std::string newer_migration() override;
    void read_everything(ContentSink& sink, const ContentProgress& told) override;
    std::vector<AccountId> accounts_counted_below(const std::string& org, const std::string& programme, int edition,
                                                  const std::optional<AccountId>& after, std::size_t limit) override;

    void fail_at(std::int64_t n) override { failure_.set(n); }
    [[nodiscard]] bool is_failure_pending() const override { return failure_.is_pending(); }

protected:
    friend class Lease;

    [[nodiscard]] virtual std::unique_ptr<Connection> connect_reader() = 0;
    /// A connection that everybody shares, one at a time (a database in memory has no other), or null.
    [[nodiscard]] virtual Connection* only_connection() { return nullptr; }

    /// When nobody reads any more.
    void close_readers();

    std::size_t migrations_known_ = 0;  // by this binary
    Failure failure_;
    // Recursive, because with a shared connection a callback that reads comes back to what its own reading holds.
    std::recursive_mutex writer_mutex_;

private:
    /// The one row of a query by key, or none.
    template <class Row, class... Keys>
    std::optional<Row> find(const Sql& sql, const Keys&... keys);
    template <class Row, class... Keys>
    std::vector<Row> list(const Sql& sql, const Keys&... keys);
    template <class Row, class... Keys>
    void each(const Sql& sql, const std::function<bool(const Row&)>& callback, const Keys&... keys);

    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Connection>> readers_;  // idle ones; as many exist as threads ever read at once
};

/// The connection that a thread keeps for a while, so that all its reads are of one picture. The pictures of one thread are nested:
/// the last one begun ends first.
struct Picture {
    const RelationalStore* store = nullptr;
    Connection* connection = nullptr;
    Picture* outer = nullptr;
    static Picture*& innermost();
};

/// While it lives, what the calling thread reads from the store is read on this connection, of one moment.
class KeptPicture {
public:
    KeptPicture(const RelationalStore& store, Connection& connection) : snapshot_(connection) {
        picture_ = {.store = &store, .connection = &connection, .outer = Picture::innermost()};
        Picture::innermost() = &picture_;
    }
    ~KeptPicture() { Picture::innermost() = picture_.outer; }
    KeptPicture(const KeptPicture&) = delete;
    KeptPicture& operator=(const KeptPicture&) = delete;

private:
    Snapshot snapshot_;
    Picture picture_;
};

class Lease {
public:
    explicit Lease(RelationalStore& store);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Connection& operator*() const { return *connection_; }

private:
    RelationalStore& store_;
    std::unique_lock<std::recursive_mutex> lock_;
    std::unique_ptr<Connection> reader_;
    Connection* connection_ = nullptr;
};

/// Above every text that begins with it: the last character that there is (a byte above it would be no UTF-8, which not every
/// database compares).
inline std::string end_of_prefix(const std::string& prefix) { return prefix + "\U0010FFFF"; }

template <class... Keys>
void bind_keys(Binder& binder, const Keys&... keys) {
    (binder.bind(keys), ...);
}

template <class Row, class... Keys>
std::vector<Row> list_rows(Connection& connection, const Sql& sql, const Keys&... keys) {
    Statement statement{connection, sql};
    bind_keys(statement, keys...);
    std::vector<Row> rows;
    while (statement.step()) rows.push_back(read_row<Row>(statement));
    return rows;
}

template <class Row, class... Keys>
std::optional<Row> find_row(Connection& connection, const Sql& sql, const Keys&... keys) {
    Statement statement{connection, sql};
    bind_keys(statement, keys...);
    if (!statement.step()) return std::nullopt;
    return read_row<Row>(statement);
}

template <class Row, class... Keys>
std::optional<Row> RelationalStore::find(const Sql& sql, const Keys&... keys) {
    const Lease lease{*this};
    return find_row<Row>(*lease, sql, keys...);
}

template <class Row, class... Keys>
std::vector<Row> RelationalStore::list(const Sql& sql, const Keys&... keys) {
    const Lease lease{*this};
    return list_rows<Row>(*lease, sql, keys...);
}

template <class Row, class... Keys>
void RelationalStore::each(const Sql& sql, const std::function<bool(const Row&)>& callback, const Keys&... keys) {
    const Lease lease{*this};
    Statement statement{*lease, sql};
    bind_keys(statement, keys...);
    while (statement.step() && callback(read_row<Row>(statement))) {}
}

}  // namespace suki::store::relational
