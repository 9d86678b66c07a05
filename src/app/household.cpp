#include "app/household.h"

#include <algorithm>

#include "app/announce.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/memberships.h"
#include "app/profile.h"
#include "app/referrals.h"
#include "app/transfer.h"

namespace suki::app {

namespace {

/// How many people the edition in force lets a household have; 0: it offers none.
std::int64_t people_most(const Programme& programme, Date today) {
    const Edition* edition = programme.in_force(today);
    return edition == nullptr || !edition->plan->household ? 0 : edition->plan->household->people;
}

/// The household that somebody is in.
HouseholdView view_of(const Desk& desk, const Programme& programme, const Named& named, Instant at) {
    const OwnerPointer owner = desk.owner(named.key);
    const Date today = local_date(*programme.latest().zone, at);
    HouseholdView view{.member = named.member, .account = named.key.account, .people_most = people_most(programme, today)};
    view.balances = balances_of(programme, owner->state, at);
    account::State state = owner->state ? owner->state->state : account::State{.joined_on = today};
    derive_levels(programme, state, today);
    view.level = level_text(state, today);
    const auto people = people_of(*owner);
    if (people.size() < 2 || !owner->state || !owner->state->household) return view;
    const store::Household& household = *owner->state->household;
    view.pays = household.is_owner_paying ? HouseholdPays::owner : HouseholdPays::everybody;
    for (const store::MemberRow* row : people) {
        view.people.push_back({.member = row->id,
                               .name = row->name,
                               .is_owner = row->id == household.owner,
                               .since = std::max(row->created_at, household.begun_at)});
    }
    std::sort(view.people.begin(), view.people.end(), [](const HouseholdPerson& a, const HouseholdPerson& b) {
        return std::tuple{!a.is_owner, a.since, a.member} < std::tuple{!b.is_owner, b.since, b.member};
    });
    return view;
}

bool is_active(const Desk& desk, const Named& named) {
    const OwnerPointer owner = desk.owner(named.key);
    return member_of(*owner, named.member)->status == store::MemberStatus::active;
}

bool is_household(const store::Owner& owner) { return owner.state && owner.state->household && people_of(owner).size() > 1; }

/// Why a member can't join the household of `to`, or make one with them.
std::optional<Refusal> refused(const Desk& desk, const Programme& programme, const Named& member, const Named& to) {
    const std::int64_t most = people_most(programme, local_date(*programme.latest().zone, desk.recorded_at()));
    if (most == 0) return refuse(HouseholdRejection::households_not_offered).error;
    if (member.member == to.member) return refuse(HouseholdRejection::household_of_oneself, "/member").error;
    if (!is_active(desk, to)) return refuse(HouseholdRejection::household_member_not_active, "/to").error;
    if (!is_active(desk, member)) return refuse(HouseholdRejection::household_member_not_active, "/member").error;
    const OwnerPointer there = desk.owner(to.key);
    if (is_household(*there) && there->state->household->owner != to.member) {
        return refuse(HouseholdRejection::household_not_owner, "/to").error;
    }
    if (member.key == to.key || is_household(*desk.owner(member.key))) {
        return refuse(HouseholdRejection::already_in_household, "/member").error;
    }
    for (const auto& [named, pointer] : {std::pair{&to, "/to"}, std::pair{&member, "/member"}}) {
        std::string other = elsewhere(desk, programme, named->key.account);
        if (!other.empty()) {
            return refuse(HouseholdRejection::household_elsewhere, pointer, {{"programme", std::move(other)}}).error;
        }
    }
    if (static_cast<std::int64_t>(people_of(*there).size()) >= most) {
        return refuse(HouseholdRejection::household_full, "/to", {{"most", std::to_string(most)}}).error;
    }
    return std::nullopt;
}

/// Somebody who is in a household, of whom a command with a reason speaks.
struct InHousehold {
    ProgrammePointer programme;
    Named named;
};
template <class C>
Answered<InHousehold> find_person(const Desk& desk, const Ask& ask, const C& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    if (!is_household(*desk.owner(named->key))) return refuse(HouseholdRejection::household_not_joined, "/member");
    return InHousehold{.programme = programme, .named = *named};
}

/// Points that somebody set aside for a payment of theirs are the household's: they would be paid by nobody.
bool has_open_hold(const Desk& desk, const Named& named) {
    const OwnerPointer owner = desk.owner(named.key);
    for (const ledger::Wallet& wallet : owner->state->wallets) {
        for (const ledger::Hold& hold : wallet.holds) {
            const auto claim = desk.claim(
                {.org = named.key.org, .kind = store::ClaimKind::hold, .programme = named.key.programme, .value = hold.id.text()});
            if (claim && claim->member == named.member) return true;
        }
    }
    return false;
}

/// Makes an account with nothing in it.
store::OwnerKey make_account(Desk& desk, const Ask& ask, const Named& named) {
    const AccountId id = ask.wiring.new_account ? ask.wiring.new_account() : random_account(ask.wiring);
    const store::OwnerKey key{.org = named.key.org, .account = id, .programme = named.key.programme};
    desk.put_account({.org = key.org, .id = id, .created_at = desk.accepted_at()});
    store::StateRow& state = desk.stamped(key);
    const OwnerPointer owner = desk.owner(named.key);
    const store::StateRow& before = *owner->state;
    for (const AccountId account : counted_accounts(before).whole) note_left(state, account);
    for (const AccountId account : before.left) note_left(state, account);
    return key;
}

/// Who was merged into somebody became the only one who was there, whoever owns the household later.
void note_merged(store::StateRow& state, MemberId owner) {
    for (store::Merged& merged : state.merged) {
        if (merged.member.is_nil()) merged.member = owner;
    }
}

}  // namespace

bool may_pay(const store::Owner& owner, MemberId member) {
    return !is_household(owner) || !owner.state->household->is_owner_paying || owner.state->household->owner == member;
}

void begin_household(store::StateRow& state, MemberId owner, Instant at) {
    if (state.household) return;
    state.household = store::Household{.owner = owner, .begun_at = at};
    note_merged(state, owner);
    // They stay in order: what is added stands behind names that no other counter has.
    for (account::Counter& counter : state.state.counters) counter.key = engine::own_key(counter.key, owner.text());
}

void move_uses(store::StateRow& from, MemberId who, store::StateRow& to, MemberId became) {
    move_memberships(from, who, to, became);
    move_brought(from, who, to, became);
    const std::string old_name = own_name(from, who);
    const std::string new_name = own_name(to, became);
    std::erase_if(from.state.counters, [&](const account::Counter& counter) {
        const std::string shared{engine::shared_key(counter.key)};
        if (!engine::counts_uses(counter.key) || counter.key != engine::own_key(shared, old_name)) return false;
        for (const account::DayValue& day : counter.days) {
            account::add_to_counter(to.state, engine::own_key(shared, new_name), day.day, day.value);
        }
        return true;
    });
}

void note_left(store::StateRow& state, AccountId account) {
    if (std::find(state.left.begin(), state.left.end(), account) == state.left.end()) state.left.push_back(account);
}

void move_person(Desk& desk, const Programme& programme, const store::OwnerKey& from, const store::OwnerKey& to, MemberId member) {
    const auto row_in = [&](const store::OwnerKey& key) {
        std::vector<store::MemberRow>& rows = desk.edit(key).members;
        return std::find_if(rows.begin(), rows.end(), [&](const store::MemberRow& row) { return row.id == member; });
    };
    store::MemberRow& old = *row_in(from);
    store::MemberRow row = old;
    row.account = to.account;
    row.created_at = desk.accepted_at();
    row.version = 1;
    // Nothing of a person stays where they are not.
    old.external_id.clear();
    old.name.clear();
    old.phone.clear();
    old.email.clear();
    old.language.clear();
    old.facts = {};
    old.status = store::MemberStatus::moved;
    ++old.version;
    desk.rows.members.push_back(old);
    std::vector<store::MemberRow>& rows = desk.edit(to).members;
    // They were there before.
    if (const auto there = row_in(to); there != rows.end()) {
        row.version = there->version + 1;
        *there = row;
    } else {
        rows.insert(std::lower_bound(rows.begin(), rows.end(), row,
                                     [](const store::MemberRow& a, const store::MemberRow& b) { return a.id < b.id; }),
                    row);
    }
    desk.rows.members.push_back(row);
    const auto move_claim = [&](const store::ClaimKey& key) {
        if (const auto claim = desk.claim(key)) desk.remove_claim(*claim);
        desk.add_claim({.key = key, .account = to.account, .member = member});
    };
    move_claim(member_claim(row.org, member));
    using store::ClaimKind;
    for (const auto& [kind, value] : {std::pair{ClaimKind::phone, &row.phone}, std::pair{ClaimKind::email, &row.email},
                                      std::pair{ClaimKind::external_id, &row.external_id}}) {
        if (!value->empty()) move_claim(programme_claim(programme, kind, *value));
    }
}

std::string elsewhere(const Desk& desk, const Programme& programme, AccountId account) {
    for (const store::MemberRow& row : desk.members_of(programme.organisation, account)) {
        if (row.programme != programme.id && row.status != store::MemberStatus::erased) return row.programme;
    }
    return {};
}

Answered<HouseholdView> decide(Desk& desk, const Ask& ask, const JoinHousehold& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto to = find_named(desk, *programme, command.to);
    if (!to) return refuse(to.error(), "/to");
    const auto member = find_named(desk, *programme, command.member);
    if (!member) return refuse(member.error(), "/member");
    if (auto refusal = refused(desk, *programme, *member, *to)) return Unexpected<Refusal>{*std::move(refusal)};
    const auto merged = merge_accounts(
        desk, ask, programme, {.from = member->key.account, .to = to->key.account, .member = to->member, .is_joining = true},
        {.points = {}, .reason = command.reason, .author = *author});
    if (!merged) return Unexpected<Refusal>{merged.error()};
    announce_plain(desk, {.programme = *programme, .key = to->key, .member = member->member, .cause = merged->merge},
                   "household.joined");
    return view_of(desk, *programme, {.key = to->key, .member = member->member}, desk.recorded_at());
}

Answered<HouseholdView> decide(Desk& desk, const Ask& ask, const LeaveHousehold& command) {
    const auto found = find_person(desk, ask, command);
    if (!found) return Unexpected<Refusal>{found.error()};
    const ProgrammePointer& programme = found->programme;
    const Named* named = &found->named;
    desk.sweep(named->key, *programme);
    store::Owner& owner = desk.edit(named->key);
    if (owner.state->household->owner == named->member) return refuse(HouseholdRejection::household_owner_stays, "/member");
    if (has_open_hold(desk, *named)) {
        return refuse_as(RefusalKind::conflict, ledger::LedgerRejection::holds_are_open, "/member");
    }
    // From here on nothing may refuse.
    const store::OwnerKey own = make_account(desk, ask, *named);
    move_person(desk, *programme, named->key, own, named->member);
    store::StateRow& state = desk.stamped(own);
    move_uses(desk.stamped(named->key), named->member, state, named->member);
    state.state.joined_on = member_of(desk.edit(own), named->member)->joined_on;
    derive_levels(*programme, state.state, local_date(*programme->latest().zone, desk.recorded_at()));
    if (people_of(owner).size() == 1) {
        store::AccountRow account = owner.account;
        account.kind = store::AccountKind::person;
        ++account.version;
        desk.put_account(account);
    }
    const std::string cause = named->member.text();
    announce_plain(desk, {.programme = *programme, .key = named->key, .member = named->member, .cause = cause}, "household.left");
    return view_of(desk, *programme, {.key = own, .member = named->member}, desk.recorded_at());
}

Answered<HouseholdView> decide(Desk& desk, const Ask& ask, const SetHousehold& command) {
    const auto found = find_person(desk, ask, command);
    if (!found) return Unexpected<Refusal>{found.error()};
    const ProgrammePointer& programme = found->programme;
    const Named* named = &found->named;
    store::Household& household = *desk.edit(named->key).state->household;
    if (household.owner != named->member) return refuse(HouseholdRejection::household_not_owner, "/member");
    if (command.owner.by != NamedBy::nobody) {
        const auto owner = find_named(desk, *programme, command.owner);
        if (!owner) return refuse(owner.error(), "/owner");
        if (owner->key != named->key) return refuse(HouseholdRejection::household_not_joined, "/owner");
        if (!is_active(desk, *owner)) return refuse(HouseholdRejection::household_member_not_active, "/owner");
        note_merged(*desk.edit(named->key).state, household.owner);
        household.owner = owner->member;
    }
    if (command.pays) household.is_owner_paying = *command.pays == HouseholdPays::owner;
    const std::string cause = named->member.text();
    announce_plain(desk, {.programme = *programme, .key = named->key, .member = household.owner, .cause = cause},
                   "household.changed");
    return view_of(desk, *programme, *named, desk.recorded_at());
}

Answered<HouseholdView> App::household(const std::string& organisation, const std::string& programme,
                                       const MemberName& name) const {
    return guarded<HouseholdView>(*core_, [&]() -> Answered<HouseholdView> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        return view_of(desk, *found, *named, core_->wiring.now());
    });
}

}  // namespace suki::app
