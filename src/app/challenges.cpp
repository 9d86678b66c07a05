#include "app/benefits.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/person.h"
#include "app/resolve.h"

namespace suki::app {

Answered<MemberChallenges> App::challenges(const std::string& organisation, const std::string& programme,
                                           const MemberName& name) const {
    return guarded<MemberChallenges>(*core_, [&]() -> Answered<MemberChallenges> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const Date today = local_date(*found->latest().zone, core_->wiring.now());
        MemberChallenges all{.member = named->member, .plan = nullptr, .today = today, .challenges = {}};
        const Edition* edition = found->in_force(today);
        if (edition == nullptr) return all;
        all.plan = edition->plan;
        const OwnerPointer owner = desk.owner(named->key);
        const store::StateRow nothing;
        const store::StateRow& row = owner->state ? *owner->state : nothing;
        const std::string person = owner->state ? own_name(row, named->member) : std::string{};
        all.challenges = engine::challenge_outlooks(*all.plan, row.state, person, today);
        return all;
    });
}

}  // namespace suki::app
