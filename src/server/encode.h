#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "base/json_writer.h"
#include "programme/plan.h"

/// Answers as JSON, in the words of api/openapi.yaml. Each function writes one value: an object, but where it says otherwise.
namespace suki::server {

/// What texts need: the language, and the plan whose names they speak of (null: only ids are known).
struct Speech {
    std::string language = "en";
    programme::PlanPointer plan;
};

void write_instant(JsonWriter& out, std::string_view name, Instant at);
void write_instant(JsonWriter& out, std::string_view name, const std::optional<Instant>& at);
void write_date_or_null(JsonWriter& out, std::string_view name, const std::optional<Date>& date);
/// An empty text is null.
void write_text_or_null(JsonWriter& out, std::string_view name, std::string_view text);
/// One text, or an object of texts by language.
void write_localised(JsonWriter& out, std::string_view name, const LocalisedText& text);
void write_page_end(JsonWriter& out, std::string_view next_cursor);

// These write a field: its name and an array.
void write_balances(JsonWriter& out, std::string_view name, const std::vector<app::UnitBalance>& balances);
void write_unit_points(JsonWriter& out, std::string_view name, const std::vector<app::UnitPoints>& points);
void write_discrepancies(JsonWriter& out, const std::vector<app::Discrepancy>& discrepancies);

/// The object, or null.
void write_level(JsonWriter& out, std::string_view name, const std::optional<engine::LevelOutlook>& level, const Speech& speech);

/// An object of `missing`, with what is missing in its own measure and as a sentence.
void write_missing(JsonWriter& out, const engine::Missing& missing, const Speech& speech);

/// An object: where a receipt or a member stands on a scale.
void write_scale(JsonWriter& out, const engine::ScaleOutlook& outlook, const Speech& speech);
/// A field: where a member stands on each scale over time.
void write_scales(JsonWriter& out, const std::vector<engine::ScaleOutlook>& scales, const Speech& speech);

void write_calculation(JsonWriter& out, std::string_view name, const engine::Outcome& outcome,
                       const std::vector<std::string>& units, const Speech& speech);
void write_decision(JsonWriter& out, const event::Decision& decision, const Speech& speech);

/// A field: the challenges that a receipt counts for, from what to what.
void write_challenge_moves(JsonWriter& out, const std::vector<engine::ChallengeMove>& moves, const Speech& speech);
/// A field: the challenges of an edition.
void write_challenges(JsonWriter& out, const Speech& speech);
/// A field: the rebates of an edition, which every member has.
void write_rebates(JsonWriter& out, const Speech& speech);

void write_quote(JsonWriter& out, const app::QuoteAnswer& answer, const Speech& speech);
void write_receipt_result(JsonWriter& out, const app::ReceiptAnswer& answer, const Speech& speech);
void write_return_result(JsonWriter& out, const app::ReturnAnswer& answer);
// The same as fields of an object that has more of them.
void write_receipt_fields(JsonWriter& out, const app::ReceiptAnswer& answer, const Speech& speech);
void write_return_fields(JsonWriter& out, const app::ReturnAnswer& answer);
void write_receipt(JsonWriter& out, const app::ReceiptView& view, const Speech& speech);
void write_explanation(JsonWriter& out, const app::ReceiptExplanation& explanation, const Speech& speech);
void write_hold_result(JsonWriter& out, const app::HoldAnswer& answer);

void write_member(JsonWriter& out, const app::MemberView& member, const Speech& speech);
void write_card(JsonWriter& out, const app::CardView& card);
void write_account(JsonWriter& out, const app::Statement& statement, const Speech& speech);
void write_statement(JsonWriter& out, const app::Statement& statement, const std::string& unit, const Speech& speech);

void write_product(JsonWriter& out, const catalogue::Product& product);
void write_store(JsonWriter& out, const catalogue::Store& store);
void write_edition_fields(JsonWriter& out, const app::EditionView& edition);
void write_units(JsonWriter& out, const Speech& speech);
void write_levels(JsonWriter& out, const Speech& speech);
void write_api_key(JsonWriter& out, const app::ApiKeyView& key, bool with_secret);

}  // namespace suki::server
