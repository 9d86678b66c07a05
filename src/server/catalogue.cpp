#include <algorithm>

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
    // A sku is no secret and never changes its place, so it is the cursor itself.
    auto products = call->app().products(call->organisation, call->page.cursor, call->page.limit + 1);
    const bool has_more = products.size() > call->page.limit;
    if (has_more) products.pop_back();
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const catalogue::Product& product : products) write_product(out, product);
    write_page_end(out, has_more ? products.back().sku : std::string{});
    call->send_json(200, std::move(body));
}

void get_product(const CallPointer& call) {
    const std::string& sku = call->path_values.at(0);
    for (const catalogue::Product& product : call->app().products(call->organisation, just_before(sku), 2)) {
        if (product.sku != sku) continue;
        std::string body;
        JsonWriter out{body};
        write_product(out, product);
        return call->send_json(200, std::move(body));
    }
    call->refuse(404, name_of(ServerRejection::product_not_found), {});
}

void upsert_stores(const CallPointer& call) {
    auto command = read_body<app::ImportStores>(*call, read_stores);
    if (command) submit(call, *std::move(command), send_written);
}

void list_stores(const CallPointer& call) {
    auto stores = call->app().stores(call->organisation);
    std::sort(stores.begin(), stores.end(), [](const catalogue::Store& a, const catalogue::Store& b) { return a.id < b.id; });
    const auto first =
        std::find_if(stores.begin(), stores.end(), [&](const catalogue::Store& store) { return store.id > call->page.cursor; });
    const auto left = static_cast<std::size_t>(stores.end() - first);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(left, call->page.limit));
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (auto store = first; store != last; ++store) write_store(out, *store);
    write_page_end(out, last == stores.end() ? std::string{} : std::prev(last)->id);
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
    call->refuse(404, name_of(ServerRejection::store_not_found), {});
}

}  // namespace suki::server
