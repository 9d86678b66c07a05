#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "store/contents.h"
#include "store/rows.h"

/// What is kept, and how it is asked for. The store fetches and stores; it holds no rule. Reads may come from any thread;
/// `commit` too, one at a time. Absence is an empty optional or vector; a failed machine is a StoreFault.
namespace suki::store {

/// The machine failed, or a row is damaged (`what` names it).
class StoreFault : public std::runtime_error {
public:
    /// Whether the same call may succeed later without anyone's help (busy, connection lost).
    bool retryable = false;
    /// Whether a commit may have become durable all the same: look it up under its idempotency keys before trying again.
    bool is_outcome_unknown = false;
    /// The database's own word for it (SQLSTATE), where it has one.
    std::string state;

    StoreFault(const std::string& what, bool is_retryable, bool is_unknown = false)
        : std::runtime_error(what), retryable(is_retryable), is_outcome_unknown(is_unknown) {}
};

/// A row is not at the version that the batch expected, or what it claims is taken: nothing was written. Read again, decide again.
class Conflict : public StoreFault {
public:
    std::string table;
    Conflict(const std::string& in_table, const std::string& what) : StoreFault(what, true), table(in_table) {}
};

/// All writes of any number of commands. Each list is written in its order, so the same row may be written several times, with
/// versions that follow one another.
struct Batch {
    std::vector<OrganisationRow> organisations;
    std::vector<ProgrammeRow> programmes;
    std::vector<EditionRow> editions;

    std::vector<AccountRow> accounts;
    std::vector<MemberRow> members;
    std::vector<CardRow> cards;
    std::vector<ClaimChange> claims;
    std::vector<StateRow> states;
    std::vector<EntryRow> entries;

    std::vector<ReceiptRow> receipts;
    std::vector<IdempotencyRow> idempotency;
    std::vector<ActivityRow> activities;
    std::vector<RecordRow> records;
    std::vector<OutboxRow> outbox;
    std::vector<OutboxRow> outbox_delivered;  // deleted by key; absent ones are passed over
    std::vector<DiscrepancyRow> discrepancies;
    std::vector<QuarantineRow> quarantine;
    std::vector<CommandKey> quarantine_released;  // absent ones are passed over
    std::vector<SuspectRow> suspects;
    std::vector<CommandKey> suspects_cleared;  // absent ones are passed over
    std::vector<PoolRow> pools;
    std::vector<PortionChange> portions;
    std::vector<AuditRow> audit;  // chained (audit.h) by whoever commits
    std::vector<AuditRootRow> audit_roots;

    std::vector<ProductRow> products;
    std::vector<PlaceRow> places;

    std::vector<ApiKeyRow> api_keys;
    std::vector<ConsoleUserChange> console_users;  // before the sessions, which they end
    std::vector<SessionRow> sessions;
    std::vector<SessionProlonged> sessions_prolonged;
    std::vector<Digest> sessions_ended;          // by token hash; absent ones are passed over
    std::optional<Instant> sessions_expired_by;  // ends all that expired by then
    std::vector<SecretRow> secrets;

