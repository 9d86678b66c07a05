#include "print/barcode.h"
#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "server/rates.h"

/// Occasions, their guest lists, and the door.
namespace suki::server {

namespace {

constexpr int kPixelsPerModule = 4;

void write_occasion_fields(JsonWriter& out, const app::OccasionView& occasion, std::string_view language) {
    const app::OccasionTerms& terms = occasion.terms;
    out.field("id", occasion.id);
    out.field("status", name_of(occasion.status));
    out.field("name", terms.title.in(language));
    write_localised(out, "title", terms.title);
    write_text_or_null(out, "store", terms.store);
    write_text_or_null(out, "place", terms.place);
    write_instant(out, "starts_at", terms.starts_at);
    write_instant(out, "ends_at", terms.ends_at);
    out.field("capacity", terms.capacity);
    out.field("taken", occasion.taken);
    out.field("waiting", occasion.waiting);
    out.field("came", occasion.came);
    out.field("guests_most", terms.guests_most);
    out.field("waiting_most", terms.waiting_most);
    write_instant(out, "opens_at", terms.opens_at);
    write_instant(out, "closes_at", terms.closes_at);
    write_instant(out, "leave_by", terms.leave_by);
    out.field("access", name_of(terms.access));
    out.begin_array("levels");
    for (const std::string& level : terms.levels) out.value(level);
    out.end_array();
    write_text_or_null(out, "benefit", terms.benefit);
    out.field("is_closed", terms.is_closed);
    out.field("gives_back_missed", terms.gives_back_missed);
    out.field("author", occasion.author);
    write_instant(out, "created_at", occasion.created_at);
    write_instant(out, "ended_at", occasion.ended_at);
    write_text_or_null(out, "ended_by", occasion.ended_by);
    write_text_or_null(out, "reason", occasion.reason);
}

void write_seat_fields(JsonWriter& out, const app::SeatView& seat) {
    out.field("id", seat.id);
    out.field("member", seat.member.text());
    out.field("occasion", seat.occasion);
    out.field("status", name_of(seat.status));
    out.field("party", seat.party);
    if (seat.ahead) {
        out.field("ahead", *seat.ahead);
    } else {
        out.field_null("ahead");
    }
    write_text_or_null(out, "use", seat.use);
    out.field("is_use_kept", seat.is_use_kept);
    write_text_or_null(out, "note", seat.note);
    out.field("author", seat.author);
    write_instant(out, "booked_at", seat.booked_at);
    write_text_or_null(out, "invited_because", seat.invited_because);
    write_instant(out, "moved_up_at", seat.moved_up_at);
    write_instant(out, "came_at", seat.came_at);
    write_text_or_null(out, "came_where", seat.came_where);
    write_text_or_null(out, "came_by", seat.came_by);
    write_instant(out, "ended_at", seat.ended_at);
    write_text_or_null(out, "ended_by", seat.ended_by);
    write_text_or_null(out, "reason", seat.reason);
}

std::string language_of(const Call& call, app::App& app) {
    const auto plan = app.plan(call.organisation, call.programme);
    return call.language_for(plan ? plan->get() : nullptr);
}

void send_occasion(Call& call, int status, const app::OccasionView& occasion) {
    send_view(call, status, occasion, [&](JsonWriter& out, const app::OccasionView& view) {
        out.begin_object();
        write_occasion_fields(out, view, language_of(call, call.app()));
        out.end_object();
    });
}

void write_seat(JsonWriter& out, const app::SeatView& seat) {
    out.begin_object();
    write_seat_fields(out, seat);
    out.end_object();
}

/// What the door is told: whose seat it is, and whether they are in already.
void write_entry(JsonWriter& out, const app::SeatView& seat) {
    out.begin_object();
    write_seat_fields(out, seat);
    out.field("is_already_in", seat.is_already_in);
    out.end_object();
}

using ReadSeat = void (*)(json::Object&, app::TakeSeat&);
void take(const CallPointer& call, bool is_invited, ReadSeat read) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::TakeSeat>(*call, read);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->occasion = call->path_values.at(1);
    command->is_invited = is_invited;
    submit(call, *std::move(command),
           [](Call& answered, const app::SeatView& seat) { send_view(answered, 201, seat, write_seat); });
}

void let_in(const CallPointer& call, app::CheckIn command) {
    command.programme = call->programme;
    if (command.store.empty()) command.store = call->principal.store;
    submit(call, std::move(command),
           [](Call& answered, const app::SeatView& seat) { send_view(answered, 200, seat, write_entry); });
}

using ReadCheckIn = void (*)(json::Object&, app::CheckIn&);
void let_member_in(const CallPointer& call, bool is_undone, ReadCheckIn read) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::CheckIn>(*call, read);
    if (!command) return;
    command->member = named(*id);
    command->occasion = call->path_values.at(1);
    command->is_undone = is_undone;
    let_in(call, *std::move(command));
}

