#include "house/figures.h"

#include <cctype>
#include <stdexcept>

#include "base/currency.h"
#include "base/decimal.h"

namespace suki::house {

namespace {

[[noreturn]] void complain(std::string_view what, std::string_view text) {
    throw std::runtime_error("the story says `" + std::string{text} + "`, which is no " + std::string{what});
}

std::string with_unit(const std::string& unit, Points points, bool is_only) {
    return is_only ? std::to_string(points.minor()) : unit + ":" + std::to_string(points.minor());
}

std::string points_words(const std::vector<app::UnitPoints>& all) {
    if (all.empty()) return "0";
    if (all.size() == 1) return std::to_string(all.front().points.minor());
    std::vector<std::string> items;
    for (const auto& [unit, points] : all) items.push_back(with_unit(unit, points, false));
    return list_words(items);
}

}  // namespace

Money money_of(std::string_view text, int exponent) {
    const auto decimal = parse_decimal(text);
    const auto minor = decimal ? at_decimals(*decimal, exponent) : std::nullopt;
    if (!minor) complain("amount of money", text);
    return Money{*minor};
}

Quantity quantity_of(std::string_view text) {
    std::size_t end = text.size();
    while (end > 0 && std::isalpha(static_cast<unsigned char>(text[end - 1])) != 0) --end;
    const std::string_view unit = text.substr(end);
    const auto decimal = parse_decimal(text.substr(0, end));
    if (!decimal) complain("quantity", text);
    const bool is_small = unit == "g" || unit == "ml";
    const auto milli = at_decimals(*decimal, is_small ? 0 : 3);
    if (!milli) complain("quantity", text);
    if (unit.empty()) return {*milli, QuantityUnit::piece};
    if (is_small) return {*milli, unit == "g" ? QuantityUnit::kg : QuantityUnit::l};
    const auto known = from_name<QuantityUnit>(unit);
    if (!known) complain("quantity", text);
    return {*milli, *known};
}

bool has_unit(std::string_view text) { return !text.empty() && std::isalpha(static_cast<unsigned char>(text.back())) != 0; }

std::string quantity_words(Quantity quantity) {
    const std::string number = decimal_text(quantity.milli, 3);
    return quantity.unit == QuantityUnit::piece ? number : number + std::string{name_of(quantity.unit)};
}

std::int64_t duration_of(std::string_view text) {
    const std::size_t space = text.find(' ');
    const auto count = parse_integer(text.substr(0, space));
    std::string_view unit = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    if (!unit.empty() && unit.back() == 's') unit.remove_suffix(1);
    if (!count) complain("duration", text);
    if (unit == "second") return *count * kSecondUs;
    if (unit == "minute") return *count * 60 * kSecondUs;
    if (unit == "hour") return *count * 3600 * kSecondUs;
    if (unit == "day") return *count * kDayUs;
    complain("duration", text);
}

Instant instant_of_words(std::string_view text) {
    if (const auto instant = parse_instant(text)) return *instant;
    if (const auto date = parse_date(text)) return midnight_utc(*date);
    complain("instant", text);
}

std::vector<std::string> list_of(std::string_view text) {
    std::vector<std::string> items;
    std::string item;
    for (const char c : text) {
        if (c == ',' || c == ' ' || c == '[' || c == ']') {
            if (!item.empty()) items.push_back(std::move(item));
            item.clear();
        } else {
            item += c;
        }
    }
    if (!item.empty()) items.push_back(std::move(item));
    return items;
}

std::string list_words(const std::vector<std::string>& items) {
    std::string text = "[";
    for (const std::string& item : items) text += (text.size() > 1 ? " " : "") + item;
    return text + "]";
}

event::Receipt receipt_of(const Action& action, const std::string& id, Instant at, int exponent) {
    event::Receipt receipt;
    receipt.id = id;
    receipt.occurred_at = at;
    receipt.offset_s = 0;
    receipt.store = action.named("store").value_or("");
    receipt.till = action.named("till").value_or("1");
    receipt.number = id;
    receipt.channel = action.named("channel").value_or("till");
    receipt.card = action.named("card").value_or("");
    if (const auto given = action.named("till_discount")) receipt.till_discount = money_of(*given, exponent);
    if (const auto charged = action.named("charged")) receipt.charged = money_of(*charged, exponent);
    if (const auto paid = action.named("pay")) {
        for (const std::string& item : list_of(*paid)) {
            const std::size_t colon = item.find(':');
            event::PointsPayment payment;
            payment.unit = colon == std::string::npos ? "points" : item.substr(0, colon);
            const auto points = parse_integer(colon == std::string::npos ? item : item.substr(colon + 1));
            if (!points) complain("number of points", item);
            payment.points = Points{*points};
            receipt.points_paid.push_back(payment);
        }
    }
    std::uint32_t number = 0;
    for (const Words& group : action.groups) {
        event::Line line{.has_unit = false};
        line.number = ++number;
        for (const Word& word : group) {
            const std::string& v = word.value;
            if (word.name.empty() && v == "deposit")
                line.is_deposit = true;
            else if (word.name.empty() && v == "no_discount")
                line.no_discount = true;
            else if (word.name.empty() && v == "no_points")
                line.no_points = true;
            else if (word.name.empty())
                line.amount = money_of(v, exponent);
            else if (word.name == "sku")
                line.sku = v;
            else if (word.name == "category")
                line.category = v;
            else if (word.name == "brand")
                line.brand = v;
            else if (word.name == "batch")
                line.batch = v;
            else if (word.name == "tags")
                line.tags = list_of(v), line.has_tags = true;
            else if (word.name == "qty")
                line.quantity = quantity_of(v), line.has_unit = has_unit(v);
            else if (word.name == "tax")
                line.tax = money_of(v, exponent);
            else if (word.name == "till_discount")
                line.till_discount = money_of(v, exponent);
            else if (word.name == "charged")
                line.charged = money_of(v, exponent);
            else if (word.name == "no")
                line.number = static_cast<std::uint32_t>(parse_integer(v).value_or(0));
            else
                complain("part of a line", word.name + "=" + v);
        }
        receipt.lines.push_back(std::move(line));
    }
    return receipt;
}

event::Return return_of(const Action& action, Instant at, int exponent) {
    event::Return back;
    back.receipt = action.bare(0);
    back.id = action.named("id").value_or("return-" + std::to_string(action.line));
    back.occurred_at = at;
    back.reason = action.named("reason").value_or("");
    if (const auto refunded = action.named("refunded")) back.refunded = money_of(*refunded, exponent);
    for (const Words& group : action.groups) {
        if (group.size() != 2) complain("returned line", action.text);
        const auto number = parse_integer(group[0].value);
        if (!number) complain("line number", group[0].value);
        back.lines.push_back({static_cast<std::uint32_t>(*number), quantity_of(group[1].value), has_unit(group[1].value)});
    }
    return back;
}

void add_outcome(Reply& reply, const engine::Outcome& outcome, const std::vector<std::string>& units, int exponent) {
    reply.add("discount", money_text(outcome.discount, exponent));
    reply.add("total", money_text(outcome.total, exponent));
    reply.add("paid", money_text(outcome.paid, exponent));
    std::vector<std::string> points;
    for (std::size_t i = 0; i < outcome.points.size(); ++i)
        points.push_back(with_unit(units[i], outcome.points[i], units.size() == 1));
    reply.add("points", points.empty() ? "0" : points.size() == 1 ? points.front() : list_words(points));
    std::vector<std::string> applied;
    std::vector<std::string> lost;
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.verdict != event::Verdict::applied) {
            lost.push_back(decision.offer + ":" + std::string{name_of(decision.verdict)});
        } else if (decision.unit.empty()) {
            applied.push_back(decision.offer + ":" + money_text(decision.discount, exponent));
        } else {
            applied.push_back(decision.offer + ":" + std::to_string(decision.points.minor()));
        }
    }
    reply.add("offers", list_words(applied));
    reply.add("lost", list_words(lost));
    std::vector<std::string> nets;
    for (const engine::LineOutcome& line : outcome.lines) nets.push_back(money_text(line.total, exponent));
    reply.add("nets", list_words(nets));
}

