#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "house.h"
#include "server/throttle.h"

/// Whoever tries numbers and passwords finds little, and is written down.
namespace suki::server {
namespace {

using Guesses = ServerTest;

TEST_F(Guesses, OfCardsByATillComeToAnEndAndItsSalesDoNot) {
    const std::string member = join("c1");
    int misses = 0, status = 0;
    for (int i = 0; i < 200 && status != 429; ++i) {
        const auto answer = till("GET", "/v1/cards/29000" + std::to_string(i));
        status = answer.status;
        if (status == 404) ++misses;
        if (status == 429) {
            EXPECT_EQ(at(answer.body, "/code"), "too_many_attempts");
            EXPECT_TRUE(answer.header("Retry-After"));
        }
    }
    EXPECT_EQ(status, 429);
    EXPECT_GE(misses, GuessBudget::misses_max);
    // By no other way either.
    EXPECT_EQ(till("GET", "/v1/cards/c1").status, 429);
    EXPECT_EQ(till("GET", "/v1/members/" + member + "/account").status, 429);
    EXPECT_EQ(till("POST", "/v1/receipts/quote",
                   R"({"member":{"phone":"+375291112233"},"lines":[{"number":1,"quantity":"1","amount":1}]})")
                  .status,
              429);
    EXPECT_EQ(till("POST", "/v1/members", R"({"name":"x","phone":"+375291112233"})").status, 429);
    EXPECT_EQ(till("POST", "/v1/holds", R"({"member":{"card":"c2"},"unit":"points","points":1})").status, 429);
    // A sale is a fact.
    EXPECT_EQ(till("PUT", "/v1/receipts/r1", kReceipt).status, 200);
    EXPECT_EQ(service("GET", "/v1/cards/c1").status, 200) << "another key goes on";
    // It is written down, once.
    const std::string key = keys[0].substr(5, 16);
    std::string log;
    for (int i = 0; i < 500 && log.find("guess_members") == std::string::npos; ++i) {
        log = admin("GET", "/v1/audit?action=guess_members").body;
        if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    EXPECT_EQ(at(log, "/items/0/actor"), key) << log;
    EXPECT_EQ(at(log, "/items/1"), "none");
}

TEST_F(Guesses, ByOtherWaysCountAsWell) {
    join("c1");
    for (int i = 0; i < GuessBudget::misses_max; ++i) {
        const std::string n = std::to_string(i);
        switch (i % 3) {
            case 0:
                till("POST", "/v1/receipts/quote",
                     R"({"member":{"card":"x)" + n + R"("},"lines":[{"number":1,"quantity":"1","amount":1}]})");
                break;
            case 1: till("POST", "/v1/members", R"({"name":"x","card":"c1"})"); break;
            default:
                till("PUT", "/v1/receipts/g" + n,
                     R"({"occurred_at":"2026-03-01T08:30:00+03:00","member":{"card":"x)" + n +
                         R"("},"lines":[{"number":1,"quantity":"1","amount":1}]})");
        }
    }
    int status = 0;
    for (int i = 0; i < 20 && status != 429; ++i) status = till("GET", "/v1/cards/y" + std::to_string(i)).status;
    EXPECT_EQ(status, 429);
}

TEST(GuessBudgetTest, IsFilledByTimeAndByFinds) {
    GuessBudget budget;
    for (int i = 0; i < GuessBudget::misses_max - 1; ++i) EXPECT_FALSE(budget.on_miss("k", 100));
    EXPECT_EQ(budget.wait_s("k", 100), 0);
    EXPECT_TRUE(budget.on_miss("k", 100)) << "the last one";
    EXPECT_FALSE(budget.on_miss("k", 100));
    EXPECT_EQ(budget.wait_s("k", 100), GuessBudget::seconds_per_miss);
    EXPECT_EQ(budget.wait_s("other", 100), 0);
    EXPECT_EQ(budget.wait_s("k", 105), GuessBudget::seconds_per_miss - 5);
    EXPECT_EQ(budget.wait_s("k", 110), 0);
    // One stranger's card in twenty-five, for ever.
    GuessBudget busy;
    for (int i = 0; i < 100'000; ++i) {
        if (i % 25 == 0) {
            busy.on_miss("k", 100);
        } else {
            busy.on_find("k", 100);
        }
        EXPECT_EQ(busy.wait_s("k", 100), 0) << i;
    }
}

