#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "server/rates.h"

/// Gifts: the catalogue, their stock, and who ordered which.
namespace suki::server {

namespace {

void write_money_or_null(JsonWriter& out, std::string_view name, const std::optional<Money>& money) {
    if (money) {
        out.field(name, money->minor());
    } else {
        out.field_null(name);
    }
}

void write_number_or_null(JsonWriter& out, std::string_view name, const std::optional<std::int64_t>& number) {
    if (number) {
        out.field(name, *number);
    } else {
        out.field_null(name);
    }
}

void write_order(JsonWriter& out, const app::GiftOrderView& order) {
    out.begin_object();
    out.field("id", order.id);
    out.field("member", order.member.text());
    out.field("gift", order.gift);
    out.field("count", order.count);
    out.field("status", name_of(order.status));
    write_text_or_null(out, "store", order.store);
    write_text_or_null(out, "price", order.price);
    write_text_or_null(out, "unit", order.unit);
    out.field("points", order.points.minor());
    out.field("money", order.money.minor());
    out.field("is_present", order.is_present);
    out.field("author", order.author);
    write_text_or_null(out, "note", order.note);
    write_instant(out, "ordered_at", order.ordered_at);
    write_date_or_null(out, "held_until", order.held_until);
    write_instant(out, "ended_at", order.ended_at);
    write_text_or_null(out, "ended_by", order.ended_by);
    write_text_or_null(out, "reason", order.reason);
    write_text_or_null(out, "substitute", order.substitute);
    write_text_or_null(out, "receipt", order.receipt);
    out.field("is_damaged", order.is_damaged);
    write_text_or_null(out, "offer", order.offer);
    write_text_or_null(out, "given_for", order.given_for);
    out.field("is_owed_back", order.is_owed_back);
    out.end_object();
}

void write_gift(JsonWriter& out, const app::GiftCatalogue& catalogue, const app::GiftOffered& offered, std::string_view language) {
    const programme::Gift& gift = catalogue.plan->gifts.at(offered.gift);
    out.begin_object();
    out.field("id", gift.id);
    out.field("title", gift.title.is_empty() ? std::string_view{gift.id} : gift.title.in(language));
    out.field("clause", gift.clause);
    out.begin_array("prices");
    for (const app::GiftAsked& asked : offered.prices) {
        const programme::GiftPrice& price = catalogue.plan->gift_prices.at(asked.price);
        out.begin_object();
        out.field("id", price.id);
        out.field("clause", price.clause);
        out.field("unit", catalogue.plan->units.at(price.unit).id);
        out.field("points", price.points);
        out.field("money", price.money.minor());
        out.begin_array("levels");
        for (const std::uint32_t level : price.levels) out.value(catalogue.plan->levels.at(level).id);
        out.end_array();
        write_number_or_null(out, "missing", asked.missing);
        write_text_or_null(out, "refusal", asked.refusal);
        out.end_object();
    }
    out.end_array();
    write_money_or_null(out, "value", gift.value);
    write_text_or_null(out, "sku", gift.sku);
    write_text_or_null(out, "partner", gift.partner);
    out.field("stocked", name_of(gift.stocked));
    out.begin_array("substitutes");
    for (const std::string& other : gift.substitutes) out.value(other);
    out.end_array();
    write_number_or_null(out, "left", offered.left);
    write_number_or_null(out, "received", offered.left ? std::optional{offered.received} : std::nullopt);
    write_number_or_null(out, "written_off", offered.left ? std::optional{offered.written_off} : std::nullopt);
    out.end_object();
}

using ReadOrder = void (*)(json::Object&, app::OrderGift&);
void order(const CallPointer& call, bool is_present, ReadOrder read) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::OrderGift>(*call, read);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->gift = call->path_values.at(1);
    command->is_present = is_present;
    if (command->store.empty()) command->store = call->principal.store;
    submit(call, *std::move(command),
           [](Call& answered, const app::GiftOrderView& view) { send_view(answered, 201, view, write_order); });
}

using ReadEnd = void (*)(json::Object&, app::EndGiftOrder&);
void end_order(const CallPointer& call, app::GiftOrderEnd end, ReadEnd read) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::EndGiftOrder>(*call, read);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->order = call->path_values.at(1);
    command->end = end;
    if (command->store.empty()) command->store = call->principal.store;
    submit(call, *std::move(command),
           [](Call& answered, const app::GiftOrderView& view) { send_view(answered, 200, view, write_order); });
}

}  // namespace

void list_gifts(const CallPointer& call) {
    const auto store = store_of_query(*call);
    if (!store) return;
    app::MemberName member;
    if (const auto asked = call->request().query_value("member")) {
        const auto id = MemberId::parse(*asked);
        if (!id) return call->refuse_parameter("query/member", json::MistakeCode::bad_id, "this is no member's id");
        if (!check_member_rate(*call, app::NamedBy::member, id->text())) return;
        member = named(*id);
    }
    const auto catalogue = call->app().gifts(call->organisation, call->programme, *store, member);
    if (!catalogue) return call->refuse(catalogue.error());
    if (catalogue->member) call->count_guess(true);
    const std::string language = call->language_for(catalogue->plan.get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const app::GiftOffered& offered : catalogue->gifts) write_gift(out, *catalogue, offered, language);
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void move_gift_stock(const CallPointer& call) {
    auto command = read_body<app::MoveGiftStock>(*call, read_stock_move);
    if (!command) return;
    command->programme = call->programme;
    command->gift = call->path_values.at(0);
    submit(call, *std::move(command), [](Call& answered, const app::GiftStockView& stock) {
        send_view(answered, 200, stock, [](JsonWriter& out, const app::GiftStockView& view) {
            out.begin_object();
            out.field("gift", view.gift);
            out.field("store", view.store);
            out.field("received", view.received);
            out.field("written_off", view.written_off);
            out.field("left", view.left);
            out.end_object();
        });
    });
}

void list_member_gifts(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto orders = call->app().gift_orders_of(call->organisation, call->programme, named(*id));
    if (!orders) return call->refuse(orders.error());
    call->count_guess(true);
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const app::GiftOrderView& order : orders->orders) write_order(out, order);
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void order_gift(const CallPointer& call) { order(call, false, read_gift_order); }
void present_gift(const CallPointer& call) { order(call, true, read_gift_present); }
void hand_over_gift(const CallPointer& call) { end_order(call, app::GiftOrderEnd::hand_over, read_gift_hand_over); }
void cancel_gift(const CallPointer& call) { end_order(call, app::GiftOrderEnd::cancel, read_gift_cancel); }
void take_back_gift(const CallPointer& call) { end_order(call, app::GiftOrderEnd::take_back, read_gift_take_back); }

void list_gift_orders(const CallPointer& call) {
    const auto asked = call->request().query_value("status");
    const auto status = asked ? from_name<app::GiftOrderStatus>(*asked) : std::nullopt;
    if (asked && !status) {
        return call->refuse_parameter(
            "query/status", json::MistakeCode::not_a_choice,
            "must be `reserved`, `handed_over`, `cancelled`, `lapsed`, `taken_back`, `promised` or `withdrawn`");
    }
    const auto store = store_of_query(*call);
    if (!store) return;
    const std::string gift{call->request().query_value("gift").value_or("")};
    answer_with(*call,
                call->app().gift_orders(call->organisation, call->programme,
                                        {.status = status, .gift = gift, .store = *store, .page = call->page}),
                [](JsonWriter& out, const app::GiftOrderList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::GiftOrderView& order : list.orders) write_order(out, order);
                    write_page_end(out, list.next_cursor);
                });
}

}  // namespace suki::server
