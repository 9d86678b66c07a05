#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/amount.h"
#include "base/quantity.h"
#include "base/text.h"

namespace suki::catalogue {

/// What offers may ask of goods. `category` is a path, outermost first: `food/meat/sausages`.
struct Product {
    std::string sku;
    LocalisedText title;
    std::string category;
    std::string brand;
    QuantityUnit unit = QuantityUnit::piece;
    std::optional<Money> cost;  // per unit
    std::vector<std::string> tags;
};

struct Store {
    std::string id;
    std::string title;
    std::string region;
    std::string zone;  // IANA name; empty: the programme's
    std::string place;
};

/// Whether `path` lies in `category`: the segments of `category` stand in `path` one after the other, anywhere
/// (`food/meat/sausages` is in `meat`, in `meat/sausages` and in `food`, not in `meat/pates` nor in `mea`). An empty category
/// contains nothing.
bool is_in_category(std::string_view path, std::string_view category);

/// Every category that `path` is in: each run of its segments, at most 36 of them (limits::category_depth).
std::vector<std::string_view> categories_of(std::string_view path);

/// At most limits::category_depth segments, none empty, valid text.
bool is_valid_category(std::string_view path);

}  // namespace suki::catalogue
