#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/source.h"
#include "base/digest.h"
#include "engine/books.h"
#include "ledger/ledger.h"

/// What one command sees and changes: a sheet laid over the batch's sheet, which lies over the sheet of the batch that is being
/// written, or over what is durable. A command that is refused is a sheet thrown away; a commit that fails is the batch's sheet
/// thrown away. A query has an empty one, to read through.
namespace suki::app {

/// What a natural key or an Idempotency-Key remembers of its command (DESIGN.md 10).
struct Remembered {
    Digest command_hash{};
    int hash_version = 1;
    std::string answer;  // packed; empty for an Idempotency-Key whose command has a natural key
};

struct Prefetched;

class Desk {
public:
    /// The batch's own. What is in `prefetched`, which outlives it, is not asked for again, and what is asked for is put there
    /// where other servers write. `written`: the batch before it, flushed and perhaps not durable yet, whose rows the source may
    /// show already or not.
    explicit Desk(const Source& source, Prefetched* prefetched = nullptr, const Desk* written = nullptr)
        : source_(&source), prefetched_(prefetched), below_(written), is_batch_(true) {}
    /// A command's, over the batch's.
    Desk(const Source& source, const Desk& below, Instant at)
        : source_(&source), prefetched_(below.prefetched_), below_(&below), recorded_at_(at), accepted_at_(at) {}

    // -- Reading
    [[nodiscard]] WorldPointer world() const;
    /// Null when there is no such account.
    [[nodiscard]] OwnerPointer owner(const store::OwnerKey& key) const;
    [[nodiscard]] std::optional<store::AccountRow> account(const std::string& organisation, AccountId id) const;
    /// The account's members in all programmes, by programme and id.
    [[nodiscard]] std::vector<store::MemberRow> members_of(const std::string& organisation, AccountId account) const;
    [[nodiscard]] std::optional<store::ClaimRow> claim(const store::ClaimKey& key) const;
    /// In the order of `skus`; null where there is none.
    [[nodiscard]] std::vector<ProductPointer> products(const std::string& organisation, const std::vector<std::string>& skus) const;
    /// The card that a claim speaks of. One without a member has no account to be kept under: the claim itself holds it.
    [[nodiscard]] std::optional<store::CardRow> card(const store::ClaimRow& claim) const;
    [[nodiscard]] std::vector<store::CardRow> cards_of(const std::string& organisation, AccountId account) const;
    [[nodiscard]] std::optional<store::ReceiptRow> receipt(const std::string& organisation, const std::string& programme,
                                                           std::optional<AccountId> account, const std::string& id) const;
    /// Those of an owner recorded at `since` or later, also those of this batch, by (occurred_at, id).
    [[nodiscard]] std::vector<store::ReceiptRow> receipts_recorded_since(const store::OwnerKey& key, Instant since) const;
    /// Likewise, in no order.
    [[nodiscard]] std::vector<store::ActivityRow> activities_recorded_since(const store::OwnerKey& key, Instant since) const;
    [[nodiscard]] std::optional<store::IdempotencyRow> idempotency(const std::string& organisation, const std::string& api_key,
                                                                   const std::string& key) const;
    [[nodiscard]] std::optional<store::ApiKeyRow> api_key(const std::string& id) const;
    [[nodiscard]] std::optional<store::ConsoleUserRow> console_user(const std::string& organisation, const std::string& name) const;
    /// Those who may sign in to the organisation, also the users of every one.
    [[nodiscard]] std::size_t count_users(const std::string& organisation) const;
    [[nodiscard]] std::optional<store::DiscrepancyRow> discrepancy(const std::string& organisation, const std::string& programme,
                                                                   IdBits id) const;
    [[nodiscard]] std::optional<store::RecordRow> record(const store::RecordKey& key) const;
    /// All of a kind that an owner has, newest first.
    [[nodiscard]] std::vector<store::RecordRow> records_of(const store::OwnerKey& key, store::RecordKind kind) const;
    /// Of a kind with that status, of all accounts: at least `most` of them where there are so many, in no order. It asks every
    /// node.
    [[nodiscard]] std::vector<store::RecordRow> records_about(const store::RecordQuery& asked, std::size_t most) const;
    /// By receipts, whoever holds portions of the rest.
    [[nodiscard]] std::int64_t pool_drawn(const store::PoolKey& name) const;
    /// What became of a lot that `cause` earned: by the journal, with what this batch adds to it.
    [[nodiscard]] engine::LotFate fate_of(const store::OwnerKey& key, LotId lot, const std::string& cause) const;
    /// All entries of a unit's wallet by sequence: by the journal, with what this batch adds to it.
    [[nodiscard]] std::vector<store::EntryRow> journal(const store::OwnerKey& key, const std::string& unit) const;
    [[nodiscard]] const Source& source() const { return *source_; }
    /// What the sheets of this batch were decided on; may be null.
    [[nodiscard]] const Prefetched* prefetched() const { return prefetched_; }
    [[nodiscard]] Instant recorded_at() const { return recorded_at_; }
    /// When the command came: later than `recorded_at` where that was dated back.
    [[nodiscard]] Instant accepted_at() const { return accepted_at_; }
    /// What is imported is recorded as of its own time. Before anything is changed.
    void date_back(Instant recorded_at) { recorded_at_ = recorded_at; }
    [[nodiscard]] const std::string& traceparent() const { return traceparent_; }
    void set_traceparent(const std::string& traceparent) { traceparent_ = traceparent; }

