// What share of the CPU of `suki evaluate` parsing takes: `bench_parse SUKI FOLDER [events]`. The same lines are read by the same
// functions alone, in this process.
#include <algorithm>

#include "machine.h"
#include "server/inputs.h"
#include "shop.h"

namespace suki::bench {
namespace {

using server::json::Object;

struct Event {
    std::string type;
    std::string id;
    server::ReceiptInput receipt;
};
void read_event(Object& in, Event& out) {
    in.required("type", out.type, server::json::key());
    in.required("id", out.id, server::json::key());
    server::read_receipt(in, out.receipt);
}

double parse_cpu_s(const std::string& text, std::size_t& events) {
    events = 0;
    const double started = own_cpu_s();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        const auto event = server::json::decode<Event>(std::string_view{text}.substr(at, end - at), read_event);
        if (!event) {
            std::printf("an event was not read: %s\n", event.error().front().message.c_str());
            std::exit(1);
        }
        events += event->receipt.receipt.lines.size() == kShopLines ? 1 : 0;
        at = end + 1;
    }
    return own_cpu_s() - started;
}

int measure(const std::string& suki, const std::string& folder, int count) {
    write_file(folder + "/bench.yaml", kShopDocument);
    std::string text;
    Shop shop;
    for (int i = 0; i < count; ++i) text += shop.next().event() + "\n";
    write_file(folder + "/events.jsonl", text);
    write_file(folder + "/none.jsonl", "");
    const std::vector<std::string> command{suki, "evaluate", "--programme", folder + "/bench.yaml"};
    // Starting and reading the document is no part of an event's cost.
    const double start_cpu_s = must_run(command, folder + "/none.jsonl").cpu_s;
    struct Round {
        double share, whole_s, parse_s, wall_s;
    };
    std::vector<Round> rounds;
    for (int i = 0; i < 5; ++i) {
        const Ran whole = must_run(command, folder + "/events.jsonl");
        std::size_t events = 0;
        const double parse_s = parse_cpu_s(text, events);
        if (events != static_cast<std::size_t>(count)) return 1;
        const double whole_s = whole.cpu_s - start_cpu_s;
        rounds.push_back({parse_s / whole_s, whole_s, parse_s, whole.wall_s});
    }
    std::sort(rounds.begin(), rounds.end(), [](const Round& a, const Round& b) { return a.share < b.share; });
    const Round& middle = rounds[rounds.size() / 2];
    std::printf("%d receipts of %d lines, 20 offers, %.1f kB each, answers written as JSON\n", count, kShopLines,
                static_cast<double>(text.size()) / count / 1000);
    std::printf("suki evaluate %8.0f receipts/s   %6.1f us CPU a receipt\n", count / middle.wall_s, middle.whole_s / count * 1e6);
    std::printf("parsing alone %8.0f receipts/s   %6.1f us CPU a receipt   %.0f MB/s\n", count / middle.parse_s,
                middle.parse_s / count * 1e6, static_cast<double>(text.size()) / middle.parse_s / 1e6);
    std::printf("parsing's share of the CPU: %.0f %%  (of five rounds %.0f to %.0f %%)\n", 100 * middle.share,
                100 * rounds.front().share, 100 * rounds.back().share);
    return 0;
}

}  // namespace
}  // namespace suki::bench

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    return suki::bench::measure(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 20'000);
}
