#include "app/announce.h"
#include "app/cards.h"
#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

/// The member whom the card leads to today; nothing where it is nobody's.
std::optional<store::MemberRow> holder_of(const Desk& desk, const Programme& programme, const store::CardRow& card) {
    if (card.member.is_nil()) return std::nullopt;
    const auto person =
        person_of(desk, {.org = programme.organisation, .account = card.account, .programme = programme.id}, card.member);
    const OwnerPointer owner = person ? desk.owner(person->key) : nullptr;
    const store::MemberRow* member = owner == nullptr ? nullptr : member_of(*owner, person->member);
    return member == nullptr ? std::nullopt : std::optional{*member};
}

std::optional<Refusal> issue_to_nobody(Desk& desk, const Programme& programme, const std::string& number,
                                       const programme::CardShown& shown_before) {
    const auto claim = desk.claim(card_claim(programme.organisation, number));
    if (claim) {
        // One of a pile that was printed before.
        const auto blank = claim->account ? std::nullopt : desk.card(*claim);
        const bool is_blank = blank && blank->programme == programme.id && shown(*blank) == shown_before &&
                              blank->status == store::CardStatus::active;
        return is_blank ? std::nullopt : std::optional{refuse(CardRejection::card_already_issued, "/replacement").error};
    }
    desk.put_card({.org = programme.organisation,
                   .number = number,
                   .programme = programme.id,
                   .kind = shown_before.kind,
                   .issued_at = desk.accepted_at(),
                   .category = shown_before.category});
    return std::nullopt;
}

}  // namespace

Answered<CardView> decide(Desk& desk, const Ask& ask, const ReplaceCard& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto claim =
        is_good_code(command.number) ? desk.claim(card_claim(programme->organisation, command.number)) : std::nullopt;
    auto card = claim ? desk.card(*claim) : std::nullopt;
    if (!card || card->programme != programme->id) return refuse(ReferenceRejection::card_not_found, "/number");
    if (card->status == store::CardStatus::replaced) return refuse(CardRejection::card_already_replaced, "/number");
    std::string number = command.replacement;
    if (number.empty()) {
        auto made = new_card_number(desk, ask, *programme, "/replacement");
        if (!made) return Unexpected<Refusal>{std::move(made).error()};
        number = *std::move(made);
    } else if (auto refusal = refused_number(desk, *programme, number, "/replacement")) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (number == command.number) return refuse(CardRejection::card_already_issued, "/replacement");

    const auto holder = holder_of(desk, *programme, *card);
    if (!holder && !card->member.is_nil()) return refuse(ReferenceRejection::member_not_found, "/number");
    auto refusal = holder ? give_card(desk, ask, programme, *holder, number, shown(*card))
                          : issue_to_nobody(desk, *programme, number, shown(*card));
    if (refusal) {
        refusal->pointer = "/replacement";
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    card->status = store::CardStatus::replaced;
    desk.put_card(*card);
    if (holder) {
        const store::OwnerKey key{.org = programme->organisation, .account = holder->account, .programme = programme->id};
        const std::string cause = holder->id.text();
        announce_plain(desk, {.programme = *programme, .key = key, .member = holder->id, .cause = cause}, "card.replaced");
    }
    return view_of(desk, *desk.card(*desk.claim(card_claim(programme->organisation, number))));
}

}  // namespace suki::app
