#include "catalogue/catalogue.h"

#include <gtest/gtest.h>

namespace suki::catalogue {
namespace {

TEST(category, is_matched_by_whole_segments_anywhere_in_the_path) {
    const char* path = "food/meat/sausages";
    for (const char* in : {"food", "meat", "sausages", "food/meat", "meat/sausages", "food/meat/sausages"}) {
        EXPECT_TRUE(is_in_category(path, in)) << in;
    }
    for (const char* out : {"", "mea", "foo", "food/sausages", "sausages/meat", "eat/sausages", "meat/sausages/smoked", "/"}) {
        EXPECT_FALSE(is_in_category(path, out)) << out;
    }
    EXPECT_TRUE(is_in_category("xmeat/meat", "meat"));
}

TEST(category, lists_exactly_the_categories_that_hold_it) {
    const auto all = categories_of("a/b/c");
    EXPECT_EQ(all.size(), 6u);
    for (const auto category : all) EXPECT_TRUE(is_in_category("a/b/c", category));
    EXPECT_TRUE(categories_of("").empty());
}

TEST(category, has_eight_segments_at_most) {
    EXPECT_TRUE(is_valid_category("1/2/3/4/5/6/7/8"));
    EXPECT_FALSE(is_valid_category("1/2/3/4/5/6/7/8/9"));
    EXPECT_FALSE(is_valid_category("a//b"));
    EXPECT_FALSE(is_valid_category("/a"));
    EXPECT_FALSE(is_valid_category("a/"));
    EXPECT_FALSE(is_valid_category(""));
}

}  // namespace
}  // namespace suki::catalogue
