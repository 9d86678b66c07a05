#include "app/benefits.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/json_token.h"
#include "app/signing_keys.h"

/// Access tokens: they tell a closed page whose right it is and until when. Nothing about the person but the member's id.
namespace suki::app {

namespace {

constexpr std::size_t kTokenIdBytes = 16;

struct Claims {
    std::string issuer;
    std::string audience;
    std::string subject;
    std::int64_t issued_at_s = 0;
    std::int64_t expires_at_s = 0;
    std::string id;
    std::string programme;
    std::string benefit;
    std::string level;  // may be empty
};

void write_claims(JsonWriter& out, const Claims& claims) {
    out.field("iss", claims.issuer);
    out.field("aud", claims.audience);
    out.field("sub", claims.subject);
    out.field("iat", claims.issued_at_s);
    out.field("nbf", claims.issued_at_s);
    out.field("exp", claims.expires_at_s);
    out.field("jti", claims.id);
    out.field("programme", claims.programme);
    out.field("benefit", claims.benefit);
    if (!claims.level.empty()) out.field("level", claims.level);
}

/// Of which programme a benefit is asked for, and what the token says of it. It stands as of `now`.
struct Asked {
    std::string programme;
    std::string member;
    std::string level;
    const programme::Benefit* benefit = nullptr;
    programme::PlanPointer plan;  // which holds it
};
Answered<Asked> right_of(const Desk& desk, const std::string& organisation, const std::string& programme, const MemberName& name,
                         const std::string& benefit, Instant now) {
    const ProgrammePointer found = desk.world()->programme(organisation, programme);
    if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto named = find_named(desk, *found, name);
    if (!named) return refuse(named.error(), "/member");
    const Date today = local_date(*found->latest().zone, now);
    const DayStanding standing = standing_at(desk, *found, *named, now);
    Asked asked{.programme = found->id, .member = named->member.text(), .level = standing.level, .plan = standing.plan};
    asked.benefit = standing.plan == nullptr ? nullptr : benefit_of(*standing.plan, benefit);
    if (asked.benefit == nullptr) return refuse(BenefitRejection::benefit_not_found, "/benefit");
    if (asked.benefit->resource.empty()) return refuse(BenefitRejection::benefit_has_no_resource, "/benefit");
    const auto entitlement = had(*found, benefit_records(desk, named->key, named->member), standing, benefit, today);
    if (!entitlement) return refuse(BenefitRejection::benefit_not_had, "/benefit", {{"level", standing.level}});
    if (!entitlement->is_standing && entitlement->left() == 0) return refuse_exhausted(*entitlement);
    return asked;
}

}  // namespace

Answered<AccessToken> App::access_token(const Caller& caller, const std::string& programme, const MemberName& name,
                                        const std::string& benefit) {
    return guarded<AccessToken>(*core_, [&]() -> Answered<AccessToken> {
        const Instant now = core_->wiring.now();
        const auto asked = right_of(Desk{core_->source}, caller.organisation, programme, name, benefit, now);
        if (!asked) return Unexpected<Refusal>{asked.error()};
        if (core_->are_keys_due(caller.organisation)) {
            // In nobody's name: time asks for it. What can't be written now is due the next time as well.
            auto made = run(Caller{.organisation = caller.organisation, .request = caller.request}, RotateSigningKeys{});
            if (!made && !core_->signer(caller.organisation)) return Unexpected<Refusal>{std::move(made).error()};
        }
        const auto signer = core_->signer(caller.organisation);
        if (!signer) return refuse(CommandRejection::store_unavailable);
        std::string id(kTokenIdBytes, '\0');
        core_->wiring.random({reinterpret_cast<std::uint8_t*>(id.data()), id.size()});
        const std::int64_t issued_at_s = now.us / kSecondUs;
        const std::int64_t expires_at_s = issued_at_s + asked->benefit->token_seconds;
        const Claims claims{.issuer = issuer_of(core_->wiring, caller.organisation),
                            .audience = asked->benefit->resource,
                            .subject = asked->member,
                            .issued_at_s = issued_at_s,
                            .expires_at_s = expires_at_s,
                            .id = to_base64(id),
                            .programme = asked->programme,
                            .benefit = asked->benefit->id,
                            .level = asked->level};
        return AccessToken{.token = signed_token(*signer, encoded_object([&](JsonWriter& out) { write_claims(out, claims); })),
                           .key = signer->id,
                           .resource = asked->benefit->resource,
                           .expires_at = Instant{expires_at_s * kSecondUs}};
    });
}

}  // namespace suki::app
