#include <functional>
#include <set>
#include <thread>

#include "app/trade_in.h"
#include "fixture.h"

/// Trade-in where a story can't look: many who ask at once, the same asked twice, and what verify would say.
namespace suki::app {
namespace {

using engine::TradeItemStatus;
using engine::TradeItemStep;

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class TradeInTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"),
                        "household: {people: 4}\n"
                        "trade_in:\n"
                        "  shoes: {unit: points, prices: {boots: {good: 8 BYN}}, limit: 4 per member per calendar month}\n"
                        "  skates: {unit: points, prices: {skates: {good: 20 BYN}}, consignment: {share: 60%}}\n");
        publish(document);
        for (int i = 0; i < kMembers; ++i) {
            ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = "m" + std::to_string(i)}}));
        }
    }
    static constexpr int kMembers = 8;
    static MemberName member(int i) { return {.by = NamedBy::external, .value = "m" + std::to_string(i)}; }
    Answered<TradeItemView> hand_in(int i, const std::string& list = "shoes", const std::string& key = {}) {
        HandInItem command{.programme = "club", .member = member(i), .trade_in = list};
        command.article = list == "shoes" ? "boots" : "skates";
        return app->run(who(key), command);
    }
    Answered<TradeItemView> change(int i, const std::string& item, TradeItemStep step, Money price = {},
                                   const std::string& key = {}) {
        ChangeTradeItem command{.programme = "club", .member = member(i), .item = item, .step = step};
        if (step == TradeItemStep::offer) command.grade = "good";
        command.price = price;
        command.reason = "a test";
        return app->run(who(key), command);
    }
    std::string offered(int i, const std::string& list = "shoes") {
        const auto item = hand_in(i, list);
        EXPECT_TRUE(item);
        EXPECT_TRUE(change(i, item->id, TradeItemStep::offer));
        return item->id;
    }
    /// Points that a member has, whether they can be spent yet or not.
    std::int64_t total(int i) {
        const auto found = app->find_member("foods", "club", member(i));
        return found ? found->balances.at(0).available.minor() + found->balances.at(0).pending.minor() : -1;
    }
    TradeItemStatus status_of(int i) { return app->trade_items_of("foods", "club", member(i))->items.at(0).status; }
    /// Sixty-four clients at once; how many were answered `ok`, the others by one of `codes`.
    int race(const std::function<std::string(int)>& ask, const std::set<std::string>& codes) {
        std::atomic<int> done = 0;
        std::vector<std::thread> threads;
        for (int client = 0; client < 64; ++client) {
            threads.emplace_back([&, client] {
                const std::string code = ask(client);
                if (code == "ok") ++done;
                EXPECT_TRUE(code == "ok" || codes.contains(code)) << code;
            });
        }
        for (std::thread& thread : threads) thread.join();
        return done;
    }
};

TEST_F(TradeInTest, texts_and_numbers_have_their_limits) {
    HandInItem command{.programme = "club", .member = member(0), .trade_in = "shoes", .article = "boots", .note = "a\nb"};
    EXPECT_EQ(code_of(app->run(who(), command)), "trade_in_malformed");
    const std::string item = offered(0);
    EXPECT_EQ(code_of(change(0, item, TradeItemStep::lapse)), "trade_item_status_differs");
    ASSERT_TRUE(change(0, item, TradeItemStep::accept));
    EXPECT_EQ(code_of(change(0, item, TradeItemStep::sell, Money{-1})), "trade_in_price_malformed");
    EXPECT_EQ(code_of(change(0, item, TradeItemStep::sell, Money{})), "ok");
}

// Whoever of them is first: accepted once, credited once.
TEST_F(TradeInTest, sixty_four_who_accept_credit_it_once) {
    const std::string item = offered(0);
    const std::int64_t before = total(0);
    EXPECT_EQ(race([&](int) { return code_of(change(0, item, TradeItemStep::accept)); }, {"trade_item_status_differs"}), 1);
    EXPECT_EQ(total(0), before + 800);
}

