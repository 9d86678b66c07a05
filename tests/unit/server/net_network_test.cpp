#include <gtest/gtest.h>

#include "house.h"
#include "server/net/network.h"
#include "server/throttle.h"

/// Who is believed to speak for others.
namespace suki::server::net {
namespace {

std::vector<Network> networks(std::initializer_list<const char*> texts) {
    std::vector<Network> all;
    for (const char* text : texts) all.push_back(*Network::parse(text));
    return all;
}

TEST(NetNetwork, IsReadStrictly) {
    for (const char* text : {"10.0.0.0/8", "10.1.2.3", "::1", "fd00::/8", "0.0.0.0/0", "::/0", "10.0.0.1/32", "::1/128"}) {
        EXPECT_TRUE(Network::parse(text)) << text;
    }
    for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "localhost", "10.0.0.0/8x",
                             " 10.0.0.1", "10.0.0.1:80", "[::1]"}) {
        EXPECT_FALSE(Network::parse(text)) << text;
    }
}

TEST(NetNetwork, ContainsItsAddresses) {
    EXPECT_TRUE(contains(networks({"10.0.0.0/9"}), "10.127.255.255"));
    EXPECT_FALSE(contains(networks({"10.0.0.0/9"}), "10.128.0.0"));
    EXPECT_TRUE(contains(networks({"10.0.0.0/9"}), "::ffff:10.0.0.1")) << "the same address in the other form";
    EXPECT_TRUE(contains(networks({"0.0.0.0/0"}), "1.2.3.4"));
    EXPECT_FALSE(contains(networks({"0.0.0.0/0"}), "::1"));
    EXPECT_TRUE(contains(networks({"fd00::/7"}), "fc00::1"));
    EXPECT_FALSE(contains(networks({"fd00::/8"}), "fc00::1"));
    EXPECT_FALSE(contains({}, "127.0.0.1"));
    EXPECT_FALSE(contains(networks({"0.0.0.0/0"}), "nonsense"));
}

TEST(NetNetwork, TheClientIsTheLastOneThatNoProxyOfOursIs) {
    const auto trusted = networks({"127.0.0.0/8", "10.0.0.0/8"});
    struct Case {
        const char* peer;
        std::vector<const char*> headers;
        const char* client;
    };
    const Case cases[] = {{"1.2.3.4", {"9.9.9.9"}, "1.2.3.4"},  // whoever comes by himself is believed nothing
                          {"127.0.0.1", {}, "127.0.0.1"},
                          {"127.0.0.1", {"9.9.9.9"}, "9.9.9.9"},
                          {"127.0.0.1", {"6.6.6.6, 9.9.9.9"}, "9.9.9.9"},  // the first one was written by the client
                          {"127.0.0.1", {"6.6.6.6, 9.9.9.9, 10.0.0.7"}, "9.9.9.9"},
                          {"127.0.0.1", {"6.6.6.6", "9.9.9.9,10.0.0.7"}, "9.9.9.9"},  // several headers are one list
                          {"127.0.0.1", {"10.0.0.8, 10.0.0.7"}, "10.0.0.8"},
                          {"127.0.0.1", {"9.9.9.9, nonsense"}, "127.0.0.1"},
                          {"127.0.0.1", {"9.9.9.9, nonsense, 10.0.0.7"}, "10.0.0.7"},
                          {"127.0.0.1", {""}, "127.0.0.1"},
                          {"127.0.0.1", {"9.9.9.9:1234"}, "127.0.0.1"},
                          {"::1", {"9.9.9.9"}, "::1"},
                          {"10.1.1.1", {" 2001:db8::1\t"}, "2001:db8::1"}};
    for (const Case& one : cases) {
        Request request;
        request.peer = one.peer;
        for (const char* value : one.headers) request.headers.push_back({"x-forwarded-for", value});
        EXPECT_EQ(client_address(request, trusted), one.client) << one.peer << " " << (one.headers.empty() ? "" : one.headers[0]);
    }
}

class Proxies : public ServerTest {
protected:
    int guess(const std::string& forwarded_for) {
        return ask("POST", "/v1/session", {{"Content-Type", "application/json"}, {"X-Forwarded-For", forwarded_for}},
                   R"({"name":"somebody)" + std::to_string(++idempotency_keys) + R"(","password":"a wrong one"})")
            .status;
    }
};

TEST_F(Proxies, NobodyChoosesHisOwnAddress) {
    for (int i = 0; i < SignInThrottle::failures_free; ++i) EXPECT_EQ(guess("1.1.1." + std::to_string(i)), 401);
    EXPECT_EQ(guess("1.1.1.9"), 429) << "all of them came from one peer";
}

TEST_F(Proxies, ATrustedOneSpeaksForOthers) {
    server.reset();
    start({.trusted_proxies = {"127.0.0.0/8"}});
    for (int i = 0; i < SignInThrottle::failures_free; ++i) EXPECT_EQ(guess("6.6.6." + std::to_string(i) + ", 9.9.9.9"), 401);
    EXPECT_EQ(guess("6.6.6.9, 9.9.9.9"), 429) << "what stands before is the client's own writing";
    EXPECT_EQ(guess("9.9.9.8"), 401) << "another client of the same proxy";
}

TEST_F(Proxies, OnlyATrustedOneSaysThatTheClientSpeaksTls) {
    const Headers https{{"X-Forwarded-Proto", "https"}};
    EXPECT_FALSE(ask("GET", "/healthz", https).header("Strict-Transport-Security"));
    const std::string sign_in = R"({"name":"admin","password":")" + password + "\"}";
    const Headers site{{"Content-Type", "application/json"},
                       {"X-Forwarded-Proto", "https"},
                       {"X-Forwarded-Host", "shop.example"},
                       {"Origin", "https://shop.example"}};
    EXPECT_EQ(ask("POST", "/v1/session", site, sign_in).status, 403) << "the host that a stranger names is not asked";
    server.reset();
    start({.trusted_proxies = {"127.0.0.1"}});
    EXPECT_TRUE(ask("GET", "/healthz", https).header("Strict-Transport-Security"));
    EXPECT_FALSE(ask("GET", "/healthz", {}).header("Strict-Transport-Security"));
    const auto signed_in = ask("POST", "/v1/session", site, sign_in);
    EXPECT_EQ(signed_in.status, 200) << signed_in.body;
    EXPECT_NE(signed_in.header("Set-Cookie").value_or("").find("; Secure"), std::string_view::npos);
}

TEST_F(Proxies, AreNamedAsNetworks) {
    Server wrong{*app, {.trusted_proxies = {"10.0.0.0/8", "the proxy"}}};
    const auto started = wrong.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().find("the proxy"), std::string::npos);
}

}  // namespace
}  // namespace suki::server::net
