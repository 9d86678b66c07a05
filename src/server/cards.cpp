#include <algorithm>

#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"

namespace suki::server {

namespace {

void block(const CallPointer& call, bool is_blocked) {
    submit(call, app::BlockCard{.programme = call->programme, .number = call->path_values.at(0), .is_blocked = is_blocked},
           [](Call& answered, const app::CardView& card) {
               std::string body;
               JsonWriter out{body};
               write_card(out, card);
               answered.send_json(200, std::move(body));
           });
}

}  // namespace

void issue_card(const CallPointer& call) {
    auto command = read_body<app::IssueCard>(*call, read_card);
    if (!command) return;
    command->programme = call->programme;
    submit(call, *std::move(command), [](Call& answered, const app::CardView& card) {
        std::string body;
        JsonWriter out{body};
        write_card(out, card);
        answered.send_json(201, std::move(body));
    });
}

void find_card(const CallPointer& call) {
    const std::string& number = call->path_values.at(0);
    const auto member = call->app().find_member(call->organisation, call->programme, {.by = app::NamedBy::card, .value = number});
    if (!member) return call->refuse(member.error());
    const auto& cards = member->cards;
    const auto card = std::find_if(cards.begin(), cards.end(), [&](const app::CardView& one) { return one.number == number; });
    if (card == cards.end()) return call->refuse(404, name_of(app::ReferenceRejection::card_not_found), {});
    call->count_guess(true);
    std::string body;
    JsonWriter out{body};
    write_card(out, *card);
    call->send_json(200, std::move(body));
}

void block_card(const CallPointer& call) { block(call, true); }
void unblock_card(const CallPointer& call) { block(call, false); }

}  // namespace suki::server
