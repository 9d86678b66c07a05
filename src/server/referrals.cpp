#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

/// Who brought whom: ids, states and points, and nobody's name.
namespace suki::server {

namespace {

void write_gift(JsonWriter& out, const app::ReferralGift& gift) {
    out.begin_object();
    out.field("offer", gift.offer);
    out.field("unit", gift.unit);
    out.field("points", gift.points.minor());
    out.field("friend_points", gift.friend_points.minor());
    out.field("taken_back", gift.taken_back.minor());
    out.field("left", gift.left.minor());
    out.field("status", name_of(gift.status));
    write_instant(out, "at", gift.at);
    out.end_object();
}

/// Whose word it was and why is staff's to know, not a till's.
void write_referral(JsonWriter& out, const app::ReferralView& view, bool is_staff) {
    out.begin_object();
    out.field("id", view.id);
    out.field("member", view.member.text());
    out.field("by", view.by.text());
    out.field("status", name_of(view.status));
    out.field("since", date_text(view.since));
    write_instant(out, "made_at", view.made_at);
    write_text_or_null(out, "author", is_staff ? view.author : std::string{});
    write_text_or_null(out, "reason", is_staff ? view.reason : std::string{});
    out.begin_array("gifts");
    for (const app::ReferralGift& gift : view.gifts) write_gift(out, gift);
    out.end_array();
    out.end_object();
}

void write_code(JsonWriter& out, const app::ReferralCodeView& view) {
    out.begin_object();
    out.field("member", view.member.text());
    out.field("code", view.code);
    write_instant(out, "made_at", view.made_at);
    out.end_object();
}

}  // namespace

void list_member_referrals(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto found = call->app().referrals_of(call->organisation, call->programme, named(*id));
    if (!found) return call->refuse(found.error());
    call->count_guess(true);
    const bool is_staff = call->principal.kind == Principal::Kind::user || call->principal.scope != app::KeyScope::till;
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("member", found->member.text());
    out.field("is_offered", found->is_offered);
    write_text_or_null(out, "code", found->code);
    out.key("brought_by");
    if (found->brought_by) {
        write_referral(out, *found->brought_by, is_staff);
    } else {
        out.null();
    }
    out.begin_array("items");
    for (const app::ReferralView& view : found->friends) write_referral(out, view, is_staff);
    out.end_array();
    out.begin_object("counts");
    for (std::size_t status = 0; status < found->counts.size(); ++status) {
        out.field(all_names<app::ReferralStatus>()[status], found->counts[status]);
    }
    out.end_object();
    out.end_object();
    call->send_json(200, std::move(body));
}

void give_referral_code(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    submit(call, app::GiveReferralCode{.programme = call->programme, .member = named(*id)},
           [](Call& answered, const app::ReferralCodeView& view) { send_view(answered, 200, view, write_code); });
}

void name_referrer(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::NameReferrer>(*call, read_referrer);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), [](Call& answered, const app::ReferralView& view) {
        send_view(answered, 201, view, [](JsonWriter& out, const app::ReferralView& one) { write_referral(out, one, true); });
    });
}

}  // namespace suki::server
