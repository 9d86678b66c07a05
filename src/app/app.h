#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/commands.h"
#include "app/histogram.h"
#include "app/queries.h"
#include "app/refusal.h"
#include "base/time.h"
#include "engine/evaluate.h"
#include "programme/compile.h"

namespace suki::store {
class InFlight;
class Store;
}  // namespace suki::store

/// The orchestration: gathers what a command needs, lets the pure rooms decide, and hands finished writes to the store.
namespace suki::app {

using Command =
    std::variant<RecordReceipt, ReturnGoods, VoidReceipt, Quote, PlaceHold, ConfirmHold, ReleaseHold, Adjust, UndoAdjustment,
                 TransferPoints, MergeMembers, CreateMember, PatchMember, IssueCard, BlockCard, ReplaceCard, MakeCards,
                 BlockCardBatch, UseBenefit, EndBenefitUse, GrantBenefit, RevokeBenefit, MoveGiftStock, OrderGift, EndGiftOrder,
                 HandInItem, ChangeTradeItem, GiveReferralCode, NameReferrer, GiveRecognition, WithdrawRecognition, CreateOccasion,
                 ChangeOccasion, CancelOccasion, TakeSeat, LeaveSeat, CheckIn, JoinMembership, ChangeMembership, ReportPayment,
                 JoinHousehold, LeaveHousehold, SetHousehold, GrantLevel, EndLevelGrant, RecordActivity, CreateOrganisation,
                 PublishEdition, ImportProducts, ImportStores, CreateApiKey, RevokeApiKey, RotateSigningKeys, CreateUser,
                 ResetPassword, RemoveUser, ChangePassword, Sweep, ResolveDiscrepancy, ReleaseQuarantined>;
using Answer = std::variant<ReceiptAnswer, ReturnAnswer, QuoteAnswer, HoldAnswer, AdjustAnswer, TransferAnswer, MergeAnswer,
                            MemberView, CardView, CardBatchView, BenefitUseView, BenefitGrantView, GiftStockView, GiftOrderView,
                            TradeItemView, ReferralCodeView, ReferralView, RecognitionView, OccasionView, SeatView, MembershipView,
                            PaymentRequestView, HouseholdView, LevelGrantView, ActivityAnswer, std::string, EditionView,
                            CatalogueAnswer, ApiKeyView, SigningKeysView, UserView, SweepAnswer, DiscrepancyView, QuarantinedView>;
template <class A>
using Answered = Result<A, Refusal>;
using Callback = std::function<void(Answered<Answer>)>;

/// What the wiring brings in: `app` itself reads no clock, no environment and no source of chance.
struct Wiring {
    programme::ZoneLoader zones;
    std::function<Instant()> now;
    std::function<void(std::span<std::uint8_t>)> random;  // fills with unpredictable bytes
    /// Makes the id of a new account; a random one where there is none. For data that is to be the same every time.
    std::function<AccountId()> new_account;
    /// About how much memory accounts may take that are kept because they were used last. Not where other servers write too.
    std::size_t account_bytes = std::size_t{256} << 20;
    std::size_t commands_per_commit = 512;
    std::size_t commands_waiting_max = 10'000;
    /// Where the interface is reached from outside, `https://suki.example`: of what an access token says who issued it. Empty: it
    /// names the organisation alone.
    std::string public_url;
    /// For how long each key signs access tokens.
    int signing_key_days = 30;
    std::size_t password_rounds = 2;  // argon2id t; m is 19 MiB
    /// How old what another process wrote beside this one may look to readers. Writes never rest on it: rows have versions.
    std::int64_t others_seen_within_ms = 1'000;
    /// For how long a batch that others' locks hold up is halved to find what can be done of it: those behind it wait.
    std::int64_t halved_within_ms = 10'000;
    /// Where this process says what it is deciding, for the one after it. None: a command that kills it is never known. Outlives
    /// the application.
    store::InFlight* in_flight = nullptr;
    /// Hears what an operator should know at once; one sentence, nothing personal in it.
    std::function<void(const std::string&)> alarm;
    /// For tests: sees every command that is about to be decided.
    std::function<void(const Command&)> before_deciding;
};

/// 1. One thread, the committer, decides everything; commands of one account are therefore serial. What it decided is written by
///    another, while it decides on.
/// 2. A callback runs after the commit that holds its command is durable, one after the other: it must be short.
/// 3. Queries run on the caller's thread and see only what is committed.
/// 4. Other processes may write to the same database: what they publish, import and record is seen within
///    Wiring::others_seen_within_ms, and at once by a command whose rows they changed.
/// 5. An exception of the store never leaves here: a command is answered `store_unavailable` (retry), or `internal_inconsistency`
///    (quarantined: the same command is not tried again).
/// 6. A command that was in flight when a process died is decided by itself; one that was so at two deaths is quarantined.
class App {
public:
    /// Loads organisations, editions, catalogue and keys. Throws what the store throws.
    App(store::Store& store, Wiring wiring);
    /// As `stop`.
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    // -- Writing --------------------------------------------------------------------------------------------------------------

