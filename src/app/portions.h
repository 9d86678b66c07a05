#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/source.h"

/// Draws from the limits of a whole programme without meeting other servers at one row (DESIGN.md 13). Each holder takes a portion
/// out of the pool and draws from that; what a holder has not given yet is taken back from it by whoever needs it. Every row that
/// changes follows its version, so that no more than there is can be drawn, whoever is slow, cut off or dead.
namespace suki::app {

/// What receipts drew, without what stands in portions.
std::int64_t drawn_of(const store::Pool& pool);

struct PoolWrites {
    std::optional<store::PoolRow> row;
    std::vector<store::PortionChange> portions;
    store::Pool after;
};

/// What must be written so that the pool has given `by` more (less, where negative) of `total`. More than what is left can be
/// drawn: prices once promised are kept. `holder` is this process, or empty where no other draws: then nothing is kept in portions,
/// and all that are there are put back. Others' portions that were not touched for ten minutes are put back whenever something is
/// drawn; with `by` 0 only that is done, and to one's own as well.
PoolWrites draw(const std::optional<store::Pool>& before, const store::PoolKey& name, std::int64_t by, std::int64_t total,
                const std::string& holder, Instant now);

/// After that long without a draw a portion is its holder's no more.
inline constexpr std::int64_t portion_kept_us = 600 * kSecondUs;

}  // namespace suki::app