TEST_F(Guesses, OfPasswordsAreWrittenDownAndLockNobodyOut) {
    server.reset();
    start({.trusted_proxies = {"127.0.0.1"}});
    const auto try_as = [&](const std::string& name, const std::string& with, const std::string& address) {
        return ask("POST", "/v1/session", {{"Content-Type", "application/json"}, {"X-Forwarded-For", address}},
                   R"({"name":")" + name + R"(","password":")" + with + "\"}");
    };
    // One list of stolen passwords, many names, one address.
    int let_in = 0, status = 401;
    for (; let_in < 40 && status == 401; ++let_in) {
        status = try_as("user" + std::to_string(let_in), "stolen password", "6.6.6.6").status;
    }
    EXPECT_EQ(status, 429);
    // A machine that takes longer for a password than the wait lasts lets a few more in, while the wait doubles.
    EXPECT_GT(let_in, SignInThrottle::failures_free);
    // The administrator's name, from many addresses.
    int guessed = 0;
    for (int i = 0; i < 20; ++i) guessed += try_as("admin", "a guess", "7.7.7." + std::to_string(i / 4)).status == 401 ? 1 : 0;
    EXPECT_EQ(guessed, 20);
    EXPECT_EQ(try_as("admin", password, "8.8.8.8").status, 200) << "is not locked out by it";
    std::string log;
    for (int i = 0; i < 500 && log.find("too_many_attempts") == std::string::npos; ++i) {
        log = admin("GET", "/v1/audit?action=sign_in&limit=100").body;
        if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    EXPECT_NE(log.find("too_many_attempts"), std::string::npos) << log;
}

TEST(RequestBudget, ForgetsNobodyWhomOthersPushOut) {
    RequestBudget budget{1};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(budget.take("a", 100), 0);
    EXPECT_EQ(budget.take("a", 100), 1);
    // As many others as may be remembered, all of them behind it in the alphabet.
    for (std::size_t i = 0; i < RequestBudget::callers_max; ++i) (void)budget.take("b" + std::to_string(i), 100);
    EXPECT_EQ(budget.take("a", 100), 1);
    // A clock read before another's is no reason to take something away.
    EXPECT_EQ(budget.take("c", 101), 0);
    for (int i = 0; i < 9; ++i) EXPECT_EQ(budget.take("c", 100), 0) << i;
}

