#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace suki::app {

/// How many values were at most each bound, and at the end all of them; and their sum.
struct HistogramFigures {
    std::vector<std::int64_t> bounds;  // one fewer than counts
    std::vector<std::uint64_t> counts;
    std::uint64_t sum = 0;
};

/// Counts values by their size, without locks. Bounds ascend.
template <std::size_t kSize>
class Histogram {
public:
    explicit Histogram(const std::array<std::int64_t, kSize>& bounds) : bounds_(bounds) {}

    void add(std::int64_t value) {
        std::size_t place = 0;
        while (place < kSize && value > bounds_[place]) ++place;
        counts_[place].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
    }
    [[nodiscard]] HistogramFigures figures() const {
        HistogramFigures figures{.bounds = {bounds_.begin(), bounds_.end()}, .sum = sum_.load(std::memory_order_relaxed)};
        std::uint64_t total = 0;
        for (const auto& count : counts_) figures.counts.push_back(total += count.load(std::memory_order_relaxed));
        return figures;
    }

private:
    std::array<std::int64_t, kSize> bounds_;
    std::array<std::atomic<std::uint64_t>, kSize + 1> counts_{};
    std::atomic<std::uint64_t> sum_{0};
};

}  // namespace suki::app
