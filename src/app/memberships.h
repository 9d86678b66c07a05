#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"
#include "engine/memberships.h"

namespace suki::engine {

template <class C>
void fields(C& c, MembershipPeriod& v) {
    app::each(c, v.from, v.until, v.request);
}
template <class C>
void fields(C& c, MembershipAsked& v) {
    app::each(c, v.request, v.asked_on, v.from, v.until, v.amount);
}
template <class C>
void fields(C& c, MembershipPayment& v) {
    app::each(c, v.request, v.amount, v.days);
}
template <class C>
void fields(C& c, MembershipKept& v) {
    app::each(c, v.request, v.days);
}
template <class C>
void fields(C& c, MembershipHad& v) {
    app::each(c, v.from, v.until);
}
template <class C>
void fields(C& c, MembershipState& v) {
    app::each(c, v.status, v.joined_on, v.period.months, v.period.days, v.periods, v.anchor, v.count, v.requests, v.asked,
              v.payments, v.kept, v.pauses, v.paused_until, v.ends_on, v.deadline, v.had);
}

}  // namespace suki::engine

/// Memberships: who has which, since when, and what is paid for it. docs/decisions/0079-memberships.md.
namespace suki::app {

inline constexpr std::string_view kMembershipPrefix = "mbs";
inline constexpr std::string_view kPaymentRequestPrefix = "pay";

/// What the record of a membership holds beside what the row says.
struct MembershipBody {
    engine::MembershipState state;
    std::vector<MembershipNote> notes;
    std::string author;
    bool is_drawn = false;  // it is one of so many that there may be
};
template <class C>
void fields(C& c, MembershipBody& v) {
    each(c, v.state, v.notes, v.author, v.is_drawn);
}
/// And that of a request for payment.
struct PaymentRequest {
    std::string membership;
    std::int64_t number = 0;
    Date from;
    Date until;
    Money amount;
    std::string currency;
    Date due_on;
    Money refund;
    std::optional<Instant> settled_at;
    std::string reference;
    std::string reported_by;
};
template <class C>
void fields(C& c, PaymentRequest& v) {
    each(c, v.membership, v.number, v.from, v.until, v.amount, v.currency, v.due_on, v.refund, v.settled_at, v.reference,
         v.reported_by);
}

struct MembershipRecord {
    store::RecordRow row;
    MembershipBody body;
};
/// A person's own, newest first, whoever they share or shared an account with.
std::vector<MembershipRecord> memberships_of_person(const Desk& desk, const store::OwnerKey& key, MemberId member);
/// The same for each number of a membership, so that no server makes it twice.
std::string payment_request_id(const store::RecordRow& membership, std::int64_t number);

/// The ids, sorted, of what the member has at that instant, as the state of their account says.
std::vector<std::string> memberships_at(const store::StateRow& state, MemberId member, Instant at);
/// What somebody has goes with them from one account to the other.
void move_memberships(store::StateRow& from, MemberId who, store::StateRow& to, MemberId became);

/// From which pool a membership is drawn, where there may be only so many of it; the pool's sum is of those that are not over.
std::optional<store::PoolKey> membership_drawn_by(const store::RecordRow& row);

/// Does what fell due of a membership. False where nothing did, or nobody has it.
bool run_on(Desk& desk, const Programme& programme, const store::RecordRow& row);

const programme::Membership* membership_of(const programme::Plan& plan, std::string_view id);
/// By which it goes on: those of the edition in force at that time. Of two that a person has of the same kind the older one goes
/// on.
engine::MembershipTerms terms_of(const Programme& programme, const MembershipRecord& record,
                                 const std::vector<MembershipRecord>& all, Instant at);
/// As of `now`, whether it was written down or not.
MembershipView view_of(const MembershipRecord& record, const engine::MembershipTerms& terms, Instant now);
PaymentRequestView view_of(const store::RecordRow& row, const PaymentRequest& request);

}  // namespace suki::app
