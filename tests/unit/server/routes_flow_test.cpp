#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/json_writer.h"
#include "house.h"
#include "server/net/request.h"

/// What a till, a shop's system and the office do, over HTTP.
namespace suki::server {
namespace {

using Flow = ServerTest;

TEST_F(Flow, QuotesRecordsReturnsAndExplains) {
    const std::string member = join();
    const std::string basket = R"({"store":"s1","at":"2026-03-01T08:30:00+03:00","member":{"card":"c1"},"currency":"BYN",)"
                               R"("lines":[{"number":1,"sku":"a","category":"tea","quantity":"2","amount":4000},)"
                               R"({"number":2,"sku":"b","quantity":"0.432","unit":"kg","amount":2000}]})";
    const auto quote = till("POST", "/v1/receipts/quote", basket);
    ASSERT_EQ(quote.status, 200) << quote.body;
    EXPECT_EQ(at(quote.body, "/calculation/discount"), "240");         // 4% of 60.00
    EXPECT_EQ(at(quote.body, "/calculation/points/0/points"), "172");  // 3 a rouble on 57.60
    EXPECT_EQ(at(quote.body, "/member"), member);
    EXPECT_EQ(at(quote.body, "/level/level"), "guest");
    EXPECT_EQ(at(quote.body, "/level/missing"), "10000");
    EXPECT_EQ(at(quote.body, "/programme"), "shop");

    const auto recorded = till("PUT", "/v1/receipts/s1%2F1%2F7", kReceipt, {{"Idempotency-Key", "one"}});
    ASSERT_EQ(recorded.status, 200) << recorded.body;
    EXPECT_EQ(at(recorded.body, "/receipt"), "s1/1/7");
    EXPECT_EQ(at(recorded.body, "/balances/0/available"), "172");
    EXPECT_FALSE(recorded.header("Idempotency-Replayed"));

    const auto again = till("PUT", "/v1/receipts/s1%2F1%2F7", kReceipt, {{"Idempotency-Key", "one"}});
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.body, recorded.body);
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
    const auto other_key = till("PUT", "/v1/receipts/s1%2F1%2F7", kReceipt, {{"Idempotency-Key", "two"}});
    EXPECT_EQ(other_key.body, recorded.body);

    const auto read = till("GET", "/v1/receipts/s1%2F1%2F7");
    EXPECT_EQ(at(read.body, "/lines/1/quantity"), "0.432");
    EXPECT_EQ(at(read.body, "/decided/total"), "5760");

    const auto returned = till("POST", "/v1/receipts/s1%2F1%2F7/returns",
                               R"({"id":"r1","occurred_at":"2026-03-01T08:50:00+03:00","lines":[{"line":1,"quantity":"1"}]})");
    ASSERT_EQ(returned.status, 200) << returned.body;
    // 20.00 + 20.00 are below the threshold of the discount: they cost 40.00, and 57.60 had been charged.
    EXPECT_EQ(at(returned.body, "/refund"), "1760");
    EXPECT_EQ(at(returned.body, "/taken_back/0/points"), "52");
    EXPECT_EQ(at(till("GET", "/v1/receipts/s1%2F1%2F7").body, "/lines/0/returned"), "1");

    const auto statement = service("GET", "/v1/members/" + member + "/statement?limit=1");
    ASSERT_EQ(statement.status, 200) << statement.body;
    EXPECT_EQ(at(statement.body, "/items/0/kind"), "return_earn");
    EXPECT_EQ(at(statement.body, "/items/0/change"), "-52");
    const std::string cursor = at(statement.body, "/next");
    ASSERT_NE(cursor, "null");
    std::string target = "/v1/members/" + member + "/statement?limit=1&cursor=";
    net::append_percent_encoded(target, cursor);
    EXPECT_EQ(at(service("GET", target).body, "/items/0/kind"), "earn");

