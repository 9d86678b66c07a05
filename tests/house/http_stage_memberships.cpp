#include "base/decimal.h"
#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs of memberships.
namespace suki::house {

namespace {

void add_membership(Reply& reply, json::Value view) {
    reply.add("status", text_in(view, "status"));
    const std::pair<const char*, const char*> dates[] = {
        {"paid", "paid_until"}, {"ends", "ends_on"}, {"lapses", "lapses_on"}, {"paused", "paused_until"}};
    for (const auto& [name, key] : dates) {
        if (const std::string date = text_in(view, key); !date.empty()) reply.add(name, date);
    }
    if (const std::int64_t kept = number_in(view, "days_kept"); kept != 0) reply.add("kept", std::to_string(kept));
    if (!text_in(view, "request").empty()) reply.add("asked", "yes");
}

}  // namespace

Reply HttpStage::join_membership(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) { out.field("membership", action.bare(1)); });
    const HttpAnswer joined = call("POST", "/v1/members/" + *id + "/memberships", body, &action);
    if (refused(reply, joined)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = text_in(joined.root(), "id");
    add_membership(reply, joined.root());
    return reply;
}

Reply HttpStage::change_membership(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string what = action.verb.substr(0, action.verb.find('_'));
    const std::string body = object_of([&](JsonWriter& out) { write_given(out, "reason", action.named("reason").value_or("")); });
    const HttpAnswer changed =
        call("POST", "/v1/members/" + *id + "/memberships/" + escaped(use_of(action.bare(1))) + "/" + what, body, &action);
    if (!refused(reply, changed)) add_membership(reply, changed.root());
    return reply;
}

Reply HttpStage::report_payment(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/memberships");
    if (refused(reply, found)) return reply;
    const auto back = static_cast<std::size_t>(parse_integer(action.named("back").value_or("0")).value_or(0));
    std::vector<std::string> requests;
    for (const json::Value one : list_in(found.root(), "requests")) requests.push_back(text_in(one, "id"));
    const std::string request = back < requests.size() ? requests[back] : "pay_00000000000000000000000001";
    const std::string body = object_of([&](JsonWriter& out) { out.field("result", action.bare(1)); });
    Reply fresh;
    const HttpAnswer reported = call("POST", "/v1/members/" + *id + "/payment-requests/" + request + "/result", body, &action);
    if (refused(fresh, reported)) return fresh;
    fresh.add("status", text_in(reported.root(), "status"));
    fresh.add("period", text_in(reported.root(), "from") + "/" + text_in(reported.root(), "until"));
    fresh.add("amount", std::to_string(number_in(reported.root(), "amount")));
    if (const std::int64_t refund = number_in(reported.root(), "refund"); refund != 0) fresh.add("refund", std::to_string(refund));
    return fresh;
}

Reply HttpStage::memberships(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/memberships");
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value view : list_in(found.root(), "items")) {
        std::string item = text_in(view, "membership") + ":" + text_in(view, "status");
        for (const json::Value period : list_in(view, "periods"))
            item += ":" + text_in(period, "from") + "/" + text_in(period, "until");
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    std::vector<std::string> requests;
    for (const json::Value view : list_in(found.root(), "requests")) {
        const std::int64_t refund = number_in(view, "refund");
        requests.push_back(text_in(view, "status") + ":" + std::to_string(number_in(view, "amount")) +
                           (refund == 0 ? "" : "-" + std::to_string(refund)));
    }
    reply.add("requests", list_words(requests));
    return reply;
}

Reply HttpStage::membership_plans(const Action&) {
    Reply reply;
    const HttpAnswer found = call("GET", "/v1/membership-plans");
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value plan : list_in(found.root(), "items")) {
        std::int64_t had = 0;
        for (const char* status : {"trial", "active", "grace"}) had += number_in(*plan.find("counts"), status);
        items.push_back(text_in(plan, "id") + ":" + std::to_string(had));
    }
    reply.add("items", list_words(items));
    return reply;
}

Reply HttpStage::payment_requests(const Action& action) {
    Reply reply;
    const HttpAnswer found = call("GET", "/v1/payment-requests?status=" + action.bare(0));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value view : list_in(found.root(), "items")) {
        items.push_back(text_in(view, "plan") + ":" + std::to_string(number_in(view, "amount")) + ":" + text_in(view, "due_on"));
    }
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
