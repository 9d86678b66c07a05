#include <charconv>

#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

namespace suki::server {

namespace {

std::string etag_of(const app::MemberView& member) { return "\"" + std::to_string(member.version) + "\""; }

void send_member(Call& call, int status, const app::MemberView& member) {
    std::string body;
    JsonWriter out{body};
    write_member(out, member, speech_for(call, call.app(), member.programme));
    net::Response response = json_response(status, std::move(body));
    response.headers.emplace_back("ETag", etag_of(member));
    mark_replayed(response, member.is_repeat);
    call.send(std::move(response));
}

/// What If-Match asks for: a version, or nothing for `*`. False: the call has been refused.
bool read_if_match(Call& call, std::optional<std::int64_t>& version) {
    const auto header = call.request().header("If-Match");
    if (!header) {
        call.refuse(428, name_of(ServerRejection::precondition_required), "If-Match must hold the ETag that was read, or *");
        return false;
    }
    if (*header == "*") return true;
    std::int64_t number = 0;
    const std::string_view text = *header;
    if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
        const char* end = text.data() + text.size() - 1;
        const auto parsed = std::from_chars(text.data() + 1, end, number);
        if (parsed.ec == std::errc{} && parsed.ptr == end && number >= 0) {
            version = number;
            return true;
        }
    }
    // Another ETag than ours names a version that never was.
    call.refuse(412, name_of(app::MemberRejection::version_changed), "If-Match holds no ETag of this member");
    return false;
}

void send_adjustment(Call& call, const app::AdjustAnswer& answer) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("id", answer.id);
    out.field("unit", answer.unit);
    out.field("points", answer.points.minor());
    write_instant(out, "recorded_at", answer.recorded_at);
    write_balances(out, "balances", answer.balances);
    out.end_object();
    net::Response response = json_response(201, std::move(body));
    mark_replayed(response, answer.is_repeat);
    call.send(std::move(response));
}

void write_members(JsonWriter& out, const std::vector<app::MemberView>& members, const std::string& next, const Speech& speech) {
    out.begin_object();
    out.begin_array("items");
    for (const app::MemberView& member : members) write_member(out, member, speech);
    write_page_end(out, next);
}

}  // namespace

void create_member(const CallPointer& call) {
    auto command = read_body<app::CreateMember>(*call, read_member);
    if (!command) return;
    command->programme = call->programme;
    submit(call, *std::move(command), [](Call& answered, const app::MemberView& member) { send_member(answered, 201, member); });
}

void list_members(const CallPointer& call) {
    struct Exact {
        std::string_view parameter;
        app::NamedBy by;
    };
    constexpr std::array<Exact, 4> kExact{{{"card", app::NamedBy::card},
                                           {"phone", app::NamedBy::phone},
                                           {"email", app::NamedBy::email},
                                           {"external_id", app::NamedBy::external}}};
    const auto text = call->request().query_value("q");
    app::MemberName name;
    int asked = text ? 1 : 0;
    std::string_view last;
    for (const Exact& exact : kExact) {
        const auto value = call->request().query_value(exact.parameter);
        if (!value) continue;
        ++asked;
        last = exact.parameter;
        name = {.by = exact.by, .value = std::string{*value}};
        if (value->empty() || value->size() > limits::code_bytes) {
            return call->refuse_parameter("query/" + std::string{exact.parameter}, json::MistakeCode::bad_text,
                                          "must have 1 to 128 bytes");
        }
    }
    if (asked > 1) {
        return call->refuse_parameter("query/" + std::string{text ? "q" : last}, json::MistakeCode::contradiction,
                                      "at most one of card, phone, email, external_id and q");
    }
    if (text && (text->empty() || text->size() > limits::code_bytes)) {
        return call->refuse_parameter("query/q", json::MistakeCode::bad_text, "must have 1 to 128 bytes");
    }
    const Speech speech = speech_for(*call, call->app(), call->programme);
    if (name.by != app::NamedBy::nobody) {
        const auto member = call->app().find_member(call->organisation, call->programme, name);
        // Looking for somebody who is not there is no mistake: the list is empty.
        const bool is_absent = !member && (member.error().code == name_of(app::ReferenceRejection::member_not_found) ||
                                           member.error().code == name_of(app::ReferenceRejection::card_not_found));
        if (!member && !is_absent) return call->refuse(member.error());
        std::vector<app::MemberView> found;
        if (member) found.push_back(*member);
        std::string body;
        JsonWriter out{body};
        write_members(out, found, {}, speech);
        return call->send_json(200, std::move(body));
    }
    answer_with(*call, call->app().members(call->organisation, call->programme, std::string{text.value_or("")}, call->page),
                [&](JsonWriter& out, const app::MemberList& list) { write_members(out, list.members, list.next_cursor, speech); });
}

void get_member(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto member = call->app().find_member(call->organisation, call->programme, named(*id));
    if (!member) return call->refuse(member.error());
    send_member(*call, 200, *member);
}

void patch_member(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    std::optional<std::int64_t> version;
    if (!read_if_match(*call, version)) return;
    auto command = read_body<app::PatchMember>(*call, read_member_patch);
    if (!command) return;
    command->programme = call->programme;
    command->member = *id;
    command->if_version = version;
    submit(call, *std::move(command), [](Call& answered, const app::MemberView& member) { send_member(answered, 200, member); });
}

