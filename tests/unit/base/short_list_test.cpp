#include "base/short_list.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/amount.h"

namespace suki {
namespace {

using Few = ShortList<Points, 2>;

Few counted(std::int64_t to) {
    Few list;
    for (std::int64_t i = 1; i <= to; ++i) list.push_back(Points{i});
    return list;
}
std::vector<std::int64_t> figures(const Few& list) {
    std::vector<std::int64_t> all;
    for (const Points& each : list) all.push_back(each.minor());
    return all;
}

TEST(short_list, grows_from_the_object_to_the_heap) {
    Few list;
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.begin(), list.end());
    const auto is_inside = [&] {
        const auto* at = reinterpret_cast<const std::byte*>(list.data());
        const auto* object = reinterpret_cast<const std::byte*>(&list);
        return object <= at && at < object + sizeof list;
    };
    for (std::int64_t i = 1; i <= 9; ++i) {
        EXPECT_EQ(list.emplace_back(), Points{0});
        list.back() = Points{i};
        EXPECT_EQ(is_inside(), i <= 2) << i;
    }
    EXPECT_EQ(figures(list), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(list.front(), Points{1});
    EXPECT_EQ(list[8], Points{9});
    list.clear();
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.emplace_back(), Points{0}) << "what was cleared away does not come back";
}

TEST(short_list, takes_a_value_of_its_own_while_it_grows) {
    Few list = counted(2);
    list.push_back(list.front());
    EXPECT_EQ(figures(list), (std::vector<std::int64_t>{1, 2, 1}));
}

TEST(short_list, is_copied_and_moved_short_and_long) {
    for (const std::int64_t size : {0, 1, 2, 3, 20}) {
        Few list = counted(size);
        Few copy = list;
        EXPECT_EQ(copy, list) << size;
        if (size > 0) copy.front() = Points{77};
        EXPECT_EQ(list, counted(size)) << "a copy is its own: " << size;
        Few moved = std::move(list);
        EXPECT_EQ(moved, counted(size)) << size;
        EXPECT_TRUE(list.empty()) << size;
        for (const std::int64_t before : {0, 2, 5}) {
            Few target = counted(before);
            target = moved;
            EXPECT_EQ(target, moved) << before << " to " << size;
            target = Few{Points{5}};
            EXPECT_EQ(figures(target), std::vector<std::int64_t>{5}) << before;
        }
        Few& self = moved;
        moved = self;
        EXPECT_EQ(moved, counted(size)) << "of itself: " << size;
    }
}

TEST(short_list, is_equal_by_what_is_in_it) {
    Few roomy;
    roomy.reserve(10);
    for (const std::int64_t each : {1, 2}) roomy.push_back(Points{each});
    EXPECT_EQ(roomy, counted(2)) << "wherever it lies";
    EXPECT_NE(counted(2), counted(3));
    EXPECT_NE(counted(2), (Few{Points{1}, Points{3}}));
}

TEST(short_list, loses_what_is_erased) {
    for (const std::int64_t size : {0, 2, 7}) {
        Few list = counted(size);
        const std::size_t gone = erase_if(list, [](const Points& each) { return each.minor() % 2 == 1; });
        EXPECT_EQ(gone, static_cast<std::size_t>((size + 1) / 2));
        for (const Points& each : list) EXPECT_EQ(each.minor() % 2, 0);
        EXPECT_EQ(list.size() + gone, static_cast<std::size_t>(size));
    }
}

}  // namespace
}  // namespace suki
