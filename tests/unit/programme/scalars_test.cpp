#include "programme/scalars.h"

#include "support.h"

namespace suki::programme {

namespace {

const Currency kRoubles{"BYN", 2};

template <class T>
std::string code_of(const Parsed<T>& parsed) {
    return parsed ? "ok" : std::string{name_of(parsed.error().code)};
}

std::int64_t minor(std::string_view text) {
    const auto money = parse_money(text, kRoubles);
    return money ? money->minor() : -1;
}

std::string bound_text(std::string_view text) {
    const auto bound = parse_bound(text, parse_count);
    if (!bound) return std::string{name_of(bound.error().code)};
    return std::string{name_of(bound->op)} + " " + std::to_string(bound->value) +
           (bound->op == Op::between ? " " + std::to_string(bound->upper) : "");
}

}  // namespace

TEST(Scalars, MoneyIsExact) {
    EXPECT_EQ(minor("1.50 BYN"), 150);
    EXPECT_EQ(minor("1.5 BYN"), 150);
    EXPECT_EQ(minor("2_000 BYN"), 200'000);
    EXPECT_EQ(minor("0 BYN"), 0);
    EXPECT_EQ(minor("90071992547409.91 BYN"), kAmountMax);
    EXPECT_EQ(code_of(parse_money("90071992547409.92 BYN", kRoubles)), "out_of_range");
    EXPECT_EQ(code_of(parse_money("999999999999999999 BYN", kRoubles)), "out_of_range");
    EXPECT_EQ(code_of(parse_money("99999999999999999999 BYN", kRoubles)), "out_of_range");
    EXPECT_EQ(code_of(parse_money("-1 BYN", kRoubles)), "out_of_range");
    EXPECT_EQ(code_of(parse_money("1.505 BYN", kRoubles)), "bad_money");
    EXPECT_EQ(code_of(parse_money("1.50", kRoubles)), "bad_money");
    EXPECT_EQ(code_of(parse_money("1,50 BYN", kRoubles)), "bad_money");
    EXPECT_EQ(code_of(parse_money("1e3 BYN", kRoubles)), "bad_money");
    EXPECT_EQ(code_of(parse_money("1.50 EUR", kRoubles)), "other_currency");
    EXPECT_EQ(code_of(parse_money("1.50 XXZ", kRoubles)), "unknown_currency");
    EXPECT_EQ(parse_money("1.500 BYN", kRoubles)->minor(), 150);  // the zero adds nothing
    EXPECT_EQ(parse_money("7 JPY", {"JPY", 0})->minor(), 7);
    EXPECT_EQ(code_of(parse_money("7.5 JPY", {"JPY", 0})), "bad_money");
}

TEST(Scalars, WorthMayBeFinerThanACoin) {
    EXPECT_EQ(*parse_fine_money("0.01 BYN", kRoubles), (Ratio{1, 1}));
    EXPECT_EQ(*parse_fine_money("0.005 BYN", kRoubles), (Ratio{1, 2}));
    EXPECT_EQ(code_of(parse_fine_money("0.0000000001 BYN", kRoubles)), "out_of_range");
}

TEST(Scalars, Quantities) {
    EXPECT_EQ(*parse_quantity("0.5 kg"), (Quantity{500, QuantityUnit::kg}));
    EXPECT_EQ(*parse_quantity("100 g"), (Quantity{100, QuantityUnit::kg}));
    EXPECT_EQ(*parse_quantity("250 ml"), (Quantity{250, QuantityUnit::l}));
    EXPECT_EQ(*parse_quantity("3"), (Quantity{3000, QuantityUnit::piece}));
    EXPECT_EQ(*parse_quantity("1 item"), (Quantity{1000, QuantityUnit::piece}));
    EXPECT_EQ(*parse_quantity("2 m"), (Quantity{2000, QuantityUnit::m}));
    EXPECT_EQ(code_of(parse_quantity("0.0005 kg")), "bad_quantity");
    EXPECT_EQ(code_of(parse_quantity("0.5 g")), "bad_quantity");
    EXPECT_EQ(code_of(parse_quantity("2 lb")), "bad_quantity");
    EXPECT_EQ(code_of(parse_quantity("0 kg")), "out_of_range");
    EXPECT_EQ(code_of(parse_quantity("0 kg", true)), "ok");
    EXPECT_EQ(code_of(parse_quantity("1000000000 kg")), "ok");
    EXPECT_EQ(code_of(parse_quantity("1000000001 kg")), "out_of_range");
}

TEST(Scalars, Percentages) {
    EXPECT_EQ(*parse_percent("3%"), (Ratio{3, 100}));
    EXPECT_EQ(*parse_percent("7.5 %"), (Ratio{75, 1000}));
    EXPECT_EQ(*parse_percent("100%"), (Ratio{1, 1}));
    EXPECT_EQ(*parse_percent("0%"), (Ratio{0, 1}));
    EXPECT_EQ(code_of(parse_percent("100.0001%")), "out_of_range");
    EXPECT_EQ(code_of(parse_percent("1.00001%")), "bad_ratio");
    EXPECT_EQ(code_of(parse_percent("-1%")), "out_of_range");
    EXPECT_EQ(code_of(parse_percent("3")), "bad_ratio");
    EXPECT_EQ(code_of(parse_percent("%")), "bad_ratio");
}

TEST(Scalars, PeriodsAndWindows) {
    EXPECT_EQ(*parse_period("2 weeks", false), (Period{.months = 0, .days = 14}));
    EXPECT_EQ(*parse_period("1 year", false), (Period{.months = 12, .days = 0}));
    EXPECT_EQ(code_of(parse_period("0 days", false)), "out_of_range");
    EXPECT_EQ(code_of(parse_period("0 days", true)), "ok");
    EXPECT_EQ(code_of(parse_period("100 years", true)), "ok");
    EXPECT_EQ(code_of(parse_period("101 years", true)), "out_of_range");
    EXPECT_EQ(code_of(parse_period("999999999999 days", true)), "out_of_range");
    EXPECT_EQ(code_of(parse_period("30", true)), "bad_period");
    EXPECT_EQ(code_of(parse_period("30 fortnights", true)), "bad_period");
    EXPECT_EQ(code_of(parse_period("1.5 years", true)), "bad_period");
    for (const std::string_view text :
         {"90 days", "12 months", "calendar day", "calendar week", "calendar month", "calendar quarter", "calendar year", "ever"}) {
        ASSERT_TRUE(parse_window(text)) << text;
        EXPECT_EQ(window_text(*parse_window(text)), text);
    }
    EXPECT_EQ(window_text(*parse_window("1 year")), "12 months");
    EXPECT_EQ(code_of(parse_window("calendar decade")), "bad_window");
    EXPECT_EQ(code_of(parse_window("0 days")), "out_of_range");
    EXPECT_EQ(code_of(parse_window("always")), "bad_window");
}

TEST(Scalars, Expiry) {
    EXPECT_EQ(parse_expiry("never")->kind, ExpiryKind::never);
    EXPECT_EQ(parse_expiry("12 months after earning")->kind, ExpiryKind::after_earning);
    EXPECT_EQ(parse_expiry("90 days after last activity")->period.days, 90);
    EXPECT_EQ(parse_expiry("at the end of the quarter")->calendar, WindowKind::calendar_quarter);
    EXPECT_EQ(code_of(parse_expiry("after earning")), "bad_expiry");
    EXPECT_EQ(code_of(parse_expiry("at the end of the")), "bad_expiry");
    EXPECT_EQ(code_of(parse_expiry("at the end of the week")), "bad_expiry");
    EXPECT_EQ(code_of(parse_expiry("0 days after earning")), "out_of_range");
}

TEST(Scalars, DatesEndWithTheDayNamed) {
    const auto range = parse_dates("2026-12-24 to 2026-12-26");
    ASSERT_TRUE(range);
    EXPECT_EQ(date_text(range->starts_on), "2026-12-24");
    EXPECT_EQ(date_text(range->ends_on), "2026-12-27");
    EXPECT_EQ(parse_dates("2028-02-29")->ends_on.days - parse_dates("2028-02-29")->starts_on.days, 1);
    EXPECT_EQ(code_of(parse_dates("2027-02-29")), "bad_date");
    EXPECT_EQ(code_of(parse_dates("2026-12-26 to 2026-12-24")), "bad_range");
    EXPECT_EQ(code_of(parse_dates("24.12.2026")), "bad_date");
    EXPECT_EQ(code_of(parse_dates("10000-01-01")), "bad_date");
}

TEST(Scalars, TimesAndWeekdays) {
    EXPECT_EQ(parse_time_range("22:00 to 02:00")->to.minutes, 120);
    EXPECT_EQ(parse_time_range("08:00 to 24:00")->to.minutes, 1440);
    EXPECT_EQ(code_of(parse_time_range("24:00 to 02:00")), "bad_time");
    EXPECT_EQ(code_of(parse_time_range("08:00 to 08:00")), "bad_range");
    EXPECT_EQ(code_of(parse_time_range("8 to 12")), "bad_time");
    EXPECT_EQ(*parse_weekdays("tue"), 0b10);
    EXPECT_EQ(*parse_weekdays("mon to fri"), 0b11111);
    EXPECT_EQ(*parse_weekdays("sat to mon"), 0b1100001);
    EXPECT_EQ(code_of(parse_weekdays("tuesday")), "not_a_choice");
}

TEST(Scalars, Birthdays) {
    EXPECT_EQ(parse_birthday("within 3 days")->before, 3);
    EXPECT_EQ(parse_birthday("within 3 days")->after, 3);
    EXPECT_EQ(parse_birthday("on the day")->after, 0);
    EXPECT_EQ(code_of(parse_birthday("within 182 days")), "ok");
    EXPECT_EQ(code_of(parse_birthday("within 183 days")), "out_of_range");
    EXPECT_EQ(code_of(parse_birthday("within 1 month")), "out_of_range");
    EXPECT_EQ(code_of(parse_birthday("soon")), "bad_period");
}

TEST(Scalars, PointsForms) {
    const auto give = [](std::string_view text) { return parse_points_give(text, kRoubles); };
    EXPECT_EQ(std::get<PointsPerAmount>(*give("3 per 1 BYN")).rate, (Ratio{3, 100}));
    EXPECT_EQ(std::get<PointsPerAmount>(*give("3 per BYN")).rate, (Ratio{3, 100}));
    EXPECT_EQ(std::get<PointsPerAmount>(*give("1.5 per 10 BYN")).rate, (Ratio{15, 10'000}));
    const auto by_weight = std::get<PointsPerQuantity>(*give("20 per 0.1 kg"));
    EXPECT_EQ(by_weight.points, 20);
    EXPECT_EQ(by_weight.per, (Quantity{100, QuantityUnit::kg}));
    EXPECT_EQ(std::get<PointsPerQuantity>(*give("5 per item")).per, (Quantity{1000, QuantityUnit::piece}));
    EXPECT_EQ(std::get<PointsPerQuantity>(*give("5 per 2 items")).per.milli, 2000);
    EXPECT_EQ(std::get<PointsPerQuantity>(*give("5 per kg")).per, (Quantity{1000, QuantityUnit::kg}));
    EXPECT_EQ(std::get<PointsPerQuantity>(*give("1.5 per item")).points, 15);
    EXPECT_EQ(std::get<PointsPerQuantity>(*give("1.5 per item")).per.milli, 10'000);
    EXPECT_EQ(std::get<PointsFixed>(*give("150")).points, 150);
    EXPECT_EQ(std::get<PointsMultiplied>(*give("x1.5")).factor, (Ratio{3, 2}));
    EXPECT_EQ(code_of(give("x1")), "out_of_range");
    EXPECT_EQ(code_of(give("x0.5")), "out_of_range");
    EXPECT_EQ(code_of(give("x1.0001")), "ok");
    EXPECT_EQ(code_of(give("x1000")), "ok");
    EXPECT_EQ(code_of(give("x1001")), "out_of_range");
    EXPECT_EQ(code_of(give("x")), "bad_points");
    EXPECT_EQ(code_of(give("0")), "out_of_range");
    EXPECT_EQ(code_of(give("-5")), "out_of_range");
    EXPECT_EQ(code_of(give("1000000000")), "ok");
    EXPECT_EQ(code_of(give("1000000001")), "out_of_range");
    EXPECT_EQ(code_of(give("3 per 0 BYN")), "out_of_range");
    EXPECT_EQ(code_of(give("0 per 1 BYN")), "out_of_range");
    EXPECT_EQ(code_of(give("3 per 1 EUR")), "other_currency");
    EXPECT_EQ(code_of(give("3 per 0 kg")), "out_of_range");
    EXPECT_EQ(code_of(give("3 per stone")), "bad_quantity");
    EXPECT_EQ(code_of(give("many")), "bad_points");
    EXPECT_EQ(code_of(give("3 for 1 BYN")), "bad_points");
}

TEST(Scalars, DiscountsAndFreeGoods) {
    EXPECT_EQ(std::get<DiscountPercent>(*parse_discount("3%", kRoubles)).rate, (Ratio{3, 100}));
    EXPECT_EQ(std::get<DiscountAmount>(*parse_discount("1.50 BYN", kRoubles)).amount.minor(), 150);
    EXPECT_TRUE(std::get<DiscountAmount>(*parse_discount("0.20 BYN per item", kRoubles)).is_per_item);
    EXPECT_EQ(code_of(parse_discount("0%", kRoubles)), "out_of_range");
    EXPECT_EQ(code_of(parse_discount("0 BYN", kRoubles)), "out_of_range");
    EXPECT_EQ(code_of(parse_discount("0.20 BYN per kg", kRoubles)), "bad_money");
    EXPECT_EQ(parse_free("1 per 4 cheapest")->cheapest, true);
    EXPECT_EQ(parse_free("2 per 5")->free, 2);
    EXPECT_EQ(code_of(parse_free("4 per 4")), "bad_range");
    EXPECT_EQ(code_of(parse_free("0 per 4")), "out_of_range");
    EXPECT_EQ(code_of(parse_free("1 per 4 dearest")), "bad_ratio");
}

TEST(Scalars, Comparisons) {
    EXPECT_EQ(bound_text("over 3"), "over 3");
    EXPECT_EQ(bound_text("at least 3"), "at_least 3");
    EXPECT_EQ(bound_text("under 3"), "under 3");
    EXPECT_EQ(bound_text("at most 3"), "at_most 3");
    EXPECT_EQ(bound_text("3"), "exactly 3");
    EXPECT_EQ(bound_text("2 to 5"), "between 2 5");
    EXPECT_EQ(bound_text("5 to 5"), "between 5 5");
    EXPECT_EQ(bound_text("5 to 2"), "bad_range");
    EXPECT_EQ(bound_text("over"), "bad_comparison");
    EXPECT_EQ(bound_text("at least"), "bad_comparison");
    EXPECT_EQ(bound_text("more 3"), "bad_number");
    const ValueParser money = [](std::string_view text) -> Parsed<std::int64_t> {
        const auto parsed = parse_money(text, kRoubles);
        if (!parsed) return Unexpected<Fault>{parsed.error()};
        return parsed->minor();
    };
    EXPECT_EQ(parse_bound("5 to 10.50 BYN", money)->value, 500);
    EXPECT_EQ(parse_bound("5 BYN to 10.50 BYN", money)->upper, 1050);
    EXPECT_EQ(parse_bound("over 45 days", parse_days)->value, 45);
    EXPECT_EQ(parse_bound("2 weeks to 30 days", parse_days)->value, 14);
    EXPECT_EQ(code_of(parse_bound("over 2 months", parse_days)), "bad_period");
    EXPECT_EQ(parse_bound("over -0.5", parse_thousandths)->value, -500);
    EXPECT_TRUE(is_comparison("over 0"));
    EXPECT_TRUE(is_comparison("1 to 3"));
    EXPECT_TRUE(is_comparison("-7.5"));
    EXPECT_FALSE(is_comparison("over"));
    EXPECT_FALSE(is_comparison("at home"));
    EXPECT_FALSE(is_comparison("Minsk"));
}

TEST(Scalars, NamesAndTruths) {
    EXPECT_TRUE(is_word("minsk_1"));
    EXPECT_TRUE(is_word("a" + std::string(63, 'b')));
    EXPECT_FALSE(is_word("a" + std::string(64, 'b')));
    EXPECT_FALSE(is_word("1st"));
    EXPECT_FALSE(is_word("Base"));
    EXPECT_FALSE(is_word("a b"));
    EXPECT_FALSE(is_word(""));
    EXPECT_TRUE(is_fact_name("household.children"));
    EXPECT_TRUE(*parse_yes_no("yes"));
    EXPECT_FALSE(*parse_yes_no("false"));
    EXPECT_EQ(code_of(parse_yes_no("on")), "not_a_choice");
    EXPECT_EQ(parse_nth("every 6")->n, 6);
    EXPECT_FALSE(parse_nth("3")->is_every);
    EXPECT_EQ(code_of(parse_nth("0")), "out_of_range");
}

TEST(Windows, DatesEndWithTheDayAsked) {
    const auto dates = [](std::string_view window, std::string_view as_of) {
        const DateRange range = dates_of(*parse_window(window), *parse_date(as_of));
        return date_text(range.starts_on) + " " + date_text(range.ends_on);
    };
    EXPECT_EQ(dates("1 day", "2026-12-02"), "2026-12-02 2026-12-03");
    EXPECT_EQ(dates("90 days", "2026-12-02"), "2026-09-04 2026-12-03");
    EXPECT_EQ(dates("1 month", "2026-03-31"), "2026-03-01 2026-04-01");
    EXPECT_EQ(dates("12 months", "2028-02-29"), "2027-03-01 2028-03-01");
    EXPECT_EQ(dates("calendar day", "2026-12-02"), "2026-12-02 2026-12-03");
    EXPECT_EQ(dates("calendar week", "2026-12-06"), "2026-11-30 2026-12-07");
    EXPECT_EQ(dates("calendar week", "2026-11-30"), "2026-11-30 2026-12-01");
    EXPECT_EQ(dates("calendar month", "2026-12-31"), "2026-12-01 2027-01-01");
    EXPECT_EQ(dates("calendar quarter", "2026-11-30"), "2026-10-01 2026-12-01");
    EXPECT_EQ(dates("calendar quarter", "2026-03-31"), "2026-01-01 2026-04-01");
    EXPECT_EQ(dates("calendar year", "2026-12-02"), "2026-01-01 2026-12-03");
    EXPECT_EQ(dates("ever", "2026-12-02"), "1900-01-01 2026-12-03");
}

}  // namespace suki::programme
