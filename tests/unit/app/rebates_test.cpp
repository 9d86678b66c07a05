#include <map>
#include <thread>

#include "fixture.h"

/// Rebates where a story can't look: random histories against a definition of their own, many invoices at once, and what verify
/// would say of damage. verify looks at the end of every test.
namespace suki::app {
namespace {

class RebatesTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"),
                        "rebates:\n"
                        "  volume:\n    unit: points\n    by: spend\n    per: calendar month\n    of: {category: tools}\n"
                        "    steps: {10 BYN: 1%, 30 BYN: 3%}\n"
                        "  growth:\n    unit: points\n    by: growth\n    per: calendar month\n    of: {category: tools}\n"
                        "    steps: {10%: 2%}\n    after: 10 days\n");
        publish(document);
    }
    MemberRebates rebates(const MemberName& member) {
        auto found = app->rebates("foods", "club", member);
        EXPECT_TRUE(found);
        return found ? *std::move(found) : MemberRebates{};
    }
    std::int64_t accrued_of(const MemberName& member, const std::string& rebate, Date start) {
        for (const RebatePeriodView& one : rebates(member).periods) {
            if (one.plan->rebates[one.outlook.rebate].id == rebate && one.outlook.period.starts_on == start) {
                return one.accrued.minor();
            }
        }
        return 0;
    }
};

// Invoices and returns in any order, some months late: every month stands at what its rule says of what is left of it.
TEST_F(RebatesTest, are_what_the_rule_says_of_any_history) {
    const MemberName ana = join("ana");
    std::uint64_t chance = 5;
    const auto below = [&](std::uint64_t most) {
        chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::int64_t>((chance >> 33) % most);
    };
    std::map<int, std::int64_t> bought;  // by month
    for (int round = 0; round < 80; ++round) {
        now = at(2 + round / 16, 1 + round % 16).us;
        const int month = static_cast<int>(1 + below(static_cast<std::uint64_t>(2 + round / 16)));
        const std::int64_t half = below(600);
        const std::string id = "r" + std::to_string(round);
        const Instant when = std::min(at(month, 1 + static_cast<int>(below(27))), Instant{now.load()});
        bought[month] += 0;
        bought[civil(local_date(*app->rebates("foods", "club", ana)->periods.front().plan->zone, when)).month] += half * 2;
        ASSERT_TRUE(buy(ana, receipt(id, half * 2, when, "tools")));
        if (below(3) == 0) {
            ASSERT_TRUE(bring_back("b" + id, id, 1000));
            bought[civil(local_date(*app->rebates("foods", "club", ana)->periods.front().plan->zone, when)).month] -= half;
        }
        for (const auto& [number, money] : bought) {
            const std::int64_t percent = money >= 3000 ? 3 : money >= 1000 ? 1 : 0;
            ASSERT_EQ(accrued_of(ana, "volume", *make_date(2026, number, 1)), money * percent / 100) << round;
            ASSERT_EQ(accrued_of(ana, "growth", *make_date(2026, number, 1)), 0) << "nothing to grow from";
        }
    }
    expect_sound();
}

// What was bought in the year before, however late it is told, is what this year's month grows from.
TEST_F(RebatesTest, growth_follows_the_year_before) {
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 2200, at(2, 10), "tools"));
    EXPECT_EQ(accrued_of(ana, "growth", *make_date(2026, 2, 1)), 0);
    const Instant year_before{midnight_utc(*make_date(2025, 2, 10)).us};
    bought(ana, receipt("r0", 2000, year_before, "tools"));
    EXPECT_EQ(accrued_of(ana, "growth", *make_date(2026, 2, 1)), 44);
    bought(ana, receipt("r00", 2, year_before, "tools"));
    EXPECT_EQ(accrued_of(ana, "growth", *make_date(2026, 2, 1)), 0) << "2200 are less than a tenth more than 2002";
    expect_sound();
}

// Sixty-four invoices at once: one sum.
TEST_F(RebatesTest, many_at_once_are_one_sum) {
    const MemberName ana = join("ana");
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&, client] { ASSERT_TRUE(buy(ana, receipt("r" + std::to_string(client), 99, at(3, 1), "tools"))); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(accrued_of(ana, "volume", *make_date(2026, 3, 1)), 64 * 99 * 3 / 100);
    expect_sound();
}

// A receipt that is sent again accrues nothing again.
TEST_F(RebatesTest, are_accrued_once) {
    const MemberName ana = join("ana");
    for (int again = 0; again < 3; ++again) bought(ana, receipt("r1", 3000, at(3, 1), "tools"));
    EXPECT_EQ(accrued_of(ana, "volume", *make_date(2026, 3, 1)), 90);
    expect_sound();
}

// What was spent already and comes back is owed.
TEST_F(RebatesTest, a_return_of_a_month_that_is_over_is_taken_back) {
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 3000, at(3, 1), "tools"));
    now = at(4, 20).us;
    const std::int64_t before = balance(ana).available.minor();
    ASSERT_TRUE(bring_back("b1", "r1", 2000));
    EXPECT_EQ(accrued_of(ana, "volume", *make_date(2026, 3, 1)), 0);
    EXPECT_EQ(balance(ana).available.minor(), before - 90 - 90) << "the points of the goods, and the rebate";
    expect_sound();
}

TEST_F(RebatesTest, verify_names_what_was_not_accrued) {
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 3000, at(3, 1), "tools"));
    expect_sound();
    const store::OwnerKey key{.org = "foods", .account = app->find_member("foods", "club", ana)->account, .programme = "club"};
    store::StateRow state = *store->find_state(key);
    ++state.version;
    account::add_to_counter(state.state, engine::accrued_key("volume"), *make_date(2026, 3, 1), 1);
    store::Batch batch;
    batch.states.push_back(state);
    store->commit(batch);
    std::vector<std::string> found;
    for (const VerifyBreach& breach : app->verify().breaches) found.push_back(breach.what);
    EXPECT_EQ(found, (std::vector<std::string>{"rebate_differs_from_rule", "rebate_differs_from_journal"}));
    app.reset();
}

}  // namespace
}  // namespace suki::app