    [[nodiscard]] bool is_empty() const;
    /// Adds another's rows after one's own.
    void append(Batch&& other);
};

/// Everything about an account that a command of one programme reads first.
struct Owner {
    AccountRow account;
    std::vector<MemberRow> members;  // of that programme, by id
    std::optional<StateRow> state;   // none: has nothing in that programme yet
};

struct MemberQuery {
    std::string org;
    std::string programme;
    /// Empty: all. Otherwise every word must begin a word of the name, or the phone (digits), e-mail, external id or a card number
    /// must begin with it. Capitals and accents of Latin, Greek and Cyrillic letters do not matter.
    std::string text;
    std::optional<MemberId> before;  // cursor: the last id of the page before
    std::size_t limit = 50;
};

/// Newest first, by (effective_at, sequence); the cursor is the last row of the page before.
struct EntryCursor {
    Instant effective_at;
    std::int64_t sequence = 0;
};
struct EntryQuery {
    std::string org;
    AccountId account;
    std::string programme;
    std::string unit;   // empty: all
    std::string cause;  // empty: all; else of this receipt, hold, …
    std::optional<EntryCursor> before;
    std::size_t limit = 50;
};

/// Newest first, by (occurred_at, id) for an account, by (recorded_at, id) for a programme.
struct ReceiptCursor {
    Instant at;
    std::string id;
};
struct ReceiptQuery {
    std::string org;
    std::string programme;
    std::optional<AccountId> account;  // none: of the whole programme
    std::optional<ReceiptCursor> before;
    std::size_t limit = 50;
};

struct RecordCursor {
    Instant created_at;
    IdBits id;
};
/// Newest first.
struct RecordQuery {
    std::string org;
    std::string programme;
    RecordKind kind = RecordKind::card_batch;
    std::optional<AccountId> account;  // none: of the whole programme
    std::string status;                // empty: all; so with the next two
    std::string subject;
    std::string place;
    std::optional<RecordCursor> before;
    std::size_t limit = 50;
};
struct RecordKey {
    std::string org;
    std::optional<AccountId> account;
    IdBits id;
    friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

struct DiscrepancyCursor {
    Instant recorded_at;
    IdBits id;
};
struct DiscrepancyQuery {
    std::string org;
    std::string programme;
    bool is_open_only = true;
    std::optional<DiscrepancyCursor> before;  // newest first
    std::size_t limit = 50;
};

struct AuditCursor {
    Instant at;
    int chain = 0;
    std::int64_t number = 0;
};
/// Newest first.
struct AuditQuery {
    std::string org;
    std::string actor;   // empty: all
    std::string action;  // empty: all
    std::optional<AuditCursor> before;
    std::size_t limit = 50;
};

struct OwnerKey {
    std::string org;
    AccountId account;
    std::string programme;
    friend auto operator<=>(const OwnerKey&, const OwnerKey&) = default;
};
struct DueOwner {
    OwnerKey owner;
    Instant due_at;
};

struct IdempotencyKey {
    std::string org;
    std::string api_key;
    std::string key;
    friend auto operator<=>(const IdempotencyKey&, const IdempotencyKey&) = default;
};

struct CardKey {
    std::string org;
    AccountId account;
    std::string number;
    friend auto operator<=>(const CardKey&, const CardKey&) = default;
};

struct PoolKey {
    std::string org;
    std::string programme;
    std::string key;
    Date period_start;
    friend auto operator<=>(const PoolKey&, const PoolKey&) = default;
};

/// What commands are going to read, by key.
struct Wanted {
    std::vector<ClaimKey> claims;
    std::vector<IdempotencyKey> idempotencies;
    std::vector<CardKey> cards;
    std::vector<OwnerKey> owners;
    std::vector<PoolKey> pools;
};

/// What there is of it, in no order.
struct Found {
    std::vector<ClaimRow> claims;
    std::vector<IdempotencyRow> idempotencies;
    std::vector<CardRow> cards;
    std::vector<std::pair<OwnerKey, Owner>> owners;
    std::vector<Pool> pools;
};

struct UnitTotals {
    std::string unit;
    std::int64_t wallets = 0;
    Points pending;
    Points available;
    Points held;
    Points owed;
    friend bool operator==(const UnitTotals&, const UnitTotals&) = default;
};
struct DayTotals {
    Date date;
    std::int64_t receipts = 0;
    Money paid;
    friend bool operator==(const DayTotals&, const DayTotals&) = default;
};
struct OutboxBacklog {
    std::int64_t events = 0;
    Instant since;  // the oldest was created; 0 without any
};
/// Of `Store::on_replica`.
struct ReplicaFigures {
    bool is_configured = false;
    std::uint64_t reads = 0;        // answered by the replica
    std::uint64_t passed_over = 0;  // by the primary, because the replica was behind or away
};
struct Overview {
    std::int64_t members = 0;
    std::int64_t receipts = 0;
    std::int64_t open_discrepancies = 0;
    DayTotals today;
    std::vector<UnitTotals> units;  // by unit
};

/// Called with every row in the order of its key: those of one account (and programme) follow one another, entries by sequence.
/// A callback that is empty spares the reading; one that returns false ends its table.
struct Visitor {
    std::function<bool(const AccountRow&)> account;
    std::function<bool(const MemberRow&)> member;
    std::function<bool(const CardRow&)> card;
    std::function<bool(const ClaimRow&)> claim;
    std::function<bool(const StateRow&)> state;
    std::function<bool(const WalletRow&)> wallet;
    std::function<bool(const EntryRow&)> entry;
    std::function<bool(const ReceiptRow&)> receipt;
    std::function<bool(const PortionRow&)> portion;  // before the pools
    std::function<bool(const PoolRow&)> pool;
    std::function<bool(const ActivityRow&)> activity;
    std::function<bool(const RecordRow&)> record;
    std::function<bool(const DiscrepancyRow&)> discrepancy;
    std::function<bool(const IdempotencyRow&)> idempotency;
    std::function<bool(const OutboxRow&)> outbox;
    std::function<bool(const ProductRow&)> product;
    std::function<bool(const PlaceRow&)> place;
    std::function<bool(const AuditRootRow&)> audit_root;  // before the log, by organisation and number
    std::function<bool(const AuditRow&)> audit;           // by chain, organisation and number
    /// A damaged row: with it, reading goes on after telling; without it the first one is thrown.
    std::function<void(const StoreFault&)> damaged;
};

class Store {
public:
    virtual ~Store() = default;

