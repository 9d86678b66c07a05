#include "engine/trade_in.h"

#include <map>
#include <utility>

namespace suki::engine {

namespace {

using Months = std::map<std::pair<std::string, Date>, TradeInMonth>;

Date month_of(Date date) {
    const YearMonthDay day = civil(date);
    return *make_date(day.year, day.month, 1);
}

TradeInMonth& month_at(Months& months, const std::string& department, Date date) {
    const Date month = month_of(date);
    TradeInMonth& found = months[{department, month}];
    found.department = department;
    found.month = month;
    return found;
}

bool add_to(Money& sum, Money money) {
    const auto added = add(sum, money);
    if (added) sum = *added;
    return added.has_value();
}

bool count(Months& months, const TradedItem& item) {
    bool is_good = true;
    if (item.bought_on) {
        TradeInMonth& month = month_at(months, item.department, *item.bought_on);
        ++month.bought;
        is_good = add_to(month.paid, item.paid);
    }
    if (item.sold_on) {
        TradeInMonth& month = month_at(months, item.department, *item.sold_on);
        ++month.sold;
        // The share of what was on consignment is paid as it is sold.
        if (!item.bought_on) is_good = is_good && add_to(month.paid, item.paid);
        is_good = is_good && add_to(month.sold_for, item.sold_for) && add_to(month.cost_of_sold, item.paid);
    } else if (item.bought_on && item.written_off_on) {
        TradeInMonth& month = month_at(months, item.department, *item.written_off_on);
        ++month.written_off;
        is_good = is_good && add_to(month.cost_of_written_off, item.paid);
    }
    return is_good;
}

/// How many of those sold in the month had been in stock, and what was paid for them.
struct Gone {
    std::int64_t count = 0;
    Money cost;
};

}  // namespace

std::optional<TradeItemStatus> after(TradeItemStatus status, TradeItemStep step, bool is_on_consignment) {
    using Status = TradeItemStatus;
    using Step = TradeItemStep;
    const auto is_one_of = [&](auto... all) { return ((status == all) || ...); };
    const auto when = [](bool can, Status then) { return can ? std::optional{then} : std::nullopt; };
    switch (step) {
        // Graded anew as often as the shop likes, until the member has answered.
        case Step::offer: return when(is_one_of(Status::handed_in, Status::offered), Status::offered);
        case Step::accept: return when(status == Status::offered, is_on_consignment ? Status::consigned : Status::accepted);
        case Step::refuse: return when(status == Status::offered, Status::refused);
        case Step::lapse: return when(status == Status::offered, Status::lapsed);
        case Step::sell: return when(is_one_of(Status::accepted, Status::consigned), Status::sold);
        case Step::write_off: return when(is_one_of(Status::accepted, Status::consigned), Status::written_off);
        case Step::give_back: return when(is_one_of(Status::handed_in, Status::lapsed, Status::consigned), Status::given_back);
        case Step::undo: return when(status == Status::accepted, Status::undone);
    }
    return std::nullopt;
}

const programme::TradeInPrice* price_of(const programme::TradeIn& entry, std::string_view article, std::string_view grade) {
    for (const programme::TradeInPrice& price : entry.prices) {
        if (price.article == article && price.grade == grade) return &price;
    }
    return nullptr;
}

std::optional<Points> share_of(const programme::TradeIn& entry, const programme::Unit& unit, Money sold_for) {
    if (!entry.share || unit.worth.numerator == 0) return std::nullopt;
    const Ratio share = reduced(*entry.share);
    // Money is below 2^53, a share has at most 4 decimals of a percent, and a worth below 2^50: the product fits.
    const auto points = divide(static_cast<__int128>(sold_for.minor()) * share.numerator * unit.worth.denominator,
                               static_cast<__int128>(share.denominator) * unit.worth.numerator, unit.rounding);
    if (!points || !is_in_range(Points{*points})) return std::nullopt;
    return Points{*points};
}

std::optional<Points> points_for(const programme::Unit& unit, Money price) {
    if (unit.worth.numerator == 0) return std::nullopt;
    const auto points = divide(static_cast<__int128>(price.minor()) * unit.worth.denominator, unit.worth.numerator, unit.rounding);
    if (!points || !is_in_range(Points{*points})) return std::nullopt;
    return Points{*points};
}

std::optional<std::vector<TradeInMonth>> trade_in_report(const std::vector<TradedItem>& items) {
    Months months;
    std::map<std::pair<std::string, Date>, Gone> gone;  // out of the shop's own stock
    for (const TradedItem& item : items) {
        if (!count(months, item)) return std::nullopt;
        const std::optional<Date> left_on = item.sold_on ? item.sold_on : item.written_off_on;
        if (!item.bought_on || !left_on) continue;
        Gone& one = gone[{item.department, month_of(*left_on)}];
        ++one.count;
        if (!add_to(one.cost, item.paid)) return std::nullopt;
    }
    std::vector<TradeInMonth> report;
    std::map<std::pair<std::string, Date>, Money> bought_for;
    for (const TradedItem& item : items) {
        if (item.bought_on && !add_to(bought_for[{item.department, month_of(*item.bought_on)}], item.paid)) return std::nullopt;
    }
    for (const auto& [key, found] : months) {
        // Months in which nothing happened are told too: what is left stays left.
        while (!report.empty() && report.back().department == key.first && add_months(report.back().month, 1) < key.second) {
            const TradeInMonth& before = report.back();
            report.push_back({.department = before.department,
                              .month = add_months(before.month, 1),
                              .left = before.left,
                              .cost_of_left = before.cost_of_left});
        }
        TradeInMonth month = found;
        const bool goes_on = !report.empty() && report.back().department == key.first;
        const Gone& out = gone[key];
        month.left = (goes_on ? report.back().left : 0) + month.bought - out.count;
        month.cost_of_left = goes_on ? report.back().cost_of_left : Money{};
        const auto costs = add(month.cost_of_sold, month.cost_of_written_off);
        const auto margin = costs ? subtract(month.sold_for, *costs) : std::nullopt;
        if (!margin || !add_to(month.cost_of_left, bought_for[key]) || !add_to(month.cost_of_left, out.cost.negated())) {
            return std::nullopt;
        }
        month.margin = *margin;
        report.push_back(std::move(month));
    }
    return report;
}

}  // namespace suki::engine
