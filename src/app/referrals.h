#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"
#include "engine/settle.h"

/// Who brought whom, and what both sides get for it. The record lies with who brought the friend; the friend's account only says
/// that there is one. docs/decisions/0084-referral.md.
namespace suki::app {

inline constexpr std::string_view kReferralPrefix = "rfl";
/// The subject and status of the record of a member's own code; of all others the subject is the friend's id.
inline constexpr std::string_view kReferralCode = "code";
/// So long after joining staff may say who brought somebody.
inline constexpr int kReferralDays = 14;
/// So many friends of one member who buy on one day at one till are looked at.
inline constexpr std::int64_t kFriendsADay = 5;
/// How far up it is looked for rings: who closes one must do it within `kReferralDays`.
inline constexpr int kRingMost = 50;

struct ReferralCode {
    std::string code;
};
template <class C>
void fields(C& c, ReferralCode& v) {
    each(c, v.code);
}
/// One offer's points for one purchase, with all that taking them back needs.
struct ReferralGiven {
    ReferralGift gift;
    std::string receipt;
    std::string store;
    std::string till;
    Date date;
    std::string clause;
    std::string cause;  // of the entry; so with `back_cause`
    LotId lot;
    AccountId account;  // that got the points
    Points expired;     // of those taken back: nobody had them any more
    std::string back_cause;
};
template <class C>
void fields(C& c, ReferralGiven& v) {
    each(c, v.gift, v.receipt, v.store, v.till, v.date, v.clause, v.cause, v.lot, v.account, v.expired, v.back_cause);
}
struct ReferralBody {
    Date since;
    std::string author;
    std::string reason;
    std::vector<ReferralGiven> given;
};
template <class C>
void fields(C& c, ReferralBody& v) {
    each(c, v.since, v.author, v.reason, v.given);
}

/// How it was said who brought somebody.
struct SaidBy {
    std::string author;
    std::string reason = {};
    bool is_later = false;  // by staff, some days after joining
};
/// Notes who brought the member, who has no other account; refused in the order of ReferralRejection.
Answered<ReferralView> bring(Desk& desk, const Programme& programme, const Named& member, const std::string& referred_by,
                             const SaidBy& said);
/// Whether a purchase of that day may still prove that somebody brought the member.
bool is_brought(const Desk& desk, const store::Owner& owner, MemberId member, Date on);
/// Who brought somebody goes with them from one account to the other.
void move_brought(store::StateRow& from, MemberId who, store::StateRow& to, MemberId became);
/// Two accounts of one person became one: they were a member before, and nothing more comes of who brought them.
void end_brought(Desk& desk, const store::OwnerKey& key, MemberId member);
/// So with those of two accounts that become one household: nobody in it is a friend of another.
void end_brought_between(Desk& desk, const store::OwnerKey& from, const store::OwnerKey& to);

/// What who brought the buyer gets for a sale that was just decided by `plan`; what is odd about it is added to the discrepancies.
void give_for_friend(Desk& desk, const Programme& programme, const Named& buyer, const programme::Plan& plan,
                     const engine::StoredReceipt& stored, std::vector<Discrepancy>& discrepancies);
/// After goods came back: what the rest would not have given is taken back, by the document's `debt`.
void take_back_for_friend(Desk& desk, const Programme& programme, const Person& buyer, const programme::Plan& plan,
                          const engine::StoredReceipt& stored, const engine::Cause& cause);

/// Nothing for the record of a code.
std::optional<ReferralView> view_of(const store::RecordRow& row);
/// The claim by which the code of that record is found; none for other records.
std::optional<store::ClaimKey> code_claim_of(const store::RecordRow& row);

}  // namespace suki::app
