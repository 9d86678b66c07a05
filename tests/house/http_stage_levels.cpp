#include "house/answers.h"
#include "house/http_stage.h"

/// The verbs of levels that are granted, over HTTP.
namespace suki::house {

namespace {

app::LevelGrantView level_grant_in(json::Value object) {
    app::LevelGrantView grant{.id = text_in(object, "id"), .level = text_in(object, "level"), .match = text_in(object, "match")};
    grant.from = parse_date(text_in(object, "from")).value_or(Date{});
    if (const auto until = parse_date(text_in(object, "until"))) grant.until = *until;
    grant.is_in_force = is_true_in(object, "is_in_force");
    return grant;
}

}  // namespace

Reply HttpStage::grant_level(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        write_given(out, "level", action.bare(1));
        write_given(out, "match", action.named("match").value_or(""));
        write_given(out, "until", action.named("until").value_or(""));
        out.field("reason", action.named("reason").value_or("a story"));
    });
    const HttpAnswer answer = call("POST", "/v1/members/" + *id + "/level-grants", body, &action);
    if (refused(reply, answer)) return reply;
    const app::LevelGrantView grant = level_grant_in(answer.root());
    uses_[grant.level] = grant.id;
    add_level_grant(reply, grant);
    return reply;
}

Reply HttpStage::end_level(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) { out.field("reason", action.named("reason").value_or("a story")); });
    const HttpAnswer answer =
        call("POST", "/v1/members/" + *id + "/level-grants/" + grant_of(action.bare(1)) + "/end", body, &action);
    if (!refused(reply, answer)) add_level_grant(reply, level_grant_in(answer.root()));
    return reply;
}

Reply HttpStage::level_grants(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer answer = call("GET", "/v1/members/" + *id + "/level-grants");
    if (refused(reply, answer)) return reply;
    std::vector<app::LevelGrantView> grants;
    for (const json::Value one : list_in(answer.root(), "items")) grants.push_back(level_grant_in(one));
    add_level_grants(reply, grants);
    return reply;
}

}  // namespace suki::house
