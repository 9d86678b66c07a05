#include "base/inline_array.h"

#include <gtest/gtest.h>

#include "base/amount.h"

namespace suki {
namespace {

using Few = InlineArray<Points, 3>;

TEST(inline_array, begins_empty_and_grows_by_zeros) {
    Few few;
    EXPECT_TRUE(few.empty());
    EXPECT_EQ(few.begin(), few.end());
    few.push_back(Points{7});
    few.resize(3);
    EXPECT_EQ(few.size(), Few::max_size());
    EXPECT_EQ(few.front(), Points{7});
    EXPECT_EQ(few.at(1), Points{0});
    EXPECT_EQ(few.back(), Points{0});
    EXPECT_EQ(Few(2).size(), 2u);
}

TEST(inline_array, forgets_what_was_cleared_away) {
    Few few(3);
    for (Points& each : few) each = Points{9};
    few.resize(1);
    EXPECT_EQ(few.size(), 1u);
    few.resize(2);
    EXPECT_EQ(few[1], Points{0});
    few.clear();
    EXPECT_EQ(few, Few{});
    EXPECT_EQ(few.emplace_back(), Points{0});
}

TEST(inline_array, is_equal_by_what_is_in_it) {
    Few a(2), b(2);
    a[1] = Points{5};
    EXPECT_NE(a, b);
    b[1] = Points{5};
    EXPECT_EQ(a, b);
    b.push_back(Points{0});
    EXPECT_NE(a, b) << "a zero more is another list";
}

TEST(inline_array, has_room_for_so_many_and_no_more) {
    Few few(3);
    EXPECT_DEATH(few.push_back(Points{1}), "size <= Most");
    EXPECT_DEATH(Few(4), "size <= Most");
    EXPECT_DEATH((void)few.at(3), "at < size_");
}

}  // namespace
}  // namespace suki
