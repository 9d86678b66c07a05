#include "app/portions.h"
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
    /// Empty when verify names it; else what it said instead.
    std::string unless_named(std::string_view what) {
        std::string said = "nothing";
        for (const VerifyBreach& breach : app->verify().breaches) {
            if (breach.what == what) return {};
            said = breach.what + " " + breach.where + " " + breach.details;
        }
        return said;
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
    EXPECT_EQ(unless_named("wallet_differs_from_journal"), "");
}

TEST_F(VerifyTest, an_entry_that_is_missing) {
    ++state.entries;
    write_state();
    EXPECT_EQ(unless_named("entry_missing"), "");
}

TEST_F(VerifyTest, a_counter_that_is_off) {
    account::add_to_counter(state.state, "purchases", *make_date(2026, 3, 1), 1);
    write_state();
    EXPECT_EQ(unless_named("counters_differ_from_receipts"), "");
}

TEST_F(VerifyTest, a_pool_that_is_off) {
    auto pools = store->pools("foods", "club");
    ASSERT_EQ(pools.size(), 1u);
    EXPECT_EQ(drawn_of(*store->find_pool({"foods", "club", pools[0].key, pools[0].period_start})), 100);
    --pools[0].drawn;
    ++pools[0].version;
    store::Batch batch;
    batch.pools = pools;
    store->commit(batch);
    EXPECT_EQ(unless_named("pool_differs_from_receipts"), "");
}

TEST_F(VerifyTest, a_portion_that_is_off) {
    const store::PoolRow pool = store->pools("foods", "club").at(0);
    store::PortionRow portion{.org = "foods",
                              .programme = "club",
                              .key = pool.key,
                              .period_start = pool.period_start,
                              .holder = "somebody",
                              .undrawn = 1};
    store->commit({.portions = {{portion}}});
    EXPECT_EQ(unless_named("pool_differs_from_receipts"), "");
    portion.undrawn = -1;
    ++portion.version;
    store->commit({.portions = {{portion}}});
    EXPECT_EQ(unless_named("portion_overdrawn"), "");
    ++portion.version;
    store->commit({.portions = {{portion, true}}});
    portion.key = "none";
    portion.version = 1;
    store->commit({.portions = {{portion}}});
    EXPECT_EQ(unless_named("portion_of_no_pool"), "");
}

TEST_F(VerifyTest, a_receipt_whose_bytes_changed) {
    auto row = *store->find_receipt("foods", "club", key.account, "r1");
    row.packed[row.packed.size() / 2] ^= 1;
    ++row.version;
    store::Batch batch;
    batch.receipts.push_back(row);
    store->commit(batch);
    EXPECT_EQ(unless_named("row_damaged"), "");
}

TEST_F(VerifyTest, a_command_that_can_not_be_done_is_refused_alone_and_not_tried_again) {
    auto row = *store->find_receipt("foods", "club", key.account, "r1");
    row.packed[row.packed.size() / 2] ^= 1;
    ++row.version;
    store::Batch batch;
    batch.receipts.push_back(row);
    store->commit(batch);
    const ReturnGoods poisoned{
        .programme = "club",
        .what = {.id = "b1", .receipt = "r1", .occurred_at = at(3, 1), .lines = {{1, {1000, QuantityUnit::piece}}}}};
    std::vector<Command> commands;
    for (int i = 0; i < 8; ++i) {
        commands.push_back(
            RecordReceipt{.programme = "club", .member = ana, .receipt = receipt("g" + std::to_string(i), 1000, at(3, 1))});
        if (i == 4) commands.push_back(poisoned);
    }
    const auto answers = app->run_many(who(), commands);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (i != 5) {
            EXPECT_TRUE(answers[i]) << i << describe(answers[i].error());
        } else {
            ASSERT_FALSE(answers[i]);
            EXPECT_EQ(answers[i].error().code, "internal_inconsistency");
        }
    }
    EXPECT_EQ(balance(ana).pending, Points{50 + 27 + 8 * 30});
    EXPECT_EQ(app->run(who(), poisoned).error().code, "quarantined");
    start();
    EXPECT_EQ(app->run(who(), poisoned).error().code, "quarantined");
}

TEST_F(VerifyTest, a_claim_that_went) {
    store::Batch batch;
    batch.claims.push_back(
        {.row = *store->find_claim({.org = "foods", .kind = store::ClaimKind::receipt, .programme = "club", .value = "r1"}),
         .is_removal = true});
    store->commit(batch);
    EXPECT_EQ(unless_named("receipt_without_claim"), "");
}

TEST_F(VerifyTest, a_claim_of_a_return_that_nobody_made) {
    store::Batch batch;
    batch.claims.push_back({.row = {.key = {.org = "foods", .kind = store::ClaimKind::return_, .programme = "club", .value = "b1"},
                                    .account = key.account}});
    store->commit(batch);
    EXPECT_EQ(unless_named("claim_of_nothing"), "");
}

TEST_F(VerifyTest, a_merged_account_that_is_not_known_where_it_went) {
    const MemberName bob = join("bob");
    bought(bob, receipt("r2", 1000, at(3, 1), "tea"));
    ASSERT_TRUE(app->run(who(), MergeMembers{.programme = "club", .member = bob, .to = ana, .reason = "twins"}));
    expect_sound();
    state = *store->find_state(key);
    ++state.version;
    ASSERT_EQ(state.merged.size(), 1u);
    const store::StateRow sound = state;
    state.merged[0].into = state.merged[0].account;
    write_state();
    EXPECT_EQ(unless_named("merged_account_lost"), "");
    EXPECT_EQ(unless_named("merged_account_stands"), "");
    state = sound;
    ++state.version;
    state.merged.clear();
    write_state();
    EXPECT_EQ(unless_named("merged_account_lost"), "");
}

}  // namespace
}  // namespace suki::app
