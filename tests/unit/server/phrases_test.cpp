#include <gtest/gtest.h>

#include "server/phrases.h"
#include "words/words.h"

namespace suki::server {
namespace {

/// Offers `b` and `a`, whose titles are told apart by `mark`.
programme::PlanPointer plan_of(const std::string& mark) {
    auto plan = std::make_shared<programme::Plan>();
    plan->id = "phrases";
    plan->currency = "BYN";
    plan->units.push_back({.id = "points"});
    for (const char* id : {"b", "a"}) {
        programme::Offer offer;
        offer.id = id;
        offer.title.any = std::string{id} + mark;
        offer.give = programme::PointsFixed{10};
        plan->offers.push_back(std::move(offer));
    }
    return plan;
}

event::Decision decision_on(const std::string& offer, event::Verdict verdict, const std::string& winner = {}) {
    event::Decision decision;
    decision.offer = offer;
    decision.verdict = verdict;
    decision.winner = winner;
    return decision;
}

const event::Decision kLost = decision_on("a", event::Verdict::lost_to_stack, "b");

TEST(Phrases, SayTheSameTheSecondTimeAsTheFirst) {
    const auto plan = plan_of(" one");
    const std::string first = Phrases{plan, "en"}.decision(kLost);
    EXPECT_NE(first.find(words::say("en", "verdict.lost_to_stack", {{"winner", "b one"}})), std::string::npos) << first;
    EXPECT_NE(first.find(words::say_offer("en", *plan, plan->offers[1])), std::string::npos) << first;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Phrases::of(plan, "en")->decision(kLost), first);
}

TEST(Phrases, KeepVerdictsOffersWinnersAndLanguagesApart) {
    const auto plan = plan_of(" one");
    const auto english = Phrases::of(plan, "en");
    const std::string lost = english->decision(kLost);
    EXPECT_NE(english->decision(decision_on("a", event::Verdict::applied)), lost);
    EXPECT_NE(english->decision(decision_on("b", event::Verdict::lost_to_stack, "a")), lost);
    EXPECT_NE(Phrases::of(plan, "ru")->decision(kLost), lost);
    EXPECT_EQ(Phrases::of(plan, "en"), english);
}

TEST(Phrases, NeverSpeakOfAPlanThatIsGone) {
    for (int i = 0; i < 200; ++i) {
        const std::string mark = " of " + std::to_string(i) + ".";
        const auto plan = plan_of(mark);  // at the address of the one before, as likely as not
        const std::string said = Phrases::of(plan, "en")->decision(kLost);
        EXPECT_NE(said.find("b" + mark), std::string::npos) << i << ": " << said;
    }
}

TEST(Phrases, AreTheIdWhereThePlanHasNoSuchOfferOrNoTitle) {
    const auto plan = plan_of(" one");
    const Phrases phrases{plan, "en"};
    EXPECT_EQ(phrases.offer("c"), nullptr);
    EXPECT_EQ(phrases.title("c"), "c");
    ASSERT_NE(phrases.offer("b"), nullptr);
    EXPECT_EQ(phrases.offer("b")->id, "b");
    EXPECT_EQ(phrases.title("b"), "b one");
}

}  // namespace
}  // namespace suki::server
