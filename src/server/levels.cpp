#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

/// Levels that are granted, and what a changed ladder would do.

namespace suki::server {

namespace {

void write_level_grant(JsonWriter& out, const app::LevelGrantView& grant) {
    out.begin_object();
    out.field("id", grant.id);
    out.field("member", grant.member.text());
    out.field("level", grant.level);
    write_text_or_null(out, "match", grant.match);
    out.field("from", date_text(grant.from));
    write_date_or_null(out, "until", grant.until);
    out.field("is_in_force", grant.is_in_force);
    out.field("author", grant.author);
    out.field("reason", grant.reason);
    write_text_or_null(out, "ended_by", grant.ended_by);
    write_text_or_null(out, "ended_because", grant.ended_because);
    write_instant(out, "recorded_at", grant.recorded_at);
    out.end_object();
}

template <int status>
void send(Call& call, const app::LevelGrantView& grant) {
    send_view(call, status, grant, write_level_grant);
}

void write_level_grants(JsonWriter& out, const std::vector<app::LevelGrantView>& grants) {
    out.begin_object();
    out.begin_array("items");
    for (const app::LevelGrantView& grant : grants) write_level_grant(out, grant);
    out.end_array();
    out.end_object();
}

void write_preview(JsonWriter& out, const app::LevelPreview& preview, const std::string& language) {
    const auto title = [&](const std::string& id) -> std::string_view {
        for (const programme::Level& level : preview.plan->levels) {
            if (level.id == id && !level.title.is_empty()) return level.title.in(language);
        }
        return id;
    };
    out.begin_object();
    out.field("programme", preview.programme);
    out.field("effective_on", date_text(preview.effective_on));
    out.field("members", preview.members);
    out.begin_array("moves");
    for (const app::LevelMove& move : preview.moves) {
        out.begin_object();
        write_text_or_null(out, "from", move.from);
        write_text_or_null(out, "from_title", title(move.from));
        write_text_or_null(out, "to", move.to);
        write_text_or_null(out, "to_title", title(move.to));
        write_text_or_null(out, "settled", move.settled);
        write_text_or_null(out, "settled_title", title(move.settled));
        out.field("kind", name_of(move.kind));
        out.field("later", name_of(move.later));
        out.field("members", move.members);
        out.begin_array("examples");
        for (const MemberId& member : move.examples) out.value(member.text());
        out.end_array();
        out.end_object();
    }
    out.end_array();
    write_text_or_null(out, "next", preview.next_cursor);
    out.end_object();
}

}  // namespace

void preview_levels(const CallPointer& call) {
    const auto input = read_body<DocumentInput>(*call, read_document);
    if (!input) return;
    const auto preview = call->app().preview_levels(call->organisation, input->document, call->page);
    if (!preview) return call->refuse(preview.error());
    std::string body;
    JsonWriter out{body};
    write_preview(out, *preview, call->language_for(preview->plan.get()));
    call->send_json(200, std::move(body));
}

void list_level_grants(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    answer_with(*call, call->app().level_grants(call->organisation, call->programme, named(*id)), write_level_grants);
}

void grant_level(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::GrantLevel>(*call, read_level_grant);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), send<201>);
}

void end_level_grant(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::EndLevelGrant>(*call, read_level_grant_end);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->grant = call->path_values.at(1);
    submit(call, *std::move(command), send<200>);
}

}  // namespace suki::server
