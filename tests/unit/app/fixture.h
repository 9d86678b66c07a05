#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "app/app.h"
#include "house/test_database.h"
#include "store/store.h"
#include "words/words.h"

/// An application over a database in memory, with a clock and a source of chance that the test holds.
namespace suki::app {

inline constexpr std::string_view kClub = R"(suki: 1
id: club
title: {en: Test Club}
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
debt: DEBT
join:
  welcome: {points: 50}
units:
  points:
    worth: 0.01 BYN
    pending: 14 days
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
    when: {amount: over 100 BYN}
    give: {discount: 4%}
  gift:
    when: {category: tea}
    give: {discount: 1.00 BYN}
    limit: {budget: 3 BYN}
spend:
  at_till: {points: pay, at_least: 1, step: 1, up_to: 100% of receipt}
)";

inline std::string club(std::string_view debt = "below_zero") {
    std::string text{kClub};
    return text.replace(text.find("DEBT"), 4, debt);
}

/// The club with an offer that needs a counter of its own.
inline std::string club_with_counter(const std::string& category) {
    std::string text = club();
    const std::string offer = "  regular_" + category + ":\n    when: {counter: {spend_on: " + category +
                              ", over: 12 months, at_least: 10 BYN}}\n    give: {points: 5}\n";
    return text.insert(text.find("spend:\n  at_till"), offer);
}

/// 9:00 in Minsk on a day of 2026.
inline Instant at(int month, int day, int hour = 9) {
    return {midnight_utc(*make_date(2026, month, day)).us + (hour - 3) * 3600 * kSecondUs};
}

class AppTest : public ::testing::Test {
protected:
    void SetUp() override {
        now = at(3, 1).us;
        store = house::test_store(at(1, 1));
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
    }
    void start() {
        app.reset();
        app = std::make_unique<App>(*store, wiring());
    }
    Wiring wiring() {
        return {.zones = [](const std::string& name) -> ZonePointer {
                    if (name == "UTC") return std::make_shared<Zone>(fixed_zone(name, 0));
                    if (name != "Europe/Minsk") return nullptr;
                    return std::make_shared<Zone>(fixed_zone(name, 3 * 3600));
                },
                .now = [this] { return Instant{now.load()}; },
                .random =
                    [this](std::span<std::uint8_t> bytes) {
                        for (std::uint8_t& byte : bytes) {
                            std::uint64_t step = seed.fetch_add(1) * 0x9e3779b97f4a7c15ULL + 77;
                            step = (step ^ (step >> 29)) * 0xbf58476d1ce4e5b9ULL;
                            byte = static_cast<std::uint8_t>(step >> 40);
                        }
                    },
                .password_rounds = 1,
                .others_seen_within_ms = 20};
    }
    static Caller who(std::string key = {}) {
        return {.organisation = "foods", .api_key = "test", .idempotency_key = std::move(key), .author = "tester"};
    }
    EditionView publish(const std::string& document, bool allow_past = true) {
        auto edition = app->run(who(), PublishEdition{.document = document, .allow_past = allow_past});
        EXPECT_TRUE(edition) << (edition ? "" : describe(edition.error()));
        return edition ? *edition : EditionView{};
    }
    static std::string describe(const Refusal& refusal) {
        std::string text = refusal.code + " at " + refusal.pointer;
        for (const auto& [name, value] : refusal.arguments) text += " " + name + "=" + value;
        for (const auto& found : refusal.diagnostics) text += "\n" + words::say_diagnostic("en", found, "club.yaml");
        return text;
    }
    MemberName join(const std::string& external) {
        auto member = app->run(who(), CreateMember{.programme = "club", .profile = {.name = "Ana", .external_id = external}});
        EXPECT_TRUE(member) << (member ? "" : describe(member.error()));
        return {.by = NamedBy::external, .value = external};
    }
    static event::Receipt receipt(const std::string& id, std::int64_t amount, Instant when, const std::string& category = "bread") {
        event::Receipt sold{.id = id, .store = "s1", .till = "t1", .number = id, .occurred_at = when, .channel = "till"};
        sold.lines.push_back(
            {.number = 1, .sku = "a", .category = category, .quantity = {2000, QuantityUnit::piece}, .amount = Money{amount}});
        return sold;
    }
    Answered<ReceiptAnswer> buy(const MemberName& member, const event::Receipt& sold) {
        return app->run(who(), RecordReceipt{.programme = "club", .member = member, .receipt = sold});
    }
    ReceiptAnswer bought(const MemberName& member, const event::Receipt& sold) {
        auto answer = buy(member, sold);
        EXPECT_TRUE(answer) << (answer ? "" : describe(answer.error()));
        return answer ? *std::move(answer) : ReceiptAnswer{};
    }
    Answered<ReturnAnswer> bring_back(const std::string& id, const std::string& of, std::int64_t milli) {
        return app->run(who(), ReturnGoods{.programme = "club",
                                           .what = {.id = id,
                                                    .receipt = of,
                                                    .occurred_at = Instant{now.load()},
                                                    .lines = {{.line = 1, .quantity = {milli, QuantityUnit::piece}}}}});
    }
    UnitBalance balance(const MemberName& member) {
        auto found = app->find_member("foods", "club", member);
        EXPECT_TRUE(found);
        return found && !found->balances.empty() ? found->balances.front() : UnitBalance{};
    }
    void expect_sound() {
        const VerifyReport report = app->verify();
        EXPECT_EQ(report.breach_count, 0);
        for (const VerifyBreach& breach : report.breaches)
            ADD_FAILURE() << breach.what << " " << breach.where << " " << breach.details;
    }
    void TearDown() override {
        if (app) expect_sound();
        app.reset();
    }

    std::atomic<std::int64_t> now{0};
    std::atomic<std::uint64_t> seed{1};
    std::unique_ptr<store::Store> store;
    std::unique_ptr<App> app;
};

}  // namespace suki::app
