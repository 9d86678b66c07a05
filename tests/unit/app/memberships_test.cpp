#include <thread>

#include "fixture.h"

/// Memberships where a story can't look: many who ask at once, texts that the interface refuses before it is asked, and sweeps that
/// come twice or late.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class MembershipsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"),
                        "memberships:\n"
                        "  few: {people: 7}\n"
                        "  paid: {fee: 10 BYN per month, trial: 7 days, grace: 5 days, pause: {up_to: 30 days}}\n"
                        "  first: {fee: 10 BYN per month}\n");
        publish(document);
        for (int i = 0; i < kMembers; ++i) {
            ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = name_of_member(i)}}));
        }
    }
    static constexpr int kMembers = 64;
    static std::string name_of_member(int i) { return "m" + std::to_string(i); }
    static MemberName member(int i) { return {.by = NamedBy::external, .value = name_of_member(i)}; }
    Answered<MembershipView> join(int i, const std::string& membership, const std::string& reason = {}) {
        return app->run(who(),
                        JoinMembership{.programme = "club", .member = member(i), .membership = membership, .reason = reason});
    }
    Answered<PaymentRequestView> report(int i, const std::string& request, PaymentResult result) {
        return app->run(who(), ReportPayment{.programme = "club", .member = member(i), .request = request, .result = result});
    }
    Answered<MembershipView> change(int i, const std::string& id, MembershipChange what, const std::string& reason = {}) {
        return app->run(
            who(), ChangeMembership{.programme = "club", .member = member(i), .membership = id, .change = what, .reason = reason});
    }
    MemberMemberships of(int i) { return *app->memberships_of("foods", "club", member(i)); }
    /// Runs `each` for 64 clients at once; how many were told ok.
    template <class Each>
    int race(const Each& each) {
        std::atomic<int> done = 0;
        std::vector<std::thread> threads;
        for (int client = 0; client < 64; ++client) threads.emplace_back([&, client] { done += each(client) ? 1 : 0; });
        for (std::thread& thread : threads) thread.join();
        return done;
    }
};

TEST_F(MembershipsTest, texts_have_their_limits) {
    EXPECT_EQ(code_of(join(0, "paid", "a\nb")), "membership_malformed");
    const auto joined = join(0, "paid");
    ASSERT_TRUE(joined);
    EXPECT_EQ(code_of(change(0, joined->id, MembershipChange::end, "a\nb")), "membership_malformed");
}

// Exactly as many as there may be, however many ask at once; who leaves makes room for one.
TEST_F(MembershipsTest, only_so_many_join) {
    EXPECT_EQ(race([&](int client) { return join(client, "few").has_value(); }), 7);
    EXPECT_EQ(app->membership_plans("foods", "club")->counts[0][static_cast<std::size_t>(engine::MembershipStatus::active)], 7);
    int ended = 0;
    for (int i = 0; i < kMembers && ended < 2; ++i) {
        const auto all = of(i).memberships;
        if (!all.empty() && change(i, all.front().id, MembershipChange::end)) ++ended;
    }
    EXPECT_EQ(race([&](int client) { return join(client, "few").has_value(); }), 2);
}

// Sixty-four times the same at once: one membership, one request, one period.
TEST_F(MembershipsTest, one_person_joins_once_and_pays_once) {
    EXPECT_EQ(race([&](int) { return join(0, "first").has_value(); }), 1);
    const auto joined = of(0);
    ASSERT_EQ(joined.memberships.size(), 1u);
    ASSERT_EQ(joined.requests.size(), 1u);
    EXPECT_EQ(race([&](int) { return report(0, joined.requests.front().id, PaymentResult::paid).has_value(); }), 64);
    EXPECT_EQ(of(0).memberships.front().periods.size(), 1u);
    EXPECT_EQ(race([&](int) { return change(0, joined.memberships.front().id, MembershipChange::end).has_value(); }), 1);
}

// Whoever sweeps, and however often: each renewal is asked for once.
TEST_F(MembershipsTest, a_renewal_is_asked_for_once) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(join(i, "paid"));
    now = at(3, 6).us;
    (void)race([&](int client) {
        if (client % 2 == 0) return app->run(who(), Sweep{.accounts_max = 3}).has_value();
        return change(client % 10, "mbs_00000000000000000000000001", MembershipChange::end).has_value();
    });
    ASSERT_TRUE(app->run(who(), Sweep{.accounts_max = 1'000}));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(of(i).requests.size(), 1u) << i;
    const auto asked =
        app->payment_requests("foods", "club", {.status = PaymentRequestStatus::asked, .membership = {}, .page = {}});
    EXPECT_EQ(asked->requests.size(), 10u);
}

// Who was not asked in time, since nothing swept, is asked when something does, and has their time to pay.
TEST_F(MembershipsTest, a_late_sweep_takes_nothing_away) {
    const auto joined = join(0, "paid");
    ASSERT_TRUE(joined);
    now = at(4, 20).us;
    ASSERT_TRUE(app->run(who(), Sweep{.accounts_max = 1'000}));
    const auto found = of(0);
    ASSERT_EQ(found.requests.size(), 1u);
    EXPECT_EQ(found.memberships.front().status, engine::MembershipStatus::grace);
    EXPECT_EQ(found.memberships.front().lapses_on, make_date(2026, 4, 25));
    ASSERT_TRUE(report(0, found.requests.front().id, PaymentResult::paid));
}

// Each person of a household has their own, also after they left.
TEST_F(MembershipsTest, a_household_shares_none) {
    std::string document = club();
    document.insert(document.find("offers:"),
                    "household: {people: 3}\nmemberships:\n  few: {offers: {off: {give: {discount: 1 BYN}}}}\n");
    now = at(3, 2).us;
    publish(document);
    ASSERT_TRUE(join(1, "few"));
    ASSERT_TRUE(app->run(who(), JoinHousehold{.programme = "club", .member = member(1), .to = member(0), .reason = "a test"}));
    EXPECT_TRUE(of(0).memberships.empty());
    ASSERT_EQ(of(1).memberships.size(), 1u);
    ASSERT_TRUE(app->run(who(), LeaveHousehold{.programme = "club", .member = member(1), .reason = "a test"}));
    ASSERT_EQ(of(1).memberships.size(), 1u);
    EXPECT_EQ(code_of(change(1, of(1).memberships.front().id, MembershipChange::end)), "ok");
}

}  // namespace
}  // namespace suki::app
