#include "account/state.h"

#include <gtest/gtest.h>

#include "base/amount.h"

namespace suki::account {
namespace {

constexpr Date at(int days) { return Date{days}; }
constexpr DateRange range(int from, int to) { return {at(from), at(to)}; }

TEST(counter, sums_half_open_ranges) {
    State state;
    add_to_counter(state, "spend", at(12), 5);
    add_to_counter(state, "spend", at(10), 1);
    add_to_counter(state, "spend", at(11), 2);
    add_to_counter(state, "other", at(11), 100);
    EXPECT_EQ(sum_of(state, "spend", range(10, 12)), 3);
    EXPECT_EQ(sum_of(state, "spend", range(11, 13)), 7);
    EXPECT_EQ(sum_of(state, "spend", range(13, 20)), 0);
    EXPECT_EQ(sum_of(state, "spend", range(12, 10)), 0);
    EXPECT_EQ(sum_of(state, "unknown", range(0, 100)), 0);
    ASSERT_EQ(state.counters.size(), 2u);
    EXPECT_EQ(state.counters[0].key, "other");
}

TEST(counter, leaves_no_trace_when_undone) {
    State state;
    add_to_counter(state, "spend", at(10), 5);
    const State before = state;
    add_to_counter(state, "spend", at(11), 7);
    add_to_counter(state, "visits", at(11), 1);
    add_to_counter(state, "visits", at(12), 0);
    add_to_counter(state, "spend", at(11), -7);
    add_to_counter(state, "visits", at(11), -1);
    EXPECT_EQ(state, before);
    add_to_counter(state, "spend", at(10), -5);
    EXPECT_TRUE(state.counters.empty());
}

TEST(counter, keeps_its_sum_within_what_json_can_hold) {
    State state;
    add_to_counter(state, "spend", at(1), kAmountMax);
    EXPECT_EQ(sum_of(state, "spend", range(0, 9)), kAmountMax);
    add_to_counter(state, "spend", at(2), kAmountMax);
    EXPECT_EQ(sum_of(state, "spend", range(0, 9)), kAmountMax);
    add_to_counter(state, "debit", at(2), -kAmountMax);
    add_to_counter(state, "debit", at(3), -1);
    EXPECT_EQ(sum_of(state, "debit", range(0, 9)), -kAmountMax);
}

TEST(counter, knows_on_which_days_something_happened) {
    State state;
    add_to_counter(state, "visits", at(10), 3);
    add_to_counter(state, "visits", at(12), 1);
    add_to_counter(state, "visits", at(14), -1);
    EXPECT_EQ(days_with(state, "visits", range(10, 15)), 2);
    EXPECT_EQ(days_with(state, "visits", range(11, 12)), 0);
    EXPECT_EQ(last_day_with(state, "visits", at(20)), at(12));
    EXPECT_EQ(last_day_with(state, "visits", at(12)), at(12));
    EXPECT_EQ(last_day_with(state, "visits", at(11)), at(10));
    EXPECT_EQ(last_day_with(state, "visits", at(9)), std::nullopt);
    EXPECT_EQ(last_day_with(state, "unknown", at(9)), std::nullopt);
}

TEST(packing, brings_back_what_was_packed) {
    State state{.joined_on = at(-5)};
    add_to_counter(state, "spend", at(-400), -7);
    add_to_counter(state, "spend", at(20'000), kAmountMax);
    add_to_counter(state, "visits", at(3), 1);
    state.levels = {{"guest", at(1), at(2), std::nullopt}, {"friend", at(5), at(90), at(120)}};
    ByteWriter out;
    pack(out, state);
    ByteReader in{out.bytes()};
    EXPECT_EQ(unpack_state(in), state);
    EXPECT_TRUE(in.is_at_end());

    const Facts facts{YearMonthDay{1900, 2, 29}, {{"children", "2"}, {"name", "Аня"}}, {"lapsed", "young"}};
    for (const Facts& some : {facts, Facts{}}) {
        ByteWriter packed;
        pack(packed, some);
        ByteReader reader{packed.bytes()};
        EXPECT_EQ(unpack_facts(reader), some);
        EXPECT_TRUE(reader.is_at_end());
    }
}

TEST(packing, survives_every_cut_and_every_damaged_byte) {
    State state{.joined_on = at(100)};
    add_to_counter(state, "spend", at(20'000), 5);
    state.levels = {{"friend", at(5), at(90), at(120)}};
    ByteWriter out;
    pack(out, state);
    pack(out, Facts{YearMonthDay{1980, 2, 29}, {{"children", "2"}}, {"lapsed"}});
    const std::string whole = out.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        ByteReader in{std::string_view{whole}.substr(0, size)};
        unpack_state(in);
        unpack_facts(in);
        EXPECT_FALSE(in.is_ok()) << size;
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ flip);
            ByteReader in{damaged};
            unpack_state(in);
            unpack_facts(in);
        }
    }
}

}  // namespace
}  // namespace suki::account
