// `suki import receipts` beside the reading of the same CSV alone: `bench_import SUKI FOLDER [lines]`.
#include <filesystem>

#include "cli/csv.h"
#include "machine.h"
#include "shop.h"

namespace suki::bench {
namespace {

int measure(const std::string& suki, const std::string& folder, int wanted) {
    const int lines = wanted / kShopLines * kShopLines;
    const std::string csv = folder + "/receipts.csv", database = folder + "/import.db";
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    write_receipts_csv(csv, lines / kShopLines, kShopMembers, kShopLines);
    write_file(folder + "/bench.yaml", kShopDocument);
    must_run({suki, "publish", folder + "/bench.yaml", "--db", database, "--effective", "2026-01-01", "--allow-past"});

    const double parse_wall = wall_s(), parse_cpu = own_cpu_s();
    cli::CsvReader reader(csv);
    std::size_t fields = 0;
    int rows = 0;
    for (const cli::CsvRow* row = reader.next(); row != nullptr; row = reader.next()) {
        ++rows;
        fields += row->fields.size();
    }
    const double parse_s = wall_s() - parse_wall, parse_cpu_s = own_cpu_s() - parse_cpu;
    if (rows != lines || fields != static_cast<std::size_t>(lines) * 9) return 1;
    const Ran imported = must_run({suki, "import", "receipts", csv, "--db", database});
    const double receipts = static_cast<double>(lines) / kShopLines;
    std::printf("%d lines, %.0f receipts of %d members, 20 offers, %.1f MB\n", lines, receipts, kShopMembers,
                static_cast<double>(std::filesystem::file_size(csv)) / 1e6);
    std::printf("suki import  %9.0f lines/s  %7.0f receipts/s  %6.1f us CPU a receipt  database %.1f kB a receipt\n",
                lines / imported.wall_s, receipts / imported.wall_s, imported.cpu_s / receipts * 1e6,
                static_cast<double>(std::filesystem::file_size(database)) / receipts / 1000);
    std::printf("CSV alone    %9.0f lines/s  %7.0f receipts/s  %6.1f us CPU a receipt\n", lines / parse_s, receipts / parse_s,
                parse_cpu_s / receipts * 1e6);
    std::printf("reading alone is %.0f times as fast\n", imported.wall_s / parse_s);
    return 0;
}

}  // namespace
}  // namespace suki::bench

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    return suki::bench::measure(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 200'000);
}