/// The token of the path's seat; nothing: the call has been refused. Whoever opens a door in somebody's name from the console is
/// written down first.
std::optional<app::SeatToken> token_of_path(Call& call) {
    const auto id = member_of_path(call);
    if (!id) return std::nullopt;
    const std::string& occasion = call.path_values.at(1);
    auto token = call.app().seat_token(call.caller(), call.programme, named(*id), occasion);
    if (!token) {
        call.refuse(token.error());
        return std::nullopt;
    }
    call.count_guess(true);
    if (call.principal.kind == Principal::Kind::user &&
        !call.app().note(call.caller(), "issue_seat_token", {id->text(), occasion}, "done")) {
        call.refuse(app::refuse(app::CommandRejection::store_unavailable).error);
        return std::nullopt;
    }
    return *std::move(token);
}

/// What the query names; nothing: the call has been refused.
std::optional<app::OccasionQuery> occasions_asked(Call& call) {
    app::OccasionQuery query{.time = std::nullopt, .own_store = call.principal.store, .member = {}, .page = call.page};
    query.store = call.request().query_value("store").value_or("");
    if (const auto asked = call.request().query_value("time")) {
        query.time = from_name<app::OccasionTime>(*asked);
        if (!query.time) {
            call.refuse_parameter("query/time", json::MistakeCode::not_a_choice, "must be `coming` or `past`");
            return std::nullopt;
        }
    }
    const std::string& own = call.principal.store;
    if (!own.empty() && !query.store.empty() && query.store != own) {
        call.refuse(app::refuse(app::AuthRejection::store_not_allowed, "/store", {{"store", own}}).error);
        return std::nullopt;
    }
    if (const auto asked = call.request().query_value("member")) {
        const auto id = MemberId::parse(*asked);
        if (!id) {
            call.refuse_parameter("query/member", json::MistakeCode::bad_id, "this is no member's id");
            return std::nullopt;
        }
        if (!check_member_rate(call, app::NamedBy::member, id->text())) return std::nullopt;
        query.member = named(*id);
    }
    return query;
}

}  // namespace

void list_occasions(const CallPointer& call) {
    const auto query = occasions_asked(*call);
    if (!query) return;
    const auto list = call->app().occasions(call->organisation, call->programme, *query);
    if (!list) return call->refuse(list.error());
    if (query->member.by != app::NamedBy::nobody) call->count_guess(true);
    const std::string language = language_of(*call, call->app());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const app::OccasionOffered& one : list->occasions) {
        out.begin_object();
        write_occasion_fields(out, one.occasion, language);
        write_text_or_null(out, "refusal", one.refusal);
        if (one.seat) {
            out.begin_object("seat");
            write_seat_fields(out, *one.seat);
            out.end_object();
        } else {
            out.field_null("seat");
        }
        out.end_object();
    }
    write_page_end(out, list->next_cursor);
    call->send_json(200, std::move(body));
}

void create_occasion(const CallPointer& call) {
    auto terms = read_body<app::OccasionTerms>(*call, read_occasion);
    if (!terms) return;
    app::CreateOccasion command{.programme = call->programme, .terms = *std::move(terms)};
    if (command.terms.store.empty()) command.terms.store = call->principal.store;
    submit(call, std::move(command), [](Call& answered, const app::OccasionView& one) { send_occasion(answered, 201, one); });
}

void get_occasion(const CallPointer& call) {
    const auto one = call->app().occasion(call->organisation, call->programme, call->path_values.at(0), call->principal.store);
    if (!one) return call->refuse(one.error());
    send_occasion(*call, 200, *one);
}

void change_occasion(const CallPointer& call) {
    auto terms = read_body<app::OccasionTerms>(*call, read_occasion);
    if (!terms) return;
    app::ChangeOccasion command{.programme = call->programme, .occasion = call->path_values.at(0), .terms = *std::move(terms)};
    if (command.terms.store.empty()) command.terms.store = call->principal.store;
    submit(call, std::move(command), [](Call& answered, const app::OccasionView& one) { send_occasion(answered, 200, one); });
}

