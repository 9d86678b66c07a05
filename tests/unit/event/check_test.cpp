#include "event/check.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/limits.h"

namespace suki::event {
namespace {

Receipt sound_receipt() {
    Receipt receipt;
    receipt.id = "minsk_1/7/4711";
    receipt.store = "minsk_1";
    receipt.till = "7";
    receipt.number = "4711";
    receipt.occurred_at = *parse_instant("2026-12-02T09:30:00Z");
    receipt.offset_s = 3 * 3600;
    receipt.channel = "till";
    for (std::uint32_t i = 1; i <= 2; ++i) {
        Line line;
        line.number = i;
        line.sku = "ham";
        line.category = "food/meat/ham";
        line.tags = {"fresh"};
        line.amount = Money{1'000};
        line.tax = Money{1'000};
        line.till_discount = Money{1'000};
        receipt.lines.push_back(line);
    }
    receipt.till_discount = Money{2'000};
    receipt.charged = Money{0};
    receipt.points_paid = {{.unit = "points", .points = Points{1}, .hold = {}}};
    receipt.tenders = {{.kind = "cash", .amount = Money{0}}};
    return receipt;
}

std::string text_of(const Result<Done, std::vector<Problem>>& result) {
    if (result) return "ok";
    std::string text;
    for (const Problem& problem : result.error()) {
        if (!text.empty()) text += ' ';
        text += problem.pointer + ":" + std::string{name_of(problem.code)};
    }
    return text;
}

std::string spoilt(const std::function<void(Receipt&)>& spoil) {
    Receipt receipt = sound_receipt();
    spoil(receipt);
    return text_of(check_receipt(receipt));
}

TEST(CheckReceipt, PassesASoundOne) { EXPECT_EQ(text_of(check_receipt(sound_receipt())), "ok"); }

TEST(CheckReceipt, NamesEachProblemAndItsPlace) {
    EXPECT_EQ(spoilt([](Receipt& r) { r.id.clear(); }), "/id:missing_text");
    EXPECT_EQ(spoilt([](Receipt& r) { r.id.assign(limits::code_bytes, 'x'); }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.id.assign(limits::code_bytes + 1, 'x'); }), "/id:text_too_long");
    EXPECT_EQ(spoilt([](Receipt& r) { r.store = "\xff"; }), "/store:bad_text");
    EXPECT_EQ(spoilt([](Receipt& r) { r.store = std::string("a\0b", 3); }), "/store:bad_text");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines.clear(); }), "/lines:no_lines");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[1].number = 1; }), "/lines/1/number:duplicate_line_number");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[1].number = 0; }), "/lines/1/number:line_number_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].category = "food//ham"; }), "/lines/0/category:bad_category");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].tags = {""}; }), "/lines/0/tags/0:missing_text");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].tags.assign(limits::tags_per_product, "t"); }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].tags.assign(limits::tags_per_product + 1, "t"); }), "/lines/0/tags:too_many_tags");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].quantity.milli = 0; }), "/lines/0/quantity:quantity_must_be_positive");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].quantity.milli = 1; }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].quantity.milli = kQuantityMilliMax; }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].quantity.milli = kQuantityMilliMax + 1; }),
              "/lines/0/quantity:quantity_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].amount = Money{-1}; }), "/lines/0/amount:negative_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].amount = Money{kAmountMax - 1'000}; }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].amount = Money{kAmountMax - 999}; }), "/lines:total_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].amount = Money{kAmountMax + 1}; }), "/lines/0/amount:amount_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].tax = Money{1'001}; }), "/lines/0/tax:tax_larger_than_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].till_discount = Money{1'001}; }),
              "/lines/0/till_discount:till_discount_larger_than_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.till_discount = Money{2'001}; }), "/till_discount:till_discount_larger_than_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].cost = Money{-1}; }), "/lines/0/cost:negative_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.lines[0].charged = Money{-1}; }), "/lines/0/charged:negative_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.charged = Money{-1}; }), "/charged:negative_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.points_paid[0].points = Points{0}; }), "/points_paid/0/points:points_must_be_positive");
    EXPECT_EQ(spoilt([](Receipt& r) { r.points_paid.assign(2, {.unit = "p", .points = Points{kAmountMax}, .hold = {}}); }),
              "/points_paid:points_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.points_paid.assign(21, {.unit = "p", .points = Points{1}, .hold = {}}); }),
              "/points_paid:too_many_tenders");
    EXPECT_EQ(spoilt([](Receipt& r) { r.tenders.assign(20, {.kind = "cash", .amount = Money{1}}); }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.tenders.assign(21, {.kind = "cash", .amount = Money{1}}); }), "/tenders:too_many_tenders");
    EXPECT_EQ(spoilt([](Receipt& r) { r.tenders[0].amount = Money{-1}; }), "/tenders/0/amount:negative_amount");
    EXPECT_EQ(spoilt([](Receipt& r) { r.offset_s = 18 * 3600; }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.offset_s = -18 * 3600 - 1; }), "/occurred_at:offset_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.occurred_at = midnight_utc(*make_date(9999, 12, 31)); }),
              "/occurred_at:occurred_at_out_of_range");
    EXPECT_EQ(spoilt([](Receipt& r) { r.occurred_at = Instant{midnight_utc(*make_date(9999, 12, 31)).us - 1}; }), "ok");
    EXPECT_EQ(spoilt([](Receipt& r) { r.occurred_at = Instant{INT64_MIN}; }), "/occurred_at:occurred_at_out_of_range");
}

