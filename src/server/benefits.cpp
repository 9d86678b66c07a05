#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "words/words.h"

/// What a member has of the matrix, and serving them.
namespace suki::server {

namespace {

void write_use(JsonWriter& out, const app::BenefitUseView& use) {
    out.begin_object();
    out.field("id", use.id);
    out.field("member", use.member.text());
    out.field("benefit", use.benefit);
    out.field("status", name_of(use.status));
    write_text_or_null(out, "store", use.store);
    out.field("author", use.author);
    write_text_or_null(out, "note", use.note);
    write_instant(out, "recorded_at", use.recorded_at);
    write_instant(out, "booked_for", use.booked_for);
    write_instant(out, "ended_at", use.ended_at);
    write_text_or_null(out, "ended_by", use.ended_by);
    write_text_or_null(out, "reason", use.reason);
    write_text_or_null(out, "grant", use.grant);
    write_text_or_null(out, "item", use.item);
    write_text_or_null(out, "shelf", use.shelf);
    write_instant(out, "stored_at", use.stored_at);
    write_date_or_null(out, "due_on", use.due_on);
    if (use.left) {
        out.field("left", *use.left);
    } else {
        out.field_null("left");
    }
    out.end_object();
}

void write_grant(JsonWriter& out, const app::BenefitGrantView& grant) {
    out.begin_object();
    out.field("id", grant.id);
    out.field("member", grant.member.text());
    out.field("benefit", grant.benefit);
    out.field("status", name_of(grant.status));
    out.field("count", grant.count);
    out.field("used", grant.used);
    out.field("from", date_text(grant.from));
    write_date_or_null(out, "until", grant.until);
    out.field("author", grant.author);
    out.field("reason", grant.reason);
    write_instant(out, "recorded_at", grant.recorded_at);
    write_text_or_null(out, "offer", grant.offer);
    write_text_or_null(out, "given_for", grant.given_for);
    out.end_object();
}

void write_entitlement(JsonWriter& out, const app::MemberBenefits& member, const engine::Entitlement& had,
                       std::string_view language) {
    const programme::Benefit& benefit = member.plan->benefits.at(had.benefit);
    out.begin_object();
    out.field("benefit", benefit.id);
    out.field("title", benefit.title.is_empty() ? std::string_view{benefit.id} : benefit.title.in(language));
    out.field("clause", benefit.clause);
    out.field("kind", name_of(benefit.kind));
    out.field("is_material", benefit.is_material);
    write_text_or_null(out, "partner", benefit.partner);
    out.field("is_bookable", benefit.is_booked);
    out.field("is_kept", benefit.keeps.has_value());
    write_text_or_null(out, "resource", benefit.resource);
    out.field("is_standing", had.is_standing);
    out.field("allowed", had.allowed);
    out.field("used", had.used);
    out.field("granted", had.granted);
    if (had.is_standing) {
        out.field_null("left");
    } else {
        out.field("left", had.left());
    }
    write_date_or_null(out, "renews_on", had.renews_on);
    out.end_object();
}

using ReadEnd = void (*)(json::Object&, app::EndBenefitUse&);
void end_use(const CallPointer& call, app::BenefitUseEnd end, ReadEnd read) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::EndBenefitUse>(*call, read);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->use = call->path_values.at(1);
    command->end = end;
    submit(call, *std::move(command),
           [](Call& answered, const app::BenefitUseView& use) { send_view(answered, 200, use, write_use); });
}

}  // namespace

void list_member_benefits(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto benefits = call->app().benefits(call->organisation, call->programme, named(*id));
    if (!benefits) return call->refuse(benefits.error());
    call->count_guess(true);
    const std::string language = call->language_for(benefits->plan.get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("member", benefits->member.text());
    write_text_or_null(out, "level", benefits->level);
    out.begin_array("items");
    for (const engine::Entitlement& had : benefits->benefits) write_entitlement(out, *benefits, had, language);
    out.end_array();
    out.begin_array("uses");
    for (const app::BenefitUseView& use : benefits->uses) write_use(out, use);
    out.end_array();
    out.begin_array("grants");
    for (const app::BenefitGrantView& grant : benefits->grants) write_grant(out, grant);
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void use_benefit(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::UseBenefit>(*call, read_benefit_use);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->benefit = call->path_values.at(1);
    if (command->store.empty()) command->store = call->principal.store;
    submit(call, *std::move(command),
           [](Call& answered, const app::BenefitUseView& use) { send_view(answered, 201, use, write_use); });
}

void undo_benefit_use(const CallPointer& call) { end_use(call, app::BenefitUseEnd::undo, read_use_undo); }
void confirm_benefit_use(const CallPointer& call) { end_use(call, app::BenefitUseEnd::confirm, read_use_confirm); }
void cancel_benefit_use(const CallPointer& call) { end_use(call, app::BenefitUseEnd::cancel, read_use_end); }
void collect_benefit_use(const CallPointer& call) { end_use(call, app::BenefitUseEnd::collect, read_use_end); }
void move_benefit_use(const CallPointer& call) { end_use(call, app::BenefitUseEnd::move, read_use_move); }

void grant_benefit(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::GrantBenefit>(*call, read_benefit_grant);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->benefit = call->path_values.at(1);
    submit(call, *std::move(command),
           [](Call& answered, const app::BenefitGrantView& grant) { send_view(answered, 201, grant, write_grant); });
}

void revoke_benefit(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::RevokeBenefit>(*call, read_benefit_revoke);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->grant = call->path_values.at(1);
    submit(call, *std::move(command),
           [](Call& answered, const app::BenefitGrantView& grant) { send_view(answered, 200, grant, write_grant); });
}

void list_benefit_uses(const CallPointer& call) {
    const auto asked = call->request().query_value("status");
    const auto status = asked ? from_name<app::BenefitUseStatus>(*asked) : std::nullopt;
    if (asked && !status) {
        return call->refuse_parameter("query/status", json::MistakeCode::not_a_choice,
                                      "must be `booked`, `used`, `undone`, `cancelled`, `stored`, `due` or `collected`");
    }
    std::string store{call->request().query_value("store").value_or("")};
    if (const std::string& own = call->principal.store; !own.empty()) {
        if (!store.empty() && store != own)
            return call->refuse(app::refuse(app::AuthRejection::store_not_allowed, "/store", {{"store", own}}).error);
        store = own;
    }
    answer_with(
        *call,
        call->app().benefit_uses(call->organisation, call->programme, {.status = status, .store = store, .page = call->page}),
        [](JsonWriter& out, const app::BenefitUseList& list) {
            out.begin_object();
            out.begin_array("items");
            for (const app::BenefitUseView& use : list.uses) write_use(out, use);
            write_page_end(out, list.next_cursor);
        });
}

}  // namespace suki::server
