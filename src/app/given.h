#pragma once

#include <string>
#include <vector>

#include "app/decide.h"
#include "app/resolve.h"
#include "engine/books.h"

/// What offers give of a receipt beside points and prices: gifts to be fetched and uses of benefits, as records of who bought.
namespace suki::app {

/// Of a sale that was just decided by `plan`.
std::vector<ThingGiven> give_things(Desk& desk, const Programme& programme, const Named& buyer, const programme::Plan& plan,
                                    const engine::StoredReceipt& stored);
/// Offers that `after` gives no more though what they gave can't be taken: it was handed over, or used.
std::vector<std::string> offers_that_stay(const Desk& desk, const store::OwnerKey& bought_by, const programme::Plan& plan,
                                          const engine::StoredReceipt& stored, const engine::Outcome& after);
/// After goods came back: what is given no more is withdrawn. What was handed over is owed back, and what was used stays used:
/// `staying`, from `offers_that_stay`. `bought_by`: the account of the receipt, merged since or not.
std::vector<ThingGiven> withdraw_things(Desk& desk, const Programme& programme, const store::OwnerKey& bought_by,
                                        const programme::Plan& plan, const engine::StoredReceipt& stored,
                                        const std::vector<std::string>& staying);

/// A gift of a receipt that gives it no more was brought back after all, or a benefit was not used: its limits are free again.
struct GivenFor {
    std::string receipt;
    std::string offer;
};
void let_go(Desk& desk, const ProgrammePointer& programme, const store::OwnerKey& bought_by, const GivenFor& given);

}  // namespace suki::app
