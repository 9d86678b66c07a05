#include <gtest/gtest.h>

#include "words/words.h"

namespace suki::words {
namespace {

using namespace programme;

Plan programme_with(Membership membership) {
    Plan plan;
    plan.currency = "BYN";
    Benefit preorder{.id = "preorder"};
    preorder.title.any = "Set aside for you";
    plan.benefits = {preorder};
    plan.memberships = {std::move(membership)};
    return plan;
}

TEST(WordsOfMemberships, SayAllThatTheDocumentDoes) {
    Membership grill{.id = "grill", .fee = Money{1000}, .period = {.months = 1}, .trial = {.days = 14}, .grace = {.days = 7}};
    grill.pause = MembershipPause{.up_to = {.days = 60}, .times = {.count = 2, .window = {.kind = WindowKind::calendar_year}}};
    grill.prorate = Proration::by_day;
    grill.people = 500;
    grill.benefits = {0};
    const Plan plan = programme_with(grill);
    EXPECT_EQ(
        say_membership("en", plan, plan.memberships[0]),
        "BYN\u00a010.00 every month. The first 14 days are free, once for each member. When nobody has paid, it stays for 7 days. "
        "It can be paused for up to 60 days, twice in the calendar year; what is paid for runs on afterwards. Who ends it has it "
        "until what is paid for is over. What is cut short is owed back by days. At most 500 members have it at once. "
        "With it: Set aside for you.");
    EXPECT_EQ(say_membership("ru", plan, plan.memberships[0]).find("membership"), std::string::npos);
}

TEST(WordsOfMemberships, SayHowLongAPeriodIs) {
    const auto begins = [](Membership membership) {
        const Plan plan = programme_with(std::move(membership));
        const std::string said = say_membership("en", plan, plan.memberships[0]);
        return said.substr(0, said.find('.', said.find("every") == std::string::npos ? 0 : said.find("every")));
    };
    EXPECT_EQ(begins({.id = "a", .fee = Money{500}, .period = {.months = 12}}), "BYN\u00a05.00 every year");
    EXPECT_EQ(begins({.id = "a", .fee = Money{500}, .period = {.months = 3}}), "BYN\u00a05.00 every 3 months");
    EXPECT_EQ(begins({.id = "a", .fee = Money{500}, .period = {.days = 7}}), "BYN\u00a05.00 every week");
    EXPECT_EQ(begins({.id = "a"}), "It is free");
}

TEST(WordsOfMemberships, AreNamedByTheirTitles) {
    Membership grill{.id = "grill"};
    grill.title.any = "Grill season";
    const Plan plan = programme_with(grill);
    EXPECT_EQ(say_condition("en", plan, MembershipCondition{{"grill", "wine"}}),
              "for those who have the membership Grill season or wine");
    EXPECT_EQ(say_figure("en", plan, ConditionKind::membership, "grill,wine"), "Grill season, wine");
    EXPECT_EQ(say_figure("en", plan, ConditionKind::membership, ""), "");
}

}  // namespace
}  // namespace suki::words