TEST_F(TradeInTest, accepting_refusing_and_lapsing_at_once_is_one_of_them) {
    const std::string item = offered(0);
    const std::int64_t before = total(0);
    now += 14LL * 86'400 * kSecondUs - 12 * 3600 * kSecondUs;
    const auto ask = [&](int client) -> std::string {
        if (client % 3 == 2) return app->run({}, Sweep{}) ? "trade_item_status_differs" : "unswept";
        return code_of(change(0, item, client % 3 == 0 ? TradeItemStep::accept : TradeItemStep::refuse));
    };
    EXPECT_EQ(race(ask, {"trade_item_status_differs"}), 1);
    EXPECT_EQ(total(0), before + (status_of(0) == TradeItemStatus::accepted ? 800 : 0));
}

// Whether a sweep ran or not: too late to be accepted, and had back.
TEST_F(TradeInTest, an_offer_that_nobody_answered_is_over_by_itself) {
    const std::string item = offered(0);
    now += 15LL * 86'400 * kSecondUs;
    EXPECT_EQ(status_of(0), TradeItemStatus::lapsed);
    EXPECT_EQ(code_of(change(0, item, TradeItemStep::accept)), "trade_item_status_differs");
    const auto back = change(0, item, TradeItemStep::give_back);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->notes.size(), 4u);  // handed in, offered, lapsed, given back
}

// A limit of four is four, however many come at once, and each of the members has their own.
TEST_F(TradeInTest, no_more_are_handed_in_than_may_be) {
    EXPECT_EQ(race([&](int client) { return code_of(hand_in(client % 2)); }, {"trade_in_limit_reached"}), 8);
}

TEST_F(TradeInTest, sold_and_undone_at_once_is_one_of_them) {
    const std::string item = offered(0);
    ASSERT_TRUE(change(0, item, TradeItemStep::accept));
    const std::int64_t before = total(0);
    const auto ask = [&](int client) {
        return code_of(change(0, item, client % 2 == 0 ? TradeItemStep::sell : TradeItemStep::undo, Money{1500}));
    };
    EXPECT_EQ(race(ask, {"trade_item_status_differs"}), 1);
    EXPECT_EQ(total(0), before - (status_of(0) == TradeItemStatus::undone ? 800 : 0));
}

TEST_F(TradeInTest, a_consigned_thing_is_paid_for_once_when_it_is_sold) {
    const std::string item = offered(0, "skates");
    const std::int64_t before = total(0);
    ASSERT_TRUE(change(0, item, TradeItemStep::accept));
    EXPECT_EQ(total(0), before);
    EXPECT_EQ(race([&](int) { return code_of(change(0, item, TradeItemStep::sell, Money{2499})); }, {"trade_item_status_differs"}),
              1);
    EXPECT_EQ(total(0), before + 1499);
}

// Sent again it is answered as before, and does nothing.
TEST_F(TradeInTest, what_is_sent_again_is_done_once) {
    const auto first = hand_in(0, "shoes", "one");
    const auto again = hand_in(0, "shoes", "one");
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->id, again->id);
    EXPECT_TRUE(again->is_repeat);
    ASSERT_TRUE(change(0, first->id, TradeItemStep::offer));
    const std::int64_t before = total(0);
    EXPECT_EQ(race([&](int) { return code_of(change(0, first->id, TradeItemStep::accept, {}, "two")); }, {}), 64);
    EXPECT_EQ(total(0), before + 800);
}

// The offer stands as it was made, and its credit goes with the member to the account that theirs became.
TEST_F(TradeInTest, merged_members_keep_what_they_handed_in) {
    const std::string item = offered(0);
    ASSERT_TRUE(app->run(who(), MergeMembers{.programme = "club", .member = member(0), .to = member(1), .reason = "a test"}));
    const std::int64_t before = total(1);
    ASSERT_TRUE(change(1, item, TradeItemStep::accept));
    EXPECT_EQ(total(1), before + 800);
    ASSERT_TRUE(change(1, item, TradeItemStep::undo));
    EXPECT_EQ(total(1), before);
}

