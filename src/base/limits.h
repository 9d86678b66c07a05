#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit in one place, each tested on both sides. They are chosen so that sums over a receipt stay far inside 64 bits and
/// products inside 128.
namespace suki::limits {

inline constexpr std::size_t lines_per_receipt = 1'000;
inline constexpr std::size_t tenders_per_receipt = 20;
inline constexpr std::size_t returns_per_receipt = 1'000;
inline constexpr std::size_t tags_per_product = 50;
inline constexpr std::size_t category_depth = 8;
inline constexpr std::size_t key_bytes = 64;      // ids that people write: offers, units, levels, stores, skus use text_bytes
inline constexpr std::size_t text_bytes = 4'096;  // any single text in a document or request
inline constexpr std::size_t code_bytes = 128;    // sku, card number, receipt id, idempotency key
inline constexpr std::size_t document_bytes = 4u << 20;  // a programme document
inline constexpr std::size_t document_depth = 32;
inline constexpr std::size_t document_nodes = 1'000'000;
inline constexpr std::size_t diagnostics_per_document = 200;
inline constexpr std::size_t offers_per_programme = 10'000;
inline constexpr std::size_t levels_per_programme = 50;
inline constexpr std::size_t criteria_per_level = 10;
inline constexpr std::size_t level_grants_per_account = 50;
inline constexpr std::size_t card_categories_per_programme = 50;  // each has a bit in the engine's index
inline constexpr std::size_t benefits_per_programme = 500;
inline constexpr std::int64_t benefits_per_grant = 1'000;
inline constexpr std::int64_t token_seconds_min = 60;
inline constexpr std::int64_t token_seconds_max = 24 * 3'600;
inline constexpr std::size_t resource_bytes = 200;  // with it a token still fits a QR code
inline constexpr std::int64_t people_per_household_min = 2;
inline constexpr std::int64_t people_per_household_max = 20;
inline constexpr std::size_t units_per_programme = 8;
inline constexpr std::size_t values_per_condition = 10'000;
inline constexpr std::size_t scale_steps = 100;
inline constexpr std::size_t counters_per_programme = 500;
inline constexpr std::size_t examples_per_programme = 1'000;
inline constexpr std::size_t segments_per_member = 100;
inline constexpr std::size_t attributes_per_member = 100;
inline constexpr std::size_t cards_per_member = 100;
inline constexpr std::size_t cards_per_batch = 2'000;  // written in one commit, while sales wait
inline constexpr std::size_t holds_per_account = 100;
inline constexpr std::size_t body_bytes = 1u << 20;  // an HTTP request body, but for documents and imports
/// Points of one unit earned on one receipt. What is above is cut, the offers in proportion, and the receipt says so. It keeps
/// every product of the points' arithmetic inside 128 bits.
inline constexpr std::int64_t points_per_receipt = 1'000'000'000'000;
inline constexpr std::size_t gifts_per_programme = 5'000;
inline constexpr std::int64_t gifts_per_order = 100;
inline constexpr std::int64_t gifts_per_delivery = 1'000'000;
inline constexpr std::size_t trade_ins_per_programme = 100;
inline constexpr std::size_t articles_per_trade_in = 1'000;
inline constexpr std::size_t grades_per_article = 10;
inline constexpr std::size_t challenges_per_programme = 10'000;
inline constexpr std::size_t parts_per_challenge = 20;
inline constexpr std::int64_t stamps_per_challenge = 10'000;
inline constexpr std::int64_t people_per_occasion = 10'000;
inline constexpr std::int64_t guests_per_seat = 20;
inline constexpr std::int64_t waiting_per_occasion = 500;  // each change of a seat writes the line
inline constexpr std::size_t memberships_per_programme = 100;
inline constexpr std::size_t recognitions_per_programme = 20;
inline constexpr std::size_t milestones_per_programme = 50;
inline constexpr std::size_t rebates_per_programme = 50;
inline constexpr std::size_t page_rows_max = 500;
inline constexpr std::int64_t clock_ahead_max_us = 10LL * 60 * 1'000'000;  // DESIGN.md 5
inline constexpr std::int64_t rate_denominator_max = 1'000'000'000'000;    // common denominator of all point rates of a unit

}  // namespace suki::limits
