#include <gtest/gtest.h>

#include "house.h"
#include "house/tokens.h"

/// Access tokens and the keys that check them, over HTTP.
namespace suki::server {
namespace {

class AccessTokensTest : public ServerTest {
protected:
    void SetUp() override {
        ServerTest::SetUp();
        std::string document{kShop};
        document.replace(document.find("id: shop"), 8, "id: doors");
        document.insert(
            document.find("offers:"),
            "benefits: {door: {kind: access, resource: \"https://shop.example/club\", token_lives: 1 hour, members: yes}}\n");
        ASSERT_TRUE(app->run(app::Caller{.organisation = "foods", .api_key = "operator"},
                             app::PublishEdition{.document = document, .allow_past = true}));
        const auto made = service("POST", "/v1/members?programme=doors", R"({"name":"Ana"})");
        ASSERT_EQ(made.status, 201) << made.body;
        member = at(made.body, "/id");
        path = "/v1/members/" + member + "/benefits/door/token?programme=doors";
    }
    std::vector<house::PublishedKey> published() {
        const auto set = ask("GET", kKeys, {});
        EXPECT_EQ(set.status, 200) << set.body;
        std::vector<house::PublishedKey> all;
        for (int i = 0; at(set.body, "/keys/" + std::to_string(i)) != "none"; ++i) {
            const std::string key = "/keys/" + std::to_string(i);
            all.push_back({at(set.body, key + "/kid"), at(set.body, key + "/x")});
        }
        return all;
    }
    std::vector<std::string> noted() {
        std::vector<std::string> rows;
        store::Visitor visitor;
        visitor.audit = [&](const store::AuditRow& row) {
            if (row.action == "issue_access_token")
                rows.push_back(row.actor.substr(0, 4) + row.subjects[0] + row.subjects[1] + row.outcome);
            return true;
        };
        store->visit(visitor);
        return rows;
    }

    static constexpr std::string_view kKeys = "/v1/organisations/foods/jwks";
    std::string member;
    std::string path;
};

TEST_F(AccessTokensTest, ATillGetsOneThatAnybodyCanCheck) {
    const auto given = till("POST", path);
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(given.header("Cache-Control"), "no-store");
    EXPECT_EQ(at(given.body, "/resource"), "https://shop.example/club");
    EXPECT_EQ(at(given.body, "/expires_at"), "2026-03-01T07:00:00Z");
    const house::OpenedToken opened = house::open_token(at(given.body, "/token"), published());
    EXPECT_EQ(opened.fault, "");
    EXPECT_EQ(opened.subject, member);
    EXPECT_EQ(opened.key, at(given.body, "/key"));
    EXPECT_EQ(opened.expires_at_s - opened.issued_at_s, 3'600);
    // Neither the token nor what signed it is in the log.
    const std::lock_guard lock{log_mutex};
    for (const std::string& line : log_lines) {
        EXPECT_EQ(line.find(at(given.body, "/token")), std::string::npos);
        EXPECT_EQ(line.find("sign/"), std::string::npos);
    }
}

TEST_F(AccessTokensTest, ThePublishedKeysMayBeKeptForAWhile) {
    EXPECT_EQ(at(ask("GET", kKeys, {}).body, "/code"), "signing_keys_not_found");
    EXPECT_EQ(ask("GET", kKeys, {}).header("Cache-Control"), "no-store");
    ASSERT_EQ(till("POST", path).status, 200);
    const auto set = ask("GET", kKeys, {});
    EXPECT_EQ(set.header("Cache-Control"), "public, max-age=600");
    EXPECT_EQ(set.header("Content-Type").value_or("").substr(0, 24), "application/jwk-set+json");
    EXPECT_EQ(at(set.body, "/keys/0/kty") + at(set.body, "/keys/0/crv") + at(set.body, "/keys/0/alg") + at(set.body, "/keys/0/use"),
              "OKPEd25519EdDSAsig");
    EXPECT_EQ(set.body.find("\"d\""), std::string::npos);
    const std::string etag{set.header("ETag").value_or("")};
    EXPECT_EQ(ask("GET", kKeys, {{"If-None-Match", etag}}).status, 304);
    ASSERT_EQ(admin("POST", "/v1/signing-keys/rotate", "{}").status, 200);
    EXPECT_EQ(ask("GET", kKeys, {{"If-None-Match", etag}}).status, 200);
    EXPECT_EQ(published().size(), 2u);
    // Who makes no tokens, and who is not there, look the same.
    EXPECT_EQ(ask("GET", "/v1/organisations/nobody/jwks", {}).status, 404);
}

TEST_F(AccessTokensTest, APersonWhoOpensADoorForAMemberIsWrittenDown) {
    ASSERT_EQ(till("POST", path).status, 200);
    EXPECT_TRUE(noted().empty());
    const auto session =
        ask("POST", "/v1/session", {{"Content-Type", "application/json"}}, R"({"name":"admin","password":")" + password + "\"}");
    const std::string cookie{session.header("Set-Cookie").value_or("")};
    const Headers headers{{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-CSRF-Token", at(session.body, "/csrf_token")}};
    EXPECT_EQ(ask("POST", path, headers).status, 200);
    EXPECT_EQ(noted(), std::vector<std::string>{"usr_" + member + "doordone"});
}

}  // namespace
}  // namespace suki::server
