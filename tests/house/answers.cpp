#include "house/answers.h"

#include <stdexcept>

#include "house/figures.h"

namespace suki::house {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("over HTTP: " + what); }

std::string text_in(json::Value object, std::string_view name) {
    const auto value = object.find(name);
    return value && value->kind() == json::Kind::text ? std::string{value->text()} : std::string{};
}

std::int64_t number_in(json::Value object, std::string_view name) {
    const auto value = object.find(name);
    if (!value || value->kind() != json::Kind::integer) fail("there is no number `" + std::string{name} + "`");
    const auto number = value->integer();
    if (!number) fail("`" + std::string{name} + "` is no whole number");
    return *number;
}

std::int64_t figure_in(json::Value object) {
    const std::string quantity = text_in(object, "quantity");
    if (!quantity.empty()) return quantity_of(quantity).milli;
    const auto money = object.find("money");
    return number_in(object, money && !money->is_null() ? "money" : "count");
}

bool is_true_in(json::Value object, std::string_view name) {
    const auto value = object.find(name);
    return value && value->kind() == json::Kind::boolean && value->boolean();
}

std::vector<json::Value> list_in(json::Value object, std::string_view name) {
    const auto value = object.find(name);
    if (!value || value->kind() != json::Kind::array) fail("there is no list `" + std::string{name} + "`");
    std::vector<json::Value> all;
    for (const json::Value one : value->elements()) all.push_back(one);
    return all;
}

json::Value object_in(json::Value object, std::string_view name) {
    const auto value = object.find(name);
    if (!value || value->kind() != json::Kind::object) fail("there is no object `" + std::string{name} + "`");
    return *value;
}

std::vector<app::UnitBalance> balances_in(json::Value object) {
    std::vector<app::UnitBalance> all;
    for (const json::Value one : list_in(object, "balances")) {
        all.push_back({text_in(one, "unit"), Points{number_in(one, "pending")}, Points{number_in(one, "available")},
                       Points{number_in(one, "held")}, Points{number_in(one, "owed")}});
    }
    return all;
}

std::vector<app::UnitPoints> points_in(json::Value object, std::string_view name) {
    std::vector<app::UnitPoints> all;
    for (const json::Value one : list_in(object, name)) all.push_back({text_in(one, "unit"), Points{number_in(one, "points")}});
    return all;
}

std::vector<app::Discrepancy> discrepancies_in(json::Value object) {
    std::vector<app::Discrepancy> all;
    for (const json::Value one : list_in(object, "discrepancies")) {
        const auto kind = from_name<app::DiscrepancyKind>(text_in(one, "kind"));
        if (!kind) fail("a discrepancy of an unknown kind, " + text_in(one, "kind"));
        all.push_back({.kind = *kind,
                       .stated = number_in(one, "stated"),
                       .decided = number_in(one, "decided"),
                       .what = text_in(one, "what")});
    }
    return all;
}

std::vector<app::ThingGiven> things_in(json::Value object) {
    std::vector<app::ThingGiven> things;
    for (const json::Value one : list_in(object, "things")) {
        things.push_back({.id = text_in(one, "id"),
                          .thing = text_in(one, "thing"),
                          .offer = text_in(one, "offer"),
                          .is_gift = text_in(one, "kind") == "gift",
                          .is_kept = is_true_in(one, "is_kept")});
    }
    return things;
}

std::vector<engine::ChallengeMove> moves_in(json::Value object) {
    std::vector<engine::ChallengeMove> moves;
    for (const json::Value one : list_in(object, "challenges")) {
        engine::ChallengeMove move{.challenge = text_in(one, "challenge"), .times = number_in(one, "times"), .parts = {}};
        for (const json::Value part : list_in(one, "parts")) {
            move.parts.push_back({.part = text_in(part, "part"),
                                  .before = number_in(part, "before"),
                                  .after = number_in(part, "after"),
                                  .need = number_in(part, "need")});
        }
        moves.push_back(std::move(move));
    }
    return moves;
}

engine::Outcome outcome_in(json::Value object, const std::vector<std::string>& units) {
    const json::Value calculation = object_in(object, "calculation");
    engine::Outcome outcome;
    outcome.discount = Money{number_in(calculation, "discount")};
    outcome.total = Money{number_in(calculation, "total")};
    outcome.paid = Money{number_in(calculation, "paid")};
    outcome.points = engine::PointsByUnit(units.size());
    for (const app::UnitPoints& one : points_in(calculation, "points")) {
        std::size_t at = 0;
        while (at < units.size() && units[at] != one.unit) ++at;
        if (at == units.size()) fail("points of an unknown unit, " + one.unit);
        outcome.points[at] = one.points;
    }
    for (const json::Value one : list_in(calculation, "decisions")) {
        event::Decision decision;
        decision.offer = text_in(one, "offer");
        const auto verdict = from_name<event::Verdict>(text_in(one, "verdict"));
        if (!verdict) fail("an unknown verdict, " + text_in(one, "verdict"));
        decision.verdict = *verdict;
        decision.discount = Money{number_in(one, "discount")};
        decision.unit = text_in(one, "unit");
        decision.points = Points{number_in(one, "points")};
        outcome.decisions.push_back(std::move(decision));
    }
    for (const json::Value one : list_in(calculation, "lines")) {
        engine::LineOutcome line;
        line.total = Money{number_in(one, "total")};
        outcome.lines.push_back(std::move(line));
    }
    return outcome;
}

std::vector<AnsweredLot> lots_in(json::Value account) {
    std::vector<AnsweredLot> all;
    for (const json::Value one : list_in(account, "lots")) {
        AnsweredLot lot;
        lot.expires = text_in(one, "expires_at");
        lot.key = text_in(one, "unit") + '|' + text_in(one, "earned_at") + '|' + text_in(one, "earned_by") + '|' +
                  text_in(one, "matures_at") + '|' + lot.expires;
        lot.remaining = number_in(one, "remaining");
        lot.is_mature = is_true_in(one, "is_mature");
        all.push_back(std::move(lot));
    }
    return all;
}

}  // namespace suki::house
