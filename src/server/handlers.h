#pragma once

#include "server/call.h"

/// One function an operation of api/openapi.yaml, by its operationId in our spelling; one file a resource.
namespace suki::server {

// receipts.cpp
void quote_receipt(const CallPointer& call);
void record_receipt(const CallPointer& call);
void get_receipt(const CallPointer& call);
void return_goods(const CallPointer& call);
void void_receipt(const CallPointer& call);
void explain_receipt(const CallPointer& call);
// holds.cpp
void place_hold(const CallPointer& call);
void confirm_hold(const CallPointer& call);
void release_hold(const CallPointer& call);
// members.cpp
void create_member(const CallPointer& call);
void list_members(const CallPointer& call);
void get_member(const CallPointer& call);
void patch_member(const CallPointer& call);
void get_account(const CallPointer& call);
void get_statement(const CallPointer& call);
void list_member_receipts(const CallPointer& call);
void adjust_points(const CallPointer& call);
void undo_adjustment(const CallPointer& call);
void transfer_points(const CallPointer& call);
void merge_members(const CallPointer& call);
void list_account_members(const CallPointer& call);
void record_event(const CallPointer& call);
// cards.cpp
void issue_card(const CallPointer& call);
void find_card(const CallPointer& call);
void block_card(const CallPointer& call);
void unblock_card(const CallPointer& call);
void replace_card(const CallPointer& call);
// card_batches.cpp
void make_cards(const CallPointer& call);
void list_card_batches(const CallPointer& call);
void get_card_batch(const CallPointer& call);
void get_card_batch_numbers(const CallPointer& call);
void get_card_batch_sheet(const CallPointer& call);
void get_benefit_use_label(const CallPointer& call);
void block_card_batch(const CallPointer& call);
void unblock_card_batch(const CallPointer& call);
// gifts.cpp
void list_member_challenges(const CallPointer& call);
void list_member_rebates(const CallPointer& call);
void list_gifts(const CallPointer& call);
void move_gift_stock(const CallPointer& call);
void list_member_gifts(const CallPointer& call);
void order_gift(const CallPointer& call);
void present_gift(const CallPointer& call);
void hand_over_gift(const CallPointer& call);
void cancel_gift(const CallPointer& call);
void take_back_gift(const CallPointer& call);
void list_gift_orders(const CallPointer& call);
// milestones.cpp
void list_member_milestones(const CallPointer& call);

// recognition.cpp
void list_member_recognitions(const CallPointer& call);
void give_recognition(const CallPointer& call);
void withdraw_recognition(const CallPointer& call);
void list_recognitions(const CallPointer& call);

// trade_in.cpp
void list_trade_ins(const CallPointer& call);
void list_member_trade_items(const CallPointer& call);
void hand_in_item(const CallPointer& call);
void offer_trade_item(const CallPointer& call);
void accept_trade_item(const CallPointer& call);
void refuse_trade_item(const CallPointer& call);
void give_back_trade_item(const CallPointer& call);
void sell_trade_item(const CallPointer& call);
void write_off_trade_item(const CallPointer& call);
void undo_trade_item(const CallPointer& call);
void list_trade_items(const CallPointer& call);
void get_trade_in_report(const CallPointer& call);
// levels.cpp
void list_level_grants(const CallPointer& call);
void grant_level(const CallPointer& call);
void end_level_grant(const CallPointer& call);
void preview_levels(const CallPointer& call);
// occasions.cpp
void list_occasions(const CallPointer& call);
void create_occasion(const CallPointer& call);
void get_occasion(const CallPointer& call);
void change_occasion(const CallPointer& call);
void cancel_occasion(const CallPointer& call);
void list_guests(const CallPointer& call);
void check_in(const CallPointer& call);
void list_member_seats(const CallPointer& call);
void take_seat(const CallPointer& call);
void invite_member(const CallPointer& call);
void leave_seat(const CallPointer& call);
void check_in_member(const CallPointer& call);
void undo_check_in(const CallPointer& call);
void issue_seat_token(const CallPointer& call);
void get_seat_code(const CallPointer& call);
// memberships.cpp
void list_membership_plans(const CallPointer& call);
void list_member_memberships(const CallPointer& call);
void join_membership(const CallPointer& call);
void pause_membership(const CallPointer& call);
void resume_membership(const CallPointer& call);
void end_membership(const CallPointer& call);
void keep_membership(const CallPointer& call);
void report_payment(const CallPointer& call);
void list_memberships(const CallPointer& call);
void list_payment_requests(const CallPointer& call);
// referrals.cpp
void list_member_referrals(const CallPointer& call);
void give_referral_code(const CallPointer& call);
void name_referrer(const CallPointer& call);
// benefits.cpp
void list_member_benefits(const CallPointer& call);
void use_benefit(const CallPointer& call);
void undo_benefit_use(const CallPointer& call);
void confirm_benefit_use(const CallPointer& call);
void cancel_benefit_use(const CallPointer& call);
void collect_benefit_use(const CallPointer& call);
void move_benefit_use(const CallPointer& call);
void grant_benefit(const CallPointer& call);
void revoke_benefit(const CallPointer& call);
void list_benefit_uses(const CallPointer& call);
// access_tokens.cpp
void issue_access_token(const CallPointer& call);
void get_key_set(const CallPointer& call);
void list_signing_keys(const CallPointer& call);
void rotate_signing_keys(const CallPointer& call);
// households.cpp
void get_household(const CallPointer& call);
void join_household(const CallPointer& call);
void leave_household(const CallPointer& call);
void set_household(const CallPointer& call);
// images.cpp
void get_card_image(const CallPointer& call);
// catalogue.cpp
void upsert_products(const CallPointer& call);
void list_products(const CallPointer& call);
void get_product(const CallPointer& call);
void upsert_stores(const CallPointer& call);
void list_stores(const CallPointer& call);
void get_store(const CallPointer& call);
// programmes.cpp
void validate_programme(const CallPointer& call);
void publish_edition(const CallPointer& call);
void list_programmes(const CallPointer& call);
void list_editions(const CallPointer& call);
void get_edition(const CallPointer& call);
void get_document_schema(const CallPointer& call);
// office.cpp
void list_discrepancies(const CallPointer& call);
void resolve_discrepancy(const CallPointer& call);
void get_overview(const CallPointer& call);
void create_key(const CallPointer& call);
void list_keys(const CallPointer& call);
void revoke_key(const CallPointer& call);
// users.cpp
void list_users(const CallPointer& call);
void create_user(const CallPointer& call);
void reset_password(const CallPointer& call);
void remove_user(const CallPointer& call);
void list_quarantined(const CallPointer& call);
void release_quarantined(const CallPointer& call);
// audit.cpp
void list_audit(const CallPointer& call);
// session.cpp
void sign_in(const CallPointer& call);
void get_session(const CallPointer& call);
void sign_out(const CallPointer& call);
void change_password(const CallPointer& call);
// machine.cpp
void get_openapi(const CallPointer& call);
void get_health(const CallPointer& call);
void get_readiness(const CallPointer& call);
void get_metrics(const CallPointer& call);

}  // namespace suki::server
