#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/asking.h"
#include "base/id.h"
#include "base/names.h"
#include "base/time.h"

/// Commands about members who bring friends. docs/decisions/0084-referral.md.
namespace suki::app {

/// `waiting` for the friend's first purchase; `rewarded`: both got what is promised; `limited`: the friend alone did, since who
/// brought them had reached their limit, or is no member any more; `taken_back`: what it was given for came back, and another
/// purchase may prove it; `ended`: nothing comes of it.
SUKI_ENUM(ReferralStatus, waiting, rewarded, limited, taken_back, ended)
/// What was given by one offer for one purchase of the friend.
struct ReferralGift {
    std::string offer;
    std::string unit;
    Points points;         // to who brought them; 0: their limit was reached
    Points friend_points;  // as posted with the friend's receipt
    Points taken_back;     // of `points`: also what expired or is owed
    Points left;           // of `points`: spent already, and left with them
    ReferralStatus status = ReferralStatus::rewarded;
    Instant at;
};
struct ReferralView {
    std::string id;   // `rfl_…`
    MemberId member;  // who was brought
    MemberId by;
    ReferralStatus status = ReferralStatus::waiting;
    Date since;  // from then on a purchase may prove it
    Instant made_at;
    std::string author;
    std::string reason;  // of staff who said it later; may be empty
    std::vector<ReferralGift> gifts;
    bool is_repeat = false;
};
/// The code by which a member brings friends: made when it is first asked for, and the same ever after.
struct ReferralCodeView {
    MemberId member;
    std::string code;
    Instant made_at;
    bool is_repeat = false;
};
struct GiveReferralCode {
    using answer_type = ReferralCodeView;
    static constexpr std::string_view word = "give_referral_code";
    std::string programme;
    MemberName member;
};
/// Says later who brought a member: some days after they joined, and before they buy.
struct NameReferrer {
    using answer_type = ReferralView;
    static constexpr std::string_view word = "name_referrer";
    std::string programme;
    MemberName member;
    std::string referred_by;  // a code, a card number or a member's id
    std::string reason;
};

}  // namespace suki::app
