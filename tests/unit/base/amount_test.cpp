#include "base/amount.h"

#include <gtest/gtest.h>

#include <numeric>

namespace suki {
namespace {

struct RoundingCase {
    int numerator, denominator;
    int down, up, half_up, half_even;
};

// Each rounding on both sides of a half and of a whole.
constexpr RoundingCase kCases[] = {
    {24, 10, 2, 3, 2, 2}, {25, 10, 2, 3, 3, 2}, {26, 10, 2, 3, 3, 3}, {35, 10, 3, 4, 4, 4},
    {30, 10, 3, 3, 3, 3}, {0, 7, 0, 0, 0, 0},   {1, 3, 0, 1, 0, 0},
};

TEST(divide, rounds_as_named_and_symmetrically) {
    for (const RoundingCase& c : kCases) {
        for (const int sign : {1, -1}) {
            EXPECT_EQ(divide(sign * c.numerator, c.denominator, Rounding::down), sign * c.down);
            EXPECT_EQ(divide(sign * c.numerator, c.denominator, Rounding::up), sign * c.up);
            EXPECT_EQ(divide(sign * c.numerator, c.denominator, Rounding::half_up), sign * c.half_up);
            EXPECT_EQ(divide(sign * c.numerator, c.denominator, Rounding::half_even), sign * c.half_even);
        }
    }
}

TEST(divide, says_when_the_result_does_not_fit) {
    EXPECT_EQ(divide(static_cast<__int128>(1) << 100, 1, Rounding::down), std::nullopt);
}

TEST(amount, stops_at_the_largest_exact_json_number) {
    EXPECT_EQ(add(Money{kAmountMax - 1}, Money{1}), Money{kAmountMax});
    EXPECT_EQ(add(Money{kAmountMax}, Money{1}), std::nullopt);
    EXPECT_EQ(subtract(Money{-kAmountMax}, Money{1}), std::nullopt);
}

void expect_parts(std::int64_t total, std::vector<std::int64_t> weights, std::vector<std::int64_t> expected) {
    EXPECT_EQ(allocate(total, weights), expected);
    EXPECT_EQ(std::accumulate(expected.begin(), expected.end(), std::int64_t{0}), total);
}

TEST(allocate, gives_leftovers_to_the_largest_remainders_and_ties_to_the_lower_index) {
    expect_parts(100, {1, 1, 1}, {34, 33, 33});
    expect_parts(-100, {1, 1, 1}, {-34, -33, -33});
    expect_parts(10, {3, 0, 7}, {3, 0, 7});
    expect_parts(1, {5, 5}, {1, 0});
    expect_parts(5, {1, 2, 3}, {1, 2, 2});
    expect_parts(0, {0, 0}, {0, 0});
    expect_parts(0, {}, {});
}

TEST(names, are_the_enumerators_words) {
    EXPECT_EQ(name_of(Rounding::half_even), "half_even");
    EXPECT_EQ(from_name<Rounding>("up"), Rounding::up);
    EXPECT_EQ(from_name<Rounding>("upwards"), std::nullopt);
    EXPECT_EQ(count_of<Rounding>, 4u);
}

}  // namespace
}  // namespace suki