    /// Writes everything or nothing, in one database transaction; durable when it returns. Throws Conflict or another StoreFault.
    virtual void commit(const Batch& batch) = 0;
    /// Returns when whatever can be read now is as durable as a commit of one's own; else throws StoreFault. To be called before
    /// somebody is told that what is asked for stands already: another session may have left a commit that no standby has.
    virtual void confirm() {}

    // -- Programmes
    virtual std::optional<OrganisationRow> find_organisation(const std::string& org) = 0;
    virtual std::vector<OrganisationRow> organisations() = 0;
    virtual std::optional<ProgrammeRow> find_programme(const std::string& org, const std::string& id) = 0;
    virtual std::vector<ProgrammeRow> programmes(const std::string& org) = 0;
    virtual std::optional<EditionRow> find_edition(const std::string& org, const std::string& programme, int number) = 0;
    /// By number, with their documents.
    virtual std::vector<EditionRow> editions(const std::string& org, const std::string& programme) = 0;

    // -- Owners
    virtual std::optional<AccountRow> find_account(const std::string& org, AccountId id) = 0;
    virtual std::optional<Owner> load_owner(const OwnerKey& key) = 0;
    virtual std::optional<StateRow> find_state(const OwnerKey& key) = 0;
    virtual std::vector<WalletRow> wallets(const OwnerKey& key) = 0;
    virtual std::optional<MemberRow> find_member(const std::string& org, AccountId account, MemberId id) = 0;
    /// Of all programmes, by id.
    virtual std::vector<MemberRow> members_of(const std::string& org, AccountId account) = 0;
    /// Newest first.
    virtual std::vector<MemberRow> list_members(const MemberQuery& query) = 0;
    /// A card by its number goes by find_claim first: that names the account.
    virtual std::optional<CardRow> find_card(const std::string& org, AccountId account, const std::string& number) = 0;
    virtual std::vector<CardRow> cards_of(const std::string& org, AccountId account) = 0;
    virtual std::optional<ClaimRow> find_claim(const ClaimKey& key) = 0;
    /// Whether a search finds the row by all that it should be found by, and by nothing else.
    virtual bool is_found_by_search(const MemberRow& row) = 0;
    virtual bool is_found_by_search(const CardRow& row) = 0;
    /// Owners of whom something falls due before `until`, soonest first, after `after` when given.
    virtual std::vector<DueOwner> owners_due_before(Instant until, const std::optional<DueOwner>& after, std::size_t limit) = 0;

    // -- Events
    virtual std::vector<EntryRow> list_entries(const EntryQuery& query) = 0;
    /// By the account that its claim names, or none.
    virtual std::optional<ReceiptRow> find_receipt(const std::string& org, const std::string& programme,
                                                   std::optional<AccountId> account, const std::string& id) = 0;
    virtual std::vector<ReceiptRow> list_receipts(const ReceiptQuery& query) = 0;
    /// Those of an account with recorded_at >= `since`, by (occurred_at, id), until the callback returns false.
    virtual void receipts_recorded_since(const OwnerKey& key, Instant since,
                                         const std::function<bool(const ReceiptRow&)>& each) = 0;
    virtual std::optional<IdempotencyRow> find_idempotency(const std::string& org, const std::string& api_key,
                                                           const std::string& key) = 0;
    virtual std::optional<ActivityRow> find_activity(const OwnerKey& key, const std::string& id) = 0;
    virtual std::vector<ActivityRow> activities_of(const OwnerKey& key, std::size_t limit) = 0;
    virtual std::optional<RecordRow> find_record(const RecordKey& key) = 0;
    virtual std::vector<RecordRow> list_records(const RecordQuery& query) = 0;
    /// Those that are due before `until`, soonest first.
    virtual std::vector<RecordRow> records_due_before(Instant until, std::size_t limit) = 0;
    /// Oldest first.
    virtual std::vector<OutboxRow> read_outbox(std::size_t limit) = 0;
    virtual OutboxBacklog outbox_backlog() = 0;
    virtual std::vector<DiscrepancyRow> list_discrepancies(const DiscrepancyQuery& query) = 0;
    virtual std::optional<DiscrepancyRow> find_discrepancy(const std::string& org, const std::string& programme, IdBits id) = 0;
    /// All of them, of all organisations, newest first.
    virtual std::vector<QuarantineRow> quarantine() = 0;
    virtual std::vector<SuspectRow> suspects() = 0;
    /// With its portions, of one moment.
    virtual std::optional<Pool> find_pool(const PoolKey& key) = 0;
    /// Portions with nothing done to them since, longest ago first.
    virtual std::vector<PortionRow> portions_touched_before(Instant since, std::size_t limit) = 0;
    /// All pools of a programme, by (key, period_start).
    virtual std::vector<PoolRow> pools(const std::string& org, const std::string& programme) = 0;

