#pragma once

#include <cstdint>
#include <string>

namespace suki::house {

class Cluster;

struct Tally {
    std::int64_t passed = 0;
    std::int64_t failed = 0;
};

/// Numbers from a seed, the same on every machine (splitmix64).
class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    /// `[from, to]`.
    std::int64_t between(std::int64_t from, std::int64_t to) {
        return from + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(to - from + 1));
    }
    bool is_one_in(std::int64_t n) { return between(1, n) == 1; }

private:
    std::uint64_t state_;
};

/// `commands` random commands against the application and against the model (sim_model.h), compared after each; every hundred the
/// application checks itself. `address` is of an empty database; empty for one in memory, or for one that is spread over a
/// `cluster`. What differs is printed with the seed, and ends it.
Tally run_workload(std::uint64_t seed, std::int64_t commands, const std::string& address, Cluster* cluster = nullptr);

}  // namespace suki::house
