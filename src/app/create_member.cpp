#include <algorithm>

#include "app/announce.h"
#include "app/cards.h"
#include "app/decide.h"
#include "app/profile.h"
#include "app/referrals.h"
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

/// The named account, where it is today, at its next version: whoever merges it meanwhile, or gives it a member too, finds that it
/// changed. The row is read before its members are.
Answered<store::AccountRow> account_to_join(const Desk& desk, const Programme& programme, AccountId id) {
    auto row = standing_account(desk, programme.organisation, id);
    const auto members = row ? desk.members_of(row->org, row->id) : std::vector<store::MemberRow>{};
    // Who was erased is nobody to be joined.
    const bool is_somebody = std::any_of(members.begin(), members.end(), [](const store::MemberRow& member) {
        return member.status != store::MemberStatus::erased;
    });
    if (!is_somebody) return refuse(ReferenceRejection::account_not_found, "/account");
    // Somebody joins a household as the member that they are.
    const bool is_here = std::any_of(members.begin(), members.end(),
                                     [&](const store::MemberRow& member) { return member.programme == programme.id; });
    if (is_here) return refuse(MemberRejection::account_already_in_programme, "/account");
    // A household is of one programme: which of its people would be this one in another, nobody could tell.
    if (row->kind == store::AccountKind::household) {
        return refuse(HouseholdRejection::household_elsewhere, "/account", {{"programme", members.front().programme}});
    }
    ++row->version;
    return *std::move(row);
}

store::AccountRow new_account(const Desk& desk, const Ask& ask, const Programme& programme) {
    const AccountId id = ask.wiring.new_account ? ask.wiring.new_account() : random_account(ask.wiring);
    return {.org = programme.organisation, .id = id, .created_at = desk.accepted_at()};
}

}  // namespace

Answered<MemberView> create_member(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const CreateMember& command) {
    MemberProfile profile = command.profile;
    const Date today = local_date(*programme->latest().zone, desk.recorded_at());
    std::optional<store::AccountRow> account;
    if (command.account) {
        auto there = account_to_join(desk, *programme, *command.account);
        if (!there) return Unexpected<Refusal>{std::move(there).error()};
        account = *std::move(there);
    }
    if (auto refusal = canonicalise(profile)) return Unexpected<Refusal>{*std::move(refusal)};
    if (auto refusal = birthday_to_come(profile.facts.birthday, today)) return Unexpected<Refusal>{*std::move(refusal)};
    if (!command.card.empty() && command.is_import && !is_good_code(command.card))
        return refuse(CardRejection::card_number_malformed, "/card");
    // Cards from before the programme had numbers of its own come with their members.
    if (!command.card.empty() && !command.is_import) {
        if (auto refusal = refused_number(desk, *programme, command.card, "/card")) return Unexpected<Refusal>{*std::move(refusal)};
    }
    std::string made_card;
    if (command.makes_card) {
        auto number = new_card_number(desk, ask, *programme, "/makes_card");
        if (!number) return Unexpected<Refusal>{std::move(number).error()};
        made_card = *std::move(number);
    }
    if (auto refusal = used_by_another(desk, *programme, profile, std::nullopt)) return Unexpected<Refusal>{*std::move(refusal)};

    if (!account) account = new_account(desk, ask, *programme);
    const store::OwnerKey key{.org = programme->organisation, .account = account->id, .programme = programme->id};
    const MemberId member = new_member_id(desk.recorded_at(), key.account, programme->id);
    const store::MemberRow row{.org = programme->organisation,
                               .account = key.account,
                               .id = member,
                               .programme = programme->id,
                               .external_id = profile.external_id,
                               .name = profile.name,
                               .phone = profile.phone,
                               .email = profile.email,
                               .language = profile.language,
                               .facts = profile.facts,
                               .joined_on = command.joined_on.value_or(today),
                               .created_at = desk.accepted_at()};
    desk.put_account(*account);
    desk.rows.members.push_back(row);
    store::Owner& owner = desk.edit(key);
    if (!owner.members.empty()) throw store::Conflict{"member", "another joined under the account meanwhile"};
    owner.members.push_back(row);
    owner.state->state.joined_on = row.joined_on;
    derive_levels(*programme, owner.state->state, std::max(today, row.joined_on));
    desk.add_claim({.key = member_claim(key.org, member), .account = key.account, .member = member});
    claim_profile(desk, *programme, row);
    for (const std::string& number : {command.card, made_card}) {
        if (number.empty()) continue;
        if (auto refusal = give_card(desk, ask, programme, row, number, {})) return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (!command.is_import) {
        if (auto refusal = welcome(desk, *programme, key, member, today)) return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (!command.referred_by.empty()) {
        const auto brought = bring(desk, *programme, {.key = key, .member = member, .card = {}}, command.referred_by,
                                   {.author = author_of(ask.caller)});
        if (!brought) return Unexpected<Refusal>{brought.error()};
    }
    const std::string cause = member.text();
    announce_plain(desk, {.programme = *programme, .key = key, .member = member, .cause = cause}, "member.joined");
    const OwnerPointer joined = desk.owner(key);
    return view_of(desk, *programme, *joined, *member_of(*joined, member), desk.recorded_at());
}

Answered<MemberView> decide(Desk& desk, const Ask& ask, const CreateMember& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    return create_member(desk, ask, programme, command);
}

}  // namespace suki::app