    // -- Changing
    void set_world(WorldPointer world) { world_ = std::move(world); }
    /// What an owner without any gets: nothing was ever counted for it, and so nothing is missing.
    [[nodiscard]] store::StateRow new_state(const store::OwnerKey& key) const;
    /// The owner's own copy in this sheet; it must exist. The state is made when there is none; its version is the flush's. Throws
    /// a store::Conflict where another process counts by a later edition than is known here.
    store::Owner& edit(const store::OwnerKey& key);
    /// The state of the owner's own copy, for changing what is counted: it knows when that was.
    store::StateRow& stamped(const store::OwnerKey& key);
    /// A new account, or the next version of one: all its owners have it from now on, whatever programme they are of.
    void put_account(const store::AccountRow& row);
    void add_claim(store::ClaimRow row);
    void remove_claim(const store::ClaimRow& row);
    /// With its claim, which is moved where the card's member changed.
    void put_card(const store::CardRow& row);
    void put_receipt(store::ReceiptRow row);
    /// At its next version.
    void put_record(store::RecordRow row);
    void put_idempotency(store::IdempotencyRow row);
    /// `total`: what the plan has to give in it.
    void change_pool(const store::PoolKey& name, std::int64_t change, std::int64_t total);
    /// Portions that are their holder's no more.
    void put_back_portions(const store::PoolKey& name);
    /// Posts to a wallet after checking every invariant; a breach is kept in `breaches` and refuses the command.
    void post(const store::OwnerKey& key, std::uint32_t wallet, ledger::Posting posting);
    /// The same of what was settled, in its order.
    void post(const store::OwnerKey& key, std::vector<engine::UnitPosting> postings);
    /// Writes down what fell due in every wallet of the owner.
    void sweep(const store::OwnerKey& key, const Programme& programme);
    void discrepancy(const std::string& organisation, const std::string& programme, const std::string& event,
                     std::optional<AccountId> account, const Discrepancy& found);
    void put_discrepancy(store::DiscrepancyRow row);
    void put_console_user(store::ConsoleUserRow row);
    void remove_console_user(const store::ConsoleUserRow& row);
    void release(const store::CommandKey& key);
    void announce(const std::string& organisation, std::optional<AccountId> account, std::string_view topic, std::string_view cause,
                  std::string payload);

    /// Everything else that is written, and what the calls above have put there.
    store::Batch rows;
    std::vector<ledger::Breach> breaches;
    bool changes_products = false;

