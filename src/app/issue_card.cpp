#include "app/announce.h"
#include "app/cards.h"
#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

CardView view_of(const Desk& desk, const store::CardRow& row) {
    CardView card{.number = row.number,
                  .kind = row.kind,
                  .status = static_cast<CardStatus>(row.status),
                  .issued_at = row.issued_at,
                  .category = row.category,
                  .batch = row.batch};
    if (row.member.is_nil()) return card;
    card.member = row.member;
    card.is_anonymous = is_anonymous(desk, row);
    const auto person = person_of(desk, {.org = row.org, .account = row.account, .programme = row.programme}, row.member);
    if (person) card.member = person->member;
    return card;
}

Answered<CardView> decide(Desk& desk, const Ask& ask, const IssueCard& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    std::string number = command.number;
    if (number.empty()) {
        auto made = new_card_number(desk, ask, *programme, "/number");
        if (!made) return Unexpected<Refusal>{std::move(made).error()};
        number = *std::move(made);
    } else if (auto refusal = refused_number(desk, *programme, number, "/number")) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    const bool is_members = command.member.by != NamedBy::nobody;
    programme::CardShown shown{.kind = command.kind, .category = command.category};
    if (shown.kind == programme::CardKind::none && !shown.category.empty()) shown.kind = programme::CardKind::category;
    if (shown.kind == programme::CardKind::none && !is_members) shown.kind = programme::CardKind::bearer;
    if (shown.kind == programme::CardKind::personal && !is_members) return refuse(CardRejection::card_kind_malformed, "/kind");
    if (auto refusal = refused_card(*programme, shown)) return Unexpected<Refusal>{*std::move(refusal)};
    const store::ClaimKey key = card_claim(programme->organisation, number);
    if (is_members) {
        const auto named = find_named(desk, *programme, command.member);
        if (!named) return refuse(named.error(), "/member");
        const store::MemberRow member = *member_of(*desk.owner(named->key), named->member);
        if (auto refusal = give_card(desk, ask, programme, member, number, shown)) {
            refusal->pointer = "/number";
            return Unexpected<Refusal>{*std::move(refusal)};
        }
        return view_of(desk, *desk.card(*desk.claim(key)));
    }
    if (desk.claim(key)) return refuse(CardRejection::card_already_issued, "/number");
    const store::CardRow row{.org = programme->organisation,
                             .number = number,
                             .programme = programme->id,
                             .kind = shown.kind,
                             .issued_at = desk.recorded_at(),
                             .category = shown.category};
    desk.put_card(row);
    return view_of(desk, row);
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
    if (card->status == status) return view_of(desk, *card);
    card->status = status;
    desk.put_card(*card);
    if (!card->member.is_nil()) {
        const store::OwnerKey key{.org = card->org, .account = card->account, .programme = programme->id};
        const std::string cause = card->member.text();
        announce_plain(desk, {.programme = *programme, .key = key, .member = card->member, .cause = cause},
                       command.is_blocked ? "card.blocked" : "card.unblocked");
    }
    return view_of(desk, *card);
}

}  // namespace suki::app
