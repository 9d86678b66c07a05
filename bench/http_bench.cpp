// Durable receipts and quotes a second over HTTP, beside what disk, SQLite and nginx do in the same run: `bench_http SUKI FOLDER
// [seconds]`; and beside what pgbench does, on an empty PostgreSQL: `bench_http SUKI FOLDER seconds postgresql://…`.
#include "disk.h"
#include "load.h"
#include "served.h"
#include "shop.h"

namespace suki::bench {
namespace {

constexpr int kConnections = 64;
constexpr int kMany = 512;
constexpr int kRequests = 90'000;
constexpr int kQuotes = 20'000;

std::vector<std::string> make_receipts(const std::string& secret) {
    std::vector<std::string> requests;
    Shop shop;
    for (int i = 0; i < kRequests; ++i) {
        const ShopReceipt receipt = shop.next();
        const std::string id = "r" + std::to_string(receipt.number);
        requests.push_back(request_of("PUT /v1/receipts/" + id, secret, id, receipt.body()));
    }
    return requests;
}

std::vector<std::string> make_quotes(const std::string& secret) {
    std::vector<std::string> requests;
    Shop shop;
    for (int i = 0; i < kQuotes; ++i) {
        const ShopReceipt receipt = shop.next();
        requests.push_back(request_of("POST /v1/receipts/quote", secret, "q" + std::to_string(i), receipt.quote()));
    }
    return requests;
}

struct Suki {
    LoadResult one, full, half, many_full, many_half, quotes;
    double database_bytes = 0;  // a receipt
    std::size_t receipts = 0;
};

/// A programme like the shop's, of which every purchase draws on a budget of all.
std::string with_budget() {
    std::string document = kShopDocument;
    const std::string give = "give: {points: 3 per 1 BYN}";
    return document.replace(document.find(give), give.size(), give + ", limit: {budget: 1000000000 points}");
}

/// With its programme and members.
std::string fill(const std::string& suki, const std::string& folder, const std::string& database, const std::string& document) {
    write_file(folder + "/bench.yaml", document);
    write_members_csv(folder + "/members.csv");
    must_run({suki, "publish", folder + "/bench.yaml", "--db", database, "--effective", "2026-01-01", "--allow-past"});
    must_run({suki, "import", "members", folder + "/members.csv", "--db", database});
    return secret_for(suki, folder, database);
}

/// What was answered must be there, and all of it consistent.
void verify(const std::string& suki, const std::string& folder, const std::string& database, std::size_t answered) {
    must_run({suki, "verify", "--db", database}, "/dev/null", folder + "/verify.txt");
    if (file_text(folder + "/verify.txt").find(" " + std::to_string(answered) + " receipts") != std::string::npos) return;
    std::printf("answered %zu receipts, but: %s", answered, file_text(folder + "/verify.txt").c_str());
    std::exit(1);
}

/// `is_short`: at full load alone.
Suki measure_suki(const std::string& suki, const std::string& folder, const std::string& database, double seconds,
                  const std::string& document = kShopDocument, bool is_short = false) {
    const std::string secret = fill(suki, folder, database, document);
    const std::vector<std::string> requests = make_receipts(secret);

    Served server{suki, folder, database};
    Suki measured;
    std::size_t next = 0;
    const auto cpu = [&] { return server.cpu_s(); };
    const auto full_and_half = [&](int connections, LoadResult& full, LoadResult* half) {
        Load load(server.port(), connections);
        load.run(requests, next, 1, 0, cpu);
        full = load.run(requests, next, seconds, 0, cpu);
        if (half != nullptr) *half = load.run(requests, next, seconds, full.rate() / 2, cpu);
    };
    full_and_half(kConnections, measured.full, is_short ? nullptr : &measured.half);
    if (!is_short) {
        full_and_half(kMany, measured.many_full, &measured.many_half);
        {
            Load load(server.port(), 1);
            measured.one = load.run(requests, next, 2, 0, cpu);
        }
        const std::vector<std::string> quotes = make_quotes(secret);
        Load load(server.port(), kConnections);
        std::size_t quoted = 0;
        measured.quotes = load.run(quotes, quoted, 2, 0, cpu);
    }
    server.stop();
    measured.receipts = next;
    if (std::filesystem::exists(database)) {
        measured.database_bytes = static_cast<double>(std::filesystem::file_size(database)) / static_cast<double>(next);
    }
    verify(suki, folder, database, next);
    return measured;
}

void print(const Suki& measured) {
    print("64, full load", measured.full);
    print("64, half load", measured.half);
    print("512, full load", measured.many_full);
    print("512, half load", measured.many_half);
    print("1, full load", measured.one);
    std::printf("%-22s %zu receipts answered, all found by `suki verify`", "", measured.receipts);
    if (measured.database_bytes > 0) std::printf("; %.1f kB of database each", measured.database_bytes / 1000);
    std::printf("\n");
}

void print_budget(double rate, double with_budget) {
    std::printf("%-46s %9.0f/s   %6.3f of the rate without\n", "64, full load, each drawing on one budget", with_budget,
                with_budget / rate);
}

/// The same quotes to nginx, which reads the body and answers 200 with a few bytes. Of microseconds of CPU a request; 0 without it.
double measure_nginx(const std::string& folder, double seconds) {
    const char* nginx = "build/unpacked/usr/sbin/nginx";
    if (access(nginx, X_OK) != 0) nginx = "/usr/sbin/nginx";
    if (access(nginx, X_OK) != 0) {
        std::printf("nginx                  not installed: left out\n");
        return 0;
    }
    const std::string place = std::filesystem::absolute(folder).string();
    const int port = free_port();
    write_file(folder + "/nginx.conf", "daemon off; worker_processes 2; pid " + place +
                                           "/nginx.pid; error_log /dev/null crit;\nevents { worker_connections 256; }\n"
                                           "http { access_log off; client_body_buffer_size 16k; client_body_temp_path " +
                                           place + "/body; proxy_temp_path " + place + "/proxy; fastcgi_temp_path " + place +
                                           "/fastcgi; uwsgi_temp_path " + place + "/uwsgi; scgi_temp_path " + place +
                                           "/scgi; keepalive_requests 10000000;\nserver { listen 127.0.0.1:" +
                                           std::to_string(port) + "; location / { return 200 '{\"ok\":true}'; } } }\n");
    const Child server = start({nginx, "-e", "/dev/null", "-p", place, "-c", place + "/nginx.conf"}, "/dev/null", "/dev/null");
    usleep(500'000);
    const auto cpu = [&] { return cpu_of_children(server.pid); };
    LoadResult result;
    {
        const std::vector<std::string> one = make_quotes("none");
        std::vector<std::string> requests;
        for (int i = 0; i < 10; ++i) requests.insert(requests.end(), one.begin(), one.end());
        Load load(port, kConnections);
        std::size_t next = 0;
        result = load.run(requests, next, seconds, 0, cpu);
        print("nginx, the same bodies", result);
    }
    kill(server.pid, SIGTERM);
    finish(server.pid, wall_s());
    return result.server_us();
}

/// Two servers on one database, each with half of the connections and members at random: accounts that both know are the worst
/// case.
LoadResult measure_two(const std::string& suki, const std::string& folder, const std::string& database, double seconds) {
    const std::vector<std::string> requests = make_receipts(fill(suki, folder, database, kShopDocument));
    Served one{suki, folder, database}, other{suki, folder, database};
    const auto cpu = [&] { return one.cpu_s() + other.cpu_s(); };
    LoadResult result;
    std::size_t next = 0;
    {
        Load load({one.port(), other.port()}, kConnections);
        load.run(requests, next, 1, 0, cpu);
        result = load.run(requests, next, seconds, 0, cpu);
    }
    one.stop();
    other.stop();
    verify(suki, folder, database, next);
    return result;
}

/// Two scripts' worth of pgbench: its simple update, from as many clients, by text and by prepared statements.
double pgbench_a_second(const std::string& folder, const std::string& database, const char* protocol, double seconds) {
    const std::string clients = std::to_string(kConnections), duration = std::to_string(std::max(1, static_cast<int>(seconds)));
    must_run({"pgbench", "-N", "-n", "-c", clients, "-j", "2", "-T", duration, "-M", protocol, database}, "/dev/null",
             folder + "/pgbench.txt");
    const std::string said = file_text(folder + "/pgbench.txt");
    const std::size_t at = said.find("tps = ");
    return at == std::string::npos ? 0 : std::atof(said.c_str() + at + 6);
}

int measure_on_postgres(const std::string& suki, const std::string& folder, const std::string& database, double seconds) {
    std::printf("kept connections, the same receipts, PostgreSQL with fsync and synchronous_commit on\n");
    must_run({"pgbench", "-i", "-q", "-s", "10", database}, "/dev/null", "/dev/null");
    const double simple = pgbench_a_second(folder, database, "simple", seconds);
    const double prepared = pgbench_a_second(folder, database, "prepared", seconds);
    const Suki measured = measure_suki(suki, folder, database, seconds);
    print(measured);
    print("64, quotes", measured.quotes);
    const double rate = measured.full.rate();
    const auto another = [&](const std::string& name) {
        must_run({"psql", "-q", "-d", database, "-c", "create database " + name}, "/dev/null", "/dev/null");
        std::string other = database;
        return other.replace(other.find("/postgres?"), 10, "/" + name + "?");
    };
    print_budget(rate, measure_suki(suki, folder, another("budget"), seconds / 2, with_budget(), true).full.rate());
    print("64, two servers", measure_two(suki, folder, another("two"), seconds));
    std::printf("%-46s %9.0f/s   suki's rate is %6.3f of it\n", "pgbench -N, 64 clients", simple, rate / simple);
    std::printf("%-46s %9.0f/s   suki's rate is %6.3f of it\n", "pgbench -N, 64 clients, prepared", prepared, rate / prepared);
    return 0;
}

int measure(const std::string& suki, const std::string& folder, double seconds) {
    std::printf("kept connections, receipts of %d lines with a member each, 20 offers, SQLite synchronous=full\n", kShopLines);
    const auto empty = [&](const char* name) {
        const std::string database = folder + "/" + name;
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
        return database;
    };
    const double syncs = syncs_a_second(folder, 2);
    const Suki measured = measure_suki(suki, folder, empty("http.db"), seconds);
    print(measured);
    print_budget(measured.full.rate(),
                 measure_suki(suki, folder, empty("budget.db"), seconds / 2, with_budget(), true).full.rate());
    print("64, quotes", measured.quotes);
    if (const double cpu_us = measure_nginx(folder, 2); cpu_us > 0) {
        std::printf("%-22s a quote takes %.1f times nginx's CPU\n", "", measured.quotes.server_us() / cpu_us);
    }
    const Postings alone = postings_a_second(folder, 1, 100, 2), many = postings_a_second(folder, 1'000, 100, 2);
    const Postings as_large = postings_a_second(folder, 1'000, static_cast<std::size_t>(measured.database_bytes), 2);
    const double rate = measured.full.rate();
    const auto line = [&](const char* name, double figure, double cpu_us) {
        std::printf("%-46s %9.0f/s   suki's rate is %6.3f of it", name, figure, rate / figure);
        if (cpu_us > 0) std::printf("   CPU %6.1f us, suki's is %5.1f times that", cpu_us, measured.full.server_us() / cpu_us);
        std::printf("\n");
    };
    line("fdatasync of 4 KiB", syncs, 0);
    line("SQLite posting (row + balance), 1 a commit", alone.a_second, alone.cpu_us);
    line("SQLite posting, 1,000 a commit", many.a_second, many.cpu_us);
    line("the same with as many bytes as a receipt", as_large.a_second, as_large.cpu_us);
    return 0;
}

}  // namespace
}  // namespace suki::bench

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    const double seconds = argc > 3 ? std::atof(argv[3]) : 6;
    if (argc > 4) return suki::bench::measure_on_postgres(argv[1], argv[2], argv[4], seconds);
    return suki::bench::measure(argv[1], argv[2], seconds);
}
