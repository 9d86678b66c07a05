// Evaluations per second of the engine beside a bare C++ index, in the same run: `bench_evaluate [number of offers]`.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "source_dir.h"
#include "workload_generator.h"

namespace suki::bench {
namespace {

struct Answer {
    std::int64_t discount = 0;
    std::int64_t points = 0;
    friend bool operator==(const Answer&, const Answer&) = default;
};

/// The yardstick: postings by sku, category and store, and nothing but the two figures; no decisions, no shares, no limits.
class Bare {
public:
    explicit Bare(const Workload& workload) : promotions_(workload.promotions), seen_(workload.promotions.size(), 0) {
        for (int i = 0; i < static_cast<int>(promotions_.size()); ++i) {
            const Promotion& promotion = promotions_[i];
            Ready ready;
            for (const std::string& store : promotion.stores.value_or(Texts{})) ready.stores.push_back(number(stores_, store));
            std::sort(ready.stores.begin(), ready.stores.end());
            for (const std::string& segment : promotion.segments.value_or(Texts{}))
                ready.segments |= 1u << number(segments_, segment);
            ready_.push_back(std::move(ready));
            for (const std::string& sku : promotion.skus.value_or(Texts{})) by_sku_[sku].push_back(i);
            for (const std::string& category : promotion.categories.value_or(Texts{})) by_category_[category].push_back(i);
            if (!promotion.skus && !promotion.categories) {
                for (const std::string& store : promotion.stores.value_or(Texts{})) by_store_[store].push_back(i);
            }
        }
    }
    Answer evaluate(const Basket& basket) {
        Answer answer;
        ++round_;
        const std::int64_t total = basket.total();
        const auto known_store = stores_.find(basket.store);
        const int store = known_store == stores_.end() ? -1 : known_store->second;
        std::uint32_t segments = 0;
        for (const std::string& segment : basket.segments) {
            const auto known = segments_.find(segment);
            if (known != segments_.end()) segments |= 1u << known->second;
        }
        const auto is_on = [&](int i) {
            const Ready& ready = ready_[i];
            if (!ready.stores.empty() && !std::binary_search(ready.stores.begin(), ready.stores.end(), store)) return false;
            if (ready.segments != 0 && (ready.segments & segments) == 0) return false;
            return !promotions_[i].min_spend || *promotions_[i].min_spend <= total;
        };
        every_.clear();
        if (const auto at = by_store_.find(basket.store); at != by_store_.end()) {
            for (const int i : at->second) {
                if (is_on(i)) every_.push_back(i);
            }
        }
        for (const BasketLine& line : basket.lines) {
            std::int64_t off = 0;
            const auto hit = [&](int i) {
                const Promotion& promotion = promotions_[i];
                switch (promotion.reward) {
                    case Promotion::Reward::percentage: off += (line.total() * promotion.value + 5000) / 10'000; break;
                    case Promotion::Reward::fixed: off += std::min(promotion.value * line.quantity, line.total()); break;
                    case Promotion::Reward::points:
                        if (seen_[i] != round_) answer.points += promotion.value;
                        seen_[i] = round_;
                        break;
                }
            };
            const auto visit = [&](const Postings& postings, const std::string& key) {
                const auto at = postings.find(key);
                if (at == postings.end()) return;
                for (const int i : at->second) {
                    if (is_on(i)) hit(i);
                }
            };
            visit(by_sku_, line.sku);
            visit(by_category_, line.category);
            for (const int i : every_) hit(i);
            answer.discount += std::min(off, line.total());
        }
        return answer;
    }

private:
    using Texts = std::vector<std::string>;
    using Postings = std::unordered_map<std::string, std::vector<int>>;
    using Numbers = std::unordered_map<std::string, int>;
    struct Ready {
        std::vector<int> stores;
        std::uint32_t segments = 0;
    };
    static int number(Numbers& numbers, const std::string& text) {
        return numbers.try_emplace(text, static_cast<int>(numbers.size())).first->second;
    }
    const std::vector<Promotion>& promotions_;
    std::vector<Ready> ready_;
    std::vector<std::uint32_t> seen_;
    std::uint32_t round_ = 0;
    std::vector<int> every_;
    Numbers stores_, segments_;
    Postings by_sku_, by_category_, by_store_;
};

/// Calls a second over about a fifth of a second.
template <class Call>
double rate_of(std::size_t baskets, const Call& call) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    std::size_t calls = 0;
    double seconds = 0;
    do {
        for (std::size_t i = 0; i < baskets; ++i) call(i);
        calls += baskets;
        seconds = std::chrono::duration<double>(Clock::now() - start).count();
    } while (seconds < 0.2);
    return static_cast<double>(calls) / seconds;
}

double median(std::vector<double> rates) {
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
}

bool measure(const Workload& workload, int promotions) {
    const engine::Evaluator evaluator{plan_of(workload)};
    Bare bare{workload};
    std::vector<Asked> asked;
    for (const Basket& basket : workload.baskets) asked.push_back(asked_of(basket));

    std::size_t decisions = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const engine::Outcome outcome = evaluator.evaluate(asked[i].context, asked[i].receipt);
        const Answer wanted = bare.evaluate(workload.baskets[i]);
        decisions += outcome.decisions.size();
        if (Answer{outcome.discount.minor(), outcome.points[0].minor()} == wanted) continue;
        std::printf("%s differs from the yardstick\n", workload.baskets[i].id.c_str());
        return false;
    }
    std::vector<double> engine_rates, explained_rates, bare_rates;
    std::int64_t sink = 0;
    for (int round = 0; round < 5; ++round) {  // in turns, so that both meet the same noise
        engine_rates.push_back(rate_of(
            asked.size(), [&](std::size_t i) { sink += evaluator.evaluate(asked[i].context, asked[i].receipt).discount.minor(); }));
        explained_rates.push_back(rate_of(std::min<std::size_t>(asked.size(), 20), [&](std::size_t i) {
            sink += static_cast<std::int64_t>(evaluator.explain(asked[i].context, asked[i].receipt).size());
        }));
        bare_rates.push_back(rate_of(asked.size(), [&](std::size_t i) { sink += bare.evaluate(workload.baskets[i]).discount; }));
    }
    const double engine_rate = median(engine_rates);
    const double bare_rate = median(bare_rates);
    std::printf(
        "%6d offers  %6.1f decisions a basket  engine %8.0f evaluations/s  bare index %8.0f, %5.2f times as fast; "
        "each offer with each condition, for people: %7.0f/s%s\n",
        promotions, static_cast<double>(decisions) / static_cast<double>(asked.size()), engine_rate, bare_rate,
        bare_rate / engine_rate, median(explained_rates), sink == 42 ? " " : "");
    return true;
}

}  // namespace
}  // namespace suki::bench

int main(int argc, char** argv) {
    std::vector<int> numbers = {10, 100, 1000, 10000};
    if (argc > 1) numbers = {std::atoi(argv[1])};
    for (const int promotions : numbers) {
        const suki::bench::Workload workload = suki::bench::make_workload(promotions);
        // Where the script that the workload comes from is at hand, it must still be the same workload.
        const auto original = suki::bench::generate_workload(SUKI_SOURCE_DIR "/../shared/bench/generate.js", promotions);
        if (original && *original != workload) {
            std::printf("the workload of %d offers is not the one of generate.js\n", promotions);
            return 1;
        }
        if (!suki::bench::measure(workload, promotions)) return 1;
    }
    return 0;
}
