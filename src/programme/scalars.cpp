#include "programme/scalars.h"

#include <algorithm>
#include <numeric>

#include "base/currency.h"
#include "base/decimal.h"
#include "base/limits.h"

namespace suki::programme {

namespace {

Unexpected<Fault> fault(DiagnosticCode code, Message message, Message hint = {}) {
    return Unexpected<Fault>{Fault{code, std::move(message), std::move(hint)}};
}

bool looks_like_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
           text.find_first_not_of("0123456789._") == std::string_view::npos;
}

std::string joined(const std::vector<std::string_view>& words, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
        if (i > from) text += ' ';
        text += words[i];
    }
    return text;
}

/// A number that is not negative. `code` is for what is no number at all; too long ones and negative ones are out_of_range.
Parsed<Decimal> parse_plain_decimal(std::string_view text, DiagnosticCode code, const Sentence<>& advice) {
    const auto decimal = parse_decimal(text);
    if (!decimal) {
        if (looks_like_number(text) && std::count(text.begin(), text.end(), '.') <= 1 && text.size() > 18) {
            return fault(DiagnosticCode::out_of_range, finding::too_many_digits(text), hint::digits_at_most(18));
        }
        return fault(code, finding::not_a_number(text), advice());
    }
    if (decimal->value < 0) return fault(DiagnosticCode::out_of_range, finding::negative(text));
    return *decimal;
}

/// The number and the checked currency of `1.50 BYN`. A plain `0` is 0 in every currency.
Parsed<Decimal> parse_money_decimal(std::string_view text, const Currency& currency) {
    if (text == "0") return Decimal{};
    const auto words = split_words(text);
    if (words.size() != 2) return fault(DiagnosticCode::bad_money, finding::not_money(text), hint::like_money());
    const auto decimal = parse_plain_decimal(words[0], DiagnosticCode::bad_money, hint::like_money);
    if (!decimal) return decimal;
    if (!currency_exponent(words[1])) {
        return fault(DiagnosticCode::unknown_currency, finding::not_a_currency(words[1]), hint::like_money());
    }
    if (!currency.code.empty() && words[1] != currency.code) {
        return fault(DiagnosticCode::other_currency, finding::other_currency(words[1], currency.code));
    }
    return decimal;
}

}  // namespace

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(" \t\n"); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(" \t\n", at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(" \t\n", end);
    }
    return words;
}

Parsed<std::int64_t> parse_count(std::string_view text) {
    const auto decimal = parse_plain_decimal(text, DiagnosticCode::bad_number, hint::whole_number);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    const auto count = at_decimals(*decimal, 0);
    if (decimal->decimals > 0 && !count) return fault(DiagnosticCode::bad_number, finding::not_whole(text));
    if (!count || *count > kCountMax) {
        return fault(DiagnosticCode::out_of_range, finding::more_than(text, kCountMax));
    }
    return *count;
}

Parsed<std::int64_t> parse_positive_count(std::string_view text) {
    auto count = parse_count(text);
    if (count && *count == 0) return fault(DiagnosticCode::out_of_range, finding::zero_is_too_few(), hint::at_least_one());
    return count;
}

Parsed<Money> parse_money(std::string_view text, const Currency& currency) {
    const auto decimal = parse_money_decimal(text, currency);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    const auto minor = at_decimals(*decimal, currency.exponent);
    if (!minor) {
        // Finer than the coin, or beyond 64 bits: tell which.
        if (!at_decimals_rounded({decimal->value, decimal->decimals}, currency.exponent, Rounding::down)) {
            return fault(DiagnosticCode::out_of_range, finding::too_much(text));
        }
        return fault(DiagnosticCode::bad_money, finding::finer_than_coin(text), hint::decimals_at_most(currency.exponent));
    }
    if (*minor > kAmountMax) return fault(DiagnosticCode::out_of_range, finding::too_much(text));
    return Money{*minor};
}

Parsed<Ratio> parse_fine_money(std::string_view text, const Currency& currency) {
    const auto decimal = parse_money_decimal(text, currency);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    constexpr std::int64_t kLargest = 1'000'000'000'000;
    if (decimal->decimals > 9 || decimal->value > kLargest) {
        return fault(DiagnosticCode::out_of_range, finding::too_fine_or_too_much(text), hint::decimals_at_most(9));
    }
    Ratio ratio{decimal->value, 1};
    for (int i = 0; i < currency.exponent; ++i) ratio.numerator *= 10;
    for (int i = 0; i < decimal->decimals; ++i) ratio.denominator *= 10;
    return reduced(ratio);
}

