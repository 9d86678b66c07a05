#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/evaluate.h"
#include "programme/plan.h"

/// The workload of basket evaluation (format `suki-bench/1`: promotions and baskets of 20 lines), read and said as a Plan. For
/// benches and tests only.
namespace suki::bench {

/// As much of JSON as the workload needs: no escapes, whole numbers.
struct Json {
    std::int64_t number = 0;
    bool flag = false;
    std::string text;
    std::vector<Json> items;
    std::map<std::string, Json, std::less<>> fields;

    [[nodiscard]] const Json* find(std::string_view name) const {
        const auto at = fields.find(name);
        return at == fields.end() ? nullptr : &at->second;
    }
    [[nodiscard]] const Json& operator[](std::string_view name) const { return fields.find(name)->second; }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const Json& item : items) all.push_back(item.text);
        return all;
    }
};

class JsonReader {
public:
    explicit JsonReader(std::string_view rest) : rest_(rest) {}
    Json read() {
        Json json;
        switch (peek()) {
            case '{':
                for (take(); peek() != '}'; skip(',')) {
                    std::string name = text();
                    skip(':');
                    json.fields.emplace(std::move(name), read());
                }
                take();
                break;
            case '[':
                for (take(); peek() != ']'; skip(',')) json.items.push_back(read());
                take();
                break;
            case '"': json.text = text(); break;
            case 't':
                rest_.remove_prefix(4);
                json.flag = true;
                break;
            case 'f': rest_.remove_prefix(5); break;
            default: json.number = number(); break;
        }
        return json;
    }

private:
    char peek() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
        return rest_.empty() ? '}' : rest_.front();
    }
    void take() {
        if (!rest_.empty()) rest_.remove_prefix(1);
    }
    void skip(char wanted) {
        if (peek() == wanted) take();
    }
    std::string text() {
        peek();
        take();
        const std::size_t end = rest_.find('"');
        std::string found{rest_.substr(0, end)};
        rest_.remove_prefix(end + 1);
        return found;
    }
    std::int64_t number() {
        std::int64_t value = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }
    std::string_view rest_;
};

struct Promotion {
    std::string id;
    std::optional<std::vector<std::string>> stores, segments, skus, categories;
    std::optional<std::int64_t> min_spend;
    enum class Reward { percentage, fixed, points } reward = Reward::points;
    std::int64_t value = 0;
    friend bool operator==(const Promotion&, const Promotion&) = default;
};
struct BasketLine {
    std::string sku, category;
    std::int64_t quantity = 0;
    std::int64_t unit_price = 0;
    friend bool operator==(const BasketLine&, const BasketLine&) = default;
    [[nodiscard]] std::int64_t total() const { return quantity * unit_price; }
};
struct Basket {
    std::string id, store;
    std::vector<std::string> segments;
    std::vector<BasketLine> lines;
    friend bool operator==(const Basket&, const Basket&) = default;
    [[nodiscard]] std::int64_t total() const {
        std::int64_t sum = 0;
        for (const BasketLine& line : lines) sum += line.total();
        return sum;
    }
};
struct Workload {
    std::vector<Promotion> promotions;
    std::vector<Basket> baskets;
    friend bool operator==(const Workload&, const Workload&) = default;
};

