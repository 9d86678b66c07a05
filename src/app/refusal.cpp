#include "app/refusal.h"

namespace suki::app {

RefusalKind kind_of(CommandRejection rejection) {
    switch (rejection) {
        case CommandRejection::shutting_down:
        case CommandRejection::too_busy:
        case CommandRejection::store_unavailable: return RefusalKind::unavailable;
        case CommandRejection::organisation_not_found: return RefusalKind::not_found;
        case CommandRejection::idempotency_key_invalid: return RefusalKind::invalid;
        case CommandRejection::idempotency_key_reused: return RefusalKind::conflict;
        case CommandRejection::quarantined:
        case CommandRejection::internal_inconsistency: return RefusalKind::internal;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(ReferenceRejection rejection) {
    switch (rejection) {
        case ReferenceRejection::programme_not_found:
        case ReferenceRejection::account_not_found:
        case ReferenceRejection::member_not_found:
        case ReferenceRejection::card_not_found: return RefusalKind::not_found;
        case ReferenceRejection::unit_not_found:
        case ReferenceRejection::card_blocked: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(ReceiptRejection rejection) {
    switch (rejection) {
        case ReceiptRejection::too_many_returns: return RefusalKind::invalid;
        case ReceiptRejection::edition_not_found: return RefusalKind::unprocessable;
        case ReceiptRejection::receipt_already_recorded: return RefusalKind::conflict;
        case ReceiptRejection::receipt_not_found: return RefusalKind::not_found;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(ReturnCommandRejection rejection) {
    switch (rejection) {
        case ReturnCommandRejection::return_already_recorded:
        case ReturnCommandRejection::receipt_is_void: return RefusalKind::conflict;
        case ReturnCommandRejection::receipt_of_return_not_found: return RefusalKind::not_found;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(HoldRejection rejection) {
    switch (rejection) {
        case HoldRejection::hold_timeout_out_of_range:
        case HoldRejection::hold_points_malformed: return RefusalKind::invalid;
        case HoldRejection::hold_unknown: return RefusalKind::not_found;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(AdjustRejection rejection) {
    switch (rejection) {
        case AdjustRejection::reason_missing:
        case AdjustRejection::author_missing:
        case AdjustRejection::points_malformed:
        case AdjustRejection::expires_at_not_ahead: return RefusalKind::invalid;
        case AdjustRejection::adjustment_not_found: return RefusalKind::not_found;
        case AdjustRejection::adjustment_already_undone: return RefusalKind::conflict;
    }
    return RefusalKind::internal;
}
RefusalKind kind_of(TransferRejection) { return RefusalKind::unprocessable; }

RefusalKind kind_of(MemberRejection rejection) {
    switch (rejection) {
        case MemberRejection::member_malformed:
        case MemberRejection::phone_malformed:
        case MemberRejection::email_malformed:
        case MemberRejection::birthday_malformed:
        case MemberRejection::birthday_in_future:
        case MemberRejection::attribute_malformed:
        case MemberRejection::segment_malformed:
        case MemberRejection::too_many_attributes:
        case MemberRejection::too_many_segments: return RefusalKind::invalid;
        case MemberRejection::account_already_in_programme:
        case MemberRejection::phone_already_used:
        case MemberRejection::email_already_used:
        case MemberRejection::external_id_already_used:
        case MemberRejection::version_changed:
        case MemberRejection::member_merged:
        case MemberRejection::member_is_anonymous: return RefusalKind::conflict;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(GiftRejection rejection) {
    switch (rejection) {
        case GiftRejection::gift_not_found:
        case GiftRejection::gift_order_not_found: return RefusalKind::not_found;
        case GiftRejection::gift_malformed:
        case GiftRejection::gift_count_out_of_range:
        case GiftRejection::gift_store_missing: return RefusalKind::invalid;
        case GiftRejection::gift_out_of_stock:
        case GiftRejection::gift_order_ended: return RefusalKind::conflict;
        case GiftRejection::gift_not_counted:
        case GiftRejection::gift_not_for_sale:
        case GiftRejection::gift_level_not_reached:
        case GiftRejection::gift_limit_reached:
        case GiftRejection::gift_not_a_substitute: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(RecognitionRejection rejection) {
    switch (rejection) {
        case RecognitionRejection::recognition_not_offered:
        case RecognitionRejection::recognition_not_found: return RefusalKind::not_found;
        case RecognitionRejection::recognition_malformed:
        case RecognitionRejection::recognition_reason_unknown:
        case RecognitionRejection::recognition_message_missing:
        case RecognitionRejection::recognition_points_out_of_range: return RefusalKind::invalid;
        case RecognitionRejection::recognition_withdrawn: return RefusalKind::conflict;
        case RecognitionRejection::recognition_of_oneself:
        case RecognitionRejection::recognition_not_back_yet:
        case RecognitionRejection::recognition_to_one_reached:
        case RecognitionRejection::recognition_allowance_used: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(TradeInRejection rejection) {
    switch (rejection) {
        case TradeInRejection::trade_in_not_found:
        case TradeInRejection::trade_item_not_found: return RefusalKind::not_found;
        case TradeInRejection::trade_in_malformed:
        case TradeInRejection::trade_in_price_malformed: return RefusalKind::invalid;
        case TradeInRejection::trade_item_status_differs: return RefusalKind::conflict;
        case TradeInRejection::trade_in_not_priced:
        case TradeInRejection::trade_in_limit_reached: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(LevelRejection rejection) {
    switch (rejection) {
        case LevelRejection::level_not_found:
        case LevelRejection::level_match_not_found:
        case LevelRejection::level_grant_not_found: return RefusalKind::not_found;
        case LevelRejection::level_or_match:
        case LevelRejection::level_until_malformed: return RefusalKind::invalid;
        case LevelRejection::level_grant_ended:
        case LevelRejection::level_match_used: return RefusalKind::conflict;
        case LevelRejection::level_grants_too_many: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(OccasionRejection rejection) {
    switch (rejection) {
        case OccasionRejection::occasion_not_found:
        case OccasionRejection::seat_not_found: return RefusalKind::not_found;
        case OccasionRejection::occasion_text_malformed:
        case OccasionRejection::occasion_times_malformed:
        case OccasionRejection::occasion_count_out_of_range:
        case OccasionRejection::occasion_level_not_found:
        case OccasionRejection::seat_party_out_of_range: return RefusalKind::invalid;
        case OccasionRejection::occasion_ended:
        case OccasionRejection::occasion_below_taken:
        case OccasionRejection::occasion_has_seats:
        case OccasionRejection::seat_already_taken:
        case OccasionRejection::occasion_full:
        case OccasionRejection::seat_not_booked: return RefusalKind::conflict;
        case OccasionRejection::seat_token_malformed:
        case OccasionRejection::seat_token_of_another:
        case OccasionRejection::occasion_not_open:
        case OccasionRejection::occasion_by_invitation:
        case OccasionRejection::occasion_level_not_reached:
        case OccasionRejection::occasion_begun: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(BenefitRejection rejection) {
    switch (rejection) {
        case BenefitRejection::benefit_not_found:
        case BenefitRejection::benefit_use_not_found:
        case BenefitRejection::benefit_grant_not_found: return RefusalKind::not_found;
        case BenefitRejection::benefit_note_malformed:
        case BenefitRejection::benefit_count_out_of_range:
        case BenefitRejection::benefit_item_missing:
        case BenefitRejection::benefit_keeps_nothing:
        case BenefitRejection::benefit_until_malformed:
        case BenefitRejection::booked_for_malformed: return RefusalKind::invalid;
        case BenefitRejection::benefit_use_of_seat:
        case BenefitRejection::benefit_use_ended:
        case BenefitRejection::benefit_grant_ended: return RefusalKind::conflict;
        case BenefitRejection::benefit_has_no_resource:
        case BenefitRejection::benefit_not_booked:
        case BenefitRejection::benefit_not_had:
        case BenefitRejection::benefit_exhausted: return RefusalKind::unprocessable;
    }
    return RefusalKind::invalid;
}

RefusalKind kind_of(MembershipRejection rejection) {
    switch (rejection) {
        case MembershipRejection::membership_not_offered:
        case MembershipRejection::membership_not_found:
        case MembershipRejection::payment_request_not_found: return RefusalKind::not_found;
        case MembershipRejection::membership_malformed: return RefusalKind::invalid;
        case MembershipRejection::membership_already_joined:
        case MembershipRejection::membership_full:
        case MembershipRejection::membership_status_differs:
        case MembershipRejection::payment_request_settled: return RefusalKind::conflict;
        case MembershipRejection::membership_not_paused:
        case MembershipRejection::membership_pauses_used_up: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(ReferralRejection rejection) {
    switch (rejection) {
        case ReferralRejection::referrals_not_offered:
        case ReferralRejection::referrer_not_found: return RefusalKind::not_found;
        case ReferralRejection::friend_already_brought:
        case ReferralRejection::friend_was_member:
        case ReferralRejection::friend_has_bought:
        case ReferralRejection::friend_joined_long_ago: return RefusalKind::conflict;
        case ReferralRejection::friend_is_oneself:
        case ReferralRejection::friend_in_ring: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(HouseholdRejection rejection) {
    switch (rejection) {
        case HouseholdRejection::household_of_oneself: return RefusalKind::invalid;
        case HouseholdRejection::household_not_joined:
        case HouseholdRejection::household_not_owner:
        case HouseholdRejection::already_in_household:
        case HouseholdRejection::household_elsewhere:
        case HouseholdRejection::household_full:
        case HouseholdRejection::household_owner_stays: return RefusalKind::conflict;
        case HouseholdRejection::households_not_offered:
        case HouseholdRejection::household_member_not_active:
        case HouseholdRejection::household_owner_pays: return RefusalKind::unprocessable;
    }
    return RefusalKind::invalid;
}

RefusalKind kind_of(CardRejection rejection) {
    switch (rejection) {
        case CardRejection::card_number_malformed:
        case CardRejection::card_check_digit_wrong:
        case CardRejection::card_kind_malformed:
        case CardRejection::card_category_not_found:
        case CardRejection::card_count_out_of_range:
        case CardRejection::card_batch_malformed: return RefusalKind::invalid;
        case CardRejection::card_batch_not_found: return RefusalKind::not_found;
        case CardRejection::card_already_issued:
        case CardRejection::card_already_replaced: return RefusalKind::conflict;
        case CardRejection::card_numbers_not_set:
        case CardRejection::card_numbers_used_up:
        case CardRejection::too_many_cards: return RefusalKind::unprocessable;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(ActivityRejection) { return RefusalKind::conflict; }

RefusalKind kind_of(EditionRejection) { return RefusalKind::unprocessable; }

RefusalKind kind_of(CatalogueRejection) { return RefusalKind::invalid; }

RefusalKind kind_of(OrganisationRejection rejection) {
    switch (rejection) {
        case OrganisationRejection::organisation_malformed: return RefusalKind::invalid;
        case OrganisationRejection::organisation_already_exists: return RefusalKind::conflict;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(AuthRejection rejection) {
    switch (rejection) {
        case AuthRejection::key_name_malformed:
        case AuthRejection::scope_malformed:
        case AuthRejection::key_store_malformed:
        case AuthRejection::user_name_malformed:
        case AuthRejection::password_too_short:
        case AuthRejection::password_too_long:
        case AuthRejection::password_contains_name:
        case AuthRejection::password_unchanged:
        case AuthRejection::password_easily_guessed: return RefusalKind::invalid;
        case AuthRejection::key_not_found:
        case AuthRejection::signing_keys_not_found:
        case AuthRejection::user_not_found: return RefusalKind::not_found;
        case AuthRejection::user_already_exists:
        case AuthRejection::user_is_oneself:
        case AuthRejection::last_user: return RefusalKind::conflict;
        case AuthRejection::store_not_allowed:
        case AuthRejection::wrong_password: return RefusalKind::forbidden;
        case AuthRejection::too_many_attempts: return RefusalKind::too_many;
        case AuthRejection::wrong_name_or_password:
        case AuthRejection::session_unknown: return RefusalKind::unauthorised;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(DiscrepancyRejection rejection) {
    switch (rejection) {
        case DiscrepancyRejection::note_malformed: return RefusalKind::invalid;
        case DiscrepancyRejection::discrepancy_not_found: return RefusalKind::not_found;
    }
    return RefusalKind::internal;
}

RefusalKind kind_of(QuarantineRejection) { return RefusalKind::not_found; }

RefusalKind kind_of(QueryRejection) { return RefusalKind::invalid; }

}  // namespace suki::app
