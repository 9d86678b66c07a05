#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "server/rates.h"
#include "words/words.h"

/// Memberships that members join, and what is to be paid for them.
namespace suki::server {

namespace {

void write_membership(JsonWriter& out, const app::MembershipView& view) {
    out.begin_object();
    out.field("id", view.id);
    out.field("member", view.member.text());
    out.field("membership", view.membership);
    out.field("status", name_of(view.status));
    out.field("joined_on", date_text(view.joined_on));
    write_date_or_null(out, "paid_until", view.paid_until);
    write_date_or_null(out, "ends_on", view.ends_on);
    write_date_or_null(out, "lapses_on", view.lapses_on);
    write_date_or_null(out, "paused_until", view.paused_until);
    out.field("days_kept", view.days_kept);
    write_text_or_null(out, "request", view.request);
    out.begin_array("periods");
    for (const app::MembershipPeriodView& period : view.periods) {
        out.begin_object();
        out.field("from", date_text(period.from));
        out.field("until", date_text(period.until));
        write_text_or_null(out, "request", period.request);
        out.end_object();
    }
    out.end_array();
    out.begin_array("history");
    for (const app::MembershipNote& note : view.notes) {
        out.begin_object();
        write_instant(out, "at", note.at);
        out.field("what", note.what);
        write_text_or_null(out, "by", note.by);
        write_text_or_null(out, "reason", note.reason);
        out.end_object();
    }
    out.end_array();
    out.field("author", view.author);
    out.end_object();
}

void write_request(JsonWriter& out, const app::PaymentRequestView& view) {
    out.begin_object();
    out.field("id", view.id);
    out.field("member", view.member.text());
    out.field("membership", view.membership);
    out.field("plan", view.plan);
    out.field("status", name_of(view.status));
    out.field("from", date_text(view.from));
    out.field("until", date_text(view.until));
    out.field("amount", view.amount.minor());
    out.field("currency", view.currency);
    out.field("due_on", date_text(view.due_on));
    write_instant(out, "asked_at", view.asked_at);
    out.field("refund", view.refund.minor());
    write_instant(out, "settled_at", view.settled_at);
    write_text_or_null(out, "reference", view.reference);
    write_text_or_null(out, "reported_by", view.reported_by);
    out.end_object();
}

void write_plan(JsonWriter& out, const programme::Plan& plan, std::size_t index, std::string_view language) {
    const programme::Membership& membership = plan.memberships.at(index);
    out.begin_object();
    out.field("id", membership.id);
    out.field("title", words::membership_title(language, plan, membership.id));
    out.field("clause", membership.clause);
    out.field("says", words::say_membership(language, plan, membership));
    out.field("fee", membership.fee.minor());
    out.field("months", membership.period.months);
    out.field("days", membership.period.days);
    out.field("can_pause", membership.pause.has_value());
    out.field("people", membership.people);
    out.begin_array("benefits");
    for (const std::uint32_t benefit : membership.benefits) out.value(plan.benefits.at(benefit).id);
    out.end_array();
}

template <int status>
void send(Call& call, const app::MembershipView& view) {
    send_view(call, status, view, write_membership);
}

void change(const CallPointer& call, app::MembershipChange change) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::ChangeMembership>(*call, read_membership_change);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->membership = call->path_values.at(1);
    command->change = change;
    submit(call, *std::move(command), send<200>);
}

/// The status that the query names; false: the call has been refused.
template <class Status>
bool read_status(Call& call, std::optional<Status>& status) {
    const auto asked = call.request().query_value("status");
    if (!asked) return true;
    status = from_name<Status>(*asked);
    if (status) return true;
    std::string known;
    for (const std::string_view name : all_names<Status>()) known += (known.empty() ? "must be `" : "`, `") + std::string{name};
    call.refuse_parameter("query/status", json::MistakeCode::not_a_choice, known + "`");
    return false;
}

}  // namespace

void list_membership_plans(const CallPointer& call) {
    const auto plans = call->app().membership_plans(call->organisation, call->programme);
    if (!plans) return call->refuse(plans.error());
    const std::string language = call->language_for(plans->plan.get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (std::size_t i = 0; i < plans->counts.size(); ++i) {
        write_plan(out, *plans->plan, i, language);
        out.begin_object("counts");
        for (std::size_t status = 0; status < plans->counts[i].size(); ++status) {
            out.field(all_names<engine::MembershipStatus>()[status], plans->counts[i][status]);
        }
        out.end_object();
        out.end_object();
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void list_member_memberships(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto found = call->app().memberships_of(call->organisation, call->programme, named(*id));
    if (!found) return call->refuse(found.error());
    call->count_guess(true);
    const std::string language = call->language_for(found->plan.get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const app::MembershipView& view : found->memberships) write_membership(out, view);
    out.end_array();
    out.begin_array("requests");
    for (const app::PaymentRequestView& view : found->requests) write_request(out, view);
    out.end_array();
    out.begin_array("offered");
    for (std::size_t i = 0; found->plan != nullptr && i < found->plan->memberships.size(); ++i) {
        write_plan(out, *found->plan, i, language);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void join_membership(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::JoinMembership>(*call, read_membership_join);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), send<201>);
}

void pause_membership(const CallPointer& call) { change(call, app::MembershipChange::pause); }
void resume_membership(const CallPointer& call) { change(call, app::MembershipChange::resume); }
void end_membership(const CallPointer& call) { change(call, app::MembershipChange::end); }
void keep_membership(const CallPointer& call) { change(call, app::MembershipChange::keep); }

void report_payment(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::ReportPayment>(*call, read_payment_report);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->request = call->path_values.at(1);
    submit(call, *std::move(command),
           [](Call& answered, const app::PaymentRequestView& view) { send_view(answered, 200, view, write_request); });
}

void list_memberships(const CallPointer& call) {
    app::MembershipQuery query{.status = {}, .membership = std::string{call->request().query_value("membership").value_or("")}};
    query.page = call->page;
    if (!read_status(*call, query.status)) return;
    answer_with(*call, call->app().memberships(call->organisation, call->programme, query),
                [](JsonWriter& out, const app::MembershipList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::MembershipView& view : list.memberships) write_membership(out, view);
                    write_page_end(out, list.next_cursor);
                });
}

void list_payment_requests(const CallPointer& call) {
    app::PaymentRequestQuery query{.status = {}, .membership = std::string{call->request().query_value("membership").value_or("")}};
    query.page = call->page;
    if (!read_status(*call, query.status)) return;
    answer_with(*call, call->app().payment_requests(call->organisation, call->programme, query),
                [](JsonWriter& out, const app::PaymentRequestList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::PaymentRequestView& view : list.requests) write_request(out, view);
                    write_page_end(out, list.next_cursor);
                });
}

}  // namespace suki::server
