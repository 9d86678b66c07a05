#pragma once

#include <string_view>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"
#include "app/verify_records.h"

/// Points for days in members' lives. docs/decisions/0087-milestones.md.
///
/// 1. A programme with milestones that fall on days has one roll: a record that falls due at 00:00 of each such day, and then is
///    walked through page by page, over all who were members before. One walk is for all days that have come since the last.
/// 2. What is given has a record of its own in the member's account; its id is the cause of the entry.
/// 3. Nothing is given twice: after so long a time once, of a year's once in half a year, for a renewal only for a later day than
///    any before.
namespace suki::app {

inline constexpr std::string_view kMilestonePrefix = "mls";

struct MilestoneBody {
    Date day;
    std::string unit;
    Points points;
    std::string clause;
    LotId lot;
};
template <class C>
void fields(C& c, MilestoneBody& v) {
    each(c, v.day, v.unit, v.points, v.clause, v.lot);
}
/// How far the walk has come.
struct MilestoneRoll {
    Date day;                      // the first that is not walked
    std::optional<Date> until;     // the last of the walk; none: it has not begun
    std::optional<MemberId> last;  // of the page before
};
template <class C>
void fields(C& c, MilestoneRoll& v) {
    each(c, v.day, v.until, v.last);
}

/// After an edition was published: the next day on which somebody may be given something.
void plan_milestones(Desk& desk, const Programme& programme, Date today);
/// Of a roll that is due: a page of its walk. False where it is not.
bool walk_milestones(Desk& desk, const Programme& programme, const store::RecordRow& roll);
/// For attributes that hold a date and were moved to a later one.
void mark_renewals(Desk& desk, const Programme& programme, const Named& who, const account::Facts& before,
                   const account::Facts& after);

/// What `suki verify` asks: that the journal gave what the records say.
class MilestonesGiven {
public:
    void take(const store::EntryRow& row);
    /// After the whole journal.
    void take(const store::RecordRow& row, const BreachFound& breach);
    /// After all records.
    void finish(const BreachFound& breach) const { issued_.finish(breach); }

private:
    PointsByCause issued_{"milestone_differs_from_journal"};
};

}  // namespace suki::app
