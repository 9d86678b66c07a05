#include <algorithm>
#include <span>

#include "base/decimal.h"
#include "server/encode.h"
#include "server/phrases.h"
#include "words/words.h"

namespace suki::server {

namespace {

std::string quantity_text(std::int64_t milli) { return decimal_text(milli, 3); }

/// Null without a plan: then only ids are known.
std::shared_ptr<Phrases> phrases_of(const Speech& speech) {
    return speech.plan == nullptr ? nullptr : Phrases::of(speech.plan, speech.language);
}

std::string offer_title(Phrases* phrases, const std::string& id) {
    return phrases == nullptr ? id : std::string{phrases->title(id)};
}

/// Without a plan the offer's id has to do.
std::string decision_text(const event::Decision& decision, const Speech& speech, Phrases* phrases) {
    if (phrases != nullptr) return phrases->decision(decision);
    const std::string key = "verdict." + std::string{name_of(decision.verdict)};
    if (!words::has_pattern(speech.language, key)) return decision.offer;
    return words::say(speech.language, key, {{"offer", decision.offer}, {"winner", decision.winner}, {"promise", decision.offer}});
}

void write_points_of(JsonWriter& out, std::string_view name, std::span<const Points> points,
                     const std::vector<std::string>& units) {
    out.begin_array(name);
    for (std::size_t i = 0; i < points.size() && i < units.size(); ++i) {
        if (points[i].is_zero()) continue;
        out.begin_object();
        out.field("unit", units[i]);
        out.field("points", points[i].minor());
        out.end_object();
    }
    out.end_array();
}

void write_optional_money(JsonWriter& out, std::string_view name, const std::optional<Money>& money) {
    if (!money) return out.field_null(name);
    out.field(name, money->minor());
}

void write_member_id(JsonWriter& out, const std::optional<MemberId>& member) {
    if (!member) return out.field_null("member");
    out.field("member", member->text());
}

void write_one_decision(JsonWriter& out, const event::Decision& decision, const Speech& speech, Phrases* phrases) {
    out.begin_object();
    out.field("offer", decision.offer);
    out.field("title", offer_title(phrases, decision.offer));
    out.field("clause", decision.clause);
    out.field("verdict", name_of(decision.verdict));
    out.field("discount", decision.discount.minor());
    write_text_or_null(out, "unit", decision.unit);
    out.field("points", decision.points.minor());
    out.field("uses", decision.uses);
    write_text_or_null(out, "winner", decision.winner);
    out.begin_array("shares");
    for (const event::Share& share : decision.shares) {
        out.begin_object();
        out.field("line", share.line);
        out.field("money", share.money.minor());
        out.field("points", share.points.minor());
        out.end_object();
    }
    out.end_array();
    out.field("text", decision_text(decision, speech, phrases));
    out.end_object();
}

}  // namespace

void write_decision(JsonWriter& out, const event::Decision& decision, const Speech& speech) {
    write_one_decision(out, decision, speech, phrases_of(speech).get());
}

void write_calculation(JsonWriter& out, std::string_view name, const engine::Outcome& outcome,
                       const std::vector<std::string>& units, const Speech& speech) {
    out.begin_object(name);
    out.field("list_total", outcome.list_total.minor());
    out.field("discount", outcome.discount.minor());
    out.field("till_discount", outcome.till_discount.minor());
    out.field("total", outcome.total.minor());
    out.field("points_money", outcome.points_money.minor());
    out.field("paid", outcome.paid.minor());
    write_points_of(out, "points", outcome.points, units);
    out.begin_array("points_paid");
    for (const engine::PaidPoints& paid : outcome.points_paid) {
        out.begin_object();
        out.field("unit", paid.unit < units.size() ? std::string_view{units[paid.unit]} : std::string_view{});
        out.field("points", paid.points.minor());
        out.field("money", paid.money.minor());
        out.end_object();
    }
    out.end_array();
    out.begin_array("lines");
    for (const engine::LineOutcome& line : outcome.lines) {
        out.begin_object();
        out.field("line", line.line);
        out.field("list_total", line.list_total.minor());
        out.field("line_discount", line.line_discount.minor());
        out.field("receipt_discount", line.receipt_discount.minor());
        out.field("till_discount", line.till_discount.minor());
        out.field("total", line.total.minor());
        out.field("points_money", line.points_money.minor());
        out.field("paid", line.paid.minor());
        write_points_of(out, "points", line.points, units);
        out.end_object();
    }
    out.end_array();
    out.begin_array("decisions");
    const std::shared_ptr<Phrases> phrases = phrases_of(speech);
    for (const event::Decision& decision : outcome.decisions) write_one_decision(out, decision, speech, phrases.get());
    out.end_array();
    out.end_object();
}

void write_quote(JsonWriter& out, const app::QuoteAnswer& answer, const Speech& speech) {
    out.begin_object();
    out.field("programme", speech.plan != nullptr ? std::string_view{speech.plan->id} : std::string_view{});
    out.field("edition", answer.edition);
    out.field("currency", answer.currency);
    write_instant(out, "judged_at", answer.judged_at);
    write_member_id(out, answer.member);
    write_calculation(out, "calculation", answer.outcome, answer.units, speech);
    write_unit_points(out, "spendable", answer.spendable);
    out.begin_array("missing");
    for (const engine::Missing& missing : answer.missing) write_missing(out, missing, speech);
    out.end_array();
    write_level(out, "level", answer.level, speech);
    write_balances(out, "balances", answer.balances);
    out.begin_array("holds");
    for (const app::HoldAnswer& hold : answer.holds) write_hold_result(out, hold);
    out.end_array();
    write_discrepancies(out, answer.discrepancies);
    write_challenge_moves(out, answer.challenges, speech);
    out.field("token", answer.token);
    write_instant(out, "token_expires_at", answer.token_expires_at);
    out.end_object();
}

namespace {

void write_things(JsonWriter& out, const std::vector<app::ThingGiven>& things) {
    out.begin_array("things");
    for (const app::ThingGiven& thing : things) {
        out.begin_object();
        out.field("id", thing.id);
        out.field("kind", thing.is_gift ? "gift" : "benefit");
        out.field("thing", thing.thing);
        out.field("offer", thing.offer);
        out.field("is_kept", thing.is_kept);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

void write_return_fields(JsonWriter& out, const app::ReturnAnswer& answer) {
    out.field("id", answer.return_id);
    out.field("receipt", answer.receipt);
    write_instant(out, "recorded_at", answer.recorded_at);
    out.field("refund", answer.refund.minor());
    out.field("withheld", answer.withheld.minor());
    write_unit_points(out, "taken_back", answer.taken_back);
    write_unit_points(out, "left", answer.left);
    write_unit_points(out, "owed", answer.owed);
    write_unit_points(out, "given_back", answer.given_back);
    write_balances(out, "balances", answer.balances);
    write_text_or_null(out, "level", answer.level);
    out.begin_array("relied_on");
    for (const std::string& receipt : answer.relied_on) out.value(receipt);
    out.end_array();
    write_things(out, answer.things);
    write_discrepancies(out, answer.discrepancies);
}

void write_return_result(JsonWriter& out, const app::ReturnAnswer& answer) {
    out.begin_object();
    write_return_fields(out, answer);
    out.end_object();
}

void write_receipt_fields(JsonWriter& out, const app::ReceiptAnswer& answer, const Speech& speech) {
    out.field("receipt", answer.receipt);
    out.field("programme", answer.programme);
    out.field("edition", answer.edition);
    out.field("currency", answer.currency);
    write_instant(out, "recorded_at", answer.recorded_at);
    write_instant(out, "judged_at", answer.judged_at);
    write_member_id(out, answer.member);
    write_calculation(out, "calculation", answer.outcome, answer.units, speech);
    write_unit_points(out, "uncovered", answer.uncovered);
    write_balances(out, "balances", answer.balances);
    write_text_or_null(out, "level_before", answer.level_before);
    write_text_or_null(out, "level", answer.level);
    out.begin_array("returns");
    for (const app::ReturnAnswer& one : answer.returns) write_return_result(out, one);
    out.end_array();
    write_things(out, answer.things);
    write_challenge_moves(out, answer.challenges, speech);
    write_discrepancies(out, answer.discrepancies);
}

void write_receipt_result(JsonWriter& out, const app::ReceiptAnswer& answer, const Speech& speech) {
    out.begin_object();
    write_receipt_fields(out, answer, speech);
    out.end_object();
}

namespace {

std::int64_t returned_of(const engine::StoredReceipt& stored, std::uint32_t line, std::int64_t sold) {
    std::int64_t milli = 0;
    for (const event::Return& one : stored.returns) {
        if (one.is_void) return sold;
        for (const event::ReturnedLine& returned : one.lines) {
            if (returned.line == line) milli += returned.quantity.milli;
        }
    }
    return milli;
}

void write_sold_line(JsonWriter& out, const engine::StoredReceipt& stored, std::size_t index) {
    const event::Line& line = stored.receipt.lines[index];
    // A receipt is judged by what was resolved then; the catalogue of today may say something else.
    const bool has_facts = index < stored.context.lines.size();
    out.begin_object();
    out.field("number", line.number);
    out.field("sku", line.sku);
    out.field("title", line.title);
    out.field("category", has_facts ? stored.context.lines[index].category : line.category);
    out.field("brand", has_facts ? stored.context.lines[index].brand : line.brand);
    out.field("batch", line.batch);
    out.begin_array("tags");
    for (const std::string& tag : has_facts ? stored.context.lines[index].tags : line.tags) out.value(tag);
    out.end_array();
    out.field("quantity", quantity_text(line.quantity.milli));
    out.field("unit", name_of(line.quantity.unit));
    out.field("amount", line.amount.minor());
    out.field("tax", line.tax.minor());
    write_optional_money(out, "cost", line.cost);
    out.field("till_discount", line.till_discount.minor());
    write_optional_money(out, "charged", line.charged);
    out.field("is_deposit", line.is_deposit);
    out.field("no_discount", line.no_discount);
    out.field("no_points", line.no_points);
    out.field("returned", quantity_text(returned_of(stored, line.number, line.quantity.milli)));
    out.end_object();
}

void write_recorded_return(JsonWriter& out, const event::Return& one) {
    out.begin_object();
    out.field("id", one.id);
    write_instant(out, "occurred_at", one.occurred_at);
    out.field("is_void", one.is_void);
    out.field("reason", one.reason);
    write_optional_money(out, "refunded", one.refunded);
    out.begin_array("lines");
    for (const event::ReturnedLine& line : one.lines) {
        out.begin_object();
        out.field("line", line.line);
        out.field("quantity", quantity_text(line.quantity.milli));
        out.field("unit", name_of(line.quantity.unit));
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

}  // namespace

void write_receipt(JsonWriter& out, const app::ReceiptView& view, const Speech& speech) {
    const engine::StoredReceipt& stored = view.stored;
    const event::Receipt& receipt = stored.receipt;
    out.begin_object();
    out.field("id", receipt.id);
    out.field("programme", view.programme);
    out.field("edition", stored.edition);
    out.field("semantics", stored.semantics);
    out.field("currency", view.currency);
    write_instant(out, "occurred_at", receipt.occurred_at);
    write_instant(out, "recorded_at", stored.recorded_at);
    out.field("store", receipt.store);
    out.field("till", receipt.till);
    out.field("number", receipt.number);
    out.field("channel", receipt.channel);
    write_member_id(out, view.member);
    write_text_or_null(out, "card", receipt.card);
    write_text_or_null(out, "level", stored.context.level);
    out.field("is_history", stored.is_history);
    out.begin_array("lines");
    for (std::size_t i = 0; i < receipt.lines.size(); ++i) write_sold_line(out, stored, i);
    out.end_array();
    out.field("till_discount", receipt.till_discount.minor());
    write_optional_money(out, "charged", receipt.charged);
    out.begin_array("points_paid");
    for (const event::PointsPayment& paid : receipt.points_paid) {
        out.begin_object();
        out.field("unit", paid.unit);
        out.field("points", paid.points.minor());
        out.end_object();
    }
    out.end_array();
    out.begin_array("tenders");
    for (const event::Tender& tender : receipt.tenders) {
        out.begin_object();
        out.field("kind", tender.kind);
        out.field("amount", tender.amount.minor());
        out.end_object();
    }
    out.end_array();
    write_calculation(out, "decided", stored.decided, view.units, speech);
    write_calculation(out, "current", stored.current, view.units, speech);
    write_challenge_moves(out, view.challenges, speech);
    out.begin_array("returns");
    for (const event::Return& one : stored.returns) write_recorded_return(out, one);
    out.end_array();
    out.field("refunded", stored.refunded.minor());
    out.field("paid", engine::paid_in_money(stored).minor());
    write_discrepancies(out, view.discrepancies);
    out.end_object();
}

namespace {

void write_conditions(JsonWriter& out, const engine::Explained& explained, const Speech& speech) {
    const std::shared_ptr<Phrases> phrases = phrases_of(speech);
    const programme::Offer* offer = phrases == nullptr ? nullptr : phrases->offer(explained.decision.offer);
    out.begin_array("conditions");
    for (std::size_t i = 0; i < explained.conditions.size(); ++i) {
        const engine::ConditionResult& result = explained.conditions[i];
        out.begin_object();
        out.field("kind", name_of(result.kind));
        out.field("is_met", result.is_met);
        out.field("seen", result.seen);
        out.field("wanted", result.wanted);
        if (offer == nullptr) {
            out.field("text", name_of(result.kind));
            out.field("seen_text", result.seen);
        } else {
            const engine::PlaceInPart place = engine::place_in_part(explained.conditions, i);
            const words::SaidResult said = words::say_result(speech.language, *speech.plan, *offer, result.part, place.index,
                                                             place.count, result.kind, result.seen);
            out.field("text", said.text);
            out.field("seen_text", said.seen);
        }
        out.end_object();
    }
    out.end_array();
}

void write_limits(JsonWriter& out, const engine::Explained& explained, const Speech& speech) {
    const std::shared_ptr<Phrases> phrases = phrases_of(speech);
    const programme::Offer* offer = phrases == nullptr ? nullptr : phrases->offer(explained.decision.offer);
    out.begin_array("limits");
    for (const engine::LimitResult& result : explained.limits) {
        if (offer == nullptr || (result.limit && *result.limit >= offer->limits.size())) break;
        out.begin_object();
        out.field("kind", result.limit ? name_of(offer->limits[*result.limit].scope) : std::string_view{"budget"});
        out.field("most", result.limit ? offer->limits[*result.limit].count : speech.plan->pools[*offer->budget].total);
        out.field("left", result.left);
        out.field("text", words::say_limit(speech.language, *speech.plan, *offer, result.limit));
        out.field("left_text", words::say_left(speech.language, *speech.plan, *offer, result.limit, result.left));
        out.end_object();
    }
    out.end_array();
}

/// How a unit paid, and by which rule.
void write_payment(JsonWriter& out, const engine::Payable& payable, const app::ReceiptView& receipt, const Speech& speech) {
    std::int64_t taken = 0;
    for (const engine::PaidPoints& paid : receipt.stored.decided.points_paid) {
        if (paid.unit < receipt.units.size() && receipt.units[paid.unit] == payable.unit) taken = paid.points.minor();
    }
    const auto broken = engine::broken_by(payable);
    const auto bound = broken ? engine::bound_of(*broken, payable) : std::nullopt;
    const std::string_view word = broken ? name_of(*broken) : std::string_view{};
    out.begin_object();
    out.field("unit", payable.unit);
    out.field("stated", payable.stated);
    out.field("taken", taken);
    out.field("allowed", engine::allowed_of(payable, payable.share));
    write_text_or_null(out, "broken", word);
    out.field("text", words::say_payment(speech.language, word, bound ? bound->value : 0));
    out.end_object();
}

}  // namespace

void write_explanation(JsonWriter& out, const app::ReceiptExplanation& explanation, const Speech& speech) {
    out.begin_object();
    out.key("receipt");
    write_receipt(out, explanation.receipt, speech);
    out.begin_array("payments");
    for (const engine::Payable& payable : explanation.payments) write_payment(out, payable, explanation.receipt, speech);
    out.end_array();
    out.begin_array("offers");
    for (const engine::Explained& explained : explanation.offers) {
        out.begin_object();
        out.key("decision");
        write_decision(out, explained.decision, speech);
        write_conditions(out, explained, speech);
        write_limits(out, explained, speech);
        if (explained.scale) {
            out.key("scale");
            write_scale(out, *explained.scale, speech);
        } else {
            out.field_null("scale");
        }
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

}  // namespace suki::server
