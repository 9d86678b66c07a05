#include "base/decimal.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of guest lists: occasions, who has a seat, and the door.
namespace suki::house {

namespace {

std::vector<std::string> seat_words(const app::SeatList& list) {
    std::vector<std::string> items;
    for (std::size_t i = 0; i < list.seats.size(); ++i) {
        const app::SeatView& seat = list.seats[i];
        items.push_back(list.names[i] + ":" + std::to_string(seat.party) + ":" + std::string{name_of(seat.status)});
    }
    return items;
}

}  // namespace

void add_seat(Reply& reply, const SeatWords& seat) {
    reply.add("status", seat.status);
    reply.add("party", std::to_string(seat.party));
    if (seat.ahead) reply.add("ahead", std::to_string(*seat.ahead));
    if (!seat.has_use) return;
    const bool has_ended = seat.status != "booked" && seat.status != "waiting" && seat.status != "came";
    reply.add("use", !has_ended ? "yes" : seat.is_use_kept ? "kept" : "given_back");
}

void add_occasion(Reply& reply, const std::string& status, std::int64_t taken, std::int64_t waiting, std::int64_t came) {
    reply.add("status", status);
    reply.add("taken", std::to_string(taken));
    reply.add("waiting", std::to_string(waiting));
    reply.add("came", std::to_string(came));
}

/// What is not said stays as it is. `access=levels:friend,family`, `access=benefit:tasting`, `access=invitation`.
app::OccasionTerms AppStage::terms_of(const Action& action) {
    app::OccasionTerms& terms = terms_[action.bare(0)];
    if (terms.title.is_empty()) terms.title.any = action.bare(0);
    if (const auto title = action.named("title")) terms.title.any = *title;
    if (const auto store = action.named("store")) terms.store = *store;
    const auto instant = [&](const char* name, auto& field) {
        if (const auto at = action.named(name)) field = instant_of_words(*at);
    };
    instant("starts", terms.starts_at);
    instant("ends", terms.ends_at);
    instant("opens", terms.opens_at);
    instant("closes", terms.closes_at);
    instant("leave_by", terms.leave_by);
    const auto number = [&](const char* name, std::int64_t& field) {
        if (const auto count = action.named(name)) field = parse_integer(*count).value_or(0);
    };
    number("seats", terms.capacity);
    number("guests", terms.guests_most);
    number("line", terms.waiting_most);
    if (const auto access = action.named("access")) {
        const std::size_t colon = access->find(':');
        terms.access = from_name<app::OccasionAccess>(access->substr(0, colon)).value();
        const std::string what = colon == std::string::npos ? std::string{} : access->substr(colon + 1);
        terms.levels = terms.access == app::OccasionAccess::levels ? list_of(what) : std::vector<std::string>{};
        terms.benefit = terms.access == app::OccasionAccess::benefit ? what : std::string{};
    }
    if (const auto closed = action.named("closed")) terms.is_closed = *closed == "yes";
    if (const auto gives_back = action.named("gives_back")) terms.gives_back_missed = *gives_back == "yes";
    return terms;
}

/// Of what was never arranged one that is not there.
std::string AppStage::occasion_of(const std::string& name) const {
    const auto made = occasions_.find(name);
    return made == occasions_.end() ? app::OccasionId{}.text() : made->second;
}

/// `occasion wine starts=2026-04-01T18:00Z ends=2026-04-01T20:00Z seats=10 guests=1 line=5`, `change_occasion wine seats=12`,
/// `cancel_occasion wine`.
Reply AppStage::arrange_occasion(const Action& action) {
    Reply reply;
    app::Answered<app::OccasionView> answer = app::refuse(app::OccasionRejection::occasion_not_found);
    if (action.verb == "cancel_occasion") {
        answer = world_.app().run(caller(action), app::CancelOccasion{.programme = programme_,
                                                                      .occasion = occasion_of(action.bare(0)),
                                                                      .reason = action.named("reason").value_or("a story")});
    } else if (action.verb == "change_occasion") {
        const std::string id = occasion_of(action.bare(0));
        answer = world_.app().run(caller(action), app::ChangeOccasion{programme_, id, terms_of(action)});
    } else {
        answer = world_.app().run(caller(action), app::CreateOccasion{programme_, terms_of(action)});
        if (answer) occasions_[action.bare(0)] = answer->id;
    }
    if (!refused(reply, answer)) {
        add_occasion(reply, std::string{name_of(answer->status)}, answer->taken, answer->waiting, answer->came);
    }
    return reply;
}

/// `occasions coming`, `occasions past member=ana`: with a member why they can't come, and their seat.
Reply AppStage::list_occasions(const Action& action) {
    Reply reply;
    app::OccasionQuery query{.time = from_name<app::OccasionTime>(action.bare(0)), .own_store = {}, .member = {}, .page = {}};
    query.store = action.named("store").value_or("");
    query.member = member_of(action.named("member").value_or(""));
    const auto list = world_.app().occasions(kOrganisation, programme_, query);
    if (refused(reply, list)) return reply;
    std::vector<std::string> items;
    for (const app::OccasionOffered& one : list->occasions) {
        const app::OccasionTerms& terms = one.occasion.terms;
        std::string item = terms.title.any + ":" + std::string{name_of(one.occasion.status)} + ":" +
                           std::to_string(one.occasion.taken) + "/" + std::to_string(terms.capacity);
        if (!one.refusal.empty()) item += ":" + one.refusal;
        if (one.seat) item += ":" + std::string{name_of(one.seat->status)};
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    return reply;
}

/// `take_seat ana wine party=2`, `invite ana wine`.
Reply AppStage::take_seat(const Action& action) {
    Reply reply;
    app::TakeSeat command{.programme = programme_, .member = member_of(action.bare(0)), .occasion = occasion_of(action.bare(1))};
    command.party = parse_integer(action.named("party").value_or("1")).value_or(0);
    command.is_invited = action.verb == "invite";
    command.reason = action.named("reason").value_or(command.is_invited ? "a story" : "");
    const auto seat = world_.app().run(caller(action), command);
    if (!refused(reply, seat)) add_seat(reply, words_of(*seat));
    return reply;
}

Reply AppStage::leave_seat(const Action& action) {
    Reply reply;
    const auto seat = world_.app().run(caller(action), app::LeaveSeat{.programme = programme_,
                                                                      .member = member_of(action.bare(0)),
                                                                      .occasion = occasion_of(action.bare(1)),
                                                                      .reason = action.named("reason").value_or("")});
    if (!refused(reply, seat)) add_seat(reply, words_of(*seat));
    return reply;
}

/// `check_in ana wine`, `check_in - wine token=hers`, `undo_check_in ana wine`.
Reply AppStage::check_in(const Action& action) {
    Reply reply;
    app::CheckIn command{.programme = programme_, .member = member_of(action.bare(0)), .occasion = occasion_of(action.bare(1))};
    if (const auto token = action.named("token")) {
        const auto made = seat_tokens_.find(*token);
        command.token = made == seat_tokens_.end() ? *token : made->second;
        command.member = {};
    }
    command.is_undone = action.verb == "undo_check_in";
    command.reason = action.named("reason").value_or(command.is_undone ? "a story" : "");
    const auto seat = world_.app().run(caller(action), command);
    if (refused(reply, seat)) return reply;
    add_seat(reply, words_of(*seat));
    if (seat->is_already_in) reply.add("already_in", instant_text(*seat->came_at));
    return reply;
}

/// `seat_token ana wine as=hers`.
Reply AppStage::issue_seat_token(const Action& action) {
    Reply reply;
    const auto token = world_.app().seat_token(caller(action), programme_, member_of(action.bare(0)), occasion_of(action.bare(1)));
    if (refused(reply, token)) return reply;
    seat_tokens_[action.named("as").value_or(action.bare(0))] = token->token;
    reply.add("expires", instant_text(token->expires_at));
    return reply;
}

/// `guests wine`, `guests wine waiting`.
Reply AppStage::guests(const Action& action) {
    Reply reply;
    const auto list = world_.app().guest_list(
        kOrganisation, programme_,
        {.occasion = occasion_of(action.bare(0)), .status = from_name<app::SeatStatus>(action.bare(1)), .store = {}, .page = {}});
    if (!refused(reply, list)) reply.add("items", list_words(seat_words(*list)));
    return reply;
}

Reply AppStage::seats(const Action& action) {
    Reply reply;
    const auto list = world_.app().seats_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, list)) return reply;
    std::vector<std::string> items;
    for (std::size_t i = 0; i < list->seats.size(); ++i) {
        items.push_back(list->occasions[i].terms.title.any + ":" + std::string{name_of(list->seats[i].status)});
    }
    reply.add("items", list_words(items));
    return reply;
}

SeatWords AppStage::words_of(const app::SeatView& seat) {
    return {.status = std::string{name_of(seat.status)},
            .party = seat.party,
            .ahead = seat.ahead,
            .has_use = !seat.use.empty(),
            .is_use_kept = seat.is_use_kept};
}

}  // namespace suki::house
