#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/app.h"
#include "house/test_database.h"
#include "server/json/value.h"
#include "server/net/client.h"
#include "server/server.h"
#include "store/store.h"
#include "words/words.h"

/// A whole server on a free port, over a database in memory, with a clock and a source of chance that the test holds.
namespace suki::server {

inline constexpr std::string_view kShop = R"(suki: 1
id: shop
title: {en: Test Shop}
organisation: {name: Test Foods}
relationship: consumer
goal: retain
because: {en: "To test."}
languages: [en]
currency: BYN
timezone: Europe/Minsk
effective: 2026-01-01
notice: 30 days
returns: rejudge
debt: below_zero
units:
  points:
    counted: {en: {one: point, other: points}}
    worth: 0.01 BYN
    expire: 12 months after earning
    round: down
    earned_on: paid
levels:
  by: spend
  over: 12 months
  downgrade: one_step
  steps:
    guest:  {from: 0 BYN}
    friend: {from: 100 BYN, keep: 12 months, grace: 30 days}
offers:
  base:
    give: {points: 3 per 1 BYN}
  big:
    when: {amount: over 50 BYN}
    give: {discount: 4%}
spend:
  at_till: {points: pay, at_least: 1, step: 1, up_to: 100% of receipt}
)";

/// The value at a JSON pointer as text; `none` when there is nothing.
inline std::string at(std::string_view body, std::string_view pointer) {
    const auto document = json::parse(body);
    if (!document) return "no JSON: " + std::string{body};
    json::Value value = document->root();
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t slash = pointer.find('/');
        const std::string_view token = pointer.substr(0, slash);
        pointer = slash == std::string_view::npos ? std::string_view{} : pointer.substr(slash);
        if (value.kind() == json::Kind::array) {
            const auto wanted = static_cast<std::size_t>(std::stoul(std::string{token}));
            if (wanted >= value.size()) return "none";
            std::size_t index = 0;
            for (const json::Value element : value.elements()) {
                if (index++ == wanted) {
                    value = element;
                    break;
                }
            }
            continue;
        }
        const auto member = value.find(token);
        if (!member) return "none";
        value = *member;
    }
    return value.kind() == json::Kind::text ? std::string{value.text()} : std::string{value.source()};
}

