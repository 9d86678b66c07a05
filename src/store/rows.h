#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account/state.h"
#include "base/amount.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/names.h"
#include "base/time.h"
#include "catalogue/catalogue.h"
#include "ledger/ledger.h"
#include "programme/plan.h"

/// What is kept, row by row, in plain values. The store adds the bucket, the search words and the checksums by itself.
///
/// `version`: the row being written carries the version that it will have. Version 1 inserts, and the row must not be there;
/// version n > 1 replaces, and version n - 1 must be there. Anything else is a Conflict, and nothing of the batch is written.
/// Rows without a version are inserted once (a second time is a Conflict) unless their comment says `put`: written over whatever
/// is there.
namespace suki::store {

inline constexpr int kBuckets = 1'024;
/// The first column of every key that belongs to an owner, and the distribution column (DESIGN.md 12).
int bucket_of(IdBits owner);
/// The same of what is keyed by its own value: claims, idempotency keys, receipts without a member.
int bucket_of(std::string_view value);

// -- Programmes ------------------------------------------------------------------------------------------------------------

/// put
struct OrganisationRow {
    std::string id;
    std::string name;
    Instant created_at;
    friend bool operator==(const OrganisationRow&, const OrganisationRow&) = default;
};

/// put
struct ProgrammeRow {
    std::string org;
    std::string id;
    std::string name;
    Instant created_at;
    friend bool operator==(const ProgrammeRow&, const ProgrammeRow&) = default;
};

/// For ever: never replaced nor removed.
struct EditionRow {
    std::string org;
    std::string programme;
    int number = 0;
    Date effective_on;
    std::string document;  // as it was written, to the byte
    std::string hash;      // of the document
    int semantics = 0;
    Instant published_at;
    std::string published_by;
    std::string note;
    friend bool operator==(const EditionRow&, const EditionRow&) = default;
};

// -- Owners ----------------------------------------------------------------------------------------------------------------

SUKI_ENUM(AccountKind, person, household, company)

struct AccountRow {
    std::string org;
    AccountId id;
    AccountKind kind = AccountKind::person;
    Instant created_at;
    std::optional<AccountId> merged_into;
    std::int64_t version = 1;
    friend bool operator==(const AccountRow&, const AccountRow&) = default;
};

/// `anonymous`: whoever holds a bearer card that gathers, until it is attached to somebody. `moved`: the same person is under
/// another account now, to which the claim of the id leads; the row stays, since receipts and cards speak of it here.
SUKI_ENUM(MemberStatus, active, blocked, erased, anonymous, moved)

struct MemberRow {
    std::string org;
    AccountId account;
    MemberId id;
    std::string programme;
    std::string external_id;
    std::string name;
    std::string phone;
    std::string email;
    std::string language;
    account::Facts facts;  // birthday, attributes, segments
    MemberStatus status = MemberStatus::active;
    Date joined_on;
    Instant created_at;
    std::int64_t version = 1;  // also the ETag
    friend bool operator==(const MemberRow&, const MemberRow&) = default;
};

SUKI_ENUM(CardStatus, active, blocked, replaced)

/// put
struct CardRow {
    std::string org;
    std::string number;
    AccountId account;
    MemberId member;
    std::string programme;
    programme::CardKind kind = programme::CardKind::bearer;
    CardStatus status = CardStatus::active;
    Instant issued_at;
    std::string category;  // of a category card that names one
    std::string batch;     // of the record of the batch in which it was made; empty: by itself
    friend bool operator==(const CardRow&, const CardRow&) = default;
};

/// What must be unique wider than one account, and how an owner is found by it. `member` claims a member's id, so that it leads to
/// its account; `hold` likewise. `quote` claims a quote that a sale used up. `receipt`, `return_` and `activity` claim the ids that
/// callers give; `referral` the code by which a member brings friends.
SUKI_ENUM(ClaimKind, member, card, phone, email, external_id, receipt, return_, hold, activity, quote, referral)

struct ClaimKey {
    std::string org;
    ClaimKind kind = ClaimKind::card;
    std::string programme;  // empty: unique in the whole organisation
    std::string value;
    friend auto operator<=>(const ClaimKey&, const ClaimKey&) = default;
};

struct ClaimRow {
    ClaimKey key;
    std::optional<AccountId> account;  // none: a receipt without a member
    std::optional<MemberId> member;
    std::string other;  // what else the kind needs: the receipt of a return, …
    friend bool operator==(const ClaimRow&, const ClaimRow&) = default;
};

/// One step of claiming; a batch takes them in their order. Removing a claim that is not there, or is another account's, is a
/// Conflict, and so is claiming what is taken. To move a claim: remove it, then claim it.
struct ClaimChange {
    ClaimRow row;
    bool is_removal = false;
};

/// An account that was merged into another, which may have been merged since.
struct Merged {
    AccountId account;
    AccountId into;
    Instant at;
    MemberId member;  // who its people became; nil: the only one there
    friend bool operator==(const Merged&, const Merged&) = default;
};

/// Of an account in which several people are, or were once: each one's uses of offers are counted by themselves from then on.
struct Household {
    MemberId owner;
    bool is_owner_paying = false;  // only the owner may pay with points
    Instant begun_at;
    friend bool operator==(const Household&, const Household&) = default;
};

/// Since when and until when somebody has a membership; what lies ahead is as it stands now. Beside the record of the membership,
/// because every sale asks for it.
struct MembershipSpan {
    IdBits membership;  // its record
    MemberId member;    // whose it is: also of those who share an account
    std::string plan;   // its id in the document
    Instant from;
    std::optional<Instant> until;  // none: it stands
    friend bool operator==(const MembershipSpan&, const MembershipSpan&) = default;
};

/// Who brought somebody. Beside the record of it, which lies with who brought them, because every sale of theirs asks for it.
struct Brought {
    MemberId member;
    IdBits record;
    AccountId account;  // of the record: under which who brought them was then
    MemberId by;
    Date since;              // what they bought before is not looked at
    bool is_ended = false;   // nothing more comes of it; what was given stands
    bool is_proved = false;  // by a first purchase that stands: no other is a first one
    friend bool operator==(const Brought&, const Brought&) = default;
};

/// What an account has in one programme: the engine's state and all wallets, kept as one sealed column, beside which the store
/// keeps the wallets' balances for lists and sweeps.
struct StateRow {
    std::string org;
    AccountId account;
    std::string programme;
    account::State state;
    std::vector<ledger::Wallet> wallets;  // by unit
    std::int64_t entries = 0;             // how many entries were ever posted: the next EntryRow::sequence
    /// Every counter that an edition up to this one names is kept in `state`. 0: written before this was noted.
    int counted_to = 0;
    /// Of the last command that changed counters or wallets; 0: none has yet, -1: it was written before this was noted.
    Instant recorded_at;
    /// Accounts that were merged into this one, and into those: their receipts count here.
    std::vector<Merged> merged;
    std::optional<Household> household;
    /// Accounts that people of this one have left: how often they used offers there counts here, nothing else.
    std::vector<AccountId> left;
    std::vector<MembershipSpan> memberships;  // by record, then by time
    std::vector<Brought> brought;             // in the order in which they came under the account
    std::int64_t version = 1;
    friend bool operator==(const StateRow&, const StateRow&) = default;
};

/// A wallet's balances as the books of its last posting say, not as of now.
struct WalletRow {
    std::string org;
    AccountId account;
    std::string programme;
    std::string unit;
    Points pending;
    Points available;
    Points held;
    Points owed;
    std::optional<Instant> next_due_at;  // the next maturity, expiry or hold that times out
    friend bool operator==(const WalletRow&, const WalletRow&) = default;
};

/// For ever. `sequence` counts 0, 1, 2 … within (account, programme), in the order of posting: the order of a replay.
struct EntryRow {
    std::string org;
    AccountId account;
    std::string programme;
    std::int64_t sequence = 0;
    ledger::Entry entry;
    friend bool operator==(const EntryRow&, const EntryRow&) = default;
};

// -- Events ----------------------------------------------------------------------------------------------------------------

/// `packed` is engine::pack(StoredReceipt): sealed, opaque here; a returned part replaces the row with the next version.
struct ReceiptRow {
    std::string org;
    std::string programme;
    std::string id;
    std::optional<AccountId> account;
    std::optional<MemberId> member;
    std::string store;
    Instant occurred_at;
    Instant recorded_at;
    Date date;  // of the purchase, in the programme's zone
    int edition = 0;
    Money list_total;
    Money total;
    Money paid;                // in money, less the refunds
    bool is_returned = false;  // in part or wholly
    std::string packed;
    std::int64_t version = 1;
    friend bool operator==(const ReceiptRow&, const ReceiptRow&) = default;
};

/// The memory of a command: for ever.
struct IdempotencyRow {
    std::string org;
    std::string api_key;  // its id
    std::string key;
    Digest command_hash{};
    int hash_version = 1;
    int status = 0;        // of HTTP
    std::string response;  // its body
    std::optional<AccountId> account;
    Instant recorded_at;
    friend bool operator==(const IdempotencyRow&, const IdempotencyRow&) = default;
};

struct ActivityRow {
    std::string org;
    AccountId account;
    std::string programme;
    std::string id;  // the caller's
    MemberId member;
    std::string kind;
    std::string store;
    Instant occurred_at;
    Instant recorded_at;
    Date date;
    friend bool operator==(const ActivityRow&, const ActivityRow&) = default;
};

/// Delivered at least once: read, deliver, delete by key. `id` is in time order (derived_id).
struct OutboxRow {
    std::string org;
    std::optional<AccountId> account;
    IdBits id;
    std::string topic;
    std::string payload;
    Instant created_at;
    friend bool operator==(const OutboxRow&, const OutboxRow&) = default;
};

/// Where the till's figures differ from what Suki decided. Replaced (put) when it is resolved.
struct DiscrepancyRow {
    std::string org;
    std::string programme;
    IdBits id;
    std::optional<AccountId> account;
    std::string receipt;
    std::string kind;  // the stable word: charged_differs, clock_ahead, points_uncovered, …
    std::int64_t charged = 0;
    std::int64_t decided = 0;
    Instant recorded_at;
    std::optional<Instant> resolved_at;
    std::string resolved_by;
    std::int64_t line = 0;  // 0: the receipt as a whole
    std::string what;       // the unit, card or hold meant; may be empty
    std::string note;       // of whoever resolved it
    friend bool operator==(const DiscrepancyRow&, const DiscrepancyRow&) = default;
};

/// What is kept of a programme or of its members beside points. Each kind packs what it is, sealed; what lists and due dates need
/// stands beside it. Its bucket is its account's, or where it has none its own id's.
SUKI_ENUM(RecordKind, card_batch, benefit_use, benefit_grant, signing_keys, gift_stock, gift_order, level_grant, occasion, seat,
          membership, payment_request, recognition, milestone, milestone_roll, trade_in, referral)
struct RecordRow {
    std::string org;
    IdBits id;
    std::string programme;
    RecordKind kind = RecordKind::card_batch;
    std::optional<AccountId> account;  // none: the programme's own
    std::optional<MemberId> member;
    std::string subject;  // what it is of within its kind, by which lists may ask; may be empty
    std::string place;    // the store where it is; may be empty
    std::string status;   // a word of its kind
    Instant created_at;
    std::optional<Instant> due_at;  // when something is to be done about it
    std::string packed;
    std::int64_t version = 1;
    friend bool operator==(const RecordRow&, const RecordRow&) = default;
};

/// A command as those know it that set it aside.
struct CommandKey {
    std::string org;
    Digest command_hash{};
    friend auto operator<=>(const CommandKey&, const CommandKey&) = default;
};

/// put. A command that must not be tried again by itself (DESIGN.md 16).
struct QuarantineRow {
    CommandKey key;
    std::string command;  // its word
    std::string subject;  // the id that its caller gave: of the receipt, return, …; may be empty
    std::string reason;
    Instant recorded_at;
    friend bool operator==(const QuarantineRow&, const QuarantineRow&) = default;
};

/// put. A command that was in flight when a process died. Removed as soon as it was decided after all.
struct SuspectRow {
    CommandKey key;
    std::string command;
    std::string subject;
    std::int64_t deaths = 0;
    std::string last_death;  // its name: none is counted twice
    Instant recorded_at;     // of the last one
    friend bool operator==(const SuspectRow&, const SuspectRow&) = default;
};

/// What was drawn from a limit of the whole programme in one period, with all that stands in portions.
struct PoolRow {
    std::string org;
    std::string programme;
    std::string key;
    Date period_start;
    std::int64_t drawn = 0;
    std::int64_t version = 1;
    friend bool operator==(const PoolRow&, const PoolRow&) = default;
};

/// What one holder (a server process) took out of a pool and has not given yet. Whoever writes it next, itself or one that recalls
/// it, follows its version.
struct PortionRow {
    std::string org;
    std::string programme;
    std::string key;
    Date period_start;
    std::string holder;
    std::int64_t undrawn = 0;
    Instant touched_at;
    std::int64_t version = 1;
    friend bool operator==(const PortionRow&, const PortionRow&) = default;
};
/// The removal of the row at the version before `row.version`, or the row itself.
struct PortionChange {
    PortionRow row;
    bool is_removal = false;
    friend bool operator==(const PortionChange&, const PortionChange&) = default;
};

/// A pool, and the portions of it by holder.
struct Pool {
    PoolRow row;
    std::vector<PortionRow> portions;
    friend bool operator==(const Pool&, const Pool&) = default;
};

// -- The audit log -----------------------------------------------------------------------------------------------------------

/// For ever: what was done to rights, configuration and other people's money, in ids. Of each organisation 1,024 chains, each in
/// its bucket: `number` counts 1, 2, 3 … within (org, chain), and the hash holds the one before. See store/audit.h.
struct AuditRow {
    std::string org;  // empty: the installation's own
    int chain = 0;    // the bucket
    std::int64_t number = 0;
    Instant at;
    std::string actor;                  // the id of a key or user, `cli`, …; empty: nobody known
    std::string action;                 // a command's word, `sign_in`, …
    std::vector<std::string> subjects;  // ids
    std::string outcome;                // `done`, or the code of the refusal
    std::string request;                // X-Request-Id, where there was one
    Digest hash{};
    friend bool operator==(const AuditRow&, const AuditRow&) = default;
};

struct AuditHead {
    int chain = 0;
    std::int64_t number = 0;
    Digest hash{};
    friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

/// For ever. Where the chains of an organisation stood: those that moved since the root before, by chain.
struct AuditRootRow {
    std::string org;
    std::int64_t number = 0;  // 1, 2, 3 … within org
    Instant made_at;
    std::vector<AuditHead> heads;
    Digest hash{};
    friend bool operator==(const AuditRootRow&, const AuditRootRow&) = default;
};

// -- Catalogue -------------------------------------------------------------------------------------------------------------

/// put
struct ProductRow {
    std::string org;
    catalogue::Product product;
};

/// put. A shop.
struct PlaceRow {
    std::string org;
    catalogue::Store place;
};

// -- Who may do what -------------------------------------------------------------------------------------------------------

/// put
struct ApiKeyRow {
    std::string id;  // unique in the database; the part of the key that is no secret
    std::string org;
    Digest secret_hash{};
    std::vector<std::string> scopes;
    std::string programme;  // default of the till
    std::string store;      // default of the till
    std::string label;
    Instant created_at;
    std::optional<Instant> revoked_at;
    friend bool operator==(const ApiKeyRow&, const ApiKeyRow&) = default;
};

/// put
struct ConsoleUserRow {
    std::string org;
    std::string name;
    std::string password_hash;  // argon2id, encoded
    std::string role;
    Instant created_at;
    friend bool operator==(const ConsoleUserRow&, const ConsoleUserRow&) = default;
};

/// Either ends all sessions of the user: a new password lets nobody stay who came in with the old one. Removing one that is not
/// there changes nothing.
struct ConsoleUserChange {
    ConsoleUserRow row;
    bool is_removal = false;
};

/// put
struct SessionRow {
    Digest token_hash{};
    std::string org;
    std::string user;
    std::string csrf;
    Instant created_at;
    Instant expires_at;
    friend bool operator==(const SessionRow&, const SessionRow&) = default;
};

/// One that ended meanwhile stays so.
struct SessionProlonged {
    Digest token_hash{};
    Instant expires_at;
};

/// put. MAC keys of the server.
struct SecretRow {
    std::string name;
    std::string value;
    Instant created_at;
    friend bool operator==(const SecretRow&, const SecretRow&) = default;
};

}  // namespace suki::store
