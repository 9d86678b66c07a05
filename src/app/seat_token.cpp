#include <algorithm>

#include "app/guard.h"
#include "app/json_token.h"
#include "app/occasions.h"
#include "app/signing_keys.h"

/// The right to a seat, as a door reads it: signed by the same keys as access tokens, and short enough for a code that a telephone
/// shows. The occasion's id is whom it is for (`aud`), so that it opens no other door.
namespace suki::app {

namespace {

/// Keys are told how long they are needed in steps, so that not every seat is a write.
constexpr std::int64_t kNeededStepUs = 7 * 86'400LL * kSecondUs;
constexpr int kAttemptsMax = 3;

/// Text of a field of what we have signed ourselves, where no other character would need to be escaped.
std::string_view text_of(std::string_view json, std::string_view name) {
    const std::string field = "\"" + std::string{name} + "\":\"";
    const std::size_t at = json.find(field);
    if (at == std::string_view::npos) return {};
    const std::size_t begins = at + field.size();
    const std::size_t ends = json.find('"', begins);
    return ends == std::string_view::npos ? std::string_view{} : json.substr(begins, ends - begins);
}

std::string payload_of(const Listed& listed, const SeatView& seat, const std::string& issuer, Instant now) {
    return encoded_object([&](JsonWriter& out) {
        out.field("iss", issuer);
        out.field("aud", listed.id());
        out.field("sub", seat.member.text());
        out.field("nbf", now.us / kSecondUs);
        out.field("exp", listed.body.terms.ends_at.us / kSecondUs);
        out.field("party", seat.party);
    });
}

}  // namespace

Answered<MemberId> member_of_token(const Desk& desk, const Listed& listed, std::string_view token, Instant now) {
    const auto malformed = [] { return refuse(OccasionRejection::seat_token_malformed, "/token"); };
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return malformed();
    const auto signature = from_base64(token.substr(last + 1));
    const auto payload = from_base64(token.substr(first + 1, last - first - 1));
    const auto row = desk.record(signing_keys_of(listed.row.org));
    if (!signature || !payload || !row) return malformed();
    const auto keys = unpack_record<SigningKeys>(*row);
    bool is_ours = false;
    for (std::size_t i = 0; i < keys.keys.size(); ++i) {
        const auto until = published_until(keys, i);
        const bool is_published = !until || now < *until;
        is_ours = is_ours || (is_published && is_signed_by_ed25519(keys.keys[i].public_key, token.substr(0, last), *signature));
    }
    if (!is_ours) return malformed();
    if (text_of(*payload, "aud") != listed.id()) return refuse(OccasionRejection::seat_token_of_another, "/token");
    const auto member = MemberId::parse(text_of(*payload, "sub"));
    if (!member) return malformed();
    return *member;
}

Answered<SeatToken> App::seat_token(const Caller& caller, const std::string& programme, const MemberName& name,
                                    const std::string& occasion) {
    return guarded<SeatToken>(*core_, [&]() -> Answered<SeatToken> {
        const Desk desk{core_->source};
        const Instant now = core_->wiring.now();
        const auto listed = find_listed(desk, caller.organisation, programme, occasion, caller.store);
        if (!listed) return Unexpected<Refusal>{listed.error()};
        const auto named = find_named(desk, *listed->programme, name);
        if (!named) return refuse(named.error(), "/member");
        const auto seats = seats_of_person(desk, named->key, named->member);
        const SeatFound* found = live_seat(seats, *listed);
        if (found == nullptr) return refuse(OccasionRejection::seat_not_found, "/member");
        if (!is_ahead(*listed, now)) return refuse_ended(*listed);
        SeatView seat = view_of(found->first, found->second, listed->body);
        if (seat.status == SeatStatus::waiting) {
            return refuse(OccasionRejection::seat_not_booked, "/member", {{"status", found->first.status}});
        }
        const Instant ends_at = listed->body.terms.ends_at;
        const Instant needed{(ends_at.us / kNeededStepUs + 1) * kNeededStepUs};
        for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
            const auto signer = core_->signer(caller.organisation);
            const auto known = signer ? core_->signs_until(caller.organisation, *signer) : std::nullopt;
            const bool is_known = known && *known >= ends_at;
            // What is due and can't be written now is due the next time as well.
            if (is_known && (attempt > 0 || !core_->are_keys_due(caller.organisation))) {
                std::string token =
                    signed_token(*signer, payload_of(*listed, seat, issuer_of(core_->wiring, caller.organisation), now));
                return SeatToken{.token = std::move(token),
                                 .key = signer->id,
                                 .expires_at = Instant{ends_at.us / kSecondUs * kSecondUs},
                                 .seat = std::move(seat),
                                 .occasion = view_of(*listed, now)};
            }
            // In nobody's name: time asks for it.
            auto made = run(Caller{.organisation = caller.organisation, .request = caller.request},
                            RotateSigningKeys{.how = KeyRotation::due, .needed_until = needed});
            if (!made && !is_known) return Unexpected<Refusal>{std::move(made).error()};
        }
        return refuse(CommandRejection::store_unavailable);
    });
}

}  // namespace suki::app
