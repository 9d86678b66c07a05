#pragma once

#include <string>
#include <vector>

#include "app/desk.h"
#include "app/judge.h"
#include "app/refusal.h"
#include "engine/settle.h"

/// From a decision to the wallets: what commands about receipts share.
namespace suki::app {

struct Cause {
    std::string id;  // receipt, return, …
    Instant occurred_at;
    int edition = 0;
};
ledger::Stamp stamp_of(const Desk& desk, const Cause& cause, std::string_view expiry_clause);

/// With the unit, what was stated and the bound.
Unexpected<Refusal> refuse_payment(engine::PaymentRejection rejection, const engine::Payable& payable, std::string pointer);

/// Spends what the receipt was paid with: holds first, then the wallet; what neither covers follows the document's debt rule.
struct Payment {
    std::vector<engine::SpentRecord> spent;
    std::vector<UnitPoints> uncovered;
    std::vector<Discrepancy> discrepancies;
};
Answered<Payment> pay_with_points(Desk& desk, const store::OwnerKey& key, const programme::Plan& plan,
                                  const engine::Outcome& outcome, const std::vector<event::PointsPayment>& stated,
                                  const Cause& cause);

Answered<std::vector<engine::EarnedRecord>> earn_points(Desk& desk, const store::OwnerKey& key, const programme::Plan& plan,
                                                        const engine::Context& context, const engine::Outcome& outcome,
                                                        const Cause& cause);

/// Units that expire after the last activity last longer by this one.
void extend_expiry(Desk& desk, const store::OwnerKey& key, const programme::Plan& plan, Date date, const Cause& cause);
/// Until when activity on `date` keeps the points of the unit; nothing for units that expire otherwise.
std::optional<Instant> kept_until(const programme::Plan& plan, const programme::Unit& unit, Date date);

}  // namespace suki::app
