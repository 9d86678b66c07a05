#include "engine/words.h"

#include <gtest/gtest.h>

#include <set>

namespace suki::engine {
namespace {

TEST(words, finds_what_was_added_and_nothing_else) {
    Words words;
    EXPECT_EQ(words.find("milk"), kNone);
    EXPECT_EQ(words.likely(Sought{"milk"}), kNone);
    // So many that some are under the same hash, of every length that is read in another way.
    const auto text = [](std::uint32_t number) {
        std::string some = std::to_string(number);
        if (number % 3 == 0) some += "/a rather long name of goods";
        return some;
    };
    constexpr std::uint32_t many = 200'000;
    std::set<std::uint32_t> hashes;
    for (std::uint32_t i = 0; i < many; ++i) {
        ASSERT_EQ(words.add(text(i)), i);
        hashes.insert(Sought{text(i)}.hash);
    }
    EXPECT_LT(hashes.size(), many) << "the test is about texts of one hash too";
    for (std::uint32_t i = 0; i < many; ++i) {
        const std::string wanted = text(i);
        const Sought sought{wanted};
        ASSERT_EQ(words.add(wanted), i);
        ASSERT_EQ(words.find(sought), i);
        ASSERT_EQ(words.confirmed(words.likely(sought), sought), i);
        const std::string other = wanted + "x";
        const Sought strange{other};
        ASSERT_EQ(words.find(strange), kNone);
        ASSERT_EQ(words.confirmed(words.likely(strange), strange), kNone);
    }
    EXPECT_EQ(words.size(), many);
}

TEST(words, sees_a_byte_wherever_it_stands) {
    for (std::size_t size = 0; size <= 40; ++size) {
        for (const char around : {'a', '.', '0', '\x01', '\xAF', '\xFF'}) {
            std::string text(size, around);
            EXPECT_FALSE(has_byte(text, '/')) << size;
            for (std::size_t at = 0; at < size; ++at) {
                text[at] = '/';
                EXPECT_TRUE(has_byte(text, '/')) << at << " of " << size;
                text[at] = around;
            }
        }
    }
}

}  // namespace
}  // namespace suki::engine
