#include <algorithm>

#include "app/announce.h"
#include "app/decide.h"
#include "app/milestones.h"
#include "app/profile.h"
#include "app/resolve.h"

namespace suki::app {

Answered<MemberView> decide(Desk& desk, const Ask& ask, const PatchMember& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto named = find_as_named(desk, *programme, {.by = NamedBy::member, .value = command.member.text()});
    if (!named) return refuse(named.error(), "/member");
    if (standing(desk, named->key) != named->key) return refuse(MemberRejection::member_merged, "/member");
    const store::MemberRow before = *member_of(*desk.owner(named->key), named->member);
    // Whoever holds the card gets to be known by joining with it.
    if (before.status == store::MemberStatus::anonymous) return refuse(MemberRejection::member_is_anonymous, "/member");
    if (command.if_version && *command.if_version != before.version) {
        return refuse(MemberRejection::version_changed, {}, {{"version", std::to_string(before.version)}});
    }
    MemberProfile profile{.name = command.name.value_or(before.name),
                          .phone = command.phone.value_or(before.phone),
                          .email = command.email.value_or(before.email),
                          .external_id = command.external_id.value_or(before.external_id),
                          .language = command.language.value_or(before.language),
                          .facts = before.facts};
    change_facts(profile.facts, command);
    if (auto refusal = canonicalise(profile)) return Unexpected<Refusal>{*std::move(refusal)};
    if (command.birthday) {
        const Date today = local_date(*programme->latest().zone, desk.recorded_at());
        if (auto refusal = birthday_to_come(*command.birthday, today)) return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (auto refusal = used_by_another(desk, *programme, profile, named->member)) return Unexpected<Refusal>{*std::move(refusal)};

    store::Owner& owner = desk.edit(named->key);
    const auto row = std::find_if(owner.members.begin(), owner.members.end(),
                                  [&](const store::MemberRow& member) { return member.id == named->member; });
    row->name = profile.name;
    row->phone = profile.phone;
    row->email = profile.email;
    row->external_id = profile.external_id;
    row->language = profile.language;
    row->facts = profile.facts;
    ++row->version;
    desk.rows.members.push_back(*row);
    release_profile(desk, *programme, before, *row);
    claim_profile(desk, *programme, *row);
    mark_renewals(desk, *programme, *named, before.facts, row->facts);
    const std::string cause = named->member.text();
    announce_plain(desk, {.programme = *programme, .key = named->key, .member = named->member, .cause = cause}, "member.changed");
    return view_of(desk, *programme, owner, *row, desk.recorded_at());
}

}  // namespace suki::app
