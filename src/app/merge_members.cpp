#include <algorithm>

#include "app/announce.h"
#include "app/household.h"
#include "app/occasions.h"
#include "app/profile.h"
#include "app/rebates.h"
#include "app/referrals.h"
#include "app/transfer.h"
#include "base/limits.h"

/// Two accounts become one. The account is the same in every programme of the organisation, and so all that it has anywhere goes.
namespace suki::app {

namespace {

/// Counters of the one who goes (`who`) become counters of the one who stays (`became`): what was bought counts there from now on.
void move_counters(const Programme& programme, store::StateRow& from, MemberId who, store::StateRow& to, MemberId became,
                   Date today, Instant at) {
    move_uses(from, who, to, became);
    for (const account::Counter& counter : from.state.counters) {
        for (const account::DayValue& day : counter.days) account::add_to_counter(to.state, counter.key, day.day, day.value);
    }
    from.state.counters.clear();
    auto& grants = to.state.grants;
    grants.insert(grants.end(), from.state.grants.begin(), from.state.grants.end());
    std::sort(grants.begin(), grants.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    from.state.grants.clear();
    to.state.joined_on = std::min(to.state.joined_on, from.state.joined_on);
    const MemberId named = to.household ? became : MemberId{};
    to.merged.push_back({.account = from.account, .into = to.account, .at = at, .member = named});
    for (store::Merged merged : from.merged) {
        if (merged.member.is_nil()) merged.member = named;
        to.merged.push_back(merged);
    }
    for (const AccountId account : from.left) note_left(to, account);
    from.left.clear();
    derive_levels(programme, to.state, today);
}

/// What is known only of the one who goes is known of the one who stays.
void move_profile(Desk& desk, const Programme& programme, const store::MemberRow& from, store::MemberRow& to) {
    const auto fill = [](auto& there, const auto& other) {
        if (there.empty()) there = other;
    };
    fill(to.name, from.name);
    fill(to.phone, from.phone);
    fill(to.email, from.email);
    fill(to.external_id, from.external_id);
    fill(to.language, from.language);
    if (!to.facts.birthday) to.facts.birthday = from.facts.birthday;
    for (const auto& [name, value] : from.facts.attributes) {
        const auto place = std::lower_bound(to.facts.attributes.begin(), to.facts.attributes.end(), name,
                                            [](const auto& there, const std::string& wanted) { return there.first < wanted; });
        const bool is_there = place != to.facts.attributes.end() && place->first == name;
        if (!is_there && to.facts.attributes.size() < limits::attributes_per_member)
            to.facts.attributes.insert(place, {name, value});
    }
    for (const std::string& segment : from.facts.segments) {
        const auto place = std::lower_bound(to.facts.segments.begin(), to.facts.segments.end(), segment);
        const bool is_there = place != to.facts.segments.end() && *place == segment;
        if (!is_there && to.facts.segments.size() < limits::segments_per_member) to.facts.segments.insert(place, segment);
    }
    to.joined_on = std::min(to.joined_on, from.joined_on);
    ++to.version;
    desk.rows.members.push_back(to);
    claim_profile(desk, programme, to);
}

store::MemberRow& row_of(store::Owner& owner, MemberId member) {
    return *std::find_if(owner.members.begin(), owner.members.end(), [&](const store::MemberRow& row) { return row.id == member; });
}

/// A merge on its way through the desk.
struct Merging {
    Desk& desk;
    const Ask& ask;
    ProgrammePointer asked;
    Merge how;
    store::AccountRow from;
    store::AccountRow to;
    ledger::TransferRequest request;

    [[nodiscard]] store::OwnerKey key(AccountId account, const Programme& programme) const {
        return {.org = programme.organisation, .account = account, .programme = programme.id};
    }
    /// Each programme's entries have a cause of their own: ids of entries are made of it.
    [[nodiscard]] std::string cause(const Programme& programme) const {
        return own_cause(desk, ask, how.is_joining ? "hsh" : "mrg", programme.id == asked->id ? std::string{} : "/" + programme.id);
    }
};

/// Read before all that the merge rests on: both rows get their next versions, and so whatever else is done meanwhile to either
/// account as a whole is found to be a conflict.
store::AccountRow account_of(const Desk& desk, const Programme& programme, AccountId id) {
    auto row = desk.account(programme.organisation, id);
    if (!row || row->merged_into) throw store::Conflict{"account", "an account was merged while it was looked for"};
    return *std::move(row);
}

/// The programmes in which the account that goes has a member: the one that was asked for first, then by id.
std::vector<ProgrammePointer> programmes_of(const Merging& merging) {
    std::vector<ProgrammePointer> programmes{merging.asked};
    for (const store::MemberRow& row : merging.desk.members_of(merging.asked->organisation, merging.from.id)) {
        const ProgrammePointer programme = merging.desk.world()->programme(row.org, row.programme);
        // Another process made it: after this conflict it is known here as well.
        if (programme == nullptr) throw store::Conflict{"programme", "a member is of a programme that is not known yet"};
        if (programme->id != merging.asked->id && programme->id != programmes.back()->id) programmes.push_back(programme);
    }
    return programmes;
}

/// The member on the other side. Where there is none, one is made who is all that the member who goes was: a row stays under its
/// account for ever, since entries, receipts and cards speak of it there.
MemberId member_on_other_side(const Merging& merging, const Programme& programme, const store::MemberRow& from) {
    Desk& desk = merging.desk;
    store::Owner& to = desk.edit(merging.key(merging.to.id, programme));
    if (merging.how.member && programme.id == merging.asked->id) return *merging.how.member;
    if (const store::MemberRow* only = first_person(to)) return only->id;
    store::MemberRow row{.org = programme.organisation,
                         .account = merging.to.id,
                         .id = new_member_id(desk.recorded_at(), merging.to.id, programme.id),
                         .programme = programme.id,
                         .status = from.status,
                         .joined_on = from.joined_on,
                         .created_at = desk.recorded_at(),
                         .version = 0};  // `move_profile` writes the first one
    to.state->state.joined_on = row.joined_on;
    to.members.push_back(row);
    desk.add_claim({.key = member_claim(row.org, row.id), .account = row.account, .member = row.id});
    return row.id;
}

/// Everything that the account has in one programme.
Answered<MergedProgramme> merge_in(const Merging& merging, const ProgrammePointer& programme) {
    Desk& desk = merging.desk;
    const store::OwnerKey from_key = merging.key(merging.from.id, *programme);
    const store::OwnerKey to_key = merging.key(merging.to.id, *programme);
    desk.sweep(from_key, *programme);
    desk.sweep(to_key, *programme);
    store::Owner& from = desk.edit(from_key);
    store::Owner& to = desk.edit(to_key);
    for (const store::OwnerKey& key : {from_key, to_key}) (void)desk.stamped(key);
    // Another process gave the account this member, and the account as it is known here is older.
    const store::MemberRow* who = first_person(from);
    if (who == nullptr) throw store::Conflict{"member", "an account has a member who is not known yet"};
    const Date today = local_date(*programme->latest().zone, desk.recorded_at());
    // Who is new there had the level already.
    const std::string level_before = level_text(to.members.empty() ? from.state->state : to.state->state, today);
    const MemberId member = who->id;
    const bool is_somebody = who->status != store::MemberStatus::anonymous;
    const bool was_there = first_person(to) != nullptr;
    const Sides sides{.programme = programme,
                      .from = {.key = from_key, .member = member},
                      .to = {.key = to_key, .member = member_on_other_side(merging, *programme, *who)},
                      .request = merging.request,
                      .cause = cause_now(desk, *programme, merging.cause(*programme))};
    const MemberId became = merging.how.is_joining ? member : sides.to.member;
    MergedProgramme merged{.programme = programme->id, .merge = sides.cause.id, .member = member, .to = became};
    for (std::uint32_t wallet = 0; wallet < from.state->wallets.size(); ++wallet) {
        const std::string unit = from.state->wallets[wallet].unit;
        const programme::Unit* said = unit_of(*programme, unit);
        const ledger::Stamp stamp = engine::stamp_of(sides.cause, said == nullptr ? std::string{} : said->clause);
        auto taken = ledger::transfer_all(from.state->wallets[wallet], sides.request, stamp);
        if (!taken) return refuse_as(RefusalKind::conflict, taken.error(), "/member", {{"programme", programme->id}});
        Points moved = taken->owed.negated();
        for (const ledger::Lot& lot : taken->lots) moved = plus(moved, lot.remaining);
        if (auto refusal = post(desk, sides, unit, wallet, *std::move(taken), stamp))
            return Unexpected<Refusal>{*std::move(refusal)};
        if (!moved.is_zero()) merged.moved.push_back({.unit = unit, .points = moved});
        announce_both(desk, sides, unit, moved);
    }
    if (merging.how.is_joining) end_brought_between(desk, from_key, to_key);
    if (!merging.how.is_joining && is_somebody && was_there) {
        end_brought(desk, from_key, member);
        end_brought(desk, to_key, became);
    }
    // Where several people are, or were, each one's uses are counted by themselves.
    if (merging.how.is_joining || from.state->household) begin_household(*to.state, sides.to.member, desk.recorded_at());
    move_counters(*programme, *from.state, member, *to.state, became, today, desk.recorded_at());
    // What both bought is one purchase of each period, which may reach a step that neither did.
    if (auto refusal = accrue_rebates(desk, *programme, to_key, sides.cause, counted_days(to.state->state))) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (merging.how.is_joining) {
        move_person(desk, *programme, from_key, to_key, member);
    } else {
        move_profile(desk, *programme, store::MemberRow{row_of(from, member)}, row_of(to, became));
    }
    if (!merging.how.is_joining) leave_second_seats(desk, *programme, to_key, became, merging.request.author);
    merged.balances = balances_of(*programme, to.state, desk.recorded_at());
    merged.level = level_text(to.state->state, today);
    if (!merging.how.is_joining) {
        announce_plain(desk, {.programme = *programme, .key = from_key, .member = member, .cause = sides.cause.id},
                       "member.merged");
    }
    announce_level(desk, {.programme = *programme, .key = to_key, .member = sides.to.member, .cause = sides.cause.id}, level_before,
                   merged.level);
    return merged;
}

/// Both accounts get their next versions, so that whoever gives either a member in another programme meanwhile, or merges it as
/// well, finds that it changed.
void join_accounts(const Merging& merging) {
    store::AccountRow from = merging.from;
    store::AccountRow to = merging.to;
    from.merged_into = to.id;
    ++from.version;
    ++to.version;
    if (merging.how.is_joining) to.kind = store::AccountKind::household;
    merging.desk.put_account(from);
    merging.desk.put_account(to);
}

}  // namespace

Answered<MergeAnswer> merge_accounts(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const Merge& merge,
                                     ledger::TransferRequest request) {
    if (request.author.empty()) request.author = author_of(ask.caller);
    const Merging merging{.desk = desk,
                          .ask = ask,
                          .asked = programme,
                          .how = merge,
                          .from = account_of(desk, *programme, merge.from),
                          .to = account_of(desk, *programme, merge.to),
                          .request = std::move(request)};
    MergeAnswer answer{.recorded_at = desk.recorded_at()};
    const std::vector<ProgrammePointer> programmes = programmes_of(merging);
    // A household is of one programme.
    if (merge.is_joining && programmes.size() > 1) throw store::Conflict{"member", "somebody joined another programme meanwhile"};
    for (const ProgrammePointer& each : programmes) {
        auto merged = merge_in(merging, each);
        if (!merged) return Unexpected<Refusal>{std::move(merged).error()};
        if (each->id != merging.asked->id) {
            answer.elsewhere.push_back(*std::move(merged));
            continue;
        }
        answer.merge = merged->merge;
        answer.member = merged->member;
        answer.to = merged->to;
        answer.moved = std::move(merged->moved);
        answer.balances = std::move(merged->balances);
        answer.level = std::move(merged->level);
    }
    join_accounts(merging);
    return answer;
}

Answered<MergeAnswer> decide(Desk& desk, const Ask& ask, const MergeMembers& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto from = find_named(desk, *programme, command.member);
    if (!from) return refuse(from.error(), "/member");
    const auto to = find_account(desk, *programme, command.to);
    if (!to) return refuse(to.error(), "/to");
    if (from->key.account == *to) return refuse(TransferRejection::same_account, "/to");
    // Of the people of a household none stands for the others: they leave it first.
    if (desk.owner(from->key)->account.kind == store::AccountKind::household)
        return refuse(HouseholdRejection::already_in_household, "/member");
    Merge merge{.from = from->key.account, .to = *to, .member = {}};
    if (const auto named = find_named(desk, *programme, command.to)) merge.member = named->member;
    const auto there = desk.account(programme->organisation, *to);
    if (there && there->kind == store::AccountKind::household) {
        std::string other = elsewhere(desk, *programme, from->key.account);
        if (!other.empty()) return refuse(HouseholdRejection::household_elsewhere, "/member", {{"programme", std::move(other)}});
    }
    return merge_accounts(desk, ask, programme, merge, {.points = {}, .reason = command.reason, .author = *author});
}

}  // namespace suki::app
