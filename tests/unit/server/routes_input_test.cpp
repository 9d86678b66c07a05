#include <gtest/gtest.h>

#include "house.h"
#include "server/routes.h"

/// Bad input of any kind gets a precise refusal and changes nothing.
namespace suki::server {
namespace {

using Input = ServerTest;

struct BadReceipt {
    std::string body;
    int status;
    std::string code;
    std::string pointer;  // of the first error
    std::string error;
};

std::string receipt_with(const std::string& line, const std::string& more = {}) {
    return R"({"occurred_at":"2026-03-01T08:30:00+03:00","lines":[)" + line + "]" + more + "}";
}
std::string plain_line(const std::string& fields) { return R"({"number":1,)" + fields + "}"; }
const std::string kGoodLine = R"({"number":1,"quantity":"1","amount":100})";

TEST_F(Input, BadReceiptsAreRefusedWithTheirPlace) {
    const std::vector<BadReceipt> all{
        {"", 400, "malformed_request", "", "not_json"},
        {"{", 400, "malformed_request", "", "not_json"},
        {"[]", 400, "invalid_request", "", "wrong_type"},
        {"{}", 400, "invalid_request", "/occurred_at", "missing_field"},
        {receipt_with(kGoodLine, R"(,"till":"\xff")"), 400, "malformed_request", "/till", "not_json"},
        {receipt_with(kGoodLine, R"(,"wehn":1)"), 400, "invalid_request", "/wehn", "unknown_field"},
        {receipt_with(kGoodLine, R"(,"till":"a","till":"b")"), 400, "invalid_request", "/till", "duplicate_field"},
        {receipt_with(plain_line(R"("quantity":"1","amount":"100")")), 400, "invalid_request", "/lines/0/amount", "wrong_type"},
        {receipt_with(plain_line(R"("quantity":"1","amount":1.5)")), 400, "invalid_request", "/lines/0/amount", "bad_money"},
        {receipt_with(plain_line(R"("quantity":"1","amount":-1)")), 400, "invalid_request", "/lines/0/amount", "out_of_range"},
        {receipt_with(plain_line(R"("quantity":"-1","amount":100)")), 400, "invalid_request", "/lines/0/quantity", "out_of_range"},
        {receipt_with(plain_line(R"("quantity":"0","amount":100)")), 400, "invalid_request", "/lines/0/quantity", "out_of_range"},
        {receipt_with(plain_line(R"("quantity":"0.0001","amount":100)")), 400, "invalid_request", "/lines/0/quantity",
         "bad_quantity"},
        {receipt_with(plain_line(R"("quantity":"1","unit":"stone","amount":1)")), 400, "invalid_request", "/lines/0/unit",
         "not_a_choice"},
        {receipt_with(plain_line(R"("quantity":"1","amount":9007199254740992)")), 400, "invalid_request", "/lines/0/amount",
         "out_of_range"},
        {receipt_with(R"({"number":1,"quantity":"1","amount":9007199254740991},{"number":2,"quantity":"1","amount":1})"), 400,
         "total_out_of_range", "/lines", "total_out_of_range"},
        {receipt_with(kGoodLine + "," + kGoodLine), 400, "duplicate_line_number", "/lines/1/number", "duplicate_line_number"},
        {receipt_with(plain_line(R"("quantity":"1","amount":100,"tax":101)")), 400, "tax_larger_than_amount", "/lines/0/tax",
         "tax_larger_than_amount"},
        {receipt_with(""), 400, "invalid_request", "/lines", "too_few"},
        {receipt_with(kGoodLine, R"(,"member":{"card":"1","phone":"+375291234567"})"), 400, "invalid_request", "/member/id",
         "contradiction"},
        {receipt_with(kGoodLine, R"(,"member":{})"), 400, "invalid_request", "/member/id", "contradiction"},
        {R"({"occurred_at":"10000-01-01T00:00:00Z","lines":[)" + kGoodLine + "]}", 400, "invalid_request", "/occurred_at",
         "bad_instant"},
        {R"({"occurred_at":"2026-02-30T00:00:00Z","lines":[)" + kGoodLine + "]}", 400, "invalid_request", "/occurred_at",
         "bad_instant"},
        {R"({"occurred_at":"2026-03-01T08:30:00","lines":[)" + kGoodLine + "]}", 400, "invalid_request", "/occurred_at",
         "bad_instant"},
    };
    for (const BadReceipt& one : all) {
        const auto answer = till("PUT", "/v1/receipts/bad", one.body);
        EXPECT_EQ(answer.status, one.status) << one.body << "\n" << answer.body;
        EXPECT_EQ(at(answer.body, "/code"), one.code) << one.body << "\n" << answer.body;
        EXPECT_EQ(at(answer.body, "/errors/0/pointer"), one.pointer) << one.body << "\n" << answer.body;
        EXPECT_EQ(at(answer.body, "/errors/0/code"), one.error) << one.body << "\n" << answer.body;
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    }
    EXPECT_EQ(at(till("GET", "/v1/receipts/bad").body, "/code"), "receipt_not_found");
    EXPECT_EQ(at(service("GET", "/v1/overview").body, "/receipts"), "0");
}

TEST_F(Input, RawBytesOfAnyKindAreNoReceipt) {
    std::string body = receipt_with(kGoodLine, R"(,"till":"X")");
    body.replace(body.find('X'), 1, "\xc3\x28");
    const auto not_utf8 = till("PUT", "/v1/receipts/bad", body);
    EXPECT_EQ(not_utf8.status, 400);
    EXPECT_EQ(at(not_utf8.body, "/errors/0/code"), "bad_text");
    EXPECT_EQ(at(not_utf8.body, "/errors/0/pointer"), "/till");
    std::string deep(2'000, '[');
    EXPECT_EQ(till("PUT", "/v1/receipts/bad", deep).status, 400);
}

TEST_F(Input, AnotherCurrencyIsRefused) {
    const auto other = till("PUT", "/v1/receipts/bad", receipt_with(kGoodLine, R"(,"currency":"USD")"));
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(at(other.body, "/code"), "currency_differs");
    EXPECT_EQ(at(other.body, "/arguments/currency"), "BYN");
    EXPECT_EQ(till("PUT", "/v1/receipts/bad", receipt_with(kGoodLine, R"(,"currency":"XX")")).status, 400);
    EXPECT_EQ(till("PUT", "/v1/receipts/good", receipt_with(kGoodLine, R"(,"currency":"BYN")")).status, 200);
}

TEST_F(Input, BodiesHaveALimit) {
    const std::string exact(limits::body_bytes, ' ');
    EXPECT_EQ(till("PUT", "/v1/receipts/bad", exact).status, 400);
    const std::string over(10u << 20, ' ');
    const auto answer = client->request("PUT", "/v1/receipts/bad",
                                        {{"Authorization", "Bearer " + keys[0]}, {"Content-Type", "application/json"}}, over);
    // The connection may be closed before all of it was sent; the answer, where it is read, says why.
    EXPECT_TRUE(!answer || answer->status == 413);
}

TEST_F(Input, ThousandLinesAreTakenAndOneMoreIsNot) {
    const auto lines = [](int count) {
        std::string text;
        for (int i = 1; i <= count; ++i) {
            if (i > 1) text += ',';
            text += R"({"number":)" + std::to_string(i) + R"(,"quantity":"1","amount":1})";
        }
        return receipt_with(text);
    };
    EXPECT_EQ(till("PUT", "/v1/receipts/many", lines(1'000)).status, 200);
    const auto refused = till("PUT", "/v1/receipts/more", lines(1'001));
    EXPECT_EQ(at(refused.body, "/errors/0/code"), "too_many");
}

TEST_F(Input, HeadersAndParametersAreChecked) {
    const std::string good = receipt_with(kGoodLine);
    const std::string bearer = "Bearer " + keys[0];
    EXPECT_EQ(
        at(ask("PUT", "/v1/receipts/x", {{"Authorization", bearer}, {"Content-Type", "application/json"}}, good).body, "/code"),
        "idempotency_key_required");
    EXPECT_EQ(at(till("PUT", "/v1/receipts/x", good, {{"Idempotency-Key", "with space"}}).body, "/code"),
              "idempotency_key_invalid");
    EXPECT_EQ(at(till("PUT", "/v1/receipts/x", good, {{"Idempotency-Key", std::string(129, 'k')}}).body, "/code"),
              "idempotency_key_invalid");
    EXPECT_EQ(
        ask("PUT", "/v1/receipts/x", {{"Authorization", bearer}, {"Idempotency-Key", "a"}, {"Content-Type", "text/plain"}}, good)
            .status,
        415);
    EXPECT_EQ(at(till("PUT", "/v1/receipts/x?programe=shop", good).body, "/errors/0/pointer"), "query/programe");
    EXPECT_EQ(at(till("PUT", "/v1/receipts/x?programme=other", good).body, "/code"), "programme_not_found");
    EXPECT_EQ(till("PUT", "/v1/receipts/x?programme=shop", good).status, 200);
    EXPECT_EQ(at(till("GET", "/v1/products?limit=0").body, "/errors/0/code"), "out_of_range");
    EXPECT_EQ(till("GET", "/v1/products?limit=500").status, 200);
    EXPECT_EQ(till("GET", "/v1/products?limit=501").status, 400);
    EXPECT_EQ(till("GET", "/v1/products?limit=2x").status, 400);
    EXPECT_EQ(till("GET", "/v1/programmes?lang=english").status, 400);
    EXPECT_EQ(at(service("GET", "/v1/members?cursor=nonsense").body, "/code"), "cursor_malformed");
    EXPECT_EQ(service("GET", "/v1/members/mem_x").status, 400);
    EXPECT_EQ(at(service("GET", "/v1/members/" + MemberId{}.text()).body, "/code"), "member_not_found");
    EXPECT_EQ(at(till("GET", "/v1/nothing").body, "/code"), "route_not_found");
    const auto wrong_method = till("DELETE", "/v1/receipts/x");
    EXPECT_EQ(wrong_method.status, 405);
    EXPECT_EQ(wrong_method.header("Allow"), "PUT, GET");
    EXPECT_EQ(till("GET", "/v1/receipts/" + std::string(129, 'x')).status, 400);
}

TEST_F(Input, EveryPlaceIsOneOfTheRequest) {
    const auto first_place = [](const net::ClientResponse& answer) { return at(answer.body, "/errors/0/pointer"); };
    EXPECT_EQ(
        first_place(till("PUT", "/v1/receipts/x", R"({"occurred_at":"2026-03-01T23:59:59-23:59","lines":[)" + kGoodLine + "]}")),
        "/occurred_at");
    EXPECT_EQ(first_place(till("POST", "/v1/receipts/quote", R"({"at":"2026-03-01T23:59:59-23:59","lines":[)" + kGoodLine + "]}")),
              "/at");
    EXPECT_EQ(at(service("GET", "/v1/members?cursor=nonsense").body, "/pointer"), "query/cursor");
    EXPECT_EQ(first_place(service("GET", "/v1/members?card=1&phone=2")), "query/phone");
    EXPECT_EQ(first_place(service("GET", "/v1/members?card=1&q=2")), "query/q");
    EXPECT_EQ(at(till("POST", "/v1/holds/" + HoldId{}.text() + "/release").body, "/pointer"), "path/id");

    ASSERT_EQ(till("PUT", "/v1/receipts/r1", receipt_with(kGoodLine)).status, 200);
    const auto too_many = till("POST", "/v1/receipts/r1/returns",
                               R"({"id":"b1","occurred_at":"2026-03-01T08:40:00+03:00","lines":[{"line":1,"quantity":"2"}]})");
    EXPECT_EQ(at(too_many.body, "/code"), "returned_more_than_bought");
    EXPECT_EQ(at(too_many.body, "/pointer"), "/lines/0/quantity");
    const std::string voided = R"({"id":"v1","occurred_at":"2026-03-01T08:40:00+03:00"})";
    ASSERT_EQ(till("POST", "/v1/receipts/r1/void", voided).status, 200);
    const auto again = till("POST", "/v1/receipts/r1/void", R"({"id":"v2","occurred_at":"2026-03-01T08:40:00+03:00"})");
    EXPECT_EQ(at(again.body, "/code"), "receipt_is_void");
    EXPECT_EQ(at(again.body, "/pointer"), "path/id");
}

TEST_F(Input, WhatStandsInPathOrQueryIsNamedSo) {
    const auto place = [](const net::ClientResponse& answer) { return at(answer.body, "/pointer"); };
    EXPECT_EQ(place(till("GET", "/v1/receipts/none")), "path/id");
    EXPECT_EQ(place(service("GET", "/v1/members/" + MemberId{}.text())), "path/id");
    EXPECT_EQ(place(service("GET", "/v1/members/" + MemberId{}.text() + "/statement")), "path/id");
    EXPECT_EQ(
        place(service("POST", "/v1/members/" + MemberId{}.text() + "/adjustments", R"({"unit":"points","points":5,"reason":"r"})")),
        "path/id");
    EXPECT_EQ(place(till("GET", "/v1/cards/none")), "path/number");
    EXPECT_EQ(place(service("GET", "/v1/overview?programme=none")), "query/programme");
    EXPECT_EQ(place(till("GET", "/v1/products/none")), "path/sku");
    EXPECT_EQ(place(till("GET", "/v1/stores/none")), "path/id");
    EXPECT_EQ(place(till("GET", "/v1/programmes/none/editions")), "path/programme");
}

TEST_F(Input, InstantsAreThoseOfRfc3339) {
    const auto status = [&](const std::string& instant) {
        return till("POST", "/v1/receipts/quote", R"({"at":")" + instant + R"(","lines":[)" + kGoodLine + "]}").status;
    };
    for (const char* good : {"2026-03-01T09:00:00Z", "2026-03-01t09:00:00z", "2026-03-01T09:00:00.123456789Z",
                             "2026-03-01T09:00:00-00:00", "2026-03-01T09:00:00.5+03:00"}) {
        EXPECT_EQ(status(good), 200) << good;
    }
    for (const char* bad : {"2026-03-01T09:00Z", "2026-03-01 09:00:00Z", "2026-03-01T09:00:00", "2026-03-01T09:00:00.Z"}) {
        EXPECT_EQ(status(bad), 400) << bad;
    }
}

TEST_F(Input, ACursorIsTakenOnlyAsItWasGiven) {
    join("c1");
    join("c2");
    const std::string cursor = at(service("GET", "/v1/members?limit=1").body, "/next");
    EXPECT_EQ(service("GET", "/v1/members?limit=1&cursor=" + cursor).status, 200);
    for (const char* list : {"/v1/products?cursor=1001", "/v1/stores?cursor=AAAA"}) {
        EXPECT_EQ(at(till("GET", list).body, "/code"), "cursor_malformed") << list;
    }
    for (const char symbol : {'A', 'x', '_'}) {
        EXPECT_EQ(at(service("GET", "/v1/members?limit=1&cursor=" + cursor + symbol).body, "/code"), "cursor_malformed") << symbol;
    }
}

TEST_F(Input, ABodyInACodingIsRefused) {
    const std::string good = receipt_with(kGoodLine);
    EXPECT_EQ(till("PUT", "/v1/receipts/x", good, {{"Content-Encoding", "gzip"}}).status, 415);
    EXPECT_EQ(till("PUT", "/v1/receipts/x", good, {{"Content-Encoding", "identity"}}).status, 200);
}

TEST_F(Input, OneKeyIsOneCommand) {
    const std::string good = receipt_with(kGoodLine);
    ASSERT_EQ(till("PUT", "/v1/receipts/x", good, {{"Idempotency-Key", "k"}}).status, 200);
    const auto other = till("PUT", "/v1/receipts/y", good, {{"Idempotency-Key", "k"}});
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(at(other.body, "/code"), "idempotency_key_reused");
    const auto changed = till("PUT", "/v1/receipts/x", receipt_with(R"({"number":1,"quantity":"1","amount":101})"));
    EXPECT_EQ(changed.status, 409);
    EXPECT_EQ(at(changed.body, "/code"), "receipt_already_recorded");
}

TEST_F(Input, RequestIdsAreKeptOrMade) {
    EXPECT_EQ(ask("GET", "/healthz", {{"X-Request-Id", "mine-1"}}).header("X-Request-Id"), "mine-1");
    const std::string made{ask("GET", "/healthz", {{"X-Request-Id", "bad id\t"}}).header("X-Request-Id").value_or("")};
    EXPECT_FALSE(made.empty());
    EXPECT_EQ(made.find(' '), std::string_view::npos);
    const auto refused = ask("GET", "/v1/products", {});
    EXPECT_EQ(at(refused.body, "/request_id"), refused.header("X-Request-Id"));
}

}  // namespace
}  // namespace suki::server
