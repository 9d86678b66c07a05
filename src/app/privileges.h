#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/asking.h"
#include "base/id.h"
#include "base/time.h"

/// Commands about what members have beside points and prices: benefits, gifts, and households that share.
namespace suki::app {

// -- Benefits -----------------------------------------------------------------------------------------------------------------

/// `booked` is for a time to come; `undone` was a mistake, `cancelled` was booked and did not take place. Neither of these counts.
/// What is handed in is `stored` instead of `used`, then `due` to be fetched, then `collected`.
SUKI_ENUM(BenefitUseStatus, booked, used, undone, cancelled, stored, due, collected)
struct BenefitUseView {
    std::string id;  // `use_…`
    MemberId member;
    std::string benefit;
    BenefitUseStatus status = BenefitUseStatus::used;
    std::string store;
    std::string author;  // who served the member
    std::string note;
    Instant recorded_at;
    std::optional<Instant> booked_for;
    std::optional<Instant> ended_at;  // used, when it had been booked; undone, cancelled or collected
    std::string ended_by;
    std::string reason;
    std::string grant;                 // by which it was had; empty: by right
    std::optional<std::int64_t> left;  // after it, as of its day; none where it stands
    bool is_repeat = false;
    std::string item;  // what was handed in, and where it lies
    std::string shelf;
    std::optional<Instant> stored_at;  // and since when
    std::optional<Date> due_on;        // when it is to be collected
};
/// A member is served, or books that they will be.
struct UseBenefit {
    using answer_type = BenefitUseView;
    static constexpr std::string_view word = "use_benefit";
    std::string programme;
    MemberName member;
    std::string benefit;
    std::string store;  // where; may be empty
    std::string note;
    std::optional<Instant> booked_for;
    std::string item;  // what is handed in, where the benefit keeps it
    std::string shelf;
};
SUKI_ENUM(BenefitUseEnd, undo, confirm, cancel, collect, move)
/// What was booked took place or did not; what was used was a mistake; what was handed in is collected, or lies elsewhere now.
/// Undoing that it was collected leaves it stored.
struct EndBenefitUse {
    using answer_type = BenefitUseView;
    static constexpr std::string_view word = "end_benefit_use";
    std::string programme;
    MemberName member;
    std::string use;
    BenefitUseEnd end = BenefitUseEnd::undo;
    std::string reason;  // of an undoing; may be empty otherwise
    std::string item;    // of a confirming, as in UseBenefit; empty: as booked
    std::string shelf;   // of a confirming or moving
};
SUKI_ENUM(BenefitGrantStatus, open, used_up, revoked)
struct BenefitGrantView {
    std::string id;  // `bgr_…`
    MemberId member;
    std::string benefit;
    BenefitGrantStatus status = BenefitGrantStatus::open;
    std::int64_t count = 0;
    std::int64_t used = 0;
    Date from;
    std::optional<Date> until;  // the last day on which it can be used
    std::string author;
    std::string reason;
    Instant recorded_at;
    bool is_repeat = false;
    std::string offer;      // that gave it; may be empty
    std::string given_for;  // the receipt that it was given for
};
/// So many times more than the member has by right.
struct GrantBenefit {
    using answer_type = BenefitGrantView;
    static constexpr std::string_view word = "grant_benefit";
    std::string programme;
    MemberName member;
    std::string benefit;
    std::int64_t count = 1;
    std::optional<Date> until;  // none: as the document says (`lasts`)
    std::string reason;
};
/// What is left of it is there no more; what was used stays used.
struct RevokeBenefit {
    using answer_type = BenefitGrantView;
    static constexpr std::string_view word = "revoke_benefit";
    std::string programme;
    MemberName member;
    std::string grant;
    std::string reason;
};

// -- Levels that are granted --------------------------------------------------------------------------------------------------

struct LevelGrantView {
    std::string id;  // `lgr_…`
    MemberId member;
    std::string level;
    std::string match;  // what elsewhere was matched; may be empty
    Date from;
    std::optional<Date> until;  // the last day; none: until it is ended
    bool is_in_force = false;   // today
    std::string author;
    std::string reason;
    std::string ended_by;
    std::string ended_because;
    Instant recorded_at;
    bool is_repeat = false;
};
/// An invitation to a level, or the match of a standing elsewhere, which says the level and for how long.
struct GrantLevel {
    using answer_type = LevelGrantView;
    static constexpr std::string_view word = "grant_level";
    std::string programme;
    MemberName member;
    std::string level;          // or:
    std::string match;          // of the document's
    std::optional<Date> until;  // the last day; not beyond what a match lasts
    std::string reason;
};
/// From today on the member has what they earned.
struct EndLevelGrant {
    using answer_type = LevelGrantView;
    static constexpr std::string_view word = "end_level_grant";
    std::string programme;
    MemberName member;
    std::string grant;
    std::string reason;
};

// -- Gifts --------------------------------------------------------------------------------------------------------------------

struct GiftStockView {
    std::string gift;
    std::string store;
    std::int64_t received = 0;     // ever
    std::int64_t written_off = 0;  // of them
    std::int64_t left = 0;         // can be ordered
    bool is_repeat = false;
};
/// Found or delivered is `received`; broken, lost or counted too few is `written_off`.
SUKI_ENUM(StockMove, received, written_off)
struct MoveGiftStock {
    using answer_type = GiftStockView;
    static constexpr std::string_view word = "move_gift_stock";
    std::string programme;
    std::string gift;
    std::string store;
    StockMove move = StockMove::received;
    std::int64_t count = 1;
    std::string reason;  // may be empty where it was received
};

/// What was `cancelled` or `lapsed` (not fetched in time) or `taken_back` after it was handed over gives its points back. What an
/// offer gave is `promised` until it is handed over, or `withdrawn` when the goods came back.
SUKI_ENUM(GiftOrderStatus, reserved, handed_over, cancelled, lapsed, taken_back, promised, withdrawn)
struct GiftOrderView {
    std::string id;  // `gor_…`
    MemberId member;
    std::string gift;
    std::int64_t count = 1;
    GiftOrderStatus status = GiftOrderStatus::reserved;
    std::string store;
    std::string price;  // by which it was bought; empty: it was a present
    std::string unit;
    Points points;  // paid for all of them
    Money money;    // to be paid beside
    std::string author;
    std::string note;
    Instant ordered_at;
    std::optional<Date> held_until;  // the last day on which it is set aside
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string reason;
    std::string substitute;  // which gift was handed over in its place; may be empty
    std::string receipt;     // on which the money was paid; may be empty
    bool is_present = false;
    bool is_damaged = false;  // taken back, and not put on the shelf again
    bool is_repeat = false;
    std::string offer;          // that gave it; may be empty
    std::string given_for;      // the receipt that it was given for
    bool is_owed_back = false;  // handed over, and the goods it was given for came back
};
/// Sets it aside, and takes the points; nobody gets the last one twice. A present costs nothing and has a reason.
struct OrderGift {
    using answer_type = GiftOrderView;
    static constexpr std::string_view word = "order_gift";
    std::string programme;
    MemberName member;
    std::string gift;
    std::string price;  // empty: the first that the document has
    std::int64_t count = 1;
    std::string store;
    std::string note;
    bool is_handed_over = false;  // at once
    bool is_present = false;
    std::string reason;
    std::string receipt;
};
SUKI_ENUM(GiftOrderEnd, hand_over, cancel, take_back)
struct EndGiftOrder {
    using answer_type = GiftOrderView;
    static constexpr std::string_view word = "end_gift_order";
    std::string programme;
    MemberName member;
    std::string order;
    GiftOrderEnd end = GiftOrderEnd::hand_over;
    std::string substitute;  // of handing over
    std::string store;       // where, of what was promised
    std::string receipt;
    std::string reason;  // of taking back; may be empty otherwise
    bool is_damaged = false;
};

// -- Households ---------------------------------------------------------------------------------------------------------------

SUKI_ENUM(HouseholdPays, everybody, owner)
struct HouseholdPerson {
    MemberId member;
    std::string name;
    bool is_owner = false;
    Instant since;  // in it
};
/// The household that a member is in; of somebody who is in none nobody is listed.
struct HouseholdView {
    MemberId member;  // who was asked for, joined or left
    AccountId account;
    HouseholdPays pays = HouseholdPays::everybody;
    std::int64_t people_most = 0;         // by the edition in force; 0: it offers no households
    std::vector<HouseholdPerson> people;  // the owner first, then as they joined
    std::vector<UnitBalance> balances;    // of the account
    std::string level;
    bool is_repeat = false;
};
/// With the owner's consent a member joins their household: the two accounts become one, and the person stays who they are.
struct JoinHousehold {
    using answer_type = HouseholdView;
    static constexpr std::string_view word = "join_household";
    std::string programme;
    MemberName member;  // who joins
    MemberName to;      // the owner, or somebody who becomes one by it
    std::string reason;
};
/// Somebody leaves, or is removed by the owner: with their cards and names, to an account of their own with nothing in it.
struct LeaveHousehold {
    using answer_type = HouseholdView;
    static constexpr std::string_view word = "leave_household";
    std::string programme;
    MemberName member;
    std::string reason;
};
/// By the owner's will. Absent members stay as they are.
struct SetHousehold {
    using answer_type = HouseholdView;
    static constexpr std::string_view word = "set_household";
    std::string programme;
    MemberName member;  // the owner
    std::optional<HouseholdPays> pays;
    MemberName owner;  // the new one; nobody: it stays
    std::string reason;
};

}  // namespace suki::app
