#include "engine/sort_by_number.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace suki::engine {
namespace {

struct Numbered {
    std::uint32_t number = 0;
    std::uint32_t place = 0;
    friend bool operator==(const Numbered&, const Numbered&) = default;
};

TEST(sort_by_number, sorts_as_a_stable_sort_does) {
    std::mt19937 random(1);
    // Sizes on both sides of where counting begins, numbers of one byte and of all four.
    for (const std::size_t size : {0u, 1u, 2u, 31u, 32u, 33u, 200u, 5'000u}) {
        for (const std::uint32_t most : {0u, 1u, 255u, 256u, 9'999u, 65'536u, UINT32_MAX}) {
            std::pmr::vector<Numbered> items(size);
            for (std::uint32_t i = 0; i < size; ++i)
                items[i] = {static_cast<std::uint32_t>(random() % (std::uint64_t{most} + 1)), i};
            std::pmr::vector<Numbered> wanted = items;
            std::stable_sort(wanted.begin(), wanted.end(),
                             [](const Numbered& a, const Numbered& b) { return a.number < b.number; });
            sort_by_number(items, most, [](const Numbered& each) { return each.number; });
            EXPECT_EQ(items, wanted) << size << " up to " << most;
        }
    }
}

}  // namespace
}  // namespace suki::engine
