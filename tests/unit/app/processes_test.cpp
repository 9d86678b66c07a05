#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "fixture.h"
#include "store/sqlite/open.h"

/// Two applications over one file, as `suki serve` and another verb of `suki` beside it.
namespace suki::app {
namespace {

class Processes : public AppTest {
protected:
    void SetUp() override {
        now = at(3, 1).us;
        folder = std::filesystem::temp_directory_path() / ("suki-processes-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        store = open();
        other_store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(club());
        other = std::make_unique<App>(*other_store, wiring());
    }
    void TearDown() override {
        other.reset();
        other_store.reset();
        AppTest::TearDown();
        store.reset();
        std::filesystem::remove_all(folder);
    }
    std::unique_ptr<store::Store> open() const {
        return store::open_sqlite({.path = (folder / "suki.db").string(), .now = at(1, 1), .is_durable = false});
    }
    /// Waits for what must come by itself.
    static bool comes(const std::function<bool()>& is_there) {
        for (int i = 0; i < 1'000; ++i) {
            if (is_there()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return false;
    }
    static RecordReceipt sale(const MemberName& member, const std::string& id, std::int64_t amount = 1000) {
        return {.programme = "club", .member = member, .receipt = receipt(id, amount, at(3, 1))};
    }

    std::filesystem::path folder;
    std::unique_ptr<store::Store> other_store;
    std::unique_ptr<App> other;
};

TEST_F(Processes, an_edition_published_in_one_judges_in_the_other) {
    const auto publish_in = [](App& writer, const std::string& rate) {
        std::string text = club();
        text.replace(text.find("3 per 1 BYN"), 11, rate);
        auto published =
            writer.run(who(), PublishEdition{.document = text, .effective_on = *make_date(2026, 3, 1), .allow_past = true});
        EXPECT_TRUE(published) << (published ? "" : describe(published.error()));
        return published ? published->edition : 0;
    };
    EXPECT_EQ(publish_in(*other, "7 per 1 BYN"), 2);
    EXPECT_TRUE(comes([&] { return app->plan("foods", "club", 2).has_value(); }));
    const ReceiptAnswer sold = bought(join("ana"), receipt("r1", 1000, at(3, 1)));
    EXPECT_EQ(sold.edition, 2);
    EXPECT_EQ(sold.outcome.points.at(0), Points{70});
    // And no number is taken twice, however soon.
    EXPECT_EQ(publish_in(*other, "8 per 1 BYN"), 3);
    EXPECT_EQ(publish_in(*app, "9 per 1 BYN"), 4);
}

TEST_F(Processes, keys_products_stores_and_organisations_of_one_are_known_to_the_other) {
    const auto key = other->run(who(), CreateApiKey{.name = "till 1", .scopes = {KeyScope::till}});
    ASSERT_TRUE(key);
    EXPECT_TRUE(comes([&] { return app->authenticate(key->secret).has_value(); }));
    ASSERT_TRUE(other->run(who(), RevokeApiKey{.id = key->id}));
    EXPECT_TRUE(comes([&] { return !app->authenticate(key->secret); }));

    // A product that was asked for in vain is remembered as absent, but not for ever.
    const auto discount = [&] {
        event::Receipt asked = receipt("q", 1000, at(3, 1), "");
        asked.lines[0].sku = "green";
        const auto quoted = app->quote("foods", {.programme = "club", .receipt = asked});
        return quoted ? quoted->outcome.discount : Money{-1};
    };
    EXPECT_EQ(discount(), Money{0});
    ASSERT_TRUE(other->run(who(), ImportProducts{.products = {{.sku = "green", .category = "tea"}}}));
    EXPECT_TRUE(comes([&] { return discount() == Money{100}; }));
    ASSERT_TRUE(other->run(who(), ImportStores{.stores = {{.id = "s9", .zone = "Europe/Minsk"}}}));
    EXPECT_TRUE(comes([&] { return app->stores("foods").size() == 1; }));
    ASSERT_TRUE(other->run(who(), CreateOrganisation{.id = "second", .title = "Second"}));
    EXPECT_TRUE(comes([&] { return app->organisations().size() == 2; }));
}

TEST_F(Processes, readers_see_what_the_other_recorded) {
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1)));
    const Points before = balance(ana).pending;
    ASSERT_TRUE(other->run(who(), sale(ana, "r2")));
    EXPECT_TRUE(comes([&] { return balance(ana).pending == Points{before.minor() + 30}; })) << balance(ana).pending.minor();
}

TEST_F(Processes, both_write_for_one_member_and_nothing_is_lost) {
    const MemberName ana = join("ana");
    for (int i = 0; i < 40; ++i) {
        App& writer = i % 2 == 0 ? *app : *other;
        const auto sold = writer.run(who(), sale(ana, "r" + std::to_string(i)));
        ASSERT_TRUE(sold) << i << describe(sold.error());
    }
    EXPECT_TRUE(comes([&] { return balance(ana).pending == Points{50 + 40 * 30}; })) << balance(ana).pending.minor();
    // The same receipt sent to both is recorded once.
    const auto again = app->run(who(), sale(ana, "r1"));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_repeat);
}

TEST_F(Processes, what_is_decided_anew_is_recorded_later_than_what_came_between) {
    const MemberName ana = join("ana");
    bool is_armed = false;
    Wiring slow = wiring();
    slow.before_deciding = [&](const Command&) {
        if (!std::exchange(is_armed, false)) return;
        now += kSecondUs;
        EXPECT_TRUE(app->run(who(), sale(ana, "between")));
        now += kSecondUs;
    };
    other = std::make_unique<App>(*other_store, std::move(slow));
    now += kSecondUs;
    ASSERT_TRUE(other->run(who(), sale(ana, "before")));  // from now on it knows the account, as it was
    is_armed = true;
    ASSERT_TRUE(other->run(who(), sale(ana, "anew")));
    const auto statement = app->statement("foods", "club", ana, {});
    ASSERT_TRUE(statement);
    std::vector<std::string> causes;
    for (const StatementLine& line : statement->lines) causes.push_back(line.entry.cause);
    causes.resize(3);
    EXPECT_EQ(causes, (std::vector<std::string>{"anew", "between", "before"}));
}

TEST_F(Processes, both_write_at_the_same_time_and_nothing_is_lost) {
    const MemberName ana = join("ana");
    const auto write = [&](App& writer, const std::string& prefix) {
        for (int i = 0; i < 50; ++i) {
            // Refused only for want of an attempt: a till sends again.
            while (!writer.run(who(), sale(ana, prefix + std::to_string(i)))) {}
        }
    };
    std::thread beside{[&] { write(*other, "b"); }};
    write(*app, "a");
    beside.join();
    EXPECT_TRUE(comes([&] { return balance(ana).pending == Points{50 + 100 * 30}; })) << balance(ana).pending.minor();
}

// Friends of one member buy at both servers at once, some receipts at both: each gives once, and no more than the limit in all.
TEST_F(Processes, friends_who_buy_at_both_are_as_many_as_the_limit) {
    std::string document = club();
    document.insert(document.find("spend:\n  at_till"),
                    "  friends: {when: {referral: first purchase}, give: {points: {both: 300}}, limit: 5 per member}\n");
    publish(document);
    ASSERT_TRUE(comes([&] { return other->plan("foods", "club", 2).has_value(); }));
    const MemberName ana = join("ana");
    const std::string id = app->find_member("foods", "club", ana)->member.text();
    std::vector<MemberName> friends;
    for (int i = 0; i < 12; ++i) {
        CreateMember joins{.programme = "club", .profile = {.external_id = "f" + std::to_string(i)}};
        joins.referred_by = id;
        ASSERT_TRUE(app->run(who(), joins));
        friends.push_back({.by = NamedBy::external, .value = joins.profile.external_id});
    }
    const Points before = balance(ana).pending;
    const auto buy_all = [&](App& one) {
        for (const MemberName& each : friends) EXPECT_TRUE(one.run(who(), sale(each, "first of " + each.value)));
    };
    std::thread beside([&] { buy_all(*other); });
    buy_all(*app);
    beside.join();
    const auto found = app->referrals_of("foods", "club", ana);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->counts[static_cast<std::size_t>(ReferralStatus::rewarded)], 5);
    EXPECT_EQ(found->counts[static_cast<std::size_t>(ReferralStatus::limited)], 7);
    EXPECT_EQ(balance(ana).pending, plus(before, Points{1'500}));
}

// Both renew and both report, at the same time: each fee is asked for once, and each payment is of one period.
TEST_F(Processes, both_sweep_and_each_renewal_is_asked_for_once) {
    std::string document = club();
    document.insert(document.find("offers:"), "memberships: {grill: {fee: 5 BYN per month, trial: 7 days, grace: 5 days}}\n");
    publish(document);
    ASSERT_TRUE(comes([&] { return other->plan("foods", "club", 2).has_value(); }));
    std::vector<MemberName> members;
    for (int i = 0; i < 12; ++i) {
        members.push_back(join("m" + std::to_string(i)));
        ASSERT_TRUE(app->run(who(), JoinMembership{.programme = "club", .member = members.back(), .membership = "grill"}));
    }
    const auto together = [&](const auto& each) {
        std::thread beside([&] { each(*other); });
        each(*app);
        beside.join();
    };
    now = at(3, 6).us;
    together([&](App& one) {
        for (int i = 0; i < 20; ++i) (void)one.run(who(), Sweep{.accounts_max = 5});
    });
    together([&](App& one) {
        for (const MemberName& member : members) {
            const auto found = one.memberships_of("foods", "club", member);
            if (!found || found->requests.empty()) continue;
            const std::string request = found->requests.front().id;
            (void)one.run(who(), ReportPayment{.programme = "club", .member = member, .request = request});
        }
    });
    for (const MemberName& member : members) {
        const auto found = app->memberships_of("foods", "club", member);
        ASSERT_TRUE(found);
        ASSERT_EQ(found->requests.size(), 1u);
        EXPECT_EQ(found->requests.front().status, PaymentRequestStatus::paid);
        EXPECT_EQ(found->memberships.front().periods.size(), 2u);
    }
}

TEST_F(Processes, verify_does_not_take_what_is_recorded_meanwhile_for_a_breach) {
    const MemberName ana = join("ana");
    const MemberName bob = join("bob");
    std::atomic<bool> is_over{false};
    std::atomic<int> sold{0};
    std::thread beside{[&] {
        for (int i = 0; !is_over; ++i) {
            event::Receipt bread = receipt("t" + std::to_string(i), 500 + i, at(3, 1), i % 3 == 0 ? "tea" : "bread");
            App& writer = i % 4 == 0 ? *other : *app;
            if (writer.run(who(), RecordReceipt{.programme = "club", .member = i % 2 == 0 ? ana : bob, .receipt = bread})) ++sold;
        }
    }};
    for (int i = 0; i < 40 || sold < 100; ++i) {
        const VerifyReport report = app->verify();
        EXPECT_EQ(report.breach_count, 0) << report.breaches.at(0).what << " " << report.breaches.at(0).details;
        if (report.breach_count != 0) break;
    }
    is_over = true;
    beside.join();
    EXPECT_GE(sold.load(), 100);
}

TEST_F(Processes, a_counter_published_beside_a_server_misses_no_receipt) {
    // The server does not look around by itself: all that it records meanwhile, it records not knowing of the edition.
    app.reset();
    Wiring late = wiring();
    late.others_seen_within_ms = 3'600'000;
    app = std::make_unique<App>(*store, std::move(late));
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1), "tea"));
    const auto spent_on_tea = [&](const MemberName& member) {
        const auto found = app->find_member("foods", "club", member);
        const auto state = store->find_state({.org = "foods", .account = found->account, .programme = "club"});
        std::int64_t sum = 0;
        for (const account::Counter& counter : state->state.counters) {
            if (counter.key.find("tea") == std::string::npos || counter.key.find("spend") == std::string::npos) continue;
            for (const account::DayValue& day : counter.days) sum += day.value;
        }
        return sum;
    };

