#include <optional>

#include "fixture.h"
#include "house/fault_proxy.h"
#include "store/postgres/open.h"

/// A PostgreSQL that commits without its standby, and says so by a warning.
namespace suki::app {
namespace {

using house::FaultProxy;

class Standby : public AppTest {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "SUKI_TEST_POSTGRES names no server";
        now = at(3, 1).us;
        database.emplace();
        proxy.emplace(database->url());
        store = store::open_postgres({.url = proxy->through(database->url()), .now = at(1, 1)});
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(club());
    }
    void TearDown() override {
        AppTest::TearDown();
        store.reset();
        proxy.reset();
    }

    std::optional<house::TestDatabase> database;
    std::optional<FaultProxy> proxy;
};

TEST_F(Standby, nobody_is_told_that_a_sale_stands_before_a_standby_has_it) {
    const RecordReceipt sale{.programme = "club", .member = join("ana"), .receipt = receipt("r1", 1000, at(3, 1))};
    proxy->spoil(FaultProxy::Fault::warned, 1'000);
    for (int i = 0; i < 2; ++i) {
        // The first attempt is seen by all that follow, which have nothing to write.
        const auto told = app->run(who(), sale);
        ASSERT_FALSE(told) << i;
        EXPECT_EQ(told.error().code, "store_unavailable");
    }
    proxy->spoil(FaultProxy::Fault::none, 0);
    const auto told = app->run(who(), sale);
    ASSERT_TRUE(told);
    EXPECT_TRUE(told->is_repeat);
}

}  // namespace
}  // namespace suki::app
