#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "store/postgres/database.h"

/// A standby that takes reading off the primary. It is read only where it has replayed the log up to a position that the primary
/// had; so whoever reads there finds what was acknowledged before.
namespace suki::store::postgres {

/// A place in the log of the primary, in bytes.
using LogPosition = std::uint64_t;
/// Nothing has replayed that much: no replica serves.
inline constexpr LogPosition kUnknownPosition = ~LogPosition{0};

/// Where the log of the primary ends now.
LogPosition log_position(Connection& primary);

/// Any thread.
class Replica {
public:
    Replica(Connection::Options options, Failure& failure) : options_(std::move(options)), failure_(failure) {}

    /// A connection whose next picture shows everything up to `position`; null where the server is away, no standby any more, or
    /// behind. One that is away is left alone for some seconds.
    [[nodiscard]] std::unique_ptr<Connection> take(LogPosition position);
    /// To be used again, if it still can be.
    void give_back(std::unique_ptr<Connection> connection);

private:
    [[nodiscard]] std::unique_ptr<Connection> connect();

    const Connection::Options options_;
    Failure& failure_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace suki::store::postgres
