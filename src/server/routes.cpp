#include "server/routes.h"

#include <algorithm>
#include <array>

#include "server/handlers.h"
#include "server/inputs.h"

namespace suki::server {

namespace {

/// A document of limits::document_bytes, each byte of which may be written as an escape.
constexpr std::size_t kDocumentBody = 2 * limits::document_bytes + 4'096;
constexpr std::size_t kCatalogueBody = 4u << 20;
constexpr std::size_t kSmallBody = 64u << 10;

template <class T, void (*fields)(json::Object&, T&)>
std::vector<json::FieldShape> shape() {
    return json::shape_of<T>(fields);
}

using enum Access;
constexpr auto kNone = KeyRule::none;
constexpr auto kKey = KeyRule::required;

constexpr std::array kRoutes{
    Route{"quoteReceipt", "POST", "/v1/receipts/quote", till, KeyRule::with_hold, "programme lang", "QuoteInput",
          shape<QuoteInput, read_quote>, limits::body_bytes, true, quote_receipt},
    Route{"recordReceipt", "PUT", "/v1/receipts/{id}", till, kKey, "programme lang", "ReceiptInput",
          shape<ReceiptInput, read_receipt>, limits::body_bytes, true, record_receipt},
    Route{"getReceipt", "GET", "/v1/receipts/{id}", till, kNone, "programme lang", "", nullptr, 0, false, get_receipt},
    Route{"returnGoods", "POST", "/v1/receipts/{id}/returns", till, kKey, "programme lang", "ReturnInput",
          shape<event::Return, read_return>, limits::body_bytes, true, return_goods},
    Route{"voidReceipt", "POST", "/v1/receipts/{id}/void", till, kKey, "programme lang", "VoidInput",
          shape<event::Return, read_void>, kSmallBody, true, void_receipt},
    Route{"explainReceipt", "GET", "/v1/receipts/{id}/explain", service, kNone, "programme lang", "", nullptr, 0, false,
          explain_receipt},

    Route{"placeHold", "POST", "/v1/holds", till, kKey, "programme lang", "HoldInput", shape<app::PlaceHold, read_hold>, kSmallBody,
          true, place_hold},
    Route{"confirmHold", "POST", "/v1/holds/{id}/confirm", till, kKey, "programme lang", "ConfirmHoldInput",
          shape<app::ConfirmHold, read_confirm_hold>, kSmallBody, true, confirm_hold},
    Route{"releaseHold", "POST", "/v1/holds/{id}/release", till, kKey, "programme lang", "", nullptr, 0, true, release_hold},

    Route{"createMember", "POST", "/v1/members", till, kKey, "programme lang", "MemberInput", shape<app::CreateMember, read_member>,
          limits::body_bytes, true, create_member},
    Route{"listMembers", "GET", "/v1/members", service, kNone, "programme lang card phone email external_id q cursor limit", "",
          nullptr, 0, false, list_members},
    Route{"getMember", "GET", "/v1/members/{id}", service, kNone, "programme lang", "", nullptr, 0, false, get_member},
    Route{"patchMember", "PATCH", "/v1/members/{id}", service, kKey, "programme lang", "MemberPatch",
          shape<app::PatchMember, read_member_patch>, limits::body_bytes, true, patch_member},
    Route{"getAccount", "GET", "/v1/members/{id}/account", till, kNone, "programme lang", "", nullptr, 0, false, get_account},
    Route{"getStatement", "GET", "/v1/members/{id}/statement", service, kNone, "programme lang unit cursor limit", "", nullptr, 0,
          false, get_statement},
    Route{"listMemberReceipts", "GET", "/v1/members/{id}/receipts", service, kNone, "programme lang cursor limit", "", nullptr, 0,
          false, list_member_receipts},
    Route{"adjustPoints", "POST", "/v1/members/{id}/adjustments", service, kKey, "programme lang", "AdjustmentInput",
          shape<app::Adjust, read_adjustment>, kSmallBody, true, adjust_points},
    Route{"undoAdjustment", "POST", "/v1/members/{id}/adjustments/{adjustment}/undo", service, kKey, "programme lang", "UndoInput",
          shape<app::UndoAdjustment, read_undo>, kSmallBody, true, undo_adjustment},
    Route{"transferPoints", "POST", "/v1/members/{id}/transfers", service, kKey, "programme lang", "TransferInput",
          shape<app::TransferPoints, read_transfer>, kSmallBody, true, transfer_points},
    Route{"mergeMembers", "POST", "/v1/members/{id}/merge", service, kKey, "programme lang", "MergeInput",
          shape<app::MergeMembers, read_merge>, kSmallBody, true, merge_members},
    Route{"getHousehold", "GET", "/v1/members/{id}/household", service, kNone, "programme lang", "", nullptr, 0, false,
          get_household},
    Route{"setHousehold", "PATCH", "/v1/members/{id}/household", service, kKey, "programme lang", "HouseholdPatch",
          shape<app::SetHousehold, read_household_patch>, kSmallBody, true, set_household},
    Route{"joinHousehold", "POST", "/v1/members/{id}/household/people", service, kKey, "programme lang", "HouseholdPersonInput",
          shape<app::JoinHousehold, read_household_person>, kSmallBody, true, join_household},
    Route{"leaveHousehold", "POST", "/v1/members/{id}/household/leave", service, kKey, "programme lang", "UndoInput",
          shape<app::LeaveHousehold, read_household_leave>, kSmallBody, true, leave_household},
    Route{"listLevelGrants", "GET", "/v1/members/{id}/level-grants", service, kNone, "programme lang", "", nullptr, 0, false,
          list_level_grants},
    Route{"grantLevel", "POST", "/v1/members/{id}/level-grants", service, kKey, "programme lang", "LevelGrantInput",
          shape<app::GrantLevel, read_level_grant>, kSmallBody, true, grant_level},
    Route{"endLevelGrant", "POST", "/v1/members/{id}/level-grants/{grant}/end", service, kKey, "programme lang", "UndoInput",
          shape<app::EndLevelGrant, read_level_grant_end>, kSmallBody, true, end_level_grant},
    Route{"listMemberBenefits", "GET", "/v1/members/{id}/benefits", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_benefits},
    Route{"useBenefit", "POST", "/v1/members/{id}/benefits/{benefit}/uses", till, kKey, "programme lang", "BenefitUseInput",
          shape<app::UseBenefit, read_benefit_use>, kSmallBody, true, use_benefit},
    Route{"issueAccessToken", "POST", "/v1/members/{id}/benefits/{benefit}/token", till, kNone, "programme lang", "", nullptr, 0,
          false, issue_access_token},
    Route{"grantBenefit", "POST", "/v1/members/{id}/benefits/{benefit}/grants", service, kKey, "programme lang",
          "BenefitGrantInput", shape<app::GrantBenefit, read_benefit_grant>, kSmallBody, true, grant_benefit},
    Route{"undoBenefitUse", "POST", "/v1/members/{id}/benefit-uses/{use}/undo", service, kKey, "programme lang", "UndoInput",
          shape<app::EndBenefitUse, read_use_undo>, kSmallBody, true, undo_benefit_use},
    Route{"confirmBenefitUse", "POST", "/v1/members/{id}/benefit-uses/{use}/confirm", till, kKey, "programme lang",
          "BenefitUseConfirm", shape<app::EndBenefitUse, read_use_confirm>, kSmallBody, true, confirm_benefit_use},
    Route{"cancelBenefitUse", "POST", "/v1/members/{id}/benefit-uses/{use}/cancel", till, kKey, "programme lang", "BenefitUseEnd",
          shape<app::EndBenefitUse, read_use_end>, kSmallBody, true, cancel_benefit_use},
    Route{"revokeBenefit", "POST", "/v1/members/{id}/benefit-grants/{grant}/revoke", service, kKey, "programme lang", "UndoInput",
          shape<app::RevokeBenefit, read_benefit_revoke>, kSmallBody, true, revoke_benefit},
    Route{"collectBenefitUse", "POST", "/v1/members/{id}/benefit-uses/{use}/collect", till, kKey, "programme lang", "BenefitUseEnd",
          shape<app::EndBenefitUse, read_use_end>, kSmallBody, true, collect_benefit_use},
    Route{"moveBenefitUse", "POST", "/v1/members/{id}/benefit-uses/{use}/move", till, kKey, "programme lang", "BenefitUseMove",
          shape<app::EndBenefitUse, read_use_move>, kSmallBody, true, move_benefit_use},
    Route{"getBenefitUseLabel", "GET", "/v1/members/{id}/benefit-uses/{use}/label", till, kNone, "programme lang", "", nullptr, 0,
          false, get_benefit_use_label},
    Route{"listBenefitUses", "GET", "/v1/benefit-uses", till, kNone, "programme lang status store cursor limit", "", nullptr, 0,
          false, list_benefit_uses},
    Route{"listMemberChallenges", "GET", "/v1/members/{id}/challenges", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_challenges},
    Route{"listMemberRebates", "GET", "/v1/members/{id}/rebates", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_rebates},
    Route{"listGifts", "GET", "/v1/gifts", till, kNone, "programme lang store member", "", nullptr, 0, false, list_gifts},
    Route{"moveGiftStock", "POST", "/v1/gifts/{gift}/stock", service, kKey, "programme lang", "StockMoveInput",
          shape<app::MoveGiftStock, read_stock_move>, kSmallBody, true, move_gift_stock},
    Route{"listMemberGifts", "GET", "/v1/members/{id}/gifts", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_gifts},
    Route{"orderGift", "POST", "/v1/members/{id}/gifts/{gift}/orders", till, kKey, "programme lang", "GiftOrderInput",
          shape<app::OrderGift, read_gift_order>, kSmallBody, true, order_gift},
    Route{"presentGift", "POST", "/v1/members/{id}/gifts/{gift}/presents", service, kKey, "programme lang", "GiftPresentInput",
          shape<app::OrderGift, read_gift_present>, kSmallBody, true, present_gift},
    Route{"handOverGift", "POST", "/v1/members/{id}/gift-orders/{order}/hand-over", till, kKey, "programme lang", "GiftHandOver",
          shape<app::EndGiftOrder, read_gift_hand_over>, kSmallBody, true, hand_over_gift},
    Route{"cancelGift", "POST", "/v1/members/{id}/gift-orders/{order}/cancel", till, kKey, "programme lang", "GiftCancel",
          shape<app::EndGiftOrder, read_gift_cancel>, kSmallBody, true, cancel_gift},
    Route{"takeBackGift", "POST", "/v1/members/{id}/gift-orders/{order}/take-back", service, kKey, "programme lang", "GiftTakeBack",
          shape<app::EndGiftOrder, read_gift_take_back>, kSmallBody, true, take_back_gift},
    Route{"listGiftOrders", "GET", "/v1/gift-orders", till, kNone, "programme lang status gift store cursor limit", "", nullptr, 0,
          false, list_gift_orders},
    Route{"listMemberMilestones", "GET", "/v1/members/{id}/milestones", service, kNone, "programme lang", "", nullptr, 0, false,
          list_member_milestones},
    Route{"listMemberRecognitions", "GET", "/v1/members/{id}/recognitions", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_recognitions},
    Route{"giveRecognition", "POST", "/v1/members/{id}/recognitions", till, kKey, "programme lang", "RecognitionInput",
          shape<app::GiveRecognition, read_recognition>, kSmallBody, true, give_recognition},
    Route{"withdrawRecognition", "POST", "/v1/members/{id}/recognitions/{recognition}/withdraw", service, kKey, "programme lang",
          "RecognitionWithdrawal", shape<app::WithdrawRecognition, read_recognition_withdrawal>, kSmallBody, true,
          withdraw_recognition},
    Route{"listRecognitions", "GET", "/v1/recognitions", service, kNone, "programme lang status kind cursor limit", "", nullptr, 0,
          false, list_recognitions},
    Route{"listTradeIns", "GET", "/v1/trade-ins", till, kNone, "programme lang", "", nullptr, 0, false, list_trade_ins},
    Route{"listMemberTradeItems", "GET", "/v1/members/{id}/trade-items", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_trade_items},
    Route{"handInItem", "POST", "/v1/members/{id}/trade-items", till, kKey, "programme lang", "TradeItemInput",
          shape<app::HandInItem, read_trade_item>, kSmallBody, true, hand_in_item},
    Route{"offerTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/offer", service, kKey, "programme lang", "TradeItemOffer",
          shape<app::ChangeTradeItem, read_trade_item_offer>, kSmallBody, true, offer_trade_item},
    Route{"acceptTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/accept", till, kKey, "programme lang", "TradeItemChange",
          shape<app::ChangeTradeItem, read_trade_item_change>, kSmallBody, true, accept_trade_item},
    Route{"refuseTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/refuse", till, kKey, "programme lang", "TradeItemChange",
          shape<app::ChangeTradeItem, read_trade_item_change>, kSmallBody, true, refuse_trade_item},
    Route{"giveBackTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/give-back", till, kKey, "programme lang",
          "TradeItemChange", shape<app::ChangeTradeItem, read_trade_item_change>, kSmallBody, true, give_back_trade_item},
    Route{"sellTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/sell", service, kKey, "programme lang", "TradeItemSale",
          shape<app::ChangeTradeItem, read_trade_item_sale>, kSmallBody, true, sell_trade_item},
    Route{"writeOffTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/write-off", service, kKey, "programme lang",
          "TradeItemBecause", shape<app::ChangeTradeItem, read_trade_item_because>, kSmallBody, true, write_off_trade_item},
    Route{"undoTradeItem", "POST", "/v1/members/{id}/trade-items/{item}/undo", service, kKey, "programme lang", "TradeItemBecause",
          shape<app::ChangeTradeItem, read_trade_item_because>, kSmallBody, true, undo_trade_item},
    Route{"listTradeItems", "GET", "/v1/trade-items", till, kNone, "programme lang status trade_in store cursor limit", "", nullptr,
          0, false, list_trade_items},
    Route{"getTradeInReport", "GET", "/v1/trade-in-report", service, kNone, "programme lang department", "", nullptr, 0, false,
          get_trade_in_report},
    Route{"listOccasions", "GET", "/v1/occasions", till, kNone, "programme lang time store member cursor limit", "", nullptr, 0,
          false, list_occasions},
    Route{"createOccasion", "POST", "/v1/occasions", service, kKey, "programme lang", "OccasionInput",
          shape<app::OccasionTerms, read_occasion>, kSmallBody, true, create_occasion},
    Route{"getOccasion", "GET", "/v1/occasions/{occasion}", till, kNone, "programme lang", "", nullptr, 0, false, get_occasion},
    Route{"changeOccasion", "PUT", "/v1/occasions/{occasion}", service, kKey, "programme lang", "OccasionInput",
          shape<app::OccasionTerms, read_occasion>, kSmallBody, true, change_occasion},
    Route{"cancelOccasion", "POST", "/v1/occasions/{occasion}/cancel", service, kKey, "programme lang", "OccasionCancel",
          shape<app::CancelOccasion, read_occasion_cancel>, kSmallBody, true, cancel_occasion},
    Route{"listGuests", "GET", "/v1/occasions/{occasion}/seats", till, kNone, "programme lang status cursor limit", "", nullptr, 0,
          false, list_guests},
    Route{"checkIn", "POST", "/v1/occasions/{occasion}/check-in", till, kKey, "programme lang", "CheckInInput",
          shape<app::CheckIn, read_check_in>, kSmallBody, true, check_in},
    Route{"listMemberSeats", "GET", "/v1/members/{id}/seats", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_seats},
    Route{"takeSeat", "POST", "/v1/members/{id}/seats/{occasion}", till, kKey, "programme lang", "SeatInput",
          shape<app::TakeSeat, read_seat>, kSmallBody, true, take_seat},
    Route{"inviteMember", "POST", "/v1/members/{id}/seats/{occasion}/invite", service, kKey, "programme lang", "SeatInvitation",
          shape<app::TakeSeat, read_seat_invitation>, kSmallBody, true, invite_member},
    Route{"leaveSeat", "POST", "/v1/members/{id}/seats/{occasion}/leave", till, kKey, "programme lang", "SeatLeave",
          shape<app::LeaveSeat, read_seat_leave>, kSmallBody, true, leave_seat},
    Route{"checkInMember", "POST", "/v1/members/{id}/seats/{occasion}/check-in", till, kKey, "programme lang", "MemberCheckIn",
          shape<app::CheckIn, read_member_check_in>, kSmallBody, true, check_in_member},
    Route{"undoCheckIn", "POST", "/v1/members/{id}/seats/{occasion}/undo-check-in", service, kKey, "programme lang", "CheckInUndo",
          shape<app::CheckIn, read_check_in_undo>, kSmallBody, true, undo_check_in},
    Route{"issueSeatToken", "POST", "/v1/members/{id}/seats/{occasion}/token", till, kNone, "programme lang", "", nullptr, 0, false,
          issue_seat_token},
    Route{"getSeatCode", "GET", "/v1/members/{id}/seats/{occasion}/code", till, kNone, "programme lang format", "", nullptr, 0,
          false, get_seat_code},
    Route{"listMembershipPlans", "GET", "/v1/membership-plans", till, kNone, "programme lang", "", nullptr, 0, false,
          list_membership_plans},
    Route{"listMemberMemberships", "GET", "/v1/members/{id}/memberships", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_memberships},
    Route{"joinMembership", "POST", "/v1/members/{id}/memberships", till, kKey, "programme lang", "MembershipJoinInput",
          shape<app::JoinMembership, read_membership_join>, kSmallBody, true, join_membership},
    Route{"pauseMembership", "POST", "/v1/members/{id}/memberships/{membership}/pause", till, kKey, "programme lang",
          "MembershipChangeInput", shape<app::ChangeMembership, read_membership_change>, kSmallBody, true, pause_membership},
    Route{"resumeMembership", "POST", "/v1/members/{id}/memberships/{membership}/resume", till, kKey, "programme lang",
          "MembershipChangeInput", shape<app::ChangeMembership, read_membership_change>, kSmallBody, true, resume_membership},
    Route{"endMembership", "POST", "/v1/members/{id}/memberships/{membership}/end", till, kKey, "programme lang",
          "MembershipChangeInput", shape<app::ChangeMembership, read_membership_change>, kSmallBody, true, end_membership},
    Route{"keepMembership", "POST", "/v1/members/{id}/memberships/{membership}/keep", till, kKey, "programme lang",
          "MembershipChangeInput", shape<app::ChangeMembership, read_membership_change>, kSmallBody, true, keep_membership},
    Route{"reportPayment", "POST", "/v1/members/{id}/payment-requests/{request}/result", service, kKey, "programme lang",
          "PaymentReportInput", shape<app::ReportPayment, read_payment_report>, kSmallBody, true, report_payment},
    Route{"listMemberships", "GET", "/v1/memberships", service, kNone, "programme lang status membership cursor limit", "", nullptr,
          0, false, list_memberships},
    Route{"listPaymentRequests", "GET", "/v1/payment-requests", service, kNone, "programme lang status membership cursor limit", "",
          nullptr, 0, false, list_payment_requests},
    Route{"listMemberReferrals", "GET", "/v1/members/{id}/referrals", till, kNone, "programme lang", "", nullptr, 0, false,
          list_member_referrals},
    Route{"giveReferralCode", "POST", "/v1/members/{id}/referral-code", till, kKey, "programme lang", "", nullptr, 0, true,
          give_referral_code},
    Route{"nameReferrer", "POST", "/v1/members/{id}/referrer", service, kKey, "programme lang", "ReferrerInput",
          shape<app::NameReferrer, read_referrer>, kSmallBody, true, name_referrer},
    Route{"listAccountMembers", "GET", "/v1/accounts/{id}", service, kNone, "lang", "", nullptr, 0, false, list_account_members},
    Route{"issueCard", "POST", "/v1/cards", service, kKey, "programme lang", "CardInput", shape<app::IssueCard, read_card>,
          kSmallBody, true, issue_card},
    Route{"findCard", "GET", "/v1/cards/{number}", till, kNone, "programme lang", "", nullptr, 0, false, find_card},
    Route{"blockCard", "POST", "/v1/cards/{number}/block", service, kKey, "programme lang", "", nullptr, 0, true, block_card},
    Route{"unblockCard", "POST", "/v1/cards/{number}/unblock", service, kKey, "programme lang", "", nullptr, 0, true, unblock_card},
    Route{"replaceCard", "POST", "/v1/cards/{number}/replace", service, kKey, "programme lang", "CardReplacement",
          shape<app::ReplaceCard, read_card_replacement>, kSmallBody, true, replace_card},
    Route{"getCardImage", "GET", "/v1/cards/{number}/image", till, kNone, "programme lang code format", "", nullptr, 0, false,
          get_card_image},
    Route{"makeCards", "POST", "/v1/card-batches", service, kKey, "programme lang", "CardBatchInput",
          shape<app::MakeCards, read_card_batch>, kSmallBody, true, make_cards},
    Route{"listCardBatches", "GET", "/v1/card-batches", service, kNone, "programme lang cursor limit", "", nullptr, 0, false,
          list_card_batches},
    Route{"getCardBatch", "GET", "/v1/card-batches/{id}", service, kNone, "programme lang", "", nullptr, 0, false, get_card_batch},
    Route{"getCardBatchNumbers", "GET", "/v1/card-batches/{id}/numbers", service, kNone, "programme lang", "", nullptr, 0, false,
          get_card_batch_numbers},
    Route{"getCardBatchSheet", "GET", "/v1/card-batches/{id}/sheet", service, kNone, "programme lang code", "", nullptr, 0, false,
          get_card_batch_sheet},
    Route{"blockCardBatch", "POST", "/v1/card-batches/{id}/block", service, kKey, "programme lang", "", nullptr, 0, true,
          block_card_batch},
    Route{"unblockCardBatch", "POST", "/v1/card-batches/{id}/unblock", service, kKey, "programme lang", "", nullptr, 0, true,
          unblock_card_batch},
    Route{"recordEvent", "POST", "/v1/events", till, kKey, "programme lang", "EventInput", shape<app::RecordActivity, read_event>,
          limits::body_bytes, true, record_event},

    Route{"upsertProducts", "POST", "/v1/products", service, kKey, "", "ProductsInput", shape<app::ImportProducts, read_products>,
          kCatalogueBody, true, upsert_products},
    Route{"listProducts", "GET", "/v1/products", till, kNone, "cursor limit", "", nullptr, 0, false, list_products},
    Route{"getProduct", "GET", "/v1/products/{sku}", till, kNone, "", "", nullptr, 0, false, get_product},
    Route{"upsertStores", "POST", "/v1/stores", service, kKey, "", "StoresInput", shape<app::ImportStores, read_stores>,
          kCatalogueBody, true, upsert_stores},
    Route{"listStores", "GET", "/v1/stores", till, kNone, "cursor limit", "", nullptr, 0, false, list_stores},
    Route{"getStore", "GET", "/v1/stores/{id}", till, kNone, "", "", nullptr, 0, false, get_store},

    Route{"previewLevels", "POST", "/v1/programmes/preview-levels", service, kNone, "lang cursor limit", "DocumentInput",
          shape<DocumentInput, read_document>, kDocumentBody, false, preview_levels},
    Route{"validateProgramme", "POST", "/v1/programmes/validate", service, kNone, "lang", "DocumentInput",
          shape<DocumentInput, read_document>, kDocumentBody, false, validate_programme},
    Route{"publishEdition", "POST", "/v1/programmes", admin, kKey, "lang", "PublishInput", shape<app::PublishEdition, read_publish>,
          kDocumentBody, false, publish_edition},
    Route{"listProgrammes", "GET", "/v1/programmes", till, kNone, "lang", "", nullptr, 0, false, list_programmes},
    Route{"listEditions", "GET", "/v1/programmes/{programme}/editions", till, kNone, "lang", "", nullptr, 0, false, list_editions},
    Route{"getEdition", "GET", "/v1/programmes/{programme}/editions/{edition}", service, kNone, "lang", "", nullptr, 0, false,
          get_edition},

    Route{"listDiscrepancies", "GET", "/v1/discrepancies", service, kNone, "programme lang state cursor limit", "", nullptr, 0,
          false, list_discrepancies},
    Route{"resolveDiscrepancy", "POST", "/v1/discrepancies/{id}/resolve", service, kKey, "programme lang", "DiscrepancyResolution",
          shape<app::ResolveDiscrepancy, read_resolution>, kSmallBody, true, resolve_discrepancy},
    Route{"getOverview", "GET", "/v1/overview", service, kNone, "programme lang", "", nullptr, 0, false, get_overview},
    Route{"createKey", "POST", "/v1/keys", admin, kKey, "", "KeyInput", shape<KeyInput, read_key>, kSmallBody, true, create_key},
    Route{"listKeys", "GET", "/v1/keys", admin, kNone, "", "", nullptr, 0, false, list_keys},
    Route{"revokeKey", "POST", "/v1/keys/{id}/revoke", admin, kKey, "", "", nullptr, 0, true, revoke_key},
    Route{"listSigningKeys", "GET", "/v1/signing-keys", admin, kNone, "", "", nullptr, 0, false, list_signing_keys},
    Route{"rotateSigningKeys", "POST", "/v1/signing-keys/rotate", admin, kKey, "", "KeyRotationInput",
          shape<KeyRotationInput, read_key_rotation>, kSmallBody, true, rotate_signing_keys},
    Route{"listQuarantined", "GET", "/v1/quarantine", admin, kNone, "", "", nullptr, 0, true, list_quarantined},
    Route{"releaseQuarantined", "POST", "/v1/quarantine/{id}/release", admin, kKey, "", "", nullptr, 0, true, release_quarantined},

    Route{"listAudit", "GET", "/v1/audit", admin, kNone, "actor action cursor limit", "", nullptr, 0, false, list_audit},

    Route{"createUser", "POST", "/v1/users", admin, kKey, "", "UserInput", shape<UserInput, read_user>, kSmallBody, false,
          create_user},
    Route{"listUsers", "GET", "/v1/users", admin, kNone, "", "", nullptr, 0, false, list_users},
    Route{"resetPassword", "POST", "/v1/users/{name}/password", admin, kKey, "", "", nullptr, 0, false, reset_password},
    Route{"removeUser", "DELETE", "/v1/users/{name}", admin, kKey, "", "", nullptr, 0, true, remove_user},

    Route{"signIn", "POST", "/v1/session", anyone, kNone, "", "SignInInput", shape<SignInInput, read_sign_in>, kSmallBody, true,
          sign_in},
    Route{"getSession", "GET", "/v1/session", session, kNone, "", "", nullptr, 0, true, get_session},
    Route{"signOut", "DELETE", "/v1/session", session, kNone, "", "", nullptr, 0, true, sign_out},
    Route{"changePassword", "POST", "/v1/session/password", session, kNone, "", "PasswordInput",
          shape<PasswordInput, read_password>, kSmallBody, true, change_password},

    Route{"getKeySet", "GET", "/v1/organisations/{organisation}/jwks", anyone, kNone, "", "", nullptr, 0, false, get_key_set},
    Route{"getDocumentSchema", "GET", "/v1/schema", anyone, kNone, "", "", nullptr, 0, true, get_document_schema},
    Route{"getOpenapi", "GET", "/openapi.json", anyone, kNone, "", "", nullptr, 0, true, get_openapi},
    Route{"getHealth", "GET", "/healthz", anyone, kNone, "", "", nullptr, 0, true, get_health},
    Route{"getReadiness", "GET", "/readyz", anyone, kNone, "", "", nullptr, 0, true, get_readiness},
    Route{"getMetrics", "GET", "/metrics", service, kNone, "", "", nullptr, 0, false, get_metrics},
};

/// The segments of every path, cut once.
const std::vector<std::vector<std::string_view>>& route_segments() {
    static const std::vector<std::vector<std::string_view>> all = [] {
        std::vector<std::vector<std::string_view>> result;
        for (const Route& route : kRoutes) {
            std::vector<std::string_view>& segments = result.emplace_back();
            std::string_view rest = route.path.substr(1);
            while (true) {
                const std::size_t slash = rest.find('/');
                segments.push_back(rest.substr(0, slash));
                if (slash == std::string_view::npos) break;
                rest.remove_prefix(slash + 1);
            }
        }
        return result;
    }();
    return all;
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& segments) {
    if (pattern.size() != segments.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i].front() == '{' ? segments[i].empty() : pattern[i] != segments[i]) return false;
    }
    return true;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

RouteMatch find_route(std::string_view method, const std::vector<std::string_view>& segments) {
    RouteMatch match;
    const std::string_view wanted = method == "HEAD" ? std::string_view{"GET"} : method;
    const auto& patterns = route_segments();
    for (std::size_t i = 0; i < kRoutes.size(); ++i) {
        if (!fits(patterns[i], segments)) continue;
        if (match.allow.find(kRoutes[i].method) == std::string::npos) {
            if (!match.allow.empty()) match.allow += ", ";
            match.allow += kRoutes[i].method;
        }
        if (match.route != nullptr || kRoutes[i].method != wanted) continue;
        match.route = &kRoutes[i];
        match.index = i;
        for (std::size_t s = 0; s < segments.size(); ++s) {
            if (patterns[i][s].front() == '{') match.values.push_back(segments[s]);
        }
    }
    return match;
}

std::size_t body_limit(std::string_view method, std::string_view target) {
    net::Request request;
    if (!request.set_target(target)) return limits::body_bytes;
    const RouteMatch match = find_route(method, request.segments);
    // What takes no body may still be sent a short one, which is then passed over.
    return match.route != nullptr ? std::max<std::size_t>(match.route->body_bytes, 4'096) : limits::body_bytes;
}

}  // namespace suki::server
