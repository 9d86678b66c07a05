#include <algorithm>

#include "app/announce.h"
#include "app/person_records.h"
#include "app/referrals.h"

/// What who brought a friend gets with the friend's first purchase, in the same commit: the two accounts have versions, so it is
/// done once or not at all, however often it is tried.
namespace suki::app {

namespace {

store::Brought* open_brought(std::vector<store::Brought>& all, MemberId member, Date on) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const store::Brought& one) {
        return one.member == member && !one.is_ended && one.since <= on;
    });
    return found == all.end() ? nullptr : &*found;
}

const event::Decision* applied(const engine::Outcome& outcome, const std::string& offer) {
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.offer == offer && decision.verdict == event::Verdict::applied) return &decision;
    }
    return nullptr;
}

/// Whether a first purchase stands, for which something was given.
bool is_proved(const ReferralBody& body) {
    return std::any_of(body.given.begin(), body.given.end(), [](const ReferralGiven& one) {
        return one.gift.status == ReferralStatus::rewarded || one.gift.status == ReferralStatus::limited;
    });
}

void note_proved(store::StateRow& state, IdBits record, bool is_proved) {
    for (store::Brought& one : state.brought) {
        if (one.record == record) one.is_proved = is_proved;
    }
}

ReferralStatus status_of(const std::vector<ReferralGiven>& given) {
    const auto has = [&](ReferralStatus status) {
        return std::any_of(given.begin(), given.end(), [&](const ReferralGiven& one) { return one.gift.status == status; });
    };
    if (has(ReferralStatus::rewarded)) return ReferralStatus::rewarded;
    if (has(ReferralStatus::limited)) return ReferralStatus::limited;
    return given.empty() ? ReferralStatus::waiting : ReferralStatus::taken_back;
}

void put_again(Desk& desk, store::RecordRow& row, const ReferralBody& body) {
    row.packed = pack_record(body);
    if (row.status != name_of(ReferralStatus::ended)) row.status = name_of(status_of(body.given));
    ++row.version;
    desk.put_record(row);
}

/// Of somebody whom the rows must show: on spread tables they may be seen to have gone before it is seen where to.
Person person_who_brought(const Desk& desk, const store::OwnerKey& buyer, const store::Brought& brought) {
    const auto person = person_of(desk, {buyer.org, brought.account, buyer.programme}, brought.by);
    if (!person) throw store::Conflict{"member", "who brought a member is not seen where they are"};
    return *person;
}

/// What a member was given for friends, also by accounts that became theirs.
std::vector<ReferralGiven> given_to(const Desk& desk, const Person& by) {
    std::vector<ReferralGiven> all;
    for (const store::RecordRow& row : records_of_person(desk, by.key, by.member, store::RecordKind::referral)) {
        if (row.subject == kReferralCode) continue;
        for (ReferralGiven& one : unpack_record<ReferralBody>(row).given) all.push_back(std::move(one));
    }
    return all;
}

bool is_limit_reached(const std::vector<ReferralGiven>& had, const programme::Offer& offer, Date on) {
    if (!offer.referral->limit) return false;
    const DateRange window = programme::dates_of(offer.referral->limit->window, on);
    const auto count = std::count_if(had.begin(), had.end(), [&](const ReferralGiven& one) {
        return one.gift.offer == offer.id && one.gift.status == ReferralStatus::rewarded && contains(window, one.date);
    });
    return count >= offer.referral->limit->count;
}

/// Posts the points; false where the wallet has no room for them.
bool post(Desk& desk, const Programme& programme, const Person& by, const programme::Plan& plan, const programme::Offer& offer,
          const engine::StoredReceipt& stored, ReferralGiven& given) {
    const programme::Unit& unit = plan.units.at(offer.unit);
    const engine::Cause cause{
        .id = given.cause, .occurred_at = stored.receipt.occurred_at, .recorded_at = desk.recorded_at(), .edition = stored.edition};
    store::StateRow& state = *desk.edit(by.key).state;
    const std::uint32_t wallet = wallet_index(state, unit.id);
    const Points points{offer.referral->points};
    auto earned = ledger::earn(state.wallets[wallet],
                               {.parts = {{.offer = offer.id, .clause = offer.clause, .points = points}},
                                .matures_at = engine::matures_at(plan, unit, given.date),
                                .expires_at = engine::expires_at(plan, unit, given.date)},
                               engine::stamp_of(cause, unit.clause));
    if (!earned) return false;
    given.lot = earned->lot.id;
    given.gift.points = points;
    desk.post(by.key, wallet, std::move(earned->posting));
    announce_points(desk, {.programme = programme, .key = by.key, .member = by.member, .cause = given.cause}, "points.earned",
                    unit.id, points);
    return true;
}

