#pragma once

#include <vector>

#include "app/desk.h"
#include "app/resolve.h"
#include "engine/books.h"

/// What offers give of a receipt beside points and prices: gifts to be fetched and uses of benefits, as records of who bought.
namespace suki::app {

/// Of a sale that was just decided by `plan`.
std::vector<ThingGiven> give_things(Desk& desk, const Programme& programme, const Named& buyer, const programme::Plan& plan,
                                    const engine::StoredReceipt& stored);
/// After goods came back: what is given no more is withdrawn. What was handed over is owed back, and what was used stays used.
/// `bought_by`: the account of the receipt, merged since or not.
std::vector<ThingGiven> withdraw_things(Desk& desk, const Programme& programme, const store::OwnerKey& bought_by,
                                        const programme::Plan& plan, const engine::StoredReceipt& stored);

}  // namespace suki::app
