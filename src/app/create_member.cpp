#include <algorithm>

#include "app/announce.h"
#include "app/decide.h"
#include "app/profile.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

/// Points for joining, by the edition in force on the day.
std::optional<Refusal> welcome(Desk& desk, const Programme& programme, const store::OwnerKey& key, MemberId member, Date today) {
    const Edition* edition = programme.in_force(today);
    if (edition == nullptr) return std::nullopt;
    const engine::Cause cause{.id = member.text(),
                              .occurred_at = desk.recorded_at(),
                              .recorded_at = desk.recorded_at(),
                              .edition = edition->view.edition};
    auto postings = engine::welcome(*edition->plan, desk.edit(key).state->wallets, today, cause);
    if (!postings) return refuse_as(RefusalKind::unprocessable, postings.error()).error;
    desk.post(key, *std::move(postings));
    return std::nullopt;
}

}  // namespace

Answered<MemberView> create_member(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const CreateMember& command) {
    MemberProfile profile = command.profile;
    const Date today = local_date(*programme->latest().zone, desk.recorded_at());
    if (auto refusal = canonicalise(profile)) return Unexpected<Refusal>{*std::move(refusal)};
    if (auto refusal = birthday_to_come(profile.facts.birthday, today)) return Unexpected<Refusal>{*std::move(refusal)};
    if (!command.card.empty() && !is_good_code(command.card)) return refuse(CardRejection::card_number_malformed, "/card");
    if (auto refusal = used_by_another(desk, *programme, profile, std::nullopt)) return Unexpected<Refusal>{*std::move(refusal)};

    const AccountId account = ask.wiring.new_account ? ask.wiring.new_account() : random_account(ask.wiring);
    const MemberId member{derived_id(desk.recorded_at(), account.text(), "member", 0)};
    const store::OwnerKey key{.org = programme->organisation, .account = account, .programme = programme->id};
    store::MemberRow row{.org = programme->organisation,
                         .account = account,
                         .id = member,
                         .programme = programme->id,
                         .external_id = profile.external_id,
                         .name = profile.name,
                         .phone = profile.phone,
                         .email = profile.email,
                         .language = profile.language,
                         .facts = profile.facts,
                         .joined_on = command.joined_on.value_or(today),
                         .created_at = desk.recorded_at()};
    store::Owner owner{.account = {.org = programme->organisation, .id = account, .created_at = desk.recorded_at()}};
    owner.members.push_back(row);
    owner.state = desk.new_state(key);
    owner.state->state.joined_on = row.joined_on;
    derive_levels(*programme, owner.state->state, std::max(today, row.joined_on));
    desk.rows.accounts.push_back(owner.account);
    desk.rows.members.push_back(row);
    desk.add_owner(key, std::move(owner));
    desk.add_claim({.key = member_claim(key.org, member), .account = account, .member = member});
    claim_profile(desk, *programme, row);
    if (!command.card.empty()) {
        if (auto refusal = give_card(desk, *programme, row, command.card, programme::CardKind::personal)) {
            return Unexpected<Refusal>{*std::move(refusal)};
        }
    }
    if (!command.is_import) {
        if (auto refusal = welcome(desk, *programme, key, member, today)) return Unexpected<Refusal>{*std::move(refusal)};
    }
    const std::string cause = member.text();
    announce_plain(desk, {.programme = *programme, .key = key, .member = member, .cause = cause}, "member.joined");
    return view_of(desk, *programme, *desk.owner(key), row, desk.recorded_at());
}

Answered<MemberView> decide(Desk& desk, const Ask& ask, const CreateMember& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    return create_member(desk, ask, programme, command);
}

}  // namespace suki::app