TEST(CheckReceipt, ReportsAllProblemsUpToTheirLimit) {
    const std::string both = spoilt([](Receipt& r) {
        r.id.clear();
        r.lines[1].amount = Money{-5};
    });
    EXPECT_EQ(both, "/id:missing_text /lines/1/amount:negative_amount");
    Receipt receipt = sound_receipt();
    receipt.till_discount = Money{0};
    Line line = receipt.lines[0];
    line.till_discount = line.tax = Money{0};
    receipt.lines.clear();
    for (std::uint32_t i = 1; i <= limits::lines_per_receipt; ++i) {
        line.number = i;
        receipt.lines.push_back(line);
    }
    EXPECT_EQ(text_of(check_receipt(receipt)), "ok");
    line.number = 5'000;
    receipt.lines.push_back(line);
    EXPECT_EQ(text_of(check_receipt(receipt)), "/lines:too_many_lines");
    receipt.lines.pop_back();
    for (Line& each : receipt.lines) each.amount = Money{-1};
    EXPECT_EQ(check_receipt(receipt).error().size(), kProblemsMax);
    // The widest amounts on the most lines can't overflow the sums.
    for (Line& each : receipt.lines) each.amount = Money{INT64_MAX};
    EXPECT_FALSE(check_receipt(receipt).has_value());
    for (Line& each : receipt.lines) each.amount = Money{INT64_MIN};
    EXPECT_FALSE(check_receipt(receipt).has_value());
}

TEST(CheckReturn, WantsLinesOrAVoid) {
    Return request{.id = "ret",
                   .receipt = "r1",
                   .occurred_at = *parse_instant("2026-12-02T09:30:00Z"),
                   .lines = {{.line = 1, .quantity = {1000, QuantityUnit::piece}}},
                   .reason = {}};
    EXPECT_EQ(text_of(check_return(request)), "ok");
    request.is_void = true;
    EXPECT_EQ(text_of(check_return(request)), "/lines:lines_in_a_void");
    request.lines.clear();
    EXPECT_EQ(text_of(check_return(request)), "ok");
    request.is_void = false;
    EXPECT_EQ(text_of(check_return(request)), "/lines:no_lines");
    request.lines = {{.line = 0, .quantity = {0, QuantityUnit::piece}}};
    request.refunded = Money{-1};
    EXPECT_EQ(text_of(check_return(request)),
              "/lines/0/line:line_number_out_of_range /lines/0/quantity:quantity_must_be_positive /refunded:negative_amount");
}

TEST(CheckActivity, WantsAnIdAndAKind) {
    Activity activity{.id = "a1", .kind = "visit", .occurred_at = *parse_instant("2026-12-02T09:30:00Z"), .store = {}};
    EXPECT_EQ(text_of(check_activity(activity)), "ok");
    activity.id.clear();
    activity.kind.clear();
    activity.occurred_at = Instant{INT64_MAX};
    EXPECT_EQ(text_of(check_activity(activity)), "/id:missing_text /kind:missing_text /occurred_at:occurred_at_out_of_range");
}

}  // namespace
}  // namespace suki::event