    void submit(Caller caller, Command command, Callback callback);
    /// Submits and waits.
    Answered<Answer> run_any(Caller caller, Command command);
    template <class C>
    Answered<typename C::answer_type> run(Caller caller, C command) {
        Answered<Answer> answer = run_any(std::move(caller), Command{std::move(command)});
        if (!answer) return Unexpected<Refusal>{std::move(answer).error()};
        return std::get<typename C::answer_type>(*std::move(answer));
    }
    /// Many at once, in this order, durable together by the thousand: for imports. One answer each.
    std::vector<Answered<Answer>> run_many(const Caller& caller, std::vector<Command> commands);

    /// Refuses new commands (`shutting_down`), finishes the accepted ones and returns.
    void stop();

    // -- Reading --------------------------------------------------------------------------------------------------------------

    Answered<QuoteAnswer> quote(const std::string& organisation, const Quote& quote) const;
    /// Blocked ones too; with the member that its holder is now.
    [[nodiscard]] Answered<CardView> find_card(const std::string& organisation, const std::string& programme,
                                               const std::string& number) const;
    /// Newest first.
    Answered<CardBatchList> card_batches(const std::string& organisation, const std::string& programme, const Page& page) const;
    /// With what became of its cards.
    Answered<CardBatchState> card_batch(const std::string& organisation, const std::string& programme, const std::string& id) const;
    /// What the member has as of now, whoever asks; and all that was used and granted, newest first.
    Answered<MemberBenefits> benefits(const std::string& organisation, const std::string& programme, const MemberName& name) const;
    /// What a document that is not published yet would do to the levels of those who are members. It says of which programme it is.
    Answered<LevelPreview> preview_levels(const std::string& organisation, const std::string& document, const Page& page) const;
    /// Newest first; ended ones, and those of accounts that were merged into this one, included.
    Answered<std::vector<LevelGrantView>> level_grants(const std::string& organisation, const std::string& programme,
                                                       const MemberName& name) const;
    /// As of now: who is in the household of the member.
    Answered<HouseholdView> household(const std::string& organisation, const std::string& programme, const MemberName& name) const;
    /// The challenges of the edition in force that are open today or that the member has begun, with how far they are.
    Answered<MemberChallenges> challenges(const std::string& organisation, const std::string& programme,
                                          const MemberName& name) const;
    /// The rebates of the member's account: how far each period is, what was accrued, and what is missing to the next step.
    Answered<MemberRebates> rebates(const std::string& organisation, const std::string& programme, const MemberName& name) const;
    /// All gifts, in the order of the document; with a store what is there, with a member whether they can have it.
    Answered<GiftCatalogue> gifts(const std::string& organisation, const std::string& programme, const std::string& store,
                                  const MemberName& name) const;
    /// Newest first; all of a member, or a page of all members.
    Answered<GiftOrderList> gift_orders_of(const std::string& organisation, const std::string& programme,
                                           const MemberName& name) const;
    Answered<GiftOrderList> gift_orders(const std::string& organisation, const std::string& programme,
                                        const GiftOrderQuery& query) const;
    /// The days of a member's life for which the programme gave points, and those to come.
    Answered<MemberMilestones> milestones_of(const std::string& organisation, const std::string& programme,
                                             const MemberName& name) const;
    /// What a member gave and has, newest first, and what is left of their allowances.
    Answered<MemberRecognitions> recognitions_of(const std::string& organisation, const std::string& programme,
                                                 const MemberName& name) const;
    /// Of all members, newest first.
    Answered<RecognitionList> recognitions(const std::string& organisation, const std::string& programme,
                                           const RecognitionQuery& query) const;
    /// What is taken in today, and for what.
    Answered<programme::PlanPointer> trade_ins(const std::string& organisation, const std::string& programme) const;
    /// What was handed in, newest first; all of a member, or a page of all members. An offer that nobody answered in time is told
    /// as it is now, and listed by what it was.
    Answered<TradeItemList> trade_items_of(const std::string& organisation, const std::string& programme,
                                           const MemberName& name) const;
    Answered<TradeItemList> trade_items(const std::string& organisation, const std::string& programme,
                                        const TradeItemQuery& query) const;
    /// Whether each department pays for itself, by months of the programme's zone. It reads everything that was ever handed in.
    Answered<TradeInReport> trade_in_report(const std::string& organisation, const std::string& programme,
                                            const std::string& department) const;
    /// Newest first; those that are to come or are over, or all. With a member whether they may come, and their seat.
    Answered<OccasionList> occasions(const std::string& organisation, const std::string& programme,
                                     const OccasionQuery& query) const;
    Answered<OccasionView> occasion(const std::string& organisation, const std::string& programme, const std::string& id,
                                    const std::string& store = {}) const;
    /// Who has a seat of one occasion, newest first, with their names; of those in line as they stand in it.
    Answered<SeatList> guest_list(const std::string& organisation, const std::string& programme, const GuestListQuery& query) const;
    /// All seats that a member has or had, newest first, with their occasions.
    Answered<SeatList> seats_of(const std::string& organisation, const std::string& programme, const MemberName& name) const;
    /// What a door checks by itself, until the occasion ends. As `access_token`.
    Answered<SeatToken> seat_token(const Caller& caller, const std::string& programme, const MemberName& name,
                                   const std::string& occasion);
    /// All that a member ever joined and was asked to pay, newest first.
    Answered<MemberMemberships> memberships_of(const std::string& organisation, const std::string& programme,
                                               const MemberName& name) const;
    /// Of all members, newest first. What fell due since the last sweep is told as it is now, and listed by what it was.
    Answered<MembershipList> memberships(const std::string& organisation, const std::string& programme,
                                         const MembershipQuery& query) const;
    /// Those on offer, with how many members have each by status. It reads all of them.
    Answered<MembershipPlans> membership_plans(const std::string& organisation, const std::string& programme) const;
    Answered<PaymentRequestList> payment_requests(const std::string& organisation, const std::string& programme,
                                                  const PaymentRequestQuery& query) const;
    /// Who brought a member and whom they brought, the newest of these first.
    Answered<MemberReferrals> referrals_of(const std::string& organisation, const std::string& programme,
                                           const MemberName& name) const;
    Answered<BenefitUseView> benefit_use(const std::string& organisation, const std::string& programme, const MemberName& name,
                                         const std::string& use) const;
    /// Of all members, newest first; of what is due, what fell due last comes before that.
    Answered<BenefitUseList> benefit_uses(const std::string& organisation, const std::string& programme,
                                          const BenefitUseQuery& query) const;
    /// What opens the closed resource of a benefit that the member has now. It uses none of it up. Keys that are due are made
    /// first: it may wait for a commit, and must not be called from a callback.
    Answered<AccessToken> access_token(const Caller& caller, const std::string& programme, const MemberName& name,
                                       const std::string& benefit);
    /// Those by which the organisation's tokens are checked; none before the first token.
    Answered<SigningKeysView> signing_keys(const std::string& organisation) const;
    Answered<MemberView> find_member(const std::string& organisation, const std::string& programme, const MemberName& name) const;
    /// Merged or not: as it is by itself.
    Answered<AccountView> account(const std::string& organisation, AccountId id) const;
    /// By id; `text` keeps those whose name, phone, e-mail, external id or card begins with it. Empty: all.
    Answered<MemberList> members(const std::string& organisation, const std::string& programme, const std::string& text,
                                 const Page& page) const;
    /// As of `at` (now when absent). The lines are those recorded by then, and what fell due by then.
    Answered<Statement> statement(const std::string& organisation, const std::string& programme, const MemberName& name,
                                  const Page& page, std::optional<Instant> at = std::nullopt) const;
    Answered<ReceiptView> receipt(const std::string& organisation, const std::string& programme, const std::string& id) const;
    Answered<ReceiptExplanation> explain(const std::string& organisation, const std::string& programme,
                                         const std::string& id) const;
    /// Newest first, of one member.
    Answered<ReceiptList> receipts(const std::string& organisation, const std::string& programme, const MemberName& name,
                                   const Page& page) const;
    /// Newest first.
    Answered<DiscrepancyList> discrepancies(const std::string& organisation, const std::string& programme, const Page& page,
                                            DiscrepancyFilter filter = DiscrepancyFilter::all) const;
    /// Commands that are refused until somebody releases them, newest first.
    [[nodiscard]] std::vector<QuarantinedView> quarantined(const std::string& organisation) const;
    Answered<Overview> overview(const std::string& organisation, const std::string& programme) const;

