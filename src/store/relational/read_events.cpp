#include <limits>

#include "store/relational/everything.h"
#include "store/relational/relational_store.h"
#include "store/relational/statements.h"

/// Reads about what happened, the catalogue, and the whole.
namespace suki::store::relational {

namespace {

/// Later than any year that Suki accepts.
constexpr Instant kEndOfTime{std::numeric_limits<std::int64_t>::max()};

template <class Row>
void visit_table(Connection& connection, const Sql& sql, const std::function<bool(const Row&)>& callback,
                 const std::function<void(const StoreFault&)>& damaged) {
    if (!callback) return;
    Statement statement{connection, sql};
    while (statement.step()) {
        std::optional<Row> row;
        try {
            // The audit log's chain is its bucket, and its roots have none.
            constexpr bool has_bucket = requires(const Row& read) { bucket_of(read); };
            std::int64_t bucket = 0;
            if constexpr (has_bucket) statement.read(bucket);
            row = read_row<Row>(statement);
            if constexpr (has_bucket) {
                // Nobody who asks by key would find it.
                if (bucket != bucket_of(*row)) {
                    throw StoreFault{"damaged row: " + describe(*row) + " stands in another bucket", false};
                }
            }
        } catch (const StoreFault& fault) {
            if (!damaged) throw;
            damaged(fault);
            row.reset();
        }
        if (row && !callback(*row)) return;
    }
}

}  // namespace

std::vector<EntryRow> RelationalStore::list_entries(const EntryQuery& query) {
    const EntryCursor before = query.before.value_or(EntryCursor{kEndOfTime, 0});
    return list<EntryRow>(sql::list_entries, store::bucket_of(query.account.bits), query.org, query.account, query.programme,
                          before.effective_at, before.sequence, query.unit, query.cause, query.limit);
}

std::optional<ReceiptRow> RelationalStore::find_receipt(const std::string& org, const std::string& programme,
                                                        std::optional<AccountId> account, const std::string& id) {
    return find<ReceiptRow>(sql::find_receipt, owner_bucket(account, id), org, programme, id);
}

std::vector<ReceiptRow> RelationalStore::list_receipts(const ReceiptQuery& query) {
    const ReceiptCursor before = query.before.value_or(ReceiptCursor{kEndOfTime, {}});
    if (!query.account) {
        return list<ReceiptRow>(sql::list_receipts, query.org, query.programme, before.at, before.id, query.limit);
    }
    return list<ReceiptRow>(sql::list_receipts_of_owner, store::bucket_of(query.account->bits), query.org, *query.account,
                            query.programme, before.at, before.id, query.limit);
}

void RelationalStore::receipts_recorded_since(const OwnerKey& key, Instant since,
                                              const std::function<bool(const ReceiptRow&)>& callback) {
    each<ReceiptRow>(sql::receipts_recorded_since, callback, store::bucket_of(key.account.bits), key.org, key.account,
                     key.programme, since);
}

std::optional<IdempotencyRow> RelationalStore::find_idempotency(const std::string& org, const std::string& api_key,
                                                                const std::string& key) {
    return find<IdempotencyRow>(sql::find_idempotency, store::bucket_of(std::string_view{key}), org, api_key, key);
}

std::optional<ActivityRow> RelationalStore::find_activity(const OwnerKey& key, const std::string& id) {
    return find<ActivityRow>(sql::find_activity, store::bucket_of(key.account.bits), key.org, key.account, key.programme, id);
}

std::vector<ActivityRow> RelationalStore::activities_of(const OwnerKey& key, std::size_t limit) {
    return list<ActivityRow>(sql::activities_of, store::bucket_of(key.account.bits), key.org, key.account, key.programme, limit);
}

std::optional<RecordRow> RelationalStore::find_record(const RecordKey& key) {
    return find<RecordRow>(sql::find_record, bucket_of(key.account, key.id), key.org, key.id);
}

std::vector<RecordRow> RelationalStore::list_records(const RecordQuery& query) {
    const RecordCursor before = query.before.value_or(RecordCursor{kEndOfTime, {}});
    if (query.account) {
        return list<RecordRow>(sql::records_of_owner, store::bucket_of(query.account->bits), query.org, *query.account,
                               query.programme, query.kind, before.created_at, before.id, query.status, query.subject, query.place,
                               query.limit);
    }
    if (!query.status.empty()) {
        return list<RecordRow>(sql::list_records_of_status, query.org, query.programme, query.kind, query.status, before.created_at,
                               before.id, query.subject, query.place, query.limit);
    }
    return list<RecordRow>(sql::list_records, query.org, query.programme, query.kind, before.created_at, before.id, query.subject,
                           query.place, query.limit);
}

std::vector<RecordRow> RelationalStore::records_due_before(Instant until, std::size_t limit) {
    return list<RecordRow>(sql::due_records, until, limit);
}

OutboxBacklog RelationalStore::outbox_backlog() {
    const Lease lease{*this};
    Statement statement{*lease, sql::outbox_backlog};
    OutboxBacklog backlog;
    if (statement.step()) {
        statement.read(backlog.events);
        statement.read(backlog.since.us);
    }
    return backlog;
}

std::vector<OutboxRow> RelationalStore::read_outbox(std::size_t limit) { return list<OutboxRow>(sql::read_outbox, limit); }

std::vector<DiscrepancyRow> RelationalStore::list_discrepancies(const DiscrepancyQuery& query) {
    const DiscrepancyCursor before = query.before.value_or(DiscrepancyCursor{kEndOfTime, {}});
    return list<DiscrepancyRow>(query.is_open_only ? sql::list_open_discrepancies : sql::list_discrepancies, query.org,
                                query.programme, before.recorded_at, before.id, query.limit);
}

std::optional<DiscrepancyRow> RelationalStore::find_discrepancy(const std::string& org, const std::string& programme, IdBits id) {
    return find<DiscrepancyRow>(sql::find_discrepancy, org, programme, id);
}

std::vector<QuarantineRow> RelationalStore::quarantine() { return list<QuarantineRow>(sql::all_quarantine); }

std::vector<SuspectRow> RelationalStore::suspects() { return list<SuspectRow>(sql::all_suspects); }

std::optional<Pool> RelationalStore::find_pool(const PoolKey& key) {
    std::vector<Pool> found = look_up({.pools = {key}}).pools;
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<PortionRow> RelationalStore::portions_touched_before(Instant since, std::size_t limit) {
    return list<PortionRow>(sql::portions_touched_before, since, limit);
}

std::vector<PoolRow> RelationalStore::pools(const std::string& org, const std::string& programme) {
    return list<PoolRow>(sql::pools_of, org, programme);
}

std::optional<AuditRow> RelationalStore::find_audit_head(const std::string& org, int chain) {
    return find<AuditRow>(sql::find_audit_head, chain, org);
}

std::vector<AuditRow> RelationalStore::list_audit(const AuditQuery& query) {
    const AuditCursor before = query.before.value_or(AuditCursor{.at = kEndOfTime});
    return list<AuditRow>(sql::list_audit, query.org, before.at, before.chain, before.number, query.actor, query.action,
                          query.limit);
}

std::vector<int> RelationalStore::audit_chains_since(const std::string& org, Instant since) {
    const Lease lease{*this};
    Statement statement{*lease, sql::audit_chains_since};
    bind_keys(statement, org, since);
    std::vector<int> chains;
    while (statement.step()) statement.read(chains.emplace_back());
    return chains;
}

std::optional<AuditRootRow> RelationalStore::find_audit_root(const std::string& org) {
    return find<AuditRootRow>(sql::find_audit_root, org);
}

std::vector<catalogue::Product> RelationalStore::find_products(const std::string& org, const std::vector<std::string>& skus) {
    std::vector<std::string> sorted = skus;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    const Lease lease{*this};
    const Snapshot snapshot{*lease};
    std::vector<catalogue::Product> products;
    for (const std::string& sku : sorted) {
        auto row = find_row<ProductRow>(*lease, sql::find_product, org, sku);
        if (row) products.push_back(std::move(row->product));
    }
    return products;
}

std::vector<catalogue::Product> RelationalStore::list_products(const std::string& org, const std::string& prefix,
                                                               const std::string& after, std::size_t limit) {
    std::vector<catalogue::Product> products;
    for (ProductRow& row : list<ProductRow>(sql::list_products, org, after, prefix, end_of_prefix(prefix), limit)) {
        products.push_back(std::move(row.product));
    }
    return products;
}

std::optional<catalogue::Store> RelationalStore::find_place(const std::string& org, const std::string& id) {
    auto row = find<PlaceRow>(sql::find_place, org, id);
    if (!row) return std::nullopt;
    return std::move(row->place);
}

std::vector<catalogue::Store> RelationalStore::places(const std::string& org) {
    std::vector<catalogue::Store> places;
    for (PlaceRow& row : list<PlaceRow>(sql::places, org)) places.push_back(std::move(row.place));
    return places;
}

Overview RelationalStore::overview(const std::string& org, const std::string& programme, Date today) {
    const Lease lease{*this};
    const Snapshot snapshot{*lease};
    const auto count = [&](const Sql& sql) {
        Statement statement{*lease, sql};
        bind_keys(statement, org, programme);
        std::int64_t number = 0;
        if (statement.step()) statement.read(number);
        return number;
    };
    Overview overview;
    overview.members = count(sql::count_members);
    overview.receipts = count(sql::count_receipts);
    overview.open_discrepancies = count(sql::count_open_discrepancies);
    overview.today = find_row<DayTotals>(*lease, sql::daily_totals, org, programme, today, add_days(today, 1))
                         .value_or(DayTotals{.date = today});
    overview.units = list_rows<UnitTotals>(*lease, sql::unit_totals, org, programme);
    return overview;
}

std::vector<DayTotals> RelationalStore::daily_totals(const std::string& org, const std::string& programme, DateRange range) {
    return list<DayTotals>(sql::daily_totals, org, programme, range.starts_on, range.ends_on);
}

void RelationalStore::visit(const Visitor& visitor) {
    const Lease lease{*this};
    const Snapshot snapshot{*lease};
    visit_table(*lease, sql::all_accounts, visitor.account, visitor.damaged);
    visit_table(*lease, sql::all_members, visitor.member, visitor.damaged);
    visit_table(*lease, sql::all_cards, visitor.card, visitor.damaged);
    visit_table(*lease, sql::all_claims, visitor.claim, visitor.damaged);
    visit_table(*lease, sql::all_states, visitor.state, visitor.damaged);
    visit_table(*lease, sql::all_wallets, visitor.wallet, visitor.damaged);
    visit_table(*lease, sql::all_entries, visitor.entry, visitor.damaged);
    visit_table(*lease, sql::all_receipts, visitor.receipt, visitor.damaged);
    visit_table(*lease, sql::all_portions, visitor.portion, visitor.damaged);
    visit_table(*lease, sql::all_pools, visitor.pool, visitor.damaged);
    visit_table(*lease, sql::all_activities, visitor.activity, visitor.damaged);
    visit_table(*lease, sql::all_records, visitor.record, visitor.damaged);
    visit_table(*lease, sql::all_discrepancies, visitor.discrepancy, visitor.damaged);
    visit_table(*lease, sql::all_idempotency, visitor.idempotency, visitor.damaged);
    visit_table(*lease, sql::all_outbox, visitor.outbox, visitor.damaged);
    visit_table(*lease, sql::all_products, visitor.product, visitor.damaged);
    visit_table(*lease, sql::all_places, visitor.place, visitor.damaged);
    visit_table(*lease, sql::all_audit_roots, visitor.audit_root, visitor.damaged);
    visit_table(*lease, sql::all_audit, visitor.audit, visitor.damaged);
}

std::string RelationalStore::newer_migration() {
    const Lease lease{*this};
    Statement statement{*lease, sql::newer_migration};
    bind_keys(statement, static_cast<std::int64_t>(migrations_known_));
    std::string name;
    if (statement.step()) statement.read(name);
    return name;
}

void RelationalStore::read_everything(ContentSink& sink, const ContentProgress& told) {
    const Lease lease{*this};
    relational::read_everything(*lease, sink, told);
}

std::vector<AccountId> RelationalStore::accounts_counted_below(const std::string& org, const std::string& programme, int edition,
                                                               const std::optional<AccountId>& after, std::size_t limit) {
    const Lease lease{*this};
    Statement statement{*lease, sql::accounts_counted_below};
    const int bucket = after ? store::bucket_of(after->bits) : -1;
    bind_keys(statement, org, programme, edition, bucket, after.value_or(AccountId{}), limit);
    std::vector<AccountId> accounts;
    while (statement.step()) statement.read(accounts.emplace_back());
    return accounts;
}

}  // namespace suki::store::relational
