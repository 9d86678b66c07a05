#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"
#include "engine/benefits.h"

/// Benefits of one member: what they have, what was used and what was granted, as records.
namespace suki::app {

inline constexpr std::string_view kUsePrefix = "use";
inline constexpr std::string_view kGrantPrefix = "bgr";
/// A benefit may be booked so far ahead.
inline constexpr int kBookedAheadDaysMax = 2 * 366;

/// What the record of a use holds beside what the row says.
struct BenefitUse {
    std::string author;
    std::string note;
    std::optional<Instant> booked_for;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string reason;
    std::string grant;
    std::string item;
    std::string shelf;
    std::optional<Instant> stored_at;
    std::optional<Date> due_on;
    std::string seat;  // that was taken by it, and by which alone it ends; empty: none
};
template <class C>
void fields(C& c, BenefitUse& v) {
    each(c, v.author, v.note, v.booked_for, v.ended_at, v.ended_by, v.reason, v.grant, v.item, v.shelf, v.stored_at, v.due_on,
         v.seat);
}
/// And that of a grant.
struct BenefitGrant {
    std::int64_t count = 0;
    std::int64_t used = 0;
    Date from;
    std::optional<Date> until;
    std::string author;
    std::string reason;
    std::string ended_by;
    std::string ended_because;
    std::string offer;      // that gave it; may be empty
    std::string given_for;  // the receipt that it was given for
};
template <class C>
void fields(C& c, BenefitGrant& v) {
    each(c, v.count, v.used, v.from, v.until, v.author, v.reason, v.ended_by, v.ended_because, v.offer, v.given_for);
}

/// All uses and grants of a member, those of accounts that were merged into theirs, and that they have left, included; newest
/// first. Who shares an account shares none of them: "per member" means the person.
struct BenefitRecords {
    std::vector<std::pair<store::RecordRow, BenefitUse>> uses;
    std::vector<std::pair<store::RecordRow, BenefitGrant>> grants;
};
/// As records_of_person.
BenefitRecords benefit_records(const Desk& desk, const store::OwnerKey& key, MemberId member);

/// Whether the use is one of those that there are: not undone, not cancelled.
bool is_counted(const store::RecordRow& use);
/// Those that count of what is had by right, and what is left of grants, as the engine takes them. Days are the programme's.
std::vector<engine::UsedBenefit> used_by_right(const Programme& programme, const BenefitRecords& records);
std::vector<engine::GrantedBenefit> open_grants(const BenefitRecords& records);

/// The plan in force on the day, with the level that the member has then.
struct DayStanding {
    programme::PlanPointer plan;
    std::string level;
    std::vector<std::string> memberships;  // which the member has then, where it was asked of whom
};
DayStanding standing_on(const Desk& desk, const Programme& programme, const store::OwnerKey& key, Date date);
/// The same of one person at one time, with what they have joined.
DayStanding standing_at(const Desk& desk, const Programme& programme, const Named& named, Instant at);
/// Null when the plan has none of that id.
const programme::Benefit* benefit_of(const programme::Plan& plan, std::string_view id);
/// What is had of one benefit on a day of `standing`'s plan; nothing where the level does not bring it and nothing was granted.
std::optional<engine::Entitlement> had(const Programme& programme, const BenefitRecords& records, const DayStanding& standing,
                                       std::string_view benefit, Date date);
Unexpected<Refusal> refuse_exhausted(const engine::Entitlement& entitlement);

/// As of `now`: what is to be collected is `due`, whether a sweep has written that down or not.
BenefitUseView view_of(const store::RecordRow& row, const BenefitUse& use, Instant now);
BenefitGrantView view_of(const store::RecordRow& row, const BenefitGrant& grant);

/// A use that is booked for a seat, by right or by a grant, whether or not the benefit is one that members book by themselves.
struct SeatUse {
    std::string benefit;
    Instant at;
    std::string store;
    std::string note;
    std::string seat;
};
/// A benefit of the day of an occasion, as of `now`.
struct SeatRight {
    std::string benefit;
    Instant at;
    Instant now;
};
/// By which grant they would have it, empty where by right; or why not.
Answered<std::string> grant_for_seat(const Desk& desk, const Programme& programme, const Named& named, const SeatRight& right,
                                     const BenefitRecords& records);
/// Its id.
Answered<std::string> use_for_seat(Desk& desk, const Ask& ask, const Programme& programme, const Named& named,
                                   const SeatUse& asked);
/// It was used, is given back (`cancelled`), or is `booked` again. `key`: under which the seat is.
struct SeatUseEnd {
    std::string use;
    BenefitUseStatus status = BenefitUseStatus::used;
    std::string author;
    std::string reason;
};
void end_seat_use(Desk& desk, const store::OwnerKey& key, const SeatUseEnd& end);

/// Writes down that what was stored is due, and tells. False where it is not stored.
bool fall_due(Desk& desk, const Programme& programme, store::RecordRow row);

}  // namespace suki::app
