#pragma once

#include <map>
#include <optional>
#include <vector>

#include "account/state.h"
#include "ledger/ledger.h"
#include "programme/plan.h"

/// Points that expire after the last activity, and until when they last by what their owner did.
namespace suki::engine {

/// The unit's points last from the last activity on.
inline bool is_kept_by_activity(const programme::Unit& unit) { return unit.expiry.kind == programme::ExpiryKind::after_activity; }

/// Something that an owner did.
struct Activity {
    Date day;
    Instant recorded_at;
    bool is_visit = true;      // counted as one
    bool keeps_points = true;  // not of an imported history, say
};
/// What an owner did: `days` ascending, all heard of in time, and what was heard of afterwards in that order.
struct Activities {
    std::vector<Date> days;
    std::vector<Activity> later;
};
/// The days up to and with `until` on which `state` counts a visit, and `others`.
Activities activities_of(const account::State& state, std::vector<Date> others, Date until);

/// How a lot began: by what entry, and until when it would have lasted by that alone.
struct FirstExpiry {
    ledger::EntryKind kind = ledger::EntryKind::earn;
    Instant expires_at;
};
using FirstExpiries = std::map<LotId, FirstExpiry>;
/// Adds the lots that the entry begins. Entries come in their order.
void note_first(FirstExpiries& first, const ledger::Entry& entry);

/// A unit that is kept by activity, had its owner done just that. `plan`, which has the unit, must outlive it.
class KeptUnit {
public:
    KeptUnit(const programme::Plan& plan, const programme::Unit& unit, const Activities& activities, FirstExpiries first = {});

    [[nodiscard]] const std::string& name() const { return unit_->id; }
    /// Until when points last that by themselves would expire at `expires_at`: each activity that was heard of before they do keeps
    /// them for the unit's period from its day on, and what has expired nothing keeps.
    [[nodiscard]] Instant keep(Instant expires_at) const;
    /// Until when the lot lasts by its own beginning. Nothing: nobody knows how it began, or it never expires.
    [[nodiscard]] std::optional<Instant> until(const ledger::Lot& lot) const;

private:
    struct Extension {
        Instant recorded_at;
        Instant until;
    };
    const programme::Plan* plan_;
    const programme::Unit* unit_;
    std::vector<Date> days_;
    std::vector<Extension> later_;
    FirstExpiries first_;
};

}  // namespace suki::engine