void add_balances(Reply& reply, const std::vector<app::UnitBalance>& balances) {
    const bool is_only = balances.size() <= 1;
    std::vector<std::string> pending, available, held, owed;
    for (const app::UnitBalance& b : balances) {
        pending.push_back(with_unit(b.unit, b.pending, is_only));
        available.push_back(with_unit(b.unit, b.available, is_only));
        held.push_back(with_unit(b.unit, b.held, is_only));
        owed.push_back(with_unit(b.unit, b.owed, is_only));
    }
    const auto words = [](const std::vector<std::string>& items) {
        return items.empty() ? std::string{"0"} : items.size() == 1 ? items.front() : list_words(items);
    };
    reply.add("balance", words(available));
    reply.add("pending", words(pending));
    reply.add("held", words(held));
    reply.add("owed", words(owed));
}

namespace {
std::string moved_points(const std::vector<app::UnitPoints>& moved) {
    std::string words;
    for (const app::UnitPoints& one : moved) words += (words.empty() ? "" : ",") + std::to_string(one.points.minor());
    return words.empty() ? "0" : words;
}
}  // namespace

void add_moved(Reply& reply, const std::vector<app::UnitPoints>& moved) { reply.add("moved", moved_points(moved)); }

std::string moved_words(const std::string& programme, const std::vector<app::UnitPoints>& moved) {
    return programme + ":" + moved_points(moved);
}