    [[nodiscard]] std::vector<std::string> organisations() const;
    [[nodiscard]] std::vector<ProgrammeView> programmes(const std::string& organisation) const;
    /// The compiled edition: `edition` 0 is the one in force now, else the latest.
    Answered<programme::PlanPointer> plan(const std::string& organisation, const std::string& programme, int edition = 0) const;
    [[nodiscard]] std::shared_ptr<const engine::Evaluator> evaluator(const std::string& organisation, const std::string& programme,
                                                                     int edition) const;
    /// What publishing would say of a document, without publishing it.
    [[nodiscard]] programme::Diagnostics check_document(std::string_view document) const;
    [[nodiscard]] Answered<std::vector<catalogue::Product>> products(const std::string& organisation, const std::string& after,
                                                                     std::size_t limit) const;
    [[nodiscard]] std::vector<catalogue::Store> stores(const std::string& organisation) const;

    /// Replays the journal account by account and compares everything; memory does not grow with the data.
    VerifyReport verify() const;

    // -- The audit log --------------------------------------------------------------------------------------------------------

    /// Newest first.
    Answered<AuditList> audit(const std::string& organisation, const AuditFilter& filter, const Page& page) const;
    /// Writes down what is no command. False when the store can't.
    bool note(const Caller& caller, std::string_view action, std::vector<std::string> subjects, std::string_view outcome);
    /// Writes where the chains of an organisation stand (empty: the installation's own). Nothing where none moved since the last
    /// root.
    Answered<std::optional<AuditRootView>> make_audit_root(const std::string& organisation);
    /// The same for every organisation that has none of this day (in UTC) yet.
    std::vector<AuditRootView> make_daily_audit_roots();

