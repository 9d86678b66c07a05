#pragma once

#include <optional>
#include <string>

#include "server/call.h"
#include "server/encode.h"

/// What several handlers look up before they answer.
namespace suki::server {

/// The plan whose words an answer uses; `edition` 0 is the one in force. Without one, ids stand for names.
Speech speech_for(const Call& call, app::App& app, const std::string& programme, int edition = 0);

/// The member whose id stands in the path; or nothing, and the call has been refused.
std::optional<MemberId> member_of_path(Call& call);
app::MemberName named(MemberId member);

/// The store that the query names; whoever belongs to one sees that alone. Nothing: the call has been refused.
std::optional<std::string> store_of_query(Call& call);

/// Whether the currency that a body states is the programme's. False: the call has been refused.
bool check_currency(Call& call, const std::string& currency);

/// Sends the answer of a query, or its refusal.
template <class T, class Write>
void answer_with(Call& call, const app::Answered<T>& outcome, Write write) {
    if (!outcome) return call.refuse(outcome.error());
    std::string body;
    JsonWriter out{body};
    write(out, *outcome);
    call.send_json(200, std::move(body));
}

/// Sends what a command came to, which `write` writes whole, and says where it had come to that before.
template <class View, class Write>
void send_view(Call& call, int status, const View& view, const Write& write) {
    std::string body;
    JsonWriter out{body};
    write(out, view);
    net::Response response = json_response(status, std::move(body));
    mark_replayed(response, view.is_repeat);
    call.send(std::move(response));
}

}  // namespace suki::server
