#include "base/currency.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of trade-in: what is handed in, and what becomes of it.
namespace suki::house {

namespace {

void add_item(Reply& reply, const app::TradeItemView& item, int exponent) {
    reply.add("status", std::string{name_of(item.status)});
    if (!item.price.is_zero()) reply.add("price", money_text(item.price, exponent));
    if (item.offered_until && item.status == engine::TradeItemStatus::offered) reply.add("until", date_text(*item.offered_until));
    if (!item.credited.is_zero()) reply.add("credited", std::to_string(item.credited.minor()));
}

}  // namespace

/// `hand_in ana shoes boots as=boots store=main`.
Reply AppStage::hand_in(const Action& action) {
    Reply reply;
    app::HandInItem command{.programme = programme_, .member = member_of(action.bare(0)), .trade_in = action.bare(1)};
    command.article = action.bare(2);
    command.store = action.named("store").value_or("");
    const auto item = world_.app().run(caller(action), command);
    if (refused(reply, item)) return reply;
    uses_[action.named("as").value_or(action.bare(2))] = item->id;
    add_item(reply, *item, exponent_);
    return reply;
}

/// `offer ana boots good`, `accept ana boots`, `refuse_offer ana boots`, `sell ana boots 15.00 receipt=r7`,
/// `write_off ana boots`, `give_item_back ana boots`, `undo_trade ana boots`.
Reply AppStage::change_item(const Action& action) {
    using Step = engine::TradeItemStep;
    Reply reply;
    app::ChangeTradeItem command{.programme = programme_, .member = member_of(action.bare(0)), .item = use_of(action.bare(1))};
    command.step = action.verb == "offer"            ? Step::offer
                   : action.verb == "accept"         ? Step::accept
                   : action.verb == "refuse_offer"   ? Step::refuse
                   : action.verb == "sell"           ? Step::sell
                   : action.verb == "write_off"      ? Step::write_off
                   : action.verb == "give_item_back" ? Step::give_back
                                                     : Step::undo;
    if (command.step == Step::offer) command.grade = action.bare(2);
    if (command.step == Step::sell) command.price = money_of(action.bare(2), exponent_);
    command.receipt = action.named("receipt").value_or("");
    const bool needs_reason = command.step == Step::write_off || command.step == Step::undo;
    command.reason = action.named("reason").value_or(needs_reason ? "a story" : "");
    const auto item = world_.app().run(caller(action), command);
    if (!refused(reply, item)) add_item(reply, *item, exponent_);
    return reply;
}

/// `items ana`: all of hers, newest first; `items offered`: of all members.
Reply AppStage::trade_items(const Action& action) {
    Reply reply;
    const auto status = from_name<engine::TradeItemStatus>(action.bare(0));
    const auto found = status ? world_.app().trade_items(
                                    kOrganisation, programme_,
                                    {.status = status, .trade_in = {}, .store = action.named("store").value_or(""), .page = {}})
                              : world_.app().trade_items_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::TradeItemView& one : found->items) items.push_back(one.article + ":" + std::string{name_of(one.status)});
    reply.add("items", list_words(items));
    return reply;
}

/// `pays second_hand`: by month `2026-03:bought/paid:sold/for:left/at:margin`.
Reply AppStage::trade_in_report(const Action& action) {
    Reply reply;
    const auto found = world_.app().trade_in_report(kOrganisation, programme_, action.bare(0));
    if (refused(reply, found)) return reply;
    std::vector<std::string> months;
    for (const engine::TradeInMonth& month : found->months) {
        const auto said = [&](std::int64_t count, Money money) {
            return ":" + std::to_string(count) + "/" + money_text(money, exponent_);
        };
        months.push_back(date_text(month.month).substr(0, 7) + said(month.bought, month.paid) + said(month.sold, month.sold_for) +
                         said(month.left, month.cost_of_left) + ":" + money_text(month.margin, exponent_));
    }
    reply.add("months", list_words(months));
    return reply;
}

}  // namespace suki::house
