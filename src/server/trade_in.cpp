#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

/// What members hand in to be sold again: the price lists, who handed in what, and whether it pays for itself.
namespace suki::server {

namespace {

using engine::TradeItemStep;

void write_item(JsonWriter& out, const app::TradeItemView& item) {
    out.begin_object();
    out.field("id", item.id);
    out.field("member", item.member.text());
    out.field("trade_in", item.trade_in);
    out.field("department", item.department);
    out.field("article", item.article);
    write_text_or_null(out, "grade", item.grade);
    out.field("status", name_of(item.status));
    write_text_or_null(out, "store", item.store);
    write_text_or_null(out, "note", item.note);
    out.field("is_on_consignment", item.is_on_consignment);
    out.field("price", item.price.minor());
    out.field("unit", item.unit);
    out.field("points", item.points.minor());
    write_date_or_null(out, "offered_until", item.offered_until);
    out.field("clause", item.clause);
    write_instant(out, "handed_in_at", item.handed_in_at);
    write_instant(out, "accepted_at", item.accepted_at);
    out.field("credited", item.credited.minor());
    out.field("paid", item.paid.minor());
    write_instant(out, "sold_at", item.sold_at);
    out.field("sold_for", item.sold_for.minor());
    write_text_or_null(out, "receipt", item.receipt);
    out.begin_array("notes");
    for (const app::TradeItemNote& note : item.notes) {
        out.begin_object();
        write_instant(out, "at", note.at);
        out.field("what", note.what);
        write_text_or_null(out, "by", note.by);
        write_text_or_null(out, "reason", note.reason);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

void write_items(JsonWriter& out, const app::TradeItemList& list) {
    out.begin_object();
    out.begin_array("items");
    for (const app::TradeItemView& item : list.items) write_item(out, item);
}

void write_list(JsonWriter& out, const programme::Plan& plan, const programme::TradeIn& list, std::string_view language) {
    out.begin_object();
    out.field("id", list.id);
    out.field("title", list.title.is_empty() ? std::string_view{list.id} : list.title.in(language));
    out.field("clause", list.clause);
    out.field("department", list.department);
    out.field("unit", plan.units.at(list.unit).id);
    out.field("is_on_consignment", list.share.has_value());
    out.begin_array("prices");
    for (const programme::TradeInPrice& price : list.prices) {
        out.begin_object();
        out.field("article", price.article);
        out.field("grade", price.grade);
        out.field("price", price.price.minor());
        out.field("points", price.points);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

void write_month(JsonWriter& out, const engine::TradeInMonth& month) {
    out.begin_object();
    out.field("department", month.department);
    out.field("month", date_text(month.month).substr(0, 7));
    out.field("bought", month.bought);
    out.field("paid", month.paid.minor());
    out.field("sold", month.sold);
    out.field("sold_for", month.sold_for.minor());
    out.field("cost_of_sold", month.cost_of_sold.minor());
    out.field("written_off", month.written_off);
    out.field("cost_of_written_off", month.cost_of_written_off.minor());
    out.field("left", month.left);
    out.field("cost_of_left", month.cost_of_left.minor());
    out.field("margin", month.margin.minor());
    out.end_object();
}

using ReadChange = void (*)(json::Object&, app::ChangeTradeItem&);
void change(const CallPointer& call, TradeItemStep step, ReadChange read) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::ChangeTradeItem>(*call, read);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->item = call->path_values.at(1);
    command->step = step;
    submit(call, *std::move(command),
           [](Call& answered, const app::TradeItemView& view) { send_view(answered, 200, view, write_item); });
}

}  // namespace

void list_trade_ins(const CallPointer& call) {
    const auto plan = call->app().trade_ins(call->organisation, call->programme);
    if (!plan) return call->refuse(plan.error());
    const std::string language = call->language_for(plan->get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    if (*plan != nullptr) {
        for (const programme::TradeIn& list : (*plan)->trade_ins) write_list(out, **plan, list, language);
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void list_member_trade_items(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto items = call->app().trade_items_of(call->organisation, call->programme, named(*id));
    if (!items) return call->refuse(items.error());
    call->count_guess(true);
    std::string body;
    JsonWriter out{body};
    write_items(out, *items);
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void hand_in_item(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::HandInItem>(*call, read_trade_item);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    if (command->store.empty()) command->store = call->principal.store;
    submit(call, *std::move(command),
           [](Call& answered, const app::TradeItemView& view) { send_view(answered, 201, view, write_item); });
}

void offer_trade_item(const CallPointer& call) { change(call, TradeItemStep::offer, read_trade_item_offer); }
void accept_trade_item(const CallPointer& call) { change(call, TradeItemStep::accept, read_trade_item_change); }
void refuse_trade_item(const CallPointer& call) { change(call, TradeItemStep::refuse, read_trade_item_change); }
void give_back_trade_item(const CallPointer& call) { change(call, TradeItemStep::give_back, read_trade_item_change); }
void sell_trade_item(const CallPointer& call) { change(call, TradeItemStep::sell, read_trade_item_sale); }
void write_off_trade_item(const CallPointer& call) { change(call, TradeItemStep::write_off, read_trade_item_because); }
void undo_trade_item(const CallPointer& call) { change(call, TradeItemStep::undo, read_trade_item_because); }

void list_trade_items(const CallPointer& call) {
    const auto asked = call->request().query_value("status");
    const auto status = asked ? from_name<engine::TradeItemStatus>(*asked) : std::nullopt;
    if (asked && !status) {
        return call->refuse_parameter("query/status", json::MistakeCode::not_a_choice,
                                      "must be `handed_in`, `offered`, `accepted`, `consigned`, `refused`, `lapsed`, `sold`, "
                                      "`written_off`, `given_back` or `undone`");
    }
    const auto store = store_of_query(*call);
    if (!store) return;
    const std::string list{call->request().query_value("trade_in").value_or("")};
    answer_with(*call,
                call->app().trade_items(call->organisation, call->programme,
                                        {.status = status, .trade_in = list, .store = *store, .page = call->page}),
                [](JsonWriter& out, const app::TradeItemList& found) {
                    write_items(out, found);
                    write_page_end(out, found.next_cursor);
                });
}

void get_trade_in_report(const CallPointer& call) {
    const std::string department{call->request().query_value("department").value_or("")};
    answer_with(*call, call->app().trade_in_report(call->organisation, call->programme, department),
                [](JsonWriter& out, const app::TradeInReport& report) {
                    out.begin_object();
                    out.field("currency", report.currency);
                    out.begin_array("items");
                    for (const engine::TradeInMonth& month : report.months) write_month(out, month);
                    out.end_array();
                    out.end_object();
                });
}

}  // namespace suki::server
