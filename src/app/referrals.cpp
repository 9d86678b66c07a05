#include "app/referrals.h"

#include <algorithm>

#include "app/announce.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/person_records.h"
#include "base/referral_code.h"

namespace suki::app {

namespace {

/// The code that somebody has, whichever of their accounts it lies under.
std::optional<store::RecordRow> code_row(const Desk& desk, const store::OwnerKey& key, MemberId member) {
    for (store::RecordRow& row : records_of_person(desk, key, member, store::RecordKind::referral)) {
        if (row.subject == kReferralCode) return std::move(row);
    }
    return std::nullopt;
}

/// Whom a code, a card or an id leads to, and where they are now.
Result<Named, ReferenceRejection> find_referrer(const Desk& desk, const Programme& programme, const std::string& said) {
    if (MemberId::parse(said)) return find_named(desk, programme, {.by = NamedBy::member, .value = said});
    if (const auto code = read_referral_code(said)) {
        const auto claim = desk.claim(programme_claim(programme, store::ClaimKind::referral, *code));
        if (claim && claim->account && claim->member) {
            const store::OwnerKey key{.org = programme.organisation, .account = *claim->account, .programme = programme.id};
            const auto person = person_of(desk, key, *claim->member);
            if (!person) return Unexpected{ReferenceRejection::member_not_found};
            return Named{.key = person->key, .member = person->member, .card = {}};
        }
    }
    return find_named(desk, programme, {.by = NamedBy::card, .value = said});
}

/// What is before the `+` of an e-mail's local part is one person's, whatever stands behind it.
std::string plain_email(const std::string& email) {
    const std::size_t at = email.find('@');
    const std::size_t plus = email.find('+');
    if (at == std::string::npos || plus == std::string::npos || plus > at) return email;
    return email.substr(0, plus) + email.substr(at);
}

/// Under one account, or with a telephone or e-mail that somebody under the other's account has in any programme.
bool is_oneself(const Desk& desk, const Named& member, const Named& by) {
    if (member.key.account == by.key.account) return true;
    const store::MemberRow own = *member_of(*desk.owner(member.key), member.member);
    const auto rows = desk.members_of(by.key.org, by.key.account);
    return std::any_of(rows.begin(), rows.end(), [&](const store::MemberRow& row) {
        const bool has_phone = !own.phone.empty() && row.phone == own.phone;
        return has_phone || (!own.email.empty() && plain_email(row.email) == plain_email(own.email));
    });
}

/// Whether who is said to have brought the member was brought by them, or by somebody who was.
bool is_ring(const Desk& desk, const Named& member, Person by) {
    for (int step = 0; step < kRingMost; ++step) {
        const OwnerPointer owner = desk.owner(by.key);
        if (owner == nullptr || !owner->state) return false;
        const auto& all = owner->state->brought;
        const auto brought =
            std::find_if(all.begin(), all.end(), [&](const store::Brought& one) { return one.member == by.member; });
        if (brought == all.end()) return false;
        const auto next = person_of(desk, {by.key.org, brought->account, by.key.programme}, brought->by);
        if (!next) return false;
        if (next->key.account == member.key.account) return true;
        by = *next;
    }
    return false;
}

/// Whether another account of theirs, which was somebody's, is part of this one.
bool was_member(const Desk& desk, const store::Owner& owner) {
    return std::any_of(owner.state->merged.begin(), owner.state->merged.end(), [&](const store::Merged& merged) {
        const auto rows = desk.members_of(owner.account.org, merged.account);
        // Who joined a household with it is not gone.
        return std::any_of(rows.begin(), rows.end(), [](const store::MemberRow& row) {
            return row.status != store::MemberStatus::anonymous && row.status != store::MemberStatus::moved;
        });
    });
}

std::optional<Refusal> refused(const Desk& desk, const Named& member, const Named& by, const SaidBy& said, Date today) {
    const OwnerPointer owner = desk.owner(member.key);
    const store::MemberRow& row = *member_of(*owner, member.member);
    const auto& all = owner->state->brought;
    if (std::any_of(all.begin(), all.end(), [&](const store::Brought& one) { return one.member == member.member; })) {
        return refuse(ReferralRejection::friend_already_brought, "/member").error;
    }
    // Who has left a household may have bought in it.
    if (was_member(desk, *owner) || !owner->state->left.empty())
        return refuse(ReferralRejection::friend_was_member, "/member").error;
    if (account::find_counter(owner->state->state, "purchases") != nullptr) {
        return refuse(ReferralRejection::friend_has_bought, "/member").error;
    }
    if (said.is_later && add_days(row.joined_on, kReferralDays) < today) {
        return refuse(ReferralRejection::friend_joined_long_ago, "/member", {{"days", std::to_string(kReferralDays)}}).error;
    }
    if (is_oneself(desk, member, by)) return refuse(ReferralRejection::friend_is_oneself, "/referred_by").error;
    if (is_ring(desk, member, {.key = by.key, .member = by.member})) {
        return refuse(ReferralRejection::friend_in_ring, "/referred_by").error;
    }
    return std::nullopt;
}

ProgrammePointer programme_of(const Desk& desk, const Ask& ask, const std::string& id) {
    return desk.world()->programme(ask.caller.organisation, id);
}

}  // namespace

Answered<ReferralView> bring(Desk& desk, const Programme& programme, const Named& member, const std::string& referred_by,
                             const SaidBy& said) {
    const Date today = local_date(*programme.latest().zone, desk.recorded_at());
    const Edition* edition = programme.in_force(today);
    if (edition == nullptr || edition->plan->referrals.empty()) {
        return refuse(ReferralRejection::referrals_not_offered, "/referred_by");
    }
    const auto by = find_referrer(desk, programme, referred_by);
    if (!by) return refuse(ReferralRejection::referrer_not_found, "/referred_by");
    // Either account's next version keeps apart two who say of each other that they brought them.
    store::Owner& owner = desk.edit(member.key);
    const store::Owner& other = desk.edit(by->key);
    if (member_of(other, by->member)->status != store::MemberStatus::active) {
        return refuse(ReferralRejection::referrer_not_found, "/referred_by");
    }
    if (auto refusal = refused(desk, member, *by, said, today)) return Unexpected<Refusal>{*std::move(refusal)};

    // From here on nothing may refuse.
    const Date since = member_of(owner, member.member)->joined_on;
    const store::RecordRow row{
        .org = programme.organisation,
        .id = derived_id(desk.recorded_at(), member.member.text(), "referral", 0),
        .programme = programme.id,
        .kind = store::RecordKind::referral,
        .account = by->key.account,
        .member = by->member,
        .subject = member.member.text(),
        .place = {},
        .status = std::string{name_of(ReferralStatus::waiting)},
        .created_at = desk.accepted_at(),
        .due_at = {},
        .packed = pack_record(ReferralBody{.since = since, .author = said.author, .reason = said.reason, .given = {}})};
    desk.put_record(row);
    owner.state->brought.push_back(
        {.member = member.member, .record = row.id, .account = by->key.account, .by = by->member, .since = since});
    announce_plain(desk, {.programme = programme, .key = by->key, .member = by->member, .cause = id_text(kReferralPrefix, row.id)},
                   "referral.noted");
    return *view_of(row);
}

void move_brought(store::StateRow& from, MemberId who, store::StateRow& to, MemberId became) {
    for (store::Brought one : from.brought) {
        if (one.member != who) continue;
        one.member = became;
        to.brought.push_back(one);
    }
    std::erase_if(from.brought, [&](const store::Brought& one) { return one.member == who; });
}

namespace {

void end_one(Desk& desk, const store::OwnerKey& key, store::Brought& one) {
    one.is_ended = true;
    auto row = desk.record({.org = key.org, .account = one.account, .id = one.record});
    if (!row) throw store::Conflict{"record", "who brought a member is not seen yet"};
    const bool is_waiting = row->status == name_of(ReferralStatus::waiting) || row->status == name_of(ReferralStatus::taken_back);
    if (!is_waiting) return;
    row->status = name_of(ReferralStatus::ended);
    ++row->version;
    (void)desk.edit({key.org, one.account, key.programme});
    desk.put_record(*row);
}

}  // namespace

void end_brought(Desk& desk, const store::OwnerKey& key, MemberId member) {
    for (store::Brought& one : desk.edit(key).state->brought) {
        if (one.member == member && !one.is_ended) end_one(desk, key, one);
    }
}

void end_brought_between(Desk& desk, const store::OwnerKey& from, const store::OwnerKey& to) {
    for (const store::OwnerKey& key : {from, to}) {
        for (store::Brought& one : desk.edit(key).state->brought) {
            if (one.is_ended) continue;
            const auto by = person_of(desk, {key.org, one.account, key.programme}, one.by);
            if (by && (by->key == from || by->key == to)) end_one(desk, key, one);
        }
    }
}

std::optional<ReferralView> view_of(const store::RecordRow& row) {
    if (row.subject == kReferralCode) return std::nullopt;
    const auto body = unpack_record<ReferralBody>(row);
    ReferralView view{.id = id_text(kReferralPrefix, row.id),
                      .member = MemberId::parse(row.subject).value_or(MemberId{}),
                      .by = row.member.value_or(MemberId{}),
                      .status = from_name<ReferralStatus>(row.status).value_or(ReferralStatus::waiting),
                      .since = body.since,
                      .made_at = row.created_at,
                      .author = body.author,
                      .reason = body.reason,
                      .gifts = {}};
    for (const ReferralGiven& one : body.given) view.gifts.push_back(one.gift);
    return view;
}

std::optional<store::ClaimKey> code_claim_of(const store::RecordRow& row) {
    if (row.kind != store::RecordKind::referral || row.subject != kReferralCode) return std::nullopt;
    return store::ClaimKey{.org = row.org,
                           .kind = store::ClaimKind::referral,
                           .programme = row.programme,
                           .value = unpack_record<ReferralCode>(row).code};
}

Answered<ReferralCodeView> decide(Desk& desk, const Ask& ask, const GiveReferralCode& command) {
    const ProgrammePointer programme = programme_of(desk, ask, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    const Edition* edition = programme->in_force(local_date(*programme->latest().zone, desk.recorded_at()));
    if (edition == nullptr || edition->plan->referrals.empty()) return refuse(ReferralRejection::referrals_not_offered);
    // Two who ask at once get one code.
    const store::Owner& owner = desk.edit(named->key);
    if (member_of(owner, named->member)->status != store::MemberStatus::active) {
        return refuse(ReferenceRejection::member_not_found, "/member");
    }
    if (const auto row = code_row(desk, named->key, named->member)) {
        return ReferralCodeView{
            .member = named->member, .code = unpack_record<ReferralCode>(*row).code, .made_at = row->created_at};
    }
    std::array<std::uint8_t, 8> bytes{};
    std::uint64_t chance = 0;
    ask.wiring.random(bytes);
    for (const std::uint8_t byte : bytes) chance = chance << 8 | byte;
    std::string code = referral_code(chance);
    while (desk.claim(programme_claim(*programme, store::ClaimKind::referral, code))) code = referral_code(++chance);
    desk.add_claim({.key = programme_claim(*programme, store::ClaimKind::referral, code),
                    .account = named->key.account,
                    .member = named->member,
                    .other = {}});
    desk.put_record({.org = programme->organisation,
                     .id = derived_id(desk.recorded_at(), named->member.text(), "referral_code", 0),
                     .programme = programme->id,
                     .kind = store::RecordKind::referral,
                     .account = named->key.account,
                     .member = named->member,
                     .subject = std::string{kReferralCode},
                     .place = {},
                     .status = std::string{kReferralCode},
                     .created_at = desk.accepted_at(),
                     .due_at = {},
                     .packed = pack_record(ReferralCode{code})});
    return ReferralCodeView{.member = named->member, .code = code, .made_at = desk.accepted_at()};
}

Answered<ReferralView> decide(Desk& desk, const Ask& ask, const NameReferrer& command) {
    const ProgrammePointer programme = programme_of(desk, ask, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    return bring(desk, *programme, *named, command.referred_by, {.author = *author, .reason = command.reason, .is_later = true});
}

Answered<MemberReferrals> App::referrals_of(const std::string& organisation, const std::string& programme,
                                            const MemberName& name) const {
    return guarded<MemberReferrals>(*core_, [&]() -> Answered<MemberReferrals> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        MemberReferrals answer{.member = named->member};
        const Edition* edition = found->in_force(local_date(*found->latest().zone, core_->wiring.now()));
        answer.is_offered = edition != nullptr && !edition->plan->referrals.empty();
        const OwnerPointer owner = desk.owner(named->key);
        if (owner->state) {
            for (const store::Brought& one : owner->state->brought) {
                if (one.member != named->member) continue;
                const auto row = desk.record({.org = organisation, .account = one.account, .id = one.record});
                if (row) answer.brought_by = view_of(*row);
            }
        }
        for (const store::RecordRow& row : records_of_person(desk, named->key, named->member, store::RecordKind::referral)) {
            auto view = view_of(row);
            if (!view) {
                answer.code = unpack_record<ReferralCode>(row).code;
                continue;
            }
            ++answer.counts[static_cast<std::size_t>(view->status)];
            if (answer.friends.size() < kFriendsShown) answer.friends.push_back(*std::move(view));
        }
        return answer;
    });
}

}  // namespace suki::app
