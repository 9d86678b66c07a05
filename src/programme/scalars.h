#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "programme/findings.h"
#include "programme/plan.h"

/// The small grammars of single values: `3 per 1 BYN`, `over 15 BYN`, `12 months`. Each either reads the whole text or says what is
/// wrong with it. Nothing here knows the document.
namespace suki::programme {

template <class T>
using Parsed = Result<T, Fault>;

/// The programme's money. With an empty `code` (the document's own was refused) any known currency will do, so that one mistake
/// is told of once.
struct Currency {
    std::string code;
    int exponent = 2;
};

/// The largest number of points, uses or anything else counted that a document may name.
inline constexpr std::int64_t kCountMax = 1'000'000'000;
/// Days that any period may span: a hundred years.
inline constexpr int kPeriodDaysMax = 36'525;

std::vector<std::string_view> split_words(std::string_view text);

/// 0..kCountMax, whole.
Parsed<std::int64_t> parse_count(std::string_view text);
/// 1..kCountMax.
Parsed<std::int64_t> parse_positive_count(std::string_view text);
/// `1.50 BYN`, not negative, at most the currency's decimals.
Parsed<Money> parse_money(std::string_view text, const Currency& currency);
/// The same, but as fine as the writer likes: minor units of money as a ratio (what one point is worth).
Parsed<Ratio> parse_fine_money(std::string_view text, const Currency& currency);
/// `0.5 kg`, `100 g`, `250 ml`, `3 items`, `3`; more than 0 unless `allow_zero`.
Parsed<Quantity> parse_quantity(std::string_view text, bool allow_zero = false);
/// `3%`: 0 to 100 with up to 4 decimals.
Parsed<Ratio> parse_percent(std::string_view text);
/// `30 days`, `2 weeks`, `12 months`, `1 year`; more than 0 unless `allow_zero`.
Parsed<Period> parse_period(std::string_view text, bool allow_zero);
/// `10 minutes`, `2 hours`, `1 day` as seconds, from limits::token_seconds_min to limits::token_seconds_max.
Parsed<std::int64_t> parse_lifetime(std::string_view text);
/// `https://shop.example/club`: an address of visible ASCII with a host, without user, query or fragment.
Parsed<std::string> parse_link(std::string_view text);
/// `90 days`, `calendar month`, `ever`.
Parsed<Window> parse_window(std::string_view text);
/// The canonical words of a window, which parse_window reads back.
std::string window_text(const Window& window);
Parsed<Expiry> parse_expiry(std::string_view text);
/// `2026-12-24 to 2026-12-26` or one date; the result is half-open.
Parsed<DateRange> parse_dates(std::string_view text);
Parsed<TimeCondition> parse_time_range(std::string_view text);
/// Bits of a weekday or a range of them: `tue`, `mon to fri`.
Parsed<std::uint8_t> parse_weekdays(std::string_view text);
Parsed<BirthdayCondition> parse_birthday(std::string_view text);
Parsed<NthPurchaseCondition> parse_nth(std::string_view text);
Parsed<bool> parse_yes_no(std::string_view text);
/// `3 per 1 BYN`, `20 per 0.1 kg`, `5 per item`, `150`, `x2`.
Parsed<Give> parse_points_give(std::string_view text, const Currency& currency);
/// `1 per 4`, `1 per 4 cheapest`.
Parsed<FreeItems> parse_free(std::string_view text);
/// `3%`, `1.50 BYN`, `0.20 BYN per item`.
Parsed<Give> parse_discount(std::string_view text, const Currency& currency);

using ValueParser = std::function<Parsed<std::int64_t>(std::string_view)>;
/// `over X`, `at least X`, `under X`, `at most X`, `X to Y`, `X`. In `2 to 5 kg` the first number borrows the second's unit.
Parsed<Bound> parse_bound(std::string_view text, const ValueParser& value);
/// Days: `45`, `45 days`, `2 weeks`.
Parsed<std::int64_t> parse_days(std::string_view text);
/// Thousandths of a plain number, which may be negative.
Parsed<std::int64_t> parse_thousandths(std::string_view text);
/// Whether a text is written as a comparison of numbers rather than as a word.
bool is_comparison(std::string_view text);

/// A name that the writer chooses: a lower-case letter, then lower-case letters, digits, `_`, `-`; at most limits::key_bytes.
bool is_word(std::string_view text);
/// The name of a fact: the same, and dots.
bool is_fact_name(std::string_view text);

}  // namespace suki::programme
