#include "engine/evaluation.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "base/amount.h"

namespace suki::engine {
namespace {

TEST(arena, hands_out_aligned_memory_and_goes_on_when_its_own_is_used_up) {
    alignas(16) std::array<std::byte, 256> first;
    Arena arena{std::span{first}.subspan(1)};
    std::vector<std::span<std::int64_t>> lists;
    for (std::size_t i = 0; i < 100; ++i) {
        *static_cast<char*>(arena.take(1, 1)) = 'x';
        lists.push_back(make_span<std::int64_t>(arena, i));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(lists.back().data()) % alignof(std::int64_t), 0u);
        for (std::int64_t& each : lists.back()) {
            EXPECT_EQ(each, 0);
            each = static_cast<std::int64_t>(i);
        }
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(make_span<__int128>(arena, 1).data()) % alignof(__int128), 0u);
    }
    for (std::size_t i = 0; i < 100; ++i) {
        for (const std::int64_t each : lists[i]) EXPECT_EQ(each, static_cast<std::int64_t>(i)) << "nobody else wrote there";
    }
}

/// Weights of which many are alike or nothing, so that remainders tie.
std::vector<std::int64_t> draw_weights(std::mt19937& random, std::size_t count, std::int64_t most) {
    std::vector<std::int64_t> weights(count);
    for (std::int64_t& weight : weights) {
        const std::int64_t drawn = static_cast<std::int64_t>(std::uniform_int_distribution<std::int64_t>{0, most}(random));
        weight = random() % 3 == 0 ? 0 : random() % 2 == 0 ? most : drawn;
    }
    if (count > 0) weights.front() = most;
    return weights;
}

TEST(share_out, gives_what_allocate_gives) {
    std::mt19937 random(3);
    // On both sides of where it goes over from 64 bits to 128, and from looking to sorting.
    constexpr std::int64_t edge = std::int64_t{1} << 31;
    for (const std::int64_t most : {std::int64_t{1}, std::int64_t{7}, std::int64_t{99'999}, edge / 20, edge, kAmountMax / 64}) {
        for (const std::int64_t total :
             {std::int64_t{0}, std::int64_t{1}, std::int64_t{10}, std::int64_t{12'345}, edge - 1, edge, kAmountMax}) {
            for (std::size_t count = 1; count <= 24; ++count) {
                const std::vector<std::int64_t> weights = draw_weights(random, count, most);
                const std::vector<__int128> wide(weights.begin(), weights.end());
                const std::vector<std::int64_t> wanted = allocate(total, weights);
                Arena arena;
                std::vector<std::int64_t> parts(count, 77);
                share_out(&arena, total, std::span<const std::int64_t>{weights}, parts);
                ASSERT_EQ(parts, wanted) << total << " by " << count << " up to " << most;
                share_out(&arena, total, std::span<const __int128>{wide}, parts);
                ASSERT_EQ(parts, wanted) << total << " by " << count << " up to " << most;
            }
        }
    }
}

}  // namespace
}  // namespace suki::engine
