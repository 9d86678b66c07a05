#include <gtest/gtest.h>

#include "house.h"

/// A till's key that is bound to a store.
namespace suki::server {
namespace {

class StoreKeys : public ServerTest {
protected:
    void SetUp() override {
        ServerTest::SetUp();
        join();
        const auto made = admin("POST", "/v1/keys", R"({"name":"till of s1","scope":"till","store":"s1"})");
        ASSERT_EQ(made.status, 201) << made.body;
        EXPECT_EQ(server::at(made.body, "/store"), "s1");
        secret = server::at(made.body, "/secret");
    }
    net::ClientResponse bound(std::string_view method, std::string_view target, std::string_view body = {}) {
        return ask(method, target,
                   {{"Authorization", "Bearer " + secret},
                    {"Idempotency-Key", "b" + std::to_string(++idempotency_keys)},
                    {"Content-Type", "application/json"}},
                   body);
    }
    /// `status code` of a refusal, or the status.
    static std::string outcome(const net::ClientResponse& answer) {
        return std::to_string(answer.status) + (answer.status < 300 ? "" : " " + server::at(answer.body, "/code"));
    }
    static std::string sale(const std::string& store, const std::string& more = {}) {
        return R"({"occurred_at":"2026-03-01T08:30:00+03:00",)" + (store.empty() ? "" : R"("store":")" + store + "\",") + more +
               R"("member":{"card":"c1"},"lines":[{"number":1,"quantity":"2","amount":4000}]})";
    }
    static std::string basket(const std::string& store) {
        return "{" + (store.empty() ? "" : R"("store":")" + store + "\",") +
               R"("lines":[{"number":1,"quantity":"2","amount":4000}]})";
    }
    static std::string back(const std::string& id) {
        return R"({"id":")" + id + R"(","occurred_at":"2026-03-01T08:50:00+03:00","lines":[{"line":1,"quantity":"1"}]})";
    }
    std::string secret;
};

TEST_F(StoreKeys, WriteForTheirStoreOnly) {
    EXPECT_EQ(outcome(bound("PUT", "/v1/receipts/own", sale("s1"))), "200");
    EXPECT_EQ(outcome(bound("PUT", "/v1/receipts/silent", sale(""))), "200");
    EXPECT_EQ(server::at(till("GET", "/v1/receipts/silent").body, "/store"), "s1") << "a receipt without a store is the key's";
    EXPECT_EQ(outcome(bound("PUT", "/v1/receipts/foreign", sale("s2"))), "403 store_not_allowed");
    EXPECT_EQ(till("GET", "/v1/receipts/foreign").status, 404);
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/quote", basket("s1"))), "200");
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/quote", basket(""))), "200");
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/quote", basket("s2"))), "403 store_not_allowed");
    const auto visit = [&](const std::string& id, const std::string& where) {
        return outcome(bound("POST", "/v1/events",
                             R"({"id":")" + id +
                                 R"(","kind":"visit","member":{"card":"c1"},"occurred_at":"2026-03-01T08:00:00+03:00","store":")" +
                                 where + "\"}"));
    };
    EXPECT_EQ(visit("v1", "s1"), "201");
    EXPECT_EQ(visit("v2", "s2"), "403 store_not_allowed");
}

TEST_F(StoreKeys, FindNoReceiptOfAnotherStore) {
    ASSERT_EQ(till("PUT", "/v1/receipts/theirs", sale("s2")).status, 200);
    ASSERT_EQ(bound("PUT", "/v1/receipts/own", sale("s1")).status, 200);
    const std::string before = till("GET", "/v1/receipts/theirs").body;
    EXPECT_EQ(outcome(bound("GET", "/v1/receipts/own")), "200");
    const auto hidden = bound("GET", "/v1/receipts/theirs");
    const auto absent = bound("GET", "/v1/receipts/never");
    EXPECT_EQ(outcome(hidden), "404 receipt_not_found");
    EXPECT_EQ(outcome(absent), outcome(hidden));
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/theirs/returns", back("b1"))), "404 receipt_of_return_not_found");
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/never/returns", back("b1"))), "404 receipt_of_return_not_found");
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/theirs/void", R"({"id":"x1","occurred_at":"2026-03-01T08:50:00+03:00"})")),
              "404 receipt_of_return_not_found");
    const std::string exchange = R"("returns":[{"id":"e1","receipt":"theirs","lines":[{"line":1,"quantity":"1"}]}],)";
    EXPECT_EQ(outcome(bound("PUT", "/v1/receipts/exchange", sale("s1", exchange))), "404 receipt_of_return_not_found");
    // Nor by saying it anew: what was answered to the other key is not for this one.
    EXPECT_EQ(outcome(bound("PUT", "/v1/receipts/theirs", sale("s2"))), "403 store_not_allowed");
    EXPECT_EQ(outcome(bound("PUT", "/v1/receipts/theirs", sale("s1"))), "409 receipt_already_recorded");
    EXPECT_EQ(till("GET", "/v1/receipts/theirs").body, before);
    EXPECT_EQ(outcome(bound("POST", "/v1/receipts/own/returns", back("b2"))), "200");
}

TEST_F(StoreKeys, AreTills) {
    EXPECT_EQ(outcome(admin("POST", "/v1/keys", R"({"name":"k","scope":"service","store":"s1"})")), "400 key_store_malformed");
    EXPECT_EQ(outcome(admin("POST", "/v1/keys", R"({"name":"k","scope":"admin","store":"s1"})")), "400 key_store_malformed");
    EXPECT_EQ(server::at(admin("POST", "/v1/keys", R"({"name":"k","scope":"till"})").body, "/store"), "null");
    EXPECT_EQ(server::at(admin("GET", "/v1/keys").body, "/items/3/store"), "s1");
}

}  // namespace
}  // namespace suki::server
