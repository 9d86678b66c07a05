#include "base/decimal.h"
#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs of recognition among colleagues, and of milestones.
namespace suki::house {

namespace {

std::vector<std::string> listed_words(json::Value answer, const char* name) {
    std::vector<std::string> items;
    for (const json::Value one : list_in(answer, name)) {
        std::string item = text_in(one, "kind") + ":" + std::to_string(number_in(one, "points"));
        if (const std::string reason = text_in(one, "reason"); !reason.empty()) item += ":" + reason;
        if (text_in(one, "status") == "withdrawn") item += ":withdrawn";
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

Reply HttpStage::give_recognition(const Action& action) {
    Reply reply;
    const auto from = id_of(action.bare(0), reply);
    const auto to = from ? id_of(action.bare(1), reply) : std::nullopt;
    if (!to) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("to", *to);
        out.field("kind", action.named("of").value_or("thanks"));
        out.field("points", parse_integer(action.bare(2)).value_or(0));
        write_given(out, "reason", action.named("for").value_or(""));
        write_given(out, "message", action.named("says").value_or(""));
    });
    const HttpAnswer given = call("POST", "/v1/members/" + *from + "/recognitions", body, &action);
    if (refused(reply, given)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = text_in(given.root(), "id");
    reply.add("points", std::to_string(number_in(given.root(), "points")));
    return reply;
}

Reply HttpStage::withdraw_recognition(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) { out.field("reason", action.named("reason").value_or("a story")); });
    const HttpAnswer ended =
        call("POST", "/v1/members/" + *id + "/recognitions/" + escaped(use_of(action.bare(1))) + "/withdraw", body, &action);
    if (!refused(reply, ended)) reply.add("taken_back", std::to_string(number_in(ended.root(), "taken_back")));
    return reply;
}

Reply HttpStage::member_recognitions(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/recognitions");
    if (refused(reply, found)) return reply;
    reply.add("given", list_words(listed_words(found.root(), "given")));
    reply.add("received", list_words(listed_words(found.root(), "received")));
    std::vector<std::string> left;
    for (const json::Value one : list_in(found.root(), "kinds")) {
        left.push_back(text_in(one, "id") + ":" + std::to_string(number_in(one, "left")));
    }
    reply.add("left", list_words(left));
    return reply;
}

Reply HttpStage::recognitions(const Action& action) {
    Reply reply;
    const std::string status = action.bare(0);
    const HttpAnswer found = call("GET", "/v1/recognitions" + (status.empty() ? "" : "?status=" + status));
    if (!refused(reply, found)) reply.add("items", list_words(listed_words(found.root(), "items")));
    return reply;
}

Reply HttpStage::member_milestones(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/milestones");
    if (refused(reply, found)) return reply;
    std::vector<std::string> given;
    for (const json::Value one : list_in(found.root(), "given")) {
        given.push_back(text_in(one, "milestone") + ":" + text_in(one, "day") + ":" + std::to_string(number_in(one, "points")));
    }
    reply.add("given", list_words(given));
    std::vector<std::string> to_come;
    for (const json::Value one : list_in(found.root(), "to_come")) {
        const std::string day = text_in(one, "day");
        to_come.push_back(text_in(one, "milestone") + (day.empty() ? "" : ":" + day));
    }
    reply.add("to_come", list_words(to_come));
    return reply;
}

}  // namespace suki::house
