#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "rows.h"
#include "store/packing.h"

/// Lists: order, cursors, search, totals.
namespace suki::store::testing {

namespace {

std::vector<std::string> names(const std::vector<MemberRow>& rows) {
    std::vector<std::string> result;
    for (const MemberRow& row : rows) result.push_back(row.name);
    return result;
}

std::vector<std::string> found(Store& store, const std::string& text) {
    return names(store.list_members({.org = "meat", .programme = "club", .text = text}));
}

void add_member(Store& store, std::uint64_t n, const std::string& name) {
    store.commit({.accounts = {account_row(n)}, .members = {member_row(n, name)}});
}

}  // namespace

TEST(Lists, EntriesPageByTimeThenSequence) {
    auto store = in_memory();
    Batch batch{.accounts = {account_row(1)}};
    // Seven entries, all but two at the same instant.
    for (std::int64_t i = 0; i < 7; ++i) {
        EntryRow row = entry_row(1, i);
        row.entry.effective_at = i == 0 ? later(5) : i == 6 ? later(1) : later(3);
        row.entry.unit = i % 2 == 0 ? "points" : "stamps";
        row.entry.cause = i < 4 ? "a" : "b";
        batch.entries.push_back(row);
    }
    store->commit(batch);
    EntryQuery query{.org = "meat", .account = account_id(1), .programme = "club", .limit = 2};
    std::vector<std::int64_t> seen;
    for (;;) {
        const auto page = store->list_entries(query);
        if (page.empty()) break;
        ASSERT_LE(page.size(), 2u);
        for (const EntryRow& row : page) seen.push_back(row.sequence);
        query.before = EntryCursor{page.back().entry.effective_at, page.back().sequence};
    }
    EXPECT_EQ(seen, (std::vector<std::int64_t>{0, 5, 4, 3, 2, 1, 6}));

    query = {.org = "meat", .account = account_id(1), .programme = "club", .unit = "stamps"};
    EXPECT_EQ(store->list_entries(query).size(), 3u);
    query.cause = "b";
    ASSERT_EQ(store->list_entries(query).size(), 1u);
    EXPECT_EQ(store->list_entries(query)[0].sequence, 5);
}

TEST(Lists, ANameThatEverybodyHasNarrowsNothing) {
    auto store = in_memory();
    Batch batch;
    for (std::uint64_t n = 1; n <= 1'500; ++n) {
        batch.accounts.push_back(account_row(n));
        batch.members.push_back(member_row(n, "Person " + std::to_string(n) + (n % 500 == 0 ? " Rare" : "")));
    }
    store->commit(batch);
    EXPECT_EQ(found(*store, "person 1234"), std::vector<std::string>{"Person 1234"});
    EXPECT_EQ(found(*store, "123 person").size(), 11u);  // 123 and 1230 to 1239
    EXPECT_EQ(found(*store, "rare person 5"), std::vector<std::string>{"Person 500 Rare"});
    EXPECT_EQ(found(*store, "person nobody"), std::vector<std::string>{});
    // Both are everybody's, or almost: pages go on through all of them.
    EXPECT_EQ(store->list_members({.org = "meat", .programme = "club", .text = "person 1", .limit = 2'000}).size(), 612u);
    EXPECT_EQ(store->list_members({.org = "meat", .programme = "club", .text = "pers person", .limit = 2'000}).size(), 1'500u);
}

TEST(Lists, RecordsPageByTimeThenIdAndNarrow) {
    auto store = in_memory();
    Batch batch{.accounts = {account_row(1), account_row(2)}};
    for (std::uint64_t n = 1; n <= 6; ++n) {
        RecordRow row = record_row(n, n <= 4 ? std::optional{account_id(n <= 2 ? 1 : 2)} : std::nullopt);
        row.created_at = later(n < 3 ? 1 : 2);
        row.status = n % 2 == 0 ? "open" : "done";
        row.subject = n < 4 ? "tasting" : "hotline";
        row.place = n == 1 ? "north" : "";
        if (n > 3) row.due_at = later(static_cast<std::int64_t>(20 - n));
        batch.records.push_back(row);
    }
    store->commit(batch);
    const auto ids = [](const std::vector<RecordRow>& rows) {
        std::vector<std::uint64_t> found;
        for (const RecordRow& row : rows) found.push_back(row.id.high);
        return found;
    };
    using Ids = std::vector<std::uint64_t>;
    RecordQuery query{.org = "meat", .programme = "club", .limit = 4};
    auto page = store->list_records(query);
    EXPECT_EQ(ids(page), (Ids{6, 5, 4, 3}));
    query.before = RecordCursor{page.back().created_at, page.back().id};
    EXPECT_EQ(ids(store->list_records(query)), (Ids{2, 1}));
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .status = "open"})), (Ids{6, 4, 2}));
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .status = "open", .subject = "tasting"})), Ids{2});
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .subject = "hotline"})), (Ids{6, 5, 4}));
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .place = "north"})), Ids{1});
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .account = account_id(1)})), (Ids{2, 1}));
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .account = account_id(2), .status = "open"})), Ids{4});
    EXPECT_TRUE(store->list_records({.org = "meat", .programme = "other"}).empty());
    EXPECT_TRUE(store->list_records({.org = "fish", .programme = "club"}).empty());
    EXPECT_EQ(ids(store->records_due_before(later(16), 10)), (Ids{6, 5}));
    EXPECT_EQ(ids(store->records_due_before(later(17), 2)), (Ids{6, 5}));
    EXPECT_TRUE(store->records_due_before(later(14), 10).empty());
    // The next version replaces; one that was passed is a conflict, and nothing is written.
    RecordRow changed = batch.records[3];
    changed.status = "done";
    changed.due_at.reset();
    changed.version = 2;
    store->commit({.records = {changed}});
    EXPECT_EQ(store->find_record({"meat", account_id(2), changed.id}), changed);
    EXPECT_EQ(ids(store->list_records({.org = "meat", .programme = "club", .status = "open"})), (Ids{6, 2}));
    EXPECT_THROW(store->commit({.records = {changed}}), Conflict);
    changed.version = 1;
    EXPECT_THROW(store->commit({.records = {changed}}), Conflict);
}