Parsed<Quantity> parse_quantity(std::string_view text, bool allow_zero) {
    const auto words = split_words(text);
    if (words.empty() || words.size() > 2) {
        return fault(DiagnosticCode::bad_quantity, finding::not_a_quantity(text), hint::like_quantity());
    }
    const std::string_view name = words.size() == 2 ? words[1] : "piece";
    int decimals = 3;
    QuantityUnit unit = QuantityUnit::piece;
    if (name == "item" || name == "items" || name == "pieces")
        unit = QuantityUnit::piece;
    else if (name == "g") {
        unit = QuantityUnit::kg;
        decimals = 0;
    } else if (name == "ml") {
        unit = QuantityUnit::l;
        decimals = 0;
    } else if (const auto known = from_name<QuantityUnit>(name))
        unit = *known;
    else
        return fault(DiagnosticCode::bad_quantity, finding::not_a_unit_of_goods(name), hint::like_quantity());
    const auto decimal = parse_plain_decimal(words[0], DiagnosticCode::bad_quantity, hint::like_quantity);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    const auto milli = at_decimals(*decimal, decimals);
    if (!milli) return fault(DiagnosticCode::bad_quantity, finding::quantity_below_thousandth(text));
    if (*milli > kQuantityMilliMax) return fault(DiagnosticCode::out_of_range, finding::too_much(text));
    if (*milli == 0 && !allow_zero) return fault(DiagnosticCode::out_of_range, finding::quantity_of_zero());
    return Quantity{*milli, unit};
}

Parsed<Ratio> parse_percent(std::string_view text) {
    auto words = split_words(text);
    if (words.size() == 2 && words[1] == "%")
        words.pop_back();
    else if (words.size() == 1 && words[0].ends_with('%'))
        words[0].remove_suffix(1);
    else
        return fault(DiagnosticCode::bad_ratio, finding::not_a_percentage(text), hint::like_percentage());
    const auto decimal = parse_plain_decimal(words[0], DiagnosticCode::bad_ratio, hint::like_percentage);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    if (decimal->decimals > 4) return fault(DiagnosticCode::bad_ratio, finding::too_fine(text), hint::decimals_at_most(4));
    Ratio ratio{decimal->value, 100};
    for (int i = 0; i < decimal->decimals; ++i) ratio.denominator *= 10;
    if (ratio > Ratio{1, 1}) return fault(DiagnosticCode::out_of_range, finding::more_than_whole(text));
    return reduced(ratio);
}

Parsed<Period> parse_period(std::string_view text, bool allow_zero) {
    const auto words = split_words(text);
    if (words.size() != 2) return fault(DiagnosticCode::bad_period, finding::not_a_period(text), hint::like_period());
    const auto decimal = parse_plain_decimal(words[0], DiagnosticCode::bad_period, hint::like_period);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    const auto count = at_decimals(*decimal, 0);
    if (!count) return fault(DiagnosticCode::bad_period, finding::not_whole(words[0]), hint::like_period());
    std::string_view name = words[1];
    if (name.ends_with('s')) name.remove_suffix(1);
    const int days = name == "day" ? 1 : name == "week" ? 7 : 0;
    const int months = name == "month" ? 1 : name == "year" ? 12 : 0;
    if (days == 0 && months == 0)
        return fault(DiagnosticCode::bad_period, finding::not_a_unit_of_time(words[1]), hint::like_period());
    const std::int64_t most = days > 0 ? kPeriodDaysMax / days : 1'200 / months;
    if (*count > most) return fault(DiagnosticCode::out_of_range, finding::longer_than_century(text));
    if (*count == 0 && !allow_zero) return fault(DiagnosticCode::out_of_range, finding::no_time_at_all(text));
    return Period{.months = static_cast<int>(*count) * months, .days = static_cast<int>(*count) * days};
}

Parsed<std::int64_t> parse_lifetime(std::string_view text) {
    const auto words = split_words(text);
    std::string_view name = words.size() == 2 ? words[1] : std::string_view{};
    if (name.ends_with('s')) name.remove_suffix(1);
    const std::int64_t seconds = name == "minute" ? 60 : name == "hour" ? 3'600 : name == "day" ? 86'400 : 0;
    const auto count = seconds == 0 ? Parsed<std::int64_t>{Unexpected<Fault>{Fault{}}} : parse_count(words[0]);
    if (!count) return fault(DiagnosticCode::bad_period, finding::not_a_lifetime(text), hint::like_lifetime());
    if (*count * seconds < limits::token_seconds_min || *count * seconds > limits::token_seconds_max) {
        return fault(DiagnosticCode::out_of_range, finding::lifetime_out_of_range(text), hint::like_lifetime());
    }
    return *count * seconds;
}

