// The seeded simulation: `suki_sim [--seed N] [--commands N] [--faults N]`. The same seed plays the same history.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "base/decimal.h"
#include "house/sim_faults.h"
#include "house/sim_workload.h"

int main(int argc, char** argv) {
    std::int64_t seed = 0;
    std::int64_t commands = 3'000;
    std::int64_t faults = 1'000;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const auto number = i + 1 < argc ? suki::parse_integer(argv[++i]) : std::nullopt;
        if (!number || *number < 0 || (name != "--seed" && name != "--commands" && name != "--faults")) {
            std::fprintf(stderr, "usage: suki_sim [--seed N] [--commands N] [--faults N]\n");
            return 2;
        }
        (name == "--seed" ? seed : name == "--commands" ? commands : faults) = *number;
    }
    if (seed == 0) seed = static_cast<std::int64_t>(std::time(nullptr));
    std::printf("seed %lld\n", static_cast<long long>(seed));
    std::fflush(stdout);
    const suki::house::Tally lived = suki::house::run_workload(static_cast<std::uint64_t>(seed), commands);
    std::printf("%lld commands agree with the model, %lld do not\n", static_cast<long long>(lived.passed),
                static_cast<long long>(lived.failed));
    std::fflush(stdout);
    const suki::house::Tally broken = suki::house::run_faults(faults);
    const long long passed = lived.passed + broken.passed;
    const long long failed = lived.failed + broken.failed;
    std::printf("%lld passed, %lld failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
