#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of levels that are granted.
namespace suki::house {

void add_level_grant(Reply& reply, const app::LevelGrantView& grant) {
    reply.add("level", grant.level);
    reply.add("from", date_text(grant.from));
    reply.add("until", grant.until ? date_text(*grant.until) : "none");
    reply.add("in_force", grant.is_in_force ? "yes" : "no");
}

void add_level_grants(Reply& reply, const std::vector<app::LevelGrantView>& grants) {
    std::vector<std::string> items;
    for (const app::LevelGrantView& grant : grants) {
        const std::string match = grant.match.empty() ? std::string{} : "/" + grant.match;
        items.push_back(grant.level + match + ":" + (grant.is_in_force ? "in_force" : "over"));
    }
    reply.add("items", list_words(items));
}

/// `grant_level ana family`, `grant_level ana match=rival`, with `until=2026-05-01`.
Reply AppStage::grant_level(const Action& action) {
    Reply reply;
    app::GrantLevel command{.programme = programme_, .member = member_of(action.bare(0))};
    command.match = action.named("match").value_or("");
    command.level = action.bare(1);
    if (const auto until = action.named("until")) command.until = parse_date(*until);
    command.reason = action.named("reason").value_or("a story");
    const auto grant = world_.app().run(caller(action), command);
    if (refused(reply, grant)) return reply;
    uses_[grant->level] = grant->id;
    add_level_grant(reply, *grant);
    return reply;
}

std::string AppStage::grant_of(const std::string& level) const {
    const auto known = uses_.find(level);
    return known == uses_.end() ? "lgr_00000000000000000000000001" : known->second;
}

/// `end_level ana family`: what was granted last.
Reply AppStage::end_level(const Action& action) {
    Reply reply;
    const app::EndLevelGrant command{.programme = programme_,
                                     .member = member_of(action.bare(0)),
                                     .grant = grant_of(action.bare(1)),
                                     .reason = action.named("reason").value_or("a story")};
    const auto grant = world_.app().run(caller(action), command);
    if (!refused(reply, grant)) add_level_grant(reply, *grant);
    return reply;
}

Reply AppStage::level_grants(const Action& action) {
    Reply reply;
    const auto grants = world_.app().level_grants(kOrganisation, programme_, member_of(action.bare(0)));
    if (!refused(reply, grants)) add_level_grants(reply, *grants);
    return reply;
}

}  // namespace suki::house