TEST(Lists, ReceiptsPageByTimeThenId) {
    auto store = in_memory();
    Batch batch;
    for (const std::string id : {"a", "b", "c", "d"}) batch.receipts.push_back(receipt_row(1, id, id == "a" ? later(1) : kNow));
    batch.receipts.front().recorded_at = later(6);
    batch.receipts.push_back(receipt_row(2, "other"));
    store->commit(batch);
    for (const bool is_of_owner : {true, false}) {
        ReceiptQuery query{.org = "meat", .programme = "club", .limit = 1};
        if (is_of_owner) query.account = account_id(1);
        std::vector<std::string> seen;
        for (;;) {
            const auto page = store->list_receipts(query);
            if (page.empty()) break;
            seen.push_back(page[0].id);
            query.before = ReceiptCursor{is_of_owner ? page[0].occurred_at : page[0].recorded_at, page[0].id};
        }
        EXPECT_EQ(seen, is_of_owner ? (std::vector<std::string>{"a", "d", "c", "b"})
                                    : (std::vector<std::string>{"a", "other", "d", "c", "b"}));
    }
    std::vector<std::string> since;
    const auto collect = [&since](const ReceiptRow& row) {
        since.push_back(row.id);
        return since.size() < 3;
    };
    store->receipts_recorded_since(owner(1), kNow, collect);
    EXPECT_EQ(since, (std::vector<std::string>{"b", "c", "d"})) << "oldest first, until the callback has enough";
    since.clear();
    store->receipts_recorded_since(owner(1), later(6), collect);
    EXPECT_EQ(since, std::vector<std::string>{"a"}) << "from the instant on, with it";
    since.clear();
    store->receipts_recorded_since(owner(1), later(7), collect);
    EXPECT_TRUE(since.empty());
}

TEST(Lists, MembersNewestFirst) {
    auto store = in_memory();
    for (std::uint64_t n = 1; n <= 5; ++n) add_member(*store, n, "m" + std::to_string(n));
    MemberQuery query{.org = "meat", .programme = "club", .limit = 2};
    EXPECT_EQ(names(store->list_members(query)), (std::vector<std::string>{"m5", "m4"}));
    query.before = member_id(4);
    EXPECT_EQ(names(store->list_members(query)), (std::vector<std::string>{"m3", "m2"}));
    query.text = "m";
    EXPECT_EQ(names(store->list_members(query)), (std::vector<std::string>{"m3", "m2"})) << "a search pages the same way";
    query.before = member_id(2);
    EXPECT_EQ(names(store->list_members(query)), (std::vector<std::string>{"m1"}));
}