void get_account(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    answer_with(*call, call->app().statement(call->organisation, call->programme, named(*id), app::Page{.limit = 1}),
                [&](JsonWriter& out, const app::Statement& statement) {
                    write_account(out, statement, speech_for(*call, call->app(), statement.member.programme));
                });
}

void get_statement(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const std::string unit{call->request().query_value("unit").value_or("")};
    answer_with(*call, call->app().statement(call->organisation, call->programme, named(*id), call->page),
                [&](JsonWriter& out, const app::Statement& statement) {
                    write_statement(out, statement, unit, speech_for(*call, call->app(), statement.member.programme));
                });
}

void list_member_receipts(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    answer_with(*call, call->app().receipts(call->organisation, call->programme, named(*id), call->page),
                [&](JsonWriter& out, const app::ReceiptList& list) {
                    const Speech speech = speech_for(*call, call->app(), call->programme);
                    out.begin_object();
                    out.begin_array("items");
                    for (const app::ReceiptView& view : list.receipts) write_receipt(out, view, speech);
                    write_page_end(out, list.next_cursor);
                });
}

void adjust_points(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::Adjust>(*call, read_adjustment);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), send_adjustment);
}

void undo_adjustment(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::UndoAdjustment>(*call, read_undo);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->adjustment = call->path_values.at(1);
    submit(call, *std::move(command), send_adjustment);
}

void transfer_points(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::TransferPoints>(*call, read_transfer);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), [](Call& answered, const app::TransferAnswer& answer) {
        std::string body;
        JsonWriter out{body};
        out.begin_object();
        out.field("id", answer.transfer);
        out.field("member", answer.member.text());
        out.field("to", answer.to.text());
        out.field("unit", answer.unit);
        out.field("points", answer.points.minor());
        write_instant(out, "recorded_at", answer.recorded_at);
        write_balances(out, "balances", answer.balances);
        write_balances(out, "balances_of_other", answer.balances_of_other);
        out.end_object();
        net::Response response = json_response(201, std::move(body));
        mark_replayed(response, answer.is_repeat);
        answered.send(std::move(response));
    });
}

void list_account_members(const CallPointer& call) {
    const auto id = AccountId::parse(call->path_values.at(0));
    if (!id) {
        return call->refuse_parameter("path/id", json::MistakeCode::bad_id,
                                      "this is no account's id; one looks like `" + AccountId{}.text() + "`");
    }
    answer_with(*call, call->app().account(call->organisation, *id), [&](JsonWriter& out, const app::AccountView& account) {
        out.begin_object();
        out.field("id", account.account.text());
        write_text_or_null(out, "merged_into", account.merged_into ? account.merged_into->text() : std::string{});
        out.begin_array("members");
        for (const app::MemberView& member : account.members) {
            write_member(out, member, speech_for(*call, call->app(), member.programme));
        }
        out.end_array();
        out.end_object();
    });
}

void merge_members(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::MergeMembers>(*call, read_merge);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    submit(call, *std::move(command), [](Call& answered, const app::MergeAnswer& answer) {
        std::string body;
        JsonWriter out{body};
        out.begin_object();
        out.field("id", answer.merge);
        out.field("member", answer.member.text());
        out.field("to", answer.to.text());
        write_instant(out, "recorded_at", answer.recorded_at);
        write_unit_points(out, "moved", answer.moved);
        write_balances(out, "balances", answer.balances);
        write_text_or_null(out, "level", answer.level);
        out.begin_array("elsewhere");
        for (const app::MergedProgramme& merged : answer.elsewhere) {
            out.begin_object();
            out.field("programme", merged.programme);
            out.field("id", merged.merge);
            out.field("member", merged.member.text());
            out.field("to", merged.to.text());
            write_unit_points(out, "moved", merged.moved);
            write_balances(out, "balances", merged.balances);
            write_text_or_null(out, "level", merged.level);
            out.end_object();
        }
        out.end_array();
        out.end_object();
        net::Response response = json_response(201, std::move(body));
        mark_replayed(response, answer.is_repeat);
        answered.send(std::move(response));
    });
}

void record_event(const CallPointer& call) {
    auto command = read_body<app::RecordActivity>(*call, read_event);
    if (!command) return;
    command->programme = call->programme;
    if (command->activity.store.empty()) command->activity.store = call->principal.store;
    submit(call, *std::move(command), [](Call& answered, const app::ActivityAnswer& answer) {
        std::string body;
        JsonWriter out{body};
        out.begin_object();
        out.field("id", answer.activity);
        write_instant(out, "recorded_at", answer.recorded_at);
        out.field("member", answer.member.text());
        write_text_or_null(out, "level", answer.level);
        write_unit_points(out, "taken_back", answer.taken_back);
        write_unit_points(out, "owed", answer.owed);
        write_unit_points(out, "left", answer.left);
        out.field("withheld", answer.withheld.minor());
        write_discrepancies(out, answer.discrepancies);
        out.end_object();
        net::Response response = json_response(201, std::move(body));
        mark_replayed(response, answer.is_repeat);
        answered.send(std::move(response));
    });
}

}  // namespace suki::server