    ASSERT_TRUE(other->run(who(), PublishEdition{.document = club_with_counter("tea"), .allow_past = true}));
    EXPECT_EQ(spent_on_tea(ana), 900) << "filled at once: 10.00 less the gift";
    // The server still has ana in its memory as she was before.
    bought(ana, receipt("r2", 2000, at(3, 1), "tea"));
    EXPECT_EQ(spent_on_tea(ana), 900 + 1900);
    expect_sound();
}

TEST_F(Processes, a_server_that_does_not_know_the_edition_leaves_an_account_to_be_filled) {
    app.reset();
    Wiring late = wiring();
    late.others_seen_within_ms = 3'600'000;
    app = std::make_unique<App>(*store, std::move(late));
    join("zoe");
    ASSERT_TRUE(other->run(who(), PublishEdition{.document = club_with_counter("tea"), .allow_past = true}));
    // The member and the first receipt come from the server, which counts by the first edition.
    const MemberName bob = join("bob");
    const ReceiptAnswer sold = bought(bob, receipt("r1", 3000, at(3, 1), "tea"));
    EXPECT_EQ(sold.edition, 1);
    expect_sound();
    const auto found = app->find_member("foods", "club", bob);
    const store::OwnerKey key{.org = "foods", .account = found->account, .programme = "club"};
    EXPECT_EQ(store->find_state(key)->counted_to, 1);

    // Whoever knows the edition reads the account with its new counter filled, and writes it so.
    EXPECT_TRUE(comes([&] { return other->find_member("foods", "club", bob).has_value(); }));
    const auto next = other->run(who(), sale(bob, "r2"));
    ASSERT_TRUE(next) << describe(next.error());
    EXPECT_EQ(next->outcome.points.at(0), Points{30 + 5}) << "regular_tea counts what the server recorded";
    EXPECT_EQ(store->find_state(key)->counted_to, 2);
    // And the server, which still does not know it, does before it writes that account again.
    EXPECT_EQ(bought(bob, receipt("r3", 1000, at(3, 1))).edition, 2);
    expect_sound();
}

