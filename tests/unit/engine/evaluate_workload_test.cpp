#include <gtest/gtest.h>

#include <algorithm>

#include "../../../bench/workload.h"
#include "source_dir.h"

/// The workload of basket evaluation against its plain definition, said here once more.
namespace suki::engine {
namespace {

struct Wanted {
    std::int64_t discount = 0;
    std::int64_t points = 0;
    std::size_t matched = 0;
};

bool is_one_of(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// Every promotion on every line, each from the original line total; a line's discounts together at most its total.
Wanted plainly(const bench::Workload& workload, const bench::Basket& basket) {
    Wanted wanted;
    std::vector<std::int64_t> off(basket.lines.size());
    for (const bench::Promotion& promotion : workload.promotions) {
        if (promotion.stores && !is_one_of(*promotion.stores, basket.store)) continue;
        if (promotion.segments && std::none_of(basket.segments.begin(), basket.segments.end(), [&](const std::string& segment) {
                return is_one_of(*promotion.segments, segment);
            })) {
            continue;
        }
        if (promotion.min_spend && basket.total() < *promotion.min_spend) continue;
        bool is_hit = false;
        for (std::size_t i = 0; i < basket.lines.size(); ++i) {
            const bench::BasketLine& line = basket.lines[i];
            if (promotion.skus && !is_one_of(*promotion.skus, line.sku)) continue;
            if (promotion.categories && !is_one_of(*promotion.categories, line.category)) continue;
            is_hit = true;
            if (promotion.reward == bench::Promotion::Reward::percentage)
                off[i] += (line.total() * promotion.value + 5000) / 10'000;
            if (promotion.reward == bench::Promotion::Reward::fixed)
                off[i] += std::min(promotion.value * line.quantity, line.total());
        }
        wanted.matched += is_hit ? 1 : 0;
        if (is_hit && promotion.reward == bench::Promotion::Reward::points) wanted.points += promotion.value;
    }
    for (std::size_t i = 0; i < off.size(); ++i) wanted.discount += std::min(off[i], basket.lines[i].total());
    return wanted;
}

class WorkloadTest : public testing::TestWithParam<int> {};

TEST_P(WorkloadTest, gives_what_the_plain_definition_gives) {
    const auto workload = bench::generate_workload(SUKI_SOURCE_DIR "/../shared/bench/generate.js", GetParam());
    if (!workload) GTEST_SKIP() << "../shared/bench/generate.js or node is not there";
    ASSERT_EQ(workload->promotions.size(), static_cast<std::size_t>(GetParam()));
    const Evaluator evaluator{bench::plan_of(*workload)};
    std::size_t matched = 0;
    for (const bench::Basket& basket : workload->baskets) {
        const bench::Asked asked = bench::asked_of(basket);
        const Outcome outcome = evaluator.evaluate(asked.context, asked.receipt);
        const Wanted wanted = plainly(*workload, basket);
        EXPECT_EQ(outcome.discount.minor(), wanted.discount) << basket.id;
        EXPECT_EQ(outcome.points[0].minor(), wanted.points) << basket.id;
        EXPECT_EQ(outcome.decisions.size(), wanted.matched) << basket.id;
        matched += wanted.matched;
    }
    EXPECT_GT(matched, 0u);
}

INSTANTIATE_TEST_SUITE_P(promotions, WorkloadTest, testing::Values(100, 1000));

}  // namespace
}  // namespace suki::engine
