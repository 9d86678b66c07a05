#include "returns_shop.h"

namespace suki::engine {
namespace {

TEST(ReturnFrauds, BuyFor120ReturnFor100AndTheRateOf120IsGone) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 10'000);
    bought.add("b", 2'000);
    const StoredReceipt stored = shop.buy(bought, test_day());
    EXPECT_EQ(stored.decided.paid, Money{11'520});  // 4% off
    EXPECT_EQ(shop.points(), 345 + 50);             // 3 per 1.00 on 115.20, and 50 for over 100.00
    const auto back = shop.bring_back("r1", {whole_pieces(1, 1)});
    ASSERT_TRUE(back.has_value());
    // 20.00 alone had cost 20.00, and had earned 60 points.
    EXPECT_EQ(back->after.paid, Money{2'000});
    EXPECT_EQ(back->refund, Money{9'520});
    EXPECT_EQ(shop.points(), 60);
    ASSERT_EQ(back->take_back[0].size(), 2u);
    EXPECT_EQ(back->take_back[0][0].offer, "base");
    EXPECT_EQ(back->take_back[0][0].points, Points{285});
    EXPECT_EQ(back->take_back[0][1].offer, "big");
    EXPECT_EQ(back->take_back[0][1].clause, "4.3");
    EXPECT_EQ(back->take_back[0][1].points, Points{50});
}

TEST(ReturnFrauds, UnderKeepTheRateStaysAndEachPieceBringsWhatItCost) {
    Shop shop(meat_plan(ReturnsPolicy::keep));
    Basket bought = basket("r1");
    bought.add("a", 10'000);
    bought.add("b", 2'000);
    shop.buy(bought, test_day());
    const auto back = shop.bring_back("r1", {whole_pieces(1, 1)});
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->refund, Money{9'600});
    EXPECT_EQ(back->after.paid, Money{1'920});
    EXPECT_EQ(back->after.lines.at(0).list_total, Money{2'000});
    EXPECT_EQ(back->after.lines.at(0).receipt_discount, Money{80});
    // 57.6 of the points were the second line's; the fixed ones stay.
    EXPECT_EQ(shop.points(), 57 + 50);
    EXPECT_EQ(shop.bring_back_all("r1")->refund, Money{1'920});
    EXPECT_EQ(shop.points(), 0);
}

TEST(ReturnFrauds, EarnSpendReturn) {
    for (const bool may_owe : {true, false}) {
        Shop shop(meat_plan());
        Basket bought = basket("r1");
        bought.add("a", 10'000);
        shop.buy(bought, test_day());
        ASSERT_EQ(shop.points(), 294);
        Basket treat = basket("r2");
        treat.add("b", 300);
        treat.receipt.points_paid = {{.unit = "points", .points = Points{290}, .hold = {}}};
        const StoredReceipt paid = shop.buy(treat, test_day(1));
        ASSERT_EQ(paid.decided.points_paid.at(0).points, Points{290});
        ASSERT_EQ(shop.points(), 4);  // and 0 points on 0.10
        EXPECT_TRUE(shop.bring_back_all("r1", test_day(5), may_owe).has_value());
        EXPECT_EQ(shop.uncovered, 290);
        EXPECT_EQ(shop.points(), may_owe ? -290 : 0);
        // What the points had bought comes back too: the books are even again, or the member keeps what the document lets them
        // keep.
        EXPECT_TRUE(shop.bring_back_all("r2", test_day(6), may_owe).has_value());
        EXPECT_EQ(shop.points(), may_owe ? 0 : 290);
        EXPECT_EQ(shop.refunded, 9'800 + 10);
    }
}

TEST(ReturnFrauds, NothingComesBackTwiceNorMoreThanWasBought) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 3'000, {}, pieces(3));
    shop.buy(bought, test_day());
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 4)}).error().why, ReturnRejection::returned_more_than_bought);
    ASSERT_TRUE(shop.bring_back("r1", {whole_pieces(1, 2)}).has_value());
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 2)}).error().why, ReturnRejection::returned_more_than_bought);
    ASSERT_TRUE(shop.bring_back("r1", {whole_pieces(1, 1)}).has_value());
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)}).error().why, ReturnRejection::returned_more_than_bought);
    EXPECT_EQ(shop.bring_back_all("r1").error().why, ReturnRejection::nothing_returned);
    EXPECT_EQ(shop.refunded, 3'000);
}

TEST(ReturnFrauds, AReceiptIsJudgedByItsOwnEditionWhateverCameSince) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 6'000);
    bought.add("b", 6'000);
    shop.buy(bought, test_day());
    // Where the next edition gives nothing at all, the same return would bring less money and take every point.
    const StoredReceipt stored = shop.receipts.at("r1");
    const event::Return request{.id = "x", .receipt = "r1", .occurred_at = {}, .lines = {whole_pieces(1, 1)}, .reason = {}};
    EXPECT_EQ(judge_return(PlanBuilder{}.evaluator(), stored, request)->refund, Money{11'520 - 6'000});
    const auto own = judge_return(shop.evaluator, stored, request);
    EXPECT_EQ(own->after.paid, Money{5'880});
    EXPECT_EQ(own->refund, Money{11'520 - 5'880});
    EXPECT_EQ(own->after.points.at(0), Points{176});
}

TEST(Return, RefusesInTheOrderOfItsRejections) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 3'000, {}, pieces(3));
    event::Line& deposit = bought.add("bottle", 60, {}, pieces(2));
    deposit.is_deposit = true;
    bought.add("cheese", 1'000, "cheese", kilos(432));
    shop.buy(bought, test_day());
    const auto ask = [&](std::vector<event::ReturnedLine> lines) { return shop.bring_back("r1", std::move(lines)).error().why; };
    EXPECT_EQ(ask({}), ReturnRejection::nothing_returned);
    EXPECT_EQ(ask({whole_pieces(9, 1)}), ReturnRejection::line_not_found);
    EXPECT_EQ(ask({whole_pieces(1, 1), whole_pieces(1, 1)}), ReturnRejection::line_named_twice);
    EXPECT_EQ(ask({{.line = 1, .quantity = kilos(1'000)}}), ReturnRejection::wrong_unit);
    EXPECT_EQ(ask({whole_pieces(1, 0)}), ReturnRejection::quantity_must_be_positive);
    EXPECT_EQ(ask({whole_pieces(1, -1)}), ReturnRejection::quantity_must_be_positive);
    EXPECT_EQ(ask({{.line = 3, .quantity = kilos(433)}}), ReturnRejection::returned_more_than_bought);
    EXPECT_EQ(ask({{.line = 2, .quantity = {500, QuantityUnit::piece}}}), ReturnRejection::deposit_is_not_divisible);
    // The first in their order, whichever line it is on.
    EXPECT_EQ(ask({whole_pieces(1, 4), whole_pieces(9, 1)}), ReturnRejection::line_not_found);
    const auto place = [&](std::vector<event::ReturnedLine> lines) {
        return pointer_of({}, shop.bring_back("r1", std::move(lines)).error());
    };
    EXPECT_EQ(pointer_of({.is_void = true}, {.why = ReturnRejection::nothing_returned}), "/receipt");
    EXPECT_EQ(place({}), "/lines");
    EXPECT_EQ(place({whole_pieces(1, 4), whole_pieces(9, 1)}), "/lines/1/line");
    EXPECT_EQ(place({whole_pieces(2, 1), whole_pieces(1, 4)}), "/lines/1/quantity");
    EXPECT_EQ(place({{.line = 1, .quantity = kilos(1'000)}}), "/lines/0/unit");
    EXPECT_TRUE(shop.bring_back("r1", {{.line = 3, .quantity = kilos(432)}, whole_pieces(2, 1)}).has_value());
}

TEST(Return, RefundsWhatTheTillCharged) {
    for (const std::int64_t charged : {11'000, 11'520, 12'000}) {
        Shop shop(meat_plan());
        Basket bought = basket("r1");
        bought.add("a", 10'000);
        bought.add("b", 2'000);
        bought.receipt.charged = Money{charged};
        shop.buy(bought, test_day());
        EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)})->refund, Money{charged - 2'000});
        EXPECT_EQ(shop.bring_back_all("r1")->refund, Money{2'000});
        EXPECT_EQ(shop.refunded, charged);
    }
}

TEST(Return, NeverRefundsLessThanNothingWhenAThresholdIsLost) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 11'900);
    bought.add("b", 100);
    shop.buy(bought, test_day());  // 115.20
    // 119.00 without the 4% but with 2% costs 116.62: more than was paid.
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(2, 1)})->refund, Money{0});
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)})->refund, Money{11'520});
}

TEST(Return, InPiecesRefundsTheMostThatAnyStateOnTheWayEntitledTo) {
    const auto buy = [](Shop& shop) {
        Basket bought = basket("r1");
        bought.add("a", 10'000);
        bought.add("b", 2'000, {}, kilos(2'000));
        bought.add("c", 1'000);
        EXPECT_EQ(shop.buy(bought, test_day()).decided.paid, Money{12'480});
    };
    const event::ReturnedLine some_of_b{.line = 2, .quantity = kilos(100)};
    Shop pieces(meat_plan());
    buy(pieces);
    EXPECT_EQ(pieces.bring_back("r1", {whole_pieces(3, 1)})->refund, Money{960});
    EXPECT_EQ(pieces.bring_back("r1", {some_of_b})->refund, Money{0});
    Shop once(meat_plan());
    buy(once);
    EXPECT_EQ(once.bring_back("r1", {whole_pieces(3, 1), some_of_b})->refund, Money{818});
    // The next refund makes up for it.
    EXPECT_EQ(pieces.bring_back_all("r1")->refund, Money{12'480 - 960});
    EXPECT_EQ(once.bring_back_all("r1")->refund, Money{12'480 - 818});
}

TEST(Return, PointsThatPaidComeBackInWholeStepsAndAllOfThemInTheEnd) {
    Shop shop(meat_plan());
    shop.give(1'000, moment(test_day(-1)));
    Basket bought = basket("r1");
    bought.add("a", 3'000, {}, pieces(3));
    bought.receipt.points_paid = {{.unit = "points", .points = Points{1'000}, .hold = {}}};
    const StoredReceipt stored = shop.buy(bought, test_day());
    EXPECT_EQ(stored.decided.paid, Money{2'000});
    ASSERT_EQ(shop.points(), 60);
    const auto first = shop.bring_back("r1", {whole_pieces(1, 1)});
    // Of 10.00 that points paid, 6.66 stay: 660 points.
    ASSERT_EQ(first->give_back.size(), 1u);
    EXPECT_EQ(first->give_back[0].second, Points{340});
    EXPECT_EQ(first->after.points_paid.at(0).points, Points{660});
    EXPECT_EQ(first->refund, Money{2'000 - (2'000 - 660)});
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)})->give_back.at(0).second, Points{330});
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)})->give_back.at(0).second, Points{330});
    EXPECT_EQ(shop.points(), 1'000);
    EXPECT_EQ(shop.refunded, 2'000);
}

TEST(Return, OfTheLoserOfAStackGivesNothingAndTakesOnlyTheDifference) {
    PlanBuilder builder;
    builder.unit().denominator = 1'000;
    builder.offer("big", PointsFixed{100}, {AmountCondition{{Op::over, 10'000, 0}}}).stack = "s";
    builder.offer("small", PointsFixed{60}).stack = "s";
    Shop shop(builder);
    Basket bought = basket("r1");
    bought.add("a", 9'000);
    bought.add("b", 2'000);
    shop.buy(bought, test_day());
    ASSERT_EQ(shop.points(), 100);
    const auto back = shop.bring_back("r1", {whole_pieces(2, 1)});
    // Without the second line the smaller offer had won 60.
    EXPECT_EQ(back->after.points.at(0), Points{60});
    EXPECT_EQ(shop.points(), 60);
    EXPECT_EQ(back->take_back[0].at(0).offer, "big");
    EXPECT_EQ(shop.bring_back_all("r1")->take_back[0].at(0).points, Points{60});
    EXPECT_EQ(shop.points(), 0);
}

TEST(Return, NeverGivesPoints) {
    PlanBuilder builder;
    builder.unit().denominator = 1'000;
    builder.offer("few", PointsFixed{100}, {AmountCondition{{Op::under, 5'000, 0}}});
    builder.offer("base", PointsPerAmount{{1, 100}});
    Shop shop(builder);
    Basket bought = basket("r1");
    bought.add("a", 4'000);
    bought.add("b", 2'000);
    shop.buy(bought, test_day());
    ASSERT_EQ(shop.points(), 60);
    const auto back = shop.bring_back("r1", {whole_pieces(2, 1)});
    EXPECT_EQ(back->after.points.at(0), Points{140});
    EXPECT_TRUE(back->take_back[0].empty());
    EXPECT_EQ(shop.points(), 60);
    EXPECT_TRUE(shop.bring_back_all("r1").has_value());
    EXPECT_EQ(shop.points(), 0);
}

TEST(Return, WhatWasLeftWithTheMemberIsAskedForAgain) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 1'000);
    bought.add("b", 1'000);
    shop.buy(bought, test_day());
    ASSERT_EQ(shop.points(), 60);
    shop.post(
        0, ledger::spend(shop.wallets[0], {.points = Points{50}, .offer = {}, .clause = {}}, Shop::stamp("s", moment(test_day(1))))
               ->posting);
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)}, test_day(2), false)->take_back[0].at(0).points, Points{30});
    EXPECT_EQ(shop.points(), 0);
    shop.give(100, moment(test_day(3)));
    EXPECT_TRUE(shop.bring_back("r1", {whole_pieces(2, 1)}, test_day(4), false).has_value());
    EXPECT_EQ(shop.points(), 50);
}

TEST(Return, PutsBackIntoPoolsOnlyWhatWasDrawn) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("cheap", 400, "pates", pieces(4));
    bought.add("dear", 2'000, "pates", pieces(4));
    const StoredReceipt stored = shop.buy(bought, test_day());
    ASSERT_EQ(stored.decided.discount, Money{200});  // two of the cheapest
    EXPECT_EQ(shop.pools[0], 100'000 - 200);
    // Four dear ones are left, one of which is free then: more than before. Nothing is drawn, nothing put back.
    const auto back = shop.bring_back("r1", {whole_pieces(1, 4)});
    EXPECT_EQ(back->after.discount, Money{500});
    EXPECT_TRUE(back->pools.empty());
    EXPECT_TRUE(shop.bring_back_all("r1").has_value());
    EXPECT_EQ(shop.pools[0], 100'000);
}

TEST(Return, OfAReceiptBeforeTheFirstEditionScalesWhatWasCharged) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 10'000, {}, pieces(2));
    bought.add("b", 2'000);
    shop.buy(bought, test_day());
    shop.receipts.at("r1").edition = 0;
    EXPECT_EQ(shop.bring_back("r1", {whole_pieces(1, 1)})->refund, Money{4'800});
}

}  // namespace
}  // namespace suki::engine
