#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"

namespace suki::server {

namespace {

void write_user_fields(JsonWriter& out, const app::UserView& user) {
    out.field("id", user.id);
    out.field("name", user.name);
    write_text_or_null(out, "organisation", user.organisation);
    write_instant(out, "created_at", user.created_at);
}

void send_new_password(Call& call, int status, const app::UserView& user) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    write_user_fields(out, user);
    write_text_or_null(out, "password", user.password);
    out.end_object();
    net::Response response = json_response(status, std::move(body));
    mark_replayed(response, user.is_repeat);
    call.send(std::move(response));
}

}  // namespace

void list_users(const CallPointer& call) {
    answer_with(*call, call->app().users(call->organisation), [&](JsonWriter& out, const std::vector<app::UserView>& users) {
        out.begin_object();
        out.begin_array("items");
        for (const app::UserView& user : users) {
            out.begin_object();
            write_user_fields(out, user);
            out.end_object();
        }
        out.end_array();
        out.end_object();
    });
}

void create_user(const CallPointer& call) {
    auto input = read_body<UserInput>(*call, read_user);
    if (!input) return;
    submit(call, app::CreateUser{.name = std::move(input->name)},
           [](Call& answered, const app::UserView& user) { send_new_password(answered, 201, user); });
}

void reset_password(const CallPointer& call) {
    submit(call, app::ResetPassword{.name = call->path_values.at(0)},
           [](Call& answered, const app::UserView& user) { send_new_password(answered, 200, user); });
}

void remove_user(const CallPointer& call) {
    submit(call, app::RemoveUser{.name = call->path_values.at(0)}, [](Call& answered, const app::UserView& user) {
        net::Response response{.status = 204};
        mark_replayed(response, user.is_repeat);
        answered.send(std::move(response));
    });
}

}  // namespace suki::server
