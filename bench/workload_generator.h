#pragma once

#include <cmath>
#include <set>

#include "workload.h"

/// The workload's own generator: the same promotions and baskets, number by number, as the script that the format comes from, so
/// that the measurement needs neither that script nor its interpreter. `double` is part of the format: numbers are drawn in [0, 1).
namespace suki::bench {

class Draws {
public:
    explicit Draws(std::uint32_t seed) : state_(seed) {}
    double next() {
        state_ += 0x6D2B79F5u;
        std::uint32_t t = state_;
        t = (t ^ (t >> 15)) * (t | 1u);
        t ^= t + (t ^ (t >> 7)) * (t | 61u);
        return static_cast<double>(t ^ (t >> 14)) / 4294967296.0;
    }
    int below(int bound) { return static_cast<int>(std::floor(next() * bound)); }

private:
    std::uint32_t state_;
};

namespace generator {

inline constexpr int kSkus = 20'000, kCategories = 500, kStores = 500, kSegments = 20, kLines = 20, kBaskets = 200;

inline std::string padded(char letter, int number, int width) {
    std::string digits = std::to_string(number);
    return letter + std::string(static_cast<std::size_t>(width) - digits.size(), '0') + digits;
}
/// Fifteen draws in a hundred come from the 500 best-selling goods.
inline int draw_sku(Draws& draws) { return draws.next() < 0.15 ? draws.below(500) : draws.below(kSkus); }

template <class Draw>
std::vector<int> pick(std::size_t count, const Draw& draw) {
    std::set<int> picked;
    while (picked.size() < count) picked.insert(draw());
    return {picked.begin(), picked.end()};
}

inline std::vector<std::string> names(const std::vector<int>& numbers, char letter, int width) {
    std::vector<std::string> all;
    for (const int number : numbers) all.push_back(padded(letter, number, width));
    return all;
}

inline Promotion make_promotion(Draws& draws, int number) {
    Promotion made{.id = padded('P', number, 6)};
    const auto some = [&](int most) { return static_cast<std::size_t>(1 + draws.below(most)); };
    const double scope = draws.next();
    const bool is_about_all = scope >= 0.96;
    if (scope < 0.88) {
        const std::size_t count = some(10);
        made.skus = names(pick(count, [&] { return draw_sku(draws); }), 'K', 6);
    } else if (!is_about_all) {
        made.categories = names(pick(1, [&] { return draws.below(kCategories); }), 'C', 4);
    }
    const double has_stores = draws.next(), has_segments = draws.next(), has_spend = draws.next();
    if (has_stores < 0.30 || is_about_all) {
        const std::size_t count = some(20);
        made.stores = names(pick(count, [&] { return draws.below(kStores); }), 'S', 4);
    }
    if (has_segments < 0.40 || is_about_all) {
        const std::size_t count = some(4);
        made.segments = names(pick(count, [&] { return draws.below(kSegments); }), 'G', 2);
    }
    if (has_spend < 0.30) made.min_spend = 1000 * (1 + draws.below(15));
    const double reward = draws.next();
    if (reward < 0.45) {
        made.reward = Promotion::Reward::percentage;
        made.value = 500 * (1 + draws.below(6));
    } else if (reward < 0.75) {
        made.reward = Promotion::Reward::fixed;
        made.value = 105 + 10 * draws.below(30);
    } else {
        made.value = 50 * (1 + draws.below(20));
    }
    return made;
}

inline Basket make_basket(Draws& draws, int number) {
    std::vector<int> skus = pick(kLines, [&] { return draw_sku(draws); });
    for (std::size_t i = skus.size() - 1; i > 0; --i)
        std::swap(skus[i], skus[static_cast<std::size_t>(draws.below(static_cast<int>(i) + 1))]);
    Basket made{.id = padded('B', number, 5), .store = padded('S', draws.below(kStores), 4), .segments = {}, .lines = {}};
    draws.next();  // the customer, whom nobody asks for
    made.segments = names(pick(3, [&] { return draws.below(kSegments); }), 'G', 2);
    for (const int sku : skus) {
        const std::int64_t quantity = draws.next() < 0.75 ? 1 : 2 + draws.below(3);
        const double price = draws.next();
        made.lines.push_back({padded('K', sku, 6), padded('C', sku % kCategories, 4), quantity,
                              89 + static_cast<std::int64_t>(std::floor(price * draws.next() * 2500))});
    }
    return made;
}

}  // namespace generator

inline Workload make_workload(int promotions, std::uint32_t seed = 42) {
    Workload workload;
    Draws about_promotions{seed}, about_baskets{seed ^ 0x9E3779B9u};
    for (int i = 1; i <= promotions; ++i) workload.promotions.push_back(generator::make_promotion(about_promotions, i));
    for (int i = 1; i <= generator::kBaskets; ++i) workload.baskets.push_back(generator::make_basket(about_baskets, i));
    return workload;
}

}  // namespace suki::bench
