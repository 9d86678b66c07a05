#include "server/stored_figures.h"

#include <algorithm>

#include "server/metrics.h"

namespace suki::server {

namespace {

constexpr int kShare = 20;

std::int64_t whole_seconds(std::chrono::steady_clock::duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

StoredFigures::StoredFigures(const app::App& app, std::chrono::milliseconds every) : app_(app), every_(every) {
    if (every_.count() > 0) thread_ = std::thread([this] { run(); });
}

StoredFigures::~StoredFigures() { stop(); }

void StoredFigures::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void StoredFigures::run() {
    std::unique_lock lock(mutex_);
    while (!is_over_) {
        lock.unlock();
        const Clock::time_point begun_at = Clock::now();
        auto figures = app_.stored_figures();
        const Clock::time_point ended_at = Clock::now();
        lock.lock();
        took_ = ended_at - begun_at;
        // What can't be read now keeps its old figures, whose age tells.
        if (figures) {
            figures_ = std::move(figures);
            taken_at_ = ended_at;
        }
        changed_.wait_for(lock, std::max<Clock::duration>(every_, took_ * kShare), [this] { return is_over_; });
    }
}

void StoredFigures::append_to(std::string& out, const std::string& organisation) const {
    const auto is_seen = [&](const auto& of) { return organisation.empty() || of.organisation == organisation; };
    const std::lock_guard lock(mutex_);
    if (!figures_) return;
    append_metric_head(out, "suki_points", "gauge", "Points in wallets, as written down, by what may be done with them.");
    for (const auto& of : figures_->programmes) {
        if (!is_seen(of)) continue;
        for (const auto& unit : of.units) {
            const auto sample = [&](std::string_view state, Points points) {
                append_sample(
                    out, "suki_points",
                    {{"organisation", of.organisation}, {"programme", of.programme}, {"unit", unit.unit}, {"state", state}},
                    points.minor());
            };
            sample("pending", unit.pending);
            sample("available", unit.available);
            sample("held", unit.held);
            sample("owed", unit.owed);
        }
    }
    append_metric_head(out, "suki_members", "gauge", "Members.");
    for (const auto& of : figures_->programmes) {
        if (!is_seen(of)) continue;
        append_sample(out, "suki_members", {{"organisation", of.organisation}, {"programme", of.programme}}, of.members);
    }
    append_metric_head(out, "suki_discrepancies_open", "gauge", "Discrepancies that nobody has resolved.");
    for (const auto& of : figures_->programmes) {
        if (!is_seen(of)) continue;
        append_sample(out, "suki_discrepancies_open", {{"organisation", of.organisation}, {"programme", of.programme}},
                      of.open_discrepancies);
    }
    append_metric(out, "suki_outbox_events", "gauge", "Events that nobody has fetched yet.",
                  static_cast<std::uint64_t>(figures_->outbox));
    append_metric(out, "suki_figures_age_seconds", "gauge", "How long ago the figures of the database were counted.",
                  static_cast<std::uint64_t>(whole_seconds(Clock::now() - taken_at_)));
    append_metric(out, "suki_figures_count_seconds", "gauge", "How long counting them took.",
                  static_cast<std::uint64_t>(whole_seconds(took_)));
}

}  // namespace suki::server
