#include <set>

#include "base/check_digit.h"
#include "base/limits.h"
#include "fixture.h"

/// Numbers of the programme's own, batches of blank cards, and cards that gather, where a story can't look.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class CardsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        const std::string cards =
            "cards: {number: {digits: 13, prefix: \"29\"}, bearer: gathers, categories: {silver: {}, gold: {}}}\n";
        document.insert(document.find("offers:"), cards);
        publish(document);
    }
    Answered<CardBatchView> make(std::int64_t count, const std::string& key = {}) {
        Caller caller = who();
        caller.idempotency_key = key;
        return app->run(caller, MakeCards{.programme = "club", .count = count, .note = "for the fair"});
    }
};

TEST_F(CardsTest, a_batch_has_its_limits) {
    EXPECT_EQ(code_of(make(0)), "card_count_out_of_range");
    EXPECT_EQ(code_of(make(-1)), "card_count_out_of_range");
    EXPECT_EQ(code_of(make(limits::cards_per_batch + 1)), "card_count_out_of_range");
    EXPECT_EQ(code_of(app->run(who(), MakeCards{.programme = "club", .count = 1, .note = "a\nb"})), "card_batch_malformed");
    EXPECT_EQ(code_of(app->card_batch("foods", "club", "cbt_nonsense")), "card_batch_not_found");
    EXPECT_EQ(code_of(app->run(who(), BlockCardBatch{.programme = "club", .batch = "cbt_nonsense"})), "card_batch_not_found");
    const auto most = make(limits::cards_per_batch);
    ASSERT_TRUE(most);
    const auto state = app->card_batch("foods", "club", most->id);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->numbers.size(), limits::cards_per_batch);
    EXPECT_EQ(state->blank, static_cast<std::int64_t>(limits::cards_per_batch));
    const std::set<std::string> numbers(state->numbers.begin(), state->numbers.end());
    EXPECT_EQ(numbers.size(), limits::cards_per_batch);
    for (const std::string& number : numbers) {
        EXPECT_EQ(number.substr(0, 2), "29");
        EXPECT_EQ(gs1_check_digit(number.substr(0, 12)), number.back());
    }
}

TEST_F(CardsTest, a_batch_is_made_once) {
    const auto first = make(3, "box-1");
    now += 1'000'000;
    const auto again = make(3, "box-1");
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->id, again->id);
    EXPECT_TRUE(again->is_repeat);
    EXPECT_EQ(code_of(make(4, "box-1")), "idempotency_key_reused");
    const auto list = app->card_batches("foods", "club", {.cursor = {}, .limit = 50});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->batches.size(), 1u);
    EXPECT_EQ(list->batches.front().note, "for the fair");
    EXPECT_EQ(list->batches.front().kind, programme::CardKind::bearer);
}

TEST_F(CardsTest, batches_are_listed_page_by_page) {
    std::vector<std::string> made;
    for (int i = 0; i < 5; ++i) {
        now += 1'000'000;
        made.push_back(make(1)->id);
    }
    std::vector<std::string> seen;
    Page page{.cursor = {}, .limit = 2};
    do {
        const auto list = app->card_batches("foods", "club", page);
        ASSERT_TRUE(list);
        EXPECT_LE(list->batches.size(), 2u);
        for (const CardBatchView& batch : list->batches) seen.push_back(batch.id);
        page.cursor = list->next_cursor;
    } while (!page.cursor.empty());
    EXPECT_EQ(seen, std::vector<std::string>(made.rbegin(), made.rend()));
    EXPECT_EQ(code_of(app->card_batches("foods", "club", {.cursor = "x", .limit = 2})), "cursor_malformed");
    EXPECT_EQ(code_of(app->card_batches("foods", "club", {.cursor = {}, .limit = 0})), "limit_out_of_range");
}

TEST_F(CardsTest, the_holder_of_a_card_is_nobody_until_they_join) {
    ASSERT_TRUE(app->run(who(), IssueCard{.programme = "club", .number = "2900000000018", .kind = programme::CardKind::bearer}));
    const auto blank = app->find_card("foods", "club", "2900000000018");
    ASSERT_TRUE(blank);
    EXPECT_FALSE(blank->member);
    EXPECT_FALSE(blank->is_anonymous);
    RecordReceipt sale{.programme = "club", .receipt = receipt("r1", 10'000, at(3, 1))};
    sale.receipt.card = "2900000000018";
    const auto sold = app->run(who(), sale);
    ASSERT_TRUE(sold && sold->member);
    const auto card = app->find_card("foods", "club", "2900000000018");
    ASSERT_TRUE(card && card->member);
    EXPECT_TRUE(card->is_anonymous);
    EXPECT_EQ(card->member, sold->member);
    const MemberName holder{.by = NamedBy::member, .value = card->member->text()};
    const auto page = app->find_member("foods", "club", holder);
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->is_anonymous);
    EXPECT_EQ(page->profile, MemberProfile{});
    EXPECT_EQ(code_of(app->run(who(), PatchMember{.programme = "club", .member = *card->member, .name = "Ana"})),
              "member_is_anonymous");
    ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.name = "Ana"}, .card = "2900000000018"}));
    const auto attached = app->find_card("foods", "club", "2900000000018");
    ASSERT_TRUE(attached && attached->member);
    EXPECT_FALSE(attached->is_anonymous);
    EXPECT_NE(attached->member, card->member);
}

/// Chance that always comes out the same: the one number that it gives is taken after the first.
TEST_F(CardsTest, numbers_can_be_used_up) {
    Wiring loaded = wiring();
    loaded.random = [](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), std::uint8_t{7}); };
    app.reset();
    app = std::make_unique<App>(*store, loaded);
    EXPECT_EQ(code_of(app->run(who("one"), IssueCard{.programme = "club"})), "ok");
    EXPECT_EQ(code_of(app->run(who("two"), IssueCard{.programme = "club"})), "card_numbers_used_up");
    EXPECT_EQ(code_of(make(1, "box")), "card_numbers_used_up");
}

TEST_F(CardsTest, an_import_brings_cards_of_any_form) {
    EXPECT_EQ(code_of(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = "a"}, .card = "old-7"})),
              "card_number_malformed");
    EXPECT_EQ(code_of(app->run(
                  who(), CreateMember{.programme = "club", .profile = {.external_id = "a"}, .card = "old-7", .is_import = true})),
              "ok");
}

}  // namespace
}  // namespace suki::app