inline Workload parse_workload(std::string_view text) {
    Workload workload;
    const Json all = JsonReader{text}.read();
    const auto list = [](const Json& from, std::string_view name) -> std::optional<std::vector<std::string>> {
        const Json* found = from.find(name);
        return found == nullptr ? std::nullopt : std::optional{found->texts()};
    };
    for (const Json& from : all["promotions"].items) {
        Promotion made{.id = from["id"].text};
        made.stores = list(from["when"], "stores");
        made.segments = list(from["when"], "segments");
        if (const Json* spend = from["when"].find("min_spend")) made.min_spend = spend->number;
        made.skus = list(from["scope"], "skus");
        made.categories = list(from["scope"], "categories");
        const std::string& type = from["reward"]["type"].text;
        made.reward = type == "percentage" ? Promotion::Reward::percentage
                      : type == "fixed"    ? Promotion::Reward::fixed
                                           : Promotion::Reward::points;
        made.value = from["reward"]["value"].number;
        workload.promotions.push_back(std::move(made));
    }
    for (const Json& from : all["baskets"].items) {
        Basket made{.id = from["id"].text, .store = from["store"].text, .segments = from["segments"].texts(), .lines = {}};
        for (const Json& line : from["lines"].items) {
            made.lines.push_back({line["sku"].text, line["category"].text, line["qty"].number, line["unit_price"].number});
        }
        workload.baskets.push_back(std::move(made));
    }
    return workload;
}

/// Runs the generator; nothing when it, or node, is not there.
inline std::optional<Workload> generate_workload(const std::string& generator, int promotions) {
    const std::string command = "node '" + generator + "' " + std::to_string(promotions) + " 2>/dev/null";
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string text;
    char chunk[65536];
    for (std::size_t size = 0; (size = std::fread(chunk, 1, sizeof chunk, pipe)) > 0;) text.append(chunk, size);
    if (pclose(pipe) != 0 || text.empty()) return std::nullopt;
    return parse_workload(text);
}

/// The promotions as offers. `min_spend` speaks of the whole basket also where the offer is about some lines; as a document's
/// `amount` speaks of the matched lines, it is asked here of a counter that the context fills with the basket's total.
inline programme::PlanPointer plan_of(const Workload& workload) {
    using namespace programme;
    auto plan = std::make_shared<Plan>();
    plan->id = "bench";
    plan->units.push_back({.id = "points"});
    plan->counters.push_back({.measure = Measure::visits, .key = "visits"});
    plan->windows.push_back({});
    for (const Promotion& promotion : workload.promotions) {
        Offer offer;
        offer.id = promotion.id;
        offer.clause = "4." + std::to_string(plan->offers.size() + 1);
        offer.lines = LineFilter{};
        if (promotion.skus) offer.lines->skus = *promotion.skus;
        if (promotion.categories) offer.lines->categories = *promotion.categories;
        if (promotion.stores) offer.conditions.push_back(ChoiceCondition{ConditionKind::store, *promotion.stores});
        if (promotion.segments) offer.conditions.push_back(ChoiceCondition{ConditionKind::segment, *promotion.segments});
        if (promotion.min_spend) offer.conditions.push_back(CounterCondition{0, {Op::at_least, *promotion.min_spend, 0}});
        offer.needs_member = true;
        offer.stage = Stage::line;
        switch (promotion.reward) {
            case Promotion::Reward::percentage: offer.give = DiscountPercent{{promotion.value, 10'000}}; break;
            case Promotion::Reward::fixed: offer.give = DiscountAmount{Money{promotion.value}, true}; break;
            case Promotion::Reward::points:
                offer.give = PointsFixed{promotion.value};
                offer.stage = Stage::points;
                break;
        }
        plan->offers.push_back(std::move(offer));
    }
    return plan;
}

struct Asked {
    event::Receipt receipt;
    engine::Context context;
};
inline Asked asked_of(const Basket& basket) {
    Asked asked;
    asked.receipt.id = basket.id;
    asked.receipt.store = basket.store;
    asked.context.is_member = true;
    asked.context.facts.segments = basket.segments;
    asked.context.windows = {basket.total()};
    for (const BasketLine& line : basket.lines) {
        event::Line made;
        made.number = static_cast<std::uint32_t>(asked.receipt.lines.size() + 1);
        made.sku = line.sku;
        made.quantity = {line.quantity * 1000, QuantityUnit::piece};
        made.amount = Money{line.total()};
        asked.receipt.lines.push_back(std::move(made));
        asked.context.lines.push_back({.category = line.category});
    }
    return asked;
}

}  // namespace suki::bench
