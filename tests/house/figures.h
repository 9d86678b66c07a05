#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "house/story.h"

/// How stories write what the application speaks of, both ways.
namespace suki::house {

/// `21.78` of a currency with two decimals → minor units. A story that can't be read is a mistake of its author: throws
/// std::runtime_error with a sentence.
Money money_of(std::string_view text, int exponent);
/// `0.5kg`, `3`, `250g` → thousandths.
Quantity quantity_of(std::string_view text);
std::string quantity_words(Quantity quantity);
/// `30 days`, `2 hours`, `15 minutes` → µs.
std::int64_t duration_of(std::string_view text);
Instant instant_of_words(std::string_view text);
std::vector<std::string> list_of(std::string_view text);        // `a,b` or `[a b]`
std::string list_words(const std::vector<std::string>& items);  // `[a b]`

/// `buy` and `quote`: the receipt that the action describes.
event::Receipt receipt_of(const Action& action, const std::string& id, Instant at, int exponent);
event::Return return_of(const Action& action, Instant at, int exponent);

/// The figures of answers, in the order in which stories show them.
void add_outcome(Reply& reply, const engine::Outcome& outcome, const std::vector<std::string>& units, int exponent);
void add_balances(Reply& reply, const std::vector<app::UnitBalance>& balances);
/// What went from one member to another, by unit.
void add_moved(Reply& reply, const std::vector<app::UnitPoints>& moved);
/// `cafe:30`.
std::string moved_words(const std::string& programme, const std::vector<app::UnitPoints>& moved);
void add_discrepancies(Reply& reply, const std::vector<app::Discrepancy>& discrepancies);
void add_things(Reply& reply, const std::vector<app::ThingGiven>& things);
/// `challenges=[coffee:4>5/6 set*1:ham=0>0/1,bread=1>0/1]` where any moved: how often it was done, and each part.
void add_moves(Reply& reply, const std::vector<engine::ChallengeMove>& moves);
/// `ham=1/1,bread=0/1`
std::string parts_words(const std::vector<engine::PartMove>& parts, bool with_before);
/// A period of a rebate: `volume@2026-01-01:90000>900+10000>2500`, what was bought and accrued, and of one that is open what is
/// missing to the next step and what that brings.
struct RebateWords {
    std::string rebate;
    std::string starts_on;
    std::int64_t bought = 0;
    std::int64_t accrued = 0;
    std::optional<std::pair<std::int64_t, std::int64_t>> next = {};
};
std::string rebate_words(const RebateWords& words);
void add_return(Reply& reply, const app::ReturnAnswer& answer, int exponent);

}  // namespace suki::house
