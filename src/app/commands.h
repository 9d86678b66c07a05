#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "account/state.h"
#include "app/asking.h"
#include "app/guest_lists.h"
#include "app/membership_commands.h"
#include "app/privileges.h"
#include "app/recognition_commands.h"
#include "app/trade_in_commands.h"
#include "app/referral_commands.h"
#include "base/id.h"
#include "base/names.h"
#include "base/time.h"
#include "catalogue/catalogue.h"
#include "engine/books.h"
#include "engine/challenges.h"
#include "engine/evaluate.h"
#include "engine/levels.h"
#include "engine/outcome.h"
#include "event/receipt.h"
#include "programme/plan.h"

/// Everything that can be asked of Suki that writes, and what it answers. A command is plain data, decoded and within the limits of
/// its transport; App::run and App::submit take any of them.
namespace suki::app {

/// What was not as it should be, though the event was recorded (DESIGN.md 5).
/// Why prices that were quoted are not those of the sale, in Discrepancy::what.
SUKI_ENUM(QuoteFault, unreadable, other_sale, other_basket, expired, used, prices_gone)
SUKI_ENUM(DiscrepancyKind, clock_ahead, charged_differs, points_uncovered, hold_not_found, member_not_found, card_blocked,
          quote_not_honoured, refund_differs, return_without_receipt, before_first_edition, return_before_purchase,
          points_below_minimum, points_not_whole_steps, points_above_share, points_cut, household_owner_pays, many_friends)
struct Discrepancy {
    DiscrepancyKind kind{};
    std::uint32_t line = 0;    // 0: the receipt as a whole
    std::int64_t stated = 0;   // what the caller said: minor units, points or µs
    std::int64_t decided = 0;  // what Suki says
    std::string what;          // the unit, card or hold meant; may be empty
    friend bool operator==(const Discrepancy&, const Discrepancy&) = default;
};

using engine::UnitPoints;

// -- Receipts ---------------------------------------------------------------------------------------------------------------

/// A gift or a use of a benefit that an offer gave.
struct ThingGiven {
    std::string id;  // of the order, `gor_…`, or of the grant, `bgr_…`
    std::string thing;
    std::string offer;
    bool is_gift = true;
    bool is_kept = false;  // of what is given no more: handed over or used already
    friend bool operator==(const ThingGiven&, const ThingGiven&) = default;
};
struct ReturnAnswer {
    std::string return_id;
    std::string receipt;
    Instant recorded_at;
    Money refund;                        // what the till gives back, `withheld` already taken off
    Money withheld;                      // for points already spent (debt: from_refund)
    std::vector<UnitPoints> taken_back;  // points reversed
    std::vector<UnitPoints> left;        // spent already and left with the member (debt: refuse) or paid by `withheld`
    std::vector<UnitPoints> owed;        // spent already and owed now (debt: below_zero)
    std::vector<UnitPoints> given_back;  // points that had paid for it
    std::vector<UnitBalance> balances;
    std::string level;
    std::vector<std::string> relied_on;  // ids of later receipts whose decisions stand though they read what changed
    std::vector<Discrepancy> discrepancies;
    bool is_repeat = false;          // answered before; not part of what is remembered
    std::vector<ThingGiven> things;  // what offers had given of the receipt, and give no more
};

struct ReceiptAnswer {
    std::string receipt;
    Instant recorded_at;
    Instant judged_at;  // occurred_at, or recorded_at when the till's clock was ahead
    int edition = 0;
    std::string programme;
    std::string currency;
    std::optional<MemberId> member;
    engine::Outcome outcome;
    std::vector<std::string> units;     // names for the outcome's points, as Plan::units
    std::vector<UnitPoints> uncovered;  // points paid beyond what was held or available
    std::vector<UnitBalance> balances;
    std::string level_before;
    std::string level;
    std::vector<ReturnAnswer> returns;
    std::vector<Discrepancy> discrepancies;
    std::vector<engine::ChallengeMove> challenges;  // that it counted for
    bool is_new_member = false;                     // an import made the member with it; not part of what is remembered
    bool is_repeat = false;
    std::vector<ThingGiven> things;  // gifts and uses of benefits that offers gave
};

/// A completed purchase. `returns` are goods of earlier receipts brought back in the same go: judged and posted first.
struct RecordReceipt {
    using answer_type = ReceiptAnswer;
    static constexpr std::string_view word = "record_receipt";
    std::string programme;
    MemberName member;
    event::Receipt receipt;
    std::vector<event::Return> returns;
    std::string quote_token;
    bool is_import = false;       // of history; `clock_ahead` still holds
    bool is_dated_back = false;   // import only: recorded as of its own time
    int edition = 0;              // import only: judge by this edition, whatever the date; 0: by date
    bool as_history = false;      // import only: members, counters and levels, no points
    bool creates_member = false;  // import only: an unknown external id or card becomes a member, joined on the purchase's day
};

struct ReturnGoods {
    using answer_type = ReturnAnswer;
    static constexpr std::string_view word = "return_goods";
    std::string programme;
    event::Return what;
};
/// Takes back all that is left of a receipt.
struct VoidReceipt {
    using answer_type = ReturnAnswer;
    static constexpr std::string_view word = "void_receipt";
    std::string programme;
    event::Return what;  // `lines` are ignored, `is_void` is set
};

// -- Holds and adjustments --------------------------------------------------------------------------------------------------

struct HoldAnswer {
    HoldId hold;
    std::string unit;
    Points points;  // held; confirmed or released otherwise
    Instant expires_at;
    MemberId member;
    std::vector<UnitBalance> balances;
    bool is_repeat = false;
};
inline constexpr std::int64_t kHoldSecondsDefault = 15 * 60;
inline constexpr std::int64_t kHoldSecondsMax = 24 * 60 * 60;
/// The hold's id is ours: only the Idempotency-Key protects against a repeat.
struct PlaceHold {
    using answer_type = HoldAnswer;
    static constexpr std::string_view word = "place_hold";
    std::string programme;
    MemberName member;
    std::string unit;
    Points points;
    std::int64_t seconds = kHoldSecondsDefault;
};
/// Spends `points` of the hold (all when absent) and releases the rest.
struct ConfirmHold {
    using answer_type = HoldAnswer;
    static constexpr std::string_view word = "confirm_hold";
    std::string programme;
    HoldId hold;
    std::optional<Points> points;
    std::string reason;
};
struct ReleaseHold {
    using answer_type = HoldAnswer;
    static constexpr std::string_view word = "release_hold";
    std::string programme;
    HoldId hold;
};

struct AdjustAnswer {
    std::string unit;
    Points points;
    Instant recorded_at;
    std::vector<UnitBalance> balances;
    std::string id;  // `adj_…`; of an undoing `und_…`
    bool is_repeat = false;
};
struct Adjust {
    using answer_type = AdjustAnswer;
    static constexpr std::string_view word = "adjust";
    std::string programme;
    MemberName member;
    std::string unit;
    Points points;
    std::string reason;
    std::optional<Instant> expires_at;
    bool may_owe = false;
};
/// Posts the opposite of an adjustment, to the very points that it gave or took.
struct UndoAdjustment {
    using answer_type = AdjustAnswer;
    static constexpr std::string_view word = "undo_adjustment";
    std::string programme;
    MemberName member;
    std::string adjustment;  // its id
    std::string reason;
};

/// Points of one member to another, with their expiry.
struct TransferAnswer {
    std::string transfer;  // its id, the cause of both entries
    std::string unit;
    Points points;
    Instant recorded_at;
    MemberId member;  // who gave
    MemberId to;
    std::vector<UnitBalance> balances;
    std::vector<UnitBalance> balances_of_other;
    bool is_repeat = false;
};
struct TransferPoints {
    using answer_type = TransferAnswer;
    static constexpr std::string_view word = "transfer_points";
    std::string programme;
    MemberName member;
    MemberName to;
    std::string unit;
    Points points;
    std::string reason;
};
/// Two accounts of one person become one (DESIGN.md 17): everything that the one has, in every programme of the organisation, goes
/// to the other, and all its names lead there from now on. Its receipts and entries stay where they are. Where the other has no
/// member in a programme yet, one is made of the member who goes.
struct MergedProgramme {
    std::string programme;
    std::string merge;  // the cause of its entries
    MemberId member;
    MemberId to;
    std::vector<UnitPoints> moved;
    std::vector<UnitBalance> balances;
    std::string level;
};
struct MergeAnswer {
    std::string merge;  // its id, the cause of the entries
    Instant recorded_at;
    MemberId member;  // who is there no longer
    MemberId to;
    std::vector<UnitPoints> moved;  // less what was owed
    std::vector<UnitBalance> balances;
    std::string level;
    std::vector<MergedProgramme> elsewhere;  // by programme: the others in which the account had anything
    bool is_repeat = false;
};
struct MergeMembers {
    using answer_type = MergeAnswer;
    static constexpr std::string_view word = "merge_members";
    std::string programme;
    MemberName member;
    MemberName to;  // by id also a member of another programme of the organisation
    std::string reason;
};

// -- Members and cards ------------------------------------------------------------------------------------------------------

/// What is known of a person in a programme. Texts are as stored: phone digits with a leading `+`, e-mail in lower case.
struct MemberProfile {
    std::string name;
    std::string phone;
    std::string email;
    std::string external_id;
    std::string language;
    account::Facts facts;
    friend bool operator==(const MemberProfile&, const MemberProfile&) = default;
};
SUKI_ENUM(CardStatus, active, blocked, replaced)
struct CardView {
    std::string number;
    programme::CardKind kind = programme::CardKind::personal;
    CardStatus status = CardStatus::active;
    Instant issued_at;
    std::optional<MemberId> member;
    std::string category;       // of a category card that names one
    std::string batch;          // in which it was made; may be empty
    bool is_anonymous = false;  // gathers for whoever holds it: `member` is known to nobody
};
struct MemberView {
    MemberId member;
    AccountId account;
    std::string programme;
    Date joined_on;
    std::int64_t version = 0;  // for ETag and If-Match
    MemberProfile profile;
    std::vector<CardView> cards;
    std::vector<UnitBalance> balances;
    std::optional<engine::LevelOutlook> level;
    std::optional<MemberId> merged_into;
    bool is_repeat = false;
    bool is_anonymous = false;  // whoever holds a bearer card that gathers
};

/// A card that a new member is given, beside one whose number is named, is made by Suki.
struct CreateMember {
    using answer_type = MemberView;
    static constexpr std::string_view word = "create_member";
    std::string programme;
    MemberProfile profile;
    std::string card;                  // issued to the member; taken over, with what it gathered, when it exists without one
    bool makes_card = false;           // a personal one, with a number of the programme's own
    std::optional<Date> joined_on;     // import only: defaults to today in the programme's zone
    bool is_import = false;            // no welcome points
    std::optional<AccountId> account;  // of the person in another programme of the organisation; none: a new one
    std::string referred_by;           // who brought them: a code, a card number or a member's id; may be empty
};
/// Absent members stay as they are; an empty text or list clears.
struct PatchMember {
    using answer_type = MemberView;
    static constexpr std::string_view word = "patch_member";
    std::string programme;
    MemberId member;
    std::optional<std::int64_t> if_version;
    std::optional<std::string> name, phone, email, external_id, language;
    std::optional<std::optional<YearMonthDay>> birthday;
    std::vector<std::pair<std::string, std::optional<std::string>>> attributes;  // named ones only; absent value removes
    std::optional<std::vector<std::string>> segments;
};
/// A new card; or one that is known already and nobody's, to a member: with what it gathered, where it did.
struct IssueCard {
    using answer_type = CardView;
    static constexpr std::string_view word = "issue_card";
    std::string programme;
    std::string number;                                    // empty: one of the programme's own
    programme::CardKind kind = programme::CardKind::none;  // none: what it is already; else a member's is personal, nobody's bearer
    MemberName member;                                     // nobody: a bearer or category card of its own
    std::string category;                                  // of a category card; empty: it names none
};
/// Blank cards for printing: each is known from now on, and nobody's until it is given to a member.
struct CardBatchView {
    std::string id;  // `cbt_…`
    programme::CardKind kind = programme::CardKind::bearer;
    std::string category;
    std::int64_t count = 0;
    Instant made_at;
    std::string author;
    std::string note;
    bool is_blocked = false;
    bool is_repeat = false;
};
struct MakeCards {
    using answer_type = CardBatchView;
    static constexpr std::string_view word = "make_cards";
    std::string programme;
    programme::CardKind kind = programme::CardKind::none;  // none: category cards where a category is named, else bearer cards
    std::string category;
    std::int64_t count = 0;  // up to limits::cards_per_batch
    std::string note;        // for whoever looks at the list; may be empty
};
/// Of a batch that went astray all cards that are nobody's yet; and back again.
struct BlockCardBatch {
    using answer_type = CardBatchView;
    static constexpr std::string_view word = "block_card_batch";
    std::string programme;
    std::string batch;
    bool is_blocked = true;
};
struct BlockCard {
    using answer_type = CardView;
    static constexpr std::string_view word = "block_card";
    std::string programme;
    std::string number;
    bool is_blocked = true;  // false: made active again
};
/// A lost, stolen or worn card makes room for another of its kind: what the old one led to the new one leads to, and the old one
/// works no more, whatever it was before. A card that was printed for nobody yet may be the new one.
struct ReplaceCard {
    using answer_type = CardView;  // the new one
    static constexpr std::string_view word = "replace_card";
    std::string programme;
    std::string number;
    std::string replacement;  // empty: one of the programme's own numbers
};

struct ActivityAnswer {
    std::string activity;
    Instant recorded_at;
    MemberId member;
    std::string level;
    std::vector<Discrepancy> discrepancies;
    // Of goods brought back without their receipt, by the document's `debt`.
    std::vector<UnitPoints> taken_back;  // also what is owed now
    std::vector<UnitPoints> owed;
    std::vector<UnitPoints> left;  // could not be taken
    Money withheld;                // worth of what is left, for the till to keep back; at most what the goods cost
    bool is_repeat = false;
};
/// A visit or another activity. `without_receipt` is goods brought back without theirs: their list totals; points are taken back at
/// the rate of the offers without conditions of the edition in force.
struct RecordActivity {
    using answer_type = ActivityAnswer;
    static constexpr std::string_view word = "record_activity";
    std::string programme;
    MemberName member;
    event::Activity activity;
    std::vector<event::Line> without_receipt;
};

// -- Programmes and catalogue -----------------------------------------------------------------------------------------------

struct CreateOrganisation {
    using answer_type = std::string;  // its id
    static constexpr std::string_view word = "create_organisation";
    std::string id;
    std::string title;
};

struct EditionView {
    std::string programme;
    int edition = 0;
    Date effective_on;
    Instant published_at;
    std::string author;
    std::string document_hash;
    int semantics = 0;
    bool is_repeat = false;
};
/// `effective_on` wins over the document's `effective:`. The first edition may name any date; a later one must name a day after
/// today and not before the latest edition's. `allow_past` is the operator's word for histories (cli, demo).
struct PreparedEdition;
struct PublishEdition {
    using answer_type = EditionView;
    static constexpr std::string_view word = "publish_edition";
    std::string document;
    std::optional<Date> effective_on;
    bool allow_past = false;
    std::shared_ptr<const PreparedEdition> prepared;  // App's own
};

struct CatalogueAnswer {
    std::int64_t written = 0;
    bool is_repeat = false;
};
struct ImportProducts {
    using answer_type = CatalogueAnswer;
    static constexpr std::string_view word = "import_products";
    std::vector<catalogue::Product> products;
};
struct ImportStores {
    using answer_type = CatalogueAnswer;
    static constexpr std::string_view word = "import_stores";
    std::vector<catalogue::Store> stores;
};

// -- Discrepancies ----------------------------------------------------------------------------------------------------------

struct DiscrepancyView {
    std::string id;  // dsc_…
    std::string programme;
    std::string event;  // receipt, return or activity id
    Instant recorded_at;
    Discrepancy discrepancy;
    std::optional<Instant> resolved_at;
    std::string resolved_by;
    std::string note;
    bool is_repeat = false;
};
/// Says that someone has looked into it; nothing else changes. Resolved once it stays as it is, and a second time is answered with
/// the first.
struct ResolveDiscrepancy {
    using answer_type = DiscrepancyView;
    static constexpr std::string_view word = "resolve_discrepancy";
    std::string programme;
    std::string discrepancy;  // dsc_…
    std::string note;         // may be empty
};

// -- The quarantine ---------------------------------------------------------------------------------------------------------

/// A command that Suki could not do, and refuses since.
struct QuarantinedView {
    std::string id;       // the hash of the command
    std::string command;  // its word
    std::string subject;  // the id that its caller gave: of the receipt, return, …; may be empty
    std::string reason;
    Instant recorded_at;
};
/// Lets the command be tried again, after what was wrong has been mended.
struct ReleaseQuarantined {
    using answer_type = QuarantinedView;
    static constexpr std::string_view word = "release_quarantined";
    std::string id;
};

// -- Keys and users ---------------------------------------------------------------------------------------------------------

SUKI_ENUM(KeyScope, till, service, admin)
struct ApiKeyView {
    std::string id;
    std::string organisation;
    std::string name;
    std::string programme;  // the default of calls with this key; may be empty
    std::string store;      // the only one whose receipts and events the key may write; empty: any
    std::vector<KeyScope> scopes;
    Instant created_at;
    std::optional<Instant> revoked_at;
    std::string secret;  // only in the answer that made it
};
struct CreateApiKey {
    using answer_type = ApiKeyView;
    static constexpr std::string_view word = "create_api_key";
    std::string name;
    std::string programme;
    std::vector<KeyScope> scopes;
    std::string store;  // for the scope till alone
};
struct RevokeApiKey {
    using answer_type = ApiKeyView;
    static constexpr std::string_view word = "revoke_api_key";
    std::string id;
};

/// `waiting` is published and signs later; `retired` signs no more, and is published until what it signed has expired.
SUKI_ENUM(SigningKeyStatus, waiting, signing, retired)
struct SigningKeyView {
    std::string id;          // `kid`: the thumbprint of RFC 7638
    std::string public_key;  // `x` of RFC 8037
    SigningKeyStatus status = SigningKeyStatus::signing;
    Instant made_at;
    Instant signs_from;
    std::optional<Instant> published_until;  // none: no other follows it yet
};
/// For how long whoever fetched the published keys may keep them.
inline constexpr std::int64_t kKeysKeptSeconds = 600;
/// All that are published, oldest first.
struct SigningKeysView {
    std::vector<SigningKeyView> keys;
    bool is_changed = false;  // not remembered
    bool is_repeat = false;
};
/// `due`: what time asks for, the first key included; `next`: the next one signs as soon as it may; `revoke`: a new one signs at
/// once, and no other is published any more.
SUKI_ENUM(KeyRotation, due, next, revoke)
/// Of the keys by which the organisation signs access tokens.
struct RotateSigningKeys {
    using answer_type = SigningKeysView;
    static constexpr std::string_view word = "rotate_signing_keys";
    KeyRotation how = KeyRotation::due;
    std::optional<Instant> needed_until;  // until then something that is signed now will be checked
};

struct UserView {
    std::string id;  // usr_…: what the audit log calls the user
    std::string name;
    std::string organisation;  // empty: every one
    Instant created_at;
    std::string password;  // a generated one, only in the answer that made it
    bool is_repeat = false;
};
/// A user of the console; so with the next: App generates the password and hashes it while the caller waits, not on the committing
/// thread. Names are unique over all organisations, since signing in names no other thing.
struct CreateUser {
    using answer_type = UserView;
    static constexpr std::string_view word = "create_user";
    std::string name;
    std::string password_hash;  // App's own
};
/// A new password for somebody else. All sessions of that user end.
struct ResetPassword {
    using answer_type = UserView;
    static constexpr std::string_view word = "reset_password";
    std::string name;
    std::string password_hash;  // App's own
};
/// Somebody else, and not the last one. All sessions of that user end.
struct RemoveUser {
    using answer_type = UserView;
    static constexpr std::string_view word = "remove_user";
    std::string name;
};
/// A user's own: see App::change_password, which alone asks this. Refused when another password came between.
struct ChangePassword {
    using answer_type = UserView;
    static constexpr std::string_view word = "change_password";
    std::string name;
    std::string old_hash;
    std::string password_hash;
};

// -- The sweep --------------------------------------------------------------------------------------------------------------

struct SweepAnswer {
    std::int64_t accounts = 0;
    bool is_done = true;  // false: more is due; call again
};
/// Writes down what fell due (maturities, expiries, holds that timed out, levels, what is to be collected), for up to
/// `accounts_max` accounts and as many records.
struct Sweep {
    using answer_type = SweepAnswer;
    static constexpr std::string_view word = "sweep";
    std::int64_t accounts_max = 500;
};

}  // namespace suki::app
