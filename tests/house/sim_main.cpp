// The seeded simulation: `suki_sim [--seed N] [--commands N] [--faults N] [--postgres 1] [--shards N]`, the last two on the
// server that SUKI_TEST_POSTGRES names; with shards the tables are spread over so many of its databases, and only the workload
// runs. The same seed plays the same history.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>
#include <string>

#include "base/decimal.h"
#include "house/cluster.h"
#include "house/sim_faults.h"
#include "house/sim_workload.h"
#include "house/test_database.h"

int main(int argc, char** argv) {
    std::int64_t seed = 0;
    std::int64_t commands = 3'000;
    std::int64_t faults = 1'000;
    std::int64_t postgres = 0;
    std::int64_t shards = 0;
    const std::map<std::string, std::int64_t*> numbers{
        {"--seed", &seed}, {"--commands", &commands}, {"--faults", &faults}, {"--postgres", &postgres}, {"--shards", &shards}};
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        const auto number = i + 1 < argc ? suki::parse_integer(argv[++i]) : std::nullopt;
        if (!number || *number < 0 || !numbers.contains(name)) {
            std::fprintf(stderr, "usage: suki_sim [--seed N] [--commands N] [--faults N] [--postgres 0|1] [--shards N]\n");
            return 2;
        }
        *numbers.at(name) = *number;
    }
    if (seed == 0) seed = static_cast<std::int64_t>(std::time(nullptr));
    std::printf("seed %lld\n", static_cast<long long>(seed));
    std::fflush(stdout);
    std::optional<suki::house::Cluster> cluster;
    if (shards > 0) cluster.emplace(static_cast<std::size_t>(shards));
    const std::string address = postgres != 0 && !cluster ? suki::house::lent_database() : std::string{};
    const suki::house::Tally lived =
        suki::house::run_workload(static_cast<std::uint64_t>(seed), commands, address, cluster ? &*cluster : nullptr);
    std::printf("%lld commands agree with the model, %lld do not\n", static_cast<long long>(lived.passed),
                static_cast<long long>(lived.failed));
    std::fflush(stdout);
    const suki::house::Tally broken = cluster ? suki::house::Tally{} : suki::house::run_faults(faults, postgres != 0);
    const long long passed = lived.passed + broken.passed;
    const long long failed = lived.failed + broken.failed;
    std::printf("%lld passed, %lld failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