    // -- Who is asking --------------------------------------------------------------------------------------------------------

    /// The key of this secret, unless revoked.
    [[nodiscard]] std::optional<ApiKeyView> authenticate(std::string_view secret) const;
    [[nodiscard]] std::vector<ApiKeyView> api_keys(const std::string& organisation) const;
    /// By name; those of the organisation alone.
    [[nodiscard]] Answered<std::vector<UserView>> users(const std::string& organisation) const;
    /// True before the first user exists: the wiring then makes one and prints its password.
    [[nodiscard]] bool is_first_start() const;
    /// Who guesses is slowed down (SignInGuard). Sessions live for 12 hours.
    Answered<SessionView> sign_in(const std::string& user, std::string_view password, const Origin& origin = {});
    /// The user's own new password, for the old one; a wrong old one is a failure of signing in. All sessions of the user end: the
    /// answer is a new one.
    Answered<SessionView> change_password(const SessionView& session, std::string_view old_password, const std::string& password,
                                          const Origin& origin = {});
    [[nodiscard]] std::optional<SessionView> session(std::string_view secret) const;
    /// Writes down that a session is in use, where it says `is_to_prolong`; it may wait for a commit.
    void prolong(std::string_view secret);
    void sign_out(std::string_view secret);

    // -- For /metrics ---------------------------------------------------------------------------------------------------------

    /// Of one kind of command. `repeated`: answered as before, without doing anything.
    struct CommandFigures {
        std::string_view word;
        std::uint64_t done = 0, repeated = 0, refused = 0;
    };
    /// What this process counts; costs nothing to speak of.
    struct Figures {
        std::uint64_t commits = 0, waiting = 0, waiting_max = 0, accounts_cached = 0, account_bytes = 0, quarantined = 0,
                      in_quarantine = 0, suspects = 0, store_faults = 0;
        bool has_replica = false;
        std::uint64_t replica_reads = 0, replica_passed_over = 0;         // answered by it; by the primary in its stead
        std::vector<CommandFigures> commands;                             // of kinds that came
        std::vector<std::pair<std::string_view, std::uint64_t>> entries;  // of the journal, by kind
        HistogramFigures batch_commands, wait_us, commit_us;
    };
    [[nodiscard]] Figures figures() const;

    struct UnitFigures {
        std::string unit;
        std::int64_t wallets = 0;
        Points pending, available, held, owed;
    };
    struct ProgrammeFigures {
        std::string organisation;
        std::string programme;
        std::int64_t members = 0;
        std::int64_t open_discrepancies = 0;
        std::vector<UnitFigures> units;
    };
    struct StoredFigures {
        std::vector<ProgrammeFigures> programmes;
        std::int64_t outbox = 0;              // events that nobody has fetched yet
        std::optional<Instant> outbox_since;  // the oldest of them
    };
    /// What the database holds. It counts rows, so it takes the longer the more there are. Nothing when it can't be read.
    [[nodiscard]] std::optional<StoredFigures> stored_figures() const;
    [[nodiscard]] bool is_ready() const;

    struct Core;  // only app itself knows what is in it

private:
    std::unique_ptr<Core> core_;
};

}  // namespace suki::app