    const auto account = till("GET", "/v1/members/" + member + "/account");
    EXPECT_EQ(at(account.body, "/balances/0/available"), "120");
    EXPECT_EQ(at(account.body, "/lots/0/remaining"), "120");

    const auto explained = service("GET", "/v1/receipts/s1%2F1%2F7/explain");
    ASSERT_EQ(explained.status, 200) << explained.body;
    EXPECT_EQ(at(explained.body, "/offers/1/decision/offer"), "big");
    EXPECT_EQ(at(explained.body, "/offers/1/conditions/0/is_met"), "true");
    // What is asked and what was seen, for people. The base asks for a member without saying so.
    EXPECT_EQ(at(explained.body, "/offers/1/conditions/0/text"), "for over BYN\u00a050.00");
    EXPECT_EQ(at(explained.body, "/offers/1/conditions/0/seen_text").substr(0, 3), "BYN");
    EXPECT_EQ(at(explained.body, "/offers/0/conditions/0/text"), "for members");
    EXPECT_EQ(at(explained.body, "/offers/0/conditions/0/seen_text"), "yes");
    EXPECT_EQ(at(explained.body, "/offers/1/decision/text").find("verdict."), std::string::npos);
    const auto small = till("POST", "/v1/receipts/quote", R"({"lines":[{"number":1,"quantity":"1","amount":4000}]})");
    EXPECT_EQ(at(small.body, "/missing/0/offer"), "big") << small.body;
    EXPECT_EQ(at(small.body, "/missing/0/money"), "1001");