    /// All of it at once and of one moment, in as few round trips as the database can.
    virtual Found look_up(const Wanted& wanted) = 0;

    // -- Catalogue
    /// Those that are known, by sku.
    virtual std::vector<catalogue::Product> find_products(const std::string& org, const std::vector<std::string>& skus) = 0;
    /// By sku, after `after`; `prefix` narrows.
    virtual std::vector<catalogue::Product> list_products(const std::string& org, const std::string& prefix,
                                                          const std::string& after, std::size_t limit) = 0;
    virtual std::optional<catalogue::Store> find_place(const std::string& org, const std::string& id) = 0;
    virtual std::vector<catalogue::Store> places(const std::string& org) = 0;

    // -- Who may do what
    virtual std::optional<ApiKeyRow> find_api_key(const std::string& id) = 0;
    virtual std::vector<ApiKeyRow> api_keys(const std::string& org) = 0;
    virtual std::optional<ConsoleUserRow> find_console_user(const std::string& org, const std::string& name) = 0;
    virtual std::vector<ConsoleUserRow> console_users(const std::string& org) = 0;
    virtual std::optional<SessionRow> find_session(const Digest& token_hash) = 0;
    virtual std::optional<SecretRow> find_secret(const std::string& name) = 0;
    virtual std::vector<SecretRow> secrets() = 0;

    // -- The audit log
    /// The last row of a chain.
    virtual std::optional<AuditRow> find_audit_head(const std::string& org, int chain) = 0;
    virtual std::vector<AuditRow> list_audit(const AuditQuery& query) = 0;
    /// Chains that have a row of `since` or later, ascending.
    virtual std::vector<int> audit_chains_since(const std::string& org, Instant since) = 0;
    virtual std::optional<AuditRootRow> find_audit_root(const std::string& org) = 0;  // the last one

    // -- The whole
    virtual Overview overview(const std::string& org, const std::string& programme, Date today) = 0;
    /// Days that have receipts, ascending.
    virtual std::vector<DayTotals> daily_totals(const std::string& org, const std::string& programme, DateRange range) = 0;
    /// A number that another process's commits (another Store's on the same file) change, and one's own do not. It costs about as
    /// much as one look-up, and is not among the operations that `fail_at` counts: when it is asked for depends on the clock.
    virtual std::int64_t change_mark() = 0;
    /// Whether other processes write owners all the time, so that what is cached of them may be old at any moment, and change_mark
    /// speaks of everything else only.
    [[nodiscard]] virtual bool is_shared() const { return false; }
    /// Whatever the calling thread reads within `read` is of one moment. It may not commit there.
    virtual void in_one_picture(const std::function<void()>& read) = 0;
    /// What the calling thread reads within `read` may come from a replica, where there is one that shows all that this store has
    /// committed and all that others had when `change_mark` was last asked; then it is of one moment. `read` may run a second time,
    /// on the primary, when the replica fails in the middle.
    virtual void on_replica(const std::function<void()>& read) { read(); }
    [[nodiscard]] virtual ReplicaFigures replica_figures() const { return {}; }
    /// One consistent picture of everything, for `verify` and exports. Callbacks may read from the store, not commit to it.
    virtual void visit(const Visitor& visitor) = 0;
    /// Accounts of a programme whose StateRow::counted_to is below `edition`, those that have a new counter to be filled; from the
    /// one after `after` on, in the order of buckets and ids.
    virtual std::vector<AccountId> accounts_counted_below(const std::string& org, const std::string& programme, int edition,
                                                          const std::optional<AccountId>& after, std::size_t limit) = 0;
    /// The first migration of the database that this binary does not know; empty: there is none. What it added, `read_everything`
    /// leaves out.
    virtual std::string newer_migration() = 0;
    /// Everything, as it stands, of one moment; in bounded memory. Nothing is looked at: damaged rows come as they are.
    virtual void read_everything(ContentSink& sink, const ContentProgress& told = {}) = 0;
    /// Copies the database to `path` (which must not exist) while it is in use, in the form that it is restored from fastest.
    virtual void backup(const std::string& path, const ContentProgress& told = {}) = 0;
    /// The engine's own check of its file; one text a fault, empty when it is sound.
    virtual std::vector<std::string> check_integrity() = 0;

    /// For tests: the n-th operation from now (statement, begin, commit, and the moment after a commit became durable) throws a
    /// retryable StoreFault; 0 switches it off. True while it has not yet happened.
    virtual void fail_at(std::int64_t n) = 0;
    [[nodiscard]] virtual bool is_failure_pending() const = 0;
};

}  // namespace suki::store
