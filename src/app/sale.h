#pragma once

#include <optional>
#include <vector>

#include "app/commands.h"
#include "app/refusal.h"
#include "engine/books.h"

/// What is said of sales and returns wherever they are settled: by the committer, or without a database by `suki evaluate`.
namespace suki::app {

/// What is too malformed to be recorded, or names a unit that `latest` has not. `knows_edition`: the one that an import names.
std::optional<Refusal> refused(const RecordReceipt& command, const programme::Plan& latest, bool knows_edition);

/// What the till charged otherwise than was decided.
void compare_charged(const event::Receipt& receipt, const engine::Outcome& outcome, std::vector<Discrepancy>& discrepancies);

/// No receipt earns more points of a unit than limits::points_per_receipt: whoever wrote such a programme is told.
void tell_of_points_cut(const engine::Outcome& outcome, std::vector<Discrepancy>& discrepancies);

/// Why points can't pay, with the unit, what was stated and the bound.
Unexpected<Refusal> refuse_payment(engine::PaymentRejection rejection, const engine::Payable& payable, std::string pointer);

/// Points that were stated as paid and can't be, or not so: a sale is a fact, and somebody is told.
void tell_of_faults(const std::vector<engine::PaymentFault>& faults, std::vector<UnitPoints>& uncovered,
                    std::vector<Discrepancy>& discrepancies);

/// A return that happened is a fact, whatever its date: one that can't be right is a discrepancy, and the nearest instant that can
/// be is taken instead.
void date_return(event::Return& what, Instant purchased_at, Instant recorded_at, std::vector<Discrepancy>& discrepancies);

/// The figures of a settled return.
void answer_with(const engine::SettledReturn& settled, ReturnAnswer& answer);

/// What the till gave back otherwise than was decided.
void compare_refunded(const event::Return& what, ReturnAnswer& answer);

/// Nothing of it can come back any more.
bool is_void(const engine::StoredReceipt& stored);

}  // namespace suki::app
