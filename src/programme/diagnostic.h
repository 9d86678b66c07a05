#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/names.h"
#include "programme/message.h"

namespace suki::programme {

SUKI_ENUM(Severity, error, warning)

/// Why a document, or a part of it, was not understood. The words are stable: they are the API's and the docs' too.
SUKI_ENUM(DiagnosticCode, document_too_large, not_utf8, syntax_error, too_deep, too_many_nodes, alias_not_allowed, tag_not_allowed,
          duplicate_key, unknown_key, missing_key, not_yet_supported, wrong_type, not_a_choice, bad_key, bad_text, bad_number,
          bad_money, bad_quantity, bad_ratio, bad_period, bad_window, bad_expiry, bad_date, bad_time, bad_range, bad_comparison,
          bad_points, bad_limit, bad_category, unknown_currency, other_currency, unknown_zone, unknown_language, unknown_unit,
          unknown_level, unknown_gift, unknown_benefit, unknown_membership, mixed_spending, unknown_version, out_of_range, too_many,
          empty, steps_not_ascending, first_level_not_zero, mixed_stages, stack_of_one, condition_needs_lines,
          condition_not_allowed, give_needs_lines, several_gives, points_step_is_not_whole_money, rates_too_fine,
          nothing_multiplied, text_missing, example_failed, offer_never_applies, limit_never_reached, expires_while_pending)

/// One finding; words::say_diagnostic says it. Line and column count from 1 (column in bytes); `path` is a JSON pointer.
struct Diagnostic {
    Severity severity = Severity::error;
    DiagnosticCode code{};
    std::size_t line = 0;
    std::size_t column = 0;
    std::string path;
    Message message;
    Message hint;  // what to do about it; may be empty
};

using Diagnostics = std::vector<Diagnostic>;

}  // namespace suki::programme