TEST(ThrottledAddress, IsOneAttackers) {
    EXPECT_EQ(throttled_address("10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(throttled_address("::ffff:10.0.0.1"), "10.0.0.1") << "as a listener of both kinds sees it";
    EXPECT_NE(throttled_address("::ffff:10.0.0.1"), throttled_address("::ffff:10.0.0.2"));
    EXPECT_EQ(throttled_address("2001:db8:1:2::1"), throttled_address("2001:db8:1:2:ffff::9"));
    EXPECT_NE(throttled_address("2001:db8:1:2::1"), throttled_address("2001:db8:1:3::1"));
}

TEST(RequestBudget, FillsAgainWithTime) {
    RequestBudget budget{5};
    for (int i = 0; i < 50; ++i) EXPECT_EQ(budget.take("a", 100), 0) << i;
    EXPECT_EQ(budget.take("a", 100), 1);
    EXPECT_EQ(budget.take("b", 100), 0) << "another key has its own";
    for (int i = 0; i < 5; ++i) EXPECT_EQ(budget.take("a", 101), 0) << i;
    EXPECT_EQ(budget.take("a", 101), 1);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(budget.take("a", 10'000), 0) << i;
    EXPECT_EQ(budget.take("a", 10'000), 1) << "it never holds more than ten seconds' worth";
    RequestBudget none{0};
    for (int i = 0; i < 1'000; ++i) EXPECT_EQ(none.take("a", 100), 0);
}

TEST_F(Guesses, AKeyThatAsksTooMuchWaitsAndNoOther) {
    server.reset();
    start({.requests_per_second = 2});
    int status = 0, asked = 0;
    for (; asked < 500 && status != 429; ++asked) {
        const auto answer = till("GET", "/v1/receipts/none");
        status = answer.status;
        if (status != 429) continue;
        EXPECT_EQ(at(answer.body, "/code"), "too_many_requests");
        EXPECT_EQ(answer.header("Retry-After"), "1");
    }
    EXPECT_EQ(status, 429);
    EXPECT_GT(asked, 2 * RequestBudget::burst_s);
    EXPECT_EQ(service("GET", "/v1/receipts/none").status, 404);
    EXPECT_EQ(admin("GET", "/v1/keys").status, 200);
}

TEST_F(Guesses, AnAddressWithoutAKeyWaitsAndKeysDoNot) {
    server.reset();
    start({.address_requests_per_second = 2, .trusted_proxies = {"127.0.0.1"}});
    const auto ask_from = [&](const std::string& address, const std::string& target, const std::string& key) {
        return ask("GET", target, {{"Authorization", "Bearer " + key}, {"X-Forwarded-For", address}});
    };
    int status = 401, asked = 0;
    for (; asked < 500 && status == 401; ++asked) {
        const auto answer = ask_from("6.6.6.6", "/v1/receipts/none", "suki_wrong");
        status = answer.status;
        if (status == 429) EXPECT_EQ(at(answer.body, "/code"), "too_many_requests");
    }
    EXPECT_EQ(status, 429);
    EXPECT_GT(asked, 2 * RequestBudget::burst_s);
    // Nothing else that a key is not needed for either, but whether the server is well.
    int not_found = 404;
    for (int i = 0; i < 50 && not_found == 404; ++i) not_found = ask_from("6.6.6.6", "/v1/nothing", "suki_wrong").status;
    EXPECT_EQ(not_found, 429);
    EXPECT_EQ(ask_from("6.6.6.6", "/healthz", "suki_wrong").status, 200);
    EXPECT_EQ(ask_from("6.6.6.6", "/readyz", "suki_wrong").status, 200);
    EXPECT_EQ(ask("POST", "/v1/session", {{"Content-Type", "application/json"}, {"X-Forwarded-For", "6.6.6.6"}},
                  R"({"name":"admin","password":")" + password + "\"}")
                  .status,
              200)
        << "a neighbour's flood keeps nobody from signing in";
    EXPECT_EQ(ask_from("6.6.6.7", "/v1/receipts/none", "suki_wrong").status, 401) << "another address has its own";
    for (int i = 0; i < 50; ++i) EXPECT_EQ(ask_from("6.6.6.6", "/v1/receipts/none", keys[0]).status, 404) << "a key that is known";
}

TEST_F(Guesses, AMemberIsAskedAboutOnlySoOftenWhoeverAsksAndItsSalesStand) {
    server.reset();
    start({.member_requests_per_second = 2});
    join("c1");
    const std::string other = join("c2");
    constexpr std::string_view kQuote = R"({"member":{"card":"c1"},"lines":[{"number":1,"quantity":"1","amount":1}]})";
    constexpr std::string_view kHold = R"({"member":{"card":"c1"},"unit":"points","points":1})";
    int status = 0, asked = 0;
    for (; asked < 500 && status != 429; ++asked) {
        const auto answer = asked % 2 == 0 ? till("GET", "/v1/cards/c1") : service("POST", "/v1/receipts/quote", kQuote);
        status = answer.status;
        if (status != 429) continue;
        EXPECT_EQ(at(answer.body, "/code"), "too_many_requests");
        EXPECT_TRUE(answer.header("Retry-After"));
    }
    EXPECT_EQ(status, 429);
    EXPECT_GT(asked, 2 * RequestBudget::burst_s);
    // A machine that takes half a second for an answer gives one more.
    const auto soon = [&](auto&& request) {
        for (int i = 0; i < 50; ++i) {
            if (request().status == 429) return true;
        }
        return false;
    };
    EXPECT_TRUE(soon([&] { return till("POST", "/v1/holds", kHold); }));
    EXPECT_TRUE(soon([&] { return admin("GET", "/v1/cards/c1"); }));
    // However a telephone is spelt.
    const auto by_phone = [&](const std::string& phone) {
        return service("POST", "/v1/receipts/quote",
                       R"({"member":{"phone":")" + phone + R"("},"lines":[{"number":1,"quantity":"1","amount":1}]})");
    };
    int spelt = 200;
    for (int i = 0; i < 100 && spelt == 200; ++i) {
        spelt = by_phone(i % 3 == 0 ? "+375291112233" : "+375 29 111-22" + std::string(static_cast<std::size_t>(i % 5), ' ') + "33")
                    .status;
    }
    EXPECT_EQ(spelt, 429);
    for (int i = 0; i < 30; ++i) EXPECT_EQ(till("PUT", "/v1/receipts/m" + std::to_string(i), kReceipt).status, 200);
    EXPECT_EQ(till("GET", "/v1/members/" + other + "/account").status, 200) << "another member";
}

TEST_F(Guesses, RefusedEntriesAreWrittenDownOnce) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(till("GET", "/v1/keys").status, 403);
        EXPECT_EQ(ask("GET", "/v1/overview", {{"Authorization", "Bearer suki_wrong"}}).status, 401);
        EXPECT_EQ(ask("GET", "/v1/overview", {}).status, 401);
    }
    EXPECT_EQ(till("GET", "/v1/audit").status, 403);
    std::string log = "{}";
    for (int i = 0; i < 500 && at(log, "/items/2") == "none"; ++i) {
        if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        log = admin("GET", "/v1/audit?action=refused_entry").body;
    }
    EXPECT_EQ(at(log, "/items/3"), "none") << log;
    std::vector<std::string> rows;
    for (int i = 0; i < 3; ++i) {
        const std::string item = "/items/" + std::to_string(i);
        rows.push_back(at(log, item + "/actor") + " " + at(log, item + "/subjects/0") + " " + at(log, item + "/outcome"));
    }
    std::sort(rows.begin(), rows.end());
    const std::string key = keys[0].substr(5, 16);
    std::vector<std::string> expected{"null getOverview unauthenticated", key + " listAudit forbidden",
                                      key + " listKeys forbidden"};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(rows, expected);
}

TEST(NewsTest, IsNewsOnceAnHourAndNoFlood) {
    News news;
    EXPECT_TRUE(news.is_news("a", 100));
    EXPECT_FALSE(news.is_news("a", 100 + News::quiet_s - 1));
    EXPECT_TRUE(news.is_news("a", 100 + News::quiet_s));
    for (std::size_t i = 1; i < News::names_max; ++i) EXPECT_TRUE(news.is_news(std::to_string(i), 4'000));
    EXPECT_FALSE(news.is_news("one more", 4'000));
    EXPECT_TRUE(news.is_news("one more", 4'000 + News::quiet_s));
}

}  // namespace
}  // namespace suki::server
