#pragma once

#include <string>

#include "ledger/ledger.h"

namespace suki::ledger {

struct TakeAccruedRequest {
    Part part;           // what to take back, > 0
    std::string period;  // of lots that wait, those whose `earned_by` begins so are asked first,
    std::string rebate;  // then those that begin so
};
/// Takes back points that were accrued for a period: in one entry, from the pending lots of that period, from other pending lots of
/// the rebate, then from what can be spent; the rest is owed. Refuses points_must_be_positive, points_out_of_range.
Result<Posting, LedgerRejection> take_accrued(Wallet wallet, const TakeAccruedRequest& request, const Stamp& stamp);

}  // namespace suki::ledger
