#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"
#include "cli/receipt_rows.h"

namespace suki::cli {
namespace {

const std::vector<Field> kFields{{"sku"}, {"receipt"}, {"amount", true}, {"store"}, {"member"}};

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
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, std::nullopt), 350);
}

TEST(mapping, reads_a_field_from_the_column_of_its_name) {
    Mapped m = map("sku,amount\nx,1\n", {});
    const CsvRow* row = m.reader.next();
    EXPECT_EQ(m.mapping.text("sku", *row, 1), "x");
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, std::nullopt), 100);
}

TEST(mapping, rounds_each_column_before_adding_and_only_when_told) {
    Mapped m = map("a,b\n0.006,0.006\n4.44e-16,1\n,\nabc,1\n", {"amount=a+b"});
    const CsvRow* row = m.reader.next();
    EXPECT_FALSE(m.mapping.number("amount", *row, 1, 2, std::nullopt));
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, Rounding::half_up), 2);
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, Rounding::down), 0);
    row = m.reader.next();
    EXPECT_NE(m.mapping.number("amount", *row, 1, 2, std::nullopt).error().find("--round"), std::string::npos);
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, Rounding::half_up), 100);
    row = m.reader.next();
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, Rounding::half_up), std::nullopt);
    row = m.reader.next();
    EXPECT_FALSE(m.mapping.number("amount", *row, 1, 2, Rounding::half_up));
}

TEST(mapping, a_template_makes_one_number) {
    Mapped m = map("euros,cents\n12,05\n,\n", {"amount={euros}.{cents}"});
    const CsvRow* row = m.reader.next();
    EXPECT_EQ(*m.mapping.number("amount", *row, 1, 2, std::nullopt), 1205);
    row = m.reader.next();
    EXPECT_FALSE(m.mapping.number("amount", *row, 2, 2, std::nullopt));
    Mapped numbered = map("a\n9\n", {"amount={#}"});
    row = numbered.reader.next();
    EXPECT_EQ(*numbered.mapping.number("amount", *row, 3, 2, std::nullopt), 300);
}

TEST(mapping, shows_the_beginning_of_a_text) {
    EXPECT_EQ(shown("abc"), "`abc`");
    EXPECT_EQ(shown(std::string(41, 'x')), "`" + std::string(40, 'x') + "…`");
    EXPECT_EQ(shown(std::string(39, 'x') + "я"), "`" + std::string(39, 'x') + "…`");
}

TEST(import_time, is_read_as_files_write_it) {
    const Zone vilnius = fixed_zone("Test/Two", 2 * 3600);
    const auto text = [&](std::string_view from) {
        const auto at = parse_file_time(from, vilnius, {12 * 60});
        return at ? instant_text(*at) : std::string{"no"};
    };
    EXPECT_EQ(text("2026-03-01"), "2026-03-01T10:00:00Z");
    EXPECT_EQ(text("20260301"), "2026-03-01T10:00:00Z");
    EXPECT_EQ(text("01.03.2026 14:05"), "2026-03-01T12:05:00Z");
    EXPECT_EQ(text("2026-03-01 14:05:09.250"), "2026-03-01T12:05:09Z");
    EXPECT_EQ(text("2026-03-01T14:05:09+01:00"), "2026-03-01T13:05:09Z");
    EXPECT_EQ(text("9999-12-31 23:59"), "9999-12-31T21:59:00Z");
    for (const char* bad : {"", "10000-01-01", "99991231x", "2026-02-30", "2026-13-01", "2026-03-01 24:00", "2026-03-01 14:05:60",
                            "2026-03-01 14:05:09.", "2026-03-01 14:05:09.x", "2026-03-01 14", "2026-03-01x14:05", "03/01/2026",
                            "1899-12-31", "-2026-03-01", "2026-03-01 14:05 "}) {
        EXPECT_EQ(text(bad), bad == std::string{"2026-03-01 14:05 "} ? "2026-03-01T12:05:00Z" : "no") << bad;
    }
}

ReadRow row_of(std::uint64_t line, const std::string& id, const std::string& member, Instant at) {
    ReadRow row;
    row.head.id = id;
    row.member = member;
    row.head.occurred_at = at;
    row.head.store = "s1";
    row.head.lines.emplace_back();
    row.source = {line, "row " + std::to_string(line)};
    return row;
}

