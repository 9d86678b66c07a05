#include "cli/csv.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

namespace suki::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const std::string& bytes) {
    CsvReader reader = CsvReader::from_bytes(bytes);
    Rows rows;
    while (const CsvRow* row = reader.next()) rows.emplace_back(row->fields.begin(), row->fields.end());
    return rows;
}

/// What a reader finds, row by row: `line: field|field`, or `line! flaw`.
std::vector<std::string> read_all(CsvReader reader) {
    std::vector<std::string> found;
    while (const CsvRow* row = reader.next()) {
        std::string text = std::to_string(row->line);
        if (row->flaw != RowFlaw::none) {
            EXPECT_TRUE(row->fields.empty());
            found.push_back(text + "! " + std::string{describe(row->flaw)});
            continue;
        }
        for (std::size_t i = 0; i < row->fields.size(); ++i) {
            text += i == 0 ? ": " : "|";
            text += row->fields[i];
        }
        found.push_back(text);
    }
    EXPECT_EQ(reader.problem(), CsvReader::Problem::none) << reader.problem_text();
    return found;
}
std::vector<std::string> read_all(const std::string& bytes) { return read_all(CsvReader::from_bytes(bytes)); }
using Found = std::vector<std::string>;

const std::string kOpen = "! a quote is opened and not closed";
const std::string kLong = "! the line is longer than 1 MiB";

CsvReader::Problem problem_of(const std::string& bytes) {
    CsvReader reader = CsvReader::from_bytes(bytes);
    while (reader.next() != nullptr) {}
    return reader.problem();
}

