#include "engine/index.h"

#include <gtest/gtest.h>

#include "plan_builder.h"

namespace suki::engine {
namespace {

TEST(words, are_numbered_in_order_and_found_again) {
    Words words;
    EXPECT_EQ(words.find("a"), kNone);
    for (int i = 0; i < 5000; ++i) EXPECT_EQ(words.add("sku" + std::to_string(i)), static_cast<std::uint32_t>(i));
    EXPECT_EQ(words.add("sku42"), 42u);
    for (int i = 0; i < 5000; ++i) EXPECT_EQ(words.find("sku" + std::to_string(i)), static_cast<std::uint32_t>(i));
    EXPECT_EQ(words.find("sku5000"), kNone);
    EXPECT_EQ(words.find(""), kNone);
    EXPECT_EQ(words.add(""), 5000u);
    EXPECT_EQ(words.find(std::string_view{"\0", 1}), kNone);
}

TEST(words, tells_texts_of_any_size_apart) {
    // Of each size one text, and that text with one byte changed, for every byte: what reads several bytes at once must miss none.
    for (std::size_t size = 1; size <= 40; ++size) {
        const std::string text(size, 'a');
        Words words;
        EXPECT_EQ(words.add(text), 0u);
        for (std::size_t at = 0; at < size; ++at) {
            std::string other = text;
            other[at] = static_cast<char>(0xE4);
            EXPECT_EQ(words.find(other), kNone) << other;
            EXPECT_EQ(words.add(other), at + 1);
            EXPECT_EQ(words.find(Sought{other}), at + 1);
        }
        EXPECT_EQ(words.find(text), 0u);
        EXPECT_EQ(words.find(text + "a"), kNone);
        EXPECT_EQ(words.find(std::string_view{text}.substr(1)), kNone);
    }
}

TEST(index, has_room_for_as_many_units_as_a_programme_may_have) {
    PlanBuilder b;
    while (b.plan.units.size() < limits::units_per_programme) b.add_unit("u" + std::to_string(b.plan.units.size()), {1, 1});
    EXPECT_EQ(make_ready(b.made(), true).denominators.size(), limits::units_per_programme);
    b.add_unit("one_more", {1, 1});
    EXPECT_DEATH(make_ready(b.made(), true), "units_per_programme");
}

TEST(index, finds_a_store_wherever_it_stands_in_the_list) {
    for (std::size_t count = 1; count <= 9; ++count) {
        std::vector<std::string> stores;
        for (std::size_t i = 0; i < count; ++i) stores.push_back("s" + std::to_string(i));
        PlanBuilder b;
        b.offer("all", DiscountPercent{{1, 10}}, {ChoiceCondition{ConditionKind::store, {"elsewhere"}}});
        b.offer("some", DiscountPercent{{1, 10}}, {ChoiceCondition{ConditionKind::store, stores}});
        const Evaluator evaluator{b.made()};
        Basket basket;
        basket.add("k", 100);
        for (const std::string& store : stores) {
            basket.receipt.store = store;
            const Outcome outcome = evaluator.evaluate(basket.context, basket.receipt);
            ASSERT_EQ(outcome.decisions.size(), 1u) << store << " of " << count;
            EXPECT_EQ(outcome.decisions[0].offer, "some");
        }
        basket.receipt.store = "nowhere";
        EXPECT_TRUE(evaluator.evaluate(basket.context, basket.receipt).decisions.empty());
    }
}

TEST(index, posts_an_offer_under_the_rarest_thing_that_it_demands) {
    PlanBuilder b;
    LineFilter narrow = skus({"a"});
    narrow.categories = {"meat"};
    b.line_offer("1_lines", PointsFixed{1}, narrow, {ChoiceCondition{ConditionKind::store, {"s"}}});
    b.offer("2_store", PointsFixed{1},
            {ChoiceCondition{ConditionKind::channel, {"web"}}, ChoiceCondition{ConditionKind::store, {"s"}}});
    b.offer("3_always", PointsFixed{1}, {WeekdayCondition{1}});
    b.line_offer("4_same_lines", PointsFixed{2}, narrow);
    const ReadyPlan ready = make_ready(b.made(), true);
    EXPECT_EQ(ready.filters.size(), 1u);  // the same filter twice is one
    EXPECT_EQ(ready.filters[0].posted, Dimension::sku);
    ASSERT_EQ(ready.filters_by_word[0].of(ready.dimensions[0].find("a")).size(), 1u);
    EXPECT_EQ(ready.filters_by_word[0].of(ready.dimensions[0].find("a"))[0], 1u);  // odd: the category is asked too
    EXPECT_EQ(ready.offers_by_filter.of(0).size(), 2u);
    ASSERT_EQ(ready.by_store.of(ready.stores.find("s")).size(), 1u);
    EXPECT_EQ(ready.by_store.of(ready.stores.find("s"))[0], 1u);
    EXPECT_TRUE(ready.by_channel.items.empty());
    EXPECT_EQ(ready.always, (std::vector<std::uint32_t>{2}));
}

TEST(index, widens_a_denominator_that_is_too_coarse_for_a_multiplied_rate) {
    PlanBuilder b;
    b.unit().denominator = 10;
    b.offer("base", PointsPerAmount{{3, 10}});
    EXPECT_EQ(make_ready(b.made(), true).denominators[0], 10);
    b.offer("half_more", PointsMultiplied{{3, 2}});
    EXPECT_EQ(make_ready(b.made(), true).denominators[0], 20);
    b.unit().denominator = 40;
    EXPECT_EQ(make_ready(b.made(), true).denominators[0], 40);
}

TEST(index, finds_categories_in_paths_of_any_length) {
    PlanBuilder b;
    b.line_offer("o", PointsFixed{1}, category("x/y"));
    std::string deep = "a";
    for (int i = 0; i < 1000; ++i) deep += "/a";
    Basket basket;
    basket.add("k", 10, deep + "/x/y/z");
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "o"), "applied");
    basket.context.lines[0].category = deep + "/x/z/y";
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "o"), "none");
    basket.context.lines[0].category = "xx/y/x/yy";
    EXPECT_EQ(verdict(b.evaluator().evaluate(basket.context, basket.receipt), "o"), "none");
}

}  // namespace
}  // namespace suki::engine
