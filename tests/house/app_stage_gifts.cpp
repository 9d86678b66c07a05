#include "base/decimal.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of gifts: their stock, and who ordered which.
namespace suki::house {

namespace {

void add_order(Reply& reply, const app::GiftOrderView& order) {
    reply.add("status", std::string{name_of(order.status)});
    if (!order.points.is_zero()) reply.add("points", std::to_string(order.points.minor()));
    if (!order.money.is_zero()) reply.add("money", std::to_string(order.money.minor()));
    if (order.held_until && order.status == app::GiftOrderStatus::reserved) reply.add("until", date_text(*order.held_until));
}

}  // namespace

/// `stock ham main 5` were delivered; `-2` are written off.
Reply AppStage::move_stock(const Action& action) {
    Reply reply;
    app::MoveGiftStock command{.programme = programme_, .gift = action.bare(0), .store = action.bare(1)};
    command.count = parse_integer(action.bare(2)).value_or(0);
    if (command.count < 0) {
        command.move = app::StockMove::written_off;
        command.count = -command.count;
        command.reason = "a story";
    }
    const auto stock = world_.app().run(caller(action), command);
    if (refused(reply, stock)) return reply;
    reply.add("left", std::to_string(stock->left));
    return reply;
}

/// `gifts ana store=main`: how many there are, and what ana lacks for each way to buy it: `ham:3`, `knife:0:20_missing`,
/// `tour:any`.
Reply AppStage::gifts(const Action& action) {
    Reply reply;
    const auto found = world_.app().gifts(kOrganisation, programme_, action.named("store").value_or(""), member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::GiftOffered& one : found->gifts) {
        std::string item = found->plan->gifts[one.gift].id + ":" + (one.left ? std::to_string(*one.left) : "any");
        for (const app::GiftAsked& asked : one.prices) {
            const bool is_missing = asked.missing.value_or(0) > 0;
            if (is_missing) item += ":" + std::to_string(*asked.missing) + "_missing";
            if (!asked.refusal.empty()) item += ":" + asked.refusal;
        }
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    return reply;
}

/// `order ana ham store=main as=one`, `now=yes` where it is handed over at once; `present` costs nothing.
Reply AppStage::order_gift(const Action& action) {
    Reply reply;
    app::OrderGift command{.programme = programme_, .member = member_of(action.bare(0)), .gift = action.bare(1)};
    command.count = parse_integer(action.named("count").value_or("1")).value_or(0);
    command.store = action.named("store").value_or("");
    command.price = action.named("by").value_or("");
    command.is_handed_over = action.named("now") == "yes";
    command.is_present = action.verb == "present";
    command.reason = action.named("reason").value_or(command.is_present ? "a story" : "");
    const auto order = world_.app().run(caller(action), command);
    if (refused(reply, order)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = order->id;
    add_order(reply, *order);
    return reply;
}

/// `hand_over ana one instead=hat`, `cancel_order ana one`, `take_back ana one damaged=yes`.
Reply AppStage::end_order(const Action& action) {
    Reply reply;
    app::EndGiftOrder command{.programme = programme_, .member = member_of(action.bare(0)), .order = use_of(action.bare(1))};
    command.end = action.verb == "hand_over"      ? app::GiftOrderEnd::hand_over
                  : action.verb == "cancel_order" ? app::GiftOrderEnd::cancel
                                                  : app::GiftOrderEnd::take_back;
    command.substitute = action.named("instead").value_or("");
    command.store = action.named("store").value_or("");
    command.is_damaged = action.named("damaged") == "yes";
    command.reason = action.named("reason").value_or(command.end == app::GiftOrderEnd::take_back ? "a story" : "");
    const auto order = world_.app().run(caller(action), command);
    if (!refused(reply, order)) add_order(reply, *order);
    return reply;
}

/// `orders reserved store=main`: of all members.
Reply AppStage::gift_orders(const Action& action) {
    Reply reply;
    const auto found = world_.app().gift_orders(kOrganisation, programme_,
                                                {.status = from_name<app::GiftOrderStatus>(action.bare(0)),
                                                 .gift = {},
                                                 .store = action.named("store").value_or(""),
                                                 .page = {}});
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::GiftOrderView& one : found->orders) items.push_back(one.gift + ":" + std::string{name_of(one.status)});
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
