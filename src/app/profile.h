#pragma once

#include <optional>

#include "app/desk.h"
#include "app/refusal.h"

/// What is known of a person: checked, brought into one spelling, and claimed where it must be unique.
namespace suki::app {

/// Phone and e-mail in one spelling, attributes by name, segments sorted and each once; or what is wrong.
std::optional<Refusal> canonicalise(MemberProfile& profile);
/// A birthday later than the programme's `today`. Asked only of one that is being set, so that an old mistake keeps nobody from
/// changing something else.
std::optional<Refusal> birthday_to_come(const std::optional<YearMonthDay>& birthday, Date today);
/// Birthday, attributes and segments, where the command speaks of them.
void change_facts(account::Facts& facts, const PatchMember& command);
/// `own`: the member whose claims are no obstacle, nor those of whoever was merged into them.
std::optional<Refusal> used_by_another(const Desk& desk, const Programme& programme, const MemberProfile& profile,
                                       std::optional<MemberId> own);
/// Claims phone, e-mail and external id, where given and not claimed by this member yet; from whoever was merged into them they are
/// taken.
void claim_profile(Desk& desk, const Programme& programme, const store::MemberRow& row);
/// Lets go of those that differ from `after`.
void release_profile(Desk& desk, const Programme& programme, const store::MemberRow& before, const store::MemberRow& after);

}  // namespace suki::app