TEST_F(Processes, many_accounts_are_filled_after_the_answer_and_between_sales) {
    constexpr int kMembers = 450;
    std::vector<MemberName> members;
    std::vector<Command> history;
    for (int i = 0; i < kMembers; ++i) {
        members.push_back({NamedBy::external, "m" + std::to_string(i)});
        history.emplace_back(RecordReceipt{.programme = "club",
                                           .member = members.back(),
                                           .receipt = receipt("h" + std::to_string(i), 2000, at(2, 1), "milk"),
                                           .is_import = true,
                                           .creates_member = true});
    }
    for (const auto& answer : app->run_many(who(), std::move(history))) ASSERT_TRUE(answer) << describe(answer.error());
    const auto behind = [&] { return store->accounts_counted_below("foods", "club", 2, std::nullopt, kMembers).size(); };
    ASSERT_EQ(behind(), kMembers);
    ASSERT_TRUE(app->run(who(), PublishEdition{.document = club_with_counter("milk"), .allow_past = true}));
    EXPECT_LE(behind(), kMembers - 100) << "some are filled before the answer";
    // The others when their turn comes: a sale in between finds what its account bought before, filled or not.
    for (int i = kMembers - 1; i >= 0; i -= 30) {
        const auto index = static_cast<std::size_t>(i);
        const ReceiptAnswer sold = bought(members[index], receipt("n" + std::to_string(i), 1000, at(3, 1)));
        EXPECT_EQ(sold.edition, 2);
        EXPECT_EQ(sold.outcome.points.at(0), Points{30 + 5}) << "regular_milk counts the purchase of February";
    }
    EXPECT_TRUE(comes([&] { return behind() == 0; })) << behind() << " are left";
    expect_sound();
}

