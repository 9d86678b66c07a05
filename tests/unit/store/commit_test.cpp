#include <gtest/gtest.h>

#include "rows.h"

/// A batch is wholly there or not at all; versions and claims decide between writers.
namespace suki::store::testing {

namespace {

const Counts kOnePurchase{
    .accounts = 1, .members = 1, .cards = 1, .claims = 2, .states = 1, .wallets = 1, .entries = 2, .receipts = 1, .pools = 1};

/// What a commit answers: nothing, or the table of the conflict.
std::string conflict_of(Store& store, const Batch& batch) {
    try {
        store.commit(batch);
        return {};
    } catch (const Conflict& conflict) {
        EXPECT_TRUE(conflict.retryable);
        return conflict.table;
    }
}

}  // namespace

TEST(Commit, FailureAtAnyOperationLeavesNothingHalfWritten) {
    bool is_through = false;
    int faults = 0;
    int unknown = 0;
    for (std::int64_t n = 1; !is_through; ++n) {
        auto store = in_memory();
        store->fail_at(n);
        bool is_durable = false;
        try {
            store->commit(purchase(1));
            is_through = true;
            is_durable = true;
        } catch (const StoreFault& fault) {
            ++faults;
            EXPECT_TRUE(fault.retryable);
            unknown += fault.is_outcome_unknown;
            is_durable = fault.is_outcome_unknown;
        }
        store->fail_at(0);
        ASSERT_EQ(counts(*store), is_durable ? kOnePurchase : Counts{}) << "failed at operation " << n;
        ASSERT_EQ(store->find_idempotency("meat", "till-1", "key-1").has_value(), is_durable);
        ASSERT_EQ(store->read_outbox(9).size(), is_durable ? 1u : 0u);
        ASSERT_EQ(store->list_members({.org = "meat", .programme = "club", .text = "ana"}).size(), is_durable ? 1u : 0u);
        // The store is of use afterwards: the same again, unless it was done.
        if (!is_durable) store->commit(purchase(1));
        ASSERT_EQ(counts(*store), kOnePurchase);
    }
    EXPECT_GT(faults, 15);
    EXPECT_EQ(unknown, 1) << "only the answer after the commit is lost with the outcome open";
}

TEST(Commit, ConflictAnywhereUndoesTheWholeBatch) {
    auto store = in_memory();
    store->commit(purchase(1));
    Batch batch = purchase(2);
    batch.idempotency.push_back(idempotency_row("key-1"));  // taken: nearly the last thing written
    EXPECT_EQ(conflict_of(*store, batch), "idempotency");
    EXPECT_EQ(counts(*store), kOnePurchase);
    EXPECT_FALSE(store->find_idempotency("meat", "till-1", "key-2"));
}

TEST(Commit, VersionsFollowOneAnother) {
    auto store = in_memory();
    store->commit(purchase(1));
    StateRow state = state_row(1);
    EXPECT_EQ(conflict_of(*store, {.states = {state}}), "account_state") << "version 1 is there already";
    state.version = 3;
    EXPECT_EQ(conflict_of(*store, {.states = {state}}), "account_state") << "version 2 is missing";
    state.version = 2;
    state.entries = 9;
    EXPECT_EQ(conflict_of(*store, {.states = {state}}), "");
    EXPECT_EQ(store->find_state(owner(1)), state);
    EXPECT_EQ(conflict_of(*store, {.states = {state}}), "account_state") << "the second of two who read version 1";
    state.version = 0;
    EXPECT_EQ(conflict_of(*store, {.states = {state}}), "account_state");

    StateRow third = state;
    third.version = 3;
    StateRow fourth = state;
    fourth.version = 4;
    EXPECT_EQ(conflict_of(*store, {.states = {third, fourth}}), "") << "several commands of one account in one batch";
    EXPECT_EQ(store->find_state(owner(1)), fourth);
}

TEST(Commit, EveryVersionedTableIsConditional) {
    auto store = in_memory();
    store->commit(purchase(1));
    const Batch again = purchase(1);
    EXPECT_EQ(conflict_of(*store, {.accounts = again.accounts}), "account");
    EXPECT_EQ(conflict_of(*store, {.members = again.members}), "member");
    EXPECT_EQ(conflict_of(*store, {.receipts = again.receipts}), "receipt");
    EXPECT_EQ(conflict_of(*store, {.pools = again.pools}), "pool");
    EXPECT_EQ(conflict_of(*store, {.entries = {again.entries[0]}}), "entry");

    AccountRow account = again.accounts[0];
    account.version = 2;
    account.merged_into = account_id(2);
    MemberRow member = again.members[0];
    member.version = 2;
    member.name = "Nina";
    ReceiptRow receipt = again.receipts[0];
    receipt.version = 2;
    receipt.packed = sealed("returned");
    PoolRow pool = again.pools[0];
    pool.version = 2;
    pool.drawn = 6;
    PortionRow portion{.org = "meat", .programme = "club", .key = pool.key, .period_start = pool.period_start, .holder = "s1"};
    store->commit({.portions = {{portion}}});
    EXPECT_EQ(conflict_of(*store, {.portions = {{portion}}}), "portion");
    portion.version = 2;
    portion.undrawn = 7;
    const Batch next{.accounts = {account}, .members = {member}, .receipts = {receipt}, .pools = {pool}, .portions = {{portion}}};
    EXPECT_EQ(conflict_of(*store, next), "");
    EXPECT_EQ(store->find_account("meat", account_id(1)), account);
    EXPECT_EQ(store->find_member("meat", account_id(1), member_id(1)), member);
    EXPECT_EQ(store->find_receipt("meat", "club", account_id(1), "receipt-1"), receipt);
    EXPECT_EQ(store->find_pool({"meat", "club", pool.key, pool.period_start}), (Pool{.row = pool, .portions = {portion}}));
    EXPECT_EQ(conflict_of(*store, next), "account");
    EXPECT_EQ(conflict_of(*store, {.portions = {{portion}}}), "portion");
    EXPECT_EQ(conflict_of(*store, {.portions = {{portion, true}}}), "portion") << "at another version";
    ++portion.version;
    EXPECT_EQ(conflict_of(*store, {.portions = {{portion, true}}}), "");
    EXPECT_TRUE(store->find_pool({"meat", "club", pool.key, pool.period_start})->portions.empty());
}

TEST(Commit, EditionsAreForEver) {
    auto store = in_memory();
    const EditionRow edition{.org = "meat", .programme = "club", .number = 1, .document = "a"};
    store->commit({.organisations = {{.id = "meat"}}, .programmes = {{.org = "meat", .id = "club"}}, .editions = {edition}});
    EditionRow changed = edition;
    changed.document = "b";
    EXPECT_EQ(conflict_of(*store, {.editions = {changed}}), "edition");
    EXPECT_EQ(store->find_edition("meat", "club", 1)->document, "a");
}

TEST(Commit, ClaimsAreExclusiveAndMove) {
    auto store = in_memory();
    store->commit({.claims = {{claim_row(ClaimKind::phone, "+375", 1)}}});
    EXPECT_EQ(conflict_of(*store, {.claims = {{claim_row(ClaimKind::phone, "+375", 2)}}}), "claim");
    EXPECT_EQ(conflict_of(*store, {.claims = {{claim_row(ClaimKind::email, "+375", 2)}}}), "") << "another kind is another claim";
    ClaimRow elsewhere = claim_row(ClaimKind::phone, "+375", 2);
    elsewhere.key.programme = "other";
    EXPECT_EQ(conflict_of(*store, {.claims = {{elsewhere}}}), "") << "another programme is another claim";

    EXPECT_EQ(conflict_of(*store, {.claims = {{claim_row(ClaimKind::phone, "+375", 2), true}}}), "claim")
        << "what another account holds is not removed";
    EXPECT_EQ(conflict_of(*store, {.claims = {{claim_row(ClaimKind::phone, "+376", 1), true}}}), "claim");
    EXPECT_EQ(
        conflict_of(*store, {.claims = {{claim_row(ClaimKind::phone, "+375", 1), true}, {claim_row(ClaimKind::phone, "+375", 2)}}}),
        "");
    EXPECT_EQ(store->find_claim(claim_row(ClaimKind::phone, "+375", 1).key)->account, account_id(2));
    // Claimed and given up within one batch: the order counts.
    EXPECT_EQ(conflict_of(*store, {.claims = {{claim_row(ClaimKind::card, "c", 1)}, {claim_row(ClaimKind::card, "c", 1), true}}}),
              "");
    EXPECT_FALSE(store->find_claim(claim_row(ClaimKind::card, "c", 1).key));
}

TEST(Commit, ClaimOfNobodyIsRemovedByNobody) {
    auto store = in_memory();
    ClaimRow claim = claim_row(ClaimKind::receipt, "r", 1);
    claim.account.reset();
    claim.member.reset();
    store->commit({.claims = {{claim}}});
    EXPECT_EQ(store->find_claim(claim.key), claim);
    EXPECT_EQ(conflict_of(*store, {.claims = {{claim_row(ClaimKind::receipt, "r", 1), true}}}), "claim");
    EXPECT_EQ(conflict_of(*store, {.claims = {{claim, true}}}), "");
}

TEST(Commit, IdempotencyKeyIsRememberedOncePerApiKey) {
    auto store = in_memory();
    store->commit({.idempotency = {idempotency_row("k")}});
    IdempotencyRow other = idempotency_row("k");
    other.command_hash = digest("another command");
    EXPECT_EQ(conflict_of(*store, {.idempotency = {other}}), "idempotency");
    EXPECT_EQ(store->find_idempotency("meat", "till-1", "k")->command_hash, digest("k"));
    other.api_key = "till-2";
    EXPECT_EQ(conflict_of(*store, {.idempotency = {other}}), "");
}

TEST(Commit, OrphanIsABugNotAConflict) {
    auto store = in_memory();
    try {
        store->commit({.states = {state_row(1)}});
        FAIL() << "a state without its account was written";
    } catch (const Conflict&) {
        FAIL() << "trying again would not help";
    } catch (const StoreFault& fault) {
        EXPECT_FALSE(fault.retryable);
    }
    EXPECT_FALSE(store->find_state(owner(1)));
}

TEST(Commit, OutboxIsTakenByKey) {
    auto store = in_memory();
    Batch batch = purchase(1);
    batch.append(purchase(2));
    store->commit(batch);
    const auto rows = store->read_outbox(1);
    ASSERT_EQ(rows.size(), 1u);
    store->commit({.outbox_delivered = rows});
    store->commit({.outbox_delivered = rows});
    EXPECT_EQ(store->read_outbox(9), std::vector<OutboxRow>{batch.outbox[1]});
}

TEST(Commit, SessionsEnd) {
    auto store = in_memory();
    const auto session = [](std::string_view token, std::int64_t expires_in_us) {
        return SessionRow{.token_hash = digest(token), .org = "meat", .user = "olga", .expires_at = later(expires_in_us)};
    };
    store->commit({.sessions = {session("a", 10), session("b", 10), session("c", 11)}});
    store->commit({.sessions_ended = {digest("a")}});
    EXPECT_FALSE(store->find_session(digest("a")));
    EXPECT_TRUE(store->find_session(digest("b")));
    store->commit({.sessions_expired_by = later(10)});
    EXPECT_FALSE(store->find_session(digest("b"))) << "expires_at is the first instant without it";
    EXPECT_TRUE(store->find_session(digest("c")));
}

TEST(Commit, ApiKeyCannotBeTakenOver) {
    auto store = in_memory();
    store->commit({.api_keys = {{.id = "k", .org = "meat", .secret_hash = digest("s")}}});
    EXPECT_EQ(conflict_of(*store, {.api_keys = {{.id = "k", .org = "other", .secret_hash = digest("x")}}}), "api_key");
    EXPECT_EQ(store->find_api_key("k")->secret_hash, digest("s"));
}

TEST(Commit, PutsWriteOver) {
    auto store = in_memory();
    store->commit(purchase(1));
    CardRow card = purchase(1).cards[0];
    card.status = CardStatus::blocked;
    DiscrepancyRow discrepancy{.org = "meat", .programme = "club", .id = {1, 1}, .receipt = "r", .kind = "k", .recorded_at = kNow};
    store->commit(
        {.cards = {card}, .discrepancies = {discrepancy}, .products = {{.org = "meat", .product = {.sku = "s", .brand = "a"}}}});
    discrepancy.resolved_at = later(1);
    discrepancy.resolved_by = "olga";
    store->commit({.discrepancies = {discrepancy}, .products = {{.org = "meat", .product = {.sku = "s", .brand = "b"}}}});
    EXPECT_EQ(store->find_card("meat", account_id(1), card.number), card);
    EXPECT_EQ(store->find_discrepancy("meat", "club", {1, 1}), discrepancy);
    EXPECT_EQ(store->find_products("meat", {"s"})[0].brand, "b");
}

}  // namespace suki::store::testing
