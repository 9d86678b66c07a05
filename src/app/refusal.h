#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/result.h"
#include "event/check.h"
#include "programme/diagnostic.h"

/// Why the application refuses, as values with stable names (DESIGN.md 16). One enum per command family; within a family the order
/// of the enumerators is the precedence. Every command may also be refused by CommandRejection, which precedes the family's own.
namespace suki::app {

/// How a refusal travels: the server maps each kind to one HTTP status, the command line to one exit code. `unavailable` is the
/// only one that the same call may get past later.
SUKI_ENUM(RefusalKind, invalid, unauthorised, forbidden, not_found, conflict, unprocessable, too_many, unavailable, internal)

struct Refusal {
    RefusalKind kind = RefusalKind::invalid;
    std::string code;                                            // the enumerator's word
    std::string pointer;                                         // JSON pointer into the command, where one place is at fault
    std::vector<std::pair<std::string, std::string>> arguments;  // figures that the words need, by name
    std::vector<event::Problem> problems;                        // of malformed input: all of them, `code` is the first's
    programme::Diagnostics diagnostics;                          // only `document_invalid` and `examples_failed`
};

SUKI_ENUM(CommandRejection, shutting_down, too_busy, store_unavailable, organisation_not_found, idempotency_key_invalid,
          idempotency_key_reused, quarantined, internal_inconsistency)

/// Naming a member: a refusal for commands that need one. A sale is a fact and gets the discrepancy of the same name instead.
SUKI_ENUM(ReferenceRejection, programme_not_found, unit_not_found, account_not_found, member_not_found, card_not_found,
          card_blocked)

/// Beside what event::check_receipt, check_return and check_activity refuse (malformed input), which precedes these.
SUKI_ENUM(ReceiptRejection, too_many_returns, edition_not_found, receipt_already_recorded, receipt_not_found)

/// Beside engine::ReturnRejection, which follows these.
SUKI_ENUM(ReturnCommandRejection, return_already_recorded, receipt_of_return_not_found, receipt_is_void)

/// Beside ledger::LedgerRejection, which follows these.
SUKI_ENUM(HoldRejection, hold_points_malformed, hold_timeout_out_of_range, hold_unknown)
SUKI_ENUM(AdjustRejection, reason_missing, author_missing, points_malformed, expires_at_not_ahead, adjustment_not_found,
          adjustment_already_undone)
/// Beside AdjustRejection, which precedes these, and ledger::LedgerRejection, which follows.
SUKI_ENUM(TransferRejection, same_account)

SUKI_ENUM(MemberRejection, account_already_in_programme, member_malformed, phone_malformed, email_malformed, birthday_malformed,
          birthday_in_future, attribute_malformed, segment_malformed, too_many_attributes, too_many_segments, phone_already_used,
          email_already_used, external_id_already_used, version_changed, member_merged, member_is_anonymous)
SUKI_ENUM(CardRejection, card_number_malformed, card_check_digit_wrong, card_numbers_not_set, card_kind_malformed,
          card_category_not_found, card_count_out_of_range, card_batch_malformed, card_already_issued, card_already_replaced,
          card_batch_not_found, too_many_cards, card_numbers_used_up)
SUKI_ENUM(BenefitRejection, benefit_not_found, benefit_has_no_resource, benefit_note_malformed, benefit_keeps_nothing,
          benefit_item_missing, benefit_count_out_of_range, benefit_until_malformed, benefit_not_booked, booked_for_malformed,
          benefit_not_had, benefit_exhausted, benefit_use_not_found, benefit_use_ended, benefit_grant_not_found,
          benefit_grant_ended, benefit_use_of_seat)
SUKI_ENUM(GiftRejection, gift_not_found, gift_malformed, gift_count_out_of_range, gift_store_missing, gift_not_counted,
          gift_not_for_sale, gift_level_not_reached, gift_limit_reached, gift_out_of_stock, gift_order_not_found, gift_order_ended,
          gift_not_a_substitute)
SUKI_ENUM(RecognitionRejection, recognition_not_offered, recognition_malformed, recognition_of_oneself, recognition_reason_unknown,
          recognition_message_missing, recognition_points_out_of_range, recognition_not_back_yet, recognition_to_one_reached,
          recognition_allowance_used, recognition_not_found, recognition_withdrawn)
SUKI_ENUM(TradeInRejection, trade_in_not_found, trade_in_malformed, trade_in_not_priced, trade_in_limit_reached,
          trade_item_not_found, trade_item_status_differs, trade_in_price_malformed)
SUKI_ENUM(LevelRejection, level_or_match, level_not_found, level_match_not_found, level_match_used, level_until_malformed,
          level_grants_too_many, level_grant_not_found, level_grant_ended)
/// Beside BenefitRejection, where a seat takes a use.
SUKI_ENUM(OccasionRejection, occasion_not_found, occasion_text_malformed, occasion_times_malformed, occasion_count_out_of_range,
          occasion_level_not_found, occasion_ended, occasion_below_taken, occasion_has_seats, seat_token_malformed,
          seat_token_of_another, seat_party_out_of_range, seat_already_taken, occasion_not_open, occasion_by_invitation,
          occasion_level_not_reached, occasion_full, seat_not_found, seat_not_booked, occasion_begun)
SUKI_ENUM(MembershipRejection, membership_not_offered, membership_malformed, membership_already_joined, membership_full,
          membership_not_found, membership_status_differs, membership_not_paused, membership_pauses_used_up,
          payment_request_not_found, payment_request_settled)
SUKI_ENUM(ReferralRejection, referrals_not_offered, referrer_not_found, friend_already_brought, friend_was_member,
          friend_has_bought, friend_joined_long_ago, friend_is_oneself, friend_in_ring)
/// `household_owner_pays` is of holds, quotes and transfers; a sale is a fact and gets the discrepancy of the same name.
SUKI_ENUM(HouseholdRejection, households_not_offered, household_of_oneself, household_member_not_active, household_not_joined,
          household_not_owner, already_in_household, household_elsewhere, household_full, household_owner_stays,
          household_owner_pays)
SUKI_ENUM(ActivityRejection, activity_already_recorded)
SUKI_ENUM(EditionRejection, document_invalid, examples_failed, programme_id_differs, currency_changed, zone_changed, unit_removed,
          effective_on_too_early)
SUKI_ENUM(CatalogueRejection, product_malformed, store_malformed, zone_unknown)
SUKI_ENUM(OrganisationRejection, organisation_malformed, organisation_already_exists)
SUKI_ENUM(AuthRejection, store_not_allowed, key_name_malformed, scope_malformed, key_store_malformed, key_not_found,
          signing_keys_not_found, user_name_malformed, user_already_exists, user_not_found, user_is_oneself, last_user,
          too_many_attempts, wrong_name_or_password, wrong_password, password_too_short, password_too_long, password_contains_name,
          password_unchanged, password_easily_guessed, session_unknown)
SUKI_ENUM(DiscrepancyRejection, note_malformed, discrepancy_not_found)
SUKI_ENUM(QuarantineRejection, quarantined_command_not_found)
SUKI_ENUM(QueryRejection, cursor_malformed, limit_out_of_range)

RefusalKind kind_of(CommandRejection rejection);
RefusalKind kind_of(ReferenceRejection rejection);
RefusalKind kind_of(ReceiptRejection rejection);
RefusalKind kind_of(ReturnCommandRejection rejection);
RefusalKind kind_of(HoldRejection rejection);
RefusalKind kind_of(AdjustRejection rejection);
RefusalKind kind_of(TransferRejection rejection);
RefusalKind kind_of(MemberRejection rejection);
RefusalKind kind_of(CardRejection rejection);
RefusalKind kind_of(BenefitRejection rejection);
RefusalKind kind_of(GiftRejection rejection);
RefusalKind kind_of(RecognitionRejection rejection);
RefusalKind kind_of(TradeInRejection rejection);
RefusalKind kind_of(LevelRejection rejection);
RefusalKind kind_of(OccasionRejection rejection);
RefusalKind kind_of(MembershipRejection rejection);
RefusalKind kind_of(ReferralRejection rejection);
RefusalKind kind_of(HouseholdRejection rejection);
RefusalKind kind_of(ActivityRejection rejection);
RefusalKind kind_of(EditionRejection rejection);
RefusalKind kind_of(CatalogueRejection rejection);
RefusalKind kind_of(OrganisationRejection rejection);
RefusalKind kind_of(AuthRejection rejection);
RefusalKind kind_of(DiscrepancyRejection rejection);
RefusalKind kind_of(QuarantineRejection rejection);
RefusalKind kind_of(QueryRejection rejection);

template <class E>
Unexpected<Refusal> refuse(E rejection, std::string pointer = {}, std::vector<std::pair<std::string, std::string>> arguments = {}) {
    return Unexpected<Refusal>{Refusal{.kind = kind_of(rejection),
                                       .code = std::string{name_of(rejection)},
                                       .pointer = std::move(pointer),
                                       .arguments = std::move(arguments)}};
}
/// For rejections of the pure rooms, whose kinds the caller knows.
template <class E>
Unexpected<Refusal> refuse_as(RefusalKind kind, E rejection, std::string pointer = {},
                              std::vector<std::pair<std::string, std::string>> arguments = {}) {
    return Unexpected<Refusal>{Refusal{
        .kind = kind, .code = std::string{name_of(rejection)}, .pointer = std::move(pointer), .arguments = std::move(arguments)}};
}

/// For what event::check_… found; `pointer` is where the event stands in the command.
inline Unexpected<Refusal> refuse_malformed(std::vector<event::Problem> problems, const std::string& pointer) {
    for (event::Problem& problem : problems) problem.pointer = pointer + problem.pointer;
    Refusal refusal{
        .kind = RefusalKind::invalid, .code = std::string{name_of(problems.front().code)}, .pointer = problems.front().pointer};
    refusal.problems = std::move(problems);
    return Unexpected<Refusal>{std::move(refusal)};
}

}  // namespace suki::app
