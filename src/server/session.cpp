#include <chrono>

#include "server/encode.h"
#include "server/handlers.h"
#include "server/inputs.h"

namespace suki::server {

namespace {

constexpr std::int64_t kCookieSeconds = 12 * 60 * 60;

std::int64_t steady_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Who is at the other end. Behind a proxy that is what the proxy appended last: what stands before it the client may have written.
std::string client_address(Call& call) {
    if (call.shared().trusts_proxy) {
        if (const auto forwarded = call.request().header("X-Forwarded-For")) {
            std::string_view last = *forwarded;
            if (const auto comma = last.rfind(','); comma != std::string_view::npos) last.remove_prefix(comma + 1);
            while (!last.empty() && last.front() == ' ') last.remove_prefix(1);
            if (!last.empty()) return throttled_address(last);
        }
    }
    return throttled_address(call.request().peer);
}

std::string cookie(const Call& call, const Shared& shared, std::string_view value, std::int64_t seconds) {
    std::string text{kSessionCookie};
    text += "=";
    text += value;
    text += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
    if (shared.is_secure || call.request().is_tls) text += "; Secure";
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

void refuse_for_now(Call& call, std::int64_t seconds) {
    call.refuse(Problem{.status = 429,
                        .code = std::string{name_of(ServerRejection::too_many_attempts)},
                        .detail = "too many failed attempts from this address",
                        .headers = {{"Retry-After", std::to_string(seconds)}}});
}

/// Whether a password was guessed wrongly; one that was right and made nothing worse is no failure of the address.
bool is_wrong_guess(const app::Refusal& refusal) {
    return refusal.code == name_of(app::AuthRejection::wrong_name_or_password) ||
           refusal.code == name_of(app::AuthRejection::wrong_password) ||
           refusal.code == name_of(app::AuthRejection::too_many_attempts);
}

void answer_session(const CallPointer& call, const app::Answered<app::SessionView>& session, const std::string& address) {
    if (!session) {
        if (is_wrong_guess(session.error())) call->shared().throttle.on_failure(address, steady_seconds());
        return call->refuse(session.error());
    }
    call->shared().throttle.on_success(address);
    net::Response response = json_response(200, session_json(*session));
    response.headers.emplace_back("Set-Cookie", cookie(*call, call->shared(), session->secret, kCookieSeconds));
    call->send(std::move(response));
}

/// Runs `attempt`, which checks a password, where it keeps nobody else waiting, and only as often as the address may try.
void check_password(const CallPointer& call, std::function<app::Answered<app::SessionView>()> attempt) {
    const std::string address = client_address(*call);
    const std::int64_t wait_s = call->shared().throttle.wait_s(address, steady_seconds());
    if (wait_s > 0) return refuse_for_now(*call, wait_s);
    const bool is_taken = call->shared().sign_in_worker.try_post([call, attempt = std::move(attempt), address] {
        // Many attempts may have been let in while the first ones were being checked.
        const std::int64_t still_s = call->shared().throttle.wait_s(address, steady_seconds());
        if (still_s > 0) return refuse_for_now(*call, still_s);
        answer_session(call, attempt(), address);
    });
    if (!is_taken) call->refuse(503, name_of(ServerRejection::too_busy), "too many sign-ins wait");
}

}  // namespace

void sign_in(const CallPointer& call) {
    if (!is_same_origin(call->request(), call->shared().trusts_proxy)) {
        return call->refuse(403, name_of(ServerRejection::origin_not_allowed), "the page comes from another site");
    }
    auto input = read_body<SignInInput>(*call, read_sign_in);
    if (!input) return;
    check_password(
        call, [call, input = *std::move(input)] { return call->app().sign_in(input.name, input.password, call->request_id()); });
}

void change_password(const CallPointer& call) {
    auto input = read_body<PasswordInput>(*call, read_password);
    if (!input) return;
    check_password(call, [call, input = *std::move(input)] {
        return call->app().change_password(*call->principal.session, input.old_password, input.new_password, call->request_id());
    });
}

void get_session(const CallPointer& call) { call->send_json(200, session_json(*call->principal.session)); }

void sign_out(const CallPointer& call) {
    if (const auto secret = call->request().cookie(kSessionCookie)) call->app().sign_out(*secret);
    net::Response response{.status = 204};
    response.headers.emplace_back("Set-Cookie", cookie(*call, call->shared(), "", 0));
    call->send(std::move(response));
}

}  // namespace suki::server
