#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/asking.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

/// Commands about guest lists: occasions with so many seats, who has one, and who waits for one.
namespace suki::app {

struct OccasionTag {
    static constexpr std::string_view prefix = "occ";
};
struct SeatTag {
    static constexpr std::string_view prefix = "sea";
};
using OccasionId = Id<OccasionTag>;
using SeatId = Id<SeatTag>;

/// Who may take a seat: every member; who has one of some levels; who has a benefit, and one of its uses is taken; or those alone
/// whom staff puts on the list.
SUKI_ENUM(OccasionAccess, everybody, levels, benefit, invitation)
/// What is said of an occasion by whoever arranges it.
struct OccasionTerms {
    LocalisedText title;
    std::string store;  // may be empty
    std::string place;  // in words; may be empty
    Instant starts_at;
    Instant ends_at;
    std::int64_t capacity = 1;         // people
    std::int64_t guests_most = 0;      // whom one member may bring along
    std::int64_t waiting_most = 0;     // members in line where it is full
    std::optional<Instant> opens_at;   // from when seats are taken; none: at once
    std::optional<Instant> closes_at;  // and until when; none: until it starts
    std::optional<Instant> leave_by;   // who leaves before has their use back; none: until it starts
    OccasionAccess access = OccasionAccess::everybody;
    std::vector<std::string> levels;
    std::string benefit;
    bool is_closed = false;          // nobody takes a seat any more
    bool gives_back_missed = false;  // who did not come has their use back
    friend bool operator==(const OccasionTerms&, const OccasionTerms&) = default;
};
/// `closed`: it is ahead, and seats can't be taken now.
SUKI_ENUM(OccasionStatus, open, closed, held, cancelled)
struct OccasionView {
    std::string id;  // `occ_…`
    OccasionStatus status = OccasionStatus::open;
    std::int64_t taken = 0;    // people who have a seat, or had one to the end
    std::int64_t waiting = 0;  // members
    std::int64_t came = 0;     // people
    std::string author;
    Instant created_at;
    std::optional<Instant> ended_at;  // cancelled
    std::string ended_by;
    std::string reason;
    OccasionTerms terms;
    bool is_repeat = false;
};
struct CreateOccasion {
    using answer_type = OccasionView;
    static constexpr std::string_view word = "create_occasion";
    std::string programme;
    OccasionTerms terms;
};
/// All terms anew. Who waits moves up where there is room for them.
struct ChangeOccasion {
    using answer_type = OccasionView;
    static constexpr std::string_view word = "change_occasion";
    std::string programme;
    std::string occasion;
    OccasionTerms terms;
};
/// Everybody has their use back, and is told.
struct CancelOccasion {
    using answer_type = OccasionView;
    static constexpr std::string_view word = "cancel_occasion";
    std::string programme;
    std::string occasion;
    std::string reason;
};

/// `left` by the member, or for them; `missed`: had a seat and did not come; `not_reached`: waited in vain; `cancelled` with its
/// occasion.
SUKI_ENUM(SeatStatus, booked, waiting, came, left, missed, not_reached, cancelled)
struct SeatView {
    std::string id;  // `sea_…`
    MemberId member;
    std::string occasion;
    SeatStatus status = SeatStatus::booked;
    std::int64_t party = 1;             // people, the member included
    std::optional<std::int64_t> ahead;  // how many members are before them in line
    std::string use;                    // of the benefit; may be empty
    bool is_use_kept = true;            // false: it was given back
    std::string note;
    std::string author;
    Instant booked_at;
    std::string invited_because;         // put on the list by hand; may be empty
    std::optional<Instant> moved_up_at;  // from the line
    std::optional<Instant> came_at;
    std::string came_where;  // the store of whoever let them in; may be empty
    std::string came_by;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string reason;
    bool is_already_in = false;  // they were let in before
    bool is_repeat = false;
};
/// A seat, or a place in line.
struct TakeSeat {
    using answer_type = SeatView;
    static constexpr std::string_view word = "take_seat";
    std::string programme;
    MemberName member;
    std::string occasion;
    std::int64_t party = 1;
    std::string note;
    bool is_invited = false;  // by hand: whoever may come and when is not asked, and no use is taken
    std::string reason;
};
struct LeaveSeat {
    using answer_type = SeatView;
    static constexpr std::string_view word = "leave_seat";
    std::string programme;
    MemberName member;
    std::string occasion;
    std::string reason;
};
/// At the door. Who is in already is answered so.
struct CheckIn {
    using answer_type = SeatView;
    static constexpr std::string_view word = "check_in";
    std::string programme;
    MemberName member;  // nobody: the token says who
    std::string occasion;
    std::string token;
    std::string store;
    bool is_undone = false;  // it was a mistake
    std::string reason;
};

// -- Reading ------------------------------------------------------------------------------------------------------------------

SUKI_ENUM(OccasionTime, coming, past)
/// An occasion as a member sees it.
struct OccasionOffered {
    OccasionView occasion;
    std::string refusal;           // why the member can't take a seat; empty: they can, or none is asked for
    std::optional<SeatView> seat;  // the one that they have, or their place in line
};
struct OccasionList {
    std::vector<OccasionOffered> occasions;
    std::string next_cursor;
};
struct SeatList {
    std::vector<SeatView> seats;
    std::vector<OccasionView> occasions;  // of a member's seats, in their order
    std::vector<std::string> names;       // of the members of an occasion's seats, in their order
    std::string next_cursor;
};
/// What a door reads: the right to a seat.
struct SeatToken {
    std::string token;
    std::string key;
    Instant expires_at;
    SeatView seat;
    OccasionView occasion;
};

}  // namespace suki::app
