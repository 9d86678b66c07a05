#include "base/decimal.h"
#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs of guest lists.
namespace suki::house {

namespace {

SeatWords seat_in(json::Value seat) {
    SeatWords words{.status = text_in(seat, "status"), .party = number_in(seat, "party"), .ahead = {}};
    if (!seat.find("ahead")->is_null()) words.ahead = number_in(seat, "ahead");
    words.has_use = !seat.find("use")->is_null();
    words.is_use_kept = is_true_in(seat, "is_use_kept");
    return words;
}

void add_occasion(Reply& reply, json::Value one) {
    add_occasion(reply, text_in(one, "status"), number_in(one, "taken"), number_in(one, "waiting"), number_in(one, "came"));
}

std::string body_of(const app::OccasionTerms& terms) {
    return object_of([&](JsonWriter& out) {
        out.field("title", terms.title.any);
        write_given(out, "store", terms.store);
        out.field("starts_at", instant_text(terms.starts_at));
        out.field("ends_at", instant_text(terms.ends_at));
        for (const auto& [name, at] : {std::pair{"opens_at", terms.opens_at}, std::pair{"closes_at", terms.closes_at},
                                       std::pair{"leave_by", terms.leave_by}}) {
            if (at) out.field(name, instant_text(*at));
        }
        out.field("capacity", terms.capacity);
        out.field("guests_most", terms.guests_most);
        out.field("waiting_most", terms.waiting_most);
        out.field("access", name_of(terms.access));
        write_texts(out, "levels", terms.levels);
        write_given(out, "benefit", terms.benefit);
        out.field("is_closed", terms.is_closed);
        out.field("gives_back_missed", terms.gives_back_missed);
    });
}

}  // namespace

Reply HttpStage::arrange_occasion(const Action& action) {
    Reply reply;
    const std::string path = "/v1/occasions/" + occasion_of(action.bare(0));
    HttpAnswer answer;
    if (action.verb == "cancel_occasion") {
        const std::string body =
            object_of([&](JsonWriter& out) { out.field("reason", action.named("reason").value_or("a story")); });
        answer = call("POST", path + "/cancel", body, &action);
    } else if (action.verb == "change_occasion") {
        answer = call("PUT", path, body_of(terms_of(action)), &action);
    } else {
        answer = call("POST", "/v1/occasions", body_of(terms_of(action)), &action);
        if (answer.is_good()) occasions_[action.bare(0)] = text_in(answer.root(), "id");
    }
    if (!refused(reply, answer)) add_occasion(reply, answer.root());
    return reply;
}

Reply HttpStage::list_occasions(const Action& action) {
    Reply reply;
    std::string query;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) query += std::string{query.empty() ? "?" : "&"} + name + "=" + escaped(value);
    };
    add("time", action.bare(0) == "all" ? std::string{} : action.bare(0));
    add("store", action.named("store").value_or(""));
    if (const auto name = action.named("member")) {
        const auto id = id_of(*name, reply);
        if (!id) return reply;
        add("member", *id);
    }
    const HttpAnswer list = call("GET", "/v1/occasions" + query);
    if (refused(reply, list)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(list.root(), "items")) {
        std::string item = text_in(one, "name") + ":" + text_in(one, "status") + ":" + std::to_string(number_in(one, "taken")) +
                           "/" + std::to_string(number_in(one, "capacity"));
        if (const std::string refusal = text_in(one, "refusal"); !refusal.empty()) item += ":" + refusal;
        if (!one.find("seat")->is_null()) item += ":" + text_in(*one.find("seat"), "status");
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    return reply;
}

Reply HttpStage::take_seat(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const bool is_invited = action.verb == "invite";
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("party", parse_integer(action.named("party").value_or("1")).value_or(0));
        write_given(out, "reason", action.named("reason").value_or(is_invited ? "a story" : ""));
    });
    const std::string path = "/v1/members/" + *id + "/seats/" + occasion_of(action.bare(1)) + (is_invited ? "/invite" : "");
    const HttpAnswer seat = call("POST", path, body, &action);
    if (!refused(reply, seat)) add_seat(reply, seat_in(seat.root()));
    return reply;
}

Reply HttpStage::leave_seat(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) { write_given(out, "reason", action.named("reason").value_or("")); });
    const HttpAnswer seat = call("POST", "/v1/members/" + *id + "/seats/" + occasion_of(action.bare(1)) + "/leave", body, &action);
    if (!refused(reply, seat)) add_seat(reply, seat_in(seat.root()));
    return reply;
}

Reply HttpStage::check_in(const Action& action) {
    Reply reply;
    const bool is_undone = action.verb == "undo_check_in";
    const std::string occasion = occasion_of(action.bare(1));
    HttpAnswer seat;
    if (const auto token = action.named("token")) {
        const auto made = seat_tokens_.find(*token);
        const std::string body =
            object_of([&](JsonWriter& out) { out.field("token", made == seat_tokens_.end() ? *token : made->second); });
        seat = call("POST", "/v1/occasions/" + occasion + "/check-in", body, &action);
    } else {
        const auto id = id_of(action.bare(0), reply);
        if (!id) return reply;
        const std::string body = object_of([&](JsonWriter& out) {
            if (is_undone) out.field("reason", action.named("reason").value_or("a story"));
        });
        seat =
            call("POST", "/v1/members/" + *id + "/seats/" + occasion + (is_undone ? "/undo-check-in" : "/check-in"), body, &action);
    }
    if (refused(reply, seat)) return reply;
    add_seat(reply, seat_in(seat.root()));
    if (is_true_in(seat.root(), "is_already_in")) reply.add("already_in", text_in(seat.root(), "came_at"));
    return reply;
}

Reply HttpStage::issue_seat_token(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string path = "/v1/members/" + *id + "/seats/" + occasion_of(action.bare(1));
    const HttpAnswer token = call("POST", path + "/token");
    if (refused(reply, token)) return reply;
    seat_tokens_[action.named("as").value_or(action.bare(0))] = text_in(token.root(), "token");
    reply.add("expires", text_in(token.root(), "expires_at"));
    return reply;
}

Reply HttpStage::guests(const Action& action) {
    Reply reply;
    const std::string status = action.bare(1);
    const HttpAnswer list = call("GET", "/v1/occasions/" + occasion_of(action.bare(0)) + "/seats" +
                                            (status.empty() || status == "all" ? "" : "?status=" + status));
    if (refused(reply, list)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(list.root(), "items")) {
        items.push_back(text_in(one, "name") + ":" + std::to_string(number_in(one, "party")) + ":" + text_in(one, "status"));
    }
    reply.add("items", list_words(items));
    return reply;
}

Reply HttpStage::seats(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer list = call("GET", "/v1/members/" + *id + "/seats");
    if (refused(reply, list)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(list.root(), "items"))
        items.push_back(text_in(one, "name") + ":" + text_in(one, "status"));
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
