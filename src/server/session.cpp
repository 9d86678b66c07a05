#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"

namespace suki::server {

namespace {

constexpr std::int64_t kCookieSeconds = 12 * 60 * 60;  // the server may end the session before

std::string cookie(const Call& call, std::string_view value, std::int64_t seconds) {
    std::string text{session_cookie(call.is_secure())};
    text += "=";
    text += value;
    text += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
    if (call.is_secure()) text += "; Secure";
    return text;
}

std::string session_json(const app::SessionView& session) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("user", session.user);
    write_text_or_null(out, "organisation", session.organisation);
    out.field("scope", name_of(app::KeyScope::admin));
    out.field("csrf_token", session.csrf_token);
    write_instant(out, "expires_at", session.expires_at);
    out.end_object();
    return body;
}

void refuse_for_now(const CallPointer& pointer, const std::string& address, std::int64_t seconds) {
    Call& call = *pointer;
    if (call.shared().throttle.is_news(address)) {
        // In the only organisation that there is, if so: nobody knows whom they meant.
        const std::vector<std::string> all = call.app().organisations();
        app::Caller caller{.organisation = all.size() == 1 ? all.front() : std::string{}, .request = call.request_id()};
        call.shared().workers.post([caller = std::move(caller), &app = call.app()] {
            app.note(caller, "sign_in", {}, name_of(ServerRejection::too_many_attempts));
        });
    }
    call.refuse(Problem{.status = 429,
                        .code = std::string{name_of(ServerRejection::too_many_attempts)},
                        .detail = "too many failed attempts from this address",
                        .headers = {{"Retry-After", std::to_string(seconds)}}});
}

app::Origin origin_of(const Call& call) {
    return {.address = throttled_address(call.client_address()), .request = call.request_id()};
}

/// Whether a password was guessed wrongly; one that was right and made nothing worse is no failure of the address.
bool is_wrong_guess(const app::Refusal& refusal) {
    return refusal.code == name_of(app::AuthRejection::wrong_name_or_password) ||
           refusal.code == name_of(app::AuthRejection::wrong_password);
}

void answer_session(const CallPointer& call, const app::Answered<app::SessionView>& session, const std::string& address) {
    if (!session) {
        if (is_wrong_guess(session.error())) call->shared().throttle.on_failure(address, steady_seconds());
        return call->refuse(session.error());
    }
    call->shared().throttle.on_success(address);
    net::Response response = json_response(200, session_json(*session));
    response.headers.emplace_back("Set-Cookie", cookie(*call, session->secret, kCookieSeconds));
    call->send(std::move(response));
}

/// Runs `attempt`, which checks a password, where it keeps nobody else waiting, and only as often as the address may try.
void check_password(const CallPointer& call, std::function<app::Answered<app::SessionView>()> attempt) {
    const std::string address = throttled_address(call->client_address());
    const std::int64_t wait_s = call->shared().throttle.wait_s(address, steady_seconds());
    if (wait_s > 0) return refuse_for_now(call, address, wait_s);
    const bool is_taken = call->shared().sign_in_worker.try_post([call, attempt = std::move(attempt), address] {
        // Many attempts may have been let in while the first ones were being checked.
        const std::int64_t still_s = call->shared().throttle.wait_s(address, steady_seconds());
        if (still_s > 0) return refuse_for_now(call, address, still_s);
        answer_session(call, attempt(), address);
    });
    if (!is_taken) call->refuse(503, name_of(ServerRejection::too_busy), "too many sign-ins wait");
}

}  // namespace

void sign_in(const CallPointer& call) {
    if (!is_same_origin(call->request(), call->host())) {
        return call->refuse(403, name_of(ServerRejection::origin_not_allowed), "the page comes from another site");
    }
    auto input = read_body<SignInInput>(*call, read_sign_in);
    if (!input) return;
    check_password(call, [call, input = *std::move(input)] {
        auto session = call->app().sign_in(input.name, input.password, origin_of(*call));
        // Whoever signs in where somebody is signed in takes his place: his session must not live on unseen.
        const auto before = call->request().cookie(session_cookie(call->is_secure()));
        if (session && before) call->app().sign_out(*before);
        return session;
    });
}

void change_password(const CallPointer& call) {
    auto input = read_body<PasswordInput>(*call, read_password);
    if (!input) return;
    check_password(call, [call, input = *std::move(input)] {
        return call->app().change_password(*call->principal.session, input.old_password, input.new_password, origin_of(*call));
    });
}

void get_session(const CallPointer& call) { call->send_json(200, session_json(*call->principal.session)); }

void sign_out(const CallPointer& call) {
    if (const auto secret = call->request().cookie(session_cookie(call->is_secure()))) call->app().sign_out(*secret);
    net::Response response{.status = 204};
    response.headers.emplace_back("Set-Cookie", cookie(*call, "", 0));
    call->send(std::move(response));
}

}  // namespace suki::server
