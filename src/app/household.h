#pragma once

#include "app/decide.h"
#include "app/resolve.h"

/// Households: members who share an account, and with it points, level and all that is counted but each one's uses of offers.
/// docs/decisions/0076-households.md.
namespace suki::app {

/// Whether the member may pay with the points of the account.
bool may_pay(const store::Owner& owner, MemberId member);
/// From now on each person's uses are counted by themselves; those so far are the owner's. Nothing where it is so already.
void begin_household(store::StateRow& state, MemberId owner, Instant at);
/// How often somebody used offers, which memberships they have and who brought them, goes with them from one account to the other.
void move_uses(store::StateRow& from, MemberId who, store::StateRow& to, MemberId became);
/// What was bought in an account that somebody of this one left goes on counting what is their own.
void note_left(store::StateRow& state, AccountId account);
/// The person goes from one account to the other with their id, names and facts; their cards follow by themselves (person_of).
void move_person(Desk& desk, const Programme& programme, const store::OwnerKey& from, const store::OwnerKey& to, MemberId member);
/// A programme in which the account has somebody, beside the one that is named; empty: there is none.
std::string elsewhere(const Desk& desk, const Programme& programme, AccountId account);

}  // namespace suki::app
