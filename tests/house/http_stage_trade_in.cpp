#include "base/currency.h"
#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs of trade-in.
namespace suki::house {

namespace {

std::string money_in(json::Value object, std::string_view name, int exponent) {
    return money_text(Money{number_in(object, name)}, exponent);
}

void add_item(Reply& reply, json::Value item, int exponent) {
    const std::string status = text_in(item, "status");
    reply.add("status", status);
    if (number_in(item, "price") != 0) reply.add("price", money_in(item, "price", exponent));
    if (const std::string until = text_in(item, "offered_until"); !until.empty() && status == "offered") reply.add("until", until);
    if (const std::int64_t credited = number_in(item, "credited"); credited != 0) reply.add("credited", std::to_string(credited));
}

}  // namespace

Reply HttpStage::hand_in(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("trade_in", action.bare(1));
        out.field("article", action.bare(2));
        write_given(out, "store", action.named("store").value_or(""));
    });
    const HttpAnswer item = call("POST", "/v1/members/" + *id + "/trade-items", body, &action);
    if (refused(reply, item)) return reply;
    uses_[action.named("as").value_or(action.bare(2))] = text_in(item.root(), "id");
    add_item(reply, item.root(), exponent_);
    return reply;
}

Reply HttpStage::change_item(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const bool is_offer = action.verb == "offer";
    const bool is_sale = action.verb == "sell";
    const std::string step = is_offer                          ? "offer"
                             : is_sale                         ? "sell"
                             : action.verb == "accept"         ? "accept"
                             : action.verb == "refuse_offer"   ? "refuse"
                             : action.verb == "write_off"      ? "write-off"
                             : action.verb == "give_item_back" ? "give-back"
                                                               : "undo";
    const bool needs_reason = step == "write-off" || step == "undo";
    const std::string body = object_of([&](JsonWriter& out) {
        if (is_offer) out.field("grade", action.bare(2));
        if (is_sale) out.field("price", money_of(action.bare(2), exponent_).minor());
        write_given(out, "receipt", action.named("receipt").value_or(""));
        write_given(out, "reason", action.named("reason").value_or(needs_reason ? "a story" : ""));
    });
    const HttpAnswer item =
        call("POST", "/v1/members/" + *id + "/trade-items/" + escaped(use_of(action.bare(1))) + "/" + step, body, &action);
    if (!refused(reply, item)) add_item(reply, item.root(), exponent_);
    return reply;
}

Reply HttpStage::trade_items(const Action& action) {
    Reply reply;
    std::string path = "/v1/trade-items?status=" + action.bare(0);
    if (const auto store = action.named("store")) path += "&store=" + *store;
    if (!from_name<engine::TradeItemStatus>(action.bare(0))) {
        const auto id = id_of(action.bare(0), reply);
        if (!id) return reply;
        path = "/v1/members/" + *id + "/trade-items";
    }
    const HttpAnswer found = call("GET", path);
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items"))
        items.push_back(text_in(one, "article") + ":" + text_in(one, "status"));
    reply.add("items", list_words(items));
    return reply;
}

Reply HttpStage::trade_in_report(const Action& action) {
    Reply reply;
    const HttpAnswer found = call("GET", "/v1/trade-in-report?department=" + action.bare(0));
    if (refused(reply, found)) return reply;
    std::vector<std::string> months;
    for (const json::Value month : list_in(found.root(), "items")) {
        const auto said = [&](std::string_view count, std::string_view money) {
            return ":" + std::to_string(number_in(month, count)) + "/" + money_in(month, money, exponent_);
        };
        months.push_back(text_in(month, "month") + said("bought", "paid") + said("sold", "sold_for") +
                         said("left", "cost_of_left") + ":" + money_in(month, "margin", exponent_));
    }
    reply.add("months", list_words(months));
    return reply;
}

}  // namespace suki::house
