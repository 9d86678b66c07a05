#pragma once

#include <optional>
#include <string>

#include "app/decide.h"
#include "app/resolve.h"

/// What goes from one owner to another in one programme: a transfer, or all that a merge moves.
namespace suki::app {

/// The two sides, named and swept.
struct Sides {
    ProgrammePointer programme;
    Named from;
    Named to;
    ledger::TransferRequest request;
    engine::Cause cause;
};

/// Posts both sides of what was taken out of a wallet.
std::optional<Refusal> post(Desk& desk, const Sides& sides, const std::string& unit, std::uint32_t wallet,
                            ledger::Transferred taken, const ledger::Stamp& stamp);
struct Merge {
    AccountId from;  // of one person
    AccountId to;
    std::optional<MemberId> member;  // who they become there in the programme that is named; none: the only one
    bool is_joining = false;         // `member` owns the household that the person joins, as who they are
};
/// Everything that the one account has goes to the other, with what its caller says for a reason; see MergeMembers.
Answered<MergeAnswer> merge_accounts(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const Merge& merge,
                                     ledger::TransferRequest request = {});
void announce_both(Desk& desk, const Sides& sides, const std::string& unit, Points points);

}  // namespace suki::app
