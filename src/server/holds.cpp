#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/rates.h"

namespace suki::server {

namespace {

void send_hold(Call& call, int status, const app::HoldAnswer& answer) {
    std::string body;
    JsonWriter out{body};
    write_hold_result(out, answer);
    net::Response response = json_response(status, std::move(body));
    mark_replayed(response, answer.is_repeat);
    call.send(std::move(response));
}

std::optional<HoldId> hold_of_path(Call& call) {
    const auto hold = HoldId::parse(call.path_values.at(0));
    if (!hold)
        call.refuse_parameter("path/id", json::MistakeCode::bad_id,
                              "this is no hold's id; one looks like `" + HoldId{}.text() + "`");
    return hold;
}

}  // namespace

void place_hold(const CallPointer& call) {
    auto command = read_body<app::PlaceHold>(*call, read_hold);
    if (!command || !check_member_rate(*call, command->member.by, command->member.value)) return;
    command->programme = call->programme;
    submit(call, *std::move(command), [](Call& answered, const app::HoldAnswer& answer) { send_hold(answered, 201, answer); });
}

void confirm_hold(const CallPointer& call) {
    const auto hold = hold_of_path(*call);
    if (!hold) return;
    auto command = read_body<app::ConfirmHold>(*call, read_confirm_hold);
    if (!command) return;
    command->programme = call->programme;
    command->hold = *hold;
    submit(call, *std::move(command), [](Call& answered, const app::HoldAnswer& answer) { send_hold(answered, 200, answer); });
}

void release_hold(const CallPointer& call) {
    const auto hold = hold_of_path(*call);
    if (!hold) return;
    submit(call, app::ReleaseHold{.programme = call->programme, .hold = *hold},
           [](Call& answered, const app::HoldAnswer& answer) { send_hold(answered, 200, answer); });
}

}  // namespace suki::server