// Undone, the credit is taken from whom it was given to; what is sold after somebody left a household is theirs alone.
TEST_F(TradeInTest, who_left_a_household_has_what_is_sold_since) {
    ASSERT_TRUE(app->run(who(), JoinHousehold{.programme = "club", .member = member(1), .to = member(0), .reason = "a test"}));
    const std::string boots = offered(1);
    const std::string skates = offered(1, "skates");
    const std::int64_t before = total(0);
    ASSERT_TRUE(change(1, boots, TradeItemStep::accept));
    ASSERT_TRUE(change(1, skates, TradeItemStep::accept));
    EXPECT_EQ(total(0), before + 800);
    ASSERT_TRUE(app->run(who(), LeaveHousehold{.programme = "club", .member = member(1), .reason = "a test"}));
    EXPECT_EQ(total(0), before + 800);
    EXPECT_EQ(code_of(change(0, boots, TradeItemStep::undo)), "trade_item_not_found");
    ASSERT_TRUE(change(1, boots, TradeItemStep::undo));
    EXPECT_EQ(total(0), before);
    ASSERT_TRUE(change(1, skates, TradeItemStep::sell, Money{2000}));
    EXPECT_EQ(total(0), before);
    EXPECT_EQ(total(1), 1200);
}

// The price is that of the list by which it was offered, and its clause that of that edition, whatever is published meanwhile.
TEST_F(TradeInTest, an_offer_stands_however_the_list_changes) {
    const std::string item = offered(0);
    const std::int64_t before = total(0);
    std::string dearer = club();
    dearer.insert(dearer.find("offers:"),
                  "household: {people: 4}\ntrade_in:\n  hats: {unit: points, prices: {hats: {good: 1 BYN}}}\n");
    ASSERT_TRUE(app->run(who(), PublishEdition{.document = dearer, .effective_on = *make_date(2026, 3, 2), .allow_past = true}));
    now += 2LL * 86'400 * kSecondUs;
    EXPECT_EQ(code_of(hand_in(0)), "trade_in_not_found");
    ASSERT_TRUE(change(0, item, TradeItemStep::accept));
    EXPECT_EQ(total(0), before + 800);
    const auto statement = app->statement("foods", "club", member(0), {});
    ASSERT_TRUE(statement);
    EXPECT_EQ(statement->lines.at(0).entry.clause, "12.1");
    EXPECT_EQ(statement->lines.at(0).entry.edition, 1);
    EXPECT_EQ(statement->lines.at(0).reason.key, "reason.earn.trade_in");
}

// What each thing says is compared with the journal.
TEST_F(TradeInTest, verify_finds_a_thing_that_says_another_sum) {
    const std::string item = offered(0);
    ASSERT_TRUE(change(0, item, TradeItemStep::accept));
    EXPECT_EQ(app->verify().breach_count, 0u);
    const auto report = app->trade_in_report("foods", "club", {});
    ASSERT_TRUE(report && report->months.size() == 1);
    EXPECT_EQ(report->months[0].paid, Money{800});
    EXPECT_EQ(report->months[0].cost_of_left, Money{800});
    const auto rows = store->list_records({.org = "foods", .programme = "club", .kind = store::RecordKind::trade_in, .limit = 10});
    ASSERT_EQ(rows.size(), 1u);
    store::RecordRow row = rows[0];
    auto thing = unpack_record<TradeItem>(row);
    thing.credited = Points{799};
    thing.points = Points{799};
    row.packed = pack_record(thing);
    ++row.version;
    store::Batch batch;
    batch.records.push_back(row);
    store->commit(batch);
    const VerifyReport found = app->verify();
    ASSERT_EQ(found.breach_count, 1u);
    EXPECT_EQ(found.breaches[0].what, "trade_in_differs_from_journal");
    EXPECT_EQ(found.breaches[0].details, "799 by the record, 800 by the journal");
    app.reset();  // what was damaged stays so
}

}  // namespace
}  // namespace suki::app
