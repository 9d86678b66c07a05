#include <gtest/gtest.h>

#include <random>

#include "cli/mapping.h"
#include "cli/sorter.h"

namespace suki::cli {
namespace {

const std::vector<std::string> kFields{"sku", "receipt", "amount", "store", "member"};

struct Mapped {
    CsvReader reader;
    Mapping mapping;
};
Mapped map(const std::string& csv, const std::vector<std::string>& assignments) {
    CsvReader reader = CsvReader::from_bytes(csv);
    auto mapping = Mapping::make(kFields, assignments, reader);
    EXPECT_TRUE(mapping) << mapping.error();
    return {std::move(reader), std::move(*mapping)};
}

TEST(mapping, takes_columns_constants_templates_and_sums) {
    Mapped m = map("id,who,paid,off,sku\n25671.0,ann,3.10,0.40,x\n",
                   {"sku=id|strip:.0", "receipt={who}/{#}", "amount=paid+off", "store==main"});
    const CsvRow* row = m.reader.next();
    EXPECT_EQ(m.mapping.text("sku", *row, 7), "25671");
    EXPECT_EQ(m.mapping.text("receipt", *row, 7), "ann/7");
    EXPECT_EQ(m.mapping.text("store", *row, 7), "main");
    EXPECT_EQ(m.mapping.text("member", *row, 7), "");
    EXPECT_EQ(*m.mapping.number("amount", *row, 2, std::nullopt), 350);
}

TEST(mapping, reads_a_field_from_the_column_of_its_name) {
    Mapped m = map("sku,amount\nx,1\n", {});
    const CsvRow* row = m.reader.next();
    EXPECT_EQ(m.mapping.text("sku", *row, 1), "x");
    EXPECT_EQ(*m.mapping.number("amount", *row, 2, std::nullopt), 100);
}

TEST(mapping, rounds_each_column_before_adding_and_only_when_told) {
    Mapped m = map("a,b\n0.006,0.006\n4.44e-16,1\n,\nabc,1\n", {"amount=a+b"});
    const CsvRow* row = m.reader.next();
    EXPECT_FALSE(m.mapping.number("amount", *row, 2, std::nullopt));
    EXPECT_EQ(*m.mapping.number("amount", *row, 2, Rounding::half_up), 2);
    EXPECT_EQ(*m.mapping.number("amount", *row, 2, Rounding::down), 0);
    row = m.reader.next();
    EXPECT_NE(m.mapping.number("amount", *row, 2, std::nullopt).error().find("--round"), std::string::npos);
    EXPECT_EQ(*m.mapping.number("amount", *row, 2, Rounding::half_up), 100);
    row = m.reader.next();
    EXPECT_EQ(*m.mapping.number("amount", *row, 2, Rounding::half_up), std::nullopt);
    row = m.reader.next();
    EXPECT_FALSE(m.mapping.number("amount", *row, 2, Rounding::half_up));
}

TEST(mapping, says_what_it_does_not_understand) {
    const CsvReader reader = CsvReader::from_bytes("a,b\n1,2\n");
    for (const char* bad : {"sku", "colour=a", "sku=c", "sku=a|cut:1", "sku={a", "sku={c}", "sku="}) {
        EXPECT_FALSE(Mapping::make(kFields, {bad}, reader)) << bad;
    }
    EXPECT_FALSE(Mapping::make(kFields, {"sku=a", "sku=b"}, reader));
}

TEST(sorter, sorts_more_than_fits_in_memory_and_keeps_the_order_of_equals) {
    for (const std::size_t memory : {std::size_t{1} << 12, std::size_t{1} << 24}) {
        ExternalSorter sorter(::testing::TempDir(), memory);
        std::mt19937 random(7);
        std::vector<std::pair<std::string, std::string>> expected;
        for (int i = 0; i < 5'000; ++i) {
            std::string key;
            append_key(key, std::to_string(random() % 50));
            append_key(key, static_cast<std::int64_t>(random() % 20) - 10);
            const std::string payload = std::to_string(i);
            sorter.add(key, payload);
            expected.emplace_back(key, payload);
        }
        std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        sorter.finish();
        EXPECT_EQ(sorter.runs() > 1, memory == std::size_t{1} << 12);
        std::string key;
        std::string payload;
        for (const auto& [wanted_key, wanted_payload] : expected) {
            ASSERT_TRUE(sorter.next(key, payload));
            ASSERT_EQ(key, wanted_key);
            ASSERT_EQ(payload, wanted_payload);
        }
        EXPECT_FALSE(sorter.next(key, payload));
    }
}

TEST(sorter, keys_order_numbers_across_zero) {
    std::string minus;
    std::string plus;
    append_key(minus, -1);
    append_key(plus, 1);
    EXPECT_LT(minus, plus);
}

}  // namespace
}  // namespace suki::cli
