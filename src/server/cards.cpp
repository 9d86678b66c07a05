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
    const auto card = call->app().find_card(call->organisation, call->programme, call->path_values.at(0));
    if (!card) return call->refuse(card.error());
    call->count_guess(true);
    std::string body;
    JsonWriter out{body};
    write_card(out, *card);
    call->send_json(200, std::move(body));
}

void block_card(const CallPointer& call) { block(call, true); }
void unblock_card(const CallPointer& call) { block(call, false); }

}  // namespace suki::server
