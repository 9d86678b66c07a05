#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/queries.h"
#include "server/json/decode.h"

/// The bodies that the interface takes, each read by one function. Its fields are those of the schema of the same name in
/// api/openapi.yaml; a test compares them.
namespace suki::server {

struct QuoteInput {
    std::optional<InstantWithOffset> at;
    std::string currency;
    app::MemberName member;
    event::Receipt receipt;
    bool is_hold = false;
};
void read_quote(json::Object& in, QuoteInput& out);

struct ReceiptInput {
    InstantWithOffset occurred_at;
    std::string currency;
    app::MemberName member;
    event::Receipt receipt;
    std::vector<event::Return> returns;
    std::string quote_token;
};
void read_receipt(json::Object& in, ReceiptInput& out);
void read_return(json::Object& in, event::Return& out);
void read_void(json::Object& in, event::Return& out);

void read_line(json::Object& in, event::Line& out);
void read_member_name(json::Object& in, app::MemberName& out);

void read_hold(json::Object& in, app::PlaceHold& out);
void read_confirm_hold(json::Object& in, app::ConfirmHold& out);
void read_adjustment(json::Object& in, app::Adjust& out);
void read_undo(json::Object& in, app::UndoAdjustment& out);
void read_transfer(json::Object& in, app::TransferPoints& out);
void read_merge(json::Object& in, app::MergeMembers& out);
void read_member(json::Object& in, app::CreateMember& out);
void read_member_patch(json::Object& in, app::PatchMember& out);
/// Of it birthday, attributes and segments.
void read_facts_patch(json::Object& in, app::PatchMember& out);
void read_card(json::Object& in, app::IssueCard& out);
void read_benefit_use(json::Object& in, app::UseBenefit& out);
void read_use_undo(json::Object& in, app::EndBenefitUse& out);
void read_use_end(json::Object& in, app::EndBenefitUse& out);
void read_use_confirm(json::Object& in, app::EndBenefitUse& out);
void read_use_move(json::Object& in, app::EndBenefitUse& out);
void read_level_grant(json::Object& in, app::GrantLevel& out);
void read_level_grant_end(json::Object& in, app::EndLevelGrant& out);
void read_benefit_grant(json::Object& in, app::GrantBenefit& out);
void read_benefit_revoke(json::Object& in, app::RevokeBenefit& out);
void read_gift_order(json::Object& in, app::OrderGift& out);
void read_gift_present(json::Object& in, app::OrderGift& out);
void read_gift_hand_over(json::Object& in, app::EndGiftOrder& out);
void read_gift_cancel(json::Object& in, app::EndGiftOrder& out);
void read_gift_take_back(json::Object& in, app::EndGiftOrder& out);
void read_stock_move(json::Object& in, app::MoveGiftStock& out);
// recognition.cpp
void read_recognition(json::Object& in, app::GiveRecognition& out);
void read_recognition_withdrawal(json::Object& in, app::WithdrawRecognition& out);

// inputs_trade_in.cpp
void read_trade_item(json::Object& in, app::HandInItem& out);
void read_trade_item_offer(json::Object& in, app::ChangeTradeItem& out);
void read_trade_item_change(json::Object& in, app::ChangeTradeItem& out);
void read_trade_item_sale(json::Object& in, app::ChangeTradeItem& out);
void read_trade_item_because(json::Object& in, app::ChangeTradeItem& out);
// inputs_occasions.cpp
void read_occasion(json::Object& in, app::OccasionTerms& out);
void read_occasion_cancel(json::Object& in, app::CancelOccasion& out);
void read_seat(json::Object& in, app::TakeSeat& out);
void read_seat_invitation(json::Object& in, app::TakeSeat& out);
void read_seat_leave(json::Object& in, app::LeaveSeat& out);
void read_check_in(json::Object& in, app::CheckIn& out);
void read_member_check_in(json::Object& in, app::CheckIn& out);
void read_check_in_undo(json::Object& in, app::CheckIn& out);
void read_membership_join(json::Object& in, app::JoinMembership& out);
void read_membership_change(json::Object& in, app::ChangeMembership& out);
void read_payment_report(json::Object& in, app::ReportPayment& out);
void read_referrer(json::Object& in, app::NameReferrer& out);
void read_household_person(json::Object& in, app::JoinHousehold& out);
void read_household_leave(json::Object& in, app::LeaveHousehold& out);
void read_household_patch(json::Object& in, app::SetHousehold& out);
void read_card_batch(json::Object& in, app::MakeCards& out);
void read_card_replacement(json::Object& in, app::ReplaceCard& out);
void read_event(json::Object& in, app::RecordActivity& out);
void read_products(json::Object& in, app::ImportProducts& out);
void read_stores(json::Object& in, app::ImportStores& out);

void read_resolution(json::Object& in, app::ResolveDiscrepancy& out);

struct DocumentInput {
    std::string document;
};
void read_document(json::Object& in, DocumentInput& out);
void read_publish(json::Object& in, app::PublishEdition& out);

struct KeyInput {
    std::string name;
    app::KeyScope scope = app::KeyScope::till;
    std::string programme;
    std::string store;
};
void read_key(json::Object& in, KeyInput& out);
struct KeyRotationInput {
    bool revoke = false;
};
void read_key_rotation(json::Object& in, KeyRotationInput& out);

struct UserInput {
    std::string name;
};
void read_user(json::Object& in, UserInput& out);

struct PasswordInput {
    std::string old_password;
    std::string new_password;
};
void read_password(json::Object& in, PasswordInput& out);

struct SignInInput {
    std::string name;
    std::string password;
};
void read_sign_in(json::Object& in, SignInInput& out);

}  // namespace suki::server
