#include "base/decimal.h"
#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs of gifts.
namespace suki::house {

namespace {

void add_order(Reply& reply, json::Value order) {
    reply.add("status", text_in(order, "status"));
    for (const char* name : {"points", "money"}) {
        if (const std::int64_t amount = number_in(order, name); amount != 0) reply.add(name, std::to_string(amount));
    }
    const std::string until = text_in(order, "held_until");
    if (!until.empty() && text_in(order, "status") == "reserved") reply.add("until", until);
}

}  // namespace

Reply HttpStage::move_stock(const Action& action) {
    Reply reply;
    const std::int64_t count = parse_integer(action.bare(2)).value_or(0);
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("store", action.bare(1));
        out.field("move", count < 0 ? "written_off" : "received");
        out.field("count", count < 0 ? -count : count);
        if (count < 0) out.field("reason", "a story");
    });
    const HttpAnswer stock = call("POST", "/v1/gifts/" + escaped(action.bare(0)) + "/stock", body, &action);
    if (!refused(reply, stock)) reply.add("left", std::to_string(number_in(stock.root(), "left")));
    return reply;
}

Reply HttpStage::gifts(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const auto store = action.named("store");
    const HttpAnswer found = call("GET", "/v1/gifts?member=" + *id + (store ? "&store=" + *store : ""));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items")) {
        const auto left = one.find("left");
        std::string item = text_in(one, "id") + ":" + (left->is_null() ? "any" : std::to_string(number_in(one, "left")));
        for (const json::Value asked : list_in(one, "prices")) {
            const std::int64_t missing = asked.find("missing")->is_null() ? 0 : number_in(asked, "missing");
            if (missing > 0) item += ":" + std::to_string(missing) + "_missing";
            if (const std::string refusal = text_in(asked, "refusal"); !refusal.empty()) item += ":" + refusal;
        }
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    return reply;
}

Reply HttpStage::order_gift(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const bool is_present = action.verb == "present";
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("count", parse_integer(action.named("count").value_or("1")).value_or(0));
        write_given(out, "store", action.named("store").value_or(""));
        write_given(out, "price", action.named("by").value_or(""));
        if (action.named("now") == "yes") out.field("is_handed_over", true);
        write_given(out, "reason", action.named("reason").value_or(is_present ? "a story" : ""));
    });
    const std::string path = "/v1/members/" + *id + "/gifts/" + escaped(action.bare(1)) + (is_present ? "/presents" : "/orders");
    const HttpAnswer order = call("POST", path, body, &action);
    if (refused(reply, order)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = text_in(order.root(), "id");
    add_order(reply, order.root());
    return reply;
}

Reply HttpStage::end_order(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string end = action.verb == "hand_over" ? "hand-over" : action.verb == "cancel_order" ? "cancel" : "take-back";
    const std::string body = object_of([&](JsonWriter& out) {
        write_given(out, "substitute", action.named("instead").value_or(""));
        write_given(out, "store", action.named("store").value_or(""));
        if (action.named("damaged") == "yes") out.field("is_damaged", true);
        write_given(out, "reason", action.named("reason").value_or(end == "take-back" ? "a story" : ""));
    });
    const HttpAnswer order =
        call("POST", "/v1/members/" + *id + "/gift-orders/" + escaped(use_of(action.bare(1))) + "/" + end, body, &action);
    if (!refused(reply, order)) add_order(reply, order.root());
    return reply;
}

Reply HttpStage::gift_orders(const Action& action) {
    Reply reply;
    const auto store = action.named("store");
    const HttpAnswer found = call("GET", "/v1/gift-orders?status=" + action.bare(0) + (store ? "&store=" + *store : ""));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items"))
        items.push_back(text_in(one, "gift") + ":" + text_in(one, "status"));
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
