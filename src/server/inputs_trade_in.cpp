#include "server/inputs.h"

/// Bodies about what members hand in to be sold again.
namespace suki::server {

namespace {

constexpr std::size_t kTextBytes = 1'024;

auto id_key() { return json::key(limits::key_bytes); }

}  // namespace

void read_trade_item(json::Object& in, app::HandInItem& out) {
    in.required("trade_in", out.trade_in, id_key());
    in.required("article", out.article, id_key());
    in.optional("store", out.store, id_key());
    in.optional("note", out.note, json::text(kTextBytes));
}
void read_trade_item_offer(json::Object& in, app::ChangeTradeItem& out) {
    in.required("grade", out.grade, id_key());
    in.optional("reason", out.reason, json::text(kTextBytes));
}
void read_trade_item_change(json::Object& in, app::ChangeTradeItem& out) {
    in.optional("reason", out.reason, json::text(kTextBytes));
}
void read_trade_item_sale(json::Object& in, app::ChangeTradeItem& out) {
    in.required("price", out.price, json::money(0));
    in.optional("receipt", out.receipt, json::key());
}
void read_trade_item_because(json::Object& in, app::ChangeTradeItem& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

}  // namespace suki::server