TEST(Lists, MembersAreFoundByWhatBeginsAsSought) {
    auto store = in_memory();
    add_member(*store, 1, "Ana Petrova");
    add_member(*store, 2, "Анна Ёлкина-Пак");
    add_member(*store, 3, "Łukasz Żółw O'Neil");
    store->commit(
        {.cards = {{.org = "meat", .number = "AB-77001", .account = account_id(3), .member = member_id(3), .programme = "club"}}});
    using Names = std::vector<std::string>;
    EXPECT_EQ(found(*store, "petr"), Names{"Ana Petrova"});
    EXPECT_EQ(found(*store, "PETR an"), Names{"Ana Petrova"});
    EXPECT_EQ(found(*store, "petr anna"), Names{});
    EXPECT_EQ(found(*store, "etrova"), Names{}) << "from the beginning of a word";
    EXPECT_EQ(found(*store, "АНН"), Names{"Анна Ёлкина-Пак"});
    EXPECT_EQ(found(*store, "елк"), Names{"Анна Ёлкина-Пак"});
    EXPECT_EQ(found(*store, "пак анна"), Names{"Анна Ёлкина-Пак"});
    EXPECT_EQ(found(*store, "lukasz zolw"), Names{"Łukasz Żółw O'Neil"});
    EXPECT_EQ(found(*store, "o'n"), Names{"Łukasz Żółw O'Neil"});
    EXPECT_EQ(found(*store, "+375 (29) 1000002"), Names{"Анна Ёлкина-Пак"});
    EXPECT_EQ(found(*store, "37529").size(), 3u);
    EXPECT_EQ(found(*store, "ANA2@"), Names{"Анна Ёлкина-Пак"});
    EXPECT_EQ(found(*store, "crm-3"), Names{"Łukasz Żółw O'Neil"});
    EXPECT_EQ(found(*store, "ab-77"), Names{"Łukasz Żółw O'Neil"});
    EXPECT_EQ(found(*store, "   ").size(), 3u) << "nothing sought: all";
    EXPECT_EQ(found(*store, "%").size(), 0u);
    EXPECT_EQ(found(*store, "-").size(), 0u);

    MemberRow renamed = member_row(1, "Nina");
    renamed.version = 2;
    renamed.phone.clear();
    store->commit({.members = {renamed}});
    EXPECT_EQ(found(*store, "petr"), Names{}) << "an old name finds nobody";
    EXPECT_EQ(found(*store, "nina"), Names{"Nina"});
    EXPECT_EQ(found(*store, "37529").size(), 2u);
}

TEST(Lists, FoldingKnowsItsAlphabets) {
    EXPECT_EQ(folded_text("ÀÉÎÕÜÇÑ àéîõüçñ"), "aeioucn aeioucn");
    EXPECT_EQ(folded_text("ŠŽŁŃĄĘŚŻ šžłńąęśż"), "szlnaesz szlnaesz");
    EXPECT_EQ(folded_text("ĂŢŞĞİŐŰŪ"), "atsgiouu");
    EXPECT_EQ(folded_text("ЁЖЯЎІ ёжяўі"), "ежяўі ежяўі");
    EXPECT_EQ(folded_text("ΑΩ"), "αω");
    EXPECT_EQ(folded_text("ø÷×日本"), "o÷×日本");
    EXPECT_EQ(folded_words("  Jean-Luc,  d'Arc "), (std::vector<std::string>{"jean", "luc", "d'arc"}));
    EXPECT_TRUE(folded_words("").empty());
    EXPECT_EQ(folded_text("b\xc3"), "ba") << "a broken text is taken byte by byte, never read beyond its end";
}

TEST(Lists, DueOwnersComeSoonestFirstAndOnce) {
    auto store = in_memory();
    Batch batch;
    const auto due = [&batch](std::uint64_t n, std::int64_t first, std::int64_t second) {
        StateRow row = state_row(n);
        row.wallets = {wallet(10, 0, later(first)), wallet(10, 0, later(second))};
        row.wallets[1].unit = "stamps";
        batch.accounts.push_back(account_row(n));
        batch.states.push_back(row);
    };
    due(1, 50, 20);
    due(2, 10, 10);
    due(3, 20, 99);
    due(4, 100, 101);
    StateRow nothing = state_row(5);
    nothing.wallets.clear();
    batch.accounts.push_back(account_row(5));
    batch.states.push_back(nothing);
    store->commit(batch);

    const auto all = store->owners_due_before(later(100), std::nullopt, 10);
    ASSERT_EQ(all.size(), 3u) << "each owner once, however many wallets; due at 100 is not before 100";
    EXPECT_EQ(all[0].owner, owner(2));
    EXPECT_EQ(all[0].due_at, later(10));
    EXPECT_EQ(all[1].due_at, later(20));
    EXPECT_EQ(all[2].due_at, later(20));
    const auto first = store->owners_due_before(later(100), std::nullopt, 2);
    const auto rest = store->owners_due_before(later(100), first.back(), 2);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].owner, all[2].owner);
    EXPECT_EQ(store->owners_due_before(later(101), std::nullopt, 10).size(), 4u);
}

