#include <gtest/gtest.h>

#include "house.h"
#include "server/metrics.h"
#include "server/routes.h"
#include "server/throttle.h"

/// Who may do what.
namespace suki::server {
namespace {

class Accesses : public ServerTest {
protected:
    struct Signed {
        std::string cookie;  // `suki_session=…`
        std::string csrf;
        std::string attributes;
    };
    net::ClientResponse try_sign_in(const std::string& name, const std::string& given, Headers more = {}) {
        more.emplace_back("Content-Type", "application/json");
        return ask("POST", "/v1/session", more, R"({"name":")" + name + R"(","password":")" + given + "\"}");
    }
    Signed sign_in() {
        const auto answer = try_sign_in("admin", password);
        EXPECT_EQ(answer.status, 200) << answer.body;
        const std::string cookie{answer.header("Set-Cookie").value_or("")};
        const std::size_t end = std::min(cookie.find(';'), cookie.size());
        return {.cookie = cookie.substr(0, end), .csrf = server::at(answer.body, "/csrf_token"), .attributes = cookie.substr(end)};
    }
    /// A path of the route that names nothing that is there.
    static std::string path_of(const Route& route) {
        std::string path{route.path};
        const std::pair<std::string_view, std::string> fills[] = {
            {"{id}", route.path.find("/members/") != std::string_view::npos ? MemberId{}.text()
                     : route.path.find("/holds/") != std::string_view::npos ? HoldId{}.text()
                                                                            : "x"},
            {"{number}", "x"},
            {"{name}", "x"},
            {"{sku}", "x"},
            {"{programme}", "x"},
            {"{edition}", "1"}};
        for (const auto& [name, value] : fills) {
            if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
        }
        return path;
    }
};

TEST_F(Accesses, EveryRouteAsksForItsScope) {
    const Signed user = sign_in();
    for (const Route& route : routes()) {
        SCOPED_TRACE(std::string{route.operation});
        const std::string path = path_of(route);
        const auto status_of = [&](Headers headers) {
            headers.emplace_back("Content-Type", "application/json");
            return ask(route.method, path, headers, route.schema.empty() ? "" : "{}").status;
        };
        // Nobody.
        if (route.access == Access::anyone) {
            EXPECT_NE(status_of({}), 401);
            continue;
        }
        EXPECT_EQ(status_of({}), 401);
        EXPECT_EQ(status_of({{"Authorization", "Bearer suki_nonsense"}}), 401);
        EXPECT_EQ(status_of({{"Authorization", "Basic YTpi"}}), 401);
        // Keys of each scope.
        for (const app::KeyScope scope : {app::KeyScope::till, app::KeyScope::service, app::KeyScope::admin}) {
            const int status = status_of({{"Authorization", "Bearer " + keys[static_cast<std::size_t>(scope)]}});
            if (route.access == Access::session) {
                EXPECT_EQ(status, 401);
                continue;
            }
            const bool may = static_cast<int>(scope) >= static_cast<int>(route.access) - static_cast<int>(Access::till);
            EXPECT_EQ(status == 403, !may) << name_of(scope) << " " << status;
            EXPECT_NE(status, 401);
            EXPECT_LT(status, 500);
        }
        // A browser that signed in: reads as they are, writes with the token only.
        if (route.operation == "signOut") continue;
        const bool writes = route.method != "GET";
        EXPECT_EQ(status_of({{"Cookie", user.cookie}}) == 403, writes);
        const int with_token = status_of({{"Cookie", user.cookie}, {"X-CSRF-Token", user.csrf}});
        EXPECT_TRUE(with_token != 401 && with_token != 403) << with_token;
    }
}

TEST_F(Accesses, ASessionIsProtectedFromOtherSites) {
    const Signed user = sign_in();
    EXPECT_NE(user.attributes.find("HttpOnly"), std::string::npos);
    EXPECT_NE(user.attributes.find("SameSite=Strict"), std::string::npos);
    EXPECT_EQ(user.attributes.find("Secure"), std::string::npos);
    const auto create = [&](Headers headers) {
        headers.emplace_back("Cookie", user.cookie);
        headers.emplace_back("Idempotency-Key", "m" + std::to_string(++idempotency_keys));
        headers.emplace_back("Content-Type", "application/json");
        const auto answer = ask("POST", "/v1/members", headers, R"({"name":"Ana"})");
        return answer.status == 201 ? std::string{"201"} : server::at(answer.body, "/code");
    };
    EXPECT_EQ(create({}), "csrf_token_invalid");
    EXPECT_EQ(create({{"X-CSRF-Token", "x"}}), "csrf_token_invalid");
    EXPECT_EQ(create({{"X-CSRF-Token", user.csrf}}), "201");
    EXPECT_EQ(create({{"X-CSRF-Token", user.csrf}, {"Origin", "https://evil.example"}}), "origin_not_allowed");
    EXPECT_EQ(create({{"X-CSRF-Token", user.csrf}, {"Origin", "null"}}), "origin_not_allowed");
    EXPECT_EQ(create({{"X-CSRF-Token", user.csrf}, {"Origin", "http://127.0.0.1"}}), "201");
    EXPECT_EQ(try_sign_in("admin", password, {{"Origin", "https://evil.example"}}).status, 403);

    const auto me = ask("GET", "/v1/session", {{"Cookie", user.cookie}});
    EXPECT_EQ(server::at(me.body, "/user"), "admin");
    EXPECT_EQ(server::at(me.body, "/csrf_token"), user.csrf);
    EXPECT_EQ(ask("DELETE", "/v1/session", {{"Cookie", user.cookie}}).status, 403);
    EXPECT_EQ(ask("DELETE", "/v1/session", {{"Cookie", user.cookie}, {"X-CSRF-Token", user.csrf}}).status, 204);
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", user.cookie}}).status, 401);
}

TEST_F(Accesses, CookiesAreSecureBehindTls) {
    server.reset();
    start({.is_secure = true});
    const Signed me = sign_in();
    EXPECT_NE(me.attributes.find("; Secure"), std::string::npos);
    EXPECT_EQ(me.cookie.find("__Host-suki_session="), 0u) << me.cookie;
    EXPECT_NE(me.attributes.find("; Path=/;"), std::string::npos);
    EXPECT_EQ(me.attributes.find("Domain"), std::string::npos);
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", me.cookie}}).status, 200);
    // One that a neighbour of the same domain could have planted.
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", me.cookie.substr(7)}}).status, 401);
    EXPECT_EQ(ask("GET", "/healthz", {}).header("Strict-Transport-Security"), "max-age=31536000");
}

TEST_F(Accesses, UsersLookAfterUsers) {
    const Signed me = sign_in();
    const auto as_me = [&](std::string_view method, std::string_view target, std::string_view body = {}) {
        return ask(method, target,
                   {{"Cookie", me.cookie},
                    {"X-CSRF-Token", me.csrf},
                    {"Content-Type", "application/json"},
                    {"Idempotency-Key", "u" + std::to_string(++idempotency_keys)}},
                   body);
    };
    const auto code_of = [](const net::ClientResponse& answer) { return server::at(answer.body, "/code"); };
    const auto made = as_me("POST", "/v1/users", R"({"name":"olga"})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string first = server::at(made.body, "/password");
    EXPECT_EQ(server::at(as_me("GET", "/v1/users").body, "/items/1/name"), "olga");
    EXPECT_EQ(as_me("GET", "/v1/users").body.find(first), std::string::npos);
    EXPECT_EQ(code_of(as_me("POST", "/v1/users", R"({"name":"olga"})")), "user_already_exists");

    const auto olga = try_sign_in("olga", first);
    ASSERT_EQ(olga.status, 200);
    const std::string cookie{olga.header("Set-Cookie").value_or("")};
    const auto is_in = [&] { return ask("GET", "/v1/session", {{"Cookie", cookie.substr(0, cookie.find(';'))}}).status == 200; };
    EXPECT_TRUE(is_in());
    const auto reset = as_me("POST", "/v1/users/olga/password");
    ASSERT_EQ(reset.status, 200) << reset.body;
    EXPECT_FALSE(is_in());
    EXPECT_EQ(try_sign_in("olga", first).status, 401);
    EXPECT_EQ(try_sign_in("olga", server::at(reset.body, "/password")).status, 200);

    EXPECT_EQ(code_of(as_me("POST", "/v1/users/admin/password")), "user_is_oneself");
    EXPECT_EQ(code_of(as_me("DELETE", "/v1/users/admin")), "user_is_oneself");
    EXPECT_EQ(service("GET", "/v1/users").status, 403);
    EXPECT_EQ(as_me("DELETE", "/v1/users/olga").status, 204);
    EXPECT_EQ(code_of(as_me("DELETE", "/v1/users/olga")), "user_not_found");
    EXPECT_EQ(code_of(admin("DELETE", "/v1/users/admin")), "last_user");
}

TEST_F(Accesses, RepeatsShowNoPasswordAgain) {
    const Headers same{{"Idempotency-Key", "once"}};
    EXPECT_NE(server::at(admin("POST", "/v1/users", R"({"name":"olga"})", same).body, "/password"), "null");
    const auto again = admin("POST", "/v1/users", R"({"name":"olga"})", same);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
    EXPECT_EQ(server::at(again.body, "/password"), "null");
    EXPECT_EQ(admin("POST", "/v1/users", R"({"name":"other"})", same).status, 409);
}

TEST_F(Accesses, OnesOwnPasswordTakesTheOldOne) {
    const Signed here = sign_in();
    const Signed there = sign_in();
    const auto change = [&](const std::string& old_password, const std::string& new_password) {
        return ask("POST", "/v1/session/password",
                   {{"Cookie", here.cookie}, {"X-CSRF-Token", here.csrf}, {"Content-Type", "application/json"}},
                   R"({"old_password":")" + old_password + R"(","new_password":")" + new_password + "\"}");
    };
    const auto wrong = change("certainly wrong", "a wholly different sentence");
    EXPECT_EQ(wrong.status, 403);
    EXPECT_EQ(server::at(wrong.body, "/code"), "wrong_password");
    EXPECT_EQ(server::at(change(password, "nine char").body, "/code"), "password_too_short");
    EXPECT_EQ(server::at(change(password, "Admin of this").body, "/code"), "password_contains_name");
    EXPECT_EQ(server::at(change(password, password).body, "/code"), "password_unchanged");
    EXPECT_EQ(admin("POST", "/v1/session/password", "{}").status, 401) << "a key has no password";

    const auto changed = change(password, "a wholly different sentence");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", here.cookie}}).status, 401);
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", there.cookie}}).status, 401);
    const std::string cookie{changed.header("Set-Cookie").value_or("")};
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", cookie.substr(0, cookie.find(';'))}}).status, 200);
    EXPECT_EQ(try_sign_in("admin", password).status, 401);
    EXPECT_EQ(try_sign_in("admin", "a wholly different sentence").status, 200);
}

TEST_F(Accesses, TheOldPasswordIsNotGuessed) {
    const Signed user = sign_in();
    const auto guess = [&] {
        return ask("POST", "/v1/session/password",
                   {{"Cookie", user.cookie}, {"X-CSRF-Token", user.csrf}, {"Content-Type", "application/json"}},
                   R"({"old_password":"a guess","new_password":"a wholly different sentence"})");
    };
    for (int i = 0; i < SignInThrottle::failures_free; ++i) EXPECT_EQ(guess().status, 403);
    EXPECT_EQ(guess().status, 429);
}

TEST_F(Accesses, GuessersWaitLongerAndLonger) {
    for (int i = 0; i < SignInThrottle::failures_free - 1; ++i) {
        const auto wrong = try_sign_in("nobody" + std::to_string(i), "wrong password");
        EXPECT_EQ(wrong.status, 401) << wrong.body;
        EXPECT_EQ(server::at(wrong.body, "/code"), "wrong_name_or_password");
    }
    EXPECT_EQ(try_sign_in("admin", "wrong password").status, 401);
    const auto waits = try_sign_in("admin", password);
    EXPECT_EQ(waits.status, 429);
    EXPECT_EQ(server::at(waits.body, "/code"), "too_many_attempts");
    EXPECT_TRUE(waits.header("Retry-After"));
}

TEST(SignInThrottleTest, DoublesTheWaitAndForgets) {
    SignInThrottle throttle;
    for (int i = 0; i < 4; ++i) throttle.on_failure("a", 100);
    EXPECT_EQ(throttle.wait_s("a", 100), 0);
    throttle.on_failure("a", 100);
    EXPECT_EQ(throttle.wait_s("a", 100), 1);
    EXPECT_EQ(throttle.wait_s("a", 101), 0);
    throttle.on_failure("a", 101);
    EXPECT_EQ(throttle.wait_s("a", 101), 2);
    for (int i = 0; i < 50; ++i) throttle.on_failure("a", 102);
    EXPECT_EQ(throttle.wait_s("a", 102), SignInThrottle::wait_max_s);
    EXPECT_EQ(throttle.wait_s("b", 102), 0);
    EXPECT_EQ(throttle.wait_s("a", 102 + SignInThrottle::forget_after_s), 0);
    throttle.on_failure("a", 200);
    throttle.on_success("a");
    for (int i = 0; i < 4; ++i) throttle.on_failure("a", 200);
    EXPECT_EQ(throttle.wait_s("a", 200), 0);
    EXPECT_EQ(throttled_address("10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(throttled_address("2001:db8::1"), throttled_address("2001:db8:0:0:ffff::2"));
    EXPECT_NE(throttled_address("2001:db8::1"), throttled_address("2001:db8:0:1::1"));
}

TEST_F(Accesses, PagesAndFilesAreServedWithTheirProtection) {
    const auto page = ask("GET", "/", {});
    ASSERT_EQ(page.status, 200);
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("default-src 'none'"), std::string_view::npos);
    EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
    EXPECT_FALSE(page.header("Access-Control-Allow-Origin"));
    EXPECT_EQ(ask("GET", "/members/42", {}).body, page.body);
    EXPECT_EQ(ask("GET", "/assets/none.js", {}).status, 404);
    EXPECT_EQ(ask("GET", "/none.js", {}).status, 404);
    EXPECT_EQ(ask("POST", "/", {}).status, 405);
    const std::string etag{page.header("ETag").value_or("")};
    EXPECT_EQ(ask("GET", "/", {{"If-None-Match", etag}}).status, 304);

    const auto openapi = ask("GET", "/openapi.json", {});
    EXPECT_EQ(server::at(openapi.body, "/openapi"), "3.1.0");
    EXPECT_EQ(server::at(openapi.body, "/paths/~1x"), "none");
    EXPECT_EQ(openapi.header("Content-Type"), "application/json");
}

TEST_F(Accesses, NoAnswerLoadsAnythingOrStandsInAFrame) {
    // A page, a file, answers of the interface, and one that nobody could read.
    const std::vector<net::ClientResponse> answers{
        ask("GET", "/", {}),       ask("GET", "/openapi.json", {}),  ask("GET", "/healthz", {}),
        admin("GET", "/v1/keys"),  till("GET", "/v1/receipts/none"), ask("GET", "/v1/none", {}),
        ask("GET", "/none.js", {})};
    for (const auto& answer : answers) {
        const auto policy = answer.header("Content-Security-Policy").value_or("");
        EXPECT_NE(policy.find("default-src 'none'"), std::string_view::npos) << answer.body;
        EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string_view::npos) << answer.body;
        EXPECT_NE(policy.find("base-uri 'none'"), std::string_view::npos) << answer.body;
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << answer.body;
        EXPECT_EQ(answer.header("X-Frame-Options"), "DENY");
        EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin");
        EXPECT_TRUE(answer.header("Cache-Control"));
    }
    const auto malformed = ask("GET", "/healthz", {{"Content-Length", "x"}});
    EXPECT_EQ(malformed.status, 400);
    EXPECT_EQ(malformed.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(malformed.header("Cache-Control"), "no-store");
}

TEST_F(Accesses, SigningInAgainEndsTheSessionBefore) {
    const Signed first = sign_in();
    const auto again = try_sign_in("admin", password, {{"Cookie", first.cookie}});
    ASSERT_EQ(again.status, 200);
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", first.cookie}}).status, 401);
    const Signed other = sign_in();
    EXPECT_EQ(try_sign_in("admin", "wrong by far", {{"Cookie", other.cookie}}).status, 401);
    EXPECT_EQ(ask("GET", "/v1/session", {{"Cookie", other.cookie}}).status, 200) << "a wrong password ends nobody's";
}

TEST_F(Accesses, HealthReadinessAndMetrics) {
    EXPECT_EQ(server::at(ask("GET", "/healthz", {}).body, "/status"), "alive");
    EXPECT_EQ(server::at(ask("GET", "/readyz", {}).body, "/status"), "ready");
    EXPECT_EQ(ask("GET", "/metrics", {}).status, 401);
    join();
    const auto metrics = service("GET", "/metrics");
    ASSERT_EQ(metrics.status, 200);
    EXPECT_NE(metrics.body.find("suki_http_requests_total{route=\"createMember\",status=\"201\"} 1\n"), std::string::npos)
        << metrics.body;
    EXPECT_NE(metrics.body.find("suki_http_request_seconds_bucket{route=\"createMember\",le=\"+Inf\"} 1\n"), std::string::npos);
    EXPECT_NE(metrics.body.find("suki_connections_open 1\n"), std::string::npos);
    EXPECT_NE(metrics.body.find("suki_commits_total"), std::string::npos);
}

TEST(MetricsTest, CountsByRouteStatusAndDuration) {
    Metrics metrics({"a", "none"});
    metrics.count_request(0, 200, 250);
    metrics.count_request(0, 200, 251);
    metrics.count_request(0, 599, 20'000'000);
    metrics.count_request(77, 404, 1);
    std::string text;
    metrics.append_to(text);
    EXPECT_NE(text.find("suki_http_requests_total{route=\"a\",status=\"200\"} 2\n"), std::string::npos) << text;
    EXPECT_NE(text.find("suki_http_requests_total{route=\"a\",status=\"other\"} 1\n"), std::string::npos);
    EXPECT_NE(text.find("suki_http_requests_total{route=\"none\",status=\"404\"} 1\n"), std::string::npos);
    EXPECT_NE(text.find("le=\"0.000250\"} 1\n"), std::string::npos);
    EXPECT_NE(text.find("le=\"0.000500\"} 2\n"), std::string::npos);
    EXPECT_NE(text.find("suki_http_request_seconds_bucket{route=\"a\",le=\"+Inf\"} 3\n"), std::string::npos);
    EXPECT_NE(text.find("suki_http_request_seconds_sum{route=\"a\"} 20.000501\n"), std::string::npos);
}

}  // namespace
}  // namespace suki::server
