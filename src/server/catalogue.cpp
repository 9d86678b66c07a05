#include <algorithm>
#include <optional>

#include "app/page.h"
#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"

namespace suki::server {

namespace {

void send_written(Call& call, const app::CatalogueAnswer& answer) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("written", answer.written);
    out.end_object();
    net::Response response = json_response(200, std::move(body));
    mark_replayed(response, answer.is_repeat);
    call.send(std::move(response));
}

// Of which list a cursor is.
constexpr std::string_view kSku = "sku";
constexpr std::string_view kStore = "store";

/// What the page begins after; empty at the first. Nothing for what is no cursor of the list.
std::optional<std::string> key_after(const Call& call, std::string_view list) {
    if (call.page.cursor.empty()) return std::string{};
    const auto parts = app::read_cursor(call.page.cursor, 2);
    if (!parts || parts->at(0) != list) return std::nullopt;
    return parts->at(1);
}

/// The greatest text below `sku` that is at most one byte longer than any sku: what the list must start after to begin with it.
std::string just_before(std::string sku) {
    const char last = sku.back();
    sku.pop_back();
    if (last == '\x01') return sku;
    sku.push_back(static_cast<char>(last - 1));
    sku.append(limits::code_bytes, '\x7f');
    return sku;
}

}  // namespace

void upsert_products(const CallPointer& call) {
    auto command = read_body<app::ImportProducts>(*call, read_products);
    if (command) submit(call, *std::move(command), send_written);
}

void list_products(const CallPointer& call) {
    const auto after = key_after(*call, kSku);
    if (!after) return call->refuse(app::refuse(app::QueryRejection::cursor_malformed, "/cursor").error);
    auto products = call->app().products(call->organisation, *after, call->page.limit + 1);
    if (!products) return call->refuse(products.error());
    const bool has_more = products->size() > call->page.limit;
    if (has_more) products->pop_back();
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const catalogue::Product& product : *products) write_product(out, product);
    write_page_end(out, has_more ? app::cursor_of({std::string{kSku}, products->back().sku}) : std::string{});
    call->send_json(200, std::move(body));
}

void get_product(const CallPointer& call) {
    const std::string& sku = call->path_values.at(0);
    const auto products = call->app().products(call->organisation, just_before(sku), 2);
    if (!products) return call->refuse(products.error());
    for (const catalogue::Product& product : *products) {
        if (product.sku != sku) continue;
        std::string body;
        JsonWriter out{body};
        write_product(out, product);
        return call->send_json(200, std::move(body));
    }
    call->refuse(404, name_of(ServerRejection::product_not_found), {}, "path/sku");
}

void upsert_stores(const CallPointer& call) {
    auto command = read_body<app::ImportStores>(*call, read_stores);
    if (command) submit(call, *std::move(command), send_written);
}

void list_stores(const CallPointer& call) {
    const auto after = key_after(*call, kStore);
    if (!after) return call->refuse(app::refuse(app::QueryRejection::cursor_malformed, "/cursor").error);
    auto stores = call->app().stores(call->organisation);
    std::sort(stores.begin(), stores.end(), [](const catalogue::Store& a, const catalogue::Store& b) { return a.id < b.id; });
    const auto first = std::find_if(stores.begin(), stores.end(), [&](const catalogue::Store& store) { return store.id > *after; });
    const auto left = static_cast<std::size_t>(stores.end() - first);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(left, call->page.limit));
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (auto store = first; store != last; ++store) write_store(out, *store);
    write_page_end(out, last == stores.end() ? std::string{} : app::cursor_of({std::string{kStore}, std::prev(last)->id}));
    call->send_json(200, std::move(body));
}

void get_store(const CallPointer& call) {
    for (const catalogue::Store& store : call->app().stores(call->organisation)) {
        if (store.id != call->path_values.at(0)) continue;
        std::string body;
        JsonWriter out{body};
        write_store(out, store);
        return call->send_json(200, std::move(body));
    }
    call->refuse(404, name_of(ServerRejection::store_not_found), {}, "path/id");
}

}  // namespace suki::server