Parsed<std::string> parse_link(std::string_view text) {
    constexpr std::string_view kScheme = "https://";
    constexpr std::string_view kNotInLinks = "\"<>\\^`{|}?#@";
    const auto bad = [&] { return fault(DiagnosticCode::bad_text, finding::not_a_link(text), hint::like_link()); };
    if (text.size() > limits::resource_bytes || !text.starts_with(kScheme)) return bad();
    const std::string_view rest = text.substr(kScheme.size());
    const std::string_view host = rest.substr(0, rest.find('/'));
    const bool has_host = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
    });
    const bool is_plain = std::all_of(rest.begin(), rest.end(),
                                      [&](char c) { return c > ' ' && c < 0x7f && kNotInLinks.find(c) == std::string_view::npos; });
    if (!has_host || !is_plain) return bad();
    return std::string{text};
}

Parsed<Window> parse_window(std::string_view text) {
    const auto words = split_words(text);
    if (words.size() == 1 && words[0] == "ever") return Window{};
    if (words.size() == 2 && words[0] == "calendar") {
        for (const WindowKind kind : {WindowKind::calendar_day, WindowKind::calendar_week, WindowKind::calendar_month,
                                      WindowKind::calendar_quarter, WindowKind::calendar_year}) {
            if (name_of(kind).substr(9) == words[1]) return Window{.kind = kind};
        }
    }
    const auto period = parse_period(text, false);
    if (!period && period.error().code == DiagnosticCode::out_of_range) return Unexpected<Fault>{period.error()};
    if (!period) {
        return fault(DiagnosticCode::bad_window, finding::not_a_window(text), hint::like_window());
    }
    return Window{.kind = WindowKind::rolling, .period = *period};
}

std::string window_text(const Window& window) {
    if (window.kind != WindowKind::rolling) {
        std::string text{name_of(window.kind)};
        std::replace(text.begin(), text.end(), '_', ' ');
        return text;
    }
    if (window.period.days == 0) return std::to_string(window.period.months) + " months";
    return std::to_string(window.period.days) + " days";
}

Parsed<Expiry> parse_expiry(std::string_view text) {
    const auto words = split_words(text);
    const auto bad = [&] { return fault(DiagnosticCode::bad_expiry, finding::not_an_expiry(text), hint::like_expiry()); };
    if (words.size() == 1 && words[0] == "never") return Expiry{};
    const auto starts_with = [&](std::initializer_list<std::string_view> start, std::size_t from) {
        return words.size() >= from + start.size() &&
               std::equal(start.begin(), start.end(), words.begin() + static_cast<std::ptrdiff_t>(from));
    };
    if (words.size() == 5 && starts_with({"at", "the", "end", "of", "the"}, 0)) return bad();
    if (words.size() == 6 && starts_with({"at", "the", "end", "of", "the"}, 0)) {
        for (const WindowKind kind : {WindowKind::calendar_month, WindowKind::calendar_quarter, WindowKind::calendar_year}) {
            if (name_of(kind).substr(9) == words[5]) return Expiry{.kind = ExpiryKind::period_end, .calendar = kind};
        }
        return bad();
    }
    const bool is_earning = words.size() == 4 && starts_with({"after", "earning"}, 2);
    const bool is_activity = words.size() == 5 && starts_with({"after", "last", "activity"}, 2);
    if (!is_earning && !is_activity) return bad();
    const auto period = parse_period(joined(words, 0, 2), false);
    if (!period) return Unexpected<Fault>{period.error()};
    return Expiry{.kind = is_earning ? ExpiryKind::after_earning : ExpiryKind::after_activity, .period = *period};
}

Parsed<DateRange> parse_dates(std::string_view text) {
    const auto words = split_words(text);
    const bool is_range = words.size() == 3 && words[1] == "to";
    if (!is_range && words.size() != 1) {
        return fault(DiagnosticCode::bad_date, finding::not_a_date(text), hint::like_dates());
    }
    const auto first = parse_date(words.front());
    const auto last = parse_date(words.back());
    if (!first || !last) {
        return fault(DiagnosticCode::bad_date, finding::not_a_date(first ? words.back() : words.front()), hint::like_date());
    }
    if (*last < *first) return fault(DiagnosticCode::bad_range, finding::dates_backwards());
    return DateRange{*first, add_days(*last, 1)};
}

