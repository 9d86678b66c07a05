#include "engine/trade_in.h"

#include <gtest/gtest.h>

namespace suki::engine {
namespace {

Date on(int month, int day) { return *make_date(2026, month, day); }

TEST(TradeIn, GoesFromHandToHand) {
    using Status = TradeItemStatus;
    using Step = TradeItemStep;
    EXPECT_EQ(after(Status::handed_in, Step::offer, false), Status::offered);
    EXPECT_EQ(after(Status::offered, Step::offer, false), Status::offered);
    EXPECT_EQ(after(Status::offered, Step::accept, false), Status::accepted);
    EXPECT_EQ(after(Status::offered, Step::accept, true), Status::consigned);
    EXPECT_EQ(after(Status::consigned, Step::give_back, true), Status::given_back);
    EXPECT_EQ(after(Status::accepted, Step::give_back, false), std::nullopt);
    EXPECT_EQ(after(Status::accepted, Step::undo, false), Status::undone);
    EXPECT_EQ(after(Status::sold, Step::undo, false), std::nullopt);
}

TEST(TradeIn, IsCreditedOnceWhateverIsDoneNext) {
    using Status = TradeItemStatus;
    for (const Status status : {Status::accepted, Status::consigned, Status::refused, Status::lapsed, Status::sold,
                                Status::written_off, Status::given_back, Status::undone}) {
        EXPECT_EQ(after(status, TradeItemStep::accept, false), std::nullopt) << name_of(status);
        EXPECT_EQ(after(status, TradeItemStep::offer, false), std::nullopt) << name_of(status);
    }
    for (const Status status : {Status::refused, Status::sold, Status::written_off, Status::given_back, Status::undone}) {
        for (const TradeItemStep step : {TradeItemStep::lapse, TradeItemStep::sell, TradeItemStep::write_off, TradeItemStep::undo,
                                         TradeItemStep::give_back, TradeItemStep::refuse}) {
            EXPECT_EQ(after(status, step, false), std::nullopt) << name_of(status) << ' ' << name_of(step);
        }
    }
}

TEST(TradeIn, SharesWhatItIsSoldForRoundedOnce) {
    programme::TradeIn entry;
    programme::Unit unit{.worth = {50, 1}};
    EXPECT_EQ(share_of(entry, unit, Money{1000}), std::nullopt);
    entry.share = Ratio{60, 100};
    EXPECT_EQ(share_of(entry, unit, Money{1000}), Points{12});
    EXPECT_EQ(share_of(entry, unit, Money{1079}), Points{12});  // 647.4 cents are 12.948 points
    unit.rounding = Rounding::half_up;
    EXPECT_EQ(share_of(entry, unit, Money{1079}), Points{13});
    EXPECT_EQ(share_of(entry, {.worth = {1, 1'000'000}}, Money{kAmountMax}), std::nullopt);
}

TEST(TradeIn, HasAPriceByArticleAndGrade) {
    programme::TradeIn entry;
    entry.prices = {{.article = "boots", .grade = "good", .price = Money{800}, .points = 16}};
    ASSERT_NE(price_of(entry, "boots", "good"), nullptr);
    EXPECT_EQ(price_of(entry, "boots", "good")->points, 16);
    EXPECT_EQ(price_of(entry, "boots", "worn"), nullptr);
    EXPECT_EQ(price_of(entry, "hats", "good"), nullptr);
}

TEST(TradeIn, TellsWhetherADepartmentPaysForItself) {
    const auto report = trade_in_report({
        {.department = "children", .bought_on = on(1, 5), .paid = Money{800}, .sold_on = on(3, 2), .sold_for = Money{1500}},
        {.department = "children", .bought_on = on(1, 31), .paid = Money{300}, .written_off_on = on(3, 31)},
        {.department = "children", .bought_on = on(3, 1), .paid = Money{1200}},
        {.department = "men", .paid = Money{600}, .sold_on = on(2, 9), .sold_for = Money{1000}},
        {.department = "men", .paid = Money{}, .written_off_on = on(2, 10)},
    });
    const std::vector<TradeInMonth> expected{
        {.department = "children", .month = on(1, 1), .bought = 2, .paid = Money{1100}, .left = 2, .cost_of_left = Money{1100}},
        {.department = "children", .month = on(2, 1), .left = 2, .cost_of_left = Money{1100}},
        {.department = "children",
         .month = on(3, 1),
         .bought = 1,
         .paid = Money{1200},
         .sold = 1,
         .sold_for = Money{1500},
         .cost_of_sold = Money{800},
         .written_off = 1,
         .cost_of_written_off = Money{300},
         .left = 1,
         .cost_of_left = Money{1200},
         .margin = Money{400}},
        {.department = "men",
         .month = on(2, 1),
         .paid = Money{600},
         .sold = 1,
         .sold_for = Money{1000},
         .cost_of_sold = Money{600},
         .margin = Money{400}},
    };
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(*report, expected);
    EXPECT_EQ(trade_in_report({{.department = "men", .bought_on = on(1, 1), .paid = Money{kAmountMax}},
                               {.department = "men", .bought_on = on(1, 2), .paid = Money{1}}}),
              std::nullopt);
    EXPECT_EQ(trade_in_report({}), std::vector<TradeInMonth>{});
}

}  // namespace
}  // namespace suki::engine