void add_discrepancies(Reply& reply, const std::vector<app::Discrepancy>& discrepancies) {
    std::vector<std::string> kinds;
    for (const app::Discrepancy& d : discrepancies) {
        kinds.emplace_back(name_of(d.kind));
        if (d.kind == app::DiscrepancyKind::quote_not_honoured) kinds.back() += ":" + d.what;
    }
    reply.add("discrepancies", list_words(kinds));
}

void add_things(Reply& reply, const std::vector<app::ThingGiven>& things) {
    if (things.empty()) return;
    std::vector<std::string> words;
    for (const app::ThingGiven& thing : things) words.push_back(thing.thing + (thing.is_kept ? ":kept" : ""));
    reply.add("things", list_words(words));
}

std::string parts_words(const std::vector<engine::PartMove>& parts, bool with_before) {
    std::string text;
    for (const engine::PartMove& part : parts) {
        text += (text.empty() ? "" : ",") + part.part + (part.part.empty() ? "" : "=");
        if (with_before) text += std::to_string(part.before) + ">";
        text += std::to_string(part.after) + "/" + std::to_string(part.need);
    }
    return text;
}

void add_moves(Reply& reply, const std::vector<engine::ChallengeMove>& moves) {
    if (moves.empty()) return;
    std::vector<std::string> words;
    for (engine::ChallengeMove move : moves) {
        for (engine::PartMove& part : move.parts) {
            // As the interface tells it.
            part.before = std::max<std::int64_t>(part.before, 0);
            part.after = std::max<std::int64_t>(part.after, 0);
        }
        words.push_back(move.challenge + (move.times > 0 ? "*" + std::to_string(move.times) : "") + ":" +
                        parts_words(move.parts, true));
    }
    reply.add("challenges", list_words(words));
}

std::string rebate_words(const RebateWords& words) {
    std::string text =
        words.rebate + "@" + words.starts_on + ":" + std::to_string(words.bought) + ">" + std::to_string(words.accrued);
    if (words.next) text += "+" + std::to_string(words.next->first) + ">" + std::to_string(words.next->second);
    return text;
}

void add_return(Reply& reply, const app::ReturnAnswer& answer, int exponent) {
    reply.add("refund", money_text(answer.refund, exponent));
    reply.add("withheld", money_text(answer.withheld, exponent));
    reply.add("taken", points_words(answer.taken_back));
    reply.add("left", points_words(answer.left));
    reply.add("given", points_words(answer.given_back));
    add_balances(reply, answer.balances);
    reply.add("level", answer.level);
    reply.add("relied_on", list_words(answer.relied_on));
    add_things(reply, answer.things);
    add_discrepancies(reply, answer.discrepancies);
    reply.add("repeat", answer.is_repeat ? "yes" : "no");
}

}  // namespace suki::house