Parsed<TimeCondition> parse_time_range(std::string_view text) {
    const auto words = split_words(text);
    if (words.size() != 3 || words[1] != "to") {
        return fault(DiagnosticCode::bad_time, finding::not_a_time(text), hint::like_times());
    }
    const auto from = parse_time_of_day(words[0]);
    const auto to = parse_time_of_day(words[2]);
    if (!from || !to || from->minutes == 24 * 60) {
        return fault(DiagnosticCode::bad_time, finding::not_a_time(from && from->minutes < 24 * 60 ? words[2] : words[0]),
                     hint::like_time());
    }
    if (*from == *to) return fault(DiagnosticCode::bad_range, finding::time_is_empty(), hint::whole_day());
    return TimeCondition{*from, *to};
}

Parsed<std::uint8_t> parse_weekdays(std::string_view text) {
    const auto words = split_words(text);
    const bool is_range = words.size() == 3 && words[1] == "to";
    if (!is_range && words.size() != 1)
        return fault(DiagnosticCode::not_a_choice, finding::not_a_weekday(text), hint::like_weekdays());
    const auto first = from_name<Weekday>(words.front());
    const auto last = from_name<Weekday>(words.back());
    if (!first || !last) {
        return fault(DiagnosticCode::not_a_choice, finding::not_a_weekday(first ? words.back() : words.front()),
                     hint::like_weekdays());
    }
    unsigned days = 0;
    // `sat to mon` goes over the end of the week.
    for (unsigned day = static_cast<unsigned>(*first);; day = (day + 1) % 7) {
        days |= 1u << day;
        if (day == static_cast<unsigned>(*last)) break;
    }
    return static_cast<std::uint8_t>(days);
}

Parsed<BirthdayCondition> parse_birthday(std::string_view text) {
    const auto words = split_words(text);
    if (words.size() == 3 && words[0] == "on" && words[1] == "the" && words[2] == "day") return BirthdayCondition{};
    if (words.size() == 3 && words[0] == "within") {
        const auto period = parse_period(joined(words, 1, 3), true);
        // Beyond half a year on both sides every day would be near the birthday.
        constexpr int kBirthdayDaysMax = 182;
        if (period && (period->months > 0 || period->days > kBirthdayDaysMax)) {
            return fault(DiagnosticCode::out_of_range, finding::birthday_too_wide(text), hint::days_at_most(kBirthdayDaysMax));
        }
        if (period) return BirthdayCondition{period->days, period->days};
    }
    return fault(DiagnosticCode::bad_period, finding::not_near_birthday(text), hint::near_birthday());
}

Parsed<NthPurchaseCondition> parse_nth(std::string_view text) {
    const auto words = split_words(text);
    const bool is_every = words.size() == 2 && words[0] == "every";
    if (!is_every && words.size() != 1) {
        return fault(DiagnosticCode::bad_number, finding::which_purchase(text), hint::like_purchase());
    }
    const auto n = parse_positive_count(words.back());
    if (!n) return Unexpected<Fault>{n.error()};
    return NthPurchaseCondition{*n, is_every};
}

Parsed<bool> parse_yes_no(std::string_view text) {
    // JSON says true and false; nothing else that YAML once knew as a truth is read as one.
    if (text == "yes" || text == "true") return true;
    if (text == "no" || text == "false") return false;
    return fault(DiagnosticCode::not_a_choice, finding::not_yes_or_no(text), hint::yes_or_no());
}

