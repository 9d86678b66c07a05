#include <algorithm>

#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

namespace suki::server {

namespace {

void write_discrepancy(JsonWriter& out, const app::DiscrepancyView& view) {
    out.begin_object();
    out.field("id", view.id);
    out.field("programme", view.programme);
    out.field("event", view.event);
    write_instant(out, "recorded_at", view.recorded_at);
    out.field("kind", name_of(view.discrepancy.kind));
    if (view.discrepancy.line == 0) {
        out.field_null("line");
    } else {
        out.field("line", view.discrepancy.line);
    }
    out.field("stated", view.discrepancy.stated);
    out.field("decided", view.discrepancy.decided);
    write_text_or_null(out, "what", view.discrepancy.what);
    write_instant(out, "resolved_at", view.resolved_at);
    write_text_or_null(out, "resolved_by", view.resolved_by);
    write_text_or_null(out, "note", view.note);
    out.end_object();
}

void write_quarantined(JsonWriter& out, const app::QuarantinedView& view) {
    out.begin_object();
    out.field("id", view.id);
    out.field("command", view.command);
    write_text_or_null(out, "subject", view.subject);
    out.field("reason", view.reason);
    write_instant(out, "recorded_at", view.recorded_at);
    out.end_object();
}

/// All of a list that has no pages.
template <class View, class Write>
void send_items(Call& call, const std::vector<View>& views, const Write& write) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const View& view : views) write(out, view);
    out.end_array();
    out.end_object();
    call.send_json(200, std::move(body));
}

}  // namespace

void list_discrepancies(const CallPointer& call) {
    const auto filter = from_name<app::DiscrepancyFilter>(call->request().query_value("state").value_or("open"));
    if (!filter) return call->refuse_parameter("query/state", json::MistakeCode::not_a_choice, "must be `open` or `all`");
    answer_with(*call, call->app().discrepancies(call->organisation, call->programme, call->page, *filter),
                [&](JsonWriter& out, const app::DiscrepancyList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::DiscrepancyView& view : list.discrepancies) write_discrepancy(out, view);
                    write_page_end(out, list.next_cursor);
                });
}

void resolve_discrepancy(const CallPointer& call) {
    auto command = read_body<app::ResolveDiscrepancy>(*call, read_resolution);
    if (!command) return;
    command->programme = call->programme;
    command->discrepancy = call->path_values.at(0);
    submit(call, *std::move(command), [](Call& answered, const app::DiscrepancyView& view) {
        std::string body;
        JsonWriter out{body};
        write_discrepancy(out, view);
        net::Response response = json_response(200, std::move(body));
        mark_replayed(response, view.is_repeat);
        answered.send(std::move(response));
    });
}

void get_overview(const CallPointer& call) {
    const auto plan = call->app().plan(call->organisation, call->programme);
    if (!plan) return call->refuse(plan.error());
    answer_with(*call, call->app().overview(call->organisation, call->programme),
                [&](JsonWriter& out, const app::Overview& overview) {
                    out.begin_object();
                    out.field("programme", (*plan)->id);
                    out.field("currency", (*plan)->currency);
                    out.field("exponent", (*plan)->exponent);
                    out.field("members", overview.members);
                    out.field("receipts", overview.receipts);
                    out.field("receipts_today", overview.receipts_today);
                    out.field("sales_today", overview.sales_today.minor());
                    // Each member's figures are exact in JSON; a sum over all of them is held to what a number of JSON can say.
                    std::vector<app::UnitBalance> sums = overview.outstanding;
                    for (app::UnitBalance& sum : sums) {
                        for (Points* points : {&sum.pending, &sum.available, &sum.held, &sum.owed})
                            *points = std::clamp(*points, Points{0}, Points{kAmountMax});
                    }
                    write_balances(out, "outstanding", sums);
                    out.end_object();
                });
}

void list_quarantined(const CallPointer& call) {
    send_items(*call, call->app().quarantined(call->organisation), write_quarantined);
}

void release_quarantined(const CallPointer& call) {
    submit(call, app::ReleaseQuarantined{.id = call->path_values.at(0)}, [](Call& answered, const app::QuarantinedView& view) {
        std::string body;
        JsonWriter out{body};
        write_quarantined(out, view);
        answered.send_json(200, std::move(body));
    });
}

void create_key(const CallPointer& call) {
    auto input = read_body<KeyInput>(*call, read_key);
    if (!input) return;
    app::CreateApiKey command{.name = std::move(input->name),
                              .programme = std::move(input->programme),
                              .scopes = {input->scope},
                              .store = std::move(input->store)};
    submit(call, std::move(command), [](Call& answered, const app::ApiKeyView& key) {
        std::string body;
        JsonWriter out{body};
        write_api_key(out, key, true);
        net::Response response = json_response(201, std::move(body));
        mark_replayed(response, key.secret.empty());
        answered.send(std::move(response));
    });
}

void list_keys(const CallPointer& call) {
    auto keys = call->app().api_keys(call->organisation);
    std::sort(keys.begin(), keys.end(), [](const app::ApiKeyView& a, const app::ApiKeyView& b) {
        return std::pair{a.created_at, a.id} < std::pair{b.created_at, b.id};
    });
    send_items(*call, keys, [](JsonWriter& out, const app::ApiKeyView& key) { write_api_key(out, key, false); });
}

void revoke_key(const CallPointer& call) {
    submit(call, app::RevokeApiKey{.id = call->path_values.at(0)}, [](Call& answered, const app::ApiKeyView& key) {
        std::string body;
        JsonWriter out{body};
        write_api_key(out, key, false);
        answered.send_json(200, std::move(body));
    });
}

}  // namespace suki::server
