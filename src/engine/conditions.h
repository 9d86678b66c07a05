#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/context.h"
#include "engine/evaluate.h"
#include "event/receipt.h"
#include "programme/plan.h"

/// Conditions asked as they are written, text against text: the definition of each, and what `explain` says of it. Evaluation asks
/// them in numbers (evaluate.cpp); the tests hold the two together. Internal to the engine.
namespace suki::engine {

/// A receipt without a member fails every condition that speaks of one (birthday, level, purchases, counters, attributes,
/// segments). Weekday and time of day are read each by itself on the store's clock: an hour after midnight belongs to the weekday
/// that the clock shows then, also when the range began the evening before.
struct Question {
    const programme::Plan& plan;
    const Context& context;
    const event::Receipt& receipt;
    std::span<const std::uint32_t> lines;  // positions of the matched lines, without deposits
};

bool is_met(const programme::Condition& condition, const Question& question);
/// The same answer, with what was seen and what was wanted.
ConditionResult result_of(const programme::Condition& condition, const Question& question);

/// 29 February is kept on 28 February in common years.
std::optional<Date> birthday_in(int year, const YearMonthDay& birthday);

/// Whether the filter takes the line; nothing about deposits.
bool takes(const programme::LineFilter& filter, const event::Line& line, const LineFacts& facts);
/// The facts of a line; empty ones where a context holds none.
inline const LineFacts& facts_of(const Context& context, std::size_t line) {
    static const LineFacts none;
    return line < context.lines.size() ? context.lines[line] : none;
}

/// List total of the lines in minor units; at most limits::lines_per_receipt amounts, so 64 bits hold it.
std::int64_t amount_of(const event::Receipt& receipt, std::span<const std::uint32_t> lines);
/// Thousandths in that unit.
std::int64_t quantity_of(const event::Receipt& receipt, std::span<const std::uint32_t> lines, QuantityUnit unit);

/// What is weighed, measured, or not whole counts as one piece.
inline std::int64_t pieces_of(const Quantity& quantity) {
    return quantity.unit == QuantityUnit::piece && is_whole(quantity) ? quantity.milli / 1000 : (quantity.milli > 0 ? 1 : 0);
}

/// The counter of how often a challenge was done, by its id; and of which challenge a counter is one.
std::string done_key(std::string_view challenge);
std::optional<std::string_view> challenge_done(std::string_view key);

/// `over 1500`, `between 2 5`.
std::string bound_text(const programme::Bound& bound, int decimals = 0);
/// `sku=a,b category=meat`: the lists that are asked, in this order: sku, category, brand, batch, tag.
std::string filter_text(const programme::LineFilter& filter);

bool is_birthday_near(const programme::BirthdayCondition& condition, const Context& context);
bool is_on_clock(const programme::TimeCondition& condition, TimeOfDay time);
bool is_in_dates(const programme::DatesCondition& condition, Date date);
bool has_attribute(const programme::AttributeCondition& condition, const account::Facts& facts);

/// `values[index]`, or 0 when a context was made for another plan.
inline std::int64_t value_at(const std::vector<std::int64_t>& values, std::uint32_t index) {
    return index < values.size() ? values[index] : 0;
}

}  // namespace suki::engine
