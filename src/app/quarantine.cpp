#include "app/quarantine.h"

#include <algorithm>

namespace suki::app {

namespace {
constexpr std::int64_t kDeathsMax = 2;  // at so many a command is set aside
}

void Quarantine::replace(const std::vector<store::QuarantineRow>& quarantined, const std::vector<store::SuspectRow>& suspects) {
    const std::lock_guard lock{mutex_};
    quarantined_.clear();
    suspects_.clear();
    for (const store::QuarantineRow& row : quarantined) quarantined_[row.key] = row;
    for (const store::SuspectRow& row : suspects) suspects_[row.key] = row;
}

void Quarantine::set_aside(const store::QuarantineRow& row) {
    const std::lock_guard lock{mutex_};
    quarantined_[row.key] = row;
    suspects_.erase(row.key);
}

void Quarantine::release(const store::CommandKey& key) {
    const std::lock_guard lock{mutex_};
    quarantined_.erase(key);
}

void Quarantine::suspect(const store::SuspectRow& row) {
    const std::lock_guard lock{mutex_};
    suspects_[row.key] = row;
}

void Quarantine::clear(const store::CommandKey& key) {
    const std::lock_guard lock{mutex_};
    suspects_.erase(key);
}

Standing Quarantine::standing(const store::CommandKey& key) const {
    const std::lock_guard lock{mutex_};
    if (quarantined_.contains(key)) return Standing::quarantined;
    return suspects_.contains(key) ? Standing::suspect : Standing::free;
}

std::vector<store::QuarantineRow> Quarantine::list(const std::string& organisation) const {
    std::vector<store::QuarantineRow> rows;
    {
        const std::lock_guard lock{mutex_};
        for (const auto& [key, row] : quarantined_) {
            if (key.org == organisation || key.org.empty()) rows.push_back(row);
        }
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const store::QuarantineRow& a, const store::QuarantineRow& b) { return a.recorded_at > b.recorded_at; });
    return rows;
}

std::size_t Quarantine::quarantined() const {
    const std::lock_guard lock{mutex_};
    return quarantined_.size();
}

std::size_t Quarantine::suspects() const {
    const std::lock_guard lock{mutex_};
    return suspects_.size();
}

store::Batch Quarantine::after_death(const store::LeftBehind& left, Instant now) const {
    store::Batch batch;
    const std::lock_guard lock{mutex_};
    for (const std::vector<store::InFlightCommand>& group : left.groups) {
        for (const store::InFlightCommand& one : group) {
            if (quarantined_.contains(one.key)) continue;
            store::SuspectRow row{.key = one.key, .command = one.command, .subject = one.subject};
            if (const auto known = suspects_.find(one.key); known != suspects_.end()) row = known->second;
            // Written down before, by a process that ended before it could forget the record.
            if (row.last_death == left.name) continue;
            ++row.deaths;
            row.last_death = left.name;
            row.recorded_at = now;
            if (row.deaths < kDeathsMax || group.size() > 1) {
                batch.suspects.push_back(row);
                continue;
            }
            batch.quarantine.push_back({.key = row.key,
                                        .command = row.command,
                                        .subject = row.subject,
                                        .reason = "in flight at " + std::to_string(row.deaths) + " deaths of the process",
                                        .recorded_at = now});
            batch.suspects_cleared.push_back(row.key);
        }
    }
    return batch;
}

}  // namespace suki::app
