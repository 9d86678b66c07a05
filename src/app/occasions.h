#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"

/// Occasions and their guest lists, as records: docs/decisions/0080-guest-lists.md.
///
/// 1. Whatever becomes of a seat is written with the next version of its occasion's record: what happens to one occasion happens
///    one after the other, on however many servers.
/// 2. The occasion's record holds how many seats are taken, and the line itself; a seat is a record of its member.
/// 3. People with a seat are never more than `capacity`, and nobody in line has a party that would fit.
/// 4. A seat or a place in line under a benefit has a use of it, so that moving up asks nothing and nobody.
namespace suki::app {

/// A place in line, in which they stand by when they came.
struct InLine {
    SeatId seat;
    AccountId account;
    MemberId member;
    std::int64_t party = 1;
    Instant since;
};
template <class C>
void fields(C& c, InLine& v) {
    each(c, v.seat, v.account, v.member, v.party, v.since);
}
/// What the record of an occasion holds beside what the row says.
struct Occasion {
    std::string author;
    std::int64_t taken = 0;   // people: booked, came and missed
    std::int64_t came = 0;    // of them
    std::int64_t booked = 0;  // seats of which it is not known yet whether their people come
    std::vector<InLine> line;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string reason;
    OccasionTerms terms;
};
template <class C>
void fields(C& c, Occasion& v) {
    each(c, v.author, v.taken, v.came, v.booked, v.line, v.ended_at, v.ended_by, v.reason, v.terms);
}
/// And that of a seat.
struct Seat {
    std::int64_t party = 1;
    std::string author;
    std::string note;
    std::string invited_because;
    std::string use;
    bool is_use_kept = true;
    std::optional<Instant> moved_up_at;
    std::optional<Instant> came_at;
    std::string came_where;
    std::string came_by;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string reason;
};
template <class C>
void fields(C& c, Seat& v) {
    each(c, v.party, v.author, v.note, v.invited_because, v.use, v.is_use_kept, v.moved_up_at, v.came_at, v.came_where, v.came_by,
         v.ended_at, v.ended_by, v.reason);
}

/// An occasion on its way through a desk.
struct Listed {
    ProgrammePointer programme;
    store::RecordRow row;
    Occasion body;

    [[nodiscard]] std::string id() const { return id_text(OccasionTag::prefix, row.id); }
    [[nodiscard]] std::int64_t free() const { return body.terms.capacity - body.taken; }
};
using SeatFound = std::pair<store::RecordRow, Seat>;

/// The programme's own; of another store than `own_store` (empty: any) there is none.
Answered<Listed> find_listed(const Desk& desk, const std::string& organisation, const std::string& programme, const std::string& id,
                             const std::string& own_store);
/// At its next version.
void put_listed(Desk& desk, Listed& listed);
/// Whether it is neither held nor cancelled, and not over by the clock.
bool is_ahead(const Listed& listed, Instant now);
Unexpected<Refusal> refuse_ended(const Listed& listed);

/// All that somebody has or had, newest first.
std::vector<SeatFound> seats_of_person(const Desk& desk, const store::OwnerKey& key, MemberId member);
/// Booked, waiting or come; null without one.
const SeatFound* live_seat(const std::vector<SeatFound>& seats, const Listed& listed);
/// Why they can't take a seat now, were there one: whoever may come, and when.
std::optional<Refusal> against_rules(const Desk& desk, const Listed& listed, const Named& named, Instant now);
/// Whoever waits has the seats that are free, in their order: the first whose party fits. The occasion itself is put by the caller.
void move_up(Desk& desk, Listed& listed);
/// Its people are not expected any more. The occasion itself is put by the caller, and the line left as it is.
struct SeatEnd {
    SeatStatus status = SeatStatus::left;
    bool gives_back_use = true;
    std::string author;
    std::string reason;
};
void end_seat(Desk& desk, Listed& listed, store::RecordRow row, Seat seat, const SeatEnd& end);
/// Of two seats of one occasion that a merge brought together the better stays: one that is booked, then the earlier.
void leave_second_seats(Desk& desk, const Programme& programme, const store::OwnerKey& key, MemberId member,
                        const std::string& author);

/// The occasion is over, or was cancelled: its seats are ended, many at a time. False where nothing could be done.
bool close_occasion(Desk& desk, const ProgrammePointer& programme, store::RecordRow row);

/// Whose seat of the occasion the token is for.
Answered<MemberId> member_of_token(const Desk& desk, const Listed& listed, std::string_view token, Instant now);

OccasionView view_of(const Listed& listed, Instant now);
SeatView view_of(const store::RecordRow& row, const Seat& seat, const Occasion& occasion);

}  // namespace suki::app