struct Grouped {
    std::vector<ReadReceipt> whole;
    std::vector<std::pair<std::uint64_t, std::string>> rejected;
    std::uint64_t receipts = 0, refused = 0;
};
Grouped group(std::vector<ReadRow> rows) {
    Grouped grouped;
    const Zone zone = fixed_zone("UTC", 0);
    ReceiptGrouper grouper(zone, {.whole = [&](ReadReceipt receipt) { grouped.whole.push_back(std::move(receipt)); },
                                  .rejected = [&](const SourceRow& row,
                                                  const std::string& reason) { grouped.rejected.emplace_back(row.line, reason); }});
    for (ReadRow& row : rows) grouper.add(std::move(row));
    grouper.close();
    grouped.receipts = grouper.receipts();
    grouped.refused = grouper.refused();
    return grouped;
}

TEST(grouper, makes_receipts_of_rows_that_agree) {
    const Instant noon{12 * 3600 * kSecondUs};
    ReadRow rejected;
    rejected.head.id = "2";
    rejected.is_rejected = true;
    const Grouped grouped = group({row_of(2, "1", "ann", {noon.us + kSecondUs}), row_of(3, "1", "ann", noon),
                                   row_of(4, "2", "bob", noon), rejected, row_of(6, "3", "ann", noon)});
    ASSERT_EQ(grouped.whole.size(), 3u);
    EXPECT_EQ(grouped.whole[0].receipt.occurred_at, noon);
    EXPECT_EQ(grouped.whole[0].receipt.lines.size(), 2u);
    EXPECT_EQ(grouped.whole[0].receipt.lines[1].number, 2u);
    EXPECT_FALSE(grouped.whole[0].is_incomplete);
    EXPECT_TRUE(grouped.whole[1].is_incomplete);
    EXPECT_FALSE(grouped.whole[2].is_incomplete);
    EXPECT_TRUE(grouped.rejected.empty());
}

TEST(grouper, rejects_every_row_of_a_receipt_that_contradicts_itself) {
    const Instant noon{12 * 3600 * kSecondUs};
    const auto changed = [&](auto change) {
        ReadRow row = row_of(3, "1", "ann", noon);
        change(row);
        const Grouped grouped = group({row_of(2, "1", "ann", noon), row, row_of(4, "1", "ann", noon), row_of(5, "2", "ann", noon)});
        EXPECT_EQ(grouped.receipts, 2u);
        EXPECT_EQ(grouped.refused, 1u);
        EXPECT_EQ(grouped.whole.size(), 1u);
        EXPECT_EQ(grouped.rejected.size(), 3u);
        return grouped.rejected.empty() ? std::string{} : grouped.rejected.front().second;
    };
    EXPECT_NE(changed([](ReadRow& r) { r.member = "bob"; }).find("two members, `ann` and `bob`"), std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.member = ""; }).find("two members"), std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.head.occurred_at.us += kDayUs; }).find("two dates, `1970-01-01` and `1970-01-02`"),
              std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.head.store = "s2"; }).find("two stores"), std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.head.card = "7"; }).find("two cards"), std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.head.till = "7"; }).find("two tills"), std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.head.number = "7"; }).find("two numbers"), std::string::npos);
    EXPECT_NE(changed([](ReadRow& r) { r.head.channel = "web"; }).find("two channels"), std::string::npos);
}

TEST(grouper, keeps_no_more_lines_than_a_receipt_may_have) {
    std::vector<ReadRow> rows;
    for (std::uint64_t i = 0; i < limits::lines_per_receipt; ++i) rows.push_back(row_of(i, "1", "ann", {}));
    EXPECT_EQ(group(rows).whole.size(), 1u);
    for (std::uint64_t i = 0; i < 5; ++i) rows.push_back(row_of(2'000 + i, "1", "ann", {}));
    const Grouped grouped = group(rows);
    EXPECT_TRUE(grouped.whole.empty());
    EXPECT_EQ(grouped.rejected.size(), limits::lines_per_receipt + 5);
    EXPECT_NE(grouped.rejected.back().second.find("more than 1000 lines"), std::string::npos);
}

TEST(mapping, says_what_it_does_not_understand) {
    const CsvReader reader = CsvReader::from_bytes("a,b\n1,2\n");
    for (const char* bad :
         {"sku", "colour=a", "sku=c", "sku=a|cut:1", "sku={a", "sku={c}", "sku=", "sku=a+b", "sku=a-b", "store==\xff"}) {
        EXPECT_FALSE(Mapping::make(kFields, {bad}, reader)) << bad;
    }
    EXPECT_FALSE(Mapping::make(kFields, {"sku=a", "sku=b"}, reader));
}

TEST(sorter, sorts_more_than_fits_in_memory_and_keeps_the_order_of_equals) {
    for (const std::size_t memory : {std::size_t{1} << 9, std::size_t{1} << 12, std::size_t{1} << 24}) {
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
        EXPECT_EQ(sorter.runs() > 1, memory < std::size_t{1} << 24);
        EXPECT_LE(sorter.runs(), 256u);
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