std::string packed(const std::string& bytes) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// A file of the test's own, gone with it.
struct File {
    std::string path = ::testing::TempDir() + "/csv_test_" + std::to_string(::getpid());
    explicit File(const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
    ~File() { std::filesystem::remove(path); }
};

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

TEST(csv, a_forgotten_quote_costs_one_line) {
    // Closed by the next quote, which no field's end follows.
    EXPECT_EQ(read_all("a,b\n1,\"x\n2,\"y\"\n3,z\n"), (Found{"2" + kOpen, "3: 2|y", "4: 3|z"}));
    // Closed by nothing before the end.
    EXPECT_EQ(read_all("a,b\n1,\"x\n2,y\n3,z"), (Found{"2" + kOpen, "3: 2|y", "4: 3|z"}));
    EXPECT_EQ(read_all("a,b\n2,y\n1,\"x"), (Found{"2: 2|y", "3" + kOpen}));
    EXPECT_EQ(read_all("a,b\n2,y\n1,\"x\n"), (Found{"2: 2|y", "3" + kOpen}));
    EXPECT_EQ(read_all("a,b\r\n1,\"x\r\n2,\"y\"\r\n"), (Found{"2" + kOpen, "3: 2|y"}));
    // One after the other.
    EXPECT_EQ(read_all("a,b\n1,\"x\n2,\"y\n3,z\n"), (Found{"2" + kOpen, "3" + kOpen, "4: 3|z"}));
    // A doubled quote closes nothing.
    EXPECT_EQ(read_all("a,b\n1,\"x\n2,\"\"\n3,\"\"\n4,z\n"), (Found{"2" + kOpen, "3: 2|", "4: 3|", "5: 4|z"}));
}

TEST(csv, a_quote_within_a_field_is_a_character) {
    EXPECT_EQ(read_all("a,b\n1,5\" pipe\n2,\"6\"\" pipe\"\n"), (Found{"2: 1|5\" pipe", "3: 2|6\" pipe"}));
    EXPECT_EQ(read_all("a,b\n1,\"x\"y\n2,z\n"), (Found{"2: 1|xy", "3: 2|z"}));
    EXPECT_EQ(read_all("a,b\n\"1\n1\",\"x\"y\n2,z\n"), (Found{"2: 1\n1|xy", "4: 2|z"}));
}

TEST(csv, rows_have_a_most_of_lines_and_bytes) {
    const auto lines = [](std::size_t count) {
        std::string text = "a,b\n\"";
        for (std::size_t i = 1; i < count; ++i) text += "x\n";
        return text + "x\",1\n2,y\n";
    };
    EXPECT_EQ(read_all(lines(CsvReader::kRowLinesMax)).size(), 2u);
    const Found split = read_all(lines(CsvReader::kRowLinesMax + 1));
    EXPECT_EQ(split.front(), "2" + kOpen);
    EXPECT_EQ(split.size(), CsvReader::kRowLinesMax + 2);
    EXPECT_EQ(split.back(), std::to_string(CsvReader::kRowLinesMax + 3) + ": 2|y");

    const std::string most(CsvReader::kRowBytesMax, 'x');
    EXPECT_EQ(read_all("a\n" + most + "\n1\n").size(), 2u);
    EXPECT_EQ(read_all("a\n" + most), (Found{"2: " + most}));
    EXPECT_EQ(read_all("a\n" + most + "x\n1\n"), (Found{"2" + kLong, "3: 1"}));
    EXPECT_EQ(read_all("a\n" + most + "x"), (Found{"2" + kLong}));
    EXPECT_EQ(read_all("a\n\"" + most + "\n1\n"), (Found{"2" + kLong, "3: 1"}));
    EXPECT_EQ(read_all("a,b\n1,\"x\n" + most + "\n2,y\n"), (Found{"2" + kOpen, "3: " + most, "4: 2|y"}));
}

TEST(csv, passes_over_garbage_without_keeping_it) {
    std::string bytes = "a,b\n1,x\n";
    for (int i = 0; i < 3; ++i) bytes += std::string(10 << 20, i == 1 ? '\0' : '"') + "\n";
    const File file(bytes + "2,y\n");
    EXPECT_EQ(read_all(CsvReader(file.path)), (Found{"2: 1|x", "3" + kLong, "4" + kLong, "5" + kLong, "6: 2|y"}));
}

TEST(csv, a_file_of_forgotten_quotes_is_read_in_bounded_time) {
    // Each line opens a quote that no later line closes, whether it is read from its start or from within quotes.
    std::string bytes = "a,b\n";
    for (int i = 0; i < 100'000; ++i) bytes += "x\",\",\"\"y\n";
    EXPECT_EQ(read_all(bytes).size(), 100'000u);
}

TEST(csv, knows_how_lines_end) {
    EXPECT_EQ(read_all("a,b\r1,x\r\r2,y\r"), (Found{"2: 1|x", "4: 2|y"}));
    EXPECT_EQ(read_all("a,b\r1,\"x\r2\",\r"), (Found{"2: 1|x\r2|"}));
    EXPECT_EQ(read_all("a,b\n1,x\ry\n"), (Found{"2: 1|x\ry"}));
    EXPECT_EQ(read_all("a,b\r\r\n1,x\r\r\n"), (Found{"2: 1|x"}));
    EXPECT_EQ(read_all("a;b\tc;d\n1;2;3\n"), (Found{"2: 1|2|3"}));
}

TEST(csv, keeps_the_row_as_it_stands) {
    CsvReader reader = CsvReader::from_bytes("a,b\r\n\"x\r\ny\",\"2\"\r\n1,\"x\r\n");
    EXPECT_EQ(reader.next()->text, "\"x\r\ny\",\"2\"");
    EXPECT_EQ(reader.next()->text, "1,\"x");
    CsvReader wide = CsvReader::from_bytes("a\n" + std::string(2 << 20, 'x') + "\n");
    EXPECT_EQ(wide.next()->text, std::string(1'000, 'x'));
}

TEST(csv, says_what_is_wrong_with_a_file) {
    EXPECT_EQ(problem_of(""), CsvReader::Problem::no_header);
    EXPECT_EQ(problem_of("\xef\xbb\xbf"), CsvReader::Problem::no_header);
    EXPECT_EQ(problem_of("a,b\n"), CsvReader::Problem::none);
    EXPECT_EQ(problem_of("a,b"), CsvReader::Problem::none);
    EXPECT_EQ(problem_of("a,\"b\n1,2\n"), CsvReader::Problem::header_flawed);
    EXPECT_EQ(problem_of(std::string(2 << 20, 'a')), CsvReader::Problem::header_flawed);
    EXPECT_EQ(problem_of("\xff\xfe"
                         "a\0b\0"),
              CsvReader::Problem::not_utf8);
    EXPECT_EQ(problem_of("\xcf\xee\xea\n1\n"), CsvReader::Problem::not_utf8);
    EXPECT_EQ(problem_of("a,b,,\n1,2,,\n"), CsvReader::Problem::none);
    EXPECT_EQ(problem_of("a,b,a\n1,2,3\n"), CsvReader::Problem::duplicate_column);
    EXPECT_EQ(CsvReader::from_bytes("a,b,a\n").problem_text(), "two columns are named `a`");
    EXPECT_EQ(CsvReader("no-such-file.csv").problem(), CsvReader::Problem::cannot_open);
    EXPECT_EQ(CsvReader(::testing::TempDir()).problem(), CsvReader::Problem::cannot_open);
}

TEST(csv, reads_gzip_of_any_number_of_members) {
    const File file(packed("a,b\n1,") + packed("x\n2,y") + packed("\n"));
    EXPECT_EQ(read_all(CsvReader(file.path)), (Found{"2: 1|x", "3: 2|y"}));
}

TEST(csv, says_where_a_gzip_file_breaks_off) {
    std::string rows = "a,b\n";
    for (int i = 0; i < 20'000; ++i) rows += std::to_string(i * 7'919 % 100'003) + "," + std::to_string(i) + "\n";
    const std::string whole = packed(rows);
    for (const std::size_t kept : {whole.size() / 2, whole.size() - 9, whole.size() - 1}) {
        const File file(whole.substr(0, kept));
        CsvReader reader(file.path);
        std::uint64_t last = 1;
        while (const CsvRow* row = reader.next()) last = row->line;
        EXPECT_EQ(reader.problem(), CsvReader::Problem::cannot_read) << kept;
        EXPECT_NE(reader.problem_text().find("line " + std::to_string(last + 1) + " breaks off"), std::string::npos)
            << reader.problem_text();
    }
    std::string damaged = whole;
    for (std::size_t i = 0; i < 100; ++i) damaged[damaged.size() / 2 + i] = static_cast<char>(0xa5);
    const File file(damaged);
    EXPECT_EQ(
        [&] {
            CsvReader reader(file.path);
            while (reader.next() != nullptr) {}
            return reader.problem();
        }(),
        CsvReader::Problem::cannot_read);
}

}  // namespace
}  // namespace suki::cli
