#pragma once

#include <string>
#include <vector>

#include "base/names.h"
#include "base/result.h"
#include "event/receipt.h"

/// What of the outside is too malformed to be judged at all. Everything that passes can be evaluated: amounts are whole and within
/// range also when summed, quantities are positive, texts are text. Whether it makes sense is another question, which refuses
/// nothing (DESIGN.md 5).
namespace suki::event {

SUKI_ENUM(ProblemCode, missing_text, bad_text, text_too_long, occurred_at_out_of_range, offset_out_of_range, no_lines,
          too_many_lines, too_many_tenders, too_many_tags, line_number_out_of_range, duplicate_line_number, bad_category,
          quantity_must_be_positive, quantity_out_of_range, negative_amount, amount_out_of_range, total_out_of_range,
          tax_larger_than_amount, till_discount_larger_than_amount, points_must_be_positive, points_out_of_range, lines_in_a_void)

struct Problem {
    std::string pointer;  // RFC 6901, by the names of the fields: `/lines/0/amount`
    ProblemCode code{};
    friend bool operator==(const Problem&, const Problem&) = default;
};

/// All problems in the order of the fields, at most kProblemsMax of them. A receipt has at least one line: what was not sold is no
/// purchase, and what came back is a return.
inline constexpr std::size_t kProblemsMax = 100;
Result<Done, std::vector<Problem>> check_receipt(const Receipt& receipt);
/// A void names no lines, any other return at least one. What it asks of the receipt is engine::judge_return's business.
Result<Done, std::vector<Problem>> check_return(const Return& request);
Result<Done, std::vector<Problem>> check_activity(const Activity& activity);

}  // namespace suki::event
