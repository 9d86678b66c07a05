#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/id.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

namespace suki {
namespace {

TEST(decimal, reads_exactly_what_is_written) {
    EXPECT_EQ(parse_decimal("12.30")->value, 1230);
    EXPECT_EQ(parse_decimal("12.30")->decimals, 2);
    EXPECT_EQ(parse_decimal("2_000_000")->value, 2'000'000);
    EXPECT_EQ(parse_decimal("-0.5")->value, -5);
    for (const char* bad :
         {"", "-", ".5", "5.", "1e3", "1__0", "_1", "1_", "0x10", "1 ", "1,5", "1234567890123456789", "NaN", "+-1"}) {
        EXPECT_FALSE(parse_decimal(bad)) << bad;
    }
}

TEST(decimal, refuses_to_be_finer_than_wanted) {
    EXPECT_EQ(at_decimals(*parse_decimal("1.5"), 2), 150);
    EXPECT_EQ(at_decimals(*parse_decimal("1.500"), 2), 150);
    EXPECT_EQ(at_decimals(*parse_decimal("1.505"), 2), std::nullopt);
    EXPECT_EQ(at_decimals(*parse_decimal("999999999999999999"), 3), std::nullopt);
}

TEST(decimal, rounds_only_when_told_how) {
    const auto tiny = parse_decimal_with_exponent("4.44e-16");
    ASSERT_TRUE(tiny);
    EXPECT_EQ(at_decimals_rounded(*tiny, 2, Rounding::half_up), 0);
    EXPECT_EQ(at_decimals_rounded(*tiny, 2, Rounding::up), 1);
    EXPECT_EQ(at_decimals_rounded(*parse_decimal_with_exponent("2.5e2"), 2, Rounding::down), 25'000);
    EXPECT_EQ(at_decimals_rounded(*parse_decimal_with_exponent("-1.005"), 2, Rounding::half_up), -101);
    EXPECT_FALSE(parse_decimal_with_exponent("1e31"));
    EXPECT_FALSE(parse_decimal_with_exponent("1e"));
}

TEST(decimal, text_drops_trailing_zeros) {
    EXPECT_EQ(decimal_text(432, 3), "0.432");
    EXPECT_EQ(decimal_text(3000, 3), "3");
    EXPECT_EQ(decimal_text(-50, 3), "-0.05");
    EXPECT_EQ(money_text(Money{-5}, 2), "-0.05");
    EXPECT_EQ(money_text(Money{1234}, 0), "1234");
    EXPECT_EQ(money_text(Money{1234}, 3), "1.234");
}

TEST(currency, knows_its_minor_unit) {
    EXPECT_EQ(currency_exponent("BYN"), 2);
    EXPECT_EQ(currency_exponent("JPY"), 0);
    EXPECT_EQ(currency_exponent("BHD"), 3);
    EXPECT_EQ(currency_exponent("ZZZ"), std::nullopt);
    EXPECT_EQ(currency_exponent("byn"), std::nullopt);
}

TEST(bytes, give_back_what_was_put) {
    ByteWriter out;
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{-64}, std::int64_t{64}, INT64_MAX, INT64_MIN}) {
        out.put(value);
    }
    out.put_text("ў");
    out.put_bits(1, UINT64_MAX);
    const std::string sealed = out.sealed();
    const auto body = unseal(sealed);
    ASSERT_TRUE(body);
    ByteReader in(*body);
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{-64}, std::int64_t{64}, INT64_MAX, INT64_MIN}) {
        EXPECT_EQ(in.get(), value);
    }
    EXPECT_EQ(in.get_text(), "ў");
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    in.get_bits(high, low);
    EXPECT_EQ(high, 1u);
    EXPECT_EQ(low, UINT64_MAX);
    EXPECT_TRUE(in.is_at_end());
    in.get();
    EXPECT_FALSE(in.is_ok());
}

TEST(bytes, any_flipped_bit_is_noticed) {
    ByteWriter out;
    out.put_text("a packed receipt");
    const std::string sealed = out.sealed();
    for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
        std::string damaged = sealed;
        damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
        EXPECT_FALSE(unseal(damaged));
    }
    EXPECT_FALSE(unseal("short"));
}

TEST(is_valid_text, follows_unicode) {
    EXPECT_TRUE(is_valid_text("Клуб мясакамбіната ў 🍖"));
    for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff", "\x80"}) {
        EXPECT_FALSE(is_valid_text(bad));
    }
    EXPECT_FALSE(is_valid_text(std::string_view("a\0b", 3)));
}

TEST(digest, equals_the_published_vectors) {
    // FIPS 180-4 example "abc"; RFC 4231 test case 2.
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(id, round_trips_and_keeps_its_order) {
    const MemberId id{{0x0123456789abcdefULL, 0xfedcba9876543210ULL}};
    EXPECT_EQ(MemberId::parse(id.text()), id);
    EXPECT_LT(MemberId({{1, 0}}).text(), MemberId({{1, 1}}).text());
    EXPECT_FALSE(AccountId::parse(id.text()));
    EXPECT_FALSE(MemberId::parse(id.text() + "0"));
    EXPECT_FALSE(MemberId::parse("mem_" + std::string(26, 'z')));
}

TEST(id, derived_from_the_same_is_the_same) {
    const Instant now = *parse_instant("2026-03-01T09:00Z");
    EXPECT_EQ(derived_id(now, "r1", "base", 0), derived_id(now, "r1", "base", 0));
    EXPECT_NE(derived_id(now, "r1", "base", 0), derived_id(now, "r1b", "ase", 0));
    EXPECT_NE(derived_id(now, "r1", "base", 0), derived_id(now, "r1", "base", 1));
    EXPECT_LT(derived_id(now, "r9", "x", 5), derived_id({now.us + 1000}, "r1", "a", 0));
}

TEST(result, reading_what_is_not_there_aborts) {
    const Result<int, Rounding> failed = Unexpected{Rounding::up};
    EXPECT_DEATH((void)failed.value(), "has_value");
    const Result<int, Rounding> good = 3;
    EXPECT_EQ(*good, 3);
    EXPECT_DEATH((void)good.error(), "has_value");
}

TEST(localised_text, falls_back_to_english_then_to_the_first) {
    LocalisedText text{"", {{"en", "Club"}, {"ru", "Клуб"}}};
    EXPECT_EQ(text.in("ru"), "Клуб");
    EXPECT_EQ(text.in("be"), "Club");
    EXPECT_TRUE(text.has("ru"));
    EXPECT_FALSE(text.has("be"));
}

}  // namespace
}  // namespace suki
