#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

namespace suki::server {

namespace {

void write_batch_fields(JsonWriter& out, const app::CardBatchView& batch) {
    out.field("id", batch.id);
    out.field("kind", name_of(batch.kind));
    write_text_or_null(out, "category", batch.category);
    out.field("count", batch.count);
    write_instant(out, "made_at", batch.made_at);
    out.field("author", batch.author);
    write_text_or_null(out, "note", batch.note);
    out.field("status", batch.is_blocked ? "blocked" : "made");
}

void send_batch(Call& call, int status, const app::CardBatchView& batch) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    write_batch_fields(out, batch);
    out.end_object();
    net::Response response = json_response(status, std::move(body));
    mark_replayed(response, batch.is_repeat);
    call.send(std::move(response));
}

void block(const CallPointer& call, bool is_blocked) {
    submit(call, app::BlockCardBatch{.programme = call->programme, .batch = call->path_values.at(0), .is_blocked = is_blocked},
           [](Call& answered, const app::CardBatchView& batch) { send_batch(answered, 200, batch); });
}

}  // namespace

void make_cards(const CallPointer& call) {
    auto command = read_body<app::MakeCards>(*call, read_card_batch);
    if (!command) return;
    command->programme = call->programme;
    submit(call, *std::move(command), [](Call& answered, const app::CardBatchView& batch) { send_batch(answered, 201, batch); });
}

void list_card_batches(const CallPointer& call) {
    answer_with(*call, call->app().card_batches(call->organisation, call->programme, call->page),
                [](JsonWriter& out, const app::CardBatchList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::CardBatchView& batch : list.batches) {
                        out.begin_object();
                        write_batch_fields(out, batch);
                        out.end_object();
                    }
                    write_page_end(out, list.next_cursor);
                });
}

void get_card_batch(const CallPointer& call) {
    answer_with(*call, call->app().card_batch(call->organisation, call->programme, call->path_values.at(0)),
                [](JsonWriter& out, const app::CardBatchState& state) {
                    out.begin_object();
                    write_batch_fields(out, state.batch);
                    out.field("blank", state.blank);
                    out.field("given", state.given);
                    out.field("blocked", state.blocked);
                    out.end_object();
                });
}

/// One number a line, under a heading, as printers of cards take them.
void get_card_batch_numbers(const CallPointer& call) {
    const auto state = call->app().card_batch(call->organisation, call->programme, call->path_values.at(0));
    if (!state) return call->refuse(state.error());
    net::Response response{.status = 200, .content_type = "text/csv; charset=utf-8"};
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + state->batch.id + ".csv\"");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = "number\r\n";
    for (const std::string& number : state->numbers) response.body += number + "\r\n";
    call->send(std::move(response));
}

void block_card_batch(const CallPointer& call) { block(call, true); }
void unblock_card_batch(const CallPointer& call) { block(call, false); }

}  // namespace suki::server
