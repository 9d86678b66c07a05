#pragma once

#include <string>

#include "app/app.h"
#include "app/desk.h"
#include "app/refusal.h"

/// Decide-then-apply: each command is a function of what its desk shows; on success everything it changes stands on the desk, on
/// refusal the desk is thrown away.
namespace suki::app {

struct Ask {
    const Caller& caller;
    const Wiring& wiring;
    Digest command_hash{};

    /// What a natural key's claim keeps.
    template <class A>
    [[nodiscard]] std::string remembered(const A& answer) const;
};

Answered<ReceiptAnswer> decide(Desk& desk, const Ask& ask, const RecordReceipt& command);
Answered<ReturnAnswer> decide(Desk& desk, const Ask& ask, const ReturnGoods& command);
Answered<ReturnAnswer> decide(Desk& desk, const Ask& ask, const VoidReceipt& command);
Answered<QuoteAnswer> decide(Desk& desk, const Ask& ask, const Quote& command);
Answered<HoldAnswer> decide(Desk& desk, const Ask& ask, const PlaceHold& command);
Answered<HoldAnswer> decide(Desk& desk, const Ask& ask, const ConfirmHold& command);
Answered<HoldAnswer> decide(Desk& desk, const Ask& ask, const ReleaseHold& command);
Answered<AdjustAnswer> decide(Desk& desk, const Ask& ask, const Adjust& command);
Answered<AdjustAnswer> decide(Desk& desk, const Ask& ask, const UndoAdjustment& command);
Answered<TransferAnswer> decide(Desk& desk, const Ask& ask, const TransferPoints& command);
Answered<MergeAnswer> decide(Desk& desk, const Ask& ask, const MergeMembers& command);
Answered<MemberView> decide(Desk& desk, const Ask& ask, const CreateMember& command);
Answered<MemberView> decide(Desk& desk, const Ask& ask, const PatchMember& command);
Answered<CardView> decide(Desk& desk, const Ask& ask, const IssueCard& command);
Answered<CardView> decide(Desk& desk, const Ask& ask, const BlockCard& command);
Answered<CardView> decide(Desk& desk, const Ask& ask, const ReplaceCard& command);
Answered<CardBatchView> decide(Desk& desk, const Ask& ask, const MakeCards& command);
Answered<CardBatchView> decide(Desk& desk, const Ask& ask, const BlockCardBatch& command);
Answered<BenefitUseView> decide(Desk& desk, const Ask& ask, const UseBenefit& command);
Answered<BenefitUseView> decide(Desk& desk, const Ask& ask, const EndBenefitUse& command);
Answered<BenefitGrantView> decide(Desk& desk, const Ask& ask, const GrantBenefit& command);
Answered<BenefitGrantView> decide(Desk& desk, const Ask& ask, const RevokeBenefit& command);
Answered<LevelGrantView> decide(Desk& desk, const Ask& ask, const GrantLevel& command);
Answered<LevelGrantView> decide(Desk& desk, const Ask& ask, const EndLevelGrant& command);
Answered<GiftStockView> decide(Desk& desk, const Ask& ask, const MoveGiftStock& command);
Answered<GiftOrderView> decide(Desk& desk, const Ask& ask, const OrderGift& command);
Answered<GiftOrderView> decide(Desk& desk, const Ask& ask, const EndGiftOrder& command);
Answered<RecognitionView> decide(Desk& desk, const Ask& ask, const GiveRecognition& command);
Answered<RecognitionView> decide(Desk& desk, const Ask& ask, const WithdrawRecognition& command);
Answered<TradeItemView> decide(Desk& desk, const Ask& ask, const HandInItem& command);
Answered<TradeItemView> decide(Desk& desk, const Ask& ask, const ChangeTradeItem& command);
Answered<OccasionView> decide(Desk& desk, const Ask& ask, const CreateOccasion& command);
Answered<OccasionView> decide(Desk& desk, const Ask& ask, const ChangeOccasion& command);
Answered<OccasionView> decide(Desk& desk, const Ask& ask, const CancelOccasion& command);
Answered<SeatView> decide(Desk& desk, const Ask& ask, const TakeSeat& command);
Answered<SeatView> decide(Desk& desk, const Ask& ask, const LeaveSeat& command);
Answered<SeatView> decide(Desk& desk, const Ask& ask, const CheckIn& command);
Answered<MembershipView> decide(Desk& desk, const Ask& ask, const JoinMembership& command);
Answered<MembershipView> decide(Desk& desk, const Ask& ask, const ChangeMembership& command);
Answered<PaymentRequestView> decide(Desk& desk, const Ask& ask, const ReportPayment& command);
Answered<ReferralCodeView> decide(Desk& desk, const Ask& ask, const GiveReferralCode& command);
Answered<ReferralView> decide(Desk& desk, const Ask& ask, const NameReferrer& command);
Answered<HouseholdView> decide(Desk& desk, const Ask& ask, const JoinHousehold& command);
Answered<HouseholdView> decide(Desk& desk, const Ask& ask, const LeaveHousehold& command);
Answered<HouseholdView> decide(Desk& desk, const Ask& ask, const SetHousehold& command);
Answered<ActivityAnswer> decide(Desk& desk, const Ask& ask, const RecordActivity& command);
Answered<std::string> decide(Desk& desk, const Ask& ask, const CreateOrganisation& command);
Answered<EditionView> decide(Desk& desk, const Ask& ask, const PublishEdition& command);
Answered<CatalogueAnswer> decide(Desk& desk, const Ask& ask, const ImportProducts& command);
Answered<CatalogueAnswer> decide(Desk& desk, const Ask& ask, const ImportStores& command);
Answered<ApiKeyView> decide(Desk& desk, const Ask& ask, const CreateApiKey& command);
Answered<ApiKeyView> decide(Desk& desk, const Ask& ask, const RevokeApiKey& command);
Answered<SigningKeysView> decide(Desk& desk, const Ask& ask, const RotateSigningKeys& command);
Answered<UserView> decide(Desk& desk, const Ask& ask, const CreateUser& command);
Answered<UserView> decide(Desk& desk, const Ask& ask, const ResetPassword& command);
Answered<UserView> decide(Desk& desk, const Ask& ask, const RemoveUser& command);
Answered<UserView> decide(Desk& desk, const Ask& ask, const ChangePassword& command);
Answered<SweepAnswer> decide(Desk& desk, const Ask& ask, const Sweep& command);
Answered<DiscrepancyView> decide(Desk& desk, const Ask& ask, const ResolveDiscrepancy& command);
Answered<QuarantinedView> decide(Desk& desk, const Ask& ask, const ReleaseQuarantined& command);

/// Any command, exactly once: a repeat of what was accepted gets the answer that was given (DESIGN.md 10).
Answered<Answer> decide_once(Desk& desk, const Wiring& wiring, const Caller& caller, const Command& command);

/// Whether a caller that is bound to a store reaches beyond it: to another store's event, or to a receipt of another store, which
/// is not there for it.
std::optional<Refusal> reaches_beyond_store(const Desk& desk, const Caller& caller, const Command& command);
/// The claim by which a command is known whatever its Idempotency-Key: the caller's own id of the event.
std::optional<store::ClaimKey> natural_key(const World& world, const Caller& caller, const Command& command);
/// SHA-256 of the command's canonical bytes.
Digest hash_of(const Command& command);
std::string_view word_of(const Command& command);
/// As the in-flight record and the quarantine know it: the same each time that it is sent.
store::InFlightCommand in_flight(const std::string& organisation, const Command& command);

// -- Shared by commands -------------------------------------------------------------------------------------------------------

/// A return within an exchange or by itself.
Answered<ReturnAnswer> take_back(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const event::Return& what);
std::string random_hex(const Wiring& wiring, std::size_t bytes);
AccountId random_account(const Wiring& wiring);
/// The name of the command's effect where the caller gave none: in time order, unique. `part` tells several of them apart.
std::string own_cause(const Desk& desk, const Ask& ask, std::string_view prefix, std::string_view part = {});
/// A member for a history's external id.
Answered<MemberView> create_member(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const CreateMember& command);
Answered<QuoteAnswer> answer_quote(const Desk& desk, const Quote& quote, const std::string& organisation, Instant now);

DiscrepancyView view_of(const store::DiscrepancyRow& row);
/// With the member that its holder is now.
CardView view_of(const Desk& desk, const store::CardRow& row);
QuarantinedView view_of(const store::QuarantineRow& row);

/// Who answers for it.
std::string author_of(const Caller& caller);
/// The same where a reason must be given too: both stand on the statement.
Answered<std::string> author_with_reason(const Ask& ask, const std::string& reason);
/// What happens as it is recorded, under the edition in force then.
engine::Cause cause_now(const Desk& desk, const Programme& programme, std::string id);

}  // namespace suki::app

#include "app/base64.h"
#include "app/codec.h"

namespace suki::app {

inline std::string pack_remembered(const Remembered& remembered) {
    ByteWriter out;
    out.put(remembered.hash_version);
    out.put_text({reinterpret_cast<const char*>(remembered.command_hash.data()), remembered.command_hash.size()});
    out.put_text(remembered.answer);
    return to_base64(out.sealed());
}
inline std::optional<Remembered> unpack_remembered(std::string_view text) {
    const auto sealed = from_base64(text);
    if (!sealed) return std::nullopt;
    const auto bytes = unseal(*sealed);
    if (!bytes) return std::nullopt;
    ByteReader in{*bytes};
    Remembered remembered;
    remembered.hash_version = static_cast<int>(in.get());
    const std::string hash = in.get_text();
    remembered.answer = in.get_text();
    if (!in.is_at_end() || hash.size() != remembered.command_hash.size()) return std::nullopt;
    std::copy(hash.begin(), hash.end(), reinterpret_cast<char*>(remembered.command_hash.data()));
    return remembered;
}

template <class A>
std::string Ask::remembered(const A& answer) const {
    return pack_remembered({.command_hash = command_hash, .answer = packed(answer)});
}

}  // namespace suki::app
