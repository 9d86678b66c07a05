#include <gtest/gtest.h>

#include "words/words.h"

namespace suki::words {
namespace {

using namespace programme;

TEST(WordsOfReferrals, SayWhatBothGetAndForHowManyFriends) {
    Plan plan;
    plan.currency = "BYN";
    plan.units = {Unit{.id = "points"}};
    Offer offer{.id = "friends", .clause = "4.2", .give = PointsFixed{100}};
    offer.conditions.emplace_back(ReferralCondition{Bound{.op = Op::over, .value = 2000}});
    offer.limits = {{.scope = LimitScope::member, .count = 1}};
    offer.referral = Referral{.points = 300, .limit = Limit{.count = 10, .window = {.kind = WindowKind::calendar_year}}};
    plan.offers = {offer};
    EXPECT_EQ(
        say_offer("en", plan, plan.offers[0]),
        "100 points for a friend whom a member brought, and 300 points for that member. When: the first purchase of the friend, "
        "over BYN\u00a020.00 of it paid in money. Limit: once for each friend; for 10 friends of a member in the calendar year.");
    EXPECT_EQ(
        say_offer("ru", plan, plan.offers[0]),
        "100 баллов другу, которого привёл участник, и 300 баллов этому участнику. Условия: первая покупка друга; оплачено "
        "деньгами: "
        "больше чем 20,00\u00a0BYN. Ограничение: один раз за каждого друга; за 10 друзей одного участника за календарный год.");
}

}  // namespace
}  // namespace suki::words
