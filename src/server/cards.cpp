#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"

namespace suki::server {

namespace {

void send_card(Call& call, int status, const app::CardView& card) {
    std::string body;
    JsonWriter out{body};
    write_card(out, card);
    call.send_json(status, std::move(body));
}

void block(const CallPointer& call, bool is_blocked) {
    submit(call, app::BlockCard{.programme = call->programme, .number = call->path_values.at(0), .is_blocked = is_blocked},
           [](Call& answered, const app::CardView& card) { send_card(answered, 200, card); });
}

}  // namespace

void issue_card(const CallPointer& call) {
    auto command = read_body<app::IssueCard>(*call, read_card);
    if (!command) return;
    command->programme = call->programme;
    submit(call, *std::move(command), [](Call& answered, const app::CardView& card) { send_card(answered, 201, card); });
}

void find_card(const CallPointer& call) {
    const auto card = call->app().find_card(call->organisation, call->programme, call->path_values.at(0));
    if (!card) return call->refuse(card.error());
    call->count_guess(true);
    send_card(*call, 200, *card);
}

void replace_card(const CallPointer& call) {
    auto command = read_body<app::ReplaceCard>(*call, read_card_replacement);
    if (!command) return;
    command->programme = call->programme;
    command->number = call->path_values.at(0);
    submit(call, *std::move(command), [](Call& answered, const app::CardView& card) { send_card(answered, 201, card); });
}

void block_card(const CallPointer& call) { block(call, true); }
void unblock_card(const CallPointer& call) { block(call, false); }

}  // namespace suki::server
