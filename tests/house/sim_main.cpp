// The seeded simulation: `suki_sim [--seed N] [--commands N] [--faults N] [--postgres 1]`, the last on the server that
// SUKI_TEST_POSTGRES names. The same seed plays the same history.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

#include "base/decimal.h"
#include "house/sim_faults.h"
#include "house/sim_workload.h"
#include "house/test_database.h"

int main(int argc, char** argv) {
    std::int64_t seed = 0;
    std::int64_t commands = 3'000;
    std::int64_t faults = 1'000;
    std::int64_t postgres = 0;
    const std::map<std::string, std::int64_t*> numbers{
        {"--seed", &seed}, {"--commands", &commands}, {"--faults", &faults}, {"--postgres", &postgres}};
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const auto number = i + 1 < argc ? suki::parse_integer(argv[++i]) : std::nullopt;
        if (!number || *number < 0 || !numbers.contains(name)) {
            std::fprintf(stderr, "usage: suki_sim [--seed N] [--commands N] [--faults N] [--postgres 0|1]\n");
            return 2;
        }
        *numbers.at(name) = *number;
    }
    if (seed == 0) seed = static_cast<std::int64_t>(std::time(nullptr));
    std::printf("seed %lld\n", static_cast<long long>(seed));
    std::fflush(stdout);
    const suki::house::Tally lived = suki::house::run_workload(static_cast<std::uint64_t>(seed), commands,
                                                               postgres != 0 ? suki::house::lent_database() : std::string{});
    std::printf("%lld commands agree with the model, %lld do not\n", static_cast<long long>(lived.passed),
                static_cast<long long>(lived.failed));
    std::fflush(stdout);
    const suki::house::Tally broken = suki::house::run_faults(faults, postgres != 0);
    const long long passed = lived.passed + broken.passed;
    const long long failed = lived.failed + broken.failed;
    std::printf("%lld passed, %lld failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
