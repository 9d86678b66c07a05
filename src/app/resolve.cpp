#include "app/resolve.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "engine/levels.h"

namespace suki::app {

using store::ClaimKind;

store::ClaimKey card_claim(const std::string& organisation, const std::string& number) {
    // A card's number is unique in the organisation: the till reads it before it knows of which programme it is.
    return {.org = organisation, .kind = ClaimKind::card, .value = number};
}

store::ClaimKey member_claim(const std::string& organisation, MemberId member) {
    return {.org = organisation, .kind = ClaimKind::member, .value = member.text()};
}

store::ClaimKey programme_claim(const Programme& programme, ClaimKind kind, const std::string& value) {
    return {.org = programme.organisation, .kind = kind, .programme = programme.id, .value = value};
}

MemberId new_member_id(Instant recorded_at, AccountId account, const std::string& programme) {
    return MemberId{derived_id(recorded_at, account.text(), "member/" + programme, 0)};
}

const programme::Unit* unit_of(const Programme& programme, std::string_view id) {
    for (const programme::Unit& unit : programme.latest().units) {
        if (unit.id == id) return &unit;
    }
    return nullptr;
}

namespace {

Result<Named, ReferenceRejection> found(const Desk& desk, const Programme& programme, const store::ClaimRow& claim,
                                        ReferenceRejection otherwise) {
    if (!claim.account || !claim.member) return Unexpected{otherwise};
    const store::OwnerKey key{.org = programme.organisation, .account = *claim.account, .programme = programme.id};
    const OwnerPointer owner = desk.owner(key);
    if (owner == nullptr) return Unexpected{otherwise};
    const store::MemberRow* member = member_of(*owner, *claim.member);
    if (member == nullptr || member->status == store::MemberStatus::erased) return Unexpected{otherwise};
    return Named{.key = key, .member = *claim.member};
}

/// Where the member is now, when their account was merged into another, or they joined a household or left one.
Result<Named, ReferenceRejection> followed(const Desk& desk, Result<Named, ReferenceRejection> named) {
    if (!named) return named;
    const auto person = person_of(desk, named->key, named->member);
    if (!person) return Unexpected{ReferenceRejection::member_not_found};
    if (person->key != named->key) {
        const OwnerPointer owner = desk.owner(person->key);
        const store::MemberRow* row = owner == nullptr ? nullptr : member_of(*owner, person->member);
        if (row == nullptr || row->status == store::MemberStatus::erased) return Unexpected{ReferenceRejection::member_not_found};
    }
    named->key = person->key;
    named->member = person->member;
    return named;
}

Result<Named, ReferenceRejection> found_by_card(const Desk& desk, const Programme& programme, const std::string& number) {
    const auto claim = desk.claim(card_claim(programme.organisation, number));
    if (!claim) return Unexpected{ReferenceRejection::card_not_found};
    const auto card = desk.card(*claim);
    if (!card || card->programme != programme.id) return Unexpected{ReferenceRejection::card_not_found};
    if (card->status != store::CardStatus::active) return Unexpected{ReferenceRejection::card_blocked};
    auto named = found(desk, programme, *claim, ReferenceRejection::member_not_found);
    if (named) named->card = shown(*card);
    return followed(desk, std::move(named));
}

}  // namespace

std::optional<store::ClaimKey> claim_of(const Programme& programme, const MemberName& name) {
    const auto of_programme = [&](ClaimKind kind, const std::optional<std::string>& value) -> std::optional<store::ClaimKey> {
        if (!value) return std::nullopt;
        return programme_claim(programme, kind, *value);
    };
    switch (name.by) {
        case NamedBy::nobody: return std::nullopt;
        case NamedBy::card: return card_claim(programme.organisation, name.value);
        case NamedBy::member: {
            const auto id = MemberId::parse(name.value);
            if (!id) return std::nullopt;
            return member_claim(programme.organisation, *id);
        }
        case NamedBy::phone: return of_programme(ClaimKind::phone, canonical_phone(name.value));
        case NamedBy::email: return of_programme(ClaimKind::email, canonical_email(name.value));
        case NamedBy::external: return of_programme(ClaimKind::external_id, name.value);
    }
    return std::nullopt;
}

Result<Named, ReferenceRejection> find_named(const Desk& desk, const Programme& programme, const MemberName& name) {
    if (name.by == NamedBy::card) return found_by_card(desk, programme, name.value);
    const auto key = claim_of(programme, name);
    const auto claim = key ? desk.claim(*key) : std::nullopt;
    if (!claim) return Unexpected{ReferenceRejection::member_not_found};
    return followed(desk, found(desk, programme, *claim, ReferenceRejection::member_not_found));
}

Result<Named, ReferenceRejection> find_as_named(const Desk& desk, const Programme& programme, const MemberName& name) {
    if (name.by != NamedBy::member) return find_named(desk, programme, name);
    const auto key = claim_of(programme, name);
    const auto claim = key ? desk.claim(*key) : std::nullopt;
    if (!claim) return Unexpected{ReferenceRejection::member_not_found};
    return found(desk, programme, *claim, ReferenceRejection::member_not_found);
}

store::OwnerKey standing(const Desk& desk, store::OwnerKey key) {
    for (OwnerPointer owner = desk.owner(key); owner != nullptr && owner->account.merged_into; owner = desk.owner(key)) {
        key.account = *owner->account.merged_into;
    }
    return key;
}

std::optional<store::AccountRow> standing_account(const Desk& desk, const std::string& organisation, AccountId id) {
    auto row = desk.account(organisation, id);
    while (row && row->merged_into) row = desk.account(organisation, *row->merged_into);
    return row;
}

Result<AccountId, ReferenceRejection> find_account(const Desk& desk, const Programme& programme, const MemberName& name) {
    const auto named = find_named(desk, programme, name);
    if (named) return named->key.account;
    const auto key = name.by == NamedBy::member ? claim_of(programme, name) : std::nullopt;
    const auto claim = key ? desk.claim(*key) : std::nullopt;
    if (!claim || !claim->account || !claim->member) return Unexpected{named.error()};
    const std::vector<store::MemberRow> members = desk.members_of(programme.organisation, *claim->account);
    const bool is_there = std::any_of(members.begin(), members.end(), [&](const store::MemberRow& row) {
        return row.id == *claim->member && row.status != store::MemberStatus::erased;
    });
    const auto account = is_there ? standing_account(desk, programme.organisation, *claim->account) : std::nullopt;
    if (!account) return Unexpected{named.error()};
    return account->id;
}

programme::CardShown shown(const store::CardRow& card) { return {.kind = card.kind, .category = card.category}; }

Buyer find_buyer(const Desk& desk, const Programme& programme, const MemberName& name, const std::string& card, Date on) {
    MemberName asked = name;
    if (asked.by == NamedBy::nobody && !card.empty()) asked = {.by = NamedBy::card, .value = card};
    Buyer buyer;
    if (asked.by == NamedBy::nobody) return buyer;
    auto named = find_named(desk, programme, asked);
    if (named) {
        buyer.card = named->card;
        buyer.named = *std::move(named);
        // A card shown beside a member named otherwise still counts as the card that was shown.
        if (asked.by != NamedBy::card && !card.empty()) {
            const auto by_card = found_by_card(desk, programme, card);
            if (by_card && by_card->member == buyer.named->member) buyer.card = by_card->card;
        }
        return buyer;
    }
    if (asked.by == NamedBy::card && named.error() == ReferenceRejection::member_not_found) {
        // A bearer's card, or one of a category of people: known, and nobody's.
        const auto claim = desk.claim(card_claim(programme.organisation, asked.value));
        const auto known = desk.card(*claim);
        buyer.card = shown(*known);
        if (known->kind != programme::CardKind::personal) {
            const Edition* edition = programme.in_force(on);
            buyer.is_newcomer = known->kind == programme::CardKind::bearer && known->member.is_nil() && edition != nullptr &&
                                edition->plan->cards.bearer == programme::BearerCards::gathers;
            return buyer;
        }
    }
    const auto kind =
        named.error() == ReferenceRejection::card_blocked ? DiscrepancyKind::card_blocked : DiscrepancyKind::member_not_found;
    // The number of a card that nobody has is nobody's; a telephone number is somebody's, and is not kept.
    const std::string what = asked.by == NamedBy::card ? asked.value : std::string{name_of(asked.by)};
    buyer.discrepancies.push_back({.kind = kind, .what = what});
    return buyer;
}

std::optional<std::string> canonical_phone(std::string_view text) {
    std::string phone;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            phone += c;
        } else if (c == '+') {
            if (!phone.empty()) return std::nullopt;
            phone += c;
        } else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.') {
            return std::nullopt;
        }
    }
    if (phone.empty() || phone.front() != '+') phone.insert(phone.begin(), '+');
    // ITU-T E.164: at most 15 digits; fewer than 5 are no subscriber's.
    if (phone.size() < 6 || phone.size() > 16) return std::nullopt;
    return phone;
}

