#include "cli/csv.h"

#include <gtest/gtest.h>

namespace suki::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const std::string& bytes) {
    CsvReader reader = CsvReader::from_bytes(bytes);
    Rows rows;
    while (const CsvRow* row = reader.next()) rows.emplace_back(row->fields.begin(), row->fields.end());
    return rows;
}

CsvReader::Problem problem_of(const std::string& bytes) {
    CsvReader reader = CsvReader::from_bytes(bytes);
    while (reader.next() != nullptr) {}
    return reader.problem();
}

TEST(csv, reads_plain_and_quoted_fields) {
    EXPECT_EQ(rows_of("a,b\n1,2\n\"x,y\",\"say \"\"hi\"\"\"\n"), (Rows{{"1", "2"}, {"x,y", "say \"hi\""}}));
    EXPECT_EQ(rows_of("a,b\r\n1,\r\n,2\r\n"), (Rows{{"1", ""}, {"", "2"}}));
    EXPECT_EQ(rows_of("a,b\n\"two\nlines\",2"), (Rows{{"two\nlines", "2"}}));
    EXPECT_EQ(rows_of("a;b\n1;2\n"), (Rows{{"1", "2"}}));
    EXPECT_EQ(rows_of("a\tb\n1\t2\n"), (Rows{{"1", "2"}}));
    EXPECT_EQ(rows_of("\xef\xbb\xbf"
                      "a,b\n\n1,2\n\n"),
              (Rows{{"1", "2"}}));
    EXPECT_EQ(rows_of("a\n1\n\"\"x\n"), (Rows{{"1"}, {"x"}}));
}

TEST(csv, knows_the_line_of_each_row) {
    CsvReader reader = CsvReader::from_bytes("a,b\n\"1\n1\",2\n3,4\n");
    EXPECT_EQ(reader.next()->line, 2u);
    EXPECT_EQ(reader.next()->line, 4u);
    EXPECT_EQ(reader.next(), nullptr);
    EXPECT_EQ(reader.problem(), CsvReader::Problem::none);
}

TEST(csv, says_what_is_wrong_with_a_file) {
    EXPECT_EQ(problem_of(""), CsvReader::Problem::no_header);
    EXPECT_EQ(problem_of("a,b\n\"1,2\n"), CsvReader::Problem::quote_not_closed);
    EXPECT_EQ(problem_of("a,a\n1,2\n"), CsvReader::Problem::duplicate_column);
    EXPECT_EQ(problem_of("a\n" + std::string(CsvReader::kRowBytesMax + 1, 'x') + "\n"), CsvReader::Problem::row_too_long);
    EXPECT_EQ(problem_of("a\n" + std::string(CsvReader::kRowBytesMax, 'x') + "\n"), CsvReader::Problem::none);
    EXPECT_EQ(CsvReader("no-such-file.csv").problem(), CsvReader::Problem::cannot_open);
}

}  // namespace
}  // namespace suki::cli
