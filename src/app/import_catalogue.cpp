#include "app/decide.h"
#include "app/resolve.h"
#include "base/limits.h"
#include "catalogue/catalogue.h"

namespace suki::app {

namespace {

/// The pointer of the first field that can't be stored, within the product; nothing for a good one.
std::optional<std::string> bad_field(const catalogue::Product& product) {
    if (!is_good_code(product.sku)) return "/sku";
    if (!is_good_text(product.title.any)) return "/title";
    for (const auto& [language, text] : product.title.languages) {
        if (!is_good_code(language) || !is_good_text(text)) return "/title";
    }
    if (!product.category.empty() && !catalogue::is_valid_category(product.category)) return "/category";
    if (!is_good_text(product.brand)) return "/brand";
    if (product.cost && (*product.cost < Money{0} || !is_in_range(*product.cost))) return "/cost";
    if (product.tags.size() > limits::tags_per_product) return "/tags";
    for (const std::string& tag : product.tags) {
        if (!is_good_code(tag)) return "/tags";
    }
    return std::nullopt;
}

std::optional<std::string> bad_field(const catalogue::Store& place) {
    if (!is_good_code(place.id)) return "/id";
    if (!is_good_text(place.title)) return "/title";
    if (!is_good_text(place.region)) return "/region";
    if (!is_good_text(place.place)) return "/place";
    return std::nullopt;
}

}  // namespace

Answered<CatalogueAnswer> decide(Desk& desk, const Ask& ask, const ImportProducts& command) {
    for (std::size_t i = 0; i < command.products.size(); ++i) {
        if (const auto field = bad_field(command.products[i])) {
            return refuse(CatalogueRejection::product_malformed, "/products/" + std::to_string(i) + *field);
        }
    }
    for (const catalogue::Product& product : command.products) {
        desk.rows.products.push_back({.org = ask.caller.organisation, .product = product});
    }
    desk.changes_products = true;
    return CatalogueAnswer{.written = static_cast<std::int64_t>(command.products.size())};
}

Answered<CatalogueAnswer> decide(Desk& desk, const Ask& ask, const ImportStores& command) {
    auto world = std::make_shared<World>(*desk.world());
    for (std::size_t i = 0; i < command.stores.size(); ++i) {
        const catalogue::Store& place = command.stores[i];
        const std::string pointer = "/stores/" + std::to_string(i);
        if (const auto field = bad_field(place)) return refuse(CatalogueRejection::store_malformed, pointer + *field);
        if (!place.zone.empty() && !world->zones.contains(place.zone)) {
            ZonePointer zone = ask.wiring.zones(place.zone);
            if (zone == nullptr) return refuse(CatalogueRejection::zone_unknown, pointer + "/zone", {{"zone", place.zone}});
            world->zones[place.zone] = std::move(zone);
        }
        world->places[{ask.caller.organisation, place.id}] = place;
        desk.rows.places.push_back({.org = ask.caller.organisation, .place = place});
    }
    desk.set_world(std::move(world));
    return CatalogueAnswer{.written = static_cast<std::int64_t>(command.stores.size())};
}

}  // namespace suki::app