TEST_F(Processes, counters_published_while_receipts_pour_in_agree_with_them) {
    const MemberName ana = join("ana");
    const MemberName bob = join("bob");
    std::atomic<bool> is_over{false};
    std::atomic<int> sold{0};
    std::thread tills{[&] {
        for (int i = 0; !is_over; ++i) {
            const MemberName member = i % 7 == 0 ? join("m" + std::to_string(i)) : i % 2 == 0 ? ana : bob;
            const auto bread = receipt("p" + std::to_string(i), 500 + i, at(3, 1), "c" + std::to_string(i % 5));
            if (app->run(who(), RecordReceipt{.programme = "club", .member = member, .receipt = bread})) ++sold;
        }
    }};
    for (int edition = 0; edition < 5; ++edition) {
        const int before = sold;
        comes([&] { return sold > before + 20; });
        const auto published =
            other->run(who(), PublishEdition{.document = club_with_counter("c" + std::to_string(edition)), .allow_past = true});
        EXPECT_TRUE(published) << describe(published.error());
        const VerifyReport report = other->verify();
        EXPECT_EQ(report.breach_count, 0) << report.breaches.at(0).what << " " << report.breaches.at(0).details;
    }
    is_over = true;
    tills.join();
    expect_sound();
}

}  // namespace
}  // namespace suki::app