    const auto voided = till("POST", "/v1/receipts/s1%2F1%2F7/void", R"({"id":"v1","occurred_at":"2026-03-01T08:55:00+03:00"})");
    ASSERT_EQ(voided.status, 200) << voided.body;
    EXPECT_EQ(at(voided.body, "/refund"), "4000");
    EXPECT_EQ(at(till("GET", "/v1/members/" + member + "/account").body, "/balances/0/available"), "0");
}

TEST_F(Flow, AVoidOfWhatCameBackNamesTheReceiptInItsPath) {
    ASSERT_EQ(till("PUT", "/v1/receipts/r1",
                   R"({"occurred_at":"2026-03-01T08:30:00+03:00","lines":[{"number":1,"quantity":"1","amount":1000}]})")
                  .status,
              200);
    const auto back = till("POST", "/v1/receipts/r1/returns",
                           R"({"id":"b1","occurred_at":"2026-03-01T08:40:00+03:00","lines":[{"line":1,"quantity":"1"}]})");
    ASSERT_EQ(back.status, 200) << back.body;
    const auto voided = till("POST", "/v1/receipts/r1/void", R"({"id":"v1","occurred_at":"2026-03-01T08:50:00+03:00"})");
    EXPECT_EQ(at(voided.body, "/code"), "nothing_returned") << voided.body;
    EXPECT_EQ(at(voided.body, "/pointer"), "path/id") << voided.body;
}

TEST_F(Flow, AStatementSpeaksInTheWordsOfTheEditionThatGaveThePoints) {
    const std::string member = join();
    ASSERT_EQ(till("PUT", "/v1/receipts/s1%2F1%2F7", kReceipt).status, 200);
    std::string document{kShop};
    document.replace(document.find("3 per 1 BYN"), 11, "5 per 1 BYN");
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("document", document);
    out.field("effective_on", "2026-03-02");
    out.end_object();
    ASSERT_EQ(admin("POST", "/v1/programmes", body).status, 201);
    now = midnight_utc(*make_date(2026, 3, 3)).us;
    const auto later = till("PUT", "/v1/receipts/later",
                            R"({"occurred_at":"2026-03-02T08:30:00+03:00","member":{"card":"c1"},)"
                            R"("lines":[{"number":1,"quantity":"1","amount":1000}]})");
    ASSERT_EQ(later.status, 200) << later.body;
    const auto statement = service("GET", "/v1/members/" + member + "/statement");
    EXPECT_EQ(at(statement.body, "/items/0/edition"), "2");
    EXPECT_EQ(at(statement.body, "/items/0/text").substr(0, 8), "5 points") << statement.body;
    EXPECT_EQ(at(statement.body, "/items/1/edition"), "1");
    EXPECT_EQ(at(statement.body, "/items/1/text").substr(0, 8), "3 points") << statement.body;
}

TEST_F(Flow, HoldsArePlacedConfirmedAndReleased) {
    const std::string member = join();
    ASSERT_EQ(
        service("POST", "/v1/members/" + member + "/adjustments", R"({"unit":"points","points":500,"reason":"to test"})").status,
        201);
    const auto held = till("POST", "/v1/holds", R"({"member":{"id":")" + member + R"("},"unit":"points","points":200})");
    ASSERT_EQ(held.status, 201) << held.body;
    EXPECT_EQ(at(held.body, "/balances/0/available"), "300");
    EXPECT_EQ(at(held.body, "/balances/0/held"), "200");
    const std::string path = "/v1/holds/" + at(held.body, "/hold");
    const auto spent = till("POST", path + "/confirm", R"({"points":150})");
    ASSERT_EQ(spent.status, 200) << spent.body;
    EXPECT_EQ(at(spent.body, "/balances/0/available"), "350");
    const auto released = till("POST", path + "/release");
    EXPECT_EQ(released.status, 409) << released.body;  // it is no more
    const auto too_much = till("POST", "/v1/holds", R"({"member":{"card":"c1"},"unit":"points","points":351})");
    EXPECT_EQ(too_much.status, 422);
    EXPECT_EQ(at(too_much.body, "/code"), "insufficient_points");
    EXPECT_EQ(at(till("POST", "/v1/holds", R"({"member":{"card":"nobody"},"unit":"points","points":1})").body, "/code"),
              "card_not_found");

    const std::string basket =
        R"({"at":"2026-03-01T08:30:00+03:00","member":{"card":"c1"},"hold":true,)"
        R"("lines":[{"number":1,"quantity":"1","amount":1000}],"points_paid":[{"unit":"points","points":100}]})";
    const auto quote = till("POST", "/v1/receipts/quote", basket, {{"Idempotency-Key", "quote"}});
    ASSERT_EQ(quote.status, 200) << quote.body;
    EXPECT_EQ(at(quote.body, "/holds/0/points"), "100");
    EXPECT_EQ(at(quote.body, "/calculation/paid"), "900");
    EXPECT_FALSE(quote.header("Idempotency-Replayed"));
    const auto again = till("POST", "/v1/receipts/quote", basket, {{"Idempotency-Key", "quote"}});
    EXPECT_EQ(again.body, quote.body);
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
    const net::Client::Headers no_key{{"Authorization", "Bearer " + keys[0]}, {"Content-Type", "application/json"}};
    EXPECT_EQ(at(ask("POST", "/v1/receipts/quote", no_key, basket).body, "/code"), "idempotency_key_required");
}

TEST_F(Flow, PointsAgainstTheRuleAreRefusedByAQuoteAndToldByASale) {
    const std::string member = join();
    ASSERT_EQ(
        service("POST", "/v1/members/" + member + "/adjustments", R"({"unit":"points","points":2000,"reason":"a gift"})").status,
        201);
    const std::string rest =
        R"("member":{"card":"c1"},"lines":[{"number":1,"quantity":"1","amount":1000}],"points_paid":[{"unit":"points","points":1500}]})";
    const auto quote = till("POST", "/v1/receipts/quote", R"({"at":"2026-03-01T08:30:00+03:00",)" + rest);
    EXPECT_EQ(quote.status, 422) << quote.body;
    EXPECT_EQ(at(quote.body, "/code"), "points_above_share");
    EXPECT_EQ(at(quote.body, "/pointer"), "/points_paid/0/points");
    EXPECT_EQ(at(quote.body, "/arguments/stated"), "1500");
    EXPECT_EQ(at(quote.body, "/arguments/bound"), "up_to");
    EXPECT_EQ(at(quote.body, "/arguments/value"), "1000");
    const auto sale = till("PUT", "/v1/receipts/p1", R"({"occurred_at":"2026-03-01T08:30:00+03:00",)" + rest);
    EXPECT_EQ(sale.status, 200) << sale.body;
    EXPECT_EQ(at(sale.body, "/discrepancies/0/kind"), "points_above_share");
    EXPECT_EQ(at(sale.body, "/discrepancies/0/stated"), "1500");
    EXPECT_EQ(at(sale.body, "/discrepancies/0/decided"), "1000");
    EXPECT_EQ(at(sale.body, "/discrepancies/0/what"), "points");
    const auto why = service("GET", "/v1/receipts/p1/explain");
    EXPECT_EQ(at(why.body, "/payments/0/stated"), "1500") << why.body;
    EXPECT_EQ(at(why.body, "/payments/0/taken"), "1000");
    EXPECT_EQ(at(why.body, "/payments/0/allowed"), "1000");
    EXPECT_EQ(at(why.body, "/payments/0/broken"), "points_above_share");
    EXPECT_EQ(at(why.body, "/payments/0/text"), "For these goods the rules let at most 1,000 pay");
    EXPECT_EQ(at(why.body, "/payments/1"), "none");
}

TEST_F(Flow, MembersAreFoundChangedAndProtectedByTheirVersion) {
    const std::string member = join();
    for (const char* query : {"card=c1", "q=Ana", "q=c1", ""}) {
        const auto found = service("GET", std::string{"/v1/members?"} + query);
        EXPECT_EQ(at(found.body, "/items/0/id"), member) << query << found.body;
    }
    EXPECT_EQ(at(service("GET", "/v1/members?card=c2").body, "/items/0"), "none");
    EXPECT_EQ(service("GET", "/v1/members?card=c1&q=Ana").status, 400);

    const auto read = service("GET", "/v1/members/" + member);
    const std::string etag{read.header("ETag").value_or("")};
    EXPECT_EQ(etag, "\"" + at(read.body, "/version") + "\"");
    const std::string patch = R"({"phone":"+375 29 123-45-67","attributes":{"children":"2"}})";
    EXPECT_EQ(at(service("PATCH", "/v1/members/" + member, patch).body, "/code"), "precondition_required");
    const auto changed = service("PATCH", "/v1/members/" + member, patch, {{"If-Match", etag}});
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(at(changed.body, "/phone"), "+375291234567");
    EXPECT_EQ(at(changed.body, "/attributes/children"), "2");
    const auto stale = service("PATCH", "/v1/members/" + member, patch, {{"If-Match", etag}});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(at(stale.body, "/code"), "version_changed");
    const auto cleared =
        service("PATCH", "/v1/members/" + member, R"({"phone":null,"attributes":{"children":null}})", {{"If-Match", "*"}});
    EXPECT_EQ(at(cleared.body, "/phone"), "null");
    EXPECT_EQ(at(cleared.body, "/attributes"), "{}");
}

TEST_F(Flow, CardsAreIssuedFoundAndBlocked) {
    const std::string member = join();
    const auto issued = service("POST", "/v1/cards", R"({"number":"c9","member":{"id":")" + member + R"("}})");
    ASSERT_EQ(issued.status, 201) << issued.body;
    EXPECT_EQ(at(till("GET", "/v1/cards/c9").body, "/member"), member);
    EXPECT_EQ(at(service("POST", "/v1/cards", R"({"number":"c9"})").body, "/code"), "card_already_issued");
    EXPECT_EQ(at(service("POST", "/v1/cards/c9/block").body, "/status"), "blocked");
    EXPECT_EQ(at(till("GET", "/v1/cards/c9").body, "/status"), "blocked");
    const auto refused = till("POST", "/v1/holds", R"({"member":{"card":"c9"},"unit":"points","points":1})");
    EXPECT_EQ(at(refused.body, "/code"), "card_blocked");
    EXPECT_EQ(at(service("POST", "/v1/cards/c9/unblock").body, "/status"), "active");
}

TEST_F(Flow, CatalogueIsWrittenAndListedPageByPage) {
    const auto written =
        service("POST", "/v1/products",
                R"({"products":[{"sku":"b","title":{"en":"Bread"}},{"sku":"a","category":"food/tea","cost":50},{"sku":"a b"}]})");
    ASSERT_EQ(written.status, 200) << written.body;
    EXPECT_EQ(at(written.body, "/written"), "3");
    EXPECT_EQ(at(till("GET", "/v1/products/a%20b").body, "/sku"), "a b");
    EXPECT_EQ(at(till("GET", "/v1/products/b").body, "/title/en"), "Bread");
    EXPECT_EQ(at(till("GET", "/v1/products/ab").body, "/code"), "product_not_found");
    const auto first = till("GET", "/v1/products?limit=2");
    EXPECT_EQ(at(first.body, "/items/1/sku"), "a b");
    const auto second = till("GET", "/v1/products?limit=2&cursor=" + at(first.body, "/next"));
    EXPECT_EQ(at(second.body, "/items/0/sku"), "b");
    EXPECT_EQ(at(second.body, "/next"), "null");

    ASSERT_EQ(service("POST", "/v1/stores", R"({"stores":[{"id":"s1","zone":"Europe/Minsk"},{"id":"s2"}]})").status, 200);
    EXPECT_EQ(at(till("GET", "/v1/stores/s1").body, "/zone"), "Europe/Minsk");
    const std::string next = at(till("GET", "/v1/stores?limit=1").body, "/next");
    EXPECT_EQ(at(till("GET", "/v1/stores?limit=1&cursor=" + next).body, "/items/0/id"), "s2");
    EXPECT_EQ(at(till("GET", "/v1/products?cursor=" + next).body, "/code"), "cursor_malformed") << "of another list";
    EXPECT_EQ(at(till("GET", "/v1/stores/s3").body, "/code"), "store_not_found");
    EXPECT_EQ(at(service("POST", "/v1/stores", R"({"stores":[{"id":"s1","zone":"Mars/Olympus"}]})").body, "/code"), "zone_unknown");
}

TEST_F(Flow, DocumentsAreCheckedPublishedAndRead) {
    const auto broken = service("POST", "/v1/programmes/validate", R"({"document":"suki: 1\nid: shop\nwehn: 1\n"})");
    ASSERT_EQ(broken.status, 200) << broken.body;
    EXPECT_EQ(at(broken.body, "/is_valid"), "false");
    EXPECT_EQ(at(broken.body, "/diagnostics/0/message"), "the key `title` is missing");
    EXPECT_EQ(at(broken.body, "/diagnostics/0/hint"), "The programme's name for people.");
    const auto in_russian = service("POST", "/v1/programmes/validate?lang=ru", R"({"document":"suki: 1\nid: shop\nwehn: 1\n"})");
    EXPECT_EQ(at(in_russian.body, "/diagnostics/0/message"), "не хватает ключа `title`");
    EXPECT_EQ(at(in_russian.body, "/diagnostics/0/hint"), "Название программы для людей.");
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("document", kShop);
    out.field("effective_on", "2026-05-01");
    out.end_object();
    EXPECT_EQ(at(service("POST", "/v1/programmes/validate", R"({"document":"{}"})").body, "/is_valid"), "false");
    const auto published = admin("POST", "/v1/programmes", body);
    ASSERT_EQ(published.status, 201) << published.body;
    EXPECT_EQ(at(published.body, "/edition"), "2");
    const auto refused = admin("POST", "/v1/programmes", R"({"document":"suki: 1\nid: shop\nwehn: 1\n"})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(at(refused.body, "/code"), "document_invalid");
    EXPECT_NE(at(refused.body, "/diagnostics/0/line"), "none");
    EXPECT_EQ(at(refused.body, "/diagnostics/0/message"), "the key `title` is missing");
    const auto refused_in_russian = admin("POST", "/v1/programmes?lang=ru", R"({"document":"suki: 1\nid: shop\nwehn: 1\n"})");
    EXPECT_EQ(at(refused_in_russian.body, "/diagnostics/0/message"), "не хватает ключа `title`");

    EXPECT_EQ(at(till("GET", "/v1/programmes").body, "/items/0/in_force"), "1");
    EXPECT_EQ(at(till("GET", "/v1/programmes/shop/editions").body, "/items/0/effective_on"), "2026-05-01");
    EXPECT_EQ(at(service("GET", "/v1/programmes/shop/editions/1").body, "/document"), kShop);
    EXPECT_EQ(at(service("GET", "/v1/programmes/shop/editions/1").body, "/units/0/counted/one"), "point");
    EXPECT_EQ(at(service("GET", "/v1/programmes/shop/editions/1").body, "/units/0/counted/few"), "none");
    EXPECT_EQ(at(service("GET", "/v1/programmes/shop/editions/3").body, "/code"), "edition_not_found");
    EXPECT_EQ(service("GET", "/v1/programmes/shop/editions/x").status, 400);
    EXPECT_EQ(at(service("GET", "/v1/programmes/other/editions/1").body, "/code"), "programme_not_found");
    const auto schema = ask("GET", "/v1/schema", {});
    EXPECT_EQ(schema.header("Content-Type"), "application/schema+json");
}

TEST_F(Flow, EventsDiscrepanciesAndFiguresOfTheOffice) {
    const std::string member = join();
    const std::string visit = R"({"id":"e1","kind":"visit","member":{"card":"c1"},"occurred_at":"2026-03-01T08:00:00+03:00"})";
    const auto seen = till("POST", "/v1/events", visit);
    ASSERT_EQ(seen.status, 201) << seen.body;
    EXPECT_EQ(at(seen.body, "/member"), member);
    ASSERT_EQ(till("PUT", "/v1/receipts/x", kReceipt).status, 200);
    std::string wrong{kReceipt};
    wrong.insert(wrong.size() - 1, R"(,"charged":6000)");
    const auto charged = till("PUT", "/v1/receipts/y", wrong);
    ASSERT_EQ(charged.status, 200) << charged.body;
    EXPECT_EQ(at(charged.body, "/discrepancies/0/kind"), "charged_differs");
    const auto listed = service("GET", "/v1/discrepancies");
    EXPECT_EQ(at(listed.body, "/items/0/event"), "y");
    EXPECT_EQ(at(listed.body, "/items/0/stated"), "6000");
    const std::string discrepancy = "/v1/discrepancies/" + at(listed.body, "/items/0/id") + "/resolve";
    const auto resolved = service("POST", discrepancy, R"({"note":"old prices"})", {{"Idempotency-Key", "resolve"}});
    ASSERT_EQ(resolved.status, 200) << resolved.body;
    EXPECT_EQ(at(resolved.body, "/note"), "old prices");
    const auto again = service("POST", discrepancy, R"({"note":"another"})", {{"Idempotency-Key", "resolve-again"}});
    EXPECT_EQ(again.body, resolved.body);
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
    EXPECT_EQ(at(service("GET", "/v1/discrepancies").body, "/items/0/id").find("dsc_"), std::string::npos);
    EXPECT_EQ(at(service("GET", "/v1/discrepancies?state=all").body, "/items/0/note"), "old prices");
    EXPECT_EQ(at(service("GET", "/v1/discrepancies?state=closed").body, "/errors/0/code"), "not_a_choice");
    EXPECT_EQ(at(service("POST", "/v1/discrepancies/dsc_1/resolve", "{}").body, "/code"), "discrepancy_not_found");
    const auto overview = service("GET", "/v1/overview");
    EXPECT_EQ(at(overview.body, "/receipts"), "2") << overview.body;
    EXPECT_EQ(at(overview.body, "/members"), "1");
    EXPECT_EQ(at(service("GET", "/v1/members/" + member + "/receipts").body, "/items/0/id"), "y");

    const auto made = admin("POST", "/v1/keys", R"({"name":"till 3","scope":"till"})", {{"Idempotency-Key", "make"}});
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string secret = at(made.body, "/secret");
    const net::Client::Headers with_it{{"Authorization", "Bearer " + secret}};
    EXPECT_EQ(ask("GET", "/v1/products", with_it).status, 200);
    EXPECT_EQ(at(admin("GET", "/v1/keys").body, "/items/3/name"), "till 3");
    EXPECT_EQ(admin("GET", "/v1/keys").body.find(secret), std::string::npos);
    ASSERT_EQ(admin("POST", "/v1/keys/" + at(made.body, "/id") + "/revoke").status, 200);
    EXPECT_EQ(at(ask("GET", "/v1/products", with_it).body, "/code"), "unauthenticated");

    EXPECT_EQ(admin("GET", "/v1/quarantine").body, R"({"items":[]})");
    EXPECT_EQ(at(admin("POST", "/v1/quarantine/0123/release").body, "/code"), "quarantined_command_not_found");
}

TEST_F(Flow, FiftySendersOfOneReceiptGetOneAnswer) {
    join();
    const std::string request = "PUT /v1/receipts/same HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + keys[0] +
                                "\r\nIdempotency-Key: same\r\nContent-Type: application/json\r\nContent-Length: " +
                                std::to_string(std::string_view{kReceipt}.size()) + "\r\n\r\n" + kReceipt;
    std::vector<std::string> bodies(50);
    std::vector<std::thread> senders;
    for (std::size_t s = 0; s < 5; ++s) {
        senders.emplace_back([&, s] {
            net::Client sender{"127.0.0.1", server->port()};
            std::string all;
            for (int i = 0; i < 10; ++i) all += request;  // pipelined
            ASSERT_TRUE(sender.connect());
            ASSERT_TRUE(sender.send_raw(all));
            for (std::size_t i = 0; i < 10; ++i) {
                const auto answer = sender.read_response();
                ASSERT_TRUE(answer) << answer.error();
                EXPECT_EQ(answer->status, 200) << answer->body;
                bodies[s * 10 + i] = answer->body;
            }
        });
    }
    for (std::thread& sender : senders) sender.join();
    EXPECT_EQ(std::set<std::string>(bodies.begin(), bodies.end()).size(), 1u);
    EXPECT_EQ(at(service("GET", "/v1/overview").body, "/receipts"), "1");
}

TEST_F(Flow, StopsWhenWhatItAcceptedIsAnswered) {
    join();
    ASSERT_EQ(till("PUT", "/v1/receipts/x", kReceipt).status, 200);
    std::thread sender([&] {
        net::Client other{"127.0.0.1", server->port()};
        for (int i = 0; i < 1'000; ++i) {
            const auto answer = other.request("PUT", "/v1/receipts/n" + std::to_string(i),
                                              {{"Authorization", "Bearer " + keys[0]},
                                               {"Idempotency-Key", "n" + std::to_string(i)},
                                               {"Content-Type", "application/json"}},
                                              kReceipt);
            if (!answer) return;  // refused to connect: stopped
            EXPECT_EQ(answer->status, 200) << answer->body;
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    server->stop();
    sender.join();
    EXPECT_TRUE(app->receipt("foods", "shop", "x"));
}

}  // namespace
}  // namespace suki::server
