#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "server/rates.h"
#include "words/words.h"

/// What colleagues give each other.
namespace suki::server {

namespace {

constexpr std::size_t kTextBytes = 1'024;

void write_recognition(JsonWriter& out, const app::RecognitionView& view) {
    out.begin_object();
    out.field("id", view.id);
    out.field("kind", view.kind);
    out.field("member", view.member.text());
    out.field("from", view.from.text());
    out.field("status", name_of(view.status));
    out.field("unit", view.unit);
    out.field("points", view.points.minor());
    write_text_or_null(out, "reason", view.reason);
    write_text_or_null(out, "message", view.message);
    out.field("clause", view.clause);
    out.field("author", view.author);
    write_instant(out, "given_at", view.given_at);
    write_instant(out, "ended_at", view.ended_at);
    write_text_or_null(out, "ended_by", view.ended_by);
    write_text_or_null(out, "ended_because", view.ended_because);
    out.field("taken_back", view.taken_back.minor());
    out.end_object();
}

void write_kind(JsonWriter& out, const programme::Plan& plan, const programme::Recognition& kind, std::int64_t left,
                std::string_view language) {
    out.begin_object();
    out.field("id", kind.id);
    out.field("title", words::recognition_title(language, plan, kind.id));
    out.field("clause", kind.clause);
    out.field("says", words::say_recognition(language, plan, kind));
    out.field("unit", plan.units.at(kind.unit).id);
    out.field("at_most", kind.at_most);
    out.field("left", left);
    out.begin_array("reasons");
    for (const std::string& reason : kind.reasons) out.value(reason);
    out.end_array();
    out.field("message", name_of(kind.message));
    out.end_object();
}

}  // namespace

void read_recognition(json::Object& in, app::GiveRecognition& out) {
    MemberId to;
    if (in.required("to", to, json::id<MemberId>())) out.to = {.by = app::NamedBy::member, .value = to.text()};
    in.required("kind", out.kind, json::key(limits::key_bytes));
    in.required("points", out.points, json::points(1));
    in.optional("reason", out.reason, json::key(limits::key_bytes));
    in.optional("message", out.message, json::text(kTextBytes));
}
void read_recognition_withdrawal(json::Object& in, app::WithdrawRecognition& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void list_member_recognitions(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto found = call->app().recognitions_of(call->organisation, call->programme, named(*id));
    if (!found) return call->refuse(found.error());
    call->count_guess(true);
    const std::string language = call->language_for(found->plan.get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("given");
    for (const app::RecognitionView& view : found->given) write_recognition(out, view);
    out.end_array();
    out.begin_array("received");
    for (const app::RecognitionView& view : found->received) write_recognition(out, view);
    out.end_array();
    out.begin_array("kinds");
    for (std::size_t i = 0; i < found->left.size(); ++i) {
        write_kind(out, *found->plan, found->plan->recognitions[i], found->left[i], language);
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void give_recognition(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::GiveRecognition>(*call, read_recognition);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command),
           [](Call& to, const app::RecognitionView& view) { send_view(to, 201, view, write_recognition); });
}

void withdraw_recognition(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::WithdrawRecognition>(*call, read_recognition_withdrawal);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->recognition = call->path_values.at(1);
    submit(call, *std::move(command),
           [](Call& to, const app::RecognitionView& view) { send_view(to, 200, view, write_recognition); });
}

void list_recognitions(const CallPointer& call) {
    app::RecognitionQuery query{.kind = std::string{call->request().query_value("kind").value_or("")}};
    query.page = call->page;
    if (const auto asked = call->request().query_value("status")) {
        const auto status = from_name<app::RecognitionStatus>(*asked);
        if (!status) {
            return call->refuse_parameter("query/status", json::MistakeCode::not_a_choice, "must be `given`, `withdrawn`");
        }
        query.status = *status;
    }
    answer_with(*call, call->app().recognitions(call->organisation, call->programme, query),
                [](JsonWriter& out, const app::RecognitionList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::RecognitionView& view : list.recognitions) write_recognition(out, view);
                    write_page_end(out, list.next_cursor);
                });
}

}  // namespace suki::server
