#include "app/announce.h"
#include "app/decide.h"
#include "app/profile.h"
#include "app/resolve.h"

namespace suki::app {

CardView view_of(const store::CardRow& row) {
    CardView card{
        .number = row.number, .kind = row.kind, .status = static_cast<CardStatus>(row.status), .issued_at = row.issued_at};
    if (!row.member.is_nil()) card.member = row.member;
    return card;
}

Answered<CardView> decide(Desk& desk, const Ask& ask, const IssueCard& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    if (!is_good_code(command.number)) return refuse(CardRejection::card_number_malformed, "/number");
    const bool is_members = command.member.by != NamedBy::nobody;
    if (command.kind == programme::CardKind::none || (command.kind == programme::CardKind::personal && !is_members)) {
        return refuse(CardRejection::card_kind_malformed, "/kind");
    }
    const store::ClaimKey key = card_claim(programme->organisation, command.number);
    if (is_members) {
        const auto named = find_named(desk, *programme, command.member);
        if (!named) return refuse(named.error(), "/member");
        const store::MemberRow member = *member_of(*desk.owner(named->key), named->member);
        if (auto refusal = give_card(desk, *programme, member, command.number, command.kind)) {
            refusal->pointer = "/number";
            return Unexpected<Refusal>{*std::move(refusal)};
        }
        return view_of(*desk.card(*desk.claim(key)));
    }
    if (desk.claim(key)) return refuse(CardRejection::card_already_issued, "/number");
    const store::CardRow row{.org = programme->organisation,
                             .number = command.number,
                             .programme = programme->id,
                             .kind = command.kind,
                             .issued_at = desk.recorded_at()};
    desk.put_card(row);
    return view_of(row);
}

Answered<CardView> decide(Desk& desk, const Ask& ask, const BlockCard& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto claim = desk.claim(card_claim(programme->organisation, command.number));
    auto card = claim ? desk.card(*claim) : std::nullopt;
    if (!card || card->programme != programme->id) return refuse(ReferenceRejection::card_not_found, "/number");
    // Another card has taken its place.
    if (card->status == store::CardStatus::replaced) return refuse(CardRejection::card_already_replaced, "/number");
    const auto status = command.is_blocked ? store::CardStatus::blocked : store::CardStatus::active;
    if (card->status == status) return view_of(*card);
    card->status = status;
    desk.put_card(*card);
    if (!card->member.is_nil()) {
        const store::OwnerKey key{.org = card->org, .account = card->account, .programme = programme->id};
        const std::string cause = card->member.text();
        announce_plain(desk, {.programme = *programme, .key = key, .member = card->member, .cause = cause},
                       command.is_blocked ? "card.blocked" : "card.unblocked");
    }
    return view_of(*card);
}

}  // namespace suki::app
