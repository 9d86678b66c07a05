#pragma once

#include <string>
#include <string_view>

#include "app/desk.h"

/// What the outbox says: small JSON, ids rather than personal data, enough for a consumer to ask for the rest.
namespace suki::app {

struct Subject {
    const Programme& programme;
    std::optional<store::OwnerKey> key;
    std::optional<MemberId> member;
    std::string_view cause;  // receipt, return, hold, … id
};

void announce_receipt(Desk& desk, const Subject& subject, int edition, Money total, const std::string& currency);
void announce_return(Desk& desk, const Subject& subject, const std::string& receipt, Money refund, const std::string& currency);
/// `topic`: points.earned, points.spent, points.taken_back, points.given_back, points.adjusted, points.held, points.released.
void announce_points(Desk& desk, const Subject& subject, std::string_view topic, const std::string& unit, Points points);
/// Nothing when the level is the same.
void announce_level(Desk& desk, const Subject& subject, const std::string& before, const std::string& after);
/// `topic`: payment.asked, payment.withdrawn, payment.refund_asked, payment.paid, payment.failed, payment.refunded; the cause is
/// the request.
void announce_payment(Desk& desk, const Subject& subject, std::string_view topic, const std::string& membership,
                      const std::string& plan, Money amount, const std::string& currency, Date due_on);
/// `topic`: member.joined, member.changed, card.issued, card.blocked, activity.recorded, household.joined, household.left,
/// household.changed.
void announce_plain(Desk& desk, const Subject& subject, std::string_view topic);

}  // namespace suki::app
