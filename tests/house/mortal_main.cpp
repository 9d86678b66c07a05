// `suki serve` that dies of some commands, for tests of what becomes of those (DESIGN.md 16): it aborts when it is about to decide
// a receipt whose id holds `abort`, faults at one that holds `fault`, and hangs at one that holds `hang`. Its clock is the system's
// and the seconds in the file that SUKI_TEST_CLOCK names, read at each look.

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "base/check.h"
#include "cli/verbs.h"

namespace {

void die_of(const std::string& id) {
    SUKI_CHECK(id.find("abort") == std::string::npos);
    if (id.find("fault") != std::string::npos) raise(SIGSEGV);
    if (id.find("hang") == std::string::npos) return;
    std::cerr << "hanging" << std::endl;
    for (;;) pause();
}

suki::Instant wrong_clock() {
    std::int64_t seconds = 0;
    std::ifstream{std::getenv("SUKI_TEST_CLOCK")} >> seconds;
    return {suki::cli::system_now().us + seconds * suki::kSecondUs};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: suki_mortal DATABASE\n";
        return 2;
    }
    suki::cli::ServeOptions options;
    options.place.db = argv[1];
    options.port = 0;
    options.change_wiring = [](suki::app::Wiring& wiring) {
        if (std::getenv("SUKI_TEST_CLOCK") != nullptr) wiring.now = wrong_clock;
        wiring.before_deciding = [](const suki::app::Command& command) {
            if (const auto* sale = std::get_if<suki::app::RecordReceipt>(&command)) die_of(sale->receipt.id);
            // A quote has no id: its basket says it.
            if (const auto* quote = std::get_if<suki::app::Quote>(&command)) {
                for (const auto& line : quote->receipt.lines) die_of(line.sku);
            }
        };
    };
    return suki::cli::serve(options);
}
