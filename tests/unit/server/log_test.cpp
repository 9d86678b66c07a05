#include "server/log.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "house.h"
#include "server/trace.h"

namespace suki::server {
namespace {

constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kSpan = "00f067aa0ba902b7";
std::string traceparent(const std::string& version = "00") { return version + "-" + kTrace + "-" + kSpan + "-01"; }

class LogTest : public ServerTest {
protected:
    std::vector<std::string> taken_lines() {
        const std::lock_guard lock{log_mutex};
        return std::exchange(log_lines, {});
    }
};

TEST(Trace, IsReadAsW3CWroteIt) {
    ASSERT_TRUE(read_traceparent(traceparent()));
    EXPECT_EQ(read_traceparent(traceparent())->trace_id, kTrace);
    EXPECT_EQ(read_traceparent(traceparent())->span_id, kSpan);
    EXPECT_TRUE(read_traceparent(traceparent("cc")));
    EXPECT_TRUE(read_traceparent(traceparent("cc") + "-what.comes.later"));
    const std::string good = traceparent();
    for (const std::string& bad :
         {std::string{}, good.substr(0, 54), good + "-more", traceparent("ff"), traceparent("cc") + "x", traceparent("0G"),
          "00-" + std::string(32, '0') + "-" + kSpan + "-01", std::string{"00-"} + kTrace + "-0000000000000000-01",
          std::string{"00-4BF92F3577B34DA6A3CE929D0E0E4736-"} + kSpan + "-01", std::string(55, '-'), good.substr(0, 53) + "zz"}) {
        EXPECT_FALSE(read_traceparent(bad)) << bad;
    }
}

TEST(LogLine, IsOneLineWhateverStandsInIt) {
    for (const LogFormat format : {LogFormat::json, LogFormat::text}) {
        std::vector<std::string> lines;
        const Log log{LogLevel::info, format, [&](std::string_view line) { lines.emplace_back(line); }};
        log.say(LogLevel::debug, "quiet");
        log.say(LogLevel::error, "alarm",
                {{"message", "two\nlines \"quoted\" \x7f\x1b[31m"}, {"nothing", ""}, {"n", std::int64_t{-1}}});
        ASSERT_EQ(lines.size(), 1u);
        const Log strict{LogLevel::error, format, [&](std::string_view line) { lines.emplace_back(line); }};
        strict.say(LogLevel::warning, "quiet");
        strict.keep("audit_root", {{"hash", "00ff"}});
        ASSERT_EQ(lines.size(), 2u);
        EXPECT_NE(lines[1].find("00ff"), std::string::npos) << lines[1];
        for (const char c : lines[0]) EXPECT_GE(c, ' ') << lines[0];
        EXPECT_EQ(lines[0].find("nothing"), std::string::npos);
        if (format == LogFormat::json) {
            EXPECT_EQ(at(lines[0], "/level"), "error");
            EXPECT_EQ(at(lines[0], "/message"), "two\nlines \"quoted\" \x7f\x1b[31m");
        } else {
            EXPECT_NE(lines[0].find(" error alarm message=\"two\\nlines"), std::string::npos) << lines[0];
            EXPECT_NE(lines[0].find("\" n=-1"), std::string::npos) << lines[0];
        }
    }
}

TEST_F(LogTest, ARequestIsOneLineWithItsTrace) {
    const auto answer = till("GET", "/v1/cards/c9?lang=en", {}, {{"X-Request-Id", "mine-1"}, {"traceparent", traceparent()}});
    EXPECT_EQ(answer.header("X-Request-Id"), "mine-1");
    const auto lines = taken_lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(at(lines[0], "/level"), "info");
    EXPECT_EQ(at(lines[0], "/event"), "request");
    EXPECT_EQ(at(lines[0], "/request_id"), "mine-1");
    EXPECT_EQ(at(lines[0], "/trace_id"), kTrace);
    EXPECT_EQ(at(lines[0], "/span_id"), kSpan);
    EXPECT_EQ(at(lines[0], "/method"), "GET");
    EXPECT_EQ(at(lines[0], "/route"), "findCard");
    EXPECT_EQ(at(lines[0], "/status"), "404");
    EXPECT_NE(at(lines[0], "/us"), "none");
    EXPECT_EQ(at(lines[0], "/bytes"), std::to_string(answer.body.size()));
    EXPECT_TRUE(keys[0].find(at(lines[0], "/key")) != std::string::npos || at(lines[0], "/key").size() > 4);
}

/// Wherever a caller can put something, a person's number or a secret is put; none of them may come out.
TEST_F(LogTest, NothingOfAPersonAndNoSecretIsInALine) {
    const std::vector<std::string> hidden{"375291234567", "ana@example.com", "2900000000017", "hunter2",
                                          "Kavalenka",    keys[0],           password};
    const std::string all = "375291234567 ana@example.com 2900000000017 hunter2 Kavalenka";
    for (const LogFormat format : {LogFormat::json, LogFormat::text}) {
        log_format = format;
        server.reset();
        start({});
        till("GET", "/v1/cards/2900000000017");
        till("GET", "/v1/members?phone=375291234567&q=ana%40example.com&card=2900000000017");
        service("GET", "/v1/members?phone=375291234567&q=Kavalenka");
        till("GET", "/v1/nothing/375291234567?token=hunter2");
        till("GET", "/375291234567");
        till("PUT", "/v1/receipts/2900000000017", "{\"who\":\"" + all + "\"}");
        till("POST", "/v1/members",
             R"({"name":"Ana Kavalenka","phone":"+375291234567","email":"ana@example.com","card":"2900000000017"})");
        ask("375291234567", "/healthz", {});
        ask("GET", "/healthz",
            {{"X-Request-Id", all}, {"traceparent", "00-375291234567-ana@example.com-01"}, {"tracestate", "a=hunter2"}});
        ask("GET", "/healthz", {{"X-Request-Id", "375291234567\" , \"level\":\"error"}});
        ask("GET", "/healthz",
            {{"X-Request-Id", std::string(65, '7')},
             {"User-Agent", all},
             {"Referer", all},
             {"Cookie", "suki_session=hunter2"},
             {"X-Forwarded-For", all}});
        ask("POST", "/v1/session", {{"Content-Type", "application/json"}}, R"({"name":"Kavalenka","password":"hunter2"})");
        ask("POST", "/v1/session", {{"Content-Type", "application/json"}}, R"({"name":"admin","password":")" + password + "\"}");
        ask("GET", "/v1/members", {{"Authorization", "Bearer hunter2"}});
        const auto lines = taken_lines();
        EXPECT_EQ(lines.size(), 14u);
        for (const std::string& line : lines) {
            for (const std::string& one : hidden) EXPECT_EQ(line.find(one), std::string::npos) << line;
            EXPECT_EQ(line.find("777777"), std::string::npos) << line;
        }
    }
}

TEST_F(LogTest, AnEventCarriesOnTheTraceOfItsCommand) {
    ASSERT_EQ(till("PUT", "/v1/receipts/r1", kReceipt, {{"traceparent", traceparent()}}).status, 200);
    ASSERT_EQ(till("PUT", "/v1/receipts/r2", kReceipt, {{"traceparent", "00-375291234567"}}).status, 200);
    for (const store::OutboxRow& row : store->read_outbox(100)) {
        const std::string wanted = at(row.payload, "/cause") == "r1" ? traceparent() : "none";
        EXPECT_EQ(at(row.payload, "/traceparent"), wanted) << row.payload;
    }
    EXPECT_GE(store->read_outbox(100).size(), 2u);
}

}  // namespace
}  // namespace suki::server