void cancel_occasion(const CallPointer& call) {
    auto command = read_body<app::CancelOccasion>(*call, read_occasion_cancel);
    if (!command) return;
    command->programme = call->programme;
    command->occasion = call->path_values.at(0);
    submit(call, *std::move(command), [](Call& answered, const app::OccasionView& one) { send_occasion(answered, 200, one); });
}

void list_guests(const CallPointer& call) {
    const auto asked = call->request().query_value("status");
    const auto status = asked ? from_name<app::SeatStatus>(*asked) : std::nullopt;
    if (asked && !status) {
        return call->refuse_parameter("query/status", json::MistakeCode::not_a_choice,
                                      "must be `booked`, `waiting`, `came`, `left`, `missed`, `not_reached` or `cancelled`");
    }
    answer_with(*call,
                call->app().guest_list(
                    call->organisation, call->programme,
                    {.occasion = call->path_values.at(0), .status = status, .store = call->principal.store, .page = call->page}),
                [is_staff = call->principal.kind == Principal::Kind::user || call->principal.scope != app::KeyScope::till](
                    JsonWriter& out, const app::SeatList& list) {
                    out.begin_object();
                    out.begin_array("items");
                    for (std::size_t i = 0; i < list.seats.size(); ++i) {
                        app::SeatView seat = list.seats[i];
                        // A till sees of a member no name, and nothing that was written about them.
                        if (!is_staff) seat.note = seat.invited_because = seat.reason = {};
                        out.begin_object();
                        write_seat_fields(out, seat);
                        write_text_or_null(out, "name", is_staff ? list.names[i] : std::string{});
                        out.end_object();
                    }
                    write_page_end(out, list.next_cursor);
                });
}

void check_in(const CallPointer& call) {
    auto command = read_body<app::CheckIn>(*call, read_check_in);
    if (!command || !check_member_rate(*call, command->member.by, command->member.value)) return;
    command->occasion = call->path_values.at(0);
    let_in(call, *std::move(command));
}

void list_member_seats(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto list = call->app().seats_of(call->organisation, call->programme, named(*id));
    if (!list) return call->refuse(list.error());
    call->count_guess(true);
    const std::string language = language_of(*call, call->app());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (std::size_t i = 0; i < list->seats.size(); ++i) {
        const app::OccasionTerms& terms = list->occasions[i].terms;
        out.begin_object();
        write_seat_fields(out, list->seats[i]);
        out.field("name", terms.title.in(language));
        write_instant(out, "starts_at", terms.starts_at);
        write_instant(out, "ends_at", terms.ends_at);
        write_text_or_null(out, "store", terms.store);
        write_text_or_null(out, "place", terms.place);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void take_seat(const CallPointer& call) { take(call, false, read_seat); }
void invite_member(const CallPointer& call) { take(call, true, read_seat_invitation); }

void leave_seat(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    auto command = read_body<app::LeaveSeat>(*call, read_seat_leave);
    if (!command) return;
    command->programme = call->programme;
    command->member = named(*id);
    command->occasion = call->path_values.at(1);
    submit(call, *std::move(command),
           [](Call& answered, const app::SeatView& seat) { send_view(answered, 200, seat, write_seat); });
}

void check_in_member(const CallPointer& call) { let_member_in(call, false, read_member_check_in); }
void undo_check_in(const CallPointer& call) { let_member_in(call, true, read_check_in_undo); }

void issue_seat_token(const CallPointer& call) {
    const auto token = token_of_path(*call);
    if (!token) return;
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("token", token->token);
    out.field("key", token->key);
    write_instant(out, "expires_at", token->expires_at);
    out.end_object();
    call->send_json(200, std::move(body));
}

void get_seat_code(const CallPointer& call) {
    const std::string format{call->request().query_value("format").value_or("svg")};
    if (format != "svg" && format != "png") {
        return call->refuse_parameter("query/format", json::MistakeCode::not_a_choice, "must be `svg` or `png`");
    }
    const auto token = token_of_path(*call);
    if (!token) return;
    const auto code = print::large_qr_of(token->token);
    if (!code) return call->refuse(422, name_of(ServerRejection::barcode_not_possible), std::string{name_of(code.error())});
    const bool is_svg = format == "svg";
    net::Response response{.status = 200,
                           .content_type = is_svg ? "image/svg+xml" : "image/png",
                           .body = is_svg ? print::svg_of(*code) : print::png_of(*code, kPixelsPerModule)};
    response.headers.emplace_back("Content-Disposition", "inline; filename=\"seat." + format + "\"");
    response.headers.emplace_back("Cache-Control", "no-store");
    call->send(std::move(response));
}

}  // namespace suki::server