class ServerTest : public ::testing::Test {
protected:
    void SetUp() override {
        now = midnight_utc(*make_date(2026, 3, 1)).us + 6 * 3600 * kSecondUs;
        store = house::test_store(Instant{now.load()});
        app = std::make_unique<app::App>(*store, app::Wiring{.zones = zones,
                                                             .now = [this] { return Instant{now.load()}; },
                                                             .random = [this](std::span<std::uint8_t> bytes) { fill(bytes); },
                                                             .password_rounds = 1});
        const app::Caller operator_{.organisation = "foods", .api_key = "operator"};
        ASSERT_TRUE(app->run(operator_, app::CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        const auto edition = app->run(operator_, app::PublishEdition{.document = std::string{kShop}, .allow_past = true});
        ASSERT_TRUE(edition) << edition.error().code
                             << (edition.error().diagnostics.empty()
                                     ? ""
                                     : words::say_message("en", edition.error().diagnostics[0].message));
        const auto user = app->run(operator_, app::CreateUser{.name = "admin"});
        ASSERT_TRUE(user) << user.error().code;
        password = user->password;
        for (const app::KeyScope scope : {app::KeyScope::till, app::KeyScope::service, app::KeyScope::admin}) {
            const auto key = app->run(operator_, app::CreateApiKey{.name = "a key", .scopes = {scope}});
            ASSERT_TRUE(key) << key.error().code;
            keys.push_back(key->secret);
        }
        start({});
    }
    void TearDown() override {
        server.reset();
        if (app) app->stop();
    }
    void start(Options options) {
        options.log = Log{LogLevel::debug, log_format, [this](std::string_view line) {
                              const std::lock_guard lock{log_mutex};
                              log_lines.emplace_back(line);
                          }};
        options.sweep_every = std::chrono::milliseconds{0};
        options.figures_every = figures_every;
        server = std::make_unique<Server>(*app, options);
        const auto started = server->start();
        ASSERT_TRUE(started) << started.error();
        client = std::make_unique<net::Client>("127.0.0.1", server->port());
    }

    static ZonePointer zones(const std::string& name) {
        if (name == "UTC") return std::make_shared<Zone>(fixed_zone(name, 0));
        if (name != "Europe/Minsk") return nullptr;
        return std::make_shared<Zone>(fixed_zone(name, 3 * 3600));
    }
    void fill(std::span<std::uint8_t> bytes) {
        for (std::uint8_t& byte : bytes) {
            std::uint64_t step = seed.fetch_add(1) * 0x9e3779b97f4a7c15ULL + 77;
            step = (step ^ (step >> 29)) * 0xbf58476d1ce4e5b9ULL;
            byte = static_cast<std::uint8_t>(step >> 40);
        }
    }

    using Headers = net::Client::Headers;
    net::ClientResponse ask(std::string_view method, std::string_view target, const Headers& headers, std::string_view body = {}) {
        now.fetch_add(1'000);  // ids of one account made within a millisecond would be alike
        auto answer = client->request(method, target, headers, body);
        EXPECT_TRUE(answer) << (answer ? std::string{} : answer.error());
        return answer ? *std::move(answer) : net::ClientResponse{};
    }
    /// With a key of that scope, a fresh Idempotency-Key and JSON's content type.
    net::ClientResponse call(app::KeyScope scope, std::string_view method, std::string_view target, std::string_view body = {},
                             Headers more = {}) {
        more.emplace_back("Authorization", "Bearer " + keys[static_cast<std::size_t>(scope)]);
        if (method != "GET") {
            const bool has_key =
                std::any_of(more.begin(), more.end(), [](const auto& one) { return one.first == "Idempotency-Key"; });
            if (!has_key) more.emplace_back("Idempotency-Key", "k" + std::to_string(++idempotency_keys));
            more.emplace_back("Content-Type", "application/json");
        }
        return ask(method, target, more, body);
    }
    net::ClientResponse till(std::string_view method, std::string_view target, std::string_view body = {}, Headers more = {}) {
        return call(app::KeyScope::till, method, target, body, std::move(more));
    }
    net::ClientResponse service(std::string_view method, std::string_view target, std::string_view body = {}, Headers more = {}) {
        return call(app::KeyScope::service, method, target, body, std::move(more));
    }
    net::ClientResponse admin(std::string_view method, std::string_view target, std::string_view body = {}, Headers more = {}) {
        return call(app::KeyScope::admin, method, target, body, std::move(more));
    }
    /// A member with card `c1`; their id.
    std::string join(std::string_view card = "c1") {
        const auto answer = till("POST", "/v1/members", R"({"name":"Ana","card":")" + std::string{card} + "\"}");
        EXPECT_EQ(answer.status, 201) << answer.body;
        return server::at(answer.body, "/id");
    }

    static constexpr const char* kReceipt =
        R"({"store":"s1","till":"1","number":"7","occurred_at":"2026-03-01T08:30:00+03:00","member":{"card":"c1"},)"
        R"("lines":[{"number":1,"sku":"a","category":"tea","quantity":"2","amount":4000},)"
        R"({"number":2,"sku":"b","quantity":"0.432","unit":"kg","amount":2000}]})";

    LogFormat log_format = LogFormat::json;
    std::chrono::milliseconds figures_every{0};
    std::mutex log_mutex;
    std::vector<std::string> log_lines;
    std::atomic<std::int64_t> now{0};
    std::atomic<std::uint64_t> seed{1};
    std::unique_ptr<store::Store> store;
    std::unique_ptr<app::App> app;
    std::unique_ptr<Server> server;
    std::unique_ptr<net::Client> client;
    std::vector<std::string> keys;  // by scope
    std::string password;           // of the user `admin`
    int idempotency_keys = 0;
};

}  // namespace suki::server
