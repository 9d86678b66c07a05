#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/histogram.h"

namespace suki::server {

/// Counts what the server does, without locks: every figure is one atomic that threads add to. Names follow Prometheus: seconds,
/// bytes, `_total`.
class Metrics {
public:
    /// One row a route, by its index; the last row is for requests of no route.
    explicit Metrics(std::vector<std::string> routes);

    void count_request(std::size_t route, int status, std::int64_t microseconds);
    void enter() { in_flight_.fetch_add(1, std::memory_order_relaxed); }
    void leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

    /// Appends the requests' figures in the text format of Prometheus.
    void append_to(std::string& out) const;

private:
    static constexpr std::array<std::int64_t, 14> kBucketsUs{250,    500,     1'000,   2'500,   5'000,     10'000,    25'000,
                                                             50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};
    static constexpr std::array<int, 19> kStatuses{200, 201, 204, 304, 400, 401, 403, 404, 405, 409,
                                                   412, 413, 415, 422, 428, 429, 500, 503, 0};  // the last: all others

    /// On a cache line of its own, so that busy routes do not slow each other down.
    struct alignas(64) Row {
        std::array<std::atomic<std::uint64_t>, kStatuses.size()> by_status{};
        std::array<std::atomic<std::uint64_t>, kBucketsUs.size() + 1> by_duration{};
        std::atomic<std::uint64_t> duration_us{0};
    };
    std::vector<std::string> routes_;
    std::vector<Row> rows_;
    std::atomic<std::int64_t> in_flight_{0};
};

/// Appends `# TYPE`, `# HELP` and one value.
void append_metric(std::string& out, std::string_view name, std::string_view kind, std::string_view help, std::uint64_t value);
/// The first two alone: samples follow.
void append_metric_head(std::string& out, std::string_view name, std::string_view kind, std::string_view help);
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
void append_sample(std::string& out, std::string_view name, Labels labels, std::int64_t value);
/// With its head; what it counts is in units of which `unit` make one of the metric's: 1'000'000 for microseconds told as seconds.
void append_histogram(std::string& out, std::string_view name, std::string_view help, const app::HistogramFigures& figures,
                      std::int64_t unit);

}  // namespace suki::server
