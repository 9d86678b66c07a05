#include "returns_shop.h"

namespace suki::engine {
namespace {

/// Clocks go forward on 28 March 2027 at 01:00Z and back on 31 October 2027 at 01:00Z, between +2 and +3.
ZonePointer riga() {
    Zone zone{.name = "Europe/Riga", .first_offset_s = 2 * 3600, .transitions = {}};
    zone.transitions.push_back({*parse_instant("2027-03-28T01:00:00Z"), 3 * 3600});
    zone.transitions.push_back({*parse_instant("2027-10-31T01:00:00Z"), 2 * 3600});
    return std::make_shared<const Zone>(zone);
}

std::string expiry_text(const PlanBuilder& builder, Date earned_on) {
    const auto at = expires_at(builder.plan, builder.plan.units[0], earned_on);
    return at ? instant_text(*at) : "never";
}

TEST(Settle, PointsExpireAtTheStartOfACivilDay) {
    PlanBuilder builder;
    builder.plan.zone = riga();
    Expiry& expiry = builder.unit().expiry;
    EXPECT_EQ(expiry_text(builder, *make_date(2026, 3, 1)), "never");
    for (const ExpiryKind kind : {ExpiryKind::after_earning, ExpiryKind::after_activity}) {
        expiry = {.kind = kind, .period = {.months = 12}};
        EXPECT_EQ(expiry_text(builder, *make_date(2026, 3, 1)), "2027-02-28T22:00:00Z");
        EXPECT_EQ(expiry_text(builder, *make_date(2026, 6, 15)), "2027-06-14T21:00:00Z");
        // 29 February has no day a year later.
        EXPECT_EQ(expiry_text(builder, *make_date(2024, 2, 29)), "2025-02-27T22:00:00Z");
    }
    expiry = {.kind = ExpiryKind::period_end, .period = {}, .calendar = WindowKind::calendar_month};
    EXPECT_EQ(expiry_text(builder, *make_date(2026, 12, 1)), "2026-12-31T22:00:00Z");
    EXPECT_EQ(expiry_text(builder, *make_date(2026, 12, 31)), "2026-12-31T22:00:00Z");
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 1, 1)), "2027-01-31T22:00:00Z");
    expiry.calendar = WindowKind::calendar_quarter;
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 4, 1)), "2027-06-30T21:00:00Z");
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 6, 30)), "2027-06-30T21:00:00Z");
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 3, 31)), "2027-03-31T21:00:00Z");
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 11, 30)), "2027-12-31T22:00:00Z");
    expiry.calendar = WindowKind::calendar_year;
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 1, 1)), "2027-12-31T22:00:00Z");
    EXPECT_EQ(expiry_text(builder, *make_date(2027, 12, 31)), "2027-12-31T22:00:00Z");
}

TEST(Settle, PointsMatureAtTheStartOfACivilDay) {
    PlanBuilder builder;
    builder.plan.zone = riga();
    const auto text = [&](Date earned_on) { return instant_text(matures_at(builder.plan, builder.plan.units[0], earned_on)); };
    EXPECT_EQ(text(*make_date(2027, 3, 20)), "2027-03-19T22:00:00Z");
    builder.unit().pending = {.days = 14};
    EXPECT_EQ(text(*make_date(2027, 3, 20)), "2027-04-02T21:00:00Z");
}

TEST(Settle, PostsOnePartForEachClauseAndNothingWithoutAMember) {
    PlanBuilder builder = meat_plan();
    builder.unit().pending = {.days = 14};
    builder.unit().expiry = {.kind = ExpiryKind::after_earning, .period = {.months = 12}};
    builder.add_unit("stars", {0, 1});
    Shop shop(builder);
    Basket bought = basket("r1");
    bought.add("a", 12'000, "sausages");
    const StoredReceipt& stored = shop.buy(bought, test_day());
    const auto earned = postings(shop.plan(), stored.context, stored.decided);
    ASSERT_EQ(earned.size(), 1u);
    EXPECT_EQ(earned[0].unit, 0u);
    ASSERT_EQ(earned[0].request.parts.size(), 3u);
    std::int64_t sum = 0;
    for (const ledger::Part& part : earned[0].request.parts) sum += part.points.minor();
    EXPECT_EQ(sum, stored.decided.points.at(0).minor());
    EXPECT_EQ(earned[0].request.matures_at, midnight_utc(test_day(14)));
    EXPECT_EQ(*earned[0].request.expires_at, midnight_utc(*make_date(2027, 12, 2)));
    Context nobody = stored.context;
    nobody.is_member = false;
    EXPECT_TRUE(postings(shop.plan(), nobody, stored.decided).empty());
}

TEST(Settle, AdvanceAndBackLeavesNothing) {
    Shop shop(meat_plan());
    Basket bought = basket("r1");
    bought.add("a", 12'000, "sausages");
    const StoredReceipt stored = shop.buy(bought, test_day());
    EXPECT_EQ(account::sum_of(shop.state, "spend", {test_day(), test_day(1)}), stored.decided.paid.minor());
    change_counters(shop.state, test_day(), stored.decided.counters, {});
    EXPECT_TRUE(shop.state.counters.empty());
}

}  // namespace
}  // namespace suki::engine