TEST(Lists, DiscrepanciesOpenOrAll) {
    auto store = in_memory();
    Batch batch;
    for (std::uint64_t n = 1; n <= 4; ++n) {
        batch.discrepancies.push_back(
            {.org = "meat", .programme = "club", .id = {n, 0}, .receipt = "r", .kind = "k", .recorded_at = kNow});
    }
    batch.discrepancies[1].resolved_at = kNow;
    store->commit(batch);
    DiscrepancyQuery query{.org = "meat", .programme = "club", .limit = 2};
    auto page = store->list_discrepancies(query);
    ASSERT_EQ(page.size(), 2u);
    EXPECT_EQ(page[0].id.high, 4u);
    EXPECT_EQ(page[1].id.high, 3u);
    query.before = DiscrepancyCursor{page[1].recorded_at, page[1].id};
    page = store->list_discrepancies(query);
    ASSERT_EQ(page.size(), 1u);
    EXPECT_EQ(page[0].id.high, 1u);
    query = {.org = "meat", .programme = "club", .is_open_only = false};
    EXPECT_EQ(store->list_discrepancies(query).size(), 4u);
    EXPECT_EQ(store->overview("meat", "club", {0}).open_discrepancies, 3);
}

TEST(Lists, OverviewSums) {
    auto store = in_memory();
    Batch batch = purchase(1);
    batch.append(purchase(2));
    batch.append(purchase(3));
    batch.states[1].wallets[0].owed = Points{7};
    batch.receipts[2].date = {20'501};
    ReceiptRow elsewhere = receipt_row(1, "elsewhere");
    elsewhere.programme = "other";
    batch.receipts.push_back(elsewhere);
    store->commit(batch);
    const Overview overview = store->overview("meat", "club", {20'500});
    EXPECT_EQ(overview.members, 3);
    EXPECT_EQ(overview.receipts, 3);
    EXPECT_EQ(overview.today, (DayTotals{{20'500}, 2, Money{1'700}}));
    ASSERT_EQ(overview.units.size(), 1u);
    EXPECT_EQ(overview.units[0], (UnitTotals{"points", 3, Points{120}, Points{300}, Points{0}, Points{7}}));
    EXPECT_EQ(store->overview("meat", "club", {20'499}).today, (DayTotals{{20'499}, 0, Money{0}}));
    EXPECT_EQ(store->daily_totals("meat", "club", {{20'500}, {20'501}}).size(), 1u);
    EXPECT_EQ(store->daily_totals("meat", "club", {{20'500}, {20'502}}).size(), 2u);
}

TEST(Lists, VisitGoesOwnerByOwnerAndMayReadInBetween) {
    auto store = in_memory();
    Batch batch;
    for (std::uint64_t n = 1; n <= 20; ++n) batch.append(purchase(n));
    store->commit(batch);
    std::vector<std::pair<AccountId, std::int64_t>> seen;
    int read_meanwhile = 0;
    Visitor visitor;
    visitor.entry = [&](const EntryRow& row) {
        seen.emplace_back(row.account, row.sequence);
        read_meanwhile += store->find_state({row.org, row.account, row.programme}).has_value();
        int nested = 0;
        store->receipts_recorded_since({row.org, row.account, row.programme}, kNow,
                                       [&](const ReceiptRow&) { return ++nested > 0; });
        read_meanwhile += nested;
        return true;
    };
    int states = 0;
    visitor.state = [&](const StateRow&) { return ++states < 3; };
    store->visit(visitor);
    ASSERT_EQ(seen.size(), 40u);
    EXPECT_EQ(read_meanwhile, 80);
    EXPECT_EQ(states, 3) << "ends with its table";
    std::set<AccountId> accounts;
    for (std::size_t i = 0; i < seen.size(); i += 2) {
        EXPECT_EQ(seen[i].first, seen[i + 1].first);
        EXPECT_EQ(seen[i].second, 0);
        EXPECT_EQ(seen[i + 1].second, 1);
        EXPECT_TRUE(accounts.insert(seen[i].first).second);
    }
    EXPECT_TRUE(store->accounts_counted_below("meat", "club", 3, std::nullopt, 100).empty());
    std::set<AccountId> behind;
    std::optional<AccountId> last;
    for (int page = 0; page < 3; ++page) {
        const std::vector<AccountId> found = store->accounts_counted_below("meat", "club", 4, last, 7);
        ASSERT_EQ(found.size(), page < 2 ? 7U : 6U);
        behind.insert(found.begin(), found.end());
        last = found.back();
    }
    EXPECT_EQ(behind, accounts) << "each once, page by page";
    EXPECT_TRUE(store->accounts_counted_below("meat", "club", 4, last, 7).empty());
}

}  // namespace suki::store::testing
