#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "store/in_flight.h"
#include "store/store.h"

/// Commands that are refused because Suki can't do them, and those that may be of their kind (DESIGN.md 16).
namespace suki::app {

/// `suspect`: it was in flight when a process died, and is decided with no other. `quarantined`: it is refused.
SUKI_ENUM(Standing, free, suspect, quarantined)

/// What the store says of them, in memory: every command is looked up here. Any thread may ask and change it, after the commit
/// that it speaks of.
class Quarantine {
public:
    void replace(const std::vector<store::QuarantineRow>& quarantined, const std::vector<store::SuspectRow>& suspects);
    void set_aside(const store::QuarantineRow& row);
    void release(const store::CommandKey& key);
    void suspect(const store::SuspectRow& row);
    void clear(const store::CommandKey& key);

    [[nodiscard]] Standing standing(const store::CommandKey& key) const;
    /// Of one organisation and of none, such as a sweep; newest first.
    [[nodiscard]] std::vector<store::QuarantineRow> list(const std::string& organisation) const;
    [[nodiscard]] std::size_t quarantined() const;
    [[nodiscard]] std::size_t suspects() const;

    /// What a death makes of the commands that were in flight: suspects; or, of one that was in flight at an earlier death too and
    /// by itself at this one, quarantine. Those that shared its batch are never set aside for its sake.
    [[nodiscard]] store::Batch after_death(const store::LeftBehind& left, Instant now) const;

private:
    mutable std::mutex mutex_;
    std::map<store::CommandKey, store::QuarantineRow> quarantined_;
    std::map<store::CommandKey, store::SuspectRow> suspects_;
};

}  // namespace suki::app
