#include "server/metrics.h"

#include <fmt/format.h>

#include <iterator>

#include "base/check.h"

namespace suki::server {

Metrics::Metrics(std::vector<std::string> routes) : routes_(std::move(routes)), rows_(routes_.size()) {
    SUKI_CHECK(!routes_.empty());
}

void Metrics::count_request(std::size_t route, int status, std::int64_t microseconds) {
    Row& row = rows_[route < rows_.size() ? route : rows_.size() - 1];
    std::size_t slot = 0;
    while (slot + 1 < kStatuses.size() && kStatuses[slot] != status) ++slot;
    row.by_status[slot].fetch_add(1, std::memory_order_relaxed);
    std::size_t bucket = 0;
    while (bucket < kBucketsUs.size() && microseconds > kBucketsUs[bucket]) ++bucket;
    row.by_duration[bucket].fetch_add(1, std::memory_order_relaxed);
    row.duration_us.fetch_add(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
}

void Metrics::append_to(std::string& out) const {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "# HELP suki_http_requests_total Requests answered.\n# TYPE suki_http_requests_total counter\n");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        for (std::size_t s = 0; s < kStatuses.size(); ++s) {
            const std::uint64_t count = rows_[i].by_status[s].load(std::memory_order_relaxed);
            if (count == 0) continue;
            const std::string status = kStatuses[s] == 0 ? "other" : fmt::format("{}", kStatuses[s]);
            fmt::format_to(to, "suki_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", routes_[i], status, count);
        }
    }
    fmt::format_to(to,
                   "# HELP suki_http_request_seconds From a request's arrival to its answer.\n"
                   "# TYPE suki_http_request_seconds histogram\n");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        std::uint64_t total = 0;
        std::string lines;
        for (std::size_t b = 0; b <= kBucketsUs.size(); ++b) {
            total += rows_[i].by_duration[b].load(std::memory_order_relaxed);
            const std::string bound = b < kBucketsUs.size()
                                          ? fmt::format("{}.{:06}", kBucketsUs[b] / 1'000'000, kBucketsUs[b] % 1'000'000)
                                          : std::string{"+Inf"};
            fmt::format_to(std::back_inserter(lines), "suki_http_request_seconds_bucket{{route=\"{}\",le=\"{}\"}} {}\n", routes_[i],
                           bound, total);
        }
        if (total == 0) continue;
        const std::uint64_t sum = rows_[i].duration_us.load(std::memory_order_relaxed);
        fmt::format_to(
            to, "{}suki_http_request_seconds_sum{{route=\"{}\"}} {}.{:06}\nsuki_http_request_seconds_count{{route=\"{}\"}} {}\n",
            lines, routes_[i], sum / 1'000'000, sum % 1'000'000, routes_[i], total);
    }
    fmt::format_to(to,
                   "# HELP suki_http_requests_in_flight Requests not answered yet.\n# TYPE suki_http_requests_in_flight gauge\n"
                   "suki_http_requests_in_flight {}\n",
                   in_flight());
}

void append_metric_head(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

void append_metric(std::string& out, std::string_view name, std::string_view kind, std::string_view help, std::uint64_t value) {
    append_metric_head(out, name, kind, help);
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void append_sample(std::string& out, std::string_view name, Labels labels, std::int64_t value) {
    out += name;
    char before = '{';
    for (const auto& [label, text] : labels) {
        out += before;
        before = ',';
        out += label;
        out += "=\"";
        for (const char c : text) {
            if (c == '\\' || c == '"') out += '\\';
            out += c == '\n' ? std::string{"\\n"} : std::string(1, c);
        }
        out += '"';
    }
    if (before == ',') out += '}';
    fmt::format_to(std::back_inserter(out), " {}\n", value);
}

void append_histogram(std::string& out, std::string_view name, std::string_view help, const app::HistogramFigures& figures,
                      std::int64_t unit) {
    const auto in_units = [unit](std::uint64_t value) {
        const auto whole = static_cast<std::uint64_t>(unit);
        return unit == 1 ? fmt::format("{}", value) : fmt::format("{}.{:06}", value / whole, value % whole * 1'000'000 / whole);
    };
    append_metric_head(out, name, "histogram", help);
    auto to = std::back_inserter(out);
    for (std::size_t i = 0; i < figures.counts.size(); ++i) {
        const bool is_last = i == figures.bounds.size();
        fmt::format_to(to, "{}_bucket{{le=\"{}\"}} {}\n", name,
                       is_last ? std::string{"+Inf"} : in_units(static_cast<std::uint64_t>(figures.bounds[i])), figures.counts[i]);
    }
    fmt::format_to(to, "{}_sum {}\n{}_count {}\n", name, in_units(figures.sum), name, figures.counts.back());
}

}  // namespace suki::server