    // -- The batch
    /// Lays a command's sheet onto this one.
    void absorb(Desk&& above);
    [[nodiscard]] bool is_empty() const;
    /// What the batch before wrote is durable and seen by all that is read from now on.
    void rest_on_durable() { below_ = nullptr; }
    [[nodiscard]] bool is_over_written() const { return is_batch_ && below_ != nullptr; }
    /// Whether what is read shows the batch before: then its sheet may be older than what is read.
    [[nodiscard]] bool is_written_seen() const;
    /// Whether there is a row by which `is_written_seen` of the next batch can tell.
    [[nodiscard]] bool has_witness() const;
    [[nodiscard]] bool changes_world() const { return world_ != nullptr; }
    /// The rows of the whole sheet: one state per owner and what is drawn from each pool by `holder`, at their next versions. After
    /// this the sheet changes no more, but for what only its writer looks at.
    void flush(const std::string& holder, Instant now);
    /// After the commit: what readers and the next batches shall see.
    void remember(Source& source) const;

private:
    [[nodiscard]] IdBits next_id(std::string_view cause, std::string_view part);
    /// From the one that lies lowest.
    [[nodiscard]] std::vector<const Desk*> sheets() const;
    /// As the sheets have it; null where none of them changed it.
    [[nodiscard]] const store::AccountRow* changed_account(const std::string& organisation, AccountId id) const;
    /// The first claim that was not there before; null without one.
    [[nodiscard]] const store::ClaimRow* added_claim() const;
    /// By sequence: of the journal with what the sheets add to it, all that the query asks for.
    [[nodiscard]] std::vector<store::EntryRow> entries_of(store::EntryQuery query) const;
    [[nodiscard]] OwnerPointer owner_on_sheets(const store::OwnerKey& key) const;
    [[nodiscard]] OwnerPointer durable_owner(const store::OwnerKey& key) const;
    /// Of what is kept of all that a batch reads; null where nothing is.
    [[nodiscard]] Prefetched* kept_reading() const { return source_->store().is_shared() ? prefetched_ : nullptr; }
    [[nodiscard]] std::optional<store::Pool> durable_pool(const store::PoolKey& name) const;
    /// Read once for all sheets of the batch.
    [[nodiscard]] const std::optional<store::Pool>& pool(const store::PoolKey& name) const;
    struct Drawn {
        std::int64_t after = 0;  // this sheet
        std::int64_t total = 0;
    };
    [[nodiscard]] Drawn drawn(const store::PoolKey& name) const;

    const Source* source_;
    Prefetched* prefetched_ = nullptr;
    const Desk* below_ = nullptr;
    bool is_batch_ = false;
    Instant recorded_at_;
    Instant accepted_at_;
    std::string traceparent_;
    WorldPointer world_;
    std::map<store::OwnerKey, std::shared_ptr<store::Owner>> owners_;
    std::map<std::pair<std::string, AccountId>, store::AccountRow> accounts_;  // organisation, id
    std::map<store::ClaimKey, std::optional<store::ClaimRow>> claims_;
    std::map<std::pair<std::string, std::string>, store::CardRow> cards_;                      // organisation, number
    std::map<std::tuple<std::string, std::string, std::string>, store::ReceiptRow> receipts_;  // organisation, programme, id
    std::map<std::pair<std::string, IdBits>, store::RecordRow> records_;                       // organisation, id
    std::map<std::tuple<std::string, std::string, std::string>, store::IdempotencyRow> remembered_;
    std::map<IdBits, store::DiscrepancyRow> resolved_;
    std::map<std::pair<std::string, std::string>, std::optional<store::ConsoleUserRow>> users_;  // organisation, name
    std::map<store::PoolKey, Drawn> drawn_;
    mutable std::map<store::PoolKey, std::optional<store::Pool>> pools_;  // the batch's: as read, then as flushed
    std::vector<store::CommandKey> released_;
    std::uint64_t ordinal_ = 0;
};

/// The wallet of a unit, made empty when there is none; by unit in StateRow::wallets.
std::uint32_t wallet_index(store::StateRow& state, const std::string& unit);
const ledger::Wallet* find_wallet(const std::optional<store::StateRow>& state, const std::string& unit);

}  // namespace suki::app
