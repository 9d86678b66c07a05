#include <thread>

#include "base/limits.h"
#include "fixture.h"

/// Benefits where a story can't look: what the interface refuses before it is asked, and many who ask at once.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class BenefitsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"),
                        "benefits: {tour: {kind: access, cost: 5 BYN, book: yes, members: 2 per year}}\n");
        publish(document);
        ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = "ana"}}));
    }
    static MemberName ana() { return {.by = NamedBy::external, .value = "ana"}; }
    Answered<BenefitUseView> use(const std::string& note = {}) {
        return app->run(who(), UseBenefit{.programme = "club", .member = ana(), .benefit = "tour", .note = note});
    }
    Answered<BenefitGrantView> grant(std::int64_t count) {
        return app->run(who(),
                        GrantBenefit{.programme = "club", .member = ana(), .benefit = "tour", .count = count, .reason = "a gift"});
    }
    std::optional<std::int64_t> left() {
        const auto all = app->benefits("foods", "club", ana());
        return all && all->benefits.size() == 1 ? std::optional{all->benefits[0].left()} : std::nullopt;
    }
};

TEST_F(BenefitsTest, a_note_is_a_line_of_text) {
    EXPECT_EQ(code_of(use("a\nb")), "benefit_note_malformed");
    EXPECT_EQ(left(), 2);
    const auto used = use("with her mother");
    ASSERT_TRUE(used);
    EXPECT_EQ(used->note, "with her mother");
}

TEST_F(BenefitsTest, a_grant_has_its_limits) {
    EXPECT_EQ(code_of(grant(0)), "benefit_count_out_of_range");
    EXPECT_EQ(code_of(grant(-1)), "benefit_count_out_of_range");
    EXPECT_EQ(code_of(grant(limits::benefits_per_grant + 1)), "benefit_count_out_of_range");
    EXPECT_EQ(code_of(grant(limits::benefits_per_grant)), "ok");
    EXPECT_EQ(left(), 2 + limits::benefits_per_grant);
}

// Of sixty-four who ask for the last uses at once, exactly as many are served as there were.
TEST_F(BenefitsTest, the_last_use_goes_to_one) {
    ASSERT_TRUE(grant(3));
    std::atomic<int> served = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&] {
            const std::string code = code_of(use());
            served += code == "ok" ? 1 : 0;
            refused += code == "benefit_exhausted" ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(served, 5);
    EXPECT_EQ(refused, 59);
    EXPECT_EQ(left(), 0);
    const auto all = app->benefits("foods", "club", ana());
    ASSERT_TRUE(all);
    EXPECT_EQ(all->uses.size(), 5u);
    ASSERT_EQ(all->grants.size(), 1u);
    EXPECT_EQ(all->grants[0].status, BenefitGrantStatus::used_up);
}

}  // namespace
}  // namespace suki::app