namespace {

Parsed<Give> parse_multiplier(std::string_view text) {
    const auto decimal = parse_plain_decimal(text.substr(1), DiagnosticCode::bad_points, hint::like_points);
    if (!decimal) return Unexpected<Fault>{decimal.error()};
    if (decimal->decimals > 4) return fault(DiagnosticCode::bad_points, finding::too_fine(text), hint::decimals_at_most(4));
    Ratio factor{decimal->value, 1};
    for (int i = 0; i < decimal->decimals; ++i) factor.denominator *= 10;
    if (factor <= Ratio{1, 1}) {
        return fault(DiagnosticCode::out_of_range, finding::multiplies_by_one(text), hint::factor_above_one());
    }
    if (factor > Ratio{1'000, 1}) return fault(DiagnosticCode::out_of_range, finding::too_much(text), hint::factor_at_most());
    return Give{PointsMultiplied{reduced(factor)}};
}

Parsed<Give> parse_points_per_money(Decimal points, std::string_view per, const Currency& currency) {
    // `3 per BYN` is `3 per 1 BYN`.
    const auto money = parse_money(split_words(per).size() == 1 ? "1 " + std::string{per} : std::string{per}, currency);
    if (!money) return Unexpected<Fault>{money.error()};
    if (money->is_zero()) return fault(DiagnosticCode::out_of_range, finding::points_per_no_money());
    __int128 denominator = money->minor();
    for (int i = 0; i < points.decimals; ++i) denominator *= 10;
    if (denominator > kAmountMax) return fault(DiagnosticCode::out_of_range, finding::rate_too_fine());
    return Give{PointsPerAmount{reduced({points.value, static_cast<std::int64_t>(denominator)})}};
}

Parsed<Give> parse_points_per_quantity(Decimal points, std::string_view per) {
    const auto quantity =
        parse_quantity(split_words(per).size() == 1 && !looks_like_number(per) ? "1 " + std::string{per} : std::string{per});
    if (!quantity) return Unexpected<Fault>{quantity.error()};
    // `1.5 per item` are 15 per 10 items.
    Quantity widened = *quantity;
    for (int i = 0; i < points.decimals; ++i) widened.milli *= 10;
    if (widened.milli > kQuantityMilliMax) return fault(DiagnosticCode::out_of_range, finding::rate_too_fine());
    return Give{PointsPerQuantity{points.value, widened}};
}

}  // namespace

Parsed<Give> parse_points_give(std::string_view text, const Currency& currency) {
    const auto words = split_words(text);
    if (words.size() == 1 && words[0].starts_with('x')) return parse_multiplier(words[0]);
    if (words.size() == 1) {
        const auto decimal = parse_decimal(words[0]);
        if (!decimal && !looks_like_number(words[0])) {
            return fault(DiagnosticCode::bad_points, finding::not_points(text), hint::like_points());
        }
        const auto count = parse_positive_count(words[0]);
        if (!count) return Unexpected<Fault>{count.error()};
        return Give{PointsFixed{*count}};
    }
    if ((words.size() != 3 && words.size() != 4) || words[1] != "per") {
        return fault(DiagnosticCode::bad_points, finding::not_points(text), hint::like_points());
    }
    const auto points = parse_plain_decimal(words[0], DiagnosticCode::bad_points, hint::like_points);
    if (!points) return Unexpected<Fault>{points.error()};
    if (points->decimals > 4) {
        return fault(DiagnosticCode::bad_points, finding::too_fine(words[0]), hint::decimals_at_most(4));
    }
    if (points->value == 0) return fault(DiagnosticCode::out_of_range, finding::zero_points());
    if (points->value > kCountMax) return fault(DiagnosticCode::out_of_range, finding::too_many_points(words[0]));
    const std::string per = joined(words, 2, words.size());
    const std::string_view unit = words.back();
    const bool is_money = unit.size() == 3 && std::all_of(unit.begin(), unit.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (is_money) return parse_points_per_money(*points, per, currency);
    return parse_points_per_quantity(*points, per);
}

Parsed<FreeItems> parse_free(std::string_view text) {
    const auto words = split_words(text);
    const bool is_cheapest = words.size() == 4 && words[3] == "cheapest";
    if ((words.size() != 3 && !is_cheapest) || words[1] != "per") {
        return fault(DiagnosticCode::bad_ratio, finding::not_free_items(text), hint::like_free_items());
    }
    const auto free = parse_positive_count(words[0]);
    if (!free) return Unexpected<Fault>{free.error()};
    const auto per = parse_positive_count(words[2]);
    if (!per) return Unexpected<Fault>{per.error()};
    if (*free >= *per) return fault(DiagnosticCode::bad_range, finding::all_free(), hint::fewer_free());
    return FreeItems{.free = *free, .per = *per, .cheapest = is_cheapest};
}

Parsed<Give> parse_discount(std::string_view text, const Currency& currency) {
    if (text.ends_with('%')) {
        const auto rate = parse_percent(text);
        if (!rate) return Unexpected<Fault>{rate.error()};
        if (rate->numerator == 0) return fault(DiagnosticCode::out_of_range, finding::zero_percent());
        return Give{DiscountPercent{*rate}};
    }
    const auto words = split_words(text);
    const bool is_per_item = words.size() == 4 && words[2] == "per" && words[3] == "item";
    if ((words.size() != 2 && !is_per_item) || !looks_like_number(words[0])) {
        return fault(DiagnosticCode::bad_money, finding::not_a_discount(text), hint::like_discount());
    }
    const auto money = parse_money(joined(words, 0, 2), currency);
    if (!money) return Unexpected<Fault>{money.error()};
    if (money->is_zero()) return fault(DiagnosticCode::out_of_range, finding::zero_discount());
    return Give{DiscountAmount{*money, is_per_item}};
}

Parsed<Bound> parse_bound(std::string_view text, const ValueParser& value) {
    const auto words = split_words(text);
    if (words.empty()) return fault(DiagnosticCode::bad_comparison, finding::nothing_compared());
    std::size_t used = 0;
    Bound bound{.op = Op::exactly};
    const bool has_two = words.size() > 1 && words[0] == "at";
    if (words[0] == "over") {
        bound.op = Op::over;
        used = 1;
    } else if (words[0] == "under") {
        bound.op = Op::under;
        used = 1;
    } else if (has_two && words[1] == "least") {
        bound.op = Op::at_least;
        used = 2;
    } else if (has_two && words[1] == "most") {
        bound.op = Op::at_most;
        used = 2;
    }
    if (used == words.size()) {
        return fault(DiagnosticCode::bad_comparison, finding::compares_with_nothing(text), hint::like_comparison());
    }
    const auto to = std::find(words.begin(), words.end(), "to");
    if (to == words.end() || used > 0) {
        const auto parsed = value(joined(words, used, words.size()));
        if (!parsed) return Unexpected<Fault>{parsed.error()};
        bound.value = *parsed;
        return bound;
    }
    const auto at = static_cast<std::size_t>(to - words.begin());
    std::string lower = joined(words, 0, at);
    const std::string upper = joined(words, at + 1, words.size());
    if (at == 1 && words.size() == 4) lower += " " + std::string{words.back()};
    const auto low = value(lower);
    if (!low) return Unexpected<Fault>{low.error()};
    const auto high = value(upper);
    if (!high) return Unexpected<Fault>{high.error()};
    if (*high < *low) return fault(DiagnosticCode::bad_range, finding::ends_before_start(text));
    return Bound{.op = Op::between, .value = *low, .upper = *high};
}

Parsed<std::int64_t> parse_days(std::string_view text) {
    if (split_words(text).size() == 1) {
        auto count = parse_count(text);
        if (count && *count > kPeriodDaysMax) {
            return fault(DiagnosticCode::out_of_range, finding::longer_than_century(text));
        }
        return count;
    }
    const auto period = parse_period(text, true);
    if (!period) return Unexpected<Fault>{period.error()};
    if (period->months > 0) {
        return fault(DiagnosticCode::bad_period, finding::not_days(text), hint::days_or_weeks());
    }
    return std::int64_t{period->days};
}

Parsed<std::int64_t> parse_thousandths(std::string_view text) {
    const auto decimal = parse_decimal(text);
    if (!decimal) return fault(DiagnosticCode::bad_number, finding::not_a_number(text));
    const auto milli = at_decimals(*decimal, 3);
    if (!milli) return fault(DiagnosticCode::bad_number, finding::number_below_thousandth(text));
    if (*milli > kAmountMax || *milli < -kAmountMax) {
        return fault(DiagnosticCode::out_of_range, finding::too_large(text));
    }
    return *milli;
}

bool is_comparison(std::string_view text) {
    const auto words = split_words(text);
    if (words.empty()) return false;
    if (words[0] == "over" || words[0] == "under") return words.size() > 1;
    if (words[0] == "at" && words.size() > 2) return words[1] == "least" || words[1] == "most";
    return looks_like_number(words[0]) && (words.size() == 1 || (words.size() == 3 && words[1] == "to"));
}

namespace {

bool is_name(std::string_view text, std::string_view more) {
    if (text.empty() || text.size() > limits::key_bytes || text.front() < 'a' || text.front() > 'z') return false;
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
    });
}

}  // namespace

bool is_word(std::string_view text) { return is_name(text, "_-"); }
bool is_fact_name(std::string_view text) { return is_name(text, "_-."); }

}  // namespace suki::programme
