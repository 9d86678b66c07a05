#include "server/encode.h"
#include "server/handlers.h"
#include "server/lookups.h"
#include "words/words.h"

/// Days of members' lives.
namespace suki::server {

void list_member_milestones(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto found = call->app().milestones_of(call->organisation, call->programme, named(*id));
    if (!found) return call->refuse(found.error());
    const std::string language = call->language_for(found->plan.get());
    const auto title = [&](std::string_view milestone) {
        return found->plan == nullptr ? std::string{milestone} : words::milestone_title(language, *found->plan, milestone);
    };
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("given");
    for (const app::MilestoneView& view : found->given) {
        out.begin_object();
        out.field("id", view.id);
        out.field("milestone", view.milestone);
        out.field("title", title(view.milestone));
        out.field("day", date_text(view.day));
        out.field("unit", view.unit);
        out.field("points", view.points.minor());
        out.field("clause", view.clause);
        write_instant(out, "given_at", view.given_at);
        out.end_object();
    }
    out.end_array();
    out.begin_array("to_come");
    for (const app::MilestoneToCome& one : found->to_come) {
        out.begin_object();
        out.field("milestone", one.milestone->id);
        out.field("title", title(one.milestone->id));
        out.field("says", words::say_milestone(language, *found->plan, *one.milestone));
        write_date_or_null(out, "day", one.day);
        out.field("unit", found->plan->units.at(one.milestone->unit).id);
        out.field("points", one.milestone->points);
        out.field("clause", one.milestone->clause);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

}  // namespace suki::server
