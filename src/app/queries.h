#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "engine/benefits.h"
#include "engine/missing.h"
#include "engine/rebates.h"
#include "engine/settle.h"
#include "ledger/ledger.h"

/// Everything that can be asked of Suki that writes nothing, and what it answers.
namespace suki::app {

struct Page {
    std::string cursor;      // opaque; empty: from the newest
    std::size_t limit = 50;  // 1 .. limits::page_rows_max
};

// -- Quote ------------------------------------------------------------------------------------------------------------------

struct QuoteAnswer {
    int edition = 0;  // 0: before the first edition
    std::string currency;
    Instant judged_at;
    std::optional<MemberId> member;
    engine::Outcome outcome;
    std::vector<std::string> units;
    std::vector<UnitPoints> spendable;     // could pay for this receipt at most
    std::vector<engine::Missing> missing;  // to the next step of a scale, to an amount or quantity
    std::optional<engine::LevelOutlook> level;
    std::vector<UnitBalance> balances;
    std::vector<HoldAnswer> holds;
    std::vector<Discrepancy> discrepancies;  // member_not_found, card_blocked
    std::string token;
    Instant token_expires_at;
    std::vector<engine::ChallengeMove> challenges;  // that it would count for
    bool is_repeat = false;
};
/// Writes nothing; with `with_hold` it is sent as a command and places a hold for each of `receipt.points_paid` without one.
struct Quote {
    using answer_type = QuoteAnswer;
    static constexpr std::string_view word = "quote";
    std::string programme;
    MemberName member;
    event::Receipt receipt;  // `occurred_at` may be any instant
    bool with_hold = false;
};

// -- Statement --------------------------------------------------------------------------------------------------------------

/// Why a line of a statement is there, as a key and arguments that `words` makes a sentence of: `earn.offer` {offer, clause, …}.
struct Reason {
    std::string key;
    std::vector<std::pair<std::string, std::string>> arguments;
};
struct StatementLine {
    ledger::Entry entry;
    Points change;  // of what the owner has: pending + available + held + debt
    Reason reason;
    programme::PlanPointer plan;  // in whose words the reason is said: that of the entry's edition, the first one's before it
    bool is_projected = false;    // fell due, though no sweep has written it down yet
};
struct LotView {
    std::string unit;
    Points remaining;
    Instant earned_at;
    Instant matures_at;
    std::optional<Instant> expires_at;
    bool is_mature = false;
    std::string earned_by;
};
struct HoldView {
    std::string unit;
    ledger::Hold hold;
};
struct Statement {
    MemberView member;
    std::vector<LotView> lots;  // in spending order
    std::vector<HoldView> holds;
    programme::PlanPointer plan;               // of the edition in force as of the instant asked; null before the first
    std::vector<engine::ScaleOutlook> scales;  // of that edition
    std::vector<StatementLine> lines;          // newest first
    std::string next_cursor;                   // empty: no more
};

// -- Receipts ---------------------------------------------------------------------------------------------------------------

struct ReceiptView {
    std::string programme;
    std::string currency;
    std::vector<std::string> units;
    std::optional<MemberId> member;
    engine::StoredReceipt stored;
    std::vector<Discrepancy> discrepancies;
    std::vector<engine::ChallengeMove> challenges;  // as it was decided
};
struct ReceiptList {
    std::vector<ReceiptView> receipts;
    std::string next_cursor;
};
struct ReceiptExplanation {
    ReceiptView receipt;
    programme::PlanPointer plan;  // of its edition; null before the first
    std::vector<engine::Explained> offers;
    std::vector<engine::Payable> payments;  // of the units that the receipt says paid
};

// -- Members, programmes, discrepancies -------------------------------------------------------------------------------------

struct CardBatchList {
    std::vector<CardBatchView> batches;
    std::string next_cursor;
};
struct CardBatchState {
    CardBatchView batch;
    std::int64_t blank = 0;    // nobody's yet
    std::int64_t given = 0;    // a member's, or gathering for whoever holds it
    std::int64_t blocked = 0;  // nobody's, and replaced ones
    std::vector<std::string> numbers;
};
/// One benefit as the member has it. `benefit` and the rest lie in `plan`.
struct MemberBenefits {
    MemberId member;
    programme::PlanPointer plan;  // in force today; null before the first
    std::string level;
    std::vector<engine::Entitlement> benefits;
    std::vector<BenefitUseView> uses;
    std::vector<BenefitGrantView> grants;
};
/// The member's challenges. What they are lies in `plan`.
struct MemberChallenges {
    MemberId member;
    programme::PlanPointer plan;  // in force today; null before the first
    Date today;
    std::vector<engine::ChallengeOutlook> challenges;
};
/// A period of a rebate as a member has it. What the rule is lies in `plan`.
struct RebatePeriodView {
    programme::PlanPointer plan;  // by whose edition the period is judged
    int edition = 0;
    engine::RebateOutlook outlook;
    Points accrued;
    Instant spendable_at;
    bool is_open = false;  // the period that today is in
};
/// The periods that are open, of every rebate and whatever was bought, by name; then those that are over and brought something,
/// newest first.
struct MemberRebates {
    MemberId member;
    std::vector<RebatePeriodView> periods;
};
/// `changes`: the draft's ladder has no such level, or there was none.
SUKI_ENUM(LevelMoveKind, stays, rises, falls, changes)
struct LevelMove {
    std::string from;     // levels; empty: none
    std::string to;       // on the day, with all that was promised for the levels held
    std::string settled;  // as if the draft's ladder had always ruled: where it leads once the promises have run out
    LevelMoveKind kind = LevelMoveKind::stays;   // from `from` to `to`
    LevelMoveKind later = LevelMoveKind::stays;  // from `from` to `settled`
    std::int64_t members = 0;
    std::vector<MemberId> examples;
};
/// Of one page of members: what level they would have when the draft takes effect, beside the one they would have without it, when
/// they buy nothing until then.
struct LevelPreview {
    std::string programme;
    Date effective_on;
    std::int64_t members = 0;
    std::vector<LevelMove> moves;
    programme::PlanPointer plan;  // the draft's
    std::string next_cursor;
};
struct GiftOrderQuery {
    std::optional<GiftOrderStatus> status;  // none: all
    std::string gift;                       // empty: all; so with the next
    std::string store;
    Page page;
};
struct GiftOrderList {
    std::vector<GiftOrderView> orders;
    std::string next_cursor;
};
struct TradeItemQuery {
    std::optional<engine::TradeItemStatus> status;  // none: all
    std::string trade_in;                           // empty: all; so with the next
    std::string store;
    Page page;
};
struct TradeItemList {
    std::vector<TradeItemView> items;
    std::string next_cursor;
};
struct TradeInReport {
    std::string currency;
    std::vector<engine::TradeInMonth> months;  // by department, oldest first
};
struct OccasionQuery {
    std::optional<OccasionTime> time;  // none: all
    std::string store;                 // empty: all
    std::string own_store;             // of the caller, who sees no other's; empty: any
    MemberName member;                 // nobody: no member's view
    Page page;
};
struct GuestListQuery {
    std::string occasion;
    std::optional<SeatStatus> status;  // none: all
    std::string store;                 // of the caller, who sees no other's; empty: all
    Page page;
};
/// A way to buy a gift, as the member sees it.
struct GiftAsked {
    std::uint32_t price = 0;              // index into Plan::gift_prices
    std::optional<std::int64_t> missing;  // points; 0: there are enough; none: no member was named
    std::string refusal;                  // why they can't have it, beside points and stock; empty: they can
};
struct GiftOffered {
    std::uint32_t gift = 0;            // index into Plan::gifts
    std::optional<std::int64_t> left;  // in all or in the store; none where no store was named, or the gift is not counted
    std::int64_t received = 0;
    std::int64_t written_off = 0;
    std::vector<GiftAsked> prices;
};
struct GiftCatalogue {
    std::optional<MemberId> member;
    programme::PlanPointer plan;  // in force today; null before the first
    std::vector<GiftOffered> gifts;
};
struct MilestoneView {
    std::string id;  // `mls_…`, the cause of its entry
    std::string milestone;
    Date day;  // of a renewal: to which the attribute moved
    std::string unit;
    Points points;
    std::string clause;
    Instant given_at;
};
struct MilestoneToCome {
    const programme::Milestone* milestone = nullptr;  // of the plan
    std::optional<Date> day;                          // none: nobody knows, such as of a renewal
};
struct MemberMilestones {
    MemberId member;
    programme::PlanPointer plan;           // in force today; null before the first
    std::vector<MilestoneView> given;      // newest first
    std::vector<MilestoneToCome> to_come;  // by day
};
struct MemberRecognitions {
    MemberId member;
    programme::PlanPointer plan;  // in force today; null before the first
    std::vector<RecognitionView> given;
    std::vector<RecognitionView> received;
    std::vector<std::int64_t> left;  // of the allowance, beside Plan::recognitions
};
struct RecognitionQuery {
    RecognitionStatus status = RecognitionStatus::given;
    std::string kind;  // its id in the document; empty: all
    Page page;
};
struct RecognitionList {
    std::vector<RecognitionView> recognitions;
    std::string next_cursor;
};
struct MemberMemberships {
    MemberId member;
    programme::PlanPointer plan;  // in force today; null before the first
    std::vector<MembershipView> memberships;
    std::vector<PaymentRequestView> requests;
};
struct MembershipQuery {
    std::optional<engine::MembershipStatus> status;  // none: all
    std::string membership;                          // its id in the document; empty: all
    Page page;
};
struct MembershipList {
    std::vector<MembershipView> memberships;
    std::string next_cursor;
};
struct MembershipPlans {
    programme::PlanPointer plan;  // in force today; null before the first
    /// As Plan::memberships, by status.
    std::vector<std::array<std::int64_t, count_of<engine::MembershipStatus>>> counts;
};
/// At most so many of those whom a member brought are listed; all are counted.
inline constexpr std::size_t kFriendsShown = 200;
struct MemberReferrals {
    MemberId member;
    bool is_offered = false;                 // the edition in force gives something for friends
    std::string code;                        // empty: none was asked for yet
    std::optional<ReferralView> brought_by;  // the last that was said
    std::vector<ReferralView> friends;       // newest first
    std::array<std::int64_t, count_of<ReferralStatus>> counts{};
};
struct PaymentRequestQuery {
    std::optional<PaymentRequestStatus> status;  // none: all
    std::string membership;                      // its id in the document; empty: all
    Page page;
};
struct PaymentRequestList {
    std::vector<PaymentRequestView> requests;
    std::string next_cursor;
};
struct BenefitUseQuery {
    std::optional<BenefitUseStatus> status;  // none: all
    std::string store;                       // empty: all
    Page page;
};
/// A JWS that a site checks by itself, with the organisation's published keys.
struct AccessToken {
    std::string token;
    std::string key;       // the id of the one that signed it
    std::string resource;  // which it opens: its audience
    Instant expires_at;
};
struct BenefitUseList {
    std::vector<BenefitUseView> uses;
    std::string next_cursor;
};
struct MemberList {
    std::vector<MemberView> members;
    std::string next_cursor;
};
/// A person in all programmes of the organisation.
struct AccountView {
    AccountId account;
    std::optional<AccountId> merged_into;  // where it stands today
    std::vector<MemberView> members;       // by programme
};
struct ProgrammeView {
    std::string organisation;
    std::string id;
    std::string currency;
    std::string zone;
    std::vector<EditionView> editions;  // ascending
    std::optional<int> in_force;        // as of the instant asked
};
SUKI_ENUM(DiscrepancyFilter, open, all)
struct DiscrepancyList {
    std::vector<DiscrepancyView> discrepancies;
    std::string next_cursor;
};
struct Overview {
    std::int64_t members = 0;
    std::int64_t receipts = 0;
    std::int64_t receipts_today = 0;       // purchases of the programme's date
    Money sales_today;                     // paid for them in money, less the refunds
    std::vector<UnitBalance> outstanding;  // sums over all wallets as written down
};

// -- The audit log ----------------------------------------------------------------------------------------------------------

struct AuditView {
    int chain = 0;
    std::int64_t number = 0;  // in its chain
    Instant at;
    std::string actor;
    std::string action;
    std::vector<std::string> subjects;
    std::string outcome;
    std::string request;
    std::string hash;  // in hexadecimal
};
struct AuditFilter {
    std::string actor;   // empty: all
    std::string action;  // empty: all
};
struct AuditList {
    std::vector<AuditView> rows;
    std::string next_cursor;
};
struct AuditRootView {
    std::string organisation;
    std::int64_t number = 0;
    Instant made_at;
    std::string hash;  // in hexadecimal
};

// -- Signing in -------------------------------------------------------------------------------------------------------------

/// Where an attempt came from.
struct Origin {
    std::string address;  // one attacker's: see server::throttled_address; empty: unknown
    std::string request;  // X-Request-Id
};
struct SessionView {
    std::string user;
    std::string organisation;
    std::string csrf_token;
    Instant expires_at;
    std::string secret;          // the cookie's value; only in the answer to sign_in
    bool is_to_prolong = false;  // see App::prolong
};

// -- Verify -----------------------------------------------------------------------------------------------------------------

struct VerifyBreach {
    std::string what;   // stable name of the broken rule
    std::string where;  // account, receipt or pool
    std::string details;
};
struct VerifyReport {
    std::int64_t accounts = 0, wallets = 0, entries = 0, receipts = 0, pools = 0, claims = 0, records = 0, audit = 0;
    std::int64_t breach_count = 0;
    std::vector<VerifyBreach> breaches;  // the first hundred
};

}  // namespace suki::app
