#pragma once

#include <optional>
#include <string>

#include "app/decide.h"

/// Numbers of cards, and giving them to members.
namespace suki::app {

/// One of the programme's own that nobody has. Refused where the programme does not say what its numbers look like, and when so
/// many are taken that none is found by chance.
Answered<std::string> new_card_number(const Desk& desk, const Ask& ask, const Programme& programme, const std::string& pointer);
/// Whether a number that somebody gave can't be a new card's of the programme. One that is known already may look like anything.
std::optional<Refusal> refused_number(const Desk& desk, const Programme& programme, const std::string& number,
                                      const std::string& pointer);
/// Whether there can't be a card of that kind and category.
std::optional<Refusal> refused_card(const Programme& programme, const programme::CardShown& card);

/// Issues a new card to the member; or gives them one that is known already and nobody's: a blank one, or one that gathered for
/// whoever held it, with all that it gathered. `card`: none as it is, or personal.
std::optional<Refusal> give_card(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const store::MemberRow& member,
                                 const std::string& number, const programme::CardShown& card);
/// The member whom a card gathers for, known to nobody, made with its first purchase.
void make_holder(Desk& desk, const Ask& ask, const Programme& programme, const std::string& number, Date joined_on);
/// Whether the card leads to such a member today.
bool is_anonymous(const Desk& desk, const store::CardRow& card);

}  // namespace suki::app