std::optional<std::string> canonical_email(std::string_view text) {
    if (text.size() > 254 || !is_good_code(text.substr(0, limits::code_bytes))) return std::nullopt;
    std::string email{text};
    std::size_t ats = 0;
    for (char& c : email) {
        if (c == ' ') return std::nullopt;
        if (c == '@') ++ats;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (ats != 1 || email.front() == '@' || email.back() == '@') return std::nullopt;
    return email;
}

bool is_good_text(std::string_view text) { return text.size() <= limits::text_bytes && is_valid_text(text) && !has_control(text); }

bool is_good_code(std::string_view text) { return !text.empty() && text.size() <= limits::code_bytes && is_good_text(text); }

std::vector<UnitBalance> balances_of(const Programme& programme, const std::optional<store::StateRow>& state, Instant at) {
    std::vector<UnitBalance> balances;
    const auto add = [&](const std::string& unit) {
        for (const UnitBalance& there : balances) {
            if (there.unit == unit) return;
        }
        const ledger::Wallet* wallet = find_wallet(state, unit);
        const ledger::Balance balance = wallet == nullptr ? ledger::Balance{} : ledger::balance(*wallet, at);
        balances.push_back(
            {.unit = unit, .pending = balance.pending, .available = balance.available, .held = balance.held, .owed = balance.owed});
    };
    for (const programme::Unit& unit : programme.latest().units) add(unit.id);
    if (state) {
        for (const ledger::Wallet& wallet : state->wallets) add(wallet.unit);
    }
    return balances;
}

std::string level_text(const account::State& state, Date date) {
    const account::LevelSpan* span = engine::level_on(state.levels, date);
    return span == nullptr ? std::string{} : span->level;
}

void derive_levels(const Programme& programme, account::State& state, Date until) {
    state.levels = engine::derive_levels(state, programme.counted.ladder, until);
}

namespace {
/// Those of an account in the view's programme that lead to the member; all of them where nobody else could have any.
void add_cards(const Desk& desk, const std::string& organisation, AccountId account, bool is_shared, MemberView& view) {
    for (const store::CardRow& card : desk.cards_of(organisation, account)) {
        if (card.programme != view.programme || card.member.is_nil()) continue;
        if (is_shared) {
            const auto person =
                person_of(desk, {.org = organisation, .account = account, .programme = card.programme}, card.member);
            if (!person || person->member != view.member) continue;
        } else if (account == view.account && card.member != view.member) {
            continue;
        }
        view.cards.push_back({.number = card.number,
                              .kind = card.kind,
                              .status = static_cast<CardStatus>(card.status),
                              .issued_at = card.issued_at,
                              .member = view.member,
                              .category = card.category,
                              .batch = card.batch,
                              .is_anonymous = view.is_anonymous});
    }
}
}  // namespace

MemberView view_of(const Desk& desk, const Programme& programme, const store::Owner& owner, const store::MemberRow& member,
                   Instant at) {
    MemberView view{.member = member.id,
                    .account = owner.account.id,
                    .programme = programme.id,
                    .joined_on = member.joined_on,
                    .version = member.version,
                    .profile = {.name = member.name,
                                .phone = member.phone,
                                .email = member.email,
                                .external_id = member.external_id,
                                .language = member.language,
                                .facts = member.facts},
                    .is_anonymous = member.status == store::MemberStatus::anonymous};
    add_cards(desk, programme.organisation, owner.account.id, false, view);
    // Cards of those who were merged into this one lead here, and those that the member had in an account that they left.
    if (owner.state && !owner.account.merged_into) {
        const bool is_shared = owner.state->household.has_value();
        for (const store::Merged& merged : owner.state->merged)
            add_cards(desk, programme.organisation, merged.account, is_shared, view);
        for (const AccountId account : counted_accounts(*owner.state).uses_only)
            add_cards(desk, programme.organisation, account, true, view);
    }
    view.balances = balances_of(programme, owner.state, at);
    const Date today = local_date(*programme.latest().zone, at);
    account::State state = owner.state ? owner.state->state : account::State{.joined_on = member.joined_on};
    derive_levels(programme, state, today);
    if (owner.account.merged_into) {
        const auto person = person_of(desk, {.org = member.org, .account = owner.account.id, .programme = programme.id}, member.id);
        if (person) view.merged_into = person->member;
    }
    const Edition* edition = programme.in_force(today);
    if (edition != nullptr) view.level = engine::level_outlook(*edition->plan, state, today);
    if (view.level) view.level->stay = engine::level_stay(programme.counted.ladder, state, today);
    return view;
}

}  // namespace suki::app
