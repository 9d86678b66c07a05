#include "app/cards.h"

#include <algorithm>
#include <array>
#include <limits>

#include "app/announce.h"
#include "app/resolve.h"
#include "app/transfer.h"
#include "base/limits.h"

namespace suki::app {

namespace {

/// Every value below `count` is as likely.
std::int64_t random_below(const Wiring& wiring, std::int64_t count) {
    const auto range = static_cast<std::uint64_t>(count);
    const std::uint64_t whole = std::numeric_limits<std::uint64_t>::max() / range * range;
    while (true) {
        std::array<std::uint8_t, 8> bytes{};
        wiring.random(bytes);
        std::uint64_t value = 0;
        for (const std::uint8_t byte : bytes) value = value << 8 | byte;
        if (value < whole) return static_cast<std::int64_t>(value % range);
    }
}

store::OwnerKey key_of(const store::CardRow& card) {
    return {.org = card.org, .account = card.account, .programme = card.programme};
}

}  // namespace

Answered<std::string> new_card_number(const Desk& desk, const Ask& ask, const Programme& programme, const std::string& pointer) {
    const auto& numbers = programme.latest().cards.numbers;
    if (!numbers) return refuse(CardRejection::card_numbers_not_set, pointer);
    // With nine of ten taken, a try out of a hundred fails less than once in ten thousand times.
    constexpr int kTries = 100;
    for (int i = 0; i < kTries; ++i) {
        std::string number = programme::card_number(*numbers, random_below(ask.wiring, programme::numbers_possible(*numbers)));
        if (!desk.claim(card_claim(programme.organisation, number))) return number;
    }
    return refuse(CardRejection::card_numbers_used_up, pointer);
}

std::optional<Refusal> refused_number(const Desk& desk, const Programme& programme, const std::string& number,
                                      const std::string& pointer) {
    if (!is_good_code(number)) return refuse(CardRejection::card_number_malformed, pointer).error;
    const auto& numbers = programme.latest().cards.numbers;
    const auto fault = numbers ? programme::fault_of(*numbers, number) : std::nullopt;
    if (!fault || desk.claim(card_claim(programme.organisation, number))) return std::nullopt;
    if (*fault == programme::CardNumberFault::wrong_check_digit) {
        return refuse(CardRejection::card_check_digit_wrong, pointer).error;
    }
    return refuse(CardRejection::card_number_malformed, pointer,
                  {{"digits", std::to_string(numbers->digits)}, {"prefix", numbers->prefix}})
        .error;
}

std::optional<Refusal> refused_card(const Programme& programme, const programme::CardShown& card) {
    if (card.category.empty()) return std::nullopt;
    const auto& categories = programme.latest().cards.categories;
    const bool is_known = std::any_of(categories.begin(), categories.end(),
                                      [&](const programme::CardCategory& category) { return category.id == card.category; });
    if (!is_known) return refuse(CardRejection::card_category_not_found, "/category").error;
    if (card.kind != programme::CardKind::category) return refuse(CardRejection::card_kind_malformed, "/kind").error;
    return std::nullopt;
}

bool is_anonymous(const Desk& desk, const store::CardRow& card) {
    if (card.member.is_nil()) return false;
    const OwnerPointer owner = desk.owner(key_of(card));
    if (owner == nullptr || owner->account.merged_into) return false;
    const store::MemberRow* member = member_of(*owner, card.member);
    return member != nullptr && member->status == store::MemberStatus::anonymous;
}

std::optional<Refusal> give_card(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const store::MemberRow& member,
                                 const std::string& number, const programme::CardShown& card) {
    const auto claim = desk.claim(card_claim(programme->organisation, number));
    const auto known = claim ? desk.card(*claim) : std::nullopt;
    if (claim) {
        const bool is_to_be_had = known && known->programme == programme->id && known->status == store::CardStatus::active &&
                                  (!claim->account || is_anonymous(desk, *known));
        if (!is_to_be_had) return refuse(CardRejection::card_already_issued, "/card").error;
    }
    std::size_t held = 0;
    for (const store::CardRow& row : desk.cards_of(programme->organisation, member.account)) {
        if (row.member == member.id) ++held;
    }
    if (held >= limits::cards_per_member) return refuse(CardRejection::too_many_cards, "/card").error;
    const store::OwnerKey key{.org = programme->organisation, .account = member.account, .programme = programme->id};
    const std::string cause = member.id.text();
    if (known && !known->member.is_nil()) {
        // Its row stays where it is, and leads to the member from now on.
        auto merged = merge_accounts(desk, ask, programme, {.from = known->account, .to = member.account, .member = member.id});
        if (!merged) return std::move(merged).error();
    } else {
        store::CardRow row = known.value_or(store::CardRow{.org = programme->organisation,
                                                           .number = number,
                                                           .programme = programme->id,
                                                           .kind = programme::CardKind::personal,
                                                           .issued_at = desk.accepted_at()});
        row.account = member.account;
        row.member = member.id;
        if (card.kind != programme::CardKind::none) {
            row.kind = card.kind;
            row.category = card.category;
        }
        desk.put_card(row);
    }
    announce_plain(desk, {.programme = *programme, .key = key, .member = member.id, .cause = cause}, "card.issued");
    return std::nullopt;
}

void make_holder(Desk& desk, const Ask& ask, const Programme& programme, const std::string& number, Date joined_on) {
    const AccountId account = ask.wiring.new_account ? ask.wiring.new_account() : random_account(ask.wiring);
    const store::OwnerKey key{.org = programme.organisation, .account = account, .programme = programme.id};
    const store::MemberRow row{.org = key.org,
                               .account = account,
                               .id = new_member_id(desk.recorded_at(), account, programme.id),
                               .programme = programme.id,
                               .status = store::MemberStatus::anonymous,
                               .joined_on = joined_on,
                               .created_at = desk.accepted_at()};
    desk.put_account({.org = key.org, .id = account, .created_at = desk.accepted_at()});
    desk.rows.members.push_back(row);
    store::Owner& owner = desk.edit(key);
    owner.members.push_back(row);
    owner.state->state.joined_on = joined_on;
    desk.add_claim({.key = member_claim(key.org, row.id), .account = account, .member = row.id});
    store::CardRow card = *desk.card(*desk.claim(card_claim(key.org, number)));
    card.account = account;
    card.member = row.id;
    desk.put_card(card);
}

}  // namespace suki::app
