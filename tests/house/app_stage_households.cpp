#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of households.
namespace suki::house {

void add_household(Reply& reply, const std::vector<std::string>& people, const std::string& pays, const std::string& level) {
    reply.add("people", list_words(people));
    reply.add("pays", pays);
    reply.add("level", level);
}

namespace {
/// By the names that stories give them, the owner first.
void add_household(Reply& reply, const app::HouseholdView& household) {
    std::vector<std::string> people;
    for (const app::HouseholdPerson& person : household.people) people.push_back(person.name);
    add_household(reply, people, std::string{name_of(household.pays)}, household.level);
    add_balances(reply, household.balances);
}
}  // namespace

/// `join ben ana`: ben joins ana's household.
Reply AppStage::join_household(const Action& action) {
    Reply reply;
    const app::JoinHousehold command{.programme = programme_,
                                     .member = member_of(action.bare(0)),
                                     .to = member_of(action.bare(1)),
                                     .reason = action.named("reason").value_or("a story")};
    const auto household = world_.app().run(caller(action), command);
    if (!refused(reply, household)) add_household(reply, *household);
    return reply;
}

Reply AppStage::leave_household(const Action& action) {
    Reply reply;
    const app::LeaveHousehold command{
        .programme = programme_, .member = member_of(action.bare(0)), .reason = action.named("reason").value_or("a story")};
    const auto household = world_.app().run(caller(action), command);
    if (!refused(reply, household)) add_household(reply, *household);
    return reply;
}

/// `household ana` looks; with `pays=owner` or `owner=ben` it is set.
Reply AppStage::household(const Action& action) {
    Reply reply;
    const auto pays = action.named("pays");
    const auto owner = action.named("owner");
    if (!pays && !owner) {
        const auto found = world_.app().household(kOrganisation, programme_, member_of(action.bare(0)));
        if (!refused(reply, found)) add_household(reply, *found);
        return reply;
    }
    app::SetHousehold command{.programme = programme_, .member = member_of(action.bare(0)), .reason = "a story"};
    if (pays) command.pays = from_name<app::HouseholdPays>(*pays);
    if (owner) command.owner = member_of(*owner);
    const auto set = world_.app().run(caller(action), command);
    if (!refused(reply, set)) add_household(reply, *set);
    return reply;
}

}  // namespace suki::house