/// Takes back what was given of the lot, less what has expired of it.
void reverse(Desk& desk, const Programme& programme, const store::OwnerKey& key, const programme::Plan& plan, ReferralGiven& given,
             const engine::Cause& cause) {
    ReferralGift& gift = given.gift;
    gift.status = ReferralStatus::taken_back;
    if (gift.points.is_zero()) return;
    desk.sweep(key, programme);
    store::StateRow& state = *desk.edit(key).state;
    engine::LotFate fate = desk.fate_of(key, given.lot, given.cause);
    for (const store::Merged& merged : state.merged) {
        fate.add(desk.fate_of({key.org, merged.account, key.programme}, given.lot, given.cause));
    }
    given.expired = std::min(fate.expired, gift.points);
    gift.taken_back = gift.points;
    const Points wanted = minus(gift.points, given.expired);
    if (wanted.is_zero()) return;
    const bool may_owe = plan.debt == programme::DebtPolicy::below_zero;
    const programme::Unit* unit = unit_of(programme, gift.unit);
    const std::uint32_t wallet = wallet_index(state, gift.unit);
    auto reversed = ledger::reverse_earn(state.wallets[wallet],
                                         {.lot = given.lot,
                                          .parts = {{.offer = gift.offer, .clause = given.clause, .points = wanted}},
                                          .may_owe = may_owe,
                                          .recorded_at = gift.at},
                                         engine::stamp_of(cause, unit == nullptr ? std::string{} : unit->clause));
    if (!reversed) {  // they would owe more than anybody can: it stays with them
        gift.left = wanted;
    } else {
        if (!may_owe) gift.left = reversed->uncovered;
        given.back_cause = cause.id;
        desk.post(key, wallet, std::move(reversed->posting));
    }
    gift.taken_back = minus(gift.points, gift.left);
    announce_points(desk, {.programme = programme, .key = key, .member = {}, .cause = cause.id}, "points.taken_back", gift.unit,
                    gift.taken_back);
}

}  // namespace

bool is_brought(const Desk& desk, const store::Owner& owner, MemberId member, Date on) {
    if (!owner.state || owner.state->brought.empty()) return false;
    std::vector<store::Brought> all = owner.state->brought;
    const store::Brought* brought = open_brought(all, member, on);
    if (brought == nullptr || brought->is_proved) return false;
    // They may share a household since: nobody brings themselves.
    const store::OwnerKey key{.org = owner.account.org, .account = owner.account.id, .programme = owner.state->programme};
    const auto by = person_of(desk, {key.org, brought->account, key.programme}, brought->by);
    return !by || by->key.account != key.account;
}

