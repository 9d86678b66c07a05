#pragma once

#include <string>
#include <vector>

#include "app/desk.h"
#include "engine/relied.h"

namespace suki::app {

/// Later receipts of the purchase's account, and of those merged with it, that would have been decided otherwise without what a
/// return took away, by when they were bought. Their decisions stand (DESIGN.md 8). `key`: the owner as of now, whose state `past`
/// holds.
std::vector<std::string> those_that_relied(const Desk& desk, const Programme& programme, const store::OwnerKey& key,
                                           const store::ReceiptRow& purchase, engine::ChangedPast past);

}  // namespace suki::app
