#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/desk.h"
#include "app/person.h"
#include "app/refusal.h"
#include "base/result.h"

/// Finding whom a command speaks of.
namespace suki::app {

struct Named {
    store::OwnerKey key;
    MemberId member;
    programme::CardShown card;  // by which they were named
};
/// The claim by which a name is looked up; none for nobody, and for what can be no name.
std::optional<store::ClaimKey> claim_of(const Programme& programme, const MemberName& name);
/// Who goes by the name; where their account was merged into another, the member that they are there.
Result<Named, ReferenceRejection> find_named(const Desk& desk, const Programme& programme, const MemberName& name);
/// A member's own id leads to themselves, merged or not: for reading what they had.
Result<Named, ReferenceRejection> find_as_named(const Desk& desk, const Programme& programme, const MemberName& name);
/// The owner that the points of this one go to: itself, unless it was merged into another. Its people may have gone elsewhere:
/// `person_of`.
store::OwnerKey standing(const Desk& desk, store::OwnerKey key);
/// The same of an account by itself; none where the organisation has no such account.
std::optional<store::AccountRow> standing_account(const Desk& desk, const std::string& organisation, AccountId id);
/// Whose account the name leads to. A member's id leads there from any programme of the organisation.
Result<AccountId, ReferenceRejection> find_account(const Desk& desk, const Programme& programme, const MemberName& name);

/// The same for a sale, which is recorded whoever it names: without a member when they are not found.
struct Buyer {
    std::optional<Named> named;
    programme::CardShown card;
    /// Holds a bearer card that is nobody's yet and gathers, in an edition where it does: with the sale there is an account for it.
    /// Once there is, `named` leads to it.
    bool is_newcomer = false;
    std::vector<Discrepancy> discrepancies;
};
/// As of the day of the sale, `on`.
Buyer find_buyer(const Desk& desk, const Programme& programme, const MemberName& name, const std::string& card, Date on);
programme::CardShown shown(const store::CardRow& card);

/// Of the newest edition; null when it has none of that name.
const programme::Unit* unit_of(const Programme& programme, std::string_view id);

/// As they are stored and claimed; nothing where it cannot be one.
std::optional<std::string> canonical_phone(std::string_view text);
std::optional<std::string> canonical_email(std::string_view text);

/// Names within the limits: not empty, at most limits::code_bytes of well-formed text without control characters.
bool is_good_code(std::string_view text);
/// The same with up to limits::text_bytes, and possibly empty.
bool is_good_text(std::string_view text);

store::ClaimKey card_claim(const std::string& organisation, const std::string& number);
store::ClaimKey member_claim(const std::string& organisation, MemberId member);
store::ClaimKey programme_claim(const Programme& programme, store::ClaimKind kind, const std::string& value);
/// Of the member that an account gets in a programme as of now. There is one at most for ever, so no other has the same id.
MemberId new_member_id(Instant recorded_at, AccountId account, const std::string& programme);

/// Balances of every unit that the programme has now or the owner ever had, as of `at`.
std::vector<UnitBalance> balances_of(const Programme& programme, const std::optional<store::StateRow>& state, Instant at);
/// The level on a day; the levels must be derived up to it.
std::string level_text(const account::State& state, Date date);
/// Derives the levels anew, up to and with `until`.
void derive_levels(const Programme& programme, account::State& state, Date until);
MemberView view_of(const Desk& desk, const Programme& programme, const store::Owner& owner, const store::MemberRow& member,
                   Instant at);

}  // namespace suki::app
