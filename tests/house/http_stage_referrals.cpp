#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs of members who bring friends.
namespace suki::house {

std::string HttpStage::referrer_of(const std::string& name) {
    if (const auto code = uses_.find(name); code != uses_.end()) return code->second;
    Reply ignored;
    const auto id = id_of(name, ignored);
    return id ? *id : number_of(name);
}

Reply HttpStage::referral_code(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer given = call("POST", "/v1/members/" + *id + "/referral-code", "", &action);
    if (refused(reply, given)) return reply;
    const std::string code = text_in(given.root(), "code");
    std::string& kept = uses_[action.named("as").value_or("code")];
    reply.add("same", kept == code ? "yes" : "no");
    kept = code;
    return reply;
}

Reply HttpStage::name_referrer(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("referred_by", referrer_of(action.bare(1)));
        out.field("reason", action.named("reason").value_or("a story"));
    });
    const HttpAnswer noted = call("POST", "/v1/members/" + *id + "/referrer", body, &action);
    if (!refused(reply, noted)) reply.add("status", text_in(noted.root(), "status"));
    return reply;
}

Reply HttpStage::referrals(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/referrals");
    if (refused(reply, found)) return reply;
    const auto brought = found.root().find("brought_by");
    reply.add("brought", brought && !brought->is_null() ? text_in(*brought, "status") : "no");
    std::vector<std::string> items;
    for (const json::Value view : list_in(found.root(), "items")) {
        std::string item = text_in(view, "status");
        for (const json::Value gift : list_in(view, "gifts")) {
            item += ":" + std::to_string(number_in(gift, "points") - number_in(gift, "taken_back"));
        }
        items.push_back(std::move(item));
    }
    reply.add("friends", list_words(items));
    return reply;
}

}  // namespace suki::house
