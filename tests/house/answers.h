#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "engine/outcome.h"
#include "server/json/value.h"

/// Reading the answers of the interface. What is absent or null reads as empty, as the encoders write what is empty as null; what
/// must be there and is not throws.
namespace suki::house {

namespace json = server::json;

[[noreturn]] void fail(const std::string& what);

std::string text_in(json::Value object, std::string_view name);
std::int64_t number_in(json::Value object, std::string_view name);
/// Whichever of `money`, `quantity` (in thousandths) and `count` is not null.
std::int64_t figure_in(json::Value object);
bool is_true_in(json::Value object, std::string_view name);
std::vector<json::Value> list_in(json::Value object, std::string_view name);
json::Value object_in(json::Value object, std::string_view name);
std::vector<app::UnitBalance> balances_in(json::Value object);
std::vector<app::UnitPoints> points_in(json::Value object, std::string_view name);
std::vector<app::Discrepancy> discrepancies_in(json::Value object);
std::vector<app::ThingGiven> things_in(json::Value object);
/// The challenges that moved.
std::vector<engine::ChallengeMove> moves_in(json::Value object);
/// The calculation of a quote or receipt. The interface leaves out units in which nothing was earned; `units` brings them back.
engine::Outcome outcome_in(json::Value object, const std::vector<std::string>& units);

struct AnsweredLot {
    std::string key;  // what tells lots apart in an account's answer
    std::string expires;
    std::int64_t remaining = 0;
    bool is_mature = false;
};
std::vector<AnsweredLot> lots_in(json::Value account);

}  // namespace suki::house
