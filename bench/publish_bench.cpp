// How long receipts and quotes wait while an edition of 10,000 offers is published: `bench_publish SUKI FOLDER`.
#include <thread>

#include "served.h"
#include "shop.h"

namespace suki::bench {
namespace {

constexpr int kOffers = 10'000;
constexpr int kOffersOfShop = 20;
constexpr int kConnections = 16;
constexpr double kRate = 200;  // requests a second, far below what the server can do
constexpr double kSeconds = 6;

/// The shop's programme with offers for single goods after its own.
std::string large_document(int edition) {
    std::string document = kShopDocument;
    std::string offers;
    for (int i = kOffersOfShop; i < kOffers; ++i) {
        const std::string number = std::to_string(i);
        offers += "  o" + number + ": {title: {en: Offer " + number + " of edition " + std::to_string(edition) +
                  "}, when: {sku: [" + ShopLine::padded("K", i % 5'000, 5) + "], amount: over " + std::to_string(1 + i % 50) +
                  " BYN}, give: {points: " + std::to_string(1 + i % 20) + "}}\n";
    }
    return document.insert(document.find("spend:\n"), offers);
}

std::string json_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? std::string{"\\n"} : std::string{c};
    }
    return out + '"';
}

int measure(const std::string& suki, const std::string& folder) {
    const std::string database = folder + "/publish.db";
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    write_file(folder + "/bench.yaml", large_document(1));
    must_run({suki, "publish", folder + "/bench.yaml", "--db", database, "--effective", "2026-01-01", "--allow-past"});
    write_members_csv(folder + "/members.csv");
    must_run({suki, "import", "members", folder + "/members.csv", "--db", database});
    const std::string till = secret_for(suki, folder, database, "till"), admin = secret_for(suki, folder, database, "admin");
    const Served server{suki, folder, database};
    const auto cpu = [&] { return server.cpu_s(); };
    std::vector<std::string> receipts, quotes;
    Shop shop;
    for (int i = 0; i < 10 * static_cast<int>(kRate * kSeconds); ++i) {
        const ShopReceipt receipt = shop.next();
        const std::string id = "p" + std::to_string(receipt.number);
        receipts.push_back(request_of("PUT /v1/receipts/" + id, till, id, receipt.body()));
        quotes.push_back(request_of("POST /v1/receipts/quote", till, "q" + id, receipt.quote()));
    }
    std::printf("%.0f requests a second over %d connections, a programme of %d offers\n", kRate, kConnections, kOffers);
    int edition = 1;
    for (const auto& [name, requests] : {std::pair{"receipts", &receipts}, std::pair{"quotes", &quotes}}) {
        Load load(server.port(), kConnections);
        std::size_t next = 0;
        load.run(*requests, next, 1, kRate, cpu);
        const LoadResult before = load.run(*requests, next, kSeconds, kRate, cpu);
        ++edition;
        const std::vector<std::string> publishing{
            request_of("POST /v1/programmes", admin, "publish" + std::to_string(edition),
                       "{\"document\":" + json_text(large_document(edition)) + ",\"effective_on\":\"2099-01-01\"}")};
        LoadResult published;
        std::thread publisher{[&] {
            usleep(1'000'000);
            Load one(server.port(), 1);
            std::size_t first = 0;
            published = one.run(publishing, first, 30, 0, cpu);
        }};
        const LoadResult meanwhile = load.run(*requests, next, kSeconds, kRate, cpu);
        publisher.join();
        print((std::string{name} + ", nothing else").c_str(), before);
        print((std::string{name} + ", publishing").c_str(), meanwhile);
        if (published.answered != 1 || published.refused != 0) {
            std::printf("the edition was not published\n");
            std::exit(1);
        }
        std::printf("%-22s published in %.0f ms; the longest wait grew by %.1f ms\n", "", published.max_ms,
                    meanwhile.max_ms - before.max_ms);
    }
    return 0;
}

}  // namespace
}  // namespace suki::bench

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    return suki::bench::measure(argv[1], argv[2]);
}
