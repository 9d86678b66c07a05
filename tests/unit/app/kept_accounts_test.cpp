#include <algorithm>

#include "fixture.h"

/// How much memory accounts may take that are kept because they were used last.
namespace suki::app {
namespace {

class KeptAccounts : public AppTest {
protected:
    void start_with(std::size_t account_bytes) {
        app.reset();
        Wiring wanted = wiring();
        wanted.account_bytes = account_bytes;
        app = std::make_unique<App>(*store, std::move(wanted));
    }
    static std::string name(int n) { return "m" + std::to_string(n); }
    /// Each of `people` buys `times`; balances must be right whoever is kept.
    void sell(int people, int times) {
        for (int time = 0; time < times; ++time, ++visit) {
            for (int n = 0; n < people; ++n) {
                const MemberName buyer{.by = NamedBy::external, .value = name(n)};
                const std::string id = "r" + std::to_string(visit) + "-" + name(n);
                EXPECT_EQ(bought(buyer, receipt(id, 100, at(3, 1))).balances.front().pending, Points{3 * (visit + 1)});
            }
        }
    }
    std::size_t kept() const { return app->figures().accounts_cached; }
    std::size_t bytes() const { return app->figures().account_bytes; }

    int visit = 0;
};

TEST_F(KeptAccounts, take_no_more_memory_than_they_may) {
    constexpr int kPeople = 60;
    constexpr std::size_t kBytes = 60'000;
    std::string without_welcome = club();
    const std::string welcome = "join:\n  welcome: {points: 50}\n";
    without_welcome.erase(without_welcome.find(welcome), welcome.size());
    publish(without_welcome);
    for (int n = 0; n < kPeople; ++n) join(name(n));
    start_with(kBytes);
    sell(kPeople, 1);
    if (store->is_shared()) {
        EXPECT_EQ(kept(), 0U) << "others write them too";
        return;
    }
    const std::size_t when_small = kept();
    EXPECT_GT(when_small, 10U);
    EXPECT_LT(when_small, std::size_t{kPeople});
    EXPECT_LE(bytes(), kBytes);
    // The more an account has, the fewer are kept.
    sell(kPeople, 20);
    EXPECT_LE(bytes(), kBytes);
    EXPECT_GT(kept(), 0U);
    EXPECT_LT(kept(), when_small);
    start_with(std::size_t{256} << 20);
    sell(kPeople, 1);
    EXPECT_EQ(kept(), std::size_t{kPeople});
    const std::size_t of_all = bytes();
    sell(kPeople, 1);
    EXPECT_GT(bytes(), of_all) << "they grow where they are";
    EXPECT_EQ(kept(), std::size_t{kPeople});
    start_with(1);
    sell(3, 1);
    EXPECT_EQ(kept(), 0U) << "not even one has room";
    EXPECT_EQ(bytes(), 0U);
    start_with(0);
    sell(3, 1);
    EXPECT_EQ(kept(), 0U);
}

}  // namespace
}  // namespace suki::app
