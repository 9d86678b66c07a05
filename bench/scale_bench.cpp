// What a receipt costs in a small store and in a large one: `bench_scale SUKI FOLDER [receipts [members]]`. Each store is filled by
// `suki import receipts`, then served under load.
#include "same_rows.h"
#include "served.h"
#include "shop.h"

namespace suki::bench {
namespace {

constexpr int kLines = 3;
constexpr int kConnections = 64;
constexpr int kRequests = 60'000;
constexpr double kSeconds = 8;
constexpr int kCopiedMax = 2'000'000;  // receipts

struct Size {
    int receipts = 0;
    int members = 0;
};

struct Figures {
    Ran import;
    double start_s = 0, memory_at_start_mb = 0, memory_mb = 0, bytes = 0;
    LoadResult first, full, half;
    SameRows::Rate same_rows;
};

std::vector<std::string> make_receipts(const std::string& secret, int members) {
    std::vector<std::string> requests;
    Shop shop{7, members, kLines};
    for (int i = 0; i < kRequests; ++i) {
        const std::string id = "h" + std::to_string(i);
        requests.push_back(request_of("PUT /v1/receipts/" + id, secret, id, shop.next().body()));
    }
    return requests;
}

void serve(const std::string& suki, const std::string& folder, const std::string& database, int members, Figures& figures) {
    const std::vector<std::string> requests = make_receipts(secret_for(suki, folder, database), members);
    const double started = wall_s();
    const Served server{suki, folder, database};
    figures.start_s = wall_s() - started;
    figures.memory_at_start_mb = server.memory_mb();
    const auto cpu = [&] { return server.cpu_s(); };
    std::size_t next = 0;
    Load load(server.port(), kConnections);
    figures.first = load.run(requests, next, 2, 0, cpu);
    figures.full = load.run(requests, next, kSeconds, 0, cpu);
    figures.half = load.run(requests, next, kSeconds, figures.full.rate() / 2, cpu);
    figures.memory_mb = server.memory_mb();
}

Figures measure(const std::string& suki, const std::string& folder, Size size) {
    const std::string csv = folder + "/receipts.csv", database = folder + "/scale.db";
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    write_file(folder + "/bench.yaml", kShopDocument);
    write_receipts_csv(csv, size.receipts, size.members, kLines);
    must_run({suki, "publish", folder + "/bench.yaml", "--db", database, "--effective", "2026-01-01", "--allow-past"});
    Figures figures;
    figures.import = must_run({suki, "import", "receipts", csv, "--db", database});
    std::filesystem::remove(csv);
    figures.bytes = static_cast<double>(std::filesystem::file_size(database)) / size.receipts;
    const auto of_receipt = [&](double sum) { return sum / size.receipts * 1e6; };
    std::printf("%9d receipts of %d lines, %d members\n", size.receipts, kLines, size.members);
    std::printf(
        "  import      %8.0f receipts/s  %6.1f us CPU a receipt, at most %.0f MB of memory; %.1f kB of database a receipt\n",
        size.receipts / figures.import.wall_s, of_receipt(figures.import.cpu_s), figures.import.memory_mb, figures.bytes / 1000);
    // They are held in memory before the clock starts.
    if (size.receipts <= kCopiedMax) {
        figures.same_rows = SameRows{database, folder + "/same.db"}.write(1'000);
        std::printf(
            "  SQLite, the same rows, 1,000 receipts a commit %8.0f receipts/s  %6.1f us CPU: import's rate is %.2f of it\n",
            figures.same_rows.receipts_a_second, figures.same_rows.cpu_us,
            size.receipts / figures.import.wall_s / figures.same_rows.receipts_a_second);
    }
    serve(suki, folder, database, size.members, figures);
    std::printf("  server      listens after %.2f s; %.0f MB of memory then, %.0f MB after the load\n", figures.start_s,
                figures.memory_at_start_mb, figures.memory_mb);
    print("  64, the first two s", figures.first);
    print("  64, full load", figures.full);
    print("  64, half load", figures.half);
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    return figures;
}

int compare(const std::string& suki, const std::string& folder, Size large) {
    const Size small{.receipts = 100'000, .members = 10'000};
    const Figures before = measure(suki, folder, small);
    const Figures after = measure(suki, folder, large);
    const auto line = [](const char* name, double was, double is) {
        std::printf("  %-34s %8.1f us, then %8.1f us: %.2f times\n", name, was, is, is / was);
    };
    std::printf("CPU of a receipt, from %d receipts and %d members to %d and %d\n", small.receipts, small.members, large.receipts,
                large.members);
    line("imported", before.import.cpu_s / small.receipts * 1e6, after.import.cpu_s / large.receipts * 1e6);
    line("served, full load", before.full.server_us(), after.full.server_us());
    line("served, half load", before.half.server_us(), after.half.server_us());
    return 0;
}

}  // namespace
}  // namespace suki::bench

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    return suki::bench::compare(
        argv[1], argv[2],
        {.receipts = argc > 3 ? std::atoi(argv[3]) : 1'000'000, .members = argc > 4 ? std::atoi(argv[4]) : 100'000});
}