void give_for_friend(Desk& desk, const Programme& programme, const Named& buyer, const programme::Plan& plan,
                     const engine::StoredReceipt& stored, std::vector<Discrepancy>& discrepancies) {
    if (plan.referrals.empty() || !stored.context.is_brought) return;
    const store::Brought* brought = open_brought(desk.edit(buyer.key).state->brought, buyer.member, stored.context.date);
    if (brought == nullptr) return;
    std::optional<store::RecordRow> row;
    ReferralBody body;
    Person by;
    std::vector<ReferralGiven> had;
    for (const std::uint32_t index : plan.referrals) {
        const programme::Offer& offer = plan.offers[index];
        const event::Decision* decision = applied(stored.decided, offer.id);
        if (decision == nullptr) continue;
        if (!row) {
            by = person_who_brought(desk, buyer.key, *brought);
            desk.sweep(by.key, programme);
            (void)desk.edit(by.key);  // its next version: no two friends are the last of a limit
            row = desk.record({.org = programme.organisation, .account = brought->account, .id = brought->record});
            if (!row) throw store::Conflict{"record", "who brought a member is not seen yet"};
            body = unpack_record<ReferralBody>(*row);
            had = given_to(desk, by);
        }
        const IdBits id = derived_id(desk.recorded_at(), stored.receipt.id, "referral/" + offer.id, 0);
        ReferralGiven given{.gift = {.offer = offer.id,
                                     .unit = plan.units.at(offer.unit).id,
                                     .points = {},
                                     .friend_points = decision->points,
                                     .taken_back = {},
                                     .left = {},
                                     .status = ReferralStatus::limited,
                                     .at = desk.recorded_at()},
                            .receipt = stored.receipt.id,
                            .store = stored.receipt.store,
                            .till = stored.receipt.till,
                            .date = stored.context.date,
                            .clause = offer.clause,
                            .cause = id_text(kReferralPrefix, id),
                            .lot = {},
                            .account = by.key.account,
                            .expired = {},
                            .back_cause = {}};
        const OwnerPointer owner = desk.owner(by.key);
        const store::MemberRow* member = member_of(*owner, by.member);
        const bool is_there = member != nullptr && member->status == store::MemberStatus::active;
        const bool is_had = is_there && !is_limit_reached(had, offer, given.date);
        if (is_had && post(desk, programme, by, plan, offer, stored, given)) given.gift.status = ReferralStatus::rewarded;
        body.given.push_back(given);
        had.push_back(std::move(given));
    }
    if (!row) return;
    put_again(desk, *row, body);
    note_proved(*desk.edit(buyer.key).state, row->id, true);
    std::vector<std::string> receipts;
    for (const ReferralGiven& one : had) {
        const bool is_alike =
            one.date == stored.context.date && one.store == stored.receipt.store && one.till == stored.receipt.till;
        const bool is_known = std::find(receipts.begin(), receipts.end(), one.receipt) != receipts.end();
        if (is_alike && !is_known) receipts.push_back(one.receipt);
    }
    const auto friends = static_cast<std::int64_t>(receipts.size());
    if (friends >= kFriendsADay) {
        discrepancies.push_back({.kind = DiscrepancyKind::many_friends,
                                 .line = 0,
                                 .stated = friends,
                                 .decided = kFriendsADay,
                                 .what = by.member.text()});
    }
}

void take_back_for_friend(Desk& desk, const Programme& programme, const Person& buyer, const programme::Plan& plan,
                          const engine::StoredReceipt& stored, const engine::Cause& cause) {
    if (plan.referrals.empty() || !stored.context.is_brought) return;
    const OwnerPointer owner = desk.owner(buyer.key);
    if (owner == nullptr || !owner->state) return;
    const std::vector<store::Brought> all = owner->state->brought;
    for (const store::Brought& brought : all) {
        auto row = desk.record({.org = programme.organisation, .account = brought.account, .id = brought.record});
        if (!row) throw store::Conflict{"record", "who brought a member is not seen yet"};
        auto body = unpack_record<ReferralBody>(*row);
        bool has_changed = false;
        for (ReferralGiven& given : body.given) {
            const bool stands = given.gift.status == ReferralStatus::rewarded || given.gift.status == ReferralStatus::limited;
            if (!stands || given.receipt != stored.receipt.id || applied(stored.current, given.gift.offer) != nullptr) continue;
            engine::Cause own = cause;
            own.id = id_text(kReferralPrefix, derived_id(desk.recorded_at(), cause.id, "referral/" + given.gift.offer, 0));
            reverse(desk, programme, standing(desk, {programme.organisation, given.account, programme.id}), plan, given, own);
            has_changed = true;
        }
        if (!has_changed) continue;
        (void)desk.edit(standing(desk, {programme.organisation, brought.account, programme.id}));
        put_again(desk, *row, body);
        note_proved(*desk.edit(buyer.key).state, row->id, is_proved(body));
    }
}

}  // namespace suki::app
