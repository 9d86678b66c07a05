#pragma once

#include <optional>

#include "base/time.h"
#include "programme/plan.h"

/// On which days a milestone of the document falls. docs/decisions/0087-milestones.md.
namespace suki::engine {

struct LifeDates {
    Date joined_on;
    std::optional<YearMonthDay> birthday;
};
/// The first day of it that is not before `from`; nothing where there is none to come, or where no calendar knows (`renewed`).
/// 29 February falls on 28 February in common years.
std::optional<Date> milestone_from(const programme::Milestone& milestone, const LifeDates& life, Date from);

/// Whether it falls on days that a calendar knows.
inline bool is_dated(const programme::Milestone& milestone) { return milestone.kind != programme::MilestoneKind::renewed; }

}  // namespace suki::engine
