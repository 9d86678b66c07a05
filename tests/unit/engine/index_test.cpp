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
