#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

/// Members who gather together.
namespace suki::server {

namespace {

void write_household(JsonWriter& out, const app::HouseholdView& household) {
    out.begin_object();
    out.field("member", household.member.text());
    out.field("account", household.account.text());
    out.field("is_household", !household.people.empty());
    out.field("pays", name_of(household.pays));
    out.field("people_most", household.people_most);
    out.begin_array("people");
    for (const app::HouseholdPerson& person : household.people) {
        out.begin_object();
        out.field("member", person.member.text());
        write_text_or_null(out, "name", person.name);
        out.field("is_owner", person.is_owner);
        write_instant(out, "since", person.since);
        out.end_object();
    }
    out.end_array();
    write_balances(out, "balances", household.balances);
    write_text_or_null(out, "level", household.level);
    out.end_object();
}

template <int status>
void send(Call& call, const app::HouseholdView& household) {
    send_view(call, status, household, write_household);
}

}  // namespace

void get_household(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    answer_with(*call, call->app().household(call->organisation, call->programme, named(*id)), write_household);
}

void join_household(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::JoinHousehold>(*call, read_household_person);
    if (!command) return;
    command->programme = call->programme;
    command->to = named(*id);
    submit(call, *std::move(command), send<201>);
}

void leave_household(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::LeaveHousehold>(*call, read_household_leave);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), send<200>);
}

void set_household(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::SetHousehold>(*call, read_household_patch);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), send<200>);
}

}  // namespace suki::server
