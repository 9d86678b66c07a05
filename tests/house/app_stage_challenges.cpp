#include "base/time.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verb of challenges.
namespace suki::house {

/// `challenges ana`, or `of=coffee` alone: how far each is, `coffee:4/6`, `set:ham=1/1,bread=0/1@2026-04-01` (counts until then),
/// `quest*1:done`.
Reply AppStage::challenges(const Action& action) {
    Reply reply;
    const auto found = world_.app().challenges(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const engine::ChallengeOutlook& one : found->challenges) {
        const programme::Plan& plan = *found->plan;
        std::vector<engine::PartMove> parts;
        for (const engine::PartOutlook& part : one.parts) {
            parts.push_back(
                {.part = plan.challenge_parts[part.part].id, .after = part.have, .need = plan.challenge_parts[part.part].need});
        }
        const std::string& id = plan.offers[plan.challenges[one.challenge].offer].id;
        if (action.named("of").value_or(id) != id) continue;
        std::string item = id;
        if (one.times > 0) item += "*" + std::to_string(one.times);
        item += ":" + (one.is_done ? std::string{"done"} : parts_words(parts, false));
        if (one.until) item += "@" + date_text(*one.until);
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
