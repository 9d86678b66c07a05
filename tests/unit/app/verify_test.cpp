#include "fixture.h"

namespace suki::app {
namespace {

/// Each test damages what is stored behind the application's back; verify must name it.
class VerifyTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(club());
        ana = join("ana");
        bought(ana, receipt("r1", 1000, at(3, 1), "tea"));
        expect_sound();
        key = {.org = "foods", .account = app->find_member("foods", "club", ana)->account, .programme = "club"};
        state = *store->find_state(key);
        ++state.version;
    }
    void TearDown() override {
        app.reset();
        AppTest::TearDown();
    }
    bool names(std::string_view what) {
        const VerifyReport report = app->verify();
        for (const VerifyBreach& breach : report.breaches) {
            if (breach.what == what) return true;
        }
        return false;
    }
    void write_state() {
        store::Batch batch;
        batch.states.push_back(state);
        store->commit(batch);
    }
    MemberName ana;
    store::OwnerKey key;
    store::StateRow state;
};

TEST_F(VerifyTest, a_lot_that_grew) {
    state.wallets.at(0).lots.at(0).remaining = Points{49};
    write_state();
    EXPECT_TRUE(names("wallet_differs_from_journal"));
}

TEST_F(VerifyTest, an_entry_that_is_missing) {
    ++state.entries;
    write_state();
    EXPECT_TRUE(names("entry_missing"));
}

TEST_F(VerifyTest, a_counter_that_is_off) {
    account::add_to_counter(state.state, "purchases", *make_date(2026, 3, 1), 1);
    write_state();
    EXPECT_TRUE(names("counters_differ_from_receipts"));
}

TEST_F(VerifyTest, a_pool_that_is_off) {
    auto pools = store->pools("foods", "club");
    ASSERT_EQ(pools.size(), 1u);
    EXPECT_EQ(pools[0].drawn, 100);
    pools[0].drawn = 99;
    ++pools[0].version;
    store::Batch batch;
    batch.pools = pools;
    store->commit(batch);
    EXPECT_TRUE(names("pool_differs_from_receipts"));
}

TEST_F(VerifyTest, a_receipt_whose_bytes_changed) {
    auto row = *store->find_receipt("foods", "club", key.account, "r1");
    row.packed[row.packed.size() / 2] ^= 1;
    ++row.version;
    store::Batch batch;
    batch.receipts.push_back(row);
    store->commit(batch);
    EXPECT_TRUE(names("receipt_damaged"));
}

TEST_F(VerifyTest, a_claim_that_went) {
    store::Batch batch;
    batch.claims.push_back({.row = *store->find_claim({.org = "foods", .kind = store::ClaimKind::receipt, .programme = "club", .value = "r1"}),
                            .is_removal = true});
    store->commit(batch);
    EXPECT_TRUE(names("receipt_without_claim"));
}

}  // namespace
}  // namespace suki::app
