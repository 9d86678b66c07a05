#include "rows.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/embedded.h"

namespace suki::store::testing {

TEST(Rows, ComeBackAsTheyWereWritten) {
    auto store = in_memory();
    Batch batch = purchase(1);
    batch.organisations = {{.id = "meat", .name = "Meat works", .created_at = kNow}};
    batch.programmes = {{.org = "meat", .id = "club", .name = "Club", .created_at = kNow}};
    batch.editions = {{.org = "meat",
                       .programme = "club",
                       .number = 1,
                       .effective_on = {20'000},
                       .document = "programme: club\n",
                       .hash = "abc",
                       .semantics = 1,
                       .published_at = kNow,
                       .published_by = "olga",
                       .note = "first"}};
    batch.activities = {{.org = "meat",
                         .account = account_id(1),
                         .programme = "club",
                         .id = "v1",
                         .member = member_id(1),
                         .kind = "visit",
                         .store = "north",
                         .occurred_at = kNow,
                         .recorded_at = later(1),
                         .date = {20'500}}};
    RecordRow of_programme = record_row(900);
    of_programme.due_at = later(50);
    batch.records.push_back(of_programme);
    batch.discrepancies = {{.org = "meat",
                            .programme = "club",
                            .id = {5, 6},
                            .account = account_id(1),
                            .receipt = "receipt-1",
                            .kind = "charged_differs",
                            .charged = 90,
                            .decided = 80,
                            .recorded_at = kNow}};
    batch.quarantine = {{.key = {"meat", digest("q")},
                         .command = "record_receipt",
                         .subject = "receipt-7",
                         .reason = "books",
                         .recorded_at = kNow}};
    batch.suspects = {{.key = {"meat", digest("s")},
                       .command = "return_goods",
                       .subject = "return-7",
                       .deaths = 1,
                       .last_death = "d1",
                       .recorded_at = kNow}};
    batch.products = {{.org = "meat",
                       .product = {.sku = "s1",
                                   .title = {.any = {}, .languages = {{"en", "Ham"}, {"ru", "Окорок"}}},
                                   .category = "food/meat",
                                   .brand = "b",
                                   .unit = QuantityUnit::kg,
                                   .cost = Money{5},
                                   .tags = {"a\nb", "c"}}}};
    batch.places = {
        {.org = "meat", .place = {.id = "north", .title = "North", .region = "r", .zone = "Europe/Minsk", .place = "p"}}};
    batch.api_keys = {{.id = "k1",
                       .org = "meat",
                       .secret_hash = digest("s"),
                       .scopes = {"till", "admin"},
                       .programme = "club",
                       .store = "north",
                       .label = "Till 1",
                       .created_at = kNow,
                       .revoked_at = later(3)}};
    batch.console_users = {
        {.row = {.org = "meat", .name = "olga", .password_hash = "$argon2id$…", .role = "admin", .created_at = kNow}}};
    batch.sessions = {
        {.token_hash = digest("t"), .org = "meat", .user = "olga", .csrf = "c", .created_at = kNow, .expires_at = later(100)}};
    batch.secrets = {{.name = "mac-1", .value = std::string("\0\1", 2), .created_at = kNow}};
    store->commit(batch);

    EXPECT_EQ(store->find_organisation("meat"), batch.organisations[0]);
    EXPECT_EQ(store->organisations().size(), 1u);
    EXPECT_EQ(store->find_programme("meat", "club"), batch.programmes[0]);
    EXPECT_EQ(store->programmes("meat").size(), 1u);
    EXPECT_EQ(store->find_edition("meat", "club", 1), batch.editions[0]);
    EXPECT_EQ(store->editions("meat", "club").size(), 1u);
    EXPECT_EQ(store->find_account("meat", account_id(1)), batch.accounts[0]);
    EXPECT_EQ(store->find_member("meat", account_id(1), member_id(1)), batch.members[0]);
    EXPECT_EQ(store->members_of("meat", account_id(1)), batch.members);
    EXPECT_EQ(store->find_card("meat", account_id(1), "card-1"), batch.cards[0]);
    EXPECT_EQ(store->cards_of("meat", account_id(1)), batch.cards);
    EXPECT_EQ(store->find_claim(batch.claims[1].row.key), batch.claims[1].row);
    EXPECT_EQ(store->find_state(owner(1)), batch.states[0]);
    EXPECT_EQ(store->find_receipt("meat", "club", account_id(1), "receipt-1"), batch.receipts[0]);
    EXPECT_EQ(store->find_idempotency("meat", "till-1", "key-1"), batch.idempotency[0]);
    EXPECT_EQ(store->find_activity(owner(1), "v1"), batch.activities[0]);
    EXPECT_EQ(store->activities_of(owner(1), 5), batch.activities);
    EXPECT_EQ(store->find_record({"meat", account_id(1), batch.records[0].id}), batch.records[0]);
    EXPECT_EQ(store->find_record({"meat", std::nullopt, of_programme.id}), of_programme);
    EXPECT_EQ(store->find_record({"meat", std::nullopt, {901, 3}}), std::nullopt);
    EXPECT_EQ(store->read_outbox(5), batch.outbox);
    EXPECT_EQ(store->find_discrepancy("meat", "club", {5, 6}), batch.discrepancies[0]);
    EXPECT_EQ(store->quarantine(), batch.quarantine);
    EXPECT_EQ(store->suspects(), batch.suspects);
    EXPECT_EQ(store->find_pool({"meat", "club", "budget-1", {20'000}}), (Pool{.row = batch.pools[0], .portions = {}}));
    EXPECT_EQ(store->pools("meat", "club"), batch.pools);
    EXPECT_EQ(store->find_api_key("k1"), batch.api_keys[0]);
    EXPECT_EQ(store->api_keys("meat"), batch.api_keys);
    EXPECT_EQ(store->find_console_user("meat", "olga"), batch.console_users[0].row);
    EXPECT_EQ(store->console_users("meat"), std::vector{batch.console_users[0].row});
    EXPECT_EQ(store->find_session(digest("t")), batch.sessions[0]);
    EXPECT_EQ(store->find_secret("mac-1"), batch.secrets[0]);
    EXPECT_EQ(store->secrets(), batch.secrets);

    const auto products = store->find_products("meat", {"s1", "unknown", "s1"});
    ASSERT_EQ(products.size(), 1u);
    EXPECT_EQ(products[0].title, batch.products[0].product.title);
    EXPECT_EQ(products[0].tags, batch.products[0].product.tags);
    EXPECT_EQ(products[0].cost, Money{5});
    EXPECT_EQ(products[0].unit, QuantityUnit::kg);
    EXPECT_EQ(store->list_products("meat", "s", "", 5).size(), 1u);
    EXPECT_TRUE(store->list_products("meat", "s", "s1", 5).empty());
    EXPECT_TRUE(store->list_products("meat", "t", "", 5).empty());
    ASSERT_TRUE(store->find_place("meat", "north"));
    EXPECT_EQ(store->find_place("meat", "north")->zone, "Europe/Minsk");
    EXPECT_EQ(store->places("meat").size(), 1u);

    EntryQuery query{.org = "meat", .account = account_id(1), .programme = "club"};
    const auto entries = store->list_entries(query);
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0], batch.entries[1]) << "equal times: the later sequence first";
    EXPECT_EQ(entries[1], batch.entries[0]);
}

TEST(Rows, ManyAtOnceAreThoseOfOneAtATime) {
    const auto store = in_memory();
    for (std::uint64_t n = 1; n <= 5; ++n) store->commit(purchase(n));

    std::vector<ClaimKey> claims;
    std::vector<IdempotencyKey> keys;
    std::vector<OwnerKey> owners;
    for (const std::uint64_t n : {4, 9, 2, 1}) {  // nothing is known of 9
        const Batch batch = purchase(n);
        for (const auto& claim : batch.claims) claims.push_back(claim.row.key);
        keys.push_back({"meat", "till-1", "key-" + std::to_string(n)});
        owners.push_back(owner(n));
    }

    const auto by_claim = [](const ClaimRow& a, const ClaimRow& b) { return a.key < b.key; };
    std::vector<ClaimRow> wanted_claims;
    for (const ClaimKey& key : claims) {
        if (auto row = store->find_claim(key)) wanted_claims.push_back(*std::move(row));
    }
    std::vector<ClaimRow> found_claims = store->look_up({.claims = claims}).claims;
    std::ranges::sort(wanted_claims, by_claim);
    std::ranges::sort(found_claims, by_claim);
    EXPECT_EQ(wanted_claims.size(), 3 * purchase(1).claims.size());
    EXPECT_EQ(found_claims, wanted_claims);

    std::vector<IdempotencyRow> found_keys = store->look_up({.idempotencies = keys}).idempotencies;
    std::ranges::sort(found_keys, {}, &IdempotencyRow::key);
    ASSERT_EQ(found_keys.size(), 3u);
    for (const IdempotencyRow& row : found_keys) EXPECT_EQ(row, store->find_idempotency("meat", "till-1", row.key));

    const auto loaded = store->look_up({.owners = owners}).owners;
    ASSERT_EQ(loaded.size(), 3u);
    for (const auto& [key, row] : loaded) {
        const auto alone = store->load_owner(key);
        ASSERT_TRUE(alone);
        EXPECT_EQ(row.account, alone->account);
        EXPECT_EQ(row.members, alone->members);
        EXPECT_EQ(row.state, alone->state);
    }

    const Found nothing = store->look_up({});
    EXPECT_TRUE(nothing.claims.empty());
    EXPECT_TRUE(nothing.idempotencies.empty());
    EXPECT_TRUE(nothing.owners.empty());
}

TEST(Rows, CommandsAreReleasedAndClearedByKey) {
    const auto store = in_memory();
    const CommandKey first{"meat", digest("a")};
    const CommandKey second{"meat", digest("b")};
    store->commit({.quarantine = {{.key = first}, {.key = second}}, .suspects = {{.key = first}, {.key = second}}});
    // Of another organisation, and absent ones, are passed over.
    store->commit({.quarantine_released = {{"fish", digest("a")}, second, {"meat", digest("c")}},
                   .suspects_cleared = {{"fish", digest("b")}, first, {"meat", digest("c")}}});
    ASSERT_EQ(store->quarantine().size(), 1u);
    EXPECT_EQ(store->quarantine()[0].key, first);
    ASSERT_EQ(store->suspects().size(), 1u);
    EXPECT_EQ(store->suspects()[0].key, second);
}

TEST(Rows, AbsentOnesAreNothing) {
    auto store = in_memory();
    EXPECT_FALSE(store->find_account("meat", account_id(1)));
    EXPECT_FALSE(store->load_owner(owner(1)));
    EXPECT_FALSE(store->find_claim({.org = "meat", .kind = ClaimKind::card, .value = "x"}));
    EXPECT_FALSE(store->find_receipt("meat", "club", std::nullopt, "x"));
    EXPECT_FALSE(store->find_secret("x"));
    EXPECT_TRUE(store->list_members({.org = "meat", .programme = "club"}).empty());
    EXPECT_EQ(store->overview("meat", "club", {1}).receipts, 0);
}

TEST(Rows, AnotherOrganisationSeesNothing) {
    auto store = in_memory();
    store->commit(purchase(1));
    EXPECT_FALSE(store->find_account("other", account_id(1)));
    EXPECT_FALSE(store->find_receipt("other", "club", account_id(1), "receipt-1"));
    EXPECT_FALSE(store->find_idempotency("other", "till-1", "key-1"));
    EXPECT_FALSE(store->find_claim({.org = "other", .kind = ClaimKind::card, .programme = "club", .value = "card-1"}));
    EXPECT_TRUE(store->list_members({.org = "other", .programme = "club", .text = "ana"}).empty());
}

TEST(Rows, OwnerIsLoadedWithItsMembersOfThatProgramme) {
    auto store = in_memory();
    Batch batch = purchase(1);
    MemberRow other = member_row(1);
    other.id = member_id(77);
    other.programme = "elsewhere";
    batch.members.push_back(other);
    store->commit(batch);
    const auto loaded = store->load_owner(owner(1));
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->account, batch.accounts[0]);
    ASSERT_EQ(loaded->members.size(), 1u);
    EXPECT_EQ(loaded->members[0].id, member_id(1));
    EXPECT_EQ(loaded->state, batch.states[0]);
    EXPECT_FALSE(store->load_owner({"meat", account_id(1), "elsewhere"})->state);
}

TEST(Rows, ReceiptWithoutMemberLivesByItsId) {
    auto store = in_memory();
    ReceiptRow row = receipt_row(1, "anonymous");
    row.account.reset();
    row.member.reset();
    store->commit({.receipts = {row}});
    EXPECT_EQ(store->find_receipt("meat", "club", std::nullopt, "anonymous"), row);
}

TEST(Rows, WalletsStandBesideTheState) {
    auto store = in_memory();
    store->commit(purchase(1));
    auto rows = store->wallets(owner(1));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].available, Points{100});
    EXPECT_EQ(rows[0].pending, Points{40});
    EXPECT_EQ(rows[0].next_due_at, later(kDayUs)) << "the maturity comes before the expiry";

    StateRow next = state_row(1);
    next.version = 2;
    next.wallets[0].unit = "stamps";
    next.wallets[0].lots.clear();
    store->commit({.states = {next}});
    rows = store->wallets(owner(1));
    ASSERT_EQ(rows.size(), 1u) << "a wallet that is gone leaves no balance behind";
    EXPECT_EQ(rows[0].unit, "stamps");
    EXPECT_FALSE(rows[0].next_due_at);
}

TEST(Rows, WhoSharesAnAccountIsKeptInItsState) {
    auto store = in_memory();
    store->commit(purchase(1));
    StateRow next = state_row(1);
    const Merged merged{.account = account_id(2), .into = account_id(1), .at = later(1)};
    Merged named = merged;
    named.member = {{7, 8}};
    const Household household{.owner = {{5, 6}}, .is_owner_paying = true, .begun_at = later(2)};
    const auto keep = [&](std::vector<Merged> all, std::optional<Household> shared, std::vector<AccountId> left) {
        ++next.version;
        next.merged = std::move(all);
        next.household = shared;
        next.left = std::move(left);
        store->commit({.states = {next}});
        EXPECT_EQ(store->find_state(owner(1)), std::optional{next}) << next.version;
    };
    keep({merged}, std::nullopt, {});
    keep({merged, named}, household, {});
    keep({}, std::nullopt, {account_id(3), account_id(4)});
    keep({named}, household, {account_id(3)});
    keep({}, household, {});
    keep({}, std::nullopt, {});
}

TEST(Rows, WritingAUserEndsTheSessionsOfThatUserAlone) {
    auto store = in_memory();
    const auto user = [](const std::string& name, const std::string& hash) {
        return ConsoleUserRow{.org = "meat", .name = name, .password_hash = hash, .role = "admin", .created_at = kNow};
    };
    const auto session = [](const std::string& name) {
        return SessionRow{.token_hash = digest(name), .org = "meat", .user = name, .created_at = kNow, .expires_at = later(100)};
    };
    store->commit({.console_users = {{.row = user("olga", "1")}, {.row = user("ivan", "1")}},
                   .sessions = {session("olga"), session("ivan")}});
    store->commit({.console_users = {{.row = user("olga", "2")}}});
    EXPECT_EQ(store->find_console_user("meat", "olga")->password_hash, "2");
    EXPECT_FALSE(store->find_session(digest("olga")));
    EXPECT_TRUE(store->find_session(digest("ivan")));

    store->commit(
        {.console_users = {{.row = user("ivan", "1"), .is_removal = true}, {.row = user("none", "1"), .is_removal = true}}});
    EXPECT_FALSE(store->find_console_user("meat", "ivan"));
    EXPECT_FALSE(store->find_session(digest("ivan")));
    EXPECT_EQ(store->console_users("meat").size(), 1u);
    store->commit({.console_users = {{.row = user("ivan", "3"), .is_removal = true}, {.row = user("ivan", "3")}}});
    EXPECT_EQ(store->find_console_user("meat", "ivan")->password_hash, "3") << "in their order";
}

TEST(Rows, EveryMigrationIsInTheBinary) {
    ASSERT_FALSE(embedded::list("migrations/sqlite/").empty());
    const auto* first = embedded::find("migrations/sqlite/0001_first.sql");
    ASSERT_NE(first, nullptr);
    EXPECT_NE(first->bytes.find("create table receipt"), std::string_view::npos);
    EXPECT_EQ(first->bytes.data()[first->bytes.size()], '\0');
    EXPECT_EQ(embedded::find("migrations/sqlite/0001_firs"), nullptr);
}

TEST(Batches, AppendKeepsTheOrderOfBoth) {
    Batch all = purchase(1);
    all.append(purchase(2));
    EXPECT_FALSE(all.is_empty());
    ASSERT_EQ(all.entries.size(), 4u);
    EXPECT_EQ(all.entries[3].account, account_id(2));
    EXPECT_EQ(all.claims.size(), 4u);
    EXPECT_TRUE(Batch{}.is_empty());
    Batch sweep;
    sweep.sessions_expired_by = kNow;
    EXPECT_FALSE(sweep.is_empty());
}

}  // namespace suki::store::testing
